"""The typeface of the packs: Source Sans Pro (SIL Open Font License 1.1), from the package
font-source-sans-pro.

Lives here: finding it, or failing: a pack in another typeface would not be checked for accessibility.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pipelines.errors import Gebruiksfout

PACKAGE = "font_source_sans_pro"
REGULAR = "SourceSansPro-Regular.ttf"
USED = (
    REGULAR,
    "SourceSansPro-Bold.ttf",
    "SourceSansPro-Semibold.ttf",
    "SourceSansPro-It.ttf",
    "SourceSansPro-BoldIt.ttf",
)


@cache
def font_folder() -> Path:
    """The folder with the font files; Gebruiksfout if the package is not installed."""
    found = find_spec(PACKAGE)
    folder = Path(found.origin).parent / "files" if found and found.origin else None
    if folder is None or not all((folder / name).is_file() for name in USED):
        raise Gebruiksfout(
            "Het lettertype van de pakketten ontbreekt.",
            waar=PACKAGE,
            remedie="Installeer de omgeving opnieuw: make setup.",
        )
    return folder
