"""Parquet deliveries.

Lives here: opening a Parquet file and giving its columns as text. Not here: other formats, the contract.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.reading.header import check_header, positions
from pipelines.intake.reading.source import Bron, identifier, path_literal

_WHOLE = (
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "HUGEINT",
    "UTINYINT",
    "USMALLINT",
    "UINTEGER",
    "UBIGINT",
    "UHUGEINT",
)
_PLAIN = (*_WHOLE, "VARCHAR", "DATE", "BOOLEAN", "FLOAT", "DOUBLE")


def open_parquet(path: Path, con: duckdb.DuckDBPyConnection, width_of: Callable[[str], int | None]) -> Bron:
    """A Parquet file as a source; LeveringGeweigerd if it is no Parquet, is cut off or holds nested
    columns.
    """
    with path.open("rb") as stream:
        start = stream.read(4)
        stream.seek(-4, 2) if path.stat().st_size >= 8 else None
        if start != b"PAR1" or stream.read(4) != b"PAR1":
            raise _broken()
    reader = f"read_parquet({path_literal(path)}, binary_as_string := true, hive_partitioning := false"
    try:
        found = [(str(row[0]), str(row[1])) for row in con.execute(f"DESCRIBE FROM {reader})").fetchall()]
    except duckdb.Error:
        raise _broken() from None
    header = check_header([name for name, _ in found])
    odd = [
        number
        for number, (_, kind) in enumerate(found, 1)
        if kind not in _PLAIN and not kind.startswith(("TIMESTAMP", "DECIMAL", "ENUM"))
    ]
    if odd:
        raise LeveringGeweigerd(
            "Een kolom bevat geen gewone waarden maar een lijst, groep of bytes.",
            waar=f"kolom {positions(odd)}",
            remedie="Lever elke kolom als tekst, getal of datum.",
        )
    parts = ", ".join(
        f"{_as_text(identifier(name), kind, width_of(clean))} AS {identifier(clean)}"
        for (name, kind), clean in zip(found, header, strict=True)
    )
    raw = f"SELECT file_row_number + 2 AS rij, {parts} FROM {reader}, file_row_number := true)"
    return Bron("parquet", raw, header, spaties=True, explain=lambda error: _broken())


def _as_text(name: str, kind: str, width: int | None) -> str:
    if kind.startswith("TIMESTAMP"):
        return (
            f"CASE WHEN {name} = date_trunc('day', {name}) THEN CAST({name} AS DATE)::VARCHAR "
            f"ELSE {name}::VARCHAR END"
        )
    if kind == "BOOLEAN":
        return f"CASE WHEN {name} THEN 'ja' WHEN NOT {name} THEN 'nee' END"
    if kind in _WHOLE and width:
        return (
            f"CASE WHEN {name} BETWEEN 0 AND {10**width - 1} THEN lpad({name}::VARCHAR, {width}, '0') "
            f"ELSE {name}::VARCHAR END"
        )
    return f"{name}::VARCHAR"


def _broken() -> LeveringGeweigerd:
    return LeveringGeweigerd(
        "Het bestand is geen (heel) Parquet-bestand.", remedie="Maak het bestand opnieuw aan, of lever CSV."
    )
