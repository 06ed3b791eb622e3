"""What the bronhouder is told before anything is written: the rows that its own contract would refuse.

Lives here: running the contract's row checks and the guard over the source, with the source's row numbers.
Not here: the checks (intake.rules) and lists that only the region has, such as its vestigingen.
"""

from __future__ import annotations

import duckdb

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.guard import guard
from pipelines.intake.reading.header import positions
from pipelines.intake.reading.source import literal
from pipelines.intake.reading.values import fixed_width
from pipelines.intake.rules import Check, row_checks, typed_rows
from pipelines.pseudonymise.output import Opdracht

_MOST = 20


def judge(con: duckdb.DuckDBPyConnection, relation: str, opdracht: Opdracht, *, row_word: str = "rij") -> int:
    """Rows in `relation` (`rij` and the contract's columns); LeveringGeweigerd lists what does not fit."""
    contract = opdracht.contract
    rows = typed_rows(relation, contract, [opdracht])
    checks = [check for check in row_checks(contract) if "ref_" not in check.wrong_if]
    # A list that only the region has is judged there; what its codes look like can be judged here.
    checks += [
        Check(
            f"{column.name}_vorm",
            (column.name,),
            f"NOT regexp_full_match({column.name}, {literal(column.pattern)})",
            f"{column.name} heeft niet de vorm van een code",
            f"Bedoeld is: {column.description}",
        )
        for column in contract.of_kind("code")
        if column.codelijst and column.pattern
    ]
    checks += [
        Check(
            f"{column.name}_vorm",
            (column.name,),
            f"NOT regexp_full_match({column.name}, '[0-9]{{{width}}}') "
            f"AND {column.name} NOT IN ({', '.join(map(literal, ('', *column.codes)))})",
            f"{column.name} heeft niet de vorm van een code",
            f"Bedoeld is: {column.description}",
        )
        for column in contract.of_kind("code")
        if column.codelijst and not column.pattern and (width := fixed_width(column)) is not None
    ]
    flags = ", ".join(f"count(*) FILTER (WHERE {check.wrong_if})" for check in checks)
    total, *counts = con.execute(f"SELECT count(*), {flags} FROM ({rows})").fetchone() or (0,)
    broken = [(check, count) for check, count in zip(checks, counts, strict=True) if count]
    lines = []
    if broken:
        first = ", ".join(f"min(rij, 5) FILTER (WHERE {check.wrong_if})" for check, _ in broken)
        places = con.execute(f"SELECT {first} FROM ({rows})").fetchone() or ()
        lines = [
            f"{check.message} ({count} keer, {row_word} {positions(found)}): {check.remedy}"
            for (check, count), found in zip(broken, places, strict=True)
        ]
    open_ended = {
        column.name
        for column in contract.columns
        if column.kind == "code" and column.codelijst and not column.pattern
    }
    hits = guard(con, relation, contract, [column.name for column in contract.columns], verdacht=open_ended)
    lines += [f"{hit.wat} ({hit.aantal} keer, {row_word} {positions(hit.rijen)})" for hit in hits]
    if lines:
        more = f" En nog {len(lines) - _MOST} soorten fouten." if len(lines) > _MOST else ""
        raise LeveringGeweigerd(
            f"Het bestand past niet bij contract {contract.name}; er is niets geschreven.",
            waar="; ".join(lines[:_MOST]) + more,
            remedie="Verbeter het in het bronsysteem of met een koppeling en probeer opnieuw.",
        )
    return int(total)
