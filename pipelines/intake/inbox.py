"""From inbox/ to stored deliveries: what is new, what is known, what is refused.

Lives here: `take_in`, `has_new` and `check_file`, and how many files are read together. Not here: what becomes of
one file (round).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pipelines.errors import Gebruiksfout
from pipelines.intake import lifecycle, store
from pipelines.intake.levering import (
    is_delivery,
)
from pipelines.intake.oordeel import Oordeel
from pipelines.intake.round import TIJDELIJK, Inname, Meld, Round
from pipelines.settings import Settings

BUNDLE_BYTES, BUNDLE_FILES = 24_000_000, 100


def take_in(settings: Settings, meld: Meld = lambda _: None, *, vandaag: date | None = None) -> Inname:
    """Take in every new delivery of inbox/ (the caller holds the lock of OA_HOME).

    Outside the demo a file leaves inbox/ when it is in, and so does one that was refused long ago.

    Raises Gebruiksfout if key 2 is needed and not set, or outside the demo if `verwerking.toml` is missing or
    not complete; a bad delivery is refused, never raised.
    """
    inname = Inname()
    store.clear_leftovers(settings)
    lifecycle.clear_ended(settings)
    shutil.rmtree(settings.inbox / TIJDELIJK, ignore_errors=True)
    files = _files(settings)
    if not files:
        return inname
    with Round(settings, vandaag or date.today(), accountable=True) as ronde:
        number = 0
        for bundle in _bundles(files):
            meld(f"levering {number + 1} tot en met {number + len(bundle)} van {len(files)} lezen")
            with ronde.ahead(bundle) as read:
                for path in bundle:
                    number += 1
                    told = f"levering {number} van {len(files)}"
                    ronde.take(path, inname, lambda text, told=told: meld(f"{told}: {text}"), read.get(path))
    return inname


def has_new(settings: Settings, *, vandaag: date | None = None) -> bool:
    """True if take_in would do anything with a file in inbox/; judges nothing and writes nothing."""
    files = _files(settings)
    if not files:
        return False
    with Round(settings, vandaag or date.today(), accountable=False) as ronde:
        return not all(ronde.settled(path) for path in files)


def _files(settings: Settings) -> list[Path]:
    return sorted(filter(is_delivery, settings.inbox.iterdir())) if settings.inbox.is_dir() else []


def _bundles(files: list[Path]) -> Iterator[list[Path]]:
    """The files in order, a few at a time: so many that reading them together pays, so few that their rows fit."""
    bundle: list[Path] = []
    size = 0
    for path in files:
        bytes_ = path.stat().st_size if path.exists() else 0
        if bundle and (size + bytes_ > BUNDLE_BYTES or len(bundle) == BUNDLE_FILES):
            yield bundle
            bundle, size = [], 0
        bundle.append(path)
        size += bytes_
    if bundle:
        yield bundle


def check_file(path: Path, settings: Settings) -> Oordeel:
    """Judge one file as take_in would, without taking it in or writing anything."""
    path = Path(path)
    if not path.is_file():
        raise Gebruiksfout("Het bestand bestaat niet.", waar=path.name, remedie="Controleer het pad.")
    with Round(settings, date.today(), accountable=False) as ronde, ronde.judged(path) as beoordeling:
        return beoordeling.oordeel
