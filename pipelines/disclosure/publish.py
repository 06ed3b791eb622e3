"""Protected tables: figures with their status, in the shape in which they are published.

Lives here: turning decisions per cell into columns, and the figures that are no counts (quantiles, numbers of
parties). Not here: the decisions themselves (suppress, rounding, narrow).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

GETOOND, AFGEROND, ONDERDRUKT, NIET_TE_BEPALEN = range(4)
STATUS = ("getoond", "afgerond", "onderdrukt", "niet_te_bepalen")  # from mild to grave


def numbers(table: pa.Table, column: str) -> np.ndarray:
    """A column of counts, missing as 0."""
    return table[column].combine_chunks().fill_null(0).to_numpy(zero_copy_only=False)


def missing(table: pa.Table, column: str) -> np.ndarray:
    return table[column].is_null().to_numpy(zero_copy_only=False).astype(bool)


def known(table: pa.Table) -> np.ndarray:
    if "te_bepalen" not in table.column_names:
        return np.ones(table.num_rows, dtype=bool)
    return table["te_bepalen"].to_numpy(zero_copy_only=False).astype(bool)


def quantile_status(table: pa.Table, figuur: Any, count_status: np.ndarray, drempel: int) -> np.ndarray:
    """A quantile is shown with its count, over enough rows, and with enough persons on either side of it."""
    shown = (count_status == GETOOND) & (numbers(table, figuur.extra["aantal"]) >= figuur.extra["minstens"])
    for side in figuur.extra["zijden"]:
        shown &= numbers(table, side) >= drempel
    # Nothing to take a quantile of is no secret where the count itself is shown; where it is hidden it would tell zero.
    shown |= missing(table, figuur.kolom) & (count_status == GETOOND)
    return np.select([~known(table), shown], [NIET_TE_BEPALEN, GETOOND], ONDERDRUKT)


def assemble(
    table: pa.Table,
    spec: Any,
    status: dict[str, np.ndarray],
    value: dict[str, np.ndarray],
) -> pa.Table:
    """Dimensions, features and figures, a hidden figure NULL, then status columns, in the mart's own order.

    `value` holds the figures that differ from the mart (rounded ones).
    """
    columns: dict[str, Any] = {name: table[name] for name in (*spec.dimensies, *spec.kenmerken)}
    for name, one in status.items():
        source = pa.array(value[name], table[name].type) if name in value else table[name].combine_chunks()
        absent = pa.array(missing(table, name))
        nothing = pa.scalar(None, table[name].type)
        columns[name] = pc.if_else(pc.and_(pa.array(one <= AFGEROND), pc.invert(absent)), source, nothing)
    worst = np.max(np.stack(list(status.values())), axis=0)
    columns |= {"status": words(worst), "onderdrukt": pa.array(worst == ONDERDRUKT)}
    if len(status) > 1:
        for name, one in status.items():
            columns[f"{name}_status"] = words(one)
            columns[f"{name}_onderdrukt"] = pa.array(one == ONDERDRUKT)
    order = [
        *(n for n in table.column_names if n in columns),
        *(n for n in columns if n not in table.column_names),
    ]
    return pa.table({name: columns[name] for name in order})


def words(status: np.ndarray) -> pa.Array:
    return pa.array(np.array(STATUS, dtype=object)[status], pa.string())
