"""What disclosure control costs: how much is hidden and how much is rounded, per table and per niveau.

Lives here: totals over cells and pupils, set against the release before. Not here: any single cell, and deciding what
to hide. Readers have these totals too, and the audit does not know them; so those that say something of hidden figures
are told coarsely or not at all. What is told per niveau every reader can count in the table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.disclosure.cells import CONTEXT_KOLOMMEN, PLAATS_KOLOMMEN, counts
from pipelines.disclosure.kaart import TOTAAL
from pipelines.disclosure.publish import AFGEROND, GETOOND, NIET_TE_BEPALEN, ONDERDRUKT

NIVEAUS = (
    "regio",
    "jeugdregio",
    "swv",
    "woongemeente",
    "schoolgemeente",
    "bestuur",
    "bestuur en woongemeente",
    "vestiging",
)
COARSE = 2  # a total of hidden figures is told to within this many times the drempel, or not
Loss = dict[str, dict[str, Any]]


def information_loss(made: Any) -> Loss:
    """Per table of a profiel, over its count cells that could be determined and are not zero by definition.

    `cellen`: all; `verborgen`, of which `primair` for being small and `aanvullend` to protect those; `afgerond`: shown
    as a multiple of the drempel, `afwijking`: how far those lie off on average; `zegt_iets`: share of the cells that is
    shown or rounded; `aandeel_verborgen`: share of the pupils (or arrangementen) in hidden cells, upwards to whole
    hundredths. None where the total is of so few that it would tell something of one of them. `per_niveau`: rows of the
    table by area, in the order of NIVEAUS.
    """
    found = {}
    for spec in made.specs:
        told = _table(spec, made)
        if told["cellen"]:
            found[spec.tabel] = told | {"per_niveau": _levels(made.tables[spec.tabel], spec)}
    return found


def _table(spec: Any, made: Any) -> dict[str, Any]:
    many = dict.fromkeys(("cellen", "getoond", "verborgen", "primair", "aanvullend", "afgerond"), 0)
    people = hidden_people = off = 0
    for figuur in counts(spec):
        for one in made.jaren.values():
            cells = one.cellen
            _, at = cells.rows.get((spec.tabel, figuur.kolom), (None, np.zeros(0, np.int64)))
            at = np.unique(at[at >= 0])
            status = one.status[made.profiel][at]
            keep = (status != NIET_TE_BEPALEN) & ~cells.fixed[at]
            if spec.beperking.get(made.profiel):
                keep &= ~cells.rounded[at]
            at, status = at[keep], status[keep]
            hidden, rounded = status == ONDERDRUKT, status == AFGEROND
            primary = one.primary[made.profiel][at]
            many["cellen"] += len(at)
            many["getoond"] += int((status == GETOOND).sum())
            many["verborgen"] += int(hidden.sum())
            many["primair"] += int((hidden & primary).sum())
            many["aanvullend"] += int((hidden & ~primary).sum())
            many["afgerond"] += int(rounded.sum())
            if rounded.any():
                off += int(np.abs(one.rounded_to[at[rounded]] - cells.value[at[rounded]]).sum())
            people += int(cells.value[at].sum())
            hidden_people += int(cells.value[at[hidden]].sum())
    return many | coarsened(many, people, hidden_people, off, made.drempel)


def coarsened(
    many: Mapping[str, int], people: int, hidden_people: int, off: int, drempel: int
) -> dict[str, Any]:
    """The totals that are about hidden or rounded figures, as far as they say nothing of one of them.

    Few of one kind would tell of each hidden cell that it is small; a total of pupils next to shown margins is one sum
    more than was audited.
    """
    told: dict[str, Any] = {
        "zegt_iets": round((many["getoond"] + many["afgerond"]) / max(many["cellen"], 1), 4),
        "aandeel_verborgen": 0.0,
        "afwijking": 0.0 if not many["afgerond"] else None,
    }
    if many["verborgen"]:
        if min(many["primair"], many["aanvullend"]) < drempel:
            told |= {"primair": None, "aanvullend": None}
        told["aandeel_verborgen"] = None
        if people >= 100 * COARSE * drempel:
            told["aandeel_verborgen"] = max(1, -(-100 * hidden_people // people)) / 100
    if many["afgerond"] >= 10 * COARSE * drempel:
        told["afwijking"] = round(off / many["afgerond"], 1)
    return told


def _levels(table: pa.Table, spec: Any) -> dict[str, dict[str, int]]:
    """Rows with a count that could be determined, by niveau and status."""
    names = levels(table, spec)
    found: dict[str, dict[str, int]] = {}
    for figuur in counts(spec):
        column = table[f"{figuur.kolom}_status" if len(spec.figuren) > 1 else "status"]
        status = np.array(column.to_pylist(), dtype=object)
        for niveau in NIVEAUS:
            here = status[names == niveau]
            tally = {
                key: int((here == word).sum())
                for key, word in (
                    ("getoond", "getoond"),
                    ("afgerond", "afgerond"),
                    ("verborgen", "onderdrukt"),
                )
            }
            if sum(tally.values()):
                had = found.setdefault(niveau, dict.fromkeys(tally, 0))
                found[niveau] = {key: had[key] + number for key, number in tally.items()}
    return {niveau: found[niveau] for niveau in NIVEAUS if niveau in found}


def levels(table: pa.Table, spec: Any) -> np.ndarray:
    """The niveau of each row, one of NIVEAUS."""
    if "gebied_soort" in spec.dimensies:
        return np.array(table["gebied_soort"].to_pylist(), dtype=object)
    found = np.full(table.num_rows, "regio", dtype=object)
    for kolom, niveau in (("swv", "swv"), ("bestuur", "bestuur"), ("vestigingscode", "vestiging")):
        if kolom in spec.dimensies:
            found[np.array(table[kolom].to_pylist(), dtype=object) != TOTAAL] = niveau
    if "gemeente" in spec.dimensies:
        one = np.array(table["gemeente"].to_pylist(), dtype=object) != TOTAAL
        found[one] = np.where(found[one] == "regio", "woongemeente", found[one] + " en woongemeente")
    return found


def against(loss: Loss, before: Loss | None) -> Loss:
    """`loss` with `tegen_vorige` per table: the change in what says something and in hidden pupils.

    None where the release before does not have the table, a change None where either of the two does not tell.
    """
    found = {}
    for tabel, told in loss.items():
        was = (before or {}).get(tabel)
        change = None
        if was is not None:
            change = {
                name: round(told[name] - was[name], 4)
                if told[name] is not None and was.get(name) is not None
                else None
                for name in ("zegt_iets", "aandeel_verborgen")
            }
        found[tabel] = told | {"tegen_vorige": change}
    return found


def summed_up(loss: Loss, specs: Sequence[Any]) -> dict[str, Any]:
    """Over all tables: rows by niveau, the tables in the order of what they hide, and what to do about the first."""
    whole: dict[str, dict[str, int]] = {}
    for told in loss.values():
        for niveau, tally in told["per_niveau"].items():
            had = whole.get(niveau, {})
            whole[niveau] = {key: had.get(key, 0) + number for key, number in tally.items()}
    order = sorted(loss, key=lambda tabel: (-loss[tabel]["verborgen"], tabel))
    hidden = sum(told["verborgen"] for told in loss.values())
    first = next((spec for spec in specs if order and spec.tabel == order[0]), None)
    return {
        "verborgen": hidden,
        "per_niveau": {niveau: whole[niveau] for niveau in NIVEAUS if niveau in whole},
        "rangorde": [{"tabel": tabel, "verborgen": loss[tabel]["verborgen"]} for tabel in order],
        "duurste_tabel": _dearest(first, loss[first.tabel], hidden) if hidden and first else None,
    }


def _dearest(spec: Any, told: Mapping[str, Any], hidden: int) -> dict[str, str]:
    """Why this table costs most, and how to make it coarser."""
    share = round(100 * told["verborgen"] / hidden)
    niveau, tally = max(told["per_niveau"].items(), key=lambda item: item[1]["verborgen"])
    most = f"{tally['verborgen']} van de {sum(tally.values())} niet getoond"
    codes = [d for d in spec.dimensies if d not in PLAATS_KOLOMMEN and d not in CONTEXT_KOLOMMEN]
    merge = f"Voeg codes van {' en '.join(codes)} samen, of toon" if codes else "Toon"
    return {
        "tabel": spec.tabel,
        "niveau": niveau,
        "reden": f"Van elke 100 verborgen aantallen staan er {share} in {spec.tabel}, de meeste per {niveau}: {most}.",
        "advies": f"{merge} deze tabel niet per {niveau}: met grotere groepen hoeft er minder te worden verborgen.",
    }
