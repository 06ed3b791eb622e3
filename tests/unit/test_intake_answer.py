"""The page that goes back to a bronhouder: about its own delivery only, and without a value."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipelines.intake import take_in
from pipelines.intake.answer import striking, write_answers
from pipelines.intake.link import Koppeling
from pipelines.settings import Settings
from tests.support.intake_region import deliver, name, opp_row, pseudoniem, region


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return region(tmp_path)


class Balanced(HTMLParser):
    """Fails on a tag that is closed out of order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_a_refused_delivery_gets_rows_and_remedies_and_no_value(settings: Settings) -> None:
    deliver(settings, [opp_row(1, status="<b>Fatima</b>"), opp_row(2)])
    inname = take_in(settings)
    (answer,) = write_answers(settings, inname.aangenomen, inname.geweigerd)
    for path in (answer.html, answer.txt):
        text = path.read_text(encoding="utf-8")
        assert "Fatima" not in text
        assert pseudoniem(1) not in text
        assert "status is geen toegestane code" in text
        assert "rij 2" in text
        assert "Loket regio" in text
    assert answer.html.name == name() + ".html"
    page = answer.html.read_text(encoding="utf-8")
    assert '<html lang="nl">' in page
    assert '<th scope="col">' in page
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []


def test_an_accepted_delivery_tells_what_is_striking(settings: Settings) -> None:
    rows = [
        opp_row(number, verantwoordelijke="onbekend" if number < 3 else "school") for number in range(1, 9)
    ]
    deliver(settings, rows)
    inname = take_in(settings)
    (answer,) = write_answers(settings, inname.aangenomen, [])
    text = answer.txt.read_text(encoding="utf-8")
    assert "Kolom eind_op is in elke rij leeg." in text
    assert "In kolom verantwoordelijke staat bij 25% van de rijen onbekend." in text
    assert "geen levering over het schooljaar ervoor" in text


def test_an_older_delivery_that_comes_later_is_told_that_it_does_not_count(settings: Settings) -> None:
    deliver(settings, [opp_row(1), opp_row(2)], leverdatum="20251010")
    take_in(settings)
    deliver(settings, [opp_row(1)], leverdatum="20251003")
    inname = take_in(settings)
    (answer,) = write_answers(settings, inname.aangenomen, [])
    text = answer.txt.read_text(encoding="utf-8")
    assert "telt niet mee, want er is al een nieuwere" in " ".join(text.split())
    assert "tot er een nieuwere" not in " ".join(text.split())


def test_a_jump_since_last_year_is_remarked(settings: Settings) -> None:
    old = {
        "schooljaar": "2023-2024",
        "behoefte_vastgesteld_op": "2023-09-02",
        "besluit_op": "2023-10-01",
        "start_op": "2023-10-14",
        "eind_op": "2024-05-01",
    }
    deliver(settings, [opp_row(number, **old) for number in range(1, 11)], schooljaar="2023-2024")
    deliver(settings, [opp_row(number) for number in range(1, 6)])
    inname = take_in(settings)
    by_name = {answer.txt.name: answer for answer in write_answers(settings, inname.aangenomen, [])}
    text = " ".join(by_name[name() + ".txt"].txt.read_text(encoding="utf-8").split())
    assert "50% minder kinderen dan over het schooljaar ervoor (5 tegen 10)" in text
    assert "Kolom eind_op was vorig schooljaar wel gevuld." in text


@pytest.mark.parametrize(("gekoppeld", "shown"), [(4, False), (5, True), (95, True), (96, False), (0, False)])
def test_the_link_is_told_only_above_the_drempel_on_both_sides(
    settings: Settings, gekoppeld: int, shown: bool
) -> None:
    deliver(settings)
    inname = take_in(settings)
    (levering,) = inname.aangenomen
    rate = Koppeling(levering.levering_id, "opp", "41208", "2024-2025", 100, gekoppeld, 500, "", "")
    (answer,) = write_answers(settings, [levering], [], {levering.levering_id: rate}, drempel=5)
    text = answer.txt.read_text(encoding="utf-8")
    assert (f"is {gekoppeld}% ook" in " ".join(text.split())) is shown


def test_without_a_drempel_nothing_of_the_link_is_told(settings: Settings) -> None:
    deliver(settings)
    inname = take_in(settings)
    (levering,) = inname.aangenomen
    rate = Koppeling(levering.levering_id, "opp", "41208", "2024-2025", 100, 50, 500, "", "")
    (answer,) = write_answers(settings, [levering], [], {levering.levering_id: rate})
    assert "andere kant" not in answer.txt.read_text(encoding="utf-8")


def test_the_same_bytes_under_another_name_are_noticed(settings: Settings) -> None:
    first = deliver(settings)
    first.with_name(name(leverdatum="20251101")).write_bytes(first.read_bytes())
    inname = take_in(settings)
    answers = write_answers(settings, inname.aangenomen, [])
    assert len(answers) == 2
    assert f"Dit bestand is gelijk aan {first.name}." in answers[1].txt.read_text(encoding="utf-8")


def test_nothing_striking_is_said_of_an_ordinary_year() -> None:
    profiel = {
        "levering": {"rijen": 100, "personen": 90},
        "kolommen": [
            {"kolom": "status", "leeg": 0, "onbekend": None},
            {"kolom": "eind_op", "leeg": 60, "onbekend": None},
        ],
    }
    assert striking(profiel, profiel) == []
