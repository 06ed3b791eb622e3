"""The gate of the warehouse: the verdicts of dbt's models and data tests.

Lives here: dbt's outcomes as outcomes of a gate, and whether every test of the project was run. Not here:
running dbt (warehouse).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.gates.model import Oordeel, Uitslag
from pipelines.publication import evidence
from pipelines.settings import Settings
from pipelines.warehouse import Bouw, Resultaat, dbt_manifest

_REMEDIE = "Bekijk de controle in Dagster en herstel de oorzaak in de leveringen of in het dbt-project."


def judge_magazijn(settings: Settings, bouw: Bouw) -> Oordeel:
    """Judge the outcomes that were recorded with this warehouse, and record the verdict."""
    nodes = json.loads(dbt_manifest(settings).read_text(encoding="utf-8"))["nodes"]
    oordeel = warehouse_verdict(bouw.vingerafdruk, bouw.resultaten, nodes)
    evidence.record(settings, evidence.MAGAZIJN, vingerafdruk=bouw.vingerafdruk, controles=oordeel.controles)
    return oordeel


def warehouse_verdict(
    invoer: str, resultaten: Sequence[Resultaat], nodes: Mapping[str, Mapping[str, Any]] | None = None
) -> Oordeel:
    """The models and data tests of a build as a gate: skipped, warned or (given dbt's `nodes`) not run is
    failed."""
    expected = {
        name: node for name, node in (nodes or {}).items() if node["resource_type"] in ("model", "test")
    }
    found = {result.unique_id: result for result in resultaten}
    return Oordeel(
        "magazijn",
        invoer,
        tuple(
            _outcome(expected.get(name, {}), found[name]) if name in found else _not_run(name, expected[name])
            for name in sorted({*expected, *found})
        ),
    )


def _outcome(node: Mapping[str, Any], result: Resultaat) -> Uitslag:
    severity = str(node.get("config", {}).get("severity", "error")).lower()
    soft = result.resource_type == "test" and severity != "error"
    return Uitslag(
        result.name,
        _table(node, result.name),
        result.goed,
        0 if result.goed else max(1, result.failures or 0),
        1,
        str(node.get("description", "")),
        _REMEDIE,
        ernst="waarschuwing" if soft else "fout",
    )


def _not_run(name: str, node: Mapping[str, Any]) -> Uitslag:
    return Uitslag(
        str(node.get("name", name)), _table(node, name), False, 1, 1, "Is niet uitgevoerd.", _REMEDIE
    )


def _table(node: Mapping[str, Any], otherwise: str) -> str:
    return str(node.get("attached_node") or otherwise).rsplit(".", 1)[-1]
