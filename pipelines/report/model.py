"""The content of a pack, before it has a form.

Lives here: plain data (pack, topic, finding, chart, table) that PDF, HTML and XLSX all draw from, so that
they cannot differ. Not here: rules that fill it (topics, summary) and anything about paper, screens or
colours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipelines.report.figure import Figure, Rate, Share
from pipelines.report.language import lower_first

Cell = Figure | Rate | Share | str


def cell_text(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell.text


@dataclass(frozen=True)
class Column:
    title: str
    numeric: bool = True


@dataclass(frozen=True)
class Table:
    """First column is the row header. `source` is the published table that it shows."""

    id: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: str
    note: str = ""

    def figures(self) -> list[Figure]:
        """Every figure in the table that has a number."""
        return [cell for row in self.rows for cell in row if isinstance(cell, Figure) and cell.known]


@dataclass(frozen=True)
class Chart:
    """What a chart shows: `kind` picks the drawing, `data` holds no value of a hidden figure."""

    id: str
    kind: str
    title: str
    alt: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Finding:
    """One sentence for page one; `weight` decides which three are told, `decision` is what it asks for."""

    text: str
    weight: float
    topic: str
    decision: str = ""


@dataclass(frozen=True)
class Answer:
    """What the parties said about a topic at an earlier meeting."""

    release: str
    herkend: str
    verklaring: str
    afspraak: str

    @property
    def text(self) -> str:
        told = [f"Bij uitgave {self.release}."]
        if self.herkend:
            told.append(f"Herkend: {self.herkend}.")
        told += [
            f"{label}: {value.rstrip('.')}."
            for label, value in (("Verklaring", self.verklaring), ("Afspraak", self.afspraak))
            if value
        ]
        return " ".join(told)


@dataclass(frozen=True)
class Topic:
    id: str
    name: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    more_tables: tuple[Table, ...] = ()  # told in the annex, so that the topic keeps to its point
    comparison: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    answers: tuple[Answer, ...] = ()

    @property
    def talk(self) -> str:
        """The heading over the questions."""
        return f"Voor het gesprek: {lower_first(self.name)}"


@dataclass(frozen=True)
class Section:
    """A piece of text with a heading: paragraphs, then term/meaning pairs, then tables."""

    id: str
    title: str
    paragraphs: tuple[str, ...] = ()
    terms: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """Rows of one published table for this area, as the workbook shows them."""

    name: str
    table: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


@dataclass(frozen=True)
class Pack:
    kind: str  # gemeente, swv or regio
    code: str
    name: str
    title: str
    subtitle: str
    release: str
    profiel: str
    schooljaar: str
    created: str  # newest delivery date, ISO: the same input gives the same bytes
    demo: bool
    contact: str
    facts: tuple[tuple[str, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    decisions: tuple[str, ...] = ()
    how_chosen: str = ""
    key_figures: Table | None = None
    reading_guide: tuple[Section, ...] = ()
    topics: tuple[Topic, ...] = ()
    annex: tuple[Section, ...] = ()
    sheets: tuple[Sheet, ...] = field(default=(), repr=False)

    @property
    def file_stem(self) -> str:
        place = self.kind if self.kind == "regio" else f"{self.kind}_{self.code}"
        return (
            f"oogo_{place}_{self.release}" if self.profiel == "oogo" else f"openbaar_{place}_{self.release}"
        )

    @property
    def lead(self) -> str:
        """The heading over the findings: who sits at the table is asked something, the public reads what is asked."""
        asked = "wordt van u gevraagd" if self.profiel == "oogo" else "ligt er op tafel"
        return f"Wat telt hier het meest, en wat {asked}?"

    @property
    def asked(self) -> str:
        """The word before a decision."""
        return "Gevraagd" if self.profiel == "oogo" else "Op tafel"

    def tables(self) -> list[Table]:
        """Every table once, in the order of the PDF."""
        found = [self.key_figures] if self.key_figures else []
        found += [table for topic in self.topics for table in topic.tables]
        sections = (*self.reading_guide, *self.annex)
        return found + [table for section in sections for table in section.tables]

    def charts(self) -> list[Chart]:
        return [chart for topic in self.topics for chart in topic.charts]
