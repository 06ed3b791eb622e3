"""The handleiding cannot lie: every command of both pages runs, in order, and shows what the page says it shows.

The bronhouder's page runs on exports of a small fictional region (test numbers only); the analyst's page on what the
bronhouder sent.
"""

from __future__ import annotations

import ast
import datetime
import importlib
import re
import shutil
from pathlib import Path

import pytest

from pipelines.contracts import contract_names, load_contract
from pipelines.errors import OaError
from pipelines.intake import states
from pipelines.keys import read_key
from pipelines.synthetic import generate
from tests.support import handleiding
from tests.support.bronbestanden import read_rows, write_messages, write_workbook
from tests.support.intake_region import inschrijving_row, write_csv, write_manifest
from tests.support.naslag import DUO_06, small_catalogue

REPO = Path(__file__).resolve().parents[2]
DOCS, PIPELINES = REPO / "docs", REPO / "pipelines"
HANDLEIDING = DOCS / "handleiding"
BRONHOUDER, ANALIST = HANDLEIDING / "bronhouder.md", HANDLEIDING / "analist.md"
VANDAAG = (2025, 11, 21)
# Run elsewhere: the demo by every acceptance test; the UI is a server that never ends.
ELDERS = {"demo", "ui"}
# How the bronsysteem of the page's export calls the columns of contract opp.
EXPORT = {
    "onderwijsnummer": "Onderwijsnummer",
    "vestigingscode": "BRIN",
    "woongemeente": "Gemeentecode",
    "ondersteuningsbehoefte": "Behoefte",
    "ondersteuningsvorm": "Soort ondersteuning",
    "verantwoordelijke": "Verantwoordelijke",
    "financiering": "Financier",
    "status": "Status",
    "afwijsreden": "Reden afwijzing",
    "behoefte_vastgesteld_op": "Datum aanvraag",
    "besluit_op": "Datum besluit",
    "start_op": "Startdatum",
    "eind_op": "Einddatum",
}


