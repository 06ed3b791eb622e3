"""The dbt models and tests as Dagster assets and checks, built by the warehouse room in one invocation.

Lives here: how a node of the manifest becomes an asset or a check, and how the warehouse's verdicts become
events. Not here: running dbt. A subset asked for in the UI still builds the whole warehouse: it is one file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets
from dagster_dbt.asset_utils import get_asset_check_key_for_test

from pipelines.orchestration import stages
from pipelines.orchestration.resources import Installatie
from pipelines.progress import meld
from pipelines.warehouse import Resultaat, WarehouseAfgekeurd

_GROEPEN = {"staging": "bron", "intermediate": "magazijn", "marts": "marts"}


class Vertaling(DagsterDbtTranslator):
    """Sources are the assets of the intake; groups follow the layers of the dbt project."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_source_tests_as_checks=False))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        layer = dbt_resource_props["fqn"][1] if len(dbt_resource_props["fqn"]) > 1 else ""
        return _GROEPEN.get(layer, "magazijn")

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return dbt_resource_props.get("description") or ""


def source_nodes(manifest: Path) -> list[Mapping[str, Any]]:
    """The dbt sources: what intake and reference have to provide."""
    return list(json.loads(manifest.read_text(encoding="utf-8"))["sources"].values())


def build_magazijn(manifest: Path) -> dg.AssetsDefinition:
    """One asset per dbt model, one check per dbt test."""
    translator = Vertaling()
    content = json.loads(manifest.read_text(encoding="utf-8"))
    order = {name: rank for rank, name in enumerate(TopologicalSorter(content["parent_map"]).static_order())}

    @dbt_assets(
        manifest=manifest,
        dagster_dbt_translator=translator,
        name="magazijn",
        exclude="resource_type:unit_test",
    )
    def magazijn(context, installatie: Installatie) -> Iterator[Any]:
        try:
            bouw, oordeel = stages.build_warehouse(installatie.settings, meld=meld)
        except WarehouseAfgekeurd as error:
            yield from _events(error.resultaten, built=False)
            raise
        yield from _events(bouw.resultaten, built=True)
        oordeel.require()

    def _events(resultaten: tuple[Resultaat, ...], *, built: bool) -> Iterator[Any]:
        for item in sorted(resultaten, key=lambda item: order[item.unique_id]):
            if item.resource_type == "model" and built:
                yield dg.MaterializeResult(
                    asset_key=dg.AssetKey([item.name]), metadata={"seconden": item.seconds}
                )
        for item in resultaten:
            if item.resource_type != "test":
                continue
            key = get_asset_check_key_for_test(content, translator, item.unique_id, project=None)
            if key is not None and (built or item.status != "skipped"):
                yield dg.AssetCheckResult(
                    asset_key=key.asset_key,
                    check_name=key.name,
                    passed=item.goed,
                    metadata={"afwijkingen": item.failures or 0},
                )

    return magazijn
