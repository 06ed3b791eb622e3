"""What was made, beside what DUO and CBS count.

Lives here: the summary of a generated region and its comparison with real figures. Not here: making it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.synthetic.area import KERN
from pipelines.synthetic.deliver import Levering
from pipelines.synthetic.jeugdhulp import NOOIT_GELDIG
from pipelines.synthetic.places import SOORTEN
from pipelines.synthetic.region import Regio

JEUGDHULP_CBS = 0.139  # of youth under 18 with jeugdhulp in natura, the Netherlands, CBS 2023
# DUO counts schools for SO and VSO together in one soort; they are compared together.
VERGELEKEN = {"BO": ("BO",), "SBO": ("SBO",), "SO/VSO": ("SO", "VSO"), "VO": ("VO",), "PRO": ("PRO",)}


@dataclass
class Overzicht:
    """The region in figures. `leveringen` counts files; `rijen` counts rows per contract."""

    seed: int
    schaal: float
    schooljaren: list[str]
    vingerafdruk: str
    besturen: int
    vestigingen: int
    personen: int = 0
    leveringen: int = 0
    rijen: Counter[str] = field(default_factory=Counter)
    bestanden: list[str] = field(default_factory=list)
    ingeschreven: dict[str, int] = field(default_factory=dict)
    _vergelijking: list[dict[str, Any]] = field(default_factory=list)

    def add(self, levering: Levering) -> None:
        self.leveringen += 1
        self.rijen[levering.contract] += levering.rijen.height
        self.bestanden.append(levering.bestand)

    def vergelijking(self) -> list[dict[str, Any]]:
        """Made beside real, one dict per line: onderwerp (`leerlingen` or `jeugdhulp`), schooljaar,
        gemeente (empty for the region), naam, soort, gemaakt, werkelijk, bron. For `leerlingen` both are
        pupils on 1 October, the real one times the scale; for `jeugdhulp` shares of residents under 18, in
        percent.
        """
        return self._vergelijking


def summarise(regio: Regio, seed: int, schaal: float, vingerafdruk: str) -> Overzicht:
    overzicht = Overzicht(
        seed,
        schaal,
        [jaar.naam for jaar in regio.jaren],
        vingerafdruk,
        len(regio.scholen.bestuursnummer),
        len(regio.scholen.code),
    )
    for t, jaar in enumerate(regio.jaren):
        on = regio.bevolking.spell.on(jaar.peildatum)
        overzicht.ingeschreven[jaar.naam] = int(on.sum())
        overzicht._vergelijking += _pupils(regio, t, on)
        overzicht._vergelijking.append(_jeugdhulp(regio, t))
    return overzicht


def _pupils(regio: Regio, t: int, on: np.ndarray) -> list[dict[str, Any]]:
    jaar, land, scholen = regio.jaren[t], regio.gebied.land, regio.scholen
    vestiging = regio.bevolking.spell.vestiging[on]
    made = np.zeros((len(SOORTEN), len(land.codes)), dtype=np.int64)
    np.add.at(made, (scholen.soort[vestiging], scholen.gemeente[vestiging]), 1)
    lines = []
    for gemeente in sorted(regio.gebied.plan["BO"]):
        for soort, parts in VERGELEKEN.items():
            real = sum(int(land.pupils(part, jaar.jaar)[gemeente]) for part in parts)
            if real:
                lines.append(
                    {
                        "onderwerp": "leerlingen",
                        "schooljaar": jaar.naam,
                        "gemeente": land.codes[gemeente],
                        "naam": land.namen[land.codes[gemeente]],
                        "soort": soort,
                        "gemaakt": int(sum(made[SOORTEN.index(part), gemeente] for part in parts)),
                        "werkelijk": round(real * regio.gebied.factor),
                        "bron": "DUO, 1 oktober" if soort not in ("VO", "PRO") else "DUO, 2025",
                    }
                )
    return lines


def _jeugdhulp(regio: Regio, t: int) -> dict[str, Any]:
    """Children with jeugdhulp of the six gemeenten around Amersfoort, per 100 residents under 18."""
    jaar, gebied, rows = regio.jaren[t], regio.gebied, regio.toewijzingen
    core = [gebied.land.index(code) for code in KERN]
    ends = rows.end_on(jaar.eerste_leverdag)
    here = np.isin(rows.gemeente, core) & (rows.ingang <= jaar.eind) & (ends >= jaar.begin)
    here &= (rows.reden != NOOIT_GELDIG) & (rows.toegewezen <= jaar.eerste_leverdag)
    residents = sum(gebied.youth(gemeente, jaar.jaar) for gemeente in core)
    return {
        "onderwerp": "jeugdhulp",
        "schooljaar": jaar.naam,
        "gemeente": "",
        "naam": "Zes gemeenten rond Amersfoort",
        "soort": "",
        "gemaakt": round(100 * len(np.unique(rows.persoon[here])) / residents, 1),
        "werkelijk": round(100 * JEUGDHULP_CBS, 1),
        "bron": "CBS 2023, Nederland, jeugdhulp in natura",
    }


def comparison(overzicht: Overzicht) -> list[str]:
    """The comparison for the newest schooljaar as lines of text."""
    newest = overzicht.schooljaren[-1]
    lines = [f"{'gemeente':<22}{'soort':<8}{'gemaakt':>9}{'DUO':>9}"]
    for row in overzicht.vergelijking():
        if row["schooljaar"] == newest and row["onderwerp"] == "leerlingen":
            lines.append(f"{row['naam']:<22.22}{row['soort']:<8}{row['gemaakt']:>9}{row['werkelijk']:>9}")
    for row in overzicht.vergelijking():
        if row["onderwerp"] == "jeugdhulp":
            lines.append(
                f"jeugdhulp {row['schooljaar']}: {row['gemaakt']}% van de jeugd tot 18 jaar ({row['bron']}: "
                f"{row['werkelijk']}%)"
            )
    return lines
