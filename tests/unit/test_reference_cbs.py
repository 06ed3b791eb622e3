"""CBS tables: padded codes, ages by code list, gemeenten that came and went, answers that are not whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import Gebruiksfout
from pipelines.reference import cbs
from pipelines.reference.documents import Documenten
from pipelines.reference.tables import Inhoud
from pipelines.resources import resource_dir
from tests.support.naslag import bevolking, cbs_answers, cbs_folder, small_catalogue

SEED = resource_dir("seeds") / "ref_gemeente.csv"
BRONNEN = small_catalogue()
Rows = list[dict[str, Any]]


def convert(naam: str, folder: Path, parts: dict[str, Rows] | None = None) -> Inhoud:
    source = cbs_folder(folder / naam, parts or cbs_answers()[naam])
    found = Documenten(BRONNEN[naam], source, folder, wacht=lambda _: None)
    if naam == "gemeenten":
        return cbs.gemeenten(found, SEED)
    return cbs.jeugd(found, 2026) if naam == "jeugd" else cbs.jeugdhulp(found)


def test_gemeenten_of_the_year_and_those_that_ended(tmp_path: Path) -> None:
    table = convert("gemeenten", tmp_path)
    rows = {row[0]: row for row in table.rijen}
    assert rows["0307"] == ("0307", "Amersfoort", "Utrecht", "ja")
    assert rows["1940"][2] == "Fryslân"
    assert rows["0003"] == ("0003", "Appingedam", "", "nee")
    assert table.peildatum == "2026-01-01"


def test_a_gemeente_that_came_or_went_is_told(tmp_path: Path) -> None:
    parts = cbs_answers()["gemeenten"]
    parts["TypedDataSet"][0]["Code_1"] = "GM9200"
    text = " ".join(convert("gemeenten", tmp_path, parts).waarschuwingen)
    assert "0200" in text.split("nieuw")[0]
    assert "nieuw 9200." in text


def test_residents_under_eighteen_belong_to_the_schooljaar_of_the_first_of_january(tmp_path: Path) -> None:
    table = convert("jeugd", tmp_path)
    assert table.rijen[0] == ("2024-2025", "jeugd_gemeente", "0200", str(18 * 18), "cbs_03759ned")
    assert [(row[0], row[2], row[3]) for row in table.rijen[3:]] == [
        ("2025-2026", "0200", "324"),
        ("2025-2026", "0307", "342"),
        ("2025-2026", "1940", "360"),
    ]
    assert table.peildatum == "2026-01-01"


def test_older_years_and_partial_groups_are_left_out(tmp_path: Path) -> None:
    parts = cbs_answers()["jeugd"]
    men = [row | {"Geslacht": "3000"} for row in bevolking(2026)]
    parts["TypedDataSet"] += bevolking(2019) + men
    assert convert("jeugd", tmp_path, parts).rijen == convert("jeugd", tmp_path / "zonder").rijen


def test_use_of_jeugdhulp_is_per_calendar_year_and_gemeente(tmp_path: Path) -> None:
    assert convert("jeugdhulp", tmp_path).rijen == [
        (code, "2024", "12.5", "cbs_85098NED") for code in ("0200", "0307", "1940")
    ]


def first(part: str, **cells: Any) -> Callable[[dict[str, Rows]], None]:
    return lambda parts: parts[part][0].update(cells)


def without(part: str, column: str) -> Callable[[dict[str, Rows]], None]:
    return lambda parts: parts[part][0].pop(column)


@pytest.mark.parametrize(
    ("naam", "change", "what"),
    [
        ("gemeenten", first("TableInfos", Title="Wijken en buurten 2026"), "heet niet"),
        ("gemeenten", without("TypedDataSet", "Code_28"), "kolom Code_28 ontbreekt"),
        ("gemeenten", first("TypedDataSet", Code_28="LD03  "), "geen provincie"),
        ("gemeenten", first("TypedDataSet", Code_1="WK0200"), "geen gemeente"),
        ("gemeenten", lambda parts: parts["TypedDataSet"].clear(), "maar 0 gemeenten"),
        ("jeugd", first("TableInfos", Title="Bevolking; kerncijfers"), "heet niet"),
        ("jeugd", first("Leeftijd", Title="Totaal leeftijd"), None),
        ("jeugd", lambda parts: parts["Leeftijd"].pop(5), "4 jaar ontbreekt"),
        ("jeugd", first("TypedDataSet", BevolkingOp1Januari_1=None), "niet elke leeftijd"),
        ("jeugd", first("TypedDataSet", BevolkingOp1Januari_1="18"), "niet elke leeftijd"),
        ("jeugd", lambda parts: parts["TypedDataSet"].pop(3), "niet elke leeftijd"),
        ("jeugd", without("TypedDataSet", "BurgerlijkeStaat"), "kolom BurgerlijkeStaat ontbreekt"),
        ("jeugd", lambda parts: parts["TypedDataSet"].clear(), "maar 0 gemeenten"),
        ("jeugdhulp", without("TypedDataSet", "JongerenMetJeugdhulpInNatura_1"), "ontbreekt"),
        (
            "jeugdhulp",
            lambda parts: parts["TypedDataSet"][1].update(JongerenMetJeugdhulpInNatura_1=125),
            "percentage",
        ),
    ],
)
def test_an_answer_that_is_not_as_published_is_refused(
    tmp_path: Path, naam: str, change: Callable[[dict[str, Rows]], None], what: str | None
) -> None:
    parts = cbs_answers()[naam]
    change(parts)
    if what is None:
        assert convert(naam, tmp_path, parts).rijen
        return
    with pytest.raises(Gebruiksfout, match=what) as error:
        convert(naam, tmp_path, parts)
    assert "cbs.nl" in error.value.remedie


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"value": 3}',
        b'{"value": [1]}',
        b"null",
        b"<html></html>",
        b'{"value": [{"Code_1": "GM0',
    ],
)
def test_an_answer_that_is_not_json_or_not_whole_is_refused(tmp_path: Path, content: bytes) -> None:
    folder = cbs_folder(tmp_path / "bron", cbs_answers()["gemeenten"])
    (folder / "TypedDataSet.json").write_bytes(content)
    found = Documenten(BRONNEN["gemeenten"], folder, tmp_path, wacht=lambda _: None)
    with pytest.raises(Gebruiksfout, match="niet te lezen"):
        cbs.gemeenten(found, SEED)


def test_saved_pages_are_read_together_and_a_missing_last_one_is_noticed(tmp_path: Path) -> None:
    parts = cbs_answers()["gemeenten"]
    folder = cbs_folder(tmp_path / "bron", parts | {"TypedDataSet_2": parts["TypedDataSet"][2:]})
    page = {"value": parts["TypedDataSet"][:2], "odata.nextLink": "https://opendata.cbs.nl/verder"}
    (folder / "TypedDataSet.json").write_text(json.dumps(page), encoding="utf-8")
    found = Documenten(BRONNEN["gemeenten"], folder, tmp_path, wacht=lambda _: None)
    whole = convert("gemeenten", tmp_path / "heel").rijen
    assert cbs.gemeenten(found, SEED).rijen == whole
    (folder / "TypedDataSet_2.json").unlink()
    with pytest.raises(Gebruiksfout, match="laatste blad ontbreekt"):
        cbs.gemeenten(found, SEED)


def test_a_folder_without_a_part_names_it(tmp_path: Path) -> None:
    parts = cbs_answers()["jeugd"]
    del parts["Leeftijd"]
    with pytest.raises(Gebruiksfout, match=r"ontbreekt Leeftijd\.json"):
        convert("jeugd", tmp_path, parts)
