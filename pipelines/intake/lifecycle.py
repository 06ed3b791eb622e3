"""What becomes of a delivery after it came in: taken back, expired, and where each one stands.

Lives here: the end of a delivery (a tombstone that outlives its rows) and the overview of states. Not here:
the allowed moves (states), erasing persons (forget), dropping unmatched enrolments (minimise).
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipelines.contracts import add_term, load_contract, schooljaar_bounds
from pipelines.errors import Gebruiksfout
from pipelines.intake import quarantine, store
from pipelines.intake.levering import Levering, manifest_path
from pipelines.intake.states import (
    AANGENOMEN,
    GEWEIGERD,
    INGETROKKEN,
    VERLOPEN,
    VERVANGEN,
    check_move,
)
from pipelines.settings import Settings


@dataclass(frozen=True)
class Stand:
    """Where one delivery stands. `levering_id` is empty for a refused file."""

    toestand: str
    bestand: str
    levering_id: str = ""
    contract: str = ""
    bronhouder: str = ""
    schooljaar: str = ""
    leverdatum: str = ""
    rijen: int = 0
    op: str = ""
    door: str = ""


def overview(settings: Settings) -> list[Stand]:
    """Every delivery that was ever judged, by state and file; what waits in inbox/ is not judged yet."""
    active = {levering.levering_id for levering in store.active_leveringen(settings)}
    found = [
        Stand(
            AANGENOMEN if levering.levering_id in active else VERVANGEN,
            levering.bestand,
            levering.levering_id,
            *_naam(levering),
            levering.rijen,
            levering.aangenomen_op,
        )
        for levering in store.stored(settings)
    ]
    for record in ended(settings):
        found.append(
            Stand(
                record["toestand"],
                record["bestand"],
                record["levering_id"],
                record["contract"],
                record["bronhouder"],
                record["schooljaar"],
                record["leverdatum"],
                0,
                record["op"],
                record["door"],
            )
        )
    for bestand, record in quarantine.refused(settings).items():
        found.append(
            Stand(
                GEWEIGERD,
                bestand,
                "",
                record["contract"] or "",
                record["bronhouder"] or "",
                record["schooljaar"] or "",
                record["leverdatum"] or "",
                record["rijen"],
                record["geweigerd_op"],
            )
        )
    return sorted(found, key=lambda stand: (stand.toestand, stand.bestand))


def withdraw(settings: Settings, welke: str, *, door: str, vandaag: date) -> Levering:
    """Take a delivery back (by levering_id or file name): its rows are erased, an older one counts again.

    Raises Gebruiksfout if there is no such delivery or the name does not say which one.
    """
    if not door.strip():
        raise Gebruiksfout(
            "Er is geen naam opgegeven.",
            waar="--door",
            remedie="Noem wie de levering intrekt; dat komt in het logboek.",
        )
    matches = [
        levering for levering in store.stored(settings) if welke in (levering.levering_id, levering.bestand)
    ]
    if len(matches) != 1:
        what, remedy = (
            (
                "Er zijn meer leveringen met deze bestandsnaam.",
                "Gebruik het kenmerk uit het antwoord in antwoord/.",
            )
            if matches
            else (
                "Er is geen aangenomen levering met deze naam.",
                "Gebruik een bestandsnaam die `oa status` toont, of het kenmerk uit het antwoord in antwoord/.",
            )
        )
        raise Gebruiksfout(what, remedie=remedy)
    _end(settings, matches[0], INGETROKKEN, door.strip(), vandaag)
    return matches[0]


def expiry(contract: str, schooljaar: str) -> date:
    """The last day on which rows of this contract and schooljaar may be kept."""
    return add_term(schooljaar_bounds(schooljaar)[1], load_contract(contract).bewaartermijn)


def retain(settings: Settings, vandaag: date) -> dict[str, list[Levering]]:
    """Erase the rows of every schooljaar of which a term has passed, and return them per schooljaar.

    A schooljaar expires whole: with the rows of one contract gone, its figures could not be made again.
    """
    per_schooljaar: dict[str, list[Levering]] = {}
    for levering in store.stored(settings):
        per_schooljaar.setdefault(levering.schooljaar, []).append(levering)
    expired = {
        schooljaar: leveringen
        for schooljaar, leveringen in sorted(per_schooljaar.items())
        if any(vandaag > expiry(levering.contract, schooljaar) for levering in leveringen)
    }
    for leveringen in expired.values():
        for levering in leveringen:
            _end(settings, levering, VERLOPEN, "bewaartermijn", vandaag)
    return expired


def ended(settings: Settings) -> list[dict[str, Any]]:
    """The tombstones: facts of withdrawn and expired deliveries, without any row."""
    folder = store.tombstone_dir(settings)
    if not folder.is_dir():
        return []
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))]


def expired_schooljaren(settings: Settings) -> tuple[str, ...]:
    """Schooljaren whose rows are gone for good; their last published tables carry over."""
    return tuple(
        sorted({record["schooljaar"] for record in ended(settings) if record["toestand"] == VERLOPEN})
    )


def clear_ended(settings: Settings) -> None:
    """Finish what a killed run began: a delivery with a tombstone has no rows left."""
    for record in ended(settings):
        _remove_rows(settings, record["levering_id"])


def _end(settings: Settings, levering: Levering, toestand: str, door: str, vandaag: date) -> None:
    check_move(AANGENOMEN, toestand)
    record = levering.as_dict() | {"toestand": toestand, "door": door, "op": vandaag.isoformat()}
    # The tombstone decides: from here on the delivery does not count, even if its rows still lie there.
    store.write_tombstone(settings, levering.levering_id, record)
    _remove_rows(settings, levering.levering_id)
    if not settings.demo:
        manifest_path(settings.inbox / levering.bestand).unlink(missing_ok=True)


def _remove_rows(settings: Settings, levering_id: str) -> None:
    folder = store.leveringen_dir(settings) / levering_id
    if re.fullmatch(r"[a-z]+_[0-9]+_[0-9-]+_[0-9]+_[0-9a-f]+", levering_id) and folder.is_dir():
        gone = folder.with_name(f".weg-{levering_id}")
        shutil.rmtree(gone, ignore_errors=True)
        folder.rename(gone)
        shutil.rmtree(gone)


def _naam(levering: Levering) -> tuple[str, str, str, str]:
    return levering.contract, levering.bronhouder, levering.schooljaar, levering.leverdatum.isoformat()
