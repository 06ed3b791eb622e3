"""A copy of the newest release where readers can reach it: OA_HOME itself stays closed to everyone else.

Lives here: copying a whole release beside its predecessors, its rights, and the swap of `current`. Not here: making a
release. A reader sees the old copy or the new one; a copy that is not what was published is never pointed to.
"""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

from pipelines.errors import Gebruiksfout
from pipelines.publication.current import CURRENT, RELEASE, RELEASES, Release, current_folder, current_release
from pipelines.publication.files import commit_folder, fresh_folder, hashes, point
from pipelines.settings import Profiel, Settings

# Rights of a copy, folder and file: oogo is for the parties at the table, openbaar for everyone.
MODES = {"oogo": (0o750, 0o640), "openbaar": (0o755, 0o644)}


def hand_out(settings: Settings, profiel: Profiel, naar: Path, groep: str | None = None) -> Release:
    """Copy the newest release of `profiel` to `naar/<profiel>/releases/` and point `naar/<profiel>/current` to it.

    `groep` is the system group that may read it. The copy before this one stays, for whoever has it open; older
    ones go. Raises Gebruiksfout.
    """
    release = current_release(settings, profiel)
    if release is None:
        raise Gebruiksfout(
            f"Er is nog geen publicatie van profiel {profiel}.",
            waar=str(settings.publication),
            remedie="Draai eerst: oa run (en oa publish).",
        )
    naar = naar.resolve()
    if naar.is_relative_to(settings.home) or settings.home.is_relative_to(naar):
        raise Gebruiksfout(
            "Deze map ligt bij de gegevens: daar mag niemand anders bij.",
            waar=str(naar),
            remedie="Kies een map buiten de gegevens, bijvoorbeeld /srv/ondersteuningsanalyse.",
        )
    root = naar / profiel
    target = root / RELEASES / release.release
    before = current_folder(root)
    facts = json.loads((release.pad / RELEASE).read_text(encoding="utf-8"))
    nieuw = not (target.is_dir() and hashes(target) == facts["bestanden"])
    target.parent.mkdir(parents=True, exist_ok=True)
    if nieuw:
        _copy(release.pad, target, facts["bestanden"])
    _allow(root, target, *MODES[profiel], groep)
    if current_folder(root) != target:
        point(root / CURRENT, f"{RELEASES}/{release.release}")
    for folder in target.parent.iterdir():
        if folder not in (target, before):
            shutil.rmtree(folder)
    return Release(profiel, release.release, target, nieuw)


def _copy(source: Path, target: Path, wanted: dict[str, str]) -> None:
    draft = fresh_folder(target.with_name(f".{target.name}.tmp"))
    for name in (*wanted, RELEASE):
        (draft / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, draft / name)
    if hashes(draft) != wanted:
        shutil.rmtree(draft)
        raise Gebruiksfout(
            "De bestanden van deze publicatie zijn na het publiceren gewijzigd.",
            waar=str(source),
            remedie="Zet de publicatie terug uit een reservekopie, of publiceer opnieuw.",
        )
    commit_folder(draft, target)


def _allow(root: Path, target: Path, folder_mode: int, file_mode: int, groep: str | None) -> None:
    """Rights on the copy and on the folders that lead to it, set from the outside in."""
    for path in (root, target.parent, target, *sorted(target.rglob("*"))):
        if groep is not None:
            try:
                shutil.chown(path, group=groep)
            except (LookupError, PermissionError):
                raise Gebruiksfout(
                    "Deze groep kan de kopie niet krijgen.",
                    waar=f"--groep {groep}",
                    remedie="Kies een bestaande groep waar u zelf lid van bent, of vraag de beheerder.",
                ) from None
        mode = folder_mode if path.is_dir() else file_mode
        if stat.S_IMODE(path.stat().st_mode) != mode:
            path.chmod(mode)
