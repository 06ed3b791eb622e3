"""What the guard recognises, and what it must leave alone. All numbers are test numbers, issued to nobody."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.contracts import load_contract
from pipelines.intake.guard import guard
from pipelines.intake.identifiers import VOORZEEF, examine

CAUGHT = {
    "persoonsnummer": [
        "111222333",
        "1112.22.333",
        "111 222 333",
        "bsn:111222333",
        "zie 111-222-333 in het",
        "kind111222333x",
        "101222331",
        "1 1 1 2 2 2 3 3 3",
        "111\u200b222\u200b333",
        "\uff11\uff11\uff11\uff12\uff12\uff12\uff13\uff13\uff13",
        "12 111222333",
        "10000008",
    ],
    "e-mailadres": ["jan@voorbeeld.nl", "mail naar a.b-c@school.voorbeeld.org graag"],
    "telefoonnummer": [
        "0612345678",
        "06-12345678",
        "+31 6 1234 5678",
        "033-4612345",
        "(033) 461 23 45",
        "bel 06 12 34 56 78",
        "0031612345678",
        "+49 151 23456789",
    ],
    "rekeningnummer": [
        "NL91ABNA0417164300",
        "NL91 ABNA 0417 1643 00",
        "op nl91abna0417164300",
        "BE71096123456769",
        "DE89 3704 0044 0532 0130 00",
    ],
    "adres": ["3811 AB 12", "Dorpsstraat 12, 3811AB", "3811ab 7", "12 3811 AB Amersfoort"],
    "datum": [
        "14-03-2012",
        "14/3/2012",
        "2012-03-14",
        "geboren 14 maart 2012",
        "20120314",
        "14032012",
        "14.03.2012",
        "14 mrt. 2012",
        "2012-3-4",
    ],
    "formule": ["=cmd|'/c calc'!A1", "=FORMULE", "@SUM(A1)", "+HYPERLINK(A1)"],
}
CLEAN = [
    "",
    "toegekend",
    "12AB00",
    "0307",
    "45A04",
    "2024-2025",
    "00012345",
    "000000123",
    "arr-17",
    "111222334",
    "groep 7",
    "1234567",
    "45",
    "2024 en 3 uur",
    "begeleiding_in_klas",
    "onbekend",
    "-",
    "n.v.t.",
    "café",
    "postcode 3811",
    "1.234,56",
    "a" * 64,
    "1234567890123",
    "op 12 van de 30 dagen",
]


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in CAUGHT.items() for text in texts])
def test_an_identifier_is_recognised(kind, text):
    assert kind in examine(text)
    assert duckdb.execute("SELECT regexp_matches(?, ?)", [text, VOORZEEF]).fetchone() == (True,)


@pytest.mark.parametrize("text", CLEAN)
def test_an_innocent_text_is_left_alone(text):
    assert examine(text) == set()


def test_numbers_in_a_running_sequence_are_left_alone():
    assert not any(examine(f"{number:08d}", sequence=True) for number in range(1, 3000))
    assert not any(examine(f"{number:09d}", sequence=True) for number in range(1, 3000))


def test_a_sentence_is_no_code():
    assert "vrije_tekst" in examine("de moeder vindt het goed", code=True)


OPP = load_contract("opp")


def relation(**columns: str) -> str:
    return "SELECT 2 AS rij, " + ", ".join(f"'{value}' AS {name}" for name, value in columns.items())


def test_codes_and_pseudonyms_are_judged_by_their_own_pattern():
    con = duckdb.connect()
    row = {
        "leerling_pseudoniem": "111222333" + "0" * 55,
        "vestigingscode": "12AB00",
        "start_op": "2024-09-01",
    }
    assert guard(con, relation(**row), OPP, list(row)) == []


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        ("leerling_pseudoniem", "111222333", "persoonsnummer"),
        ("woongemeente", "3811 AB 12", "adres"),
        ("status", "de moeder vindt het goed", "vrije_tekst"),
        ("start_op", "111222333", "persoonsnummer"),
        ("arrangement_id", "111222333", "persoonsnummer"),
        ("vestigingscode", "14-03-2012", "datum"),
    ],
)
def test_a_hit_names_column_and_row_and_never_the_value(column, value, kind):
    hits = guard(duckdb.connect(), relation(**{column: value}), OPP, [column])
    assert kind in {hit.soort for hit in hits}
    assert {(hit.kolom, hit.aantal, hit.rijen) for hit in hits} == {(column, 1, (2,))}
    assert not any(value in f"{hit.wat} {hit.remedie}" for hit in hits)


def test_columns_outside_the_contract_are_examined_and_not_named():
    con = duckdb.connect()
    name = "Jan 111222333"
    hits = guard(con, f"SELECT 2 AS rij, 'jan@voorbeeld.nl' AS \"{name}\"", OPP, [name], verdacht=())
    assert {hit.soort for hit in hits} == {"persoonsnummer", "e-mailadres"}
    assert {hit.kolom for hit in hits} == {"nummer 1"}
