"""Populations found when an earlier draft was judged: what still fits the new one is proof again.

Lives here: keeping populations of one system, and taking over those that fit. Not here: finding them (audit_settle).

A population proves a width because it fits everything that is published, wherever it came from. Between two drafts
little changes: from a population near the one in hand, most changes that were found lead to populations again. Every
one is checked row by row against the new files. Where two tables must be those of one joint population nothing is taken
over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy import sparse

from pipelines.disclosure.audit_joint import spread

AT_ONCE = 4_000_000  # numbers in one block of populations


class Populations:
    """Of one system, by the variables before anything is merged: one in hand, and others as changes from it."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        self._layout = ""
        self._point = np.zeros(0, np.int64)
        self._moves = sparse.csr_matrix((0, 0), dtype=np.int32)

    def begin(self, run: Any) -> np.ndarray | None:
        """The population in hand by reduced variable, a place to start from; None if there is none of this system."""
        if not self._point.size or run.system.pairs or self._layout != _layout(run):
            self.forget()
            return None
        return _merged(run.small).T @ self._point

    def replay(self, run: Any) -> np.ndarray:
        """Per target the least and the most in all populations that are a known change away from the one in hand.

        What does not fit is forgotten. Shape (targets, 2).
        """
        small, first, into = run.small, run.point(), _merged(run.small)
        low = small.targets @ first + small.offset
        high, kept = low.copy(), []
        untouched = np.flatnonzero(np.diff(self._moves[:, small.place < 0].tocsr().indptr) == 0)
        moves = self._moves[untouched]
        for start, x in _blocks((moves @ into).tocsr(), first):
            fits = np.flatnonzero(_fits(small, x))
            if len(fits):
                kept.append(start + fits)
                value = small.targets @ x[fits].T + small.offset[:, None]
                low, high = np.minimum(low, value.min(1)), np.maximum(high, value.max(1))
        self._moves = moves[np.concatenate(kept)] if kept else moves[:0]
        self._point = spread(small, first)
        return np.stack([low, high], axis=1)

    def keep(self, run: Any) -> None:
        """What the parts of `run` have found, with what was taken over; of all those, the ones that reach furthest."""
        if run.system.pairs or any(len(v) and part.trail is None for part, v, _ in run.parts):
            return
        small = run.small
        if self._layout != _layout(run) or not self._point.size:
            self._layout, self._point = _layout(run), spread(small, run.point())
            self._moves = sparse.csr_matrix((0, small.place.size), dtype=np.int32)
        found = [_moves(small, self._point, part.trail, v) for part, v, _ in run.parts if len(v)]
        moves = sparse.vstack([self._moves, *found]).tocsr()
        reach = (moves @ run.system.targets.T).tocsc()
        far = np.unique(np.concatenate([_furthest(reach, np.argmax), _furthest(reach, np.argmin)]))
        self._moves = moves[far].astype(np.int32)


def _layout(run: Any) -> str:
    """The same for two systems whose variables are the same combinations of places and codes."""
    digest = hashlib.sha256()
    for dim in run.dims.values():
        digest.update(repr(dim.leaves).encode())
    for space in run.system.spaces:
        for block in space.blocks:
            digest.update(repr((block.dims, block.size, block.start)).encode())
            for name in block.dims:
                digest.update(block.labels[name].tobytes())
    return digest.hexdigest()


def _merged(small: Any) -> sparse.csr_matrix:
    """Variable before merging -> variable after it; one that is fixed has none."""
    inside = np.flatnonzero(small.place >= 0)
    shape = (len(small.place), len(small.x_low))
    return sparse.csr_matrix((np.ones(len(inside), np.int64), (inside, small.place[inside])), shape=shape)


def _blocks(moves: sparse.csr_matrix, first: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    size = max(1, AT_ONCE // max(1, len(first)))
    for start in range(0, moves.shape[0], size):
        yield start, first + moves[start : start + size].toarray()


def _fits(small: Any, x: np.ndarray) -> np.ndarray:
    """Which populations (rows) meet every bound and every row, exactly."""
    good = ((x >= small.x_low) & (x <= small.x_high)).all(1)
    sums = small.rows @ x.T
    return good & ((sums >= small.low[:, None]) & (sums <= small.high[:, None])).all(0)


def _furthest(reach: sparse.csc_matrix, which: Any) -> np.ndarray:
    """Per target the move that brings it furthest, where one moves it at all."""
    found = []
    for target in np.flatnonzero(np.diff(reach.indptr)):
        span = slice(reach.indptr[target], reach.indptr[target + 1])
        found.append(reach.indices[span][which(reach.data[span])])
    return np.array(found, dtype=np.int64)


def _moves(small: Any, point: np.ndarray, trail, v: np.ndarray) -> sparse.csr_matrix:
    """Changes of a part by the variables before merging: what falls is taken where there is most."""
    order = np.argsort(small.place, kind="stable")
    order = order[np.searchsorted(small.place[order], 0) :]
    start = np.searchsorted(small.place[order], np.arange(len(small.x_low) + 1))
    columns, values, length = [], [], []
    for moved, change in trail:
        at = v[moved]
        alone = start[at + 1] - start[at] == 1
        who, steps = order[start[at[alone]]].tolist(), change[alone].tolist()
        for place, left in zip(at[~alone].tolist(), change[~alone].tolist(), strict=True):
            own = order[start[place] : start[place + 1]]
            own = own[np.argsort(-point[own], kind="stable")]
            for variable in own.tolist() if left < 0 else own[:1].tolist():
                step = left if left > 0 else max(left, -int(point[variable]))
                who.append(variable)
                steps.append(step)
                left -= step
        columns.append(who)
        values.append(steps)
        length.append(len(who))
    made = [np.array([x for many in part for x in many], np.int32) for part in (values, columns)]
    ends = np.cumsum([0, *length])
    return sparse.csr_matrix((made[0], made[1], ends), shape=(len(trail), len(small.place)), dtype=np.int32)
