"""Vestigingen with few persons appear only within their bestuur, together, as `overige vestigingen`.

Lives here: which vestigingen those are and the rows that replace theirs. Not here: rounding or hiding.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from pipelines.disclosure.kaart import OVERIGE, TOTAAL

ONBEKEND = "onbekend"


def small_schools(rows: Iterable[tuple[str, str, str, int]], drempel: int) -> set[str]:
    """The vestigingen that may not be shown alone, from (swv, bestuur, vestigingscode, persons).

    Those with fewer than twice the drempel; where that leaves one alone, or together still fewer than twice the
    drempel, the next smallest of the same bestuur joins them, so that nothing can be had by subtraction.
    """
    groups: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for swv, bestuur, code, persons in rows:
        if code not in (TOTAAL, ONBEKEND):
            groups.setdefault((swv, bestuur), []).append((persons, code))
    small: set[str] = set()
    for members in groups.values():
        members.sort()
        count = sum(persons < 2 * drempel for persons, _ in members)
        if not count:
            continue
        while count < len(members) and (count < 2 or sum(p for p, _ in members[:count]) < 2 * drempel):
            count += 1
        small |= {code for _, code in members[:count]}
    return small


def schools_of(table: dict[str, list], schooljaar: str) -> list[tuple[str, str, str, int]]:
    """(swv, bestuur, vestigingscode, persons) of one schooljaar from ondersteuning_per_school."""
    return [
        (swv, bestuur, code, int(n))
        for jaar, swv, bestuur, code, categorie, n in zip(
            *(
                table[c]
                for c in ("schooljaar", "swv", "bestuur", "vestigingscode", "categorie", "leerlingen")
            ),
            strict=True,
        )
        if jaar == schooljaar and categorie == TOTAAL and code != TOTAAL
    ]


def merge_rows(table: pa.Table, small: dict[str, set[str]]) -> pa.Table:
    """ondersteuning_per_school with the small vestigingen of each schooljaar put together per bestuur.

    A bestuur of which every vestiging is small needs no such row: it is the bestuur's own.
    """
    columns = {name: table.column(name).to_pylist() for name in table.column_names}
    listed: set[tuple[str, str, str]] = {
        (jaar, swv, bestuur)
        for jaar, swv, bestuur, code in zip(
            *(columns[c] for c in ("schooljaar", "swv", "bestuur", "vestigingscode")), strict=True
        )
        if code != TOTAAL and code not in small.get(jaar, set())
    }
    keep: list[int] = []
    merged: dict[tuple, dict[str, Any]] = {}
    for i in range(table.num_rows):
        jaar, swv, bestuur, code = (columns[c][i] for c in ("schooljaar", "swv", "bestuur", "vestigingscode"))
        if code == TOTAAL or code not in small.get(jaar, set()):
            keep.append(i)
            continue
        if (jaar, swv, bestuur) not in listed:
            continue
        key = (jaar, swv, bestuur, columns["categorie"][i])
        if key not in merged:
            merged[key] = {name: values[i] for name, values in columns.items()} | {"vestigingscode": OVERIGE}
        else:
            merged[key]["leerlingen"] += columns["leerlingen"][i]
            if "te_bepalen" in columns:
                merged[key]["te_bepalen"] &= columns["te_bepalen"][i]
    extra = pa.Table.from_pylist([merged[k] for k in sorted(merged)], schema=table.schema)
    order = [(name, "ascending") for name in ("schooljaar", "swv", "bestuur", "vestigingscode", "categorie")]
    return pa.concat_tables([table.take(keep), extra]).sort_by(order)
