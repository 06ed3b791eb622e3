"""The page of `oa status --html`: everything that needs a person is on it, and nothing runs in it."""

from __future__ import annotations

import io
import json
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pyarrow.parquet as pq
from rich.console import Console

from pipelines.intake.expected import SchooljaarStand, Verwachting, VerwachtingStand
from pipelines.intake.lifecycle import Stand
from pipelines.publication import Release
from pipelines.report.history import Uitgave, names, previous, releases
from pipelines.status import Status, print_status
from pipelines.status_page import render
from pipelines.summary import print_cost
from tests.support.fictieve_publicatie import schrijf_publicatie

LOST = {
    "organisatie": {
        "cellen": 30,
        "getoond": 22,
        "primair": 5,
        "aanvullend": 3,
        "afgerond": 0,
        "aandeel_verborgen": 0.02,
        "tegen_vorige": {"zegt_iets": -0.034, "aandeel_verborgen": None},
    },
    "ondersteuning_per_school": {
        "cellen": 10,
        "verborgen": 2,
        "primair": None,
        "aanvullend": None,
        "afgerond": 8,
        "aandeel_verborgen": 0.125,
        "afwijking": 1.4,
    },
}

SUMMED_UP = {
    "tegen_uitgave": "20251010-a",
    "verborgen": 10,
    "per_niveau": {
        "regio": {"getoond": 7, "afgerond": 0, "verborgen": 0},
        "vestiging": {"getoond": 1, "afgerond": 8, "verborgen": 2},
    },
    "rangorde": [{"tabel": "organisatie", "verborgen": 8}],
    "duurste_tabel": {
        "tabel": "organisatie",
        "niveau": "vestiging",
        "reden": "De meeste per vestiging.",
        "advies": "Voeg codes samen.",
    },
}


def stand(**other: object) -> Status:
    late = Verwachting("opp", "41208", "2024-2025", date(2025, 10, 3), "Jo <b>& co</b>")
    filled = {
        "home": "data",
        "bezig": False,
        "kandidaten": {"oogo": "b"},
        "publicaties": {"oogo": "a"},
        "leveringen": [
            Stand("aangenomen", "x.csv", "id", "jeugdhulp", "0307", "2024-2025", "2025-10-10", 5),
            Stand("geweigerd", "y.csv"),
        ],
        "verwacht": [VerwachtingStand(late, "te_laat", dagen_te_laat=49)],
        "schooljaren": [SchooljaarStand("2024-2025", False, 2, 1, 1)],
    }
    return Status(**(filled | other))  # type: ignore[arg-type]


