"""How long pupils wait: for a decision, for the start of support, for jeugdhulp."""

from __future__ import annotations

from typing import Any

from pipelines.report.figure import Figure
from pipelines.report.language import listing, number
from pipelines.report.model import Chart, Column, Finding, Table, Topic
from pipelines.report.release import Place, Row, code_list
from pipelines.report.topics.parts import amount, hidden_note, prose
from pipelines.report.view import View, label_of

TABEL = "wachttijden"
FIGUREN = ("aantal", "mediaan_dagen", "p90_dagen", "wachtend")
Step = dict[str, Figure]


def _steps(view: View, place: Place) -> dict[str, Step]:
    rows: list[Row] = view.release.rows(TABEL, **view.at(place))
    return {row["stap"]: {name: view.release.figure(row, name) for name in FIGUREN} for row in rows}


def topic(view: View) -> Topic:
    steps = list(code_list("stap"))
    places = {label: _steps(view, place) for label, place in view.labelled}
    places = {label: found for label, found in places.items() if found}
    own = places[view.own_label]
    norm = view.release.norm_dagen
    heading, findings = _heading(view, own, norm)
    return Topic(
        id="wachttijden",
        name="Wachten",
        heading=heading,
        paragraphs=prose(_paragraphs(own)),
        charts=(_chart(view, places, steps, norm),),
        tables=(_table(view, places, steps[0]),),
        more_tables=tuple(_table(view, places, step) for step in steps[1:]),
        comparison=tuple(_comparison(view, places)),
        notes=(
            f"De norm van {norm} dagen is een keuze; de wet noemt acht weken redelijk voor een besluit (artikel 4:13 "
            "van de Algemene wet bestuursrecht). Wachttijden tonen we alleen bij minstens 10 aanvragen.",
            *hidden_note([figure for step in own.values() for figure in step.values()]),
        ),
        questions=_questions(view, own["behoefte_besluit"]),
        findings=tuple(findings),
    )


def _heading(view: View, own: dict[str, Step], norm: int) -> tuple[str, list[Finding]]:
    first = own["behoefte_besluit"]
    median, p90 = first["mediaan_dagen"], first["p90_dagen"]
    if median.known and p90.known:
        text = f"Een op de tien aanvragen {view.where} wachtte {p90.text} dagen of langer op een besluit"
        weight = 1.2 + (2.2 if p90.value > norm else 0) + (1.5 if (median.value or 0) > norm else 0)
        tail = f"; de norm is {norm} dagen" if p90.value > norm else f", binnen de norm van {norm} dagen"
        decision = (
            (
                "Spreek af binnen hoeveel weken elke aanvraag een besluit krijgt, en wat er gebeurt als dat niet lukt."
            )
            if p90.value > norm
            else ""
        )
        told = [f"{text}{tail}.", *_longer(own), *_waiting(first)]
        return text, [Finding(" ".join(told), weight, "wachttijden", decision)]
    if first["aantal"].value == 0:
        return f"In dit schooljaar zijn er {view.where} geen besluiten genomen", []
    if first["wachtend"].value:
        waiting = amount(first["wachtend"], "aanvraag", "aanvragen")
        return f"{waiting.capitalize()} {view.where} wachten nog op een besluit", []
    return f"Hoe lang leerlingen {view.where} wachten op een besluit, mogen we niet tonen", []


def _longer(own: dict[str, Step]) -> list[str]:
    """The step after the decision, where it takes as long as the decision itself or longer."""
    first, then = own["behoefte_besluit"]["p90_dagen"], own.get("besluit_start", {}).get("p90_dagen")
    if then is None or not (first.value and then.value) or then.number < first.number:
        return []
    return [f"Na het besluit duurde het bij een op de tien nog {then.text} dagen of langer tot de start."]


def _waiting(first: Step) -> list[str]:
    found = first["wachtend"]
    if not found.value:
        return []
    verb = "wacht" if found.value == 1 else "wachten"
    return [f"{amount(found, 'aanvraag', 'aanvragen').capitalize()} {verb} nog."]


