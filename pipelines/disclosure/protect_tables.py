"""From decisions per cell to the tables of a profiel: rows, figures and statuses.

Lives here: which rows a profiel has, and the status of every figure in them. Not here: deciding (protect), the shape of
a protected table (publish).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from pipelines.disclosure.declare import with_place
from pipelines.disclosure.dominance import SOORTEN, amount_status, one_table
from pipelines.disclosure.jaar import OOGO, SCHOOL, Jaar
from pipelines.disclosure.partners import derived_status
from pipelines.disclosure.publish import (
    AFGEROND,
    GETOOND,
    NIET_TE_BEPALEN,
    assemble,
    known,
    missing,
    numbers,
    quantile_status,
)


def protected_tables(
    source, specs, profiel: str, drempel: int, jaren: dict[str, Jaar], small
) -> dict[str, pa.Table]:
    """The tables of a profiel by name. ValueError for a figure that cannot be protected."""
    one_table(specs)
    result = {}
    for spec in specs:
        if profiel not in spec.profielen:
            continue
        if not spec.figuren:
            result[spec.tabel] = source[spec.tabel]
            continue
        table = source[spec.tabel]
        status: dict[str, np.ndarray] = {}
        value: dict[str, np.ndarray] = {}
        for figuur in spec.figuren:
            name = figuur.kolom
            if figuur.soort == "aantal":
                status[name], value[name] = _count_status(table, spec, name, profiel, jaren)
            elif figuur.soort == "kwantiel":
                status[name] = quantile_status(table, figuur, status[figuur.extra["aantal"]], drempel)
            elif figuur.soort in SOORTEN:
                status[name] = amount_status(table, spec, figuur, status[figuur.extra["aantal"]], drempel)
            elif figuur.soort == "afgeleid":
                status[name] = derived_status(table, spec, figuur, profiel, drempel, jaren)
            else:
                raise ValueError(f"unknown kind of figure: {figuur.soort}")
        done = assemble(table, spec, status, value)
        result[spec.tabel] = with_place(done.take(_rows(table, spec, profiel, small)), spec)
    return result


def _count_status(table: pa.Table, spec, name: str, profiel: str, jaren: dict[str, Jaar]):
    status = np.full(table.num_rows, NIET_TE_BEPALEN)
    value = numbers(table, name).astype(np.int64)
    for one in jaren.values():
        rows, cells = one.cellen.rows.get((spec.tabel, name), (np.zeros(0, np.int64),) * 2)
        has = cells >= 0
        found = one.status[profiel][np.maximum(cells, 0)]
        status[rows] = np.where(has, found, GETOOND)
        if profiel == OOGO and one.rounded_to is not None:
            rounded = has & (found == AFGEROND)
            value[rows[rounded]] = one.rounded_to[cells[rounded]]
    # A mart counts 0 where nobody is. Nothing is a figure that this row does not have or, in a table that does not
    # say `te_bepalen`, one that cannot be told.
    absent = missing(table, name)
    if "te_bepalen" in table.column_names:
        status[~known(table)] = NIET_TE_BEPALEN
        status[absent] = GETOOND
    else:
        status[absent] = NIET_TE_BEPALEN
    return status, value


def _rows(table: pa.Table, spec, profiel: str, small: dict[str, set[str]]) -> np.ndarray:
    """Rows that this profiel has: its own limits, and no small vestiging anywhere."""
    keep = np.ones(table.num_rows, dtype=bool)
    names = set(table.column_names)
    for dim, members in spec.beperking.get(profiel, {}).items():
        keep &= np.isin(np.array(table[dim].to_pylist(), dtype=object), members)
    if spec.tabel != SCHOOL and "vestigingscode" in names:
        keep &= np.array(
            [
                c not in small.get(j, ())
                for j, c in zip(
                    table["schooljaar"].to_pylist(), table["vestigingscode"].to_pylist(), strict=True
                )
            ]
        )
    if "partij_soort" in names:
        keep &= np.array(
            [
                s != "school" or c not in small.get(j, ())
                for j, s, c in zip(
                    *(table[n].to_pylist() for n in ("schooljaar", "partij_soort", "partij")), strict=True
                )
            ]
        )
    return np.flatnonzero(keep)
