"""Finding and judging the header row of a table.

Lives here: which row is the header, and refusing names that are empty, double or reserved. Not here:
whether a column is allowed (check). A file without a header has data where the names should be, so messages
give positions only.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipelines.errors import Gebruiksfout, LeveringGeweigerd

#: Column names that a message may repeat without being in a contract: they are no child's name or number.
BEKENDE_WOORDEN = frozenset(
    (
        "aanbieder",
        "achternaam",
        "adres",
        "beschikkingsnummer",
        "bsn",
        "burgerservicenummer",
        "commentaar",
        "e-mail",
        "email",
        "emailadres",
        "geboortedatum",
        "geslacht",
        "gezin",
        "groep",
        "huisnummer",
        "klas",
        "leeftijd",
        "leerlingnummer",
        "naam",
        "nummer",
        "onderwijsnummer",
        "opmerking",
        "opmerkingen",
        "ouder",
        "pgn",
        "plaats",
        "postcode",
        "roepnaam",
        "straat",
        "telefoon",
        "telefoonnummer",
        "toelichting",
        "toewijzingnummer",
        "tussenvoegsel",
        "voornaam",
        "voornamen",
        "woonplaats",
    )
)
_DEPTH = 50  # title rows above a header are fewer than this
_RESERVED = ("rij",)


@dataclass(frozen=True)
class Zoek:
    """What helps to find the header: names that may occur (casefolded), or its row number (from 1)."""

    namen: frozenset[str] = frozenset()
    koprij: int | None = None
    blad: str | None = None


def find_header(rows: Sequence[Sequence[str]], zoek: Zoek) -> int:
    """Index of the header row: as told, else the row with most known names, else the first filled row."""
    if zoek.koprij is not None:
        if not 1 <= zoek.koprij <= len(rows):
            raise Gebruiksfout(
                f"De koprij {zoek.koprij} bestaat niet in dit bestand.",
                waar="koppeling: koprij",
                remedie="Geef het rijnummer waarin de kolomnamen staan.",
            )
        return zoek.koprij - 1
    if rows and all_known(rows[0], zoek):
        return 0
    filled = [number for number, row in enumerate(rows[:_DEPTH]) if any(cell.strip() for cell in row)]
    if not filled:
        raise LeveringGeweigerd("Het bestand is leeg.", remedie="Exporteer het bestand opnieuw.")
    known = {number: sum(_bare(cell) in zoek.namen for cell in rows[number]) for number in filled}
    best = max(filled, key=lambda number: (known[number], -number))
    return best if known[best] > 0 else filled[0]


def all_known(cells: Sequence[str], zoek: Zoek) -> bool:
    """True if every cell of a row is a known name, and so many are that no other row can beat it."""
    return 2 * len(cells) > len(zoek.namen) > 0 and all(_bare(cell) in zoek.namen for cell in cells)


def check_header(cells: Sequence[str], *, rij: int = 1) -> list[str]:
    """Column names, trimmed, without empty columns at the end; LeveringGeweigerd if one is not usable."""
    names = [cell.strip().strip("\ufeff").strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    empty = [number for number, name in enumerate(names, 1) if not name]
    if empty or not names:
        raise LeveringGeweigerd(
            "Een kolom heeft geen naam.",
            waar=f"rij {rij}, kolom {positions(empty)}",
            remedie="Geef elke kolom een naam, of verwijder de lege kolommen.",
        )
    seen: dict[str, int] = {}
    double = [
        number for number, name in enumerate(names, 1) if seen.setdefault(name.casefold(), number) != number
    ]
    if double:
        raise LeveringGeweigerd(
            "Een kolomnaam komt meer dan één keer voor.",
            waar=f"rij {rij}, kolom {positions(double)}",
            remedie="Laat van elke kolom één exemplaar staan.",
        )
    reserved = [number for number, name in enumerate(names, 1) if name.casefold() in _RESERVED]
    if reserved:
        raise LeveringGeweigerd(
            "De kolomnaam rij is gereserveerd; geen contract vraagt erom.",
            waar=f"rij {rij}, kolom {positions(reserved)}",
            remedie="Verwijder of hernoem deze kolom.",
        )
    too_long = [number for number, name in enumerate(names, 1) if len(name) > 200 or "\0" in name]
    if too_long:
        raise LeveringGeweigerd(
            "Een kolomnaam is onbruikbaar lang.",
            waar=f"rij {rij}, kolom {positions(too_long)}",
            remedie="Zet de kolomnamen van het contract in de eerste rij.",
        )
    return names


def shown_column(name: str, number: int, known: Collection[str] = ()) -> str:
    """How a message may call a column: by its name if that is a known word, else by its place (from 1)."""
    return name if name in known or name.casefold() in BEKENDE_WOORDEN else f"nummer {number}"


def positions(numbers: Sequence[int], most: int = 5) -> str:
    """`3, 7 en nog 4` for a message."""
    shown = ", ".join(str(number) for number in numbers[:most])
    return f"{shown} en nog {len(numbers) - most}" if len(numbers) > most else shown


def _bare(cell: str) -> str:
    return cell.strip().strip("\ufeff").strip().casefold()
