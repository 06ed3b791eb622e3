"""A run may die at any moment: the publication before it stays readable, the next run ends as it would have.

Lives here: deaths on the brink of each commit point. Not here: who reads meanwhile (test_publicatie_gelezen), what
the figures are (test_publicatie_klopt).
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.loper import REPO, environment, oa, parquet_bytes, read_figures, small_installation

# (place on disk, which touch of it, before that touch or just after it), in the order of a run
STERFTE = [
    ("intake/leveringen", 12, "na"),
    ("warehouse/dbt", 3, "na"),
    ("warehouse/ondersteuning.duckdb", 1, "na"),
    ("warehouse/kandidaat", 2, "voor"),
    ("historie/oogo", 1, "na"),
    ("publication/oogo/releases", 1, "na"),
    ("publication/oogo/current", 1, "voor"),
    ("publication/oogo/current", 1, "na"),
]


@pytest.fixture(scope="module")
def wachtend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that published without the newest deliveries, which have come in since."""
    home = small_installation(tmp_path_factory.mktemp("wachtend"))
    later = [path for path in (home / "inbox").iterdir() if "_2024-2025_" in path.name]
    assert later
    kept = {path: path.read_bytes() for path in later}
    for path in later:
        path.unlink()
    oa("run", "--home", home)
    for path, content in kept.items():
        path.write_bytes(content)
    return home


@pytest.fixture(scope="module")
def ongestoord(wachtend: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the same installation, with the same release behind it, ends when nothing disturbs it."""
    folder = tmp_path_factory.mktemp("ongestoord")
    for name in ("sleutels", "data"):
        shutil.copytree(wachtend.parent / name, folder / name, symlinks=True)
    oa("run", "--home", folder / "data")
    return folder / "data"


def die(home: Path, place: str, count: int, moment: str) -> None:
    words = [
        sys.executable,
        "-m",
        "tests.acceptance.sterven",
        place,
        str(count),
        moment,
        "run",
        "--home",
        str(home),
    ]
    run = subprocess.run(words, cwd=REPO, env=environment(), capture_output=True, text=True)
    assert run.returncode == -signal.SIGKILL, (
        f"{place}: niet gestorven maar {run.returncode}\n{run.stderr[-2000:]}"
    )


def remembered(home: Path) -> list[str]:
    """The releases in the history, in order."""
    found = sorted((home / "historie" / "oogo").iterdir())
    return [json.loads((path / "uitgave.json").read_text(encoding="utf-8"))["release"] for path in found]


def test_a_killed_run_leaves_a_publication_and_the_next_run_ends_where_it_would_have(
    ongestoord: Path, wachtend: Path
) -> None:
    """Same inputs after the same history, same bytes; and the history has each release once."""
    before, after = parquet_bytes(wachtend), parquet_bytes(ongestoord)
    assert before != after, "de nieuwe leveringen veranderen niets, dus er valt niets te bewijzen"
    for place, count, moment in STERFTE:
        die(wachtend, place, count, moment)
        assert read_figures(wachtend) > 0
        swapped = place.endswith("current") and moment == "na"
        assert parquet_bytes(wachtend) in ([before, after] if swapped else [before]), place
    oa("run", "--home", wachtend)
    assert parquet_bytes(wachtend) == after
    assert remembered(wachtend) == remembered(ongestoord)
    assert len(remembered(wachtend)) == 2
