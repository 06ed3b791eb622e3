"""What every format delivers: a header and a SELECT of text columns with row numbers.

Lives here: the `Bron` that the format modules return, the translation of reader errors, and quoting of SQL.
Not here: anything about one format.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.errors import Gebruiksfout, LeveringGeweigerd

_LINE = re.compile(r"CSV Error on Line: (\d{1,10})\n")
_WIDTH = re.compile(r"^Expected Number of Columns: (\d{1,5}) Found: (\d{1,5})$", re.MULTILINE)


@dataclass(frozen=True)
class Dialect:
    """How a text file is read that DuckDB reads as it is; files of one dialect can be read in one pass."""

    header: tuple[str, ...]
    delimiter: str
    leeg: tuple[str, ...]
    spaties: bool


@dataclass
class Bron:
    """A readable file. `raw` is a SELECT giving `rij` and the columns of `header` as VARCHAR.

    `spaties`: cells may have spaces around the value, so they are trimmed (that costs time, so only where it
    was seen). `opmerkingen` are remarks for the bronhouder, without values. `dialect`, if not None, is all
    that reading the file `pad` depends on.
    """

    soort: str
    raw: str
    header: list[str]
    spaties: bool
    explain: Callable[[Exception], LeveringGeweigerd]
    opmerkingen: list[str] = field(default_factory=list)
    pad: Path | None = None
    dialect: Dialect | None = None


def broken_line(error: Exception) -> LeveringGeweigerd:
    """A refusal for an error of DuckDB's CSV reader: its line number, never its text (which quotes the
    line).
    """
    text = str(error)
    line, width = _LINE.search(text), _WIDTH.search(text)
    return LeveringGeweigerd(
        f"Een rij heeft {width[2]} velden, de kop {width[1]}."
        if line and width
        else "Een rij past niet bij de kop, of het bestand is beschadigd.",
        waar=f"rij {line[1]}" if line else "",
        remedie="Zet waarden met een scheidingsteken tussen aanhalingstekens, of exporteer opnieuw.",
    )


def check_readable(path: Path) -> None:
    """LeveringGeweigerd if the file cannot be opened: Windows keeps a file that is open in Excel to Excel."""
    try:
        with path.open("rb"):
            pass
    except OSError:
        raise LeveringGeweigerd(
            "Het bestand kan niet worden geopend.",
            remedie="Sluit het in andere programma's (zoals Excel) en controleer de leesrechten.",
        ) from None


def remove_copies(folder: Path) -> None:
    """Remove a folder of temporary copies; Gebruiksfout if that fails, because they may hold numbers of persons."""
    shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        raise Gebruiksfout(
            "Een tijdelijke kopie van het bestand kon niet worden verwijderd.",
            waar=str(folder),
            remedie="Verwijder deze map zelf; er kunnen nummers van personen in staan.",
        )


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """A path as DuckDB takes it literally: glob characters in it stand for themselves."""
    return literal("".join(f"[{char}]" if char in "*?[" else char for char in str(path)))