def _paragraphs(own: dict[str, Step]) -> list[str]:
    said = []
    sentence = {
        "behoefte_besluit": "De helft had het besluit binnen {median} dagen.",
        "besluit_start": "Na het besluit begon de ondersteuning voor de helft binnen {median} dagen; voor een op de "
        "tien duurde het {p90} dagen of langer.",
        "toegewezen_ingang": "Na de toewijzing begon de jeugdhulp voor de helft binnen {median} dagen; voor een op de "
        "tien duurde het {p90} dagen of langer.",
    }
    for code, text in sentence.items():
        step = own.get(code)
        if step and step["mediaan_dagen"].known and step["p90_dagen"].known:
            said.append(text.format(median=step["mediaan_dagen"].text, p90=step["p90_dagen"].text))
    waiting = own["behoefte_besluit"]["wachtend"]
    if waiting.value:
        verb = "wacht" if waiting.value == 1 else "wachten"
        said.append(
            f"{amount(waiting, 'aanvraag', 'aanvragen').capitalize()} {verb} nog op een besluit; zij tellen in deze "
            "wachttijden nog niet mee."
        )
    elif waiting.status == "onderdrukt":
        said.append("Hoeveel aanvragen nog op een besluit wachten, tonen we niet.")
    return said


def _chart(view: View, places: dict[str, dict[str, Step]], steps: list[str], norm: int) -> Chart:
    rows: list[dict[str, Any]] = []
    for code in steps:
        for label, found in places.items():
            step = found.get(code)
            if step is None:
                continue
            median, p90 = step["mediaan_dagen"], step["p90_dagen"]
            row: dict[str, Any] = {
                "stap": label_of("stap", code),
                "label": label,
                "eigen": label == view.own_label,
            }
            if median.known and p90.known:
                row |= {
                    "mediaan": median.value,
                    "p90": p90.value,
                    "soort": "exact",
                    "tekst": f"{median.text} tot {p90.text}",
                }
            elif step["aantal"].value == 0:
                row |= {"soort": "geen", "tekst": "geen"}
            else:
                gravest = "onbekend" if "niet_te_bepalen" in (median.status, p90.status) else "verborgen"
                row |= {"soort": gravest, "tekst": median.text if not median.known else p90.text}
            rows.append(row)
    title = f"Dagen wachten: van de middelste aanvraag (punt) tot de langste 10% (streep), {view.schooljaar}"
    told = "; ".join(
        f"{row['stap']}, {row['label']}: {row['tekst']}" + (" dagen" if row["soort"] == "exact" else "")
        for row in rows
        if row["eigen"]
    )
    alt = f"Lijndiagram: {title}. {told}. De norm voor een besluit is {norm} dagen."
    return Chart(
        "wachten", "wait", title, alt, {"rows": rows, "norm": norm, "norm_stap": label_of("stap", steps[0])}
    )


def _table(view: View, places: dict[str, dict[str, Step]], code: str) -> Table:
    first = code == "behoefte_besluit"
    heads = [
        Column("Gebied", numeric=False),
        Column("Aantal"),
        Column("Helft wachtte hoogstens (dagen)"),
        Column("Een op de tien wachtte minstens (dagen)"),
    ]
    names = ["aantal", "mediaan_dagen", "p90_dagen"]
    if first:
        heads.append(Column("Wacht nog"))
        names.append("wachtend")
    rows = tuple(
        (label, *(found[code][name] for name in names)) for label, found in places.items() if code in found
    )
    return Table(f"wachten-{code}", f"{label_of('stap', code)}, {view.schooljaar}", tuple(heads), rows, TABEL)


def _comparison(view: View, places: dict[str, dict[str, Step]]) -> list[str]:
    others = [
        (label, found["behoefte_besluit"]["p90_dagen"])
        for label, found in places.items()
        if label != view.own_label and "behoefte_besluit" in found
    ]
    told = [f"{label} {figure.text} dagen" for label, figure in others if figure.known]
    return (
        [f"Zo lang wachtte een op de tien aanvragen elders minstens op een besluit: {listing(told)}."]
        if told
        else []
    )


def _questions(view: View, first: Step) -> tuple[str, ...]:
    p90 = first["p90_dagen"]
    long = f"{number(p90.value)} dagen of langer wachten" if p90.value else "wachten op een besluit"
    return (
        f"Herkent u dat leerlingen {view.where} soms {long}?",
        "Kunt u verklaren waar de tijd naartoe gaat: tot het besluit, of daarna tot de start?",
        "Wat vindt u een redelijke termijn? Wie bewaakt die, en wie grijpt in?",
    )
