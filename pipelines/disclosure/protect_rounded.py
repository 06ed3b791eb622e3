"""Rounding of the cells at school and bestuur level, and hiding what is still too narrow together with the rest.

Lives here: which rounded cell shows what. Not here: the rule of rounding (rounding), the intervals that follow from
sums (narrow), what besturen know of their own pupils (insiders).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from pipelines.disclosure.cells import Cellen, Key
from pipelines.disclosure.history import Eerder
from pipelines.disclosure.insiders import narrow_for_besturen
from pipelines.disclosure.jaar import OOGO, Jaar, among, said
from pipelines.disclosure.narrow import FAR, Net, widen
from pipelines.disclosure.overige import ONBEKEND
from pipelines.disclosure.publish import AFGEROND, GETOOND, ONDERDRUKT
from pipelines.disclosure.rounding import interval, round_counts
from pipelines.keys import Key as Sleutel


def protect_rounded(
    one: Jaar,
    drempel: int,
    sleutel: Sleutel,
    kruising: pa.Table | None,
    jaar: str,
    eerder: Eerder,
    wanted: Mapping[Key, int],
) -> None:
    """Round the cells at school and bestuur level, and hide what is still too narrow together with the rest."""
    c, status = one.cellen, one.status[OOGO]
    rounded = c.rounded & ~c.unseen
    zero = np.zeros(len(c.keys), bool)  # found to be certain, and nothing but an empty cell
    zero[[i for k in wanted if (i := c.index.get(k)) is not None and c.rounded[i] and c.value[i] == 0]] = True
    certain = _certain(c, ((status == GETOOND) & ~c.rounded) | zero)
    names = one.names
    chosen = np.flatnonzero(rounded & ~certain)
    shown = c.value.copy()
    shown[chosen] = round_counts(sleutel, [names[i] for i in chosen], c.value[chosen], drempel)
    low, high = np.zeros(len(c.keys), np.int64), np.full(len(c.keys), FAR)
    fixed = (status == GETOOND) & (~c.rounded | certain)
    low[fixed] = high[fixed] = c.value[fixed]
    high[c.fixed] = 0
    low[chosen], high[chosen] = interval(shown[chosen], drempel)
    for i in chosen:  # the same cell in an earlier release, if its count is the same
        was = eerder.shown.get((OOGO, names[i]))
        if was is not None and was[2] == one.stand[i]:
            low[i], high[i] = max(low[i], was[0]), min(high[i], was[1])
    for i, (context, members) in enumerate(
        c.keys
    ):  # a vestiging that is listed has at least twice the drempel
        at = dict(members)
        if (
            at.keys() == {"vestiging"}
            and at["vestiging"] in one.kaart.school
            and len(dict(context)) == 2
            and at["vestiging"] not in one.kaart.klein
            and at["vestiging"] != ONBEKEND
        ):
            low[i] = max(low[i], min(2 * drempel, high[i]))
    target = np.zeros(len(c.keys), bool)
    target[chosen] = True
    target |= status == ONDERDRUKT
    shown_before, hidden_before = said(one, OOGO, eerder)
    may_hide = np.zeros(len(c.keys), bool)
    may_hide[chosen] = True
    may_hide &= ~shown_before  # what readers have cannot be taken back
    cost = 1.0 + np.log2(1.0 + c.value)
    need, floor = np.full(len(c.keys), drempel - 1), np.full(len(c.keys), drempel)
    net = Net.of(c.equal, c.at_most)
    hide = may_hide & (hidden_before | (among(c, one.heel[OOGO]) & (c.value > 0)))
    for (
        key,
        times,
    ) in wanted.items():  # what the audit found: the cell itself, then cells that share a sum with it
        at = c.index.get(key)
        if at is not None and not zero[at]:
            near = net.neighbours(at)
            near = near[may_hide[near]]
            extra = times - (1 if may_hide[at] else 0)
            hide[near[np.argsort(cost[near], kind="stable")[: 2 * max(0, extra)]]] = True
            hide[at] |= may_hide[at]
    low[hide], high[hide], may_hide[hide] = 0, FAR, False
    hide |= widen(net, low, high, target, may_hide, cost, need, floor)
    if kruising is not None:
        low[hide], high[hide], may_hide[hide] = 0, FAR, False
        hide |= narrow_for_besturen(one, kruising, jaar, low, high, target, may_hide, cost, drempel)
    status[chosen] = AFGEROND
    status[hide] = ONDERDRUKT
    one.rounded_to = shown


def _certain(c: Cellen, shown: np.ndarray) -> np.ndarray:
    """Cells that follow from what is shown exactly: parts of a zero, and sums of shown parts."""
    certain, zero = shown | c.fixed, c.value == 0
    whole, line, part = _flat([(whole, parts) for whole, parts in c.equal])
    above, bound, below = _flat(
        [
            (heads[0], [i for i, v in terms if v > 0])
            for terms, most in c.at_most
            if most == 0 and len(heads := [i for i, v in terms if v < 0]) == 1
        ]
    )
    while True:
        count = int(certain.sum())
        certain[below[(certain & zero)[above][bound]]] = True
        certain[part[(certain & zero)[whole][line]]] = True
        certain[whole[np.bincount(line, ~certain[part], len(whole)) == 0]] = True
        if int(certain.sum()) == count:
            return certain


def _flat(sums: list[tuple[int, list[int]]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(whole per sum, number of the sum per part, part) of sums over cells."""
    line = np.repeat(np.arange(len(sums)), [len(parts) for _, parts in sums])
    part = np.array([cell for _, parts in sums for cell in parts], dtype=np.int64)
    return np.array([whole for whole, _ in sums], dtype=np.int64), line.astype(np.int64), part
