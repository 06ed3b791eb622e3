"""The life of a delivery: its states and the moves that are allowed, as one table.

Lives here: the table, the questions `can_move` and `check_move`, and the diagram drawn from it. Not here:
making a move (inbox, lifecycle). What the table does not list is not allowed.
"""

from __future__ import annotations

from dataclasses import dataclass

ONTVANGEN, GEWEIGERD, AANGENOMEN = "ontvangen", "geweigerd", "aangenomen"
VERVANGEN, INGETROKKEN, VERLOPEN = "vervangen", "ingetrokken", "verlopen"

TOESTANDEN = {
    ONTVANGEN: "staat in inbox/ en is nog niet beoordeeld",
    GEWEIGERD: "past niet bij het contract; bestand blijft staan, notitie in quarantine/",
    AANGENOMEN: "telt mee",
    VERVANGEN: "een nieuwere levering van dezelfde bronhouder over hetzelfde schooljaar telt mee",
    INGETROKKEN: "teruggenomen; de rijen zijn gewist",
    VERLOPEN: "de bewaartermijn van het schooljaar is voorbij; de rijen zijn gewist",
}


@dataclass(frozen=True)
class Overgang:
    """One allowed move and what causes it."""

    van: str
    naar: str
    door: str


OVERGANGEN = (
    Overgang(ONTVANGEN, AANGENOMEN, "past bij het contract"),
    Overgang(ONTVANGEN, GEWEIGERD, "past niet bij het contract"),
    Overgang(GEWEIGERD, ONTVANGEN, "bestand, manifest of referentie verandert"),
    Overgang(AANGENOMEN, VERVANGEN, "nieuwere levering"),
    Overgang(VERVANGEN, AANGENOMEN, "nieuwere levering ingetrokken"),
    Overgang(AANGENOMEN, INGETROKKEN, "oa withdraw"),
    Overgang(VERVANGEN, INGETROKKEN, "oa withdraw"),
    Overgang(AANGENOMEN, VERLOPEN, "oa retention"),
    Overgang(VERVANGEN, VERLOPEN, "oa retention"),
)
_ALLOWED = {(move.van, move.naar) for move in OVERGANGEN}
BEGIN = ONTVANGEN
EINDE = frozenset(TOESTANDEN) - {move.van for move in OVERGANGEN}


def can_move(van: str, naar: str) -> bool:
    return (van, naar) in _ALLOWED


def check_move(van: str, naar: str) -> None:
    """ValueError if the table does not allow the move."""
    if not can_move(van, naar):
        raise ValueError(f"a delivery does not go from {van} to {naar}")


def mermaid() -> str:
    """The table as a Mermaid state diagram, for the docs."""
    lines = ["stateDiagram-v2", f"    [*] --> {BEGIN}"]
    lines += [f"    {move.van} --> {move.naar}: {move.door}" for move in OVERGANGEN]
    lines += [f"    {state} --> [*]" for state in TOESTANDEN if state in EINDE]
    return "\n".join(lines) + "\n"
