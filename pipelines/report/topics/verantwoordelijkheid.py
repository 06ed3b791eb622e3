"""Who is responsible for an arrangement, and who pays."""

from __future__ import annotations

from typing import Any

from pipelines.report.figure import Figure, Share
from pipelines.report.language import number
from pipelines.report.model import Chart, Column, Finding, Table, Topic
from pipelines.report.release import TOTAAL, code_list
from pipelines.report.topics.parts import amount, drawing, hidden_note, is_largest, ordered
from pipelines.report.view import View, label_of

TABEL = "verantwoordelijkheid"
OPEN = ("in_overleg", "onbekend")
WIE = {
    "school": "de school",
    "swv": "het samenwerkingsverband",
    "gemeente": "de gemeente",
    "zorgkantoor": "het zorgkantoor",
    "zorgverzekeraar": "de zorgverzekeraar",
    "gezamenlijk": "meer partijen samen",
}
BETAALT = {
    "school": "de school",
    "swv": "het samenwerkingsverband",
    "jeugdwet": "de gemeente (Jeugdwet)",
    "wlz": "het zorgkantoor (Wet langdurige zorg)",
    "zvw": "de zorgverzekeraar",
    "gezamenlijk_budget": "een gezamenlijk budget",
}
KRUIS = (("school", "jeugdwet"), ("swv", "jeugdwet"), ("gemeente", "school"), ("gemeente", "swv"))
Cross = dict[tuple[str, str], Figure]


def topic(view: View) -> Topic:
    rows = view.release.rows(TABEL, **view.at(view.place))
    cross = {
        (row["verantwoordelijke"], row["financiering"]): view.release.figure(row, "arrangementen")
        for row in rows
    }
    who, pays = list(code_list("verantwoordelijke")), list(code_list("financiering"))
    margin = {code: cross.get((code, TOTAAL), Figure(None, "onderdrukt")) for code in [*who, TOTAAL]}
    paid = {code: cross.get((TOTAAL, code), Figure(None, "onderdrukt")) for code in pays}
    heading, finding = _heading(view, margin)
    flow = _flow(view, cross, who, pays)
    shown = any("waarde" in link for link in flow.data["links"])  # hatching alone tells nothing
    return Topic(
        id="verantwoordelijkheid",
        name="Wie is verantwoordelijk, en wie betaalt?",
        heading=heading,
        paragraphs=tuple(_paragraphs(margin, paid, cross)),
        charts=(flow,) if shown else (),
        tables=(_cross_table(view, cross, who, pays),),
        comparison=tuple(_comparison(view)),
        notes=(
            "Dit telt arrangementen, geen leerlingen: één leerling kan er meer hebben. De school schrijft "
            "op wie "
            "verantwoordelijk is en wie betaalt; de gemeente kan daar anders over denken.",
            *(
                ("Een gestreepte stroom mogen we niet tonen; hoe dik hij is, zegt niets.",)
                if shown and any(not figure.known for figure in cross.values())
                else ()
            ),
            *hidden_note([*cross.values()]),
        ),
        questions=(
            "Herkent u wie volgens de scholen verantwoordelijk is?",
            "Kunt u verklaren waarom bij sommige arrangementen de een verantwoordelijk is en de ander "
            "betaalt?",
            "Wat vindt u van de arrangementen waarvan niet vaststaat wie verantwoordelijk is? Wie gaat dat "
            "regelen?",
        ),
        findings=(finding,) if finding else (),
    )


def _heading(view: View, margin: dict[str, Figure]) -> tuple[str, Finding | None]:
    total, parts = margin[TOTAAL], [margin[code] for code in OPEN]
    if not total.known:
        return f"Hoeveel arrangementen er {view.where} zijn, mogen we niet tonen", None
    if total.value == 0:
        return f"Er zijn {view.where} geen lopende arrangementen geleverd", None
    if all(part.exact for part in parts):
        count = sum(part.value or 0 for part in parts)
        open_share = Share(Figure(count, "getoond"), total)
        if count == 0:
            return (
                f"Bij alle {total.text} arrangementen {view.where} staat vast wie verantwoordelijk is",
                None,
            )
        text = (
            f"Bij {number(count)} van de {total.text} arrangementen {view.where} is niet bekend of nog in "
            "overleg "
            "wie verantwoordelijk is"
        )
        return text, Finding(
            f"{text} ({open_share.text} van elke 100).",
            1.5 + open_share.per_100 / 8,
            "verantwoordelijkheid",
            "Spreek af dat elk arrangement één verantwoordelijke heeft, en wie bijhoudt of dat klopt.",
        )
    told = [
        f"bij {amount(margin[code], 'arrangement', 'arrangementen')} is dat {word}"
        for code, word in (("in_overleg", "nog in overleg"), ("onbekend", "niet bekend"))
        if margin[code].known
    ]
    if told:
        return f"Niet overal staat vast wie verantwoordelijk is: {told[0]}", None
    largest = ordered(margin, list(WIE))
    if largest:
        return (
            f"Voor {largest[0][1].text} van de {total.text} arrangementen {view.where} is "
            f"{WIE[largest[0][0]]} verantwoordelijk",
            None,
        )
    return f"Er lopen {view.where} {amount(total, 'arrangement', 'arrangementen')}", None


