"""Where tables must be those of one joint population: when a point counts as proof.

Lives here: holding the parts of one run to joint populations, and the values of original variables. Not here: finding
a joint population (audit_lift), solving (audit_settle).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from pipelines.disclosure.audit_blocks import Space, crossing
from pipelines.disclosure.audit_cells import Cells
from pipelines.disclosure.audit_lift import lift
from pipelines.disclosure.audit_system import Reduced

# per kind of place the variables of place x first and place x second
Layout = list[tuple[np.ndarray, np.ndarray]]
MISSES = 6  # before it is said that there is no hope


class Joint:
    """Whether points of a part are those of joint populations, and how often one was found."""

    def __init__(self, run: Any, layouts, joints) -> None:
        self._spread, self._start = Spread(run.small), run.point()
        self._value = self._spread(self._start)
        self._layouts, self._joints = layouts, joints
        self._found = self._missed = 0

    @property
    def hopeless(self) -> bool:
        """So few are found that whoever wants proof had better look over all joint combinations."""
        return self._missed >= MISSES and 3 * self._missed > self._found

    def of(self, v: np.ndarray) -> Callable[[np.ndarray], bool]:
        """The check of the part whose variables are `v`."""
        return lambda x: self._fits(v, x)

    def _fits(self, v: np.ndarray, x: np.ndarray) -> bool:
        point = self._start.copy()
        point[v] = x
        value = self._spread(point)
        other = value != self._value
        for layout, near in zip(self._layouts, self._joints, strict=True):
            if not any(other[numbers].any() for pair in layout for numbers in pair):
                continue  # what was joined for the first population joins this one
            if lift([(value[a], value[b]) for a, b in layout], near) is None:
                self._missed += 1
                return False
        self._found += 1
        return True


def layouts_of(run: Any) -> list[Layout] | None:
    """Per context of pairs its layout; None if a pair of its tables does not have the same places."""
    layouts = [_layout(run.system.spaces[number], run.many[number]) for number in run.system.pairs]
    return None if any(layout is None for layout in layouts) else layouts


def joints_of(run: Any, layouts: list[Layout]) -> list[list[np.ndarray]] | None:
    """Joint populations for the points in hand; None if one is not found."""
    value = spread(run.small, run.point())
    joints = [lift([(value[a], value[b]) for a, b in layout]) for layout in layouts]
    return None if any(joint is None for joint in joints) else joints


def hold_to(run: Any, layouts: list[Layout], joints: list[list[np.ndarray]]) -> None:
    """From here on a point of `run` counts as proof only if a joint population is found for it."""
    run.joints, run.joint = joints, Joint(run, layouts, joints)
    asked = np.concatenate([numbers.ravel() for layout in layouts for pair in layout for numbers in pair])
    inside = np.zeros(len(run.small.x_low), dtype=bool)
    inside[run.small.place[asked[run.small.place[asked] >= 0]]] = True
    for part, v, _ in run.parts:
        if len(v) and inside[v].any():
            part.check = run.joint.of(v)


class Spread:
    """Values of the original variables: what was merged is divided within the bounds of each."""

    def __init__(self, small: Reduced) -> None:
        self._fixed = small.fixed
        free = np.flatnonzero(small.place >= 0)
        self._order = order = free[np.argsort(small.place[free], kind="stable")]
        self._group = group = small.place[order]
        self._low = low = small.original_low[order]
        self._room = room = (small.original_high - small.original_low)[order]
        self._least = np.zeros(len(small.x_low), dtype=np.int64)
        np.add.at(self._least, group, low)
        before = np.cumsum(room) - room
        first = np.r_[True, group[1:] != group[:-1]] if len(group) else np.zeros(0, dtype=bool)
        self._before = before - np.maximum.accumulate(np.where(first, before, 0))

    def __call__(self, point: np.ndarray) -> np.ndarray:
        """`point` by reduced variable, the result by original variable."""
        value = self._fixed.copy()
        above = (point - self._least)[self._group]
        value[self._order] = self._low + np.clip(above - self._before, 0, self._room)
        return value


def spread(small: Reduced, point: np.ndarray) -> np.ndarray:
    """As `Spread`, for one point."""
    return Spread(small)(point)


def _layout(space: Space, cells: Cells) -> Layout | None:
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
