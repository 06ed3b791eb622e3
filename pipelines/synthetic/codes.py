"""The code lists of the `opp` contract and the mixes that the fictional region draws from.

Lives here: codes by place, allowed combinations, weights. Not here: the course of an arrangement (opp). The
mixes are in `data/opp_profiel.csv` (vorm, verantwoordelijke and financiering per kind of school) and
`data/opp_behoefte.csv`: chosen for the demonstration, not measured. A test holds the lists against the
contract.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipelines.synthetic.chance import Stream
from pipelines.synthetic.places import DATA, read

BEHOEFTE = (
    "leren", "werkhouding", "gedrag", "sociaal_emotioneel", "communicatie_taal", "lichamelijk_motorisch",
    "zintuiglijk", "medisch_verzorging",
)  # fmt: skip
VORM = (
    "begeleiding_in_klas", "begeleiding_buiten_klas", "groepsaanbod", "onderwijszorgarrangement",
    "plaatsing_sbo", "plaatsing_so_vso", "thuis_of_elders",
)  # fmt: skip
VERANTWOORDELIJKE = (
    "school", "swv", "gemeente", "zorgkantoor", "zorgverzekeraar", "gezamenlijk", "in_overleg", "onbekend",
)  # fmt: skip
FINANCIERING = ("school", "swv", "jeugdwet", "wlz", "zvw", "gezamenlijk_budget", "geen", "onbekend")
STATUS = ("aangevraagd", "toegekend", "afgewezen", "beeindigd")
AANGEVRAAGD, TOEGEKEND, AFGEWEZEN, BEEINDIGD = range(4)
AFWIJSREDEN = ("andere_wet", "geen_noodzaak", "geen_aanbod", "anders")
ANDERE_WET = 0
AFWIJSREDEN_GEWICHT = (0.38, 0.33, 0.16, 0.13)
SWV, GEMEENTE, IN_OVERLEG = (VERANTWOORDELIJKE.index(name) for name in ("swv", "gemeente", "in_overleg"))


class Profielen:
    """The combinations of vorm, verantwoordelijke and financiering, as codes with a weight per group of
    schools.
    """

    def __init__(self) -> None:
        rows = list(read(DATA / "opp_profiel.csv"))
        self.groep = np.array([row["groep"] for row in rows])
        self.vorm = np.array([VORM.index(row["vorm"]) for row in rows])
        self.verantwoordelijke = np.array([VERANTWOORDELIJKE.index(row["verantwoordelijke"]) for row in rows])
        self.financiering = np.array([FINANCIERING.index(row["financiering"]) for row in rows])
        self.gewicht = np.array([float(row["gewicht"]) for row in rows])
        self.vaag = self.verantwoordelijke >= IN_OVERLEG  # in_overleg or onbekend
        self._behoefte = list(read(DATA / "opp_behoefte.csv"))
        if tuple(row["behoefte"] for row in self._behoefte) != BEHOEFTE:
            raise ValueError("opp_behoefte.csv does not list the behoeften in the order of the contract")

    def draw(self, stream: Stream, groep: str, n: int) -> NDArray[np.int64]:
        options = np.flatnonzero(self.groep == groep)
        return options[stream.pick(self.gewicht[options], n, minimum=1)]

    def draw_behoefte(self, stream: Stream, groep: str, n: int) -> NDArray[np.int64]:
        return stream.pick([float(row[groep]) for row in self._behoefte], n, minimum=1)


@cache
def profielen() -> Profielen:
    return Profielen()
