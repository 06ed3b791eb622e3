"""Settings: file under environment, unknown is an error, no silent drempel, nobody else may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import Gebruiksfout
from pipelines.settings import BESTAND, Settings


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in [name for name in os.environ if name.startswith("OA_")]:
        monkeypatch.delenv(name)


def write(home: Path, text: str) -> None:
    home.mkdir(exist_ok=True, mode=0o700)
    (home / BESTAND).write_text(text, encoding="utf-8")


def test_environment_overrides_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, 'drempel_oogo = 6\ncontact = "regio"\n')
    assert Settings.load(tmp_path).drempel_oogo == 6
    monkeypatch.setenv("OA_DREMPEL_OOGO", "9")
    settings = Settings.load(tmp_path)
    assert (settings.drempel_oogo, settings.contact) == (9, "regio")


def test_home_comes_from_the_environment_when_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "drempel_oogo = 7\n")
    monkeypatch.setenv("OA_HOME", str(tmp_path))
    assert Settings.load().home == tmp_path
    assert Settings.load().drempel_oogo == 7


@pytest.mark.parametrize("text", ["drempel_ogo = 5\n", "[extra]\na = 1\n"])
def test_unknown_setting_in_the_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    write(tmp_path, text)
    with pytest.raises(Gebruiksfout, match=r"drempel_ogo|extra"):
        Settings.load(tmp_path)


def test_unknown_environment_variable_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OA_DREMPEL", "5")
    with pytest.raises(Gebruiksfout, match="OA_DREMPEL"):
        Settings.load(tmp_path)


def test_a_wrong_value_is_not_repeated(tmp_path: Path) -> None:
    write(tmp_path, 'publiceren = "geheimpje"\n')
    with pytest.raises(Gebruiksfout) as caught:
        Settings.load(tmp_path)
    assert "publiceren" in str(caught.value)
    assert "geheimpje" not in str(caught.value)


def test_a_broken_file_is_told_without_a_traceback(tmp_path: Path) -> None:
    write(tmp_path, "drempel_oogo = = 5\n")
    with pytest.raises(Gebruiksfout, match="geen geldige TOML"):
        Settings.load(tmp_path)


@pytest.mark.parametrize(("name", "low"), [("drempel_oogo", 4), ("drempel_openbaar", 9)])
def test_a_drempel_under_the_floor_is_refused(tmp_path: Path, name: str, low: int) -> None:
    write(tmp_path, f"{name} = {low}\n")
    with pytest.raises(Gebruiksfout, match="lager dan"):
        Settings.load(tmp_path)


def test_there_is_no_silent_drempel(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path)
    with pytest.raises(Gebruiksfout, match="niet ingesteld"):
        settings.drempel("oogo")


def test_a_key_in_the_file_is_relative_to_the_file_and_never_among_the_data(tmp_path: Path) -> None:
    home = tmp_path / "data"
    write(home, 'sleutel = "../sleutels/k2"\n')
    assert Settings.load(home).sleutel == tmp_path / "sleutels" / "k2"
    write(home, 'sleutel = "k2"\n')
    with pytest.raises(Gebruiksfout, match="niet tussen de gegevens"):
        Settings.load(home)


def test_home_that_others_may_read_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "data"
    home.mkdir(mode=0o755)
    home.chmod(0o755)
    with pytest.raises(Gebruiksfout, match="chmod 700"):
        Settings.load(home).prepare_home()
    home.chmod(0o700)
    Settings.load(home).prepare_home()
    assert {path.name for path in home.iterdir()} >= {"inbox", "quarantine", "publication"}
