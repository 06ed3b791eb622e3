"""The parties at the table: with how many others each has to deal."""

from __future__ import annotations

from typing import Any

from pipelines.report.figure import Figure
from pipelines.report.language import count, listing, number
from pipelines.report.model import Chart, Column, Finding, Table, Topic, cell_text
from pipelines.report.release import ONBEKEND, TOTAAL, code_list
from pipelines.report.topics.parts import bar, bars_chart, hidden_note, prose
from pipelines.report.view import View, label_of

TABEL, KRUIS, HULP = "overlegpartners", "ondersteuning_per_bestuur_gemeente", "jeugdhulppartners_per_school"
VEEL = ("15 tot en met 19", "20 of meer")  # bars of schools with many aanbieders
TE_BREED = 7  # more columns of gemeenten than this do not fit on paper


def topic(view: View) -> Topic | None:
    partners = {
        soort: sorted(
            view.release.rows(TABEL, schooljaar=view.schooljaar, partij_soort=soort),
            key=lambda row, soort=soort: view.release.name(soort, row["partij"]),
        )
        for soort in ("gemeente", "swv", "bestuur")
    }
    heading, finding = _heading(view)
    cross, help_chart = _cross(view), _help_chart(view)
    found = [*_partners_tables(view, partners), *([_help_table(view, help_chart)] if help_chart else [])]
    tables, more = ([cross], found) if cross else (found[:1], found[1:])
    charts = [*_chart(view, partners, cross), *([help_chart] if help_chart else [])]
    shown = [cell for table in tables for row in table.rows for cell in row if isinstance(cell, Figure)]
    return Topic(
        id="partijen",
        name="Wie zitten er aan tafel?",
        heading=heading,
        paragraphs=prose(_paragraphs(view, help_chart)),
        charts=tuple(charts),
        tables=tuple(tables),
        more_tables=tuple(more),
        notes=(
            "Geteld zijn de partijen met minstens één leerling met onderwijsondersteuning. ‘Onbekend’ en "
            "‘buitenland’ tellen niet als partij.",
            *hidden_note(shown),
        ),
        questions=(
            f"{heading}: herkent u dat?" if finding else f"Herkent u met wie u te maken hebt {view.where}?",
            "Met wie van hen spreekt u nooit? Kunt u dat verklaren?",
            "Wat vindt u van het aantal overleggen? Welke partij kan namens andere spreken?",
        ),
        findings=(finding,) if finding else (),
    )


def _chart(view: View, partners: dict[str, list[dict[str, Any]]], cross: Table | None) -> list[Chart]:
    """With whom this area deals: the besturen that share its pupils, else counts of parties side by side."""
    if view.kind == "gemeente" and cross is not None:
        rows = [
            bar(cell_text(row[0]), row[-1])
            for row in cross.rows
            if isinstance(row[-1], Figure) and row[0] != "Totaal"
        ]
        title = f"Leerlingen uit {view.name}, per schoolbestuur waar zij naar school gaan, {view.schooljaar}"
        return [bars_chart("partijen-leerlingen", title, "leerlingen", rows)]
    if view.kind == "gemeente":
        rows = [
            bar(view.release.name("gemeente", row["partij"]), view.release.figure(row, "besturen"))
            for row in partners["gemeente"]
            if row["partij"] in view.near
        ]
        title = f"Aantal schoolbesturen met leerlingen uit de gemeente, {view.schooljaar}"
        return [bars_chart("partijen-besturen", title, "schoolbesturen", rows)]
    if not partners["swv"]:
        return []
    rows = [
        bar(view.release.name("swv", row["partij"]), view.release.figure(row, "gemeenten"))
        for row in partners["swv"]
    ]
    title = f"Aantal gemeenten waar leerlingen van het samenwerkingsverband wonen, {view.schooljaar}"
    return [bars_chart("partijen-gemeenten", title, "gemeenten", rows)]


def _row(view: View, soort: str, code: str) -> dict[str, Figure]:
    rows = view.release.rows(TABEL, schooljaar=view.schooljaar, partij_soort=soort, partij=code)
    return (
        {name: view.release.figure(rows[0], name) for name in ("gemeenten", "swv", "besturen")}
        if rows
        else {}
    )


