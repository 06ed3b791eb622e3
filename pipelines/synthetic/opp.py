"""Onderwijsondersteuning: what schools ask for, decide and give to the children of the region.

Lives here: arrangements with their whole course (need, decision, start, end). Not here: the codes (codes)
and what of it stands in the delivery of a schooljaar (deliver_opp): how far things had come on the delivery
date.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from pipelines.synthetic.calendar import OPEN, Schooljaar
from pipelines.synthetic.chance import Stream
from pipelines.synthetic.children import BO, PRO, SBO, SO, VO, VSO, Bevolking, Spell
from pipelines.synthetic.codes import AFWIJSREDEN_GEWICHT, profielen
from pipelines.synthetic.schools import Scholen

GROEP = {BO: "BO", VO: "VO", SBO: "SBO", SO: "SO", VSO: "SO", PRO: "PRO"}
# Requests per pupil and year that lead to an OPP at a regular school, which then has 5 to 15 pupils with one.
AANVRAAG_PER_JAAR = {BO: 0.024, VO: 0.018}
SCHOOL_SPREIDING = 0.35  # schools differ
AFGEWEZEN_PER_JAAR = 0.0045
DUUR_DAGEN, DUUR_SPREIDING = 560, 0.7
EXTRA = {BO: 0.16, VO: 0.16, SBO: 0.20, SO: 0.30, VSO: 0.30, PRO: 0.16}  # a second arrangement
WACHT_DAGEN, WACHT_SPREIDING = 26, 0.72  # one request in seven waits longer than eight weeks
WACHT_DAGEN_VAAG = 55  # where it is not clear whose child it is
VROEG_BEGONNEN = 0.13
EIND_GEPLAND = 0.45  # the end is in the books from the start
LATER_DUIDELIJK = 0.45  # of those in overleg: somebody takes it on within a year or so


@dataclass
class Arrangementen:
    """One element per arrangement or request; OPEN is no day.

    `van` and `tot` bound the child's time at the vestiging. `besluit` is the day on which it is decided,
    sooner or later; `afwijsreden` -1 unless refused then; `eind` the real last day; from `duidelijk_op` on
    somebody else than the profiel says is responsible.
    """

    persoon: NDArray[np.int32]
    vestiging: NDArray[np.int32]
    van: NDArray[np.int32]
    tot: NDArray[np.int32]
    behoefte: NDArray[np.int8]
    profiel: NDArray[np.int16]
    afwijsreden: NDArray[np.int8]
    vastgesteld: NDArray[np.int32]
    besluit: NDArray[np.int32]
    start: NDArray[np.int32]
    eind: NDArray[np.int32]
    gepland: NDArray[np.bool_]
    duidelijk_op: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.persoon)

    def take(self, rows: NDArray[np.integer] | NDArray[np.bool_]) -> Arrangementen:
        return Arrangementen(*(getattr(self, field.name)[rows] for field in fields(self)))


def make_arrangementen(
    bevolking: Bevolking, scholen: Scholen, jaren: list[Schooljaar], seed: int
) -> Arrangementen:
    """Every arrangement and request that touches one of the schooljaren."""
    maker = _Maker(Stream(seed, "opp"), len(scholen.soort), jaren[-1].eerste_leverdag)
    every = bevolking.spell
    spell = every.take((every.tot >= jaren[0].begin) & (every.van <= jaren[-1].eind))
    soort = scholen.soort[spell.vestiging]
    parts = []
    for kind in (BO, VO):
        parts += [
            maker.regular(spell.take(soort == kind), kind),
            maker.refused(spell.take(soort == kind), kind),
        ]
    parts += [maker.follow(_join(parts), every, scholen)]
    parts += [maker.placed(spell.take(soort == kind), kind) for kind in (SBO, SO, VSO, PRO)]
    parts.append(maker.second(_join(parts), scholen))
    result = _join(parts)
    result.eind[:] = np.minimum(result.eind, result.tot)
    happened = (result.start <= result.tot) & (result.eind >= jaren[0].begin)
    return result.take((happened | (result.afwijsreden >= 0)) & (result.vastgesteld <= jaren[-1].eind))


def _join(parts: list[Arrangementen]) -> Arrangementen:
    names = [field.name for field in fields(Arrangementen)]
    return Arrangementen(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


class _Maker:
    def __init__(self, stream: Stream, schools: int, last: int) -> None:
        self.stream, self.schools, self.last = stream, schools, last

    def regular(self, spell: Spell, kind: int) -> Arrangementen:
        """A need that shows at some moment of the time at a regular school."""
        rate = AANVRAAG_PER_JAAR[kind] * self.stream.factor(SCHOOL_SPREIDING, self.schools)
        spell, vastgesteld = self._moments(spell, rate[spell.vestiging])
        return self._course(spell, GROEP[kind], vastgesteld)

    def refused(self, spell: Spell, kind: int) -> Arrangementen:
        spell, vastgesteld = self._moments(spell, np.full(len(spell), AFGEWEZEN_PER_JAAR))
        part = self._course(spell, GROEP[kind], vastgesteld)
        part.afwijsreden[:] = self.stream.pick(AFWIJSREDEN_GEWICHT, len(part), minimum=2)
        part.start[:] = part.eind[:] = OPEN
        return part

    def follow(self, given: Arrangementen, every: Spell, scholen: Scholen) -> Arrangementen:
        """A child that changes school keeps its support: the new school decides again, soon."""
        key = every.persoon.astype(np.int64) * 100_000 + every.van
        wanted = given.persoon.astype(np.int64) * 100_000 + np.minimum(given.tot + 1, 99_999)
        place = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
        same_soort = scholen.soort[every.vestiging[place]] == scholen.soort[given.vestiging]
        runs_on = (given.afwijsreden < 0) & (given.eind > given.tot) & (given.start <= given.tot)
        rows = np.flatnonzero((key[place] == wanted) & runs_on & same_soort)
        old, spell = given.take(rows), every.take(place[rows])
        part = self._course(spell, "BO", spell.van - self.stream.between(0, 20, len(spell)))
        part.profiel[:], part.behoefte[:], part.eind[:] = old.profiel, old.behoefte, old.eind
        part.besluit[:] = np.minimum(part.besluit, spell.van + self.stream.between(0, 30, len(spell)))
        part.start[:] = spell.van
        return part.take(part.eind >= part.start)

    def placed(self, spell: Spell, kind: int) -> Arrangementen:
        """Every pupil of SBO, SO, VSO and PRO has an OPP, decided around the day on which the pupil came."""
        n = len(spell)
        late = self.stream.happens(0.12, n)
        ahead = np.where(late, self.stream.between(1, 20, n), self.stream.between(35, 190, n))
        part = self._course(spell, GROEP[kind], spell.van - ahead)
        in_time = spell.van - self.stream.between(0, 20, n)
        part.besluit[:] = np.where(late, part.besluit, np.minimum(part.besluit, in_time))
        part.besluit[:] = np.maximum(part.besluit, part.vastgesteld)
        part.start[:] = spell.van + self.stream.below(4, n)
        part.eind[:] = spell.tot
        return part

    def second(self, first: Arrangementen, scholen: Scholen) -> Arrangementen:
        """A second arrangement beside the first."""
        first = first.take((first.afwijsreden < 0) & (first.start <= first.tot))
        chance = np.array([EXTRA[kind] for kind in range(6)])[scholen.soort[first.vestiging]]
        base = first.take(self.stream.happens(chance, len(first)))
        n = len(base)
        room = np.minimum(np.minimum(base.eind, base.tot), base.start + 900) - base.start
        vastgesteld = base.start + self.stream.below(np.maximum(room, 1), n)
        part = self._course(Spell(base.persoon, base.vestiging, base.van, base.tot), "EXTRA", vastgesteld)
        same = self.stream.happens(0.5, n)
        part.behoefte[same] = base.behoefte[same]
        return part

    def _moments(self, spell: Spell, rate: NDArray[np.float64]) -> tuple[Spell, NDArray[np.int64]]:
        """The spells in which it happens, and on which day, at a yearly rate."""
        length = np.minimum(spell.tot, self.last) - spell.van
        happens = self.stream.happens(1 - np.exp(-rate * length / 365), len(spell))
        spell, length = spell.take(happens), length[happens]
        return spell, spell.van + self.stream.below(np.maximum(length, 1), len(spell))

    def _course(self, spell: Spell, groep: str, vastgesteld: NDArray[np.integer]) -> Arrangementen:
        """What follows on the day on which the need was established."""
        n, stream = len(spell), self.stream
        profiel = profielen().draw(stream, groep, n)
        behoefte = profielen().draw_behoefte(stream, "SO" if groep == "EXTRA" else groep, n)
        vague = profielen().vaag[profiel]
        wait = stream.days(np.where(vague, WACHT_DAGEN_VAAG, WACHT_DAGEN), WACHT_SPREIDING, n)
        besluit = vastgesteld + wait
        early = stream.happens(VROEG_BEGONNEN, n)
        lag = np.where(early, -stream.between(1, 40, n), stream.days(11, 0.9, n))
        start = np.maximum(besluit + lag, vastgesteld)
        eind = start + np.maximum(stream.days(DUUR_DAGEN, DUUR_SPREIDING, n), 20)
        clear = stream.happens(LATER_DUIDELIJK, n) & vague
        return Arrangementen(
            spell.persoon, spell.vestiging, spell.van, spell.tot,
            behoefte.astype(np.int8), profiel.astype(np.int16), np.full(n, -1, dtype=np.int8),
            vastgesteld.astype(np.int32), besluit.astype(np.int32), start.astype(np.int32),
            eind.astype(np.int32), stream.happens(EIND_GEPLAND, n),
            np.where(clear, vastgesteld + stream.between(120, 540, n), OPEN).astype(np.int32),
        )  # fmt: skip
