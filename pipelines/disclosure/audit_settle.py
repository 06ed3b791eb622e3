"""All targets of one system: proven ranges and outer bounds, part by part.

Lives here: the order in which parts are solved, and what may vary where populations must be joint ones
(audit_lift). Not here: building systems (audit_system), programs (audit_solve), the verdict (audit).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipelines.disclosure.audit_blocks import Space, crossing
from pipelines.disclosure.audit_cells import INFINITE, Cells, Context, Dimension
from pipelines.disclosure.audit_lift import lift
from pipelines.disclosure.audit_solve import Part
from pipelines.disclosure.audit_system import BIG, Reduced, System, TooLarge, assemble, components, reduce
from pipelines.disclosure.format import Onthulling

JOINT_LIMIT = 20_000
FEW = 4


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
    statuses: dict[str, int] = field(default_factory=dict)
    too_large: bool = False


def solve(
    spec: Onthulling,
    many: list[Cells],
    dims: dict[str, Dimension],
    limit: int,
    exact: bool,
    joint: bool = False,
) -> Solved:
    """Intervals of all targets of one system; `exact` asks for both bounds of each in whole numbers.

    `joint`: build every joint combination instead of lifting pairs of tables.
    """
    joint = joint or exact
    try:
        system = assemble(many, dims, spec.inequalities, limit, joint)
    except TooLarge:
        return Solved(None, too_large=True)
    small, possible = reduce(system)
    done = Solved(True, variables=system.variables, rows=len(system.low))
    if not possible:
        done.feasible = False
        return done
    need = np.array([many[c].need[i] for c, i in zip(system.target_context, system.target_cell, strict=True)])
    floor = np.array(
        [many[c].floor[i] for c, i in zip(system.target_context, system.target_cell, strict=True)]
    )
    parts = []
    for r, v, t in components(small):
        part = Part(
            small.rows[r][:, v].tocsr(),
            small.low[r],
            small.high[r],
            small.x_low[v],
            small.x_high[v],
            small.targets[t][:, v].tocsr(),
            small.offset[t],
            seed=len(v),
        )
        parts.append((part, v, t))
        found = part.start() if len(v) else True
        if found is not True:
            done.feasible = found
            return done
    slices = _joint(system, small, many, parts)
    if slices is None:
        if system.variables <= JOINT_LIMIT:
            return solve(spec, many, dims, limit, exact, joint=True)
        done.feasible = None
        return done
    count = small.targets.shape[0]
    seen, bound = np.zeros((count, 2), dtype=np.int64), np.zeros((count, 2), dtype=np.int64)
    for part, v, t in parts:
        if not len(v):  # nothing left to vary: these targets are fixed
            seen[t] = bound[t] = small.offset[t][:, None]
            continue
        _settle(part, [(low[v], high[v]) for low, high in slices], need[t], floor[t], exact)
        seen[t] = np.stack([part.seen_low, part.seen_high], axis=1)
        bound[t] = np.stack([part.bound_low, part.bound_high], axis=1)
        for name, times in part.statuses.items():
            done.statuses[name] = done.statuses.get(name, 0) + times
    for i in range(count):
        cells, cell = many[small.target_context[i]], small.target_cell[i]
        high = int(INFINITE) if bound[i, 1] >= BIG else int(bound[i, 1])
        done.intervals.append(
            Interval(
                cells.context,
                names_of(cells, dims, cell),
                int(cells.kind[cell]),
                int(need[i]),
                int(floor[i]),
                (int(seen[i, 0]), int(seen[i, 1])),
                (int(bound[i, 0]), high),
            )
        )
    return done


def _settle(part: Part, slices, need: np.ndarray, floor: np.ndarray, exact: bool) -> None:
    """Widen together, then decide one by one what stays open."""

    def open_targets() -> np.ndarray:
        narrow = (part.seen_high - part.seen_low < need) & (part.bound_low < floor)
        return np.flatnonzero(narrow & (part.bound_high - part.bound_low >= need))

    for low, high in slices if part.check is not None else []:
        with part.within(low, high):
            part.widen(open_targets, need)
    if part.check is None:
        part.widen(open_targets, need)
    for target in open_targets() if part.check is not None else []:
        for up in (True, False):
            if target in open_targets():
                part.nudge(int(target), up, int(need[target]))
    everything = np.arange(len(need))
    for target in everything if exact else open_targets():
        if not exact and target not in open_targets():
            continue
        for up in (True, False):
            if exact or target in open_targets():
                part.bound(int(target), up)
        for up in (True, False):
            reached = part.seen_high[target] if up else part.seen_low[target]
            limit = part.bound_high[target] if up else part.bound_low[target]
            if reached != limit and (exact or target in open_targets()):
                part.whole_bound(int(target), up)


def _joint(system: System, small: Reduced, many: list[Cells], parts):
    """What may vary where tables must be those of one joint population: bounds of variables per round, or None.

    From a joint population, every change within one slice (one code of the second, say) that keeps the tables' own
    margins is a joint population again, as long as no count in the slice falls below zero. Outside the rounds a
    point counts as proof only if a joint population is found for it. None: not even for the first points.
    """
    if not system.pairs:
        return []
    start = np.zeros(len(small.x_low), dtype=np.int64)
    for part, v, _ in parts:
        if len(v):
            start[v] = part.point
    layouts = [_layout(system.spaces[number], many[number]) for number in system.pairs]
    if any(layout is None for layout in layouts):
        return None

    def fits(v: np.ndarray, x: np.ndarray) -> bool:
        point = start.copy()
        point[v] = x
        value = _spread(small, point)
        return all(lift([(value[a], value[b]) for a, b in layout]) is not None for layout in layouts)

    inside = np.zeros(len(small.x_low), dtype=bool)
    rounds: list[tuple[np.ndarray, np.ndarray]] = []
    value = _spread(small, start)
    for layout in layouts:
        made = lift([(value[a], value[b]) for a, b in layout])
        if made is None:
            return None
        for pair in layout:
            for numbers in pair:
                inside[small.place[numbers[small.place[numbers] >= 0]]] = True
        total = sum(joint.sum(0) for joint in made)
        for code in np.argsort(-total.sum(0), kind="stable"):
            sides = [((a, j[:, :, code]), (b, code)) for (a, b), j in zip(layout, made, strict=True)]
            rounds.append(_slice(small, value, start, sides))
        for code in np.argsort(-total.sum(1), kind="stable")[:FEW]:
            sides = [((b, j[:, code, :]), (a, code)) for (a, b), j in zip(layout, made, strict=True)]
            rounds.append(_slice(small, value, start, sides))
    for part, v, _ in parts:
        if len(v) and inside[v].any():
            part.check = lambda x, v=v: fits(v, x)
    return rounds


def _slice(small: Reduced, value: np.ndarray, start: np.ndarray, sides) -> tuple[np.ndarray, np.ndarray]:
    """Bounds for one round: (variables that move, how far each may fall), (variables of the rest, the one code)."""
    low, high = small.x_low.copy(), small.x_high.copy()
    for (moving, room), (rest, code) in sides:
        for numbers, fall in ((moving, room), (rest[:, code], room.sum(1))):
            free = small.place[numbers] >= 0
            least = np.zeros(len(low), dtype=np.int64)
            np.add.at(least, small.place[numbers[free]], (value[numbers] - fall)[free])
            at = np.unique(small.place[numbers[free]])
            low[at] = np.maximum(low[at], least[at])
        others = np.delete(rest, code, axis=1)
        at = np.unique(small.place[others[small.place[others] >= 0]])
        low[at] = high[at] = start[at]
    return low, high


def _spread(small: Reduced, point: np.ndarray) -> np.ndarray:
    """Values of the original variables: what was merged is divided within the bounds of each."""
    value = small.fixed.copy()
    free = np.flatnonzero(small.place >= 0)
    order = free[np.argsort(small.place[free], kind="stable")]
    group = small.place[order]
    low, room = small.original_low[order], (small.original_high - small.original_low)[order]
    sums = np.zeros(len(point), dtype=np.int64)
    np.add.at(sums, group, low)
    before = np.cumsum(room) - room
    first = np.r_[True, group[1:] != group[:-1]]
    start = np.maximum.accumulate(np.where(first, before, 0))
    value[order] = low + np.clip((point - sums)[group] - (before - start), 0, room)
    return value


def _layout(space: Space, cells: Cells) -> list[tuple[np.ndarray, np.ndarray]] | None:
    """Per kind of place the variables of place x first and place x second; None if their places differ."""
    places, first, second = crossing(cells)
    sides = []
    for place in places:
        pair = [next(b for b in space.blocks if set(b.dims) == {place, *codes}) for codes in (first, second)]
        if not np.array_equal(pair[0].labels[place], pair[1].labels[place]):
            return None
        arrays = []
        for block, codes in zip(pair, (first, second), strict=True):
            axes = [block.dims.index(n) for n in (place, *codes)]
            number = np.arange(block.start, block.start + block.count).reshape(block.size).transpose(axes)
            arrays.append(number.reshape(number.shape[0], -1))
        sides.append((arrays[0], arrays[1]))
    return sides if len({(a.shape[1], b.shape[1]) for a, b in sides}) == 1 else None


def names_of(cells: Cells, dims: dict[str, Dimension], cell: int) -> dict[str, str]:
    """The members of a cell by name, dimensions summed over left out."""
    return {n: dims[n].name_of(int(m)) for n, m in zip(cells.dims, cells.members[cell], strict=True) if m}
