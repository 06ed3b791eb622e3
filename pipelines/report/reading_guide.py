"""How to read the figures, and the annex: definitions, sources, rules, accessibility.

Lives here: fixed texts with the settings of the release filled in. Not here: findings (topics) or the
workbook's own rows (sheets).
"""

from __future__ import annotations

import json
import re
from collections import Counter

from pipelines.report.figure import Share
from pipelines.report.language import count, day, listing, lower_first, number, some
from pipelines.report.model import Column, Section, Table
from pipelines.report.release import TABLES, code_list
from pipelines.report.sheets import FIGURE_HEADS, HEADS, SHEETS
from pipelines.report.view import TE_VEEL, View

LIJSTEN = ("categorie", "categorie_kort", "reden", "stap", "ondersteuningsvorm", "gebied_soort")
STAP_2 = {
    "ttp": "de tweede stap is gezet bij een derde partij, die geen inhoud ziet",
    "verwerker": "de tweede stap is gezet bij de verwerker, bij het innemen",
    "gemengd": "de tweede stap is deels gezet bij een derde partij en deels bij de verwerker",
}
GEWOON = {  # words of the trade, as everyone says them
    "mediaan": "middelste wachttijd",
    "p90": "lange wachttijd (van een op de tien)",
    "opp": "ontwikkelingsperspectief",
    "AGB-codes": "geteld met hun code",
}
CONTRACTEN = {
    "opp": "ontwikkelingsperspectieven (opp), van schoolbesturen",
    "jeugdhulp": "jeugdhulp, van gemeenten",
    "inschrijving": "inschrijvingen, van schoolbesturen",
}
# What is disputed about each kind of figure; told beside the definitions.
BETWIST = (
    (
        "Eén keer tellen",
        "Elke leerling telt één keer per schooljaar, op één school en bij één categorie. Wie in het jaar "
        "verhuist of van school wisselt, telt op de plek van de peildatum. Een school kan daarom meer "
        "leerlingen "
        "begeleid hebben dan hier staat.",
    ),
    (
        "Wonen is niet altijd betalen",
        "De woongemeente is waar de leerling woont. Jeugdhulp wordt betaald door de "
        "gemeente die volgens het woonplaatsbeginsel verantwoordelijk is. Dat kan een andere gemeente zijn.",
    ),
    (
        "De norm is een keuze",
        "Het aantal dagen waarna wachten ‘te lang’ heet, is gekozen. De regio kan het anders "
        "instellen. Een andere norm geeft een ander aantal.",
    ),
    (
        "Opgeschreven is niet altijd waar",
        "De cijfers zijn zo goed als de administratie. Wie in overleg is, staat "
        "soms als onbekend, en andersom.",
    ),
)


def reading_guide(view: View) -> tuple[Section, ...]:
    return (
        Section(
            "wat-telt",
            "Wat is geteld?",
            (
                "Dit pakket legt twee soorten gegevens naast elkaar: de ondersteuning die scholen in een "
                "ontwikkelingsperspectief schrijven, en de jeugdhulp die gemeenten toewijzen. Geteld zijn "
                "leerlingen die in "
                f"schooljaar {view.schooljaar} minstens één dag ondersteuning of jeugdhulp hadden, of erop "
                "wachtten.",
                _basis(view),
                "De gegevens zijn gekoppeld zonder namen of nummers: met een versleutelde sleutel per kind.",
            ),
        ),
        _coverage(view),
        Section(
            "tekens",
            "Wat betekenen deze woorden?",
            (),
            (
                (
                    "niet getoond",
                    f"Het aantal is te klein (1 tot en met {view.release.drempel - 1}), of een te klein "
                    "aantal "
                    "is er anders mee uit te rekenen. U kunt aan een verborgen cijfer niet zien welke van "
                    "de twee het is.",
                ),
                ("circa", _circa(view)),
                (
                    "niet te bepalen",
                    "De gegevens die nodig zijn, zijn niet geleverd. Dat is iets anders dan nul.",
                ),
                ("0", "Er is echt niemand geteld."),
                ("n.v.t.", "Het cijfer bestaat hier niet, bijvoorbeeld een wachttijd als niemand wachtte."),
                (
                    "onzekerheid",
                    "Bij kleine aantallen speelt toeval mee. De twee getallen geven aan waar het aandeel "
                    "waarschijnlijk (95%) tussen ligt, als u toeval wegdenkt.",
                ),
            ),
        ),
        Section(
            "niet-bekend",
            "Wat weten we niet?",
            (
                "Hoeveel kinderen hulp nodig hebben maar nergens bekend zijn. Of de ondersteuning heeft "
                "geholpen. Hoeveel "
                "uren of euro’s ermee gemoeid zijn. Wat een gemeente heeft geweigerd. Jeugdhulp die niet "
                "via een toewijzing "
                "gaat, zoals hulp van een wijkteam.",
                "Van leerlingen met alleen jeugdhulp is de school alleen bekend als het schoolbestuur zijn "
                "inschrijvingen "
                "leverde.",
            ),
        ),
    )


