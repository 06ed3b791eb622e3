"""The gemeenten of the region or of an SWV side by side, with a map; no ranking, in order of name."""

from __future__ import annotations

from typing import Any

from pipelines.report.charts.map_ import drawable
from pipelines.report.figure import NIET_GETOOND, Figure, Share, clearly_differs
from pipelines.report.language import some
from pipelines.report.model import Cell, Chart, Column, Finding, Table, Topic
from pipelines.report.release import TOTAAL, Place
from pipelines.report.topics.parts import hidden_note
from pipelines.report.view import View

TABEL = "ondersteuning_per_gebied"


def topic(view: View) -> Topic | None:
    if view.kind == "gemeente":
        return None
    codes = sorted(_gemeenten(view), key=lambda code: view.release.name("gemeente", code))
    found = [
        (code, view.figures(TABEL, "categorie", "leerlingen", Place("woongemeente", code, "")))
        for code in codes
    ]
    found = [(code, figures) for code, figures in found if figures]
    if not found:
        return None
    region = view.figures(TABEL, "categorie", "leerlingen", Place("regio", TOTAAL, ""))
    whole = Share(region["grijs_gebied"], region[TOTAAL])
    shares = {code: Share(figures["grijs_gebied"], figures[TOTAAL]) for code, figures in found}
    differs = [
        code
        for code, share in shares.items()
        if share.known and whole.known and clearly_differs(share, whole)
    ]
    heading, map_ = _heading(view, differs, shares, whole), _map(view, shares, whole)
    inside = (
        ""
        if view.kind == "regio"
        else (
            "Deze cijfers gaan over alle leerlingen die in de gemeente wonen, ook als zij niet op een school van "
            f"{view.name} zitten."
        )
    )
    return Topic(
        id="gemeenten",
        name="Gemeenten",
        heading=heading,
        paragraphs=(inside,) if inside else (),
        charts=(map_,),
        tables=(_table(view, found, shares),),
        comparison=(
            f"In de hele regio valt {whole.text} van elke 100 getelde leerlingen in het grijze gebied.",
        )
        if whole.known
        else (),
        notes=(
            "De onzekerheid staat in de tabel. Van elke 20 gemeenten wijkt er ongeveer één door toeval zo veel af.",
            *_off_the_map(view, map_),
            *hidden_note([figure for _, figures in found for figure in figures.values()]),
        ),
        questions=(
            _recognised(view, differs),
            "Kunt u verklaren waarom het in de ene gemeente anders is dan in de andere, of juist niet?",
            "Wat vindt u ervan? Wat kunnen gemeenten van elkaar overnemen?",
        ),
        findings=(
            Finding(
                f"{heading}.",
                3.0,
                "gemeenten",
                "Vraag de gemeenten die afwijken hoe zij samen met de scholen beslissen.",
            ),
        )
        if differs
        else (),
    )


def _recognised(view: View, differs: list[str]) -> str:
    if not differs:
        return "Herkent u dat de gemeenten niet duidelijk van elkaar verschillen?"
    names = some([view.release.name("gemeente", code) for code in differs], 4)
    return f"Herkent u dat {names} van de regio {'afwijkt' if len(differs) == 1 else 'afwijken'}?"


def _gemeenten(view: View) -> list[str]:
    if view.kind == "regio":
        return view.release.participants
    return sorted(
        {
            school["gemeente"]
            for school in view.release.schools.values()
            if school["swv"] == view.code and school["gemeente"] in view.release.gemeenten
        }
    )


def _heading(view: View, differs: list[str], shares: dict[str, Share], whole: Share) -> str:
    if not whole.known or not any(share.known for share in shares.values()):
        return "De gemeenten zijn op het grijze gebied niet te vergelijken"
    if not differs:
        return (
            "Tussen de gemeenten zijn de verschillen in het grijze gebied zo klein dat ze toeval kunnen zijn"
        )
    named = {code: f"{view.release.name('gemeente', code)} ({shares[code].text})" for code in differs}
    more = [named[code] for code in differs if shares[code].per_100 > whole.per_100]
    less = [named[code] for code in differs if shares[code].per_100 < whole.per_100]
    told = [f"{word} in {some(names, 4)}" for names, word in ((more, "meer"), (less, "minder")) if names]
    return (
        f"Van elke 100 getelde leerlingen vallen er duidelijk {', en '.join(told)} in het grijze gebied dan in de hele "
        f"regio ({whole.text})"
    )


def _map(view: View, shares: dict[str, Share], whole: Share) -> Chart:
    """Shaded by what can be said: clearly more or less than the region, or not clearly different."""
    rows: list[dict[str, Any]] = []
    for code, share in shares.items():
        row: dict[str, Any] = {
            "gemeente": code,
            "naam": view.release.name("gemeente", code),
            "tekst": share.text,
        }
        if not (share.known and whole.known):
            row["soort"] = "verborgen" if share.text == NIET_GETOOND else "onbekend"
        elif not clearly_differs(share, whole):
            row["soort"] = "gelijk"
        else:
            row["soort"] = "meer" if share.per_100 > whole.per_100 else "minder"
        rows.append(row)
    told = {
        "meer": "duidelijk meer dan de regio",
        "minder": "duidelijk minder dan de regio",
        "gelijk": "geen duidelijk verschil met de regio",
        "verborgen": "",
        "onbekend": "",
    }
    title = f"Grijs gebied, van elke 100 getelde leerlingen die er wonen, {view.schooljaar}"
    alt = (
        f"Kaart: {title}. "
        + "; ".join(
            f"{row['naam']}: {', '.join(filter(None, (row['tekst'], told[row['soort']])))}" for row in rows
        )
        + "."
    )
    return Chart("gemeenten-kaart", "map", title, alt, {"rows": rows})


def _off_the_map(view: View, chart: Chart) -> list[str]:
    """Which gemeenten the map leaves out, because they lie far from the others or have no borders here."""
    drawn = {row["gemeente"] for row in drawable(chart.data["rows"])}
    left = [row["naam"] for row in chart.data["rows"] if row["gemeente"] not in drawn]
    return [f"Niet op de kaart, wel in de tabel: {some(left)}."] if left else []


def _table(view: View, found: list[tuple[str, dict[str, Figure]]], shares: dict[str, Share]) -> Table:
    linked = {row["gemeente"]: row for row in view.release.rows("koppelgraad", schooljaar=view.schooljaar)}
    rows: list[tuple[Cell, ...]] = []
    for code, figures in found:
        share = shares[code]
        row = linked.get(code)
        match: Cell = (
            ""
            if row is None
            else Share(
                view.release.figure(row, "gekoppeld"), view.release.figure(row, "leerlingen_onderwijs")
            )
        )
        rows.append(
            (
                view.release.name("gemeente", code),
                figures[TOTAAL],
                figures["grijs_gebied"],
                share,
                share.interval_text if share.known else "",
                match,
                "ja" if row is not None and row["volledig"] else "nee",
            )
        )
    heads = (
        Column("Gemeente", numeric=False),
        Column("Getelde leerlingen"),
        Column("Grijs gebied"),
        Column("Van elke 100"),
        Column("Onzekerheid (95%)"),
        Column("Koppelgraad per 100"),
        Column("Leverde", numeric=False),
    )
    return Table(
        "gemeenten",
        f"Gemeenten waar de leerlingen wonen, {view.schooljaar}",
        heads,
        tuple(rows),
        TABEL,
        "Koppelgraad: van elke 100 leerlingen met onderwijsondersteuning het aantal met jeugdhulp.",
    )
