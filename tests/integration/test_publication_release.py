"""From candidate to release: evidence, consent, one swap, readers undisturbed, killed anywhere."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from pipelines import gates
from pipelines.disclosure import secure as secure_module
from pipelines.disclosure.format import read
from pipelines.disclosure.history import uitgaven
from pipelines.errors import Gebruiksfout, KwaliteitspoortDicht, OnthullingspoortDicht
from pipelines.gates import engine
from pipelines.publication import (
    Kandidaat,
    build_candidate,
    current_release,
    describe,
    evidence,
    publish,
    read_candidate,
    up_to_date,
)
from pipelines.publication.candidate import candidate_fingerprint
from pipelines.publication.files import hashes
from pipelines.warehouse import dbt
from tests.integration.publication_installatie import Installatie, install, specs
from tests.integration.publication_region import region

SIZE = {"persons": 300, "schools": 6, "besturen": 2, "gemeenten": 4, "schooljaren": ("2024-2025",)}
LARGER = {"persons": 900, "schools": 22, "besturen": 4, "gemeenten": 5, "schooljaren": ("2024-2025",)}


def judged(place: Installatie) -> Kandidaat:
    """A candidate with the verdict of every gate."""
    gates.judge_leveringen(place.settings, place.leveringen).require()
    gates.judge_magazijn(place.settings, place.bouw).require()
    kandidaat = build_candidate(place.settings, "oogo", place.bouw, place.leveringen)
    gates.judge_kandidaat(place.settings, kandidaat).require()
    return kandidaat


@pytest.fixture(scope="module", autouse=True)
def _the_code_stands_still() -> Iterator[None]:
    """Fingerprints cover the product's own files; editing one while the tests run is no change of inputs."""
    with pytest.MonkeyPatch.context() as patch:
        version, print_ = describe.code_version(), dbt.project_fingerprint()
        patch.setattr(describe, "code_version", lambda: version)
        patch.setattr(dbt, "project_fingerprint", lambda: print_)
        yield


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Installatie:
    place = install(tmp_path_factory.mktemp("made") / "data", region(1, **SIZE))
    judged(place)
    return place


@pytest.fixture
def place(made: Installatie, tmp_path: Path) -> Installatie:
    """A judged candidate of its own, nothing published yet."""
    return moved(made, tmp_path / "data")


def moved(made: Installatie, home: Path, **changes: Any) -> Installatie:
    shutil.copytree(made.settings.home, home, symlinks=True)
    settings = made.settings.model_copy(update={"home": home} | changes)
    leveringen = [
        levering.__class__(**{**vars(levering), "pad": home / levering.pad.relative_to(made.settings.home)})
        for levering in made.leveringen
    ]
    bouw = made.bouw.__class__(**{**vars(made.bouw), "path": home / "warehouse" / made.bouw.path.name})
    return Installatie(settings, bouw, leveringen)


def opened(release: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(release / "ondersteuning.duckdb"), read_only=True) as con:
        return con.execute(sql).fetchall()


# What a release is


def test_a_release_holds_the_tables_twice_with_comments_and_keys(place: Installatie) -> None:
    release = publish(place.settings, "oogo")
    current = place.settings.publication / "oogo" / "current"
    assert current.is_symlink()
    assert current.readlink() == Path("releases") / release.release
    declared = {spec.tabel for spec in specs(place.settings.home)} | {
        "toelichting",
        "codelijst",
        "publicatie",
    }
    assert {name for (name,) in opened(current, "SELECT table_name FROM duckdb_tables()")} == declared
    assert {path.stem for path in (current / "parquet").iterdir()} == declared
    silent = "SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
    assert opened(current, silent) == []
    keys = "SELECT table_name FROM duckdb_constraints() WHERE constraint_type = 'PRIMARY KEY' ORDER BY 1"
    joined = {name for name in declared if name.startswith("dim_")} | {
        "toelichting",
        "codelijst",
        "publicatie",
    }
    assert {name for (name,) in opened(current, keys)} == joined
    for name in declared:
        rows = pq.read_table(current / "parquet" / f"{name}.parquet").num_rows
        assert opened(current, f'SELECT count(*) FROM "{name}"') == [(rows,)]


