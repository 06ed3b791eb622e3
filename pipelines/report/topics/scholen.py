"""Schools against comparable schools (profiel oogo only): a funnel, not a league table.

The figures per school are rounded, so every school is a range. A school stands out only if its whole range
lies outside the limits that chance allows a school of its size.
"""

from __future__ import annotations

from dataclasses import replace
from math import sqrt
from typing import Any

from pipelines.report.figure import Figure, Rate, half_up
from pipelines.report.language import count, number, some
from pipelines.report.model import Cell, Chart, Column, Finding, Table, Topic
from pipelines.report.release import ONBEKEND, OVERIGE, TOTAAL, Row
from pipelines.report.topics.parts import drawing, hidden_note
from pipelines.report.view import View

TABEL = "ondersteuning_per_school"
SOORT = {
    "BO": "basisscholen",
    "SBO": "scholen voor speciaal basisonderwijs",
    "SO": "scholen voor speciaal onderwijs",
    "VSO": "scholen voor voortgezet speciaal onderwijs",
    "VO": "middelbare scholen",
    "PRO": "praktijkscholen",
}
GEWOON = ("BO", "VO")  # special schools support nearly every pupil: a funnel says nothing about them
VEEL = 16  # rows of schools that still read well between the text
TOEVAL = 0.05  # of schools outside 95% limits
EIGEN, BUITEN = "Scholen hier", "Scholen hier, buiten de trechter"
ANDERE, ANDERE_HOOGSTENS = "Andere scholen in de regio", 250  # schools elsewhere that a funnel can show
DUN = "Van de andere scholen in de regio is een deel getekend; het gemiddelde is van alle scholen."
OUDER = "Heeft een school geen aandeel, dan is het aantal leerlingen dat van nu, niet dat van dit schooljaar."
MINSTENS = 5  # schools, or a mean of peers means nothing


def topic(view: View) -> Topic | None:
    if view.release.profiel != "oogo" or view.kind == "regio":
        return None
    own = sorted(
        (
            school
            for school in view.release.schools.values()
            if school[view.kind] == view.code and school["vestigingscode"] != ONBEKEND
        ),
        key=lambda school: (str(school["naam"]), school["vestigingscode"]),
    )
    if not own:
        return None
    rows, cells, rates = _published(view)
    sizes = _sizes(view, rates)
    funnels = [found for soort in GEWOON if (found := _funnel(view, cells, sizes, soort)) is not None]
    table = _table(view, own, cells, sizes, rates, rows)
    tables, more = _spread(view, table, funnels)
    outside = sum(chart.data["buiten"] for chart in funnels)
    judged = sum(chart.data["beoordeeld"] for chart in funnels)
    hidden = [figure for row in table.rows for figure in row if isinstance(figure, Figure)]
    heading = _heading(view, outside, judged)
    return Topic(
        id="scholen",
        name="Scholen",
        heading=heading,
        paragraphs=(
            "De trechter laat zien hoeveel verschil tussen scholen gewoon toeval kan zijn: bij een kleine school veel, "
            "bij een grote weinig. Ongeveer 1 op de 20 scholen valt er door toeval buiten. Buiten de trechter is niet "
            "goed of fout: de leerlingen kunnen anders zijn, of de school schrijft ondersteuning anders op.",
        )
        if funnels
        else (),
        charts=tuple(funnels),
        tables=tables,
        more_tables=more,
        notes=(
            *(
                ("De tabel met alle scholen staat op papier achterin, op het scherm hierboven.",)
                if more
                else ()
            ),
            "Het aantal leerlingen per school komt van DUO of van de eigen lijst van de regio.",
            *((OUDER,) if view.schooljaar != view.release.schooljaren[-1] else ()),
            *((DUN,) if any(chart.data["uitgedund"] for chart in funnels) else ()),
            *hidden_note(hidden),
        ),
        questions=(
            _recognised(funnels),
            "Kunt u de verschillen verklaren: andere leerlingen, andere hulp, of anders opgeschreven?",
            "Wat vindt u ervan? Van welke school kunnen de andere leren?",
        ),
        findings=(
            Finding(
                f"{heading}.",
                1.4,
                "scholen",
                "Bespreek met deze scholen wat er achter het verschil zit, voordat u er iets van vindt.",
            ),
        )
        if more_than_chance(outside, judged)
        else (),
    )


def _outside(funnels: list[Chart]) -> list[dict[str, Any]]:
    """The points of own schools outside their funnel."""
    points = [point for chart in funnels for point in chart.data["punten"]]
    return [point for point in points if point["groep"] == BUITEN]


def _recognised(funnels: list[Chart]) -> str:
    """The first question, about the schools by name if they are few."""
    names = sorted(str(point["school"]) for point in _outside(funnels))
    if not names:
        return "Herkent u dat geen school duidelijk meer of minder ondersteuning heeft dan vergelijkbare scholen?"
    verb = "valt" if len(names) == 1 else "vallen"
    return f"Herkent u dat {some(names, 3)} buiten de trechter {verb}?"


