"""The run that `oa run` starts: the same job as in Dagster's UI, in this process, recorded in the same place.

Lives here: the Dagster instance of an installation, running its job, and what came of it as plain values. Not here:
printing (summary) and stages. If nothing changed since the last release, Dagster is not even imported.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipelines.lock import hold
from pipelines.orchestration import stages
from pipelines.progress import meld
from pipelines.settings import Settings

# Local and silent: runs are recorded in OA_HOME/dagster, nothing is sent anywhere, old ticks are forgotten.
_INSTANCE = """\
telemetry:
  enabled: false
nux:
  enabled: false
run_monitoring:
  enabled: false
retention:
  schedule:
    purge_after_days: 30
  sensor:
    purge_after_days:
      skipped: 2
      success: 30
      failure: 90
"""


@dataclass(frozen=True)
class Uitkomst:
    """What a run did: deliveries by fate, checks per gate as (passed, all), and the releases it leaves."""

    aangenomen: int = 0
    geweigerd: int = 0
    eerder_geweigerd: int = 0
    bekend: int = 0
    controles: dict[str, tuple[int, int]] = field(default_factory=dict)
    niets_nieuw: bool = False


def prepare_instance(settings: Settings) -> None:
    """Write the settings of the Dagster instance, if they are not there yet."""
    path = settings.dagster / "dagster.yaml"
    if not path.exists():
        path.write_text(_INSTANCE, encoding="utf-8")


def run_once(settings: Settings) -> Uitkomst:
    """Run everything once; raises the OaError of the stage that stopped it, Bezet if another run is busy."""
    with hold(settings):
        stages.check_ready(settings)
        if (known := stages.nothing_new(settings)) is not None:
            meld("Niets nieuws sinds de vorige publicatie")
            return Uitkomst(bekend=known, niets_nieuw=True)
    with _patient_collector():
        return _run_job(settings)


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Let Python look for unused objects less often: importing Dagster and dbt and parsing the project makes some
    millions that all stay, and going over them again and again was a tenth of a run.
    """
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _run_job(settings: Settings) -> Uitkomst:
    meld("Dagster starten")
    import dagster as dg

    from pipelines.orchestration.defs import JOB, build_defs
    from pipelines.orchestration.eventlog import kept_open

    prepare_instance(settings)
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    home = str(settings.dagster)
    with dg.DagsterInstance.from_config(home) as instance, kept_open(instance.event_log_storage):
        job = build_defs(settings).resolve_job_def(JOB)
        result = job.execute_in_process(instance=instance, run_config=quiet, tags={"gestart_door": "oa run"})
        return _outcome(result)


def _outcome(result: object) -> Uitkomst:
    from pipelines.orchestration.inname import LEVERING

    counts: dict[str, int] = {}
    for event in result.get_asset_materialization_events():  # type: ignore[attr-defined]
        materialization = event.step_materialization_data.materialization
        if materialization.asset_key == LEVERING:
            counts = {
                name: int(value.value)
                for name, value in materialization.metadata.items()
                if name in ("aangenomen", "geweigerd", "eerder_geweigerd", "al_bekend")
            }
    gates: dict[str, tuple[int, int]] = {}
    for evaluation in result.get_asset_check_evaluations():  # type: ignore[attr-defined]
        name = _GATES.get(evaluation.asset_key.path[0], "magazijn (dbt)")
        passed, total = gates.get(name, (0, 0))
        gates[name] = (passed + bool(evaluation.passed), total + 1)
    return Uitkomst(
        aangenomen=counts.get("aangenomen", 0),
        geweigerd=counts.get("geweigerd", 0),
        eerder_geweigerd=counts.get("eerder_geweigerd", 0),
        bekend=counts.get("al_bekend", 0),
        controles=gates,
    )


_GATES = {"bron": "leveringen (Great Expectations)", "kandidaat": "publicatie (Great Expectations)"}
