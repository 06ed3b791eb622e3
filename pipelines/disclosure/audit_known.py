"""What one reader counts in its own files, by cell, and which widths that leaves to ask of the rest.

Lives here: from a count that a reader knows to the cell it is about. Not here: which counts those are (audit_readers),
what follows from them (audit_shared).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.disclosure.audit_cells import INFINITE, Cells, Dimension, base, context_of


@dataclass(frozen=True, slots=True)
class Bekend:
    """A count that a reader knows from its own deliveries: persons of `context` with these members."""

    context: dict[str, str]
    dims: dict[str, str]
    low: int
    high: int


@dataclass(frozen=True)
class Kennis:
    """What one reader counts: cell `cell` of context `context` lies between `low` and `high`; all arrays."""

    lezer: str
    context: np.ndarray
    cell: np.ndarray
    low: np.ndarray
    high: np.ndarray


def place_of(fact: Bekend, dims: Mapping[str, Dimension]) -> np.ndarray:
    """The canonical member per dimension, in the order of `dims`; 0 is everybody."""
    row = np.zeros(len(dims), dtype=np.int64)
    order = list(dims)
    for version, name in fact.dims.items():
        row[order.index(base(version))] = dims[base(version)].member(version, name)
    return row


def knowledge(
    known: Mapping[str, Sequence[Bekend]], many: list[Cells], dims: Mapping[str, Dimension]
) -> Iterator[tuple[Kennis, list[Cells]]]:
    """Per reader what it counts, by cell, and the cells with the widths that it asks of them."""
    number = {cells.context: i for i, cells in enumerate(many)}
    nearby = [Nearby(cells, dims) for cells in many]
    for reader, facts in known.items():
        mine = [replace(cells, need=cells.need.copy()) for cells in many]
        counted: dict[tuple[int, int], tuple[int, int]] = {}
        for fact in facts:
            context, place = number[context_of(fact.context)], place_of(fact, dims)
            nearby[context].ask_less(mine[context].need, place, fact.high)
            at = nearby[context].at(place)
            if at is not None and fact.high < INFINITE:
                counted[context, at] = fact.low, fact.high
        at = np.array(list(counted), dtype=np.int64).reshape(-1, 2)
        fixed = np.array(list(counted.values()), dtype=np.int64).reshape(-1, 2)
        yield Kennis(reader, at[:, 0], at[:, 1], fixed[:, 0], fixed[:, 1]), mine


class Nearby:
    """Cells of one context by their members, and those that differ from a place in one dimension only."""

    def __init__(self, cells: Cells, dims: Mapping[str, Dimension]) -> None:
        self._sets = [[frozenset(leaves.tolist()) for leaves in dims[name].sets] for name in cells.dims]
        self._members = cells.members
        self._at = {row.tobytes(): i for i, row in enumerate(cells.members)}
        self._lines: list[dict[bytes, list[int]]] = []
        for j in range(cells.members.shape[1]):
            line = defaultdict(list)
            for i, row in enumerate(np.delete(cells.members, j, axis=1)):
                line[row.tobytes()].append(i)
            self._lines.append(line)

    def at(self, place: np.ndarray) -> int | None:
        return self._at.get(place.tobytes())

    def ask_less(self, need: np.ndarray, place: np.ndarray, high: int) -> None:
        """What a reader counts itself needs no protection from it, and a part of it no more room than the whole has.

        `high` infinite: he counts it, to a number that is not taken as known.
        """
        same = self.at(place)
        if same is not None:
            need[same] = 0
        if high >= INFINITE:
            return
        for j, whole in enumerate(place.tolist()):
            if not whole:
                continue
            sets = self._sets[j]
            for i in self._lines[j].get(np.delete(place, j).tobytes(), ()):
                part = int(self._members[i, j])
                if part and sets[part] < sets[whole]:
                    need[i] = min(need[i], high)
