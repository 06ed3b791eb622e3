"""iJw 3.2 messages: from XML to the few fields that a delivery asks, one element at a time.

Lives here: finding the messages in files, folders and zips, and reading JW301, JW305 and JW307. Not here:
what is done with the fields (ijw) and XML itself (intake.reading.xml). Names, addresses, birth dates and
comments are passed over: no handler ever takes their text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.reading.archive import open_member, open_zip
from pipelines.intake.reading.source import check_readable
from pipelines.intake.reading.xml import Readable, parse

BASIS = "http://www.istandaarden.nl/ijw/3_2/basisschema/schema"
_ROOT = re.compile(r"http://www\.istandaarden\.nl/ijw/3_2/jw(3[0-9]{2})/schema Bericht")
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")
_MAX_TEXT = 64  # no field that is taken is longer
_MAX_NAMES = 500  # iJw has fewer elements; a file that invents more is read without remembering them
_ROW, _HEAD, _CLIENT = "<row>", "<header>", "<client>"
# Per kind of message and scope: what an element that was met before means.
_TABLES: dict[str, dict[str, str | None]] = {}

# Per kind of message: the element that becomes a row, and the fields taken from within it.
_ROWS = {
    "301": (
        "ToegewezenProduct",
        {
            "ToewijzingNummer": "nummer",
            "Categorie": "categorie",
            "Code": "code",
            "Toewijzingsdatum": "toegewezen",
            "Ingangsdatum": "ingang",
            "Einddatum": "einde",
            "RedenWijziging": "reden",
        },
    ),
    "305": (
        "StartProduct",
        {"ToewijzingNummer": "nummer", "Begindatum": "begin", "StatusAanlevering": "status"},
    ),
    "307": (
        "StopProduct",
        {"ToewijzingNummer": "nummer", "Einddatum": "einde", "StatusAanlevering": "status"},
    ),
}
_HEADER = {"Afzender": "afzender", "Ontvanger": "ontvanger", "Dagtekening": "dagtekening"}
_DATES = frozenset(("toegewezen", "ingang", "einde", "begin", "dagtekening"))
_REQUIRED = {
    "301": ("nummer", "toegewezen", "ingang"),
    "305": ("nummer", "begin"),
    "307": ("nummer", "einde"),
}


@dataclass
class Telling:
    """What was met: messages by kind; `overgeslagen` are iJw messages that no delivery needs."""

    berichten: int = 0
    overgeslagen: int = 0
    andere_bestanden: int = 0


class _OtherMessageError(Exception):
    """An iJw message of another kind: skipped."""


Row = Callable[[str, dict[str, str], dict[str, str]], None]


def read_messages(paths: Sequence[Path], row: Row) -> Telling:
    """Call `row(kind, header, fields)` for every product in every message; LeveringGeweigerd for what is no
    iJw 3.2.

    A message is called by its place: its name could be that of a child.
    """
    telling = Telling()
    for opened in _streams(paths, telling):
        with opened as stream:
            number = telling.berichten + telling.overgeslagen + 1
            try:
                _Message(row).read(stream)
                telling.berichten += 1
            except _OtherMessageError:
                telling.overgeslagen += 1
            except LeveringGeweigerd as error:
                where = f"bericht {number}" + (f", {error.waar}" if error.waar else "")
                raise LeveringGeweigerd(error.wat, waar=where, remedie=error.remedie) from None
    if telling.berichten == 0:
        raise LeveringGeweigerd(
            "Er is geen JW301-, JW305- of JW307-bericht gevonden.",
            remedie="Geef XML-bestanden van iJw 3.2, los, in een map of in een zip.",
        )
    return telling


def _streams(paths: Sequence[Path], telling: Telling) -> Iterator[AbstractContextManager[Readable]]:
    for path in paths:
        if path.is_dir():
            files = sorted(
                item
                for item in path.rglob("*")
                if item.is_file() and not item.is_symlink() and not _is_resource_fork(item.name)
            )
        else:
            files = [path]
        for item in files:
            check_readable(item)
            if item.suffix.lower() == ".xml":
                yield item.open("rb")
            elif item.suffix.lower() == ".zip":
                with open_zip(item) as archive:
                    yield from _members(archive, telling)
            else:
                telling.andere_bestanden += 1


def _members(archive: ZipFile, telling: Telling) -> Iterator[AbstractContextManager[Readable]]:
    for member in archive.infolist():
        if _is_message(member):
            yield open_member(archive, member)
        elif not member.is_dir():
            telling.andere_bestanden += 1


def _is_message(member: ZipInfo) -> bool:
    name = member.filename
    return name.lower().endswith(".xml") and not _is_resource_fork(name.rpartition("/")[2])


def _is_resource_fork(name: str) -> bool:
    """macOS puts a `._1.xml` beside a `1.xml` in zips, on USB sticks and on network drives."""
    return name.startswith("._")


class _Message:
    """The handlers over one message.

    Most elements are passed over, so per scope a table says at once what an element's full name means; a name
    comes into the table after its namespace was judged.
    """

    def __init__(self, row: Row) -> None:
        self._row = row
        self._header: dict[str, str] = {}
        self._fields: dict[str, str] = {}
        self._bsn = ""
        self._kind = ""
        self._space = ""
        self._scope = "root"
        self._table: dict[str, str | None] = {}
        self._closing = ""  # the element that ends the scope
        self._take: str | None = None
        self._text: list[str] = []

    def read(self, stream: Readable) -> None:
        parse(stream, self.start, self.end, self.text)

    def start(self, tag: str, at: dict[str, str]) -> None:
        self._take = None
        action = self._table[tag] if tag in self._table else self._meaning(tag)
        if action is None:
            return
        if action == _ROW:
            self._fields = {}
            self._enter("row", tag)
        elif action == _HEAD:
            self._enter("header", tag)
        elif action == _CLIENT:
            self._bsn = ""
        elif action != "bsn" or not self._bsn:
            self._take, self._text = action, []

    def end(self, tag: str) -> None:
        if self._take is not None:
            self._store(self._take, "".join(self._text).strip())
            self._take = None
        elif tag == self._closing:
            if self._scope == "row":
                self._emit()
            self._enter("body", "")

    def text(self, data: str) -> None:
        if self._take is not None:
            self._text.append(data)

    def _enter(self, scope: str, closing: str) -> None:
        self._scope, self._closing = scope, closing
        self._table = _TABLES.setdefault(f"{self._kind} {scope}", {})

    def _meaning(self, tag: str) -> str | None:
        """What an element means in this scope; refused if its namespace is not that of the message."""
        if self._scope == "root":
            return self._root(tag)
        space, _, name = tag.rpartition(" ")
        if space != self._space and space != BASIS:
            raise _foreign()
        element, wanted = _ROWS[self._kind]
        if self._scope == "row":
            action = wanted.get(name)
        elif self._scope == "header":
            action = _HEADER.get(name)
        else:
            action = {element: _ROW, "Header": _HEAD, "Client": _CLIENT, "Bsn": "bsn"}.get(name)
        if len(self._table) < _MAX_NAMES:
            self._table[tag] = action
        return action

    def _root(self, tag: str) -> None:
        match = _ROOT.fullmatch(tag)
        if match is None:
            raise _foreign()
        self._kind = match[1]
        if self._kind not in _ROWS:
            raise _OtherMessageError
        self._space = tag[: tag.rfind(" ")]
        self._enter("body", "")

    def _store(self, field: str, value: str) -> None:
        if len(value) > _MAX_TEXT:
            raise LeveringGeweigerd(
                "Een veld van het bericht is langer dan iJw toestaat.",
                waar=f"veld {field}",
                remedie="Exporteer het bericht opnieuw uit het bronsysteem.",
            )
        if field in _DATES and value:
            match = _DATE.fullmatch(value)
            if match is None:
                raise LeveringGeweigerd(
                    "Een datum van het bericht is geen datum.",
                    waar=f"veld {field}",
                    remedie="Verbeter het in het bronsysteem en exporteer opnieuw.",
                )
            value = match[1]
        if field == "bsn":
            self._bsn = value
        elif self._scope == "header":
            self._header[field] = value
        else:
            self._fields[field] = value

    def _emit(self) -> None:
        fields = self._fields
        missing = [name for name in _REQUIRED[self._kind] if not fields.get(name)]
        missing += [name for name in ("afzender", "ontvanger", "dagtekening") if not self._header.get(name)]
        if self._kind == "301" and not self._bsn:
            missing.append("bsn")
        if missing:
            raise LeveringGeweigerd(
                f"In een bericht ontbreekt: {', '.join(sorted(missing))}.",
                remedie="Exporteer het bericht opnieuw, volledig volgens iJw 3.2.",
            )
        fields["bsn"] = self._bsn
        self._row(self._kind, self._header, fields)


def _foreign() -> LeveringGeweigerd:
    return LeveringGeweigerd(
        "Dit is geen bericht van iJw 3.2 (de namespace is een andere).",
        remedie="Exporteer JW301, JW305 en JW307 in iJw 3.2; berichten van andere versies of andere wetten "
        "worden niet gelezen.",
    )
