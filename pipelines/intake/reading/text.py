"""CSV deliveries: encoding, delimiter and header are recognised here, the reading itself is DuckDB's.

Lives here: one pass over the bytes that decides how the file can be read, and the rewriting of what DuckDB
does not read as it is (other encodings, title rows, blank lines, mixed line ends). Not here: the meaning of
columns and values.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.reading.header import Zoek, all_known, check_header, find_header
from pipelines.intake.reading.source import Bron, Dialect, broken_line, literal, path_literal

DELIMITERS = (";", ",", "\t", "|")
MAX_LINE = 1 << 20  # bytes between two line ends; a delivery's row has a few hundred
_SAMPLE = 1 << 17
_TOP = 60  # rows of the sample in which delimiter and header are looked for
_BLOCK = 1 << 20
_BINARY = (b"PK\x03\x04", b"PAR1", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!")
_EXCEL_HINT = re.compile(r"\ufeff?sep=(.)\r?\n")
_BLANK_UNIX = re.compile(rb"\n\n")
_BLANK = re.compile(rb"\n\r?\n|\r\r")
_HARD_SPACE = "\u00a0".encode()
_OUTER_SPACES = re.compile(rb"[;,\t|\n\"] |[ ][;,\t|\r\n\"]")


def open_text(path: Path, zoek: Zoek, leeg: tuple[str, ...], workdir: Callable[[], Path]) -> Bron:
    """A CSV file as a source; LeveringGeweigerd if it is empty, not text, or a line never ends."""
    remarks: list[str] = []
    facts = _scan(path)
    if facts.encoding != "utf-8":
        if facts.encoding == "cp1252":
            remarks.append("Het bestand is geen UTF-8 en is gelezen als cp1252 (Windows).")
        path = _transcode(path, facts, workdir())
        facts = _scan(path)
    with path.open("rb") as stream:
        head = stream.read(_SAMPLE)
    whole = len(head) < _SAMPLE
    sample = head.decode("utf-8", errors="ignore").removeprefix("\ufeff")
    hint = _EXCEL_HINT.match(sample)
    delimiter = _delimiter(sample, whole, zoek) if hint is None else hint.group(1)
    rows = _records(sample, delimiter, whole, max(_TOP, zoek.koprij or 0))
    at = find_header(rows if hint is None else [[], *rows[1:]], zoek)
    header = check_header(rows[at], rij=at + 1)
    plain = at == 0 and len(header) == len(rows[0]) and not facts.blank_lines and not facts.mixed_line_ends
    if not plain:
        if at > (0 if hint is None else 1):
            remarks.append(f"De kop staat in rij {at + 1}; de rijen erboven zijn overgeslagen.")
        path = _rewrite(path, delimiter, at, header, workdir())
    raw = read_csv(path, header, delimiter if plain else ",", leeg, numbered=not plain)
    return Bron(
        "csv",
        raw,
        header,
        spaties=facts.spaces,
        explain=broken_line,
        opmerkingen=remarks,
        pad=path,
        dialect=Dialect(tuple(header), delimiter, leeg, facts.spaces) if plain else None,
    )


def read_csv(path: Path, header: list[str], delimiter: str, leeg: tuple[str, ...], *, numbered: bool) -> str:
    """SELECT over a UTF-8 file with a header row; nothing is left for DuckDB to guess.

    `numbered`: the file's first column is the row number (a file that this package wrote).
    """
    number = "" if numbered else "row_number() OVER () + 1 AS rij, "
    types = dict.fromkeys(["rij", *header] if numbered else header, "VARCHAR")
    types |= {"rij": "BIGINT"} if numbered else {}
    return f"SELECT {number}* FROM {_reader(path_literal(path), types, delimiter, leeg)}"


def read_together(paths: Sequence[Path], dialect: Dialect) -> str:
    """SELECT over several files of one dialect, in order; `rij` is the place of the file in `paths`, from 0."""
    types = dict.fromkeys(dialect.header, "VARCHAR")
    files = f"[{', '.join(map(path_literal, paths))}]"
    return (
        f"SELECT file_index::BIGINT AS rij, * FROM {_reader(files, types, dialect.delimiter, dialect.leeg)}"
    )


def _reader(files: str, types: dict[str, str], delimiter: str, leeg: tuple[str, ...]) -> str:
    columns = ", ".join(f"{literal(name)}: '{kind}'" for name, kind in types.items())
    empty = ", ".join(literal(text) for text in dict.fromkeys(("", *leeg)))
    return (
        f"read_csv({files}, auto_detect = false, header = true, delim = {literal(delimiter)}, "
        f"quote = '\"', escape = '\"', columns = {{{columns}}}, nullstr = [{empty}], strict_mode = true)"
    )


def open_rows(path: Path) -> tuple[IO[str], Callable[[list[object]], object]]:
    """A numbered CSV file in the dialect that `read_csv(..., numbered=True)` reads, and its row writer."""
    stream = path.open("w", encoding="utf-8", newline="")
    return stream, csv.writer(stream, lineterminator="\n").writerow


@dataclass
class _Facts:
    encoding: str
    bom: int = 0
    spaces: bool = False
    blank_lines: bool = False
    mixed_line_ends: bool = False


def _scan(path: Path) -> _Facts:
    """What must be known of the bytes before reading, in one pass with memory flat."""
    with path.open("rb") as stream:
        head = stream.read(_BLOCK)
        if not head.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
            raise LeveringGeweigerd("Het bestand is leeg.", remedie="Exporteer het bestand opnieuw.")
        if head.startswith(_BINARY):
            raise _not_text()
        for bom, encoding in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
            if head.startswith(bom):
                return _Facts(encoding, bom=2)
        even, odd = head[:4000:2].count(0), head[1:4000:2].count(0)
        half = len(head[:4000]) // 2
        if max(even, odd) > 0.8 * half and min(even, odd) < 0.1 * half:
            return _Facts("utf-16-le" if odd > even else "utf-16-be")
        facts = _Facts("utf-8")
        if not _scan_blocks(head, stream, facts):
            facts.encoding = "cp1252"
    return facts


def _scan_blocks(block: bytes, stream: IO[bytes], facts: _Facts) -> bool:
    """Fill `facts`; False if the bytes are not UTF-8. Every search is one that bytes do fast."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    utf8, pending, before, line = True, False, b"\n", 0
    ends: set[str] = set()
    while block:
        if b"\0" in block:
            raise _not_text()
        if utf8 and (pending or not block.isascii()):
            try:
                decoder.decode(block)
                pending = bool(decoder.getstate()[0])
            except UnicodeDecodeError:
                utf8 = False
        line = _line_so_far(block, line)
        seam = before + block  # a line end or a blank line may lie across two blocks
        has_return = b"\r" in seam
        ends |= _line_ends(seam) if has_return else {"\n"} if b"\n" in block else set()
        if not facts.blank_lines:
            facts.blank_lines = (_BLANK if has_return else _BLANK_UNIX).search(seam) is not None
        if not facts.spaces:
            facts.spaces = _HARD_SPACE in seam or (b" " in seam and _OUTER_SPACES.search(seam) is not None)
        before = seam[-2:] if seam[-1:] in b"\r\n" else seam[-1:]
        block = stream.read(_BLOCK)
    facts.spaces = facts.spaces or before.endswith(b" ")
    facts.mixed_line_ends = len(ends) > 1
    return utf8 and not pending


