"""The views that BI tools open: names beside codes, words for every status, and nothing that the tables do not say."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.report.release import TABLES, Release, code_list
from pipelines.report.sheets import dimension_text
from tests.support.fictieve_publicatie import OVERIGE, schrijf_publicatie

EARLIER = ({"schooljaar": "2022-2023", "release": "20230901-x", "drempel": 10},)


@pytest.fixture(scope="module", params=["oogo", "openbaar"])
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("uitgave") / request.param
    return schrijf_publicatie(place, request.param, overgenomen=EARLIER, duckdb_ook=True)


@pytest.fixture
def con(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(folder / "ondersteuning.duckdb"), read_only=True) as opened:
        yield opened


def names(con: duckdb.DuckDBPyConnection, what: str) -> list[str]:
    return [
        name
        for (name,) in con.execute(
            f"SELECT {what}_name FROM duckdb_{what}s() WHERE NOT internal ORDER BY 1"
        ).fetchall()
    ]


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict]:
    result = con.execute(sql)
    heads = [column[0] for column in result.description]
    return [dict(zip(heads, row, strict=True)) for row in result.fetchall()]


def test_every_published_table_has_a_view_with_its_rows_unchanged(con: duckdb.DuckDBPyConnection) -> None:
    tables = names(con, "table")
    assert names(con, "view") == [f"v_{name}" for name in tables]
    for name in tables:
        columns = [f'"{row[0]}"' for row in con.execute(f'DESCRIBE "{name}"').fetchall()]
        own = f'SELECT {", ".join(columns)} FROM "v_{name}"'
        there = f'SELECT {", ".join(columns)} FROM "{name}"'
        assert con.execute(f"({own} EXCEPT ALL {there})").fetchall() == [], name
        assert con.execute(f"({there} EXCEPT ALL {own})").fetchall() == [], name


def test_every_column_of_a_view_is_explained(con: duckdb.DuckDBPyConnection) -> None:
    silent = con.execute("""
        SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND coalesce(comment, '') = ''
        UNION ALL SELECT view_name, '' FROM duckdb_views() WHERE NOT internal AND coalesce(comment, '') = ''
    """).fetchall()
    assert silent == []


def test_a_view_says_what_the_packs_say(folder: Path, con: duckdb.DuckDBPyConnection) -> None:
    release = Release(folder)
    seen = set()
    for table, (_, figures) in TABLES.items():
        for row in rows(con, f'FROM "v_{table}"') if table in release.tables else ():
            for name in figures:
                figure = release.figure(row, name)
                assert row["tekst" if len(figures) == 1 else f"{name}_tekst"] == figure.range_text, table
                seen.add((figure.status, figure.known))
    assert len(seen) == 5, seen  # every status, and a figure that does not exist


def test_a_rounded_figure_lies_between_the_bounds_of_its_own_release(con: duckdb.DuckDBPyConnection) -> None:
    found = rows(con, "FROM v_ondersteuning_per_school WHERE status = 'afgerond' AND leerlingen >= 10")
    base = con.execute("SELECT drempel FROM publicatie").fetchone()[0]
    assert {row["schooljaar"] for row in found} > {"2022-2023"}
    for row in found:
        room = (10 if row["schooljaar"] == "2022-2023" else base) - 1
        assert (row["minstens"], row["hoogstens"]) == (row["leerlingen"] - room, row["leerlingen"] + room)


def test_a_hidden_figure_has_no_number_in_any_column(con: duckdb.DuckDBPyConnection) -> None:
    """Beside the dimensions and the place in the list, a row without a figure holds no number at all."""
    seen = 0
    for table, (_, figures) in TABLES.items():
        if len(figures) > 1 or f"v_{table}" not in names(con, "view"):
            continue
        for row in rows(con, f"FROM \"v_{table}\" WHERE status IN ('onderdrukt', 'niet_te_bepalen')"):
            left = {
                name: value
                for name, value in row.items()
                if isinstance(value, int | float)
                and not isinstance(value, bool)
                and not name.endswith("_volgorde")
            }
            assert left == {}, table
            seen += 1
    assert seen > 100


def test_the_names_are_those_of_the_workbook(folder: Path, con: duckdb.DuckDBPyConnection) -> None:
    release = Release(folder)
    for table, (dims, _) in TABLES.items():
        if table not in release.tables:
            continue
        for row in rows(con, f'FROM "v_{table}"'):
            for dim in set(dims) - {"schooljaar"}:
                told = row["school_naam" if dim == "vestigingscode" else f"{dim}_naam"]
                if row[dim] == "TOTAAL":
                    assert told == "Totaal"
                elif row[dim] == OVERIGE[2]:
                    assert told == "Overige vestigingen van Stichting Laakdal"
                else:
                    assert dimension_text(release, dim, row).startswith(told), (table, dim)


def test_the_codes_stay_in_reading_order(con: duckdb.DuckDBPyConnection) -> None:
    found = con.execute(
        "SELECT DISTINCT categorie, categorie_volgorde FROM v_ondersteuning_per_gebied ORDER BY 2"
    ).fetchall()
    assert [code for code, _ in found] == [*code_list("categorie"), "TOTAAL"]


def test_a_view_reads_nothing_but_tables_of_the_publication(con: duckdb.DuckDBPyConnection) -> None:
    """No file, no function that makes rows: only names of published tables stand behind FROM and JOIN."""
    tables = set(names(con, "table"))
    for sql in [
        sql for (sql,) in con.execute("SELECT sql FROM duckdb_views() WHERE NOT internal").fetchall()
    ]:
        used = con.get_table_names(sql.split(" AS ", 1)[1])
        assert used
        assert used <= tables
        assert not {"read_", "glob(", "query("} & set(sql.lower().split())


def test_a_name_with_a_quote_breaks_no_view(tmp_path: Path) -> None:
    place = schrijf_publicatie(
        tmp_path / "kwaad",
        overgenomen=({"schooljaar": "2022-2023'; DROP TABLE x; --", "release": "x", "drempel": 10},),
        duckdb_ook=True,
    )
    with duckdb.connect(str(place / "ondersteuning.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) > 0 FROM v_ondersteuning_per_school").fetchone() == (True,)