def _paragraphs(margin: dict[str, Figure], paid: dict[str, Figure], cross: Cross) -> list[str]:
    said, total = [], margin[TOTAAL]
    who = ordered(margin, list(WIE))
    if who and not is_largest(margin, list(code_list("verantwoordelijke")), total):
        said.append("Wie het vaakst verantwoordelijk is, mogen we niet tonen.")
    elif who:
        share = Share(who[0][1], total)
        said.append(
            f"Het vaakst is {WIE[who[0][0]]} verantwoordelijk: bij "
            f"{amount(who[0][1], 'arrangement', 'arrangementen')}"
            + (f" ({share.text} van elke 100)." if share.known else ".")
        )
    pays = ordered(paid, list(BETAALT))
    if pays and not is_largest(paid, list(code_list("financiering")), total):
        said.append("Wie het vaakst betaalt, mogen we niet tonen.")
    elif pays:
        said.append(
            f"Het vaakst betaalt {BETAALT[pays[0][0]]}: bij "
            f"{amount(pays[0][1], 'arrangement', 'arrangementen')}."
        )
    crossed = [(key, figure) for key, figure in cross.items() if figure.value and key in KRUIS]
    if crossed:
        (one, other), figure = max(crossed, key=lambda item: item[1].value or 0)
        verb = "is" if figure.value == 1 else "zijn"
        often = "Het vaakst" if all(cross[key].known for key in KRUIS if key in cross) else "Zo"
        said.append(
            f"Soms is de een verantwoordelijk en betaalt de ander. {often} is {WIE[one]} "
            f"verantwoordelijk en betaalt {BETAALT[other]}: dat {verb} "
            f"{amount(figure, 'arrangement', 'arrangementen')}."
        )
    return said


def _flow(view: View, cross: Cross, who: list[str], pays: list[str]) -> Chart:
    links: list[dict[str, Any]] = []
    for one in who:
        for place, other in enumerate(pays):
            figure = cross.get((one, other))
            if figure is None or (figure.known and not figure.value):
                continue
            link: dict[str, Any] = {
                "van": label_of("verantwoordelijke", one),
                "naar": label_of("financiering", other),
                "soort": drawing(figure),
                "tekst": figure.text,
                "open": one in OPEN,
                "plek": place,
            }
            if figure.known:
                link["waarde"] = figure.value
            links.append(link)
    shown = [link for link in links if "waarde" in link]
    hidden = len(links) - len(shown)
    title = f"Van wie verantwoordelijk is (links) naar wie betaalt (rechts), arrangementen, {view.schooljaar}"
    biggest = sorted(shown, key=lambda link: -link["waarde"])[:5]
    told = "; ".join(f"{link['van']} naar {link['naar']}: {link['tekst']}" for link in biggest)
    alt = f"Stroomdiagram: {title}. De grootste stromen: {told or 'geen getoond'}." + (
        " Stromen die niet getoond worden, zijn dun en gestreept; hun dikte zegt niets." if hidden else ""
    )
    return Chart("verantwoordelijkheid-stroom", "flow", title, alt, {"links": links})


def _cross_table(view: View, cross: Cross, who: list[str], pays: list[str]) -> Table:
    heads = (
        Column("Verantwoordelijk", numeric=False),
        *(Column(label_of("financiering", code)) for code in pays),
        Column("Totaal"),
    )
    rows = tuple(
        (
            label_of("verantwoordelijke", one),
            *(cross.get((one, other), Figure(None, "onderdrukt")) for other in [*pays, TOTAAL]),
        )
        for one in [*who, TOTAAL]
    )
    return Table(
        "verantwoordelijkheid-kruis",
        f"Arrangementen: wie is verantwoordelijk (rijen) en wie betaalt (kolommen), {view.schooljaar}",
        heads,
        rows,
        TABEL,
    )


def _comparison(view: View) -> list[str]:
    said = []
    for code, word in (("in_overleg", "nog in overleg"), ("onbekend", "niet bekend")):
        found = []
        for label, place in view.labelled:
            both = {
                row["verantwoordelijke"]: view.release.figure(row, "arrangementen")
                for row in view.release.rows(TABEL, financiering=TOTAAL, **view.at(place))
            }
            if code in both and TOTAAL in both and Share(both[code], both[TOTAAL]).known:
                found.append(f"{label} {Share(both[code], both[TOTAAL]).text}")
        if len(found) > 1:
            said.append(f"Van elke 100 arrangementen is de verantwoordelijke {word}: {', '.join(found)}.")
    return said
