"""A round over inbox/: what is new comes in once, what is bad stays out, and a killed round leaves
nothing half.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.contracts import load_contract
from pipelines.errors import Gebruiksfout
from pipelines.intake import active_leveringen, check, read_profile, round, stream, take_in
from pipelines.intake.store import read_facts, stored
from pipelines.keys import read_key, step2_many
from pipelines.settings import Settings
from tests.support.intake_region import (
    KEY2,
    deliver,
    jeugdhulp_row,
    name,
    opp_row,
    pseudoniem,
    region,
    write_csv,
    write_manifest,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return region(tmp_path)


@pytest.fixture
def strict(tmp_path: Path) -> Settings:
    """Outside the demo: a manifest is required."""
    return region(tmp_path, demo=False)


def rows_of(settings: Settings) -> list[tuple[object, ...]]:
    (levering,) = active_leveringen(settings)
    return duckdb.sql(f"SELECT * FROM '{levering.pad}'").fetchall()


def test_an_accepted_delivery_is_stored_typed_and_pseudonymised_twice(settings: Settings) -> None:
    deliver(
        settings, [jeugdhulp_row(1, productcategorie="", eind_op="31-12-2024"), jeugdhulp_row(2)], "jeugdhulp"
    )
    (levering,) = take_in(settings).aangenomen
    assert levering.levering_id == f"jeugdhulp_0307_2024-2025_20251003_{levering.sha256[:12]}"
    first = rows_of(settings)[0]
    toewijzing = jeugdhulp_row(1)["toewijzing_id"]
    key = read_key(settings.sleutel)
    assert first == (
        *step2_many(key, [pseudoniem(1)]),
        "0307",
        *step2_many(key, [toewijzing]),
        "01234567",
        None,
        "45A04",
        date(2024, 9, 15),
        date(2024, 10, 1),
        date(2024, 12, 31),
        None,
        "nee",
    )


def test_nothing_but_the_inbox_holds_a_pseudonym_of_step_1_or_a_key(settings: Settings) -> None:
    deliver(settings)
    deliver(settings, contract="jeugdhulp")
    deliver(settings, [opp_row(7, status="bezig")], leverdatum="20251101")
    take_in(settings)
    planted = [pseudoniem(number).encode() for number in (1, 2, 3, 7)] + [KEY2.encode(), bytes.fromhex(KEY2)]
    for path in settings.home.rglob("*"):
        if path.is_file() and path.parent != settings.inbox:
            data = path.read_bytes()
            assert not any(item in data for item in planted), path.name


def test_the_same_delivery_gives_the_same_bytes(tmp_path: Path) -> None:
    contents = []
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        settings = region(tmp_path / str(number))
        deliver(settings, [opp_row(n % 7, arrangement_id=f"A{n}") for n in range(500)])
        take_in(settings)
        (levering,) = active_leveringen(settings)
        contents.append([path.read_bytes() for path in sorted(levering.pad.parent.iterdir())])
    assert contents[0] == contents[1]


def test_a_second_round_does_nothing(settings: Settings) -> None:
    deliver(settings)
    take_in(settings)
    before = {path: path.stat().st_mtime_ns for path in settings.home.rglob("*") if path.is_file()}
    again = take_in(settings)
    assert (again.aangenomen, again.geweigerd, again.bekend) == ([], [], 1)
    assert {path: path.stat().st_mtime_ns for path in settings.home.rglob("*") if path.is_file()} == before


def test_a_newer_leverdatum_replaces_the_older_delivery_whole(settings: Settings) -> None:
    deliver(settings, [opp_row(1), opp_row(2)], leverdatum="20251003")
    deliver(settings, [opp_row(3)], leverdatum="20251101")
    take_in(settings)
    assert [levering.leverdatum for levering in active_leveringen(settings)] == [date(2025, 11, 1)]
    assert len(rows_of(settings)) == 1
    assert len(stored(settings)) == 2


def test_an_older_delivery_that_comes_later_does_not_replace(settings: Settings) -> None:
    deliver(settings, [opp_row(3)], leverdatum="20251101")
    take_in(settings)
    deliver(settings, [opp_row(1), opp_row(2)], leverdatum="20251003")
    take_in(settings)
    assert [levering.leverdatum for levering in active_leveringen(settings)] == [date(2025, 11, 1)]


def test_of_one_leverdatum_the_latest_accepted_counts(settings: Settings) -> None:
    path = deliver(settings, [opp_row(1)])
    take_in(settings)
    write_csv(path, [opp_row(1), opp_row(2)])
    take_in(settings)
    assert [levering.rijen for levering in active_leveringen(settings)] == [2]


def test_other_schooljaren_and_bronhouders_stand_beside_it(settings: Settings) -> None:
    deliver(settings)
    deliver(
        settings,
        [
            opp_row(
                1,
                schooljaar="2023-2024",
                behoefte_vastgesteld_op="2023-09-02",
                besluit_op="2023-10-01",
                start_op="2023-10-14",
            )
        ],
        schooljaar="2023-2024",
    )
    deliver(settings, [opp_row(1, vestigingscode="99BB00")], bronhouder="41399")
    take_in(settings)
    assert len(active_leveringen(settings)) == 3


def test_a_refused_file_is_not_judged_again_until_it_changes(settings: Settings) -> None:
    path = deliver(settings, [opp_row(1, status="bezig")])
    assert len(take_in(settings).geweigerd) == 1
    again = take_in(settings)
    assert (again.geweigerd, again.eerder_geweigerd) == ([], [path.name])
    write_csv(path, [opp_row(1)])
    good = take_in(settings)
    assert (len(good.aangenomen), good.geweigerd, good.eerder_geweigerd) == (1, [], [])
    assert list(settings.quarantine.iterdir()) == []


def test_a_refused_file_is_judged_again_when_the_reference_changed(settings: Settings) -> None:
    deliver(settings, [opp_row(1, vestigingscode="99AA09")])
    assert len(take_in(settings).geweigerd) == 1
    with (settings.referentie / "vestigingen.csv").open("a", encoding="utf-8") as stream:
        stream.write("99AA09;De Nieuwe;BO;41208;Stichting Een;PO2602;0307;3811;20\n")
    assert len(take_in(settings).aangenomen) == 1


def test_good_and_bad_deliveries_do_not_hold_each_other_up(settings: Settings) -> None:
    deliver(settings, [opp_row(1, status="bezig")])
    deliver(settings, contract="jeugdhulp")
    inname = take_in(settings)
    assert [levering.contract for levering in inname.aangenomen] == ["jeugdhulp"]
    assert [weigering.bestand for weigering in inname.geweigerd] == [name()]


def test_a_refusal_leaves_the_accepted_delivery_before_it(settings: Settings) -> None:
    deliver(settings)
    take_in(settings)
    before = rows_of(settings)
    deliver(settings, [opp_row(9, status="bezig")], leverdatum="20251201")
    take_in(settings)
    assert rows_of(settings) == before


def test_a_file_that_is_being_written_is_left_alone(settings: Settings) -> None:
    path = deliver(settings)
    with path.open("ab") as stream:
        stream.write(b"")
        inname = take_in(settings)
        assert (inname.in_bewerking, inname.aangenomen, inname.geweigerd) == ([path.name], [], [])
    assert len(take_in(settings).aangenomen) == 1


@pytest.mark.parametrize("suffix", [".part", ".tmp", ".crdownload"])
def test_a_half_copied_file_is_no_delivery_yet(settings: Settings, suffix: str) -> None:
    path = deliver(settings)
    path.rename(path.with_name(path.name + suffix))
    inname = take_in(settings)
    assert (inname.aangenomen, inname.geweigerd) == ([], [])


def test_stap_1_without_key_2_is_wrong_use_and_takes_nothing_in(settings: Settings) -> None:
    deliver(settings)
    without = settings.model_copy(update={"sleutel": None})
    with pytest.raises(Gebruiksfout, match="sleutel"):
        take_in(without)
    assert active_leveringen(settings) == []


def test_a_manifest_is_required_outside_the_demo(strict: Settings) -> None:
    path = deliver(strict)
    (weigering,) = take_in(strict).geweigerd
    assert weigering.oordeel.bevindingen[0].waar == "manifest"
    write_manifest(path)
    assert len(take_in(strict).aangenomen) == 1


def test_stap_2_of_the_ttp_is_kept_as_it_is(strict: Settings) -> None:
    without = strict.model_copy(update={"sleutel": None})
    write_manifest(deliver(without), stap=2)
    (levering,) = take_in(without).aangenomen
    assert (levering.stap, levering.vingerafdruk) == (2, "0123456789abcdef")
    assert [row[0] for row in rows_of(without)] == [pseudoniem(number) for number in (1, 2, 3)]


def test_stap_2_with_another_key_2_than_ours_is_refused(strict: Settings) -> None:
    write_manifest(deliver(strict), stap=2)
    (weigering,) = take_in(strict).geweigerd
    assert read_key(strict.sleutel).fingerprint in weigering.oordeel.tekst()


def test_two_parties_with_different_keys_are_told_both_fingerprints(strict: Settings) -> None:
    write_manifest(deliver(strict))
    write_manifest(deliver(strict, contract="jeugdhulp"), vingerafdruk="f" * 16)
    inname = take_in(strict)
    assert [levering.contract for levering in inname.aangenomen] == ["jeugdhulp"]
    text = inname.geweigerd[0].oordeel.tekst()
    assert "f" * 16 in text
    assert "0123456789abcdef" in text


WRONG_MANIFESTS = [
    {"rijen": 4},
    {"sha256": "0" * 64},
    {"bronhouder": "41399"},
    {"schooljaar": "2023-2024"},
    {"contract": "inschrijving"},
    {"contractversie": "9.0.0"},
    {"contractversie": None},
    {"stap": 3},
    {"stap": "1"},
    {"stap": True},
    {"vingerafdruk": "zz"},
    {"vingerafdruk": None},
    {"gemaakt_op": "gisteren"},
    {"rijen": "3"},
    {"naam": "Fatima de Vries"},
    {"bronhouder": "Fatima de Vries"},
]


@pytest.mark.parametrize("changes", WRONG_MANIFESTS, ids=str)
def test_a_manifest_that_does_not_fit_refuses(strict: Settings, changes: dict[str, object]) -> None:
    path = deliver(strict)
    write_manifest(path, **changes)
    (weigering,) = take_in(strict).geweigerd
    assert weigering.oordeel.bevindingen[0].waar == "manifest"
    assert "Fatima" not in weigering.oordeel.tekst()
    assert "remedie" in weigering.oordeel.as_dict()["bevindingen"][0]


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff\xfe\x00", b"[" * 100_000, b" " * 70_000])
def test_a_manifest_that_is_no_json_refuses(strict: Settings, content: bytes) -> None:
    write_manifest(deliver(strict)).write_bytes(content)
    assert len(take_in(strict).geweigerd) == 1


def test_the_profile_holds_counts_only(settings: Settings) -> None:
    rows = [opp_row(number % 6, arrangement_id=f"A{number}") for number in range(12)]
    rows[0]["ondersteuningsvorm"] = "groepsaanbod"
    deliver(settings, rows)
    (levering,) = take_in(settings).aangenomen
    profiel = read_profile(levering)
    assert profiel["levering"] | {"personen": 6, "rijen": 12, "geleverd": 12} == profiel["levering"]
    columns = {item["kolom"]: item for item in profiel["kolommen"]}
    assert columns["eind_op"]["leeg"] == 12
    assert columns["start_op"]["vroegste_maand"] == "2024-10-01"
    assert columns["ondersteuningsvorm"]["codes"]["begeleiding_in_klas"] == 11
    assert columns["ondersteuningsvorm"]["codes"]["groepsaanbod"] is None
    assert columns["ondersteuningsvorm"]["codes"]["plaatsing_sbo"] == 0
    assert columns["vestigingscode"]["codes"] is None


def test_a_parquet_delivery_gives_the_same_rows_as_csv(settings: Settings) -> None:
    path = deliver(settings)
    take_in(settings)
    expected = rows_of(settings)
    target = settings.inbox / name(leverdatum="20251101", suffix="parquet")
    duckdb.sql(
        f"COPY (SELECT * REPLACE (start_op::DATE AS start_op) FROM read_csv('{path}', all_varchar = true)) "
        f"TO '{target}' (FORMAT parquet)"
    )
    inname = take_in(settings)
    assert len(inname.aangenomen) == 1, [weigering.oordeel.tekst() for weigering in inname.geweigerd]
    assert rows_of(settings) == expected


def test_a_rule_with_a_tolerance_drops_its_rows_and_says_so(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    opp = load_contract("opp")
    rules = tuple(
        replace(rule, tolerance=0.2) if rule.name == "eind_niet_voor_start" else rule for rule in opp.rules
    )
    monkeypatch.setattr(check, "load_contract", lambda _: replace(opp, rules=rules))
    rows = [opp_row(number) for number in range(1, 11)]
    rows[4]["eind_op"] = "2024-01-01"
    path = deliver(settings, rows)
    (levering,) = take_in(settings).aangenomen
    assert levering.rijen == 9
    facts = read_facts(levering)["overgeslagen"]
    assert [(item["regel"], item["rijen"], item["aantal"]) for item in facts] == [
        ("eind_niet_voor_start", [6], 1)
    ]
    assert read_profile(levering)["levering"]["overgeslagen"] == 1
    for at in (5, 6):
        rows[at]["eind_op"] = "2024-01-01"
    write_csv(path, rows)
    (weigering,) = take_in(settings).geweigerd
    assert weigering.oordeel.bevindingen[0].rijen == (6, 7, 8)


KILL = """
import os, signal, sys
from pathlib import Path
from pipelines.intake import rows, store, take_in
from pipelines.settings import Settings
home, key, stage = sys.argv[1:]
def die(*args, **kwargs): os.kill(os.getpid(), signal.SIGKILL)
target, name = {"rows": (rows.pq.ParquetWriter, "write_table"), "profile": (store, "_write_json"),
                "rename": (Path, "rename"), "after": (store.Levering, "from_dict")}[stage]
