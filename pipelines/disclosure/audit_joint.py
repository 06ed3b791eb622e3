"""Where tables must be those of one joint population: what may vary, so that it stays one.

Lives here: the rounds of one run, and the values of original variables. Not here: finding a joint population
(audit_lift), solving (audit_settle).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.disclosure.audit_blocks import Space, crossing
from pipelines.disclosure.audit_cells import Cells
from pipelines.disclosure.audit_lift import lift
from pipelines.disclosure.audit_system import Reduced

FEW = 4  # slices over codes of the first kind


def joint_rounds(run: Any) -> list[tuple[np.ndarray, np.ndarray]] | None:
    """What may vary where tables must be those of one joint population: bounds of variables per round, or None.

    From a joint population, every change within one slice (one code of the second, say) that keeps the tables' own
    margins is a joint population again, as long as no count in the slice falls below zero. Outside the rounds a
    point counts as proof only if a joint population is found for it. None: not even for the first points.
    """
    system, small, parts = run.system, run.small, run.parts
    if not system.pairs:
        return []
    start = run.point()
    layouts = [_layout(system.spaces[number], run.many[number]) for number in system.pairs]
    if any(layout is None for layout in layouts):
        return None

    def fits(v: np.ndarray, x: np.ndarray) -> bool:
        point = start.copy()
        point[v] = x
        value = spread(small, point)
        return all(lift([(value[a], value[b]) for a, b in layout]) is not None for layout in layouts)

    inside = np.zeros(len(small.x_low), dtype=bool)
    rounds: list[tuple[np.ndarray, np.ndarray]] = []
    value = spread(small, start)
    run.layouts, run.joints = layouts, []
    for layout in layouts:
        made = lift([(value[a], value[b]) for a, b in layout])
        if made is None:
            return None
        run.joints.append(made)
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


def spread(small: Reduced, point: np.ndarray) -> np.ndarray:
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
