"""The logbook remembers who did what, and cannot hold a cell of a delivery."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from pipelines.intake import logboek
from pipelines.settings import Settings
from tests.support.intake_region import region


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return region(tmp_path)


def test_lines_are_added_and_never_changed(settings: Settings) -> None:
    logboek.write(settings, "run", aangenomen=3, geweigerd=0, leveringen=["opp_41208_2024-2025_20251003_abc"])
    first = (settings.home / "logboek.jsonl").read_bytes()
    logboek.write(settings, "publish", akkoord="A. de Beheerder", release="2026-01-01", sha256="a" * 64)
    assert (settings.home / "logboek.jsonl").read_bytes().startswith(first)
    one, two = logboek.read(settings)
    assert (one["opdracht"], one["aangenomen"], two["akkoord"]) == ("run", 3, "A. de Beheerder")
    assert one["op"]
    assert one["wie"]
    assert stat.S_IMODE((settings.home / "logboek.jsonl").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "feiten",
    [
        {"waarde": "Fatima"},
        {"levering": "Fatima de Vries"},
        {"sha256": "123456782"},
        {"rijen": "12"},
        {"leveringen": ["goed", "Fatima de Vries"]},
        {"akkoord": "a\nb"},
    ],
)
def test_what_is_no_fact_is_not_logged_and_not_repeated(
    settings: Settings, feiten: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match="not a fact") as caught:
        logboek.write(settings, "run", **feiten)
    assert "Fatima" not in str(caught.value)
    assert not (settings.home / "logboek.jsonl").exists()


def test_a_half_written_last_line_is_passed_over(settings: Settings) -> None:
    logboek.write(settings, "run")
    with (settings.home / "logboek.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('{"op": "2026')
    logboek.write(settings, "status")
    assert [line["opdracht"] for line in logboek.read(settings)] == ["run", "status"]
