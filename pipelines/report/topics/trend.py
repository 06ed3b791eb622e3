"""How the figures changed over the schooljaren, as far as they may be compared."""

from __future__ import annotations

from math import sqrt
from typing import Any

from pipelines.report.figure import Figure
from pipelines.report.language import listing
from pipelines.report.model import Cell, Chart, Column, Finding, Table, Topic
from pipelines.report.release import TOTAAL, code_list
from pipelines.report.topics.parts import drawing, hidden_note
from pipelines.report.view import View, label_of

TABEL = "ondersteuning_per_gebied"
REEKSEN = ((TOTAAL, "Alle getelde leerlingen"), ("grijs_gebied", "Grijs gebied"))


def topic(view: View) -> Topic | None:
    years = [year for year in view.release.schooljaren if year <= view.schooljaar]
    figures = {year: view.figures(TABEL, "categorie", "leerlingen", schooljaar=year) for year in years}
    years = [year for year in years if figures[year]]
    if len(years) < 2:
        return None
    comparable = [year for year in years if view.volledig(year)]
    heading, finding = _heading(view, figures, comparable)
    grey_line = _sentence(
        "het aantal leerlingen in het grijze gebied",
        [(year, figures[year]["grijs_gebied"]) for year in comparable],
    )
    left_out = [year for year in years if year not in comparable]
    notes = list(hidden_note([figure for year in years for figure in figures[year].values()]))
    if left_out:
        notes.insert(
            0,
            f"{listing(left_out)} telt niet mee in de vergelijking, omdat niet iedereen leverde. In de "
            "grafiek zijn die punten open.",
        )
    carried = [year for year in years if year in view.release.overgenomen]
    if carried:
        notes.append(
            f"{listing(carried)} {'is' if len(carried) == 1 else 'zijn'} overgenomen uit een eerdere uitgave; "
            "de gegevens zelf zijn gewist."
        )
    return Topic(
        id="trend",
        name="Ontwikkeling",
        heading=heading,
        paragraphs=(grey_line,) if grey_line else (),
        charts=(_chart(view, figures, years, comparable),),
        tables=(_table(view, figures, years, comparable),),
        notes=(
            "Meer leerlingen in de cijfers kan ook betekenen dat partijen beter opschrijven of leveren.",
            *notes,
        ),
        questions=(
            _recognised(view, figures, comparable),
            "Kunt u dat verklaren: meer of minder kinderen, ander beleid, of beter opgeschreven?",
            "Wat vindt u ervan? Waar wilt u over een jaar staan?",
        ),
        findings=(finding,) if finding else (),
    )


def _recognised(view: View, figures: dict[str, dict[str, Figure]], comparable: list[str]) -> str:
    """The first question, about the grijze gebied if that is shown for two schooljaren that compare."""
    for code, what in (("grijs_gebied", "in het grijze gebied"), (TOTAAL, "met ondersteuning of jeugdhulp")):
        known = [figures[year][code] for year in comparable if figures[year][code].known]
        if len(known) > 1:
            return (
                f"Herkent u dat het aantal leerlingen {what} van {known[0].text} naar {known[-1].text} ging?"
            )
    return f"Herkent u hoe het {view.where} de laatste jaren ging?"


def real_change(first: Figure, last: Figure) -> bool:
    """The counts differ more than two counts of this size would by chance (about 95%), ranges included."""
    low, high = sorted((first, last), key=lambda figure: figure.value or 0)
    return low.high < high.low and high.low - low.high > 1.96 * sqrt(high.low + low.high)


def _sentence(what: str, found: list[tuple[str, Figure]]) -> str:
    known = [(year, figure) for year, figure in found if figure.known]
    if len(known) < 2:
        return ""
    (first_year, first), (last_year, last) = known[0], known[-1]
    span = f"van {first.text} in {first_year} naar {last.text} in {last_year}"
    if not real_change(first, last):
        return f"{what[:1].upper()}{what[1:]} bleef ongeveer gelijk ({span}); het verschil kan toeval zijn."
    word = "steeg" if (last.value or 0) > (first.value or 0) else "daalde"
    return f"{what[:1].upper()}{what[1:]} {word} {span}."


def _heading(
    view: View, figures: dict[str, dict[str, Figure]], comparable: list[str]
) -> tuple[str, Finding | None]:
    known = [(year, figures[year][TOTAAL]) for year in comparable if figures[year][TOTAAL].known]
    if len(known) < 2:
        if len(comparable) > 1:
            return (
                f"Hoe het aantal getelde leerlingen {view.where} zich ontwikkelt, mogen we niet tonen",
                None,
            )
        return "De schooljaren zijn niet met elkaar te vergelijken", None
    (first_year, first), (last_year, last) = known[0], known[-1]
    if not real_change(first, last):
        return (
            f"Het aantal getelde leerlingen {view.where} bleef ongeveer gelijk: {first.text} in "
            f"{first_year}, {last.text} in {last_year}",
            None,
        )
    word = "steeg" if last.value > first.value else "daalde"
    change = abs(100 * (last.value - first.value) / first.value)
    text = (
        f"Het aantal getelde leerlingen {view.where} {word} van {first.text} in {first_year} naar {last.text} in "
        f"{last_year}"
    )
    return text, Finding(
        f"{text}.",
        1.3 + min(2.0, change / 20),
        "trend",
        "Spreek af welke ontwikkeling u over een jaar wilt zien, en hoe u dat meet.",
    )


def _chart(
    view: View, figures: dict[str, dict[str, Figure]], years: list[str], comparable: list[str]
) -> Chart:
    rows: list[dict[str, Any]] = []
    for code, label in REEKSEN:
        for year in years:
            figure = figures[year][code]
            row: dict[str, Any] = {
                "reeks": label,
                "schooljaar": year,
                "tekst": figure.text,
                "soort": drawing(figure),
                "volledig": year in comparable,
            }
            if figure.known:
                row |= {"waarde": figure.value, "laag": figure.low, "hoog": figure.high}
            rows.append(row)
    title = f"{view.who[:1].upper()}{view.who[1:]}, per schooljaar"
    told = "; ".join(f"{row['reeks']} {row['schooljaar']}: {row['tekst']}" for row in rows)
    return Chart("trend-lijn", "trend", title, f"Lijndiagram: {title}. {told}.", {"rows": rows})


def _table(
    view: View, figures: dict[str, dict[str, Figure]], years: list[str], comparable: list[str]
) -> Table:
    rows: list[tuple[Cell, ...]] = [
        (label_of("categorie", code), *(figures[year][code] for year in years))
        for code in [*code_list("categorie"), TOTAAL]
    ]
    rows.append(("Te vergelijken", *("ja" if year in comparable else "nee" for year in years)))
    heads = (Column("Categorie", numeric=False), *(Column(year) for year in years))
    return Table("trend", f"Aantal {view.who}, per schooljaar", heads, tuple(rows), TABEL)
