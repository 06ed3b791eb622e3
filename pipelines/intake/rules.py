"""From a contract to the list of checks on its rows, each a DuckDB predicate that is true for a wrong
row.

Lives here: what is wrong, in Dutch, with the remedy; pure functions of the contract. Not here: running
them (check, stream). A predicate sees the typed columns under their own names, the text of date columns as
`<name>__tekst`, and `leverdatum`, `bronhouder` and `levering_schooljaar`. It never makes DuckDB join, as a subquery
or a long IN would: a join holds small pieces back, and rows must stay in the order of the file. So the lists of
codes are enum types (reference).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from pipelines.contracts import Column, Contract


class Feiten(Protocol):
    """What a delivery states of itself, all of checked form: the name of its file, or what its maker said."""

    @property
    def leverdatum(self) -> date: ...

    @property
    def bronhouder(self) -> str: ...

    @property
    def schooljaar(self) -> str: ...


@dataclass(frozen=True)
class Check:
    """One question to every row. `tolerance` is the share of wrong rows that is dropped instead of refused;
    `form` tells that a value does not have the form of its column, so that it may be anything.
    """

    name: str
    columns: tuple[str, ...]
    wrong_if: str
    message: str
    remedy: str
    tolerance: float = 0.0
    form: bool = False


def typed_columns(contract: Contract) -> list[str]:
    """SELECT items that type the text columns of a delivery; what does not parse becomes NULL and is
    found.
    """
    items = []
    for column in contract.columns:
        if column.kind == "datum":
            items += [
                f"TRY_CAST({column.name} AS DATE) AS {column.name}",
                f"{column.name} AS {column.name}__tekst",
            ]
        else:
            items.append(column.name)
    return items


def typed_rows(relation: str, contract: Contract, facts: Sequence[Feiten]) -> str:
    """The rows of `relation` with typed columns and the facts of their delivery beside them.

    With one delivery `rij` is a row number; with more it is the place of the row's delivery in `facts`.
    """

    def of_row(values: Sequence[str]) -> str:
        return values[0] if len(values) == 1 else f"[{', '.join(values)}][rij + 1]"

    return (
        f"SELECT rij, {', '.join(typed_columns(contract))}, "
        f"{of_row([f'DATE {_literal(str(one.leverdatum))}' for one in facts])} AS leverdatum, "
        f"{of_row([_literal(one.bronhouder) for one in facts])} AS bronhouder, "
        f"{of_row([_literal(one.schooljaar) for one in facts])} AS levering_schooljaar FROM ({relation})"
    )


def row_checks(contract: Contract) -> list[Check]:
    """Every check of one row, in the order of the contract: columns first, then the bronhouder, then the
    rules.
    """
    checks: list[Check] = []
    for column in contract.columns:
        checks += _column_checks(column)
    checks.append(_bronhouder_check(contract))
    for rule in contract.rules:
        # A date that does not parse is one fault, not also a missing date.
        unread = [f"NOT {_unread(name)}" for name in rule.columns if contract.column(name).kind == "datum"]
        checks.append(
            Check(
                rule.name,
                rule.columns,
                " AND ".join([f"({rule.wrong_if})", *unread]),
                rule.message,
                rule.remedy,
                rule.tolerance,
            )
        )
    return checks


def _column_checks(column: Column) -> list[Check]:
    name = column.name
    checks = []
    if column.required:
        present = f"{name}__tekst" if column.kind == "datum" else name
        checks.append(
            Check(
                f"{name}_verplicht",
                (name,),
                f"{present} IS NULL",
                f"{name} is leeg",
                "Vul deze kolom in elke rij.",
            )
        )
    if column.kind == "datum":
        checks.append(
            Check(
                f"{name}_datum",
                (name,),
                _unread(name),
                f"{name} is geen datum",
                "Schrijf datums als 2024-10-01 (jaar-maand-dag).",
                form=True,
            )
        )
        checks.append(
            Check(
                f"{name}_te_vroeg",
                (name,),
                f"{name} < DATE '{column.minimum}'",
                f"{name} ligt voor {column.minimum}",
                "Verbeter de datum.",
            )
        )
    elif column.kind == "schooljaar":
        checks.append(
            Check(
                f"{name}_levering",
                (name,),
                f"{name} <> levering_schooljaar",
                f"{name} is niet het schooljaar in de bestandsnaam",
                "Lever per schooljaar één bestand, met dat schooljaar in elke rij.",
                form=True,
            )
        )
    elif column.kind == "pseudoniem":
        checks.append(
            Check(
                f"{name}_pseudoniem",
                (name,),
                f"NOT regexp_full_match({name}, '{column.pattern}')",
                f"{name} is geen pseudoniem van 64 kleine hexadecimale tekens",
                "Maak de levering met `oa pseudonymise`; lever nooit een BSN, onderwijsnummer of naam.",
                form=True,
            )
        )
    else:
        checks.append(
            Check(
                f"{name}_code",
                (name,),
                _outside(column),
                _outside_message(column),
                _outside_remedy(column),
                form=True,
            )
        )
    return checks


def _unread(name: str) -> str:
    return f"({name}__tekst IS NOT NULL AND {name} IS NULL)"


def _outside(column: Column) -> str:
    """True for a value that neither the listed codes nor the list it refers to nor the pattern allows."""
    allowed = []
    if column.codes:
        allowed.append(f"list_contains([{', '.join(map(_literal, column.codes))}], {column.name})")
    if column.codelijst:
        allowed.append(f"TRY_CAST({column.name} AS ref_code_{column.codelijst}) IS NOT NULL")
    if not allowed:
        allowed.append(f"regexp_full_match({column.name}, {_literal(column.pattern or '')})")
    return f"{column.name} IS NOT NULL AND NOT ({' OR '.join(allowed)})"


def _outside_message(column: Column) -> str:
    if column.codelijst == "vestiging":
        return f"{column.name} is geen bekende vestiging"
    if column.codelijst == "gemeente":
        return f"{column.name} is geen bekende gemeentecode"
    if column.codelijst:
        return f"{column.name} staat niet in codelijst {column.codelijst}"
    if column.codes:
        return f"{column.name} is geen toegestane code"
    return f"{column.name} heeft niet de vorm die het contract vraagt"


def _outside_remedy(column: Column) -> str:
    if column.codelijst == "vestiging":
        return (
            "Gebruik BRIN en vestigingsnummer (12AB00). Is de vestiging nieuw, vraag dan de beheerder "
            "haar in referentie/vestigingen.csv te zetten."
        )
    also = f" of {' of '.join(column.codes)}" if column.codes and column.codelijst else ""
    if column.codelijst == "gemeente":
        return f"Gebruik de CBS-code van vier cijfers, als tekst (0307){also}."
    if column.codelijst:
        return f"Gebruik een code uit iJw-codelijst {column.codelijst}, als tekst met voorloopnullen."
    if column.codes:
        return f"Kies uit: {', '.join(column.codes)}."
    return f"Bedoeld is: {column.description}"


def _bronhouder_check(contract: Contract) -> Check:
    column = contract.bronhouder_kolom
    if contract.bronhouder_soort == "gemeente":
        return Check(
            "bronhouder",
            (column,),
            f"{column} <> bronhouder",
            f"{column} is niet de bronhouder in de bestandsnaam",
            "Lever alleen eigen toewijzingen, onder de eigen gemeentecode.",
        )
    return Check(
        "bronhouder",
        (column,),
        f"TRY_CAST({column} AS ref_code_vestiging) IS NOT NULL "
        f"AND TRY_CAST({column} || bronhouder AS ref_vestiging_bestuur) IS NULL",
        f"{column} hoort niet bij het bestuur in de bestandsnaam",
        "Lever alleen eigen vestigingen, onder het eigen bestuursnummer. Klopt het bestuur in de lijst van "
        "vestigingen niet, vraag dan de beheerder dat in referentie/vestigingen.csv te verbeteren.",
    )


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
