"""On small linked tables the audit's intervals are those of full enumeration of all populations that fit."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.disclosure import audit_settle
from pipelines.disclosure.audit import intervals


@dataclass(frozen=True, eq=False)
class World:
    """Persons counted over the leaves of a few dimensions, whose groups have parents."""

    leaves: dict[str, list[str]]
    parents: dict[str, dict[str, list[str]]]

    @cached_property
    def points(self) -> list[tuple[str, ...]]:
        return list(itertools.product(*self.leaves.values()))

    def codes(self, dim: str) -> list[str]:
        """Leaves, then their parents."""
        return [*self.leaves[dim], *sorted({p for many in self.parents.get(dim, {}).values() for p in many})]

    def of(self, members: dict[str, str]) -> np.ndarray:
        """Which points a cell counts."""
        return np.array(
            [
                all(
                    members.get(dim, "TOTAAL") in ("TOTAAL", at, *self.parents.get(dim, {}).get(at, []))
                    for dim, at in zip(self.leaves, point, strict=True)
                )
                for point in self.points
            ],
            dtype=np.int64,
        )

    @cache  # noqa: B019 - the worlds of this module last as long as it does
    def populations(self, total: int) -> np.ndarray:
        """Every way to put `total` persons in the joint cells."""
        n = len(self.points)
        bars = np.array(list(itertools.combinations(range(total + n - 1), n - 1)))
        edges = np.concatenate([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), total + n - 1)], 1)
        return np.diff(edges, axis=1) - 1


PERSONS = World(
    leaves={"woon": ["w1", "w2"], "school": ["s1", "s2"], "cat": ["x", "y", "z"]},
    parents={"school": {"s1": ["b1", "g1"], "s2": ["b1", "g2"]}, "cat": {"x": ["xy"], "y": ["xy"]}},
)
CANDIDATES = [
    ("woon", "cat"),
    ("school", "cat"),
    ("woon", "school"),
    ("woon",),
    ("school",),
    ("cat",),
    ("woon", "school", "cat"),
]
ARRANGEMENTEN = World(
    leaves={"woon": ["w1", "w2", "w3"], "school": ["s1", "s2", "s3"], "wie": ["x", "y"], "vorm": ["p", "q"]},
    parents={"school": {"s1": ["b1"], "s2": ["b1"], "s3": []}},
)
K, WIDTH = 3, 2
PAIRS = list(itertools.product(("woon", "school"), ("wie", "vorm")))


def compare(
    world: World, data, total: int, chosen: list[tuple[str, ...]], folder: Path, exact: bool = True
) -> None:
    """Publish a drawn population, some of it hidden, and hold the audit's intervals to all that it could be.

    Not `exact`: what is seen and what bounds it are on either side of that, and near enough to decide on each cell.
    """
    possible = world.populations(total)
    truth = possible[data.draw(st.integers(0, len(possible) - 1))]
    tables = []
    for number, dims in enumerate([(), *chosen]):
        base = data.draw(st.sampled_from([0, 0, 3])) if dims else 0
        rows = []
        for members in itertools.product(*map(world.codes, dims)):
            form = world.of(dict(zip(dims, members, strict=True)))
            value = int(form @ truth)
            hide = bool(dims) and data.draw(st.booleans())
            shown = value
            if base and not hide:
                shown = (value // base + (value % base > 0) * data.draw(st.integers(0, 1))) * base
            rows.append((*members, None if hide else shown, hide))
            if not hide:
                counts = possible @ form
                low, high = (max(0, shown - base + 1), shown + base - 1) if base else (shown, shown)
                possible = possible[(counts >= low) & (counts <= high)]
        columns = {d: [r[i] for r in rows] for i, d in enumerate(dims)}
        frame = pa.table(
            {**columns, "n": pa.array([r[-2] for r in rows], pa.int64()), "onderdrukt": [r[-1] for r in rows]}
        )
        pq.write_table(frame, folder / f"t{number}.parquet")
        tables.append(
            {
                "file": f"t{number}.parquet",
                "dims": {d: d for d in dims},
                "value": "n",
                "suppressed": "onderdrukt",
                "rounding": base,
                "release": "r1",
            }
        )
    hierarchies = {
        d: {leaf: world.parents.get(d, {}).get(leaf, []) for leaf in world.leaves[d]} for d in world.leaves
    }
    (folder / "disclosure.json").write_text(
        json.dumps({"k": K, "width": WIDTH, "hierarchies": hierarchies, "tables": tables})
    )
    for one in intervals(folder, exact=exact):
        counts = possible @ world.of(one.members)
        least, most = counts.min(), counts.max()
        if exact:
            assert one.bound == one.seen == (least, most)
            continue
        assert one.bound[0] <= least <= one.seen[0] <= one.seen[1] <= most <= one.bound[1]
        safe = one.seen[1] - one.seen[0] >= WIDTH or one.bound[0] >= K
        assert safe or one.bound[1] - one.bound[0] < WIDTH


@pytest.fixture(params=[audit_settle.WIDE_PART, -1], ids=["over the whole", "nearby only"], scope="module")
def way(request):
    """Small systems are searched as a whole; the second way sends them through the neighbourhoods of large ones."""
    kept, audit_settle.WIDE_PART = audit_settle.WIDE_PART, request.param
    yield
    audit_settle.WIDE_PART = kept


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_intervals_equal_enumeration(way, tmp_path_factory, data) -> None:
    chosen = data.draw(st.lists(st.sampled_from(CANDIDATES), min_size=1, max_size=3, unique=True))
    compare(PERSONS, data, data.draw(st.integers(1, 4)), chosen, tmp_path_factory.mktemp("klein"))


@pytest.fixture(params=["found at once", "made over every combination"], scope="module")
def first_population(request):
    """The second way: none of the first points turns out to be a joint population."""
    kept = audit_settle.joints_of
    if request.param != "found at once":
        audit_settle.joints_of = lambda run, layouts: None
    yield
    audit_settle.joints_of = kept


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_of_pairs_of_tables_only_joint_populations_count(first_population, tmp_path_factory, data) -> None:
    """Arrangementen by who is responsible and by form, per gemeente and per school, the two never together."""
    compare(
        ARRANGEMENTEN,
        data,
        data.draw(st.integers(1, 4)),
        PAIRS,
        tmp_path_factory.mktemp("paren"),
        exact=False,
    )
