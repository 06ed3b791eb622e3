"""The sparse linear system behind published cells: variables are counts of persons in joint inner combinations.

Lives here: which combinations are needed and how cells are sums of them. Not here: reading (audit_cells),
bounds and solving (audit_solve).

The full crossing of all dimensions is never needed. Tables that share dimensions meet in a graph (one node per
dimension and resolution used); that graph is triangulated and every maximal clique becomes a block of variables.
Blocks agree on what they share. Because the cliques form a junction tree, every set of whole numbers that fits
the blocks is the margin of a whole-number full crossing, so nothing is lost: the attacker's intervals are exact.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from itertools import combinations

import numpy as np

from pipelines.disclosure.audit_cells import Cells, Dimension

EVERY_ORDER = 8  # more nodes than this and all orders are too many to try
Node = tuple[str, int]  # dimension, number of its resolution


@dataclass
class Block:
    """Variables start .. start + prod(size): one per combination of atoms, dimensions in the order of `dims`."""

    dims: list[str]
    labels: dict[str, np.ndarray]  # leaf -> atom
    size: list[int]
    start: int

    @property
    def count(self) -> int:
        return int(np.prod(self.size)) if self.size else 1


@dataclass
class Space:
    """The blocks of one context and the cells of each dimension set."""

    blocks: list[Block]
    links: list[tuple[int, int, dict[str, np.ndarray]]]  # block, block, leaf labels of what they share
    start: int
    count: int
    homes: dict[tuple[str, ...], int] = field(default_factory=dict)


def relabel(labels: np.ndarray) -> np.ndarray:
    """Labels numbered 0.. in order of first leaf, so that equal partitions are equal arrays."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    return rank[inverse]


def refine(many: list[np.ndarray], leaves: int) -> np.ndarray:
    """The coarsest partition finer than all of them."""
    result = np.zeros(leaves, dtype=np.int64)
    for labels in many:
        result = relabel(result * (int(labels.max(initial=0)) + 1) + labels)
    return result


def atoms(dim: Dimension, members: np.ndarray) -> np.ndarray:
    """Leaf -> atom: leaves that no member of the family tells apart."""
    mark = np.zeros(len(dim.leaves), dtype=np.uint64)
    rng = np.random.default_rng(20)
    for member in np.unique(members):
        mark[dim.sets[member]] ^= rng.integers(1, 2**63, dtype=np.uint64)
    return relabel(mark)


def build_space(
    cells: Cells,
    dims: dict[str, Dimension],
    extra: list[tuple[str, ...]],
    start: int,
) -> Space:
    """Triangulate and lay out the blocks; `extra` are dimension sets that inequalities ask for."""
    families = _families(cells, dims, extra)
    resolutions: dict[str, list[np.ndarray]] = {}
    groups: dict[tuple[str, ...], set[Node]] = {}
    for names, family in families.items():
        nodes = set()
        for name, members in zip(names, family, strict=True):
            labels = atoms(dims[name], members)
            known = resolutions.setdefault(name, [])
            at = next((i for i, other in enumerate(known) if np.array_equal(other, labels)), len(known))
            if at == len(known):
                known.append(labels)
            nodes.add((name, at))
        groups[names] = nodes
    cliques = _cliques(groups, resolutions, dims)
    blocks, begin = [], start
    for clique in cliques:
        names = [n for n in dims if any(node[0] == n for node in clique)]
        labels = {
            n: refine([resolutions[n][i] for m, i in sorted(clique) if m == n], len(dims[n].leaves))
            for n in names
        }
        block = Block(names, labels, [int(labels[n].max()) + 1 for n in names], begin)
        blocks.append(block)
        begin += block.count
    links = []
    for a, b in _tree(cliques):
        shared = sorted(cliques[a] & cliques[b])
        names = sorted({n for n, _ in shared})
        links.append(
            (
                a,
                b,
                {
                    n: refine([resolutions[n][i] for m, i in shared if m == n], len(dims[n].leaves))
                    for n in names
                },
            )
        )
    space = Space(blocks, links, start, begin - start)
    for names, nodes in groups.items():
        fit = [i for i, clique in enumerate(cliques) if nodes <= clique]
        space.homes[names] = min(fit, key=lambda i: blocks[i].count)
    return space


