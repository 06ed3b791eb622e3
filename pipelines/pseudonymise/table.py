"""Tables of a bronsysteem (CSV, XLSX, Parquet) to the rows of a delivery.

Lives here: finding the number's column, filling what is the same in every row, replacing numbers, streaming.
Not here: formats (intake.reading), mapping (intake.mapping), the files that come out (output).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
from pyarrow import compute as pc

from pipelines.contracts import Column, Contract
from pipelines.errors import LeveringGeweigerd
from pipelines.intake.mapping import Koppeling
from pipelines.intake.reading import Lezing, open_delivery
from pipelines.intake.reading.header import positions, shown_column
from pipelines.intake.reading.source import identifier, literal
from pipelines.intake.reading.values import fixed_width
from pipelines.pseudonymise.judge import judge
from pipelines.pseudonymise.numbers import PERSOONSNUMMERS, Pseudonymiser
from pipelines.pseudonymise.output import Opdracht, Uitkomst, write_delivery

PERSONEN = ("leerling_pseudoniem", "jeugdige_pseudoniem")
#: Columns that a bronsysteem calls otherwise, though nobody could mean something else.
_ALIASES = {"toewijzing_id": ("toewijzingnummer", "toewijzing_nummer")}
_BATCH = 20_000
_DIGITS = 6  # of a running number, at least
_NO_PSEUDONYM = "0" * 64
_MEMORY = "250MB"


@dataclass(frozen=True)
class _Plan:
    """SQL per contract column over the source, and the columns of the source that stay behind."""

    parts: dict[str, str]
    behind: tuple[str, ...]


def pseudonymise_table(
    path: Path, opdracht: Opdracht, uit: Path, mapping: Koppeling | None, blad: str | None
) -> Uitkomst:
    """Make the delivery from one table; LeveringGeweigerd if anything in it does not fit."""
    con = connect()
    names = frozenset((*PERSOONSNUMMERS, *(name for names in _ALIASES.values() for name in names)))
    # The connection closes before the reading does: Windows removes no copy that is still open.
    with open_delivery(path, opdracht.contract, con, mapping, blad=blad, namen=names) as lezing, con:
        plan = _plan(lezing, opdracht, mapping)
        parts = plan.parts | _with_zeros(plan.parts, opdracht.contract)
        source = ", ".join(f"{part} AS {identifier(name)}" for name, part in parts.items())
        relation = f"SELECT rij, {source} FROM ({lezing.relation})"
        pseudonymiser = Pseudonymiser(opdracht.key)
        with lezing.bewaakt():
            sequence = _sequence(con, relation, opdracht.contract, plan)
            if judge(con, _without_numbers(relation, opdracht.contract), opdracht) == 0:
                raise LeveringGeweigerd(
                    "Het bestand heeft geen rijen.", remedie="Exporteer het bestand opnieuw, met gegevens."
                )
            remarks = (*lezing.opmerkingen, *_zeros_restored(con, lezing.relation, plan, parts))
            batches = _batches(con, relation, opdracht.contract, pseudonymiser, sequence)
            return write_delivery(opdracht, batches, uit, weggelaten=plan.behind, opmerkingen=remarks)


def connect(spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """An in-memory connection. It spills to disk only where told: what it reads may hold numbers of
    persons.
    """
    con = duckdb.connect(
        config={
            "temp_directory": str(spill or ""),
            "memory_limit": _MEMORY,
            "threads": 2,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    con.execute("SET enable_progress_bar = false")
    return con


def person_columns(columns: list[str], mapped: bool) -> list[str]:
    """The columns that hold the person's number: the contract's own name, else the usual ones."""
    by_fold = {name.casefold(): name for name in columns}
    own = [name for name in PERSONEN if name in columns]
    if own and mapped:
        return own
    return own + [by_fold[name] for name in PERSOONSNUMMERS if name in by_fold]


def _plan(lezing: Lezing, opdracht: Opdracht, mapping: Koppeling | None) -> _Plan:
    contract = opdracht.contract
    columns = [name for name in lezing.columns if name not in lezing.weglaten]
    by_fold = {name.casefold(): name for name in columns}
    parts: dict[str, str] = {}
    used: set[str] = set()
    missing: list[str] = []
    for column in contract.columns:
        if column.name in PERSONEN:
            found = person_columns(columns, mapping is not None and column.name in mapping.kolommen)
        elif column.name in columns:
            found = [column.name]
        else:
            found = [by_fold[alias] for alias in _ALIASES.get(column.name, ()) if alias in by_fold][:1]
        used.update(found)
        if found:
            parts[column.name] = f"coalesce({', '.join(map(identifier, found))}, NULL)"
        elif (constant := _constant(column, opdracht)) is not None:
            parts[column.name] = constant
        else:
            missing.append(column.name)
    if missing:
        raise LeveringGeweigerd(
            f"Er ontbreekt een kolom: {', '.join(missing)}.",
            waar="rij met kolomnamen",
            remedie="Het nummer staat in een kolom bsn of onderwijsnummer. Heten kolommen anders, maak een "
            "koppeling (oa check doet een voorstel); wat voor elke rij gelijk is, staat daarin bij vast.",
        )
    known = mapping.bronkolommen if mapping else frozenset()
    left = [name for name in lezing.columns if name not in used]
    places = {name: number for number, name in enumerate(lezing.bronkolommen, 1)}
    behind = tuple(shown_column(name, places.get(name, 0), known) for name in left if name in places)
    return _Plan(parts, behind)


def _with_zeros(parts: dict[str, str], contract: Contract) -> dict[str, str]:
    """SQL that gives codes back the leading zeros that a spreadsheet dropped before it saved as CSV (`307`)."""
    found = {}
    for column in contract.columns:
        width, cell = fixed_width(column), parts[column.name]
        if width is not None:
            found[column.name] = (
                f"CASE WHEN length({cell}) < {width} AND regexp_full_match({cell}, '[0-9]+') "
                f"THEN lpad({cell}, {width}, '0') ELSE {cell} END"
            )
    return found


def _zeros_restored(
    con: duckdb.DuckDBPyConnection, relation: str, plan: _Plan, parts: dict[str, str]
) -> list[str]:
    changed = [name for name, part in parts.items() if part != plan.parts[name]]
    if not changed:
        return []
    counts = ", ".join(f"count(*) FILTER (WHERE {plan.parts[name]} <> {parts[name]})" for name in changed)
    found = con.execute(f"SELECT {counts} FROM ({relation})").fetchone() or ()
    return [
        f"Voorloopnullen teruggezet in kolom {name} ({count} keer)."
        for name, count in zip(changed, found, strict=True)
        if count
    ]


def _constant(column: Column, opdracht: Opdracht) -> str | None:
    """What is the same in every row of a delivery, if the source does not say it."""
    if column.kind == "schooljaar":
        return f"{literal(opdracht.schooljaar)}::VARCHAR"
    if column.kind == "volgnummer":
        return "NULL::VARCHAR"
    contract = opdracht.contract
    if column.name == contract.bronhouder_kolom and contract.bronhouder_soort == "gemeente":
        return f"{literal(opdracht.bronhouder)}::VARCHAR"
    return None


def _sequence(
    con: duckdb.DuckDBPyConnection, relation: str, contract: Contract, plan: _Plan
) -> pa.ChunkedArray | None:
    """Per row the number that replaces its `volgnummer`: in the order of the source's own, so that ties fall
    as they would have; None if the contract has no such column."""
    for column in contract.of_kind("volgnummer"):
        name = identifier(column.name)
        if plan.parts[column.name].startswith("NULL"):
            return con.execute(f"SELECT row_number() OVER ()::INTEGER FROM ({relation})").to_arrow_table()[0]
        empty, places = con.execute(
            f"SELECT count(*), min(rij, 5) FROM ({relation}) WHERE {name} IS NULL"
        ).fetchone() or (0, ())
        if empty:
            raise LeveringGeweigerd(
                f"{column.name} is {empty} keer leeg.",
                waar=f"rij {positions(places)}",
                remedie="Vul deze kolom in elke rij, of laat haar helemaal weg.",
            )
        ranked = con.execute(
            f"SELECT number, double FROM (SELECT rij, "
            f"row_number() OVER (ORDER BY {name}, rij)::INTEGER AS number, "
            f"row_number() OVER (PARTITION BY {name} ORDER BY rij) > 1 AS double "
            f"FROM ({relation})) ORDER BY rij"
        ).to_arrow_table()
        double = pc.sum(ranked["double"]).as_py() if column.unique else 0
        if double:
            raise LeveringGeweigerd(
                f"{column.name} komt {double} keer opnieuw voor.",
                waar=f"kolom {column.name}",
                remedie="Geef elke rij haar eigen nummer, of laat de kolom weg: dan telt dit programma zelf.",
            )
        return ranked["number"]
    return None


def _without_numbers(relation: str, contract: Contract) -> str:
    """The relation as it will be judged: with a pseudonym's form where a number stands."""
    stand_ins = []
    for column in contract.columns:
        name = identifier(column.name)
        if column.kind == "pseudoniem":
            stand_ins.append(f"CASE WHEN {name} IS NOT NULL THEN '{_NO_PSEUDONYM}' END AS {name}")
        elif column.kind == "volgnummer":
            stand_ins.append(f"'{1:0{_DIGITS}d}' AS {name}")
        else:
            stand_ins.append(name)
    return f"SELECT rij, {', '.join(stand_ins)} FROM ({relation})"


def _batches(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    contract: Contract,
    pseudonymiser: Pseudonymiser,
    sequence: pa.ChunkedArray | None,
) -> Iterator[pa.RecordBatch]:
    """The rows with pseudonyms, one batch at a time; refuses at the end if a number was not valid."""
    seen: set[bytes] = set()
    double: list[int] = []
    offset = 0
    reader = con.execute(f"FROM ({relation})").to_arrow_reader(_BATCH)
    for batch in reader:
        rows = batch.column("rij").to_pylist()
        arrays = []
        for column in contract.columns:
            cells = batch.column(column.name)
            if column.name in PERSONEN:
                cells = pa.array(pseudonymiser.persons(cells.to_pylist(), rows), pa.string())
            elif column.kind == "pseudoniem":
                numbers = pseudonymiser.numbers(cells.to_pylist())
                cells = pa.array(numbers, pa.string())
                if column.unique:
                    for number, row in zip(numbers, rows, strict=True):
                        mark = bytes.fromhex(number[:24]) if number else b""
                        double += [row] if mark in seen else []
                        seen.add(mark)
            elif column.kind == "volgnummer" and sequence is not None:
                part = sequence.slice(offset, batch.num_rows).to_pylist()
                width = max(_DIGITS, len(str(len(sequence))))
                cells = pa.array([str(number).zfill(width) for number in part], pa.string())
            arrays.append(cells)
        offset += batch.num_rows
        yield pa.RecordBatch.from_arrays(arrays, names=list(contract.names))
    pseudonymiser.refuse_wrong()
    if double:
        raise LeveringGeweigerd(
            f"Een sleutel komt {len(double)} keer opnieuw voor of is leeg.",
            waar=f"rij {positions(double)}",
            remedie="Laat van elke toewijzing één rij staan. Er is niets geschreven.",
        )
