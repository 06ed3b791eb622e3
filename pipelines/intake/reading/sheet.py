"""Excel workbooks (.xlsx), read as a stream so that a full sheet of a million rows needs no memory for it.

Lives here: choosing the sheet, and turning cells into text by their own type (a date becomes ISO, the
number 307 in a four-digit code column becomes 0307, a formula stays visible as one). Not here: what columns
mean.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.reading.archive import open_member, open_zip
from pipelines.intake.reading.header import Zoek, check_header, find_header, positions
from pipelines.intake.reading.source import Bron, broken_line
from pipelines.intake.reading.text import open_rows, read_csv
from pipelines.intake.reading.xml import parse

#: What a formula cell becomes: no code list holds it and the guard names it.
FORMULE = "=FORMULE"
_TOP = 60  # rows looked at to find the header
_MAX_COLUMNS = 1000
_MAX_CELL = 32_767  # Excel's own limit
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_DATE_FORMATS = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
_COLUMN = re.compile(r"([A-Z]{1,3})[0-9]+")


def open_sheet(
    path: Path,
    zoek: Zoek,
    leeg: tuple[str, ...],
    width_of: Callable[[str], int | None],
    workdir: Callable[[], Path],
) -> Bron:
    """A sheet as a source. `width_of(name)` gives the digits of a code column whose zeros Excel dropped."""
    with path.open("rb") as stream:
        if stream.read(8) == _OLE:
            raise LeveringGeweigerd(
                "Dit is een Excel-bestand in de oude vorm (.xls) of met een wachtwoord.",
                remedie="Open het, haal het wachtwoord weg en sla het op als .xlsx of CSV UTF-8.",
            )
    with open_zip(path) as archive:
        book = _Workbook(archive)
        name, part = book.choose(zoek.blad)
        target = workdir() / "rijen.csv"
        writer = _Writer(target, zoek, width_of)
        with writer:
            sheet = _Sheet(book, writer.row)
            with open_member(archive, book.member(part)) as stream:
                parse(stream, sheet.start, sheet.end, sheet.text)
            header = writer.finish()
    remarks = []
    if len(book.names) > 1:
        remarks.append(f"Gelezen is werkblad {book.names.index(name) + 1} van {len(book.names)}.")
    if writer.at > 1:
        remarks.append(f"De kop staat in rij {writer.at}; de rijen erboven zijn overgeslagen.")
    raw = read_csv(target, header, ",", leeg, numbered=True)
    return Bron("xlsx", raw, header, spaties=True, explain=broken_line, opmerkingen=remarks)


class _Workbook:
    """The parts of the package around the sheets: names, date system, styles, shared strings."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._members = {member.filename: member for member in archive.infolist()}
        if "xl/workbook.xml" not in self._members:
            raise LeveringGeweigerd(
                "Het bestand is geen Excel-werkmap (.xlsx).",
                remedie="Sla het op als Excel-werkmap (.xlsx) of als CSV UTF-8.",
            )
        self.date_base = datetime(1899, 12, 30)
        self.sheets: dict[str, str] = {}
        self.hidden: set[str] = set()
        self._read("xl/workbook.xml", self._workbook)
        targets: dict[str, str] = {}
        self._read(
            "xl/_rels/workbook.xml.rels",
            lambda tag, at: (
                targets.__setitem__(at["Id"], at["Target"])
                if tag == "Relationship" and at.get("TargetMode") != "External" and "Id" in at
                else None
            ),
        )
        self.parts = {name: _part(targets[rel]) for name, rel in self.sheets.items() if rel in targets}
        self.names = list(self.parts)
        self.dates = self._date_styles()
        self.strings = self._shared_strings()

    def choose(self, blad: str | None) -> tuple[str, str]:
        """The sheet asked for, or the only one; LeveringGeweigerd if the choice is not clear."""
        visible = [name for name in self.names if name not in self.hidden]
        if blad is not None:
            if blad.isdigit() and blad not in self.parts and 0 < int(blad) <= len(self.names):
                blad = self.names[int(blad) - 1]
            if blad not in self.parts:
                raise LeveringGeweigerd(
                    "Het gevraagde werkblad staat niet in dit bestand.",
                    remedie=f"Kies een nummer van 1 tot en met {len(self.names)}.",
                )
            return blad, self.parts[blad]
        if len(visible) != 1:
            raise LeveringGeweigerd(
                f"De werkmap heeft {len(visible)} zichtbare werkbladen; welk is de levering?",
                remedie="Kies er een met --blad NUMMER of in de koppeling (blad:), of laat er één staan.",
            )
        return visible[0], self.parts[visible[0]]

    def member(self, part: str) -> zipfile.ZipInfo:
        if part not in self._members:
            raise LeveringGeweigerd(
                "De werkmap is beschadigd: een onderdeel ontbreekt.",
                remedie="Open het bestand in Excel en sla het opnieuw op.",
            )
        return self._members[part]

    def _read(
        self,
        part: str,
        start: Callable[[str, dict[str, str]], object],
        end: Callable[[str], object] = lambda tag: None,
        text: Callable[[str], object] = lambda data: None,
    ) -> None:
        with open_member(self._archive, self.member(part)) as stream:
            parse(stream, lambda tag, at: start(_local(tag), at), lambda tag: end(_local(tag)), text)

    def _workbook(self, tag: str, at: dict[str, str]) -> None:
        if tag == "workbookPr" and at.get("date1904") in ("1", "true"):
            self.date_base = datetime(1904, 1, 1)
        elif tag == "sheet":
            rel = next((value for key, value in at.items() if key.endswith(" id")), "")
            self.sheets[at.get("name", "")] = rel
            if at.get("state", "visible") != "visible":
                self.hidden.add(at.get("name", ""))

    def _date_styles(self) -> set[str]:
        """Indexes of the cell formats that show a number as a date."""
        if "xl/styles.xml" not in self._members:
            return set()
        formats: dict[str, str] = {}
        styles: list[str] = []
        inside = [False]

        def start(tag: str, at: dict[str, str]) -> None:
            if tag == "numFmt":
                formats[at.get("numFmtId", "")] = at.get("formatCode", "")
            elif tag == "cellXfs":
                inside[0] = True
            elif tag == "xf" and inside[0]:
                styles.append(at.get("numFmtId", "0"))

        def end(tag: str) -> None:
            if tag == "cellXfs":
                inside[0] = False

        self._read("xl/styles.xml", start, end)
        return {str(index) for index, number in enumerate(styles) if _is_date(number, formats.get(number))}

    def _shared_strings(self) -> list[str]:
        part = next((name for name in self._members if name.lower() == "xl/sharedstrings.xml"), None)
        strings: list[str] = []
        if part is None:
            return strings
        pieces: list[str] = []
        state = {"text": False, "phonetic": False}

        def start(tag: str, at: dict[str, str]) -> None:
            if tag == "t":
                state["text"] = not state["phonetic"]
            elif tag == "rPh":
                state["phonetic"] = True
            elif tag == "si":
                pieces.clear()

        def end(tag: str) -> None:
            if tag == "t":
                state["text"] = False
            elif tag == "rPh":
                state["phonetic"] = False
            elif tag == "si":
                strings.append("".join(pieces))

        self._read(part, start, end, lambda data: pieces.append(data) if state["text"] else None)
        return strings