def test_the_file_has_the_storage_that_every_1x_client_opens(place: Installatie) -> None:
    release = publish(place.settings, "oogo")
    with duckdb.connect() as con:
        con.execute(f"ATTACH '{release.pad / 'ondersteuning.duckdb'}' AS uit (READ_ONLY)")
        [tags] = con.execute("SELECT tags FROM duckdb_databases() WHERE database_name = 'uit'").fetchone()
    assert tags["storage_version"].startswith("v1.0.0")


def test_publicatie_says_what_it_is_without_a_clock(place: Installatie) -> None:
    release = publish(place.settings, "oogo")
    [row] = pq.read_table(release.pad / "parquet" / "publicatie.parquet").to_pylist()
    assert row["release"] == release.release == release.pad.name
    assert row["release"].startswith("2025-10-03-")
    assert (row["profiel"], row["drempel"], row["demo"]) == ("oogo", 5, True)
    assert row["pseudonimisering"] == "verwerker"
    assert json.loads(row["contractversies"]) == {"opp": "1.0.0"}
    assert {rule["reden"] for rule in json.loads(row["regels"])} >= {"wacht_op_besluit", "dubbel_aanbod"}
    [delivered] = json.loads(row["leveringen"])
    assert delivered["sha256"] == place.leveringen[0].sha256
    assert "rijen" not in delivered


def test_toelichting_explains_every_table_and_figure(place: Installatie) -> None:
    release = publish(place.settings, "oogo")
    rows = pq.read_table(release.pad / "parquet" / "toelichting.parquet").to_pylist()
    told = {(row["tabel"], row["kolom"]) for row in rows}
    for spec in specs(place.settings.home):
        assert (spec.tabel, "") in told
        assert {(spec.tabel, figuur.kolom) for figuur in spec.figuren} <= told
        if spec.aandeel:
            assert {(spec.tabel, kolom) for kolom in spec.aandeel.kolommen} <= told
    assert all(row["toelichting"] and row["bron"] for row in rows)


def test_release_json_holds_the_evidence_and_the_hashes(place: Installatie) -> None:
    release = publish(place.settings, "oogo", akkoord="A. de Vries")
    facts = json.loads((release.pad / "release.json").read_text(encoding="utf-8"))
    assert [item["poort"] for item in facts["bewijs"]] == ["levering", "magazijn", "onthulling", "publicatie"]
    assert facts["bestanden"] == hashes(release.pad)
    assert facts["akkoord"] == "A. de Vries"
    assert facts["gepubliceerd_op"] >= facts["gemaakt_op"]


def test_the_same_inputs_give_the_same_parquet_bytes(made: Installatie, tmp_path: Path) -> None:
    again = moved(made, tmp_path / "data")
    shutil.rmtree(again.settings.warehouse / "kandidaat")
    first, second = read_candidate(made.settings, "oogo"), judged(again)
    assert second.release == first.release
    assert {name: value for name, value in second.bestanden.items() if name.endswith(".parquet")} == {
        name: value for name, value in first.bestanden.items() if name.endswith(".parquet")
    }


def test_the_evidence_is_the_audit_over_exactly_these_files(place: Installatie) -> None:
    release = publish(place.settings, "oogo")
    facts = json.loads((release.pad / "release.json").read_text(encoding="utf-8"))
    told = facts["bewijs"][2]
    assert (told["regels"], told["toelichting"]["verdict"]) == ("audit", "certified")
    seen = told["toelichting"]["files"]
    assert {name for name in seen if name.startswith("parquet/")}
    assert seen.items() <= facts["bestanden"].items()
    assert facts["informatieverlies"]["ondersteuning_per_school"]["afgerond"] > 0
    [kept] = uitgaven(place.settings.historie, "oogo")
    assert kept.release == release.release


def test_a_candidate_is_made_again_only_if_something_changed(place: Installatie) -> None:
    told: list[str] = []

    def build(**changes: Any) -> Kandidaat:
        settings = place.settings.model_copy(update=changes)
        return build_candidate(settings, "oogo", place.bouw, place.leveringen, told.append)

    first = read_candidate(place.settings, "oogo")
    assert build() == first
    assert told == ["Kandidaat oogo: niets veranderd sinds de vorige keer"]
    assert build(contact="iemand anders").release != first.release
    other = other_key(place.settings.home.parent)
    rounded = build(afrondsleutel=other)
    assert rounded.release != first.release
    school = "parquet/ondersteuning_per_school.parquet"
    assert rounded.bestanden[school] != first.bestanden[school]
    assert build().release == first.release
    assert read_candidate(place.settings, "oogo").release == first.release


