"""One published figure with its status, and what may be said about it.

Lives here: the four statuses, Dutch text for each, shares (ours and the publication's own) and their 95% Wilson
interval. Not here: where a
figure comes from (release) or in which sentence it stands (topics). A hidden figure has no value here at
all.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from pipelines.report.language import number

GETOOND, AFGEROND, ONDERDRUKT, NIET_TE_BEPALEN = "getoond", "afgerond", "onderdrukt", "niet_te_bepalen"
STATUSSEN = (GETOOND, AFGEROND, ONDERDRUKT, NIET_TE_BEPALEN)
NIET_GETOOND, ONBEPAALD, NIET_VAN_TOEPASSING = "niet getoond", "niet te bepalen", "n.v.t."


@dataclass(frozen=True)
class Figure:
    """A count or a number of days; `drempel` is the base of the rounding if it is rounded."""

    value: int | None
    status: str
    drempel: int = 5

    def __post_init__(self) -> None:
        if self.status not in STATUSSEN:
            raise ValueError("unknown status of a figure")
        if self.status in (ONDERDRUKT, NIET_TE_BEPALEN) and self.value is not None:
            raise ValueError("a hidden figure may not carry a value")

    @property
    def number(self) -> int:
        """The value; ValueError if there is none to tell."""
        if self.value is None:
            raise ValueError("this figure is not shown")
        return self.value

    @property
    def known(self) -> bool:
        """There is a number to speak of, exact or rounded."""
        return self.value is not None

    @property
    def exact(self) -> bool:
        return self.value is not None and self.status == GETOOND

    @property
    def low(self) -> int:
        """The smallest true count that can lie behind this number."""
        return self.number if self.exact else max(0, self.number - self.drempel + 1)

    @property
    def high(self) -> int:
        return self.number if self.exact else self.number + self.drempel - 1

    @property
    def text(self) -> str:
        """How a table shows it."""
        if self.status == ONDERDRUKT:
            return NIET_GETOOND
        if self.status == NIET_TE_BEPALEN:
            return ONBEPAALD
        if self.value is None:
            return NIET_VAN_TOEPASSING
        return f"circa {number(self.value)}" if self.status == AFGEROND else number(self.value)

    @property
    def range_text(self) -> str:
        """The text, with the range of a rounded figure behind it."""
        if self.known and self.status == AFGEROND:
            return f"{self.text} ({number(self.low)} tot en met {number(self.high)})"
        return self.text


def nothing(status: str = ONDERDRUKT) -> Figure:
    """A figure that is not there."""
    return Figure(None, status)


def wilson(part: int, whole: int) -> tuple[float, float]:
    """95% Wilson interval of part/whole as fractions; (0, 1) if whole is 0."""
    if whole <= 0:
        return 0.0, 1.0
    z, p = 1.959963984540054, part / whole
    middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
    half = z * sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
    # exact at the ends, where the formula leaves a rounding error beside 0 or 1
    return 0.0 if part == 0 else max(0.0, middle - half), 1.0 if part == whole else min(1.0, middle + half)


@dataclass(frozen=True)
class Share:
    """`part` of every 100 of `whole`, both published figures."""

    part: Figure
    whole: Figure

    @property
    def known(self) -> bool:
        return self.part.known and self.whole.known and bool(self.whole.value)

    @property
    def per_100(self) -> float:
        return 100 * self.part.number / self.whole.number

    @property
    def interval(self) -> tuple[float, float]:
        """What is plausible, per 100: the Wilson interval, widened by the range of rounded figures."""
        low = wilson(min(self.part.low, self.whole.high), self.whole.high)[0]
        top = max(self.whole.low, 1)
        high = wilson(min(self.part.high, top), top)[1]
        return 100 * low, 100 * high

    @property
    def text(self) -> str:
        if not self.known:
            if NIET_TE_BEPALEN in (self.part.status, self.whole.status):
                return ONBEPAALD
            hidden = ONDERDRUKT in (self.part.status, self.whole.status)
            return NIET_GETOOND if hidden else NIET_VAN_TOEPASSING
        circa = "" if self.part.exact and self.whole.exact else "circa "
        return f"{circa}{per_100_text(self.per_100)}"

    @property
    def interval_text(self) -> str:
        low, high = self.interval
        return f"{per_100_text(low)} tot {per_100_text(high)}"


@dataclass(frozen=True)
class Rate:
    """A share that the publication itself gives: `figure` in every 100 of `noemer`, counted by `bron`.

    Unlike a Share it is repeated as published, to one decimal, and it is not there where the publication has none.
    """

    figure: Figure
    per_100: float | None
    noemer: int | None = None
    bron: str = ""

    @property
    def known(self) -> bool:
        return self.per_100 is not None and self.noemer is not None and self.figure.known

    @property
    def text(self) -> str:
        """`12,4`, `circa 12,4`; a dash where the publication gives no share."""
        if self.per_100 is None or not self.known:
            return "–" if self.figure.known else self.figure.text
        return f"{'' if self.figure.exact else 'circa '}{number(self.per_100)}"

    @property
    def share(self) -> Share:
        """For the interval; ValueError if there is no share."""
        if self.noemer is None:
            raise ValueError("this share is not published")
        return Share(self.figure, Figure(self.noemer, GETOOND))

    @property
    def interval_text(self) -> str:
        """As precise as the share itself; ValueError if there is no share."""
        low, high = self.share.interval
        return f"{number(half_up(10 * low) / 10)} tot {number(half_up(10 * high) / 10)}"

    @property
    def of_whom(self) -> str:
        return "inwoners jonger dan 18 jaar" if self.bron.startswith("cbs") else "ingeschreven leerlingen"

    @property
    def source_text(self) -> str:
        """Who counted the denominator, in words."""
        names = ("eigen opgave van de regio", "DUO", "CBS")
        found = {"regio": names[0], "duo_po": names[1], "duo_vo": names[1], "cbs_03759ned": names[2]}
        told = dict.fromkeys(found.get(part, part) for part in self.bron.split("+") if part)
        return " en ".join(told)


def per_100_text(value: float) -> str:
    """Whole numbers from 10 on, one decimal below: 5.07 -> `5,1`, 0 -> `0`."""
    if value == 0 or value >= 9.95:
        return number(half_up(value))
    return number(half_up(value * 10) / 10)


def half_up(value: float) -> int:
    """Rounded to a whole number, halves upwards."""
    return int(value + 0.5)


def clearly_differs(one: Share, other: Share) -> bool:
    """The 95% interval of `one` leaves out the share of `other` (which may contain `one`)."""
    low, high = one.interval
    return not low <= other.per_100 <= high
