"""Schools by size against their peers, with the limits that chance allows."""

from __future__ import annotations

from typing import Any

from pipelines.report.charts.rows import Rows
from pipelines.report.charts.style import BLUE, DARK, GREY, LINE, ORANGE, top


def spec(data: dict[str, Any]) -> dict[str, Any]:
    import altair as alt

    rows_of = Rows()
    points, band = data["punten"], data["band"]
    end = min(100.0, top([row["hoog"] for row in points] + [row["hoog"] for row in band], 1.08))
    x = alt.X(
        "leerlingen:Q",
        title="Leerlingen op de school",
        axis=alt.Axis(format=",.0f", tickCount=8),
        scale=alt.Scale(domain=[0, top([row["leerlingen"] for row in points], 1.05)], nice=False),
    )
    title = "Van elke 100 leerlingen"
    y = alt.Y("waarde:Q", title=title, scale=alt.Scale(domain=[0, end], nice=False, clamp=True))
    groups = sorted(
        {row["groep"] for row in points},
        key=lambda name: (name.startswith("Andere"), name.endswith("trechter")),
    )
    look = {
        name: (GREY, "circle")
        if name.startswith("Andere")
        else (ORANGE, "diamond")
        if name.endswith("trechter")
        else (BLUE, "square")
        for name in groups
    }
    colour = alt.Color(
        "groep:N",
        title=None,
        sort=groups,
        scale=alt.Scale(domain=groups, range=[look[name][0] for name in groups]),
        legend=alt.Legend(columns=3),
    )
    shape = alt.Shape(
        "groep:N",
        title=None,
        sort=groups,
        scale=alt.Scale(domain=groups, range=[look[name][1] for name in groups]),
    )
    tip = [
        alt.Tooltip("school:N", title="School"),
        alt.Tooltip("leerlingen:Q", title="Leerlingen"),
        alt.Tooltip("tekst:N", title="Met ondersteuning of jeugdhulp"),
    ]
    limits = rows_of.chart(band)
    base = rows_of.chart(points)
    layers = [
        limits.mark_area(color="#e8eef4", opacity=1).encode(x=x, y=alt.Y("laag:Q", title=title), y2="hoog:Q"),
        limits.mark_line(color=LINE, strokeDash=[5, 4]).encode(x=x, y=alt.Y("laag:Q")),
        limits.mark_line(color=LINE, strokeDash=[5, 4]).encode(x=x, y=alt.Y("hoog:Q")),
        rows_of.chart([{"gemiddeld": data["gemiddelde"]}])
        .mark_rule(color=DARK, strokeWidth=1.5)
        .encode(y=alt.Y("gemiddeld:Q")),
        base.mark_rule(strokeWidth=1.5, opacity=1).encode(x=x, y=alt.Y("laag:Q"), y2="hoog:Q", color=colour),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            x=x, y=y, color=colour, shape=shape, tooltip=tip
        ),
    ]
    return rows_of.finish(layers, 530, 160)
