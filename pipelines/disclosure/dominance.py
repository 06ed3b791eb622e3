"""Amounts and means of amounts: shown only where no contributor can be estimated, and never in overlapping cells.

Lives here: the (n,k)-dominance rule, the p%-rule and the one niveau of a table on which amounts are told. Not here: the
counts beside them (suppress, rounding), and choosing what else to hide to protect an amount: nobody does that yet, so
amounts are never told in two cells of which one is part of the other, and a hidden one is in no sum with a shown one.

A mart declares `bedrag` (a sum) or `gemiddelde` (that sum per `aantal`) with, per kind of contributor, a list column of
what each puts into the cell (`bijdragen`: per leerling, per aanbieder, per bronhouder: whoever knows its own part).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.disclosure.kaart import TOTAAL
from pipelines.disclosure.publish import GETOOND, NIET_TE_BEPALEN, ONDERDRUKT, known, numbers

SOORTEN = ("bedrag", "gemiddelde")
LEDEN = "leden"  # in a niveau: every member of the dimension but TOTAAL
NESTED = ("gebied_soort", "partij_soort")  # of these the members contain each other: a niveau names one
OVERLAPPING = ("reden", "stap")  # one pupil is under several members: such cells cannot be told apart
EURO = 1.0  # an amount is told in whole euros at the coarsest


@dataclass(frozen=True)
class Norm:
    """The n largest contribute at most k% of a cell, and the largest is not to be estimated within p%.

    Source: Handbook on Statistical Disclosure Control (Hundepool and others, ESSnet SDC, 2010), which explains
    dominance with n=2, k=85: two may know each other's part. To that belongs p = 100 (100-k) / k = 17.6, here rounded
    up: the second largest, who knows its own part, is the attacker. A mart may ask for more, never for less.
    """

    n: int = 2
    k: float = 85
    p: float = 20

    def __post_init__(self) -> None:
        if self.n < Norm.n or self.k > Norm.k or self.p < Norm.p:
            raise ValueError(f"norm is laxer than n={Norm.n}, k={Norm.k}, p={Norm.p}")


def largest(contributions: pa.ListArray, many: int) -> tuple[np.ndarray, np.ndarray]:
    """(total, the `many` largest from large to small) per cell, of absolute amounts; NaN where one is unknown."""
    cell = pc.list_parent_indices(contributions).to_numpy(zero_copy_only=False).astype(np.int64)
    amount = np.abs(
        pc.list_flatten(contributions).cast(pa.float64()).to_numpy(zero_copy_only=False)
    )  # a missing amount becomes NaN
    total = np.bincount(cell, amount, minlength=len(contributions)).astype(float)
    order = np.lexsort((-amount, cell))
    cell, amount = cell[order], amount[order]
    rank = np.arange(len(cell)) - np.searchsorted(cell, cell)
    top = np.zeros((len(contributions), many))
    top[cell[rank < many], rank[rank < many]] = amount[rank < many]
    return total, top


def dominated(total: np.ndarray, top: np.ndarray, n: int, k: float) -> np.ndarray:
    """Cells of which the n largest contribute more than k%, or of which that is not known."""
    return ~(100 * top[:, :n].sum(axis=1) <= k * total)


def estimable(total: np.ndarray, top: np.ndarray, p: float) -> np.ndarray:
    """Cells of which the second largest contributor can estimate the largest to within p%; of nothing everyone can."""
    return ~((100 * (total - top[:, 0] - top[:, 1]) >= p * top[:, 0]) & (total > 0))


def safe(contributions: pa.ListArray, norm: Norm) -> np.ndarray:
    total, top = largest(contributions, max(norm.n, 2))
    return ~dominated(total, top, norm.n, norm.k) & ~estimable(total, top, norm.p)


def amount_status(
    table: pa.Table, spec: Any, figuur: Any, count_status: np.ndarray, drempel: int
) -> np.ndarray:
    """Status per row of an amount or a mean: shown on the niveau, with its count, and by the norm of all contributors.

    The count must stand beside it exactly: with both an amount and a mean it can be worked out. Contributions that do
    not add up to the figure protect nothing, so then it is hidden too. Raises ValueError if the niveau leaves overlap.
    """
    extra = figuur.extra
    norm = Norm(**extra.get("norm", {}))
    behind, count = numbers(table, figuur.achter), numbers(table, extra["aantal"])
    figure = table[figuur.kolom].combine_chunks().cast(pa.float64()).to_numpy(zero_copy_only=False)
    shown = behind >= drempel
    if not extra["bijdragen"]:
        raise ValueError(f"{spec.tabel}.{figuur.kolom}: no contributions declared")
    for name in extra["bijdragen"]:
        contributions = table[name].combine_chunks()
        whole = _signed(contributions)
        if figuur.soort == "gemiddelde":
            whole = whole / np.maximum(count, 1)
        shown &= safe(contributions, norm) & (np.abs(figure - whole) <= EURO)
    nothing = (count == 0) & (np.nan_to_num(figure) == 0)  # no secret where the count itself is shown
    shown = (shown | nothing) & (count_status == GETOOND) & at_niveau(table, spec, extra["niveau"])
    return np.select([~known(table), shown], [NIET_TE_BEPALEN, GETOOND], ONDERDRUKT)


def _signed(contributions: pa.ListArray) -> np.ndarray:
    cell = pc.list_parent_indices(contributions).to_numpy(zero_copy_only=False).astype(np.int64)
    amount = pc.list_flatten(contributions).cast(pa.float64()).to_numpy(zero_copy_only=False)
    return np.bincount(cell, amount, minlength=len(contributions)).astype(float)


def at_niveau(table: pa.Table, spec: Any, niveau: Mapping[str, str]) -> np.ndarray:
    """Rows on the niveau: per dimension TOTAAL, `leden` (every other member) or one member by name.

    No two of them overlap. Raises ValueError for a dimension that is not named, or cannot be told apart.
    """
    needed = {d for d in spec.dimensies if d not in ("schooljaar", "gebied", "partij")}
    wrong = needed ^ set(niveau) | needed & set(OVERLAPPING) | {d for d in NESTED if niveau.get(d) == LEDEN}
    if wrong:
        raise ValueError(f"{spec.tabel}: niveau of amounts does not hold for {', '.join(sorted(wrong))}")
    here = np.ones(table.num_rows, dtype=bool)
    for dim, wanted in niveau.items():
        members = np.array(table[dim].to_pylist(), dtype=object)
        here &= members != TOTAAL if wanted == LEDEN else members == wanted
    return here


def told_elsewhere(earlier: pa.Table, spec: Any) -> bool:
    """Whether an earlier release told amounts of this table off the niveau, or in other dimensions, of today."""
    names = set(earlier.column_names)
    for figuur in spec.figuren:
        if figuur.soort in SOORTEN and figuur.kolom in names:
            filled = earlier[figuur.kolom].is_valid().to_numpy().astype(bool)
            same = set(spec.dimensies) <= names
            if (filled & ~at_niveau(earlier, spec, figuur.extra["niveau"]) if same else filled).any():
                return True
    return False


def one_table(specs: Sequence[Any]) -> None:
    """Amounts of two tables, or on two niveaus, share their totals; ValueError as nobody protects those yet."""
    told = [(spec, figuur) for spec in specs for figuur in spec.figuren if figuur.soort in SOORTEN]
    if len({spec.tabel for spec, _ in told}) > 1:
        raise ValueError(f"amounts in more than one table: {', '.join(sorted({s.tabel for s, _ in told}))}")
    if len({tuple(sorted(figuur.extra["niveau"].items())) for _, figuur in told}) > 1:
        raise ValueError(f"amounts on more than one niveau: {told[0][0].tabel}")
