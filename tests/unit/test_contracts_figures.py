"""No column without a figure, and no two descriptions of one delivery."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from pipelines.contracts import contract_names, load_contract
from pipelines.contracts.drift import drift, source_columns
from pipelines.resources import resource_dir

MODELS = resource_dir("dbt_project") / "models"


def yamls(folder: Path) -> list[dict[str, Any]]:
    return [yaml.safe_load(path.read_text(encoding="utf-8")) or {} for path in sorted(folder.rglob("*.yml"))]


def published_columns() -> set[str]:
    """`table.column` of every published table, from the declarations of the marts themselves."""
    found = set()
    for content in yamls(MODELS / "marts"):
        for model in content.get("models", []):
            publicatie = model.get("config", {}).get("meta", {}).get("publicatie")
            if publicatie and "figuren" in publicatie:
                names = [*publicatie["dimensies"], *(figuur["kolom"] for figuur in publicatie["figuren"])]
                found |= {f"{publicatie['tabel']}.{name}" for name in names}
    return found


@pytest.mark.parametrize("name", contract_names())
def test_no_column_without_a_published_figure(name: str) -> None:
    published = published_columns()
    assert published, "no mart declares what it publishes"
    for column in load_contract(name).columns:
        figures = {figuur for figuur in column.figuren if not figuur.startswith("regel.")}
        assert figures, f"{name}.{column.name} feeds a rule but names no figure"
        assert figures <= published, f"{name}.{column.name}: {sorted(figures - published)}"


def source_tables() -> dict[str, dict[str, Any]]:
    return {
        table["name"]: table
        for content in yamls(MODELS / "staging")
        for source in content.get("sources", [])
        if source["name"] == "bron"
        for table in source["tables"]
    }


@pytest.mark.parametrize("name", contract_names())
def test_the_dbt_source_says_what_the_contract_says(name: str) -> None:
    assert drift(load_contract(name), source_tables()[name]) == []


def test_drift_sees_every_kind_of_difference() -> None:
    contract = load_contract("inschrijving")
    columns = source_columns(contract)
    assert drift(contract, {"columns": [*columns, {"name": "levering_id"}]}) == []
    columns[0]["description"] = "iets anders"
    columns[1]["data_type"] = "integer"
    columns[2]["name"] = "school"
    assert drift(contract, {"columns": columns}) == [
        "inschrijving.leerling_pseudoniem: description differs",
        "inschrijving.school: not in the contract",
        "inschrijving.schooljaar: data_type differs",
        "inschrijving.vestigingscode: not in the dbt source",
    ]