def _heading(view: View) -> tuple[str, Finding | None]:
    decision = "Spreek af welke partijen namens andere spreken, zodat minder overleggen nodig zijn."
    if view.kind == "gemeente":
        own = _row(view, "gemeente", view.code)
        if own and own["swv"].known and own["besturen"].known:
            text = (
                f"{view.name} heeft te maken met "
                + count(own["swv"].value or 0, "samenwerkingsverband", "samenwerkingsverbanden")
                + " en "
                + count(own["besturen"].value or 0, "schoolbestuur", "schoolbesturen")
            )
            return text, Finding(f"{text}.", 0.6, "partijen", decision)
        return f"Met hoeveel partijen {view.name} te maken heeft, mogen we niet tonen", None
    if view.kind == "swv":
        own = _row(view, "swv", view.code)
        if own and own["gemeenten"].known:
            many = count(own["gemeenten"].value or 0, "gemeente", "gemeenten")
            text = f"De leerlingen met ondersteuning op scholen van {view.name} komen uit {many}"
            return text, Finding(f"{text}.", 0.9, "partijen", decision)
        return f"Uit hoeveel gemeenten de leerlingen van {view.name} komen, mogen we niet tonen", None
    rows = view.release.rows(TABEL, schooljaar=view.schooljaar, partij_soort="swv")
    known = [
        (view.release.figure(row, "gemeenten"), row["partij"])
        for row in rows
        if view.release.figure(row, "gemeenten").known
    ]
    if known:
        most, code = max(known, key=lambda item: item[0].value or 0)
        many = count(most.value or 0, "gemeente", "gemeenten")
        text = f"{view.release.name('swv', code)} heeft leerlingen uit {many}" + (
            ", het meest van alle samenwerkingsverbanden" if len(known) == len(rows) else ""
        )
        return text, Finding(f"{text}.", 0.9, "partijen", decision)
    return "Met hoeveel partijen elk samenwerkingsverband te maken heeft, mogen we niet tonen", None


def _partners_tables(view: View, partners: dict[str, list[dict[str, Any]]]) -> list[Table]:
    """What gemeenten deal with, and from how many gemeenten the pupils of SWVs and besturen come."""
    gemeenten = tuple(
        (
            view.release.name("gemeente", row["partij"]),
            view.release.figure(row, "swv"),
            view.release.figure(row, "besturen"),
        )
        for row in partners["gemeente"]
        if row["partij"] in view.near
    )
    besturen = _besturen(view)
    parties = tuple(
        (view.release.name(soort, row["partij"]), word, view.release.figure(row, "gemeenten"))
        for soort, word in (("swv", "samenwerkingsverband"), ("bestuur", "schoolbestuur"))
        for row in partners[soort]
        if soort == "swv" or row["partij"] in besturen
    )
    found = []
    if gemeenten and view.kind != "swv":
        heads = (
            Column("Gemeente", numeric=False),
            Column("Samenwerkingsverbanden"),
            Column("Schoolbesturen"),
        )
        title = f"Met hoeveel partijen heeft elke gemeente te maken? {view.schooljaar}"
        found.append(Table("partijen-gemeenten", title, heads, gemeenten, TABEL))
    if parties:
        heads = (Column("Partij", numeric=False), Column("Soort", numeric=False), Column("Gemeenten"))
        title = f"Uit hoeveel gemeenten komen de leerlingen van elke partij? {view.schooljaar}"
        found.append(Table("partijen", title, heads, parties, TABEL))
    return found


def _besturen(view: View) -> set[str]:
    """The besturen with a school in this gemeente or SWV; none in the pack of the region."""
    if view.kind == "regio":
        return set()
    return {
        school["bestuur"]
        for school in view.release.schools.values()
        if school[view.kind] == view.code and school["bestuur"] != ONBEKEND
    }


def _help_chart(view: View) -> Chart | None:
    """How many schools deal with how many aanbieders: a distribution, not a ranking of schools."""
    schools = [
        code
        for code, school in view.release.schools.items()
        if view.kind == "regio" or school[view.kind] == view.code
    ]
    rows = view.release.rows_among(
        HULP, ("schooljaar", "vestigingscode"), ((view.schooljaar, code) for code in schools)
    )
    own = [view.release.figure(row, "aanbieders") for row in rows]
    known = [figure.value for figure in own if figure.value is not None]
    if not known:
        return None
    tally: list[dict[str, Any]] = []
    for low, high in ((0, 0), (1, 4), (5, 9), (10, 14), (15, 19), (20, 10_000)):
        schools = sum(low <= value <= high for value in known)
        label = "geen" if high == 0 else f"{low} tot en met {high}" if high < 10_000 else f"{low} of meer"
        tally.append(bar(label, Figure(schools, "getoond")))
    hidden = len(own) - len(known)
    title = f"Aantal scholen naar het aantal jeugdhulpaanbieders van hun leerlingen, {view.schooljaar}"
    chart = bars_chart("partijen-aanbieders", title, "scholen", tally)
    tail = f" Van {count(hidden, 'school', 'scholen')} is het aantal niet getoond." if hidden else ""
    return Chart(
        chart.id,
        chart.kind,
        title,
        chart.alt + tail,
        {**chart.data, "getoond": len(known), "verborgen": hidden},
    )


