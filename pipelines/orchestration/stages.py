"""The stages of a run, each a plain function over the rooms that leaves its evidence behind.

Lives here: which room follows which and which gate stands between. Not here: Dagster (assets call these) and any
rule. A stage raises an OaError or leaves a complete result; it never leaves half of one.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines import gates, intake, memory, publication, warehouse
from pipelines.contracts.verwerking import read_verwerking
from pipelines.errors import Gebruiksfout, LeveringGeweigerd, Onverwacht, guarded
from pipelines.intake import answer, lifecycle, link, logboek, minimise, reference
from pipelines.intake import forget as erasure
from pipelines.lock import hold
from pipelines.progress import Meld, silent
from pipelines.publication.evidence import LEVERING
from pipelines.settings import Profiel, Settings


def profielen(settings: Settings) -> tuple[Profiel, ...]:
    """The profielen that this installation publishes."""
    return settings.profielen


def nothing_new(settings: Settings) -> int | None:
    """The number of known deliveries if a run would change nothing; None if it would (or to be sure).

    Nothing changed if inbox/ holds only what was judged before and, for every profiel, the current release (or, where
    a person has to agree, the candidate) was made from exactly these inputs by exactly this code.
    """
    with guarded("kijken of er iets nieuws is"):
        if intake.has_new(settings):
            return None
        leveringen = intake.active_leveringen(settings)
        magazijn = warehouse.fingerprint(settings, leveringen)
        for profiel in profielen(settings):
            if not publication.up_to_date(settings, profiel, magazijn, leveringen):
                return None
        return len(leveringen)


def check_ready(settings: Settings) -> None:
    """What a run needs before it starts: a chosen drempel and, outside the demo, the agreements."""
    for profiel in profielen(settings):
        settings.drempel(profiel)
    if not settings.demo:
        read_verwerking(settings.home)


def take_in(settings: Settings, meld: Meld = silent) -> intake.Inname:
    """Take in what is new in inbox/; a bad delivery is refused and told, not raised."""
    check_ready(settings)
    with guarded("inname van leveringen"):
        meld("Inname: kijken wat er in inbox/ staat")
        inname = intake.take_in(settings, meld)
        minimise.minimise(settings, date.today())
        if inname.aangenomen or inname.geweigerd:
            _answer(settings, inname)
        if inname.aangenomen or inname.geweigerd:
            logboek.write(
                settings, "inname", aangenomen=len(inname.aangenomen), geweigerd=len(inname.geweigerd)
            )
        return inname


def _answer(settings: Settings, inname: intake.Inname) -> None:
    """An answer for each bronhouder; what the link tells of others is shown above the drempel only."""
    with reference.connect(settings) as con:
        found = {item.levering_id: item for item in link.koppelingen(intake.active_leveringen(settings), con)}
    answer.write_answers(settings, inname.aangenomen, inname.geweigerd, found, settings.drempel("oogo"))


def require_deliveries(settings: Settings, inname: intake.Inname) -> None:
    """Without any delivery there is nothing to judge: say so, in the words of what happened."""
    if intake.active_leveringen(settings):
        return
    if inname.geweigerd or inname.eerder_geweigerd:
        raise LeveringGeweigerd(
            "Elke levering is geweigerd; er is niets om mee verder te gaan.",
            waar=str(settings.quarantine),
            remedie="Lees de notities in quarantine/ en vraag de bronhouders om nieuwe leveringen.",
        )
    raise Gebruiksfout(
        "Er zijn nog geen leveringen.",
        waar=str(settings.inbox),
        remedie="Zet leveringen met hun manifest in inbox/ en voer oa run opnieuw uit.",
    )


def judge_deliveries(settings: Settings, meld: Meld = silent) -> gates.Oordeel:
    """Judge the profiles of the active deliveries; the verdict is recorded, and the caller demands it."""
    with guarded("beoordelen van de leveringen"):
        return gates.judge_leveringen(settings, intake.active_leveringen(settings), meld)


def build_warehouse(settings: Settings, meld: Meld = silent) -> tuple[warehouse.Bouw, gates.Oordeel]:
    """Rebuild the warehouse from the active deliveries; WarehouseAfgekeurd if a model or test fails."""
    with guarded("bouwen van het magazijn"):
        memory.trim()
        bouw = warehouse.build(settings, intake.active_leveringen(settings), meld)
        return bouw, gates.judge_magazijn(settings, bouw)


def build_candidate(settings: Settings, profiel: Profiel, meld: Meld = silent) -> publication.Kandidaat:
    """Protect the marts and write the candidate of `profiel`; OnthullingspoortDicht if that cannot be proven."""
    with guarded(f"maken van de kandidaat {profiel}"):
        leveringen = intake.active_leveringen(settings)
        bouw, oordeel = build_warehouse(settings, meld)  # what lies there, unless something changed since
        oordeel.require()
        memory.trim()
        return publication.build_candidate(settings, profiel, bouw, leveringen, meld)


def judge_candidate(settings: Settings, profiel: Profiel, meld: Meld = silent) -> gates.Oordeel:
    """Judge the candidate's own files; the verdict is recorded, and the caller demands it."""
    with guarded(f"beoordelen van de kandidaat {profiel}"):
        return gates.judge_kandidaat(settings, publication.read_candidate(settings, profiel), meld)


