"""The grijze gebied: how many pupils, for which reasons, and which signals stand beside it."""

from __future__ import annotations

from pipelines.report.figure import Figure, Share, clearly_differs
from pipelines.report.language import lower_first
from pipelines.report.model import Chart, Column, Finding, Table, Topic
from pipelines.report.release import code_list
from pipelines.report.topics.parts import (
    amount,
    bar,
    bars_chart,
    compare_shares,
    hidden_note,
    is_largest,
    ordered,
    prose,
    shares_chart,
)
from pipelines.report.view import View, label_of

TABEL = "grijs_gebied_redenen"
VAN_HEN = {  # a reason, as page one tells it of the pupils just counted
    "verantwoordelijkheid_in_overleg": "is nog in overleg wie verantwoordelijk is",
    "wacht_zonder_verantwoordelijke": "duurt het besluit te lang en is niemand verantwoordelijk",
    "afgewezen_andere_wet": "is de aanvraag afgewezen om de andere wet, en kwam er geen jeugdhulp",
}
BESLUIT = {
    "verantwoordelijkheid_in_overleg": "Spreek af wie het besluit neemt als onderwijs en gemeente er samen "
    "niet uitkomen, en binnen hoeveel weken.",
    "wacht_zonder_verantwoordelijke": "Wijs voor elke leerling die wacht één partij aan die het besluit "
    "neemt.",
    "afgewezen_andere_wet": "Spreek af dat wie afwijst omdat een andere wet geldt, de leerling zelf "
    "overdraagt aan de andere partij.",
}


def topic(view: View) -> Topic:
    codes = list(code_list("reden"))
    own = view.figures(TABEL, "reden", "leerlingen")
    soort = {row["reden"]: row["soort"] for row in view.release.rows(TABEL, **view.at(view.place))}
    figure = view.figures("ondersteuning_per_gebied", "categorie", "leerlingen").get(
        "grijs_gebied", Figure(None, "onderdrukt")
    )
    shares = view.shares("ondersteuning_per_gebied", "categorie", "leerlingen", "grijs_gebied")
    groups = {"kern": "Reden (grijs gebied)", "signaal": "Signaal"}
    reasons = bars_chart(
        "grijs-redenen",
        f"Redenen en signalen, aantal {view.who}, {view.schooljaar}",
        "leerlingen",
        [
            bar(label_of("reden", code), own[code], groups.get(soort[code], ""))
            for code in codes
            if code in own
        ],
    )
    charts: list[Chart] = [reasons]
    if view.others:
        charts.append(shares_chart("grijs-aandeel", "Grijs gebied, van elke 100 getelde leerlingen", shares))
    reason_table = view.side_by_side(
        TABEL,
        "reden",
        "leerlingen",
        first="Reden of signaal",
        codes=codes,
        title=f"Redenen en signalen, aantal leerlingen, {view.schooljaar}",
        note="Bij één leerling kunnen meer redenen gelden. Tel ze dus niet op.",
    )
    kernen = [code for code in codes if soort.get(code) == "kern"]
    kern = ordered(own, kernen)
    return Topic(
        id="grijs_gebied",
        name="Het grijze gebied",
        heading=_heading(view, figure),
        paragraphs=prose(_paragraphs(view, figure, own, soort, codes)),
        charts=tuple(charts),
        tables=(reason_table,),
        more_tables=(_share_table(shares),) if view.others else (),
        comparison=tuple(compare_shares(view, shares, "getelde leerlingen", drawn=True))
        if view.others
        else (),
        notes=(
            "Een signaal wijst naar het grijze gebied, maar kan ook een andere oorzaak hebben.",
            *hidden_note([figure, *own.values()]),
        ),
        questions=_questions(view, figure, kern),
        findings=_findings(view, figure, shares, kern),
    )


def _heading(view: View, figure: Figure) -> str:
    if not figure.known:
        return f"Hoeveel {view.who} in het grijze gebied vallen, mogen we niet tonen"
    if figure.value == 0 and figure.exact:
        return f"Geen van de {view.who} valt in het grijze gebied"
    if figure.value == 0:
        return f"Hoogstens {figure.high} {view.who} vallen in het grijze gebied"
    return f"Voor {amount(figure)}{view.who.removeprefix('leerlingen')} is niet duidelijk welke wet geldt"


def _paragraphs(
    view: View, figure: Figure, own: dict[str, Figure], soort: dict[str, str], codes: list[str]
) -> list[str]:
    said = (
        [
            "Zij vallen in het grijze gebied: onderwijs en gemeente weten niet wie aan zet is, en het kind "
            "wacht of is doorgestuurd."
        ]
        if figure.value
        else []
    )
    kernen = [code for code in codes if soort.get(code) == "kern"]
    kern = ordered(own, kernen)
    if kern:
        code, each = kern[0]
        often = "De reden die het vaakst geldt is" if is_largest(own, kernen) else "Een reden is"
        said.append(f"{often} ‘{lower_first(label_of('reden', code))}’: bij {amount(each)}.")
    signals = ordered(own, [code for code in codes if soort.get(code) == "signaal"])
    if signals:
        code, each = signals[0]
        said.append(
            f"Een signaal dat ernaar wijst is ‘{lower_first(label_of('reden', code))}’: bij {amount(each)}."
        )
    return said


def _share_table(shares: list[tuple[str, Share]]) -> Table:
    rows = tuple(
        (label, share.part, share.whole, share, share.interval_text if share.known else "")
        for label, share in shares
    )
    heads = (
        Column("Gebied", numeric=False),
        Column("Grijs gebied"),
        Column("Alle getelde leerlingen"),
        Column("Van elke 100"),
        Column("Onzekerheid (95%)"),
    )
    return Table("grijs-aandeel", "Grijs gebied vergeleken", heads, rows, "ondersteuning_per_gebied")


def _questions(view: View, figure: Figure, kern: list[tuple[str, Figure]]) -> tuple[str, ...]:
    many = f"{amount(figure)} in het grijze gebied" if figure.value else "dit beeld van het grijze gebied"
    reason = (
        f"‘{lower_first(label_of('reden', kern[0][0]))}’ zo vaak voorkomt"
        if kern
        else "het bij deze leerlingen vastloopt"
    )
    return (
        f"Herkent u {many} {view.where}?",
        f"Kunt u verklaren waarom {reason}?",
        "Wat vindt u ervan dat deze leerlingen wachten? Welke afspraak helpt hen het snelst?",
    )


def _findings(
    view: View, figure: Figure, shares: list[tuple[str, Share]], kern: list[tuple[str, Figure]]
) -> tuple[Finding, ...]:
    if not figure.value:
        return ()
    own, region = shares[0][1], shares[-1][1]
    text, weight = _heading(view, figure), 4.0
    if own.known:
        text += f": {own.text} van elke 100 getelde leerlingen"
    if len(shares) > 1 and own.known and region.known:
        if clearly_differs(own, region):
            weight += 1.5
            word = "meer" if own.per_100 > region.per_100 else "minder"
            text += f", duidelijk {word} dan in de hele regio ({region.text})"
        else:
            text += f" (hele regio: {region.text})"
    text += "."
    if kern:
        text += f" Bij {kern[0][1].text} van hen {VAN_HEN[kern[0][0]]}."
    decision = BESLUIT[kern[0][0] if kern else "verantwoordelijkheid_in_overleg"]
    return (Finding(text, weight, "grijs_gebied", decision),)
