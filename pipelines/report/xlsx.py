"""The pack as a workbook: a contents sheet, one sheet per published table, definitions.

Lives here: how cells are written. Not here: which rows (sheets) or texts (pack). Every cell is written as
text or as a number of its own accord, so nothing in it can be a formula or a link to elsewhere.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from pipelines.report.answers import COLUMNS, HERKEND
from pipelines.report.figure import Figure, Rate, Share
from pipelines.report.model import Column, Pack, Sheet, cell_text
from pipelines.report.pack import DEMO

HEAD_ROW = 2
TEXT = 100  # letters on a line of text
ANTWOORDEN = "Antwoorden"
VULT_IN = "Vul in wat er aan tafel is gezegd, en bewaar dit blad als antwoorden.csv (CSV UTF-8)"
OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}


def render_xlsx(pack: Pack) -> bytes:
    """The workbook as bytes."""
    import xlsxwriter

    target = BytesIO()
    book = xlsxwriter.Workbook(target, OPTIONS)
    book.set_properties(
        {
            "title": f"{pack.title}: {pack.subtitle}, {pack.schooljaar}",
            "keywords": pack.release,
            "author": "Ondersteuningsanalyse",
            "created": datetime.fromisoformat(pack.created),
        }
    )
    looks = {
        "title": book.add_format({"bold": True, "font_size": 14}),
        "bold": book.add_format({"bold": True}),
        "head": book.add_format(
            {"bold": True, "bg_color": "#EEF3F8", "bottom": 2, "text_wrap": True, "valign": "bottom"}
        ),
        "number": book.add_format({"num_format": "#,##0"}),
        "circa": book.add_format({"num_format": '"circa "#,##0'}),
        "circa_share": book.add_format({"num_format": '"circa "0.0'}),
        "share": book.add_format({"num_format": "0.0"}),
        "hidden": book.add_format({"italic": True, "align": "right"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "demo": book.add_format({"bold": True, "bg_color": "#FDF0D9"}),
        "link": book.add_format({"font_color": "#1B5E9B", "underline": 1}),
    }
    _contents(book, pack, looks)
    _findings(book, pack, looks)
    for sheet in _sheets(pack):
        _table(book, pack, sheet, looks)
    _definitions(book, pack, looks)
    if pack.profiel == "oogo":
        _answers(book, pack, looks)
    book.close()
    return target.getvalue()


def _sheets(pack: Pack) -> tuple[Sheet, ...]:
    """The key figures of page one, then the published tables."""
    if pack.key_figures is None:
        return pack.sheets
    first = pack.key_figures
    return (Sheet("Kerncijfers", first.source, first.title, first.columns, first.rows), *pack.sheets)


def _page(book: Any, name: str, pack: Pack) -> Any:
    page = book.add_worksheet(name)
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_footer(
        f"&L{_plain(pack.subtitle)}, {pack.schooljaar}, uitgave {_plain(pack.release)}&R&P van &N"
    )
    if pack.demo:
        page.set_header(f"&L{DEMO}")
    return page


def _told(page: Any, row: int, name: str, text: str, looks: dict[str, Any], head: str = "wrap") -> None:
    """A name and its text, as high as the text is long: not every program makes room of itself."""
    page.write_string(row, 0, name, looks[head])
    page.write_string(row, 1, text, looks["wrap"])
    page.set_row(row, 15 * max(1, -(-len(text) // TEXT)))


def _plain(text: str) -> str:
    """In a header or footer an ampersand starts a command."""
    return text.replace("&", "&&")


def _contents(book: Any, pack: Pack, looks: dict[str, Any]) -> None:
    page = _page(book, "Inhoud", pack)
    page.set_column(0, 0, 34)
    page.set_column(1, 1, TEXT)
    page.hide_gridlines(2)
    page.write_string(0, 0, f"{pack.title}: {pack.subtitle}, {pack.schooljaar}", looks["title"])
    row = 1
    if pack.demo:
        page.write_string(row, 0, DEMO, looks["demo"])
    row += 2
    for term, meaning in (*pack.facts, ("Contact", pack.contact or "niet vermeld")):
        _told(page, row, term, meaning, looks, "bold")
        row += 1
    row += 1
    for name, meaning in (
        (
            "Bevindingen",
            "Wat de cijfers hier zeggen, welke besluiten dat vraagt, en de vragen voor het gesprek",
        ),
        *((sheet.name, sheet.title) for sheet in _sheets(pack)),
        ("Definities", "Wat elk cijfer betekent, en waarover u van mening kunt verschillen"),
        *([(ANTWOORDEN, VULT_IN)] if pack.profiel == "oogo" else []),
    ):
        page.write_url(row, 0, f"internal:'{name}'!A1", looks["link"], name)
        page.write_string(row, 1, meaning, looks["wrap"])
        row += 1
    row += 1
    for section in pack.reading_guide:
        for term, meaning in section.terms:
            _told(page, row, term, meaning, looks, "bold")
            row += 1


def _findings(book: Any, pack: Pack, looks: dict[str, Any]) -> None:
    page = _page(book, "Bevindingen", pack)
    page.set_column(0, 0, 42)
    page.set_column(1, 1, TEXT)
    page.write_string(0, 0, "Bevindingen", looks["title"])
    lines = [("De belangrijkste", finding.text) for finding in pack.findings]
    lines += [(pack.asked, decision) for decision in pack.decisions]
    for topic in pack.topics:
        lines += [
            (topic.name, text) for text in (topic.heading, *topic.paragraphs, *topic.comparison, *topic.notes)
        ]
        lines += [(f"{topic.name}: eerder gezegd", answer.text) for answer in topic.answers]
        lines += [(f"{topic.name}: vraag", question) for question in topic.questions]
    for row, (name, text) in enumerate(lines, HEAD_ROW):
        _told(page, row, name, text, looks)


def _answers(book: Any, pack: Pack, looks: dict[str, Any]) -> None:
    """A line per topic, ready to fill in: this sheet alone is nothing but what `read_answers` reads."""
    page = _page(book, ANTWOORDEN, pack)
    for place, (name, width) in enumerate(zip(COLUMNS, (24, 14, 12, 20, 12, 60, 60), strict=True)):
        page.write_string(0, place, name, looks["head"])
        page.set_column(place, place, width)
    for row, topic in enumerate(pack.topics, 1):
        for place, value in enumerate((pack.release, pack.kind, pack.code, topic.id)):
            page.write_string(row, place, value)
    page.data_validation(
        1,
        COLUMNS.index("herkend"),
        len(pack.topics),
        COLUMNS.index("herkend"),
        {"validate": "list", "source": [word for word in HERKEND if word]},
    )
    page.freeze_panes(1, 0)


def _table(book: Any, pack: Pack, sheet: Sheet, looks: dict[str, Any]) -> None:
    page = _page(book, sheet.name, pack)
    page.set_landscape()
    page.write_string(0, 0, sheet.title, looks["title"])
    note = " ".join(filter(None, (DEMO if pack.demo else "", f"Uitgave {pack.release}.", sheet.note)))
    page.write_string(1, 0, note)
    for place, column in enumerate(sheet.columns):
        page.write_string(HEAD_ROW, place, column.title, looks["head"])
        page.set_column(place, place, _width(sheet, place, column))
    for line, row in enumerate(sheet.rows, HEAD_ROW + 1):
        for place, cell in enumerate(row):
            if isinstance(cell, Figure) and cell.value is not None:
                page.write_number(line, place, cell.value, looks["number" if cell.exact else "circa"])
            elif isinstance(cell, Rate) and cell.per_100 is not None:
                look = "share" if cell.figure.exact else "circa_share"
                page.write_number(line, place, cell.per_100, looks[look])
            elif isinstance(cell, Share) and cell.known:
                exact = cell.part.exact and cell.whole.exact
                page.write_number(
                    line, place, round(cell.per_100, 1), looks["share" if exact else "circa_share"]
                )
            elif isinstance(cell, Figure | Rate | Share):
                page.write_string(line, place, cell.text, looks["hidden"])
            else:
                page.write_string(line, place, cell_text(cell))
    page.freeze_panes(HEAD_ROW + 1, 1)
    page.repeat_rows(HEAD_ROW)
    page.autofilter(HEAD_ROW, 0, HEAD_ROW + len(sheet.rows), len(sheet.columns) - 1)


def _width(sheet: Sheet, place: int, column: Column) -> int:
    longest = max((len(cell_text(row[place])) for row in sheet.rows[:500]), default=0)
    return max(11, min(48, longest + 2), min(18, len(column.title)))


def _definitions(book: Any, pack: Pack, looks: dict[str, Any]) -> None:
    page = _page(book, "Definities", pack)
    page.set_column(0, 0, 44)
    page.set_column(1, 1, TEXT)
    page.write_string(0, 0, "Definities", looks["title"])
    row = HEAD_ROW
    for section in (*pack.reading_guide, *pack.annex):
        if not section.paragraphs:
            page.write_string(row, 0, section.title, looks["bold"])
            row += 1
        for number, text in enumerate(section.paragraphs):
            _told(page, row, "" if number else section.title, text, looks, "bold")
            row += 1
        for term, meaning in section.terms:
            _told(page, row, term, meaning, looks)
            row += 1
        row += 1
