"""DUO's files: the dialect as it comes, what becomes of it, and every way in which it may have changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.errors import Gebruiksfout
from pipelines.reference import duo
from pipelines.reference.layout import tidy
from pipelines.reference.tables import Inhoud
from pipelines.resources import resource_dir
from tests.support.naslag import DUO_02, DUO_06, small_catalogue

SEEDS = resource_dir("seeds")
BRONNEN = small_catalogue()


def telling(path: Path = DUO_06) -> duo.Telling:
    return duo.Telling(path, BRONNEN["leerlingen"])


def vestigingen(path: Path = DUO_02) -> Inhoud:
    return duo.vestigingen(
        path,
        BRONNEN["vestigingen"],
        telling(),
        SEEDS / "ref_vestiging.csv",
        SEEDS / "ref_swv_gemeente.csv",
        "2026-08-01",
    )


def test_a_count_below_five_is_a_row_without_a_number_and_a_closed_year_is_no_row() -> None:
    rows = [
        row
        for row in duo.leerlingen(telling(), SEEDS / "ref_noemer_leerling.csv").rijen
        if row[2] == "98AA01"
    ]
    assert rows == [
        ("2023-2024", "leerlingen_vestiging", "98AA01", "12", "duo_po"),
        ("2024-2025", "leerlingen_vestiging", "98AA01", "", "duo_po"),
        ("2025-2026", "leerlingen_vestiging", "98AA01", "18", "duo_po"),
    ]


def test_only_the_newest_years_count_and_what_only_the_seed_knows_stays() -> None:
    table = duo.leerlingen(telling(), SEEDS / "ref_noemer_leerling.csv")
    own = [row for row in table.rijen if row[2] == "98AA00"]
    assert [row[0] for row in own][0::6] == ["2019-2020", "2025-2026"]
    assert ("2025-2026", "leerlingen_vestiging", "00JT00", "431", "duo_vo") in table.rijen
    assert len({row[:3] for row in table.rijen}) == len(table.rijen)
    assert table.peildatum == "2025-10-01"


def test_the_vestigingen_with_their_soort_swv_and_newest_count() -> None:
    table = vestigingen()
    rows = {row[0]: row[1:] for row in table.rijen}
    assert rows["98AA00"] == ("Fictieve school De Eik", "BO", "99101", "", "PO2602", "0307", "3811", "176")
    assert rows["98AA01"][0] == 'Fictieve school "De Beuk"'
    assert rows["98AB00"][0] == "Fictieve skoalle De Iepeë"  # cp1252
    assert rows["98BA00"][1:] == ("SO", "99104", "", "PO2505", "0200", "", "86")
    assert rows["98BB00"][1:] == ("VSO", "99104", "", "VO2602", "0307", "", "")  # <5
    assert "98BC00" not in rows  # closed before the years that count
    assert table.waarschuwingen == ()


def test_a_new_school_in_an_unknown_postcode_area_follows_its_gemeente() -> None:
    assert {row[0]: row for row in vestigingen().rijen}["98AC00"][5:] == ("PO2602", "0307", "1000", "")


def test_vestigingen_that_only_the_seed_has_stay_as_they_were() -> None:
    seed = (SEEDS / "ref_vestiging.csv").read_text(encoding="utf-8").splitlines()[1:]
    codes = {row[0] for row in vestigingen().rijen}
    assert {line.split(";")[0] for line in seed} <= codes


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('BS ""De Maasparel""', 'BS "De Maasparel"'),
        ('"De Eik"', "De Eik"),
        ('De "Eik', 'De "Eik'),
        ("  De   Eik ", "De Eik"),
        ("", ""),
    ],
)
def test_quotes_and_spaces_as_duo_leaves_them(cell: str, expected: str) -> None:
    assert tidy(cell) == expected


def test_a_name_with_a_quote_that_never_closes_does_not_swallow_the_next_row(tmp_path: Path) -> None:
    path = tmp_path / "02.csv"
    path.write_bytes(DUO_02.read_bytes().replace(b"Fictieve school De Eik", b'"De Eik'))
    rows = {row[0]: row for row in vestigingen(path).rijen}
    assert rows["98AA00"][1] == '"De Eik'
    assert "98AA01" in rows


def test_another_encoding_and_line_ending_give_the_same_table(tmp_path: Path) -> None:
    path = tmp_path / "02.csv"
    text = DUO_02.read_bytes().decode("cp1252").replace("\r\n", "\n")
    path.write_text(text, encoding="utf-8-sig", newline="")
    assert vestigingen(path).rijen == vestigingen().rijen


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(old, new)


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (replaced(b"VESTIGINGSCODE", b"VESTIGING"), "kopregel", "VESTIGINGSCODE ontbreekt"),
        (replaced(b"INSTELLINGSCODE", b"VESTIGINGSCODE"), "kopregel", "staat er vaker in"),
        (replaced(b";98AA01;", b";98AA00;"), "rij 3", "twee keer"),
        (replaced(b";98AA01;", b";98aa01;"), "rij 3", "VESTIGINGSCODE"),
        (replaced(b"7311 AA", b"onbekend"), "rij 3", "POSTCODE"),
        (replaced(b";99102;", b";9910;"), "rij 4", "BEVOEGD GEZAG NUMMER"),
        (replaced(b";1940;", b";;"), "rij 4", "GEMEENTENUMMER"),
        (replaced(b"Utrecht;99101", b"Utrecht;;99101"), "rij 2", "niet evenveel kolommen"),
        (lambda content: content[:-40], "laatste rij", "breekt af"),
        (lambda content: b"", "laatste rij", "breekt af"),
        (lambda content: b"\r\n", "kopregel", "ontbreekt"),
        (lambda content: content[: content.index(b"\r\n") + 2], "inhoud", "maar 0 rijen"),
        (lambda content: b"PK\x03\x04" + bytes(200) + b"\n", "inhoud", "geen tekst"),
        (lambda content: b"<!DOCTYPE html>\n<html>storing</html>\n", "kopregel", "ontbreekt"),
    ],
)
def test_a_list_that_is_not_as_published_is_refused(
    tmp_path: Path, change: Callable[[bytes], bytes], where: str, what: str
) -> None:
    path = tmp_path / "02.csv"
    path.write_bytes(change(DUO_02.read_bytes()))
    with pytest.raises(Gebruiksfout) as error:
        vestigingen(path)
    assert where in error.value.waar
    assert what in error.value.wat
    assert "duo.nl" in error.value.remedie
    assert "Fictieve" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (replaced(b"LEERLINGEN_2010", b"LEERLINGEN_2010X"), "kopregel", "sluiten niet aan"),
        (replaced(b"LEERLINGEN_", b"AANTAL_"), "kopregel", "sluiten niet aan"),
        (replaced(b";<5;", b";<10;"), "rij 3", "LEERLINGEN_2024"),
        (replaced(b";SO/VSO;", b";SO+VSO;"), "rij 5", "SOORT_VESTIGING"),
        (replaced(b";98AA01;", b";98AA00;"), "rij 3", "twee keer"),
    ],
)
def test_counts_that_are_not_as_published_are_refused(
    tmp_path: Path, change: Callable[[bytes], bytes], where: str, what: str
) -> None:
    path = tmp_path / "06.csv"
    path.write_bytes(change(DUO_06.read_bytes()))
    with pytest.raises(Gebruiksfout) as error:
        telling(path)
    assert where in error.value.waar
    assert what in error.value.wat


def test_too_few_rows_are_refused() -> None:
    with pytest.raises(Gebruiksfout, match="maar 6 rijen"):
        duo.Telling(DUO_06, small_catalogue(leerlingen=7)["leerlingen"])


def test_a_column_more_is_told_and_does_no_harm(tmp_path: Path) -> None:
    lines = DUO_02.read_bytes().split(b"\r\n")
    path = tmp_path / "02.csv"
    path.write_bytes(b"\r\n".join([lines[0] + b";NIEUW", *(line + b";x" for line in lines[1:-1]), b""]))
    table = vestigingen(path)
    assert table.rijen == vestigingen().rijen
    assert any("erbij NIEUW; weg geen" in text for text in table.waarschuwingen)
