"""Where accepted deliveries lie: one folder each, that appears whole or not at all.

Lives here: the folder of a delivery, the rename that commits it, listing what is in. Not here: whether a
delivery may come in (check), writing its rows (rows) and what becomes of it later (lifecycle).
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from pathlib import Path
from typing import Any

from pipelines.intake.levering import Levering
from pipelines.settings import Settings

ROWS, PROFILE, FACTS = "rijen.parquet", "profiel.json", "levering.json"


def leveringen_dir(settings: Settings) -> Path:
    return settings.intake / "leveringen"


def tombstone_dir(settings: Settings) -> Path:
    """Where the facts of withdrawn and expired deliveries stay when their rows are gone."""
    return settings.intake / "einde"


def write_tombstone(settings: Settings, levering_id: str, record: dict[str, Any]) -> None:
    folder = tombstone_dir(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_json(folder / f"{levering_id}.json", record)


def stored(settings: Settings) -> list[Levering]:
    """Every accepted delivery, superseded ones too, by id; withdrawn and expired ones are no more."""
    folder = leveringen_dir(settings)
    if not folder.is_dir():
        return []
    found = []
    for item in sorted(folder.iterdir()):
        facts = item / FACTS
        ended = (tombstone_dir(settings) / f"{item.name}.json").exists()
        if not item.name.startswith(".") and not ended and facts.is_file():
            found.append(Levering.from_dict(json.loads(facts.read_text(encoding="utf-8")), item / ROWS))
    return found


def active_leveringen(settings: Settings) -> list[Levering]:
    """Per (contract, bronhouder, schooljaar) the delivery with the newest leverdatum, then the latest
    accepted.
    """
    return newest(stored(settings))


def newest(leveringen: list[Levering]) -> list[Levering]:
    """The deliveries that count, by id; pure."""
    chosen: dict[tuple[str, str, str], Levering] = {}
    for levering in leveringen:
        rival = chosen.get(levering.sleutel)
        if rival is None or rank(levering) > rank(rival):
            chosen[levering.sleutel] = levering
    return sorted(chosen.values(), key=lambda levering: levering.levering_id)


def rank(levering: Levering) -> tuple[Any, ...]:
    """Of deliveries with the same contract, bronhouder and schooljaar the highest counts."""
    return levering.leverdatum, levering.volgnummer, levering.levering_id


def read_profile(levering: Levering) -> dict[str, Any]:
    return json.loads(levering.pad.with_name(PROFILE).read_text(encoding="utf-8"))


def read_facts(levering: Levering) -> dict[str, Any]:
    return json.loads(levering.pad.with_name(FACTS).read_text(encoding="utf-8"))


def clear_leftovers(settings: Settings) -> None:
    """Remove what a killed run left half done; only call while holding the lock."""
    folder = leveringen_dir(settings)
    if folder.is_dir():
        for item in folder.iterdir():
            if item.name.startswith("."):
                shutil.rmtree(item, ignore_errors=True)


class Draft:
    """A delivery being written beside the others, under a hidden name, until `commit` renames it into
    place.
    """

    def __init__(self, settings: Settings) -> None:
        parent = leveringen_dir(settings)
        parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.folder = parent / f".nieuw-{uuid.uuid4().hex}"
        self.folder.mkdir(mode=0o700)

    @property
    def rows(self) -> Path:
        return self.folder / ROWS

    def commit(self, levering: Levering, profiel: dict[str, Any], extra: dict[str, Any]) -> Levering:
        """Make the delivery count: everything on disk first, then one rename."""
        _write_json(self.folder / PROFILE, profiel)
        _write_json(self.folder / FACTS, levering.as_dict() | extra)
        for item in self.folder.iterdir():
            _sync(item)
        _sync(self.folder)
        target = self.folder.parent / levering.levering_id
        self.folder.rename(target)
        _sync(target.parent)
        return Levering.from_dict(json.loads((target / FACTS).read_text(encoding="utf-8")), target / ROWS)

    def discard(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def draft_rows(levering: Levering) -> Path:
    """Where rows that will replace those of a stored delivery are written first."""
    return levering.pad.with_name(".rijen.nieuw.parquet")


def replace_rows(levering: Levering, rijen: int, profiel: dict[str, Any]) -> None:
    """Put the draft rows in place of the stored ones, with profile and count to match."""
    draft = draft_rows(levering)
    _sync(draft)
    draft.replace(levering.pad)
    replace_json(levering.pad.with_name(PROFILE), profiel)
    facts = json.loads(levering.pad.with_name(FACTS).read_text(encoding="utf-8"))
    replace_json(levering.pad.with_name(FACTS), facts | {"rijen": rijen})


def replace_json(path: Path, values: dict[str, Any]) -> None:
    """Write a file whole or not at all."""
    draft = path.with_name(f".{path.name}.nieuw")
    _write_json(draft, values)
    _sync(draft)
    draft.replace(path)


def _write_json(path: Path, values: dict[str, Any]) -> None:
    text = json.dumps(values, ensure_ascii=False, sort_keys=True) + "\n"
    path.write_text(text, encoding="utf-8")


def _sync(path: Path) -> None:
    """Bytes on disk before the rename, so that a power cut cannot leave a name without content."""
    if os.name != "posix" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
