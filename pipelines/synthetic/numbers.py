"""Person numbers that belong to nobody, and the fictional region's own key 1.

Lives here: which number a child gets. Not here: how a pseudonym is made (pipelines.keys). While they
suffice, numbers come from the official test range of the BSN (999900000 to 999999999 that pass the
elfproef), so that files with these numbers can be made and pseudonymised to the same deliveries. Beyond
that, nine digits that pass as neither BSN nor onderwijsnummer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.errors import Gebruiksfout
from pipelines.keys import Key

_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
BSN, ONDERWIJSNUMMER = 0, 5  # what the elfproef gives
_FICTIONAL_FROM = 991_000_000
_CHUNK = 100_000


def demo_key1(seed: int) -> str:
    """Key 1 of the fictional region with this seed, 64 hex: derived, never stored. No region with real
    children may use it.
    """
    return hashlib.sha256(
        f"ondersteuningsanalyse: sleutel 1 van de fictieve regio {seed}".encode()
    ).hexdigest()


def elfproef(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The weighted sum modulo 11: 0 for a BSN, 5 for an onderwijsnummer."""
    total = np.zeros(len(numbers), dtype=np.int64)
    for place, weight in enumerate(_WEIGHTS):
        total += numbers // 10 ** (8 - place) % 10 * weight
    return total % 11


def bsn_test_range() -> NDArray[np.int64]:
    """The official test range: about 9,090 numbers."""
    numbers = np.arange(999_900_000, 1_000_000_000)
    return numbers[elfproef(numbers) == BSN]


def person_numbers(n: int, *, only_test: bool = False) -> NDArray[np.int64]:
    """n different numbers; Gebruiksfout if they must be test numbers and those do not suffice."""
    numbers = bsn_test_range()
    if n > len(numbers):
        if only_test:
            raise Gebruiksfout(
                "Voor zoveel leerlingen zijn er niet genoeg testnummers.",
                waar=f"{n} leerlingen",
                remedie=f"Kies een kleinere schaal: er zijn {len(numbers)} testnummers.",
            )
        more = np.arange(_FICTIONAL_FROM, _FICTIONAL_FROM + int((n - len(numbers)) * 1.3) + 100)
        kind = elfproef(more)
        numbers = np.r_[numbers, more[(kind != BSN) & (kind != ONDERWIJSNUMMER)]]
    return numbers[:n]


def nine_digits(numbers: NDArray[np.int64]) -> list[str]:
    return [f"{number:09d}" for number in numbers]


def pseudonyms(
    key: Key, numbers: NDArray[np.int64], write: Callable[[NDArray[np.int64]], list[str]]
) -> pl.Series:
    """Step 1 over the numbers as they are written, in pieces so that memory stays flat."""
    pieces = [
        pl.Series(key.many(write(numbers[start : start + _CHUNK])), dtype=pl.String)
        for start in range(0, len(numbers), _CHUNK)
    ]
    return pl.concat(pieces) if pieces else pl.Series([], dtype=pl.String)
