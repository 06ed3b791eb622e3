"""In which form support is given now."""

from __future__ import annotations

from pipelines.report.figure import Figure, Share
from pipelines.report.language import listing, lower_first
from pipelines.report.model import Column, Finding, Table, Topic
from pipelines.report.release import TOTAAL, code_list
from pipelines.report.topics.parts import (
    amount,
    bar,
    bars_chart,
    compare_shares,
    hidden_note,
    is_largest,
    ordered,
    prose,
)
from pipelines.report.view import View, label_of, share_row

TABEL = "organisatie"


def topic(view: View) -> Topic:
    codes = list(code_list("ondersteuningsvorm"))
    own = view.figures(TABEL, "ondersteuningsvorm", "arrangementen")
    own = {code: own.get(code, Figure(None, "onderdrukt")) for code in [*codes, TOTAAL]}
    chart = bars_chart(
        "organisatie-staven",
        f"Arrangementen van {view.who}, per vorm, {view.schooljaar}",
        "arrangementen",
        [bar(label_of("ondersteuningsvorm", code), own[code]) for code in codes],
    )
    counts = view.side_by_side(
        TABEL,
        "ondersteuningsvorm",
        "arrangementen",
        first="Vorm",
        title=f"Arrangementen per vorm, {view.schooljaar}",
    )
    largest = ordered(own, codes)
    away = own["thuis_of_elders"]
    paragraphs = (
        [
            f"Bij {amount(away, 'arrangement', 'arrangementen')} krijgt de leerling de ondersteuning thuis "
            "of op een andere plek dan school."
        ]
        if away.value
        else []
    )
    sure = is_largest(own, codes, own[TOTAAL])
    if sure and len(largest) > 1 and all(own[each].known for each in codes):
        code, figure = largest[1]
        paragraphs.append(
            f"Daarna komt ‘{lower_first(label_of('ondersteuningsvorm', code))}’: "
            f"{amount(figure, 'arrangement', 'arrangementen')}."
        )
    heading = _heading(view, largest, own[TOTAAL], sure)
    comparison = []
    if largest and view.others:
        shares = view.shares(TABEL, "ondersteuningsvorm", "arrangementen", largest[0][0])
        name = lower_first(label_of("ondersteuningsvorm", largest[0][0]))
        comparison = [
            f"Het aandeel van ‘{name}’. {told}" for told in compare_shares(view, shares, "arrangementen")
        ]
    return Topic(
        id="organisatie",
        name="Hoe is het georganiseerd?",
        heading=heading,
        paragraphs=prose(paragraphs),
        charts=(chart,),
        tables=(counts,),
        more_tables=(_share_table(view, codes),) if view.others else (),
        comparison=tuple(comparison),
        notes=("Dit telt arrangementen, geen leerlingen.", *hidden_note([*own.values()])),
        questions=_questions(view, largest),
        findings=(
            Finding(
                f"{heading}.",
                0.8,
                "organisatie",
                "Bespreek welke vorm van ondersteuning u over een jaar vaker wilt zien, en wie die "
                "organiseert.",
            ),
        )
        if largest and own[TOTAAL].known
        else (),
    )


def _heading(view: View, largest: list[tuple[str, Figure]], total: Figure, sure: bool) -> str:
    if not largest:
        return (
            f"Hoe de ondersteuning {view.where} is georganiseerd, mogen we niet tonen"
            if not total.known
            else f"Er zijn {view.where} geen lopende arrangementen getoond"
        )
    code, figure = largest[0]
    share = Share(figure, total)
    of_all = (
        f"{share.text} van elke 100 arrangementen"
        if share.known
        else amount(figure, "arrangement", "arrangementen")
    )
    form = lower_first(label_of("ondersteuningsvorm", code))
    if not sure:
        both = [
            f"{lower_first(label_of('ondersteuningsvorm', each))} ({found.text})"
            for each, found in largest[:2]
        ]
        return f"De ondersteuning {view.where} is vaak {listing(both)}; niet elke vorm mogen we tonen"
    return f"De ondersteuning {view.where} is het vaakst ‘{form}’: {of_all}"


def _questions(view: View, largest: list[tuple[str, Figure]]) -> tuple[str, ...]:
    form = f"‘{lower_first(label_of('ondersteuningsvorm', largest[0][0]))}’" if largest else "deze vorm"
    return (
        f"Herkent u dat de ondersteuning {view.where} zo is verdeeld?",
        f"Kunt u verklaren waarom {form} zo vaak voorkomt?",
        "Wat vindt u ervan? Welke ondersteuning kan dichter bij de klas, en wat is daarvoor nodig?",
    )


def _share_table(view: View, codes: list[str]) -> Table:
    rows = tuple(
        share_row(
            label_of("ondersteuningsvorm", code),
            view.shares(TABEL, "ondersteuningsvorm", "arrangementen", code),
        )
        for code in codes
    )
    heads = (Column("Vorm", numeric=False), *(Column(label) for label, _ in view.labelled))
    return Table("organisatie-aandeel", "Van elke 100 arrangementen in het gebied", heads, rows, TABEL)