def _help_table(view: View, chart: Chart) -> Table:
    """The same counts as the chart, and how many schools are not in it."""
    rows = [(row["label"], Figure(row["waarde"], "getoond")) for row in chart.data["rows"]]
    if chart.data["verborgen"]:
        rows.append(("aanbieders niet getoond", Figure(chart.data["verborgen"], "getoond")))
    heads = (Column("Jeugdhulpaanbieders", numeric=False), Column("Scholen"))
    title = f"Scholen naar het aantal jeugdhulpaanbieders, {view.schooljaar}"
    return Table("partijen-aanbieders", title, heads, tuple(rows), HULP)


def _many_helpers(chart: Chart) -> str:
    """The finding of the distribution: how many schools deal with many aanbieders."""
    many = sum(row["waarde"] for row in chart.data["rows"] if row["label"] in VEEL)
    shown = chart.data["getoond"]
    if many == shown > 1:
        return (
            f"Alle {number(shown)} scholen waarvan we dat tonen, werken met 15 of meer jeugdhulpaanbieders."
        )
    of_all = count(shown, "school", "scholen")
    verb = "werkt" if many == 1 else "werken"
    return (
        f"Van de {of_all} waarvan we dat tonen, {verb} er {number(many)} met 15 of meer jeugdhulpaanbieders."
    )


def _paragraphs(view: View, help_chart: Chart | None) -> list[str]:
    said = []
    besturen = sorted(view.release.name("bestuur", code) for code in _besturen(view))
    if 0 < len(besturen) <= 3:
        verb = "heeft" if len(besturen) == 1 else "hebben"
        where = f"in {view.name}" if view.kind == "gemeente" else "in dit samenwerkingsverband"
        said.append(f"{listing(besturen)} {verb} scholen {where}.")
    if help_chart:
        hidden = help_chart.data["verborgen"]
        said.append(_many_helpers(help_chart))
        if hidden:
            said.append(
                f"Van {count(hidden, 'school', 'scholen')} tonen we het niet: te weinig leerlingen met jeugdhulp."
            )
    return said


def _cross(view: View) -> Table | None:
    """Besturen against gemeenten (profiel oogo): the pupils they share."""
    if view.kind == "regio":
        return None
    if view.kind == "gemeente":
        rows = view.release.rows(KRUIS, schooljaar=view.schooljaar, gemeente=view.code)
    else:
        rows = view.release.rows_among(
            KRUIS, ("schooljaar", "bestuur"), ((view.schooljaar, code) for code in _besturen(view))
        )
    if not rows:
        return None
    cells = {
        (row["bestuur"], row["gemeente"], row["categorie"]): view.release.figure(row, "leerlingen")
        for row in rows
    }
    nothing = Figure(None, "onderdrukt", view.release.drempel)
    if view.kind == "gemeente":
        codes = [*code_list("categorie_kort"), TOTAAL]
        besturen = sorted(
            {
                bestuur
                for (bestuur, _, categorie), figure in cells.items()
                if categorie == TOTAAL and bestuur != TOTAAL and (figure.value or not figure.exact)
            },
            key=lambda code: (code == ONBEKEND, view.release.name("bestuur", code)),
        )
        shown = tuple(
            (
                view.release.name("bestuur", bestuur),
                *(cells.get((bestuur, view.code, code), nothing) for code in codes),
            )
            for bestuur in [*besturen, TOTAAL]
        )
        heads = (
            Column("Schoolbestuur", numeric=False),
            *(Column(label_of("categorie_kort", code)) for code in codes),
        )
        return Table(
            "bestuur-gemeente",
            f"Leerlingen uit {view.name}, per schoolbestuur, {view.schooljaar}",
            heads,
            shown,
            KRUIS,
            f"Een schoolbestuur zonder leerlingen uit {view.name} staat er niet bij.",
        )
    besturen = sorted(_besturen(view), key=lambda code: view.release.name("bestuur", code))
    gemeenten = view.near
    if len(gemeenten) > TE_BREED:
        return None
    heads = (
        Column("Schoolbestuur", numeric=False),
        *(Column(view.release.name("gemeente", code)) for code in gemeenten),
        Column("Totaal"),
    )
    shown = tuple(
        (
            view.release.name("bestuur", bestuur),
            *(cells.get((bestuur, gemeente, "grijs_gebied"), nothing) for gemeente in [*gemeenten, TOTAAL]),
        )
        for bestuur in besturen
    )
    return Table(
        "bestuur-gemeente",
        "Leerlingen in het grijze gebied, per schoolbestuur en per gemeente waar zij wonen, "
        f"{view.schooljaar}",
        heads,
        shown,
        KRUIS,
        "Van een schoolbestuur tellen al zijn scholen mee, ook die van een ander samenwerkingsverband. In "
        "het "
        "totaal zitten ook leerlingen van elders.",
    )
