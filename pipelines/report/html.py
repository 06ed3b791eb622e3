"""The pack as one HTML file: everything inside, nothing from the network, a strict content security
policy.

Lives here: filling the template and the hashes of its style and scripts. Not here: content (pack) and the
look (templates/pakket.css). Without JavaScript the page shows the drawn charts; with it they answer to the
pointer.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from pipelines.report.charts import Drawing, inline_svg
from pipelines.report.charts.style import FONT, PATTERNS
from pipelines.report.figure import Figure, Rate, Share
from pipelines.report.fonts import REGULAR, font_folder
from pipelines.report.model import Cell, Pack, cell_text
from pipelines.report.pack import DEMO, TABELLEN

BREUK = re.compile(
    r"(samen(?=werk)|werkings|lang(?=dur)|zorg(?=verz)|verzekerings|onder(?=steun)|hulp(?=aanb)|woon(?=gem)|gezamen)",
    re.IGNORECASE,
)
FOLDER = Path(__file__).resolve().parent / "templates"


def render_html(pack: Pack, drawings: dict[str, Drawing]) -> str:
    """The page as text."""
    return _template().render(
        pack=pack,
        demo=DEMO,
        # On a screen these tables stand folded beside their topic, not at the end.
        annex=[replace(part, tables=()) if part.id == TABELLEN else part for part in pack.annex],
        names={topic.id: topic.name for topic in pack.topics},
        drawings={key: inline_svg(drawing) for key, drawing in drawings.items()},
        specs={key: _json(drawing.spec) for key, drawing in drawings.items()},
        **_page(),
    )


def _json(value: Any) -> str:
    """JSON that cannot end the script element that holds it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@cache
def _page() -> dict[str, str]:
    """What is the same on every page: style, scripts and the policy that allows exactly these."""
    import vl_convert

    bundle = (
        vl_convert.javascript_bundle(vl_version="6.4")
        .replace("</script", "<\\/script")
        .replace("<!--", "<\\!--")
    )
    css = (FOLDER / "pakket.css").read_text(encoding="utf-8") + _face()
    js = (FOLDER / "pakket.js").read_text(encoding="utf-8")
    csp = (
        f"default-src 'none'; style-src {_hash(css)}; script-src {_hash(bundle)} {_hash(js)}; img-src data:; "
        "font-src data:; base-uri 'none'; form-action 'none'"
    )
    return {"bundle": bundle, "css": css, "js": js, "csp": csp, "patterns": PATTERNS}


def _face() -> str:
    """The typeface that the drawn charts were measured with: in another one their labels would not fit."""
    font = base64.b64encode((font_folder() / REGULAR).read_bytes()).decode()
    return f'@font-face {{ font-family: "{FONT}"; src: url(data:font/ttf;base64,{font}); }}'


def _hash(text: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"


@cache
def _template() -> Any:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined)
    environment.filters["tekst"] = cell_text
    environment.filters["verborgen"] = _hidden
    environment.filters["breekbaar"] = _breakable
    return environment.get_template("pakket.html.j2")


def _breakable(text: str) -> str:
    """With soft hyphens where a long Dutch compound may be broken: a browser knows no Dutch hyphenation."""
    return BREUK.sub("\\1\u00ad", text)


def _hidden(cell: Cell) -> bool:
    return isinstance(cell, (Figure, Rate, Share)) and not cell.known
