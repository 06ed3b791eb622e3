"""Contract and dbt source side by side: two files that must say the same about a delivery.

Lives here: what a dbt source YAML should say of a contract, and where one differs. Not here: running dbt.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.contracts.model import Contract


def source_columns(contract: Contract) -> list[dict[str, str]]:
    """The columns of the dbt source table of a contract, as its YAML should list them."""
    return [
        {"name": column.name, "data_type": column.sql_type.lower(), "description": column.description}
        for column in contract.columns
    ]


def drift(
    contract: Contract, table: Mapping[str, Any], extra: tuple[str, ...] = ("levering_id", "levering_nr")
) -> list[str]:
    """Differences between a contract and a dbt source table, in words; empty if they agree.

    `extra` are columns that the warehouse adds to every row and no bronhouder delivers.
    """
    expected = {column["name"]: column for column in source_columns(contract)}
    found = {column["name"]: column for column in table.get("columns", []) if column["name"] not in extra}
    differences = [f"{contract.name}.{name}: not in the dbt source" for name in expected if name not in found]
    differences += [f"{contract.name}.{name}: not in the contract" for name in found if name not in expected]
    for name in expected.keys() & found.keys():
        for part in ("data_type", "description"):
            said = " ".join(str(found[name].get(part, "")).split())
            said = said.lower() if part == "data_type" else said
            if said != expected[name][part]:
                differences.append(f"{contract.name}.{name}: {part} differs")
    return sorted(differences)
