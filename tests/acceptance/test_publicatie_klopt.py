"""Every published figure of the demo is recomputed from its deliveries by a route of its own."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.acceptance.loper import (
    REPO,
    copy_installation,
    current,
    oa,
    parquet_bytes,
    profielen,
    refused,
    small_installation,
)
from tests.acceptance.oracle import recompute_home
from tests.acceptance.oracle_bron import read_inbox
from tests.acceptance.oracle_jaar import Tabel
from tests.acceptance.uitgave import OVERIGE, expected_rows, judge_table, published_tables, read_rows
from tests.acceptance.vergelijk import VORM

PSEUDONIEM = re.compile(rb"[0-9a-f]{64}")
CODES = {
    "schooljaar": "schooljaar",
    "swv": "swv",
    "bestuur": "bestuur",
    "vestigingscode": "school",
    "gemeente": "gemeente",
    "jeugdregio": "jeugdregio",
}
GEBIED_IN = {
    "woongemeente": "gemeente",
    "schoolgemeente": "gemeente",
    "jeugdregio": "jeugdregio",
    "swv": "swv",
}


@pytest.fixture(scope="module")
def orakel(demo_home: Path) -> dict[str, Tabel]:
    return recompute_home(demo_home, REPO / "seeds", refused(demo_home))


def drempel_of(release: Path) -> int:
    return int(json.loads((release / "release.json").read_text(encoding="utf-8"))["drempel"])


@pytest.mark.parametrize("name", published_tables("oogo"))
def test_every_shown_figure_is_the_oracles(demo_home: Path, orakel: dict[str, Tabel], name: str) -> None:
    for profiel in profielen(demo_home):
        if name not in published_tables(profiel):
            assert not (current(demo_home, profiel) / "parquet" / f"{name}.parquet").exists()
            continue
        release = current(demo_home, profiel)
        expected = expected_rows(name, orakel, profiel, drempel_of(current(demo_home)))
        findings, seen = judge_table(name, read_rows(release, name), expected, drempel_of(release))
        assert not findings, "\n".join(findings[:10])
        assert seen["getoond"] + seen["afgerond"], "er staat geen enkel cijfer, dus er is niets vergeleken"


def test_the_demo_publishes_both_profielen_and_puts_small_vestigingen_together(demo_home: Path) -> None:
    assert profielen(demo_home) == ["oogo", "openbaar"]
    rows = read_rows(current(demo_home), "ondersteuning_per_school")
    assert any(row["vestigingscode"] == OVERIGE and row["leerlingen"] for row in rows)
    assert any(row["status"] == "afgerond" for row in rows)


def test_the_duckdb_file_holds_what_the_parquet_files_hold(demo_home: Path) -> None:
    for profiel in profielen(demo_home):
        release = current(demo_home, profiel)
        with duckdb.connect(str(release / "ondersteuning.duckdb"), read_only=True) as con:
            names = {row[0] for row in con.execute("SELECT table_name FROM duckdb_tables()").fetchall()}
            assert names == {path.stem for path in (release / "parquet").iterdir()}
            for name in names:
                parquet = f"read_parquet('{release / 'parquet' / name}.parquet')"
                [differ] = con.execute(
                    f"SELECT count(*) FROM ((FROM {name} EXCEPT ALL FROM {parquet}) UNION ALL "
                    f"(FROM {parquet} EXCEPT ALL FROM {name}))"
                ).fetchone()
                assert differ == 0, name


def test_the_dims_know_every_code_that_a_table_uses(demo_home: Path) -> None:
    for profiel in profielen(demo_home):
        release = current(demo_home, profiel)
        known = {column: {"TOTAAL", "onbekend", "buitenland", OVERIGE} for column in CODES}
        for column, dim in CODES.items():  # without its dim a profiel has no single member of it
            if (release / "parquet" / f"dim_{dim}.parquet").exists():
                known[column] |= {row[column] for row in read_rows(release, f"dim_{dim}")}
        for name in published_tables(profiel):
            for row in read_rows(release, name):
                for column, code in codes_of(name, row):
                    assert code in known[column], f"{name}: {column} zonder regel in de dim"


def codes_of(name: str, row: dict[str, object]) -> Iterator[tuple[str, object]]:
    """(column of the dim, code) for every dimension of the row that has a dim."""
    for column in VORM[name].dimensies:
        if column in CODES:
            yield column, row[column]
    if "gebied_soort" in row and row["gebied_soort"] != "regio":
        yield GEBIED_IN[str(row["gebied_soort"])], row["gebied"]
    if "partij_soort" in row:
        yield (
            {"school": "vestigingscode"}.get(str(row["partij_soort"]), str(row["partij_soort"])),
            row["partij"],
        )


def test_a_second_run_with_nothing_new_publishes_nothing_new(demo_home: Path) -> None:
    before = {profiel: current(demo_home, profiel).resolve() for profiel in profielen(demo_home)}
    oa("run", "--home", demo_home)
    assert before == {profiel: current(demo_home, profiel).resolve() for profiel in profielen(demo_home)}
    for profiel, release in before.items():
        assert [path.name for path in release.parent.iterdir()] == [release.name], profiel


def test_no_pseudonym_of_key_1_and_no_key_lies_anywhere_but_where_it_came_in(demo_home: Path) -> None:
    delivered = {
        value.encode()
        for levering in read_inbox(demo_home / "inbox")
        for rij in levering.rijen
        for column, value in rij.items()
        if column.endswith("_pseudoniem")
    }
    assert len(delivered) > 1000
    keys = [path.read_bytes().strip() for path in (demo_home.parent / "sleutels").iterdir()]
    assert len(keys) >= 2
    second = 0
    for path in sorted(demo_home.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        where = path.relative_to(demo_home)
        content = readable(path)
        for key in keys:
            assert key not in content, f"een sleutel staat in {where}"
            assert bytes.fromhex(key.decode()) not in content, f"een sleutel staat in {where}"
        if path.parent != demo_home / "inbox":
            found = set(PSEUDONIEM.findall(content))
            assert not found & delivered, f"een pseudoniem van stap 1 staat in {where}"
            second += len(found)
    assert second > 1000, "er is geen pseudoniem van stap 2 gezien, dus de bestanden zijn niet echt gelezen"


def readable(path: Path) -> bytes:
    """The bytes of a file and, where they are compressed, every text in it."""
    texts: list[bytes] = [path.read_bytes()]
    if path.suffix == ".parquet":
        table = pq.read_table(path)
        for field in table.schema:
            if pa.types.is_string(field.type):
                texts += [value.encode() for value in table[field.name].unique().to_pylist() if value]
    if path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as con:
            columns = con.execute(
                "SELECT schema_name, table_name, column_name FROM duckdb_columns() "
                "WHERE data_type = 'VARCHAR' AND NOT internal"
            ).fetchall()
            for schema, table_name, column in columns:
                rows = con.execute(f'SELECT DISTINCT "{column}" FROM "{schema}"."{table_name}"').fetchall()
                texts += [value.encode() for (value,) in rows if value]
    return b"\n".join(texts)


def test_another_key_2_gives_other_pseudonyms_and_the_same_figures(tmp_path: Path) -> None:
    home = small_installation(tmp_path / "een")
    other = copy_installation(home, tmp_path / "ander")
    (tmp_path / "ander" / "sleutels" / "sleutel2").write_text("ab" * 32 + "\n", encoding="utf-8")
    for one in (home, other):
        oa("run", "--home", one)
    mine, theirs = parquet_bytes(home), parquet_bytes(other)
    assert mine.keys() == theirs.keys()
    assert {name for name in mine if mine[name] != theirs[name]} <= {"publicatie.parquet"}
