"""Numbers of parties (aanbieders, gemeenten, swvs, besturen): shown by what the release itself already tells.

Lives here: that rule. Not here: counts of persons.

Shown only where at least drempel persons stand behind the number, and only if the published counts themselves say
so. Otherwise showing or hiding would be a message of its own: hidden would mean fewer than drempel, and together
with a rounded count that encloses a small number too narrowly.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.disclosure.cells import LEERLING, MET_ONDERWIJS
from pipelines.disclosure.publish import (
    AFGEROND,
    GETOOND,
    NIET_TE_BEPALEN,
    ONDERDRUKT,
    known,
    missing,
    numbers,
)

ONDERWIJS = ("samenloop", "alleen_onderwijs")
JEUGDHULP = ("samenloop", "alleen_jeugdhulp")


def derived_status(
    table: pa.Table,
    spec: Any,
    figuur: Any,
    profiel: str,
    drempel: int,
    jaren: dict[str, Any],
) -> np.ndarray:
    """Status per row of a number of parties."""
    if "partij_soort" in spec.dimensies:
        places = list(zip(table["partij_soort"].to_pylist(), table["partij"].to_pylist(), strict=True))
        wanted = ONDERWIJS
    else:
        places = [("school", code) for code in table["vestigingscode"].to_pylist()]
        wanted = JEUGDHULP
    behind = numbers(table, figuur.achter)
    told = np.zeros(table.num_rows, dtype=bool)
    for i, (jaar, (soort, code)) in enumerate(zip(table["schooljaar"].to_pylist(), places, strict=True)):
        if jaar in jaren and behind[i] >= drempel:
            told[i] = _at_least(jaren[jaar], profiel, jaar, soort, code, wanted, drempel) >= drempel
    absent = missing(table, figuur.kolom)
    return np.select([~known(table), absent | told], [NIET_TE_BEPALEN, GETOOND], ONDERDRUKT)


def _at_least(one: Any, profiel: str, jaar: str, soort: str, code: str, wanted, drempel: int) -> int:
    """How many persons the published counts prove to be there at least."""
    context = (("populatie", LEERLING), ("schooljaar", jaar))
    if soort == "gemeente":
        key = ((("populatie", MET_ONDERWIJS), ("schooljaar", jaar)), (("woongemeente", code),))
        return _low(one, profiel, key, drempel)
    names = {"school": [code], "swv": [f"swv {code}"]}.get(soort)
    if names is None:  # a bestuur: what it has in each swv
        names = sorted({f"{swv}/{b}" for swv, b, _ in one.kaart.school.values() if b == code})
    total = 0
    for name in names:
        place = one.kaart.naam("vestiging", name)
        for categorie in wanted:
            members = {"categorie": categorie} | ({"vestiging": place} if place != "TOTAAL" else {})
            total += _low(one, profiel, (context, tuple(sorted(members.items()))), drempel)
    return total


def _low(one: Any, profiel: str, key, drempel: int) -> int:
    cell = one.cellen.index.get(key)
    if cell is None:
        return 0
    status = one.status[profiel][cell]
    if status == GETOOND:
        return int(one.cellen.value[cell])
    return max(0, int(one.rounded_to[cell]) - drempel + 1) if status == AFGEROND else 0
