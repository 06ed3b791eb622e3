"""Proof nearby: populations that differ from the one in hand in a few counts around one target.

Lives here: a small program over the neighbourhood of a target, and letting in what its prices ask for. Not here:
programs over a whole part (audit_solve), what an interval means (audit).

Most widths need only a handful of persons to change places. A program over some variables, all others kept as
they are, costs milliseconds however large the system is; each population that it finds widens every figure that it
touches. Its prices tell which variable outside would help. When none would, the optimum holds for all of them: then
it is the attacker's bound.
"""

from __future__ import annotations

import numpy as np

from pipelines.disclosure.audit_solve import model
from pipelines.disclosure.audit_system import BIG

FIRST = 60  # variables that the first program may move
ROUNDS = 40
MOST = 40_000
GROWTH = 1.5  # of what is let in by the next program
SEEDS = 30
NODES = 40
FRACTION = 1e-5
PUSHES = 12  # before whole numbers are sought by force
FORCED = 1_500  # variables; beyond it a search by force takes minutes before its first node
PRICE = 1e-6
DENSE = 16  # to sort a number costs as much as to pass over so many
FAR = 10.0  # times the goal; further no proof needs a single variable to go


class Nearby:
    """Neighbourhoods in one part, around its first population."""

    def __init__(self, part) -> None:
        self.part = part
        self.rows = part.rows.tocsr()
        self.columns = self.rows.tocsc()
        self.targets = part.targets.tocsc()
        self.degree = np.diff(self.columns.indptr)
        point, sums = part.point, self.rows @ part.point
        self.here = part.targets @ point + part.offset
        self.room_up = np.where(part.high >= BIG, np.inf, part.high - sums)
        self.room_down = np.where(part.low <= -BIG, np.inf, sums - part.low)
        self.rise = np.where(part.x_high >= BIG, np.inf, part.x_high - point)
        self.fall = (point - part.x_low).astype(float)
        self._place = np.zeros(len(part.low), dtype=np.int64)
        self._form = np.zeros(len(point))  # of the target in hand
        # scratch: empty between two calls
        self._inside, self._known = np.zeros(len(point), dtype=bool), np.zeros(len(part.low), dtype=bool)
        self._solver = part.solver()  # one for all programs: making it costs as much as a small program
        self._solver.setOptionValue("presolve", "off")  # costs more than it saves on programs of this size
        self._solver.setOptionValue("mip_max_nodes", NODES)

    def settle(self, open_targets, need: np.ndarray, joint=None) -> None:
        """Widen or bound every target that `open_targets` (a function) names, as far as it needs.

        `joint`: what finds joint populations for the part, if it has to; no more is done once that is hopeless.
        """
        part = self.part
        for target in open_targets():
            if joint is not None and joint.hopeless:
                return
            for up in (True, False):
                if part.seen_high[target] - part.seen_low[target] < need[target]:
                    self.reach(int(target), up, int(need[target]))

    def reach(self, target: int, up: bool, need: int) -> None:
        """A population in which the target is as much higher (`up`) or lower as it still should, or its bound."""
        part = self.part
        goal = part.seen_low[target] + need if up else part.seen_high[target] - need
        goal = int(goal - self.here[target])
        if goal == 0 or (goal > 0) != up:
            return
        span = slice(part.targets.indptr[target], part.targets.indptr[target + 1])
        own = part.targets.indices[span]
        self._form[own] = part.targets.data[span]
        self._approach(target, np.sort(own), up, goal)
        self._form[own] = 0

    def _approach(self, target: int, own: np.ndarray, up: bool, goal: int) -> None:
        part, form = self.part, self._form
        free = self._around(own, up)
        more = FIRST
        for _ in range(ROUNDS):
            if not len(free) or len(free) > MOST:
                return
            rows, solver = self._program(free, form[free], goal)
            if part.run(solver, "nabij ") != "Optimal":
                return
            found = solver.getSolution()
            move = self._moved(found, len(free))
            reached = float(form[free] @ move)
            done = abs(reached - goal) < FRACTION
            wanted = np.zeros(0, np.int64) if done else self._wanted(rows, free, own, goal, found, int(more))
            if len(wanted):
                free = np.sort(np.concatenate([free, wanted]))
                more *= GROWTH
                continue
            if not done and not self._kept_back(free, goal, found):
                self._bound(target, up, reached)
            far = self._further(solver, free, goal, move) if done else move
            if not self._take(solver, free, far, done) and done and part.check is not None:
                self._accept(free, self._fewest(free, form[free], goal))
            return

    def _around(self, own: np.ndarray, up: bool) -> np.ndarray:
        """Some of the target's own variables, and those that share most of their rows with them."""
        own = own[(self.rise if up else self.fall)[own] > 0]
        if len(own) > SEEDS:  # those in few rows, which are easily made up for
            own = own[np.lexsort((-self.part.point[own], self.degree[own]))[:SEEDS]]
        if not len(own):
            return own
        entries = _entries(self.rows, np.unique(_entries(self.columns, own)))
        near, shared = self._summed(entries, np.ones(len(entries)), without=own)
        price = self.degree[near] - shared + 0.5 * (self.fall[near] <= 0)
        return np.union1d(own, near[np.argsort(price, kind="stable")[: max(0, FIRST - len(own))]])

    def _program(self, free: np.ndarray, form: np.ndarray, goal: int):
        """The rows that the free variables touch, and the target as near to `goal` as they bring it."""
        rows, (start, index, value) = self._columns(free, form)
        most = FAR * abs(goal)
        # what may fall does so in a column of its own: then the population in hand is where the program begins
        self._down = down = np.flatnonzero(self.fall[free] > 0)
        length = np.diff(start)[down]
        at = np.repeat(start[down] - np.append(0, np.cumsum(length)[:-1]), length) + np.arange(length.sum())
        solver = self._solver
        solver.passModel(
            model(
                np.append(start, start[-1] + np.cumsum(length)),
                np.append(index, index[at]),
                np.append(value, -value[at]),
                np.zeros(len(free) + len(down)),
                np.minimum(np.append(self.rise[free], self.fall[free][down]), most),
                np.append(-self.room_down[rows], min(goal, 0)),
                np.append(self.room_up[rows], max(goal, 0)),
            )
        )
        self._costs(solver, -form if goal > 0 else form)
        return rows, solver

    def _costs(self, solver, cost: np.ndarray) -> None:
        """What a rise of each free variable costs; a fall costs the opposite."""
        n = len(cost) + len(self._down)
        solver.changeColsCost(n, np.arange(n, dtype=np.int32), np.append(cost, -cost[self._down]))

    def _moved(self, solution, n: int) -> np.ndarray:
        """By how much each of the `n` free variables changes."""
        value = np.asarray(solution.col_value)
        move = value[:n].copy()
        move[self._down] -= value[n:]
        return move

    def _columns(self, free: np.ndarray, form: np.ndarray):
        """The rows that the free variables touch, and of every column its start and its entries (row, value).

        A last row is for the target, so there is an entry more at the end of every column.
        """
        at = _places(self.columns, free)
        touched = self.columns.indices[at]
        rows = np.unique(touched)
        self._place[rows] = np.arange(len(rows))
        ends = np.cumsum(np.diff(self.columns.indptr)[free])
        start = np.append(0, ends + np.arange(1, len(free) + 1))
        index = np.insert(self._place[touched], ends, len(rows))
        return rows, (start, index, np.insert(self.columns.data[at].astype(float), ends, form))

    def _fewest(self, free: np.ndarray, form: np.ndarray, goal: int) -> np.ndarray:
        """A change that brings the target to its goal and has as few persons change places as can be."""
        rows, (start, index, value) = self._columns(free, form)
        n = len(free)
        solver = self.part.solver()
        solver.passModel(
            model(
                np.append(start, start[-1] + start[1:]),
                np.tile(index, 2),
                np.append(value, -value),
                np.zeros(2 * n),
                np.append(self.rise[free], self.fall[free]),
                np.append(-self.room_down[rows], goal),
                np.append(self.room_up[rows], goal),
            )
        )
        solver.changeColsCost(2 * n, np.arange(2 * n, dtype=np.int32), np.ones(2 * n))
        if self.part.run(solver, "nabij ") != "Optimal":
            return np.zeros(n)
        move = np.asarray(solver.getSolution().col_value)
        return move[:n] - move[n:]

    def _kept_back(self, free: np.ndarray, goal: int, found) -> bool:
        """Whether how far a single variable may go in a search is what kept the target from its goal."""
        most = FAR * abs(goal)
        ours = np.append(self.rise[free], self.fall[free][self._down]) > most
        at_most = np.asarray(found.col_value) >= most - FRACTION
        return bool((ours & at_most & (np.abs(found.col_dual) > PRICE)).any())

    def _wanted(self, rows, free, own, goal: int, found, most: int) -> np.ndarray:
        """At most so many variables outside that would bring the target nearer to its goal, in order.

        Those that promise most come first, and of those the ones that touch fewest rows outside.
        """
        price = np.asarray(found.row_dual)[:-1]
        paid = np.flatnonzero(np.abs(price) > PRICE)
        chosen = rows[paid]
        at = _places(self.rows, chosen)
        weight = np.repeat(price[paid], np.diff(self.rows.indptr)[chosen]) * self.rows.data[at]
        near, gain = self._summed(
            np.concatenate([own, self.rows.indices[at]]),
            np.concatenate([self._form[own] if goal > 0 else -self._form[own], weight]),
            without=free,
        )
        gain = np.maximum(np.where(self.rise[near] > 0, gain, 0), np.where(self.fall[near] > 0, -gain, 0))
        good, gain = near[gain > PRICE], np.round(gain[gain > PRICE], 3)
        if len(good) > most:
            some = gain >= np.partition(gain, len(gain) - most)[-most]
            good, gain = good[some], gain[some]
        return good[np.lexsort((self._outside(good, rows), -gain))][:most]

    def _outside(self, variables: np.ndarray, rows: np.ndarray) -> np.ndarray:
        """How many rows of each variable are not among `rows`."""
        if not len(variables):
            return np.zeros(0)
        self._known[rows] = True
        new = ~self._known[_entries(self.columns, variables)]
        self._known[rows] = False
        return np.bincount(np.repeat(np.arange(len(variables)), self.degree[variables]), new)

    def _summed(self, index: np.ndarray, value: np.ndarray, without: np.ndarray):
        """The variables in `index`, in order, and what `value` adds up to for each; not those of `without`."""
        if len(index) > len(self._inside) // DENSE:
            total = np.bincount(index, value, minlength=len(self._inside))
            self._inside[index] = True
            self._inside[without] = False
            which = np.flatnonzero(self._inside)
            self._inside[which] = False
            return which, total[which]
        which, at = np.unique(index, return_inverse=True)
        total = np.bincount(at, value, minlength=len(which))
        self._inside[without] = True
        kept = ~self._inside[which]
        self._inside[without] = False
        return which[kept], total[kept]

    def _further(self, solver, free: np.ndarray, goal: int, move: np.ndarray) -> np.ndarray:
        """The target where it should be, and everything else in the neighbourhood pushed one way or the other.

        In whole numbers if one of a few pushes ends in them: they are cheaper than a search by force.
        """
        last = solver.getNumRow() - 1
        solver.changeRowBounds(last, float(goal), float(goal))
        for _ in range(PUSHES):
            push = self.part.rng.random(len(free)) - 0.5
            self._costs(solver, push)
            if self.part.run(solver, "nabij ") != "Optimal":
                return move
            far = self._moved(solver.getSolution(), len(free))
            if _is_whole(far):
                return far
            if _is_whole(move):
                return move
        return move

    def _bound(self, target: int, up: bool, reached: float) -> None:
        """Nothing outside helps: what the program reached holds for every population."""
        part, here = self.part, int(self.here[target])
        if up:
            part.bound_high[target] = min(part.bound_high[target], here + int(np.floor(reached + FRACTION)))
        else:
            part.bound_low[target] = max(part.bound_low[target], here + int(np.ceil(reached - FRACTION)))

    def _take(self, solver, free: np.ndarray, move: np.ndarray, done: bool) -> bool:
        """The population as proof; in whole numbers by force where it is not whole, any that will do if `done`."""
        if not _is_whole(move):
            if len(free) > FORCED:
                return False
            import highspy

            n = len(free) + len(self._down)
            columns = np.arange(n, dtype=np.int32)
            solver.changeColsIntegrality(n, columns, np.full(n, highspy.HighsVarType.kInteger))
            if done:
                self._costs(solver, np.zeros(len(free)))
            self.part.run(solver, "MIP nabij ")
            solution = solver.getSolution()
            if len(solution.col_value) != n or not np.isfinite(solution.col_value).all():
                return False
            move = self._moved(solution, len(free))
        return self._accept(free, move)

    def _accept(self, free: np.ndarray, move: np.ndarray) -> bool:
        """The population in hand with `move` as proof, if it fits exactly; only what it touches is looked at."""
        part = self.part
        move = np.rint(move).astype(np.int64)
        free, move = free[move != 0], move[move != 0]
        if part.check is not None:
            x = part.point.copy()
            x[free] += move
            return part.accept(x)
        if (move > self.rise[free]).any() or (-move > self.fall[free]).any():
            return False
        rows, change = _product(self.columns, free, move)
        if (change > self.room_up[rows]).any() or (-change > self.room_down[rows]).any():
            return False
        touched, change = _product(self.targets, free, move)
        value = self.here[touched] + change
        part.seen_low[touched] = np.minimum(part.seen_low[touched], value)
        part.seen_high[touched] = np.maximum(part.seen_high[touched], value)
        if part.trail is not None:
            part.trail.append((free, move))
        return True


def _is_whole(move: np.ndarray) -> bool:
    return bool((np.abs(move - np.rint(move)) <= FRACTION).all())


def _entries(matrix, of: np.ndarray) -> np.ndarray:
    """The other indices of the given rows (csr) or columns (csc)."""
    return matrix.indices[_places(matrix, of)]


def _places(matrix, of: np.ndarray) -> np.ndarray:
    start, length = matrix.indptr[of], matrix.indptr[of + 1] - matrix.indptr[of]
    step = np.arange(int(length.sum())) - np.repeat(np.cumsum(length) - length, length)
    return np.repeat(start, length) + step


def _product(matrix, of: np.ndarray, move: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The rows that some columns of a csc matrix touch, in order, and what `move` of those columns adds to each."""
    at = _places(matrix, of)
    rows, inside = np.unique(matrix.indices[at], return_inverse=True)
    change = np.zeros(len(rows), dtype=np.int64)
    np.add.at(change, inside, matrix.data[at].astype(np.int64) * np.repeat(move, np.diff(matrix.indptr)[of]))
    return rows, change
