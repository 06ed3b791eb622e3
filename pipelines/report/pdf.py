"""The pack as PDF: Typst, PDF/UA-1 and PDF/A-2a, embedded typeface, same input same bytes.

Lives here: the data handed to the template and the compiler's settings. Not here: content (pack) and layout
(templates/pakket.typ). A warning of the compiler is an error: a missing font is only a warning to Typst.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.errors import OaError
from pipelines.report.charts import Drawing
from pipelines.report.charts.style import WIDTH
from pipelines.report.figure import Figure, Rate, Share
from pipelines.report.fonts import font_folder
from pipelines.report.model import Cell, Pack, Section, Table, cell_text
from pipelines.report.pack import DEMO

TEMPLATE = Path(__file__).resolve().parent / "templates" / "pakket.typ"
STANDARDS = ["ua-1", "a-2a"]
Json = dict[str, Any]
LONG = 10  # rows from which the first column may be wider, so that a table takes fewer pages


def render_pdf(pack: Pack, drawings: dict[str, Drawing]) -> bytes:
    """The PDF; OaError if Typst warns about anything."""
    created = date.fromisoformat(pack.created)
    made, warnings = _compiler().compile_with_warnings(
        input=str(TEMPLATE),
        format="pdf",
        sys_inputs={"pack": json.dumps(as_data(pack, drawings), ensure_ascii=False)},
        pdf_standards=STANDARDS,
        timestamp=datetime(created.year, created.month, created.day, tzinfo=UTC),
    )
    if warnings or not isinstance(made, bytes):
        raise OaError(
            "Het PDF-pakket is niet goed te maken.",
            waar=pack.file_stem,
            remedie="; ".join(warning.message for warning in warnings) or "Meld dit als fout.",
        )
    return made


@cache
def _compiler() -> Any:
    """One for all packs: its cache forgets what it has not used for some packs, so memory stays level."""
    import typst

    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(font_folder())]
    )
    return typst.Compiler(
        input=str(TEMPLATE), root=str(TEMPLATE.parent), font_paths=fonts, ignore_system_fonts=True
    )


def as_data(pack: Pack, drawings: dict[str, Drawing]) -> Json:
    """The pack as the template reads it: text only, no figure that is not shown."""
    created = date.fromisoformat(pack.created)
    return {
        "title": pack.title,
        "subtitle": pack.subtitle,
        "schooljaar": pack.schooljaar,
        "release": pack.release,
        "profiel": f"profiel {pack.profiel}",
        "date": [created.year, created.month, created.day],
        "demo": DEMO if pack.demo else None,
        "kicker": "Op overeenstemming gericht overleg" if pack.profiel == "oogo" else "Openbare cijfers",
        "findings": [
            {"text": finding.text, "decision": finding.decision, "topic": finding.topic}
            for finding in pack.findings
        ],
        "lead": pack.lead,
        "asked": f"{pack.asked}:",
        "key_figures": _table(pack.key_figures) if pack.key_figures else None,
        "facts": [list(fact) for fact in pack.facts],
        "how_chosen": pack.how_chosen,
        "reading_guide": [_section(section) for section in pack.reading_guide],
        "topics": [
            {
                "id": topic.id,
                "name": topic.name,
                "heading": topic.heading,
                "paragraphs": list(topic.paragraphs),
                "charts": [_chart(drawings[chart.id]) for chart in topic.charts],
                "comparison": list(topic.comparison),
                "tables": [_table(table) for table in topic.tables],
                "notes": list(topic.notes),
                "talk": topic.talk,
                "questions": list(topic.questions),
                "answers": [answer.text for answer in topic.answers],
            }
            for topic in pack.topics
        ],
        "annex": [_section(section) for section in pack.annex],
    }


def _chart(drawing: Drawing) -> Json:
    found = re.search(r'<svg[^>]* width="([\d.]+)"', drawing.svg)
    width = float(found.group(1)) if found else WIDTH
    return {
        "title": drawing.chart.title,
        "alt": drawing.chart.alt,
        "svg": drawing.svg,
        "share": 100 * width / WIDTH,
    }


def _table(table: Table) -> Json:
    return {
        "title": table.title,
        "note": table.note,
        "columns": [
            {"title": column.title, "numeric": column.numeric, "weight": _weight(table, place)}
            for place, column in enumerate(table.columns)
        ],
        "rows": [
            {
                "total": cell_text(row[0]) == "Totaal",
                "cells": [{"text": cell_text(cell), "hidden": _hidden(cell)} for cell in row],
            }
            for row in table.rows
        ],
    }


def _weight(table: Table, place: int) -> float:
    """How wide a column is beside the others: by its longest cell, and the longest word of its header."""
    if table.columns[place].numeric:  # columns of numbers are all as wide as the widest
        widths = [_width(table, other) for other, column in enumerate(table.columns) if column.numeric]
        return max(widths)
    return _width(table, place)


def _width(table: Table, place: int) -> float:
    cells = [len(cell_text(row[place])) for row in table.rows]
    head = max(len(word) for word in table.columns[place].title.split())
    many = len(table.columns)
    most = 18 if many <= 6 else 14 if many == 7 else 10  # headers of many columns may be broken
    wide = place == 0 and (many > 7 or (many <= 6 and len(table.rows) >= LONG))
    widest = max([12 if place == 0 else 6, min(1.15 * head, most), *cells])
    room = 1.15 if place == 0 and many <= 8 else 1
    return float(min(34 if not wide else 52 if many <= 6 else 45, widest * room))


def _hidden(cell: Cell) -> bool:
    return isinstance(cell, (Figure, Rate, Share)) and not cell.known


def _section(section: Section) -> Json:
    return {
        "title": section.title,
        "paragraphs": list(section.paragraphs),
        "terms": [list(term) for term in section.terms],
        "tables": [_table(table) for table in section.tables],
    }
