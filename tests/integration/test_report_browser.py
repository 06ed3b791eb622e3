"""The page in a browser: no barrier that axe-core knows, no sideways scrolling, no network, no broken policy.

Needs a Chromium on the machine. Where there is none, every test here is skipped with the word GEEN-BROWSER.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.report import build_packs
from tests.support.browser import Page, browser, find_browser
from tests.support.fictieve_publicatie import schrijf_publicatie

PROGRAM = find_browser()
pytestmark = pytest.mark.skipif(
    PROGRAM is None, reason="GEEN-BROWSER: installeer chromium om deze te draaien"
)
AXE = Path(__file__).resolve().parents[1] / "fixtures" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
OPEN_ALL = "document.querySelectorAll('details').forEach(part => part.open = true)"
DRAWN = """new Promise(async done => {
  const count = what => document.querySelectorAll(what).length, all = count(".vega"), drawn = () => count(".klaar");
  for (let i = 0; i < 600 && drawn() < all; i++) await new Promise(requestAnimationFrame);
  done([all, drawn()]);
})"""
CASES = ("oogo-gemeente", "oogo-swv", "oogo-regio", "openbaar-gemeente")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    root = tmp_path_factory.mktemp("html")
    oogo, openbaar = schrijf_publicatie(root / "a"), schrijf_publicatie(root / "b", "openbaar")
    answers = root / "antwoorden.csv"
    answers.write_text(
        "release;gebied_soort;gebied;onderwerp;herkend;verklaring;afspraak\n"
        "20241010-x;gemeente;0308;wachttijden;ja;te weinig mensen;besluit in zes weken\n",
        encoding="utf-8",
    )
    made = {
        "oogo-gemeente": build_packs(
            oogo, root / "1", gemeente="0308", schooljaar="2022-2023", vormen=("html",), antwoorden=answers
        ),
        "oogo-swv": build_packs(oogo, root / "2", swv="PO2602", vormen=("html",)),
        "oogo-regio": build_packs(oogo, root / "3", regio=True, vormen=("html",)),
        "openbaar-gemeente": build_packs(openbaar, root / "4", gemeente="0307", vormen=("html",)),
    }
    return {name: paths[0] for name, paths in made.items()}


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    assert PROGRAM is not None
    with browser(PROGRAM, tmp_path_factory.mktemp("profiel")) as page:
        yield page


@pytest.mark.parametrize("width", [320, 760, 1000])
@pytest.mark.parametrize("name", CASES)
def test_a_page_has_no_barrier_and_asks_nothing_of_the_network(
    pages: dict[str, Path], chromium: Page, name: str, width: int
) -> None:
    chromium.open(pages[name], width)
    chromium.run(OPEN_ALL)
    charts, drawn = chromium.run(DRAWN)
    assert charts == drawn > 0
    assert chromium.run("document.documentElement.scrollWidth") <= width
    # The typeface lies inside the page: a data address fetches nothing.
    fetched = [address for address in chromium.requests if not address.startswith("data:")]
    assert fetched == [pages[name].resolve().as_uri()]
    assert chromium.console == []
    chromium.run(AXE.read_text(encoding="utf-8") + ";0")
    found = chromium.run(
        f"axe.run(document, {{runOnly: {{type: 'tag', values: {TAGS}}}}})"
        ".then(result => result.violations.map(each => each.id + ': ' + each.nodes[0].html.slice(0, 160)))"
    )
    assert found == []


SHRUNK = """[...document.querySelectorAll("figure:not(.map):not(.flow) .vega svg")]
  .map(svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width)"""


@pytest.mark.parametrize("name", CASES)
def test_letters_of_a_chart_stay_readable_on_a_telephone(
    pages: dict[str, Path], chromium: Page, name: str
) -> None:
    """Letters of 13 pixels are drawn at 9 or more; a flow gives way to its table, a map can be enlarged."""
    chromium.open(pages[name], 320)
    chromium.run(DRAWN)
    shrunk = chromium.run(SHRUNK)
    assert shrunk
    assert min(shrunk) >= 9 / 13


def test_without_scripts_the_drawn_charts_are_there(pages: dict[str, Path], chromium: Page) -> None:
    chromium.call("Emulation.setScriptExecutionDisabled", value=True)
    chromium.open(pages["oogo-regio"])
    chromium.call("Emulation.setScriptExecutionDisabled", value=False)
    shown = chromium.run(
        "[...document.querySelectorAll('.vast svg')].map(svg => svg.getBoundingClientRect().width)"
    )
    assert shown
    assert all(width > 200 for width in shown)
    assert chromium.run("document.querySelectorAll('.klaar').length") == 0


def test_every_part_can_be_reached_with_the_keyboard(pages: dict[str, Path], chromium: Page) -> None:
    """The skip link comes first, and every link of the contents leads to something that is there."""
    chromium.open(pages["oogo-gemeente"])
    assert chromium.run("document.querySelector('a').getAttribute('href')") == "#inhoud"
    dead = chromium.run(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href'))"
        ".filter(href => !document.getElementById(href.slice(1)))"
    )
    assert dead == []


@pytest.mark.parametrize("width", [320, 1000])
def test_the_page_of_the_stand_has_no_barrier(chromium: Page, tmp_path: Path, width: int) -> None:
    from pipelines.report.history import releases
    from pipelines.status_page import render
    from tests.unit.test_report_stand import stand

    schrijf_publicatie(tmp_path / "oogo" / "releases" / "a")
    (tmp_path / "oogo" / "current").symlink_to("releases/a")
    path = tmp_path / "stand.html"
    path.write_text(render(stand(), releases(tmp_path, "oogo"), demo=True), encoding="utf-8")
    chromium.open(path, width)
    assert chromium.run("document.documentElement.scrollWidth") <= width
    assert chromium.requests == [path.resolve().as_uri()]
    assert chromium.console == []
    chromium.run(AXE.read_text(encoding="utf-8") + ";0")
    found = chromium.run(
        f"axe.run(document, {{runOnly: {{type: 'tag', values: {TAGS}}}}})"
        ".then(result => result.violations.map(each => each.id + ': ' + each.nodes[0].html.slice(0, 160)))"
    )
    assert found == []
