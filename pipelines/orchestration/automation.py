"""When a run starts by itself: every night, and when the inbox has something new.

Lives here: schedule and sensor. Not here: what a run does. Both end where the settings say, at a publication
or at a candidate that waits for a person.
"""

from __future__ import annotations

import hashlib

import dagster as dg

from pipelines.intake.levering import is_delivery
from pipelines.settings import Settings

NACHT = "15 2 * * *"


def build_schedule(job: dg.UnresolvedAssetJobDefinition | dg.JobDefinition) -> dg.ScheduleDefinition:
    """Every night at 02:15, so that late deliveries and expiries are never more than a day old."""
    return dg.ScheduleDefinition(
        name="elke_nacht",
        job=job,
        cron_schedule=NACHT,
        execution_timezone="Europe/Amsterdam",
        description="Voert elke nacht om 02.15 uur de hele pijplijn uit. Zet haar aan onder Automation.",
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
    """A hash over names, sizes and times of the deliveries in inbox/; None if there are none."""
    if not settings.inbox.is_dir():
        return None
    files = sorted(path for path in settings.inbox.iterdir() if is_delivery(path))
    stamps = [f"{path.name}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in files]
    return hashlib.sha256("\n".join(stamps).encode()).hexdigest() if stamps else None
