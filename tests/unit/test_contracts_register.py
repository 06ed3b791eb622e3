"""Accountability: no processing without purpose, ground and agreements; documents follow from those."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.contracts import contract_names, load_contract
from pipelines.contracts.document import Document
from pipelines.contracts.register import dpia_bijlage, informatiebrief, register
from pipelines.contracts.verwerking import VOORBEELD, parse_verwerking, read_verwerking
from pipelines.errors import Gebruiksfout
from pipelines.intake import take_in
from tests.support.intake_region import VERWERKING, deliver, region, write_manifest

TODAY = date(2026, 3, 1)


def test_without_the_file_the_user_gets_an_example_that_only_needs_filling_in(tmp_path: Path) -> None:
    with pytest.raises(Gebruiksfout) as caught:
        read_verwerking(tmp_path)
    assert "[[overeenkomst]]" in str(caught.value)
    with pytest.raises(Gebruiksfout, match="niet ingevuld"):
        parse_verwerking(VOORBEELD)
    assert (
        parse_verwerking(
            VOORBEELD.replace('grondslag_pgn = "..."', 'grondslag_pgn = "Zo"').replace(
                'verwerker = "..."', 'verwerker = "Wij"'
            )
        ).verwerker
        == "Wij"
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('doel = "Overleg van de regio"', 'doel = " "', "doel"),
        ('doel = "Overleg van de regio"', "", "ontbreekt: doel"),
        ("dpia_datum = 2024-01-15", 'dpia_datum = "2024-01-15"', "dpia_datum"),
        ("dpia_datum = 2024-01-15", "dpia_datum = 2024-01-15T10:00:00", "dpia_datum"),
        ('verwerker = "Rekencentrum"', 'verwerker = "Rekencentrum"\nonzin = 1', "onbekend: onzin"),
        ('bronhouder = "0307"', "bronhouder = 307", "overeenkomst 2"),
        ('bronhouder = "0307"', 'bronhouder = "41208"', "dubbel"),
        ("geldig_tot = 2099-07-31", "geldig_tot = true", "geldig_tot"),
        ('["Stichting Een", "Gemeente Amersfoort"]', "[]", "verwerkingsverantwoordelijken"),
        ('doel = "Overleg van de regio"', "doel = [", "TOML"),
    ],
)
def test_a_file_that_is_not_complete_names_what_is_missing(old: str, new: str, says: str) -> None:
    assert old in VERWERKING
    with pytest.raises(Gebruiksfout, match=says):
        parse_verwerking(VERWERKING.replace(old, new, 1))


def test_an_agreement_holds_up_to_and_including_its_last_day() -> None:
    found = parse_verwerking(VERWERKING)
    assert found.mag_leveren("41208", date(2099, 7, 31))
    assert not found.mag_leveren("41208", date(2099, 8, 1))
    assert not found.mag_leveren("99999", TODAY)


def test_outside_the_demo_nothing_is_taken_in_without_the_file(tmp_path: Path) -> None:
    settings = region(tmp_path, demo=False)
    (settings.home / "verwerking.toml").unlink()
    write_manifest(deliver(settings))
    with pytest.raises(Gebruiksfout, match=r"verwerking\.toml"):
        take_in(settings)


def test_an_expired_agreement_refuses_that_bronhouder_until_it_is_renewed(tmp_path: Path) -> None:
    settings = region(tmp_path, demo=False)
    text = VERWERKING.replace("geldig_tot = 2099-07-31", "geldig_tot = 2025-07-31", 1)
    (settings.home / "verwerking.toml").write_text(text, encoding="utf-8")
    write_manifest(deliver(settings))
    write_manifest(deliver(settings, contract="jeugdhulp"))
    inname = take_in(settings, vandaag=TODAY)
    assert [levering.contract for levering in inname.aangenomen] == ["jeugdhulp"]
    assert "overeenkomst" in inname.geweigerd[0].oordeel.tekst()
    (settings.home / "verwerking.toml").write_text(VERWERKING, encoding="utf-8")
    assert [levering.contract for levering in take_in(settings, vandaag=TODAY).aangenomen] == ["opp"]


@pytest.mark.parametrize("make", [register, dpia_bijlage, informatiebrief])
def test_every_document_exists_in_three_forms(make: object) -> None:
    doc = make(parse_verwerking(VERWERKING), TODAY)  # type: ignore[operator]
    for text in (doc.markdown(), doc.html(), doc.tekst()):
        assert doc.titel in text
        assert "1 maart 2026" in text


def test_the_dpia_annex_names_every_column_of_every_contract() -> None:
    text = dpia_bijlage(parse_verwerking(VERWERKING), TODAY).tekst()
    for contract in contract_names():
        for column in load_contract(contract).columns:
            assert f"Kolom: {column.name}" in text


def test_the_register_names_all_that_article_30_asks() -> None:
    text = register(parse_verwerking(VERWERKING), TODAY).tekst()
    for part in (
        "Stichting Een",
        "Rekencentrum",
        "Overleg van de regio",
        "AVG art. 6",
        "AVG art. 9",
        "Betrokkenen",
        "Ontvangers",
        "3 jaar na het einde van het schooljaar",
        "Beveiliging",
        "31 juli 2099",
    ):
        assert part in " ".join(text.split())


def test_markup_in_a_text_stays_text() -> None:
    doc = Document("Titel <b>")
    doc.alinea("<script>alert(1)</script> | *sterk*")
    doc.tabel("T", ("a|b", "c"), [("<i>", "x|y")])
    assert "<script>" not in doc.html()
    assert "<i>" not in doc.html()
    assert "<script>" not in doc.markdown()
    rows = [line for line in doc.markdown().splitlines() if line.startswith("|")]
    assert rows == ["| a\\|b | c |", "| --- | --- |", "| \\<i\\> | x\\|y |"]
