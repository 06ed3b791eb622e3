"""Small helpers to turn codes and days into the columns of a delivery."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.synthetic.calendar import OPEN


def text(options: Sequence[str], codes: NDArray[np.integer]) -> pl.Series:
    """Codes as text; code -1, and an empty option, is an empty cell."""
    known = pl.Series([option or None for option in options] + [None], dtype=pl.String)
    return known.gather(np.where(codes < 0, len(options), codes))


def days(numbers: NDArray[np.integer]) -> pl.Series:
    """Days as dates; OPEN is an empty cell."""
    series = pl.Series(numbers.astype(np.int32))
    return pl.select(pl.when(series < OPEN - 100_000).then(series).cast(pl.Date)).to_series()
