"""Who lives where: the distance between a pupil's home and school.

Lives here: drawing woongemeenten for places at a school, and a new gemeente for a child that moves. Not
here: who the pupils are (population).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.synthetic.chance import Stream
from pipelines.synthetic.places import SOORTEN, Land

BUITENLAND = -2
DICHTBIJ = 24  # gemeenten considered around a school
BEREIK_KM = {"BO": 4.0, "SBO": 6.0, "SO": 8.0, "VSO": 8.0, "VO": 5.0, "PRO": 6.0}
# Pupils per pupil in basisonderwijs, the country as a whole (DUO 2024; VO and PRO as in places).
LANDELIJK = {"SBO": 0.024, "SO": 0.026, "VSO": 0.030, "VO": 0.66, "PRO": 0.02}
EIGEN_BO, EIGEN_MAX = 0.972, 0.9
VER_WEG = 0.003  # lives anywhere in the country
IN_BUITENLAND = 0.0012


class Woonplaatsen:
    """Homes around schools, per gemeente and soort of the school."""

    def __init__(self, land: Land, jaar: int, stream: Stream) -> None:
        self._land = land
        self._bo = land.pupils("BO", jaar).astype(np.float64)
        self._per_soort = {soort: land.pupils(soort, jaar) for soort in SOORTEN}
        self._stream = stream
        self._known: dict[tuple[int, int], tuple[NDArray[np.int64], NDArray[np.float64]]] = {}

    def draw(self, soort: int, gemeente: NDArray[np.integer]) -> NDArray[np.int16]:
        """A woongemeente (index, or BUITENLAND) for every place at a school in these gemeenten."""
        homes = np.empty(len(gemeente), dtype=np.int16)
        for g in np.unique(gemeente):
            places = np.flatnonzero(gemeente == g)
            options, weights = self._options(soort, int(g))
            homes[places] = options[self._stream.pick(weights, len(places))]
        odd = self._stream.uniform(len(homes))
        far = odd < VER_WEG
        homes[far] = self._stream.pick(self._bo, int(far.sum()))
        homes[odd > 1 - IN_BUITENLAND] = BUITENLAND
        return homes

    def neighbour(self, gemeente: NDArray[np.integer]) -> NDArray[np.int16]:
        """Another gemeente nearby for every child that moves."""
        homes = np.empty(len(gemeente), dtype=np.int16)
        for g in np.unique(gemeente):
            places = np.flatnonzero(gemeente == g)
            options, weights = self._options(SOORTEN.index("SO"), int(g))
            homes[places] = options[1:][self._stream.pick(weights[1:], len(places))]
        return homes

    def _options(self, soort: int, gemeente: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        key = (soort, gemeente)
        if key not in self._known:
            distance = self._land.distance(gemeente)
            near = np.argsort(distance, kind="stable")[: DICHTBIJ + 1]
            pull = self._bo[near] * np.exp(-distance[near] / BEREIK_KM[SOORTEN[soort]])
            own = self._own_share(SOORTEN[soort], gemeente)
            pull[1:] *= (1 - own) / pull[1:].sum()
            pull[0] = own
            self._known[key] = (near, pull)
        return self._known[key]

    def _own_share(self, soort: str, gemeente: int) -> float:
        """A gemeente with more places than its own children need draws pupils from around."""
        if soort == "BO":
            return EIGEN_BO
        need = LANDELIJK[soort] * self._bo[gemeente]
        return float(min(EIGEN_MAX, EIGEN_MAX * need / max(self._per_soort[soort][gemeente], 1)))