def by_chance(judged: int) -> int:
    """How many schools fall outside their limits if nothing but chance is at work; at least one."""
    return max(1, half_up(TOEVAL * judged))


def more_than_chance(outside: int, judged: int) -> bool:
    """More schools outside than chance explains (one-sided, about 97.5%): only then it is a finding."""
    expected = TOEVAL * judged
    return outside > expected + 1.96 * sqrt(expected * (1 - TOEVAL))


def _published(view: View) -> tuple[list[Row], dict[tuple[str, str], Figure], dict[str, Rate]]:
    """Rows, figures and shares of all schools of the schooljaar; the packs of one release share them."""
    kept = view.release.kept
    if ("scholen", view.schooljaar) not in kept:
        rows = view.release.rows(TABEL, schooljaar=view.schooljaar)
        cells, rates = {}, {}
        for row in rows:
            code = row["vestigingscode"]
            if code in (TOTAAL, ONBEKEND, OVERIGE) or row["categorie"] not in (TOTAAL, "grijs_gebied"):
                continue
            cells[code, row["categorie"]] = view.release.figure(row, "leerlingen")
            if row["categorie"] == TOTAAL:
                rates[code] = view.release.rate(row)
        overige = [row for row in rows if row["vestigingscode"] == OVERIGE]
        kept["scholen", view.schooljaar] = (overige, cells, rates)
    return kept["scholen", view.schooljaar]


def _heading(view: View, outside: int, judged: int) -> str:
    if judged == 0:
        return f"Verschillen tussen scholen {view.where} zijn niet te beoordelen"
    if outside == 0:
        return (
            f"Geen van de {number(judged)} vergeleken scholen {view.where} wijkt duidelijk af van "
            "vergelijkbare scholen"
        )
    verb = "wijkt" if outside == 1 else "wijken"
    chance = "is meer dan toeval" if more_than_chance(outside, judged) else "aantal kan toeval zijn"
    return (
        f"{number(outside)} van de {number(judged)} vergeleken scholen {view.where} {verb} duidelijk af; dat {chance} "
        f"(te verwachten: ongeveer {number(by_chance(judged))})"
    )


def limits(mean: float, pupils: int) -> tuple[float, float]:
    """95% limits, per 100, of a school of this size if it were like its peers."""
    half = 1.959963984540054 * sqrt(mean * (1 - mean) / pupils)
    return 100 * max(0.0, mean - half), 100 * min(1.0, mean + half)


def _sizes(view: View, rates: dict[str, Rate]) -> dict[str, int]:
    """Enrolled pupils per school: of the schooljaar itself where it has a share, else as the school is known."""
    return {
        code: size
        for code, school in view.release.schools.items()
        if (size := (rates[code].noemer if code in rates else None) or school["leerlingen"])
    }


def _funnel(
    view: View, cells: dict[tuple[str, str], Figure], sizes_of: dict[str, int], soort: str
) -> Chart | None:
    """All schools of one soort in the region; the mean is that of the schools drawn, and says so."""
    peers: list[Row] = [
        school
        for code, school in view.release.schools.items()
        if school["soort"] == soort and code in sizes_of
    ]
    drawn = [
        (school, cells[school["vestigingscode"], TOTAAL])
        for school in peers
        if (school["vestigingscode"], TOTAAL) in cells and cells[school["vestigingscode"], TOTAAL].known
    ]
    own = [school for school, _ in drawn if school[view.kind] == view.code]
    if len(drawn) < MINSTENS or not own:
        return None
    mean = min(
        0.99,
        sum(figure.value or 0 for _, figure in drawn)
        / sum(sizes_of[school["vestigingscode"]] for school, _ in drawn),
    )
    points: list[dict[str, Any]] = []
    for school, figure in drawn:
        pupils = sizes_of[school["vestigingscode"]]
        low, high = limits(mean, pupils)
        span = 100 * figure.low / pupils, 100 * figure.high / pupils
        outside = span[0] > high or span[1] < low
        points.append(
            {
                "school": school["naam"],
                "code": school["vestigingscode"],
                "leerlingen": pupils,
                "waarde": round(100 * (figure.value or 0) / pupils, 1),
                "laag": round(span[0], 1),
                "hoog": round(min(100.0, span[1]), 1),
                "soort": drawing(figure),
                "tekst": figure.range_text,
                "groep": ANDERE if school[view.kind] != view.code else BUITEN if outside else EIGEN,
            }
        )
    outside = sum(point["groep"] == BUITEN for point in points)
    all_points, points = points, _thinned(points)
    sizes = sorted(sizes_of[school["vestigingscode"]] for school, _ in drawn)
    steps = sorted({round(sizes[0] + (sizes[-1] - sizes[0]) * i / 40) for i in range(41)})
    band = [
        {"leerlingen": size, "laag": round(limits(mean, size)[0], 2), "hoog": round(limits(mean, size)[1], 2)}
        for size in steps
        if size > 0
    ]
    hidden = len(peers) - len(drawn)
    title = f"{SOORT[soort].capitalize()}: van elke 100 met ondersteuning of jeugdhulp, {view.schooljaar}"
    alt = (
        f"Trechterdiagram: {title}. {count(len(drawn), 'school', 'scholen')} in de regio, waarvan {len(own)} "
        f"{view.where}. Gemiddeld van deze scholen: {number(float(round(100 * mean, 1)))} van elke "
        "100. "
        f"Duidelijk buiten de trechter: {count(outside, 'school', 'scholen')} {view.where}. "
        + (f"Van {count(hidden, 'school', 'scholen')} is het aantal niet getoond. " if hidden else "")
        + (DUN if len(points) < len(all_points) else "")
    )
    return Chart(
        f"scholen-trechter-{soort.lower()}",
        "funnel",
        title,
        alt,
        {
            "punten": points,
            "band": band,
            "gemiddelde": round(100 * mean, 1),
            "buiten": outside,
            "beoordeeld": len(own),
            "verborgen": hidden,
            "uitgedund": len(points) < len(all_points),
        },
    )


