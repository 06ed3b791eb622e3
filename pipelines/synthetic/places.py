"""Where the fictional region lies: real gemeenten, SWVs and pupil counts, read from the reference seeds.

Lives here: the country: gemeenten, how many pupils DUO counts there, who lies near whom, herindelingen. Not
here: which of them take part (area) and schools, which are fictional (schools).
Own data beside the seeds, in `data/`: `ligging.csv` (centre of a gemeente in km east and north of
Amersfoort, from CBS/Kadaster Wijk- en buurtkaart 2023, CC BY 4.0) and `postcode.csv` (postcode areas with
gemeente and SWVs, from the Regeling regio-indeling samenwerkingsverbanden, text of 2015, public domain).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipelines.resources import resource_dir
from pipelines.synthetic.calendar import day

SOORTEN = ("BO", "SBO", "SO", "VSO", "VO", "PRO")
SO_DEEL = 0.45  # of DUO's soort SO/VSO; DUO does not split it
VO_PER_BO = 0.68  # pupils in voortgezet onderwijs per pupil in basisonderwijs, the country as a whole
VO_VANAF = 2_500  # a gemeente with fewer pupils in basisonderwijs has no VO of its own here
PRO_DEEL = 0.03  # of VO
DATA = Path(__file__).parent / "data"


def read(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream, delimiter=";")


@dataclass(frozen=True)
class Herindeling:
    oud: str
    nieuw: str
    datum: int


@dataclass(frozen=True)
class Land:
    """All gemeenten of today, by index; `aantal[soort][jaar]` holds DUO's pupils per gemeente."""

    codes: list[str]
    namen: dict[str, str]
    oost: NDArray[np.float64]
    noord: NDArray[np.float64]
    aantal: dict[str, dict[int, NDArray[np.int64]]]
    postcodes: dict[int, list[tuple[str, str, str]]]
    herindelingen: list[Herindeling]

    def index(self, code: str) -> int:
        return self.codes.index(code)

    def pupils(self, soort: str, jaar: int) -> NDArray[np.int64]:
        """DUO's count per gemeente on 1 October of the nearest year that DUO's files hold."""
        years = self.aantal[soort]
        return years[min(years, key=lambda known: (abs(known - jaar), known))]

    def distance(self, gemeente: int) -> NDArray[np.float64]:
        return np.hypot(self.oost - self.oost[gemeente], self.noord - self.noord[gemeente])


def load_land() -> Land:
    seeds = resource_dir("seeds")
    names = {row["gemeente"]: row["naam"] for row in read(seeds / "ref_gemeente.csv")}
    places = list(read(DATA / "ligging.csv"))
    codes = [row["gemeente"] for row in places]
    index = {code: number for number, code in enumerate(codes)}
    oost = np.array([float(row["oost_km"]) for row in places])
    noord = np.array([float(row["noord_km"]) for row in places])
    postcodes: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for row in read(DATA / "postcode.csv"):
        postcodes[index[row["gemeente"]]].append((row["postcode4"], row["swv_po"], row["swv_vo"]))
    known = _read_duo(seeds, index)
    _derive_vo(known, oost, noord)
    return Land(codes, names, oost, noord, known, dict(postcodes), _read_herindelingen(seeds))


def _read_duo(seeds: Path, index: dict[str, int]) -> dict[str, dict[int, NDArray[np.int64]]]:
    known: dict[str, dict[int, NDArray[np.int64]]] = defaultdict(dict)

    def add(soort: str, jaar: int, gemeente: int, leerlingen: int) -> None:
        known[soort].setdefault(jaar, np.zeros(len(index), dtype=np.int64))[gemeente] += leerlingen

    for row in read(seeds / "ref_duo_leerling_per_gemeente.csv"):
        gemeente, jaar, count = index[row["gemeente_code"]], int(row["jaar"]), int(row["leerlingen"])
        if row["soort"] == "SO/VSO":
            part = round(count * SO_DEEL)
            add("SO", jaar, gemeente, part)
            add("VSO", jaar, gemeente, count - part)
        else:
            add(row["soort"], jaar, gemeente, count)
    return dict(known)


def _derive_vo(
    known: dict[str, dict[int, NDArray[np.int64]]], oost: NDArray[np.float64], noord: NDArray[np.float64]
) -> None:
    """VO where the extract of DUO's file has none: from basisonderwijs, gathered in the larger gemeenten."""
    jaar = max(known["VO"])
    vo, pro, bo = known["VO"][jaar], known["PRO"][jaar], known["BO"][jaar]
    listed = (vo > 0) | np.isin(np.arange(len(vo)), _listed_without_vo(oost, noord))
    towns = np.flatnonzero(~listed & (bo >= VO_VANAF))
    extra = np.zeros(len(vo))
    for gemeente in np.flatnonzero(~listed):
        near = towns[np.argmin(np.hypot(oost[towns] - oost[gemeente], noord[towns] - noord[gemeente]))]
        extra[near] += VO_PER_BO * bo[gemeente]
    pro += np.rint(extra * PRO_DEEL).astype(np.int64)
    vo += np.rint(extra * (1 - PRO_DEEL)).astype(np.int64)


def _listed_without_vo(oost: NDArray[np.float64], noord: NDArray[np.float64]) -> NDArray[np.int64]:
    """Gemeenten close to Amersfoort that the extract covers and that have no VO: their pupils travel."""
    return np.flatnonzero(np.hypot(oost, noord) < 9)


def _read_herindelingen(seeds: Path) -> list[Herindeling]:
    rows = list(read(seeds / "ref_herindeling.csv"))
    olds = [row["oude_code"] for row in rows]
    return [
        Herindeling(row["oude_code"], row["nieuwe_code"], day(date.fromisoformat(row["datum"])))
        for row in rows
        if olds.count(row["oude_code"]) == 1
    ]
