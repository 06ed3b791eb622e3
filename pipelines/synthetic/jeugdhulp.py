"""Jeugdhulp: the toewijzingen of the gemeenten that take part.

Lives here: who gets help, which product from which aanbieder, from when to when, and how a toewijzing changed later
(shortened, moved to another gemeente, herindeling, never valid). Not here: what of it stands in the delivery of a
schooljaar (deliver).
The mix of categories is in `data/jeugdhulp_mix.csv`, chosen for the demonstration; the product codes are the real ones
of the seed `ref_ijw_product`. Aanbieders are fictional: their codes begin with 0099.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from pipelines.resources import resource_dir
from pipelines.synthetic.calendar import OPEN, Schooljaar
from pipelines.synthetic.chance import Stream
from pipelines.synthetic.opp import BEHOEFTE, Arrangementen
from pipelines.synthetic.outside import DEEL
from pipelines.synthetic.places import DATA, Gebied, read
from pipelines.synthetic.population import PRO, SBO, SO, VSO, Bevolking
from pipelines.synthetic.schools import Scholen

# New courses of help per child and year: nobody's, with an OPP at a regular school, and at the other schools.
GEWOON, MET_OPP = 0.056, 0.21
GEPLAATST = 0.7
BIJZONDER = {SBO: 0.17, SO: 0.24, VSO: 0.26, PRO: 0.17}
LEEFTIJD = ((0, 4, 0.45), (4, 12, 1.05), (12, 18, 1.3))
VOORGESCHIEDENIS = 900  # days before the first schooljaar in which courses start too
VERVOLG, ERNAAST, EINDELOOS = 0.36, 0.16, 0.07
DUUR = ((90, 182, 365, 365, 548, 730), (0.14, 0.26, 0.34, 0.06, 0.10, 0.10))
ALLEEN_CATEGORIE, GENERIEK = 0.10, 0.05
GEWIJZIGD = 0.13
REDENEN = (("03", 0.12), ("04", 0.24), ("05", 0.30), ("06", 0.04), ("08", 0.05), ("09", 0.10), ("10", 0.04), ("12", 0.07),
           ("14", 0.04))
NOOIT_GELDIG = 0.012
ALSNOG_GEHOLPEN = 0.42  # of those refused because another law applies
OP_SCHOOL_BIJ = ("40", "41", "45", "50", "51", "54")
AANBIEDERS = 44


@dataclass
class Toewijzingen:
    """One element per toewijzing. `eind` is what was assigned first; from `gewijzigd_op` on `eind_na` and `reden` hold.

    `gemeente` is an index; `oud` the place of a herindeling if the gemeente before it assigned the help, else -1.
    """

    persoon: NDArray[np.int32]
    gemeente: NDArray[np.int16]
    oud: NDArray[np.int16]
    aanbieder: NDArray[np.int32]
    categorie: NDArray[np.int8]
    product: NDArray[np.int16]
    toegewezen: NDArray[np.int32]
    ingang: NDArray[np.int32]
    eind: NDArray[np.int32]
    gewijzigd_op: NDArray[np.int32]
    eind_na: NDArray[np.int32]
    reden: NDArray[np.int8]
    op_school: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.persoon)

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Toewijzingen:
        return Toewijzingen(*(getattr(self, field.name)[rows] for field in fields(self)))


REDEN = ["", *(reden for reden, _ in REDENEN), "07", "11", "13"]
OP_SCHOOL = ["ja", "nee", "onbekend"]


def join(parts: list[Toewijzingen]) -> Toewijzingen:
    return Toewijzingen(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Toewijzingen)))


class Producten:
    """Category and hulpvorm by weight, and the product codes that fit; category '' is a generic toewijzing."""

    def __init__(self) -> None:
        self.mix = list(read(DATA / "jeugdhulp_mix.csv"))
        self.categorie = [row["categorie"] for row in self.mix] + [""]
        fitting: dict[tuple[str, str], list[int]] = defaultdict(list)
        self.code: list[str] = []
        for row in read(resource_dir("seeds") / "ref_ijw_product.csv"):
            if row["categorie"] and not row["productcode"].endswith("00") and "kleedgeld" not in row["omschrijving"]:
                fitting[row["categorie"], row["hulpvorm"]].append(len(self.code))
                self.code.append(row["productcode"])
        self.code.append("")
        self.fitting = [np.array(fitting.get((row["categorie"], row["hulpvorm"]), [len(self.code) - 1]))
                        for row in self.mix]

    def draw(self, stream: Stream, behoefte: NDArray) -> tuple[NDArray[np.int8], NDArray[np.int16]]:
        n = len(behoefte)
        chosen = np.zeros(n, dtype=np.int64)
        for code in np.unique(behoefte):
            name = BEHOEFTE[code] if code >= 0 else "geen"
            column = name if name in self.mix[0] else "geen"
            rows = np.flatnonzero(behoefte == code)
            chosen[rows] = stream.pick([float(row[column]) for row in self.mix], len(rows))
        product = np.empty(n, dtype=np.int64)
        for place, options in enumerate(self.fitting):
            rows = np.flatnonzero(chosen == place)
            product[rows] = options[stream.below(len(options), len(rows))]
        kind = stream.pick((GENERIEK, ALLEEN_CATEGORIE, 1 - GENERIEK - ALLEEN_CATEGORIE), n, minimum=2)
        product[kind < 2] = len(self.code) - 1
        chosen[kind == 0] = len(self.categorie) - 1
        return chosen.astype(np.int8), product.astype(np.int16)


def make_toewijzingen(bevolking: Bevolking, scholen: Scholen, opp: Arrangementen, gebied: Gebied,
                      jaren: list[Schooljaar], seed: int) -> Toewijzingen:
    """Every toewijzing of a participating gemeente that touches one of the schooljaren."""
    stream = Stream(seed, "jeugdhulp")
    begin, last = jaren[0].begin - VOORGESCHIEDENIS, jaren[-1].eerste_leverdag + 20
    rate, behoefte = _rates(bevolking, scholen, opp)
    takes_part = np.zeros(len(gebied.land.codes) + 2, dtype=bool)
    takes_part[gebied.leveraars] = True
    lives = takes_part[bevolking.woon] | takes_part[bevolking.woon_na]
    who = np.flatnonzero(lives)
    count = stream.poisson(rate[who] * stream.factor(0.6, len(who)) * (last - begin) / 365)
    persoon = np.repeat(who, count)
    ingang = begin + stream.below(last - begin, len(persoon))
    persoon, ingang = _of_age(stream, bevolking, persoon, ingang)
    after = opp.take((opp.afwijsreden == 0) & lives[opp.persoon])
    after = after.take(stream.happens(ALSNOG_GEHOLPEN, len(after)))
    persoon = np.r_[persoon, after.persoon]
    ingang = np.r_[ingang, after.besluit + stream.between(0, 50, len(after))]
    producten = Producten()
    parts = _courses(stream, producten, persoon, ingang, behoefte, last)
    result = _with_changes(stream, join(parts))
    result.op_school[:] = _at_school(stream, producten, result, bevolking)
    result = _follow_child(stream, result, bevolking, gebied)
    ends = np.where(result.reden == len(REDEN) - 1, result.eind, np.maximum(result.eind, result.eind_na))
    result = result.take((ends >= jaren[0].begin) & takes_part[result.gemeente])
    result.aanbieder[:] = _aanbieders(stream, result, gebied)
    return result


def _rates(bevolking: Bevolking, scholen: Scholen, opp: Arrangementen) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Yearly chance of a course per child, and the behoefte that it follows (-1: none known at school)."""
    rate = np.full(len(bevolking.woon), GEWOON)
    behoefte = np.full(len(bevolking.woon), -1, dtype=np.int8)
    given = opp.take(opp.afwijsreden < 0)
    behoefte[given.persoon[::-1]] = given.behoefte[::-1]
    rate[given.persoon] = MET_OPP
    soort = scholen.soort[bevolking.spell.vestiging]
    for kind, value in BIJZONDER.items():
        rate[bevolking.spell.persoon[soort == kind]] = value
    rate[bevolking.buiten_vanaf:] = GEWOON / DEEL
    rate[bevolking.geplaatst] = GEPLAATST
    return rate, behoefte


