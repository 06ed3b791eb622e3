"""The page of `oa status --html`: what is in, who is late, how complete, which releases, how much is not shown.

Lives here: words and HTML around a Status and the releases, one file without network or script. Not here: collecting
either (status, report.history). Same input, same page; no clock time but that of the releases themselves.
"""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

from pipelines.report.history import Uitgave
from pipelines.report.language import count, listing, number
from pipelines.report.sheets import SHEETS
from pipelines.status import Status

CSS = (
    "body{font:1rem/1.5 system-ui,sans-serif;color:#1f2933;max-width:60rem;margin:0 auto;padding:1rem}"
    "h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}table{border-collapse:collapse;width:100%}"
    "caption{text-align:left;font-weight:600;padding:.3rem 0}th,td{padding:.25rem .5rem;text-align:left;"
    "border-bottom:1px solid #c4ccd4;vertical-align:top}thead th{background:#eef3f8}.n{text-align:right}"
    ".let{border-left:.4rem solid #b45309;padding:.3rem .8rem;background:#fdf0d9}"
    ".rol{overflow-x:auto}"
)
WORD = {
    "geleverd": "geleverd",
    "voorlopig": "voorlopig",
    "te_laat": "te laat",
    "verwacht": "nog niet verwacht",
}


def render(stand: Status, uitgaven: Sequence[Uitgave], *, demo: bool = False) -> str:
    """The page as text."""
    style = base64.b64encode(hashlib.sha256(CSS.encode()).digest()).decode()
    parts = [
        *_attention(stand),
        *_years(stand),
        *_coverage(stand),
        *_late(stand),
        *_releases(uitgaven),
        *_loss(uitgaven),
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


def _coverage(stand: Status) -> list[str]:
    """Per bronhouder and contract, which schooljaren are in."""
    active = [item for item in stand.leveringen if item.toestand == "aangenomen"]
    years = sorted({item.schooljaar for item in active})
    cells = {(item.bronhouder, item.contract, item.schooljaar): item.leverdatum for item in active}
    who = sorted({(bronhouder, contract) for bronhouder, contract, _ in cells}, key=lambda pair: pair[::-1])
    rows = [
        (contract, bronhouder, *(cells.get((bronhouder, contract, year), "geen levering") for year in years))
        for bronhouder, contract in who
    ]
    heads = ("Contract", "Bronhouder", *years)
    return (
        ["<h2>Wie leverde wat?</h2>", _table("Leverdatum per bronhouder en schooljaar", heads, rows)]
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
        )
        for each in uitgaven
    ]
    heads = ("Profiel", "Uitgave", "Gepubliceerd (UTC)", "Akkoord van", "Nieuwste levering", "Controles")
    return ["<h2>Publicaties</h2>", _table("Uitgaven, nieuwste eerst", heads, rows)] if rows else []


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
    return ["<h2>Wat is er niet te zien?</h2>", *parts] if parts else []


def _table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[str]], numeric: Iterable[int] = ()
) -> str:
    right = set(numeric)
    look = [' class="n"' if place in right else "" for place in range(len(heads))]
    head = "".join(f'<th scope="col"{look[place]}>{escape(text)}</th>' for place, text in enumerate(heads))
    body = "".join(
        "<tr>"
        + "".join(f"<td{look[place]}>{escape(str(cell))}</td>" for place, cell in enumerate(row))
        + "</tr>\n"
        for row in rows
    )
    return (
        f'<div class="rol" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table></div>"
    )
