"""One pass over the rows of new deliveries: judged and on their way to disk at once, as long as nothing is odd.

Lives here: reading deliveries of one dialect together, and telling which of them raise no question at all. Not
here: what is wrong with one that does (check looks at that file alone, with row numbers), and committing (store).

A draft only ever gets rows that passed every check of a row, and no batch with an odd row in it: what does not
belong here (a number, a name) never reaches the disk, wherever the process stops.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from pipelines.contracts import Contract
from pipelines.intake.check import Toegelaten
from pipelines.intake.guard import suspicion
from pipelines.intake.profile import hashes
from pipelines.intake.reading import OURS, together
from pipelines.intake.rows import BATCH, Blocked, Schrijver, second_step
from pipelines.intake.rules import row_checks, typed_rows
from pipelines.keys import Key

_ODD = "vraag"


@dataclass(frozen=True, eq=False)
class Bestemming:
    """A delivery that may be read, the file for its rows, and key 2 if it has had step 1 only."""

    levering: Toegelaten
    rijen: Path
    key: Key | None


def readable(levering: Toegelaten) -> bool:
    """True if one pass can tell all: every column is of the contract, and the reader needs no help."""
    dialect = levering.lezing.dialect
    return dialect is not None and sorted(dialect.header) == sorted(levering.contract.names)


def read_all(
    items: Sequence[Bestemming], con: duckdb.DuckDBPyConnection, blocked: Blocked | None
) -> Iterator[tuple[Bestemming, Schrijver]]:
    """Those of the deliveries that raise no question, with the writer of their rows, done."""
    found: dict[object, list[Bestemming]] = {}
    for item in items:
        kind = item.levering.contract.name, item.levering.lezing.dialect, item.key is None
        found.setdefault(kind, []).append(item)
    waiting = list(found.values())
    while waiting:
        group = waiting.pop(0)
        try:
            read = _read(group, con, blocked)
        except duckdb.Error as error:  # one file that cannot be read must not hold up the others
            if isinstance(error, OURS) and not isinstance(error, duckdb.OutOfMemoryException):
                raise
            waiting += [[item] for item in group] if len(group) > 1 else []
            continue
        yield from ((item, writer) for item, writer in zip(group, read, strict=True) if writer is not None)


def _read(
    group: Sequence[Bestemming], con: duckdb.DuckDBPyConnection, blocked: Blocked | None
) -> list[Schrijver | None]:
    """Per delivery the writer of its rows, done; None if anything about the rows asks for a closer look."""
    contract, key = group[0].levering.contract, group[0].key
    writers: dict[int, Schrijver] = {}
    odd: set[int] = set()
    last = 0
    with ExitStack() as writing:
        for batch in con.execute(_select(group, contract)).to_arrow_reader(BATCH):
            place = batch.column("rij").to_numpy(zero_copy_only=False).astype(np.int64)
            if np.any(np.diff(place, prepend=last) < 0):
                raise ValueError("rows of one file come together and in order")
            last = int(place[-1]) if len(place) else last
            wrong = batch.column(_ODD).to_numpy(zero_copy_only=False)
            if wrong.any():
                odd |= set(place[wrong].tolist())
            if odd:
                sound = np.isin(place, list(odd), invert=True)
                batch, place = batch.filter(pa.array(sound)), place[sound]
            if len(odd) == len(group):
                break
            batch = second_step(batch, contract, key, one=len(group) == 1)
            for number, rows in _parts(batch, place):
                if number not in writers:
                    writing.close()  # the file before this one is complete
                    writers[number] = writing.enter_context(Schrijver(group[number].rijen, contract, blocked))
                writers[number].add(rows)
    whole = {n for n, writer in writers.items() if n not in odd and _whole(writer, group[n].levering)}
    return [writers[number] if number in whole else None for number in range(len(group))]


def _parts(batch: pa.RecordBatch, place: np.ndarray) -> Iterator[tuple[int, pa.RecordBatch]]:
    """The rows per delivery, in order."""
    cuts = [0, *(np.flatnonzero(np.diff(place)) + 1).tolist(), len(place)]
    for start, stop in pairwise(cuts):
        if start < stop:
            yield int(place[start]), batch.slice(start, stop - start)


def _whole(writer: Schrijver, levering: Toegelaten) -> bool:
    """True if what only all rows together tell is in order too: their number, and that no key repeats. Rows of
    blocked persons were not counted, so with one of them nothing is known of the whole.
    """
    manifest = levering.manifest
    as_told = manifest is None or manifest.rijen == writer.teller.rijen
    return as_told and not writer.geblokkeerd and not writer.teller.dubbel()


def _select(group: Sequence[Bestemming], contract: Contract) -> str:
    """The typed rows of the group, with `rij` the place of the delivery and `vraag` true for an odd row."""
    facts = [item.levering.naam for item in group]
    rows = typed_rows(together([item.levering.lezing for item in group], contract), contract, facts)
    questions = [f"({check.wrong_if})" for check in row_checks(contract)]
    # Running numbers have no list that judges them: is any of them worth the guard's time?
    questions += [suspicion(column) for column in contract.of_kind("volgnummer")]
    return (
        f"SELECT rij, {', '.join(contract.names)}, {hashes(contract)}, "
        f"coalesce({' OR '.join(questions)}, false) AS {_ODD} FROM ({rows})"
    )
