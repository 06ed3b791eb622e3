"""Dutch as the report writes it: numbers, dates, lists, one and many.

Lives here: small pure functions on words. Not here: what is said (topics, summary) or labels of codes
(release).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

MAANDEN = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def number(value: int | float) -> str:
    """1234 -> `1.234`; a fraction keeps one decimal: 12.34 -> `12,3`."""
    if isinstance(value, float):
        whole, _, rest = f"{value:,.1f}".partition(".")
        return f"{whole.replace(',', '.')},{rest}"
    return f"{value:,}".replace(",", ".")


def day(value: date | str) -> str:
    """2025-10-01 -> `1 oktober 2025`."""
    moment = date.fromisoformat(value) if isinstance(value, str) else value
    return f"{moment.day} {MAANDEN[moment.month - 1]} {moment.year}"


def count(figure: int, one: str, many: str) -> str:
    return f"{number(figure)} {one if figure == 1 else many}"


def listing(words: Sequence[str]) -> str:
    """`a`, `a en b`, `a, b en c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} en {words[-1]}"


def some(words: Sequence[str], at_most: int = 12) -> str:
    """The list, or its first words and how many there are more."""
    if len(words) <= at_most:
        return listing(words)
    return f"{', '.join(words[:at_most])} en nog {number(len(words) - at_most)}"


def upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """For a label inside a sentence; leaves abbreviations (`SWV`, `Wlz`) and names alone."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def quoted(text: str) -> str:
    return f"‘{text}’"
