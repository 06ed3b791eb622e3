"""The release that readers open now.

Lives here: where releases lie and which one `current` points to. Not here: making or publishing one.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipelines.settings import Settings

CURRENT, RELEASES, RELEASE = "current", "releases", "release.json"


@dataclass(frozen=True)
class Release:
    """A published release: `pad` is its own folder, which stays when a newer one comes."""

    profiel: str
    release: str
    pad: Path
    nieuw: bool


def current_release(settings: Settings, profiel: str) -> Release | None:
    """The release that readers open now; None if nothing was published yet."""
    folder = current_folder(settings.publication / profiel)
    if folder is None or not (folder / RELEASE).is_file():
        return None
    return Release(profiel, folder.name, folder, nieuw=False)


def current_folder(root: Path) -> Path | None:
    link = root / CURRENT
    return link.resolve() if link.is_symlink() and link.exists() else None