def _of_age(stream: Stream, bevolking: Bevolking, persoon: NDArray, ingang: NDArray) -> tuple[NDArray, NDArray]:
    age = (ingang - bevolking.geboren[persoon]) / 365.25
    share = np.zeros(len(age))
    for low, high, factor in LEEFTIJD:
        share[(age >= low) & (age < high)] = factor / LEEFTIJD[-1][2]
    kept = stream.happens(share, len(age))
    return persoon[kept], ingang[kept]


def _courses(stream: Stream, producten: Producten, persoon: NDArray, ingang: NDArray, behoefte: NDArray,
             last: int) -> list[Toewijzingen]:
    """First toewijzing, what follows on it, and what runs beside it."""
    first = _toewijzing(stream, producten, persoon, ingang, behoefte)
    beside = first.take(stream.happens(ERNAAST, len(first)))
    parts = [first, _toewijzing(stream, producten, beside.persoon, beside.ingang + stream.between(0, 120, len(beside)),
                                behoefte)]
    current = first
    for _ in range(3):
        current = current.take((current.eind < last) & stream.happens(VERVOLG, len(current)))
        following = _toewijzing(stream, producten, current.persoon, current.eind + 1, behoefte)
        same = stream.happens(0.7, len(current))
        following.categorie[same], following.product[same] = current.categorie[same], current.product[same]
        parts.append(following)
        current = following
    return parts


