"""What happens to the children of the fictional region, schooljaar after schooljaar.

Lives here: who comes, moves up, is referred on, leaves, changes school, moves house. Not here: the state
that this changes (growth), support (opp) and jeugdhulp. Every school has its number of pupils on the
peildatum.
"""

from __future__ import annotations

import numpy as np

from pipelines.synthetic.area import Gebied
from pipelines.synthetic.calendar import OPEN, Schooljaar
from pipelines.synthetic.children import BO, GEEN, PRO, SBO, SO, VO, VSO, Bevolking
from pipelines.synthetic.growth import Groei, Int
from pipelines.synthetic.schools import Scholen

# Where children go after leerjaar 8, per soort they come from: VO, PRO, VSO.
DOORSTROOM = {BO: (0.965, 0.02, 0.015), SBO: (0.35, 0.45, 0.20), SO: (0.08, 0.10, 0.82)}
# Yearly chance to be referred on in summer.
VERWIJZING = {BO: ((SBO, 0.006), (SO, 0.003)), SBO: ((SO, 0.010),), VO: ((VSO, 0.004), (PRO, 0.003))}
EERST_VOL = (
    SO,
    SBO,
    VSO,
    PRO,
    VO,
    BO,
)  # schools fill up in this order: who is referred leaves a place behind
LEERJAREN = {BO: (1, 8), SBO: (3, 8), SO: (1, 8), VSO: (9, 14), VO: (9, 14), PRO: (9, 13)}
VERDELING_VO = (1, 1, 1, 0.95, 0.5, 0.22)  # over leerjaar 9 to 14
NIEUW_VOORAAN = {
    BO: 0.85,
    VO: 0.85,
    PRO: 0.85,
    SBO: 0.3,
    SO: 0.3,
    VSO: 0.3,
}  # of newcomers, in the first leerjaar
INSTROOM = 0.06  # four-year-olds who come after the peildatum, per pupil in basisonderwijs
WISSELT, VERHUIST = 0.011, 0.030  # per year: changes school within the year, moves to another gemeente
VERHUIST_MEE = 0.6  # of pupils in basisonderwijs who move, those who change school too


def grow(gebied: Gebied, scholen: Scholen, jaren: list[Schooljaar], seed: int) -> Bevolking:
    """All children enrolled in any of the schooljaren."""
    groei = Groei(gebied, scholen, jaren, seed)
    _first_year(groei)
    _within_year(groei, 0)
    for t in range(1, len(jaren)):
        _summer(groei, t)
        _within_year(groei, t)
    return groei.result()


def _first_year(groei: Groei) -> None:
    """Full schools, with children who came in earlier years."""
    jaar, scholen = groei.jaren[0], groei.scholen
    for soort in EERST_VOL:
        low, high = LEERJAREN[soort]
        places = np.repeat(np.arange(len(scholen.soort)), scholen.grootte[0] * (scholen.soort == soort))
        n = len(places)
        weights = VERDELING_VO if soort == VO else (1.0,) * (high - low + 1)
        leerjaar = low + groei.stream.pick(weights, n)
        years = leerjaar - low
        if soort in (SBO, SO, VSO):
            years = ((years + 1) * groei.stream.uniform(n) ** 0.6).astype(np.int64)
        since = jaar.begin - np.rint(365.25 * years).astype(np.int64)
        groei.add(places, groei.homes.draw(soort, scholen.gemeente[places]), leerjaar, since, jaar)


def _summer(groei: Groei, t: int) -> None:
    """Between two schooljaren: children move up, leave or are referred, and places are filled."""
    jaar = groei.jaren[t]
    groei.leerjaar += 1
    soort = groei.soort()
    up = np.flatnonzero(np.isin(soort, (BO, SBO, SO)) & (groei.leerjaar > 8))
    goal = np.zeros(len(up), dtype=np.int8)
    for origin, chances in DOORSTROOM.items():
        who = soort[up] == origin
        goal[who] = np.array((VO, PRO, VSO))[groei.stream.pick(chances, int(who.sum()))]
    done = np.flatnonzero(np.isin(soort, (VSO, VO, PRO)) & (groei.leerjaar > groei.laatste))
    groei.move(np.r_[up, done], GEEN, jaar.begin)
    referred = _referred(groei)
    for kind in EERST_VOL:
        surplus = groei.surplus(t, kind)
        groei.move(surplus, GEEN, jaar.begin)
        pool = np.unique(np.concatenate([up[goal == kind], *referred.get(kind, []), surplus]))
        places, woon = groei.fill(t, kind, pool)
        n, (low, high) = len(places), LEERJAREN[kind]
        leerjaar = groei.stream.between(low, min(high, 12), n)
        leerjaar[groei.stream.happens(NIEUW_VOORAAN[kind], n)] = low
        groei.add(places, woon, leerjaar, np.full(n, jaar.begin), jaar)


def _referred(groei: Groei) -> dict[int, list[Int]]:
    """Children to be placed elsewhere, if there is a place, per soort they are referred to."""
    referred: dict[int, list[Int]] = {}
    for origin, targets in VERWIJZING.items():
        here = np.flatnonzero(groei.soort() == origin)
        chance, from_ = groei.stream.uniform(len(here)), 0.0
        for target, share in targets:
            referred.setdefault(target, []).append(here[(chance >= from_) & (chance < from_ + share)])
            from_ += share
    return referred


def _within_year(groei: Groei, t: int) -> None:
    """After the peildatum: some move house, some change school, four-year-olds come in."""
    jaar, scholen, stream = groei.jaren[t], groei.scholen, groei.stream
    enrolled = np.flatnonzero(groei.school >= 0)
    can = enrolled[(groei.verhuisd_op[enrolled] == OPEN) & (groei.woon[enrolled] >= 0)]
    moving = can[stream.happens(VERHUIST, len(can))]
    groei.woon_na[moving] = groei.homes.neighbour(groei.woon[moving])
    groei.verhuisd_op[moving] = jaar.begin + stream.between(5, 355, len(moving))
    along = moving[(groei.soort()[moving] == BO) & stream.happens(VERHUIST_MEE, len(moving))]
    _change_school(groei, jaar, along, groei.woon_na[along], groei.verhuisd_op[along])
    changing = enrolled[stream.happens(WISSELT, len(enrolled))]
    some_day = jaar.peildatum + stream.between(14, 280, len(changing))
    _change_school(groei, jaar, changing, scholen.gemeente[groei.school[changing]], some_day)
    pupils = scholen.grootte[t] * (scholen.soort == BO)
    places = np.repeat(np.arange(len(pupils)), np.rint(INSTROOM * pupils).astype(np.int64))
    n = len(places)
    since = jaar.peildatum + stream.between(15, 280, n)
    groei.add(
        places, groei.homes.draw(BO, scholen.gemeente[places]), np.zeros(n, dtype=np.int64), since, jaar
    )


def _change_school(groei: Groei, jaar: Schooljaar, who: Int, gemeente: Int, dag: Int) -> None:
    """At most once a year, and after the peildatum."""
    may = (groei.sinds[who] <= jaar.begin) & (dag > jaar.peildatum)
    who, gemeente, dag = who[may], gemeente[may], dag[may]
    target = groei.other_school(who, gemeente)
    groei.move(who[target >= 0], target[target >= 0], dag[target >= 0])
