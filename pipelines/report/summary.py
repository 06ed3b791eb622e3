"""Page one: the three findings that matter most here, what they ask for, and how firm the figures are.

Lives here: the choice among findings, the key figures and the facts beside them. Not here: the findings themselves
(topics).
"""

from __future__ import annotations

from datetime import date

from pipelines.report.figure import Share, nothing
from pipelines.report.language import count, day, some
from pipelines.report.model import Cell, Column, Finding, Table, Topic
from pipelines.report.release import TOTAAL, Place
from pipelines.report.view import View

HOW_CHOSEN = (
    "Een vaste regel koos deze bevindingen, niet een persoon. Voorop gaan ontbrekende gegevens, het grijze gebied, "
    "wachten boven de norm en verschillen die te groot zijn voor toeval. Uit elk onderwerp komt er hoogstens één."
)
GEBIED, WACHT = "ondersteuning_per_gebied", "wachttijden"
KERN = (  # categorie, how page one calls it
    (TOTAAL, "Getelde leerlingen"),
    ("samenloop", "Ondersteuning op school en ook jeugdhulp"),
    ("grijs_gebied", "In het grijze gebied"),
)
WACHTEN = (
    ("wachtend", "Aanvragen die nog op een besluit wachten"),
    ("p90_dagen", "Een op de tien aanvragen wachtte minstens (dagen)"),
)

NIETS = (
    "Over dit gebied is te weinig te tonen om een bevinding te noemen: de aantallen zijn te klein, of er ontbreken "
    "leveringen."
)
DAN = "Vertel zelf wat u hier ziet, en bespreek de cijfers van de hele regio: die staan hieronder ernaast."


def three_findings(topics: list[Topic]) -> tuple[Finding, ...]:
    """The heaviest finding of each topic, at most three; ties in the order of the pack."""
    best = [max(topic.findings, key=lambda finding: finding.weight) for topic in topics if topic.findings]
    if not best:
        return (Finding(NIETS, 0.0, topics[0].id, DAN),)
    return tuple(sorted(best, key=lambda finding: -finding.weight)[:3])


def decisions(findings: tuple[Finding, ...]) -> tuple[str, ...]:
    """What the findings ask of the meeting, each once."""
    return tuple(dict.fromkeys(finding.decision for finding in findings if finding.decision))


def key_figures(view: View) -> Table:
    """A few figures of this area, beside the last schooljaar that compares and the region as a whole."""
    columns = [(view.schooljaar, view.schooljaar, view.place)]
    earlier = [year for year in view.release.schooljaren if year < view.schooljaar and view.volledig(year)]
    if earlier and view.volledig():
        columns.insert(0, (earlier[-1], earlier[-1], view.place))
    if view.kind != "regio":
        columns.append((f"Regio, {view.schooljaar}", view.schooljaar, Place("regio", TOTAAL, "")))
    counts = [
        view.figures(GEBIED, "categorie", "leerlingen", place, schooljaar=year) for _, year, place in columns
    ]
    rows: list[tuple[Cell, ...]] = [
        (label, *(found.get(code, nothing()) for found in counts)) for code, label in KERN
    ]
    shares = (Share(found.get("grijs_gebied", nothing()), found.get(TOTAAL, nothing())) for found in counts)
    rows.append(("In het grijze gebied, van elke 100 getelde leerlingen", *shares))
    for figure, label in WACHTEN:
        steps = (
            view.release.one(WACHT, figure, stap="behoefte_besluit", **view.at(place, year))
            for _, year, place in columns
        )
        rows.append((label, *steps))
    heads = (Column("Kerncijfer", numeric=False), *(Column(title) for title, _, _ in columns))
    return Table("kerncijfers", f"Kerncijfers, {view.who}", heads, tuple(rows), f"{GEBIED}, {WACHT}")


def standing(view: View) -> str:
    """Provisional or final, and why."""
    last_day = date(int(view.schooljaar[5:]), 7, 31)
    if earlier := view.release.overgenomen.get(view.schooljaar):
        return f"Definitief: overgenomen zoals in uitgave {earlier['release']}; de gegevens zelf zijn gewist."
    if date.fromisoformat(view.release.leverdatum) < last_day:
        return f"Voorlopig: geleverd voordat schooljaar {view.schooljaar} voorbij was."
    if not view.volledig():
        return "Definitief voor wie leverde; niet iedereen leverde."
    return "Definitief, zolang er geen verbeterde levering komt."


def facts(view: View) -> tuple[tuple[str, str], ...]:
    have, lack = view.release.coverage(view.schooljaar)
    year = view.release.rows("dim_schooljaar", schooljaar=view.schooljaar)[0]
    delivered = (
        f"{count(len(have), 'gemeente', 'gemeenten')} en "
        f"{count(int(year['besturen_geleverd']), 'schoolbestuur', 'schoolbesturen')}"
    )
    if lack:
        delivered += f". Er ontbreekt: {some(lack)}"
    return (
        ("Schooljaar", f"{view.schooljaar}; wie in dat schooljaar ondersteuning had, telt mee"),
        ("Peildatum", f"{day(str(year['peildatum'])[:10])} bepaalt op welke school een leerling telt"),
        ("Stand", standing(view)),
        ("Leverden", f"{delivered}."),
        ("Nieuwste levering", day(view.release.leverdatum)),
        ("Uitgave", f"{view.release.id} (profiel {view.release.profiel})"),
    )
