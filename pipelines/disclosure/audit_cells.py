"""From disclosure.json and the files it names to cells: who is counted, and between which bounds that is known.

Lives here: reading, leaves and members of a dimension, one canonical cell for all ways to name the same persons.
Not here: the linear system over those cells (audit_blocks), solving (audit_solve), the verdict (audit).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipelines.disclosure.format import Onthulling, Tabel
from pipelines.errors import OnthullingspoortDicht

INFINITE = np.int64(2**40)
EXACT, ROUNDED, HIDDEN, KNOWN = 1, 2, 4, 8  # KNOWN: fixed by definition or by what an insider knows
ASKED = 16  # a count that some reader knows, which says nothing to the others
Context = tuple[tuple[str, str], ...]


class Dimension:
    """The leaves of one dimension and the leaf sets of all its members; equal sets are one member.

    Member 0 is everybody. `version` is a key of `hierarchies`, such as `vestiging@2024-2025`.
    """

    def __init__(
        self, name: str, hierarchies: dict[str, dict[str, str | list[str]]], found: set[str]
    ) -> None:
        self.name = name
        parents = {
            version: {c: [p] if isinstance(p, str) else list(p) for c, p in tree.items()}
            for version, tree in hierarchies.items()
        }
        named = set(found)
        inner: set[str] = set()
        for tree in parents.values():
            for child, above in tree.items():
                named.add(child)
                named.update(above)
                inner.update(p for p in above if p != child)
        self.leaves = sorted(named - inner)
        self.number = {leaf: i for i, leaf in enumerate(self.leaves)}
        self._below: dict[str, dict[str, set[int]]] = {}
        for version, tree in parents.items():
            below: dict[str, set[int]] = {}
            for leaf, index in self.number.items():
                todo, seen = list(tree.get(leaf, [])), {leaf}
                while todo:
                    member = todo.pop()
                    if member in seen:
                        continue
                    seen.add(member)
                    below.setdefault(member, set()).add(index)
                    todo.extend(tree.get(member, []))
            self._below[version] = below
        self.sets: list[np.ndarray] = [np.arange(len(self.leaves))]
        self._canonical = {self.sets[0].tobytes(): 0}
        self._member: dict[tuple[str, str], int] = {}

    def member(self, version: str, name: str) -> int:
        """The canonical number of a member."""
        key = (version, name)
        if key not in self._member:
            if name in self.number:
                leaves = np.array([self.number[name]])
            else:
                below = self._below.get(version, {}).get(name, set())
                leaves = np.array(sorted(below), dtype=np.int64)
            self._member[key] = self.canonical(leaves)
        return self._member[key]

    def canonical(self, leaves: np.ndarray) -> int:
        key = leaves.astype(np.int64).tobytes()
        if key not in self._canonical:
            self._canonical[key] = len(self.sets)
            self.sets.append(leaves.astype(np.int64))
        return self._canonical[key]

    def name_of(self, member: int) -> str:
        """A name of a canonical member; a leaf's own name first."""
        if len(self.sets[member]) == 1:
            return self.leaves[self.sets[member][0]]
        return next((name for (_, name), m in self._member.items() if m == member), str(member))

    @property
    def is_leaf(self) -> np.ndarray:
        return np.array([len(s) == 1 for s in self.sets])


@dataclass
class Cells:
    """The cells of one context: member per dimension (column order `dims`), bounds, kinds and releases."""

    context: Context
    dims: list[str]
    members: np.ndarray
    low: np.ndarray
    high: np.ndarray
    kind: np.ndarray
    release: np.ndarray  # bit per release in which the cell occurs (EXACT or otherwise)
    contradiction: np.ndarray
    ratios: list[tuple[np.ndarray, np.ndarray, int, int, int]] = field(default_factory=list)
    complete: bool = True
    need: np.ndarray | None = None  # per cell the width asked of it and
    floor: np.ndarray | None = None  # the count from which it need not be hidden


@dataclass
class Loose:
    """Cells as read, before the same persons under two names are put together."""

    members: list[np.ndarray] = field(default_factory=list)
    low: list[np.ndarray] = field(default_factory=list)
    high: list[np.ndarray] = field(default_factory=list)
    kind: list[np.ndarray] = field(default_factory=list)
    release: list[np.ndarray] = field(default_factory=list)
    ratios: list = field(default_factory=list)
    complete: bool = True
    named: list[np.ndarray] = field(
        default_factory=list
    )  # members of every row, also of those without a figure


def base(version: str) -> str:
    return version.split("@", 1)[0]


def context_of(values: dict[str, str]) -> Context:
    return tuple(sorted(values.items()))


