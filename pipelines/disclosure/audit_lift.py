"""From two tables that share places but no codes to one joint population.

Lives here: joint populations for tables place x first and place x second (arrangementen by verantwoordelijke and
financiering, and by ondersteuningsvorm), for two kinds of place at once. Not here: solving.

That each pair of tables agrees on what it shares does not by itself make a joint population. So for every set of
tables that is to count as proof one is built: per place, whole counts per (first, second) with the right margins,
and the same totals per (first, second) for both kinds of place. The latter two are the margins of one population
per combination of places, because counts with equal margins can always be joined.
"""

from __future__ import annotations

import numpy as np

PASSES = 6
Side = tuple[np.ndarray, np.ndarray]  # counts per place x first, per place x second


def lift(sides: list[Side], near: list[np.ndarray] | None = None) -> list[np.ndarray] | None:
    """A joint population with these margins, per side places x first x second. None proves nothing either way.

    `near`: a joint population with other margins, of which as much is kept as they allow; if that fails, one is made
    without it.
    """
    if any((first.sum(1) != second.sum(1)).any() for first, second in sides):
        return None
    for known in (near, None) if near is not None else (None,):
        made = _near(sides, known) if known is not None else _afresh(sides)
        if all(_agree(made[0], other) for other in made[1:]) and _fits(made, sides):
            return made
    return None


def _afresh(sides: list[Side]) -> list[np.ndarray]:
    made = [_fill(sides[0][0].copy(), sides[0][1].copy())]
    return made + [_fill_towards(made[0].sum(0), first, second.copy()) for first, second in sides[1:]]


def _near(sides: list[Side], known: list[np.ndarray]) -> list[np.ndarray]:
    """What can stay stays; what is then missing in the margins is filled in."""
    made: list[np.ndarray] = []
    for joint, (first, second) in zip(known, sides, strict=True):
        kept = joint.copy()
        for place in np.flatnonzero((kept.sum(2) != first).any(1) | (kept.sum(1) != second).any(1)):
            _leave_out(kept[place], first[place], second[place])
        rest = first - kept.sum(2), second - kept.sum(1)
        if not made:
            made.append(kept + _fill(*rest))
        else:
            made.append(kept + _fill_towards(np.maximum(made[0].sum(0) - kept.sum(0), 0), *rest))
    return made


def _leave_out(joint: np.ndarray, first: np.ndarray, second: np.ndarray) -> None:
    """Lower the counts of one place until no margin is above what is asked. In place."""
    for code in np.flatnonzero(joint.sum(1) > first):
        over = joint.sum(0) - second
        for column in np.lexsort((-joint[code], -over)):
            joint[code, column] -= max(0, min(joint[code].sum() - first[code], joint[code, column]))
    for column in np.flatnonzero(joint.sum(0) > second):
        for code in np.argsort(-joint[:, column], kind="stable"):
            joint[code, column] -= max(0, min(joint[:, column].sum() - second[column], joint[code, column]))


def _fits(made: list[np.ndarray], sides: list[Side]) -> bool:
    """The proof itself: whole counts, none negative, margins and totals as asked."""
    for joint, (first, second) in zip(made, sides, strict=True):
        if (joint < 0).any() or (joint.sum(2) != first).any() or (joint.sum(1) != second).any():
            return False
    return all((made[0].sum(0) == other.sum(0)).all() for other in made[1:])


def _fill(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Whole counts in proportion, code by code, each place by itself."""
    joint = np.zeros((*first.shape, second.shape[1]), dtype=np.int64)
    for code in np.argsort(-first.sum(0), kind="stable"):
        total = np.maximum(second.sum(1), 1)
        exact = first[:, code, None] * second / total[:, None]
        part = np.floor(exact + 1e-12).astype(np.int64)
        rest = first[:, code] - part.sum(1)
        rank = np.argsort(np.argsort(-(exact - part), axis=1, kind="stable"), axis=1, kind="stable")
        part += rank < rest[:, None]
        joint[:, code] = part
        second -= part
    return joint


def _fill_towards(goal: np.ndarray, first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Whole counts with these margins whose totals per (first, second) are near `goal`; rarest codes first."""
    joint = np.zeros((*first.shape, second.shape[1]), dtype=np.int64)
    for code in np.argsort(first.sum(0), kind="stable"):
        left, wish = first[:, code].copy(), goal[code].copy()
        part = np.minimum(left[:, None] * wish // max(1, int(wish.sum())), second)
        left, wish = left - part.sum(1), wish - part.sum(0)
        for place in np.flatnonzero(left):
            for rule in (wish, None):  # what is asked for first, then whatever the place has
                room = (
                    second[place] - part[place]
                    if rule is None
                    else np.minimum(second[place] - part[place], wish)
                )
                for column in np.argsort(-room, kind="stable"):
                    amount = min(left[place], room[column])
                    if amount <= 0:
                        break
                    part[place, column] += amount
                    wish[column] -= amount
                    left[place] -= amount
        joint[:, code] = part
        second -= part
    return joint


def _agree(a: np.ndarray, b: np.ndarray) -> bool:
    """Swap within places until both sides have the same totals per (first, second). In place.

    Code by code, rarest first, its gap is handed on to a commoner code; the commonest is left with none, because
    gaps add up to zero.
    """
    gap = a.sum(0) - b.sum(0)
    order = np.argsort(a.sum((0, 2)) + b.sum((0, 2)), kind="stable")
    rng = np.random.default_rng(len(order))
    for _ in range(PASSES):
        for rank, code in enumerate(order[:-1]):
            if not gap[code].any():
                continue
            can = _partners(gap[code], code, a, b)
            for pivot in order[:rank:-1]:
                if can[pivot]:
                    _hand_on(gap, int(code), int(pivot), a, b)
                    if not gap[code].any():
                        break
        if not gap.any():
            return True
        order = rng.permutation(order)
    return False


def _partners(gap: np.ndarray, code: int, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The codes to which some of the gap at one can be handed on; doing so adds nothing to what others can take."""
    many, few = gap > 0, gap < 0
    found = np.zeros(a.shape[1], dtype=bool)
    for side, give, take in ((a, many, few), (b, few, many)):
        places = np.flatnonzero(side[:, code, give].any(1))
        found |= side[places][:, :, take].any((0, 2))
    return found


def _hand_on(gap: np.ndarray, code: int, pivot: int, a: np.ndarray, b: np.ndarray) -> None:
    """(code,m1),(pivot,m2) -> (code,m2),(pivot,m1) on side a, or the reverse on side b, while that is possible."""
    for m1 in np.flatnonzero(gap[code] > 0):
        for m2 in np.flatnonzero(gap[code] < 0):
            for side, sign in ((a, -1), (b, 1)):
                give, take = (m1, m2) if sign < 0 else (m2, m1)
                room = np.minimum(side[:, code, give], side[:, pivot, take])
                places = np.flatnonzero(room)
                for place in places[np.argsort(-room[places], kind="stable")].tolist():
                    amount = min(int(gap[code, m1]), -int(gap[code, m2]), int(room[place]))
                    if amount <= 0:
                        break
                    side[place, code, m1] += sign * amount
                    side[place, pivot, m2] += sign * amount
                    side[place, code, m2] -= sign * amount
                    side[place, pivot, m1] -= sign * amount
                    gap[code, m1] -= amount
                    gap[code, m2] += amount
                    gap[pivot, m1] += amount
                    gap[pivot, m2] -= amount
