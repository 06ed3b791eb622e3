"""Which exact figures to hide so that no hidden one can be enclosed too narrowly, at the least loss.

Lives here: primary cells and the search for complementary ones. Not here: the cells and their sums (cells),
the linear program (moves), rounding, the audit (which alone decides whether a release is in order).

A hidden cell is safe when moves raise and lower it over at least `width`, or when it cannot fall below `drempel`.
Rounds alternate: first moves through cells that are hidden anyway, which cost nothing; then, for what is left,
moves that may touch shown cells, whose cost grows with the figure shown. What such a move touches is hidden too, and
each move is made once more through as few cells as will do. A large problem is first searched piece by piece (pools):
the time of a program grows faster than its size.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pipelines.disclosure.moves import STEP, Ties, find
from pipelines.disclosure.pools import pieces

FREE_ROUNDS = 4
ROUNDS = 30
STUBBORN = 6  # rounds without empty cells
FEW = 60
ZERO = 40.0
DEAREST = 500.0  # of one unit; beyond it a figure is as dear as can be
LARGE = 5_000  # cells; beyond it pools are searched before the whole
MARGIN = 4.0  # a figure about everybody of a place tells more than one code of it, and more lines lean on it
SEED = 20261


@dataclass
class Problem:
    """The exact cells of one part: all arrays by cell.

    `primary` must be hidden, `never` may not be hidden (said already, or zero by definition), `loose` neither
    shown nor in need of protection (not published), `group` needs room although it may be large; `before` was
    hidden in the previous release. `rank`: 2 for what a whole region is told (hidden only where nothing else helps), 1
    for everybody of one place, else 0. `pool`: cells about places that lie together have the same number.
    """

    value: np.ndarray
    tie: Ties
    primary: np.ndarray
    never: np.ndarray
    loose: np.ndarray
    group: np.ndarray
    before: np.ndarray
    width: np.ndarray
    drempel: int
    rank: np.ndarray
    pool: np.ndarray

    def part(self, at: np.ndarray) -> Problem:
        """Some of the cells, all others left as they are."""
        equal, at_most = self.tie.equal[:, at].tocsr(), self.tie.at_most[:, at].tocsr()
        some, few = np.flatnonzero(np.diff(equal.indptr)), np.flatnonzero(np.diff(at_most.indptr))
        return Problem(
            self.value[at],
            Ties(equal[some], at_most[few], self.tie.slack[few]),
            self.primary[at],
            self.never[at],
            self.loose[at],
            self.group[at],
            self.before[at],
            self.width[at],
            self.drempel,
            self.rank[at],
            self.pool[at],
        )


@dataclass
class Pattern:
    """What is hidden, what was primary, and what could not be made safe."""

    hidden: np.ndarray
    primary: np.ndarray
    unsafe: np.ndarray
    statuses: Counter[str] = field(default_factory=Counter)
    programs: int = 0


def cost_of(problem: Problem) -> np.ndarray:
    """Per unit moved through a shown cell: grows with the figure, small for what was hidden before.

    In proportion: with a logarithm the totals of a region were the cheapest way out, and a meeting lost the figures
    that it asks for first. A zero is dear too: what it hides is often certain for other reasons, and then it
    hides nothing.
    """
    cost = np.where(problem.value == 0, ZERO, 1.0 + problem.value / 2)
    cost = np.minimum(cost * np.where(problem.rank == 1, MARGIN, 1.0), DEAREST)
    cost[problem.before] *= 0.2
    return cost


class Search:
    """State of one search."""

    def __init__(self, problem: Problem) -> None:
        self.p = problem
        self.width = problem.width
        self.hidden = problem.primary.copy()
        self.cost = cost_of(problem)
        n = len(problem.value)
        self.up, self.down = np.zeros(n), np.zeros(n)
        self.rng = np.random.default_rng(SEED)
        self.statuses: Counter[str] = Counter()
        self.programs = 0
        self.rows = abs(sparse.vstack([problem.tie.equal, problem.tie.at_most])).astype(np.int8).tocsr()

    def safe(self, up=None, down=None) -> np.ndarray:
        up, down = (self.up, self.down) if up is None else (up, down)
        value = self.p.value
        room = up + down >= self.width - STEP
        high = (value - down >= self.p.drempel) & ~self.p.primary & ~self.p.group & (value >= self.p.drempel)
        return room | high

    def todo(self) -> np.ndarray:
        return np.flatnonzero(self.hidden & ~self.safe())

    def take(self, move: np.ndarray) -> None:
        np.maximum(self.up, move, out=self.up)
        np.maximum(self.down, -move, out=self.down)

    def push(self, targets, allowed, cost, rising=None) -> tuple[np.ndarray | None, np.ndarray]:
        """One program: each target up (`rising`) or down by what it still lacks."""
        n = len(self.p.value)
        lack = self.width[targets] - self.up[targets] - self.down[targets]
        if rising is None:
            room_down = self.p.value[targets] - self.down[targets]
            rising = (self.rng.random(len(targets)) < 0.5) | (room_down < 1)
        up, down = np.zeros(n), np.zeros(n)
        up[targets[rising]] = (self.up[targets] + lack)[rising]
        down[targets[~rising]] = (self.down[targets] + lack)[~rising]
        self.programs += 1
        return find(self.p.tie, self.p.value, allowed, cost, up, down, self.statuses), rising

    def free_rounds(self, rounds: int, allowed: np.ndarray) -> None:
        """Moves through hidden cells only, as long as they help."""
        for _ in range(rounds):
            targets = self.todo()
            if not len(targets):
                return
            move, _ = self.push(targets, allowed, np.full(len(self.p.value), 0.01))
            if move is None:
                return
            self.take(move)
            if len(self.todo()) > 0.9 * len(targets):
                return

    def near(self, targets: np.ndarray) -> np.ndarray:
        """Cells worth a look: all, or few steps away if few targets are left."""
        found = np.ones(len(self.p.value), bool)
        if len(targets) < FEW:
            found[:] = False
            found[targets] = True
            for _ in range(2):
                lines = self.rows @ found.astype(np.int8) > 0
                found |= self.rows.T @ lines.astype(np.int8) > 0
        return found | self.hidden | self.p.loose

    def run(self) -> Pattern:
        """Search among cells that are not empty first, then among all; the figures of a whole region come last."""
        p = self.p
        if len(p.value) > LARGE:
            self.in_pools()
        movable, below, full = self._movable()
        for allowed in (below, np.ones(len(full), bool)) if (movable & ~below).any() else (below,):
            self.search(movable & allowed & full, STUBBORN)
            self.search(movable & allowed)
        unsafe = np.zeros(len(p.value), bool)
        unsafe[self.todo()] = True
        return Pattern(self.hidden & ~p.loose, p.primary, unsafe, self.statuses, self.programs)

    def _movable(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """What may move at all; what is not about a whole region; what is not empty."""
        p = self.p
        # Cells that are not empty first: hiding a zero costs little but seldom helps, and the programs stay small.
        full = (p.value > 0) | p.primary | p.loose
        return ~p.never, (p.rank < 2) | p.primary | p.loose, full

    def in_pools(self) -> None:
        """Piece by piece: what one finds is hidden for the next, and a cell that has room needs no more."""
        for at in pieces(self.p.pool, self.p.tie.equal):
            one = Search(self.p.part(at))
            one.hidden, one.up, one.down = self.hidden[at], self.up[at], self.down[at]
            movable, below, full = one._movable()
            one.search(movable & below & full, STUBBORN)
            self.hidden[at], self.up[at], self.down[at] = one.hidden, one.up, one.down
            self.programs += one.programs
            self.statuses.update(one.statuses)

    def search(self, movable: np.ndarray, rounds: int = ROUNDS) -> None:
        """Hide more, from what may be moved, until every hidden cell is safe or nothing helps."""
        p = self.p
        for _ in range(rounds):
            free = self.hidden | p.loose
            self.free_rounds(FREE_ROUNDS, free & movable)
            targets = self.todo()
            if not len(targets):
                return
            near = self.near(targets) & movable
            move, rising = self.push(targets, near, np.where(free, 0.01, self.cost))
            if move is None:
                return
            touched = np.abs(move) > STEP
            if (touched & ~free).any():
                # the same move through fewer cells: what is hardly used becomes dear, the rest is left out
                scaled = np.minimum(self.cost * np.maximum(self.width, 1) / (np.abs(move) + 0.3), 200.0)
                again, _ = self.push(
                    targets, touched | (free & movable), np.where(free, 0.01, scaled), rising
                )
                move = move if again is None else again
            self.take(move)
            self.hidden |= (np.abs(move) > STEP) & ~p.loose


def suppress(problem: Problem) -> Pattern:
    """Deterministic: the same cells and seed give the same pattern. Parts that do not touch are searched apart."""
    n = len(problem.value)
    label = _parts(problem)
    whole = Pattern(problem.primary.copy(), problem.primary, np.zeros(n, bool))
    for part in np.unique(label[problem.primary]):
        at = np.flatnonzero(label == part)
        found = Search(problem.part(at)).run()
        whole.hidden[at], whole.unsafe[at] = found.hidden, found.unsafe
        whole.programs += found.programs
        whole.statuses.update(found.statuses)
    return whole


def _parts(problem: Problem) -> np.ndarray:
    """A label per cell: cells that some chain of sums and bounds connects have the same."""
    rows = sparse.vstack([problem.tie.equal, problem.tie.at_most]).tocoo()
    m, n = rows.shape
    graph = sparse.coo_matrix((np.ones(rows.nnz, np.int8), (rows.row, rows.col + m)), shape=(m + n, m + n))
    return connected_components(graph.tocsr(), directed=False)[1][m:]
