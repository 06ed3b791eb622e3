"""What a bronhouder knows from its own deliveries, and what must therefore be hidden from it as well.

Lives here: the counts that own deliveries fix, as facts for the audit and as knowledge of the suppressor. Not
here: who reads which profiel.

Taken as known to a bestuur, per own vestiging: its pupils with onderwijs (alleen_onderwijs and samenloop
together), its pupils in the grijze gebied, niet te bepalen and in aanvraag. Taken as known to a gemeente: its
inhabitants with jeugdhulp (samenloop and alleen_jeugdhulp together). That is rather more than each can count.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.disclosure.definitions import LEERLING
from pipelines.disclosure.narrow import Net, too_narrow, widen

KNOWN_TO_SCHOOL = (
    ("samenloop", "alleen_onderwijs"),
    ("grijs_gebied",),
    ("niet_te_bepalen",),
    ("in_aanvraag",),
)
KNOWN_TO_GEMEENTE = ("samenloop", "alleen_jeugdhulp")


def counts_per_vestiging(kruising: pa.Table, jaar: str) -> dict[str, dict[str, int]]:
    """vestiging -> categorie -> leerlingen, from the crossing that is never published."""
    found: dict[str, dict[str, int]] = {}
    for j, code, categorie, n in zip(
        *(kruising[c].to_pylist() for c in ("schooljaar", "vestigingscode", "categorie", "leerlingen")),
        strict=True,
    ):
        if j == jaar:
            per = found.setdefault(code, {})
            per[categorie] = per.get(categorie, 0) + int(n)
    return found


def left_for_others(one: Any, kruising: pa.Table, jaar: str, drempel: int) -> np.ndarray:
    """Exact counts of an swv or schoolgemeente that leave too few for the others once a bestuur takes off its own."""
    c = one.cellen
    truth = counts_per_vestiging(kruising, jaar)
    alone = {group[0] for group in KNOWN_TO_SCHOOL if len(group) == 1}
    found = np.zeros(len(c.keys), dtype=bool)
    for i, (context, members) in enumerate(c.keys):
        at = dict(members)
        if (
            c.rounded[i]
            or dict(context).keys() != {"populatie", "schooljaar"}
            or dict(context)["populatie"] != LEERLING
            or at.keys() != {"vestiging", "categorie"}
            or at["categorie"] not in alone
        ):
            continue
        own: dict[str, int] = {}
        for leaf in one.kaart.sets["vestiging"].get(at["vestiging"], ()):
            bestuur = one.kaart.school[leaf][1]
            own[bestuur] = own.get(bestuur, 0) + truth.get(leaf, {}).get(at["categorie"], 0)
        found[i] = len(own) > 1 and any(c.value[i] - n < drempel for n in own.values())
    return found


def narrow_for_besturen(
    one: Any,
    kruising: pa.Table,
    jaar: str,
    low,
    high,
    target,
    may_hide,
    cost,
    drempel: int,
) -> np.ndarray:
    """Rounded cells to hide because the bestuur's own pupils make them too narrow; every bestuur by itself."""
    c = one.cellen
    hidden = np.zeros(len(c.keys), dtype=bool)
    truth = counts_per_vestiging(kruising, jaar)
    own = _own_cells(one)
    sums: dict[int, list[list[int]]] = {}
    for whole, parts in c.equal:
        sums.setdefault(whole, []).append(parts)
    for bestuur in sorted({bestuur for _, bestuur, _ in one.kaart.school.values()}):
        cells = np.array(sorted(own.get(bestuur, ())), dtype=np.int64)
        if bestuur == "onbekend" or not len(cells):
            continue
        hidden[_one_bestuur(one, cells, sums, truth, low, high, target, may_hide, cost, drempel)] = True
    return hidden


def _own_cells(one: Any) -> dict[str, set[int]]:
    """Per bestuur the cells of pupils at its own vestigingen."""
    owner: dict[str, str] = {}
    for name, leaves in one.kaart.sets["vestiging"].items():
        besturen = {one.kaart.school[leaf][1] for leaf in leaves}
        if len(besturen) == 1:
            owner[one.kaart.naam("vestiging", name)] = next(iter(besturen))
    found: dict[str, set[int]] = {}
    for i, (context, members) in enumerate(one.cellen.keys):
        at = dict(members)
        if len(dict(context)) == 2 and at.get("vestiging") in owner and "woongemeente" not in at:
            found.setdefault(owner[at["vestiging"]], set()).add(i)
    return found


def _one_bestuur(one, cells, sums, truth, low, high, target, may_hide, cost, drempel: int) -> np.ndarray:
    """Which of a bestuur's own cells to hide, with what it knows: each group of categories becomes a sum."""
    c = one.cellen
    local = {int(cell): i for i, cell in enumerate(cells)}
    equal = [
        (i, [local[p] for p in parts])
        for cell, i in local.items()
        for parts in sums.get(cell, ())
        if all(p in local for p in parts)
    ]
    n = len(cells)
    extra_low, extra_high, known_inside = [], [], np.zeros(n, dtype=np.int64)
    baseline = np.full(n, drempel - 1)
    is_target = target[cells].copy()
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for i, cell in enumerate(cells):
        at = dict(c.keys[cell][1])
        leaves = one.kaart.sets["vestiging"].get(at["vestiging"], frozenset([at["vestiging"]]))
        for group in KNOWN_TO_SCHOOL:
            total = sum(truth.get(v, {}).get(k, 0) for v in leaves for k in group)
            if "categorie" not in at or (
                at["categorie"] == "overig" and group[0] in ("samenloop", "in_aanvraag")
            ):
                known_inside[i] += total
            elif at["categorie"] in group:
                if len(group) == 1:
                    is_target[i] = False  # it knows this count itself
                else:
                    baseline[i] = min(baseline[i], total)
                    groups.setdefault((at["vestiging"], group), []).append(i)
    for (_, group), members in groups.items():
        if len(members) == len(group):
            at = dict(c.keys[cells[members[0]]][1])
            leaves = one.kaart.sets["vestiging"].get(at["vestiging"], frozenset([at["vestiging"]]))
            total = sum(truth.get(v, {}).get(k, 0) for v in leaves for k in group)
            equal.append((n + len(extra_low), members))
            extra_low.append(total)
            extra_high.append(total)
    a = np.concatenate([low[cells], np.array(extra_low, dtype=np.int64)])
    b = np.concatenate([high[cells], np.array(extra_high, dtype=np.int64)])
    for i, cell in enumerate(cells):
        if not is_target[i] and target[cell]:
            a[i] = b[i] = c.value[cell]
    pad = len(extra_low)
    net = Net.of(equal, [])
    flat = lambda values, fill: np.concatenate([values, np.full(pad, fill, dtype=values.dtype)])  # noqa: E731
    floor = flat(known_inside + drempel, 0)
    need = flat(baseline, 0)
    first = net.tighten(a, b)
    if not len(too_narrow(*first, need, floor)):
        return cells[:0]
    hide = widen(
        net,
        a,
        b,
        flat(is_target, False),
        flat(may_hide[cells], False),
        flat(cost[cells], 0.0),
        need,
        floor,
    )
    return cells[hide[:n]]
