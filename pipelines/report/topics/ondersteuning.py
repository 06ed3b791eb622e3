"""How many pupils get support or jeugdhulp, per categorie."""

from __future__ import annotations

from pipelines.report.figure import GETOOND, NIET_TE_BEPALEN, Figure, Share
from pipelines.report.language import listing, lower_first
from pipelines.report.model import Column, Finding, Table, Topic, cell_text
from pipelines.report.release import TOTAAL, code_list
from pipelines.report.topics.parts import amount, bar, bars_chart, hidden_note, is_largest, ordered, prose
from pipelines.report.view import View, label_of, share_row

TABEL = "ondersteuning_per_gebied"


def topic(view: View) -> Topic:
    codes = list(code_list("categorie"))
    own = view.figures(TABEL, "categorie", "leerlingen")
    total = own.get(TOTAAL, Figure(None, "onderdrukt"))
    missing = [code for code in codes if own[code].status == NIET_TE_BEPALEN]
    chart = bars_chart(
        "ondersteuning-staven",
        f"Aantal {view.who}, per categorie, {view.schooljaar}",
        "leerlingen",
        [bar(label_of("categorie", code), own[code]) for code in codes],
    )
    counts = view.side_by_side(
        TABEL,
        "categorie",
        "leerlingen",
        first="Categorie",
        title=f"Aantal leerlingen per categorie, {view.schooljaar}",
    )
    shares, rates = _share_table(view, codes), _rate_table(view)
    heading, findings = _heading(view, own, missing)
    return Topic(
        id="ondersteuning",
        name="Ondersteuning en jeugdhulp",
        heading=heading,
        paragraphs=prose(_paragraphs(view, own, total, codes)),
        charts=(chart,),
        tables=(counts, *((rates,) if rates else ())),
        more_tables=(shares,) if view.others else (),
        comparison=tuple(_comparison(view, own)),
        notes=(
            "Elke leerling telt één keer per schooljaar, bij één categorie en op één school. Wie in het grijze gebied "
            "valt, telt alleen daar.",
            *hidden_note([*own.values()]),
        ),
        questions=_questions(view, own, codes),
        findings=tuple(findings),
    )


def _heading(view: View, own: dict[str, Figure], missing: list[str]) -> tuple[str, list[Finding]]:
    total = own[TOTAAL]
    if missing and view.kind == "gemeente":
        text = f"Van leerlingen die in {view.name} wonen weten we niet wie jeugdhulp krijgt"
        return text, [
            Finding(
                f"{text}: de gemeente leverde voor {view.schooljaar} geen gegevens over jeugdhulp.",
                9,
                "ondersteuning",
                f"Lever de gegevens over jeugdhulp van {view.name} over {view.schooljaar} alsnog aan.",
            )
        ]
    if not total.known:
        return f"Hoeveel {view.who} ondersteuning krijgen, mogen we niet tonen", []
    text = (
        f"{amount(total).capitalize()}{view.who.removeprefix('leerlingen')} krijgen extra ondersteuning of "
        "jeugdhulp, of wachten erop"
    )
    if total.value == 1:
        text = text.replace("krijgen", "krijgt").replace("wachten", "wacht")
    both = own["samenloop"]
    if both.value and (share := Share(both, total)).known:
        verb = "heeft" if both.value == 1 else "hebben"
        told = (
            f"{amount(both).capitalize()} {view.where} {verb} ondersteuning op school en ook jeugdhulp: "
            f"{share.text} van elke 100 getelde leerlingen."
        )
        return text, [
            Finding(
                told,
                1.0,
                "ondersteuning",
                "Spreek af hoe school en gemeente voor deze leerlingen samen één plan maken.",
            )
        ]
    return text, [Finding(f"{text}.", 0.5, "ondersteuning")]


