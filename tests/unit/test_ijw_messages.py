"""iJw 3.2 messages of a gemeente to a delivery. All numbers are official test numbers."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import Gebruiksfout, LeveringGeweigerd
from pipelines.keys import Key, pseudonymise_step1
from pipelines.pseudonymise import run
from tests.support.ijw_berichten import COMMENTAAR, NAAM, STRAAT, Toewijzing, jw301, jw305, jw307

KEY = Key(bytes(range(32)))
ABOUT = {"bronhouder": "0307", "schooljaar": "2024-2025", "leverdatum": date(2025, 10, 10), "key": KEY}
JAN, PIET = "999990019", "999990020"
AANBIEDER = "01234567"


def rows(outcome) -> dict[str, dict[str, str]]:
    """Rows by toewijzing_id."""
    header, *lines = outcome.bestand.read_text().splitlines()
    found = [dict(zip(header.split(";"), line.split(";"), strict=True)) for line in lines]
    return {row["toewijzing_id"]: row for row in found}


def deliver(tmp_path: Path, *messages: str, **more):
    folder = tmp_path / "berichten"
    folder.mkdir(exist_ok=True)
    for number, message in enumerate(messages):
        (folder / f"{number:03d}.xml").write_text(message, encoding="utf-8")
    return run(folder, "jeugdhulp", uit=tmp_path / "uit", **{**ABOUT, **more})


def message(*items: Toewijzing, bsn=JAN, dag="2024-09-01", gemeente="0307") -> str:
    return jw301(gemeente, AANBIEDER, dag, {bsn: items})


FIRST = Toewijzing("00012", "2024-08-20", "2024-09-01", "2025-07-31", "45", "45A04")
AMBULANT = pseudonymise_step1  # step 1 also hashes the ToewijzingNummer


def test_a_toewijzing_becomes_a_row_and_nothing_else_comes_along(tmp_path):
    outcome = deliver(tmp_path, message(FIRST, Toewijzing("13", "2024-08-21", "2024-09-02")))
    found = rows(outcome)
    assert found[KEY.many(["12"])[0]] == {
        "jeugdige_pseudoniem": pseudonymise_step1(KEY, JAN),
        "gemeente": "0307",
        "toewijzing_id": KEY.many(["12"])[0],
        "aanbieder_code": AANBIEDER,
        "productcategorie": "45",
        "productcode": "45A04",
        "toegewezen_op": "2024-08-20",
        "ingang_op": "2024-09-01",
        "eind_op": "2025-07-31",
        "reden_wijziging": "",
        "op_school": "onbekend",
    }
    generic = found[KEY.many(["13"])[0]]
    assert (generic["productcategorie"], generic["productcode"], generic["eind_op"]) == ("", "", "")
    written = outcome.bestand.read_text() + outcome.manifest.read_text() + outcome.tekst()
    assert not any(secret in written for secret in (JAN, NAAM, STRAAT, COMMENTAAR, "2012-03-14", "3811AB"))
    assert "naam" in outcome.tekst()


def test_the_newest_message_of_a_toewijzing_counts_whatever_the_order_of_files(tmp_path):
    changed = Toewijzing("12", "2024-08-20", "2024-09-01", "2024-12-31", "45", "45A04", "01")
    outcome = deliver(tmp_path, message(changed, dag="2024-11-01"), message(FIRST, dag="2024-09-01"))
    assert [row["eind_op"] for row in rows(outcome).values()] == ["2024-12-31"]


def test_a_toewijzing_that_was_never_valid_is_delivered_as_such(tmp_path):
    never = Toewijzing("12", "2024-08-20", "2024-09-01", "2024-08-31", "45", "45A04", "13")
    outcome = deliver(tmp_path, message(FIRST), message(never, dag="2024-10-01"))
    assert [row["reden_wijziging"] for row in rows(outcome).values()] == ["13"]


def test_start_and_stop_set_the_real_dates(tmp_path):
    outcome = deliver(
        tmp_path,
        message(FIRST),
        jw305("0307", AANBIEDER, "2024-09-20", JAN, "12", "2024-09-16"),
        jw307("0307", AANBIEDER, "2025-03-02", JAN, "00012", "2025-03-01"),
    )
    assert [(row["ingang_op"], row["eind_op"]) for row in rows(outcome).values()] == [
        ("2024-09-16", "2025-03-01")
    ]


def test_a_pause_is_no_end_and_what_was_taken_back_does_not_exist(tmp_path):
    paused = deliver(
        tmp_path,
        message(FIRST),
        jw305("0307", AANBIEDER, "2024-09-20", JAN, "12", "2024-09-16"),
        jw307("0307", AANBIEDER, "2024-12-02", JAN, "12", "2024-12-01"),
        jw305("0307", AANBIEDER, "2025-02-02", JAN, "12", "2025-02-01"),
    )
    assert [(row["ingang_op"], row["eind_op"]) for row in rows(paused).values()] == [
        ("2024-09-16", "2025-07-31")
    ]
    taken_back = (
        deliver(
            tmp_path / "b",
            message(FIRST),
            jw307("0307", AANBIEDER, "2025-03-02", JAN, "12", "2025-03-01"),
            jw307("0307", AANBIEDER, "2025-03-03", JAN, "12", "2025-03-01", status="3"),
        )
        if (tmp_path / "b").mkdir() is None
        else None
    )
    assert [row["eind_op"] for row in rows(taken_back).values()] == ["2025-07-31"]


def test_a_second_stop_after_a_restart_is_the_end(tmp_path):
    outcome = deliver(
        tmp_path,
        message(FIRST),
        jw307("0307", AANBIEDER, "2025-05-02", JAN, "12", "2025-05-01"),  # in any order of files
        jw305("0307", AANBIEDER, "2025-02-02", JAN, "12", "2025-02-01"),
        jw307("0307", AANBIEDER, "2024-12-02", JAN, "12", "2024-12-01"),
        jw305("0307", AANBIEDER, "2024-09-20", JAN, "12", "2024-09-16"),
    )
    assert [(row["ingang_op"], row["eind_op"]) for row in rows(outcome).values()] == [
        ("2024-09-16", "2025-05-01")
    ]


def test_a_restart_without_the_first_start_does_not_hide_the_help_before_it(tmp_path):
    outcome = deliver(
        tmp_path,
        message(FIRST),
        jw307("0307", AANBIEDER, "2024-12-02", JAN, "12", "2024-12-01"),
        jw305("0307", AANBIEDER, "2025-02-02", JAN, "12", "2025-02-01"),
    )
    assert [(row["ingang_op"], row["eind_op"]) for row in rows(outcome).values()] == [
        (FIRST.ingang, "2025-07-31")
    ]


def test_a_stop_that_was_taken_back_and_sent_again_counts(tmp_path):
    outcome = deliver(
        tmp_path,
        message(FIRST),
        jw307("0307", AANBIEDER, "2025-03-02", JAN, "12", "2025-03-01"),
        jw307("0307", AANBIEDER, "2025-03-03", JAN, "12", "2025-03-01", status="3"),
        jw307("0307", AANBIEDER, "2025-03-09", JAN, "12", "2025-03-01"),
    )
    assert [row["eind_op"] for row in rows(outcome).values()] == ["2025-03-01"]


def test_files_that_macos_puts_beside_messages_are_no_messages(tmp_path):
    (tmp_path / "map").mkdir()
    (tmp_path / "map" / "een.xml").write_text(message(FIRST), encoding="utf-8")
    (tmp_path / "map" / "._een.xml").write_bytes(b"\x00\x05\x16\x07 Mac OS X")
    with zipfile.ZipFile(tmp_path / "alles.zip", "w") as archive:
        archive.write(tmp_path / "map" / "een.xml", "een.xml")
        archive.write(tmp_path / "map" / "._een.xml", "__MACOSX/._een.xml")
    made = [
        run(source, "jeugdhulp", uit=tmp_path / f"uit-{source.stem}", **ABOUT)
        for source in (tmp_path / "map", tmp_path / "alles.zip")
    ]
    assert [outcome.rijen for outcome in made] == [1, 1]


def test_a_zip_with_other_messages_beside_gives_the_same(tmp_path):
    other = message(FIRST).replace("jw301", "jw323")
    with zipfile.ZipFile(tmp_path / "alles.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("map/een.xml", message(FIRST))
        archive.writestr("map/twee.xml", other)
        archive.writestr("map/leesmij.txt", NAAM)
    zipped = run(tmp_path / "alles.zip", "jeugdhulp", uit=tmp_path / "zip", **ABOUT)
    loose = deliver(tmp_path, message(FIRST))
    assert zipped.bestand.read_bytes() == loose.bestand.read_bytes()
    assert "1 andere iJw-berichten" in zipped.tekst()
    assert NAAM not in zipped.tekst()


BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;">]><a>&b;</a>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>'


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (BOMB, "documenttype"),
        (EXTERNAL, "documenttype"),
        (jw301("0307", AANBIEDER, "2024-09-01", {JAN: [FIRST]}, version="3_1"), "iJw 3.2"),
        (message(FIRST).replace(":Bericht", ":Berichten"), "iJw 3.2"),
        (message(FIRST)[:-100], "beschadigd"),
        ("geen xml", "beschadigd"),
        ("", "beschadigd"),
        (message(FIRST).replace(JAN, "999990018"), "elfproef"),
        (message(FIRST).replace(f"<jw301:Bsn>{JAN}</jw301:Bsn>", ""), "ontbreekt: bsn"),
        (message(FIRST).replace("2024-09-01</jw301:Ingang", "1-9-2024</jw301:Ingang"), "geen datum"),
        (message(FIRST, gemeente="0308"), "niet van of voor gemeente"),
        (message(FIRST).replace(">45<", ">4<"), "productcategorie"),
        (message(FIRST).replace("<jw301:Client>", '<x:Client xmlns:x="urn:x"/><jw301:Client>'), "iJw 3.2"),
    ],
    ids=[
        "bom",
        "extern",
        "versie",
        "wortel",
        "half",
        "tekst",
        "leeg",
        "elfproef",
        "zonder-bsn",
        "datum",
        "gemeente",
        "categorie",
        "vreemd-element",
    ],
)
def test_bad_messages_are_refused_without_a_value(tmp_path, text, what):
    with pytest.raises(LeveringGeweigerd, match=what) as refusal:
        deliver(tmp_path, message(FIRST, bsn=PIET), text)
    assert not any(secret in str(refusal.value) for secret in (JAN, PIET, "999990018", NAAM, "passwd"))
    assert not (tmp_path / "uit").exists() or not list((tmp_path / "uit").iterdir())


def test_zip_bombs_and_climbing_paths_are_refused(tmp_path):
    bomb, climb, broken = tmp_path / "bom.zip", tmp_path / "klim.zip", tmp_path / "stuk.zip"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("een.xml", b" " * (100 << 20))
    with zipfile.ZipFile(climb, "w") as archive:
        archive.writestr("../../een.xml", message(FIRST))
    broken.write_bytes(climb.read_bytes()[:-30])
    for path, what in ((bomb, "onredelijk groot"), (climb, "buiten zijn eigen map"), (broken, "beschadigd")):
        with pytest.raises(LeveringGeweigerd, match=what):
            run(path, "jeugdhulp", uit=tmp_path / "uit", **ABOUT)


def test_messages_belong_to_jeugdhulp_only(tmp_path):
    (tmp_path / "een.xml").write_text(message(FIRST))
    with pytest.raises(Gebruiksfout, match="contract jeugdhulp"):
        run(tmp_path / "een.xml", "opp", uit=tmp_path, **{**ABOUT, "bronhouder": "41208"})
