"""The format of disclosure.json: what was published about which persons, so that anyone can audit it.

Lives here: the typed reader and writer. Not here: how a release is declared (declare), how it is judged (audit).

One population of persons (or arrangementen) per `context`; `dims` are attributes of those persons. A cell counts
the persons with the given member in every dimension of the table; a dimension that the table lacks, or in which
it names `total`, is summed over. A member with children (`hierarchies`) is the union of its leaves; several
parents are several partitions of the same leaves. `vestiging@2024-2025` is the dimension `vestiging` with a
hierarchy of its own: all versions of a dimension have the same leaves.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.errors import Gebruiksfout

BESTAND = "disclosure.json"
Soort = Literal["exact", "smal", "groep", "tegenstrijdig"]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Aandeel(_Model):
    """A share: `value` = per x numerator / denominator, rounded to a multiple of `precision`.

    The denominator is a column of known numbers, or the same cell with these members (`{categorie: TOTAAL}`).
    """

    per: int = 100
    precision: float
    column: str | None = None
    dims: dict[str, str] | None = None


class Tabel(_Model):
    """Cells of one published file that share dimensions, population and release.

    `where` picks rows. `suppressed` names a boolean column: true means hidden. A value that is missing but not
    suppressed could not be determined: `undetermined` says whether its count is then zero by definition or
    simply not published. `rounding` b > 0: a shown v stands for v-b+1 to v+b-1, never below 0. `complete`: the
    members in the files are all there are, so that they add up to `total`. `prefix` (rare) is put before the
    values of a column where one code names two things.
    """

    file: str
    where: dict[str, str] = {}
    dims: dict[str, str]
    value: str
    suppressed: str
    rounding: int = 0
    release: str
    context: dict[str, str] = {}
    complete: bool = True
    undetermined: Literal["zero", "unknown"] = "unknown"
    share: Aandeel | None = None
    prefix: dict[str, str] = {}


class Term(_Model):
    """A count times a coefficient: the persons of `context` with these members."""

    coefficient: int = 1
    context: dict[str, str]
    dims: dict[str, str] = {}


class Ongelijkheid(_Model):
    """For every member of the dimensions in `over` (or only `members`): the terms add up to at most `at_most`."""

    over: list[str]
    terms: list[Term]
    at_most: int = 0
    members: dict[str, list[str]] = {}


class Onthulling(_Model):
    """A whole disclosure.json."""

    k: int
    width: int
    total: str = "TOTAAL"
    sensitive_dims: list[str] = []
    harmless: dict[str, list[str]] = {}
    hard: list[Soort] = ["exact", "smal", "groep", "tegenstrijdig"]
    hierarchies: dict[str, dict[str, str | list[str]]] = {}
    tables: list[Tabel]
    inequalities: list[Ongelijkheid] = []

    def write(self, path: Path) -> None:
        """Write as JSON, the same bytes for the same content."""
        text = json.dumps(self.model_dump(exclude_defaults=False), ensure_ascii=False, indent=1)
        path.write_text(text + "\n", encoding="utf-8")


def read(path: Path) -> Onthulling:
    """The declaration at `path` (a file or the folder that holds it). Raises Gebruiksfout."""
    path = path / BESTAND if path.is_dir() else path
    try:
        text = path.read_text(encoding="utf-8")
    except OSError:
        raise Gebruiksfout(
            f"Er is geen {BESTAND} om te onderzoeken.",
            waar=str(path),
            remedie="Geef de map van een uitgave, of het bestand zelf.",
        ) from None
    try:
        return Onthulling.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        raise Gebruiksfout(
            f"{BESTAND} heeft niet de afgesproken vorm ({error.error_count()} afwijkingen).",
            waar=f"{path}: {'.'.join(str(p) for p in first['loc'])}",
            remedie="Vergelijk het met de beschrijving in docs/handleiding/onthulling.md.",
        ) from None
