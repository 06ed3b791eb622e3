"""Charts of figures that are rounded, hidden or unknown: drawn as such, and never with a number behind them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.report.charts import draw
from pipelines.report.charts.flow import STUB, STUB_LENGTH, layout
from pipelines.report.charts.style import HIDDEN_LENGTH
from pipelines.report.figure import Figure
from pipelines.report.html import render_html
from pipelines.report.model import Chart, Pack
from pipelines.report.pack import make_pack
from pipelines.report.pdf import render_pdf
from pipelines.report.release import TABLES, Release
from pipelines.report.topics.parts import bar, bars_chart
from pipelines.report.view import View, available
from pipelines.report.xlsx import render_xlsx
from tests.support.fictieve_publicatie import schrijf_publicatie

HIDDEN = ("onderdrukt", "niet_te_bepalen")


def bars(**figures: Figure) -> Chart:
    return bars_chart(
        "proef", "Proef", "leerlingen", [bar(label, figure) for label, figure in figures.items()]
    )


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_each_status_has_its_own_look() -> None:
    svg = draw(
        bars(
            a=Figure(31, "getoond"),
            b=Figure(20, "afgerond", 5),
            c=Figure(None, "onderdrukt"),
            d=Figure(None, "niet_te_bepalen"),
        )
    ).svg
    assert {"31", "circa 20", "niet getoond", "niet te bepalen"} <= set(texts(svg))
    assert svg.count('fill="url(#oa-arcering)"') == 1
    assert svg.count('fill="url(#oa-stippen)"') == 1


def test_a_rounded_bar_shows_the_counts_it_can_stand_for() -> None:
    drawing = draw(bars(a=Figure(40, "getoond"), b=Figure(20, "afgerond", 5)))
    rows = [row for rows in drawing.spec["datasets"].values() for row in rows]
    assert {(row["laag"], row["hoog"]) for row in rows if row["soort"] == "circa"} == {(16, 24)}
    rules = [layer for layer in drawing.spec["layer"] if layer["mark"]["type"] == "rule"]
    assert [(rule["encoding"]["x"]["field"], rule["encoding"]["x2"]["field"]) for rule in rules] == [
        ("laag", "hoog")
    ]


def test_a_hidden_bar_is_as_long_as_every_hidden_bar() -> None:
    def lengths(*others: int) -> set[str]:
        figures = {f"n{place}": Figure(value, "getoond") for place, value in enumerate(others)}
        svg = draw(bars(a=Figure(None, "onderdrukt"), b=Figure(None, "onderdrukt"), **figures)).svg
        return {
            re.search(r"h(\d+(?:\.\d+)?)v", path).group(1)  # type: ignore[union-attr]
            for path in re.findall(r'd="([^"]*)" fill="url\(#oa-arcering\)"', svg)
        }

    assert lengths(3) == lengths(4000, 12) == {str(HIDDEN_LENGTH)}


def flow(*links: tuple[str, str, int | None]) -> list[dict[str, object]]:
    made = [
        {"van": van, "naar": naar, "open": False, "plek": ("school", "swv", "geen").index(naar), "tekst": "x"}
        | ({} if value is None else {"waarde": value})
        for van, naar, value in links
    ]
    return layout(made)[0]


def test_a_hidden_flow_is_a_stub_at_both_ends_and_as_large_whatever_is_hidden() -> None:
    def stubs(*links: tuple[str, str, int | None]) -> list[tuple[str, float, float]]:
        points = [point for point in flow(*links) if point["kleur"] == "verborgen"]
        assert len(points) % 2 == 0
        pairs = zip(points[::2], points[1::2], strict=True)
        return [(one["stroom"], two["x"] - one["x"], one["onder"] - one["boven"]) for one, two in pairs]  # type: ignore[operator]

    few = stubs(("school", "school", 10), ("school", "swv", None))
    assert [name for name, *_ in few] == ["school → …", "… → swv"]
    many = stubs(
        ("school", "school", 4000),
        ("school", "swv", None),
        ("school", "geen", None),
        ("gemeente", "swv", None),
    )
    assert [name for name, *_ in many] == ["school → …", "gemeente → …", "… → swv", "… → geen"]
    assert {round(size, 1) for _, *sizes in (*few, *many) for size in sizes} == {STUB, STUB_LENGTH}


def all_with(folder: Path, status: str) -> Release:
    """A release in which every figure has this status, on multiples of the drempel where it has a value."""
    for table, (_, figures) in TABLES.items():
        path = folder / "parquet" / f"{table}.parquet"
        content = pq.read_table(path)
        rows = content.to_pylist()
        for row in rows:
            for name in figures:
                row[name] = None if status in HIDDEN else 5 * ((row[name] or 40) // 5)
            for name in [name for name in row if name == "status" or name.endswith("_status")]:
                row[name] = status
                row[f"{name.removesuffix('status')}onderdrukt"] = status == "onderdrukt"
            if status in HIDDEN and "noemer" in row:
                row |= {"aandeel_per_100": None, "noemer": None, "noemer_bron": None}
        pq.write_table(pa.Table.from_pylist(rows, schema=content.schema), path)
    return Release(folder)


def packs(release: Release) -> list[Pack]:
    year = release.schooljaren[-1]
    return [
        make_pack(View(release, kind, code, year))
        for kind, codes in available(release).items()
        for code in codes[:1]
    ]


@pytest.mark.parametrize("status", ["afgerond", *HIDDEN])
def test_packs_of_one_status_alone_are_whole(tmp_path: Path, status: str) -> None:
    made = packs(all_with(schrijf_publicatie(tmp_path / status), status))
    assert len(made) == 3
    for pack in made:
        drawings = {chart.id: draw(chart) for chart in pack.charts()}
        for form in (render_pdf(pack, drawings), render_html(pack, drawings), render_xlsx(pack)):
            assert len(form) > 10_000
        told = {each.status for table in pack.tables() for each in table.figures()}
        assert told <= {"getoond", status}  # sizes of schools and counts of schools are exact
        assert pack.findings
        if status in HIDDEN:
            words = json.dumps([chart.data for chart in pack.charts()])
            assert '"mediaan"' not in words
            assert not any(
                "waarde" in row
                for chart in pack.charts()
                if chart.id not in ("partijen-aanbieders",)
                for row in chart.data.get("rows", ())
            )


def test_in_a_rounded_release_no_sentence_is_more_exact_than_its_figure(tmp_path: Path) -> None:
    """Every count of pupils that a heading or finding names stands behind `circa`."""
    for pack in packs(all_with(schrijf_publicatie(tmp_path / "afgerond"), "afgerond")):
        for topic in pack.topics:
            said = [topic.heading, *topic.paragraphs, *(finding.text for finding in topic.findings)]
            for sentence in said:
                for before in re.findall(
                    r"(\w*) ?\b[\d.]+ (?:leerlingen|arrangementen|aanvragen)\b", sentence
                ):
                    assert before.lower() in ("circa", "elke"), sentence
