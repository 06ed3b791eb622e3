"""The catalogue of public sources: who publishes what, where, in which layout and under which licence.

Lives here: reading `data/bronnen.yaml` into typed values. Not here: fetching (fetch) and what the columns
become (duo, cbs).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from pipelines.errors import Gebruiksfout

DATA = Path(__file__).resolve().parent / "data"


class Bron(BaseModel):
    """One source and its table. `nodig` are the columns that are read, `kolommen` all that are published."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    naam: str
    tabel: str
    seed: str | None
    hoort_bij: tuple[str, ...] = ()
    uitgever: Literal["DUO", "CBS"]
    titel: str
    licentie: str
    soort: Literal["duo_csv", "cbs_odata"]
    adres: str
    pagina: str
    grens_mb: int
    minimum_rijen: int
    jaren: int = 1
    kolommen: tuple[str, ...] = ()
    nodig: tuple[str, ...]


@cache
def catalogue() -> Mapping[str, Bron]:
    """Every source by name, in the order in which they are fetched."""
    content = yaml.safe_load((DATA / "bronnen.yaml").read_text(encoding="utf-8"))
    return {name: Bron(naam=name, **fields) for name, fields in content.items()}


def chosen(names: Iterable[str] | None, known: Mapping[str, Bron]) -> list[Bron]:
    """The sources asked for with those they need, or all; Gebruiksfout names an unknown one."""
    asked = list(known) if names is None else list(names)
    unknown = sorted(set(asked) - set(known))
    if unknown or not asked:
        raise Gebruiksfout(
            f"Onbekende bron: {', '.join(unknown)}." if unknown else "Er is geen bron gekozen.",
            waar="oa reference update",
            remedie=f"Kies uit: {', '.join(known)}.",
        )
    needed = set(asked).union(*(known[name].hoort_bij for name in asked))
    return [bron for name, bron in known.items() if name in needed]
