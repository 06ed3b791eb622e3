"""A short document as values, and the same document as Markdown, HTML and plain text.

Lives here: four kinds of block and three renderings. Not here: any content. HTML is escaped throughout, has a
language, a title and table headers, and needs nothing from outside.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import escape

_STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; max-width: 46rem;
       margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 1.75rem; }
.tabel { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { border-bottom: 1px solid #767676; padding: .3rem .5rem; text-align: left; vertical-align: top; }
@media print { body { margin: 0; max-width: none; } }
""".strip()


@dataclass(frozen=True)
class Kop:
    tekst: str


@dataclass(frozen=True)
class Alinea:
    tekst: str


@dataclass(frozen=True)
class Lijst:
    punten: tuple[str, ...]


@dataclass(frozen=True)
class Tabel:
    """`bijschrift` tells what the table shows; each row has as many cells as there are columns."""

    bijschrift: str
    kolommen: tuple[str, ...]
    rijen: tuple[tuple[str, ...], ...]


Blok = Kop | Alinea | Lijst | Tabel


@dataclass
class Document:
    """A title and its blocks, in reading order."""

    titel: str
    blokken: list[Blok] = field(default_factory=list)

    def kop(self, tekst: str) -> None:
        self.blokken.append(Kop(tekst))

    def alinea(self, tekst: str) -> None:
        self.blokken.append(Alinea(tekst))

    def lijst(self, punten: Sequence[str]) -> None:
        self.blokken.append(Lijst(tuple(punten)))

    def tabel(self, bijschrift: str, kolommen: Sequence[str], rijen: Sequence[Sequence[str]]) -> None:
        self.blokken.append(Tabel(bijschrift, tuple(kolommen), tuple(tuple(map(str, row)) for row in rijen)))

    def markdown(self) -> str:
        return "\n\n".join([f"# {_md(self.titel)}", *map(_markdown, self.blokken)]) + "\n"

    def html(self) -> str:
        body = "\n".join(map(_html, self.blokken))
        return (
            f'<!doctype html>\n<html lang="nl">\n<head>\n<meta charset="utf-8">\n'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            f"<title>{escape(self.titel)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n<main>\n"
            f"<h1>{escape(self.titel)}</h1>\n{body}\n</main>\n</body>\n</html>\n"
        )

    def tekst(self) -> str:
        return "\n\n".join([f"{self.titel}\n{'=' * len(self.titel)}", *map(_text, self.blokken)]) + "\n"


def _markdown(blok: Blok) -> str:
    match blok:
        case Kop(tekst):
            return f"## {_md(tekst)}"
        case Alinea(tekst):
            return _md(tekst)
        case Lijst(punten):
            return "\n".join(f"- {_md(punt)}" for punt in punten)
        case Tabel(bijschrift, kolommen, rijen):
            rows = [kolommen, tuple("---" for _ in kolommen), *rijen]
            lines = [
                "| " + " | ".join(_md(cell) if number != 1 else cell for cell in row) + " |"
                for number, row in enumerate(rows)
            ]
            return "\n".join([f"*{_md(bijschrift)}*", "", *lines])


def _html(blok: Blok) -> str:
    match blok:
        case Kop(tekst):
            return f"<h2>{escape(tekst)}</h2>"
        case Alinea(tekst):
            return f"<p>{escape(tekst)}</p>"
        case Lijst(punten):
            return "<ul>\n" + "\n".join(f"<li>{escape(punt)}</li>" for punt in punten) + "\n</ul>"
        case Tabel(bijschrift, kolommen, rijen):
            head = "".join(f'<th scope="col">{escape(name)}</th>' for name in kolommen)
            rows = "\n".join(
                "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rijen
            )
            return (
                f'<div class="tabel" tabindex="0" role="region" aria-label="{escape(bijschrift)}">\n'
                f"<table>\n<caption>{escape(bijschrift)}</caption>\n<thead><tr>{head}</tr></thead>\n"
                f"<tbody>\n{rows}\n</tbody>\n</table>\n</div>"
            )


def _text(blok: Blok) -> str:
    match blok:
        case Kop(tekst):
            return f"{tekst}\n{'-' * len(tekst)}"
        case Alinea(tekst):
            return textwrap.fill(tekst, 90)
        case Lijst(punten):
            return "\n".join(
                textwrap.fill(punt, 90, initial_indent="- ", subsequent_indent="  ") for punt in punten
            )
        case Tabel(bijschrift, kolommen, rijen):
            records = [
                "\n".join(
                    textwrap.fill(
                        f"{name}: {cell}", 90, initial_indent="  " if at else "- ", subsequent_indent="    "
                    )
                    for at, (name, cell) in enumerate(zip(kolommen, row, strict=True))
                    if cell
                )
                for row in rijen
            ]
            return "\n".join([f"{bijschrift}:", *records])


def _md(text: str) -> str:
    """Text that Markdown shows as it is: no markup, no cell border, no HTML."""
    text = " ".join(text.split())
    for char in "\\`*_[]<>|#":
        text = text.replace(char, f"\\{char}")
    return text
