"""The children of the fictional region as tables: where they live and where they go to school.

Lives here: the shape. A child is a row number. Not here: how they came to be (population, outside).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BO, SBO, SO, VSO, VO, PRO = range(6)  # places in places.SOORTEN
GEEN = -1  # no school of this region


@dataclass
class Spell:
    """Enrolments: child, vestiging, first and last day (OPEN if it lasts)."""

    persoon: NDArray[np.int32]
    vestiging: NDArray[np.int32]
    van: NDArray[np.int32]
    tot: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.persoon)

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Spell:
        return Spell(self.persoon[rows], self.vestiging[rows], self.van[rows], self.tot[rows])

    def on(self, dag: int) -> NDArray[np.bool_]:
        return (self.van <= dag) & (self.tot >= dag)


@dataclass
class Bevolking:
    """`woon` is a gemeente index or BUITENLAND, `woon_na` the one from `verhuisd_op` on (OPEN: never
    moved).

    `spell` is ordered by child and day. `geplaatst` are children who stay in the region for another
    gemeente; from row number `buiten_vanaf` on children go to no school of the region.
    """

    woon: NDArray[np.int16]
    woon_na: NDArray[np.int16]
    verhuisd_op: NDArray[np.int32]
    geboren: NDArray[np.int32]
    spell: Spell
    geplaatst: NDArray[np.int64]
    buiten_vanaf: int

    def enrolled(self) -> NDArray[np.bool_]:
        result = np.zeros(len(self.woon), dtype=bool)
        result[self.spell.persoon] = True
        return result

    def home_on(self, persoon: NDArray[np.integer], dag: NDArray[np.integer] | int) -> NDArray[np.int16]:
        return np.where(self.verhuisd_op[persoon] <= dag, self.woon_na[persoon], self.woon[persoon])
