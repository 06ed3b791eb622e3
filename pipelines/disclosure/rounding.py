"""Random rounding to multiples of a base, the same for the same cell and count, always.

Lives here: the rule and nothing else. Not here: which cells are rounded (cells), whether a rounded cell is safe
(narrow, audit).

A count a between two multiples is rounded up with chance (a mod b)/b, so the rounded figure is right on average.
The chance is decided by a keyed hash of the cell's identity and its true count: an unchanged cell is rounded the
same way in every table and every release, so that nobody can average the noise away, and without the key nobody
can recompute it. Keyed on the pupils instead, the same count would be rounded anew when other pupils make it up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipelines.keys import Key


def units(key: Key, identities: Sequence[str], counts: np.ndarray) -> np.ndarray:
    """Numbers in [0, 1) that follow from key, cell and count."""
    messages = (
        f"{name}|{int(count)}".encode("ascii", "backslashreplace").decode()
        for name, count in zip(identities, counts, strict=True)
    )
    return np.array([int(digest[:13], 16) / 16**13 for digest in key.many(messages)])


def round_counts(key: Key, identities: Sequence[str], counts: np.ndarray, base: int) -> np.ndarray:
    """`counts` as multiples of `base`: exact multiples stay, the rest goes up or down without bias."""
    rest = counts % base
    odd = np.flatnonzero(rest)
    result = counts - rest
    chance = units(key, [identities[i] for i in odd], counts[odd])
    result[odd] += np.where(chance < rest[odd] / base, base, 0)
    return result


def interval(shown: np.ndarray, base: int) -> tuple[np.ndarray, np.ndarray]:
    """What a shown multiple stands for: v-b+1 to v+b-1, never below zero."""
    return np.maximum(0, shown - base + 1), shown + base - 1
