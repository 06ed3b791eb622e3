"""Rows on their way to disk: the second pseudonym, who is blocked, Parquet, and the counts of the profile.

Lives here: what happens to rows that may be kept. Not here: whether they may (check, stream) and the folder that
they lie in (store). Row groups depend on the rows alone, so the same delivery gives the same bytes however it was
read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contracts import Contract
from pipelines.intake.profile import Teller, hashes
from pipelines.intake.second import second_column
from pipelines.keys import Key

BATCH = 100_000
_TYPES = {"VARCHAR": pa.string(), "DATE": pa.date32()}
Blocked = Callable[[list[str]], set[str]]


class Schrijver:
    """Writes one delivery; a context manager. `teller` counts what was kept, `geblokkeerd` what was not."""

    def __init__(self, target: Path, contract: Contract, blocked: Blocked | None = None) -> None:
        self.teller = Teller(contract)
        self.geblokkeerd = 0
        self._blocked = blocked
        self._person = contract.of_kind("pseudoniem")[0].name
        self._schema = pa.schema([(column.name, _TYPES[column.sql_type]) for column in contract.columns])
        coded = [column.name for column in contract.columns if column.kind in ("code", "schooljaar")]
        self._file = pq.ParquetWriter(target, self._schema, compression="snappy", use_dictionary=coded)
        self._waiting: list[pa.RecordBatch] = []

    def __enter__(self) -> Schrijver:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._write(1)
        self._file.close()

    def add(self, rows: pa.RecordBatch) -> None:
        """Rows with the contract's columns, pseudonyms of step 2 in them, and the hashes of the profile."""
        if self._blocked is not None:
            persons = rows.column(self._person).to_pylist()
            out = self._blocked(persons)
            self.geblokkeerd += sum(name in out for name in persons)
            rows = rows.filter(pa.array([name not in out for name in persons]))
        self.teller.add(rows)
        columns = [rows.column(field.name).cast(field.type) for field in self._schema]
        self._waiting.append(pa.record_batch(columns, schema=self._schema))
        if sum(batch.num_rows for batch in self._waiting) >= BATCH:
            self._write(BATCH)

    def _write(self, least: int) -> None:
        """Write row groups of BATCH rows, as long as at least so many rows wait."""
        waiting = pa.Table.from_batches(self._waiting, self._schema)
        while waiting.num_rows >= least:
            self._file.write_table(waiting.slice(0, BATCH), row_group_size=BATCH)
            waiting = waiting.slice(BATCH)
        self._waiting = waiting.to_batches()


def second_step(
    rows: pa.RecordBatch, contract: Contract, key: Key | None, *, one: bool = True
) -> pa.RecordBatch:
    """The rows with pseudonyms of step 2; `key` None keeps them, because the TTP has already done the step. `one`:
    all rows are of one delivery, in which the key of the contract does not repeat.
    """
    if key is None:
        return rows
    for column in contract.of_kind("pseudoniem"):
        place = rows.schema.get_field_index(column.name)
        rows = rows.set_column(
            place, column.name, second_column(rows.column(place), key, unique=one and column.unique)
        )
    return rows


def write_rows(
    con: duckdb.DuckDBPyConnection,
    select: str,
    contract: Contract,
    target: Path,
    key: Key | None,
    blocked: Blocked | None = None,
) -> Schrijver:
    """Stream the rows of `select` (the contract's columns) to Parquet in their order; the writer, done."""
    with Schrijver(target, contract, blocked) as writer:
        for batch in con.execute(f"SELECT *, {hashes(contract)} FROM ({select})").to_arrow_reader(BATCH):
            writer.add(second_step(batch, contract, key))
    return writer
