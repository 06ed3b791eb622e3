"""A run may die at any moment: the publication before it stays readable, the next run ends as it would have.

Lives here: deaths on the brink of each commit point. Not here: what the figures are (test_publicatie_klopt).
"""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path

import duckdb
import pytest

from tests.acceptance.loper import REPO, copy_installation, current, environment, oa, parquet_bytes

# (place on disk, which touch of it, before that touch or just after it), in the order of a run
STERFTE = [
    ("intake/leveringen", 1, "voor"),
    ("intake/leveringen", 12, "na"),
    ("warehouse/dbt", 3, "na"),
    ("warehouse/ondersteuning.duckdb", 1, "voor"),
    ("warehouse/ondersteuning.duckdb", 1, "na"),
    ("warehouse/kandidaat", 2, "voor"),
    ("publication/oogo/releases", 1, "na"),
    ("publication/oogo/current", 1, "voor"),
    ("publication/oogo/current", 1, "na"),
]


@pytest.fixture(scope="module")
def wachtend(demo_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installation that published without the newest deliveries, which have come in since."""
    home = copy_installation(demo_home, tmp_path_factory.mktemp("wachtend"))
    later = [path for path in (home / "inbox").iterdir() if "_2024-2025_" in path.name]
    assert later
    kept = {path: path.read_bytes() for path in later}
    for path in later:
        path.unlink()
    oa("run", "--home", home)
    for path, content in kept.items():
        path.write_bytes(content)
    return home


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


def read_figures(home: Path) -> int:
    """What a BI tool does: open the current file and count."""
    with duckdb.connect(str(current(home) / "ondersteuning.duckdb"), read_only=True) as con:
        return con.execute("SELECT count(*) FROM ondersteuning_per_gebied").fetchone()[0]


def test_a_killed_run_leaves_a_publication_and_the_next_run_ends_where_it_would_have(
    demo_home: Path, wachtend: Path
) -> None:
    before, after = parquet_bytes(wachtend), parquet_bytes(demo_home)
    assert before != after, "de nieuwe leveringen veranderen niets, dus er valt niets te bewijzen"
    for place, count, moment in STERFTE:
        die(wachtend, place, count, moment)
        assert read_figures(wachtend) > 0
        swapped = place.endswith("current") and moment == "na"
        assert parquet_bytes(wachtend) in ([before, after] if swapped else [before]), place
    oa("run", "--home", wachtend)
    assert parquet_bytes(wachtend) == after


def test_readers_never_notice_a_run(demo_home: Path, tmp_path: Path) -> None:
    home = copy_installation(demo_home, tmp_path)
    oldest = [path for path in (home / "inbox").iterdir() if "_2022-2023_" not in path.name]
    kept = {path: path.read_bytes() for path in oldest}
    for path in oldest:
        path.unlink()
    oa("run", "--home", home)
    for path, content in kept.items():
        path.write_bytes(content)
    failures: list[Exception] = []
    done = threading.Event()

    def keep_reading() -> None:
        while not done.is_set():
            try:
                read_figures(home)
            except Exception as error:
                failures.append(error)

    reader = threading.Thread(target=keep_reading)
    reader.start()
    try:
        oa("run", "--home", home)
    finally:
        done.set()
        reader.join()
    assert not failures
    assert parquet_bytes(home) == parquet_bytes(demo_home)
