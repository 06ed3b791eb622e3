"""Documents of accountability, made from `verwerking.toml` and the contracts: nothing is written twice.

Lives here: the register of processing (AVG art. 30), the data annex of a DPIA and the information letter for
parents, as documents. Not here: their rendering (document) and where they are written (cli).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from pipelines.contracts.document import Document
from pipelines.contracts.loader import contract_names, load_contract
from pipelines.contracts.model import INTERNE_REGELS, Contract
from pipelines.contracts.verwerking import Verwerking

_GEVOELIGHEID = {
    "organisatie": "geen persoonsgegeven op zichzelf",
    "persoonsgegeven": "persoonsgegeven",
    "pseudoniem": "pseudoniem (persoonsgegeven, AVG art. 4 lid 5)",
    "bijzonder": "bijzonder persoonsgegeven (gezondheid, AVG art. 9)",
}
_MAATREGELEN = (
    "BSN en onderwijsnummer verlaten de bronhouder niet: daar worden zij met een geheime sleutel vervangen "
    "door een pseudoniem, en daarna nog een keer met een tweede sleutel die de bronhouders niet hebben.",
    "Alleen kolommen met een doel en een cijfer dat ze gebruikt worden aangenomen; een kolom te veel houdt "
    "de hele levering tegen.",
    "Elke cel wordt onderzocht op nummers, namen van adressen, e-mail, telefoon, rekeningnummers en "
    "geboortedatums; een treffer weigert de levering.",
    "Gepubliceerd worden alleen aantallen; kleine aantallen en wat ze verraadt worden verborgen of "
    "afgerond, en elke publicatie wordt daarop nagerekend.",
    "Rijen worden gewist na hun bewaartermijn, na intrekking van een levering en op verzoek per persoon.",
    "Elke handeling staat in een logboek zonder gegevens over kinderen.",
)


def contracts() -> list[Contract]:
    """Every contract of this installation, in a fixed order."""
    return [load_contract(name) for name in contract_names()]


def register(verwerking: Verwerking, vandaag: date, over: Sequence[Contract] | None = None) -> Document:
    """The register of processing of AVG art. 30."""
    over = contracts() if over is None else over
    doc = Document("Register van verwerkingsactiviteiten: ondersteuningsanalyse")
    doc.alinea(
        f"Opgemaakt op {_dag(vandaag)} volgens AVG artikel 30, uit verwerking.toml en de datacontracten."
    )
    _verantwoording(doc, verwerking)
    doc.kop("Betrokkenen")
    doc.alinea(
        "Leerlingen met extra onderwijsondersteuning, jeugdigen met jeugdhulp en, zolang het "
        "koppelen duurt, andere ingeschreven leerlingen."
    )
    doc.kop("Gegevens, doel en bewaartermijn per levering")
    doc.tabel(
        "Leveringen",
        ("Levering", "Doel", "Grondslag", "Bewaartermijn"),
        [(contract.name, contract.doel, contract.grondslag, _termijn(contract)) for contract in over],
    )
    doc.kop("Ontvangers")
    doc.alinea(
        "Samenwerkingsverbanden, schoolbesturen, scholen, gemeenten en het publiek krijgen alleen "
        "gepubliceerde aantallen. Gegevens over personen worden aan niemand verstrekt en niet "
        "doorgegeven buiten de EER."
    )
    doc.kop("Beveiliging en minimalisatie")
    doc.lijst(_MAATREGELEN)
    doc.kop("Overeenkomsten")
    doc.tabel(
        "Overeenkomsten per bronhouder",
        ("Bronhouder", "Geldig tot", "Stand"),
        _agreements(verwerking, vandaag),
    )
    return doc


def dpia_bijlage(verwerking: Verwerking, vandaag: date, over: Sequence[Contract] | None = None) -> Document:
    """The data annex of a DPIA: every column, why, how sensitive, how long, and the figure that uses it."""
    doc = Document("Bijlage gegevens bij de DPIA: ondersteuningsanalyse")
    doc.alinea(
        f"Opgemaakt op {_dag(vandaag)} bij de DPIA van {_dag(verwerking.dpia_datum)}. De bijlage "
        "volgt uit de datacontracten: wat hier niet staat, kan niet worden geleverd."
    )
    for contract in contracts() if over is None else over:
        doc.kop(f"{contract.name}, versie {contract.version}")
        doc.alinea(f"{contract.description} Doel: {contract.doel}")
        doc.alinea(f"Grondslag: {contract.grondslag} Bewaartermijn: {_termijn(contract)}.")
        doc.tabel(
            f"Kolommen van {contract.name}",
            ("Kolom", "Wat het is", "Doel", "Gevoeligheid", "Cijfers die het gebruiken"),
            [
                (
                    column.name,
                    column.description,
                    column.doel,
                    _GEVOELIGHEID[column.gevoeligheid],
                    _figuren(column.figuren),
                )
                for column in contract.columns
            ],
        )
    doc.kop("Maatregelen")
    doc.lijst(_MAATREGELEN)
    return doc


def informatiebrief(verwerking: Verwerking, vandaag: date, contact: str = "") -> Document:
    """A letter for parents, in plain Dutch."""
    doc = Document("Informatie voor ouders over de ondersteuningsanalyse")
    doc.alinea("Beste ouder of verzorger,")
    doc.alinea(
        "Scholen en gemeenten willen samen weten hoeveel kinderen extra hulp krijgen, op school of "
        "van de gemeente, en waar kinderen te lang wachten. Daarvoor leggen zij gegevens naast "
        "elkaar. In deze brief leest u wat er gebeurt en wat u kunt doen."
    )
    doc.kop("Waarom doen wij dit?")
    doc.alinea(verwerking.doel)
    doc.kop("Welke gegevens gebruiken wij?")
    doc.lijst(
        [
            "Van school: welke extra ondersteuning een kind krijgt, waarvoor, van wanneer tot wanneer, wie "
            "die betaalt en op welke school.",
            "Van de gemeente: welke jeugdhulp is toegewezen, door welke aanbieder en van wanneer tot "
            "wanneer.",
            "Soms van school: op welke school een kind staat ingeschreven. Die gegevens verdwijnen zodra ze "
            "niet meer nodig zijn.",
        ]
    )
    doc.alinea(
        "Wij gebruiken geen namen, adressen, geboortedatums of verslagen. Het nummer van uw kind "
        "(BSN of onderwijsnummer) blijft bij school en gemeente. Wij krijgen alleen een code die er "
        "twee keer van is gemaakt en die wij niet kunnen terugrekenen."
    )
    doc.kop("Wat ziet iemand ervan?")
    doc.alinea(
        "Alleen aantallen. Kleine groepen laten wij niet zien. Niemand neemt met deze cijfers een "
        "besluit over uw kind."
    )
    doc.kop("Hoe lang bewaren wij het?")
    doc.lijst([f"Gegevens '{contract.name}': {_termijn(contract)}." for contract in contracts()])
    doc.kop("Op welke grond mag dit?")
    doc.lijst([verwerking.grondslag_avg6, verwerking.grondslag_avg9, verwerking.grondslag_pgn])
    doc.kop("Wat kunt u doen?")
    doc.alinea(
        "U mag vragen welke gegevens van uw kind zijn gebruikt, ze laten verbeteren of wissen, en "
        "bezwaar maken. Doe dat bij uw school of gemeente: alleen die weten welke code bij uw kind "
        "hoort. Komt u er niet uit, dan kunt u een klacht indienen bij de Autoriteit "
        "Persoonsgegevens."
    )
    doc.alinea("Verantwoordelijk zijn: " + "; ".join(verwerking.verwerkingsverantwoordelijken) + ".")
    if contact:
        doc.alinea(f"Vragen? {contact}")
    doc.alinea(_dag(vandaag))
    return doc


def _verantwoording(doc: Document, verwerking: Verwerking) -> None:
    doc.kop("Verantwoordelijken en verwerker")
    doc.lijst(
        [f"Verwerkingsverantwoordelijke: {name}" for name in verwerking.verwerkingsverantwoordelijken]
        + [f"Verwerker: {verwerking.verwerker}"]
    )
    doc.kop("Doel en grondslag")
    doc.alinea(verwerking.doel)
    doc.lijst(
        [
            verwerking.grondslag_avg6,
            verwerking.grondslag_avg9,
            verwerking.grondslag_pgn,
            f"DPIA van {_dag(verwerking.dpia_datum)}; advies van de FG van "
            f"{_dag(verwerking.fg_advies_datum)}.",
        ]
    )


def _agreements(verwerking: Verwerking, vandaag: date) -> list[tuple[str, str, str]]:
    return [
        (code, _dag(day), "geldig" if verwerking.mag_leveren(code, vandaag) else "verlopen")
        for code, day in sorted(verwerking.overeenkomsten.items())
    ]


def _termijn(contract: Contract) -> str:
    text = f"{_duur(contract.bewaartermijn)} na het einde van het schooljaar"
    if contract.zonder_koppeling:
        text += f"; zonder koppeling hoogstens {_duur(contract.zonder_koppeling)}"
    return text


def _duur(term: str) -> str:
    units = {"Y": "jaar", "M": "maanden", "D": "dagen"}
    parts, number = [], ""
    for char in term[1:]:
        if char.isdigit():
            number += char
        else:
            parts.append(f"{number} {units[char]}")
            number = ""
    return " en ".join(parts)


def _figuren(figuren: Iterable[str]) -> str:
    names = []
    for figuur in figuren:
        table, _, column = figuur.partition(".")
        names.append(f"regel {column}: {INTERNE_REGELS[column]}" if table == "regel" else f"{table}.{column}")
    return ", ".join(names)


_MAANDEN = (
    "januari",
    "februari",
    "maart",
    "april",
    "mei",
    "juni",
    "juli",
    "augustus",
    "september",
    "oktober",
    "november",
    "december",
)


def _dag(day: date) -> str:
    return f"{day.day} {_MAANDEN[day.month - 1]} {day.year}"
