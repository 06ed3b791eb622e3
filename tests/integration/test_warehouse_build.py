"""Building the warehouse: what a build leaves behind, when it refuses, and what survives a failure."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from pipelines import warehouse
from pipelines.errors import Bezet, Gebruiksfout, KwaliteitspoortDicht
from pipelines.reference import tables
from pipelines.resources import resource_dir
from pipelines.settings import Settings
from pipelines.warehouse import WarehouseAfgekeurd, build, dbt, fingerprint, warehouse_file
from tests.support.warehouse_region import installation, jeugdhulp, opp, pseudonym, small_region, store


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return installation(tmp_path)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Settings, warehouse.Bouw]:
    """One built warehouse for the tests that only look."""
    settings = installation(tmp_path_factory.mktemp("magazijn"))
    return settings, build(settings, small_region(settings))


@pytest.fixture
def own_project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the dbt project that a test may spoil."""
    for name in ("dbt_project", "seeds"):
        shutil.copytree(resource_dir(name), tmp_path / name)
    for module in (dbt, warehouse.sources, tables):
        monkeypatch.setattr(module, "resource_dir", lambda name: tmp_path / name)
    return tmp_path / "dbt_project"


def rows(path: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(path), read_only=True) as con:
        return con.execute(sql).fetchall()


def test_every_child_gets_a_categorie_and_one_place(built: tuple[Settings, warehouse.Bouw]) -> None:
    found = rows(
        built[1].path,
        """
        SELECT pseudoniem, categorie, vestigingscode
        FROM fct_leerling_schooljaar JOIN int_persoon USING (persoon_key)
    """,
    )
    assert {who: rest for who, *rest in found} == {
        pseudonym("grijs"): ["grijs_gebied", "99AA00"],
        pseudonym("samen"): ["samenloop", "99AA00"],
        pseudonym("school"): ["alleen_onderwijs", "99AA00"],
        pseudonym("wacht"): ["in_aanvraag", "99AA01"],
        pseudonym("gemeente"): ["alleen_jeugdhulp", "onbekend"],
    }


def test_every_node_is_judged_and_passes(built: tuple[Settings, warehouse.Bouw]) -> None:
    kinds = [item.resource_type for item in built[1].resultaten]
    assert kinds.count("model") > 30
    assert kinds.count("test") > 40
    assert all(item.goed for item in built[1].resultaten)
    assert "unit_test" not in kinds


def test_pseudonyms_stay_in_one_table(built: tuple[Settings, warehouse.Bouw]) -> None:
    """Besides the views over the stored deliveries, only int_persoon may hold 64 hex."""
    with duckdb.connect(str(built[1].path), read_only=True) as con:
        columns = con.execute("""
            SELECT table_schema, table_name, column_name FROM information_schema.columns
            JOIN information_schema.tables USING (table_schema, table_name)
            WHERE table_type = 'BASE TABLE' AND data_type = 'VARCHAR' AND table_schema = 'main'
        """).fetchall()
        found = {
            f"{table}.{column}"
            for schema, table, column in columns
            if con.execute(
                f"SELECT count(*) FROM {schema}.{table} WHERE regexp_matches({column}, '[0-9a-f]{{64}}')"
            ).fetchone()
            != (0,)
        }
    assert found == {"int_persoon.pseudoniem"}
    assert len(columns) > 100


def test_dbt_leaves_no_row_behind(built: tuple[Settings, warehouse.Bouw]) -> None:
    """Neither logs nor artefacts may hold a pseudonym."""
    left = [path for path in (built[0].warehouse / "dbt").rglob("*") if path.is_file()]
    assert left
    wanted = [pseudonym(who).encode() for who in ("grijs", "samen", "gemeente")]
    assert not [path for path in left if any(text in path.read_bytes() for text in wanted)]
    assert not (built[0].warehouse / ".bouw").exists()


def test_only_the_owner_may_read_the_file(built: tuple[Settings, warehouse.Bouw]) -> None:
    assert built[1].path.stat().st_mode & 0o077 == 0


def test_nothing_new_is_not_built_again(built: tuple[Settings, warehouse.Bouw]) -> None:
    settings, first = built
    stamp = first.path.stat().st_mtime_ns
    second = build(settings, small_region(settings))
    assert second.hergebruikt
    assert (second.vingerafdruk, second.resultaten) == (first.vingerafdruk, first.resultaten)
    assert first.path.stat().st_mtime_ns == stamp


def test_the_fingerprint_follows_what_decides_the_outcome(settings: Settings) -> None:
    leveringen = small_region(settings)
    seen = [fingerprint(settings, leveringen)]
    seen.append(fingerprint(settings, leveringen[:1]))
    path = settings.referentie / "vestigingen.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("De Eerste", "De Allereerste"), encoding="utf-8")
    seen.append(fingerprint(settings, leveringen))
    shutil.copy(resource_dir("seeds") / "grijs_gebied_regels.csv", settings.referentie)
    seen.append(fingerprint(settings, leveringen))
    # rows that were erased from a stored delivery: same delivery, other rows
    store(settings, "opp", "70001", [opp("samen")]).pad.replace(leveringen[0].pad)
    seen.append(fingerprint(settings, leveringen))
    assert len(set(seen)) == len(seen)
    assert fingerprint(settings, leveringen[::-1]) == seen[-1]