def _line_ends(seam: bytes) -> set[str]:
    """Kinds of line end in a piece; a return at its very end is judged with the next piece."""
    seam = seam[1:].removesuffix(b"\r") if seam[:1] == b"\n" else seam.removesuffix(b"\r")
    pairs = seam.count(b"\r\n")
    found = {"\r\n"} if pairs else set()
    if seam.count(b"\n") > pairs:
        found.add("\n")
    if seam.count(b"\r") > pairs:
        found.add("\r")
    return found


def _line_so_far(block: bytes, line: int) -> int:
    """Length of the line that is still open after `block`; refused when it passes MAX_LINE."""
    first = min((at for at in (block.find(b"\n"), block.find(b"\r")) if at >= 0), default=-1)
    if line + (len(block) if first < 0 else first) > MAX_LINE:
        raise LeveringGeweigerd(
            "Het bestand bevat een regel zonder einde; zo ziet geen levering eruit.",
            remedie="Exporteer het bestand opnieuw als CSV met één rij per regel.",
        )
    return line + len(block) if first < 0 else len(block) - 1 - max(block.rfind(b"\n"), block.rfind(b"\r"))


def _transcode(path: Path, facts: _Facts, folder: Path) -> Path:
    """A UTF-8 copy; cp1252 has five bytes without a meaning, which refuse the file."""
    target = folder / "utf8.csv"
    decoder = codecs.getincrementaldecoder(facts.encoding)("strict")
    with path.open("rb") as source, target.open("w", encoding="utf-8", newline="") as stream:
        source.seek(facts.bom)
        try:
            while block := source.read(_BLOCK):
                stream.write(decoder.decode(block))
            stream.write(decoder.decode(b"", final=True))
        except UnicodeError:
            raise _not_text() from None
    return target


