"""The page of `oa status --html`: what is in, who is late, how complete, which releases, how much is not shown.

Lives here: words and HTML around a Status and the releases, one file without network or script. Not here: collecting
either (status, report.history). Same input, same page; no clock time but that of the releases themselves.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from pipelines.report.history import Kosten, Uitgave
from pipelines.report.language import count, listing, number
from pipelines.report.sheets import SHEETS
from pipelines.status import Status

CSS = (
    "body{font:1rem/1.5 system-ui,sans-serif;color:#1f2933;max-width:60rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}table{border-collapse:collapse;width:100%}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}th,td{padding:.25rem .5rem;text-align:left;"
    "border-bottom:1px solid #c4ccd4;vertical-align:top}thead th{background:#eef3f8}.n{text-align:right}"
    ".let{border-left:.4rem solid #b45309;padding:.3rem .8rem;background:#fdf0d9}"
    ".rol{overflow-x:auto;margin-bottom:1.2rem}.d{white-space:nowrap}"
)
DATE, _DAY = ' class="d"', re.compile(r"\d{4}-\d\d-\d\d")
WORD = {
    "geleverd": "geleverd",
    "voorlopig": "voorlopig",
    "te_laat": "te laat",
    "verwacht": "nog niet verwacht",
}


def render(
    stand: Status,
    uitgaven: Sequence[Uitgave],
    namen: Mapping[tuple[str, str], str] | None = None,
    *,
    demo: bool = False,
) -> str:
    """The page as text. `namen` are those of gemeenten and besturen, by soort and code."""
    style = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
    parts = [
        *_attention(stand),
        *_years(stand),
        *_late(stand),
        *_coverage(stand, namen or {}),
        *_releases(uitgaven),
        *_checks(uitgaven),
        *_loss(uitgaven),
        *_files(stand),
    ]
    title = "Stand van de gegevens"
    banner = (
        '<p class="let"><strong>Fictieve leerlingen: dit is een demonstratie.</strong></p>' if demo else ""
    )
    return (
        '<!DOCTYPE html>\n<html lang="nl">\n<head>\n<meta charset="utf-8">\n'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{style}'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n{banner}"
        + "\n".join(parts)
        + "\n</main>\n</body>\n</html>\n"
    )


def _attention(stand: Status) -> list[str]:
    """First what needs a person."""
    counts = Counter(item.toestand for item in stand.leveringen)
    late = [item for item in stand.verwacht or () if item.toestand == "te_laat"]
    said = []
    if stand.bezig:
        said.append("Er is nu een run bezig.")
    if late:
        said.append(f"{count(len(late), 'levering is', 'leveringen zijn')} te laat.")
    if refused := counts["geweigerd"]:
        said.append(
            f"{count(refused, 'bestand is', 'bestanden zijn')} geweigerd; de reden staat in quarantine."
        )
    for profiel, candidate in sorted(stand.kandidaten.items()):
        if stand.publicaties.get(profiel) != candidate:
            said.append(f"Kandidaat {candidate} ({profiel}) wacht op akkoord.")
    if not stand.publicaties:
        said.append("Er is nog niets gepubliceerd.")
    return (
        ["<h2>Wat vraagt aandacht?</h2>", *(f'<p class="let">{escape(text)}</p>' for text in said)]
        if said
        else ["<p>Niets vraagt aandacht, voor zover hier bekend is.</p>"]
    )


def _years(stand: Status) -> list[str]:
    active = [item for item in stand.leveringen if item.toestand == "aangenomen"]
    expected = {item.schooljaar: item for item in stand.schooljaren}
    rows = []
    for year in sorted({item.schooljaar for item in active} | set(expected), reverse=True):
        mine = [item for item in active if item.schooljaar == year]
        per_contract = Counter(item.contract for item in mine)
        told = (
            listing([f"{contract} {many}" for contract, many in sorted(per_contract.items())]) or "nog geen"
        )
        want = expected.get(year)
        rows.append(
            (
                year,
                told,
                max((item.leverdatum for item in mine), default=""),
                f"{want.geleverd} van {want.verwacht}" if want else "geen lijst",
                ("definitief" if want.definitief else "voorlopig") if want else "onbekend",
            )
        )
    heads = ("Schooljaar", "Leveringen per contract", "Nieuwste leverdatum", "Geleverd van verwacht", "Stand")
    return ["<h2>Leveringen</h2>", _table("Wat er meetelt, per schooljaar", heads, rows)]


def _coverage(stand: Status, namen: Mapping[tuple[str, str], str]) -> list[str]:
    """Per gemeente and per schoolbestuur, which contracts and schooljaren are in."""
    active = [item for item in stand.leveringen if item.toestand == "aangenomen"]
    years = sorted({item.schooljaar for item in active})
    cells = {(item.bronhouder, item.contract, item.schooljaar): item.leverdatum for item in active}
    parts = []
    for soort, caption in (("gemeente", "Gemeenten"), ("bestuur", "Schoolbesturen"), ("", "Anderen")):
        who = sorted(
            {(code, contract) for code, contract, _ in cells if _soort(code) == soort},
            key=lambda pair: (namen.get((soort, pair[0]), pair[0]), pair[1]),
        )
        rows = [
            (
                f"{namen[soort, code]} ({code})" if (soort, code) in namen else code,
                contract,
                *(cells.get((code, contract, year), "geen levering") for year in years),
            )
            for code, contract in who
        ]
        if rows:
            parts.append(_table(f"{caption}: leverdatum per schooljaar", (caption, "Contract", *years), rows))
    return ["<h2>Wie leverde wat?</h2>", *parts] if parts else []


def _soort(code: str) -> str:
    """A gemeente has four digits, a schoolbestuur five."""
    return {4: "gemeente", 5: "bestuur"}.get(len(code), "") if code.isdigit() else ""


def _files(stand: Status) -> list[str]:
    """Which file each delivery came from: what to name when one has to be taken back."""
    rows = [
        (item.bestand, item.contract, item.bronhouder, item.schooljaar, item.leverdatum, number(item.rijen))
        for item in sorted(
            (each for each in stand.leveringen if each.toestand == "aangenomen"),
            key=lambda each: (each.contract, each.bronhouder, each.schooljaar),
        )
    ]
    heads = ("Bestand", "Contract", "Bronhouder", "Schooljaar", "Leverdatum", "Rijen")
    return (
        ["<h2>Bestanden die meetellen</h2>", _table("Elke levering die meetelt", heads, rows, numeric=(5,))]
        if rows
        else []
    )


def _late(stand: Status) -> list[str]:
    if stand.verwacht is None:
        return [
            "<p>Er is geen lijst van verwachte leveringen (referentie/verwachte_leveringen.csv); wie te laat is, is "
            "dus niet bekend.</p>"
        ]
    rows = [
        (
            item.verwachting.contract,
            item.verwachting.bronhouder,
            item.verwachting.schooljaar,
            item.verwachting.uiterlijk.isoformat(),
            WORD.get(item.toestand, item.toestand)
            + (f", {count(item.dagen_te_laat, 'dag', 'dagen')}" if item.toestand == "te_laat" else ""),
            item.verwachting.contact,
        )
        for item in sorted(stand.verwacht, key=lambda item: (-item.dagen_te_laat, item.verwachting.sleutel))
        if item.toestand != "geleverd"
    ]
    heads = ("Contract", "Bronhouder", "Schooljaar", "Uiterlijk", "Stand", "Contact")
    return (
        [_table("Verwacht en nog niet (definitief) geleverd", heads, rows)]
        if rows
        else ["<p>Alles wat verwacht werd, is geleverd.</p>"]
    )


def _releases(uitgaven: Sequence[Uitgave]) -> list[str]:
    rows = [
        (
            each.profiel,
            each.release + (" (nieuwste)" if each.nieuwste else ""),
            each.gepubliceerd_op[:16].replace("T", " "),
            each.akkoord or "zonder persoon",
            each.leverdatum,
            f"{each.controles - each.afwijkend} van {each.controles} goed"
            if each.controles
            else "niet vermeld",
            "niet vermeld" if each.verborgen is None else f"{number(each.verborgen)} van 100",
        )
        for each in uitgaven
    ]
    heads = (
        "Profiel",
        "Uitgave",
        "Gepubliceerd (UTC)",
        "Akkoord van",
        "Nieuwste levering",
        "Controles",
        "Niet getoond",
    )
    return ["<h2>Publicaties</h2>", _table("Uitgaven, nieuwste eerst", heads, rows)] if rows else []


def _checks(uitgaven: Sequence[Uitgave]) -> list[str]:
    """What every gate looked at before the newest release of each profiel."""
    rows = [
        (
            each.profiel,
            gate.poort,
            number(gate.controles),
            listing(gate.niet_goed) or "geen",
        )
        for each in uitgaven
        if each.nieuwste
        for gate in each.poorten
    ]
    heads = ("Profiel", "Poort", "Controles", "Niet goed")
    return (
        ["<h2>Controles</h2>", _table("Poorten voor de nieuwste uitgave", heads, rows, numeric=(2,))]
        if rows
        else []
    )


def _loss(uitgaven: Sequence[Uitgave]) -> list[str]:
    """How much protection costs, per table of the newest release of each profiel."""
    parts = []
    for each in uitgaven:
        if not each.nieuwste or each.verlies is None:
            continue
        rows = [(SHEETS[table][0], *(number(many) for many in counts)) for table, counts in each.cijfers]
        heads = ("Tabel", "Getoond", "Afgerond", "Niet getoond", "Niet te bepalen")
        parts.append(
            _table(
                f"Cijfers naar status, {each.profiel}: {number(each.verlies)} van elke 100 niet getoond",
                heads,
                rows,
                numeric=range(1, 5),
            )
        )
        if each.informatieverlies:
            parts.append(_cost(each))
        if each.kosten:
            parts += _levels(each.profiel, each.kosten)
    return ["<h2>Wat is er niet te zien?</h2>", *parts] if parts else []


def _cost(each: Uitgave) -> str:
    """What the release itself tells about it: why figures are hidden, and how many pupils are behind them."""
    rows = [
        (
            SHEETS[lost.tabel][0] if lost.tabel in SHEETS else lost.tabel,
            number(lost.cellen),
            number(lost.verborgen),
            _told(lost.primair),
            _told(lost.aanvullend),
            number(lost.afgerond),
            _told(lost.verborgen_per_100),
            _told(lost.afwijking if lost.afgerond else None),
            "–" if lost.tegen_vorige is None else f"{lost.tegen_vorige:+.1f}".replace(".", ","),
        )
        for lost in each.informatieverlies
    ]
    heads = (
        "Tabel",
        "Aantallen",
        "Verborgen",
        "Te klein",
        "Ter bescherming",
        "Afgerond",
        "Leerlingen erachter, hoogstens van 100",
        "Afronding wijkt gemiddeld af",
        "Zegt iets, van 100 erbij sinds de vorige",
    )
    return _table(f"Wat bescherming kost, {each.profiel}", heads, rows, numeric=range(1, 9))


def _told(value: float | None) -> str:
    """A total of so few that it would tell something of one of them is not told."""
    return "–" if value is None else number(value)


def _levels(profiel: str, kosten: Kosten) -> list[str]:
    """On which niveau figures are lost, and what to do about the table that loses most."""
    rows = [
        (level.niveau, *map(number, (level.alles, level.getoond, level.afgerond, level.verborgen)))
        for level in kosten.niveaus
    ]
    heads = ("Niveau", "Aantallen", "Getoond", "Afgerond", "Verborgen")
    parts = [_table(f"Op welk niveau, {profiel}", heads, rows, numeric=range(1, 5))]
    if kosten.tegen_uitgave:
        parts.append(f"<p>De vorige uitgave is {escape(kosten.tegen_uitgave)}.</p>")
    if kosten.reden:
        parts.append(f'<p class="let">{escape(kosten.reden)} {escape(kosten.advies)}</p>')
    return parts


def _table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numeric: Iterable[int] = ()
) -> str:
    right = set(numeric)
    look = [' class="n"' if place in right else "" for place in range(len(heads))]
    head = "".join(f'<th scope="col"{look[place]}>{escape(text)}</th>' for place, text in enumerate(heads))
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{DATE if _DAY.fullmatch(str(cell)) else look[place]}>{escape(str(cell))}</td>"
            for place, cell in enumerate(row)
        )
        + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="rol" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )
