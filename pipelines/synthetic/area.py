"""Which part of the country the fictional region is, at a scale.

Lives here: the gemeenten with schools, those that deliver jeugdhulp, and the herindelingen that matter. Not
here: the country itself (places) and the schools (schools).
Below scale 1 the region shrinks; beyond it, it grows outwards from Amersfoort, to the whole country at
about 51.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.synthetic.calendar import Schooljaar
from pipelines.synthetic.places import SOORTEN, Herindeling, Land

KERN = ("0307", "0308", "0313", "0327", "0342", "0351")
# Nijkerk: some of its schools belong to the region, so that a second SWV takes part.
BUURMAN, BUURMAN_DEEL = "0267", {"VO": 0.6, "SBO": 1.0}
MEELEVEREND = ("0203", "0267", "0317")  # neighbours whose gemeente delivers too
RING = 3  # beyond scale 1: so many gemeenten just outside deliver too
JEUGD_PER_BO = 2.4  # residents under 18 per pupil in basisonderwijs: 18 years of birth against 8 groepen
ONLANGS_DAGEN = 400  # a gemeente that vanished so long before still stands in some school administrations


@dataclass(frozen=True)
class Gebied:
    """`plan[soort]`: gemeente (index) -> share of DUO's pupils; counts are multiplied by `factor`.

    `herindelingen` fall within the schooljaren, `verdwenen` shortly before. With `geplaatst` a merged
    gemeente takes part only for children placed in the region.
    """

    land: Land
    plan: dict[str, dict[int, float]]
    leveraars: list[int]
    factor: float
    herindelingen: list[Herindeling]
    verdwenen: list[Herindeling]
    geplaatst: list[int]

    def target(self, soort: str, gemeente: int, jaar: int) -> int:
        """Pupils on the peildatum."""
        share = self.plan[soort].get(gemeente, 0.0)
        return int(np.rint(self.land.pupils(soort, jaar)[gemeente] * share * self.factor))

    def youth(self, gemeente: int, jaar: int) -> float:
        """Residents under 18, estimated from basisonderwijs."""
        return float(JEUGD_PER_BO * self.land.pupils("BO", jaar)[gemeente] * self.factor)

    def delivers(self, gemeente: NDArray[np.integer]) -> NDArray[np.bool_]:
        return np.isin(gemeente, self.leveraars)

    def mergers(self) -> Iterator[tuple[int, int, NDArray[np.int64]]]:
        """New gemeente, day, and places in `herindelingen` of the old ones."""
        for new, datum in sorted({(h.nieuw, h.datum) for h in self.herindelingen}):
            places = [
                place for place, h in enumerate(self.herindelingen) if (h.nieuw, h.datum) == (new, datum)
            ]
            yield self.land.index(new), datum, np.array(places)


def choose_gebied(land: Land, schaal: float, jaren: list[Schooljaar]) -> Gebied:
    last, core = jaren[-1].jaar, [land.index(code) for code in KERN]
    total = sum(land.pupils(soort, last) for soort in SOORTEN)
    plan = {soort: dict.fromkeys(core, 1.0) for soort in SOORTEN}
    for soort, share in BUURMAN_DEEL.items():
        plan[soort][land.index(BUURMAN)] = share
    base = sum(land.pupils(soort, last)[g] * share for soort in SOORTEN for g, share in plan[soort].items())
    factor, members = schaal, sorted(core)
    if schaal > 1:
        order = [*core, *(int(g) for g in np.argsort(land.distance(core[0]), kind="stable") if g not in core)]
        enough = int(np.searchsorted(np.cumsum(total[order]), base * schaal)) + 1
        members = sorted(order[:enough])
        plan = {soort: dict.fromkeys(members, 1.0) for soort in SOORTEN}
        factor = base * schaal / float(total[members].sum())
    for soort in SOORTEN:
        plan[soort] = {g: s for g, s in plan[soort].items() if land.pupils(soort, last)[g] * s >= 5}
    leveraars = {*members, *(land.index(code) for code in MEELEVEREND)}
    if schaal > 1:
        leveraars |= set(order[enough : enough + RING])
    within = [h for h in land.herindelingen if jaren[0].begin < h.datum <= jaren[-1].eind]
    begin = jaren[0].begin
    gone = [
        h for h in land.herindelingen if begin - ONLANGS_DAGEN < h.datum <= begin and h.nieuw in land.codes
    ]
    placed = sorted({land.index(h.nieuw) for h in within} - leveraars)
    return Gebied(land, plan, sorted({*leveraars, *placed}), factor, within, gone, placed)
