"""How a cell becomes a value, as SQL: empty markers, spaces, dates, numbers, lost zeros.

Lives here: normalisation that does not depend on the file's format. Not here: whether the value is allowed
(check). What is not recognised stays as it is, so that the check refuses it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.contracts import Column

#: Spellings of "no value" in exports, where no contract says which.
LEEG = ("", "NULL", "n.v.t.")
#: Kinds of column that hold a number; contracts with amounts and volumes use them.
GETALLEN = ("getal", "bedrag")
_DIGITS = re.compile(r"\^?(?:\\d|\[0-9\])\{(\d+)\}\$?")
_DUTCH = (
    "%d-%m-%Y",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%Y/%m/%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%d-%m-%Y %H:%M:%S",
    "%d-%m-%Y %H:%M",
    "%Y%m%d",
)


def trimmed(expression: str, leeg: tuple[str, ...]) -> str:
    """Without outer spaces, NULL where nothing or an empty marker is left."""
    bare = f"trim({expression}, ' \t\u00a0')"
    for text in dict.fromkeys(("", *leeg)):
        bare = f"nullif({bare}, '{text.replace(chr(39), chr(39) * 2)}')"
    return bare


def typed(expression: str, column: Column | None) -> str:
    """As the column's kind asks: a date column in ISO, where a Dutch or other known notation was used."""
    if column is not None and column.kind == "datum":
        return iso_date(expression)
    if column is not None and column.kind in GETALLEN:
        return decimal(expression)
    return expression


def iso_date(expression: str) -> str:
    """ISO passes; `1-10-2024`, `01/10/2024`, `20241001` and a midnight time behind a date become ISO.

    What is not recognised gets a question mark before it: DuckDB's cast also takes `infinity`, `2024-1-5` and
    `2024-10-01 with text behind it` for dates, and no cast takes a question mark.
    """
    formats = ", ".join(f"'{form}'" for form in _DUTCH)
    parsed = f"try_strptime({expression}, [{formats}])"
    return (
        f"CASE WHEN {expression} LIKE '____-__-__' OR {expression} IS NULL THEN {expression} "
        f"WHEN {parsed} = date_trunc('day', {parsed}) THEN CAST({parsed} AS DATE)::VARCHAR "
        f"ELSE '?' || {expression} END"
    )


def decimal(expression: str) -> str:
    """A Dutch number (`1.234,56`, `1234,5`) with a point for its comma; other text as it is."""
    dutch = "-?[0-9]{1,3}(\\.[0-9]{3})+(,[0-9]+)?|-?[0-9]+,[0-9]+"
    return (
        f"CASE WHEN regexp_full_match({expression}, '{dutch}') "
        f"THEN replace(replace({expression}, '.', ''), ',', '.') ELSE {expression} END"
    )


def fixed_width(column: Column | None) -> int | None:
    """Number of digits of a code that always has as many (`0307`: 4), so that a number cell gets its zeros
    back; None if the contract does not fix it."""
    if column is None or column.kind != "code":
        return None
    match = _DIGITS.fullmatch(column.pattern or "")
    widths = {int(match[1])} if match else set()
    widths |= {len(code) for code in column.codes if code.isdigit()}
    if not widths and column.codelijst == "gemeente":
        widths = {4}
    return widths.pop() if len(widths) == 1 else None