def _circa(view: View) -> str:
    """What a rounded figure stands for, and where the reader meets them."""
    base = view.release.drempel
    said = (
        f"Afgerond op een veelvoud van {base}. Of het naar boven of naar beneden gaat, is geloot. Circa {base * 4} "
        f"betekent: tussen {base * 3 + 1} en {base * 5 - 1}."
    )
    if view.release.profiel == "openbaar":
        return said
    return f"{said} Cijfers per school en per schoolbestuur zijn vaak afgerond. Daardoor tellen ze niet precies op."


def _basis(view: View) -> str:
    if view.kind == "gemeente":
        return (
            f"Tenzij er iets anders staat, gaat het om leerlingen die in {view.name} wonen, waar zij ook "
            "naar school "
            f"gaan. ‘School in {view.name}’ telt leerlingen van scholen in de gemeente, waar zij ook wonen."
        )
    if view.kind == "swv":
        return (
            f"Het gaat om leerlingen op scholen van {view.name}, waar zij ook wonen. Een leerling met alleen "
            "jeugdhulp telt hier alleen mee als zijn school bekend is."
        )
    return (
        "Het gaat om alle leerlingen in de leveringen van deze regio, ook als zij elders wonen of "
        "naar school gaan."
    )


def _coverage(view: View) -> Section:
    have, lack = view.release.coverage(view.schooljaar)
    names = f": {listing(have)}" if len(have) <= TE_VEEL else ""
    said = [f"Voor {view.schooljaar} leverden {count(len(have), 'gemeente', 'gemeenten')} jeugdhulp{names}."]
    if lack:
        said.append(
            f"Niet geleverd: {some(lack)}. Van leerlingen die daar wonen weten we niet of zij jeugdhulp "
            "krijgen."
        )
    codes = [view.code] if view.kind == "gemeente" else []
    for row in view.release.rows("koppelgraad", schooljaar=view.schooljaar):
        if row["gemeente"] in codes:
            share = Share(
                view.release.figure(row, "gekoppeld"), view.release.figure(row, "leerlingen_onderwijs")
            )
            said.append(
                f"Koppelgraad: van elke 100 leerlingen uit {view.name} met ondersteuning op school hebben er "
                f"{share.text} ook jeugdhulp. Is dat heel laag, dan kan de koppeling mislukt zijn."
                if share.known
                else f"Koppelgraad (welk deel van de leerlingen met ondersteuning ook jeugdhulp heeft): {share.text}."
            )
    if not codes:
        said.append(
            "Hoe goed onderwijs en jeugdhulp op elkaar aansluiten, staat per gemeente in de tabel bij ‘Gemeenten’ "
            "(koppelgraad)."
        )
    earlier = view.release.overgenomen
    if earlier:
        said.append(
            f"{listing(sorted(earlier))}: overgenomen uit een eerdere uitgave "
            f"({listing(sorted({str(item['release']) for item in earlier.values()}))}). De gegevens zelf zijn "
            "gewist omdat de bewaartermijn voorbij is; de cijfers staan er zoals zij toen zijn gepubliceerd."
        )
    return Section("dekking", "Wie leverde, en hoe goed sluit het aan?", tuple(said))


def annex(view: View) -> tuple[Section, ...]:
    return (
        Section("definities", "Definities", (), _definitions(view)),
        Section("betwist", "Waarover u van mening kunt verschillen", (), BETWIST),
        _rules(view),
        _sources(view),
        Section(
            "toegankelijkheid",
            "Toegankelijkheid",
            (
                "Dit pakket is gemaakt om te voldoen aan WCAG 2.2 niveau AA en, als PDF, aan PDF/UA-1. "
                "Elke grafiek heeft een "
                "tekst die hetzelfde vertelt en een tabel met dezelfde cijfers. Kleur is nooit het enige "
                "verschil. Er is "
                "ook een versie als webpagina en als werkboek, met dezelfde cijfers.",
                "Kunt u iets niet lezen of gebruiken? Laat het weten"
                + (f": {view.release.contact}." if view.release.contact else "."),
            ),
        ),
    )


