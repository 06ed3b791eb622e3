"""Publishing: the candidate becomes a release, in one step that no reader can see halfway.

Lives here: the demand for evidence, a person's consent, the copy and the swap. Not here: making or judging
the candidate. Killed anywhere, the previous release stays; a rerun ends in the same place.
"""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

from pipelines.disclosure import history
from pipelines.errors import Gebruiksfout, KwaliteitspoortDicht
from pipelines.publication import evidence
from pipelines.publication.candidate import Kandidaat, history_draft, read_candidate
from pipelines.publication.current import CURRENT, RELEASE, RELEASES, Release, current_folder
from pipelines.publication.files import fresh_folder, hashes, point, sync, sync_tree, write_json
from pipelines.settings import Profiel, Settings


def publish(settings: Settings, profiel: Profiel, akkoord: str | None = None) -> Release:
    """Make the candidate of `profiel` the current release.

    Raises KwaliteitspoortDicht or OnthullingspoortDicht unless every gate has passing evidence for exactly
    these files, and Gebruiksfout if a person must agree first (`publiceren = na_akkoord`) and none is
    named.
    """
    kandidaat = read_candidate(settings, profiel)
    if kandidaat.profiel != profiel:
        raise KwaliteitspoortDicht(
            "De kandidaat is voor een ander profiel gemaakt.", waar=profiel, remedie="Voer `oa run` uit."
        )
    proof = evidence.demand(settings, profiel, kandidaat.vereist)
    name = (akkoord or "").strip()
    if settings.publiceren == "na_akkoord" and not name:
        raise Gebruiksfout(
            "Deze installatie publiceert pas na akkoord van een persoon.",
            waar=f"profiel {profiel}",
            remedie="Bekijk de kandidaat en voer uit: oa publish --akkoord NAAM",
        )

    root = settings.publication / profiel
    target = root / RELEASES / kandidaat.release
    nieuw = not _same(target, kandidaat)
    if nieuw:
        # First the history: what readers may have seen must never be forgotten, even if this run dies here.
        history.append(settings.historie, history_draft(settings, profiel))
        _copy(kandidaat, target, proof, name)
    if current_folder(root) != target.resolve():
        point(root / CURRENT, f"{RELEASES}/{kandidaat.release}")
    return Release(profiel, kandidaat.release, target, nieuw)


def _same(target: Path, kandidaat: Kandidaat) -> bool:
    """True if this release already lies there; a release never changes, so another content is refused."""
    if not target.exists():
        return False
    parquet = {name: hash_ for name, hash_ in hashes(target).items() if name.endswith(".parquet")}
    if parquet != {name: hash_ for name, hash_ in kandidaat.bestanden.items() if name.endswith(".parquet")}:
        raise KwaliteitspoortDicht(
            "Onder deze naam ligt al een andere publicatie, en een publicatie verandert niet.",
            waar=f"{target.parent.name}/{target.name}",
            remedie="Zoek uit waarom dezelfde invoer andere cijfers geeft, of wie de bestanden wijzigde.",
        )
    return True


def _copy(kandidaat: Kandidaat, target: Path, proof: list[dict], akkoord: str) -> None:
    """Copy beside the other releases, check the copy, and rename: readers see all of it or nothing."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = fresh_folder(target.with_name(f"{target.name}.tmp"))
    for name in kandidaat.bestanden:
        (draft / name).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(kandidaat.pad / name, draft / name)
    if hashes(draft) != kandidaat.bestanden:
        shutil.rmtree(draft, ignore_errors=True)
        raise KwaliteitspoortDicht(
            "De kandidaat is na de beoordeling gewijzigd.",
            waar=str(kandidaat.pad),
            remedie="Voer `oa run` uit: dan wordt de kandidaat opnieuw gemaakt en beoordeeld.",
        )
    facts = json.loads((kandidaat.pad / RELEASE).read_text(encoding="utf-8"))
    write_json(
        draft / RELEASE,
        facts
        | {
            "gepubliceerd_op": datetime.now(UTC).isoformat(timespec="seconds"),
            "akkoord": akkoord or None,
            "bewijs": proof,
        },
    )
    sync_tree(draft)
    draft.rename(target)
    sync(target.parent)
