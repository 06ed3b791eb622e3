"""Waiting: a panel per step side by side, per area a line from the median (point) to the 90th percentile (bar end)."""

from __future__ import annotations

from typing import Any

from pipelines.report.charts.rows import Rows
from pipelines.report.charts.style import BLUE, DARK, DOTS, GREY, HATCH, HIDDEN_LENGTH, ORANGE, top, wrap


def spec(data: dict[str, Any]) -> dict[str, Any]:
    import altair as alt

    rows_of = Rows()
    rows = data["rows"]
    end = top([row["p90"] for row in rows if "p90" in row] + [float(data["norm"])], 1.5)
    steps = list(dict.fromkeys(row["stap"] for row in rows))
    panels = [
        _panel(
            alt,
            rows_of,
            [row for row in rows if row["stap"] == step],
            step,
            end,
            data["norm"] if step == data["norm_stap"] else None,
            step == steps[0],
        )
        for step in steps
    ]
    return rows_of.side("hconcat", panels, 16)


def _panel(
    alt: Any, rows_of: Rows, rows: list[dict[str, Any]], step: str, end: float, norm: int | None, first: bool
) -> Any:
    order = [row["label"] for row in rows]
    axis_y = alt.Axis(domain=False, ticks=False, labelPadding=8, labels=first)
    y = alt.Y("label:N", sort=order, title=None, axis=axis_y)
    scale = alt.Scale(domain=[0, end], nice=False)
    axis = alt.Axis(tickCount=4, title="Dagen")
    colour = alt.ColorValue(BLUE, condition={"test": "datum.eigen", "value": ORANGE})
    tip = [alt.Tooltip("label:N", title="Gebied"), alt.Tooltip("tekst:N", title="Dagen")]
    known = rows_of.chart([row for row in rows if row["soort"] == "exact"])
    # The first layer holds every area, so that the rows keep their order also where nothing is known.
    layers = [rows_of.chart([{"label": row["label"]} for row in rows]).mark_text(text="").encode(y=y)]
    if any(row["soort"] == "exact" for row in rows):
        layers += [
            known.mark_rule(strokeWidth=4).encode(
                x=alt.X("mediaan:Q", scale=scale, axis=axis), x2="p90:Q", y=y, color=colour, tooltip=tip
            ),
            known.mark_point(filled=True, size=110, opacity=1).encode(
                x=alt.X("mediaan:Q"), y=y, color=colour, tooltip=tip
            ),
            known.mark_tick(thickness=3, height={"band": 0.6}).encode(x=alt.X("p90:Q"), y=y, color=colour),
            known.mark_text(align="left", dx=8).encode(x=alt.X("p90:Q"), y=y, text="tekst:N"),
        ]
    for kind, fill in (("verborgen", HATCH), ("onbekend", DOTS), ("geen", None)):
        found = [row for row in rows if row["soort"] == kind]
        if not found:
            continue
        hidden = rows_of.chart(found)
        if fill:
            layers.append(
                hidden.mark_bar(height={"band": 0.5}, fill=fill, stroke=GREY).encode(
                    x=alt.XValue(0), x2=alt.X2Value(HIDDEN_LENGTH), y=y
                )
            )
        layers.append(
            hidden.mark_text(align="left", fontStyle="italic").encode(
                x=alt.XValue(HIDDEN_LENGTH + 6 if fill else 4), y=y, text="tekst:N"
            )
        )
    if norm is not None:
        line = rows_of.chart([{"norm": norm, "tekst": f"norm {norm} dagen"}])
        layers.append(
            line.mark_rule(color=DARK, strokeDash=[5, 4], strokeWidth=1.5).encode(
                x=alt.X("norm:Q", scale=scale, axis=axis)
            )
        )
        layers.append(
            line.mark_text(align="left", baseline="bottom", dx=4, dy=-2).encode(
                x=alt.X("norm:Q"), y=alt.YValue(0), text="tekst:N"
            )
        )
    return rows_of.panel(layers, 158, {"step": 21}, wrap(step, 24).split("\n"))
