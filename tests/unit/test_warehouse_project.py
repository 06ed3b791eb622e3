"""What must stay together: dbt project, seeds, contracts and the published tables of the domain page."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.contracts import contract_names, load_contract
from pipelines.resources import resource_dir
from pipelines.warehouse import TabelSpec, dbt_manifest, published_tables
from pipelines.warehouse.sources import seed_columns
from tests.support.warehouse_region import installation

SEEDS = resource_dir("seeds")
PROJECT = resource_dir("dbt_project")
# Published tables with their dimensions and figures, from the domain page.
TABELLEN = {
    "ondersteuning_per_gebied": ("schooljaar gebied_soort gebied categorie", "leerlingen"),
    "ondersteuning_per_school": ("schooljaar swv bestuur vestigingscode categorie", "leerlingen"),
    "ondersteuning_per_bestuur_gemeente": ("schooljaar bestuur gemeente categorie", "leerlingen"),
    "grijs_gebied_redenen": ("schooljaar gebied_soort gebied reden", "leerlingen"),
    "verantwoordelijkheid": (
        "schooljaar gebied_soort gebied verantwoordelijke financiering",
        "arrangementen",
    ),
    "organisatie": ("schooljaar gebied_soort gebied ondersteuningsvorm", "arrangementen"),
    "wachttijden": ("schooljaar gebied_soort gebied stap", "aantal mediaan_dagen p90_dagen wachtend"),
    "jeugdhulppartners_per_school": ("schooljaar vestigingscode", "aanbieders"),
    "overlegpartners": ("schooljaar partij_soort partij", "gemeenten swv besturen"),
    "koppelgraad": ("schooljaar gemeente", "leerlingen_onderwijs gekoppeld"),
    "dim_school": ("vestigingscode", ""),
    "dim_bestuur": ("bestuur", ""),
    "dim_swv": ("swv", ""),
    "dim_gemeente": ("gemeente", ""),
    "dim_jeugdregio": ("jeugdregio", ""),
    "dim_schooljaar": ("schooljaar", ""),
}


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, TabelSpec]:
    settings = installation(tmp_path_factory.mktemp("manifest"))
    manifest = dbt_manifest(settings)
    stamp = manifest.stat().st_mtime_ns
    assert dbt_manifest(settings) == manifest
    assert manifest.stat().st_mtime_ns == stamp, "parsed again though nothing changed"
    return {spec.tabel: spec for spec in published_tables(manifest)}


def seed_rows(name: str) -> list[dict[str, str]]:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=";"))


def codes(lijst: str) -> list[str]:
    found = [row for row in seed_rows("ref_code") if row["lijst"] == lijst]
    assert [row["volgorde"] for row in found] == [str(place + 1) for place in range(len(found))]
    return [row["code"] for row in found]


def yaml_documents(folder: Path) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.yml"))]


def test_the_published_tables_are_those_of_the_domain_page(specs: dict[str, TabelSpec]) -> None:
    found = {
        name: (" ".join(spec.dimensies), " ".join(figure.kolom for figure in spec.figuren))
        for name, spec in specs.items()
    }
    assert found == TABELLEN


def test_only_oogo_sees_single_schools(specs: dict[str, TabelSpec]) -> None:
    only_oogo = {name for name, spec in specs.items() if spec.profielen == ("oogo",)}
    assert only_oogo == {
        "ondersteuning_per_bestuur_gemeente",
        "jeugdhulppartners_per_school",
        "dim_school",
        "dim_bestuur",
    }
    assert specs["ondersteuning_per_school"].beperking == {
        "openbaar": {"bestuur": ["TOTAAL"], "vestigingscode": ["TOTAAL"]}
    }
    assert specs["overlegpartners"].beperking == {"openbaar": {"partij_soort": ["swv", "gemeente"]}}
    assert {name for name, spec in specs.items() if spec.methode == "afronden"} == {
        "ondersteuning_per_school",
        "ondersteuning_per_bestuur_gemeente",
    }


def test_every_published_column_is_declared_typed_and_described(specs: dict[str, TabelSpec]) -> None:
    helpers = {
        "te_bepalen",
        "leerlingen_achter",
        "wachtend_leerlingen_achter",
        "onder_mediaan",
        "boven_mediaan",
        "onder_p90",
        "boven_p90",
    }
    for spec in specs.values():
        assert spec.bron
        assert spec.leeswijzer
        named = {*spec.dimensies, *spec.kenmerken, *(figure.kolom for figure in spec.figuren)}
        named |= set(spec.aandeel.kolommen if spec.aandeel else ())
        columns = {column.naam: column for column in spec.kolommen}
        if spec.figuren:
            assert columns.keys() - named <= helpers, spec.tabel
        assert named <= columns.keys()
        assert {figure.achter for figure in spec.figuren} <= columns.keys()
        for figure in spec.figuren:
            assert columns[figure.kolom].leeswijzer, f"{spec.tabel}.{figure.kolom}"
            assert set(figure.extra.get("zijden", ())) <= columns.keys()
        for column in spec.kolommen:
            assert column.type in {"VARCHAR", "BIGINT", "BOOLEAN", "DATE", "DOUBLE"}, (
                f"{spec.tabel}.{column.naam}"
            )
            assert len(column.omschrijving) > 10, f"{spec.tabel}.{column.naam}"


def test_every_model_is_described_in_the_project() -> None:
    described = {
        model["name"]
        for document in yaml_documents(PROJECT / "models")
        for model in document.get("models", [])
        if model.get("description")
    }
    assert {path.stem for path in (PROJECT / "models").rglob("*.sql")} == described


def test_every_mart_and_fact_enforces_its_contract() -> None:
    enforced = {
        model["name"]
        for document in yaml_documents(PROJECT / "models" / "marts")
        for model in document.get("models", [])
        if model["config"]["contract"]["enforced"]
    }
    assert {path.stem for path in (PROJECT / "models" / "marts").glob("*.sql")} == enforced


def test_sources_follow_the_contracts() -> None:
    (document,) = yaml_documents(PROJECT / "models" / "staging" / "bron")
    (source,) = document["sources"]
    tables = {table["name"]: table["columns"] for table in source["tables"]}
    for name in contract_names():
        declared = [(column["name"], column["data_type"].upper()) for column in tables[name]]
        expected = [(column.name, column.sql_type) for column in load_contract(name).columns]
        assert declared == [*expected, ("levering_nr", "INTEGER")]


def test_staging_takes_every_column_that_a_figure_uses() -> None:
    """What no model reads should not be delivered; what a model reads should be in the contract."""
    for name in contract_names():
        (path,) = (PROJECT / "models" / "staging" / name).glob("*.sql")
        used = set(re.findall(rf"\b{name}\.(\w+)", path.read_text(encoding="utf-8"))) - {"levering_nr"}
        assert used == set(load_contract(name).names) - {"schooljaar"}


def test_codes_of_the_grid_are_those_of_the_contract() -> None:
    contract = load_contract("opp")
    for name in ("verantwoordelijke", "financiering", "ondersteuningsvorm", "ondersteuningsbehoefte"):
        assert codes(name) == list(contract.column(name).codes)
    assert codes("reden") == [row["reden"] for row in seed_rows("grijs_gebied_regels")]


def test_reasons_have_one_list() -> None:
    macro = (PROJECT / "macros" / "redenen.sql").read_text(encoding="utf-8")
    assert re.findall(r"'(\w+)'", macro) == codes("reden")


def test_default_couplings_are_those_of_the_domain_page() -> None:
    found: dict[str, list[str]] = {}
    for row in seed_rows("behoefte_jeugdhulp_overlap"):
        found.setdefault(row["ondersteuningsbehoefte"], []).append(row["productcategorie"])
    assert found == {
        "gedrag": ["41", "45", "54"],
        "sociaal_emotioneel": ["45", "51", "52", "54"],
        "medisch_verzorging": ["40", "53"],
        "lichamelijk_motorisch": ["40"],
    }


def test_default_rules_are_those_of_the_domain_page() -> None:
    found = {
        row["reden"]: (row["soort"], row["aan"], row["norm_dagen"])
        for row in seed_rows("grijs_gebied_regels")
    }
    assert found == {
        "verantwoordelijkheid_in_overleg": ("kern", "ja", ""),
        "wacht_zonder_verantwoordelijke": ("kern", "ja", ""),
        "afgewezen_andere_wet": ("kern", "ja", "56"),
        "wacht_op_besluit": ("signaal", "ja", "56"),
        "verantwoordelijke_onbekend": ("signaal", "ja", ""),
        "dubbel_aanbod": ("signaal", "ja", "28"),
    }


@pytest.mark.parametrize("name", sorted(seed_columns()))
def test_a_seed_has_the_columns_its_yaml_types_and_says_where_it_comes_from(name: str) -> None:
    with (SEEDS / f"{name}.csv").open(encoding="utf-8", newline="") as handle:
        header = next(csv.reader(handle, delimiter=";"))
    assert header == list(seed_columns()[name])
    document = yaml.safe_load((SEEDS / f"{name}.yml").read_text(encoding="utf-8"))
    (table,) = document["sources"][0]["tables"]
    assert set(table["config"]["meta"]) == {"bron", "jaar", "licentie"}
    assert all(column["description"] for column in table["columns"])
    for column in ("gemeente", "code", "oude_code", "nieuwe_code", "productcategorie", "categorie"):
        assert seed_columns()[name].get(column, "varchar") == "varchar"


def test_reference_codes_agree_with_each_other() -> None:
    gemeenten = {row["gemeente"] for row in seed_rows("ref_gemeente")}
    swvs = {row["swv"] for row in seed_rows("ref_swv")}
    vestigingen = seed_rows("ref_vestiging")
    assert {row["oude_code"] for row in seed_rows("ref_herindeling")} <= gemeenten
    assert {row["nieuwe_code"] for row in seed_rows("ref_herindeling")} <= gemeenten
    assert {row["gemeente"] for row in seed_rows("ref_gemeente_per_jaar")} <= gemeenten
    assert {row["gemeente"] for row in vestigingen} <= gemeenten
    assert {row["swv"] for row in vestigingen} <= swvs
    assert {row["swv"] for row in seed_rows("ref_swv_gemeente")} == swvs
    now = {row["gemeente"] for row in seed_rows("ref_gemeente") if row["bestaat_nog"] == "ja"}
    placed = {row["gemeente"] for row in seed_rows("ref_jeugdregio_gemeente")}
    assert placed == now | {"buitenland", "onbekend"}
    assert len({row["vestigingscode"] for row in vestigingen}) == len(vestigingen)
    assert all(
        row["swv"][:2] == ("PO" if row["soort"] in ("BO", "SBO", "SO") else "VO") for row in vestigingen
    )
