"""On small linked tables the audit's intervals are those of full enumeration of all populations that fit."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.disclosure import audit_settle
from pipelines.disclosure.audit import intervals

LEAVES = {"woon": ["w1", "w2"], "school": ["s1", "s2"], "cat": ["x", "y", "z"]}
PARENTS = {
    "woon": {},
    "school": {"s1": ["b1", "g1"], "s2": ["b1", "g2"]},
    "cat": {"x": "xy", "y": "xy"},
}
SETS = {
    "w1": {"w1"},
    "w2": {"w2"},
    "s1": {"s1"},
    "s2": {"s2"},
    "b1": {"s1", "s2"},
    "g1": {"s1"},
    "g2": {"s2"},
    "x": {"x"},
    "y": {"y"},
    "z": {"z"},
    "xy": {"x", "y"},
}
CANDIDATES = [
    ("woon", "cat"),
    ("school", "cat"),
    ("woon", "school"),
    ("woon",),
    ("school",),
    ("cat",),
    ("woon", "school", "cat"),
]
POINTS = list(itertools.product(*LEAVES.values()))


def inside(point: tuple, dims: tuple, members: tuple) -> bool:
    at = dict(zip(LEAVES, point, strict=True))
    return all(m == "TOTAAL" or at[d] in SETS[m] for d, m in zip(dims, members, strict=True))


def populations(total: int):
    """Every way to put `total` persons in the joint cells."""
    for bars in itertools.combinations(range(total + len(POINTS) - 1), len(POINTS) - 1):
        edges = (-1, *bars, total + len(POINTS) - 1)
        yield [b - a - 1 for a, b in itertools.pairwise(edges)]


@pytest.fixture(scope="module")
def every() -> dict[int, np.ndarray]:
    return {n: np.array(list(populations(n))) for n in range(5)}


@pytest.fixture(params=[audit_settle.WIDE_PART, -1], ids=["over the whole", "nearby only"], scope="module")
def way(request):
    """Small systems are searched as a whole; the second way sends them through the neighbourhoods of large ones."""
    kept, audit_settle.WIDE_PART = audit_settle.WIDE_PART, request.param
    yield
    audit_settle.WIDE_PART = kept


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_intervals_equal_enumeration(every, way, tmp_path_factory, data) -> None:
    total = data.draw(st.integers(1, 4))
    truth = every[total][data.draw(st.integers(0, len(every[total]) - 1))]
    chosen = data.draw(st.lists(st.sampled_from(CANDIDATES), min_size=1, max_size=3, unique=True))
    folder = tmp_path_factory.mktemp("klein")
    tables, constraints, targets = [], [], {}
    grand = np.ones(len(POINTS), dtype=np.int64)
    for number, dims in enumerate([(), *chosen]):
        base = data.draw(st.sampled_from([0, 0, 3])) if dims else 0
        names = [
            [
                *LEAVES[d],
                *sorted({p for v in PARENTS[d].values() for p in ([v] if isinstance(v, str) else v)}),
            ]
            for d in dims
        ]
        rows = []
        for members in itertools.product(*names):
            form = np.array([inside(p, dims, members) for p in POINTS], dtype=np.int64) if dims else grand
            value = int(form @ truth)
            hide = bool(dims) and data.draw(st.booleans())
            shown = value
            if base and not hide:
                shown = (value // base + (value % base > 0) * data.draw(st.integers(0, 1))) * base
            rows.append((*members, None if hide else shown, hide))
            if not hide:
                constraints.append(
                    (form, max(0, shown - base + 1) if base else shown, shown + base - 1 if base else shown)
                )
            key = frozenset(np.flatnonzero(form).tolist())
            targets[key] = form
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
    hierarchies = {d: {leaf: PARENTS[d].get(leaf, []) for leaf in LEAVES[d]} for d in LEAVES}
    (folder / "disclosure.json").write_text(
        json.dumps({"k": 3, "width": 2, "hierarchies": hierarchies, "tables": tables})
    )
    possible = every[total]
    for form, low, high in constraints:
        value = possible @ form
        possible = possible[(value >= low) & (value <= high)]
    found = intervals(Path(folder))
    for one in found:
        members = [one.members.get(d, "TOTAAL") for d in LEAVES]
        form = np.array([inside(p, tuple(LEAVES), tuple(members)) for p in POINTS], dtype=np.int64)
        value = possible @ form
        assert one.bound == one.seen == (value.min(), value.max())
