"""The suites: what is expected of deliveries and publications, as data that reads like a handbook.

Lives here: `Controle`, one page of that handbook. Not here: running checks (`pipelines.gates`) and counting
what they look at; a suite imports nothing of the product.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Controle:
    """One expectation about every row of a table of counts.

    `verwachting` is the expectation class of Great Expectations and `argumenten` its arguments, the norm
    among them. On a row that does not meet it `teller` deviate, out of the sum of `noemer` over all rows
    (columns of that table; without them a row counts as one). `waar` limits the rows by a pandas
    expression. `wat` says what is expected, `waarom` why it matters, `remedie` what to do about it.
    """

    naam: str
    tabel: str
    verwachting: str
    argumenten: Mapping[str, Any]
    wat: str
    waarom: str
    remedie: str
    teller: str | None = None
    noemer: str | None = None
    waar: str = ""


def nul(kolom: str) -> dict[str, Any]:
    """The norm of most checks: none may deviate."""
    return {"column": kolom, "min_value": 0, "max_value": 0}