class _Sheet:
    """Callbacks over one sheet's XML: hands each row to `emit(number, {column: (text, is_number)})`."""

    def __init__(self, book: _Workbook, emit: Callable[[int, dict[int, tuple[str, bool]]], None]) -> None:
        self._book, self._emit = book, emit
        self._row: dict[int, tuple[str, bool]] = {}
        self._number = 0
        self._column = 0
        self._type = self._style = ""
        self._formula = self._take = False
        self._value: list[str] = []
        self._columns: dict[str, int] = {}

    def start(self, tag: str, at: dict[str, str]) -> None:
        tag = tag[tag.rfind(" ") + 1 :]
        if tag == "c":
            place = at.get("r")
            self._column = self._index(place) if place else self._column + 1
            self._type, self._style = at.get("t", "n"), at.get("s", "")
            self._formula = False
            self._value = []
        elif tag in ("v", "t"):
            self._take = True
        elif tag == "row":
            number = at.get("r", "")
            number_now = int(number) if number.isdigit() and len(number) < 9 else self._number + 1
            if number_now <= self._number:
                raise _broken_sheet()
            self._number = number_now
            self._row, self._column = {}, 0
        elif tag == "f":
            self._formula = True
        elif tag == "rPh":
            self._type = "phonetic"

    def end(self, tag: str) -> None:
        tag = tag[tag.rfind(" ") + 1 :]
        if tag in ("v", "t"):
            self._take = False
        elif tag == "c":
            if self._value or self._formula:
                if self._column > _MAX_COLUMNS:
                    raise LeveringGeweigerd(
                        f"Het werkblad heeft meer dan {_MAX_COLUMNS} kolommen.",
                        remedie="Verwijder alles naast de tabel.",
                    )
                self._row[self._column] = self._cell("".join(self._value))
        elif tag == "row":
            self._emit(self._number, self._row)

    def text(self, data: str) -> None:
        if self._take:
            self._value.append(data)

    def _cell(self, value: str) -> tuple[str, bool]:
        if self._formula:
            return FORMULE, False
        kind = self._type
        if kind == "n":
            return self._number_text(value)
        if kind == "s":
            if not value.isdigit() or int(value[:9]) >= len(self._book.strings):
                raise _broken_sheet()
            value = self._book.strings[int(value[:9])]
        elif kind == "b":
            return ("ja" if value == "1" else "nee"), False
        elif kind == "d":
            return value.removesuffix("T00:00:00"), False
        if len(value) > _MAX_CELL:
            raise _broken_sheet()
        return value, False

    def _number_text(self, value: str) -> tuple[str, bool]:
        if self._style in self._book.dates:
            try:
                moment = self._book.date_base + timedelta(days=float(value))
            except (ValueError, OverflowError):
                return value, True
            rounded = (moment + timedelta(milliseconds=500)).replace(microsecond=0)
            return (
                rounded.date().isoformat()
                if rounded.time() == datetime.min.time()
                else rounded.isoformat(sep=" ")
            ), False
        if value.isdigit():
            return value, True
        try:
            number = float(value)
            return (str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)), True
        except (ValueError, OverflowError):
            return value, True

    def _index(self, place: str) -> int:
        match = _COLUMN.fullmatch(place)
        if match is None:
            raise _broken_sheet()
        letters = match[1]
        if letters not in self._columns:
            number = 0
            for letter in letters:
                number = number * 26 + ord(letter) - 64
            self._columns[letters] = number
        return self._columns[letters]


