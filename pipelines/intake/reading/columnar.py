"""Parquet deliveries.

Lives here: opening a Parquet file and giving its columns as text. Not here: other formats, the contract.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.reading.source import Bron, check_header, identifier, path_literal

_WHOLE = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}
_NESTED = ("STRUCT", "MAP", "UNION")


def open_parquet(path: Path, con: duckdb.DuckDBPyConnection) -> Bron:
    """A Parquet file as a source; LeveringGeweigerd if it is no Parquet, is cut off or holds nested columns."""
    with path.open("rb") as stream:
        if stream.read(4) != b"PAR1":
            raise _broken()
    try:
        described = con.execute(
            f"DESCRIBE SELECT * FROM read_parquet({path_literal(path)}, binary_as_string := true)"
        ).fetchall()
    except duckdb.Error:
        raise _broken() from None
    found = [(row[0], row[1]) for row in described]
    header = check_header([name for name, _ in found])
    nested = [number for number, (_, kind) in enumerate(found, 1)
              if kind.startswith(_NESTED) or kind.endswith("]") or kind == "BLOB"]
    if nested:
        raise LeveringGeweigerd("Een kolom bevat geen gewone waarden maar een lijst, groep of bytes.",
                                waar="kolom " + ", ".join(map(str, nested)),
                                remedie="Lever elke kolom als tekst, getal of datum.")
    parts = ", ".join(
        f"{_as_text(identifier(name), kind)} AS {identifier(clean)}"
        for (name, kind), clean in zip(found, header, strict=True)
    )
    raw = (f"SELECT file_row_number + 2 AS rij, {parts} "
           f"FROM read_parquet({path_literal(path)}, file_row_number := true, binary_as_string := true)")
    whole = frozenset(clean for (_, kind), clean in zip(found, header, strict=True) if kind in _WHOLE)
    return Bron("parquet", raw, header, spaties=True, getallen=whole, explain=lambda error: _broken())


def _as_text(name: str, kind: str) -> str:
    if kind.startswith("TIMESTAMP"):
        return (f"CASE WHEN {name} = date_trunc('day', {name}) THEN CAST({name} AS DATE)::VARCHAR "
                f"ELSE {name}::VARCHAR END")
    return f"{name}::VARCHAR"


def _broken() -> LeveringGeweigerd:
    return LeveringGeweigerd("Het bestand is geen (heel) Parquet-bestand.",
                             remedie="Maak het bestand opnieuw aan, of lever CSV.")
