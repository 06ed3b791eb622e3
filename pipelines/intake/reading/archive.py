"""Zip files from outside: opened for reading only, never unpacked to disk.

Lives here: refusing encrypted, exploding and path-climbing archives, and reading members as bounded
streams. Not here: what the members mean (sheet, ijw).
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import LeveringGeweigerd

MAX_MEMBERS = 500_000
MAX_TOTAL = 16 << 30
MAX_RATIO = 300  # tables and messages shrink to a tenth or a fiftieth; deflate's limit is a thousandth
_FREE = 64 << 20  # below this an odd ratio does no harm
_CLIMBS = re.compile(r"(^|/)\.\.(/|$)|^/|^[A-Za-z]:|\\|\0")


@contextmanager
def open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip file whose table of contents is sound; LeveringGeweigerd otherwise."""
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise _broken() from None
    with archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise _bomb()
        if any(_CLIMBS.search(member.filename) for member in members):
            raise LeveringGeweigerd(
                "Het zip-bestand bevat een pad dat buiten zijn eigen map wijst.",
                remedie="Maak het zip-bestand opnieuw, met alleen de bestanden van de levering.",
            )
        if any(member.flag_bits & 0x1 for member in members):
            raise LeveringGeweigerd(
                "Het bestand is met een wachtwoord beveiligd.",
                remedie="Verwijder het wachtwoord en lever via het afgesproken kanaal.",
            )
        if sum(member.file_size for member in members) > MAX_TOTAL or any(map(_explodes, members)):
            raise _bomb()
        yield archive


@contextmanager
def open_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[BoundedStream]:
    """A member as a stream that stops at the size its table of contents promised."""
    try:
        with archive.open(member) as stream:
            yield BoundedStream(stream, member.file_size)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError):
        raise _broken() from None


class BoundedStream:
    """`read(size)` over a zip member: no more than `limit` bytes in all, whatever the data says."""

    def __init__(self, stream: io.BufferedIOBase | zipfile.ZipExtFile, limit: int) -> None:
        self._stream, self._left = stream, limit

    def read(self, size: int = 1 << 16) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise _bomb()
        return data


def _explodes(member: zipfile.ZipInfo) -> bool:
    return member.file_size > _FREE and member.file_size > MAX_RATIO * max(member.compress_size, 1)


def _bomb() -> LeveringGeweigerd:
    return LeveringGeweigerd(
        "Het gecomprimeerde bestand wordt bij uitpakken onredelijk groot.",
        remedie="Lever de bestanden los, of verdeel ze over meer zip-bestanden.",
    )


def _broken() -> LeveringGeweigerd:
    return LeveringGeweigerd(
        "Het bestand is beschadigd of geen echt zip- of Excel-bestand.",
        remedie="Maak het bestand opnieuw aan en verstuur het nog eens.",
    )