def test_every_drempel_is_an_input_of_every_profiel(place: Installatie) -> None:
    def print_of(profiel: str, **changes: Any) -> str:
        settings = place.settings.model_copy(update=changes)
        return candidate_fingerprint(settings, profiel, place.bouw.vingerafdruk, "a" * 64)

    made = [
        print_of(profiel, **changes)
        for profiel in ("oogo", "openbaar")
        for changes in (
            {"drempel_openbaar": 10},
            {"drempel_openbaar": 11},
            {"drempel_openbaar": 10, "drempel_oogo": 6},
        )
    ]
    assert len(set(made)) == len(made)


def test_without_a_rounding_key_there_is_no_candidate(place: Installatie) -> None:
    unset = place.settings.model_copy(update={"afrondsleutel": None})
    with pytest.raises(Gebruiksfout, match="afrondsleutel") as told:
        build_candidate(unset, "oogo", place.bouw, place.leveringen)
    assert told.value.exit_code == 2


def other_key(folder: Path) -> Path:
    path = folder / "andere_afrondsleutel"
    path.write_text("a7" * 32 + "\n", encoding="ascii")
    path.chmod(0o600)
    return path


def test_without_a_drempel_or_deliveries_there_is_no_candidate(place: Installatie) -> None:
    unset = place.settings.model_copy(update={"drempel_oogo": None})
    with pytest.raises(Gebruiksfout, match="drempel"):
        build_candidate(unset, "oogo", place.bouw, place.leveringen)
    with pytest.raises(KwaliteitspoortDicht, match="geen levering"):
        build_candidate(place.settings, "oogo", place.bouw, [])


def test_a_warehouse_of_other_inputs_is_refused(place: Installatie) -> None:
    other = place.bouw.__class__(**{**vars(place.bouw), "vingerafdruk": "e" * 64})
    with pytest.raises(KwaliteitspoortDicht, match="niet gemaakt van deze invoer"):
        build_candidate(place.settings, "oogo", other, place.leveringen)


def test_profiel_openbaar_has_no_school_and_its_own_drempel(tmp_path: Path) -> None:
    """What a profiel shows is a matter of declaration: tables, members of a dimension, drempel."""
    place = install(tmp_path / "data", region(1, **LARGER), drempel_openbaar=10)
    gates.judge_leveringen(place.settings, place.leveringen).require()
    gates.judge_magazijn(place.settings, place.bouw).require()
    kandidaat = build_candidate(place.settings, "openbaar", place.bouw, place.leveringen)
    oordeel = gates.judge_kandidaat(place.settings, kandidaat)
    assert [item.told() for item in oordeel.gezakt] == []
    release = publish(place.settings, "openbaar")
    assert current_release(place.settings, "oogo") is None
    tables = {path.stem for path in (release.pad / "parquet").iterdir()}
    assert not tables & {"ondersteuning_per_bestuur_gemeente", "jeugdhulppartners_per_school", "dim_school"}
    schools = pq.read_table(release.pad / "parquet" / "ondersteuning_per_school.parquet")
    assert set(schools["vestigingscode"].to_pylist()) == set(schools["bestuur"].to_pylist()) == {"TOTAAL"}
    partners = pq.read_table(release.pad / "parquet" / "overlegpartners.parquet")
    assert set(partners["partij_soort"].to_pylist()) == {"swv", "gemeente"}
    shown = [row["leerlingen"] for row in schools.to_pylist() if row["leerlingen"]]
    assert min(shown) >= 10
    assert set(schools["status"].to_pylist()) <= {"getoond", "onderdrukt"}
    both = read(read_candidate(place.settings, "oogo").pad)
    assert {table.release for table in both.tables} == {
        release.release,
        read_candidate(place.settings, "oogo").release,
    }, "whoever reads oogo also has openbaar"
    assert {table.release for table in read(release.pad).tables} == {release.release}


