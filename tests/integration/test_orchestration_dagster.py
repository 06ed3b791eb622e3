"""Dagster over a small fictional region: every asset and check is there, and a run is the run of `oa run`."""

from __future__ import annotations

import os
from pathlib import Path

import dagster as dg
import pytest

from pipelines import demo, intake, publication, warehouse
from pipelines.contracts import contract_names
from pipelines.errors import Bezet, KwaliteitspoortDicht
from pipelines.lock import hold
from pipelines.orchestration import stages
from pipelines.orchestration.defs import JOB, build_defs
from pipelines.orchestration.execute import prepare_instance, run_once
from pipelines.progress import silent
from pipelines.settings import Settings

SCHAAL = 0.05


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    for name in [name for name in os.environ if name.startswith("OA_")]:
        os.environ.pop(name)
    return demo.run(tmp_path_factory.mktemp("dagster"), schaal=SCHAAL, seed=11, meld=silent).settings


def keys(definitions: dg.Definitions) -> set[str]:
    return {key.to_user_string() for key in definitions.resolve_asset_graph().get_all_asset_keys()}


def execute(settings: Settings, selection: list[dg.AssetKey] | None = None) -> dg.ExecuteInProcessResult:
    with dg.DagsterInstance.from_config(str(settings.dagster)) as instance:
        prepare_instance(settings)
        job = build_defs(settings).resolve_job_def(JOB)
        return job.execute_in_process(
            instance=instance,
            asset_selection=selection,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
        )


def test_every_delivery_model_and_publication_is_an_asset(settings: Settings) -> None:
    found = keys(build_defs(settings))
    assert {f"bron/{name}" for name in contract_names()} <= found
    specs = warehouse.published_tables(warehouse.dbt_manifest(settings))
    assert {spec.mart for spec in specs} <= found
    for profiel in stages.profielen(settings):
        assert {f"kandidaat/{profiel}", f"publicatie/{profiel}"} <= found


def test_every_dbt_test_and_suite_page_is_a_blocking_check(settings: Settings) -> None:
    import json

    manifest = json.loads(warehouse.dbt_manifest(settings).read_text(encoding="utf-8"))
    tests = {node["name"] for node in manifest["nodes"].values() if node["resource_type"] == "test"}
    graph = build_defs(settings).resolve_asset_graph()
    checks = {key.name: graph.get(key).blocking for key in graph.asset_check_keys}
    assert tests
    assert tests <= set(checks)
    assert all(checks.values())


def test_there_is_a_schedule_and_a_sensor(settings: Settings) -> None:
    definitions = build_defs(settings)
    assert definitions.resolve_schedule_def("elke_nacht").cron_schedule == "15 2 * * *"
    assert definitions.resolve_sensor_def("nieuwe_leveringen").job_name == JOB


def test_the_sensor_asks_once_for_the_same_inbox(settings: Settings) -> None:
    sensor = build_defs(settings).resolve_sensor_def("nieuwe_leveringen")
    first = sensor(dg.build_sensor_context())
    assert len(first.run_requests) == 1
    again = sensor(dg.build_sensor_context(cursor=first.cursor))
    assert isinstance(again, dg.SkipReason)


def test_a_run_in_dagster_publishes_what_oa_run_published(settings: Settings) -> None:
    before = publication.current_release(settings, "oogo")
    assert execute(settings).success
    after = publication.current_release(settings, "oogo")
    assert before is not None
    assert after is not None
    assert (before.release, before.pad) == (after.release, after.pad)
    assert run_once(settings).niets_nieuw


def test_a_second_run_is_told_busy_and_changes_nothing(settings: Settings) -> None:
    before = publication.current_release(settings, "oogo")
    with hold(settings), pytest.raises(Bezet):
        run_once(settings)
    assert publication.current_release(settings, "oogo") == before


def test_publishing_alone_meets_the_gates(settings: Settings) -> None:
    """Without the evidence of a gate the asset `publicatie` fails, whatever is selected in the UI."""
    evidence = settings.warehouse / "bewijs" / "magazijn.json"
    kept = evidence.read_bytes()
    evidence.unlink()
    try:
        with pytest.raises(KwaliteitspoortDicht, match="magazijn"):
            execute(settings, [dg.AssetKey(["publicatie", "oogo"])])
    finally:
        evidence.write_bytes(kept)


def test_dagsters_own_records_hold_no_pseudonym(settings: Settings) -> None:
    import pyarrow.parquet as pq

    levering = next(item for item in intake.active_leveringen(settings) if item.contract == "opp")
    pseudonyms = {value.encode() for value in pq.read_table(levering.pad)["leerling_pseudoniem"].to_pylist()}
    for path in Path(settings.dagster).rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(value in content for value in pseudonyms), path.name
