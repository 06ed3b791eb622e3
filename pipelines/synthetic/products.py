"""What kind of jeugdhulp: categories, product codes and aanbieders.

Lives here: drawing them so that they fit together and fit the child's needs. Not here: when help runs
(jeugdhulp). The mix is in `data/jeugdhulp_mix.csv`, chosen for the demonstration; categories and product
codes are the real ones of the seed `ref_ijw_product`. Aanbieders are fictional: their codes begin with
0099.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache

import numpy as np
from numpy.typing import NDArray

from pipelines.resources import resource_dir
from pipelines.synthetic.area import Gebied
from pipelines.synthetic.chance import Stream
from pipelines.synthetic.codes import BEHOEFTE
from pipelines.synthetic.places import DATA, read

GENERIEK, ALLEEN_CATEGORIE = 0.05, 0.10
OP_SCHOOL_BIJ = ("40", "41", "45", "50", "51", "54")
AANBIEDERS = 16  # per region, beside those that work all over the country
LANDELIJK, LANDELIJK_DEEL = 9, 0.04
PER_CATEGORIE = 4  # aanbieders with a contract for a category


class Producten:
    """Category and hulpvorm by weight with the codes that fit; category '' is a generic toewijzing."""

    def __init__(self) -> None:
        self._mix = list(read(DATA / "jeugdhulp_mix.csv"))
        self.categorie = (*(row["categorie"] for row in self._mix), "")
        self.generiek = len(self._mix)
        codes: list[str] = []
        fitting: dict[tuple[str, str], list[int]] = defaultdict(list)
        for row in read(resource_dir("seeds") / "ref_ijw_product.csv"):
            if row["categorie"] and "kleedgeld" not in row["omschrijving"]:
                fitting[row["categorie"], row["hulpvorm"]].append(len(codes))
                codes.append(row["productcode"])
        self.geen_code = len(codes)
        self.code = (*codes, "")
        kinds = [(row["categorie"], row["hulpvorm"]) for row in self._mix]
        self._fitting = [np.array(fitting.get(kind, [self.geen_code])) for kind in kinds]
        self.op_school = np.isin(np.array(self.categorie), OP_SCHOOL_BIJ)

    def draw(
        self, stream: Stream, behoefte: NDArray[np.integer]
    ) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
        """Category and product code (as places) for children with these needs; -1 is no need known at
        school.
        """
        n = len(behoefte)
        chosen, product = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        for code in np.unique(behoefte):
            name = BEHOEFTE[code] if code >= 0 else "geen"
            weights = [float(row.get(name, row["geen"])) for row in self._mix]
            rows = np.flatnonzero(behoefte == code)
            chosen[rows] = stream.pick(weights, len(rows))
        for place, options in enumerate(self._fitting):
            rows = np.flatnonzero(chosen == place)
            product[rows] = options[stream.below(len(options), len(rows))]
        kind = stream.pick((GENERIEK, ALLEEN_CATEGORIE, 1 - GENERIEK - ALLEEN_CATEGORIE), n, minimum=2)
        product[kind < 2] = self.geen_code
        chosen[kind == 0] = self.generiek
        return chosen.astype(np.int8), product.astype(np.int16)


@cache
def producten() -> Producten:
    return Producten()


def draw_aanbieders(
    stream: Stream, categorie: NDArray[np.integer], gemeente: NDArray[np.integer], gebied: Gebied
) -> NDArray[np.int32]:
    """A few large aanbieders and some small ones per category and region (SWV area of the gemeente)."""
    areas = gebied.land.postcodes
    swvs = sorted({area[0][1] for area in areas.values()})
    block = np.array([swvs.index(areas[g][0][1]) for g in range(len(gebied.land.codes))])[gemeente]
    n = len(categorie)
    local = stream.pick(1 / (1 + np.arange(PER_CATEGORIE)) ** 1.6, n)
    known = (local * 5 + categorie.astype(np.int64) * 2) % AANBIEDERS
    everywhere = stream.happens(LANDELIJK_DEEL, n)
    return np.where(everywhere, known % LANDELIJK, LANDELIJK + block * AANBIEDERS + known).astype(np.int32)


def aanbieder_codes(numbers: NDArray[np.integer]) -> list[str]:
    return [f"0099{number:04d}" for number in numbers]
