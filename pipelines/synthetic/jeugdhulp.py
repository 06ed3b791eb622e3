"""Jeugdhulp: the toewijzingen of the gemeenten that take part.

Lives here: which child gets help, from when to when, one toewijzing after or beside another. Not here: the
product (products), how a toewijzing changes (changes) and what of it stands in a delivery
(deliver_jeugdhulp).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from pipelines.synthetic.area import Gebied
from pipelines.synthetic.calendar import OPEN, Schooljaar
from pipelines.synthetic.chance import Stream
from pipelines.synthetic.children import PRO, SBO, SO, VSO, Bevolking
from pipelines.synthetic.codes import ANDERE_WET
from pipelines.synthetic.opp import Arrangementen
from pipelines.synthetic.outside import DEEL
from pipelines.synthetic.products import producten
from pipelines.synthetic.schools import Scholen

# New courses of help per year and child of 12 or older: any child, with an OPP at a regular school, placed
# here; then pupils of the other kinds of school.
GEWOON, MET_OPP, GEPLAATST = 0.057, 0.22, 0.7
BIJZONDER = {SBO: 0.20, SO: 0.26, VSO: 0.28, PRO: 0.18}
LEEFTIJD = ((0, 4, 0.35), (4, 12, 0.81), (12, 18, 1.0))
SPREIDING = 0.6  # children differ
VOORGESCHIEDENIS = 1500  # days before the first schooljaar in which courses start too
VERVOLG, ERNAAST, EINDELOOS = 0.36, 0.16, 0.07
DUUR = ((90, 182, 365, 548, 730), (0.14, 0.26, 0.40, 0.10, 0.10))
INGANG_TERUG = 0.10  # starts before it was assigned
ALSNOG_GEHOLPEN = 0.42  # of those refused because another law applies
REDEN = ("", "03", "04", "05", "06", "08", "09", "10", "12", "14", "07", "11", "13")
VERHUISD, HERINDELING, NOOIT_GELDIG = (REDEN.index(code) for code in ("07", "11", "13"))
OP_SCHOOL = ("ja", "nee", "onbekend")
JA, NEE, ONBEKEND = range(3)


@dataclass
class Toewijzingen:
    """One element per toewijzing. `eind` is what was assigned first; from `gewijzigd_op` on, `eind_na` and
    `reden`.

    `gemeente` is an index; `oud` the place of a herindeling if the gemeente before it assigned the help,
    else -1.
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

    def end_on(self, dag: int) -> NDArray[np.int32]:
        """The last day as it stood on a day."""
        return np.where(self.gewijzigd_op <= dag, self.eind_na, self.eind)

    def never_on(self, dag: int) -> NDArray[np.bool_]:
        """Known on that day to have never been valid."""
        return (self.reden == NOOIT_GELDIG) & (self.gewijzigd_op <= dag)


