"""How toewijzingen change while they run, and which gemeente pays on every day.

Lives here: shortened, lengthened, ended, never valid; the move of a child and the herindeling of a
gemeente. Not here: who gets help (jeugdhulp).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipelines.synthetic.area import Gebied
from pipelines.synthetic.calendar import OPEN, Schooljaar
from pipelines.synthetic.chance import Stream, mix
from pipelines.synthetic.children import Bevolking
from pipelines.synthetic.jeugdhulp import (
    HERINDELING,
    JA,
    NEE,
    NOOIT_GELDIG,
    ONBEKEND,
    REDEN,
    VERHUISD,
    Toewijzingen,
    join,
    make_courses,
)
from pipelines.synthetic.opp import Arrangementen
from pipelines.synthetic.products import draw_aanbieders, producten
from pipelines.synthetic.schools import Scholen

GEWIJZIGD, NOOIT = 0.13, 0.012
WAAROM = {
    "03": 0.12,
    "04": 0.24,
    "05": 0.30,
    "06": 0.04,
    "08": 0.05,
    "09": 0.10,
    "10": 0.04,
    "12": 0.07,
    "14": 0.04,
}
VERLENGT = ("03", "04", "10")
EINDELOOS_DAGEN = (200, 900)  # what has no end is ended within
OP_SCHOOL = 0.15  # of the kinds of help that can be given there
# Recorded or not; three gemeenten in ten rarely do.
LEGT_VAST, LEGT_ZELDEN_VAST, ZELDEN = 0.9, 0.3, 0.3


def make_toewijzingen(
    bevolking: Bevolking,
    scholen: Scholen,
    opp: Arrangementen,
    gebied: Gebied,
    jaren: list[Schooljaar],
    seed: int,
) -> Toewijzingen:
    """Every toewijzing of a participating gemeente that touches one of the schooljaren."""
    stream = Stream(seed, "jeugdhulp")
    rows = make_courses(stream, bevolking, scholen, opp, gebied, jaren)
    rows = rows.take(np.minimum(rows.eind, rows.ingang + EINDELOOS_DAGEN[1]) >= jaren[0].begin - 400)
    _change(stream, rows)
    rows.op_school[:] = _at_school(stream, rows, bevolking)
    rows = _follow_child(stream, rows, bevolking, gebied)
    ends = np.where(rows.reden == NOOIT_GELDIG, rows.eind, np.maximum(rows.eind, rows.eind_na))
    rows = rows.take((ends >= jaren[0].begin) & gebied.delivers(rows.gemeente))
    rows.aanbieder[:] = draw_aanbieders(stream, rows.categorie, rows.gemeente, gebied)
    return rows


def _change(stream: Stream, rows: Toewijzingen) -> None:
    """Some are ended or handed over while they run; a few turn out never to have been valid."""
    n = len(rows)
    kind = stream.pick((1 - GEWIJZIGD - NOOIT, GEWIJZIGD, NOOIT), n, minimum=4)
    kind[(rows.eind == OPEN) & (kind == 0)] = 1
    changed = np.flatnonzero(kind == 1)
    endless = rows.eind[changed] == OPEN
    some_day = stream.between(*EINDELOOS_DAGEN, len(changed))
    length = np.where(endless, some_day, rows.eind[changed] - rows.ingang[changed] - 5)
    within = 3 + stream.below(np.maximum(length, 1), len(changed))
    when = rows.ingang[changed] + np.where(endless, some_day, within)
    reason = np.array([REDEN.index(code) for code in WAAROM])[
        stream.pick(list(WAAROM.values()), len(changed), 1)
    ]
    longer = np.isin(np.array(REDEN)[reason], VERLENGT) & ~endless
    rows.gewijzigd_op[changed], rows.reden[changed] = when, reason
    rows.eind_na[changed] = np.where(longer, rows.eind[changed] + stream.between(60, 365, len(changed)), when)
    never = np.flatnonzero(kind == 2)
    known = np.maximum(rows.toegewezen[never], rows.ingang[never]) + stream.between(3, 380, len(never))
    rows.gewijzigd_op[never], rows.reden[never] = known, NOOIT_GELDIG
    rows.eind_na[never] = rows.ingang[never] - stream.between(0, 1, len(never))


def _at_school(stream: Stream, rows: Toewijzingen, bevolking: Bevolking) -> NDArray[np.int8]:
    """Whether the help is given at school; some gemeenten hardly record it."""
    n = len(rows)
    rarely = mix(bevolking.woon[rows.persoon], 9) % np.uint64(100) < ZELDEN * 100
    known = stream.happens(np.where(rarely, LEGT_ZELDEN_VAST, LEGT_VAST), n)
    can = producten().op_school[rows.categorie] & bevolking.enrolled()[rows.persoon]
    yes = stream.happens(OP_SCHOOL, n) & can
    return np.where(known, np.where(yes, JA, NEE), ONBEKEND).astype(np.int8)


def _follow_child(stream: Stream, rows: Toewijzingen, bevolking: Bevolking, gebied: Gebied) -> Toewijzingen:
    """The paying gemeente on every day: split where the child moved, and where the gemeente merged."""
    moved = bevolking.verhuisd_op[rows.persoon]
    before, after = bevolking.woon[rows.persoon], bevolking.woon_na[rows.persoon]
    rows.gemeente[:] = np.where(rows.ingang >= moved, after, before)
    rows = _split(stream, rows, moved, after, VERHUISD)
    for new, datum, places in gebied.mergers():
        here = rows.gemeente == new
        rows.oud[:] = np.where(here & (rows.ingang < datum), places[rows.persoon % len(places)], rows.oud)
        rows = _split(stream, rows, np.where(here, datum, OPEN), rows.gemeente, HERINDELING)
    return rows


def _split(stream: Stream, rows: Toewijzingen, dag: NDArray, gemeente: NDArray, reden: int) -> Toewijzingen:
    """End what runs on that day the day before, and let the other gemeente carry on with what was left."""
    runs = (rows.ingang < dag) & (np.minimum(rows.eind, rows.eind_na) >= dag)
    cut = np.flatnonzero(runs & (rows.reden != NOOIT_GELDIG))
    day = dag[cut]
    rest = rows.take(cut)
    rest.gemeente[:], rest.oud[:], rest.ingang[:] = gemeente[cut], -1, day
    rest.toegewezen[:] = day - stream.between(0, 12, len(cut))
    later = rest.gewijzigd_op > day
    rest.eind[:] = np.where(later, rest.eind, rest.eind_na)
    if reden == HERINDELING:
        rest.reden[:] = np.where(later & (rest.reden > 0), rest.reden, HERINDELING)
        rest.gewijzigd_op[:] = np.where(later & (rest.gewijzigd_op < OPEN), rest.gewijzigd_op, day)
    else:
        rest.reden[:] = np.where(later, rest.reden, 0)
        rest.gewijzigd_op[:] = np.where(later, rest.gewijzigd_op, OPEN)
    rows.gewijzigd_op[cut], rows.eind_na[cut], rows.reden[cut] = day, day - 1, reden
    return join([rows, rest])
