"""The files that readers open: one DuckDB file (with the views for BI) and one Parquet file per table.

Lives here: storage version, keys, comments, and Parquet bytes that depend on the rows alone. Not here: what
the tables hold and what the views say.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from pipelines.publication.describe import Tabel
from pipelines.publication.views import statements, views

BESTAND, PARQUET = "ondersteuning.duckdb", "parquet"
# The oldest storage there is: with comments on columns, clients from 1.1 on open it.
_STORAGE = "v1.0.0"
_ROW_GROUP = 65_536


def write_tables(folder: Path, tabellen: Sequence[Tabel]) -> None:
    """Write every table twice: into `ondersteuning.duckdb` and as `parquet/<tabel>.parquet`."""
    write_parquet(folder, tabellen)
    write_duckdb(folder, tabellen)


def write_parquet(folder: Path, tabellen: Sequence[Tabel]) -> None:
    """Write each table as `parquet/<tabel>.parquet`; the same rows give the same bytes."""
    (folder / PARQUET).mkdir(mode=0o700, exist_ok=True)
    for tabel in tabellen:
        pq.write_table(
            tabel.inhoud,
            folder / PARQUET / f"{tabel.naam}.parquet",
            compression="zstd",
            row_group_size=_ROW_GROUP,
            version="2.6",
            store_schema=False,
        )


def write_duckdb(folder: Path, tabellen: Sequence[Tabel]) -> None:
    """Write every table into `ondersteuning.duckdb`, with keys and comments."""
    with duckdb.connect(
        config={"threads": 1, "autoinstall_known_extensions": False, "autoload_known_extensions": False}
    ) as con:
        con.execute(f"ATTACH {_literal(str(folder / BESTAND))} AS uit (STORAGE_VERSION '{_STORAGE}')")
        con.execute("USE uit.main")
        con.execute("BEGIN")
        for tabel in tabellen:
            _write_table(con, tabel)
        for weergave in views(tabellen):
            for statement in statements(weergave):
                con.execute(statement)
        con.execute("COMMIT")
        con.execute("CHECKPOINT uit")
        con.execute("USE memory.main")
        con.execute("DETACH uit")


def _write_table(con: duckdb.DuckDBPyConnection, tabel: Tabel) -> None:
    con.register("_inhoud", tabel.inhoud)
    described = con.execute("DESCRIBE _inhoud").fetchall()
    columns = [f"{_name(name)} {kind}" for name, kind, *_ in described]
    if tabel.sleutel:
        columns.append(f"PRIMARY KEY ({', '.join(_name(name) for name in tabel.sleutel)})")
    con.execute(f"CREATE TABLE {_name(tabel.naam)} ({', '.join(columns)})")
    con.execute(f"INSERT INTO {_name(tabel.naam)} FROM _inhoud")
    con.unregister("_inhoud")
    con.execute(f"COMMENT ON TABLE {_name(tabel.naam)} IS {_literal(tabel.commentaar)}")
    for name, text in tabel.kolommen.items():
        con.execute(f"COMMENT ON COLUMN {_name(tabel.naam)}.{_name(name)} IS {_literal(text)}")


def _name(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
