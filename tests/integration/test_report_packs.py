"""The packs as they are handed out: every file is opened again and held against the publication."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import page
import pypdf
import pytest

from pipelines.errors import Gebruiksfout
from pipelines.report import build_packs
from pipelines.report.model import Pack, cell_text
from pipelines.report.pack import DEMO, make_pack
from pipelines.report.release import TABLES, Release
from pipelines.report.sheets import FIGURE_HEADS, HEADS, SHARE, SHEETS
from pipelines.report.view import View
from tests.support.fictieve_publicatie import schrijf_publicatie
from tests.support.werkboek import table as table_of

ID = "20251010-fictief"
CASES = (
    ("oogo", "gemeente", "0308", "2024-2025"),
    ("oogo", "gemeente", "0308", "2022-2023"),
    ("oogo", "swv", "VO2602", "2024-2025"),
    ("oogo", "regio", "TOTAAL", "2024-2025"),
    ("openbaar", "gemeente", "0307", "2024-2025"),
)


@dataclass
class Made:
    """One pack, its content and its three files."""

    content: Pack
    release: Path
    pdf: Path
    html: Path
    xlsx: Path

    @cached_property
    def pdf_pages(self) -> list[str]:
        return [sheet.extract_text() for sheet in pypdf.PdfReader(self.pdf).pages]

    @property
    def pdf_text(self) -> str:
        return "\n".join(self.pdf_pages)


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("uitgaven")
    return {profiel: schrijf_publicatie(root / profiel, profiel) for profiel in ("oogo", "openbaar")}


@pytest.fixture(scope="module")
def packs(releases: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> list[Made]:
    made = []
    for number, (profiel, kind, code, year) in enumerate(CASES):
        folder = tmp_path_factory.mktemp(f"pakket{number}")
        named = {"regio": True} if kind == "regio" else {kind: code}
        pdf, html, xlsx = build_packs(releases[profiel], folder, schooljaar=year, **named)
        release = Release(releases[profiel])
        made.append(Made(make_pack(View(release, kind, code, year)), releases[profiel], pdf, html, xlsx))
    return made


def squeeze(text: str) -> str:
    """Without white space and hyphens: a cell may be broken over lines."""
    return re.sub(r"[\s\u00ad-]", "", text)


# PDF


def test_every_pdf_passes_pdf_ua_and_pdf_a(packs: list[Made]) -> None:
    for made in packs:
        for profile in (page.ValidationProfile.PDF_UA_1, page.ValidationProfile.PDF_A_2A):
            report = page.validate_pdf(str(made.pdf), profile=profile)
            assert {failure.message for failure in report.failures} <= {LENGTH}
            assert report.rules.total >= 100
        assert lengths_hold(made.pdf.read_bytes())


# The validator takes a carriage return that ends the bytes of a stream for part of the line end behind it.
LENGTH = "a stream /Length does not match its raw content length"


def lengths_hold(pdf: bytes) -> bool:
    """Every stream is exactly as long as it says, and there are streams."""
    found = [
        pdf[match.end() + int(match.group(1)) :].startswith(b"\nendstream")
        for match in re.finditer(rb"/Length (\d+)[^>]*>>\s*stream\r?\n", pdf)
    ]
    return len(found) > 10 and all(found)


def structure(node: object) -> list[str]:
    """The kinds of structure element under a node of the PDF's tag tree, in reading order."""
    node = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
    if isinstance(node, list):
        return [kind for child in node for kind in structure(child)]
    if not isinstance(node, dict):
        return []
    own = [str(node["/S"])] if "/S" in node else []
    return own + (structure(node["/K"]) if "/K" in node else [])


def tables_of(node: object) -> list[list[str]]:
    node = node.get_object() if isinstance(node, pypdf.generic.IndirectObject) else node
    if isinstance(node, list):
        return [table for child in node for table in tables_of(child)]
    if not isinstance(node, dict):
        return []
    if node.get("/S") == "/Table":
        return [structure(node["/K"])]
    return tables_of(node["/K"]) if "/K" in node else []