def join(parts: list[Toewijzingen]) -> Toewijzingen:
    names = [field.name for field in fields(Toewijzingen)]
    return Toewijzingen(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def make_courses(
    stream: Stream,
    bevolking: Bevolking,
    scholen: Scholen,
    opp: Arrangementen,
    gebied: Gebied,
    jaren: list[Schooljaar],
) -> Toewijzingen:
    """The toewijzingen as they were first assigned, still without gemeente and aanbieder."""
    begin, last = jaren[0].begin - VOORGESCHIEDENIS, jaren[-1].eerste_leverdag + 20
    rate, behoefte = _rates(bevolking, scholen, opp)
    lives = gebied.delivers(bevolking.woon) | gebied.delivers(bevolking.woon_na)
    who = np.flatnonzero(lives)
    count = stream.poisson(rate[who] * stream.factor(SPREIDING, len(who)) * (last - begin) / 365)
    persoon = np.repeat(who, count)
    ingang = begin + stream.below(last - begin, len(persoon))
    kept = stream.happens(_by_age((ingang - bevolking.geboren[persoon]) / 365.25), len(persoon))
    after = opp.take((opp.afwijsreden == ANDERE_WET) & lives[opp.persoon])
    after = after.take(stream.happens(ALSNOG_GEHOLPEN, len(after)))
    persoon = np.r_[persoon[kept], after.persoon]
    ingang = np.r_[ingang[kept], after.besluit + stream.between(0, 50, len(after))]
    return join(_courses(stream, persoon, ingang, behoefte, last))


def _rates(
    bevolking: Bevolking, scholen: Scholen, opp: Arrangementen
) -> tuple[NDArray[np.float64], NDArray[np.int8]]:
    """Yearly rate of courses per child, and the behoefte that they follow (-1: none known at school)."""
    rate = np.full(len(bevolking.woon), GEWOON)
    behoefte = np.full(len(bevolking.woon), -1, dtype=np.int8)
    given = opp.take(opp.afwijsreden < 0)
    behoefte[given.persoon[::-1]] = given.behoefte[::-1]
    rate[given.persoon] = MET_OPP
    soort = scholen.soort[bevolking.spell.vestiging]
    for kind, value in BIJZONDER.items():
        rate[bevolking.spell.persoon[soort == kind]] = value
    rate[bevolking.buiten_vanaf :] = GEWOON / DEEL
    rate[bevolking.geplaatst] = GEPLAATST
    return rate, behoefte


def _by_age(age: NDArray[np.float64]) -> NDArray[np.float64]:
    share = np.zeros(len(age))
    for low, high, factor in LEEFTIJD:
        share[(age >= low) & (age < high)] = factor
    return share


def _courses(
    stream: Stream, persoon: NDArray, ingang: NDArray, behoefte: NDArray, last: int
) -> list[Toewijzingen]:
    """First toewijzing, what runs beside it, and what follows on it."""
    first = _toewijzing(stream, persoon, ingang, behoefte)
    beside = first.take(stream.happens(ERNAAST, len(first)))
    later = beside.ingang + stream.between(0, 120, len(beside))
    parts = [first, _toewijzing(stream, beside.persoon, later, behoefte)]
    current = first
    for _ in range(3):
        current = current.take((current.eind < last) & stream.happens(VERVOLG, len(current)))
        following = _toewijzing(stream, current.persoon, current.eind + 1, behoefte)
        same = stream.happens(0.7, len(current))
        following.categorie[same], following.product[same] = current.categorie[same], current.product[same]
        parts.append(following)
        current = following
    return parts


def _toewijzing(stream: Stream, persoon: NDArray, ingang: NDArray, behoefte: NDArray) -> Toewijzingen:
    n = len(persoon)
    categorie, product = producten().draw(stream, behoefte[persoon])
    lengths, chances = DUUR
    length = np.array(lengths)[stream.pick(chances, n)]
    length += np.where(stream.happens(0.3, n), stream.between(0, 60, n), 0)
    eind = np.where(stream.happens(EINDELOOS, n), OPEN, ingang + length - 1)
    back = stream.happens(INGANG_TERUG, n)
    lag = np.where(back, -stream.between(1, 45, n), np.minimum(stream.days(13, 1.0, n), 300))
    return Toewijzingen(
        persoon=persoon.astype(np.int32),
        gemeente=np.zeros(n, dtype=np.int16),
        oud=np.full(n, -1, dtype=np.int16),
        aanbieder=np.zeros(n, dtype=np.int32),
        categorie=categorie,
        product=product,
        toegewezen=(ingang - lag).astype(np.int32),
        ingang=ingang.astype(np.int32),
        eind=eind.astype(np.int32),
        gewijzigd_op=np.full(n, OPEN, dtype=np.int32),
        eind_na=eind.astype(np.int32),
        reden=np.zeros(n, dtype=np.int8),
        op_school=np.full(n, ONBEKEND, dtype=np.int8),
    )
