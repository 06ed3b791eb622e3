"""What the parties said comes back beside the figures, and never says who a child is."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import Gebruiksfout
from pipelines.report.answers import COLUMNS, ONDERWERPEN, read_answers

HEAD = ";".join(COLUMNS)


def write(folder: Path, *rows: str) -> Path:
    path = folder / "antwoorden.csv"
    path.write_text("\n".join([HEAD, *rows]) + "\n", encoding="utf-8")
    return path


def test_answers_are_found_by_area_and_topic_newest_first(tmp_path: Path) -> None:
    found = read_answers(
        write(
            tmp_path,
            "20241010-a;gemeente;0307;wachttijden;deels;te weinig mensen;",
            "20251010-b;gemeente;0307;wachttijden;ja;;besluit binnen zes weken",
            "20251010-b;regio;TOTAAL;trend;nee;anders geteld;",
        )
    )
    both = found["gemeente", "0307", "wachttijden"]
    assert [answer.release for answer in both] == ["20251010-b", "20241010-a"]
    assert both[0].text == "Bij uitgave 20251010-b. Herkend: ja. Afspraak: besluit binnen zes weken."
    assert ("regio", "TOTAAL", "trend") in found


def test_a_line_that_nobody_filled_in_is_no_answer(tmp_path: Path) -> None:
    found = read_answers(write(tmp_path, "r;gemeente;0307;trend;;;", "r;gemeente;0307;wachttijden;nee;;"))
    assert list(found) == [("gemeente", "0307", "wachttijden")]


def test_no_file_is_no_answers(tmp_path: Path) -> None:
    assert read_answers(None) == {}
    assert read_answers(tmp_path / "er is niets.csv") == {}


@pytest.mark.parametrize(
    ("row", "about"),
    [
        ("r;gemeente;0307;onzin;ja;;", "onderwerp"),
        ("r;wijk;0307;trend;ja;;", "gebied_soort"),
        ("r;gemeente;307;trend;ja;;", "vier cijfers"),
        ("r;gemeente;0307;trend;misschien;;", "herkend"),
        ("r;gemeente;0307;trend;ja;bel 06-12345678;", "verklaring"),
        ("r;gemeente;0307;trend;ja;;mail ouder@school.example", "afspraak"),
        ("r;gemeente;0307;trend;ja;leerling 123456782;", "verklaring"),
        ("r;gemeente;0307;trend;ja;" + "a" * 700 + ";", "verklaring"),
        ("r;gemeente;0307;trend;ja", "kolommen"),
    ],
)
def test_a_wrong_row_is_named_and_its_text_is_not(tmp_path: Path, row: str, about: str) -> None:
    with pytest.raises(Gebruiksfout) as error:
        read_answers(write(tmp_path, row))
    message = str(error.value)
    assert about in message
    assert "regel 2" in message
    for secret in ("12345678", "123456782", "ouder@school", "aaaa"):
        assert secret not in message


def test_the_topics_of_the_file_are_the_topics_of_a_pack() -> None:
    from pipelines.report import topics

    assert set(ONDERWERPEN) == {name for name in dir(topics) if hasattr(getattr(topics, name), "topic")}
