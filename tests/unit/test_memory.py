"""Freed memory goes back to the system: seen from outside, in processes of their own."""

from __future__ import annotations

import subprocess
import sys

import pytest

# One large block freed, after which glibc by itself keeps blocks of that size; then many of which one in ten stays.
LEFTOVERS = """
import sys
import numpy as np
if sys.argv[1] == "geeft terug":
    from pipelines import memory
    memory.give_back()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
np.ones(3_000_000)
before = resident()
blocks = [np.ones(50_000) for _ in range(300)]
kept = blocks[::10]
del blocks
print((resident() - before) // 1_000_000)
"""


def left(script: str, how: str) -> int:
    """MB that a process of its own still holds at the end of the script."""
    told = subprocess.run([sys.executable, "-c", script, how], capture_output=True, text=True, check=True)
    return int(told.stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="alleen glibc houdt geheugen zo vast")
def test_what_a_stage_leaves_behind_is_given_back() -> None:
    kept, given_back = left(LEFTOVERS, "houdt vast"), left(LEFTOVERS, "geeft terug")
    assert given_back < 30 < kept  # MB: 12 are still in use, 120 were


# Blocks too small to be a mapping of their own, with some still in use between those that are free.
BETWEEN = """
import sys
from pipelines import memory
memory.give_back()
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * 4096
before = resident()
blocks = [bytearray(60_000) for _ in range(1_000)]
kept = blocks[::10]
del blocks
if sys.argv[1] == "ruimt op":
    memory.trim()
print((resident() - before) // 1_000_000)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="alleen glibc houdt geheugen zo vast")
def test_what_lies_free_between_blocks_in_use_is_given_back_too() -> None:
    assert left(BETWEEN, "ruimt op") < 20 < left(BETWEEN, "laat liggen")  # MB: 6 are still in use, 54 are not


def test_a_region_that_chose_an_allocator_for_arrow_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines import memory

    monkeypatch.setenv(memory.ARROW, "jemalloc")
    monkeypatch.setattr(memory.sys, "platform", "win32")  # nothing else of this process changes
    memory.give_back()
    assert memory.os.environ[memory.ARROW] == "jemalloc"
