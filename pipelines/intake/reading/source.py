"""What every format delivers: a header and a SELECT of text columns with row numbers.

Lives here: the `Bron` that the format modules return, its translation of reader errors, and quoting of SQL. Not
here: anything about one format.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.reading.values import normalised

if TYPE_CHECKING:
    from pipelines.contracts import Contract

_LINE = re.compile(r"CSV Error on Line: (\d+)")


@dataclass
class Bron:
    """A readable file. `raw` is a SELECT giving `rij` and the columns of `header` as VARCHAR."""

    soort: str
    raw: str
    header: list[str]
    #: Cells may carry spaces around the value, so they are trimmed (costs time, so only where it was seen).
    spaties: bool = True
    #: Columns that held numbers, not text: there a code has lost its leading zeros.
    getallen: frozenset[str] = frozenset()
    explain: Callable[[Exception], LeveringGeweigerd] = field(default=lambda error: unreadable(error))

    def select(self, contract: Contract | None) -> tuple[str, list[str]]:
        """The relation with every value normalised as the contract asks, and its columns."""
        known = {column.name: column for column in contract.columns} if contract else {}
        parts = [
            f"{normalised(identifier(name), known.get(name), spaties=self.spaties, getal=name in self.getallen)}"
            f" AS {identifier(name)}"
            for name in self.header
        ]
        return f"SELECT rij, {', '.join(parts)} FROM ({self.raw})", list(self.header)


def check_header(names: list[str]) -> list[str]:
    """Column names as found, trimmed; LeveringGeweigerd if one is empty, double or reserved."""
    names = [name.strip().strip("\ufeff").strip() for name in names]
    empty = [number for number, name in enumerate(names, 1) if not name]
    if empty:
        raise LeveringGeweigerd(
            f"{len(empty)} kolom(men) zonder naam.", waar=f"rij 1, kolom {positions(empty)}",
            remedie="Geef elke kolom de naam uit het contract, of verwijder de lege kolommen.",
        )
    seen: dict[str, int] = {}
    double = [number for number, name in enumerate(names, 1) if seen.setdefault(name.casefold(), number) != number]
    if double:
        raise LeveringGeweigerd(
            "Een kolomnaam komt meer dan één keer voor.", waar=f"rij 1, kolom {positions(double)}",
            remedie="Laat van elke kolom één exemplaar staan.",
        )
    reserved = [number for number, name in enumerate(names, 1) if name.casefold() == "rij"]
    if reserved:
        raise LeveringGeweigerd(
            "De kolomnaam rij is gereserveerd en staat in geen contract.", waar=f"rij 1, kolom {positions(reserved)}",
            remedie="Verwijder deze kolom.",
        )
    return names


def unreadable(error: Exception) -> LeveringGeweigerd:
    """A refusal for a reader's error: its line number, never its text (which quotes the line)."""
    match = _LINE.search(str(error))
    return LeveringGeweigerd(
        "Het bestand kan niet worden gelezen: een regel past niet bij de kolommen of het bestand is beschadigd.",
        waar=f"rij {match.group(1)}" if match else "",
        remedie="Exporteer het bestand opnieuw uit het bronsysteem, of sla het opnieuw op als CSV UTF-8.",
    )


def positions(numbers: list[int], most: int = 5) -> str:
    """`3, 7 en nog 4` for a message."""
    shown = ", ".join(str(number) for number in numbers[:most])
    return f"{shown} en nog {len(numbers) - most}" if len(numbers) > most else shown


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def path_literal(path: Path) -> str:
    """A path as DuckDB takes it literally: glob characters in it stand for themselves."""
    return literal("".join(f"[{char}]" if char in "*?[" else char for char in str(path)))
