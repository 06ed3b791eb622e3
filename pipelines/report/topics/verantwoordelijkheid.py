"""Who is responsible for an arrangement, and who pays."""

from __future__ import annotations

from typing import Any

from pipelines.report.figure import Figure, Share
from pipelines.report.language import number
from pipelines.report.model import Chart, Column, Finding, Table, Topic
from pipelines.report.release import TOTAAL, code_list
from pipelines.report.topics.parts import amount, drawing, hidden_note, is_largest, ordered, prose
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
BESLUIT = "Spreek af dat elk arrangement één verantwoordelijke heeft, en wie bijhoudt of dat klopt."
NIETS = (
    "Bijna elk aantal is hier zo klein dat we het niet tonen, of nodig om zo’n klein aantal te beschermen."
)
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
    heading, finding = _heading(view, margin, paid, cross)
    flow = _flow(view, cross, who, pays)
    told = any(figure.value for key, figure in cross.items() if key != (TOTAAL, TOTAAL))
    shown = any("waarde" in link for link in flow.data["links"])  # hatching alone tells nothing
    return Topic(
        id="verantwoordelijkheid",
        name="Wie is verantwoordelijk, en wie betaalt?",
        heading=heading,
        paragraphs=prose(_paragraphs(margin, paid, cross)) if told else (NIETS,),
        charts=(flow,) if shown else (),
        tables=(_cross_table(view, cross, who, pays),),
        comparison=prose(_comparison(view)),
        notes=(
            "Dit telt arrangementen, geen leerlingen: één leerling kan er meer hebben. De school schrijft op wie "
            "verantwoordelijk is en wie betaalt; de gemeente kan daar anders over denken.",
            *(
                ("Een gestreept stompje: hier gaan ook stromen heen of vandaan die we niet mogen tonen.",)
                if shown and any(not figure.known for figure in cross.values())
                else ()
            ),
            *hidden_note([*cross.values()]),
        ),
        questions=(
            _recognised(view, margin),
            "Kunt u verklaren waarom bij sommige arrangementen de een verantwoordelijk is en de ander betaalt?",
            "Wat vindt u van de arrangementen waarvan niet vaststaat wie verantwoordelijk is? Wie gaat dat regelen?",
        ),
        findings=(finding,) if finding else (),
    )


def _recognised(view: View, margin: dict[str, Figure]) -> str:
    """The first question, about the largest number of which it is not settled who is responsible."""
    open_, who = ordered(margin, list(OPEN)), ordered(margin, list(WIE))
    if not open_ and who:
        many = amount(who[0][1], "arrangement", "arrangementen")
        return f"Herkent u dat {WIE[who[0][0]]} {view.where} bij {many} verantwoordelijk is?"
    if not open_:
        return "Herkent u wie volgens de scholen verantwoordelijk is?"
    code, figure = open_[0]
    word = {"in_overleg": "nog in overleg is", "onbekend": "niet bekend is"}[code]
    return (
        f"Herkent u dat bij {amount(figure, 'arrangement', 'arrangementen')} {view.where} {word} wie "
        "verantwoordelijk is?"
    )


def _heading(
    view: View, margin: dict[str, Figure], paid: dict[str, Figure], cross: Cross
) -> tuple[str, Finding | None]:
    total, parts = margin[TOTAAL], [margin[code] for code in OPEN]
    if total.value == 0:
        return f"Er zijn {view.where} geen lopende arrangementen geleverd", None
    if total.known and all(part.exact for part in parts):
        count = sum(part.value or 0 for part in parts)
        open_share = Share(Figure(count, "getoond"), total)
        if count == 0:
            return (
                f"Bij alle {total.text} arrangementen {view.where} staat vast wie verantwoordelijk is",
                None,
            )
        text = (
            f"Bij {number(count)} van de {total.text} arrangementen {view.where} is niet bekend of nog in "
            "overleg wie verantwoordelijk is"
        )
        return text, Finding(
            f"{text} ({open_share.text} van elke 100).",
            1.5 + open_share.per_100 / 8,
            "verantwoordelijkheid",
            BESLUIT,
        )
    for code, word in (("in_overleg", "nog in overleg"), ("onbekend", "niet bekend")):
        if margin[code].value:
            of_all = f" van de {total.text}" if total.known else ""
            text = f"Bij {margin[code].text}{of_all} arrangementen {view.where} is {word} wie verantwoordelijk is"
            return text, Finding(f"{text}.", 0.95, "verantwoordelijkheid", BESLUIT)
    return _largest_heading(view, margin, paid, cross), None


def _largest_heading(view: View, margin: dict[str, Figure], paid: dict[str, Figure], cross: Cross) -> str:
    """What can be said where it is not shown how many are open: the most telling figure that is shown."""
    total = margin[TOTAAL]
    of_all = f"van de {total.text} arrangementen" if total.known else "arrangementen"
    if who := ordered(margin, list(WIE)):
        return f"Voor {who[0][1].text} {of_all} {view.where} is {WIE[who[0][0]]} verantwoordelijk"
    if pays := ordered(paid, list(BETAALT)):
        return f"Voor {pays[0][1].text} {of_all} {view.where} betaalt {BETAALT[pays[0][0]]}"
    both = [
        (key, figure) for key, figure in cross.items() if figure.value and key[0] in WIE and key[1] in BETAALT
    ]
    if both:
        (one, other), figure = max(both, key=lambda item: item[1].number)
        return f"Voor {figure.text} {of_all} {view.where} is {WIE[one]} verantwoordelijk en betaalt {BETAALT[other]}"
    if total.known:
        return f"Er lopen {view.where} {amount(total, 'arrangement', 'arrangementen')}"
    return f"Wie {view.where} verantwoordelijk is en wie betaalt, mogen we niet tonen"


def _paragraphs(margin: dict[str, Figure], paid: dict[str, Figure], cross: Cross) -> list[str]:
    said, total = [], margin[TOTAAL]
    who = ordered(margin, list(WIE))
    if who and is_largest(margin, list(code_list("verantwoordelijke")), total):
        share = Share(who[0][1], total)
        said.append(
            f"Het vaakst is {WIE[who[0][0]]} verantwoordelijk: bij "
            f"{amount(who[0][1], 'arrangement', 'arrangementen')}"
            + (f" ({share.text} van elke 100)." if share.known else ".")
        )
    pays = ordered(paid, list(BETAALT))
    if pays and is_largest(paid, list(code_list("financiering")), total):
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
        " Een gestreept stompje bij een naam betekent dat daar ook stromen zijn die niet getoond worden."
        if hidden
        else ""
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
