"""Rounded figures together with exact ones: which of them, joined by sums, enclose a count too narrowly.

Lives here: intervals carried along sums and inequalities until nothing changes, and the choice of what to hide.
Not here: rounding itself, the search for hidden exact cells (suppress), the audit, which decides by exact means.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy import sparse

FAR = 10**7


@dataclass
class Net:
    """Sums and bounds between cells as sparse rows: sum coef * cell in [low, high]."""

    row: np.ndarray
    cell: np.ndarray
    coef: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @classmethod
    def of(cls, equal, at_most) -> Net:
        row, cell, coef, low, high = [], [], [], [], []
        for whole, parts in equal:
            terms = [(whole, -1)] if whole >= 0 else []
            terms += [(p, 1) if p >= 0 else (-p - 1, -1) for p in parts]
            row += [len(low)] * len(terms)
            cell += [c for c, _ in terms]
            coef += [v for _, v in terms]
            low.append(0)
            high.append(0)
        for terms, bound in at_most:
            row += [len(low)] * len(terms)
            cell += [c for c, _ in terms]
            coef += [v for _, v in terms]
            low.append(-FAR)
            high.append(bound)
        return cls(*(np.array(x, dtype=np.int64) for x in (row, cell, coef, low, high)))

    def tighten(self, low: np.ndarray, high: np.ndarray, rounds: int = 30) -> tuple[np.ndarray, np.ndarray]:
        """The intervals that follow. Coefficients are 1 or -1."""
        low, high = low.copy(), high.copy()
        lines, rows_of = self._lines
        active = np.arange(len(self.low))
        for _ in range(rounds):
            length = np.diff(lines.indptr)[active]
            at = _spans(lines.indptr[active], length)
            row, cell, plus = np.repeat(np.arange(len(active)), length), lines.indices[at], lines.data[at] > 0
            least = np.where(plus, low[cell], -high[cell])
            most = np.where(plus, high[cell], -low[cell])
            top = self.high[active][row] - (np.bincount(row, least, len(active))[row] - least)
            bottom = self.low[active][row] - (np.bincount(row, most, len(active))[row] - most)
            new_high = np.clip(np.where(plus, top, -bottom), -FAR, FAR).astype(np.int64)
            new_low = np.clip(np.where(plus, bottom, -top), -FAR, FAR).astype(np.int64)
            moved = np.unique(cell[(new_high < high[cell]) | (new_low > low[cell])])
            np.minimum.at(high, cell, new_high)
            np.maximum.at(low, cell, new_low)
            if not len(moved):
                break
            touched = _spans(rows_of.indptr[moved], np.diff(rows_of.indptr)[moved])
            active = np.unique(rows_of.indices[touched])  # in all other rows nothing has changed
        return low, high

    def neighbours(self, cell: int) -> np.ndarray:
        """Cells that share a row with this one, in order."""
        lines, rows_of = self._lines
        if cell >= rows_of.shape[0]:
            return np.zeros(0, dtype=np.int64)
        rows = rows_of.indices[rows_of.indptr[cell] : rows_of.indptr[cell + 1]]
        near = [lines.indices[lines.indptr[r] : lines.indptr[r + 1]] for r in rows]
        return np.setdiff1d(np.concatenate([np.zeros(0, dtype=np.int64), *near]), [cell])

    def cheapest(self, cells: np.ndarray, among: np.ndarray, cost: np.ndarray) -> np.ndarray:
        """Per cell the one of `among` (a mask) that costs least of those that share a row with it; not all have one."""
        lines, rows_of = self._lines
        order = np.lexsort((np.arange(len(cost)), cost))
        rank = np.full(len(cost) + 1, len(cost))
        rank[order] = np.where(among[order], np.arange(len(cost)), len(cost))
        per_row = _least(rank[lines.indices], lines.indptr[:-1], np.diff(lines.indptr), len(cost))
        inside = cells[cells < rows_of.shape[0]]
        start, length = rows_of.indptr[inside], np.diff(rows_of.indptr)[inside]
        at = np.cumsum(length) - length
        best = _least(per_row[rows_of.indices[_spans(start, length)]], at, length, len(cost))
        return order[best[best < len(cost)]]

    @cached_property
    def _lines(self) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
        """Row -> its cells, and cell -> its rows."""
        shape = len(self.low), int(self.cell.max(initial=-1)) + 1
        lines = sparse.csr_matrix((self.coef.astype(np.int8), (self.row, self.cell)), shape)
        return lines, lines.T.tocsr()


def _least(value: np.ndarray, start: np.ndarray, length: np.ndarray, none: int) -> np.ndarray:
    """The least value of every span, which follow on one another; `none` of an empty one."""
    found = np.full(len(start), none)
    some = length > 0
    if some.any():
        found[some] = np.minimum.reduceat(value, start[some])
    return found


def _spans(start: np.ndarray, length: np.ndarray) -> np.ndarray:
    """The numbers start, start + 1, ... of every span, one span after the other."""
    step = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    return np.repeat(start, length) + step


def too_narrow(low: np.ndarray, high: np.ndarray, need: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Cells whose interval is narrower than needed and does not lie at or above the floor."""
    return np.flatnonzero((high - low < need) & (low < floor))


def widen(
    net: Net,
    low: np.ndarray,
    high: np.ndarray,
    target: np.ndarray,
    may_hide: np.ndarray,
    cost: np.ndarray,
    need: np.ndarray,
    floor: np.ndarray,
    rounds: int = 60,
) -> np.ndarray:
    """Which cells to hide (of `may_hide`) so that no target is enclosed too narrowly, as far as sums can tell.

    `low`, `high` is what each cell shows by itself; a hidden cell shows nothing.
    """
    low, high = low.copy(), high.copy()
    hidden = np.zeros(len(low), dtype=bool)
    for _ in range(rounds):
        a, b = net.tighten(low, high)
        narrow = too_narrow(a, b, need, floor)
        narrow = narrow[target[narrow]]
        if not len(narrow):
            break
        fresh = narrow[may_hide[narrow] & ~hidden[narrow]]
        if not len(fresh):
            fresh = np.unique(net.cheapest(narrow, may_hide & ~hidden, cost))
            if not len(fresh):
                break
        hidden[fresh] = True
        low[fresh], high[fresh] = 0, FAR
    return hidden
