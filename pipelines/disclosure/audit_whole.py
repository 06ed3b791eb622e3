"""The population of a run over pairs of tables as one of a run over every joint combination, and the reverse.

Lives here: how counts of one layout are put into the other. Not here: layouts (audit_blocks), when either run is
needed (audit_settle), joint populations from pairs alone (audit_lift).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pipelines.disclosure.audit_blocks import Space, crossing
from pipelines.disclosure.audit_joint import Layout, spread


def lay_out(run: Any, whole: Any) -> bool:
    """Put the joint population that `run` found into `whole`; False if the two do not fit."""
    value = np.zeros(whole.variables, dtype=np.int64)
    known = spread(run.small, run.point())
    for number, (old, new) in enumerate(zip(run.system.spaces, whole.system.spaces, strict=True)):
        if number not in run.system.pairs:
            value[new.start : new.start + new.count] = known[old.start : old.start + old.count]
        elif not _lay_out(run, number, old, new, value):
            return False
    point = _reduced(whole, value)
    return all(part.accept(point[v]) for part, v, _ in whole.parts if len(v))


def fold(whole: Any, run: Any, layouts: list[Layout]) -> list[list[np.ndarray]] | None:
    """Begin `run` at the population that `whole` found; its counts per place x first x second, per context of pairs.

    None if the two do not fit.
    """
    value = np.zeros(run.variables, dtype=np.int64)
    known = spread(whole.small, whole.point())
    joints = []
    for number, (old, new) in enumerate(zip(run.system.spaces, whole.system.spaces, strict=True)):
        if number not in run.system.pairs:
            value[old.start : old.start + old.count] = known[new.start : new.start + new.count]
            continue
        layout, joint = layouts[len(joints)], []
        for place, (first, second) in zip(crossing(run.many[number])[0], layout, strict=True):
            counts = _per_place(run, number, new, known, place)
            if counts is None or counts.shape != (*first.shape, second.shape[1]):
                return None
            value[first], value[second] = counts.sum(2), counts.sum(1)
            joint.append(counts)
        joints.append(joint)
    point = _reduced(run, value)
    return joints if all(part.begin(point[v]) for part, v, _ in run.parts if len(v)) else None


def _per_place(run: Any, number: int, space: Space, known: np.ndarray, place: str) -> np.ndarray | None:
    """Counts of one context by place x first x second; None if no block of `space` holds all of them."""
    _, first, second = crossing(run.many[number])
    block = next((b for b in space.blocks if {place, *first, *second} <= set(b.dims)), None)
    if block is None or any(
        not np.array_equal(other.labels[name], block.labels[name])
        for other in run.system.spaces[number].blocks
        if place in other.dims
        for name in other.dims
    ):
        return None
    counts = known[block.start : block.start + block.count].reshape(block.size)
    others = tuple(i for i, name in enumerate(block.dims) if name not in {place, *first, *second})
    left = [name for name in block.dims if name in {place, *first, *second}]
    counts = counts.sum(others).transpose([left.index(name) for name in (place, *first, *second)])
    sizes = [int(np.prod([block.size[block.dims.index(n)] for n in names])) for names in (first, second)]
    return counts.reshape(counts.shape[0], *sizes)


def _reduced(run: Any, value: np.ndarray) -> np.ndarray:
    """Values of the original variables, by reduced variable."""
    point = np.zeros(len(run.small.x_low), dtype=np.int64)
    inside = run.small.place >= 0
    np.add.at(point, run.small.place[inside], value[inside])
    return point


def _lay_out(run: Any, number: int, old: Space, new: Space, value: np.ndarray) -> bool:
    """Put the joint population found for one context into the blocks of `new`; False if they do not fit.

    The counts by place x first x second are those of one whole population: within every pair of codes the places of
    one kind are matched with those of the other, in order.
    """
    joints = run.joints[run.system.pairs.index(number)]
    places, first, second = crossing(run.many[number])
    size = {n: s for block in old.blocks for n, s in zip(block.dims, block.size, strict=True)}
    if len(places) != 2 or any(
        size.get(n) != s for b in new.blocks for n, s in zip(b.dims, b.size, strict=True)
    ):
        return False
    found: list[np.ndarray] = []
    for a, b in np.argwhere(joints[0].sum(0) > 0):
        one, two = np.cumsum(joints[0][:, a, b]), np.cumsum(joints[1][:, a, b])
        if one[-1] != two[-1]:
            return False
        steps = np.unique(np.concatenate([one, two]))
        steps = steps[steps > 0]
        at = [
            np.searchsorted(one, steps),
            np.searchsorted(two, steps),
            np.full(len(steps), a),
            np.full(len(steps), b),
        ]
        found.append(np.stack([*at, np.diff(steps, prepend=0)]))
    everyone = np.concatenate(found, axis=1) if found else np.zeros((5, 0), np.int64)
    codes = {places[0]: everyone[0], places[1]: everyone[1]}
    for names, flat in ((first, everyone[2]), (second, everyone[3])):
        codes |= dict(zip(names, np.unravel_index(flat, [size[n] for n in names]), strict=True))
    for block in new.blocks:
        where = np.ravel_multi_index([codes[n] for n in block.dims], block.size)
        np.add.at(value, block.start + where, everyone[4])
    return True
