"""A map of the gemeenten: its number in each, shaded by what can be said of it; hatched where hidden."""

from __future__ import annotations

import json
from functools import cache
from itertools import pairwise
from math import hypot
from pathlib import Path
from statistics import median
from typing import Any

from pipelines.report.charts.rows import Rows
from pipelines.report.charts.style import DARK, DOTS, HATCH, ORANGE, PALE, SKY

GRENZEN = Path(__file__).resolve().parent.parent / "data" / "gemeentegrenzen.json"
WIDE, HIGH = 560.0, 310.0


@cache
def borders() -> dict[str, list[list[list[int]]]]:
    """Rings per gemeente in flat units of about 11 m; source and projection stand in the file."""
    return json.loads(GRENZEN.read_text(encoding="utf-8"))["gemeenten"]


KLASSEN = {
    "minder": ("Duidelijk minder dan de regio", SKY),
    "gelijk": ("Geen duidelijk verschil", PALE),
    "meer": ("Duidelijk meer dan de regio", ORANGE),
    "verborgen": ("Niet getoond", HATCH),
    "onbekend": ("Niet te bepalen", DOTS),
}


def spec(data: dict[str, Any]) -> dict[str, Any]:
    import altair as alt

    rows_of = Rows()
    rows = drawable(data["rows"])
    used = [kind for kind in KLASSEN if any(row["soort"] == kind for row in rows)]
    colour = alt.Color(
        "properties.klasse:N",
        title=None,
        scale=alt.Scale(
            domain=[KLASSEN[kind][0] for kind in used], range=[KLASSEN[kind][1] for kind in used]
        ),
        legend=alt.Legend(symbolStrokeColor=DARK, symbolType="square"),
    )
    shapes = (
        rows_of.chart([_feature(row) for row in rows])
        .mark_geoshape(stroke=DARK, strokeWidth=1)
        .encode(
            color=colour,
            tooltip=[
                alt.Tooltip("properties.naam:N", title="Gemeente"),
                alt.Tooltip("properties.tekst:N", title="Van elke 100"),
            ],
        )
    )
    wide, high, put = _frame(rows)
    base = rows_of.chart(
        [
            {
                "naam": label["naam"],
                "px": put(label["x"], label["y"])[0],
                "py": put(label["x"], label["y"])[1],
            }
            for label in _labels(rows)
        ]
    )
    place = {
        "x": alt.X("px:Q", axis=None, scale=alt.Scale(domain=[0, wide], nice=False)),
        "y": alt.Y("py:Q", axis=None, scale=alt.Scale(domain=[high, 0], nice=False)),
        "text": "naam:N",
    }
    halo = base.mark_text(
        lineBreak="\n", fontSize=12, stroke="#ffffff", strokeWidth=4, strokeOpacity=0.9, strokeJoin="round"
    ).encode(**place)
    text = base.mark_text(lineBreak="\n", fontSize=12).encode(**place)
    return rows_of.finish([shapes.project(type="identity", reflectY=True), halo, text], wide, high)


def drawable(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows that a map shows: with borders, and near the others."""
    return near([row for row in rows if row["gemeente"] in borders()])


def near(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The gemeenten that lie together: one far away would make the others too small to read."""
    if len(rows) < 3:
        return rows
    centres = {row["gemeente"]: _centre(row["gemeente"]) for row in rows}
    middle = median(x for x, _ in centres.values()), median(y for _, y in centres.values())
    far = {code: hypot(x - middle[0], y - middle[1]) for code, (x, y) in centres.items()}
    reach = 4 * median(far.values())
    return [row for row in rows if far[row["gemeente"]] <= reach]


def _centre(gemeente: str) -> tuple[float, float]:
    points = [point for ring in borders()[gemeente] for point in ring]
    return sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points)


def _feature(row: dict[str, Any]) -> dict[str, Any]:
    rings = borders()[row["gemeente"]]
    return {
        "type": "Feature",
        "properties": {"naam": row["naam"], "tekst": row["tekst"], "klasse": KLASSEN[row["soort"]][0]},
        "geometry": {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]},
    }


def _frame(rows: list[dict[str, Any]]) -> tuple[float, float, Any]:
    """Size of the map and the function that Vega's fit applies to flat coordinates."""
    points = [point for row in rows for ring in borders()[row["gemeente"]] for point in ring]
    x0, x1 = min(x for x, _ in points), max(x for x, _ in points)
    y0, y1 = min(y for _, y in points), max(y for _, y in points)
    scale = min(WIDE / (x1 - x0), HIGH / (y1 - y0))
    wide, high = (x1 - x0) * scale, (y1 - y0) * scale
    return wide, high, lambda x, y: (round((x - x0) * scale, 1), round((y1 - y) * scale, 1))


def _labels(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Name and number in the middle of the largest ring of each gemeente."""
    found = []
    for row in rows:
        ring = max(borders()[row["gemeente"]], key=lambda ring: abs(_area(ring)))
        twice = _area(ring) * 3 or 1
        pairs = list(pairwise(ring))
        x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / twice
        y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in pairs) / twice
        # The hatching already says that a number is not shown; the words would only be in the way.
        text = row["naam"] if row["soort"] in ("verborgen", "onbekend") else f"{row['naam']}\n{row['tekst']}"
        found.append({"naam": text, "x": x, "y": y})
    return found


def _area(ring: list[list[int]]) -> float:
    """Twice the signed area."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))
