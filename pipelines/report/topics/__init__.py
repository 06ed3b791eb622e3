"""What is said about each subject, by rule, from published figures.

Lives here: one module per topic, each a function from a View to a Topic, in the order in which a pack tells
them. Not here: the choice of the three findings (summary) and anything about form (pdf, html, xlsx).
"""

from __future__ import annotations

from pipelines.report.model import Topic
from pipelines.report.topics import (
    gemeenten,
    grijs_gebied,
    ondersteuning,
    organisatie,
    partijen,
    scholen,
    trend,
    verantwoordelijkheid,
    wachttijden,
)
from pipelines.report.view import View


def all_topics(view: View) -> list[Topic]:
    """Every topic that this area and profiel have figures for."""
    found = [
        ondersteuning.topic(view),
        grijs_gebied.topic(view),
        verantwoordelijkheid.topic(view),
        organisatie.topic(view),
        wachttijden.topic(view),
        partijen.topic(view),
        scholen.topic(view),
        gemeenten.topic(view),
        trend.topic(view),
    ]
    return [topic for topic in found if topic is not None]
