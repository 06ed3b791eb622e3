"""The pages for the meeting and for BI cannot lie: their Python and their commands run on a publication."""

from __future__ import annotations

import contextlib
import csv
import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from pipelines.publication.files import hashes
from pipelines.report.answers import ONDERWERPEN
from tests.support import handleiding
from tests.support.fictieve_publicatie import schrijf_publicatie

REPO = Path(__file__).resolve().parents[2]
BI = (REPO / "docs" / "handleiding" / "bi.md").read_text(encoding="utf-8")
OOGO = (REPO / "docs" / "handleiding" / "oogo.md").read_text(encoding="utf-8")
OLD, NEW = "20251010-a", "20251101-b"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation with two releases; the newest has its DuckDB file."""
    place = tmp_path_factory.mktemp("bi") / "data"
    releases = place / "publication" / "oogo" / "releases"
    for name in (OLD, NEW):
        schrijf_publicatie(releases / name, release=name, duckdb_ook=name == NEW)
    (releases.parent / "current").symlink_to(Path("releases") / NEW)
    (place / "ondersteuningsanalyse.toml").write_text("demo = true\n", encoding="utf-8")
    for folder in (place, *place.rglob("*")):
        if not folder.is_symlink():
            folder.chmod(0o700 if folder.is_dir() else 0o600)
    return place


@pytest.fixture(scope="module")
def told(home: Path) -> dict[str, Any]:
    """Every variable that the Python of the page makes."""
    names: dict[str, Any] = {}
    with contextlib.chdir(home):
        for blok in handleiding.blocks(BI):
            if blok.taal == "python" and blok.bestand is None:
                exec(compile(blok.tekst, f"bi.md:{blok.regel}", "exec"), names)  # noqa: S102
    return names


def test_the_clients_of_the_page_read_the_same_figures(told: dict[str, Any], home: Path) -> None:
    """DuckDB, ADBC and the command line read the view; Polars reads the table."""
    (blok,) = (each for each in handleiding.blocks(BI) if each.taal == "bash")
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", blok.tekst], cwd=home, env=os.environ | {"PATH": path}, capture_output=True, check=True
    )
    printed = list(csv.reader(done.stdout.decode().splitlines()))[1:]
    assert [tuple("NULL" if cell is None else str(cell) for cell in row) for row in told["per_gemeente"]] == [
        tuple(row) for row in printed
    ]
    assert told["per_gemeente"] == told["adbc_rijen"]
    assert [row[:3] for row in told["per_gemeente"]] == [row[:3] for row in told["polars_rijen"]]
    words = {"getoond": str, "onderdrukt": lambda _: "niet getoond"}
    assert {row[3] for row in told["polars_rijen"]} == set(words)
    for (*_, figure, text), (*_, status) in zip(told["per_gemeente"], told["polars_rijen"], strict=True):
        assert (figure is None) == (status == "onderdrukt")
        assert text == words[status](figure)
    assert told["uitleg"][0][0].startswith("Hoeveel leerlingen")


def test_the_columns_that_the_page_names_are_in_the_views(home: Path) -> None:
    file = home / "publication" / "oogo" / "current" / "ondersteuning.duckdb"
    with duckdb.connect(str(file), read_only=True) as con:
        found = con.execute("SELECT DISTINCT column_name FROM duckdb_columns() WHERE NOT internal").fetchall()
    there = {name for (name,) in found}
    part = BI.split("## Weergaven")[1].split("## ")[0]
    named = {name for name in re.findall(r"`([a-z_]+)`", part) if name not in ("v_", "dim_", "codelijst")}
    assert {"tekst", "minstens", "school_naam"} <= named
    assert named <= there


def test_a_missing_figure_stays_missing_and_a_count_stays_whole(told: dict[str, Any], home: Path) -> None:
    release = home / "publication" / "oogo" / "current" / "parquet" / "ondersteuning_per_gebied.parquet"
    wanted = duckdb.sql(
        f"SELECT schooljaar, leerlingen FROM '{release}' WHERE gebied_soort = 'regio' "
        "AND categorie = 'TOTAAL' ORDER BY ALL"
    ).fetchall()
    assert sorted(told["pandas_rijen"]) == wanted
    assert str(told["frame"].dtypes["leerlingen"]) == "int64[pyarrow]"


def test_the_locked_connection_of_the_page_reads_no_file(home: Path, tmp_path: Path) -> None:
    """What the page tells Superset users to paste, given to DuckDB itself."""
    (blok,) = (each for each in handleiding.blocks(BI) if each.taal == "json")
    arguments = json.loads(blok.tekst)["connect_args"]
    (tmp_path / "geheim.csv").write_text("a\n1\n", encoding="utf-8")
    file = str(home / "publication" / "oogo" / "current" / "ondersteuning.duckdb")
    with duckdb.connect(file, **arguments) as con:
        assert con.execute("SELECT count(*) FROM publicatie").fetchone() == (1,)
        with pytest.raises(duckdb.PermissionException):
            con.execute(f"FROM read_csv('{tmp_path / 'geheim.csv'}')")
        with pytest.raises(duckdb.Error):
            con.execute("SET enable_external_access = true")
        with pytest.raises(duckdb.Error):
            con.execute("CREATE TABLE erbij (a INTEGER)")


def superset() -> ModuleType:
    spec = importlib.util.spec_from_file_location("zet_op", REPO / "tools" / "superset" / "zet_op.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_make_superset_locks_as_the_page_says() -> None:
    (blok,) = (each for each in handleiding.blocks(BI) if each.taal == "json")
    assert json.loads(blok.tekst)["connect_args"] == superset().LOCKED
    (piece,) = (each for each in handleiding.blocks(BI) if each.bestand == "sqlalchemy")
    assert superset().sqlalchemy_of_the_page() == piece.tekst


def test_the_copy_for_readers_is_made_as_the_page_says(home: Path, tmp_path: Path) -> None:
    (line,) = (each.tekst.split() for each in handleiding.blocks(BI) if each.taal == "sh")
    facts = home / "publication" / "oogo" / "current" / "release.json"
    told = json.loads(facts.read_text(encoding="utf-8"))
    facts.write_text(json.dumps(told | {"bestanden": hashes(facts.parent)}), encoding="utf-8")
    with contextlib.chdir(tmp_path):
        done = CliRunner().invoke(app, [*line[1:], "--home", str(home)])
    assert done.exit_code == 0, done.exception
    file = tmp_path / line[-1] / "oogo" / "current" / "ondersteuning.duckdb"
    with duckdb.connect(str(file), read_only=True) as con:
        assert con.execute("SELECT release FROM publicatie").fetchall() == [(NEW,)]


def test_the_commands_of_the_meeting_page_run(home: Path, tmp_path: Path) -> None:
    answers = next(each for each in handleiding.blocks(OOGO) if each.taal == "csv")
    assert answers.bestand == "data/referentie/antwoorden.csv"
    (home / "referentie").mkdir(mode=0o700, exist_ok=True)
    (home / "referentie" / "antwoorden.csv").write_text(answers.tekst, encoding="utf-8")
    lines = [
        line for each in handleiding.blocks(OOGO) if each.taal == "sh" for line in each.tekst.splitlines()
    ]
    assert len(lines) == 2
    for line in lines:
        words = line.split()[1:]
        extra = ["--uit", str(tmp_path)] if words[0] == "report" else []
        done = CliRunner().invoke(app, [*words, *extra, "--home", str(home)])
        assert done.exit_code == 0, (line, done.exception)
    page = (tmp_path / f"oogo_gemeente_0307_{NEW}.html").read_text(encoding="utf-8")
    assert "besluit binnen zes weken" in page


def test_what_the_meeting_page_names_is_there() -> None:
    assert [name for name in ONDERWERPEN if f"`{name}`" not in OOGO] == []
    known = handleiding.known_commands()
    for command in handleiding.inline_commands(OOGO):
        words = command.split()
        name = handleiding.name_of(words)
        assert name is not None
        assert {word for word in words if word.startswith("--")} <= known[name], command
