"""Chance that repeats itself: named streams of random numbers from one seed.

Lives here: drawing from a stream. Not here: what is drawn (the modules of the region). Every stream has a
name, so that a change in one part of the region leaves the other parts as they were; nothing depends on
hash order or cores.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Whole = NDArray[np.int64]


class Stream:
    """The random numbers of one part of the region; the same seed and name always give the same numbers."""

    def __init__(self, seed: int, name: str) -> None:
        self._rng = np.random.Generator(
            np.random.PCG64(np.random.SeedSequence([seed, zlib.crc32(name.encode())]))
        )

    def uniform(self, n: int) -> NDArray[np.float64]:
        """n numbers in [0, 1)."""
        return self._rng.random(n)

    def below(self, limit: int | NDArray[np.integer], n: int) -> Whole:
        """n whole numbers in [0, limit); limit may differ per number and is then at least 1."""
        return (self._rng.random(n) * limit).astype(np.int64)

    def between(self, low: int, high: int, n: int) -> Whole:
        """n whole numbers in [low, high], both included."""
        return low + self.below(high - low + 1, n)

    def happens(self, chance: float | NDArray[np.floating], n: int) -> NDArray[np.bool_]:
        """n independent events, each with its chance."""
        return self._rng.random(n) < chance

    def pick(self, weights: Sequence[float] | NDArray[np.floating], n: int, minimum: int = 0) -> Whole:
        """n choices among the weights, spread evenly so that counts come close to the weights.

        With `minimum` every choice of positive weight occurs at least that often, as far as n allows.
        """
        share = np.asarray(weights, dtype=np.float64)
        edges = np.cumsum(share / share.sum())
        points = (np.arange(n) + self._rng.random(n)) / max(n, 1)
        chosen = np.minimum(np.searchsorted(edges, points, side="right"), len(share) - 1)
        if minimum:
            _top_up(chosen, share, minimum)
        return chosen[self.order(n)]

    def order(self, n: int) -> Whole:
        """The numbers 0 to n-1 in random order."""
        return np.argsort(self._rng.random(n), kind="stable")

    def some(self, candidates: NDArray[np.integer], n: int) -> NDArray[np.integer]:
        """n of the candidates (or all, if there are fewer), in random order."""
        return candidates[self.order(len(candidates))[:n]]

    def days(self, median: float | NDArray[np.floating], spread: float, n: int) -> Whole:
        """n durations in days, log-normal around the median: many short, some very long."""
        return np.rint(median * np.exp(spread * self._rng.standard_normal(n))).astype(np.int64)

    def factor(self, spread: float, n: int) -> NDArray[np.float64]:
        """n factors around 1, log-normal, with mean 1."""
        return np.exp(spread * self._rng.standard_normal(n) - spread * spread / 2)

    def poisson(self, mean: NDArray[np.floating]) -> Whole:
        """A count per mean."""
        return self._rng.poisson(mean)


def _top_up(chosen: Whole, share: NDArray[np.float64], minimum: int) -> None:
    counts = np.bincount(chosen, minlength=len(share))
    for option in np.flatnonzero((share > 0) & (counts < minimum)):
        donor = int(np.argmax(counts))
        places = np.flatnonzero(chosen == donor)[
            : max(0, min(minimum - counts[option], counts[donor] - minimum))
        ]
        chosen[places] = option
        counts[donor] -= len(places)
        counts[option] += len(places)


def rank_in_group(groups: NDArray[np.integer]) -> Whole:
    """The place of every element within its group, for groups that lie together (sorted)."""
    if not len(groups):
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]])
    lengths = np.diff(np.r_[starts, len(groups)])
    return np.arange(len(groups)) - np.repeat(starts, lengths)


def spread(total: int, weights: NDArray[np.floating]) -> Whole:
    """A whole total over weights by largest remainder."""
    exact = total * weights / weights.sum()
    result = np.floor(exact).astype(np.int64)
    rest = int(total - result.sum())
    result[np.argsort(result - exact, kind="stable")[:rest]] += 1
    return result


def mix(values: NDArray[np.integer] | int, salt: int) -> NDArray[np.uint64]:
    """A fixed scramble of whole numbers, for choices that must not depend on the order of rows."""
    with np.errstate(over="ignore"):
        x = np.asarray(values).astype(np.uint64) + np.uint64(salt) * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return x ^ (x >> np.uint64(31))
