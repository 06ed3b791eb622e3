"""Days and schooljaren of the fictional region.

Lives here: days as whole numbers since 1970 and the boundaries of a schooljaar. Not here: what happens on
them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipelines.errors import Gebruiksfout

OPEN = 2_000_000  # "no day": far beyond every real one, so that comparisons need no second case
_EPOCH = date(1970, 1, 1)


def day(value: date) -> int:
    return (value - _EPOCH).days


def as_date(number: int) -> date:
    return _EPOCH + timedelta(days=int(number))


@dataclass(frozen=True)
class Schooljaar:
    """A schooljaar by its first year; days are inclusive."""

    jaar: int

    @property
    def naam(self) -> str:
        return f"{self.jaar}-{self.jaar + 1}"

    @property
    def begin(self) -> int:
        return day(date(self.jaar, 8, 1))

    @property
    def eind(self) -> int:
        return day(date(self.jaar + 1, 7, 31))

    @property
    def peildatum(self) -> int:
        return day(date(self.jaar, 10, 1))

    @property
    def eerste_leverdag(self) -> int:
        """1 October after the schooljaar: deliveries come in the weeks from here."""
        return day(date(self.jaar + 1, 10, 1))


def parse_schooljaren(namen: Sequence[str]) -> list[Schooljaar]:
    """The schooljaren in order; Gebruiksfout unless they are well written and follow on each other."""
    jaren = []
    for naam in sorted(set(namen)):
        match = re.fullmatch(r"(\d{4})-(\d{4})", naam)
        if not match or int(match[2]) != int(match[1]) + 1 or not 2005 <= int(match[1]) <= 2100:
            raise Gebruiksfout(
                "Een schooljaar is niet goed geschreven.",
                waar="schooljaren",
                remedie="Schrijf twee opeenvolgende jaren, zoals 2024-2025, met komma's ertussen.",
            )
        jaren.append(Schooljaar(int(match[1])))
    if not jaren or jaren[-1].jaar - jaren[0].jaar != len(jaren) - 1:
        raise Gebruiksfout(
            "De schooljaren sluiten niet op elkaar aan.",
            waar="schooljaren",
            remedie="Geef een of meer opeenvolgende schooljaren.",
        )
    return jaren
