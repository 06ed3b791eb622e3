"""All targets of one system: proven ranges and outer bounds, part by part.

Lives here: the order in which parts are solved. Not here: when a point counts where populations must be joint ones
(audit_joint), building systems (audit_system), programs (audit_solve), the verdict (audit).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.disclosure.audit_before import Populations
from pipelines.disclosure.audit_cells import INFINITE, Cells, Context, Dimension
from pipelines.disclosure.audit_joint import Joint, hold_to, joints_of, layouts_of
from pipelines.disclosure.audit_local import Nearby
from pipelines.disclosure.audit_pools import areas, widen_pieces
from pipelines.disclosure.audit_solve import Part
from pipelines.disclosure.audit_system import BIG, Reduced, TooLarge, assemble, components, reduce
from pipelines.disclosure.audit_whole import fold, lay_out
from pipelines.disclosure.format import Onthulling

JOINT_LIMIT = 20_000
WIDE_PART = 6_000  # variables; beyond it programs over the whole part cost more than they settle
FEW_BOUNDS = 40  # targets of such a part that are bounded over all of it
ATTEMPTS = 8


@dataclass
class Interval:
    """Range of one target: `seen` is reached by whole populations, `bound` is passed by none."""

    context: Context
    members: dict[str, str]
    kind: int
    need: int
    floor: int
    seen: tuple[int, int]
    bound: tuple[int, int]


@dataclass
class Solved:
    """Everything about one system. `feasible`: False, nothing fits what was published; None, not decided."""

    feasible: bool | None
    intervals: list[Interval] = field(default_factory=list)
    variables: int = 0
    rows: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    too_large: bool = False
    run: Run | None = None


def solve(
    spec: Onthulling,
    many: list[Cells],
    dims: dict[str, Dimension],
    limit: int,
    exact: bool,
    joint: bool = False,
    begin: Callable[[Run], Any] | None = None,
    before: Populations | None = None,
) -> Solved:
    """Intervals of all targets of one system; `exact` asks for both bounds of each in whole numbers.

    `joint`: build every joint combination instead of lifting pairs of tables. `begin` makes, from a run
    that was built, populations to start from (a Gedeeld); then every one found after them is kept. `before`:
    populations of an earlier draft, to which those found here are added.
    """
    run = Run(many, dims, spec)
    feasible = run.build(limit, joint or exact, begin=begin, before=before)
    done = Solved(feasible, variables=run.variables, rows=run.rows, too_large=run.too_large, run=run)
    if done.feasible is not True:
        return done
    if not run.hold_to_joint(limit):
        if not joint and run.variables <= JOINT_LIMIT:
            return solve(spec, many, dims, limit, exact, joint=True)
        done.feasible = None
        return done
    _settle_all(run, exact)
    for part, _, _ in run.parts:
        part.let_go()
    seen, bound = run.ranges()
    left = run.system.pairs and _is_open(seen, bound, run.need, run.floor).any()
    if left and (whole := every_combination(run, limit, start=False)) is not None and lay_out(run, whole):
        whole.begin_with(seen, bound)
        _settle_all(whole, exact)
        seen, bound = whole.ranges()
        done.statuses.update(whole.statuses())
    done.intervals = run.intervals(seen, bound)
    done.statuses.update(run.statuses())
    if before is not None:
        before.keep(run)
    return done


def _is_open(seen: np.ndarray, bound: np.ndarray, need: np.ndarray, floor: np.ndarray) -> np.ndarray:
    """Which targets are neither proven wide enough or high enough, nor refuted."""
    narrow = (seen[:, 1] - seen[:, 0] < need) & (bound[:, 0] < floor)
    return narrow & (bound[:, 1] - bound[:, 0] >= need)


def _settle_all(run: Run, exact: bool) -> None:
    area = areas(run)
    for part, v, t in run.parts:
        if len(v):
            settle(part, run.need[t], run.floor[t], exact, area[v], run.joint)


def divide(small: Reduced) -> list[tuple[Part, np.ndarray, np.ndarray]]:
    """Parts that do not touch, each with the numbers of its variables and targets."""
    return [
        (
            Part(
                small.rows[r][:, v].tocsr(),
                small.low[r],
                small.high[r],
                small.x_low[v],
                small.x_high[v],
                small.targets[t][:, v].tocsr(),
                small.offset[t],
                seed=len(v),
            ),
            v,
            t,
        )
        for r, v, t in components(small)
    ]


class Run:
    """One system with its parts, each with a first population."""

    def __init__(self, many: list[Cells], dims: dict[str, Dimension], spec: Onthulling) -> None:
        self.many, self.dims, self.spec = many, dims, spec
        self.variables = self.rows = 0
        self.too_large = False
        self.parts: list[tuple[Part, np.ndarray, np.ndarray]] = []
        self.joints: list[list[np.ndarray]] = []  # per context of `pairs` the joint population of the points
        self.joint: Joint | None = None
        self.shared = None  # populations that `begin` made, if it found any

    def build(self, limit: int, joint: bool, start: bool = True, begin=None, before=None) -> bool | None:
        """False: nothing fits what was published; None: too large, or no population found."""
        try:
            self.system = assemble(self.many, self.dims, self.spec.inequalities, limit, joint)
        except TooLarge:
            self.too_large = True
            return None
        self.variables, self.rows = self.system.variables, len(self.system.low)
        self.small, possible = reduce(self.system)
        if not possible:
            return False
        self.need = self.of_targets([cells.need for cells in self.many])
        self.floor = self.of_targets([cells.floor for cells in self.many])
        shared = begin(self) if begin is not None else None
        self.shared = shared if shared is not None and shared.found else None
        known = self.shared.seen() if self.shared is not None else None
        near = before.begin(self) if before is not None else None
        for part, v, t in divide(self.small):
            self.parts.append((part, v, t))
            if not start or not len(v):
                continue
            if known is not None and part.accept(self.shared.first[v]):
                part.seen_low, part.seen_high = known[t, 0].copy(), known[t, 1].copy()
                part.trail = []
                continue
            known = self.shared = None
            if near is None or not part.take(near[v].astype(float)):
                found = part.start()
                if found is not True:
                    return found
            part.trail = [] if before is not None and not self.system.pairs else None
        if near is not None and start:
            known = before.replay(self)
            for part, v, t in self.parts:
                if len(v):
                    part.seen_low, part.seen_high = known[t, 0].copy(), known[t, 1].copy()
        return True

    def of_targets(self, values: list[np.ndarray]) -> np.ndarray:
        """Per target what `values`, arrays per context, say of its cell."""
        at = zip(self.system.target_context, self.system.target_cell, strict=True)
        return np.array([values[c][i] for c, i in at], dtype=np.int64)

    def hold_to_joint(self, limit: int) -> bool:
        """Where a point must be a joint population, hold parts to it. False: none was found to begin with.

        A few first populations are tried, and then one made over every joint combination.
        """
        if not self.system.pairs:
            return True
        layouts = layouts_of(self)
        if layouts is None:
            return False
        for attempt in range(ATTEMPTS):
            for part, v, _ in self.parts if attempt else ():
                if len(v):
                    part.restart()
            joints = joints_of(self, layouts)
            if joints is not None:
                break
        else:
            whole = every_combination(self, limit, start=True)
            joints = None if whole is None else fold(whole, self, layouts)
        if joints is not None:
            hold_to(self, layouts, joints)
        return joints is not None

    def begin_with(self, seen: np.ndarray, bound: np.ndarray) -> None:
        """Take over what was proven about the same targets."""
        for part, v, t in self.parts:
            if len(v):
                part.seen_low = np.minimum(part.seen_low, seen[t, 0])
                part.seen_high = np.maximum(part.seen_high, seen[t, 1])
                part.bound_low = np.maximum(part.bound_low, bound[t, 0])
                part.bound_high = np.minimum(part.bound_high, bound[t, 1])

    def statuses(self) -> Counter[str]:
        return sum((part.statuses for part, _, _ in self.parts), Counter())

    def point(self) -> np.ndarray:
        """The first population over all parts, by reduced variable."""
        point = np.zeros(len(self.small.x_low), dtype=np.int64)
        for part, v, _ in self.parts:
            if len(v):
                point[v] = part.point
        return point

    def ranges(self) -> tuple[np.ndarray, np.ndarray]:
        count = self.small.targets.shape[0]
        seen, bound = np.zeros((count, 2), dtype=np.int64), np.zeros((count, 2), dtype=np.int64)
        for part, v, t in self.parts:
            if len(v):
                seen[t] = np.stack([part.seen_low, part.seen_high], axis=1)
                bound[t] = np.stack([part.bound_low, part.bound_high], axis=1)
            else:  # nothing left to vary: these targets are fixed
                seen[t] = bound[t] = self.small.offset[t][:, None]
        return seen, bound

    def intervals(
        self, seen: np.ndarray, bound: np.ndarray, need: np.ndarray | None = None
    ) -> list[Interval]:
        """Per target; `need`: the width asked of each, if not by everyone's measure."""
        need = self.need if need is None else need
        found = []
        for i in range(len(seen)):
            cells, cell = self.many[self.system.target_context[i]], self.system.target_cell[i]
            high = int(INFINITE) if bound[i, 1] >= BIG else int(bound[i, 1])
            found.append(
                Interval(
                    cells.context,
                    names_of(cells, self.dims, cell),
                    int(cells.kind[cell]),
                    int(need[i]),
                    int(self.floor[i]),
                    (int(seen[i, 0]), int(seen[i, 1])),
                    (int(bound[i, 0]), high),
                )
            )
        return found


