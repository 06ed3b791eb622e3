"""`oa share`: readers get the newest release and nothing else; the rest of OA_HOME stays closed."""

from __future__ import annotations

import grp
import os
import shutil
import stat
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import Gebruiksfout
from pipelines.publication import hand_out, publish
from pipelines.publication.files import hashes
from tests.integration.publication_installatie import Installatie, install
from tests.integration.publication_region import region
from tests.integration.test_publication_release import judged

SIZE = {"persons": 120, "schools": 4, "besturen": 2, "gemeenten": 3, "schooljaren": ("2024-2025",)}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Installatie:
    made = install(tmp_path_factory.mktemp("gedeeld") / "data", region(1, **SIZE))
    judged(made)
    publish(made.settings, "oogo")
    return made


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_readers_get_the_release_as_published_and_only_that(place: Installatie, tmp_path: Path) -> None:
    naar = tmp_path / "bi"
    given = hand_out(place.settings, "oogo", naar, grp.getgrgid(os.getgid()).gr_name)
    current = naar / "oogo" / "current"
    assert current.resolve() == given.pad
    source = (place.settings.publication / "oogo" / "current").resolve()
    assert hashes(given.pad) == hashes(source)
    assert (given.pad / "release.json").read_bytes() == (source / "release.json").read_bytes()
    inside = [naar / "oogo", *(path for path in (naar / "oogo").rglob("*") if not path.is_symlink())]
    assert {mode(path) for path in inside if path.is_dir()} == {0o750}
    assert {mode(path) for path in inside if path.is_file()} == {0o640}
    assert {mode(path) for path in (place.settings.home, place.settings.publication)} == {0o700}
    with duckdb.connect(str(current / "ondersteuning.duckdb"), read_only=True) as con:
        assert con.execute("SELECT count(*) > 0 FROM v_ondersteuning_per_gebied").fetchone() == (True,)
    assert not hand_out(place.settings, "oogo", naar).nieuw


def test_the_copy_before_this_one_stays_for_who_has_it_open(place: Installatie, tmp_path: Path) -> None:
    releases = tmp_path / "oogo" / "releases"
    for name in ("oudste", "vorige"):
        (releases / name).mkdir(parents=True)
    (tmp_path / "oogo" / "current").symlink_to("releases/vorige")
    given = hand_out(place.settings, "oogo", tmp_path)
    assert {folder.name for folder in releases.iterdir()} == {"vorige", given.release}


def test_a_copy_that_was_changed_is_made_again(place: Installatie, tmp_path: Path) -> None:
    first = hand_out(place.settings, "oogo", tmp_path)
    (first.pad / "parquet" / "publicatie.parquet").write_bytes(b"iets anders")
    again = hand_out(place.settings, "oogo", tmp_path)
    assert again.nieuw
    assert hashes(again.pad) == hashes((place.settings.publication / "oogo" / "current").resolve())


def test_a_publication_that_was_changed_is_handed_to_nobody(place: Installatie, tmp_path: Path) -> None:
    home = tmp_path / "data"
    shutil.copytree(place.settings.home, home, symlinks=True)
    settings = place.settings.model_copy(update={"home": home})
    (home / "publication" / "oogo" / "current" / "parquet" / "publicatie.parquet").write_bytes(b"anders")
    with pytest.raises(Gebruiksfout, match="gewijzigd"):
        hand_out(settings, "oogo", tmp_path / "bi")
    assert not (tmp_path / "bi" / "oogo" / "current").exists()
    assert list((tmp_path / "bi" / "oogo" / "releases").iterdir()) == []


def test_the_copy_never_lies_among_the_data(place: Installatie, tmp_path: Path) -> None:
    for naar in (place.settings.home, place.settings.home / "bi", place.settings.home.parent):
        with pytest.raises(Gebruiksfout, match="bij de gegevens"):
            hand_out(place.settings, "oogo", naar)
    with pytest.raises(Gebruiksfout, match="groep"):
        hand_out(place.settings, "oogo", tmp_path, "deze-groep-is-er-niet")
    with pytest.raises(Gebruiksfout, match="nog geen publicatie"):
        hand_out(place.settings, "openbaar", tmp_path)
