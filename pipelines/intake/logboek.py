"""The logbook of an OA_HOME: who did what, when, on which bytes; append-only, never a value about a
child.

Lives here: writing and reading `logboek.jsonl`. Not here: what is worth a line (the callers). Only facts
of the fields below are accepted, each of a form that cannot hold a cell of a delivery.
"""

from __future__ import annotations

import getpass
import json
import os
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from pipelines.settings import Settings

BESTAND = "logboek.jsonl"
_ID = re.compile(r"[A-Za-z0-9_.+:-]{1,120}")
_NAME = re.compile(r"[^\n\r]{1,80}")
_FORMS = {
    "levering": _ID,
    "leveringen": _ID,
    "release": _ID,
    "profiel": _ID,
    "contract": _ID,
    "schooljaar": _ID,
    "schooljaren": _ID,
    "sha256": re.compile(r"[0-9a-f]{64}"),
    "uitkomst": _ID,
    "regel": _ID,
    "akkoord": _NAME,
    "door": _NAME,
}
_COUNTS = ("aangenomen", "geweigerd", "bekend", "rijen", "personen", "exit", "gewist")


def write(settings: Settings, opdracht: str, **feiten: Any) -> None:
    """Append one line and put it on disk. ValueError names a field that may not be logged, not its
    content.
    """
    if not _ID.fullmatch(opdracht):
        raise ValueError("the name of a command does not have that form")
    for name, value in feiten.items():
        _check(name, value)
    line = {"op": datetime.now(UTC).isoformat(timespec="seconds"), "wie": _who(), "opdracht": opdracht}
    line |= feiten
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = json.dumps(line, ensure_ascii=False, sort_keys=True) + "\n"
    descriptor = os.open(settings.home / BESTAND, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        os.lseek(descriptor, max(0, size - 1), os.SEEK_SET)
        if size and os.read(descriptor, 1) != b"\n":  # a killed process left half a line
            text = "\n" + text
        os.write(descriptor, text.encode("utf-8"))
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(settings: Settings) -> Iterator[Mapping[str, Any]]:
    """The lines, oldest first; a last line that a killed process left half written is passed over."""
    path = settings.home / BESTAND
    if not path.is_file():
        return
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            yield json.loads(line)
        except ValueError:
            continue


def _check(name: str, value: Any) -> None:
    if name in _COUNTS and type(value) is int:
        return
    values = value if isinstance(value, list | tuple) else [value]
    form = _FORMS.get(name)
    if form is None or not all(isinstance(item, str) and form.fullmatch(item) for item in values):
        raise ValueError(f"{name} is not a fact for the logbook")


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return "onbekend"
