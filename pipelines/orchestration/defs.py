"""Everything Dagster knows of one installation, put together.

Lives here: wiring only.
"""

from __future__ import annotations

import dagster as dg

from pipelines import warehouse
from pipelines.orchestration import stages
from pipelines.orchestration.automation import build_retention, build_schedule, build_sensor
from pipelines.orchestration.inname import build_inname, reference_specs
from pipelines.orchestration.magazijn import build_magazijn
from pipelines.orchestration.publicatie import build_publicatie
from pipelines.orchestration.resources import Installatie
from pipelines.settings import Settings

JOB = "alles"


def build_defs(settings: Settings) -> dg.Definitions:
    """Assets, checks, the job `alles`, its schedule and its sensor, for the installation of these settings."""
    settings.prepare_home()
    manifest = warehouse.dbt_manifest(settings)
    specs = warehouse.published_tables(manifest)
    assets = [build_inname(), build_magazijn(manifest)]
    for profiel in stages.profielen(settings):
        assets += build_publicatie(profiel, specs)
    job = dg.define_asset_job(
        JOB,
        selection=dg.AssetSelection.assets(*assets),
        executor_def=dg.in_process_executor,
        description="Van inbox tot publicatie (of tot de kandidaat, als een persoon akkoord moet geven).",
    )
    return dg.Definitions(
        assets=[*assets, *reference_specs(manifest)],
        jobs=[job],
        schedules=[build_schedule(job), build_retention(str(settings.home))],
        sensors=[build_sensor(job, str(settings.home))],
        executor=dg.in_process_executor,
        resources={"installatie": Installatie(home=str(settings.home))},
    )
