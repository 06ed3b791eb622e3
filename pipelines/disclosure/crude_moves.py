"""The proof that hidden counts stay hidden, and the choice of what else to hide for it.

Lives here: moves. A count is safe if another population exists that leaves every shown figure as it is and
has another count there. The difference between the two is a *move*: at least one person more or less in the
count, and as many as it takes elsewhere (fractions allowed, so the proof is against every linear attack),
such that every relation still holds and no cell becomes or stops being empty (other tables tell which cells
are empty). A linear program looks for moves through the counts that must be hidden which touch few other
cells; what a move touches is hidden too, up to the margins if need be. Each move is checked in exact
arithmetic before it counts, so a slip of the solver hides too much or stops the run; it never shows too
much. Not here: what binds the counts (crude_lines) and how they are published (crude).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np

from pipelines.disclosure.crude_lines import Stelsel
from pipelines.errors import OnthullingspoortDicht

_ROUNDS = 60  # every round proves more counts safe; a region takes about eight
_FIRST_SHARE = 0.1  # of the counts, tried together at first: few at a time hide less, all at once is faster
_PRICE_HIDDEN = 0.05  # moving a cell that is hidden anyway; not 0, so that moves stay small
_REWARD = 1e4  # what proving one count is worth, far above hiding a whole chain up to the margins
_FACTOR_MAX = 10**9  # whole numbers stay exact in 64 bits


@dataclass(frozen=True)
class _Jaar:
    """The cells of one schooljaar that are not empty, numbered from 0; no relation crosses the years."""

    cells: np.ndarray
    value: np.ndarray
    sensitive: np.ndarray
    unseen: np.ndarray
    row: np.ndarray
    col: np.ndarray
    coef: np.ndarray
    equal: np.ndarray

    def sums(self, x: np.ndarray) -> np.ndarray:
        """The sum of every relation, in whole numbers."""
        result = np.zeros(len(self.equal), dtype=np.int64)
        np.add.at(result, self.row, self.coef * x[self.col])
        return result


def hide(stelsel: Stelsel) -> np.ndarray:
    """Per cell whether its figure is hidden; raises OnthullingspoortDicht if one cannot be proven safe."""
    hidden = np.zeros(len(stelsel.value), dtype=bool)
    for year in np.unique(stelsel.year):
        jaar = _of_year(stelsel, year)
        hidden[jaar.cells] = _hide(jaar)
    return hidden


def _of_year(stelsel: Stelsel, year: str) -> _Jaar:
    cells = np.flatnonzero((stelsel.year == year) & (stelsel.value > 0))
    number = np.full(len(stelsel.value), -1)
    number[cells] = np.arange(len(cells))
    keep = number[stelsel.cell] >= 0
    names, row = np.unique(stelsel.relation[keep], return_inverse=True)
    return _Jaar(
        cells,
        stelsel.value[cells],
        stelsel.sensitive[cells],
        stelsel.unseen[cells],
        row,
        number[stelsel.cell[keep]],
        stelsel.coef[keep],
        stelsel.equal[names],
    )


def _hide(jaar: _Jaar) -> np.ndarray:
    """Which cells of this schooljaar are hidden: those that a move touches, every sensitive one among them,
    and those that are not shown anyway."""
    rng = np.random.default_rng(20260)  # fixed: the same tables are hidden the same way
    free = jaar.sensitive | jaar.unseen
    proven = np.zeros(len(jaar.cells), dtype=bool)
    share = _FIRST_SHARE
    for _ in range(_ROUNDS):
        wanted = jaar.sensitive & ~proven
        if not wanted.any():
            break
        tried = wanted & (rng.random(len(wanted)) < share)
        tried[np.flatnonzero(wanted)[0]] = True
        move = _find_move(jaar, free, tried, rng)
        moved = np.abs(move) >= 1
        share = min(1.0, share * 2) if 3 * (moved & tried).sum() > tried.sum() else share / 2
        proven |= moved
        free |= move != 0
    else:
        raise OnthullingspoortDicht(
            f"Van {int((jaar.sensitive & ~proven).sum())} kleine aantallen is niet bewezen dat zij verborgen "
            "blijven.",
            waar="onthullingsbeperking",
            remedie="Er is niets gepubliceerd. Meld dit bij de beheerder.",
        )
    return free


def _find_move(jaar: _Jaar, free: np.ndarray, wanted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A move through as many wanted cells as it can, at little cost; zeros where none was found."""
    import highspy

    n = len(free)
    down = (jaar.value > 1).astype(float)  # a cell of 1 may grow but not become empty
    sign = np.where((rng.random(n) < 0.5) & (down > 0), -1.0, 1.0)
    price = np.where(free, _PRICE_HIDDEN, 1.0 + np.log(jaar.value))
    reward = np.where(wanted, _REWARD * sign, 0.0)
    # Two columns per cell, up and down, so that moving it costs either way.
    cost = np.concatenate([price - reward, price + reward])
    upper = np.concatenate([np.ones(n), down])
    rows = np.concatenate([jaar.row, jaar.row])
    cols = np.concatenate([jaar.col, jaar.col + n])
    coefs = np.concatenate([jaar.coef, -jaar.coef]).astype(float)
    slack = jaar.sums(jaar.value)
    order = np.argsort(cols, kind="stable")

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), len(jaar.equal)
    model.col_cost_, model.col_lower_, model.col_upper_ = cost, np.zeros(2 * n), upper
    model.row_lower_ = np.where(jaar.equal, 0.0, -np.maximum(slack, 0.0))
    model.row_upper_ = np.where(jaar.equal, 0.0, highspy.kHighsInf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(cols, minlength=len(cost)))])
    model.a_matrix_.index_ = rows[order]
    model.a_matrix_.value_ = coefs[order]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return np.zeros(n)
    x = np.asarray(solver.getSolution().col_value)
    return _whole(jaar, x[:n] - x[n:])


