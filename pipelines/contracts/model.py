"""What a contract says, as plain frozen values: columns, key, rules, purpose and ground.

Lives here: the shapes that every room derives from, and small questions about them. Not here: reading YAML
(loader.py) and judging deliveries (pipelines.intake).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, timedelta

# What a column holds; decides how it is typed, guarded and stored.
SOORTEN = ("pseudoniem", "code", "datum", "schooljaar", "volgnummer")
# How sensitive a column is, from none to special category (AVG art. 9).
GEVOELIGHEDEN = ("organisatie", "persoonsgegeven", "pseudoniem", "bijzonder")
# Rules that use a column without showing it: each feeds every table that counts persons.
INTERNE_REGELS = {
    "plaats": "bepaalt bij welke school en gemeente een leerling één keer telt",
    "nieuwste_versie": "bepaalt welke versie van een toewijzing telt",
}
# Lists of codes that live in seeds or in the region's reference, not in the contract.
CODELIJSTEN = ("gemeente", "vestiging", "JZ020", "JZ002", "JZ21")


@dataclass(frozen=True)
class Column:
    """One column of a delivery.

    `codes` are the allowed values written in the contract; `codelijst` names a list in the seeds; both
    together mean: either. `figuren` are `table.column` of a published table, or `regel.<name>` of
    INTERNE_REGELS.
    """

    name: str
    kind: str
    sql_type: str
    required: bool
    unique: bool
    pattern: str | None
    minimum: date | None
    codes: tuple[str, ...]
    codelijst: str | None
    doel: str
    grondslag: str
    gevoeligheid: str
    bewaartermijn: str
    figuren: tuple[str, ...]
    description: str

    @property
    def own_pattern(self) -> bool:
        """True if the column's own pattern or code list judges its text, so the guard need not."""
        return self.kind != "volgnummer"


@dataclass(frozen=True)
class Rule:
    """A rule within a row. `wrong_if` is a DuckDB predicate over the typed columns and `leverdatum`; a
    row for which it is true is wrong. `tolerance` is the share of rows that may be dropped instead."""

    name: str
    description: str
    columns: tuple[str, ...]
    wrong_if: str
    message: str
    remedy: str
    tolerance: float = 0.0


@dataclass(frozen=True)
class Contract:
    """The single truth about one kind of delivery."""

    name: str
    version: str
    description: str
    doel: str
    grondslag: str
    bewaartermijn: str
    bronhouder_soort: str
    bronhouder_kolom: str
    optional: bool
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    rules: tuple[Rule, ...]
    weglaten: tuple[str, ...] = ()
    leeg: tuple[str, ...] = ("",)
    zonder_koppeling: str | None = None
    by_name: dict[str, Column] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        self.by_name.update({column.name: column for column in self.columns})

    def column(self, name: str) -> Column:
        """The column of that name; KeyError if the contract has none."""
        return self.by_name[name]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def of_kind(self, kind: str) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.kind == kind)

    @property
    def bronhouder_pattern(self) -> str:
        """A gemeente has four digits, a schoolbestuur five."""
        return "[0-9]{4}" if self.bronhouder_soort == "gemeente" else "[0-9]{5}"


_TERM = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")


def add_term(day: date, term: str) -> date:
    """`day` plus an ISO 8601 duration in years, months and days; ValueError on anything else."""
    match = _TERM.fullmatch(term)
    if match is None or not any(match.groups()):
        raise ValueError(f"not an ISO duration in years, months or days: {term}")
    years, months, days = (int(part or 0) for part in match.groups())
    month0 = day.month - 1 + months
    year, month = day.year + years + month0 // 12, month0 % 12 + 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last)) + timedelta(days=days)


def schooljaar_bounds(schooljaar: str) -> tuple[date, date]:
    """First and last day of `2024-2025`; ValueError if the text is not a schooljaar."""
    match = re.fullmatch(r"([12][0-9]{3})-([12][0-9]{3})", schooljaar)
    if match is None or int(match[2]) != int(match[1]) + 1:
        raise ValueError("not a schooljaar")
    return date(int(match[1]), 8, 1), date(int(match[2]), 7, 31)
