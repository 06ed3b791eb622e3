"""Reading an XLSX back as a person sees it, with nothing but the standard library.

Lives here: the cells of one sheet as Python values. Not here: dates, styles or anything else a workbook can hold.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path
from zipfile import ZipFile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
Cell = str | int | float | None


def sheet_rows(path: Path, name: str) -> list[list[Cell]]:
    """All rows of a sheet, empty cells as None; whole numbers as int."""
    with ZipFile(path) as parts:
        book = _parse(parts.read("xl/workbook.xml"))
        wanted = next(
            sheet.get(f"{REL}id") for sheet in book.iter(f"{MAIN}sheet") if sheet.get("name") == name
        )
        links = _parse(parts.read("xl/_rels/workbook.xml.rels"))
        target = next(link.get("Target", "") for link in links if link.get("Id") == wanted)
        shared: list[str] = []
        if "xl/sharedStrings.xml" in parts.namelist():
            shared = [_text(item) for item in _parse(parts.read("xl/sharedStrings.xml")).iter(f"{MAIN}si")]
        content = _parse(parts.read(f"xl/{target.removeprefix('/xl/')}"))
    rows: list[list[Cell]] = []
    for row in content.iter(f"{MAIN}row"):
        cells: dict[int, Cell] = {_place(cell.get("r", "")): _value(cell, shared) for cell in row}
        rows += [[] for _ in range(int(row.get("r", "1")) - 1 - len(rows))]
        rows.append([cells.get(place) for place in range(max(cells, default=-1) + 1)])
    return rows


def table(path: Path, name: str, header: int = 2) -> dict[str, list[Cell]]:
    """A sheet as columns by header; `header` counts from 0, and what comes before it is left out."""
    rows = sheet_rows(path, name)
    heads = [str(cell) for cell in rows[header]]
    assert len(set(heads)) == len(heads)
    body = [[*row, *[None] * (len(heads) - len(row))] for row in rows[header + 1 :]]
    return {head: [row[place] for row in body] for place, head in enumerate(heads)}


def _parse(content: bytes) -> ET.Element:
    return ET.fromstring(content)  # noqa: S314 our own workbook


def _text(node: ET.Element) -> str:
    return "".join(part.text or "" for part in node.iter(f"{MAIN}t"))


def _place(reference: str) -> int:
    """A -> 0, AA -> 26."""
    found = 0
    for letter in re.sub(r"\d", "", reference):
        found = found * 26 + ord(letter) - 64
    return found - 1


def _value(cell: ET.Element, shared: list[str]) -> Cell:
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(cell)
    value = cell.find(f"{MAIN}v")
    if value is None or value.text is None:
        return None
    if kind == "s":
        return shared[int(value.text)]
    if kind == "n":
        number = float(value.text)
        return int(number) if number.is_integer() else number
    return value.text
