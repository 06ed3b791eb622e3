"""The profile of a delivery: what may be known about it without knowing a child.

Lives here: counts over the stored rows. Not here: judging the counts (gates). Dates are rounded down to the
month and codes that fewer than five rows carry have no count, so a profile may be shown.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from pipelines.contracts import Contract

SHOWN_FROM = 5


def profile(
    parquet: Path,
    contract: Contract,
    con: duckdb.DuckDBPyConnection,
    *,
    geleverd: int,
    weggelaten: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Counts of a stored delivery: `levering` (one row) and `kolommen` (one row per column).

    `geleverd` is the number of rows in the file; what is missing from the stored rows was dropped by a
    rule with a tolerance. `codes` maps each code of a column with a code list in the contract to its
    count, None if small.
    """
    path = str(parquet).replace("'", "''")
    source = f"read_parquet('{path}')"
    persons = contract.of_kind("pseudoniem")[0].name
    items = [
        f"count(DISTINCT hash({persons}))",
        f"count(DISTINCT hash({', '.join(contract.key)}))",
        "count(*)",
    ]
    for column in contract.columns:
        items.append(f"count({column.name})")
        dated = column.kind == "datum"
        items.append(f"date_trunc('month', min({column.name}))::DATE::VARCHAR" if dated else "NULL")
        items.append(f"date_trunc('month', max({column.name}))::DATE::VARCHAR" if dated else "NULL")
    personen, sleutels, rijen, *rest = con.execute(f"SELECT {', '.join(items)} FROM {source}").fetchone()
    codes = _codes(source, contract, con)
    kolommen = []
    for number, column in enumerate(contract.columns):
        gevuld, vroegste, laatste = rest[3 * number : 3 * number + 3]
        kolommen.append(
            {
                "kolom": column.name,
                "soort": column.kind,
                "rijen": rijen,
                "gevuld": gevuld,
                "leeg": rijen - gevuld,
                "ongeldig": 0,
                "vroegste_maand": vroegste,
                "laatste_maand": laatste,
                "onbekend": _number(codes, column.name, "onbekend"),
                "codes": _shown(codes.get(column.name)),
            }
        )
    return {
        "levering": {
            "rijen": rijen,
            "geleverd": geleverd,
            "overgeslagen": geleverd - rijen,
            "personen": personen,
            "dubbele_sleutels": rijen - sleutels,
            "weggelaten_kolommen": len(weggelaten),
        },
        "kolommen": kolommen,
    }


def _codes(source: str, contract: Contract, con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """Counts of codes that the contract itself lists; codes of places and products could point at a child."""
    columns = [column for column in contract.columns if column.codes and column.codelijst is None]
    if not columns:
        return {}
    sets = ", ".join(f"({column.name})" for column in columns)
    which = " ".join(f"WHEN grouping({column.name}) = 0 THEN '{column.name}'" for column in columns)
    names = ", ".join(column.name for column in columns)
    rows = con.execute(
        f"SELECT CASE {which} END AS kolom, coalesce({names}) AS code, count(*) FROM {source} "
        f"GROUP BY GROUPING SETS ({sets}) ORDER BY 1, 2"
    ).fetchall()
    counted: dict[str, dict[str, int]] = {column.name: dict.fromkeys(column.codes, 0) for column in columns}
    for kolom, code, count in rows:
        if code is not None:
            counted[kolom][code] = count
    return counted


def _number(codes: dict[str, dict[str, int]], kolom: str, code: str) -> int | None:
    return codes.get(kolom, {}).get(code)


def _shown(counts: dict[str, int] | None) -> dict[str, int | None] | None:
    if counts is None:
        return None
    return {code: count if count == 0 or count >= SHOWN_FROM else None for code, count in counts.items()}
