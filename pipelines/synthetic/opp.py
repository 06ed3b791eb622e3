"""Onderwijsondersteuning: what schools ask for, decide and give to the children of the region.

Lives here: arrangements with their whole course (need, decision, start, end). Not here: what of it stands in the
delivery of a schooljaar (deliver), which is how far things had come on the delivery date.
The mix of vorm, verantwoordelijke and financiering per kind of school is in `data/opp_profiel.csv`, of behoefte in
`data/opp_behoefte.csv`: chosen for the demonstration, not measured.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from pipelines.synthetic.calendar import OPEN, Schooljaar
from pipelines.synthetic.chance import Stream
from pipelines.synthetic.places import DATA, read
from pipelines.synthetic.population import BO, PRO, SBO, SO, VO, VSO, Bevolking
from pipelines.synthetic.schools import Scholen

BEHOEFTE = [row["behoefte"] for row in read(DATA / "opp_behoefte.csv")]
VORM = ["begeleiding_in_klas", "begeleiding_buiten_klas", "groepsaanbod", "onderwijszorgarrangement", "plaatsing_sbo",
        "plaatsing_so_vso", "thuis_of_elders"]
VERANTWOORDELIJKE = ["school", "swv", "gemeente", "zorgkantoor", "zorgverzekeraar", "gezamenlijk", "in_overleg",
                     "onbekend"]
FINANCIERING = ["school", "swv", "jeugdwet", "wlz", "zvw", "gezamenlijk_budget", "geen", "onbekend"]
AFWIJSREDEN = ["andere_wet", "geen_noodzaak", "geen_aanbod", "anders"]
AFWIJSREDEN_GEWICHT = (0.36, 0.34, 0.16, 0.14)
GROEP = {BO: "BO", VO: "VO", SBO: "SBO", SO: "SO", VSO: "SO", PRO: "PRO"}

# Requests per pupil and year at a regular school that lead to an OPP; a school then has 5 to 15 pupils with one.
AANVRAAG_PER_JAAR = {BO: 0.021, VO: 0.016}
DUUR_DAGEN, DUUR_SPREIDING = 560, 0.7
AFGEWEZEN_PER_JAAR = 0.0042
EXTRA = {BO: 0.16, VO: 0.16, SBO: 0.20, SO: 0.30, VSO: 0.30, PRO: 0.16}
WACHT_MEDIAAN, WACHT_SPREIDING = 27, 0.75  # one request in six waits longer than eight weeks
VROEG_BEGONNEN = 0.13
EIND_GEPLAND = 0.45
LATER_DUIDELIJK = 0.55  # of those in overleg: somebody takes it on within the year or so


@dataclass
class Arrangementen:
    """One element per arrangement or request. Codes are places in the lists above; OPEN is no day.

    `besluit` is the day on which it is decided, once; `afwijsreden` -1 unless refused; `eind` the real last day;
    `duidelijk_op` the day from which `verantwoordelijke_na` holds.
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


class Profielen:
    """The allowed combinations of vorm, verantwoordelijke and financiering, as codes."""

    def __init__(self) -> None:
        rows = list(read(DATA / "opp_profiel.csv"))
        self.groep = np.array([row["groep"] for row in rows])
        self.vorm = np.array([VORM.index(row["vorm"]) for row in rows])
        self.verantwoordelijke = np.array([VERANTWOORDELIJKE.index(row["verantwoordelijke"]) for row in rows])
        self.financiering = np.array([FINANCIERING.index(row["financiering"]) for row in rows])
        self.gewicht = np.array([float(row["gewicht"]) for row in rows])

    def draw(self, stream: Stream, groep: str, n: int) -> NDArray[np.int64]:
        options = np.flatnonzero(self.groep == groep)
        return options[stream.pick(self.gewicht[options], n, minimum=1)]


def make_arrangementen(bevolking: Bevolking, scholen: Scholen, jaren: list[Schooljaar], seed: int) -> Arrangementen:
    """Every arrangement and request that touches one of the schooljaren."""
    stream = Stream(seed, "opp")
    profielen = Profielen()
    spell = bevolking.spell
    last = jaren[-1].eerste_leverdag
    relevant = np.flatnonzero((spell.tot >= jaren[0].begin) & (spell.van <= jaren[-1].eind))
    soort = scholen.soort[spell.vestiging[relevant]]
    parts = []
    for kind in (BO, VO):
        rows = relevant[soort == kind]
        parts += [_regular(stream, profielen, scholen, spell, rows, kind, last),
                  _refused(stream, profielen, spell, rows, kind, last)]
    for kind in (SBO, SO, VSO, PRO):
        parts.append(_placed(stream, profielen, spell, relevant[soort == kind], kind))
    parts.append(_extra(stream, profielen, scholen, _join(parts)))
    result = _join(parts)
    alive = (result.afwijsreden >= 0) | ((result.start <= result.tot) & (result.eind >= jaren[0].begin))
    return result.take(alive & (result.vastgesteld <= jaren[-1].eind))


def _join(parts: list[Arrangementen]) -> Arrangementen:
    return Arrangementen(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(Arrangementen)))


def _behoefte(stream: Stream, groep: str, n: int) -> NDArray[np.int8]:
    weights = [float(row[groep]) for row in read(DATA / "opp_behoefte.csv")]
    return stream.pick(weights, n, minimum=1).astype(np.int8)


