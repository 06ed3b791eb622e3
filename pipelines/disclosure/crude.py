"""The first disclosure rule: crude, and safe against working a hidden count out exactly.

Lives here: which figure of a mart may be shown, and the status columns that say so. Not here: what binds
the counts (crude_lines) and the proof that a hidden one cannot be worked out (crude_moves); and what this
rule does not do: how narrow a hidden count may be guessed, earlier releases, rounding, what a deliverer
knows of itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.disclosure.crude_lines import Stelsel, numbers, read_stelsel, told
from pipelines.disclosure.crude_moves import hide

GETOOND, AFGEROND, ONDERDRUKT, NIET_TE_BEPALEN = range(4)
STATUS = ("getoond", "afgerond", "onderdrukt", "niet_te_bepalen")  # from mild to grave


def protect(tables: dict[str, pa.Table], specs: Sequence[Any], drempel: int) -> dict[str, pa.Table]:
    """The tables of one release as they may be published.

    `tables` holds the true mart per published name, and the dims `dim_gemeente` (gemeente, jeugdregio) and
    `dim_school` (vestigingscode, gemeente). `specs` are the declarations (TabelSpec); tables without
    figures come back unchanged. A protected table has its dimensions, features and figures, a hidden figure
    being NULL, then `status`, `<figuur>_status` where there are several figures, and `onderdrukt`
    (`<figuur>_onderdrukt` likewise). Raises OnthullingspoortDicht if some count cannot be proven safe.
    """
    counted = [spec for spec in specs if spec.figuren]
    stelsel = read_stelsel(tables, counted, drempel)
    hidden = hide(stelsel)
    return dict(tables) | {
        spec.tabel: _publish(tables[spec.tabel], spec, stelsel, hidden, drempel) for spec in counted
    }


def _publish(table: pa.Table, spec: Any, stelsel: Stelsel, hidden: np.ndarray, drempel: int) -> pa.Table:
    known = told(table)
    statuses: dict[str, np.ndarray] = {}
    for figuur in spec.figuren:
        null = table[figuur.kolom].is_null().to_numpy(zero_copy_only=False).astype(bool)
        if figuur.soort == "aantal":
            begin = stelsel.start[spec.tabel, figuur.kolom]
            small = hidden[begin : begin + table.num_rows]
            # A mart counts 0 where nobody is. NULL is a figure that this row does not have or, in a table
            # that does not say `te_bepalen`, one that cannot be told.
            unknown = ~known & ~null if "te_bepalen" in table.column_names else null
        elif figuur.soort == "kwantiel":
            small = ~_quantile_shown(table, figuur, statuses[figuur.extra["aantal"]], drempel) & ~null
            unknown = ~known
        elif figuur.soort == "afgeleid":
            behind = numbers(table, figuur.achter)
            small, unknown = (behind > 0) & (behind < drempel) & ~null, ~known
        else:
            raise ValueError(f"unknown kind of figure: {figuur.soort}")
        statuses[figuur.kolom] = np.select([unknown, small], [NIET_TE_BEPALEN, ONDERDRUKT], GETOOND)
    # Every other column of the mart only serves this decision, and holds true counts.
    columns = {name: table[name] for name in (*spec.dimensies, *spec.kenmerken)}
    for name, status in statuses.items():
        nothing = pa.scalar(None, table[name].type)
        columns[name] = pc.if_else(pa.array(status == GETOOND), table[name], nothing)
    worst = np.max(np.stack(list(statuses.values())), axis=0)
    columns |= {"status": _words(worst), "onderdrukt": pa.array(worst == ONDERDRUKT)}
    if len(statuses) > 1:
        for name, status in statuses.items():
            columns[f"{name}_status"] = _words(status)
            columns[f"{name}_onderdrukt"] = pa.array(status == ONDERDRUKT)
    return pa.table({name: columns[name] for name in _in_order(table, columns)})


def _quantile_shown(table: pa.Table, figuur: Any, count_status: np.ndarray, drempel: int) -> np.ndarray:
    """A quantile is shown with its count, over enough rows, and with enough persons on either side of it."""
    shown = (count_status == GETOOND) & (numbers(table, figuur.extra["aantal"]) >= figuur.extra["minstens"])
    for side in figuur.extra["zijden"]:
        shown &= numbers(table, side) >= drempel
    return shown


def _in_order(table: pa.Table, columns: dict[str, Any]) -> list[str]:
    """The mart's own order, then what was added."""
    return [
        *(name for name in table.column_names if name in columns),
        *(name for name in columns if name not in table.column_names),
    ]


def _words(status: np.ndarray) -> pa.Array:
    return pa.array(np.array(STATUS, dtype=object)[status], pa.string())
