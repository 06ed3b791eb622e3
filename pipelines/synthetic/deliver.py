"""Who delivers what and when: the rows of every delivery as things stood on its delivery date.

Lives here: the calendar of deliveries with its gaps and corrections, and the rows per contract. Not here: files and
manifests (write). Rows carry a child's row number in `persoon`; what stands in the file is decided on writing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.synthetic import jeugdhulp as jh
from pipelines.synthetic import opp as op
from pipelines.synthetic.calendar import OPEN, Schooljaar, as_date
from pipelines.synthetic.places import KERN, Gebied
from pipelines.synthetic.population import Bevolking
from pipelines.synthetic.schools import Scholen

GEEN_JEUGDHULP = "0351"  # Woudenberg did not deliver for the first schooljaar
GEEN_LEVERING_DEEL = 60  # beyond scale 1: one more gemeente in so many
CORRECTIE_GEMEENTE = "0308"  # Baarn sent a corrected delivery for the last schooljaar
CORRECTIE_NA = 12  # days between a delivery and its correction
CORRECTIE_MIST = 19  # one row in so many was missing in the first one
ONBEKEND = 190  # one woongemeente in so many is not recorded
OUDE_CODE = 7  # one pupil in so many is registered under the old gemeente a year longer


@dataclass(frozen=True)
class Levering:
    """One delivery: a file to be. The first column of `rijen` is `persoon`."""

    contract: str
    bronhouder: str
    schooljaar: str
    leverdag: int
    rijen: pl.DataFrame

    @property
    def bestand(self) -> str:
        return f"{self.contract}_{self.bronhouder}_{self.schooljaar}_{as_date(self.leverdag):%Y%m%d}.csv"


@dataclass
class Regio:
    """Everything that deliveries are made from."""

    gebied: Gebied
    scholen: Scholen
    bevolking: Bevolking
    arrangementen: op.Arrangementen
    toewijzingen: jh.Toewijzingen
    jaren: list[Schooljaar]


def mix(values: NDArray[np.integer] | int, salt: int) -> NDArray[np.uint64]:
    """A fixed scramble of whole numbers: choices that must not depend on the order of rows."""
    with np.errstate(over="ignore"):
        x = np.asarray(values).astype(np.uint64) + np.uint64(salt) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


def deliveries(regio: Regio) -> Iterator[Levering]:
    """All deliveries, one at a time, in a fixed order."""
    for t, jaar in enumerate(regio.jaren):
        yield from _opp(regio, t, jaar)
        yield from _inschrijving(regio, t, jaar)
        yield from _jeugdhulp(regio, t, jaar)


def _leverdag(jaar: Schooljaar, bronhouder: str) -> int:
    return jaar.eerste_leverdag + int(mix(int(bronhouder), jaar.jaar) % np.uint64(14))


def _dates(frame: pl.DataFrame, *names: str) -> pl.DataFrame:
    return frame.with_columns(pl.when(pl.col(name) < OPEN - 100_000).then(pl.col(name)).cast(pl.Date).alias(name)
                              for name in names)


def _text(options: list[str], codes: NDArray[np.integer]) -> pl.Series:
    """Codes as text; an empty option, and code -1, is empty."""
    known = pl.Series([option or None for option in options] + [None], dtype=pl.String)
    return known.gather(np.where(codes < 0, len(options), codes))


def _per_bestuur(regio: Regio, vestiging: NDArray, *then: NDArray) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Row numbers per bestuur, sorted by vestiging and what comes then."""
    bestuur = regio.scholen.bestuur[vestiging]
    order = np.lexsort((*reversed(then), vestiging, bestuur))
    edges = np.searchsorted(bestuur[order], np.arange(len(regio.scholen.bestuursnummer) + 1))
    for number in range(len(regio.scholen.bestuursnummer)):
        rows = order[edges[number]:edges[number + 1]]
        if len(rows):
            yield number, rows


def _opp(regio: Regio, t: int, jaar: Schooljaar) -> Iterator[Levering]:
    a = regio.arrangementen
    over = np.minimum(np.where(a.afwijsreden >= 0, a.besluit, a.eind), a.tot)
    here = np.flatnonzero((a.vastgesteld <= jaar.eind) & (over >= jaar.begin) & (a.van <= jaar.eind))
    rows = a.take(here)
    for bestuur, mine in _per_bestuur(regio, rows.vestiging, rows.persoon, rows.vastgesteld, rows.start):
        nummer = regio.scholen.bestuursnummer[bestuur]
        dag = _leverdag(jaar, nummer)
        if bestuur == 1 and t == max(len(regio.jaren) - 2, 0):
            yield Levering("opp", nummer, jaar.naam, dag, _first_try(_opp_rows(regio, rows.take(mine), jaar, dag),
                                                                       "financiering"))
            dag += CORRECTIE_NA
        yield Levering("opp", nummer, jaar.naam, dag, _opp_rows(regio, rows.take(mine), jaar, dag))


