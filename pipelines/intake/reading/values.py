"""How a cell becomes a value, as SQL: empty markers, spaces, dates, numbers.

Lives here: the normalisation that does not depend on the file's format. Not here: whether the value is allowed
(check). What cannot be recognised stays as it is, so that the check refuses it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.contracts import Column

#: Spellings of "no value" that exports use; a contract may narrow them with `leeg`.
LEEG = ("", "NULL", "null", "n.v.t.", "N.v.t.", "N.V.T.", "nvt", "NVT")


def normalised(expression: str, column: Column | None, *, spaties: bool, getal: bool) -> str:
    """SQL for the value of a text cell: trimmed and, in a date column, as ISO where it was a Dutch date."""
    if spaties:
        expression = f"nullif(trim({expression}), '')"
    if column is not None and column.kind == "datum":
        expression = iso_date(expression)
    return expression


def iso_date(expression: str) -> str:
    """ISO dates pass; `1-10-2024`, `01/10/2024`, `1.10.2024` and a midnight time behind a date become ISO."""
    return (
        f"CASE WHEN length({expression}) = 10 AND substr({expression}, 5, 1) = '-' THEN {expression} "
        f"ELSE coalesce(CAST(try_strptime({expression}, ['%d-%m-%Y', '%d/%m/%Y', '%d.%m.%Y', "
        f"'%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M:%S', '%d-%m-%Y %H:%M:%S', '%d-%m-%Y %H:%M', '%Y%m%d']) "
        f"AS DATE)::VARCHAR, {expression}) END"
    )