# What stands in the way


def test_publishing_alone_is_refused(made: Installatie, tmp_path: Path) -> None:
    place = moved(made, tmp_path / "data")
    shutil.rmtree(place.settings.warehouse / "bewijs")
    with pytest.raises(KwaliteitspoortDicht, match="geen oordeel"):
        publish(place.settings, "oogo")
    shutil.rmtree(place.settings.warehouse / "kandidaat")
    with pytest.raises(KwaliteitspoortDicht, match="geen kandidaat"):
        publish(place.settings, "oogo")
    assert current_release(place.settings, "oogo") is None


@pytest.mark.parametrize("name", ["ondersteuning.duckdb", "parquet/koppelgraad.parquet", "disclosure.json"])
def test_a_file_changed_after_the_verdict_is_not_published(place: Installatie, name: str) -> None:
    before = publish(place.settings, "oogo")
    second = place.settings.model_copy(update={"contact": "iemand"})
    other = Installatie(second, place.bouw, place.leveringen)
    kandidaat = judged(other)
    path = kandidaat.pad / name
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(KwaliteitspoortDicht, match="gewijzigd"):
        publish(second, "oogo")
    still = current_release(second, "oogo")
    assert still is not None
    assert still.release == before.release
    assert [item.name for item in before.pad.parent.iterdir()] == [before.release]


@pytest.mark.parametrize("name", ["parquet/koppelgraad.parquet", "disclosure.json"])
def test_a_candidate_rewritten_with_its_own_hashes_is_not_published(place: Installatie, name: str) -> None:
    """Changing a file and its hash in release.json leaves the gates' verdicts about another file."""
    kandidaat = read_candidate(place.settings, "oogo")
    path = kandidaat.pad / name
    path.write_bytes(path.read_bytes() + b"\0")
    facts = json.loads((kandidaat.pad / "release.json").read_text(encoding="utf-8"))
    facts["bestanden"] = hashes(kandidaat.pad)
    (kandidaat.pad / "release.json").write_text(json.dumps(facts), encoding="utf-8")
    with pytest.raises(OnthullingspoortDicht, match="iets anders beoordeeld"):
        publish(place.settings, "oogo")


def test_a_failed_gate_leaves_the_previous_release(place: Installatie) -> None:
    before = publish(place.settings, "oogo")
    second = Installatie(
        place.settings.model_copy(update={"contact": "iemand"}), place.bouw, place.leveringen
    )
    kandidaat = judged(second)
    needed = kandidaat.vereist[-1]
    failed = {
        "naam": "x",
        "tabel": "t",
        "geslaagd": False,
        "ernst": "fout",
        "aantal_afwijkend": 2,
        "noemer": 9,
    }
    evidence.record(
        second.settings,
        needed.poort,
        profiel="oogo",
        vingerafdruk=needed.vingerafdruk,
        bestanden=needed.bestanden,
        controles=[failed],
    )
    with pytest.raises(KwaliteitspoortDicht, match="dicht") as told:
        publish(second.settings, "oogo")
    assert told.value.waar == "x (2)"
    still = current_release(place.settings, "oogo")
    assert still is not None
    assert still.release == before.release


def test_where_a_person_must_agree_a_name_is_needed(made: Installatie, tmp_path: Path) -> None:
    place = moved(made, tmp_path / "data", publiceren="na_akkoord")
    for name in (None, "", "  "):
        with pytest.raises(Gebruiksfout, match="akkoord") as told:
            publish(place.settings, "oogo", akkoord=name)
        assert told.value.exit_code == 2
    assert current_release(place.settings, "oogo") is None
    assert publish(place.settings, "oogo", akkoord="A. de Vries").nieuw


def test_a_release_that_lies_there_with_other_content_is_not_overwritten(place: Installatie) -> None:
    release = publish(place.settings, "oogo")
    path = release.pad / "parquet" / "koppelgraad.parquet"
    path.write_bytes(path.read_bytes() + b"\0")
    with pytest.raises(KwaliteitspoortDicht, match="verandert niet"):
        publish(place.settings, "oogo")


# Readers and kills


