"""One system of equations and bounds for contexts that belong together, made small without losing anything.

Lives here: rows (what is known), targets (what is hidden or rounded), merging and fixing of variables, parts that
do not touch. Not here: blocks of variables (audit_blocks), intervals (audit_solve).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pipelines.disclosure.audit_blocks import (
    Space,
    build_pairs,
    build_space,
    crossing,
    expand,
    link_rows,
    relabel,
)
from pipelines.disclosure.audit_cells import (
    ASKED,
    HIDDEN,
    INFINITE,
    ROUNDED,
    Cells,
    Context,
    Dimension,
    context_of,
)
from pipelines.disclosure.format import Ongelijkheid

BIG = np.int64(2**40)
DEFINED, SHARE = -1, -2  # a row that is no count of a cell: what words mean, or a share


@dataclass
class System:
    """low <= rows @ x <= high, x >= 0 and whole; targets @ x are the figures an attacker is after.

    asked @ x are the counts that some reader knows; to who does not, they say nothing.
    """

    rows: sparse.csr_matrix
    low: np.ndarray
    high: np.ndarray
    targets: sparse.csr_matrix
    target_context: np.ndarray
    target_cell: np.ndarray
    asked: sparse.csr_matrix
    asked_context: np.ndarray
    asked_cell: np.ndarray
    row_context: np.ndarray  # of which cell a row is the count; DEFINED or SHARE if it is none
    row_cell: np.ndarray
    spaces: list[Space] = field(default_factory=list)
    pairs: list[int] = field(default_factory=list)  # contexts whose blocks agree pairwise only: to be lifted

    @property
    def variables(self) -> int:
        return self.rows.shape[1]


class TooLarge(Exception):
    """The joint system has more variables than may be built."""


def assemble(
    cells: list[Cells], dims: dict[str, Dimension], inequalities: list[Ongelijkheid], limit: int, joint: bool
) -> System:
    """All rows and targets of one system, with every joint combination if `joint`. Raises TooLarge."""
    by_context = {c.context: i for i, c in enumerate(cells)}
    wanted: dict[Context, list[tuple[str, ...]]] = {c.context: [] for c in cells}
    usable = [q for q in inequalities if all(context_of(t.context) in by_context for t in q.terms)]
    for row in usable:
        for term in row.terms:
            wanted[context_of(term.context)].append(tuple({*row.over, *term.dims}))
    spaces, pairs, start = [], [], 0
    for number, one in enumerate(cells):
        build = build_space
        if not joint and crossing(one) is not None:
            build = build_pairs
            pairs.append(number)
        space = build(one, dims, [tuple(n.split("@")[0] for n in w) for w in wanted[one.context]], start)
        spaces.append(space)
        start += space.count
        if start > limit:
            raise TooLarge
    maker, targets, asked = _Rows(), _Rows(), _Rows()
    where: dict[_Rows, list[np.ndarray]] = {targets: [], asked: []}
    told: list[np.ndarray] = []
    for number, (one, space) in enumerate(zip(cells, spaces, strict=True)):
        row, column, value, count = link_rows(space, dims)
        maker.add(row, column, value, np.zeros(count, np.int64), np.zeros(count, np.int64))
        told.append(np.full((2, count), DEFINED))
        for names, chosen in _by_dims(one):
            members = {n: one.members[chosen, one.dims.index(n)] for n in names}
            row, column = expand(space.blocks[space.homes[names]], dims, members, len(chosen))
            low, high, kind = one.low[chosen], one.high[chosen], one.kind[chosen]
            bound = (low > 0) | (high < INFINITE)
            maker.add_some(row, column, bound, low, high)
            told.append(np.stack([np.full(int(bound.sum()), number), chosen[bound]]))
            target = ((kind & ~ASKED) == ROUNDED) | ((kind & HIDDEN) > 0)
            for into, some in ((targets, target), (asked, (kind & ASKED) > 0)):
                into.add_some(row, column, some, low, high)
                where[into].append(np.stack([np.full(int(some.sum()), number), chosen[some]]))
        for above, below, factor, least, most in one.ratios:
            for sign, times in ((1, most), (-1, least)):
                _add_terms(
                    maker,
                    [
                        (space, {n: above[j] for j, n in enumerate(one.dims)}, sign * factor),
                        (space, {n: below[j] for j, n in enumerate(one.dims)}, -sign * times),
                    ],
                    dims,
                    0,
                )
                told.append(np.full((2, 1), SHARE))
    for row in usable:
        _add_inequality(maker, row, cells, spaces, by_context, dims)
    matrix, low, high = maker.matrix(start)
    told.append(np.full((2, len(low) - sum(part.shape[1] for part in told)), DEFINED))
    origin = np.concatenate(told, axis=1)
    at = {into: np.concatenate(many or [np.zeros((2, 0), np.int64)], axis=1) for into, many in where.items()}
    wish, known = targets.matrix(start)[0], asked.matrix(start)[0]
    return System(matrix, low, high, wish, *at[targets], known, *at[asked], *origin, spaces, pairs)


class _Rows:
    """Collects sparse rows with bounds."""

    def __init__(self) -> None:
        self.parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        self.low: list[np.ndarray] = []
        self.high: list[np.ndarray] = []
        self.count = 0

    def add(self, row, column, value, low, high) -> None:
        self.parts.append((row + self.count, column, value))
        self.low.append(low)
        self.high.append(high)
        self.count += len(low)

    def add_some(self, row, column, chosen, low, high) -> None:
        """The rows of cells marked in `chosen` (a mask), all coefficients 1."""
        number = np.cumsum(chosen) - 1
        keep = chosen[row]
        self.add(
            number[row[keep]], column[keep], np.ones(int(keep.sum()), np.int64), low[chosen], high[chosen]
        )

    def matrix(self, columns: int):
        row, column, value = (
            np.concatenate([p[i] for p in self.parts] or [np.zeros(0, np.int64)]) for i in range(3)
        )
        made = sparse.csr_matrix((value, (row, column)), shape=(self.count, columns), dtype=np.int64)
        return (
            made,
            np.concatenate(self.low or [np.zeros(0, np.int64)]),
            np.concatenate(self.high or [np.zeros(0, np.int64)]),
        )


def _by_dims(cells: Cells):
    used = cells.members > 0
    code = used @ (1 << np.arange(used.shape[1], dtype=np.int64))
    for value in np.unique(code):
        yield tuple(n for j, n in enumerate(cells.dims) if value >> j & 1), np.flatnonzero(code == value)


def _home(space: Space, names: set[str], dims_order: list[str]):
    return space.blocks[space.homes[tuple(n for n in dims_order if n in names)]]


def _add_terms(maker: _Rows, terms, dims, at_most: int) -> None:
    columns, values = [], []
    for space, members, coefficient in terms:
        names = {n for n, m in members.items() if m > 0}
        block = _home(space, names, list(dims))
        _, column = expand(block, dims, {n: np.array([members[n]]) for n in names}, 1)
        columns.append(column)
        values.append(np.full(len(column), coefficient, dtype=np.int64))
    column = np.concatenate(columns)
    maker.add(
        np.zeros(len(column), np.int64),
        column,
        np.concatenate(values),
        np.array([-BIG]),
        np.array([at_most], dtype=np.int64),
    )


def _add_inequality(maker, row: Ongelijkheid, cells, spaces, by_context, dims) -> None:
    """One row per atom that all terms can tell apart in the dimensions it runs over."""
    order = list(dims)
    over = [v.split("@")[0] for v in row.over]
    terms = []
    for term in row.terms:
        number = by_context[context_of(term.context)]
        fixed = {v.split("@")[0]: dims[v.split("@")[0]].member(v, name) for v, name in term.dims.items()}
        terms.append((spaces[number], fixed, term.coefficient))
    members: list[list[int]] = []
    for version, name in zip(row.over, over, strict=True):
        if version in row.members:
            members.append([dims[name].member(version, m) for m in row.members[version]])
            continue
        labels = np.arange(len(dims[name].leaves))
        for space, fixed, _ in terms:
            labels = _coarsen(labels, _home(space, {*fixed, name, *over}, order).labels[name])
        members.append(
            [dims[name].canonical(np.flatnonzero(labels == a)) for a in range(int(labels.max()) + 1)]
        )
    grid = [()]
    for many in members:
        grid = [(*g, m) for g in grid for m in many]
    for point in grid:
        place = dict(zip(over, point, strict=True))
        _add_terms(maker, [(s, {**fixed, **place}, c) for s, fixed, c in terms], dims, row.at_most)


def _coarsen(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    """The finest partition coarser than both."""
    labels = relabel(one)
    while True:
        low = np.full(int(two.max()) + 1, len(one))
        np.minimum.at(low, two, labels)
        other = low[two]
        low = np.full(int(one.max()) + 1, len(one))
        np.minimum.at(low, one, other)
        new = low[one]
        if np.array_equal(new, labels):
            return relabel(new)
        labels = new


def reduce(system: System) -> tuple[System, bool]:
    """Fix what is fixed, merge what nobody can tell apart. False: no population fits what was published.

    Bounds follow from single rows only, so a variable fixed here is fixed for every attacker. Values of fixed
    variables are subtracted from rows; targets keep them through `shift` being folded into a constant column.
    """
    n = system.variables
    low, high = np.zeros(n, dtype=np.int64), np.full(n, BIG)
    ok = propagate(system.rows, system.low, system.high, low, high, rounds=6)
    if not ok:
        return system, False
    fixed = low == high
    value = np.where(fixed, low, 0)
    rows, targets, asked = system.rows, system.targets, system.asked
    shift, moved, given = rows @ value, targets @ value, asked @ value
    free = np.flatnonzero(~fixed)
    rows, targets, asked = rows[:, free].tocsr(), targets[:, free].tocsr(), asked[:, free].tocsr()
    r_low, r_high = system.low - shift, system.high - shift
    r_low = np.where(system.low <= -BIG, -BIG, r_low)
    r_high = np.where(system.high >= BIG, BIG, r_high)
    every = sparse.vstack([rows, targets, asked]).tocsc()
    _, keep, inverse = np.unique(_column_hash(every), return_index=True, return_inverse=True)
    rows, targets, asked = rows[:, keep].tocsr(), targets[:, keep].tocsr(), asked[:, keep].tocsr()
    v_low, v_high = np.zeros(len(keep), np.int64), np.full(len(keep), np.int64(0))
    np.add.at(v_low, inverse, low[free])
    np.add.at(v_high, inverse, np.minimum(high[free], BIG))
    reduced = Reduced(
        rows,
        r_low,
        r_high,
        targets,
        system.target_context,
        system.target_cell,
        asked,
        system.asked_context,
        system.asked_cell,
        system.row_context,
        system.row_cell,
    )
    reduced.offset, reduced.given = moved, given
    reduced.x_low, reduced.x_high = v_low, np.minimum(v_high, BIG)
    reduced.fixed, reduced.place = value, np.full(n, -1)
    reduced.place[free] = inverse
    reduced.original_low, reduced.original_high = low, high
    return reduced, True


@dataclass
class Reduced(System):
    """A reduced system: target value = targets @ x + offset, known count = asked @ x + given, x_low <= x <= x_high."""

    offset: np.ndarray = None
    given: np.ndarray = None
    x_low: np.ndarray = None
    x_high: np.ndarray = None
    fixed: np.ndarray = None  # per original variable its value where that is fixed
    place: np.ndarray = None  # per original variable the variable it was merged into, -1 if fixed
    original_low: np.ndarray = None
    original_high: np.ndarray = None


def _column_hash(matrix: sparse.csc_matrix) -> np.ndarray:
    rng = np.random.default_rng(7)
    salt = rng.integers(1, 2**63, matrix.shape[0], dtype=np.uint64)
    term = salt[matrix.indices] * matrix.data.astype(np.uint64)
    total = np.concatenate([[np.uint64(0)], np.cumsum(term, dtype=np.uint64)])
    return total[matrix.indptr[1:]] - total[matrix.indptr[:-1]]


def propagate(rows: sparse.csr_matrix, low, high, x_low, x_high, rounds: int) -> bool:
    """Tighten x_low and x_high in place by single rows; False if a row cannot be met."""
    if not rows.nnz:
        return bool(((low <= 0) & (high >= 0)).all())
    index = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    column, value = rows.indices, rows.data
    positive = value > 0
    for _ in range(rounds):
        least = np.where(positive, x_low[column], np.minimum(x_high[column], BIG)) * value
        most = np.where(positive, np.minimum(x_high[column], BIG), x_low[column]) * value
        sum_least = np.zeros(rows.shape[0])
        sum_most = np.zeros(rows.shape[0])
        np.add.at(sum_least, index, least.astype(float))
        np.add.at(sum_most, index, most.astype(float))
        if ((sum_least > high) & (high < BIG)).any() or ((sum_most < low) & (low > -BIG)).any():
            return False
        room_high = high[index] - (sum_least[index] - least)  # value * x <= room_high
        room_low = low[index] - (sum_most[index] - most)
        room_high = np.where(high[index] >= BIG, float(BIG), np.minimum(room_high, float(BIG)))
        room_low = np.where(low[index] <= -BIG, -float(BIG), np.maximum(room_low, -float(BIG)))
        new_high = np.where(positive, np.floor(room_high / value + 1e-9), np.floor(room_low / value + 1e-9))
        new_low = np.where(positive, np.ceil(room_low / value - 1e-9), np.ceil(room_high / value - 1e-9))
        before = int((x_high - x_low == 0).sum()), float(np.minimum(x_high, 10**6).sum()), float(x_low.sum())
        np.minimum.at(x_high, column, np.clip(new_high, -1, float(BIG)).astype(np.int64))
        np.maximum.at(x_low, column, np.clip(new_low, 0, float(BIG)).astype(np.int64))
        if (x_low > x_high).any():
            return False
        after = int((x_high - x_low == 0).sum()), float(np.minimum(x_high, 10**6).sum()), float(x_low.sum())
        if before == after:
            break
    return True


def knowing(system: Reduced, which: np.ndarray, low: np.ndarray, high: np.ndarray) -> Reduced:
    """The system of a reader who knows the counts `which` (rows of `asked`), each between `low` and `high`."""
    return replace(
        system,
        rows=sparse.vstack([system.rows, system.asked[which]]).tocsr(),
        low=np.concatenate([system.low, low - system.given[which]]),
        high=np.concatenate([system.high, high - system.given[which]]),
    )


def components(system: Reduced) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Parts that do not touch: (rows, variables, targets) each; a row that always holds ties nothing."""
    lasting = binding(system)
    inner = system.rows[lasting]
    both = sparse.vstack([inner, system.targets]).tocoo()
    m, n = both.shape
    graph = sparse.coo_matrix((np.ones(both.nnz, np.int8), (both.row, both.col + m)), shape=(m + n, m + n))
    _, label = connected_components(graph.tocsr(), directed=False)
    variable = label[m:]
    order = np.argsort(variable, kind="stable")
    parts: dict[int, list] = {}
    for name, rows_of in (("v", variable), ("r", label[: len(lasting)]), ("t", label[len(lasting) : m])):
        keys = np.argsort(rows_of, kind="stable") if name != "v" else order
        cuts = np.flatnonzero(np.diff(rows_of[keys])) + 1
        for piece in np.split(keys, cuts):
            if len(piece):
                parts.setdefault(int(rows_of[piece[0]]), [np.zeros(0, np.int64)] * 3)
                parts[int(rows_of[piece[0]])]["rvt".index(name)] = piece
    return [(lasting[r], v, t) for r, v, t in parts.values()]


def binding(system: Reduced) -> np.ndarray:
    """Rows that the bounds of the variables do not already imply."""
    rows = system.rows
    index = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    least, most = np.zeros(rows.shape[0]), np.zeros(rows.shape[0])
    low, high = system.x_low[rows.indices], system.x_high[rows.indices]
    positive = rows.data > 0
    np.add.at(least, index, (np.where(positive, low, high) * rows.data).astype(float))
    np.add.at(most, index, (np.where(positive, high, low) * rows.data).astype(float))
    return np.flatnonzero((least < system.low) | (most > system.high))


__all__ = ["BIG", "Reduced", "System", "TooLarge", "assemble", "components", "knowing", "reduce"]
