"""A line per series over the schooljaren; incomparable years open, hidden ones hatched at a fixed height."""

from __future__ import annotations

from typing import Any

from pipelines.report.charts.rows import Rows
from pipelines.report.charts.style import BLUE, DOTS, GREY, HATCH, ORANGE, top

HEIGHT = 150


def spec(data: dict[str, Any]) -> dict[str, Any]:
    import altair as alt

    rows_of = Rows()
    series = list(dict.fromkeys(row["reeks"] for row in data["rows"]))
    panels = [
        _panel(alt, rows_of, [row for row in data["rows"] if row["reeks"] == name], name, colour)
        for name, colour in zip(series, (BLUE, ORANGE), strict=False)
    ]
    return rows_of.side("hconcat", panels, 36)


def _panel(alt: Any, rows_of: Rows, rows: list[dict[str, Any]], name: str, colour: str) -> Any:
    years = [row["schooljaar"] for row in rows]
    x = alt.X(
        "schooljaar:O",
        sort=years,
        title=None,
        scale=alt.Scale(domain=years),
        axis=alt.Axis(labelAngle=0, domain=True, ticks=False, labelPadding=6),
    )
    known = [row for row in rows if "waarde" in row]
    scale = alt.Scale(domain=[0, top([row["hoog"] for row in known], 1.25)], nice=False)
    y = alt.Y("waarde:Q", title=None, scale=scale, axis=alt.Axis(tickCount=4, format=",.0f", tickMinStep=1))
    tip = [alt.Tooltip("schooljaar:O", title="Schooljaar"), alt.Tooltip("tekst:N", title=name)]
    layers = []
    for place, part in enumerate(_unbroken(rows)):
        if len(part) > 1:
            layers.append(
                rows_of.chart([{**row, "deel": place} for row in part])
                .mark_line(color=colour, strokeWidth=2.5)
                .encode(x=x, y=y)
            )
    circa = [row for row in known if row["soort"] == "circa"]
    if circa:
        layers.append(
            rows_of.chart(circa)
            .mark_rule(color=colour, strokeWidth=2)
            .encode(x=x, y=alt.Y("laag:Q", title=None), y2="hoog:Q", tooltip=tip)
        )
    if known:
        base = rows_of.chart(known)
        layers.append(
            base.mark_point(size=90, opacity=1, strokeWidth=2.5, stroke=colour).encode(
                x=x,
                y=y,
                tooltip=tip,
                fill=alt.FillValue("#ffffff", condition={"test": "datum.volledig", "value": colour}),
            )
        )
        layers.append(base.mark_text(dy=-14).encode(x=x, y=y, text="tekst:N"))
    for kind, fill in (("verborgen", HATCH), ("onbekend", DOTS)):
        found = [row for row in rows if row["soort"] == kind]
        if found:
            hidden = rows_of.chart(found)
            layers.append(
                hidden.mark_bar(width=34, fill=fill, stroke=GREY).encode(
                    x=x, y=alt.YValue(HEIGHT), y2=alt.Y2Value(HEIGHT - 40)
                )
            )
            layers.append(
                hidden.mark_text(fontStyle="italic").encode(x=x, y=alt.YValue(HEIGHT - 50), text="tekst:N")
            )
    return rows_of.panel(layers, max(230, 88 * len(years)), HEIGHT, name)


def _unbroken(rows: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Runs of known, comparable years: a line is never drawn across a gap."""
    runs: list[list[dict[str, Any]]] = [[]]
    for row in rows:
        if "waarde" in row and row["volledig"]:
            runs[-1].append(row)
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]
