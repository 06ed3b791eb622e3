"""Drawing a chart: one Vega-Lite specification, from which both the print SVG and the screen chart come.

Lives here: the choice of drawing and the SVG. Not here: the data (topics make it, without hidden values) or
the page around it (pdf, html). Altair and vl-convert are imported when the first chart is drawn.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from pipelines.report.charts.style import CONFIG, PATTERNS
from pipelines.report.fonts import font_folder
from pipelines.report.model import Chart

Spec = dict[str, Any]
_ready = False


@dataclass(frozen=True)
class Drawing:
    """A chart in both forms. `spec` is Vega-Lite, `svg` stands alone (its patterns are inside)."""

    chart: Chart
    spec: Spec
    svg: str


def draw(chart: Chart) -> Drawing:
    """The drawing of a chart; the same chart gives the same SVG."""
    global _ready
    import vl_convert

    if not _ready:
        vl_convert.register_font_directory(str(font_folder()))
        _ready = True
    spec = specification(chart)
    svg = vl_convert.vegalite_to_svg(spec, vl_version="6.4", format_locale="nl-NL")
    # Several drawings share one page: the clip paths of each need names of their own.
    return Drawing(chart, spec, with_patterns(re.sub(r"\bclip(\d+)\b", rf"{chart.id}-clip\1", svg)))


def specification(chart: Chart) -> Spec:
    """The Vega-Lite specification of a chart, with our look in it."""
    from altair.utils.schemapi import debug_mode

    from pipelines.report.charts import bars, flow, funnel, map_, shares, trend, wait

    drawers = {
        "bars": bars,
        "shares": shares,
        "flow": flow,
        "wait": wait,
        "trend": trend,
        "funnel": funnel,
        "map": map_,
    }
    with debug_mode(False):  # validating every part against the schema costs more than drawing it
        made = drawers[chart.kind].spec(chart.data)
    made["config"] = CONFIG
    made.pop("usermeta", None)
    return made


def inline_svg(drawing: Drawing) -> str:
    """The SVG for a page that has the patterns once itself; the text alternative stands around it."""
    bare = drawing.svg.replace(PATTERNS, "")
    return bare.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)


def with_patterns(svg: str) -> str:
    """Vega refers to the hatching by id; the pattern itself is ours."""
    return re.sub(r"(<svg[^>]*>)", lambda found: found.group(1) + PATTERNS, svg, count=1)