class Files:
    """The Parquet files that a disclosure.json names, each column read once; a missing one is an error."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._tables: dict[str, object] = {}
        self._columns: dict[tuple[str, str], tuple[np.ndarray, list[str]]] = {}

    def path(self, file: str) -> Path:
        return (self.folder / file).resolve()

    def table(self, file: str):
        import pyarrow.parquet as pq

        if file not in self._tables:
            try:
                self._tables[file] = pq.read_table(self.path(file))
            except (OSError, ValueError):
                raise OnthullingspoortDicht(
                    "Een bestand van de uitgave ontbreekt of is niet te lezen; er is niets bewezen.",
                    waar=file,
                    remedie="Herstel het bestand of maak de uitgave opnieuw.",
                ) from None
        return self._tables[file]

    def codes(self, file: str, column: str) -> tuple[np.ndarray, list[str]]:
        """Row codes and the names they stand for."""
        if (file, column) not in self._columns:
            values = self._column(file, column).cast("string").dictionary_encode().combine_chunks()
            self._columns[file, column] = (
                values.indices.fill_null(-1).to_numpy(zero_copy_only=False),
                values.dictionary.to_pylist(),
            )
        return self._columns[file, column]

    def numbers(self, file: str, column: str) -> tuple[np.ndarray, np.ndarray]:
        """Values as floats (exact for counts) and where they are missing."""
        values = self._column(file, column).combine_chunks()
        missing = values.is_null().to_numpy(zero_copy_only=False)
        return values.cast("double").fill_null(0.0).to_numpy(zero_copy_only=False), missing

    def flags(self, file: str, column: str) -> np.ndarray:
        return self._column(file, column).combine_chunks().fill_null(False).to_numpy(zero_copy_only=False)

    def rows(self, table: Tabel) -> np.ndarray:
        keep = np.ones(self.table(table.file).num_rows, dtype=bool)
        for column, value in table.where.items():
            codes, names = self.codes(table.file, column)
            keep &= codes == (names.index(value) if value in names else -2)
        return np.flatnonzero(keep)

    def _column(self, file: str, column: str):
        table = self.table(file)
        if column not in table.column_names:
            raise OnthullingspoortDicht(
                "Een kolom die disclosure.json noemt staat niet in het bestand; er is niets bewezen.",
                waar=f"{file}, kolom {column}",
                remedie="Maak de uitgave opnieuw.",
            )
        return table.column(column)


def systems(spec: Onthulling) -> list[list[Context]]:
    """Contexts that inequalities tie together; each group is one system."""
    parent: dict[Context, Context] = {}

    def find(c: Context) -> Context:
        while parent[c] != c:
            c = parent[c]
        return c

    for table in spec.tables:
        parent.setdefault(context_of(table.context), context_of(table.context))
    for row in spec.inequalities:
        known = [context_of(t.context) for t in row.terms if context_of(t.context) in parent]
        for other in known[1:]:
            parent[find(other)] = find(known[0])
    groups: dict[Context, list[Context]] = {}
    for c in parent:
        groups.setdefault(find(c), []).append(c)
    return list(groups.values())


def dimensions(spec: Onthulling, files: Files, contexts: list[Context]) -> dict[str, Dimension]:
    """The dimensions of one system: the leaves of all versions that its tables use."""
    chosen = set(contexts)
    versions: dict[str, set[str]] = {}
    found: dict[str, set[str]] = {}
    for table in spec.tables:
        if context_of(table.context) not in chosen:
            continue
        rows = files.rows(table)
        for version, column in table.dims.items():
            codes, names = files.codes(table.file, column)
            versions.setdefault(base(version), set()).add(version)
            used = {names[c] for c in np.unique(codes[rows]) if c >= 0} - {spec.total}
            prefix = table.prefix.get(version, "")
            found.setdefault(base(version), set()).update(prefix + name for name in used)
    return {
        name: Dimension(
            name, {v: spec.hierarchies[v] for v in sorted(used) if v in spec.hierarchies}, found[name]
        )
        for name, used in versions.items()
    }


def read_context(
    spec: Onthulling,
    files: Files,
    context: Context,
    dims: dict[str, Dimension],
    releases: list[str],
) -> Loose:
    """All cells of one context as the tables show them."""
    loose = Loose()
    order = list(dims)
    for table in spec.tables:
        if context_of(table.context) != context or table.release not in releases:
            continue
        rows = files.rows(table)
        loose.complete &= table.complete
        if not len(rows):
            continue
        members = np.zeros((len(rows), len(order)), dtype=np.int64)
        for version, column in table.dims.items():
            codes, names = files.codes(table.file, column)
            dim = dims[base(version)]
            prefix = table.prefix.get(version, "")
            numbers = np.array([0 if n == spec.total else -1 for n in names], dtype=np.int64)
            for code in np.unique(codes[rows]):
                if numbers[code] < 0:
                    numbers[code] = dim.member(version, prefix + names[code])
            members[:, order.index(base(version))] = numbers[codes[rows]]
        value, missing = files.numbers(table.file, table.value)
        value, missing = value[rows], missing[rows]
        hidden = files.flags(table.file, table.suppressed)[rows]
        loose.named.append(members)
        bit = np.int64(1) << releases.index(table.release)
        if table.share is not None:
            _add_share(loose, table, files, rows, members, value, missing | hidden, dims, order, bit)
            continue
        _add_counts(loose, table, members, value, missing, hidden, dims, order, bit)
    return loose


def _add_counts(loose, table, members, value, missing, hidden, dims, order, bit) -> None:
    shown = ~hidden & ~missing
    count = np.rint(value).astype(np.int64)
    kind = np.where(hidden, HIDDEN, ROUNDED if table.rounding else EXACT)
    low = np.where(shown, count, 0)
    high = np.where(shown, count, INFINITE)
    if table.rounding:
        low = np.where(shown, np.maximum(0, count - table.rounding + 1), low)
        high = np.where(shown, count + table.rounding - 1, high)
    keep = hidden | shown
    if table.undetermined == "zero":
        leaf = np.ones(len(members), dtype=bool)
        for version in table.dims:
            leaf &= dims[base(version)].is_leaf[members[:, order.index(base(version))]]
        zero = missing & ~hidden & leaf
        kind, high = np.where(zero, KNOWN, kind), np.where(zero, 0, high)
        keep |= zero
    loose.members.append(members[keep])
    loose.low.append(low[keep])
    loose.high.append(high[keep])
    loose.kind.append(kind[keep])
    loose.release.append(np.full(int(keep.sum()), bit))


def _add_share(loose, table, files, rows, members, value, absent, dims, order, bit) -> None:
    """A share bounds its numerator: (m-1)/2 <= per/precision x numerator/denominator <= (m+1)/2."""
    share = table.share
    steps = round(1 / share.precision)
    middle = np.rint(2 * value * steps).astype(np.int64)
    factor = 2 * steps * share.per
    shown = np.flatnonzero(~absent)
    if share.column is not None:
        total, unknown = files.numbers(table.file, share.column)
        total, unknown = np.rint(total[rows]).astype(np.int64), unknown[rows]
        good = shown[~unknown[shown]]
        low = -((-(middle[good] - 1) * total[good]) // factor)
        high = ((middle[good] + 1) * total[good]) // factor
        loose.members.append(members[good])
        loose.low.append(np.maximum(0, low))
        loose.high.append(high)
        loose.kind.append(np.full(len(good), ROUNDED))
        loose.release.append(np.full(len(good), bit))
        return
    below = members.copy()
    for version, name in (share.dims or {}).items():
        dim = dims[base(version)]
        below[:, order.index(base(version))] = 0 if name == "TOTAAL" else dim.member(version, name)
    for i in shown:
        loose.ratios.append((members[i], below[i], factor, int(middle[i] - 1), int(middle[i] + 1)))
    loose.members.append(members[shown])
    loose.low.append(np.zeros(len(shown), dtype=np.int64))
    loose.high.append(np.full(len(shown), INFINITE))
    loose.kind.append(np.full(len(shown), ROUNDED))
    loose.release.append(np.full(len(shown), bit))


def nobody(loose: Loose, dims: dict[str, Dimension]) -> None:
    """In complete tables the leaves that no member of a dimension covers hold nobody: add that as known."""
    order = list(dims)
    for j, name in enumerate(order):
        used = np.unique(np.concatenate([m[:, j] for m in loose.named] or [np.zeros(0, np.int64)]))
        covered = np.zeros(len(dims[name].leaves), dtype=bool)
        for member in used[used > 0]:
            covered[dims[name].sets[member]] = True
        if covered.any() and not covered.all() and loose.complete:
            row = np.zeros((1, len(order)), dtype=np.int64)
            row[0, j] = dims[name].canonical(np.flatnonzero(~covered))
            loose.members.append(row)
            loose.low.append(np.zeros(1, np.int64))
            loose.high.append(np.zeros(1, np.int64))
            loose.kind.append(np.array([KNOWN]))
            loose.release.append(np.zeros(1, np.int64))


def merge(context: Context, loose: Loose, dims: dict[str, Dimension]) -> Cells:
    """One row per canonical cell: bounds intersected, kinds and releases joined."""
    order = list(dims)
    if not loose.members:
        empty = np.zeros(0, dtype=np.int64)
        return Cells(
            context,
            order,
            np.zeros((0, len(order)), dtype=np.int64),
            empty,
            empty,
            empty,
            empty,
            empty.astype(bool),
            [],
            loose.complete,
        )
    members = np.concatenate(loose.members)
    low, high = np.concatenate(loose.low), np.concatenate(loose.high)
    kind, release = np.concatenate(loose.kind), np.concatenate(loose.release)
    key = np.zeros(len(members), dtype=np.int64)
    for j, name in enumerate(order):
        key = key * len(dims[name].sets) + members[:, j]
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    n = len(first)
    out_low, out_high = np.zeros(n, dtype=np.int64), np.full(n, INFINITE)
    np.maximum.at(out_low, inverse, low)
    np.minimum.at(out_high, inverse, high)
    out_kind, out_release = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    np.bitwise_or.at(out_kind, inverse, kind)
    np.bitwise_or.at(out_release, inverse, release)
    wrong = out_low > out_high
    return Cells(
        context,
        order,
        members[first],
        out_low,
        out_high,
        out_kind,
        out_release,
        wrong,
        loose.ratios,
        loose.complete,
    )
