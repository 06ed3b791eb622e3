"""The flow from who is responsible to who pays: bands as thick as their figure.

A hidden flow is not drawn from end to end, for most flows are hidden and their crossing lines would hide the ones that
are shown: each end that has any gets one hatched stub, always as long and as thick.
"""

from __future__ import annotations

from typing import Any

from pipelines.report.charts.rows import Rows
from pipelines.report.charts.style import BLUE, DARK, HATCH, ORANGE, wrap

HEIGHT, GAP, NODE, BAND = 230.0, 9.0, 12.0, 330.0
LEFT = 175.0  # room for the labels on the left
STUB, STUB_LENGTH = 10.0, 44.0  # of what is hidden, whatever it is
LEAST = 17.0  # of a node, so that its label fits
STEPS = 16


def spec(data: dict[str, Any]) -> dict[str, Any]:
    import altair as alt

    rows_of = Rows()
    bands, nodes, height = layout(data["links"])
    wide = alt.Scale(domain=[0, LEFT * 2 + BAND], nice=False)
    high = alt.Scale(domain=[height, 0], nice=False)
    x = alt.X("x:Q", axis=None, scale=wide)
    layers = []
    for kind, fill, opacity in (("verborgen", HATCH, 1.0), ("gewoon", BLUE, 0.85), ("open", ORANGE, 0.9)):
        found = [point for point in bands if point["kleur"] == kind]
        if found:
            layers.append(
                rows_of.chart(found)
                .mark_area(fill=fill, fillOpacity=opacity, line=False)
                .encode(
                    x=x,
                    y=alt.Y("boven:Q", axis=None, scale=high),
                    y2="onder:Q",
                    detail="stroom:N",
                    tooltip=[
                        alt.Tooltip("stroom:N", title="Stroom"),
                        alt.Tooltip("tekst:N", title="Arrangementen"),
                    ],
                )
            )
    base = rows_of.chart(nodes)
    layers.append(
        base.mark_rect(fill=DARK).encode(
            x=alt.X("links:Q", axis=None, scale=wide),
            x2="rechts:Q",
            y=alt.Y("boven:Q", axis=None, scale=high),
            y2="onder:Q",
        )
    )
    for side, align, offset in (("links", "right", -6), ("rechts", "left", 6)):
        layers.append(
            rows_of.chart([node for node in nodes if node["kant"] == side])
            .mark_text(align=align, dx=offset, lineBreak="\n", baseline="middle")
            .encode(
                x=alt.X(f"{side}:Q", axis=None, scale=wide),
                y=alt.Y("midden:Q", axis=None, scale=high),
                text="naam:N",
            )
        )
    return rows_of.finish(layers, LEFT * 2 + BAND, height)


def layout(links: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]], float]:
    """Points of the bands, rectangles of the nodes, and the height in pixels."""
    shown = [link for link in links if "waarde" in link]
    total = sum(link["waarde"] for link in shown) or 1
    thick = {(link["van"], link["naar"]): max(1.5, HEIGHT * link["waarde"] / total) for link in shown}
    order = {link["naar"]: link["plek"] for link in links}
    left = list(dict.fromkeys(link["van"] for link in links))
    right = sorted(order, key=lambda name: order[name])
    hidden = [link for link in links if "waarde" not in link]
    stubs = {
        "links": [(name, STUB) for name in left if any(link["van"] == name for link in hidden)],
        "rechts": [(name, STUB) for name in right if any(link["naar"] == name for link in hidden)],
    }
    starts, height_left, nodes_left = _column(
        left, [(van, thick[van, naar]) for van, naar in thick] + stubs["links"], "links"
    )
    ends, height_right, nodes_right = _column(
        right, [(naar, thick[van, naar]) for van, naar in thick] + stubs["rechts"], "rechts"
    )
    points: list[dict[str, Any]] = []
    # Bands leave a node in the order of the nodes they go to, so that they cross as little as they can.
    for link in sorted(shown, key=lambda link: (left.index(link["van"]), right.index(link["naar"]))):
        size = thick[link["van"], link["naar"]]
        y0, y1 = starts[link["van"]], ends[link["naar"]]
        starts[link["van"]] += size
        ends[link["naar"]] += size
        name = f"{link['van']} → {link['naar']}"
        kind = "open" if link["open"] else "gewoon"
        for step in range(STEPS + 1):
            t = step / STEPS
            y = y0 + (y1 - y0) * t * t * (3 - 2 * t)
            points.append(_point(name, link["tekst"], kind, LEFT + BAND * t, y, size))
    for side, at, edge in (("links", starts, LEFT), ("rechts", ends, LEFT + BAND - STUB_LENGTH)):
        for name, size in stubs[side]:  # below the bands of its node
            label = f"{name} → …" if side == "links" else f"… → {name}"
            points += [
                _point(label, "niet getoond", "verborgen", edge + STUB_LENGTH * step, at[name], size)
                for step in (0, 1)
            ]
    return points, nodes_left + nodes_right, max(height_left, height_right)


def _point(name: str, text: str, kind: str, x: float, y: float, size: float) -> dict[str, Any]:
    return {
        "stroom": name,
        "tekst": text,
        "kleur": kind,
        "x": round(x, 1),
        "boven": round(y, 1),
        "onder": round(y + size, 1),
    }


def _column(
    names: list[str], sizes: list[tuple[str, float]], side: str
) -> tuple[dict[str, float], float, list[dict[str, Any]]]:
    """Where the bands of each node begin, the height of the column, and the node rectangles with labels."""
    starts, nodes, at = {}, [], 0.0
    for name in names:
        label = wrap(name, 24)
        size = sum(thick for other, thick in sizes if other == name)
        room = max(size, LEAST * (label.count("\n") + 1))
        starts[name] = at + (room - size) / 2
        edge = LEFT - NODE if side == "links" else LEFT + BAND
        nodes.append(
            {
                "kant": side,
                "naam": label,
                "links": edge,
                "rechts": edge + NODE,
                "boven": round(starts[name], 1),
                "onder": round(starts[name] + size, 1),
                "midden": round(at + room / 2, 1),
            }
        )
        at += room + GAP
    return starts, at, nodes
