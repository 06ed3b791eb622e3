"""The rows of a `jeugdhulp` delivery: toewijzingen that overlap the schooljaar, as they stood on the
delivery date.

Lives here: which version of a toewijzing is shown. Not here: how it came about (jeugdhulp, changes).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.synthetic.calendar import Schooljaar
from pipelines.synthetic.jeugdhulp import OP_SCHOOL, REDEN, Toewijzingen
from pipelines.synthetic.products import aanbieder_codes, producten
from pipelines.synthetic.rows import days, text


def jeugdhulp_rows(
    rows: Toewijzingen, number: NDArray[np.integer], code: str, jaar: Schooljaar, dag: int
) -> pl.DataFrame:
    """The toewijzingen of one gemeente; `number` tells them apart in every delivery."""
    last = np.where(rows.never_on(dag), rows.eind, rows.end_on(dag))
    shown = (rows.toegewezen <= dag) & (rows.ingang <= jaar.eind) & (last >= jaar.begin)
    rows, number = rows.take(shown), number[shown]
    changed = rows.gewijzigd_op <= dag
    return pl.DataFrame(
        {
            "persoon": rows.persoon,
            "gemeente": pl.repeat(code, len(rows), dtype=pl.String, eager=True),
            "toewijzing_id": number,
            "aanbieder_code": pl.Series(aanbieder_codes(rows.aanbieder), dtype=pl.String),
            "productcategorie": text(producten().categorie, rows.categorie),
            "productcode": text(producten().code, rows.product),
            "toegewezen_op": days(rows.toegewezen),
            "ingang_op": days(rows.ingang),
            "eind_op": days(rows.end_on(dag)),
            "reden_wijziging": text(REDEN, np.where(changed, rows.reden, 0)),
            "op_school": text(OP_SCHOOL, rows.op_school),
        }
    )
