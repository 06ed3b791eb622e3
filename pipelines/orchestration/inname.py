"""Taking deliveries in, as Dagster assets: one per contract, and the gate over their profiles.

Lives here: assets and checks. Not here: reading or judging a delivery. A refused delivery is told in metadata
and does not stop the run; a failed expectation over the profiles does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from pipelines import gates
from pipelines.contracts import contract_names, load_contract
from pipelines.orchestration import stages
from pipelines.orchestration.checks import check_results, check_specs
from pipelines.orchestration.magazijn import source_nodes
from pipelines.orchestration.resources import Installatie
from pipelines.progress import meld

LEVERING = dg.AssetKey(["bron", "levering"])
VESTIGING = dg.AssetKey(["bron", "vestiging"])


def build_inname() -> dg.AssetsDefinition:
    """Assets `bron/<contract>` and `bron/levering`, with the suite `levering` as blocking checks."""
    contracts = [
        dg.AssetSpec(
            ["bron", name],
            group_name="inname",
            description=load_contract(name).description,
            kinds={"parquet"},
            skippable=True,
            owners=["team:bronhouders"],
        )
        for name in contract_names()
    ]
    register = dg.AssetSpec(
        LEVERING,
        group_name="inname",
        kinds={"parquet"},
        description="Elke actieve levering met haar profiel: aantallen, nooit een waarde.",
    )

    @dg.multi_asset(
        name="inname", specs=[*contracts, register], check_specs=check_specs(gates.LEVERING, LEVERING)
    )
    def inname(installatie: Installatie) -> Iterator[Any]:
        ingenomen = stages.take_in(installatie.settings, meld=meld)
        stages.require_deliveries(installatie.settings, ingenomen)
        oordeel = stages.judge_deliveries(installatie.settings, meld=meld)
        yield from check_results(oordeel, LEVERING, gates.LEVERING)
        oordeel.require()
        nieuw = Counter(levering.contract for levering in ingenomen.aangenomen)
        for spec in contracts:
            yield dg.MaterializeResult(
                asset_key=spec.key, metadata={"nieuwe_leveringen": nieuw[spec.key.path[-1]]}
            )
        yield dg.MaterializeResult(
            asset_key=LEVERING,
            metadata={
                "aangenomen": len(ingenomen.aangenomen),
                "geweigerd": len(ingenomen.geweigerd),
                "eerder_geweigerd": len(ingenomen.eerder_geweigerd),
                "al_bekend": ingenomen.bekend,
            },
        )

    return inname


def reference_specs(manifest: Path) -> list[dg.AssetSpec]:
    """What dbt reads that no delivery brings: reference data and the region's own rules."""
    made = {LEVERING, *(dg.AssetKey(["bron", name]) for name in contract_names())}
    return [
        dg.AssetSpec(key, group_name="referentie", description=node["description"], kinds={"csv"})
        for key, node in _by_key(source_nodes(manifest)).items()
        if key not in made
    ]


def _by_key(nodes: list[Mapping[str, Any]]) -> dict[dg.AssetKey, Mapping[str, Any]]:
    return {dg.AssetKey([node["source_name"], node["name"]]): node for node in nodes}
