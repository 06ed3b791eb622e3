"""The demo: a fictional region in a folder of its own, then the same run as everywhere.

Lives here: the demo's settings, its keys and the deliveries it needs. Not here: the pipeline; the demo has no
way of its own through it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import Gebruiksfout
from pipelines.progress import Meld
from pipelines.settings import BESTAND, DREMPEL_MINIMUM, Settings

if TYPE_CHECKING:
    from pipelines.orchestration.execute import Uitkomst

SCHOOLJAREN = ("2022-2023", "2023-2024", "2024-2025")


@dataclass(frozen=True)
class Demo:
    """What the demo did: its settings, the outcome of the run and the region held against DUO and CBS."""

    settings: Settings
    uitkomst: Uitkomst
    vergelijking: list[dict[str, Any]]


def run(folder: Path, *, schaal: float, seed: int, meld: Meld) -> Demo:
    """Make the region in `folder` if it is not there yet, and run the pipeline on it."""
    from pipelines.orchestration.execute import run_once

    vergelijking = _prepare(folder, schaal=schaal, seed=seed, meld=meld)
    settings = Settings.load(folder / "data")
    return Demo(settings, run_once(settings), vergelijking)


def _prepare(folder: Path, *, schaal: float, seed: int, meld: Meld) -> list[dict[str, Any]]:
    wanted = {"seed": seed, "schaal": schaal, "schooljaren": list(SCHOOLJAREN)}
    marker = folder / "regio.json"
    if marker.exists():
        made = json.loads(marker.read_text(encoding="utf-8"))
        if made["regio"] != wanted:
            raise Gebruiksfout(
                "In deze map staat al een demo met een andere seed of schaal.",
                waar=str(folder),
                remedie="Kies een andere map met --map, of verwijder deze met: make clean",
            )
        meld("De fictieve regio staat er al; alleen wat nieuw is wordt ingenomen.")
        return made["vergelijking"]

    from pipelines.keys import new_key
    from pipelines.synthetic import generate

    home, keys = folder / "data", folder / "sleutels"
    for path in (folder, home, keys):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name in ("sleutel2", "afrondsleutel"):
        if not (keys / name).exists():
            new_key(keys / name)
    (home / BESTAND).write_text(_settings_text(), encoding="utf-8")
    meld(f"Fictieve regio maken (schaal {schaal:g}, seed {seed}) ...")
    overzicht = generate(seed=seed, schaal=schaal, schooljaren=SCHOOLJAREN, uit=home, meld=meld)
    made = {"regio": wanted, "vergelijking": overzicht.vergelijking()}
    marker.write_text(json.dumps(made, indent=1, ensure_ascii=False), encoding="utf-8")
    return made["vergelijking"]


def _settings_text() -> str:
    return (
        "# Instellingen van de demo: een fictieve regio.\n"
        "demo = true\n"
        'publiceren = "direct"\n'
        f"drempel_oogo = {DREMPEL_MINIMUM['oogo']}\n"
        f"drempel_openbaar = {DREMPEL_MINIMUM['openbaar']}\n"
        'sleutel = "../sleutels/sleutel2"\n'
        'afrondsleutel = "../sleutels/afrondsleutel"\n'
        'contact = "de beheerder van deze demo"\n'
    )