def test_the_same_inputs_give_the_same_marts(settings: Settings) -> None:
    leveringen = small_region(settings)
    contents = []
    for order in (leveringen, leveringen[::-1]):
        path = build(settings, order, opnieuw=True).path
        tables = [
            name
            for (name,) in rows(
                path,
                "SELECT table_name FROM information_schema.tables WHERE "
                "table_schema = 'main' AND table_type = 'BASE TABLE'",
            )
        ]
        contents.append({name: sorted(map(repr, rows(path, f"FROM main.{name}"))) for name in tables})
    assert contents[0] == contents[1]


def test_without_deliveries_every_table_is_there_and_empty(settings: Settings) -> None:
    path = build(settings, []).path
    assert rows(path, "SELECT count(*) FROM mart_ondersteuning_per_gebied") == [(0,)]
    assert rows(path, "SELECT count(*) FROM mart_wachttijden") == [(0,)]


def test_the_region_switches_a_reason_off(settings: Settings) -> None:
    text = (resource_dir("seeds") / "grijs_gebied_regels.csv").read_text(encoding="utf-8")
    changed = text.replace("_in_overleg;kern;ja", "_in_overleg;kern;nee")
    (settings.referentie / "grijs_gebied_regels.csv").write_text(changed, encoding="utf-8")
    path = build(settings, small_region(settings)).path
    assert rows(path, "FROM fct_leerling_schooljaar WHERE categorie = 'grijs_gebied'") == []
    assert rows(path, "FROM mart_grijs_gebied_redenen WHERE reden = 'verantwoordelijkheid_in_overleg'") == []


def test_the_list_of_expected_deliveries_defines_who_takes_part(settings: Settings) -> None:
    """A gemeente that is expected and never delivered leaves no area of the schooljaar complete."""
    leveringen = small_region(settings)
    sql = "SELECT gebied_soort, bool_and(volledig) FROM int_gebied GROUP BY ALL"
    before = dict(rows(build(settings, leveringen).path, sql))
    assert before["regio"]
    header = "contract;bronhouder;schooljaar;uiterlijk;contact\n"
    expected = settings.referentie / "verwachte_leveringen.csv"
    for gemeenten, complete in ((("0307",), True), (("0307", "0308"), False)):
        lines = [f"jeugdhulp;{code};2024-2025;2025-10-10;x\n" for code in gemeenten]
        expected.write_text(header + "".join(lines), encoding="utf-8")
        bouw = build(settings, leveringen)
        assert not bouw.hergebruikt
        after = dict(rows(bouw.path, sql))
        assert (after["regio"], after["swv"], after["jeugdregio"]) == (complete, complete, complete)
        assert after["woongemeente"] == before["woongemeente"]


def test_an_unsound_file_of_the_region_stops_the_build_and_keeps_the_old(settings: Settings) -> None:
    before = build(settings, small_region(settings))
    (settings.referentie / "grijs_gebied_regels.csv").write_text("reden;soort\n", encoding="utf-8")
    with pytest.raises(Gebruiksfout, match="kolommen"):
        build(settings, small_region(settings))
    assert rows(before.path, "SELECT vingerafdruk FROM bouw.invoer") == [(before.vingerafdruk,)]


def test_a_failed_data_test_stops_the_build_and_keeps_the_old(settings: Settings, own_project: Path) -> None:
    before = build(settings, small_region(settings))
    (own_project / "tests" / "kapot.sql").write_text("select pseudoniem from {{ ref('int_persoon') }}\n")
    with pytest.raises(WarehouseAfgekeurd, match="kapot") as caught:
        build(settings, small_region(settings))
    assert isinstance(caught.value, KwaliteitspoortDicht)
    (failed,) = [item for item in caught.value.resultaten if item.status == "fail"]
    assert (failed.name, failed.failures, failed.goed) == ("kapot", 5, False)
    assert rows(before.path, "SELECT vingerafdruk FROM bouw.invoer") == [(before.vingerafdruk,)]
    assert not (settings.warehouse / ".bouw").exists()


@pytest.mark.parametrize(
    "softening",
    [
        "enabled=false",
        "severity='warn'",
        "store_failures=true",
        "limit=1",
        "where='false'",
        "error_if='>10'",
        "warn_if='>10'",
    ],
)
def test_a_softened_data_test_is_refused(settings: Settings, own_project: Path, softening: str) -> None:
    (own_project / "tests" / "zacht.sql").write_text(
        f"{{{{ config({softening}) }}}}\nselect 1 from {{{{ ref('int_persoon') }}}} where false\n"
    )
    with pytest.raises(WarehouseAfgekeurd, match=r"afgezwakt.*\n.*zacht"):
        build(settings, small_region(settings))
    assert not warehouse_file(settings).exists()