def test_publishing_twice_changes_nothing(place: Installatie) -> None:
    first = publish(place.settings, "oogo")
    before = (first.pad / "release.json").read_bytes()
    second = publish(place.settings, "oogo")
    assert (second.release, second.nieuw) == (first.release, False)
    assert (first.pad / "release.json").read_bytes() == before


def test_a_reader_with_the_old_file_open_is_unharmed(place: Installatie) -> None:
    publish(place.settings, "oogo")
    current = place.settings.publication / "oogo" / "current"
    reader = duckdb.connect(str(current / "ondersteuning.duckdb"), read_only=True)
    before = reader.execute("SELECT release FROM publicatie").fetchone()
    second = Installatie(
        place.settings.model_copy(update={"contact": "iemand"}), place.bouw, place.leveringen
    )
    judged(second)
    newer = publish(second.settings, "oogo")
    assert reader.execute("SELECT release FROM publicatie").fetchone() == before
    assert reader.execute("SELECT count(*) FROM ondersteuning_per_gebied").fetchone()[0] > 0
    reader.close()
    assert opened(current, "SELECT release FROM publicatie") == [(newer.release,)] != [before]


def test_up_to_date_only_while_nothing_changes(place: Installatie) -> None:
    assert not up_to_date(place.settings, "oogo", place.bouw.vingerafdruk, place.leveringen)
    publish(place.settings, "oogo")
    assert up_to_date(place.settings, "oogo", place.bouw.vingerafdruk, place.leveringen)
    assert not up_to_date(place.settings, "oogo", "e" * 64, place.leveringen)
    evidence.withdraw(place.settings, "publicatie", "oogo")
    assert not up_to_date(place.settings, "oogo", place.bouw.vingerafdruk, place.leveringen)


class Killed(BaseException):
    """As kill -9: no handler of the product may run on after it."""


def kill_at(monkeypatch: pytest.MonkeyPatch, step: int) -> Callable[[], int]:
    """Stop at the step-th change of the file system, before it or, for every other step, after it."""
    count = 0

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            if count == step and step % 2:
                raise Killed
            result = function(*args, **kwargs)
            if count == step:
                raise Killed
            return result

        return call

    for owner, names in (
        (Path, ("rename", "replace", "symlink_to", "write_text", "mkdir", "unlink")),
        (shutil, ("copyfile", "rmtree")),
        (pq, ("write_table",)),
        (os, ("fsync",)),
    ):
        for name in names:
            monkeypatch.setattr(owner, name, wrap(getattr(owner, name)))
    return lambda: count


def whole_run(place: Installatie) -> None:
    judged(place)
    publish(place.settings, "oogo")


