"""Runs `oa` as a person does, in a process of its own, and looks at what it leaves.

Lives here: starting the command, copying an OA_HOME, the bytes of a publication. Not here: any judgement.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb

from pipelines.keys import new_key
from pipelines.synthetic import generate

KLEIN, KLEIN_SEED = 0.15, 1
REPO = Path(__file__).resolve().parents[2]
OA = (sys.executable, "-m", "pipelines.cli")


def environment() -> dict[str, str]:
    """Ours without settings of whoever runs the tests: each OA_HOME has its own file."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("OA_", "DAGSTER_HOME"))}
    return mine | {"PYTHONPATH": str(REPO), "COLUMNS": "200"}


def oa(*words: str | Path, expect: int = 0) -> str:
    """Run `oa words...` and return what it printed on stdout; the test fails on another exit code."""
    done = subprocess.run(
        [*OA, *map(str, words)], cwd=REPO, env=environment(), capture_output=True, text=True
    )
    assert done.returncode == expect, f"oa {words[0]}: exitcode {done.returncode}\n{done.stderr[-3000:]}"
    return done.stdout


def copy_installation(source: Path, target: Path) -> Path:
    """A second installation with the same inputs and keys and nothing done yet; returns its OA_HOME."""
    shutil.copytree(source.parent / "sleutels", target / "sleutels")
    home = target / "data"
    home.mkdir(mode=0o700)
    for folder in ("inbox", "referentie"):
        shutil.copytree(source / folder, home / folder)
    shutil.copy2(source / "ondersteuningsanalyse.toml", home)
    for key in (target / "sleutels").iterdir():
        key.chmod(0o600)
    return home


def small_installation(folder: Path, schooljaren: tuple[str, ...] = ("2023-2024", "2024-2025")) -> Path:
    """An installation for oogo alone, with deliveries of a small region and nothing done yet; returns its OA_HOME.

    For what is no matter of figures: the search for what to hide takes far longer in a whole region, and longer still
    with the proof for every bronhouder, which the demo itself has.
    """
    home, keys = folder / "data", folder / "sleutels"
    for path in (home, keys):
        path.mkdir(mode=0o700, parents=True)
    for name in ("sleutel2", "afrondsleutel"):
        new_key(keys / name)
    settings = [
        "demo = true",
        'publiceren = "direct"',
        "drempel_oogo = 5",
        "bronhouders_bewijzen = false",
        'sleutel = "../sleutels/sleutel2"',
        'afrondsleutel = "../sleutels/afrondsleutel"',
        'contact = "de beheerder"',
    ]
    (home / "ondersteuningsanalyse.toml").write_text("\n".join(settings) + "\n", encoding="utf-8")
    generate(KLEIN_SEED, KLEIN, schooljaren, uit=home)
    return home


def current(home: Path, profiel: str = "oogo") -> Path:
    return home / "publication" / profiel / "current"


def read_figures(home: Path) -> int:
    """What a BI tool does: open the current file and count."""
    with duckdb.connect(str(current(home) / "ondersteuning.duckdb"), read_only=True) as con:
        return con.execute("SELECT count(*) FROM ondersteuning_per_gebied").fetchone()[0]


def profielen(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "publication").iterdir() if (path / "current").exists())


def parquet_bytes(home: Path, profiel: str = "oogo") -> dict[str, str]:
    """sha256 of every Parquet file of the current release."""
    folder = current(home, profiel) / "parquet"
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


def refused(home: Path) -> list[str]:
    """Names of the deliveries that were refused, by the notes in quarantine/."""
    return [
        path.name.removesuffix(".afgekeurd.json") for path in (home / "quarantine").glob("*.afgekeurd.json")
    ]