def _opp_rows(regio: Regio, a: op.Arrangementen, jaar: Schooljaar, dag: int) -> pl.DataFrame:
    profielen = op.Profielen()
    n = len(a)
    refused = a.afwijsreden >= 0
    decided = a.besluit <= dag
    ended = decided & ~refused & (a.eind <= dag)
    status = np.where(~decided, 0, np.where(refused, 2, np.where(ended, 3, 1)))
    given = decided & ~refused
    wie = profielen.verantwoordelijke[a.profiel]
    vague = wie >= op.VERANTWOORDELIJKE.index("in_overleg")
    wie = np.where(vague & (a.duidelijk_op <= dag), np.where(mix(a.persoon, 5) % np.uint64(2) == 0,
                   op.VERANTWOORDELIJKE.index("swv"), op.VERANTWOORDELIJKE.index("gemeente")), wie)
    wie = np.where((status == 0) & (mix(a.persoon, 6) % np.uint64(6) == 0), op.VERANTWOORDELIJKE.index("in_overleg"), wie)
    shown_end = np.where(ended | (given & a.gepland), a.eind, OPEN)
    frame = pl.DataFrame({
        "persoon": a.persoon,
        "schooljaar": pl.repeat(jaar.naam, n, dtype=pl.String, eager=True),
        "vestigingscode": pl.Series(regio.scholen.code, dtype=pl.String).gather(a.vestiging),
        "woongemeente": _woongemeente(regio, a.persoon, jaar, dag),
        "arrangement_id": pl.Series([f"{number:06d}" for number in range(1, n + 1)], dtype=pl.String),
        "ondersteuningsbehoefte": _text(op.BEHOEFTE, a.behoefte),
        "ondersteuningsvorm": _text(op.VORM, profielen.vorm[a.profiel]),
        "verantwoordelijke": _text(op.VERANTWOORDELIJKE, wie),
        "financiering": _text(op.FINANCIERING, profielen.financiering[a.profiel]),
        "status": _text(["aangevraagd", "toegekend", "afgewezen", "beeindigd"], status),
        "afwijsreden": _text(op.AFWIJSREDEN, np.where(decided, a.afwijsreden, -1)),
        "behoefte_vastgesteld_op": a.vastgesteld,
        "besluit_op": np.where(decided, a.besluit, OPEN),
        "start_op": np.where(given, a.start, OPEN),
        "eind_op": shown_end,
    })
    return _dates(frame, "behoefte_vastgesteld_op", "besluit_op", "start_op", "eind_op")


def _woongemeente(regio: Regio, persoon: NDArray, jaar: Schooljaar, dag: int) -> pl.Series:
    """As the school has it: at the peildatum or at the delivery date, per child; sometimes an old code or none."""
    land = regio.gebied.land
    when = np.where(mix(persoon, 1) % np.uint64(2) == 0, jaar.peildatum, dag)
    home = regio.bevolking.home_on(persoon, when)
    codes = [*land.codes, *(h.oud for h in regio.gebied.herindelingen), *(h.oud for h in regio.gebied.verdwenen),
             "buitenland", "onbekend"]
    place = np.where(home >= 0, home, len(codes) - 2).astype(np.int64)
    first = len(land.codes)
    for rules, chance, late in ((regio.gebied.herindelingen, 1, OUDE_CODE), (regio.gebied.verdwenen, OUDE_CODE, 0)):
        for new in sorted({h.nieuw for h in rules}):
            options = np.array([first + number for number, h in enumerate(rules) if h.nieuw == new])
            datum = next(h.datum for h in rules if h.nieuw == new)
            share = chance if jaar.peildatum < datum or (late == 0 and jaar is regio.jaren[0]) else (
                late if jaar.peildatum - 365 < datum else 0)
            if share:
                old = (home == land.index(new)) & (mix(persoon, 2) % np.uint64(share) == 0)
                place = np.where(old, options[persoon % len(options)], place)
        first += len(rules)
    place = np.where(mix(persoon, 1000 + jaar.jaar) % np.uint64(ONBEKEND) == 0, len(codes) - 1, place)
    return pl.Series(codes, dtype=pl.String).gather(place)


