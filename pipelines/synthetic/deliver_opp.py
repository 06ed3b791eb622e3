"""The rows of an `opp` delivery: arrangements as they stood on the delivery date.

Lives here: status, dates and woongemeente as a school would export them. Not here: the course itself (opp).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.synthetic import codes
from pipelines.synthetic.calendar import OPEN, Schooljaar
from pipelines.synthetic.chance import mix
from pipelines.synthetic.codes import AANGEVRAAGD, AFGEWEZEN, BEEINDIGD, GEMEENTE, IN_OVERLEG, SWV, TOEGEKEND
from pipelines.synthetic.opp import Arrangementen
from pipelines.synthetic.region import Regio
from pipelines.synthetic.rows import days, text

WOONGEMEENTE_ONBEKEND = 190  # one in so many is not recorded
OUDE_CODE = 7  # one child in so many keeps the code of a gemeente that is gone a year longer
AANVRAAG_IN_OVERLEG = 5  # of open requests, one in so many waits for the parties to agree


def opp_rows(regio: Regio, rows: Arrangementen, jaar: Schooljaar, dag: int) -> pl.DataFrame:
    n = len(rows)
    refused, decided = rows.afwijsreden >= 0, rows.besluit <= dag
    given = decided & ~refused
    ended = given & (rows.eind <= dag)
    status = np.select([~decided, refused, ended], [AANGEVRAAGD, AFGEWEZEN, BEEINDIGD], TOEGEKEND)
    return pl.DataFrame(
        {
            "persoon": rows.persoon,
            "schooljaar": pl.repeat(jaar.naam, n, dtype=pl.String, eager=True),
            "vestigingscode": regio.scholen.codes_of(rows.vestiging),
            "woongemeente": _woongemeente(regio, rows.persoon, jaar, dag),
            "arrangement_id": pl.Series([f"{number:06d}" for number in range(1, n + 1)], dtype=pl.String),
            "ondersteuningsbehoefte": text(codes.BEHOEFTE, rows.behoefte),
            "ondersteuningsvorm": text(codes.VORM, codes.profielen().vorm[rows.profiel]),
            "verantwoordelijke": text(codes.VERANTWOORDELIJKE, _verantwoordelijke(rows, status, dag)),
            "financiering": text(codes.FINANCIERING, codes.profielen().financiering[rows.profiel]),
            "status": text(codes.STATUS, status),
            "afwijsreden": text(codes.AFWIJSREDEN, np.where(decided, rows.afwijsreden, -1)),
            "behoefte_vastgesteld_op": days(rows.vastgesteld),
            "besluit_op": days(np.where(decided, rows.besluit, OPEN)),
            "start_op": days(np.where(given, rows.start, OPEN)),
            "eind_op": days(np.where(ended | (given & rows.gepland), rows.eind, OPEN)),
        }
    )


def _verantwoordelijke(rows: Arrangementen, status: NDArray, dag: int) -> NDArray[np.int64]:
    """As the profiel says, until somebody takes it on; open requests are disputed more often."""
    who = codes.profielen().verantwoordelijke[rows.profiel]
    taken = np.where(mix(rows.persoon, 5) % np.uint64(2) == 0, SWV, GEMEENTE)
    who = np.where(rows.duidelijk_op <= dag, taken, who)
    disputed = (status == AANGEVRAAGD) & (mix(rows.persoon, 6) % np.uint64(AANVRAAG_IN_OVERLEG) == 0)
    return np.where(disputed, IN_OVERLEG, who)


def _woongemeente(regio: Regio, persoon: NDArray, jaar: Schooljaar, dag: int) -> pl.Series:
    """As the school has it, one per child: at the peildatum or at the delivery date, sometimes an old code
    or none.
    """
    gebied = regio.gebied
    land = gebied.land
    old = [*gebied.herindelingen, *gebied.verdwenen]
    every = [*land.codes, *(h.oud for h in old), "buitenland", "onbekend"]
    when = np.where(mix(persoon, 1) % np.uint64(2) == 0, jaar.peildatum, dag)
    home = regio.bevolking.home_on(persoon, when)
    place = np.where(home >= 0, home, len(every) - 2).astype(np.int64)
    for new in sorted({h.nieuw for h in old}):
        options = np.array([number for number, h in enumerate(old) if h.nieuw == new])
        choice = options[persoon % len(options)]
        datum = np.array([h.datum for h in old])[choice]
        stale = (jaar.peildatum < datum + 365) & (mix(persoon, 2) % np.uint64(OUDE_CODE) == 0)
        here = (home == land.index(new)) & ((jaar.peildatum < datum) | stale)
        place = np.where(here, len(land.codes) + choice, place)
    unknown = mix(persoon, 1000 + jaar.jaar) % np.uint64(WOONGEMEENTE_ONBEKEND) == 0
    return pl.Series(every, dtype=pl.String).gather(np.where(unknown, len(every) - 1, place))