def _toewijzing(stream: Stream, producten: Producten, persoon: NDArray, ingang: NDArray,
                behoefte: NDArray) -> Toewijzingen:
    n = len(persoon)
    categorie, product = producten.draw(stream, behoefte[persoon])
    days, chances = DUUR
    eind = ingang + np.array(days)[stream.pick(chances, n)] - 1 + np.where(stream.happens(0.3, n), stream.between(0, 60, n), 0)
    eind = np.where(stream.happens(EINDELOOS, n), OPEN, eind)
    late = stream.happens(0.10, n)
    toegewezen = ingang - np.where(late, -stream.between(1, 45, n), np.minimum(stream.days(13, 1.0, n), 300))
    none = np.full(n, OPEN, dtype=np.int32)
    return Toewijzingen(
        persoon.astype(np.int32), np.zeros(n, dtype=np.int16), np.full(n, -1, dtype=np.int16), np.zeros(n, dtype=np.int32),
        categorie, product, toegewezen.astype(np.int32), ingang.astype(np.int32), eind.astype(np.int32), none,
        none.copy(), np.zeros(n, dtype=np.int8), np.zeros(n, dtype=np.int8),
    )


def _with_changes(stream: Stream, rows: Toewijzingen) -> Toewijzingen:
    """Some are shortened, lengthened or handed over while they run; a few turn out never to have been valid."""
    n = len(rows)
    rows.eind_na[:] = rows.eind
    kind = stream.pick((1 - GEWIJZIGD - NOOIT_GELDIG, GEWIJZIGD, NOOIT_GELDIG), n, minimum=4)
    length = np.minimum(np.where(rows.eind == OPEN, 500, rows.eind - rows.ingang), 900)
    changed = np.flatnonzero(kind == 1)
    when = rows.ingang[changed] + stream.below(np.maximum(length[changed] - 5, 1), len(changed)) + 3
    reason = 1 + stream.pick([share for _, share in REDENEN], len(changed), minimum=1)
    longer = np.isin(np.array(REDEN)[reason], ("03", "04", "10"))
    rows.gewijzigd_op[changed] = when
    rows.reden[changed] = reason
    rows.eind_na[changed] = np.where(longer & (rows.eind[changed] != OPEN),
                                     rows.eind[changed] + stream.between(60, 365, len(changed)), when)
    never = np.flatnonzero(kind == 2)
    rows.gewijzigd_op[never] = np.maximum(rows.toegewezen[never], rows.ingang[never]) + stream.between(3, 380, len(never))
    rows.reden[never] = len(REDEN) - 1
    rows.eind_na[never] = rows.ingang[never] - stream.between(0, 1, len(never))
    return rows