setattr(target, name, die)
take_in(Settings.load(home, demo=True, sleutel=key))
"""


@pytest.mark.parametrize("stage", ["rows", "profile", "rename", "after"])
def test_kill_9_leaves_a_delivery_out_or_wholly_in(settings: Settings, stage: str) -> None:
    deliver(settings)
    done = subprocess.run(
        [sys.executable, "-c", KILL, str(settings.home), str(settings.sleutel), stage],
        cwd=ROOT,
        check=False,
        capture_output=True,
    )
    assert done.returncode == -signal.SIGKILL
    assert len(active_leveringen(settings)) == (1 if stage == "after" else 0)
    take_in(settings)
    assert len(rows_of(settings)) == 3
    assert len(list((settings.intake / "leveringen").iterdir())) == 1


def test_a_file_that_changes_while_it_is_judged_is_left_for_the_next_round(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = deliver(settings)
    path.write_text("Overzicht\n" + path.read_text(encoding="utf-8"), encoding="utf-8")  # is judged by itself
    real = round.judge

    def judge_and_touch(*args: object, **kwargs: object) -> object:
        result = real(*args, **kwargs)
        os.utime(path, ns=(1, 1))
        return result

    monkeypatch.setattr(round, "judge", judge_and_touch)
    inname = take_in(settings)
    assert (inname.aangenomen, inname.in_bewerking) == ([], [path.name])
    monkeypatch.undo()
    assert len(take_in(settings).aangenomen) == 1


def test_a_file_that_changes_after_it_was_read_ahead_is_judged_as_it_is_now(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = deliver(settings)
    real = stream.read_all

    def read_and_add(*args: object) -> list[object]:
        result = list(real(*args))
        write_csv(path, [opp_row(number) for number in (1, 2, 3, 4)])
        return result

    monkeypatch.setattr(stream, "read_all", read_and_add)
    assert [levering.rijen for levering in take_in(settings).aangenomen] == [4]
    assert len(rows_of(settings)) == 4


def test_a_file_that_changes_just_before_its_rows_count_is_left_for_the_next_round(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = deliver(settings)

    def touch(*_: object) -> bool:
        os.utime(path, ns=(1, 1))
        return True

    monkeypatch.setattr(round.Round, "_same_keys", touch)
    inname = take_in(settings)
    assert (inname.aangenomen, inname.in_bewerking) == ([], [path.name])
    assert list((settings.intake / "leveringen").iterdir()) == []
