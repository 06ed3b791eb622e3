"""The oracle's schooljaar: who is in it, which members occur, and what of it can be known (DOMAIN section 5).

Lives here: members, areas, completeness. Not here: rules per person (oracle_persoon), tables
(oracle_tabel).
"""

from __future__ import annotations

from typing import NamedTuple

from tests.acceptance.oracle_bron import Opp
from tests.acceptance.oracle_persoon import GEPUBLICEERD, Wereld, is_active

# What a gemeente's silence, and a bestuur's missing inschrijving, leave unknown (DOMAIN 5).
ZONDER_JEUGDHULP = {
    "samenloop",
    "alleen_onderwijs",
    "alleen_jeugdhulp",
    "in_aanvraag",
    "overig",
    "dubbel_aanbod",
    "afgewezen_andere_wet",
    "toegewezen_ingang",
}
ALLES = "TOTAAL"
Area = tuple[str, str]


class Cel(NamedTuple):
    """True figures of one row, and per figure the distinct persons behind it.

    None stands where a figure does not exist (a quantile of nothing, a column of another party). `te_bepalen`
    False means niet_te_bepalen for the figures in `onbekend`, or for all of them when that is empty.
    """

    figuren: dict[str, int | None]
    achter: dict[str, int]
    te_bepalen: bool = True
    volledig: bool | None = None
    onbekend: tuple[str, ...] = ()
    zijden: dict[str, tuple[int, int]] | None = None  # quantile -> persons with a value <= it, and >= it


Tabel = dict[tuple[str, ...], Cel]


class Jaar:
    """One schooljaar: its persons, the areas of anything, and the members that occur."""

    def __init__(self, wereld: Wereld, schooljaar: str) -> None:
        self.wereld, self.schooljaar = wereld, schooljaar
        everyone = wereld.persons(schooljaar)
        self.persoon = {persoon.pseudoniem: persoon for persoon in everyone}
        self.gepubliceerd = [persoon for persoon in everyone if persoon.categorie in GEPUBLICEERD]
        self.opp = [row for persoon in everyone for row in persoon.opp]
        self.actief = [row for row in self.opp if is_active(row)]
        self.toewijzing = [row for persoon in everyone for row in persoon.toewijzing]
        self._find_members()
        self.onvolledig = any(not wereld.delivered(gemeente, schooljaar) for gemeente in wereld.deelnemers)
        self.bestuur_ontbreekt = any(
            (bestuur, schooljaar) not in wereld.opp_geleverd for bestuur, _ in wereld.opp_geleverd
        )

    def _find_members(self) -> None:
        places = [(p.woongemeente, p.vestiging) for p in self.gepubliceerd]
        places += [(row.woongemeente, row.vestiging) for row in self.opp]
        places += [(row.gemeente, self.persoon[row.jeugdige].vestiging) for row in self.toewijzing]
        self.woongemeenten = {woongemeente for woongemeente, _ in places}
        self.vestigingen = {vestiging for _, vestiging in places}
        self.areas: list[Area] = sorted({area for place in set(places) for area in self.areas_of(*place)})
        self.besturen = {self.school(vestiging)[1] for vestiging in self.vestigingen}
        zonder = {v for v in self.vestigingen if v != "onbekend" and not self._enrolled(self.school(v)[1])}
        self.zonder_inschrijving = {self.school(v) for v in zonder}
        self.zonder_inschrijving |= {(swv, bestuur, ALLES) for swv, bestuur, _ in self.zonder_inschrijving}
        self.zonder_inschrijving |= {(swv, ALLES, ALLES) for swv, _, _ in self.zonder_inschrijving}
        self.gebied_zonder_inschrijving = {("swv", self.school(v)[0]) for v in zonder}
        self.gebied_zonder_inschrijving |= {("schoolgemeente", self.schoolgemeente(v)) for v in zonder}

    def _enrolled(self, bestuur: str) -> bool:
        return (bestuur, self.schooljaar) in self.wereld.inschrijving_geleverd

    def school(self, vestiging: str) -> tuple[str, str, str]:
        """swv, bestuur, vestigingscode."""
        if vestiging == "onbekend":
            return ("onbekend", "onbekend", "onbekend")
        known = self.wereld.referentie.vestiging[vestiging]
        return (known.swv, known.bestuur, vestiging)

    def schoolgemeente(self, vestiging: str) -> str:
        return "onbekend" if vestiging == "onbekend" else self.wereld.referentie.vestiging[vestiging].gemeente

    def areas_of(self, woongemeente: str, vestiging: str) -> tuple[Area, ...]:
        return (
            ("regio", ALLES),
            ("woongemeente", woongemeente),
            ("jeugdregio", self.wereld.referentie.jeugdregio.get(woongemeente, "onbekend")),
            ("schoolgemeente", self.schoolgemeente(vestiging)),
            ("swv", self.school(vestiging)[0]),
        )

    def is_complete(self, soort: str, gebied: str) -> bool:
        if self.bestuur_ontbreekt:
            return False
        if soort == "woongemeente":
            return self.wereld.delivered(gebied, self.schooljaar)
        return not self.onvolledig

    def can_tell(self, soort: str, gebied: str, code: str) -> bool:
        """Whether the row of this gebied and code can be known at all (status other than niet_te_bepalen)."""
        if code in ZONDER_JEUGDHULP and soort == "woongemeente":
            return self.wereld.delivered(gebied, self.schooljaar)
        return not (code == "alleen_jeugdhulp" and (soort, gebied) in self.gebied_zonder_inschrijving)

    def row_areas(self, row: Opp) -> tuple[Area, ...]:
        return self.areas_of(row.woongemeente, row.vestiging)