def test_killed_anywhere_the_previous_release_stays_and_a_rerun_ends_the_same(
    made: Installatie, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new candidate is made, judged and published over an older release, and killed at many moments."""
    base = moved(made, tmp_path / "base")
    first = publish(base.settings, "oogo")
    old = hashes(first.pad)
    monkeypatch.setattr(secure_module, "secure", _remembered(secure_module.secure))
    monkeypatch.setattr("pipelines.gates.kandidaat.candidate_frames", lambda *_: {})
    monkeypatch.setattr(engine, "run", lambda checks, *_: tuple(_passed(check) for check in checks))

    def newer(home: Path) -> Installatie:
        return moved(base, home, contact="een ander")

    straight = newer(tmp_path / "straight")
    with monkeypatch.context() as patch:
        steps = kill_at(patch, 0)
        whole_run(straight)
    final = current_release(straight.settings, "oogo")
    assert final is not None
    assert final.release != first.release
    wanted = {name: value for name, value in hashes(final.pad).items() if name.endswith(".parquet")}
    assert steps() > 60

    for step in range(1, steps() + 1, 7):
        place = newer(tmp_path / f"kill{step}")
        with monkeypatch.context() as patch:
            kill_at(patch, step)
            with pytest.raises(Killed):
                whole_run(place)
        now = current_release(place.settings, "oogo")
        assert now is not None
        assert now.release in (first.release, final.release)
        assert hashes(place.settings.publication / "oogo" / "releases" / first.release) == old
        assert opened(now.pad, "SELECT release FROM publicatie") == [(now.release,)]
        whole_run(place)
        after = current_release(place.settings, "oogo")
        assert after is not None
        assert after.release == final.release
        assert {n: v for n, v in hashes(after.pad).items() if n.endswith(".parquet")} == wanted
        left = {item.name for item in (place.settings.publication / "oogo").iterdir()}
        assert left == {"current", "releases"}
        assert {item.name for item in after.pad.parent.iterdir()} == {first.release, final.release}
        shutil.rmtree(place.settings.home)


def _passed(check: gates.Controle) -> gates.Uitslag:
    return gates.Uitslag(check.naam, check.tabel, True, 0, 1)


def _remembered(secure: Callable[..., Any]) -> Callable[..., Any]:
    """Protected and judged once; then only written again, as what is tested here is the writing."""
    known: list[Any] = []

    def call(tables: Any, specs: Any, drempels: Any, sleutel: Any, draft: Any, *more: Any) -> Any:
        if known:
            draft(known[0].bescherming)
        else:
            known.append(secure(tables, specs, drempels, sleutel, draft, *more))
        return known[0]

    return call


def test_a_share_follows_from_what_is_shown_and_stands_nowhere_else(place: Installatie) -> None:
    """The warehouse has a share in every row; the release in those where figure and rest may both be seen."""
    release = publish(place.settings, "oogo")
    for name in ("ondersteuning_per_gebied", "ondersteuning_per_school"):
        rows = pq.read_table(release.pad / "parquet" / f"{name}.parquet").to_pylist()
        seen = {"aandeel": 0, "verborgen": 0, "kleine rest": 0}
        statuses = set()
        for row in rows:
            share = [row[column] for column in ("aandeel_per_100", "noemer", "noemer_bron")]
            if share == [None, None, None]:
                seen["verborgen" if row["leerlingen"] is None else "kleine rest"] += 1
                continue
            seen["aandeel"] += 1
            statuses.add(row["status"])
            rest = row["noemer"] - row["leerlingen"]
            assert rest == 0 or rest >= 5
            assert row["aandeel_per_100"] == pytest.approx(
                100 * row["leerlingen"] / row["noemer"], abs=0.0501
            )
        assert all(seen.values()), (name, seen)
        rounded = {"afgerond"} if name == "ondersteuning_per_school" else set()
        assert statuses == {"getoond"} | rounded


def test_a_region_may_do_without_the_proof_of_every_bronhouder(made: Installatie, tmp_path: Path) -> None:
    """That is another candidate; the evidence says how many readers were judged: all, and 2 besturen and gemeenten."""
    readers, prints = {}, set()
    for choice in (False, True):
        place = moved(made, tmp_path / str(choice), bronhouders_bewijzen=choice)
        prints.add(judged(place).vingerafdruk)
        facts = json.loads((publish(place.settings, "oogo").pad / "release.json").read_text(encoding="utf-8"))
        (readers[choice],) = [
            proof["toelichting"]["readers"]
            for proof in facts["bewijs"]
            if "readers" in (proof.get("toelichting") or {})
        ]
    assert readers == {False: 1, True: 2 + SIZE["besturen"]}
    assert len(prints) == 2


def test_without_a_certificate_nothing_is_published(made: Installatie, tmp_path: Path, monkeypatch) -> None:
    """The audit finds something that no turn takes away: no candidate, no evidence, the release before it stays."""
    from pipelines.disclosure import secure

    place = moved(made, tmp_path / "dicht")
    first = publish(place.settings, "oogo")
    shutil.rmtree(place.settings.warehouse / "kandidaat")
    real = secure.audit_spec

    def found(*args: Any, **kwargs: Any) -> Any:
        report = real(*args, **kwargs)
        report.add("smal")
        return report.close(["smal"])

    monkeypatch.setattr(secure, "audit_spec", found)
    monkeypatch.setattr(secure, "ROUNDS", 2)
    with pytest.raises(OnthullingspoortDicht) as told:
        build_candidate(place.settings, "oogo", place.bouw, place.leveringen)
    assert told.value.exit_code == 5
    with pytest.raises((KwaliteitspoortDicht, OnthullingspoortDicht)):
        publish(place.settings, "oogo")
    assert current_release(place.settings, "oogo").release == first.release
    assert not any(place.settings.warehouse.glob("kandidaat/.*.tmp"))