def _delimiter(sample: str, whole: bool, zoek: Zoek) -> str:
    """The delimiter that gives most known names, else the most columns, in the rows at the top."""

    def score(delimiter: str) -> tuple[int, int]:
        rows = _records(sample, delimiter, whole, _TOP)
        known = max((sum(cell.strip().casefold() in zoek.namen for cell in row) for row in rows), default=0)
        return known, max(map(len, rows), default=0) if known else sorted(map(len, rows))[len(rows) // 2]

    for delimiter in DELIMITERS:
        if all_known(_records(sample, delimiter, whole, 1)[0], zoek):
            return delimiter
    return max(DELIMITERS, key=score)


def _records(sample: str, delimiter: str, whole: bool, most: int) -> list[list[str]]:
    """At most so many rows at the top of the file, the last one left out if the sample ends inside it."""
    rows: list[list[str]] = []
    try:
        for row in islice(csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter), most + 1):
            rows.append(row)
    except csv.Error:
        pass
    if len(rows) > most or (not whole and len(rows) > 1):
        rows.pop()
    if not rows:
        raise LeveringGeweigerd("Het bestand heeft geen leesbare rijen.", remedie="Lever CSV in UTF-8.")
    return rows


def _rewrite(path: Path, delimiter: str, at: int, header: list[str], folder: Path) -> Path:
    """A copy in one dialect, with row numbers, without title rows and blank lines."""
    target = folder / "rijen.csv"
    width = len(header)
    with path.open(encoding="utf-8-sig", newline="") as source:
        stream, write = open_rows(target)
        with stream:
            write(["rij", *header])
            for number, row in _numbered(csv.reader(source, delimiter=delimiter, strict=True)):
                if number <= at + 1 or not any(row):
                    continue
                if len(row) != width:
                    if len(row) < width or any(cell.strip() for cell in row[width:]):
                        raise _ragged(number, len(row), width)
                    del row[width:]
                write([number, *row])
    return target


def _numbered(reader: Iterator[list[str]]) -> Iterator[tuple[int, list[str]]]:
    number = 0
    while True:
        number += 1
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise LeveringGeweigerd(
                "Een rij kan niet worden gelezen: een aanhalingsteken staat verkeerd of een veld is te lang.",
                waar=f"rij {number}",
                remedie="Herstel deze rij in het bronsysteem en exporteer opnieuw.",
            ) from None


def _ragged(number: int, found: int, wanted: int) -> LeveringGeweigerd:
    return LeveringGeweigerd(
        f"Een rij heeft {found} velden, de kop {wanted}.",
        waar=f"rij {number}",
        remedie="Zet waarden met een scheidingsteken tussen aanhalingstekens, of exporteer opnieuw.",
    )


def _not_text() -> LeveringGeweigerd:
    return LeveringGeweigerd(
        "Het bestand is geen tekst, al zegt de naam dat wel.",
        remedie="Lever CSV (UTF-8), Excel (.xlsx) of Parquet, met de extensie die daarbij hoort.",
    )
