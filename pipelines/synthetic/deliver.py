"""Who delivers what and when.

Lives here: the calendar of deliveries with its gaps and corrections, and `inschrijving`. Not here: the rows
of the other contracts (deliver_opp, deliver_jeugdhulp), files and manifests (write).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.synthetic.area import KERN
from pipelines.synthetic.calendar import Schooljaar, as_date
from pipelines.synthetic.chance import mix
from pipelines.synthetic.deliver_jeugdhulp import jeugdhulp_rows
from pipelines.synthetic.deliver_opp import opp_rows
from pipelines.synthetic.region import Regio

LEVERDAGEN = 14  # deliveries come in the first two weeks of October
GEEN_JEUGDHULP = "0351"  # Woudenberg did not deliver for the first schooljaar
GEEN_JEUGDHULP_DEEL, VEEL_LEVERAARS = 60, 40  # with many gemeenten, one more in so many
CORRECTIE_GEMEENTE, CORRECTIE_BESTUUR = "0308", 1  # these sent a corrected delivery
CORRECTIE_NA = 12  # days later
CORRECTIE_MIST, CORRECTIE_ONBEKEND = 19, 5  # one row in so many was missing, or poorly filled
HERINDELING_NA = 19  # days after its end a merged gemeente closes its books


@dataclass(frozen=True)
class Levering:
    """One delivery: a file to be. The first column of `rijen` is `persoon`, a child's row number."""

    contract: str
    bronhouder: str
    schooljaar: str
    leverdag: int
    rijen: pl.DataFrame

    @property
    def bestand(self) -> str:
        return f"{self.contract}_{self.bronhouder}_{self.schooljaar}_{as_date(self.leverdag):%Y%m%d}.csv"


def deliveries(regio: Regio) -> Iterator[Levering]:
    """All deliveries, one at a time, in a fixed order."""
    for t in range(len(regio.jaren)):
        yield from _opp(regio, t)
        yield from _inschrijving(regio, t)
        yield from _jeugdhulp(regio, t)


def _leverdag(jaar: Schooljaar, bronhouder: str) -> int:
    return jaar.eerste_leverdag + int(mix(int(bronhouder), jaar.jaar) % np.uint64(LEVERDAGEN))


def _per_bestuur(regio: Regio, vestiging: NDArray, *then: NDArray) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Row numbers per bestuur, sorted by vestiging and what comes then."""
    bestuur = regio.scholen.bestuur[vestiging]
    order = np.lexsort((*reversed(then), vestiging, bestuur))
    edges = np.searchsorted(bestuur[order], np.arange(len(regio.scholen.bestuursnummer) + 1))
    for number in range(len(regio.scholen.bestuursnummer)):
        if edges[number] < edges[number + 1]:
            yield number, order[edges[number] : edges[number + 1]]


def _opp(regio: Regio, t: int) -> Iterator[Levering]:
    jaar, rows = regio.jaren[t], regio.arrangementen
    over = np.minimum(np.where(rows.afwijsreden >= 0, rows.besluit, rows.eind), rows.tot)
    rows = rows.take((rows.vastgesteld <= jaar.eind) & (over >= jaar.begin) & (rows.van <= jaar.eind))
    corrected = max(len(regio.jaren) - 2, 0)
    for bestuur, mine in _per_bestuur(regio, rows.vestiging, rows.persoon, rows.vastgesteld, rows.start):
        nummer = regio.scholen.bestuursnummer[bestuur]
        dag = _leverdag(jaar, nummer)
        own = rows.take(mine)
        if bestuur == CORRECTIE_BESTUUR and t == corrected:
            first = opp_rows(regio, own, jaar, dag)
            yield Levering("opp", nummer, jaar.naam, dag, _first_try(first, "financiering"))
            dag += CORRECTIE_NA
        yield Levering("opp", nummer, jaar.naam, dag, opp_rows(regio, own, jaar, dag))


def _inschrijving(regio: Regio, t: int) -> Iterator[Levering]:
    """Every bestuur, but for one in the first schooljaar."""
    jaar, scholen = regio.jaren[t], regio.scholen
    spell = regio.bevolking.spell
    spell = spell.take((spell.van <= jaar.eind) & (spell.tot >= jaar.begin))
    missing = len(scholen.bestuursnummer) - 1 if t == 0 and len(regio.jaren) > 1 else None
    for bestuur, mine in _per_bestuur(regio, spell.vestiging, spell.persoon):
        if bestuur == missing:
            continue
        who, where = spell.persoon[mine], spell.vestiging[mine]
        once = np.r_[True, (who[1:] != who[:-1]) | (where[1:] != where[:-1])]
        nummer = scholen.bestuursnummer[bestuur]
        frame = pl.DataFrame({"persoon": who[once], "vestigingscode": scholen.codes_of(where[once])})
        frame.insert_column(
            1, pl.repeat(jaar.naam, frame.height, dtype=pl.String, eager=True).alias("schooljaar")
        )
        yield Levering("inschrijving", nummer, jaar.naam, _leverdag(jaar, nummer), frame)


def _jeugdhulp(regio: Regio, t: int) -> Iterator[Levering]:
    """Every gemeente of the day, and a merged one for what it assigned while it existed."""
    jaar, rows, merged = regio.jaren[t], regio.toewijzingen, regio.gebied.herindelingen
    codes = [*regio.gebied.land.codes, *(h.oud for h in merged)]
    owner = np.where(rows.oud >= 0, len(codes) - len(merged) + rows.oud, rows.gemeente)
    order = np.argsort(owner, kind="stable")
    edges = np.searchsorted(owner[order], np.arange(len(codes) + 1))
    for place, code in enumerate(codes):
        mine = order[edges[place] : edges[place + 1]]
        dag = _leverdag_gemeente(regio, t, code)
        if dag is None or not len(mine):
            continue
        own = rows.take(mine)
        if code == CORRECTIE_GEMEENTE and t == len(regio.jaren) - 1:
            first = jeugdhulp_rows(own, mine, code, jaar, dag)
            yield Levering("jeugdhulp", code, jaar.naam, dag, _first_try(first, "op_school"))
            dag += CORRECTIE_NA
        frame = jeugdhulp_rows(own, mine, code, jaar, dag)
        if frame.height:
            yield Levering("jeugdhulp", code, jaar.naam, dag, frame)


def _leverdag_gemeente(regio: Regio, t: int, code: str) -> int | None:
    """The day on which a gemeente delivers for a schooljaar, None if it does not."""
    jaar = regio.jaren[t]
    for h in regio.gebied.herindelingen:
        if h.oud == code:
            closing = h.datum + HERINDELING_NA if jaar.eind >= h.datum else _leverdag(jaar, code)
            return closing if jaar.begin < h.datum else None
        if h.nieuw == code and jaar.eind < h.datum:
            return None
    first = t == 0 and len(regio.jaren) > 1
    many = len(regio.gebied.leveraars) > VEEL_LEVERAARS and code not in KERN
    if first and (
        code == GEEN_JEUGDHULP or (many and mix(int(code), 77) % np.uint64(GEEN_JEUGDHULP_DEEL) == 0)
    ):
        return None
    return _leverdag(jaar, code)


def _first_try(frame: pl.DataFrame, column: str) -> pl.DataFrame:
    """A delivery that was corrected later: rows missing, a column poorly filled."""
    number = pl.int_range(pl.len())
    poor = pl.when(number % CORRECTIE_ONBEKEND == 0).then(pl.lit("onbekend")).otherwise(pl.col(column))
    return frame.with_columns(poor.alias(column)).filter(number % CORRECTIE_MIST != 3)
