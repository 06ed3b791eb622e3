"""The fast start: which cells to hide so that no hidden one can be worked out exactly, and no more than that.

Lives here: Gaussian elimination modulo a prime and the choice of circuits. Not here: widths (suppress). It serves as
the measure of what full width costs: a pattern that guards against exact recovery only is the least that any
method hides, give or take its greed.

A hidden cell can be worked out exactly if and only if its column does not depend on the columns of the other
hidden cells in the system of sums. Elimination with the columns of primary cells first, then from cheap to dear,
gives for every dependent column its circuit: the cells that can move together with it and nothing else.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse

PRIME = 2_147_483_647


def fast_start(
    equal: sparse.csr_matrix, primary: np.ndarray, never: np.ndarray, loose: np.ndarray, cost
) -> np.ndarray:
    """Hidden cells (mask). `equal` @ move = 0 are the sums; `loose` cells move for free."""
    rank = np.where(loose, 0, np.where(primary, 1, 2))
    usable = np.flatnonzero(~never)
    order = usable[np.lexsort((cost[usable], rank[usable]))]
    pivot_of, rows = _eliminate(equal.tocsc()[:, order].tocsr())
    position = {int(cell): i for i, cell in enumerate(order)}
    hidden = primary & ~never
    done = np.zeros(len(primary), dtype=bool)
    inverse = {row: column for column, row in pivot_of.items()}
    by_column: dict[int, list[int]] = {}
    for row, entries in enumerate(rows):
        for column in entries:
            by_column.setdefault(column, []).append(row)
    for cell in np.flatnonzero(hidden):
        if done[cell]:
            continue
        column = position[int(cell)]
        if column in pivot_of:
            options = [j for j in rows[pivot_of[column]] if j != column]
        else:
            options = [column]
        best, price = None, np.inf
        for j in options:
            circuit = (
                [j, *(inverse[r] for r in by_column.get(j, ()) if r in inverse)] if j not in pivot_of else [j]
            )
            new = order[circuit]
            now = float(cost[new[~(hidden[new] | loose[new])]].sum())
            if now < price:
                best, price = new, now
        if best is not None:
            hidden[best[~loose[best]]] = True
            done[best] = True
            done[cell] = True
    return hidden


def _eliminate(matrix: sparse.csr_matrix) -> tuple[dict[int, int], list[dict[int, int]]]:
    """Reduced echelon form modulo a prime, columns taken in order: (pivot column -> row, sparse rows)."""
    rows = []
    for i in range(matrix.shape[0]):
        part = slice(matrix.indptr[i], matrix.indptr[i + 1])
        rows.append(
            {
                int(c): int(v) % PRIME
                for c, v in zip(matrix.indices[part], matrix.data[part], strict=True)
                if v
            }
        )
    where: dict[int, set[int]] = {}
    for i, row in enumerate(rows):
        for column in row:
            where.setdefault(column, set()).add(i)
    pivot_of: dict[int, int] = {}
    used: set[int] = set()
    for column in range(matrix.shape[1]):
        holders = where.get(column)
        if not holders:
            continue
        free = [i for i in holders if i not in used]
        if not free:
            continue
        pivot = min(free, key=lambda i: len(rows[i]))
        used.add(pivot)
        pivot_of[column] = pivot
        scale = pow(rows[pivot][column], PRIME - 2, PRIME)
        base = {c: v * scale % PRIME for c, v in rows[pivot].items()}
        rows[pivot] = base
        for i in list(holders):
            if i == pivot:
                continue
            factor = rows[i].pop(column)
            where[column].discard(i)
            row = rows[i]
            for c, v in base.items():
                if c == column:
                    continue
                value = (row.get(c, 0) - factor * v) % PRIME
                if value:
                    if c not in row:
                        where.setdefault(c, set()).add(i)
                    row[c] = value
                elif c in row:
                    del row[c]
                    where[c].discard(i)
    return pivot_of, rows
