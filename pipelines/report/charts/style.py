"""The look of all charts: colours, hatching, type.

Every fill and line here has a contrast of at least 3:1 against white, and no two that stand side by side
differ in hue alone (blue, orange and grey are told apart in every common form of colour blindness).
"""

from __future__ import annotations

from typing import Any

FONT = "Source Sans Pro"
BLUE, ORANGE, GREY, DARK = "#1b5e9b", "#b45309", "#6b6b6b", "#1f2933"
LINE, PAPER = "#767676", "#ffffff"
SKY, PALE = "#7fa8d1", "#d5dae0"  # fills on the map, always within a dark border and with their number
HATCH, DOTS = "url(#oa-arcering)", "url(#oa-stippen)"
WIDTH = 620  # of a whole chart, in the same unit as its type: 13 on paper is 10 points
HIDDEN_LENGTH = 64  # of a hidden bar: the same for every hidden figure, so that it says nothing

PATTERNS = (
    '<defs><pattern id="oa-arcering" width="7" height="7" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="7" height="7" fill="#ffffff"/>'
    '<rect width="2.4" height="7" fill="#6b6b6b"/></pattern>'
    '<pattern id="oa-stippen" width="6" height="6" patternUnits="userSpaceOnUse">'
    '<rect width="6" height="6" fill="#ffffff"/><circle cx="3" cy="3" r="1.3" '
    'fill="#6b6b6b"/></pattern></defs>'
)

CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": PAPER,
    "view": {"stroke": None},
    "padding": 4,
    "axis": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": 400,
        "labelColor": DARK,
        "titleColor": DARK,
        "gridColor": "#dddddd",
        "domainColor": LINE,
        "tickColor": LINE,
        "labelLimit": 0,  # a limit makes Vega measure every label again, a third of the cost of a chart
        "titleLimit": 0,
    },
    "legend": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "labelColor": DARK,
        "titleColor": DARK,
        "labelLimit": 0,
        "titleLimit": 0,
        "orient": "bottom",
        "symbolSize": 140,
        "direction": "horizontal",
        "columns": 2,
    },
    "text": {"fontSize": 13, "color": DARK},
    "header": {"labelFontSize": 13, "labelColor": DARK},
    "title": {
        "fontSize": 14,
        "anchor": "start",
        "frame": "group",
        "color": DARK,
        "fontWeight": 600,
        "limit": 0,
    },
}


def wrap(text: str, width: int = 32) -> str:
    """Broken over lines at words, with a newline that `LABEL` splits on."""
    lines: list[str] = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)


LABEL = "split(datum.label, '\\n')"


def top(values: list[float], room: float = 1.18) -> float:
    """End of an axis that leaves room for the text behind the longest bar."""
    return max([value * room for value in values] or [0.0]) or 1.0
