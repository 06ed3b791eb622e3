"""Is a file in inbox/ complete: nobody writes to it, and it does not change while it is judged.

Lives here: questions to the file system. Not here: what is in the file.
"""

from __future__ import annotations

import os
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

Stamp = tuple[int, ...]


def stamp(path: Path) -> Stamp | None:
    """What changes when someone writes to the file; None if it is gone."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def being_written(path: Path) -> bool:
    """True if a process has the file open for writing, or it may not be read (yet).

    The kernel grants a read lease only on a file that nobody writes to. Where leases do not exist (other
    systems, network drives) this cannot be known; there the manifest tells a whole file from a half one.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return True
    try:
        if fcntl is None or not hasattr(fcntl, "F_SETLEASE"):
            return False
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