def test_every_table_in_the_pdf_has_header_cells(packs: list[Made]) -> None:
    for made in packs:
        found = tables_of(pypdf.PdfReader(made.pdf).trailer["/Root"]["/StructTreeRoot"])
        assert len(found) == len(made.content.tables())
        for kinds, table in zip(found, made.content.tables(), strict=True):
            assert kinds.count("/TH") >= len(table.columns), table.id


def test_the_pdf_is_dutch_titled_and_has_its_own_letters(packs: list[Made]) -> None:
    for made in packs:
        reader = pypdf.PdfReader(made.pdf)
        assert reader.trailer["/Root"]["/Lang"] == "nl-NL"
        assert made.content.title in reader.metadata.title
        for sheet in reader.pages:
            for font in sheet["/Resources"].get("/Font", {}).values():
                assert "SourceSansPro" in str(font.get_object()["/BaseFont"])


def test_every_row_of_every_table_stands_in_the_pdf(packs: list[Made]) -> None:
    for made in packs:
        text = squeeze(made.pdf_text)
        for table in made.content.tables():
            for row in table.rows:
                assert squeeze("".join(cell_text(cell) for cell in row)) in text, (table.id, row[0])


def test_the_questions_name_their_topic_wherever_a_page_breaks(packs: list[Made]) -> None:
    for made in packs:
        text, page = squeeze(made.pdf_text), made.html.read_text(encoding="utf-8")
        for topic in made.content.topics:
            assert topic.talk.endswith(topic.name[1:])
            assert squeeze(topic.talk) in text
            assert f"<h3>{topic.talk}</h3>" in page


def test_the_demo_is_named_on_every_page(packs: list[Made]) -> None:
    for made in packs:
        for number, text in enumerate(made.pdf_pages, 1):
            assert DEMO in text, number


def test_the_same_release_gives_the_same_bytes(packs: list[Made], tmp_path: Path) -> None:
    made = packs[0]
    again = build_packs(made.release, tmp_path, gemeente="0308")
    assert [path.name for path in again] == [made.pdf.name, made.html.name, made.xlsx.name]
    assert [path.read_bytes() for path in again] == [
        path.read_bytes() for path in (made.pdf, made.html, made.xlsx)
    ]


# XLSX


def test_the_workbook_of_the_region_equals_the_publication(packs: list[Made]) -> None:
    made = packs[3]
    release = Release(made.release)
    shares = 0
    for table, (name, _) in SHEETS.items():
        columns = table_of(made.xlsx, name)
        rows = release.rows(table)
        assert len(columns["Schooljaar"]) == len(rows)
        for figure in TABLES[table][1]:
            read = columns[FIGURE_HEADS.get((table, figure), HEADS[figure])]
            for cell, row in zip(read, rows, strict=True):
                known = release.figure(row, figure)
                assert str(cell) == (str(known.value) if known.known else known.text), table
        for name in SHARE[:2] if SHARE[0] in rows[0] else ():
            for cell, row in zip(columns[HEADS[name]], rows, strict=True):
                assert row[name] == cell if row[name] is not None else not isinstance(cell, int | float)
                shares += row[name] is not None
    assert shares > 100


def test_a_rounded_number_is_a_number_that_reads_as_about(packs: list[Made]) -> None:
    """Excel calculates with it, a person sees `circa 20`."""
    with ZipFile(BytesIO(packs[3].xlsx.read_bytes())) as parts:
        looks = parts.read("xl/styles.xml").decode()
    assert 'formatCode="&quot;circa &quot;#,##0"' in looks
    release = Release(packs[3].release)
    rounded = {row["leerlingen"] for row in release.rows("ondersteuning_per_school", status="afgerond")}
    cells = table_of(packs[3].xlsx, "Per school")
    read = {
        cell
        for cell, status in zip(cells["Leerlingen"], cells["Status"], strict=True)
        if status == "afgerond"
    }
    assert read == rounded


