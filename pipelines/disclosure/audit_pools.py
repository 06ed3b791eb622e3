"""Pieces of a large part: variables about places that lie together, all others kept as they are.

Lives here: which variables form a piece, and widening piece by piece. Not here: programs (audit_solve), what stays
open after it (audit_local, audit_settle).

A population that differs from the one in hand in one piece only, and fits there, fits everywhere: so it counts as
proof. A program over a piece takes a fraction of one over the whole part, and settles most of what is in it. Areas are
searched by themselves first, then two by two: who goes to school far from home is in a count about both.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from pipelines.disclosure.audit_cells import Dimension
from pipelines.disclosure.audit_solve import Part
from pipelines.disclosure.audit_system import BIG

SIZE = 2_500  # variables about two areas together, more or less
NOWHERE = -1


def areas(run: Any) -> np.ndarray:
    """Per reduced variable the areas that it is about: of the first and of the second kind of place, as two columns.

    One that is about one place only has the same area twice; NOWHERE if it is about none. Places of another kind than
    the first are put in the area where most of their persons in hand are.
    """
    position = _positions(run)
    count = len(run.small.x_low)
    found = np.full((count, 2), NOWHERE)
    if not position:
        return found
    names = sorted(position, key=lambda n: (len(run.dims[n].leaves), n))
    both = np.all([position[n] >= 0 for n in names[:2]], axis=0) if len(names) > 1 else np.zeros(count, bool)
    many = 2 * np.sqrt(both.sum() / SIZE) + 2 * (~both).sum() / SIZE
    load = np.bincount(position[names[0]][position[names[0]] >= 0], minlength=len(run.dims[names[0]].leaves))
    area = (np.cumsum(load) - load) * int(np.ceil(many)) // max(1, load.sum())
    label = {names[0]: area}
    point = run.point()
    for name in names[1:]:
        own, other = position[name], position[names[0]]
        where = np.flatnonzero((own >= 0) & (other >= 0))
        mass = np.zeros((len(run.dims[name].leaves), int(area.max()) + 1))
        np.add.at(mass, (own[where], area[other[where]]), point[where])
        label[name] = _nearest(mass, own)
    for name in names:
        inside = position[name] >= 0
        at = label[name][position[name][inside]]
        found[inside, 1] = at
        found[inside, 0] = np.where(found[inside, 0] == NOWHERE, at, found[inside, 0])
    return found


def _nearest(mass: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Per place the area with most persons, or else that of the place before it; in equal shares if none has any."""
    if not mass.any():
        load = np.bincount(own[own >= 0], minlength=len(mass))
        return (np.cumsum(load) - load) * mass.shape[1] // max(1, load.sum())
    best, some = mass.argmax(1), mass.any(1)
    last = np.maximum.accumulate(np.where(some, np.arange(len(mass)), -1))
    return best[np.where(last < 0, int(some.argmax()), last)]


def _positions(run: Any) -> dict[str, np.ndarray]:
    """Per dimension that tells places apart, the place of every reduced variable in the order of its leaves."""
    kinds = {n for n, dim in run.dims.items() if any(1 < len(s) < len(dim.leaves) for s in dim.sets)}
    # codes are put together as well, but there are few of them
    most = max((len(run.dims[n].leaves) for n in kinds), default=0)
    found: dict[str, np.ndarray] = {}
    for name in sorted(n for n in kinds if len(run.dims[n].leaves) > most**0.5):
        rank = _order(run.dims[name])
        into = np.full(len(run.small.x_low), NOWHERE)
        for block in (b for space in run.system.spaces for b in space.blocks if name in b.dims):
            axis = block.dims.index(name)
            least = np.full(block.size[axis], len(rank))
            np.minimum.at(least, block.labels[name], rank)
            atom = np.unravel_index(np.arange(block.count), block.size)[axis]
            at = run.small.place[block.start : block.start + block.count]
            into[at[at >= 0]] = least[atom[at >= 0]]
        if (into >= 0).any():
            found[name] = into
    return found


def _order(dim: Dimension) -> np.ndarray:
    """The rank of every leaf where those that share their largest members stand together."""
    inside: list[list[int]] = [[] for _ in dim.leaves]
    many = [i for i, leaves in enumerate(dim.sets) if 1 < len(leaves) < len(dim.leaves)]
    for member in sorted(many, key=lambda i: (-len(dim.sets[i]), i)):
        for leaf in dim.sets[member]:
            inside[leaf].append(member)
    rank = np.empty(len(dim.leaves), dtype=np.int64)
    rank[sorted(range(len(dim.leaves)), key=lambda leaf: (inside[leaf], leaf))] = np.arange(len(dim.leaves))
    return rank


def widen_pieces(part: Part, area: np.ndarray, open_targets, need: np.ndarray) -> None:
    """Widen a part around the population in hand, by one area and then by two; what is found holds for the part."""
    columns, targets = part.rows.tocsc(), part.targets.tocsc()
    labels = np.unique(area[area != NOWHERE])
    pairs = [(a, a) for a in labels]
    far = area[:, 0] != area[:, 1]
    if far.any():
        pairs += [tuple(pair) for pair in np.unique(np.sort(area[far], axis=1), axis=0)]
    else:
        pairs += list(pairwise(labels))
    for pair in pairs:
        inside = np.isin(area, pair).all(1)
        v = np.flatnonzero(inside)
        t = np.intersect1d(open_targets(), np.unique(targets[:, v].indices))
        if not len(t):
            continue
        entries = columns[:, v].tocsr()
        touched = np.flatnonzero(np.diff(entries.indptr))
        piece = _piece(part, v, touched, entries[touched], t)

        def left(t=t, piece=piece) -> np.ndarray:
            part.seen_low[t], part.seen_high[t] = piece.seen_low, piece.seen_high
            return np.flatnonzero(np.isin(t, open_targets()))

        piece.widen(left, need[t])
        _take(part, piece, v, t)


def _piece(part: Part, v: np.ndarray, touched: np.ndarray, rows, t: np.ndarray) -> Part:
    """Some of the variables, all others as in the population in hand; `rows` are those that they touch."""
    point, targets = part.point[v], part.targets[t]
    inside = targets[:, v].tocsr()
    rest = part.rows[touched] @ part.point - rows @ point
    low = np.where(part.low[touched] <= -BIG, -BIG, part.low[touched] - rest)
    high = np.where(part.high[touched] >= BIG, BIG, part.high[touched] - rest)
    offset = part.offset[t] + targets @ part.point - inside @ point
    made = Part(rows, low, high, part.x_low[v], part.x_high[v], inside, offset, seed=len(v))
    made.point, made.trail = point, None if part.trail is None else []
    if part.check is not None:
        made.check = lambda x: part.check(_in(part.point, v, x))
    made.seen_low, made.seen_high = part.seen_low[t].copy(), part.seen_high[t].copy()
    made.bound_low, made.bound_high = part.bound_low[t].copy(), part.bound_high[t].copy()
    return made


def _in(point: np.ndarray, v: np.ndarray, x: np.ndarray) -> np.ndarray:
    whole = point.copy()
    whole[v] = x
    return whole


def _take(part: Part, piece: Part, v: np.ndarray, t: np.ndarray) -> None:
    """What was proven in a piece."""
    part.seen_low[t], part.seen_high[t] = piece.seen_low, piece.seen_high
    if part.trail is not None:
        part.trail += [(v[moved], change) for moved, change in piece.trail]
    part.statuses.update(piece.statuses)
