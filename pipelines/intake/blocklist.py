"""Persons who were forgotten and must not come back: kept as keyed hashes, so that the list names nobody.

Lives here: reading, extending and asking the list. Not here: erasing (forget). An entry is the HMAC with key
2 of the second pseudonym; without the key the list cannot be held against any delivery.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from pipelines.errors import Gebruiksfout
from pipelines.intake.store import replace_json
from pipelines.keys import Key
from pipelines.settings import Settings

_PREFIX = "blokkade:"


def blocklist_file(settings: Settings) -> Path:
    return settings.intake / "blokkade.json"


class Blocklist:
    """Asks whether second pseudonyms are blocked; empty if nobody was."""

    def __init__(self, settings: Settings, key: Key | None) -> None:
        path = blocklist_file(settings)
        listed = json.loads(path.read_text(encoding="utf-8"))["personen"] if path.is_file() else ()
        self.entries: frozenset[str] = frozenset(listed)
        self.key = key
        if self.entries and key is None:
            raise Gebruiksfout(
                "Er is een blokkadelijst, maar geen sleutel om haar te gebruiken.",
                waar="instelling sleutel (OA_SLEUTEL)",
                remedie="Stel het pad van het bestand met sleutel 2 in.",
            )

    def __bool__(self) -> bool:
        return bool(self.entries)

    def blocked(self, pseudonyms: Iterable[str]) -> set[str]:
        """Those of the second pseudonyms that are on the list."""
        distinct = list(dict.fromkeys(pseudonyms))
        return {
            name
            for name, entry in zip(distinct, _entries(self.key, distinct), strict=True)
            if entry in self.entries
        }


def extend(settings: Settings, key: Key, pseudonyms: Iterable[str]) -> None:
    """Add second pseudonyms to the list."""
    known = set(Blocklist(settings, key).entries)
    settings.intake.mkdir(parents=True, exist_ok=True, mode=0o700)
    replace_json(blocklist_file(settings), {"personen": sorted(known | set(_entries(key, list(pseudonyms))))})


def _entries(key: Key | None, pseudonyms: list[str]) -> list[str]:
    return key.many([f"{_PREFIX}{name}" for name in pseudonyms]) if key else []