def every_combination(run: Run, limit: int, start: bool) -> Run | None:
    """The same system over every joint combination; None if it is too large, or `start` and no population found."""
    whole = Run(run.many, run.dims, run.spec)
    return whole if whole.build(limit, True, start=start) is True else None


def settle(
    part: Part, need: np.ndarray, floor: np.ndarray, exact: bool, area: np.ndarray, joint: Joint | None = None
) -> None:
    """Widen together, a large part by `area` of its variables, then decide one by one what stays open.

    `joint`: what finds joint populations for the part, if it has to; once that is hopeless the part is left as it is.
    """

    def open_targets() -> np.ndarray:
        if joint is not None and joint.hopeless:
            return np.zeros(0, np.int64)
        seen = np.stack([part.seen_low, part.seen_high], axis=1)
        bound = np.stack([part.bound_low, part.bound_high], axis=1)
        return np.flatnonzero(_is_open(seen, bound, need, floor))

    wide = len(part.x_low) > WIDE_PART
    if wide:
        widen_pieces(part, area, open_targets, need)
    else:
        part.widen(open_targets, need)
    Nearby(part).settle(open_targets, need, joint)
    everything = np.arange(len(need))
    for target in everything if exact else open_targets()[: FEW_BOUNDS if wide else len(need)]:
        if not exact and target not in open_targets():
            continue
        # a bound is cheap, a whole-number point at it is not
        for prove in (True,) if exact else (False, True):
            for up in (True, False):
                if exact or target in open_targets():
                    part.bound(int(target), up, prove=prove)
        for up in (True, False):
            reached = part.seen_high[target] if up else part.seen_low[target]
            limit = part.bound_high[target] if up else part.bound_low[target]
            if reached != limit and part.check is None and (exact or (not wide and target in open_targets())):
                part.whole_bound(int(target), up)


def names_of(cells: Cells, dims: dict[str, Dimension], cell: int) -> dict[str, str]:
    """The members of a cell by name, dimensions summed over left out."""
    return {n: dims[n].name_of(int(m)) for n, m in zip(cells.dims, cells.members[cell], strict=True) if m}