def in_words(text: str) -> str:
    """The text with the names of tables, columns and codes as a reader knows them."""
    known = {name: title for name, (title, _) in SHEETS.items()} | HEADS
    for lijst in LIJSTEN:
        known |= code_list(lijst)

    def word(found: re.Match[str]) -> str:
        name = found.group(1) or found.group(2)
        plain = known.get(name) or known.get(name.lower()) or known.get(name.replace(" ", "_"))
        return f"‘{lower_first(plain)}’" if plain else name.replace("_", " ")

    text = re.sub(r"`([^`]+)`|\b([A-Za-z0-9]+(?:_[A-Za-z0-9]+)+)\b", word, text)
    return re.sub(r"\b(?:" + "|".join(GEWOON) + r")\b", lambda found: GEWOON[found.group()], text)


def _definitions(view: View) -> tuple[tuple[str, str], ...]:
    """The texts of the publication itself, per table and figure."""
    found = []
    order = list(TABLES)
    told = (row for row in view.release.rows("toelichting") if row.get("tabel") in TABLES)
    for row in sorted(told, key=lambda row: order.index(row["tabel"])):
        table, column = row.get("tabel"), row.get("kolom")
        if not row.get("toelichting"):
            continue
        text = " ".join(filter(None, (str(row["toelichting"]), str(row.get("leeswijzer") or ""))))
        text = in_words(text)
        if column in (None, ""):
            found.append((SHEETS[table][0], text))
        elif column in TABLES[table][1]:
            head = FIGURE_HEADS.get((table, column), HEADS[column])
            found.append((f"{SHEETS[table][0]}: {lower_first(head)}", text))
    return tuple(found)


def _rules(view: View) -> Section:
    names = code_list("reden")
    rows = tuple(
        (
            names.get(rule["reden"], rule["reden"]),
            str(rule.get("soort", "")),
            "aan" if rule.get("aan") in (True, "ja", "aan") else "uit",
            str(rule["norm_dagen"]) if rule.get("norm_dagen") else "geen",
        )
        for rule in view.release.listed("regels")
        if "reden" in rule
    )
    heads = (
        Column("Reden of signaal", numeric=False),
        Column("Soort", numeric=False),
        Column("Stand", numeric=False),
        Column("Norm in dagen"),
    )
    table = Table(
        "regels", "Regels voor het grijze gebied, zoals de regio ze instelde", heads, rows, "publicatie"
    )
    return Section(
        "regels",
        "Regels en drempels",
        (
            f"Drempel: aantallen van 1 tot en met {view.release.drempel - 1} worden niet getoond. "
            "Wachttijden alleen bij "
            "minstens 10 aanvragen.",
            f"Pseudonimisering: {_told(view, 'pseudonimisering')}. Versie van de programmatuur: "
            f"{_told(view, 'codeversie')}.",
        ),
        (),
        (table,) if rows else (),
    )


def _told(view: View, name: str) -> str:
    value = view.release.publicatie.get(name)
    return STAP_2.get(str(value), str(value)) if value not in (None, "") else "niet vermeld"


def _sources(view: View) -> Section:
    deliveries = view.release.listed("leveringen")
    tally = Counter((str(row.get("contract", "")), str(row.get("schooljaar", ""))) for row in deliveries)
    years = sorted({year for _, year in tally})
    rows = tuple(
        (CONTRACTEN.get(contract, contract), *(number(tally[contract, year]) for year in years))
        for contract in sorted({contract for contract, _ in tally})
    )
    heads = (Column("Levering", numeric=False), *(Column(year) for year in years))
    table = Table("leveringen", "Aantal leveringen achter deze uitgave", heads, rows, "publicatie")
    versions = view.release.publicatie.get("contractversies")
    told = json.loads(versions) if isinstance(versions, str) and versions.startswith("{") else versions
    text = (
        ", ".join(f"{name} {version}" for name, version in told.items())
        if isinstance(told, dict)
        else str(told or "")
    )
    return Section(
        "bronnen",
        "Bronnen",
        (
            f"Nieuwste levering: {day(view.release.leverdatum)}. Contracten: {text or 'niet vermeld'}. Van "
            "elke levering is in "
            "de publicatie vastgelegd welk bestand het was.",
            "Kaart: gemeentegrenzen 2023, vereenvoudigd, van CBS en Kadaster (CC BY 4.0). Aantallen "
            "leerlingen per school: "
            "DUO (open data).",
        ),
        (),
        (table,) if rows else (),
    )