def _thinned(points: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """In a large region not every school elsewhere is drawn: each n-th, so that they still spread as they do."""
    others = [point for point in points if point["groep"] == ANDERE]
    step = -(-len(others) // ANDERE_HOOGSTENS)
    if step < 2:
        return points
    return [point for point in points if point["groep"] != ANDERE] + others[::step]


def _spread(view: View, table: Table, funnels: list[Chart]) -> tuple[tuple[Table, ...], tuple[Table, ...]]:
    """A long table of schools goes to the annex; the schools outside the funnel then stand in the text."""
    if len(table.rows) <= VEEL:
        return (table,), ()
    codes = {f"{point['school']} ({point['code']})" for point in _outside(funnels)}
    rows = tuple(row for row in table.rows if row[0] in codes)
    title = f"Scholen {view.where} buiten de trechter, op alfabet, {view.schooljaar}"
    outside = replace(table, id="scholen-buiten", title=title, rows=rows, note="")
    return ((outside,) if rows else ()), (table,)


def _overige(view: View, published: list[Row]) -> list[tuple[Cell, ...]]:
    """The small schools of each bestuur in this SWV, as one row."""
    found: dict[str, dict[str, Figure]] = {}
    for row in published:
        if row["swv"] == view.code:
            found.setdefault(row["bestuur"], {})[row["categorie"]] = view.release.figure(row, "leerlingen")
    nothing = Figure(None, "onderdrukt", view.release.drempel)
    names = sorted((view.release.name("bestuur", code), code) for code in found)
    return [
        (
            f"Overige vestigingen van {name}",
            "",
            "–",
            found[code].get(TOTAAL, nothing),
            "–",
            found[code].get("grijs_gebied", nothing),
            "–",
            "–",
        )
        for name, code in names
    ]


def _table(
    view: View,
    own: list[Row],
    cells: dict[tuple[str, str], Figure],
    sizes: dict[str, int],
    rates: dict[str, Rate],
    published: list[Row],
) -> Table:
    codes = [school["vestigingscode"] for school in own]
    helpers = {
        row["vestigingscode"]: view.release.figure(row, "aanbieders")
        for row in view.release.rows_among(
            "jeugdhulppartners_per_school",
            ("schooljaar", "vestigingscode"),
            ((view.schooljaar, code) for code in codes),
        )
    }
    towns = {
        row["partij"]: view.release.figure(row, "gemeenten")
        for row in view.release.rows_among(
            "overlegpartners",
            ("schooljaar", "partij_soort", "partij"),
            ((view.schooljaar, "school", code) for code in codes),
        )
    }
    nothing = Figure(None, "onderdrukt", view.release.drempel)
    rows: list[tuple[Cell, ...]] = []
    for school in own:
        code = school["vestigingscode"]
        if (code, TOTAAL) not in cells:
            continue
        pupils: Cell = Figure(sizes[code], "getoond") if code in sizes else "onbekend"
        rows.append(
            (
                f"{school['naam']} ({code})",
                str(school["soort"] or ""),
                pupils,
                cells[code, TOTAAL],
                rates[code],
                cells.get((code, "grijs_gebied"), nothing),
                helpers.get(code, nothing),
                towns.get(code, nothing),
            )
        )
    rows += _overige(view, published) if view.kind == "swv" else []
    heads = (
        Column("School", numeric=False),
        Column("Soort", numeric=False),
        Column("Leerlingen"),
        Column("Met ondersteuning of jeugdhulp"),
        Column("Van elke 100"),
        Column("In het grijze gebied"),
        Column("Jeugdhulpaanbieders"),
        Column("Woongemeenten"),
    )
    return Table(
        "scholen",
        f"Scholen {view.where}, op alfabet, {view.schooljaar}",
        heads,
        tuple(rows),
        TABEL,
        "Staat een school er niet bij, of staat er ‘niet getoond’, dan zijn er te weinig leerlingen. Kleine "
        "scholen tellen samen mee bij hun schoolbestuur, als ‘overige vestigingen’.",
    )
