"""The profile of a delivery: what may be known about it without knowing a child.

Lives here: counting over the rows on their way to disk. Not here: judging the counts (gates). Dates are rounded
down to the month and codes that fewer than five rows carry have no count, so a profile may be shown.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.contracts import Contract

SHOWN_FROM = 5
#: Columns that the counting needs beside those of the contract: hashes of the person and of the key.
PERSOON, SLEUTEL = "persoon_hash", "sleutel_hash"


def hashes(contract: Contract) -> str:
    """SELECT items that make the columns PERSOON and SLEUTEL."""
    person = contract.of_kind("pseudoniem")[0].name
    return f"hash({person}) AS {PERSOON}, hash({', '.join(contract.key)}) AS {SLEUTEL}"


class Teller:
    """Counts the rows of one delivery, batch after batch. A batch has the contract's columns, typed, and the
    hashes.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.rijen = 0
        self._hashes: dict[str, list[np.ndarray]] = {PERSOON: [], SLEUTEL: []}
        self._sorted: set[str] = set()
        self._empty: Counter[str] = Counter()
        self._days: dict[str, tuple[date, date]] = {}
        # Codes that the contract itself lists; codes of places and products could point at a child.
        self._codes = {
            column.name: dict.fromkeys(column.codes, 0)
            for column in contract.columns
            if column.codes and column.codelijst is None
        }

    def add(self, rows: pa.RecordBatch) -> None:
        self.rijen += rows.num_rows
        for name, parts in self._hashes.items():
            # a copy: a view would keep the whole batch in memory
            parts.append(rows.column(name).to_numpy(zero_copy_only=False).copy())
        for column in self.contract.columns:
            cells = rows.column(column.name)
            self._empty[column.name] += cells.null_count
            if column.kind == "datum" and cells.null_count < len(cells):
                self._widen(column.name, *pc.min_max(cells).as_py().values())
            elif column.name in self._codes:
                self._count(self._codes[column.name], cells)

    def dubbel(self) -> bool:
        """True if keys may repeat."""
        return self._distinct(SLEUTEL) < self.rijen

    def profiel(self, *, geleverd: int, weggelaten: tuple[str, ...] = ()) -> dict[str, Any]:
        """`levering` (one row) and `kolommen` (one row per column).

        `geleverd` is the number of rows in the file; what is missing from the counted rows was dropped by a
        rule with a tolerance. `codes` maps each code of a column with a code list in the contract to its
        count, None if small.
        """
        return {
            "levering": {
                "rijen": self.rijen,
                "geleverd": geleverd,
                "overgeslagen": geleverd - self.rijen,
                "personen": self._distinct(PERSOON),
                "dubbele_sleutels": self.rijen - self._distinct(SLEUTEL),
                "weggelaten_kolommen": len(weggelaten),
            },
            "kolommen": [self._kolom(column.name, column.kind) for column in self.contract.columns],
        }

    def _kolom(self, name: str, kind: str) -> dict[str, Any]:
        codes = self._codes.get(name)
        first, last = self._days.get(name, (None, None))
        return {
            "kolom": name,
            "soort": kind,
            "rijen": self.rijen,
            "gevuld": self.rijen - self._empty[name],
            "leeg": self._empty[name],
            "ongeldig": 0,
            "vroegste_maand": _month(first),
            "laatste_maand": _month(last),
            "onbekend": (codes or {}).get("onbekend"),
            "codes": _shown(codes),
        }

    def _distinct(self, name: str) -> int:
        """How many different hashes: the parts are joined and put in order once, which later calls find so."""
        parts = self._hashes[name]
        if not parts:
            return 0
        if len(parts) > 1 or name not in self._sorted:
            parts[:] = [np.sort(np.concatenate(parts))]
            self._sorted.add(name)
        (found,) = parts
        return len(found) and 1 + int(np.count_nonzero(found[1:] != found[:-1]))

    def _widen(self, name: str, first: date, last: date) -> None:
        known = self._days.get(name, (first, last))
        self._days[name] = min(known[0], first), max(known[1], last)

    @staticmethod
    def _count(codes: dict[str, int], cells: pa.Array) -> None:
        for item in pc.value_counts(cells).to_pylist():
            if item["values"] is not None:
                codes[item["values"]] += item["counts"]


def _month(day: date | None) -> str | None:
    return day.replace(day=1).isoformat() if day else None


def _shown(counts: dict[str, int] | None) -> dict[str, int | None] | None:
    if counts is None:
        return None
    return {code: count if count == 0 or count >= SHOWN_FROM else None for code, count in counts.items()}
