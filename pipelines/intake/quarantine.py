"""Refused deliveries: the note for people and the record for the next run. The file itself stays in inbox/.

Lives here: writing, finding and clearing `<file>.afgekeurd.txt` and `.json`. Not here: the verdict (check).
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.intake.oordeel import Oordeel
from pipelines.settings import Settings

NOTE, RECORD = ".afgekeurd.txt", ".afgekeurd.json"


@dataclass(frozen=True)
class Weigering:
    """A refused delivery; `nota` is the note to read or send back."""

    bestand: str
    oordeel: Oordeel
    nota: Path


def refuse(settings: Settings, oordeel: Oordeel, signature: str, vandaag: date) -> Weigering:
    """Write note and record; the record last, because it is what keeps the file from being judged again."""
    settings.quarantine.mkdir(parents=True, exist_ok=True, mode=0o700)
    note = settings.quarantine / f"{oordeel.bestand}{NOTE}"
    _replace(note, oordeel.tekst() + "\n")
    record = oordeel.as_dict() | {"kenmerk": signature, "geweigerd_op": vandaag.isoformat()}
    _replace(
        settings.quarantine / f"{oordeel.bestand}{RECORD}",
        json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n",
    )
    return Weigering(oordeel.bestand, oordeel, note)


def refused(settings: Settings) -> dict[str, dict[str, Any]]:
    """Records of refused deliveries by the name they are shown under."""
    if not settings.quarantine.is_dir():
        return {}
    return {
        path.name.removesuffix(RECORD): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(settings.quarantine.glob(f"*{RECORD}"))
    }


def lift(settings: Settings, bestand: str) -> None:
    """Remove the note of a delivery that came in after all: record first, so that no note is left
    unexplained.
    """
    for suffix in (RECORD, NOTE):
        (settings.quarantine / f"{bestand}{suffix}").unlink(missing_ok=True)


def _replace(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.nieuw")
    with draft.open("w", encoding="utf-8") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