def publish(
    settings: Settings, profiel: Profiel, *, akkoord: str | None = None, meld: Meld = silent
) -> publication.Release:
    """Release the candidate, if every gate has passing evidence for exactly it (and a person agreed)."""
    with guarded(f"publiceren van {profiel}"):
        release = publication.publish(settings, profiel, akkoord)
        if release.nieuw:
            told = {"akkoord": akkoord} if akkoord else {}
            logboek.write(settings, "publish", profiel=profiel, release=release.release, **told)
        meld(
            f"Gepubliceerd: {profiel} {release.release}"
            if release.nieuw
            else f"De publicatie {release.release} ({profiel}) staat er al"
        )
        return release


def release_all(
    settings: Settings,
    *,
    akkoord: str,
    profiel: str | None,
    meld: Meld = silent,
) -> list[publication.Release]:
    """Release the candidate of one profiel, or of every profiel of this installation, on a person's word."""
    if not akkoord.strip():
        raise Gebruiksfout(
            "Er is geen naam gegeven.",
            waar="--akkoord",
            remedie='Noem wie de publicatie vrijgeeft: oa publish --akkoord "Naam"',
        )
    wanted = [item for item in profielen(settings) if profiel in (None, item)]
    if not wanted:
        raise Gebruiksfout(
            "Dit profiel bestaat niet.",
            waar="--profiel",
            remedie=f"Kies uit: {', '.join(profielen(settings))}.",
        )
    return [publish(settings, item, akkoord=akkoord, meld=meld) for item in wanted]


def withdraw(settings: Settings, welke: str, *, door: str, vandaag: date) -> intake.Levering:
    """Take a delivery back, named by its file or its kenmerk; takes the lock. What counts it is not published."""
    with hold(settings), guarded("terugnemen van een levering"):
        gone = lifecycle.withdraw(settings, welke, door=door, vandaag=vandaag)
        publication.withdraw(settings, LEVERING)
        logboek.write(settings, "withdraw", levering=gone.levering_id, door=door)
        return gone


def retain(settings: Settings, vandaag: date, meld: Meld = silent) -> dict[str, list[intake.Levering]]:
    """Let every schooljaar whose term is over expire whole, and rebuild without it; takes the lock."""
    with hold(settings), guarded("laten verlopen van schooljaren"):
        expired = lifecycle.retain(settings, vandaag)
        if expired:
            logboek.write(settings, "retention", leveringen=sum(map(len, expired.values())))
            _rebuild(settings, meld)
        return expired


@dataclass(frozen=True)
class Gewist:
    """What an erasure did: rows gone, deliveries that held them, and the releases that counted them."""

    rijen: int
    leveringen: tuple[str, ...]
    publicaties: tuple[str, ...]


def forget(settings: Settings, bestand: Path, *, blokkeer: bool = False, meld: Meld = silent) -> Gewist:
    """Erase the persons of a bronhouder's list everywhere under OA_HOME; takes the lock.

    Raises Onverwacht if a file still holds one of them afterwards: an erasure is proven, not assumed.
    """
    from pipelines.pseudonymise import read_forget

    with hold(settings), guarded("wissen van personen"):
        wanted = read_forget(bestand)
        counted = _releases_with(settings)
        result = erasure.forget(
            settings,
            wanted.pseudoniemen,
            stap=wanted.stap,
            vingerafdruk=wanted.vingerafdruk,
            bestand=bestand,
            blokkeer=blokkeer,
        )
        meld(f"Gewist uit {len(result.leveringen)} leveringen; het magazijn wordt opnieuw gebouwd")
        _rebuild(settings, meld)
        left = erasure.sweep(settings, wanted.pseudoniemen, stap=wanted.stap)
        logboek.write(settings, "forget", personen=result.personen, gewist=result.rijen)
    if left:
        raise Onverwacht(
            f"Na het wissen bevatten nog {len(left)} bestanden een van deze personen.",
            waar=", ".join(path.relative_to(settings.home).parts[0] for path in left),
            remedie="Voer de opdracht opnieuw uit; blijft dit, verwijder dan de genoemde map en voer oa run uit.",
        )
    touched = set(result.leveringen)
    return Gewist(
        result.rijen,
        result.leveringen,
        tuple(release for release, held in sorted(counted.items()) if held & touched),
    )


def _rebuild(settings: Settings, meld: Meld) -> None:
    """A fresh warehouse file: what was erased was never in it. The next run judges and publishes; a candidate
    that still counts it has lost its evidence.
    """
    publication.withdraw(settings, LEVERING)
    leveringen = intake.active_leveringen(settings)
    if leveringen or warehouse.warehouse_file(settings).exists():
        warehouse.build(settings, leveringen, meld, opnieuw=True)


def _releases_with(settings: Settings) -> dict[str, set[str]]:
    """Per release the deliveries that it counted, by their hash as in levering_id."""
    stored = {
        (item.contract, item.bronhouder, item.schooljaar, item.sha256): item.levering_id
        for item in intake.stored(settings)
    }
    found = {}
    for path in settings.publication.glob("*/releases/*/release.json"):
        facts = json.loads(path.read_text(encoding="utf-8"))
        found[f"{facts['profiel']} {facts['release']}"] = {
            stored.get((item["contract"], item["bronhouder"], item["schooljaar"], item["sha256"]), "")
            for item in facts["leveringen"]
        }
    return found
