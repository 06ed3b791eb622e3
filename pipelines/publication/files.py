"""Writing so that a kill at any moment leaves the old or the new, never half of either.

Lives here: JSON by rename, folders by rename, hashes, a link that moves in one step. Not here: what is
written.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Write beside it and rename, so that a reader sees the old text or the new."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.tmp")
    draft.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    sync(draft)
    draft.replace(path)


def hashes(folder: Path) -> dict[str, str]:
    """sha256 per file of a release (all but release.json, which holds them), by its path within the folder."""
    found = {}
    for path in sorted(item for item in folder.rglob("*") if item.is_file() and item.name != "release.json"):
        with path.open("rb") as stream:
            found[path.relative_to(folder).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found


def fresh_folder(path: Path) -> Path:
    """An empty folder in place of whatever a killed run left under that name."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True, mode=0o700)
    return path


def commit_folder(draft: Path, target: Path) -> None:
    """Put a complete folder in place; an older one of that name goes first (only for what no reader
    opens)."""
    sync_tree(draft)
    if target.exists():
        old = target.with_name(f".{target.name}.oud")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        draft.rename(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        draft.rename(target)
    sync(target.parent)


def point(link: Path, target: str) -> None:
    """Make `link` a symbolic link to `target` (relative to it) in one step."""
    draft = link.with_name(f".{link.name}.tmp")
    draft.unlink(missing_ok=True)
    draft.symlink_to(target, target_is_directory=True)
    draft.replace(link)
    sync(link.parent)


def sync_tree(folder: Path) -> None:
    for path in [*folder.rglob("*"), folder]:
        sync(path)


def sync(path: Path) -> None:
    """Bytes on disk before a rename, so that a power cut cannot leave a name without content."""
    if os.name != "posix" and path.is_dir():
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
