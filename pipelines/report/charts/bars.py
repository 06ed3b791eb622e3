"""Horizontal bars: exact, circa (with its range), hidden (hatched, fixed length) and unknown (dotted)."""

from __future__ import annotations

from typing import Any

from pipelines.report.charts.rows import Rows
from pipelines.report.charts.style import (
    BLUE,
    DARK,
    DOTS,
    GREY,
    HATCH,
    HIDDEN_LENGTH,
    LABEL,
    ORANGE,
    top,
    wrap,
)

LETTERS, LONGEST, WIDE = 40, 60, 335.0


def spec(data: dict[str, Any]) -> dict[str, Any]:
    import altair as alt

    rows_of = Rows()
    letters, width = _room(max(len(row["label"]) for row in data["rows"]))
    rows = [{**row, "label": wrap(row["label"], letters)} for row in data["rows"]]
    order = [row["label"] for row in rows]
    groups = list(dict.fromkeys(row["groep"] for row in rows if row["groep"]))
    known = [row for row in rows if "waarde" in row]
    end = top([row["hoog"] for row in known])
    y = alt.Y(
        "label:N",
        sort=order,
        title=None,
        axis=alt.Axis(labelExpr=LABEL, domain=False, ticks=False, labelPadding=8),
    )
    x = alt.X(
        "waarde:Q",
        title=f"Aantal {data['unit']}",
        scale=alt.Scale(domain=[0, end], nice=False),
        axis=alt.Axis(format=",.0f", tickMinStep=1, tickCount=6)
        if any(row["hoog"] for row in known)
        else None,  # nothing to measure
    )
    if groups:
        colour = alt.Color(
            "groep:N", title=None, scale=alt.Scale(domain=groups, range=[ORANGE, BLUE][: len(groups)])
        )
    else:
        colour = alt.ColorValue(BLUE)
    tip = [alt.Tooltip("label:N", title="Wat"), alt.Tooltip("tekst:N", title="Aantal")]
    shown = rows_of.chart(known).mark_bar(height={"band": 0.62}).encode(x=x, y=y, color=colour, tooltip=tip)
    layers = [shown]
    circa = [row for row in known if row["soort"] == "circa"]
    if circa:
        layers.append(
            rows_of.chart(circa)
            .mark_rule(color=DARK, strokeWidth=2)
            .encode(x=alt.X("laag:Q"), x2="hoog:Q", y=y, tooltip=tip)
        )
    layers.append(
        rows_of.chart(known).mark_text(align="left", dx=6).encode(x=alt.X("hoog:Q"), y=y, text="tekst:N")
    )
    for kind, fill in (("verborgen", HATCH), ("onbekend", DOTS)):
        hidden = [row for row in rows if row["soort"] == kind]
        if hidden:
            layers.append(
                rows_of.chart(hidden)
                .mark_bar(
                    height={"band": 0.62},
                    fill=fill,
                    stroke=GREY,
                    strokeWidth=1,
                    strokeDash=[4, 3] if kind == "onbekend" else [1, 0],
                )
                .encode(x=alt.XValue(0), x2=alt.X2Value(HIDDEN_LENGTH), y=y, tooltip=tip)
            )
            layers.append(
                rows_of.chart(hidden)
                .mark_text(align="left", fontStyle="italic")
                .encode(x=alt.XValue(HIDDEN_LENGTH + 6), y=y, text="tekst:N")
            )
    return rows_of.finish(layers, width, {"step": _step(order)})


def _room(longest: int) -> tuple[int, float]:
    """Letters on a line of a label, and what is left for the bars: one line as long as that leaves them enough."""
    letters = max(LETTERS, longest) if longest <= LONGEST else LETTERS
    return letters, WIDE - 5.8 * (letters - LETTERS)


def _step(labels: list[str]) -> int:
    """As low as the labels allow: the second line of a label stands below its bar."""
    return 33 if any("\n" in label for label in labels) else 21
