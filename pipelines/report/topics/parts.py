"""Parts that several topics use: bars, comparisons of shares, the three questions.

Lives here: chart data made from figures, so that a hidden figure reaches no chart. Not here: sentences of
one topic.
"""

from __future__ import annotations

from typing import Any

from pipelines.report.figure import NIET_TE_BEPALEN, ONDERDRUKT, Figure, Share, clearly_differs
from pipelines.report.language import listing, number
from pipelines.report.model import Chart
from pipelines.report.view import View

HIDDEN_WHY = (
    "Niet getoond: zo klein dat een leerling te herkennen kan zijn, of nodig om zo’n aantal te beschermen."
)


def drawing(figure: Figure) -> str:
    """How a figure is drawn: `exact`, `circa`, `verborgen` or `onbekend`."""
    if figure.status == ONDERDRUKT:
        return "verborgen"
    if figure.status == NIET_TE_BEPALEN:
        return "onbekend"
    return "exact" if figure.exact or figure.value is None else "circa"


def bar(label: str, figure: Figure, group: str = "") -> dict[str, Any]:
    """One bar; a hidden or unknown one has no `value` key at all."""
    row: dict[str, Any] = {"label": label, "tekst": figure.text, "soort": drawing(figure), "groep": group}
    if figure.known:
        row |= {"waarde": figure.value, "laag": figure.low, "hoog": figure.high}
    return row


def bars_chart(chart_id: str, title: str, unit: str, rows: list[dict[str, Any]]) -> Chart:
    """Horizontal bars with their alt text."""
    alt = f"Staafdiagram: {title}. " + "; ".join(f"{row['label']}: {row['tekst']}" for row in rows) + "."
    return Chart(chart_id, "bars", title, alt, {"rows": rows, "unit": unit})


def shares_chart(chart_id: str, title: str, shares: list[tuple[str, Share]]) -> Chart:
    """A share per area with its 95% interval; the first area is the pack's own."""
    rows: list[dict[str, Any]] = []
    for place, (label, share) in enumerate(shares):
        row: dict[str, Any] = {"label": label, "tekst": share.text, "eigen": place == 0}
        if share.known:
            low, high = share.interval
            row |= {
                "waarde": round(share.per_100, 1),
                "laag": round(low, 1),
                "hoog": round(high, 1),
                "soort": "exact",
                "tekst": f"{share.text} ({share.interval_text})",
            }
        else:
            row["soort"] = "verborgen" if share.text == "niet getoond" else "onbekend"
        rows.append(row)
    told = "; ".join(f"{row['label']}: {row['tekst']}" for row in rows)
    alt = f"Puntdiagram: {title}, met de onzekerheid als lijn. {told}."
    return Chart(chart_id, "shares", title, alt, {"rows": rows})


def compare_shares(
    view: View, shares: list[tuple[str, Share]], of_whom: str, drawn: bool = False
) -> list[str]:
    """Own share against the other areas, and whether the difference to the region can be chance; [] if hidden.

    `drawn`: the shares stand in a chart beside it and are not listed again.
    """
    own = shares[0][1]
    rest = [f"{label} {share.text}" for label, share in shares[1:] if share.known]
    if not own.known or not rest:
        return []
    said = [f"{view.own_label}: {own.text} van elke 100 {of_whom} (onzekerheid {own.interval_text})."]
    said += [] if drawn else [f"Elders, per 100: {listing(rest)}."]
    region = shares[-1][1]
    if region.known:
        if clearly_differs(own, region):
            word = "hoger" if own.per_100 > region.per_100 else "lager"
            said.append(f"Dat is {word} dan in de hele regio; zo’n groot verschil is geen toeval.")
        else:
            said.append("Het verschil met de hele regio is zo klein dat het toeval kan zijn.")
    return [" ".join(said)]


def prose(sentences: list[str]) -> tuple[str, ...]:
    """Short sentences on one subject as one paragraph; none if there are none."""
    return (" ".join(sentences),) if sentences else ()


def ordered(figures: dict[str, Figure], codes: list[str]) -> list[tuple[str, Figure]]:
    """Codes with a known figure above 0, the largest first; ties in reading order."""
    known = [(code, figures[code]) for code in codes if code in figures and figures[code].value]
    return sorted(known, key=lambda item: -(item[1].value or 0))


def is_largest(figures: dict[str, Figure], codes: list[str], total: Figure | None = None) -> bool:
    """Whether the largest figure that is shown is the largest of all: nothing rounded or hidden can be above it."""
    found = ordered(figures, codes)
    if not found or any(found[0][1].low < figure.high for _, figure in found[1:]):
        return False
    if all(figures[code].known for code in codes if code in figures):
        return True
    if total is None or not total.known:
        return False
    shown = sum(figures[code].low for code in codes if code in figures and figures[code].known)
    return (found[0][1].value or 0) > total.high - shown


def hidden_note(figures: list[Figure]) -> list[str]:
    """The note under a table in which something is hidden, unknown or rounded."""
    notes = []
    if any(figure.status == ONDERDRUKT for figure in figures):
        notes.append(HIDDEN_WHY)
    if any(figure.status == NIET_TE_BEPALEN for figure in figures):
        notes.append("Niet te bepalen: de levering ontbreekt die hiervoor nodig is. Het is geen nul.")
    if any(figure.known and not figure.exact for figure in figures):
        base = next(figure.drempel for figure in figures if figure.known and not figure.exact)
        notes.append(
            f"Circa: afgerond op een veelvoud van {base}. Het echte aantal ligt hoogstens {base - 1} lager of hoger."
        )
    return notes


def amount(figure: Figure, one: str = "leerling", many: str = "leerlingen") -> str:
    """`circa 20 leerlingen`, `1 leerling`."""
    circa = "" if figure.exact else "circa "
    return f"{circa}{number(figure.value)} {one if figure.value == 1 else many}"
