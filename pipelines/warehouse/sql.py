"""Small pieces of DuckDB SQL that the loading modules share.

Lives here: quoting, typed CSV, inserting rows at once. Not here: what is loaded (sources.py, region.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb


def quoted(value: object) -> str:
    """A text literal."""
    return "'" + str(value).replace("'", "''") + "'"


def csv_relation(path: Path, columns: Mapping[str, str]) -> str:
    """A CSV file as a relation with exactly these typed columns; an empty cell is NULL."""
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items())
    return (
        f"read_csv({quoted(path)}, delim = ';', header = true, auto_detect = false, quote = '\"', "
        f"escape = '\"', nullstr = '', columns = {{{types}}})"
    )


def create_table(
    con: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], rows: Sequence[Sequence[Any]]
) -> None:
    """Make a table of these rows, column by column: row by row DuckDB takes milliseconds each."""
    con.execute(f"CREATE TABLE {table} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
    if rows:
        lists = ", ".join(f"unnest(?::{kind}[])" for kind in columns.values())
        values = [list(column) for column in zip(*rows, strict=True)]
        con.execute(f"INSERT INTO {table} SELECT {lists}", values)