def _whole(jaar: _Jaar, move: np.ndarray) -> np.ndarray:
    """The parts of a move that become whole and hold exactly when multiplied; the others are left out.

    Cells of the move that share a relation hang together and stand or fall as one part.
    """
    touched = np.abs(move) > 1e-6
    edges = touched[jaar.col]
    row, col = jaar.row[edges], jaar.col[edges]
    part = np.arange(len(move))
    while True:  # the lowest number in each relation spreads until every part has one
        lowest = np.full(len(jaar.equal), len(move))
        np.minimum.at(lowest, row, part[col])
        wider = part.copy()
        np.minimum.at(wider, col, lowest[row])
        if (wider == part).all():
            break
        part = wider
    result = np.zeros(len(move))
    for name in np.unique(part[touched]):
        cells = np.flatnonzero(touched & (part == name))
        factor = _common_denominator(move[cells])
        if factor > _FACTOR_MAX:
            continue
        whole = np.zeros(len(move), dtype=np.int64)
        whole[cells] = np.rint(move[cells] * factor)
        if _holds(jaar, whole, factor):
            result[cells] = whole[cells] / factor
    return result


def _common_denominator(values: np.ndarray) -> int:
    fractions = np.unique(np.round(np.abs(values - np.rint(values)), 7))
    return lcm(*(Fraction(float(part)).limit_denominator(1000).denominator for part in fractions))


def _holds(jaar: _Jaar, move: np.ndarray, factor: int) -> bool:
    """True if the other population is one, in units of 1/factor person: every sum and bound holds exactly,
    and no cell that has persons becomes empty."""
    before, after = jaar.sums(jaar.value) * factor, jaar.sums(jaar.value * factor + move)
    return bool(
        np.where(jaar.equal, after == before, after >= np.minimum(before, 0)).all()
        and (jaar.value * factor + move >= factor).all()
    )
