"""How long work tells where it is.

Lives here: one listener per process that rooms talk to through a plain callable. Not here: how it looks (cli)
or where it is kept (Dagster's event log). What is told holds names of stages and counts, never a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Meld = Callable[[str], None]


def silent(_: str) -> None:
    """Tell nobody."""


_listener: Meld = silent


def meld(text: str) -> None:
    """Tell the listener, if there is one, what happens now (one Dutch line)."""
    _listener(text)


@contextmanager
def listen(callback: Meld) -> Iterator[None]:
    """Hear what is told for as long as the context lasts."""
    global _listener
    before, _listener = _listener, callback
    try:
        yield
    finally:
        _listener = before
