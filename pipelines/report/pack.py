"""From a view to a pack: the content model, filled.

Lives here: title, order and the parts put together. Not here: what the parts say.
"""

from __future__ import annotations

from dataclasses import replace

from pipelines.report.answers import Answers
from pipelines.report.model import Pack, Section, Sheet, Topic
from pipelines.report.reading_guide import annex, reading_guide
from pipelines.report.sheets import sheets
from pipelines.report.summary import HOW_CHOSEN, decisions, facts, key_figures, three_findings
from pipelines.report.topics import all_topics
from pipelines.report.view import View

TABELLEN = "tabellen"  # the section with the tables that stand behind the topics
SINDS, ZIE = "Sinds de vorige uitgave", "Zie het blad Wijzigingen van het werkboek."
DEMO = "Fictieve leerlingen: dit is een demonstratie, geen echte regio."


def make_pack(view: View, answers: Answers | None = None, changes: Sheet | None = None) -> Pack:
    """Everything that is said about one area in one schooljaar; `changes` since the release before this one."""
    topics = [_answered(topic, view, answers or {}) for topic in all_topics(view)]
    findings = three_findings(topics)
    public = view.release.profiel == "openbaar"
    subtitle = {"gemeente": f"Gemeente {view.name}", "swv": view.name, "regio": "De hele regio"}[view.kind]
    return Pack(
        kind=view.kind,
        code=view.place.code,
        name=view.name,
        title="Ondersteuning op school en jeugdhulp" if public else "Ondersteuningsanalyse voor het OOGO",
        subtitle=subtitle,
        release=view.release.id,
        profiel=view.release.profiel,
        schooljaar=view.schooljaar,
        created=view.release.leverdatum,
        demo=view.release.demo,
        contact=view.release.contact,
        facts=(*facts(view), *(((SINDS, f"{changes.note} {ZIE}"),) if changes else ())),
        findings=findings,
        decisions=decisions(findings),
        how_chosen=HOW_CHOSEN,
        key_figures=key_figures(view),
        reading_guide=reading_guide(view),
        topics=tuple(topics),
        annex=(*annex(view), *_more(topics)),
        sheets=(*sheets(view), *((changes,) if changes else ())),
    )


def _more(topics: list[Topic]) -> tuple[Section, ...]:
    """The annex ends with the tables that no topic shows in its text."""
    found = tuple(table for topic in topics for table in topic.more_tables)
    return (
        Section(
            TABELLEN,
            "Meer tabellen",
            (
                "Alle tabellen, ook van eerdere schooljaren, staan in het werkboek (XLSX) van dezelfde "
                "uitgave.",
            ),
            (),
            found,
        ),
    )


def _answered(topic: Topic, view: View, answers: Answers) -> Topic:
    found = answers.get((view.kind, view.place.code, topic.id), ())
    return replace(topic, answers=found) if found else topic
