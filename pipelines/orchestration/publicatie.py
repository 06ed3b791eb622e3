"""Candidate and publication per profiel, as Dagster assets.

Lives here: the two assets and the gate between them. Not here: protecting, judging, swapping. Publishing asked for
alone in the UI meets the same demand for evidence as at the end of a run.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg

from pipelines import gates
from pipelines.orchestration import stages
from pipelines.orchestration.checks import check_results, check_specs
from pipelines.orchestration.resources import Installatie
from pipelines.progress import meld
from pipelines.settings import Profiel
from pipelines.warehouse import TabelSpec


class Akkoord(dg.Config):
    """Who releases, when the installation publishes only after a person agreed (`publiceren = na_akkoord`)."""

    akkoord: str = ""


def build_publicatie(profiel: Profiel, specs: Sequence[TabelSpec]) -> list[dg.AssetsDefinition]:
    """Assets `kandidaat/<profiel>` and `publicatie/<profiel>`."""
    own = [spec for spec in specs if profiel in spec.profielen]
    key = dg.AssetKey(["kandidaat", profiel])

    @dg.multi_asset(
        name=f"kandidaat_{profiel}",
        check_specs=check_specs(gates.PUBLICATIE, key),
        specs=[
            dg.AssetSpec(
                key,
                deps=[spec.mart for spec in own],
                group_name="publicatie",
                kinds={"duckdb", "parquet"},
                description=f"De volgende publicatie voor {profiel}: beschermd en beoordeeld, nog door niemand gezien.",
            )
        ],
    )
    def kandidaat(installatie: Installatie) -> Iterator[Any]:
        made = stages.build_candidate(installatie.settings, profiel, meld=meld)
        oordeel = stages.judge_candidate(installatie.settings, profiel, meld=meld)
        yield from check_results(oordeel, key, gates.PUBLICATIE)
        oordeel.require()
        yield dg.MaterializeResult(
            asset_key=key,
            metadata={
                "release": made.release,
                "rijen": sum(made.tabellen.values()),
                "tabellen": len(made.tabellen),
            },
        )

    @dg.multi_asset(
        name=f"publicatie_{profiel}",
        specs=[
            dg.AssetSpec(
                ["publicatie", profiel],
                deps=[key],
                group_name="publicatie",
                kinds={"duckdb", "parquet"},
                skippable=True,
                description=f"Wat lezers van profiel {profiel} zien: publication/{profiel}/current.",
            )
        ],
    )
    def publicatie(config: Akkoord, installatie: Installatie) -> Iterator[Any]:
        settings = installatie.settings
        if settings.publiceren == "na_akkoord" and not config.akkoord.strip():
            meld(f"De kandidaat {profiel} wacht op akkoord: oa publish --akkoord NAAM")
            return
        release = stages.publish(settings, profiel, akkoord=config.akkoord or None, meld=meld)
        yield dg.MaterializeResult(metadata={"release": release.release, "nieuw": release.nieuw})

    return [kandidaat, publicatie]
