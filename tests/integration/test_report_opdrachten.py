"""`oa report` and `oa verschil` as they are typed, on a publication with every status in it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from pipelines.cli import app
from pipelines.errors import Gebruiksfout
from tests.integration.test_report_verschil import AMERSFOORT, change, redeliver
from tests.support.fictieve_publicatie import schrijf_publicatie
from tests.support.werkboek import sheet_rows, table

OLD, NEW = "20251010-a", "20251101-b"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An installation with two releases of which one figure differs."""
    place = tmp_path / "data"
    releases = place / "publication" / "oogo" / "releases"
    for name in (OLD, NEW):
        schrijf_publicatie(releases / name, release=name)
    change(releases / NEW, "grijs_gebied_redenen", AMERSFOORT | {"reden": "wacht_op_besluit"}, leerlingen=130)
    redeliver(releases / NEW, "opp", "41201", "2024-2025")
    (place / "publication" / "oogo" / "current").symlink_to(Path("releases") / NEW)
    (place / "ondersteuningsanalyse.toml").write_text("demo = true\n", encoding="utf-8")
    for folder in (place, *place.rglob("*")):
        if not folder.is_symlink():
            folder.chmod(0o700 if folder.is_dir() else 0o600)
    return place


def oa(home: Path, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--home", str(home)], catch_exceptions=True)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_one_gemeente_one_swv_and_the_region_in_three_forms(home: Path, tmp_path: Path) -> None:
    done = oa(
        home, "report", "--gemeente", "0307", "--swv", "PO2602", "--regio", "--uit", str(tmp_path / "uit")
    )
    assert done.exit_code == 0, done.exception
    stems = (f"oogo_gemeente_0307_{NEW}", f"oogo_regio_{NEW}", f"oogo_swv_PO2602_{NEW}")
    assert names(tmp_path / "uit") == [f"{stem}.{form}" for stem in stems for form in ("html", "pdf", "xlsx")]
    assert f"9 bestanden in {tmp_path / 'uit'}" in done.stdout


def test_without_a_choice_every_pack_is_made_beside_the_data(home: Path) -> None:
    done = oa(home, "report", "--vorm", "xlsx")
    assert done.exit_code == 0, done.exception
    made = names(home / "rapporten" / "oogo")
    assert len(made) == 7
    assert all(name.endswith(f"_{NEW}.xlsx") for name in made)


def test_the_answers_in_referentie_come_back_without_being_named(home: Path, tmp_path: Path) -> None:
    (home / "referentie").mkdir(mode=0o700, exist_ok=True)
    (home / "referentie" / "antwoorden.csv").write_text(
        "release;gebied_soort;gebied;onderwerp;herkend;verklaring;afspraak\n"
        f"{OLD};gemeente;0307;wachttijden;ja;te weinig mensen;besluit in zes weken\n",
        encoding="utf-8",
    )
    done = oa(home, "report", "--gemeente", "0307", "--vorm", "html", "--uit", str(tmp_path))
    assert done.exit_code == 0, done.exception
    assert "besluit in zes weken" in (tmp_path / f"oogo_gemeente_0307_{NEW}.html").read_text(encoding="utf-8")


def test_what_is_filled_in_in_the_workbook_comes_back_in_the_next_pack(home: Path, tmp_path: Path) -> None:
    first = oa(home, "report", "--swv", "PO2602", "--vorm", "xlsx", "--uit", str(tmp_path))
    assert first.exit_code == 0, first.exception
    head, *lines = sheet_rows(tmp_path / f"oogo_swv_PO2602_{NEW}.xlsx", "Antwoorden")
    assert len(lines) >= 8
    for line in lines:
        line += [""] * (len(head) - len(line))
        if line[3] == "grijs_gebied":
            line[4:] = ["deels", "anders opgeschreven", "één loket"]
    answers = tmp_path / "antwoorden.csv"
    text = "\n".join(";".join(str(cell or "") for cell in line) for line in [head, *lines])
    answers.write_text(text + "\n", encoding="utf-8-sig")  # as Excel saves it
    done = oa(
        home,
        "report",
        "--swv",
        "PO2602",
        "--vorm",
        "html",
        "--antwoorden",
        str(answers),
        "--uit",
        str(tmp_path),
    )
    assert done.exit_code == 0, done.exception
    page = (tmp_path / f"oogo_swv_PO2602_{NEW}.html").read_text(encoding="utf-8")
    said = f"Bij uitgave {NEW}. Herkend: deels. Verklaring: anders opgeschreven. Afspraak: één loket."
    assert said in page
    assert page.count("Wat eerder is gezegd") == 1


def test_the_workbook_tells_what_changed_since_a_release(home: Path, tmp_path: Path) -> None:
    done = oa(home, "report", "--gemeente", "0307", "--vorm", "xlsx", "--sinds", OLD, "--uit", str(tmp_path))
    assert done.exit_code == 0, done.exception
    found = table(tmp_path / f"oogo_gemeente_0307_{NEW}.xlsx", "Wijzigingen")
    assert (found["Was"], found["Is"]) == ([124], [130])


def test_the_release_before_is_compared_with_unasked_and_only_for_the_area(
    home: Path, tmp_path: Path
) -> None:
    """The workbook of Amersfoort tells of its one changed figure; that of Baarn has no such figure."""
    done = oa(home, "report", "--gemeente", "0307", "--gemeente", "0308", "--uit", str(tmp_path))
    assert done.exit_code == 0, done.exception
    told = {}
    for code in ("0307", "0308"):
        stem = f"oogo_gemeente_{code}_{NEW}"
        told[code] = table(tmp_path / f"{stem}.xlsx", "Wijzigingen").get("Is", [])
        page = (tmp_path / f"{stem}.html").read_text(encoding="utf-8")
        assert f"Van uitgave {OLD} naar {NEW}: {len(told[code])} cijfer" in page
    assert told == {"0307": [130], "0308": []}


def test_a_release_before_that_cannot_be_read_stops_no_pack(home: Path, tmp_path: Path) -> None:
    (home / "publication" / "oogo" / "releases" / OLD / "parquet" / "koppelgraad.parquet").unlink()
    done = oa(home, "report", "--gemeente", "0307", "--vorm", "xlsx", "--uit", str(tmp_path))
    assert done.exit_code == 0, done.exception
    assert f"Niet vergeleken met de vorige uitgave {OLD}" in done.output
    with pytest.raises(StopIteration):
        table(tmp_path / f"oogo_gemeente_0307_{NEW}.xlsx", "Wijzigingen")


def test_two_releases_are_compared_by_name_or_by_folder(home: Path) -> None:
    by_name = oa(home, "verschil", OLD, NEW)
    folder = home / "publication" / "oogo"
    by_folder = oa(home, "verschil", str(folder / "releases" / OLD), str(folder / "current"))
    assert by_name.exit_code == by_folder.exit_code == 0
    assert by_name.stdout == by_folder.stdout
    assert f"Van uitgave {OLD} naar {NEW}: 1 cijfer gewijzigd." in by_name.stdout
    assert "levering: opp van Stichting De Eem (41201) over 2024-2025 is vervangen" in by_name.stdout
    assert "124 -> 130 (+6)" in by_name.stdout


def test_the_comparison_for_machines(home: Path) -> None:
    found = json.loads(oa(home, "verschil", OLD, NEW, "--json").stdout)
    assert (found["van"], found["naar"]) == (OLD, NEW)
    only = found["wijzigingen"][0]
    assert only["voor"] == {"waarde": 124, "status": "getoond"}
    assert only["na"] == {"waarde": 130, "status": "getoond"}


def test_the_stand_is_written_as_a_page(home: Path, tmp_path: Path) -> None:
    done = oa(home, "status", "--html", str(tmp_path / "stand.html"))
    assert done.exit_code == 0, done.exception
    page = (tmp_path / "stand.html").read_text(encoding="utf-8")
    assert f"{NEW} (nieuwste)" in page
    assert isinstance(
        oa(home, "status", "--html", str(tmp_path / "weg" / "stand.html")).exception, Gebruiksfout
    )


@pytest.mark.parametrize(
    "words",
    [
        ("report", "--profiel", "geheim"),
        ("report", "--profiel", "openbaar"),
        ("report", "--gemeente", "9999"),
        ("report", "--antwoorden", "bestaat_niet.csv"),
        ("report", "--sinds", "19990101-x"),
        ("verschil", OLD, "19990101-x"),
        ("verschil", OLD, NEW, "--profiel", "geheim"),
    ],
)
def test_wrong_use_is_told_and_nothing_is_made(home: Path, words: tuple[str, ...]) -> None:
    done = oa(home, *words)
    assert isinstance(done.exception, Gebruiksfout)
    assert done.exception.remedie
    assert not (home / "rapporten").exists()
