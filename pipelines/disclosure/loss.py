"""What disclosure control costs: how much is hidden and how much is rounded, per table.

Lives here: totals over cells and pupils. Not here: any single cell, and deciding what to hide. Primary and
complementary are told apart in totals only: in a table they look the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.disclosure.cells import counts
from pipelines.disclosure.publish import AFGEROND, GETOOND, NIET_TE_BEPALEN, ONDERDRUKT


def information_loss(made: Any) -> dict[str, dict[str, float | int]]:
    """Per table of a profiel, over its count cells that could be determined and are not zero by definition.

    `cellen`: all; `primair`, `aanvullend`: hidden for being small, hidden to protect those; `afgerond`: shown as a
    multiple of the drempel, `afwijking`: how far those lie off on average; `zegt_iets`: share of the cells that is
    shown or rounded; `aandeel_verborgen`: share of the pupils (or arrangementen) in hidden cells.
    """
    found = {}
    for spec in made.specs:
        total = dict.fromkeys(("cellen", "getoond", "primair", "aanvullend", "afgerond"), 0)
        people = hidden_people = off = 0
        for figuur in counts(spec):
            for one in made.jaren.values():
                cells = one.cellen
                _, at = cells.rows.get((spec.tabel, figuur.kolom), (None, np.zeros(0, np.int64)))
                at = np.unique(at[at >= 0])
                status = one.status[made.profiel][at]
                keep = (status != NIET_TE_BEPALEN) & ~cells.fixed[at]
                if spec.beperking.get(made.profiel):
                    keep &= ~cells.rounded[at]
                at, status = at[keep], status[keep]
                hidden, primary = status == ONDERDRUKT, one.primary[made.profiel][at]
                total["cellen"] += len(at)
                total["getoond"] += int((status == GETOOND).sum())
                total["primair"] += int((hidden & primary).sum())
                total["aanvullend"] += int((hidden & ~primary).sum())
                rounded = status == AFGEROND
                total["afgerond"] += int(rounded.sum())
                if rounded.any():
                    off += int(np.abs(one.rounded_to[at[rounded]] - cells.value[at[rounded]]).sum())
                people += int(cells.value[at].sum())
                hidden_people += int(cells.value[at[hidden]].sum())
        if total["cellen"]:
            found[spec.tabel] = total | {
                "zegt_iets": round((total["getoond"] + total["afgerond"]) / total["cellen"], 4),
                "aandeel_verborgen": round(hidden_people / people, 4) if people else 0.0,
                "afwijking": round(off / total["afgerond"], 2) if total["afgerond"] else 0.0,
            }
    return found
