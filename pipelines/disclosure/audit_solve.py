"""What an attacker can work out: the interval of every target in a part of a system.

Lives here: feasible points found by linear programming (HiGHS), checked in whole numbers, each of which widens
the proven interval of every target at once; exact bounds for the targets that stay open. Not here: building the
system (audit_system), what an interval means for the verdict (audit).

A width is proven by two whole-number populations that both fit everything published (checked here in exact
arithmetic, whatever the solver says). A bound is proven by the optimum of a linear program.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from pipelines.disclosure.audit_system import BIG

ROUNDS = 60
TOLERANCE = 1e-6


@dataclass
class Outcome:
    """Per target: `seen` is what whole-number populations reach, `bound` what no population can pass."""

    seen_low: np.ndarray
    seen_high: np.ndarray
    bound_low: np.ndarray
    bound_high: np.ndarray
    feasible: bool | None = True
    statuses: dict[str, int] = field(default_factory=dict)


class Part:
    """A part of a system with a solver that is kept warm."""

    def __init__(self, rows, low, high, x_low, x_high, targets, offset, seed: int = 1) -> None:
        self.rows, self.low, self.high = rows, low, high
        self.x_low, self.x_high = x_low, x_high
        self.targets, self.offset = targets, offset
        self.rng = np.random.default_rng(seed)
        self.statuses: dict[str, int] = {}
        self.solver = None
        count = targets.shape[0]
        self.seen_low = np.full(count, BIG)
        self.seen_high = np.full(count, -BIG)
        least = targets @ x_low + offset
        most = np.minimum(targets @ np.minimum(x_high, BIG // 4096).astype(float) + offset, float(BIG))
        self.bound_low, self.bound_high = least.astype(np.int64), most.astype(np.int64)
        self.point: np.ndarray | None = None
        self._active: tuple = ()

    # -- the solver ------------------------------------------------------------------------------------------

    def _model(self, extra_columns: int = 0):
        import highspy

        rows = self.rows
        if extra_columns:
            # column up_t and row targets @ x - up_t >= base; column down_t and row targets @ x - down_t <= base
            t = self.targets.shape[0]
            eye = sparse.identity(t, dtype=np.int64, format="csr")
            zero = sparse.csr_matrix((t, t), dtype=np.int64)
            rows = sparse.bmat([
                [rows, sparse.csr_matrix((rows.shape[0], 2 * t), dtype=np.int64)],
                [self.targets, sparse.hstack([-eye, zero])],
                [self.targets, sparse.hstack([zero, -eye])],
            ])
        matrix = rows.tocsc()
        lp = highspy.HighsLp()
        n = matrix.shape[1]
        extra = n - self.rows.shape[1]
        lp.num_col_, lp.num_row_ = n, matrix.shape[0]
        lp.col_cost_ = np.zeros(n)
        lp.col_lower_ = np.concatenate([self.x_low.astype(float), np.zeros(extra)])
        top = self.x_high.astype(float)
        top[self.x_high >= BIG] = highspy.kHighsInf
        lp.col_upper_ = np.concatenate([top, np.zeros(extra)])
        below, above = self.low.astype(float), self.high.astype(float)
        below[self.low <= -BIG], above[self.high >= BIG] = -highspy.kHighsInf, highspy.kHighsInf
        free = np.full(matrix.shape[0] - len(below), highspy.kHighsInf)
        lp.row_lower_, lp.row_upper_ = np.concatenate([below, -free]), np.concatenate([above, free])
        lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
        lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
        lp.a_matrix_.value_ = matrix.data.astype(float)
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("random_seed", 1)
        solver.passModel(lp)
        return solver

    def _run(self, solver) -> str:
        solver.run()
        status = solver.modelStatusToString(solver.getModelStatus())
        self.statuses[status] = self.statuses.get(status, 0) + 1
        return status

    # -- whole-number points ---------------------------------------------------------------------------------

    def accept(self, x: np.ndarray) -> bool:
        """Take a whole-number point as proof if it fits exactly."""
        if (x < self.x_low).any() or (x > self.x_high).any():
            return False
        sums = self.rows @ x
        if ((sums < self.low) & (self.low > -BIG)).any() or ((sums > self.high) & (self.high < BIG)).any():
            return False
        value = self.targets @ x + self.offset
        np.minimum(self.seen_low, value, out=self.seen_low)
        np.maximum(self.seen_high, value, out=self.seen_high)
        self.point = x
        return True

    def take(self, raw: np.ndarray, cost: np.ndarray | None = None) -> bool:
        """A solution of the solver as proof: as it is if whole, else made whole in its neighbourhood."""
        x = np.rint(raw)
        broken = np.abs(raw - x) > 1e-5
        x = x.astype(np.int64)
        if not broken.any() and self.accept(x):
            return True
        free = broken
        for _ in range(3):
            touched = np.asarray((abs(self.rows) @ free.astype(np.int64)) > 0).ravel()
            free = np.asarray((abs(self.rows.T) @ touched.astype(np.int64)) > 0).ravel() | free
            made = self._whole(x, free, cost)
            if made is not None and self.accept(made):
                return True
            if free.all():
                return False
        return False

    def _whole(self, x: np.ndarray, free: np.ndarray, cost: np.ndarray | None) -> np.ndarray | None:
        """A small MIP: whole numbers for the variables in `free`, the rest as in x."""
        import highspy

        inside = np.flatnonzero(free)
        sub = self.rows[:, inside]
        at = np.flatnonzero(np.diff(sub.indptr) > 0)
        sub = sub[at]
        rest = np.where(free, 0, x)
        outside = self.rows[at] @ rest
        part = Part(
            sub, np.where(self.low[at] <= -BIG, -BIG, self.low[at] - outside),
            np.where(self.high[at] >= BIG, BIG, self.high[at] - outside),
            self.x_low[inside], self.x_high[inside], self.targets[:0, :][:, inside], self.offset[:0],
        )
        solver = part._model()
        count = len(inside)
        solver.changeColsIntegrality(
            count, np.arange(count, dtype=np.int32), np.full(count, highspy.HighsVarType.kInteger)
        )
        if cost is not None:
            solver.changeColsCost(count, np.arange(count, dtype=np.int32), cost[inside])
        solver.setOptionValue("time_limit", 10.0)
        solver.setOptionValue("mip_max_nodes", 2000)
        status = part._run(solver)
        self.statuses["MIP " + status] = self.statuses.get("MIP " + status, 0) + 1
        values = solver.getSolution().col_value
        if status not in ("Optimal", "Time limit reached", "Solution limit reached") or len(values) != count:
            return None
        made = rest.copy()
        made[inside] = np.rint(np.asarray(values)).astype(np.int64)
        return made

    # -- many targets at once --------------------------------------------------------------------------------

    def widen(self, open_targets, width: int, rounds: int = ROUNDS) -> bool | None:
        """Push open targets up and down together. `open_targets()` gives those that still need room.

        False: no population fits; None: the solver did not say.
        """
        t, n = self.targets.shape
        solver = self._model(extra_columns=2 * t)
        columns = np.arange(n, n + 2 * t, dtype=np.int32)
        rows = np.arange(self.rows.shape[0], self.rows.shape[0] + 2 * t, dtype=np.int32)
        infinite = np.inf
        idle = 0
        for number in range(rounds):
            todo = open_targets()
            if number and not len(todo):
                break
            before = len(todo)
            up = self.rng.random(len(todo)) < 0.5
            if number:
                # a target whose other side is known well is pushed to where it falls short
                short_high = self.bound_high[todo] - self.seen_high[todo]
                short_low = self.seen_low[todo] - self.bound_low[todo]
                up = np.where(short_high <= 0, False, np.where(short_low <= 0, True, up))
            cost, cap = np.zeros(2 * t), np.zeros(2 * t)
            low, high = np.full(2 * t, -infinite), np.full(2 * t, infinite)
            weight = 1 + 0.5 * self.rng.random(len(todo))
            if number:
                base_up = self.seen_low[todo] - self.offset[todo]
                base_down = self.seen_high[todo] - self.offset[todo] - width
            else:
                base_up = base_down = np.maximum(self.bound_low[todo] - self.offset[todo], 0)
            a, b = todo[up], todo[~up]
            cost[a], cap[a], low[a] = -weight[up], width, base_up[up]
            cost[t + b], cap[t + b], high[t + b] = weight[~up], infinite, base_down[~up]
            # when pushing up, falling below the base must stay possible: up_t may go below zero
            floor = np.zeros(2 * t)
            floor[a] = -infinite
            solver.changeColsCost(2 * t, columns, cost)
            solver.changeColsBounds(2 * t, columns, floor, cap)
            for i in (*a, *(t + b), *self._active):
                solver.changeRowBounds(int(rows[0] + i), float(low[i]), float(high[i]))
            self._active = (*a, *(t + b))
            status = self._run(solver)
            if status == "Infeasible":
                return False
            if status != "Optimal":
                return None
            raw = np.asarray(solver.getSolution().col_value)[:n]
            pull = np.zeros(t)
            pull[a], pull[b] = -weight[up], weight[~up]
            self.take(raw, self.targets.T @ pull)
            idle = idle + 1 if len(open_targets()) >= before and number else 0
            if idle >= 6:
                break
        return True

    # -- one target ------------------------------------------------------------------------------------------

    def bound(self, target: int, up: bool) -> bool:
        """The exact linear bound of one target, and its point as proof. False: the solver did not say."""
        if self.solver is None:
            self.solver = self._model()
        n = self.targets.shape[1]
        form = np.asarray(self.targets[target].todense(), dtype=float).ravel()
        cost = -form if up else form
        self.solver.changeColsCost(n, np.arange(n, dtype=np.int32), cost)
        status = self._run(self.solver)
        if status != "Optimal":
            return status == "Unbounded" and up
        raw = np.asarray(self.solver.getSolution().col_value)
        best = float(form @ raw) + self.offset[target]
        if up:
            self.bound_high[target] = min(self.bound_high[target], int(np.floor(best + TOLERANCE)))
        else:
            self.bound_low[target] = max(self.bound_low[target], int(np.ceil(best - TOLERANCE)))
        self.take(raw, cost)
        return True

    def whole_bound(self, target: int, up: bool, seconds: float = 20.0) -> bool:
        """The exact whole-number bound of one target by branch and bound. False: not decided."""
        import highspy

        solver = self._model()
        n = self.targets.shape[1]
        form = np.asarray(self.targets[target].todense(), dtype=float).ravel()
        solver.changeColsCost(n, np.arange(n, dtype=np.int32), -form if up else form)
        solver.changeColsIntegrality(n, np.arange(n, dtype=np.int32), np.full(n, highspy.HighsVarType.kInteger))
        solver.setOptionValue("time_limit", seconds)
        solver.setOptionValue("mip_rel_gap", 0.0)
        status = self._run(solver)
        if status != "Optimal":
            return False
        raw = np.rint(np.asarray(solver.getSolution().col_value)).astype(np.int64)
        if not self.accept(raw):
            return False
        value = int(form @ raw) + int(self.offset[target])
        if up:
            self.bound_high[target] = value
        else:
            self.bound_low[target] = value
        return True

    def outcome(self, feasible: bool | None) -> Outcome:
        return Outcome(self.seen_low, self.seen_high, self.bound_low, self.bound_high, feasible, self.statuses)
