"""Moves: whole populations that differ from the true one and leave every shown figure as it is.

Lives here: the linear program that finds a move which lifts or lowers many cells at once at the least cost of
cells that are still shown. Not here: which cells must move and what a found move means (suppress).
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from scipy import sparse

REWARD = 1000.0
STEP = 1e-6


@dataclass
class Ties:
    """What every move must respect: `equal` @ move = 0 and `at_most` @ move <= `slack`."""

    equal: sparse.csr_matrix
    at_most: sparse.csr_matrix
    slack: np.ndarray


def ties(count: int, equal, at_most, value: np.ndarray, number: np.ndarray) -> Ties:
    """From relations between cells (`number`: cell -> column, -1 = not in the system)."""
    rows, columns, values, made = [], [], [], 0
    for whole, parts in equal:
        terms = [(whole, -1)] if whole >= 0 else []
        terms += [(p, 1) if p >= 0 else (-p - 1, -1) for p in parts]
        if all(number[c] >= 0 for c, _ in terms):
            rows += [made] * len(terms)
            columns += [number[c] for c, _ in terms]
            values += [v for _, v in terms]
            made += 1
    first = sparse.csr_matrix((values, (rows, columns)), shape=(made, count), dtype=np.float64)
    rows, columns, values, slack = [], [], [], []
    for terms, bound in at_most:
        if all(number[c] >= 0 for c, _ in terms):
            rows += [len(slack)] * len(terms)
            columns += [number[c] for c, _ in terms]
            values += [v for _, v in terms]
            slack.append(bound - sum(v * value[c] for c, v in terms))
    second = sparse.csr_matrix((values, (rows, columns)), shape=(len(slack), count), dtype=np.float64)
    return Ties(first, second, np.array(slack, dtype=float))


def with_shares(
    tie: Ties, shares, value: np.ndarray, number: np.ndarray
) -> tuple[Ties, np.ndarray, np.ndarray]:
    """Add, per kind of person, the counts that a swv and a schoolgemeente have in common as cells of their own.

    Nobody knows them, but they are not below zero, and that binds swvs and schoolgemeenten. Their values here are
    one possible filling, which is all that a move needs to start from. Returns also the values of all cells, and
    of each cell of its own the column of its schoolgemeente.
    """
    count, made = tie.equal.shape[1], 0
    rows, columns, wholes = [], [], []
    extra, homes = 0, [np.zeros(0, dtype=np.int64)]
    for swvs, gemeenten, mask in shares:
        a, b = number[swvs], number[gemeenten]
        if (a < 0).any() or (b < 0).any():
            continue
        for line, whole in ((np.nonzero(mask)[0], a), (np.nonzero(mask)[1], b)):
            rows.append(made + line)
            columns.append(extra + np.arange(len(line)))
            wholes.append(whole)
            made += len(whole)
        extra += int(mask.sum())
        homes.append(b[np.nonzero(mask)[1]])
    own = np.zeros(count)
    own[number[number >= 0]] = value[number >= 0]
    if not extra:
        return tie, own, homes[0]
    whole = np.concatenate(wholes)
    place = np.concatenate(rows), np.concatenate(columns)
    parts = sparse.csr_matrix((np.ones(2 * extra), place), shape=(made, extra))
    minus = sparse.csr_matrix((-np.ones(made), (np.arange(made), whole)), shape=(made, count))
    pad = sparse.csr_matrix((tie.equal.shape[0], extra))
    equal = sparse.vstack([sparse.hstack([tie.equal, pad]), sparse.hstack([minus, parts])]).tocsr()
    at_most = sparse.hstack([tie.at_most, sparse.csr_matrix((tie.at_most.shape[0], extra))]).tocsr()
    value = np.concatenate([own, _fill(parts, own[whole])])
    return Ties(equal, at_most, tie.slack), value, np.concatenate(homes)


def _fill(parts: sparse.csr_matrix, sums: np.ndarray) -> np.ndarray:
    """Some x >= 0 with parts @ x = sums, as far from the bounds as an interior point method leaves it."""
    solver = _solver(parts.tocsc(), np.zeros(parts.shape[1]), np.full(parts.shape[1], np.inf), sums, sums)
    solver.setOptionValue("solver", "ipm")
    solver.setOptionValue("run_crossover", "off")
    solver.run()
    x = np.asarray(solver.getSolution().col_value)
    return np.where(x < 1e-4, 0.0, x) if len(x) == parts.shape[1] else np.zeros(parts.shape[1])


def _solver(matrix: sparse.csc_matrix, low, high, row_low, row_high, cost=None):
    import highspy

    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.col_cost_ = np.zeros(matrix.shape[1]) if cost is None else cost
    lp.col_lower_, lp.col_upper_ = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    lp.row_lower_, lp.row_upper_ = np.asarray(row_low, dtype=float), np.asarray(row_high, dtype=float)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = matrix.data.astype(float)
    solver = highspy.Highs()
    # presolve costs more than it saves on programs of this shape: most cells are in few sums
    for name, option in (("output_flag", False), ("threads", 1), ("random_seed", 1), ("presolve", "off")):
        solver.setOptionValue(name, option)
    solver.passModel(lp)
    return solver


def find(
    tie: Ties,
    value: np.ndarray,
    allowed: np.ndarray,
    cost: np.ndarray,
    up: np.ndarray,
    down: np.ndarray,
    statuses: Counter[str],
) -> np.ndarray | None:
    """A move over the cells in `allowed` (a mask): `up` and `down` give how far each cell is wanted (0 = not).

    `cost` per unit moved. None if the solver gave no answer; the move is then simply not found.
    """
    cells = np.flatnonzero(allowed)
    n = len(cells)
    wish_up, wish_down = up[cells], np.minimum(down[cells], value[cells])
    a, b = np.flatnonzero(wish_up > 0), np.flatnonzero(wish_down > 0)
    # columns: plus (n), minus (n), rewarded plus (a), rewarded minus (b)
    equal, at_most = tie.equal[:, cells], tie.at_most[:, cells]
    used = np.flatnonzero(np.diff(equal.indptr))
    equal = equal[used]
    some = np.flatnonzero(np.diff(at_most.indptr))
    at_most, slack = at_most[some], tie.slack[some]
    form = sparse.vstack([equal, at_most]).tocsc()
    matrix = sparse.hstack([form, -form, form[:, a], -form[:, b]]).tocsc()
    free_up = np.where(wish_down > 0, 0.0, np.inf)
    free_down = np.where(wish_up > 0, 0.0, value[cells].astype(float))
    free_down[b] = np.maximum(0, value[cells][b] - wish_down[b])
    solver = _solver(
        matrix,
        np.zeros(matrix.shape[1]),
        np.concatenate([free_up, free_down, wish_up[a], wish_down[b]]),
        np.concatenate([np.zeros(len(used)), np.full(len(some), -np.inf)]),
        np.concatenate([np.zeros(len(used)), slack]),
        np.concatenate([cost[cells], cost[cells], cost[cells][a] - REWARD, cost[cells][b] - REWARD]),
    )
    solver.run()
    status = solver.modelStatusToString(solver.getModelStatus())
    statuses[status] += 1
    if status != "Optimal":
        return None
    x = np.asarray(solver.getSolution().col_value)
    net = x[:n] - x[n : 2 * n]
    np.add.at(net, a, x[2 * n : 2 * n + len(a)])
    np.subtract.at(net, b, x[2 * n + len(a) :])
    move = np.zeros(len(allowed))
    move[cells] = np.where(np.abs(net) < STEP, 0.0, net)
    return move
