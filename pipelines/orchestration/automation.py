"""When a run starts by itself: every night, and when the inbox has something new.

Lives here: schedule and sensor. Not here: what a run does. Both end where the settings say, at a publication
or at a candidate that waits for a person.
"""

from __future__ import annotations

import dagster as dg

from pipelines.intake import inbox_state
from pipelines.settings import Settings

NACHT = "15 2 * * *"


def build_schedule(job: dg.UnresolvedAssetJobDefinition | dg.JobDefinition) -> dg.ScheduleDefinition:
    """Every night at 02:15, so that late deliveries and expiries are never more than a day old."""
    return dg.ScheduleDefinition(
        name="elke_nacht", job=job, cron_schedule=NACHT, execution_timezone="Europe/Amsterdam",
        description="Voert elke nacht om 02.15 uur de hele pijplijn uit. Zet haar aan onder Automation.",
    )


def build_sensor(job: dg.UnresolvedAssetJobDefinition | dg.JobDefinition, home: str) -> dg.SensorDefinition:
    """Ask for a run as soon as the inbox holds finished files that were not judged before."""

    @dg.sensor(
        name="nieuwe_leveringen", job=job, minimum_interval_seconds=60,
        description="Start een run zodra er nieuwe leveringen in inbox/ staan. Zet haar aan onder Automation.",
    )
    def nieuwe_leveringen(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        stand = inbox_state(Settings.load(home))
        if not stand.nieuw:
            return dg.SkipReason("Geen nieuwe leveringen in inbox/.")
        if context.cursor == stand.sleutel:
            return dg.SkipReason("Voor deze leveringen is al een run gevraagd.")
        return dg.SensorResult(
            run_requests=[dg.RunRequest(run_key=stand.sleutel, tags={"nieuw": str(stand.nieuw)})],
            cursor=stand.sleutel,
        )

    return nieuwe_leveringen
