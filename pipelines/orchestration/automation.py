"""When a run starts by itself: every night, and when the inbox has something new.

Lives here: schedules and sensor. Not here: what a run does. Both end where the settings say, at a publication
or at a candidate that waits for a person.
"""

from __future__ import annotations

import hashlib
from datetime import date

import dagster as dg

from pipelines.intake.levering import is_delivery
from pipelines.orchestration import stages
from pipelines.progress import meld
from pipelines.settings import Settings

NACHT = "15 2 * * *"
EERSTE_VAN_DE_MAAND = "15 1 1 * *"


def build_schedule(job: dg.UnresolvedAssetJobDefinition | dg.JobDefinition) -> dg.ScheduleDefinition:
    """Every night at 02:15, so that late deliveries and expiries are never more than a day old."""
    return dg.ScheduleDefinition(
        name="elke_nacht",
        job=job,
        cron_schedule=NACHT,
        execution_timezone="Europe/Amsterdam",
        description="Voert elke nacht om 02.15 uur de hele pijplijn uit. Zet haar aan onder Automation.",
    )


def build_retention(home: str) -> dg.ScheduleDefinition:
    """Every first of the month: schooljaren whose term is over expire whole."""

    @dg.op(
        name="bewaartermijnen", description="Laat schooljaren waarvan de bewaartermijn voorbij is verlopen."
    )
    def expire(context) -> None:
        expired = stages.retain(Settings.load(home), date.today(), meld=meld)
        context.log.info(f"verlopen schooljaren: {len(expired)}")

    @dg.job(name="bewaren", executor_def=dg.in_process_executor)
    def bewaren() -> None:
        expire()

    return dg.ScheduleDefinition(
        name="bewaartermijnen",
        job=bewaren,
        cron_schedule=EERSTE_VAN_DE_MAAND,
        execution_timezone="Europe/Amsterdam",
        description="Wist elke maand wat over zijn bewaartermijn is. Zet haar aan onder Automation.",
    )


def build_sensor(job: dg.UnresolvedAssetJobDefinition | dg.JobDefinition, home: str) -> dg.SensorDefinition:
    """Ask for a run as soon as the files in the inbox are not those of the run before."""

    @dg.sensor(
        name="nieuwe_leveringen",
        job=job,
        minimum_interval_seconds=60,
        description="Start een run zodra er nieuwe leveringen in inbox/ staan. Zet haar aan onder Automation.",
    )
    def nieuwe_leveringen(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        stand = _inbox_state(Settings.load(home))
        if stand is None:
            return dg.SkipReason("De inbox is leeg.")
        if context.cursor == stand:
            return dg.SkipReason("Er is niets bijgekomen sinds de vorige run.")
        return dg.SensorResult(run_requests=[dg.RunRequest(run_key=stand)], cursor=stand)

    return nieuwe_leveringen


def _inbox_state(settings: Settings) -> str | None:
    """A hash over names, sizes and times of deliveries and manifests in inbox/; None if there is no delivery."""
    if not settings.inbox.is_dir():
        return None
    files = sorted(
        path for path in settings.inbox.iterdir() if path.is_file() and not path.name.startswith(".")
    )
    if not any(map(is_delivery, files)):
        return None
    stamps = [f"{path.name}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join(stamps).encode()).hexdigest()