def _at_school(stream: Stream, producten: Producten, rows: Toewijzingen, bevolking: Bevolking) -> NDArray[np.int8]:
    """Whether the help is given at school; some gemeenten hardly record it."""
    n = len(rows)
    records = np.where(stream.uniform(400) < 0.3, 0.35, 0.9)
    known = stream.happens(records[bevolking.woon[rows.persoon] % 400], n)
    fits = np.isin(np.array(producten.categorie)[rows.categorie], OP_SCHOOL_BIJ)
    yes = fits & stream.happens(0.16, n) & bevolking.enrolled()[rows.persoon]
    return np.where(known, np.where(yes, 0, 1), 2).astype(np.int8)


def _follow_child(stream: Stream, rows: Toewijzingen, bevolking: Bevolking, gebied: Gebied) -> Toewijzingen:
    """The paying gemeente on every day: split where the child moved, and where the gemeente merged."""
    moved = bevolking.verhuisd_op[rows.persoon]
    before, after = bevolking.woon[rows.persoon], bevolking.woon_na[rows.persoon]
    rows.gemeente[:] = np.where(rows.ingang >= moved, after, before)
    rows = _split(stream, rows, moved, after, REDEN.index("07"))
    for new in sorted({h.nieuw for h in gebied.herindelingen}):
        merged = [(place, h) for place, h in enumerate(gebied.herindelingen) if h.nieuw == new]
        here = rows.gemeente == gebied.land.index(new)
        datum = merged[0][1].datum
        places = np.array([place for place, _ in merged])
        rows.oud[:] = np.where(here & (rows.ingang < datum), places[rows.persoon % len(places)], rows.oud)
        rows = _split(stream, rows, np.where(here, datum, OPEN), rows.gemeente, REDEN.index("11"))
    return rows


def _split(stream: Stream, rows: Toewijzingen, dag: NDArray, gemeente: NDArray, reden: int) -> Toewijzingen:
    """End what runs on that day the day before, and let the other gemeente carry on with what was left."""
    never = rows.reden == len(REDEN) - 1
    cut = np.flatnonzero((rows.ingang < dag) & (np.minimum(rows.eind, rows.eind_na) >= dag) & ~never)
    dag = dag[cut]
    rest = rows.take(cut)
    rest.gemeente[:] = gemeente[cut]
    rest.oud[:] = -1
    rest.ingang[:] = dag
    rest.toegewezen[:] = dag - stream.between(0, 12, len(cut))
    merged = reden == REDEN.index("11")
    keeps = rest.gewijzigd_op > dag
    rest.reden[:] = np.where(merged & ~keeps, reden, np.where(keeps, rest.reden, 0))
    rest.gewijzigd_op[:] = np.where(keeps, rest.gewijzigd_op, dag if merged else OPEN)
    rest.eind[:] = np.where(keeps, rest.eind, rest.eind_na)
    rows.gewijzigd_op[cut] = dag
    rows.eind_na[cut] = dag - 1
    rows.reden[cut] = reden
    return join([rows, rest])


def _aanbieders(stream: Stream, rows: Toewijzingen, gebied: Gebied) -> NDArray[np.int32]:
    """A few large aanbieders and many small ones per region (SWV area), each with its own kind of help."""
    areas = sorted({areas[0][1] for areas in gebied.land.postcodes.values()})
    area = np.array([areas.index(gebied.land.postcodes[g][0][1]) for g in range(len(gebied.land.codes))])
    weights = 1 / (1 + np.arange(AANBIEDERS)) ** 0.8
    local = stream.pick(weights, len(rows))
    shifted = (local * 7 + rows.categorie * 3) % AANBIEDERS
    national = stream.happens(0.08, len(rows))
    block = area[rows.gemeente]
    return np.where(national, shifted % 9, 10 + block * AANBIEDERS + np.where(local < 6, local, shifted)).astype(np.int32)


def aanbieder_code(numbers: NDArray[np.integer]) -> list[str]:
    return [f"0099{number:04d}" for number in numbers]