def _course(stream: Stream, spell_rows: tuple[NDArray, ...], behoefte: NDArray, profiel: NDArray, vastgesteld: NDArray,
            afwijsreden: NDArray | None = None, start: NDArray | None = None) -> Arrangementen:
    """Decision, start and end after the day on which the need was established."""
    persoon, vestiging, van, tot = spell_rows
    n = len(persoon)
    besluit = vastgesteld + stream.days(WACHT_MEDIAAN, WACHT_SPREIDING, n)
    if start is None:
        early = stream.happens(VROEG_BEGONNEN, n)
        lag = np.where(early, -stream.between(1, 40, n), stream.days(11, 0.9, n))
        start = np.maximum(besluit + lag, vastgesteld)
        eind = start + np.maximum(stream.days(DUUR_DAGEN, DUUR_SPREIDING, n), 20)
    else:
        eind = np.full(n, OPEN)
    refused = afwijsreden is not None
    duidelijk = np.where(stream.happens(LATER_DUIDELIJK, n), vastgesteld + stream.between(100, 520, n), OPEN)
    return Arrangementen(
        persoon, vestiging, van, tot, behoefte.astype(np.int8), profiel.astype(np.int16),
        np.full(n, -1, dtype=np.int8) if afwijsreden is None else afwijsreden.astype(np.int8),
        vastgesteld.astype(np.int32), besluit.astype(np.int32),
        np.full(n, OPEN, dtype=np.int32) if refused else start.astype(np.int32),
        np.full(n, OPEN, dtype=np.int32) if refused else np.minimum(eind, tot).astype(np.int32),
        stream.happens(EIND_GEPLAND, n), duidelijk.astype(np.int32),
    )


def _spell_rows(spell, rows: NDArray) -> tuple[NDArray, ...]:
    return spell.persoon[rows], spell.vestiging[rows], spell.van[rows], spell.tot[rows]


def _regular(stream: Stream, profielen: Profielen, scholen: Scholen, spell, rows: NDArray, kind: int,
             last: int) -> Arrangementen:
    """A need that shows at some moment of the time at a regular school."""
    per_school = AANVRAAG_PER_JAAR[kind] * stream.factor(0.35, len(scholen.soort))
    length = np.minimum(spell.tot[rows], last) - spell.van[rows]
    chance = 1 - np.exp(-per_school[spell.vestiging[rows]] * length / 365)
    rows, length = _keep(stream, chance, rows, length)
    vastgesteld = spell.van[rows] + stream.below(np.maximum(length, 1), len(rows))
    return _course(stream, _spell_rows(spell, rows), _behoefte(stream, GROEP[kind], len(rows)),
                   profielen.draw(stream, GROEP[kind], len(rows)), vastgesteld)


def _keep(stream: Stream, chance: NDArray, *arrays: NDArray) -> tuple[NDArray, ...]:
    kept = stream.happens(chance, len(chance))
    return tuple(array[kept] for array in arrays)


def _refused(stream: Stream, profielen: Profielen, spell, rows: NDArray, kind: int, last: int) -> Arrangementen:
    length = np.minimum(spell.tot[rows], last) - spell.van[rows]
    rows, length = _keep(stream, 1 - np.exp(-AFGEWEZEN_PER_JAAR * length / 365), rows, length)
    n = len(rows)
    vastgesteld = spell.van[rows] + stream.below(np.maximum(length, 1), n)
    return _course(stream, _spell_rows(spell, rows), _behoefte(stream, GROEP[kind], n),
                   profielen.draw(stream, GROEP[kind], n), vastgesteld,
                   afwijsreden=stream.pick(AFWIJSREDEN_GEWICHT, n, minimum=2))


def _placed(stream: Stream, profielen: Profielen, spell, rows: NDArray, kind: int) -> Arrangementen:
    """Every pupil of SBO, SO, VSO and PRO has an OPP, decided around the day on which the pupil came."""
    n = len(rows)
    van = spell.van[rows]
    late = stream.happens(0.12, n)
    vastgesteld = van - np.where(late, stream.between(1, 20, n), stream.between(35, 190, n))
    part = _course(stream, _spell_rows(spell, rows), _behoefte(stream, GROEP[kind], n),
                   profielen.draw(stream, GROEP[kind], n), vastgesteld, start=van + stream.below(4, n))
    hurried = ~late & (part.besluit > van)
    part.besluit[hurried] = van[hurried] - stream.between(0, 20, int(hurried.sum()))
    part.besluit[:] = np.maximum(part.besluit, part.vastgesteld)
    return part


def _extra(stream: Stream, profielen: Profielen, scholen: Scholen, first: Arrangementen) -> Arrangementen:
    """A second arrangement beside the first."""
    given = first.take((first.afwijsreden < 0) & (first.start <= first.tot))
    chance = np.array([EXTRA[kind] for kind in range(6)])[scholen.soort[given.vestiging]]
    base = given.take(stream.happens(chance, len(given)))
    n = len(base)
    until = np.minimum(base.eind, base.start + 900)
    vastgesteld = base.start + stream.below(np.maximum(until - base.start, 1), n)
    behoefte = np.where(stream.happens(0.5, n), base.behoefte, _behoefte(stream, "SO", n))
    return _course(stream, (base.persoon, base.vestiging, base.van, base.tot), behoefte,
                   profielen.draw(stream, "EXTRA", n), vastgesteld)
