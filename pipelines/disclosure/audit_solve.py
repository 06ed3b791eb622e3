"""What an attacker can work out: the interval of every target in a part of a system.

Lives here: feasible points found by linear programming (HiGHS) and made whole, each of which widens the proven
interval of every target at once; exact bounds for the targets that stay open. Not here: building the system
(audit_system), what an interval means for the verdict (audit).

A width is proven by two whole-number populations that both fit everything published, checked here in exact
arithmetic whatever the solver says. A bound is proven by the optimum of a linear program, which no population
can pass; whole-number bounds, where they decide, by branch and bound.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
from scipy import sparse

from pipelines.disclosure.audit_system import BIG

ROUNDS = 40
PUMP = 6
SMALL = 700  # variables; a push over so many costs no more than settling one target by itself
TOLERANCE = 1e-6
FRACTION = 1e-5
NODES = 500  # of a search by branch and bound
NEAR = 60  # how far above the first population proofs are sought
WIDE = 10**6  # no published count comes near; keeps programs bounded
OPTIONS = (
    ("output_flag", False),
    ("threads", 1),
    ("random_seed", 1),
    ("mip_pool_soft_limit", 100),  # room for 10,000 cuts takes 40 MB, and these searches make hundreds
)


class Part:
    """A part of a system: low <= rows @ x <= high, x_low <= x <= x_high, targets @ x + offset is asked for."""

    def __init__(self, rows, low, high, x_low, x_high, targets, offset, seed: int = 1) -> None:
        self.rows, self.low, self.high = rows, low, high
        self.x_low, self.x_high = x_low, x_high
        self.check = None  # more that a point must pass to count as proof
        self.targets, self.offset = targets.tocsr(), offset
        self.rng = np.random.default_rng(seed)
        self.statuses: Counter[str] = Counter()
        self.point: np.ndarray | None = None
        # populations as changes from `point`, if kept
        self.trail: list[tuple[np.ndarray, np.ndarray]] | None = None
        self._solver = self._pump = None
        count = targets.shape[0]
        self.seen_low, self.seen_high = np.full(count, BIG), np.full(count, -BIG)
        self.bound_low = (targets @ x_low + offset).astype(np.int64)
        most = targets @ np.minimum(x_high, BIG // 4096).astype(float) + offset
        self.bound_high = np.minimum(most, float(BIG)).astype(np.int64)
        one = np.diff(self.targets.indptr) == 1
        self.single = np.full(count, -1)  # the variable that a target is, if it is one
        self.single[one] = self.targets.indices[self.targets.indptr[:-1][one]]

    # -- programs --------------------------------------------------------------------------------------------

    def program(self, matrix, col_low, col_high, row_low, row_high):
        """A solver with this program in it, at no cost yet."""
        matrix = matrix.tocsc()
        solver = self.solver()
        solver.passModel(
            model(matrix.indptr, matrix.indices, matrix.data, col_low, col_high, row_low, row_high)
        )
        return solver

    def let_go(self) -> None:
        """Give up the programs in hand; a next one starts anew."""
        self._solver = self._pump = None

    def solver(self):
        import highspy

        solver = highspy.Highs()
        for name, value in OPTIONS:
            solver.setOptionValue(name, value)
        return solver

    def run(self, solver, kind: str = "") -> str:
        solver.run()
        status = solver.modelStatusToString(solver.getModelStatus())
        self.statuses[kind + status] += 1
        return status

    def _optimise(self, cost: np.ndarray, col_low=None, col_high=None) -> tuple[str, np.ndarray | None]:
        """Minimise `cost` over the part; bounds of variables may be narrower for this one program."""
        if self._solver is None:
            self._solver = self.program(self.rows, self.x_low, self.x_high, self.low, self.high)
            self._solver.setOptionValue(
                "simplex_strategy", 4
            )  # primal: only costs change, the basis stays feasible
        n = len(self.x_low)
        columns = np.arange(n, dtype=np.int32)
        self._solver.changeColsCost(n, columns, cost.astype(float))
        self._solver.changeColsBounds(
            n,
            columns,
            _open(self.x_low if col_low is None else col_low),
            _open(self.x_high if col_high is None else col_high),
        )
        status = self.run(self._solver)
        if status == "Unknown":  # start afresh rather than trust a warm start
            self._solver.clearSolver()
            status = self.run(self._solver)
        return status, np.asarray(self._solver.getSolution().col_value) if status == "Optimal" else None

    # -- whole-number points ---------------------------------------------------------------------------------

    def fits(self, x: np.ndarray) -> bool:
        """Whether a whole-number point meets every bound and every row, exactly."""
        if (x < self.x_low).any() or (x > self.x_high).any():
            return False
        sums = self.rows @ x
        return not ((sums < self.low).any() or (sums > self.high).any())

    def accept(self, x: np.ndarray) -> bool:
        """Take a whole-number point as proof if it fits exactly."""
        if not self.fits(x):
            return False
        if self.check is not None and not self.check(x):
            return False
        value = self.targets @ x + self.offset
        np.minimum(self.seen_low, value, out=self.seen_low)
        np.maximum(self.seen_high, value, out=self.seen_high)
        if self.point is None:
            self.point = x
        elif self.trail is not None:
            moved = np.flatnonzero(x != self.point)
            self.trail.append((moved, x[moved] - self.point[moved]))
        return True

    def take(self, raw: np.ndarray) -> bool:
        """A solution as proof: as it is if whole, else the nearest whole point that a few programs find."""
        for _ in range(PUMP):
            high = self.x_high if self.point is None else np.minimum(self.x_high, self.point + NEAR)
            whole = np.clip(np.rint(raw), self.x_low, high).astype(np.int64)
            if self.accept(whole):
                return True
            if self.fits(whole):  # whole and fitting, but no joint population was found
                return False
            raw = self._nearest(whole)
            if raw is None:
                return False
            if self.point is not None:  # by force for the first one only: another push is cheaper
                continue
            broken = np.abs(raw - np.rint(raw)) > FRACTION
            if broken.any() and broken.sum() <= 12:
                made = self._repair(raw, broken)
                if made is not None and self.accept(made):
                    return True
        return False

    def _nearest(self, whole: np.ndarray) -> np.ndarray | None:
        """The feasible point nearest to `whole` (sum of distances): a vertex that is mostly whole."""
        n = len(whole)
        if self._pump is None:
            self._pump = self.program(
                sparse.hstack([self.rows, -self.rows]),
                np.zeros(2 * n),
                np.full(2 * n, BIG),
                self.low,
                self.high,
            )
            cost = np.concatenate([1 + 0.01 * self.rng.random(n), 1 + 0.01 * self.rng.random(n)])
            self._pump.changeColsCost(2 * n, np.arange(2 * n, dtype=np.int32), cost)
        sums = self.rows @ whole
        low = np.where(self.low <= -BIG, -np.inf, (self.low - sums).astype(float))
        high = np.where(self.high >= BIG, np.inf, (self.high - sums).astype(float))
        top = np.where(self.x_high >= BIG, np.inf, (self.x_high - whole).astype(float))
        if self.point is not None:  # stay near: what is not bounded by anything published runs off
            top = np.minimum(top, np.maximum(self.point + NEAR - whole, 0).astype(float))
        self._pump.changeColsBounds(
            2 * n,
            np.arange(2 * n, dtype=np.int32),
            np.zeros(2 * n),
            np.concatenate([top, (whole - self.x_low).astype(float)]),
        )
        self._pump.changeRowsBounds(len(sums), np.arange(len(sums), dtype=np.int32), low, high)
        if self.run(self._pump) != "Optimal":
            return None
        value = np.asarray(self._pump.getSolution().col_value)
        return whole + value[:n] - value[n:]

    def _repair(self, raw: np.ndarray, broken: np.ndarray) -> np.ndarray | None:
        """Branch and bound over the few variables that are not whole and what they touch, nearby only."""
        free = broken
        for _ in range(2):
            touched = (abs(self.rows) @ free.astype(np.int64)) > 0
            free = ((abs(self.rows).T @ touched.astype(np.int64)) > 0) | free
            low = np.where(free, np.maximum(self.x_low, np.floor(raw) - 2), np.rint(raw))
            high = np.where(free, np.minimum(self.x_high, np.ceil(raw) + 2), np.rint(raw))
            made = self._whole(low, high, np.zeros(len(raw)), nodes=30)
            if made is not None:
                return made
        return None

    def _whole(self, col_low, col_high, cost, nodes: int) -> np.ndarray | None:
        """A whole-number point within these bounds; what they leave no room is left out of the program."""
        import highspy

        free = col_low < col_high
        x = np.where(free, 0, col_low).astype(np.int64)
        sums, matrix = self.rows @ x, self.rows[:, free]
        low = np.where(self.low <= -BIG, -BIG, self.low - sums)
        high = np.where(self.high >= BIG, BIG, self.high - sums)
        touched = np.diff(matrix.indptr) > 0
        if ((low > 0) | (high < 0))[~touched].any():
            return None
        n = matrix.shape[1]
        if not n:
            return x
        solver = self.program(matrix[touched], col_low[free], col_high[free], low[touched], high[touched])
        columns = np.arange(n, dtype=np.int32)
        solver.changeColsCost(n, columns, cost[free].astype(float))
        solver.changeColsIntegrality(n, columns, np.full(n, highspy.HighsVarType.kInteger))
        solver.setOptionValue(
            "mip_max_nodes", nodes
        )  # no clock: a verdict may not depend on how busy a machine is
        status = self.run(solver, "MIP ")
        value = solver.getSolution().col_value
        if status == "Infeasible" or len(value) != n:
            return None
        x[free] = np.rint(np.asarray(value))
        return x

    # -- many targets at once --------------------------------------------------------------------------------

    def start(self) -> bool | None:
        """A first whole-number population. False: none fits, not even in fractions; None: none was found."""
        n = len(self.x_low)
        solver = self.program(self.rows, self.x_low, self.x_high, self.low, self.high)
        solver.changeColsCost(n, np.arange(n, dtype=np.int32), np.ones(n))  # keeps unbounded sums small
        solver.setOptionValue("solver", "ipm")
        solver.setOptionValue("run_crossover", "off")
        status = self.run(solver)
        if status == "Infeasible":
            return False
        raw = np.asarray(solver.getSolution().col_value)
        if status == "Optimal" and self.take(raw):
            return True
        found, raw = self._optimise(self.rng.random(n))
        if found == "Infeasible":
            return False
        if raw is not None and self.take(raw):
            return True
        made = self._whole(self.x_low, self.x_high, np.zeros(n), NODES)
        return True if made is not None and self.accept(made) else None

    def begin(self, x: np.ndarray) -> bool:
        """Another first population, if it fits; what was proven from the one before no longer counts."""
        if not self.fits(x):
            return False
        self.point = None
        self.seen_low[:], self.seen_high[:] = BIG, -BIG
        return self.accept(x)

    def restart(self) -> None:
        """Another first population, somewhere else."""
        kept, self.point = self.point, None
        raw = self._optimise(self.rng.random(len(self.x_low)))[1]
        found = self.point if raw is not None and self.take(raw) else kept
        self.begin(found)

    def widen(self, open_targets, need: np.ndarray, rounds: int = ROUNDS) -> None:
        """Push open targets up and down together, each as far as it still needs."""
        idle, share = 0, 0.5
        enough = max(1.0, (len(self.x_low) / SMALL) ** 2)  # the larger the part, the dearer a push
        while rounds > 0 and idle < 3:
            rounds -= 1
            todo = open_targets()
            if not len(todo):
                break
            chosen = todo[self.rng.random(len(todo)) < share] if len(todo) > 8 else todo
            if not len(chosen):
                chosen = todo[:1]
            raw = self._push(chosen, need[chosen])
            good = raw is not None and self.take(raw)
            left = len(open_targets())
            idle = idle + 1 if len(todo) - left < enough else 0
            share = min(1.0, share * 1.5) if good else max(0.05, share / 2)

    def _push(self, chosen: np.ndarray, width: np.ndarray) -> np.ndarray | None:
        up = self.rng.random(len(chosen)) < 0.5
        up = np.where(
            self.bound_high[chosen] <= self.seen_high[chosen],
            False,
            np.where(self.bound_low[chosen] >= self.seen_low[chosen], True, up),
        )
        weight = np.where(up, -1.0, 1.0) * (1 + 0.3 * self.rng.random(len(chosen)))
        pull = np.zeros(self.targets.shape[0])
        pull[chosen] = weight
        low, high = self.x_low.copy(), np.minimum(self.x_high, self.point + NEAR)
        variable, shift = self.single[chosen], self.offset[chosen]
        a, b = (variable >= 0) & up, (variable >= 0) & ~up
        cap = self.seen_low[chosen] + width - shift
        high[variable[a]] = np.minimum(high[variable[a]], cap[a])
        cap = self.seen_high[chosen] - width - shift
        low[variable[b]] = np.maximum(low[variable[b]], cap[b])
        return self._optimise(self.targets.T @ pull, low, high)[1]

    # -- one target ------------------------------------------------------------------------------------------

    def _form(self, target: int) -> np.ndarray:
        return np.asarray(self.targets[target].todense(), dtype=float).ravel()

    def bound(self, target: int, up: bool, prove: bool = False) -> bool:
        """The exact linear bound of one target; its point as proof if asked. False: the solver did not say."""
        form = self._form(target)
        status, raw = self._optimise(-form if up else form)
        if raw is None:
            return status == "Unbounded" and up
        best = float(form @ raw) + self.offset[target]
        if up:
            self.bound_high[target] = min(self.bound_high[target], int(np.floor(best + TOLERANCE)))
        else:
            self.bound_low[target] = max(self.bound_low[target], int(np.ceil(best - TOLERANCE)))
        if prove:
            self.take(raw)
        return True

    def enclosed_by(self, target: int) -> np.ndarray:
        """The rows that keep one target from going further up or down, those that weigh most first."""
        form = self._form(target)
        weight = np.zeros(len(self.low))
        for sign in (-1.0, 1.0):
            if self._optimise(sign * form)[1] is not None:
                np.maximum(weight, np.abs(self._solver.getSolution().row_dual), out=weight)
        paid = np.flatnonzero(weight > TOLERANCE)
        return paid[np.argsort(-weight[paid], kind="stable")]

    def whole_bound(self, target: int, up: bool) -> bool:
        """The exact whole-number bound of one target by branch and bound. False: not decided."""
        form = self._form(target)
        before = self.statuses["MIP Optimal"]
        made = self._whole(self.x_low, np.minimum(self.x_high, WIDE), -form if up else form, NODES)
        optimal = self.statuses["MIP Optimal"] > before
        if made is None:
            return False
        self.accept(made)
        value = int(form @ made) + int(self.offset[target])
        if optimal and value < WIDE // 2:
            if up:
                self.bound_high[target] = value
            else:
                self.bound_low[target] = value
        return optimal


def model(start, index, value, col_low, col_high, row_low, row_high):
    """A program by the columns of its matrix: where each starts, and row and value of every entry."""
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(col_low), len(row_low)
    lp.col_cost_ = np.zeros(len(col_low))
    lp.col_lower_, lp.col_upper_ = _open(col_low), _open(col_high)
    lp.row_lower_, lp.row_upper_ = _open(row_low), _open(row_high)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = start.astype(np.int32)
    lp.a_matrix_.index_ = index.astype(np.int32)
    lp.a_matrix_.value_ = value.astype(float)
    return lp


def _open(bound: np.ndarray) -> np.ndarray:
    """As floats, with what stands for no bound made infinite."""
    bound = np.asarray(bound, dtype=float)
    return np.where(bound >= BIG, np.inf, np.where(bound <= -BIG, -np.inf, bound))
