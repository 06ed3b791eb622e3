"""A share per area as a point, with its uncertainty as a line; the pack's own area in orange."""

from __future__ import annotations

from typing import Any

from pipelines.report.charts.rows import Rows
from pipelines.report.charts.style import BLUE, DOTS, GREY, HATCH, HIDDEN_LENGTH, LABEL, ORANGE, top, wrap


def spec(data: dict[str, Any]) -> dict[str, Any]:
    import altair as alt

    rows_of = Rows()
    rows = [{**row, "label": wrap(row["label"])} for row in data["rows"]]
    order = [row["label"] for row in rows]
    known = [row for row in rows if "waarde" in row]
    end = top([row["hoog"] for row in known], 1.35)
    y = alt.Y(
        "label:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelExpr=LABEL, domain=False, ticks=False, labelPadding=8),
    )
    x = alt.X(
        "waarde:Q",
        title="Van elke 100",
        scale=alt.Scale(domain=[0, end], nice=False),
        axis=alt.Axis(tickCount=6),
    )
    colour = alt.ColorValue(BLUE, condition={"test": "datum.eigen", "value": ORANGE})
    tip = [alt.Tooltip("label:N", title="Gebied"), alt.Tooltip("tekst:N", title="Van elke 100")]
    base = rows_of.chart(known)
    layers = [
        base.mark_rule(strokeWidth=3).encode(
            x=alt.X("laag:Q", title="Van elke 100"), x2="hoog:Q", y=y, color=colour, tooltip=tip
        ),
        base.mark_point(filled=True, size=110, opacity=1).encode(
            x=x,
            y=y,
            color=colour,
            tooltip=tip,
            shape=alt.ShapeValue("circle", condition={"test": "datum.eigen", "value": "diamond"}),
        ),
        base.mark_text(align="left", dx=8).encode(x=alt.X("hoog:Q"), y=y, text="tekst:N"),
    ]
    for kind, fill in (("verborgen", HATCH), ("onbekend", DOTS)):
        hidden = rows_of.chart([row for row in rows if row["soort"] == kind])
        if any(row["soort"] == kind for row in rows):
            layers.append(
                hidden.mark_bar(height={"band": 0.5}, fill=fill, stroke=GREY).encode(
                    x=alt.XValue(0), x2=alt.X2Value(HIDDEN_LENGTH), y=y
                )
            )
            layers.append(
                hidden.mark_text(align="left", fontStyle="italic").encode(
                    x=alt.XValue(HIDDEN_LENGTH + 6), y=y, text="tekst:N"
                )
            )
    return rows_of.finish(layers, 400, {"step": 22})
