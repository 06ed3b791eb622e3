"""Who is late, what is final, and who takes part."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pipelines.errors import Gebruiksfout
from pipelines.intake import active_leveringen, expected, take_in
from pipelines.settings import Settings
from tests.support.intake_region import deliver, jeugdhulp_row, region

HEADER = "contract;bronhouder;schooljaar;uiterlijk;contact\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return region(tmp_path)


def write(settings: Settings, *lines: str) -> list[expected.Verwachting] | None:
    (settings.referentie / expected.BESTAND).write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return expected.read_expected(settings)


def test_a_region_without_a_list_expects_nothing(settings: Settings) -> None:
    assert expected.read_expected(settings) is None
    assert expected.deelnemers(None) is None


def test_each_expectation_is_delivered_provisional_late_or_awaited(settings: Settings) -> None:
    wanted = write(
        settings,
        "opp;41208;2024-2025;2025-10-10;a@school.example",
        "jeugdhulp;0307;2024-2025;2025-10-10;b; met puntkomma",
        "jeugdhulp;0308;2024-2025;2025-10-10;c",
        "jeugdhulp;0310;2024-2025;2025-12-31;d",
    )
    deliver(settings)
    deliver(settings, [jeugdhulp_row(1, toegewezen_op="2024-09-15")], "jeugdhulp", leverdatum="20250601")
    take_in(settings)
    found = expected.stand(wanted or [], active_leveringen(settings), date(2025, 10, 13))
    assert [(item.verwachting.bronhouder, item.toestand, item.dagen_te_laat) for item in found] == [
        ("0307", "voorlopig", 0),
        ("0308", "te_laat", 3),
        ("0310", "verwacht", 0),
        ("41208", "geleverd", 0),
    ]
    assert found[0].verwachting.contact == "b; met puntkomma"
    (year,) = expected.per_schooljaar(found)
    assert (year.definitief, year.verwacht, year.geleverd, year.te_laat) == (False, 4, 2, 1)


def test_a_delivery_is_late_only_after_its_day(settings: Settings) -> None:
    wanted = write(settings, "opp;41208;2024-2025;2025-10-10;a") or []
    assert [item.toestand for item in expected.stand(wanted, [], date(2025, 10, 10))] == ["verwacht"]
    assert [item.toestand for item in expected.stand(wanted, [], date(2025, 10, 11))] == ["te_laat"]


def test_a_schooljaar_is_final_when_all_came_after_its_last_day(settings: Settings) -> None:
    wanted = write(settings, "opp;41208;2024-2025;2025-10-10;a") or []
    deliver(settings, leverdatum="20251003")
    take_in(settings)
    stands = expected.stand(wanted, active_leveringen(settings), date(2025, 10, 13))
    assert [year.definitief for year in expected.per_schooljaar(stands)] == [True]
    assert expected.complete(wanted, active_leveringen(settings), "2024-2025")
    assert not expected.complete(wanted, [], "2024-2025")
    assert not expected.complete(wanted, active_leveringen(settings), "2023-2024")


def test_participants_are_the_gemeenten_on_the_list(settings: Settings) -> None:
    wanted = write(
        settings,
        "opp;41208;2024-2025;2025-10-10;a",
        "jeugdhulp;0308;2023-2024;2025-10-10;b",
        "jeugdhulp;0307;2024-2025;2025-10-10;b",
    )
    assert expected.deelnemers(wanted) == {"0307", "0308"}


@pytest.mark.parametrize(
    "line",
    [
        "opp;0307;2024-2025;2025-10-10;a",
        "budget;41208;2024-2025;2025-10-10;a",
        "opp;41208;2024-2026;2025-10-10;a",
        "opp;41208;2024-2025;10-10-2025;a",
        "opp;41208;2024-2025",
    ],
)
def test_a_line_that_is_not_sound_is_named_by_its_number(settings: Settings, line: str) -> None:
    with pytest.raises(Gebruiksfout, match="regel 3"):
        write(settings, "opp;41208;2024-2025;2025-10-10;a", line)


def test_double_lines_and_other_columns_are_refused(settings: Settings) -> None:
    with pytest.raises(Gebruiksfout, match="dubbel"):
        write(settings, *["opp;41208;2024-2025;2025-10-10;a"] * 2)
    (settings.referentie / expected.BESTAND).write_text("contract;datum\n", encoding="utf-8")
    with pytest.raises(Gebruiksfout, match="eerste regel"):
        expected.read_expected(settings)