class Read(HTMLParser):
    """Text, element names and addresses of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.names, self.links = "", [], []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += f"{data}\n"


def test_what_needs_a_person_is_said_first() -> None:
    read = Read(render(stand(bezig=True), []))
    for text in (
        "Er is nu een run bezig.",
        "1 levering is te laat.",
        "1 bestand is geweigerd",
        "Kandidaat b (oogo) wacht op akkoord.",
        "te laat, 49 dagen",
        "1 van 2",
        "voorlopig",
    ):
        assert text in read.text
    assert read.text.index("te laat.") < read.text.index("Wie leverde wat?")


def test_nothing_is_claimed_without_a_list_of_what_is_expected() -> None:
    read = Read(render(stand(verwacht=None, schooljaren=[]), []))
    assert "wie te laat is, is dus niet bekend" in " ".join(read.text.split())
    assert "te laat." not in read.text
    assert "geen lijst" in read.text


def test_the_page_is_one_file_and_a_name_stays_text() -> None:
    read = Read(render(stand(), [], demo=True))
    assert not {"script", "b", "img", "link", "iframe"} & set(read.names)
    assert read.links == []
    assert "Jo <b>& co</b>" in read.text
    assert "Fictieve leerlingen" in read.text


def test_releases_are_told_with_their_loss(tmp_path: Path) -> None:
    folder = tmp_path / "oogo" / "releases"
    for name, day in (
        ("20251010-a", "2025-10-10T10:00:00+00:00"),
        ("20251101-b", "2025-11-01T10:00:00+00:00"),
    ):
        schrijf_publicatie(folder / name, release=name)
        meta = json.loads((folder / name / "release.json").read_text(encoding="utf-8"))
        checks = [{"naam": "x", "geslaagd": True}, {"naam": "y", "geslaagd": name.endswith("a")}]
        meta |= {
            "gepubliceerd_op": day,
            "akkoord": "Jo",
            "bewijs": [{"poort": "magazijn", "controles": checks}],
        }
        if name.endswith("b"):
            meta |= {"informatieverlies": LOST, "informatieverlies_samengevat": SUMMED_UP}
        (folder / name / "release.json").write_text(json.dumps(meta), encoding="utf-8")
    (tmp_path / "oogo" / "current").symlink_to("releases/20251101-b")
    found = releases(tmp_path, "oogo")
    assert [(each.release, each.nieuwste, each.afwijkend) for each in found] == [
        ("20251101-b", True, 1),
        ("20251010-a", False, 0),
    ]
    statuses = pq.read_table(folder / "20251101-b" / "parquet" / "organisatie.parquet")["status"].to_pylist()
    counted = dict(found[0].cijfers)["organisatie"]
    assert counted == tuple(
        statuses.count(each) for each in ("getoond", "afgerond", "onderdrukt", "niet_te_bepalen")
    )
    assert sum(counted) == len(statuses)
    read = Read(render(stand(), found))
    assert "20251101-b (nieuwste)" in read.text
    assert "1 van 2 goed" in read.text
    assert "y (?)" in read.text
    assert "25,0 van 100" in read.text  # 10 of 40 cells hidden
    assert "Wat bescherming kost, oogo" in read.text
    assert "12,5" in read.text
    assert "-3,4" in read.text  # against the release before
    assert "De vorige uitgave is 20251010-a." in read.text
    words = read.text.split()
    at = words.index("vestiging")
    assert words[at + 1 : at + 5] == ["11", "1", "8", "2"]
    assert "De meeste per vestiging. Voeg codes samen." in read.text
    assert "Niet getoond" in read.text


def test_the_release_before_is_the_last_that_was_published_earlier(tmp_path: Path) -> None:
    """Names sort otherwise than moments: the name begins with the newest delivery, not with the day of publication."""
    shelf = tmp_path / "oogo" / "releases"
    for name, moment in (("2025-c", "2025-11-01"), ("2025-a", "2025-11-09"), ("2025-b", "2025-11-20")):
        (shelf / name).mkdir(parents=True)
        (shelf / name / "release.json").write_text(json.dumps({"gepubliceerd_op": moment}), encoding="utf-8")
    (tmp_path / "oogo" / "current").symlink_to("releases/2025-b")
    assert previous(tmp_path / "oogo" / "current") == shelf / "2025-a"
    assert previous(shelf / "2025-a") == shelf / "2025-c"
    assert previous(shelf / "2025-c") is None
    (tmp_path / "los").mkdir()
    assert previous(tmp_path / "los") is None


def test_loss_is_over_what_could_be_known() -> None:
    made = Uitgave("oogo", "a", True, "", "", "", 0, 0, (("organisatie", (6, 1, 3, 90)),))
    assert made.verlies == 30
    assert Uitgave("oogo", "a", True, "", "", "", 0, 0, ()).verlies is None


def test_every_gemeente_and_bestuur_stands_with_its_name_and_every_file_is_listed(tmp_path: Path) -> None:
    schrijf_publicatie(tmp_path / "oogo" / "releases" / "a")
    (tmp_path / "oogo" / "current").symlink_to("releases/a")
    leveringen = [
        Stand("aangenomen", "jeugdhulp_0307.xml", "id", "jeugdhulp", "0307", "2024-2025", "2025-10-10", 1205),
        Stand("aangenomen", "opp_41201.csv", "id", "opp", "41201", "2024-2025", "2025-10-03", 7),
        Stand("vervangen", "oud.csv", "id", "opp", "41201", "2024-2025", "2025-09-03", 7),
    ]
    page = render(stand(leveringen=leveringen), releases(tmp_path, "oogo"), names(tmp_path))
    cells = " ".join(Read(page).text.split())
    assert "Amersfoort (0307) jeugdhulp 2025-10-10" in cells
    assert "Stichting De Eem (41201) opp 2025-10-03" in cells
    assert "jeugdhulp_0307.xml jeugdhulp 0307 2024-2025 2025-10-10 1.205" in cells
    assert "oud.csv" not in cells


def test_the_stand_in_words_says_which_file_each_delivery_is() -> None:
    out = Console(record=True, width=200, file=io.StringIO())
    print_status(out, stand())
    assert "jeugdhulp van 0307 over 2024-2025: x.csv" in out.export_text()


def test_the_summary_of_a_run_says_where_all_is_shown_and_what_costs_most(tmp_path: Path) -> None:
    folder = tmp_path / "uitgave"
    folder.mkdir()
    said = io.StringIO()
    release = Release("oogo", "uitgave", folder, nieuw=True)
    (folder / "release.json").write_text("{}", encoding="utf-8")
    print_cost(Console(file=said, width=200), release)
    assert said.getvalue() == ""  # a release that does not tell is not spoken for
    meta = json.dumps({"informatieverlies_samengevat": SUMMED_UP})
    (folder / "release.json").write_text(meta, encoding="utf-8")
    print_cost(Console(file=said, width=200), release)
    text = said.getvalue()
    assert "Alles getoond: regio\n" in text
    assert "Van elke 100 aantallen zijn te zien: vestiging 81 (72 afgerond)\n" in text
    assert "De meeste per vestiging." in text
