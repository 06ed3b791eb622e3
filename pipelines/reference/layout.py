"""Holding what came in against the published layout: encoding, columns, cells.

Lives here: the DUO dialect (`;`, UTF-8 with BOM or cp1252, quotes as they come) and the refusals that all
sources share. Not here: what the columns become (duo, cbs).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from pipelines.errors import Gebruiksfout
from pipelines.reference.sources import Bron


def read_duo(path: Path, bron: Bron) -> tuple[list[str], Iterator[tuple[int, dict[str, str]]]]:
    """Header and numbered rows (header = 1) of a DUO file; Gebruiksfout if it is not one, or not whole."""
    lines = _text(path, bron).splitlines()
    if not lines:
        raise changed(bron, "kopregel", "het bestand is leeg")
    header = [name.strip() for name in _cells(lines[0], lines[0].count(";") + 1) or []]
    check_columns(bron, header)
    return header, _rows(lines, header, bron)


def _rows(lines: Sequence[str], header: list[str], bron: Bron) -> Iterator[tuple[int, dict[str, str]]]:
    for number, line in enumerate(lines[1:], start=2):
        cells = _cells(line, len(header))
        if cells is None:
            raise changed(bron, f"rij {number}", "de rij heeft niet evenveel kolommen als de kopregel")
        yield number, dict(zip(header, (tidy(cell) for cell in cells), strict=True))


def _text(path: Path, bron: Bron) -> str:
    content = path.read_bytes()
    if not content.endswith((b"\n", b"\r")):
        raise changed(bron, "laatste rij", "het bestand breekt af")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise changed(bron, "inhoud", "het is geen tekst in UTF-8 of cp1252")


def _cells(line: str, width: int) -> list[str] | None:
    """The cells of one line, or None. DUO quotes names that hold quotes, not always as CSV would have it."""
    try:
        cells = next(csv.reader([line], delimiter=";", strict=True), [])
    except csv.Error:
        cells = []
    if len(cells) != width:
        cells = line.split(";")
    return cells if len(cells) == width else None


def tidy(cell: str) -> str:
    """A cell without doubled quotes, quotes around it, or more than one space in a row."""
    cell = cell.strip()
    if len(cell) > 1 and cell.startswith('"') and cell.endswith('"') and cell.count('"') == 2:
        cell = cell[1:-1]
    return " ".join(cell.replace('""', '"').split())


def check_columns(bron: Bron, found: Iterable[str]) -> None:
    """Gebruiksfout if a column that is read is missing or twice there."""
    names = list(found)
    missing = [name for name in bron.nodig if name not in names]
    if missing:
        raise changed(bron, "kopregel", f"kolom {', '.join(missing)} ontbreekt")
    double = sorted({name for name in bron.nodig if names.count(name) > 1})
    if double:
        raise changed(bron, "kopregel", f"kolom {', '.join(double)} staat er vaker in")


def other_columns(bron: Bron, header: Iterable[str]) -> tuple[str, ...]:
    """A warning if the header is not wholly the published one, though all that is read is there."""
    found = list(header)
    more = [name for name in found if name not in bron.kolommen]
    less = [name for name in bron.kolommen if name not in found]
    if not more and not less:
        return ()
    return (
        f"De kolommen van {bron.naam} zijn niet meer zoals bekend: erbij {', '.join(more) or 'geen'}; "
        f"weg {', '.join(less) or 'geen'}. Wat het programma leest, is er nog.",
    )


def changed(bron: Bron, waar: str, what: str) -> Gebruiksfout:
    """The error for a document that is not as published: nothing of it is used."""
    return Gebruiksfout(
        f"De bron {bron.naam} ({bron.uitgever}) heeft niet de opmaak die dit programma kent: {what}.",
        waar=f"{bron.titel}: {waar}",
        remedie=f"Kijk op {bron.pagina} of de opmaak gewijzigd is en meld dat bij de beheerder van dit "
        "programma. Wat er was, geldt nog.",
    )