def test_what_did_not_run_is_missed(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    original = dbt._invoke

    def models_only(own: Settings, arguments: list[str], *rest: object) -> object:
        extra = ["--resource-type", "model"] if arguments[0] == "build" else []
        return original(own, [*arguments, *extra], *rest)

    monkeypatch.setattr(dbt, "_invoke", models_only)
    with pytest.raises(WarehouseAfgekeurd, match="niet uitgevoerd"):
        build(settings, small_region(settings))


def test_the_users_own_dbt_settings_do_not_reach_the_build(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"DBT_RESOURCE_TYPES": "model", "DBT_STORE_FAILURES": "1", "DBT_ENGINE_WARN_ERROR": "1"}
    for name, value in wanted.items():
        monkeypatch.setenv(name, value)
    bouw = build(settings, small_region(settings))
    assert [item for item in bouw.resultaten if item.resource_type == "test"]
    assert {name: os.environ[name] for name in wanted} == wanted


def test_a_model_that_breaks_says_where_and_never_what(settings: Settings, own_project: Path) -> None:
    """DuckDB quotes the cell that it could not convert: that text may go nowhere."""
    model = own_project / "models" / "intermediate" / "int_persoon.sql"
    model.write_text(model.read_text() + "where pseudoniem::integer > 0\n")
    with pytest.raises(WarehouseAfgekeurd) as caught:
        build(settings, small_region(settings))
    shown = f"{caught.value}{caught.value.resultaten}"
    assert "int_persoon" in shown
    assert not re.search("[0-9a-f]{64}", shown)
    chain = caught.value
    while (chain := chain.__cause__ or chain.__context__) is not None:
        assert not re.search("[0-9a-f]{64}", str(chain))
    left = b"".join(path.read_bytes() for path in (settings.warehouse / "dbt").rglob("*") if path.is_file())
    assert pseudonym("grijs").encode() not in left


def test_what_a_killed_build_left_is_cleared(settings: Settings) -> None:
    yard = settings.warehouse / ".bouw"
    yard.mkdir()
    (yard / "ondersteuning.duckdb").write_bytes(b"half a file")
    (yard / "ondersteuning.duckdb.wal").write_bytes(b"half a log")
    path = build(settings, small_region(settings)).path
    assert rows(path, "SELECT count(*) FROM int_persoon") == [(5,)]


def test_a_log_beside_the_old_file_is_not_replayed_into_the_new(settings: Settings) -> None:
    warehouse_file(settings).with_name("ondersteuning.duckdb.wal").write_bytes(b"someone else's log")
    path = build(settings, small_region(settings)).path
    assert rows(path, "SELECT count(*) FROM int_persoon") == [(5,)]


def test_a_build_that_still_runs_elsewhere_is_left_alone(settings: Settings) -> None:
    fresh = settings.warehouse / ".bouw" / "ondersteuning.duckdb"
    fresh.parent.mkdir()
    script = (
        f"import duckdb, sys; con = duckdb.connect({str(fresh)!r}); "
        "print('open', flush=True); sys.stdin.read()"
    )
    other = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(Bezet):
            build(settings, small_region(settings))
        assert fresh.exists()
    finally:
        other.communicate()


def test_another_process_can_write_to_the_file_afterwards(built: tuple[Settings, warehouse.Bouw]) -> None:
    """dbt keeps its connection open by itself; a build may not."""
    script = f"import duckdb; duckdb.connect({str(built[1].path)!r}).close()"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_toewijzing_counts_for_the_schooljaar_of_its_delivery(settings: Settings) -> None:
    """A row that runs on, but is not in the delivery for the next schooljaar, has ended."""
    leveringen = [
        store(settings, "jeugdhulp", "0307", [jeugdhulp("een"), jeugdhulp("twee")]),
        store(settings, "jeugdhulp", "0307", [jeugdhulp("twee")], schooljaar="2025-2026"),
    ]
    path = build(settings, leveringen).path
    assert rows(path, "SELECT schooljaar, count(*) FROM fct_leerling_schooljaar GROUP BY 1 ORDER BY 1") == [
        ("2024-2025", 2),
        ("2025-2026", 1),
    ]


def test_dbt_unit_tests_pass(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run on a warehouse without rows: every fixture is fictional and stands in the project."""
    outcome: list = []

    def run_all(own: Settings, fresh: Path, meld: object) -> tuple[dbt.Resultaat, ...]:
        results = original(own, fresh, meld)
        outcome.extend(dbt._invoke(own, ["test", "--select", "test_type:unit", "--no-write-json"]).results)
        return results

    original = dbt.run
    monkeypatch.setattr(dbt, "run", run_all)
    build(settings, [])
    assert {item.node.name: item.message for item in outcome if str(item.status) != "pass"} == {}
    judged = {item.node.tested_node_unique_id.split(".")[-1] for item in outcome}
    folder = resource_dir("dbt_project") / "models" / "intermediate"
    models = {path.stem for path in folder.glob("int_*.sql")}
    assert models <= judged