def _inschrijving(regio: Regio, t: int, jaar: Schooljaar) -> Iterator[Levering]:
    spell = regio.bevolking.spell
    here = np.flatnonzero((spell.van <= jaar.eind) & (spell.tot >= jaar.begin))
    persoon, vestiging = spell.persoon[here], spell.vestiging[here]
    missing = len(regio.scholen.bestuursnummer) - 1 if t == 0 and len(regio.jaren) > 1 else -1
    for bestuur, mine in _per_bestuur(regio, vestiging, persoon):
        if bestuur != missing:
            who, where = persoon[mine], vestiging[mine]
            once = np.r_[True, (who[1:] != who[:-1]) | (where[1:] != where[:-1])]
            nummer = regio.scholen.bestuursnummer[bestuur]
            frame = pl.DataFrame({
                "persoon": who[once],
                "schooljaar": pl.repeat(jaar.naam, int(once.sum()), dtype=pl.String, eager=True),
                "vestigingscode": pl.Series(regio.scholen.code, dtype=pl.String).gather(where[once]),
            })
            yield Levering("inschrijving", nummer, jaar.naam, _leverdag(jaar, nummer), frame)


def _jeugdhulp(regio: Regio, t: int, jaar: Schooljaar) -> Iterator[Levering]:
    codes = regio.gebied.land.codes
    rows = regio.toewijzingen
    wanted = np.where(rows.oud >= 0, len(codes) + rows.oud, rows.gemeente)
    order = np.argsort(wanted, kind="stable")
    every = [*codes, *(h.oud for h in regio.gebied.herindelingen)]
    edges = np.searchsorted(wanted[order], np.arange(len(every) + 1))
    new = {h.nieuw: h.datum for h in regio.gebied.herindelingen}
    for place, code in enumerate(every):
        mine = order[edges[place]:edges[place + 1]]
        dag = _leverdag(jaar, code)
        if place >= len(codes):
            datum = regio.gebied.herindelingen[place - len(codes)].datum
            if jaar.begin >= datum:
                continue
            dag = datum + 19 if jaar.eind >= datum else dag
        elif (code in new and jaar.eind < new[code]) or _did_not_deliver(regio, t, code):
            continue
        for leverdag, first in _tries(code, dag, t == len(regio.jaren) - 1):
            frame = _jeugdhulp_rows(regio, rows.take(mine), mine, code, jaar, leverdag)
            if len(frame):
                yield Levering("jeugdhulp", code, jaar.naam, leverdag, _first_try(frame, "op_school") if first else frame)


def _tries(code: str, dag: int, newest: bool) -> list[tuple[int, bool]]:
    if code == CORRECTIE_GEMEENTE and newest:
        return [(dag, True), (dag + CORRECTIE_NA, False)]
    return [(dag, False)]


def _did_not_deliver(regio: Regio, t: int, code: str) -> bool:
    if t or len(regio.jaren) == 1:
        return False
    return code == GEEN_JEUGDHULP or (code not in KERN and len(regio.gebied.leveraars) > 40
                                      and int(mix(int(code), 77) % np.uint64(GEEN_LEVERING_DEEL)) == 0)


def _first_try(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """The delivery that was corrected later: rows missing, a column poorly filled."""
    number = pl.int_range(pl.len())
    return (frame.with_columns(pl.when(number % 5 == 0).then(pl.lit("onbekend")).otherwise(pl.col(column)).alias(column))
            .filter(pl.int_range(pl.len()) % CORRECTIE_MIST != 3))


def _jeugdhulp_rows(regio: Regio, rows: jh.Toewijzingen, number: NDArray, code: str, jaar: Schooljaar,
                    dag: int) -> pl.DataFrame:
    changed = rows.gewijzigd_op <= dag
    never = changed & (rows.reden == len(jh.REDEN) - 1)
    eind = np.where(changed, rows.eind_na, rows.eind)
    overlaps = (rows.ingang <= jaar.eind) & (np.where(never, rows.eind, eind) >= jaar.begin)
    shown = np.flatnonzero((rows.toegewezen <= dag) & overlaps)
    producten = jh.Producten()
    r = rows.take(shown)
    frame = pl.DataFrame({
        "persoon": r.persoon,
        "gemeente": pl.repeat(code, len(r), dtype=pl.String, eager=True),
        "toewijzing_id": number[shown],
        "aanbieder_code": pl.Series(jh.aanbieder_code(r.aanbieder), dtype=pl.String),
        "productcategorie": _text(producten.categorie, r.categorie),
        "productcode": _text(producten.code, r.product),
        "toegewezen_op": r.toegewezen,
        "ingang_op": r.ingang,
        "eind_op": eind[shown],
        "reden_wijziging": _text(jh.REDEN, np.where(changed[shown], r.reden, 0)),
        "op_school": _text(jh.OP_SCHOOL, r.op_school),
    })
    return _dates(frame, "toegewezen_op", "ingang_op", "eind_op")
