"""The manifest beside a delivery: what the bronhouder says that it sent.

Lives here: reading `<file>.manifest.json` and holding it against the file's name, its hash and the rest
of the region. Not here: making one (pseudonymise) and judging rows (check). Nothing of its text is
quoted, because it comes from outside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pipelines.contracts import Contract
from pipelines.errors import LeveringGeweigerd
from pipelines.intake.levering import Naam, manifest_path

_MOST_BYTES = 64 * 1024
_REMEDY = "Maak de levering opnieuw met `oa pseudonymise`; die schrijft het manifest erbij."


@dataclass(frozen=True)
class Manifest:
    """`vingerafdruk` is that of the key of step `stap`; `rijen` counts data rows, without the header."""

    contract: str
    contractversie: str
    bronhouder: str
    schooljaar: str
    rijen: int
    sha256: str
    gemaakt_op: str
    stap: int
    vingerafdruk: str


def _is(pattern: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_time(value: Any) -> bool:
    try:
        datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


_FIELDS: dict[str, Callable[[Any], bool]] = {
    "contract": _is(r"[a-z]{1,40}"),
    "contractversie": _is(r"\d+\.\d+\.\d+"),
    "bronhouder": _is(r"[0-9]{4,5}"),
    "schooljaar": _is(r"[0-9]{4}-[0-9]{4}"),
    "rijen": lambda value: type(value) is int and value >= 0,
    "sha256": _is(r"[0-9a-f]{64}"),
    "gemaakt_op": _is_time,
    "stap": lambda value: type(value) is int and value in (1, 2),
    "vingerafdruk": _is(r"[0-9a-f]{16}"),
}


def read_manifest(delivery: Path, *, required: bool) -> Manifest | None:
    """The manifest of a delivery, None if there is none and none is required; LeveringGeweigerd if it is
    wrong.
    """
    path = manifest_path(delivery)
    if not path.is_file():
        if required:
            raise _refused("Bij de levering hoort een manifest en dat ontbreekt.")
        return None
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MOST_BYTES + 1)
        values = json.loads(raw.decode("utf-8-sig")) if len(raw) <= _MOST_BYTES else None
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise _refused("Het manifest is geen leesbare JSON.")
    missing = sorted(set(_FIELDS) - set(values))
    if missing:
        raise _refused(f"In het manifest ontbreekt: {', '.join(missing)}.")
    if len(values) > len(_FIELDS):
        raise _refused(
            "In het manifest staat iets dat er niet hoort.",
            f"Alleen deze gegevens horen erin: {', '.join(_FIELDS)}.",
        )
    wrong = [name for name, fits in _FIELDS.items() if not fits(values[name])]
    if wrong:
        raise _refused(f"In het manifest is niet goed ingevuld: {', '.join(wrong)}.")
    return Manifest(**values)


def check_manifest(manifest: Manifest, naam: Naam, contract: Contract, sha256: str) -> None:
    """Hold the manifest against name, contract and bytes; LeveringGeweigerd names all that differ."""
    differs = [
        name
        for name in ("contract", "bronhouder", "schooljaar")
        if getattr(manifest, name) != getattr(naam, name)
    ]
    if differs:
        raise _refused(f"Het manifest en de bestandsnaam verschillen in: {', '.join(differs)}.")
    if manifest.contractversie != contract.version:
        raise _refused(
            f"De levering volgt versie {manifest.contractversie} van het contract; "
            f"hier geldt {contract.version}.",
            "Werk het programma bij waarmee de levering is gemaakt en maak haar opnieuw.",
        )
    if manifest.sha256 != sha256:
        raise _refused(
            "Het bestand is niet het bestand waarvoor het manifest is gemaakt (sha256 verschilt).",
            "Stuur bestand en manifest samen opnieuw; het bestand kan onderweg zijn veranderd.",
        )


def check_region(manifest: Manifest, others: Iterable[tuple[int, str]], key2: str | None) -> None:
    """All deliveries of a region share one key per step; LeveringGeweigerd names both fingerprints.

    `others` are step and fingerprint of the deliveries that are in. A delivery with another key would be
    accepted and link to nobody, in silence.
    """
    expected = {vingerafdruk for stap, vingerafdruk in others if stap == manifest.stap}
    if manifest.stap == 2 and key2:
        expected.add(key2)
    if expected - {manifest.vingerafdruk}:
        raise _refused(
            f"De levering is gemaakt met een andere sleutel van stap {manifest.stap} dan de rest van de "
            f"regio: vingerafdruk {manifest.vingerafdruk}, verwacht {', '.join(sorted(expected))}.",
            "Gebruik het sleutelbestand van de regio (`oa key show` toont de vingerafdruk) en maak de "
            "levering opnieuw.",
        )


def _refused(what: str, remedy: str = _REMEDY) -> LeveringGeweigerd:
    return LeveringGeweigerd(what, waar="manifest", remedie=remedy)
