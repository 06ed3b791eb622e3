"""The evidence without which nothing is published: what each gate judged, and that it passed.

Lives here: recording a gate's verdict with the fingerprint of exactly what it judged, and refusing a
candidate for which a verdict is missing, failed, softened or about something else. Not here: judging
(gates).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.errors import KwaliteitspoortDicht, OaError, OnthullingspoortDicht
from pipelines.intake import Levering
from pipelines.publication.files import write_json
from pipelines.settings import Settings

LEVERING, MAGAZIJN, ONTHULLING, PUBLICATIE = POORTEN = ("levering", "magazijn", "onthulling", "publicatie")
# These two judge what every profiel shares; the others judge one candidate.
_SHARED = (LEVERING, MAGAZIJN)
_REMEDIE = "Voer `oa run` uit; een kandidaat zonder geldig bewijs wordt niet gepubliceerd."


@dataclass(frozen=True)
class Vereist:
    """What a gate must have judged: the fingerprint of its input and, for a candidate, the hash of each
    file."""

    poort: str
    vingerafdruk: str
    bestanden: Mapping[str, str]


def leveringen_fingerprint(leveringen: Iterable[Levering]) -> str:
    """64 hex over the deliveries that count and their profiles, which is what the gate `levering` judges."""
    digest = hashlib.sha256()
    for levering in sorted(leveringen, key=lambda item: item.levering_id):
        profile = levering.pad.with_name("profiel.json").read_bytes()
        for part in (
            levering.levering_id,
            levering.sha256,
            levering.contractversie,
            hashlib.sha256(profile).hexdigest(),
        ):
            digest.update(f"{part}\n".encode())
    return digest.hexdigest()


def record(
    settings: Settings,
    poort: str,
    *,
    vingerafdruk: str,
    controles: Sequence[Mapping[str, Any]],
    profiel: str | None = None,
    bestanden: Mapping[str, str] | None = None,
    regels: str = "",
    toelichting: Mapping[str, Any] | None = None,
) -> None:
    """Keep a gate's verdict, passed or failed, in place of its previous one.

    Each of `controles` has `naam`, `tabel`, `geslaagd`, `ernst` (`fout`, or `waarschuwing` for a softened
    one, which does not count as passed), `aantal_afwijkend` and `noemer`.
    """
    write_json(
        _path(settings, poort, profiel),
        {
            "poort": poort,
            "profiel": profiel,
            "vingerafdruk": vingerafdruk,
            "bestanden": dict(bestanden or {}),
            "regels": regels,
            "geslaagd": bool(controles) and all(_passed(controle) for controle in controles),
            "controles": [dict(controle) for controle in controles],
            "toelichting": dict(toelichting or {}),
            "beoordeeld_op": datetime.now(UTC).isoformat(timespec="seconds"),
        },
    )


def withdraw(settings: Settings, poort: str, profiel: str | None = None) -> None:
    """Forget a gate's verdict: called before it judges, so that a killed gate leaves none behind."""
    _path(settings, poort, profiel).unlink(missing_ok=True)


def standing(
    settings: Settings, needed: Vereist, profiel: str | None, regels: str
) -> list[dict[str, Any]] | None:
    """The checks of a verdict that passed under these rules on exactly this input; None if there is none."""
    try:
        found = _demand_one(settings, profiel, needed)
    except OaError:
        return None
    return found["controles"] if found["regels"] == regels else None


def demand(settings: Settings, profiel: str, required: Sequence[Vereist]) -> list[dict[str, Any]]:
    """The evidence for every gate; raises KwaliteitspoortDicht or OnthullingspoortDicht unless all of it
    holds."""
    if sorted(item.poort for item in required) != sorted(POORTEN):
        raise KwaliteitspoortDicht("Niet elke poort is gevraagd om bewijs.", waar=profiel, remedie=_REMEDIE)
    return [_demand_one(settings, profiel, item) for item in required]


def _demand_one(settings: Settings, profiel: str | None, item: Vereist) -> dict[str, Any]:
    path = _path(settings, item.poort, profiel)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        controles, _ = found["controles"], found["regels"]
        same = (found["poort"], found["vingerafdruk"], found["bestanden"]) == (
            item.poort,
            item.vingerafdruk,
            dict(item.bestanden),
        )
        failed = [controle for controle in controles if not _passed(controle)]
        passed = found["geslaagd"] is True and bool(controles) and not failed
    except FileNotFoundError:
        raise _closed(item.poort, profiel, "heeft geen oordeel gegeven") from None
    except (ValueError, KeyError, TypeError):
        raise _closed(item.poort, profiel, "heeft geen leesbaar oordeel gegeven") from None
    if not same:
        raise _closed(item.poort, profiel, "heeft iets anders beoordeeld dan deze kandidaat")
    if not passed:
        names = ", ".join(
            f"{controle.get('naam')} ({controle.get('aantal_afwijkend')})" for controle in failed[:10]
        )
        raise _closed(item.poort, profiel, f"is dicht: {len(failed)} controle(s) niet goed", names)
    return found


def _passed(controle: Mapping[str, Any]) -> bool:
    return controle["geslaagd"] is True and controle["ernst"] == "fout"


def _closed(poort: str, profiel: str | None, what: str, where: str = "") -> OaError:
    kind = OnthullingspoortDicht if poort == ONTHULLING else KwaliteitspoortDicht
    return kind(f"De poort {poort} {what}.", waar=where or f"profiel {profiel}", remedie=_REMEDIE)


def _path(settings: Settings, poort: str, profiel: str | None) -> Path:
    if poort not in POORTEN:
        raise ValueError(f"unknown gate: {poort}")
    name = poort if poort in _SHARED else f"{poort}_{profiel}"
    return settings.warehouse / "bewijs" / f"{name}.json"
