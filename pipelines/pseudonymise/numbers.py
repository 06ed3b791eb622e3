"""Numbers of persons at the bronhouder: from what a cell holds to nine valid digits, and from those to step
1.

Lives here: cleaning and proving a BSN or onderwijsnummer, and counting what is not one. Not here: the HMAC
itself (keys). A number that is not valid is counted by row and never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from stdnum.nl import bsn, onderwijsnummer

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.reading.header import positions
from pipelines.keys import Key

#: Columns of a bronsysteem that hold a person's number, in order of preference.
PERSOONSNUMMERS = ("bsn", "burgerservicenummer", "persoonsgebonden_nummer", "pgn", "onderwijsnummer")
_SEPARATORS = re.compile(r"[\s.\-]")
_DIGITS = re.compile(r"[0-9]{8,9}")


def nine_digits(cell: str) -> str | None:
    """Nine digits if the cell holds a valid BSN or onderwijsnummer (dots, spaces and a lost zero aside)."""
    bare = _SEPARATORS.sub("", cell)
    if not _DIGITS.fullmatch(bare):
        return None
    number = bare.zfill(9)
    return number if bsn.is_valid(number) or onderwijsnummer.is_valid(number) else None


def bare_number(cell: str) -> str:
    """A running number of a bronsysteem in one spelling, whether it came as text or as a number (`007`,
    `7`).
    """
    bare = cell.strip()
    return (bare.lstrip("0") or "0") if bare.isascii() and bare.isdigit() else bare


class Pseudonymiser:
    """Step 1 over many cells, remembering the rows whose number is not valid."""

    def __init__(self, key: Key) -> None:
        self._key = key
        self._known: dict[str, str] = {}
        self.wrong: list[int] = []
        self.wrong_count = 0

    def persons(self, cells: Sequence[str | None], rows: Iterable[int]) -> list[str | None]:
        """Pseudonyms of BSNs or onderwijsnummers; None (and a remembered row) where there is none."""
        found: list[str | None] = []
        for cell, row in zip(cells, rows, strict=True):
            pseudonym = self.person(cell)
            if pseudonym is None:
                self.wrong_count += 1
                if len(self.wrong) < 10:
                    self.wrong.append(row)
            found.append(pseudonym)
        return found

    def person(self, cell: str | None) -> str | None:
        if cell is None:
            return None
        pseudonym = self._known.get(cell)
        if pseudonym is None:
            number = nine_digits(cell)
            if number is None:
                return None
            pseudonym = self._key.many((number,))[0]
            if len(self._known) > 200_000:  # rows of one child stand together, so little is lost
                self._known.clear()
            self._known[cell] = pseudonym
        return pseudonym

    def numbers(self, cells: Iterable[str | None]) -> list[str | None]:
        """Pseudonyms of other numbers (a ToewijzingNummer), None where the cell is empty or not ASCII."""
        return [
            self._key.many((bare_number(cell),))[0] if cell and cell.isascii() else None for cell in cells
        ]

    def refuse_wrong(self, what: str = "rij") -> None:
        """LeveringGeweigerd if any number was not valid."""
        if self.wrong_count:
            raise LeveringGeweigerd(
                f"{self.wrong_count} keer is het BSN of onderwijsnummer leeg of niet geldig (elfproef).",
                waar=f"{what} {positions(self.wrong, 10)}",
                remedie="Verbeter de nummers in het bronsysteem. Er is niets geschreven.",
            )