class _Writer:
    """Rows to a numbered CSV file, once the header among the first rows is known."""

    def __init__(self, target: Path, zoek: Zoek, width_of: Callable[[str], int | None]) -> None:
        self._zoek, self._width_of = zoek, width_of
        self._stream, self._write = open_rows(target)
        self._top: list[tuple[int, dict[int, tuple[str, bool]]]] = []
        self._header: list[str] = []
        self._places: list[tuple[int, int | None]] = []
        self.at = 0

    def __enter__(self) -> _Writer:
        return self

    def __exit__(self, *exc: object) -> None:
        self._stream.close()

    def row(self, number: int, cells: dict[int, tuple[str, bool]]) -> None:
        if self._header:
            self._put(number, cells)
            return
        self._top.append((number, cells))
        if len(self._top) >= _TOP:
            self._start()

    def finish(self) -> list[str]:
        if not self._header:
            self._start()
        return self._header

    def _start(self) -> None:
        filled = [(number, cells) for number, cells in self._top if cells]
        if not filled:
            raise LeveringGeweigerd("Het werkblad is leeg.", remedie="Kies het werkblad met de levering.")
        last = filled[-1][0]
        by_number = dict(filled) if last < 100_000 else {}
        rows = (
            [
                [
                    by_number.get(number, {}).get(column, ("", False))[0]
                    for column in range(1, max(by_number.get(number, {0: 0})) + 1)
                ]
                for number in range(1, last + 1)
            ]
            if by_number
            else []
        )
        if not rows:
            raise _broken_sheet()
        at = find_header(rows, self._zoek)
        cells = rows[at]
        offset = next((place for place, cell in enumerate(cells) if cell.strip()), 0)
        self._header = check_header(cells[offset:], rij=at + 1)
        self._places = [(offset + place + 1, self._width_of(name)) for place, name in enumerate(self._header)]
        self.at = at + 1
        self._write(["rij", *self._header])
        for number, row in self._top:
            if number > self.at:
                self._put(number, row)
        self._top = []

    def _put(self, number: int, cells: dict[int, tuple[str, bool]]) -> None:
        line: list[object] = [number]
        taken = 0
        for place, width in self._places:
            cell = cells.get(place)
            if cell is None:
                line.append("")
                continue
            taken += 1
            text, is_number = cell
            line.append(text.zfill(width) if is_number and width and text.isdigit() else text)
        if taken != len(cells):
            known = {place for place, _ in self._places}
            outside = sorted(
                place for place, (text, _) in cells.items() if place not in known and text.strip()
            )
            if outside:
                raise LeveringGeweigerd(
                    "Er staan gegevens buiten de tabel, in een kolom zonder naam.",
                    waar=f"rij {number}, kolom {positions(outside)}",
                    remedie="Verwijder wat naast de tabel staat, of geef de kolom een naam.",
                )
        if taken and any(text.strip() for text, _ in cells.values()):
            self._write(line)


def _is_date(number: str, code: str | None) -> bool:
    if code is None:
        return number.isdigit() and int(number) in _DATE_FORMATS
    return any(letter in _QUOTED.sub("", code).lower() for letter in "dy")


def _part(target: str) -> str:
    """A relationship's target as a name in the package."""
    if target.startswith("/"):
        return target.lstrip("/")
    return str(PurePosixPath("xl") / target)


def _local(tag: str) -> str:
    return tag[tag.rfind(" ") + 1 :]


def _broken_sheet() -> LeveringGeweigerd:
    return LeveringGeweigerd(
        "Het werkblad is beschadigd.",
        remedie="Open het bestand in Excel, sla het opnieuw op en lever het nog eens.",
    )
