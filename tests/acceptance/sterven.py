"""Runs `oa` and kills it, as `kill -9` would, on the brink of touching a chosen place on disk.

    python -m tests.acceptance.sterven PLACE COUNT voor|na WORDS...

Lives here: the countdown. Python audit events tell of every file that is opened for writing, renamed, linked
or removed before it happens, so a death at an exact moment needs no clock and no hook in the product. `voor`
dies before the COUNT-th touch of a path that contains PLACE, `na` before the first touch of anything after.
"""

from __future__ import annotations

import os
import signal
import sys

RAAKT = {"os.rename", "os.symlink", "os.link", "os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod"}


class Aftellen:
    """An audit hook; `place` is part of a path, `count` the touch that is fatal."""

    def __init__(self, place: str, count: int, after: bool) -> None:
        self.place, self.left, self.after = place, count, after

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        if event not in RAAKT and not (event == "open" and _writes(args)):
            return
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        if any(self.place in _text(item) for item in args):
            self.left -= 1
            if self.left == 0 and not self.after:
                os.kill(os.getpid(), signal.SIGKILL)


def _writes(args: tuple[object, ...]) -> bool:
    flags = args[2] if len(args) > 2 and isinstance(args[2], int) else 0
    return bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))


def _text(item: object) -> str:
    if isinstance(item, bytes):
        return os.fsdecode(item)
    return os.fspath(item) if isinstance(item, (str, os.PathLike)) else ""


def main() -> None:
    place, count, moment, *words = sys.argv[1:]
    sys.argv = ["oa", *words]
    from pipelines.cli import main as oa

    sys.addaudithook(Aftellen(place, int(count), moment == "na"))
    oa()


if __name__ == "__main__":
    main()
