"""A delivery that links to nobody is heard; a small one, or one that was never linked, is not blamed."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.intake import active_leveringen, reference, take_in
from pipelines.intake.link import Koppeling, koppelingen, with_previous
from pipelines.settings import Settings
from tests.support.intake_region import deliver, jeugdhulp_row, opp_row, region


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return region(tmp_path)


def rates(settings: Settings) -> dict[str, Koppeling]:
    with reference.connect(settings) as con:
        return {item.contract: item for item in koppelingen(active_leveringen(settings), con)}


def take(settings: Settings, opp: range, jeugdhulp: range) -> dict[str, Koppeling]:
    deliver(settings, [opp_row(number) for number in opp])
    deliver(settings, [jeugdhulp_row(number) for number in jeugdhulp], "jeugdhulp")
    take_in(settings)
    return rates(settings)


def test_persons_are_counted_once_and_on_both_sides(settings: Settings) -> None:
    found = take(settings, range(0, 30), range(20, 60))
    assert (found["opp"].personen, found["opp"].gekoppeld, found["opp"].overkant) == (30, 10, 40)
    assert (found["jeugdhulp"].personen, found["jeugdhulp"].gekoppeld) == (40, 10)
    assert all(item.goed for item in found.values())


def test_nobody_in_common_stops(settings: Settings) -> None:
    found = take(settings, range(0, 30), range(100, 140))
    assert not found["opp"].goed
    assert not found["jeugdhulp"].goed
    assert "koppelt niemand" in found["opp"].melding()


def test_a_small_delivery_cannot_be_judged(settings: Settings) -> None:
    assert all(item.goed for item in take(settings, range(0, 19), range(100, 140)).values())


def test_a_side_that_has_not_delivered_cannot_be_blamed(settings: Settings) -> None:
    deliver(settings, [opp_row(number) for number in range(40)])
    take_in(settings)
    assert rates(settings)["opp"].goed


def rate(schooljaar: str, personen: int, gekoppeld: int) -> Koppeling:
    return Koppeling(
        f"opp_{schooljaar}", "opp", "41208", schooljaar, personen, gekoppeld, 1000, "a" * 16, "b" * 16
    )


@pytest.mark.parametrize(("gekoppeld", "goed"), [(20, True), (19, False), (60, True), (0, False)])
def test_less_than_half_of_the_previous_share_stops(gekoppeld: int, goed: bool) -> None:
    _, now = with_previous([rate("2023-2024", 100, 40), rate("2024-2025", 100, gekoppeld)])
    assert now.vorige == pytest.approx(0.4)
    assert now.goed is goed


def test_the_message_names_both_fingerprints_and_no_share() -> None:
    _, now = with_previous([rate("2023-2024", 100, 40), rate("2024-2025", 100, 3)])
    assert "a" * 16 in now.melding()
    assert "b" * 16 in now.melding()
    assert "3" not in now.melding().replace(now.levering_id, "")


@pytest.mark.parametrize(("personen", "goed"), [(99, True), (100, False)])
def test_with_one_key_on_both_sides_more_persons_are_needed_to_stop(personen: int, goed: bool) -> None:
    """A neighbour whose pupils go to school elsewhere may link to nobody without anything being wrong."""
    item = Koppeling("j", "jeugdhulp", "0317", "2024-2025", personen, 0, 1000, "a" * 16, "a" * 16)
    assert item.goed is goed


@pytest.mark.parametrize(("vorige", "goed"), [(0.29, True), (0.30, False)])
def test_half_of_the_previous_share_counts_from_thirty_expected_matches(vorige: float, goed: bool) -> None:
    item = Koppeling("o", "opp", "41208", "2024-2025", 100, 14, 1000, "a" * 16, "a" * 16, vorige)
    assert item.goed is goed
