"""Tables in referentie: whole or not at all, with their origin, and refused once they were touched."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipelines.errors import Gebruiksfout
from pipelines.reference import Bijgewerkt, reference_file, update
from pipelines.reference.sources import catalogue, chosen
from pipelines.resources import resource_dir
from pipelines.settings import Settings
from pipelines.warehouse import fingerprint
from pipelines.warehouse.sources import region_files
from tests.support.naslag import DUO_02, DUO_06, cbs_answers, cbs_folder, small_catalogue

NU = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
TABELLEN = {"vestigingen_duo", "leerlingen_duo", "gemeenten_cbs", "jeugd_cbs", "jeugdhulp_cbs"}


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(home=tmp_path / "home")
    settings.prepare_home()
    return settings


def places(folder: Path) -> dict[str, str | Path]:
    found: dict[str, str | Path] = {"vestigingen": DUO_02, "leerlingen": str(DUO_06)}
    return found | {name: cbs_folder(folder / name, parts) for name, parts in cbs_answers().items()}


def bring(settings: Settings, folder: Path, **changes: str | Path) -> Bijgewerkt:
    return update(settings, van=places(folder) | changes, bekend=small_catalogue(), nu=NU)


def files(settings: Settings) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in settings.referentie.iterdir()}


def test_all_sources_give_their_tables_with_a_note_of_origin(settings: Settings, tmp_path: Path) -> None:
    outcome = bring(settings, tmp_path)
    assert {table.naam for table in outcome.tabellen} == TABELLEN
    assert all(table.gewijzigd for table in outcome.tabellen)
    assert set(files(settings)) == {f"{name}{end}" for name in TABELLEN for end in (".csv", ".bron.json")}
    note = json.loads((settings.referentie / "leerlingen_duo.bron.json").read_text(encoding="utf-8"))
    assert note["licentie"] == "CC0 1.0"
    assert (note["peildatum"], note["opgehaald_op"]) == ("2025-10-01", "2026-11-03T09:30:00+00:00")
    assert list(note["documenten"]) == ["bestand duo_06.csv"]
    assert "duo.nl" in note["pagina"]


def test_the_same_sources_again_change_nothing_in_the_tables(settings: Settings, tmp_path: Path) -> None:
    bring(settings, tmp_path)
    before = files(settings)
    assert not any(table.gewijzigd for table in bring(settings, tmp_path).tabellen)
    assert files(settings) == before


def test_a_table_has_the_columns_of_the_seed_it_replaces(settings: Settings, tmp_path: Path) -> None:
    bring(settings, tmp_path)
    for bron in catalogue().values():
        if bron.seed:
            seed = (resource_dir("seeds") / f"{bron.seed}.csv").open(encoding="utf-8")
            table = (settings.referentie / f"{bron.tabel}.csv").open(encoding="utf-8")
            with seed, table:
                assert next(csv.reader(table, delimiter=";")) == next(csv.reader(seed, delimiter=";"))


def test_the_fetched_table_counts_where_it_is_there_and_else_the_seed(
    settings: Settings, tmp_path: Path
) -> None:
    assert reference_file(settings, "ref_vestiging") == resource_dir("seeds") / "ref_vestiging.csv"
    bring(settings, tmp_path)
    assert reference_file(settings, "ref_vestiging") == settings.referentie / "vestigingen_duo.csv"
    assert reference_file(settings, "ref_noemer_jeugd") == settings.referentie / "jeugd_cbs.csv"
    assert reference_file(settings, "ref_swv") == resource_dir("seeds") / "ref_swv.csv"


def test_the_fingerprint_of_the_warehouse_sees_what_was_fetched(settings: Settings, tmp_path: Path) -> None:
    before = fingerprint(settings, [])
    bring(settings, tmp_path)
    fetched = {"vestigingen_duo", "leerlingen_duo", "gemeenten_cbs", "jeugd_cbs"}
    assert {path.stem for path in region_files(settings)} == fetched
    after = fingerprint(settings, [])
    assert after != before
    table = settings.referentie / "jeugd_cbs.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    assert fingerprint(settings, []) not in (before, after)


@pytest.mark.parametrize("touch", ["table", "note", "no note", "no table"])
def test_a_table_that_was_touched_is_refused(settings: Settings, tmp_path: Path, touch: str) -> None:
    bring(settings, tmp_path)
    table, note = (settings.referentie / f"vestigingen_duo{end}" for end in (".csv", ".bron.json"))
    if touch == "table":
        table.write_bytes(table.read_bytes() + b"98ZZ00;x;BO;99101;;PO2602;0307;3811;1\n")
    elif touch == "note":
        note.write_text("{}", encoding="utf-8")
    else:
        (note if touch == "no note" else table).unlink()
    with pytest.raises(Gebruiksfout, match="niet meer zoals zij is opgehaald"):
        reference_file(settings, "ref_vestiging")


@pytest.mark.parametrize("broken", ["vestigingen", "leerlingen", "gemeenten", "jeugd", "jeugdhulp"])
def test_one_wrong_source_leaves_everything_as_it_was(
    settings: Settings, tmp_path: Path, broken: str
) -> None:
    bring(settings, tmp_path)
    (settings.referentie / "vestigingen.csv").write_text("van de regio", encoding="utf-8")
    before = files(settings)
    with pytest.raises(Gebruiksfout):
        bring(settings, tmp_path / "anders", **{broken: tmp_path / "weg"})
    assert files(settings) == before


def test_what_a_killed_update_left_behind_is_cleared(settings: Settings, tmp_path: Path) -> None:
    left = settings.referentie / ".bijwerken-oud"
    left.mkdir()
    (left / "vestigingen_duo.csv").write_text("half", encoding="utf-8")
    bring(settings, tmp_path)
    assert not left.exists()


def test_vestigingen_bring_leerlingen_along() -> None:
    assert [bron.naam for bron in chosen(["vestigingen"], catalogue())] == ["vestigingen", "leerlingen"]


@pytest.mark.parametrize(
    ("bronnen", "van"),
    [
        (["scholen"], {}),
        ([], {}),
        (["gemeenten"], {"jeugd": "x"}),
        (None, {"scholen": "x"}),
    ],
)
def test_an_unknown_source_is_named_with_the_known_ones(
    settings: Settings, bronnen: list[str] | None, van: dict[str, str]
) -> None:
    with pytest.raises(Gebruiksfout, match=r"bron.*\n(.*\n)*.*gemeenten"):
        update(settings, bronnen, van)
    assert files(settings) == {}


def test_a_file_above_the_limit_is_refused(settings: Settings, tmp_path: Path) -> None:
    large = tmp_path / "groot.csv"
    with large.open("wb") as handle:
        handle.truncate((20 << 20) + 1)
    with pytest.raises(Gebruiksfout, match="groter dan 20 MB"):
        bring(settings, tmp_path, vestigingen=large)


def test_every_source_has_its_licence_a_page_and_a_secure_address() -> None:
    for bron in catalogue().values():
        assert bron.adres.startswith("https://")
        assert bron.pagina.startswith("https://")
        assert bron.licentie in ("CC0 1.0", "CC BY 4.0")
        assert bron.soort == "cbs_odata" or set(bron.nodig) <= set(bron.kolommen)
        assert bron.seed is None or (resource_dir("seeds") / f"{bron.seed}.csv").is_file()


def test_the_handleiding_names_every_source_with_its_table_and_licence() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs/handleiding/referentie.md").read_text(
        encoding="utf-8"
    )
    lines = page.splitlines()
    for bron in catalogue().values():
        line = next(line for line in lines if line.startswith(f"| `{bron.naam}` |"))
        assert f"`{bron.tabel}.csv`" in line
        assert bron.licentie in line
        assert bron.uitgever in line
        assert bron.soort == "duo_csv" or bron.adres.rsplit("/", 1)[1] in line
