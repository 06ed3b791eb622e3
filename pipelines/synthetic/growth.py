"""The state of the population while the schooljaren go by.

Lives here: adding children, moving them from school to school, filling empty places near home. Not here:
what happens in a year (population).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.synthetic.area import Gebied
from pipelines.synthetic.calendar import OPEN, Schooljaar
from pipelines.synthetic.chance import Stream, rank_in_group
from pipelines.synthetic.children import GEEN, PRO, VSO, Bevolking, Spell
from pipelines.synthetic.residence import BUITENLAND, Woonplaatsen
from pipelines.synthetic.schools import Scholen

LAATSTE_LEERJAAR = ((12, 13, 14), (0.50, 0.28, 0.22))  # vmbo, havo, vwo

Int = NDArray[np.integer]


class Groei:
    """Children by row number. `leerjaar` 1 to 8 is basisonderwijs, 0 the year in which a child turns four,
    9 and on what follows; `school` is GEEN or where the child is enrolled since day `sinds`.
    """

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
        self._spells: list[tuple[Int, ...]] = []

    def add(self, school: Int, woon: NDArray[np.int16], leerjaar: Int, sinds: Int, jaar: Schooljaar) -> None:
        """New children."""
        n = len(school)
        years, chances = LAATSTE_LEERJAAR
        last = np.array(years)[self.stream.pick(chances, n)]
        last[np.isin(self.scholen.soort[school], (VSO, PRO))] = 14
        born = jaar.peildatum - 365 * (leerjaar + 3) - self.stream.below(365, n)
        self.leerjaar = np.r_[self.leerjaar, leerjaar.astype(np.int8)]
        self.laatste = np.r_[self.laatste, np.maximum(last, leerjaar).astype(np.int8)]
        self.school = np.r_[self.school, school.astype(np.int32)]
        self.sinds = np.r_[self.sinds, sinds.astype(np.int32)]
        self.woon = np.r_[self.woon, woon]
        self.woon_na = np.r_[self.woon_na, woon]
        self.verhuisd_op = np.r_[self.verhuisd_op, np.full(n, OPEN, dtype=np.int32)]
        self.geboren = np.r_[self.geboren, born.astype(np.int32)]

    def move(self, who: Int, school: Int | int, dag: Int | int) -> None:
        """End the enrolment the day before and begin the next, if there is one."""
        if len(who):
            end = np.broadcast_to(np.asarray(dag, dtype=np.int32) - 1, len(who))
            old = self.school[who] >= 0
            self._spells.append((who[old], self.school[who][old], self.sinds[who][old], end[old]))
            self.school[who] = school
            self.sinds[who] = dag

    def soort(self) -> NDArray[np.int8]:
        return np.where(self.school >= 0, self.scholen.soort[self.school], GEEN).astype(np.int8)

    def surplus(self, t: int, soort: int) -> Int:
        """Children for whom a school that shrinks has no place."""
        order = self.stream.order(len(self.school))
        here = order[self.soort()[order] == soort]
        here = here[np.argsort(self.school[here], kind="stable")]
        return here[rank_in_group(self.school[here]) >= self.scholen.grootte[t][self.school[here]]]

    def fill(self, t: int, soort: int, pool: Int) -> tuple[Int, NDArray[np.int16]]:
        """Give children of the pool an empty place near home; the places that remain empty, and whose they
        are to be.
        """
        places = self._vacancies(t, soort)
        places = places[self.stream.order(len(places))]
        wanted = self.homes.draw(soort, self.scholen.gemeente[places])
        by_home = np.argsort(wanted, kind="stable")
        places, wanted = places[by_home], wanted[by_home].astype(np.int64) - BUITENLAND
        pool = pool[self.stream.order(len(pool))]
        pool = pool[np.argsort(self.woon_na[pool], kind="stable")]
        lives = self.woon_na[pool].astype(np.int64) - BUITENLAND
        size = int(max(wanted.max(initial=0), lives.max(initial=0))) + 1
        both = np.minimum(np.bincount(wanted, minlength=size), np.bincount(lives, minlength=size))
        taken, placed = rank_in_group(wanted) < both[wanted], rank_in_group(lives) < both[lives]
        self.move(pool[placed], places[taken], self.jaren[t].begin)
        return places[~taken], (wanted[~taken] + BUITENLAND).astype(np.int16)

    def other_school(self, who: Int, gemeente: Int) -> Int:
        """Another school of the same soort in a gemeente, GEEN if there is none."""
        wide = int(self.scholen.gemeente.max()) + 1
        key = self.scholen.soort.astype(np.int64) * wide + self.scholen.gemeente
        order = np.argsort(key, kind="stable")
        wish = np.where(gemeente < wide, self.soort()[who].astype(np.int64) * wide + gemeente, -1)
        begin, end = np.searchsorted(key[order], wish, "left"), np.searchsorted(key[order], wish, "right")
        some = end > begin
        choice = begin + self.stream.below(np.maximum(end - begin, 1), len(who))
        target = np.where(some, order[np.minimum(choice, len(order) - 1)], GEEN)
        return np.where(target == self.school[who], GEEN, target)

    def result(self) -> Bevolking:
        still = np.flatnonzero(self.school >= 0)
        until = np.full(len(still), OPEN, dtype=np.int32)
        self._spells.append((still, self.school[still], self.sinds[still], until))
        columns = [np.concatenate(part).astype(np.int32) for part in zip(*self._spells, strict=True)]
        spell = Spell(*columns).take(np.lexsort((columns[2], columns[0])))
        nobody, everyone = np.zeros(0, dtype=np.int64), len(self.woon)
        return Bevolking(
            self.woon, self.woon_na, self.verhuisd_op, self.geboren, spell, nobody, everyone
        )  # fmt: skip

    def _vacancies(self, t: int, soort: int) -> Int:
        """Vestigingen of this soort, one for every empty place."""
        members = np.flatnonzero(self.scholen.soort == soort)
        present = np.bincount(self.school[self.school >= 0], minlength=len(self.scholen.soort))[members]
        return np.repeat(members, np.maximum(self.scholen.grootte[t][members] - present, 0))