@pytest.fixture(scope="module")
def regio(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What lies at a schoolbestuur (41208, all fictional schools) and at gemeente 0307 before the page begins."""
    made, folder = tmp_path_factory.mktemp("regio"), tmp_path_factory.mktemp("bronhouder")
    generate(7, 0.03, ("2024-2025",), uit=made, nummers=True)
    newest = {path.name.split("_")[1]: path for path in sorted(made.glob("inbox/opp_*.csv"))}
    rows = [
        {name: cell for name, cell in row.items() if name not in ("arrangement_id", "schooljaar")}
        for path in newest.values()
        for row in read_rows(path)
    ]
    write_workbook(write_csv(folder / "leerlingen.csv", rows), folder / "leerlingen.xlsx")
    (folder / "leerlingen.csv").unlink()
    write_csv(
        folder / "export.csv",
        [
            {EXPORT[name]: cell.capitalize() if name == "status" else cell for name, cell in row.items()}
            | {"Achternaam": "Vandenbroekhoven"}
            for row in rows
        ],
    )
    (folder / "vergeten.txt").write_text(rows[0]["onderwijsnummer"] + "\n", encoding="utf-8")
    write_messages(next(made.glob("inbox/jeugdhulp_0307_*.csv")), folder / "berichten.zip")
    schools = read_rows(made / "referentie" / "vestigingen.csv")
    for name in ("verzenden", "data/referentie"):
        (folder / name).mkdir(parents=True)
    write_csv(
        folder / "data" / "referentie" / "vestigingen.csv", [row | {"bestuur": "41208"} for row in schools]
    )
    return folder


@pytest.fixture(scope="module")
def dag() -> object:
    """The day of the pages, so that terms and delays do not depend on when the tests run."""

    class Vandaag(datetime.date):
        @classmethod
        def today(cls) -> Vandaag:
            return cls(*VANDAAG)

    with pytest.MonkeyPatch.context() as patch:
        for path in PIPELINES.rglob("*.py"):
            if "date.today()" in path.read_text(encoding="utf-8"):
                name = ".".join(path.relative_to(REPO).with_suffix("").parts)
                patch.setattr(importlib.import_module(name), "date", Vandaag)
        patch.setattr(importlib.import_module("pipelines.reference.update"), "catalogue", small_catalogue)
        yield


@pytest.fixture(scope="module")
def bij_bronhouder(regio: Path, dag: object) -> handleiding.Loper:
    return handleiding.Loper(regio).page(BRONHOUDER)


@pytest.fixture(scope="module")
def bij_analist(
    tmp_path_factory: pytest.TempPathFactory, bij_bronhouder: handleiding.Loper
) -> handleiding.Loper:
    """The analyst's page, on what the bronhouder sent and one delivery that does not fit."""
    folder, sent = tmp_path_factory.mktemp("analist"), bij_bronhouder.map
    shutil.copytree(sent / "verzenden", folder / "ontvangen")
    shutil.copy2(sent / "data" / "referentie" / "vestigingen.csv", folder)
    known = read_rows(folder / "vestigingen.csv")[0]["vestigingscode"]
    wrong = write_csv(
        folder / "ontvangen" / "inschrijving_41208_2024-2025_20251003.csv",
        [inschrijving_row(1, vestigingscode=known), inschrijving_row(2), inschrijving_row(3)],
    )
    write_manifest(wrong, vingerafdruk=read_key(sent / "sleutel1").fingerprint)
    (folder / "downloads").mkdir()
    shutil.copy2(DUO_06, folder / "downloads" / "06.csv")
    return handleiding.Loper(folder).page(ANALIST)


def test_the_page_of_the_bronhouder_does_what_it_says(bij_bronhouder: handleiding.Loper) -> None:
    assert not bij_bronhouder.fouten, "\n\n".join(bij_bronhouder.fouten)


def test_the_page_of_the_analyst_does_what_it_says(bij_analist: handleiding.Loper) -> None:
    assert not bij_analist.fouten, "\n\n".join(bij_analist.fouten)


def test_what_is_sent_holds_pseudonyms_only(bij_bronhouder: handleiding.Loper) -> None:
    number = (bij_bronhouder.map / "vergeten.txt").read_text(encoding="utf-8").strip()
    sent = sorted((bij_bronhouder.map / "verzenden").iterdir())
    assert len(sent) == 8
    assert not any(word in path.read_text() for path in sent for word in (number, "Vandenbroekhoven"))


def test_no_command_on_the_pages_is_left_unrun(
    bij_bronhouder: handleiding.Loper, bij_analist: handleiding.Loper
) -> None:
    ran = {*bij_bronhouder.gelopen, *bij_analist.gelopen}
    known = handleiding.known_commands()
    assert ran <= set(known)
    for path in (BRONHOUDER, ANALIST):
        for command in handleiding.inline_commands(path.read_text(encoding="utf-8")):
            if command == "--help":
                continue
            words = command.split()
            name = handleiding.name_of(words)
            assert name in ran | ELDERS, f"{path.name}: oa {command}"
            assert {word for word in words if word.startswith("--")} <= known[name], (
                f"{path.name}: oa {command}"
            )


def test_every_command_is_documented() -> None:
    told = "\n".join(
        path.read_text(encoding="utf-8") for path in (REPO / "README.md", *HANDLEIDING.glob("*.md"))
    )
    assert [name for name in handleiding.known_commands() if not re.search(rf"\boa {name}\b", told)] == []


def test_messages_that_the_pages_explain_are_messages_of_the_program() -> None:
    said = [
        node.value
        for path in (*PIPELINES.rglob("*.py"), *(REPO / "expectations").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    for path in (BRONHOUDER, ANALIST):
        table = path.read_text(encoding="utf-8").split("| melding | wat te doen |\n|---|---|\n")[1]
        quoted = [line.split("|")[1].strip() for line in table.splitlines() if line.startswith("|")]
        assert len(quoted) > 5
        assert [text for text in quoted if not any(text in message for message in said)] == []


def test_exit_codes_are_those_of_the_program() -> None:
    def codes(error: type[OaError]) -> set[int]:
        return {error.exit_code}.union(*map(codes, error.__subclasses__()))

    rows = re.findall(r"^\| (\d) \|", ANALIST.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(map(int, rows)) == sorted({0} | codes(OaError))


@pytest.mark.parametrize("name", contract_names())
def test_the_bronhouder_is_told_of_every_column(name: str) -> None:
    page = BRONHOUDER.read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| `{name}` |"))
    filled_in = {"schooljaar", "arrangement_id"}  # as the page says below the table
    wanted = {
        column.name
        for column in load_contract(name).columns
        if column.name not in filled_in and not column.name.endswith("_pseudoniem")
    }
    assert set(re.findall(r"`(\w+)`", row)) == wanted | {name}


def test_the_life_of_a_delivery_is_drawn_from_the_table_of_states() -> None:
    page = (DOCS / "levenscyclus.md").read_text(encoding="utf-8")
    (drawing,) = handleiding.blocks(page)
    assert drawing.taal == "mermaid"
    assert drawing.tekst == states.mermaid()
    rows = dict(re.findall(r"^\| (\w+) \| (.+) \|$", page, re.MULTILINE))
    assert rows == {"toestand": "betekent", **states.TOESTANDEN}


def test_the_map_names_every_page_and_no_link_is_dead() -> None:
    pages = sorted(HANDLEIDING.glob("*.md"))
    index = (HANDLEIDING / "index.md").read_text(encoding="utf-8")
    assert [page.name for page in pages if page.name != "index.md" and f"({page.name})" not in index] == []
    for page in (*pages, DOCS / "levenscyclus.md"):
        text = page.read_text(encoding="utf-8")
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            target, _, anchor = link.partition("#")
            if not re.match(r"https?:", target):
                there = (page.parent / target) if target else page
                assert there.exists(), f"{page.name}: {link}"
                if anchor:
                    heads = re.findall(r"^#+ (.+)$", there.read_text(encoding="utf-8"), re.MULTILINE)
                    assert anchor in {
                        re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads
                    }, f"{page.name}: {link}"
