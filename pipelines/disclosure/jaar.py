"""What protection decides, by schooljaar and by profiel.

Lives here: the values that the steps of protection hand on, and what earlier releases said about the cells of a
schooljaar. Not here: deciding (protect), the cells themselves (cells).
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.disclosure.cells import Cellen, Context, Key
from pipelines.disclosure.history import Eerder
from pipelines.disclosure.kaart import Kaart
from pipelines.disclosure.publish import AFGEROND, ONDERDRUKT, STATUS
from pipelines.disclosure.rounding import interval

OOGO, OPENBAAR = "oogo", "openbaar"
SCHOOL, GEBIED = "ondersteuning_per_school", "ondersteuning_per_gebied"


@dataclass
class Jaar:
    """One schooljaar: its cells, per profiel the status of each cell, and the figure a rounded cell shows."""

    kaart: Kaart
    cellen: Cellen
    status: dict[str, np.ndarray] = field(default_factory=dict)
    primary: dict[str, np.ndarray] = field(default_factory=dict)
    unsafe: dict[str, list[Key]] = field(default_factory=dict)
    rounded_to: np.ndarray | None = None
    programs: int = 0
    gevraagd: dict[str, dict[Key, int]] = field(
        default_factory=dict
    )  # what the audit asked for when this was made
    heel: dict[str, Set[Context]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)  # of the cells, the same in every table and release
    stand: list[str] = field(default_factory=list)  # keyed hashes of the true counts


@dataclass
class Bescherming:
    """What one profiel may publish."""

    profiel: str
    drempel: int
    tables: dict[str, pa.Table]
    jaren: dict[str, Jaar]
    specs: list[Any]


def published(one: Jaar, specs: Sequence[Any], profiel: str) -> np.ndarray:
    """Cells that a table of this profiel has."""
    found = np.zeros(len(one.cellen.keys), dtype=bool)
    for spec in specs:
        if profiel not in spec.profielen:
            continue
        limit = spec.beperking.get(profiel, {})
        for (tabel, _), (_, cells) in one.cellen.rows.items():
            if tabel != spec.tabel:
                continue
            if limit:
                cells = cells[~one.cellen.rounded[np.maximum(cells, 0)] | (cells < 0)]
            found[cells[cells >= 0]] = True
    return found


def among(c: Cellen, contexts: Set[Context]) -> np.ndarray:
    if not contexts:
        return np.zeros(len(c.keys), bool)
    return np.array([context in contexts for context, _ in c.keys])


def said(one: Jaar, profiel: str, eerder: Eerder) -> tuple[np.ndarray, np.ndarray]:
    """Cells with the same count as in an earlier release that showed them (exactly or rounded), or hid them."""
    none = np.zeros(len(one.names), bool)
    if not eerder:
        return none, none
    shown, hidden = none.copy(), none.copy()
    for i, (name, now) in enumerate(zip(one.names, one.stand, strict=True)):
        shown[i] = eerder.told(profiel, name, now)
        hidden[i] = not shown[i] and eerder.hidden.get((profiel, name)) == now
    return shown, hidden


def identity(key: Key) -> str:
    """The name of a cell for the rounding hash: the same in every table and release."""
    context, members = key
    return ";".join(f"{a}={b}" for a, b in (*context, *members))


def record_of(made: Bescherming) -> pa.Table:
    """One row per published cell of a profiel: name, status, the interval that it shows and its stand."""
    out: dict[str, list] = {name: [] for name in ("schooljaar", "cel", "status", "laag", "hoog", "stand")}
    for jaar, one in made.jaren.items():
        status = one.status[made.profiel]
        seen = published(one, made.specs, made.profiel) & ~one.cellen.unseen & ~one.cellen.fixed
        for i in np.flatnonzero(seen):
            low = high = int(one.cellen.value[i])
            if status[i] == AFGEROND:
                low, high = (int(v[0]) for v in interval(one.rounded_to[i : i + 1], made.drempel))
            hidden = status[i] == ONDERDRUKT
            row = (jaar, one.names[i], STATUS[status[i]], None if hidden else low, None if hidden else high)
            for column, value in zip(out.values(), (*row, one.stand[i]), strict=True):
                column.append(value)
    whole = {"laag": pa.int64(), "hoog": pa.int64()}
    return pa.table({name: pa.array(values, whole.get(name, pa.string())) for name, values in out.items()})