def test_the_workbook_executes_nothing_and_links_nowhere(packs: list[Made]) -> None:
    for made in packs:
        with ZipFile(BytesIO(made.xlsx.read_bytes())) as parts:
            for name in parts.namelist():
                assert "externalLink" not in name
                assert "vbaProject" not in name
                if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                    assert "<f>" not in parts.read(name).decode(), name


def test_a_name_that_looks_like_a_formula_stays_text(releases: dict[str, Path], tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    evil = schrijf_publicatie(tmp_path / "kwaad")
    path = evil / "parquet" / "dim_bestuur.parquet"
    rows = pq.read_table(path).to_pylist()
    rows[0]["naam"] = '=cmd|"/c calc"!A1</script><b>#pagebreak()'
    pq.write_table(pa.Table.from_pylist(rows), path)
    pdf, html, xlsx = build_packs(evil, tmp_path / "uit", gemeente="0307")
    with ZipFile(xlsx) as parts:
        assert all(
            "<f>" not in parts.read(name).decode()
            for name in parts.namelist()
            if name.startswith("xl/worksheets/sheet")
        )
    assert "</script><b>" not in html.read_text(encoding="utf-8").split("<script>")[0]
    assert "#pagebreak()" in squeeze("".join(sheet.extract_text() for sheet in pypdf.PdfReader(pdf).pages))


# What is hidden stays hidden


def test_a_hidden_figure_is_no_number_in_chart_or_page(packs: list[Made]) -> None:
    seen = 0
    for made in packs:
        for chart in made.content.charts():
            for row in chart.data.get("rows", []) + chart.data.get("links", []):
                if row.get("soort") in ("verborgen", "onbekend"):
                    seen += 1
                    assert not {"waarde", "laag", "hoog", "mediaan", "p90"} & set(row), chart.id
    assert seen > 10


def test_a_value_under_a_hidden_status_stops_the_pack(tmp_path: Path) -> None:
    import duckdb

    broken = schrijf_publicatie(tmp_path / "stuk")
    path = broken / "parquet" / "organisatie.parquet"
    duckdb.sql(
        "COPY (SELECT * REPLACE (if(status = 'onderdrukt', 3, arrangementen) AS arrangementen) "
        f"FROM '{path}') TO '{path}.nieuw' (FORMAT parquet)"
    )
    Path(f"{path}.nieuw").replace(path)
    with pytest.raises(ValueError, match="hidden"):
        build_packs(broken, tmp_path / "uit", regio=True)
    assert not list((tmp_path / "uit").glob("*"))


def test_no_school_in_any_file_of_the_public_pack(packs: list[Made]) -> None:
    made = packs[4]
    release = Release(made.release)
    with ZipFile(made.xlsx) as parts:
        text = (
            made.pdf_text
            + made.html.read_text(encoding="utf-8")
            + "".join(parts.read(name).decode() for name in parts.namelist() if name.endswith(".xml"))
        )
    for code, school in release.schools.items():
        if code != "onbekend":
            assert code not in text
            assert str(school["naam"]) not in text


# The command's edges


def test_wrong_wishes_are_refused_at_once(releases: dict[str, Path], tmp_path: Path) -> None:
    for wish in (
        {"gemeente": "9999"},
        {"swv": "PO9999"},
        {"profiel": "openbaar"},
        {"schooljaar": "1999-2000"},
        {"vormen": ("papier",)},
    ):
        with pytest.raises(Gebruiksfout):
            build_packs(releases["oogo"], tmp_path / "uit", **wish)
    assert not (tmp_path / "uit").exists()


def test_all_packs_are_made_in_one_go_with_progress(releases: dict[str, Path], tmp_path: Path) -> None:
    told: list[str] = []
    made = build_packs(releases["openbaar"], tmp_path, meld=told.append, vormen=("xlsx",))
    assert len(made) == 7
    assert told[0] == "Pakket 1 van 7: Gemeente Amersfoort"
    assert told[-1] == "Pakket 7 van 7: De hele regio"
    assert not list(tmp_path.glob(".*"))
