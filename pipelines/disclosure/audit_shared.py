"""One system judged for many readers at once: what was found for one need not be found again for the next.

Lives here: populations that several readers hold possible, and what is left to find for each of them. Not here: what
readers know (audit_readers), intervals (audit_settle), the verdict (audit).

Everyone starts from one population, which fits what was published and what every reader counts himself. First come
populations in which all those counts stay as they are: they are proof for every reader. Each one found after that, for
everyone or for one reader, is proof for all readers whose counts it leaves alone. Bounds for everyone hold for a reader
too, as he knows more, not less. Only what is then still open is looked for, with what he counts as fixed.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy import sparse

from pipelines.disclosure.audit_known import Kennis
from pipelines.disclosure.audit_pools import areas
from pipelines.disclosure.audit_settle import WIDE_PART, Run, divide, settle
from pipelines.disclosure.audit_solve import Part
from pipelines.disclosure.audit_system import BIG, DEFINED, System, knowing

FAR = 10**6


class Gedeeld:
    """The populations found so far, as changes from the first, and what each changes in targets and known counts."""

    def __init__(self, run: Run, readers: list[Kennis]) -> None:
        self.run = run
        self.first = np.zeros(len(run.small.x_low), dtype=np.int64)
        self.found = True
        self._changes: list[tuple[sparse.csr_matrix, sparse.csr_matrix]] = []
        self._begin(readers)
        self.here = run.small.targets @ self.first + run.small.offset

    def _begin(self, readers: list[Kennis]) -> None:
        """The first population, and others in which nothing changes that a reader counts; or `found` is False."""
        run = self.run
        places = [_places(run.small, reader) for reader in readers]
        which, low, high = (np.concatenate(many) for many in zip(*places, strict=True))
        for part, v, t in divide(knowing(run.small, which, low, high)):
            if not len(v):
                continue
            if part.start() is not True:
                self.found = False
                return
            self.first[v] = part.point
            part.trail = []

            def narrow(part=part, need=run.need[t], floor=run.floor[t]) -> np.ndarray:
                return np.flatnonzero((part.seen_high - part.seen_low < need) & (part.bound_low < floor))

            if len(v) <= WIDE_PART:
                part.widen(narrow, run.need[t])
            self.add(part.trail, v)

    def add(self, trail: list[tuple[np.ndarray, np.ndarray]], v: np.ndarray) -> None:
        """Populations of a part, whose variables are `v`."""
        if not trail:
            return
        small = self.run.small
        where, change = zip(*trail, strict=True)
        start = np.cumsum([0, *map(len, where)])
        moves = sparse.csr_matrix(
            (np.concatenate(change), v[np.concatenate(where)], start), shape=(len(trail), len(small.x_low))
        )
        in_known = (moves @ small.asked.T).tocsr()
        in_known.eliminate_zeros()
        self._changes.append((in_known, (moves @ small.targets.T).tocsr()))

    def seen(self, which: np.ndarray | None = None) -> np.ndarray:
        """Per target (rows) the least and the most in populations that leave the known counts `which` as they are."""
        low, high = self.here.copy(), self.here.copy()
        for in_known, in_targets in self._changes:
            same = (
                np.ones(in_known.shape[0], bool) if which is None else in_known[:, which].getnnz(axis=1) == 0
            )
            if same.any():
                possible = in_targets[np.flatnonzero(same)]
                low = np.minimum(low, self.here + possible.min(axis=0).toarray().ravel())
                high = np.maximum(high, self.here + possible.max(axis=0).toarray().ravel())
        return np.stack([low, high], axis=1)

    def settled(self) -> None:
        """Everyone has been judged: keep what was found on the way."""
        self.bound = self.run.ranges()[1]
        self._area = areas(self.run)
        for part, v, _ in self.run.parts:
            if len(v):
                self.add(part.trail, v)

    def room(self, reader: Kennis, need: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Per target the width that the reader's own files leave, with the zeros that all see and what words mean.

        FAR if they leave it open. Parts of a target with `need` 0 he counts himself, to whatever number.
        """
        system, small = self.run.system, self.run.small
        which, low, high = _places(system, reader)
        some = np.flatnonzero((small.place >= 0) | (small.fixed > 0))  # not a zero that all see
        defined = np.flatnonzero(system.row_cell == DEFINED)
        asked, wanted = system.asked[which][:, some], system.targets[:, some].tocsr()
        part = Part(
            sparse.vstack([system.rows[defined][:, some], asked]).tocsr(),
            np.concatenate([system.low[defined], low]),
            np.concatenate([system.high[defined], high]),
            np.zeros(len(some), np.int64),
            np.full(len(some), BIG),
            _without(wanted[targets], wanted[np.flatnonzero(need == 0)]),
            np.zeros(len(targets), np.int64),
        )
        for i in range(len(targets)):
            for up in (True, False):
                part.bound(i, up)
        return np.minimum(part.bound_high - part.bound_low, FAR)

    def for_reader(
        self, reader: Kennis, need: np.ndarray, statuses: Counter[str]
    ) -> tuple[np.ndarray, np.ndarray]:
        """(seen, bound) of every target for one reader, each of shape (targets, 2); adds to `statuses`."""
        run = self.run
        which, low, high = _places(run.small, reader)
        seen, bound = self.seen(which), self.bound.copy()
        for part, v, t in divide(knowing(run.small, which, low, high)):
            narrow = (seen[t, 1] - seen[t, 0] < need[t]) & (bound[t, 0] < run.floor[t])
            if not len(v) or not narrow.any() or not part.accept(self.first[v]):
                continue
            part.trail = []
            part.seen_low, part.seen_high = seen[t, 0].copy(), seen[t, 1].copy()
            part.bound_low = np.maximum(part.bound_low, bound[t, 0])
            part.bound_high = np.minimum(part.bound_high, bound[t, 1])
            settle(part, need[t], run.floor[t], exact=False, area=self._area[v])
            seen[t] = np.stack([part.seen_low, part.seen_high], axis=1)
            bound[t] = np.stack([part.bound_low, part.bound_high], axis=1)
            self.add(part.trail, v)
            statuses.update(part.statuses)
        return seen, bound

    def enclosing(self, reader: Kennis, targets: np.ndarray) -> dict[int, list[tuple[int, int]]]:
        """Per target the published cells (context, cell) that, with what the reader counts, enclose it."""
        system = self.run.system
        which, low, high = _places(system, reader)
        part = Part(
            sparse.vstack([system.rows, system.asked[which]]).tocsr(),
            np.concatenate([system.low, low]),
            np.concatenate([system.high, high]),
            np.zeros(system.variables, np.int64),
            np.full(system.variables, BIG),
            system.targets[targets],
            np.zeros(len(targets), np.int64),
        )
        found = {}
        for i, target in enumerate(targets):
            rows = part.enclosed_by(i)
            rows = rows[rows < len(system.row_cell)]
            rows = rows[system.row_cell[rows] >= 0]
            found[int(target)] = list(
                zip(system.row_context[rows].tolist(), system.row_cell[rows].tolist(), strict=True)
            )
        return found


def _without(targets: sparse.csr_matrix, counted: sparse.csr_matrix) -> sparse.csr_matrix:
    """The targets less the rows of `counted` that they contain, the largest first."""
    rows = np.argsort(-np.diff(counted.indptr), kind="stable")
    rows = rows[np.diff(counted.indptr)[rows] > 0]
    left = targets.toarray()
    for one in left:
        for row in rows:
            at = slice(counted.indptr[row], counted.indptr[row + 1])
            if (one[counted.indices[at]] >= counted.data[at]).all():
                one[counted.indices[at]] -= counted.data[at]
    return sparse.csr_matrix(left)


def _places(small: System, reader: Kennis) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(rows of `asked`, low, high) of what a reader counts."""
    places = zip(small.asked_context.tolist(), small.asked_cell.tolist(), strict=True)
    at = {place: row for row, place in enumerate(places)}
    rows = [at[place] for place in zip(reader.context.tolist(), reader.cell.tolist(), strict=True)]
    return np.array(rows, dtype=np.int64), reader.low, reader.high
