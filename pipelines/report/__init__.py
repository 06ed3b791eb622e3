"""Packs for the OOGO and the comparison of releases, from a publication alone.

Lives here: the doors of this room. Not here: the warehouse, which this room never opens. Charts, PDF and
HTML libraries are imported when the first pack is built, so that a run without packs does not pay for them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any


def build_packs(release_dir: Path, uit: Path, *args: Any, **kwargs: Any) -> list[Path]:
    """See `pipelines.report.build.build_packs`."""
    from pipelines.report import build

    return build.build_packs(release_dir, uit, *args, **kwargs)


def verschil(a: Path, b: Path) -> Any:
    """See `pipelines.report.compare.verschil`."""
    from pipelines.report import compare

    return compare.verschil(a, b)