def crossing(cells: Cells) -> tuple[list[str], list[str], list[str]] | None:
    """(places, first, second) if the largest dimension sets are exactly place x first and place x second.

    Two tables about the same persons that share places but no codes: every such pair of populations is the margin
    of a joint one if audit_lift finds it, and the joint blocks, hard to solve in whole numbers, are not needed.
    """
    used = {
        tuple(n for j, n in enumerate(cells.dims) if row[j]) for row in np.unique(cells.members > 0, axis=0)
    }
    largest = [set(a) for a in used if not any(set(a) < set(b) for b in used)]
    for places in combinations(sorted(set().union(*largest)) if largest else [], len(largest) // 2):
        rests = {frozenset(s - set(places)) for s in largest}
        if len(places) < 2 or len(rests) != 2 or len(largest) % 2:
            continue
        if any(len(s & set(places)) != 1 for s in largest) or set.intersection(*map(set, rests)):
            continue
        first, second = sorted((sorted(r) for r in rests), key=lambda r: (-len(r), r))
        if first and second:
            return list(places), first, second
    return None


def build_pairs(cells: Cells, dims: dict[str, Dimension], extra: list[tuple[str, ...]], start: int) -> Space:
    """One block per largest dimension set; blocks agree pairwise on what they share."""
    families = _families(cells, dims, extra)
    largest = sorted(
        (n for n in families if not any(set(n) < set(m) for m in families)), key=lambda n: (len(n), n)
    )
    blocks, begin = [], start
    for names in largest:
        labels = {}
        for name in names:
            many = [atoms(dims[name], f[n.index(name)]) for n, f in families.items() if name in n]
            labels[name] = refine(many, len(dims[name].leaves))
        block = Block(list(names), labels, [int(labels[n].max()) + 1 for n in names], begin)
        blocks.append(block)
        begin += block.count
    links = [
        (a, b, {n: blocks[a].labels[n] for n in blocks[a].dims if n in blocks[b].dims})
        for a in range(len(blocks))
        for b in range(a + 1, len(blocks))
    ]
    space = Space(blocks, links, start, begin - start)
    for names in families:
        fit = [i for i, block in enumerate(blocks) if set(names) <= set(block.dims)]
        space.homes[names] = min(fit, key=lambda i: blocks[i].count)
    return space


def _families(cells: Cells, dims: dict[str, Dimension], extra) -> dict[tuple[str, ...], list[np.ndarray]]:
    """Per set of dimensions, the members that occur in each."""
    used = cells.members > 0
    families: dict[tuple[str, ...], list[np.ndarray]] = {(): []}
    code = (
        used @ (1 << np.arange(used.shape[1], dtype=np.int64)) if len(used) else np.zeros(0, dtype=np.int64)
    )
    for value in np.unique(code):
        names = tuple(n for j, n in enumerate(cells.dims) if value >> j & 1)
        rows = cells.members[code == value]
        families[names] = [np.unique(rows[:, cells.dims.index(n)]) for n in names]
    for names in extra:
        wanted = tuple(n for n in cells.dims if n in names)
        if wanted not in families:
            families[wanted] = [
                np.unique(
                    np.concatenate(
                        [f[k.index(n)] for k, f in families.items() if n in k]
                        or [np.zeros(1, dtype=np.int64)]
                    )
                )
                for n in wanted
            ]
    return families


def _weight(nodes: set[Node], resolutions, dims) -> float:
    total = 1.0
    for name in {n for n, _ in nodes}:
        total *= (
            int(refine([resolutions[name][i] for n, i in nodes if n == name], len(dims[name].leaves)).max())
            + 1
        )
    return total


def _cliques(groups, resolutions, dims) -> list[set[Node]]:
    """Maximal cliques of a triangulation, cheapest elimination first."""
    nodes = sorted({node for members in groups.values() for node in members})
    near: dict[Node, set[Node]] = {node: set() for node in nodes}
    for members in groups.values():
        for node in members:
            near[node] |= members - {node}
    for node in nodes:
        near[node] |= {other for other in nodes if other[0] == node[0] and other != node}
    weight = cache(lambda clique: _weight(set(clique), resolutions, dims))
    order = (
        _best_order(nodes, near, weight) if len(nodes) <= EVERY_ORDER else _greedy_order(nodes, near, weight)
    )
    found, gone = [], frozenset()
    for node in order:
        found.append({node, *_reach(node, gone, near)})
        gone |= {node}
    found = [
        c for i, c in enumerate(found) if not any(c < d or (c == d and j < i) for j, d in enumerate(found))
    ]
    return found or [set()]


def _reach(node: Node, gone: frozenset, near: dict[Node, set[Node]]) -> frozenset:
    """The neighbours of a node once those in `gone` are eliminated."""
    seen, todo, found = {node}, [node], set()
    while todo:
        for other in near[todo.pop()] - seen:
            seen.add(other)
            if other in gone:
                todo.append(other)
            else:
                found.add(other)
    return frozenset(found)


def _best_order(nodes, near, weight) -> list[Node]:
    """The elimination order with the fewest variables in all."""

    @cache
    def least(gone: frozenset) -> tuple[float, tuple]:
        if len(gone) == len(nodes):
            return 0.0, ()
        options = []
        for node in nodes:
            if node not in gone:
                price, rest = least(gone | {node})
                options.append((price + weight(_reach(node, gone, near) | {node}), (node, *rest)))
        return min(options)

    return list(least(frozenset())[1])


def _greedy_order(nodes, near, weight) -> list[Node]:
    """Cheapest next elimination first."""
    order: list[Node] = []
    while len(order) < len(nodes):
        gone = frozenset(order)
        order.append(
            min((n for n in nodes if n not in gone), key=lambda n: weight(_reach(n, gone, near) | {n}))
        )
    return order


def _tree(cliques: list[set[Node]]) -> list[tuple[int, int]]:
    """A junction tree: a spanning tree of the largest intersections."""
    inside, edges = {0}, []
    while len(inside) < len(cliques):
        best = max(
            (len(cliques[a] & cliques[b]), -a, -b)
            for a in inside
            for b in range(len(cliques))
            if b not in inside
        )
        edges.append((-best[1], -best[2]))
        inside.add(-best[2])
    return edges


def atom_lists(block: Block, dims: dict[str, Dimension], name: str, members: np.ndarray):
    """Per member the atoms it consists of: (start, length, atoms), for a dimension of the block."""
    labels = block.labels[name]
    parts = [np.unique(labels[dims[name].sets[m]]) for m in members]
    length = np.array([len(p) for p in parts], dtype=np.int64)
    return (
        np.concatenate([[0], np.cumsum(length)[:-1]]),
        length,
        np.concatenate(parts or [np.zeros(0, np.int64)]),
    )


def expand(block: Block, dims: dict[str, Dimension], rows: dict[str, np.ndarray], n: int):
    """The variables of n cells: (cell, variable) pairs. `rows` gives the member per dimension (0 = everybody)."""
    cell = np.arange(n, dtype=np.int64)
    index = np.zeros(n, dtype=np.int64)
    for name, size in zip(block.dims, block.size, strict=True):
        members = rows.get(name)
        if members is None:
            members = np.zeros(n, dtype=np.int64)
        distinct, inverse = np.unique(members, return_inverse=True)
        start, length, flat = atom_lists(block, dims, name, distinct)
        which = inverse[cell]
        times = length[which]
        begin = np.repeat(start[which], times)
        step = np.arange(len(begin)) - np.repeat(np.cumsum(times) - times, times)
        cell, index = np.repeat(cell, times), np.repeat(index, times) * size + flat[begin + step]
    return cell, index + block.start


def link_rows(space: Space, dims: dict[str, Dimension]):
    """Blocks agree on what they share: (row, variable, coefficient) with sum 0, and the number of rows."""
    rows, columns, values, count = [], [], [], 0
    for a, b, shared in space.links:
        size = [int(labels.max()) + 1 for labels in shared.values()]
        for block, sign in ((space.blocks[a], 1), (space.blocks[b], -1)):
            grid = (
                np.indices(block.size).reshape(len(block.size), -1) if block.size else np.zeros((0, 1), int)
            )
            key = np.zeros(block.count, dtype=np.int64)
            for (name, labels), n in zip(shared.items(), size, strict=True):
                leaf = _first_leaf(block.labels[name])
                key = key * n + labels[leaf[grid[block.dims.index(name)]]]
            rows.append(key + count)
            columns.append(np.arange(block.count) + block.start)
            values.append(np.full(block.count, sign, dtype=np.int64))
        count += int(np.prod(size)) if size else 1
    if not rows:
        empty = np.zeros(0, dtype=np.int64)
        return empty, empty, empty, 0
    return np.concatenate(rows), np.concatenate(columns), np.concatenate(values), count


def _first_leaf(labels: np.ndarray) -> np.ndarray:
    first = np.zeros(int(labels.max(initial=0)) + 1, dtype=np.int64)
    first[labels[::-1]] = np.arange(len(labels))[::-1]
    return first
