"""Where the fictional region lies: real gemeenten, SWVs and pupil counts, read from the reference seeds.

Lives here: which gemeenten take part at a scale, how many pupils DUO counts there, who lives near whom, and which
herindelingen touch the schooljaren. Not here: schools, which are fictional (schools).
Own data beside the seeds, in `data/`: `ligging.csv` (inhabitants and centre of a gemeente in km from the Onze-Lieve-
Vrouwetoren, from CBS/Kadaster Wijk- en buurtkaart 2023, CC BY 4.0) and `postcode.csv` (postcode areas with gemeente
and SWVs, from the Regeling regio-indeling samenwerkingsverbanden, text of 2015, public domain).
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
from pipelines.synthetic.calendar import Schooljaar, day

SOORTEN = ("BO", "SBO", "SO", "VSO", "VO", "PRO")
KERN = ("0307", "0308", "0313", "0327", "0342", "0351")
BUURMAN = "0267"  # Nijkerk: two schools of the region stand here, so that a second SWV takes part
BUURMAN_AANDEEL = {"VO": 0.6, "SBO": 1.0}
MEELEVEREND = ("0203", "0267", "0317")  # neighbours whose gemeente delivers, at scale 1
SO_DEEL = 0.45  # of DUO's soort SO/VSO; DUO does not split it
VO_PER_BO = 0.68  # pupils in voortgezet onderwijs per pupil in basisonderwijs, the country as a whole
VO_VANAF = 2_500  # a gemeente with fewer pupils in basisonderwijs has no VO of its own here
PRO_DEEL = 0.03  # of VO
JEUGD_PER_BO = 2.4  # residents under 18 per pupil in basisonderwijs: 18 years of birth against 8 groepen
HOEVEEL_JEUGDHULP_CBS = 0.139  # share of youth under 18 with jeugdhulp in natura, the Netherlands, CBS 2023
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


def _derive_vo(known: dict[str, dict[int, NDArray[np.int64]]], oost: NDArray[np.float64],
               noord: NDArray[np.float64]) -> None:
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
    return [Herindeling(row["oude_code"], row["nieuwe_code"], day(date.fromisoformat(row["datum"])))
            for row in rows if olds.count(row["oude_code"]) == 1]


@dataclass(frozen=True)
class Gebied:
    """What of the country takes part at this scale. `plan[soort]`: gemeente index -> share of DUO's pupils."""

    land: Land
    plan: dict[str, dict[int, float]]
    leveraars: list[int]
    factor: float
    herindelingen: list[Herindeling]
    verdwenen: list[Herindeling]
    geplaatst: bool

    def target(self, soort: str, gemeente: int, jaar: int) -> int:
        """Pupils on the peildatum."""
        count = self.land.pupils(soort, jaar)[gemeente] * self.plan[soort][gemeente] * self.factor
        return int(np.rint(count))


def choose_gebied(land: Land, schaal: float, jaren: list[Schooljaar]) -> Gebied:
    """The six gemeenten and one neighbour, shrunk below scale 1; beyond it the region grows outwards."""
    core = [land.index(code) for code in KERN]
    buurman = land.index(BUURMAN)
    last = jaren[-1].jaar
    plan = {soort: {gemeente: 1.0 for gemeente in core} for soort in SOORTEN}
    for soort, share in BUURMAN_AANDEEL.items():
        plan[soort][buurman] = share
    per_gemeente = sum(land.pupils(soort, last) for soort in SOORTEN)
    base = sum(land.pupils(soort, last)[g] * share for soort in SOORTEN for g, share in plan[soort].items())
    wanted, factor, members = base * schaal, schaal, set(core)
    if schaal > 1:
        for gemeente in np.argsort(land.distance(core[0]), kind="stable"):
            if sum(per_gemeente[list(members)]) >= wanted:
                break
            members.add(int(gemeente))
        plan = {soort: {gemeente: 1.0 for gemeente in sorted(members)} for soort in SOORTEN}
        factor = wanted / float(sum(per_gemeente[list(members)]))
    for soort in SOORTEN:
        plan[soort] = {g: share for g, share in plan[soort].items() if land.pupils(soort, last)[g] * share >= 5}
    within = [h for h in land.herindelingen if jaren[0].begin < h.datum <= jaren[-1].eind]
    leveraars = sorted(members | {land.index(code) for code in MEELEVEREND} | _ring(land, members, schaal))
    placed = {land.index(h.nieuw) for h in within} - set(leveraars)
    gone = [h for h in land.herindelingen if jaren[0].begin - 400 < h.datum <= jaren[0].begin and h.nieuw in land.codes]
    return Gebied(land, plan, sorted({*leveraars, *placed}), factor, within, gone, bool(placed))


def _ring(land: Land, members: set[int], schaal: float) -> set[int]:
    """Beyond scale 1: a few gemeenten just outside deliver too."""
    if schaal <= 1:
        return set()
    order = [int(g) for g in np.argsort(land.distance(land.index(KERN[0])), kind="stable") if g not in members]
    return set(order[:3])
