"""Shares: how many in every 100 of a denominator, as far as that gives nothing away.

Lives here: the three columns of a share (share, denominator, where that comes from) beside the figures as they are
shown. Not here: the denominators themselves (dbt_project) and what may be shown of a figure (disclosure).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.warehouse import TabelSpec

_SHOWN = pa.array(["getoond", "afgerond"])


def with_share(safe: pa.Table, mart: pa.Table, spec: TabelSpec, drempel: int) -> pa.Table:
    """`safe` with the share of `spec`, right after its figure; `safe` itself if the table has none.

    The share is counted from the figure as shown: that of the mart would undo the rounding. All three columns are
    empty where the figure is hidden or the rest of the denominator, which figure and denominator side by side tell,
    is under the drempel. Nothing is a rest too small as well: everyone then has what the figure counts, and of a
    rounded figure the upper half would be ruled out. So the denominator lies above all that the figure stands for,
    and neither it nor the share narrows anything. A row that the mart does not have (schools put together) gets none.
    """
    if spec.aandeel is None:
        return safe
    share, denominator, source = spec.aandeel.kolommen
    counts, sources = _of_the_same_cells(safe, mart, spec)
    status = f"{spec.aandeel.teller}_status" if len(spec.figuren) > 1 else "status"
    figure = safe[spec.aandeel.teller].combine_chunks()
    rest = pc.subtract(counts, figure)
    allowed = pc.and_(
        pc.and_(pc.is_in(safe[status].combine_chunks(), _SHOWN), pc.greater(counts, 0)),
        pc.greater_equal(rest, drempel),
    ).fill_null(False)
    nothing = ~allowed.to_numpy(zero_copy_only=False)
    one, of = (column.fill_null(0).to_numpy(zero_copy_only=False) for column in (figure, counts))
    of = np.where(nothing, 1, of)
    tenths = (2000 * np.where(nothing, 0, one) + of) // (2 * of)  # in whole numbers: a half always goes up
    added = {
        share: pa.array(tenths / 10, pa.float64(), mask=nothing),
        denominator: pc.if_else(allowed, counts, pa.scalar(None, counts.type)),
        source: pc.if_else(allowed, sources, pa.scalar(None, sources.type)),
    }
    columns = {name: safe[name] for name in safe.column_names}
    place = safe.column_names.index(spec.aandeel.teller) + 1
    items = list(columns.items())
    return pa.table(dict(items[:place]) | added | dict(items[place:]))


def _of_the_same_cells(safe: pa.Table, mart: pa.Table, spec: TabelSpec) -> tuple[pa.Array, pa.Array]:
    """Denominator and source of the mart for every row of `safe`, matched on the dimensions."""
    _, denominator, source = spec.aandeel.kolommen
    place = {key: number for number, key in enumerate(_keys(mart, spec))}
    rows = pa.array([place.get(key) for key in _keys(safe, spec)], pa.int64())
    return tuple(mart[name].combine_chunks().take(rows) for name in (denominator, source))


def _keys(table: pa.Table, spec: TabelSpec) -> zip:
    return zip(*(table[name].to_pylist() for name in spec.dimensies), strict=True)
