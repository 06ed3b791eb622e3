"""One run at a time: the lock on OA_HOME.

Lives here: taking it, and the word "busy" for the second run. Not here: what a run does. The lock is the
operating system's, so a killed run leaves none behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from pipelines.errors import Bezet
from pipelines.settings import Settings


@contextmanager
def hold(settings: Settings) -> Iterator[None]:
    """Prepare OA_HOME and hold its lock; raises Bezet at once if another run has it."""
    settings.prepare_home()
    lock = FileLock(settings.home / "slot", mode=0o600)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Bezet(
            "Een andere run is bezig met dit magazijn.",
            waar=str(settings.home),
            remedie="Wacht tot die klaar is (`oa status`) en probeer het opnieuw.",
            contact=settings.contact,
        ) from None
    try:
        yield
    finally:
        lock.release()
