"""From the columns of a file to those of a contract: the SELECT that applies a mapping and normalises values.

Lives here: renaming, translating and filling columns, as SQL. Not here: what a mapping may say (mapping) and
how one value is normalised (values).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.mapping import Koppeling
from pipelines.intake.reading.source import identifier, literal
from pipelines.intake.reading.values import trimmed, typed

if TYPE_CHECKING:
    from pipelines.contracts import Column, Contract

_DATUM = {
    "dmj": ("%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y", "%d%m%Y", "%d-%m-%y"),
    "mdj": ("%m-%d-%Y", "%m/%d/%Y", "%m.%d.%Y", "%m%d%Y"),
    "jmd": ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d"),
}


def select(
    contract: Contract | None,
    koppeling: Koppeling | None,
    raw: str,
    header: list[str],
    *,
    spaties: bool,
    leeg: tuple[str, ...],
) -> tuple[str, list[str]]:
    """The relation over `raw` with the contract's names and values, and its columns in order.

    Columns that the mapping does not name keep their own name, so that nothing disappears unseen.
    """
    known = {column.name: column for column in contract.columns} if contract else {}
    koppeling = koppeling or Koppeling(contract.name if contract else "")
    missing = sorted(koppeling.bronkolommen - set(header) - set(koppeling.weglaten))
    if missing:
        raise LeveringGeweigerd(
            f"Kolommen die de koppeling verwacht, ontbreken: {', '.join(missing)}.",
            waar="rij met kolomnamen",
            remedie="Lever deze kolommen, of pas de koppeling aan als het bronsysteem is veranderd.",
        )
    used = {name for names in koppeling.kolommen.values() for name in names}
    clash = sorted((set(header) - used) & (set(koppeling.kolommen) | set(koppeling.vast)))
    if clash:
        raise LeveringGeweigerd(
            f"Het bestand heeft zelf al een kolom die de koppeling vult: {', '.join(clash)}.",
            remedie="Verwijder de kolom uit het bestand of uit de koppeling.",
        )

    def cell(name: str) -> str:
        return trimmed(identifier(name), leeg) if spaties else identifier(name)

    parts: dict[str, str] = {}
    for target, names in koppeling.kolommen.items():
        value = cell(names[0]) if len(names) == 1 else f"coalesce({', '.join(map(cell, names))})"
        parts[target] = _translated(value, koppeling, known.get(target))
    for name in header:
        if name not in used:
            parts[name] = _translated(cell(name), koppeling, known.get(name))
    for target, value in koppeling.vast.items():
        parts[target] = f"{literal(value)}::VARCHAR" if value else "NULL::VARCHAR"
    order = [name for name in known if name in parts] + [name for name in parts if name not in known]
    columns = ", ".join(f"{parts[name]} AS {identifier(name)}" for name in order)
    return f"SELECT rij, {columns} FROM ({raw})", order


def _translated(value: str, koppeling: Koppeling, column: Column | None) -> str:
    if column is None:
        return value
    if notation := koppeling.eenheid.get(column.name):
        value = _date(value, notation)
    if table := koppeling.waarden.get(column.name):
        cases = " ".join(
            f"WHEN {value} {'= ' + literal(old) if old else 'IS NULL'} THEN {literal(new) if new else 'NULL'}"
            for old, new in table.items()
        )
        value = f"CASE {cases} ELSE {value} END"
    return typed(value, column)


def _date(value: str, notation: str) -> str:
    if notation == "excel":  # days since 1899-12-30, as a sheet shows a date that lost its format
        return (
            f"CASE WHEN regexp_full_match({value}, '[0-9]{{5}}') "
            f"THEN (DATE '1899-12-30' + CAST({value} AS INTEGER))::VARCHAR ELSE {value} END"
        )
    formats = ", ".join(map(literal, _DATUM[notation]))
    return f"coalesce(CAST(try_strptime({value}, [{formats}]) AS DATE)::VARCHAR, {value})"
