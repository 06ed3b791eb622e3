"""Pools: cells about places that lie together, so that a large search can be made piece by piece.

Lives here: to which jeugdregio every cell belongs, and which pools are joined next. Not here: the search (suppress).

A sum that spans pools is kept in each of them by itself, which only makes a move harder to find, never wrong. What
finds no room in its own pool is sought in pairs of pools, then in pairs of those, and only at the end in all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
from scipy import sparse

from pipelines.disclosure.cells import Key
from pipelines.disclosure.kaart import Kaart

NOWHERE = -1  # about no place, or about everywhere


def pools(kaart: Kaart, keys: Sequence[Key]) -> np.ndarray:
    """Per cell the number of the jeugdregio in which its place lies, for the most part; NOWHERE if it has no place."""
    regio = {
        "woongemeente": dict(kaart.woon),
        "vestiging": {leaf: kaart.woon.get(at[2], at[2]) for leaf, at in kaart.school.items()},
    }
    home: dict[tuple[str, str], str] = {}
    for dim, sets in kaart.sets.items():
        for name, leaves in sets.items():
            count = Counter(regio[dim][leaf] for leaf in leaves)
            home[dim, kaart.naam(dim, name)] = min(count, key=lambda r: (-count[r], r))
    number = {r: i for i, r in enumerate(sorted(set(home.values())))}
    found = np.full(len(keys), NOWHERE)
    for i, (_, members) in enumerate(keys):
        for member in members:
            if member in home:
                found[i] = number[home[member]]
    return found


def pieces(pool: np.ndarray, rows: sparse.csr_matrix) -> Iterator[np.ndarray]:
    """Cells to search together: every pool by itself, then pools two by two with what is about no place, and so on.

    Never all at once; `rows` are the sums that tell which pools have most in common.
    """
    alone = True
    while len(labels := np.unique(pool[pool != NOWHERE])) > 1:
        for label in labels:
            yield np.flatnonzero((pool == label) | ((pool == NOWHERE) & (not alone)))
        alone = False
        pool = _joined(pool, labels, rows)


def _joined(pool: np.ndarray, labels: np.ndarray, rows: sparse.csr_matrix) -> np.ndarray:
    """Every pool with the one it shares most sums with; a sum that many pools share counts for little."""
    inside = np.flatnonzero(pool != NOWHERE)
    at = np.searchsorted(labels, pool[inside])
    member = sparse.csr_matrix((np.ones(len(inside)), (inside, at)), shape=(len(pool), len(labels)))
    touched = (abs(rows) @ member > 0).astype(float)
    weight = 1.0 / np.maximum(np.asarray(touched.sum(1)).ravel(), 1)
    common = (touched.T @ sparse.diags(weight) @ touched).toarray()
    np.fill_diagonal(common, -1.0)
    left, new = list(range(len(labels))), np.arange(len(labels))
    while len(left) > 1:
        one = left.pop(0)
        other = max(left, key=lambda b: (common[one, b], -b))
        left.remove(other)
        new[other] = one
    found = pool.copy()
    found[inside] = new[at]
    return found
