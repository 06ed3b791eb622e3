"""The guard: nothing that identifies a person comes in, in whatever column it hides.

Lives here: which cells of a delivery are examined, and what a hit is called. Not here: how an identifier is
recognised (identifiers) and what the contract allows (check). A hit names column and rows, never a value.

Pseudonyms, codes and dates that fit their own pattern are not examined: one nine-digit number in eleven
passes the elfproef, so a code list would raise false alarms. Every other text is.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import duckdb

from pipelines.intake.identifiers import SOORTEN, VOORZEEF, examine
from pipelines.intake.reading.source import identifier, literal

if TYPE_CHECKING:
    from pipelines.contracts import Column, Contract

FIRST_ROWS = 10
_BATCH = 10_000
_REMEDY = (
    "Haal dit gegeven weg bij de bron en lever opnieuw. Verwijder dit bestand en bespreek met de FG "
    "(functionaris gegevensbescherming) of het een datalek is."
)
_REMEDY_FORM = "Zet de waarden zelf in de cellen, zonder formule en zonder toelichting."


@dataclass(frozen=True)
class Treffer:
    """One kind of identifier in one column. `kolom` is a name from the contract, or a position."""

    kolom: str
    soort: str
    aantal: int
    rijen: tuple[int, ...]
    wat: str
    remedie: str


def guard(
    con: duckdb.DuckDBPyConnection,
    relation: str,
    contract: Contract,
    kolommen: Sequence[str],
    *,
    verdacht: Collection[str] | None = None,
    gezien: bool = False,
) -> list[Treffer]:
    """What identifies a person in a delivery; an empty list if nothing does.

    `verdacht` are the columns in which a value did not fit its own pattern or list (None: not known, so all).
    Columns outside the contract are always examined, running numbers too unless `gezien`: then the caller put
    those with a `suspicion` in `verdacht`.
    """
    known = {column.name: column for column in contract.columns}
    looked_at = [
        (number, name)
        for number, name in enumerate(kolommen, 1)
        if name not in known
        or verdacht is None
        or name in verdacht
        or not (known[name].own_pattern or gezien)
    ]
    hits: list[Treffer] = []
    for number, name in looked_at:
        column = known.get(name)
        shown = name if column is not None or name in contract.weglaten else f"nummer {number}"
        if column is None or not column.own_pattern:
            hits += _hits(shown, _header_kinds(name), "in de kolomnaam")
        hits += _column_hits(con, relation, name, column, shown)
    return hits


def suspicion(column: Column) -> str:
    """SQL: true if a cell of a running number is worth examining, for who passes over the rows anyway."""
    return f"regexp_matches({identifier(column.name)}, {literal(VOORZEEF)})"


def name_kinds(text: str) -> set[str]:
    """Kinds of identifier in a column name or a file name."""
    return examine(text) - {"formule"}


def _header_kinds(name: str) -> dict[str, tuple[int, list[int]]]:
    return {kind: (1, [1]) for kind in name_kinds(name)}


def _column_hits(
    con: duckdb.DuckDBPyConnection, relation: str, name: str, column: Column | None, shown: str
) -> list[Treffer]:
    text = identifier(name)
    suspicious = f"regexp_matches({text}, {literal(VOORZEEF)})"
    if column is not None and column.own_pattern:
        sentence = f"length({text}) > 60 OR regexp_matches({text}, '\\S\\s+\\S+\\s+\\S+\\s+\\S')"
        suspicious = f"NOT ({_fits(text, column)}) AND ({suspicious} OR {sentence})"
    examined = _examiner(
        code=column is not None and column.own_pattern,
        sequence=column is not None and not column.own_pattern,
        date_asked=column is not None and column.kind == "datum",
    )
    found: dict[str, tuple[int, list[int]]] = {}
    cursor = con.execute(f"SELECT rij, {text} FROM ({relation}) WHERE {suspicious}")
    while rows := cursor.fetchmany(_BATCH):
        for row, value in rows:
            for kind in examined(value):
                count, places = found.setdefault(kind, (0, []))
                if len(places) < FIRST_ROWS:
                    places.append(row)
                found[kind] = count + 1, places
    return _hits(shown, found, "")


def _fits(text: str, column: Column) -> str:
    """SQL: the cell is empty or fits what the contract itself says of the column."""
    if column.kind == "datum":
        own = f"TRY_CAST({text} AS DATE) IS NOT NULL AND length({text}) = 10"
    else:
        allowed = [f"{text} IN ({', '.join(map(literal, column.codes))})"] if column.codes else []
        if column.pattern:
            allowed.append(f"regexp_full_match({text}, {literal(column.pattern)})")
        own = " OR ".join(allowed) or "false"
    return f"{text} IS NULL OR {own}"


def _examiner(*, code: bool, sequence: bool, date_asked: bool) -> Callable[[str], frozenset[str]]:
    @lru_cache(maxsize=50_000)
    def kinds(value: str) -> frozenset[str]:
        found = examine(value, code=code, sequence=sequence)
        return frozenset(found - {"datum"} if date_asked else found)

    return kinds


def _hits(shown: str, found: dict[str, tuple[int, list[int]]], where: str) -> list[Treffer]:
    return [
        Treffer(
            kolom=shown,
            soort=kind,
            aantal=count,
            rijen=tuple(sorted(rows)),
            wat=" ".join(f"Kolom {shown} bevat {where} {SOORTEN[kind]}.".split()).replace(" .", "."),
            remedie=_REMEDY_FORM if kind in ("formule", "vrije_tekst") else _REMEDY,
        )
        for kind, (count, rows) in sorted(found.items())
    ]
