"""Memory that is free goes back to the system at once.

Lives here: how the C library keeps freed memory, for a command that works for minutes. Not here: how much a stage
may use (settings) or what it holds on to (the stage).

By default glibc keeps an arena per thread, and once a large block was freed, it keeps blocks of that size too. Over a
run that imports, parses, counts and solves one after the other, the leftovers of each stage add up.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8  # of mallopt, malloc.h
LARGE = 128 * 1024  # bytes from which a block is a mapping of its own
ARROW = "ARROW_DEFAULT_MEMORY_POOL"


def give_back() -> None:
    """Tune the allocator of this process; where there is no glibc nothing changes. Call it before other imports."""
    os.environ.setdefault(ARROW, "system")  # Arrow's own allocator keeps what it once had
    if (mallopt := _of_glibc("mallopt")) is not None:
        for option, value in ((ARENA_MAX, 1), (MMAP_THRESHOLD, LARGE), (TRIM_THRESHOLD, LARGE)):
            mallopt(option, value)


def trim() -> None:
    """Give back what lies free between blocks in use: at the end of a stage, for it takes some milliseconds."""
    if (malloc_trim := _of_glibc("malloc_trim")) is not None:
        malloc_trim(0)


def _of_glibc(name: str) -> Callable[..., int] | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        return getattr(ctypes.CDLL(None), name)
    except (OSError, AttributeError):
        return None
