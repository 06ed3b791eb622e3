"""A publication as large as a country: the demo region laid down again and again, each time with members of its own.

Lives here: copying published figures under other codes, so that every table has the size it would have. Not here:
measuring (bench_report). The figures mean nothing; how much there is to read, sort and draw does.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from pipelines.publication.views import SLEUTEL

OWN = ("gemeente", "swv", "bestuur", "vestigingscode", "jeugdregio")
SORT = {"gebied": "gebied_soort", "partij": "partij_soort"}


def make_country(release: Path, to: Path, gemeenten: int) -> Path:
    """Write into `to` a release with this many participating gemeenten, and return it."""
    (to / "parquet").mkdir(parents=True)
    shutil.copy(release / "release.json", to)
    with duckdb.connect() as con:
        for file in sorted((release / "parquet").glob("*.parquet")):
            con.execute(f"CREATE TABLE {file.stem} AS FROM read_parquet('{file}')")
        _members(con, gemeenten)
        for (table,) in con.execute("SHOW TABLES").fetchall():
            if table != "lid":
                _write(con, table, to / "parquet" / f"{table}.parquet")
    return to


def _members(con: duckdb.DuckDBPyConnection, gemeenten: int) -> None:
    """Table `lid`: copy, kind of member, code in the demo, code in that copy. The first copy is the demo itself."""
    con.execute("""
        CREATE TABLE deelnemer AS SELECT row_number() OVER (ORDER BY gemeente) - 1 AS plek, gemeente FROM
            (SELECT DISTINCT gemeente FROM koppelgraad WHERE volledig AND regexp_full_match(gemeente, '[0-9]+'))
    """)
    [many] = con.execute("SELECT count(*) FROM deelnemer").fetchone()
    copies = -(-gemeenten // many)
    con.execute(f"""
        CREATE TABLE lid AS
        WITH kopie AS (SELECT range AS k FROM range({copies}))
        SELECT k, 'gemeente' AS soort, gemeente AS oud, (7000 + k * {many} + plek)::VARCHAR AS nieuw
        FROM kopie, deelnemer WHERE k > 0 AND k * {many} + plek < {gemeenten}
        UNION ALL SELECT k, 'swv', swv, swv[:2] || (2000 + k * 50 + row_number() OVER (PARTITION BY k))::VARCHAR
        FROM kopie, dim_swv WHERE k > 0 AND swv <> 'onbekend'
        UNION ALL SELECT k, 'bestuur', bestuur, (50000 + k * 100 + row_number() OVER (PARTITION BY k))::VARCHAR
        FROM kopie, dim_bestuur WHERE k > 0 AND bestuur <> 'onbekend'
        UNION ALL SELECT k, 'vestigingscode', vestigingscode, vestigingscode || '-' || k
        FROM kopie, dim_school WHERE k > 0 AND vestigingscode <> 'onbekend'
        UNION ALL SELECT DISTINCT k, 'jeugdregio', jeugdregio, jeugdregio || ' ' || k
        FROM kopie, dim_gemeente JOIN deelnemer USING (gemeente) WHERE k > 0
    """)
    con.execute("DROP TABLE deelnemer")


def _write(con: duckdb.DuckDBPyConnection, table: str, file: Path) -> None:
    """Every row once per copy under that copy's codes; what no copy renames stays one row."""
    columns = [row[0] for row in con.execute(f"DESCRIBE {table}").fetchall()]
    dims = [name for name in columns if name in OWN or name in SORT]
    if table == "overlegpartners":
        dims = ["partij"]
    picked, joins = (
        [],
        ["FROM (SELECT DISTINCT k FROM lid UNION ALL SELECT 0) AS kopie CROSS JOIN " + table + " AS t"],
    )
    for name in columns if dims else ():
        if name not in dims:
            picked.append(f't."{name}"')
            continue
        renamed = " ".join(
            f"WHEN '{key}' THEN '{value}'" for key, value in (SLEUTEL | {"school": "vestigingscode"}).items()
        )
        kind = f"CASE t.{SORT[name]} {renamed} ELSE t.{SORT[name]} END" if name in SORT else f"'{name}'"
        joins.append(
            f"LEFT JOIN lid AS l_{name} ON l_{name}.k = kopie.k AND l_{name}.soort = {kind} "
            f'AND l_{name}.oud = t."{name}"'
        )
        picked.append(f'coalesce(l_{name}.nieuw, t."{name}") AS "{name}"')
    query = f"SELECT DISTINCT {', '.join(picked)} {' '.join(joins)}" if dims else f"FROM {table}"
    if table == "ondersteuning_per_bestuur_gemeente":
        query = _whole_grid(query)
    con.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")


def _whole_grid(query: str) -> str:
    """Every bestuur with every gemeente, as a publication has it: nobody where two copies meet."""
    key = "schooljaar, bestuur, gemeente, categorie"
    return f"""
        WITH er AS ({query}),
        raster AS (SELECT * FROM (SELECT DISTINCT schooljaar, bestuur FROM er),
                   (SELECT DISTINCT gemeente FROM er), (SELECT DISTINCT categorie FROM er))
        SELECT raster.*, if(er.status IS NULL, 0, er.leerlingen) AS leerlingen,
               coalesce(er.status, 'getoond') AS status, coalesce(er.onderdrukt, false) AS onderdrukt
        FROM raster LEFT JOIN er USING ({key})
    """