def _paragraphs(view: View, own: dict[str, Figure], total: Figure, codes: list[str]) -> list[str]:
    said = []
    largest = ordered(own, [code for code in codes if code != "niet_te_bepalen"])
    if largest:
        code, figure = largest[0]
        share = Share(figure, total)
        part = f", {share.text} van elke 100" if share.known else ""
        sure = is_largest(own, codes, total)
        name = f"‘{lower_first(label_of('categorie', code))}’"
        group = f"De grootste groep is {name}" if sure else f"Bij {name} horen"
        said.append(f"{group}: {amount(figure)}{part}." if sure else f"{group} {amount(figure)}{part}.")
    both = own["samenloop"]
    if both.value:
        verb = "heeft" if both.value == 1 else "hebben"
        said.append(
            f"{amount(both).capitalize()} {verb} allebei: ondersteuning op school en jeugdhulp van de "
            "gemeente."
        )
    waiting = own["in_aanvraag"]
    if waiting.value:
        said.append(f"Voor {amount(waiting)} is ondersteuning gevraagd of toegekend, maar nog niet begonnen.")
    unknown = own["niet_te_bepalen"]
    if unknown.value:
        said.append(
            f"Van {amount(unknown)} is de categorie niet te bepalen, omdat de eigen gemeente geen jeugdhulp "
            "leverde."
        )
    hidden = [lower_first(label_of("categorie", code)) for code in codes if own[code].status == "onderdrukt"]
    if hidden:
        said.append(f"Niet getoond: {listing(hidden)}.")
    rate = view.rates(TOTAAL)[view.own_label]
    if rate.known:
        said.insert(0, f"Van elke 100 {rate.of_whom} zijn het er {rate.text} (bron: {rate.source_text}).")
    return said


def _rate_table(view: View) -> Table | None:
    """The shares that the publication gives: of all pupils or residents, not only of those who were counted."""
    total, grey = view.rates(TOTAAL), view.rates("grijs_gebied")
    found = [label for label, rate in total.items() if rate.known]
    if not found:
        return None
    rows = tuple(
        (
            label,
            total[label],
            total[label].interval_text,
            grey[label],
            Figure(total[label].noemer, GETOOND),
            total[label].of_whom,
        )
        for label in found
    )
    heads = (
        Column("Gebied", numeric=False),
        Column("Ondersteuning of jeugdhulp"),
        Column("Onzekerheid (95%)"),
        Column("Grijs gebied"),
        Column("Van hoeveel"),
        Column("Wie", numeric=False),
    )
    sources = listing(list(dict.fromkeys(total[label].source_text for label in found)))
    mixed = len({total[label].of_whom for label in found}) > 1
    notes = [f"Bron van het aantal leerlingen of inwoners: {sources}."]
    if mixed:
        notes.append(
            "Vergelijk alleen gebieden met dezelfde groep: leerlingen zijn iets anders dan inwoners."
        )
    if any(cell_text(grey[label]) == "–" for label in found):
        notes.append("Een streepje: daar is geen aandeel te geven.")
    missing = [label for label in total if label not in found]
    if missing:
        notes.append(f"Geen aandeel gepubliceerd: {listing(missing)}.")
    return Table(
        "ondersteuning-noemer",
        f"Van elke 100 leerlingen of inwoners, {view.schooljaar}",
        heads,
        rows,
        TABEL,
        " ".join(notes),
    )


def _share_table(view: View, codes: list[str]) -> Table:
    rows = tuple(
        share_row(label_of("categorie", code), view.shares(TABEL, "categorie", "leerlingen", code))
        for code in codes
    )
    heads = (Column("Categorie", numeric=False), *(Column(label) for label, _ in view.labelled))
    return Table(
        "ondersteuning-aandeel",
        "Van elke 100 getelde leerlingen in het gebied",
        heads,
        rows,
        TABEL,
        "Gedeeld door alle getelde leerlingen van het gebied, niet door alle inwoners.",
    )


def _comparison(view: View, own: dict[str, Figure]) -> list[str]:
    schooling = [place for place in view.others if place.soort == "schoolgemeente"]
    if not schooling:
        return []
    here = own[TOTAAL]
    school = view.figures(TABEL, "categorie", "leerlingen", schooling[0]).get(TOTAAL)
    if school is None or not (here.known and school.known) or here.value == school.value:
        return []
    word = "meer" if school.value > here.value else "minder"
    return [
        f"Op scholen in {view.name} zitten {word} getelde leerlingen ({school.text}) dan er wonen "
        f"({here.text}). "
        "Leerlingen gaan ook over de gemeentegrens naar school, en bij alleen jeugdhulp is de school vaak "
        "niet "
        "bekend."
    ]


def _questions(view: View, own: dict[str, Figure], codes: list[str]) -> tuple[str, ...]:
    largest = ordered(own, [code for code in codes if code != "niet_te_bepalen"])
    group = f"‘{lower_first(label_of('categorie', largest[0][0]))}’" if largest else "de ene categorie"
    return (
        f"Herkent u deze aantallen {view.where}? Wie mist u?",
        f"Kunt u verklaren waarom {group} zo vaak voorkomt?",
        "Wat vindt u van de verhouding tussen ondersteuning op school en jeugdhulp? Wat moet over een jaar "
        "anders zijn?",
    )
