"""The children of the fictional region and the schools they go to, year after year.

Lives here: who is enrolled where from which day to which, who moves house. Not here: support (opp) and jeugdhulp.
A child is a row number. Every schooljaar children move up, leave, change school and make room for new ones, so that
each school has its number of pupils on the peildatum. `leerjaar` 1 to 8 is basisonderwijs, 9 and on what follows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.synthetic.calendar import OPEN, Schooljaar
from pipelines.synthetic.chance import Stream, rank_in_group
from pipelines.synthetic.places import SOORTEN, Gebied
from pipelines.synthetic.residence import BUITENLAND, Woonplaatsen
from pipelines.synthetic.schools import Scholen

BO, SBO, SO, VSO, VO, PRO = range(6)
GEEN = -1  # no school of this region
# Where children go after leerjaar 8, per soort they come from: (VO, PRO, VSO).
DOORSTROOM = {BO: (0.965, 0.02, 0.015), SBO: (0.35, 0.45, 0.20), SO: (0.08, 0.10, 0.82)}
# Yearly chance to be referred on in summer.
VERWIJZING = {BO: ((SBO, 0.006), (SO, 0.003)), SBO: ((SO, 0.010),), VO: ((VSO, 0.004), (PRO, 0.003))}
LAATSTE_LEERJAAR = ((12, 13, 14), (0.50, 0.28, 0.22))  # vmbo, havo, vwo
INSTROOM = 0.06  # four-year-olds who come after the peildatum, per pupil in basisonderwijs
WISSELT, VERHUIST = 0.011, 0.030  # per year: changes school within the year, moves to another gemeente


@dataclass
class Spell:
    """Enrolments: child, vestiging, first and last day (OPEN if it lasts)."""

    persoon: NDArray[np.int32]
    vestiging: NDArray[np.int32]
    van: NDArray[np.int32]
    tot: NDArray[np.int32]


@dataclass
class Bevolking:
    """Children by row number; woon is a gemeente index or BUITENLAND, before and from `verhuisd_op` on."""

    woon: NDArray[np.int16]
    woon_na: NDArray[np.int16]
    verhuisd_op: NDArray[np.int32]
    geboren: NDArray[np.int32]
    spell: Spell
    geplaatst: NDArray[np.int64]  # children placed in the region from elsewhere (outside)
    buiten_vanaf: int  # from this row number on: children who go to no school of the region (outside)

    def enrolled(self) -> NDArray[np.bool_]:
        result = np.zeros(len(self.woon), dtype=bool)
        result[self.spell.persoon] = True
        return result

    def home_on(self, persoon: NDArray[np.integer], dag: NDArray[np.integer] | int) -> NDArray[np.int16]:
        return np.where(self.verhuisd_op[persoon] <= dag, self.woon_na[persoon], self.woon[persoon])


class _Groei:
    """The state while the years go by."""

    def __init__(self, gebied: Gebied, scholen: Scholen, jaren: list[Schooljaar], seed: int) -> None:
        self.scholen, self.jaren = scholen, jaren
        self.stream = Stream(seed, "bevolking")
        self.homes = Woonplaatsen(gebied.land, jaren[-1].jaar, Stream(seed, "woonplaats"))
        self.leerjaar = np.zeros(0, dtype=np.int8)
        self.laatste = np.zeros(0, dtype=np.int8)
        self.school = np.zeros(0, dtype=np.int32)
        self.sinds = np.zeros(0, dtype=np.int32)
        self.woon = np.zeros(0, dtype=np.int16)
        self.woon_na = np.zeros(0, dtype=np.int16)
        self.verhuisd_op = np.zeros(0, dtype=np.int32)
        self.geboren = np.zeros(0, dtype=np.int32)
        self.spells: list[tuple[NDArray[np.int32], ...]] = []

    def add(self, school: NDArray[np.integer], woon: NDArray[np.int16], leerjaar: NDArray[np.integer],
            sinds: NDArray[np.integer], jaar: Schooljaar) -> None:
        n = len(school)
        years, chances = LAATSTE_LEERJAAR
        last = np.array(years)[self.stream.pick(chances, n)]
        last[np.isin(self.scholen.soort[school], (VSO, PRO))] = 14
        self.leerjaar = np.r_[self.leerjaar, leerjaar.astype(np.int8)]
        self.laatste = np.r_[self.laatste, np.maximum(last, leerjaar).astype(np.int8)]
        self.school = np.r_[self.school, school.astype(np.int32)]
        self.sinds = np.r_[self.sinds, sinds.astype(np.int32)]
        self.woon = np.r_[self.woon, woon]
        self.woon_na = np.r_[self.woon_na, woon]
        self.verhuisd_op = np.r_[self.verhuisd_op, np.full(n, OPEN, dtype=np.int32)]
        born = jaar.peildatum - 365 * (leerjaar + 3) - self.stream.below(365, n)
        self.geboren = np.r_[self.geboren, born.astype(np.int32)]

    def move(self, who: NDArray[np.integer], school: NDArray[np.integer] | int, dag: NDArray[np.integer] | int) -> None:
        """End the enrolment the day before and begin the next, if there is one."""
        if len(who):
            end = np.broadcast_to(np.asarray(dag, dtype=np.int32) - 1, len(who))
            old = self.school[who] >= 0
            self.spells.append((who[old].astype(np.int32), self.school[who][old], self.sinds[who][old], end[old]))
            self.school[who] = school
            self.sinds[who] = dag

    def soort(self) -> NDArray[np.int8]:
        return np.where(self.school >= 0, self.scholen.soort[self.school], GEEN).astype(np.int8)

    def vacancies(self, t: int, soort: int) -> NDArray[np.int64]:
        """Vestigingen of this soort, one for every empty place."""
        members = np.flatnonzero(self.scholen.soort == soort)
        present = np.bincount(self.school[self.school >= 0], minlength=len(self.scholen.soort))[members]
        return np.repeat(members, np.maximum(self.scholen.grootte[t][members] - present, 0))

    def surplus(self, t: int, soort: int) -> NDArray[np.int64]:
        """Children for whom a school that shrinks has no place."""
        order = self.stream.order(len(self.school))
        here = order[self.soort()[order] == soort]
        here = here[np.argsort(self.school[here], kind="stable")]
        return here[rank_in_group(self.school[here]) >= self.scholen.grootte[t][self.school[here]]]

    def place(self, t: int, soort: int, pool: NDArray[np.integer]) -> NDArray[np.int64]:
        """Give children of the pool an empty place near home; returns the places that remain empty, with homes."""
        places = self.vacancies(t, soort)
        places = places[self.stream.order(len(places))]
        wanted = self.homes.draw(soort, self.scholen.gemeente[places])
        pool = pool[self.stream.order(len(pool))]
        pool = pool[np.argsort(self.woon_na[pool], kind="stable")]
        by_home = np.argsort(wanted, kind="stable")
        places, wanted = places[by_home], wanted[by_home]
        offset = -BUITENLAND
        size = int(max(wanted.max(initial=0), self.woon_na[pool].max(initial=0))) + offset + 1
        both = np.minimum(np.bincount(wanted + offset, minlength=size),
                          np.bincount(self.woon_na[pool] + offset, minlength=size))
        take = rank_in_group(wanted) < both[wanted + offset]
        took = rank_in_group(self.woon_na[pool]) < both[self.woon_na[pool] + offset]
        self.move(pool[took], places[take], self.jaren[t].begin)
        self.empty_homes = wanted[~take]
        return places[~take]

    def newcomers(self, t: int, soort: int, places: NDArray[np.integer]) -> None:
        """Children from outside, or four-year-olds, for the places that remain."""
        n = len(places)
        jaar = self.jaren[t]
        low, high, first = {BO: (2, 8, 1), SBO: (3, 8, 4), SO: (1, 8, 1), VSO: (9, 12, 9), VO: (10, 12, 9),
                            PRO: (10, 12, 9)}[soort]
        leerjaar = self.stream.between(low, high, n)
        leerjaar[self.stream.happens(0.85 if soort in (BO, VO, PRO) else 0.3, n)] = first
        self.add(places, self.empty_homes, leerjaar, np.full(n, jaar.begin), jaar)

    def first_year(self) -> None:
        jaar = self.jaren[0]
        for soort in range(6):
            places = np.repeat(np.arange(len(self.scholen.soort)), self.scholen.grootte[0] * (self.scholen.soort == soort))
            n = len(places)
            low, high = {BO: (1, 8), SBO: (3, 8), SO: (1, 8), VSO: (9, 14), VO: (9, 14), PRO: (9, 13)}[soort]
            weights = [1.0] * (high - low + 1) if soort != VO else [1, 1, 1, 0.95, 0.5, 0.22]
            leerjaar = low + self.stream.pick(weights, n)
            entered = {BO: 1, SBO: 3, SO: 1}.get(soort, 9)
            late = np.maximum(leerjaar - entered, 0)
            if soort in (SBO, SO, VSO):
                late = self.stream.below(late + 1, n)
            homes = self.homes.draw(soort, self.scholen.gemeente[places])
            self.add(places, homes, leerjaar, jaar.begin - np.rint(365.25 * late).astype(np.int64), jaar)

    def next_year(self, t: int) -> None:
        jaar = self.jaren[t]
        self.leerjaar += 1
        soort = self.soort()
        up = np.flatnonzero(np.isin(soort, (BO, SBO, SO)) & (self.leerjaar > 8))
        goal = np.zeros(len(up), dtype=np.int8)
        for origin, chances in DOORSTROOM.items():
            who = soort[up] == origin
            goal[who] = np.array((VO, PRO, VSO))[self.stream.pick(chances, int(who.sum()))]
        done = np.flatnonzero(np.isin(soort, (VSO, VO, PRO)) & (self.leerjaar > self.laatste))
        self.move(np.r_[up, done], GEEN, jaar.begin)
        refer = {target: [] for target in (SBO, SO, VSO, PRO)}
        for origin, targets in VERWIJZING.items():
            stay = np.flatnonzero(self.soort() == origin)
            chance = self.stream.uniform(len(stay))
            for target, share in targets:
                refer[target].append(stay[chance < share])
                chance = chance + np.where(chance < share, 2.0, -share)
        for kind in (SO, SBO, VSO, PRO, VO, BO):
            surplus = self.surplus(t, kind)
            self.move(surplus, GEEN, jaar.begin)
            pool = [up[goal == kind], *refer.get(kind, []), surplus]
            self.newcomers(t, kind, self.place(t, kind, np.unique(np.concatenate(pool))))

    def within_year(self, t: int) -> None:
        """After the peildatum: four-year-olds come in, some change school, some move house."""
        jaar = self.jaren[t]
        enrolled = np.flatnonzero(self.school >= 0)
        self._move_house(jaar, enrolled)
        changing = enrolled[self.stream.happens(WISSELT, len(enrolled))]
        self._change_school(jaar, changing, self.scholen.gemeente[self.school[changing]])
        bo = np.repeat(np.arange(len(self.scholen.soort)),
                       np.rint(INSTROOM * self.scholen.grootte[t]).astype(np.int64) * (self.scholen.soort == BO))
        homes = self.homes.draw(BO, self.scholen.gemeente[bo])
        self.add(bo, homes, np.zeros(len(bo), dtype=np.int64), jaar.peildatum + self.stream.between(15, 280, len(bo)), jaar)

    def _move_house(self, jaar: Schooljaar, enrolled: NDArray[np.integer]) -> None:
        can = enrolled[(self.verhuisd_op[enrolled] == OPEN) & (self.woon[enrolled] >= 0)]
        who = can[self.stream.happens(VERHUIST, len(can))]
        self.woon_na[who] = self.homes.neighbour(self.woon[who])
        self.verhuisd_op[who] = jaar.begin + self.stream.between(5, 355, len(who))
        along = who[(self.soort()[who] == BO) & self.stream.happens(0.6, len(who))]
        self._change_school(jaar, along, self.woon_na[along], self.verhuisd_op[along])

    def _change_school(self, jaar: Schooljaar, who: NDArray[np.integer], gemeente: NDArray[np.integer],
                       dag: NDArray[np.integer] | None = None) -> None:
        """To another school of the same soort in the gemeente, if there is one; one change per year."""
        free = self.sinds[who] <= jaar.begin
        who, gemeente = who[free], gemeente[free]
        dag = jaar.peildatum + self.stream.between(14, 280, len(who)) if dag is None else np.asarray(dag)[free]
        after = dag > jaar.peildatum
        who, gemeente, dag = who[after], gemeente[after], dag[after]
        wide = int(self.scholen.gemeente.max()) + 1
        key = self.scholen.soort.astype(np.int64) * wide + self.scholen.gemeente
        order = np.argsort(key, kind="stable")
        wish = self.soort()[who].astype(np.int64) * wide + gemeente
        begin, end = np.searchsorted(key[order], wish, "left"), np.searchsorted(key[order], wish, "right")
        some = (end > begin) & (gemeente < wide)
        who, dag, begin, end = who[some], dag[some], begin[some], end[some]
        target = order[begin + self.stream.below(end - begin, len(who))]
        other = target != self.school[who]
        self.move(who[other], target[other], dag[other])

    def result(self) -> Bevolking:
        still = np.flatnonzero(self.school >= 0)
        self.spells.append((still.astype(np.int32), self.school[still], self.sinds[still],
                            np.full(len(still), OPEN, dtype=np.int32)))
        columns = [np.concatenate(part).astype(np.int32) for part in zip(*self.spells, strict=True)]
        order = np.lexsort((columns[2], columns[0]))
        spell = Spell(*(column[order] for column in columns))
        return Bevolking(self.woon, self.woon_na, self.verhuisd_op, self.geboren, spell, np.zeros(0, dtype=np.int64), len(self.woon))


def grow(gebied: Gebied, scholen: Scholen, jaren: list[Schooljaar], seed: int) -> Bevolking:
    """All children enrolled in any of the schooljaren."""
    groei = _Groei(gebied, scholen, jaren, seed)
    for t in range(len(jaren)):
        if t:
            groei.next_year(t)
        else:
            groei.first_year()
        groei.within_year(t)
    return groei.result()
