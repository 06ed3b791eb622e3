"""Writing iJw 3.2 messages for tests: as a gemeente's suite exports them, with all that may not come
along.

Lives here: JW301, JW305 and JW307 as text, for fictional children with test numbers. Not here: reading
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

BASIS = "http://www.istandaarden.nl/ijw/3_2/basisschema/schema"
NAAM = "Vandenbroekhoven"  # a planted name, address and comment: none may come out again
STRAAT = "Kruidentuinlaan"
COMMENTAAR = "moeder belde op maandag"


@dataclass(frozen=True)
class Toewijzing:
    """The fields of one ToegewezenProduct."""

    nummer: str
    toegewezen: str
    ingang: str
    einde: str | None = None
    categorie: str | None = None
    code: str | None = None
    reden: str | None = None


def _space(kind: str) -> str:
    return f"http://www.istandaarden.nl/ijw/3_2/jw{kind}/schema"


def _wrap(
    kind: str, code: str, afzender: str, ontvanger: str, dag: str, body: str, version: str = "3_2"
) -> str:
    p = f"jw{kind}"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<{p}:Bericht xmlns:ijw="{BASIS}" xmlns:{p}="{_space(kind).replace("3_2", version)}">\n'
        f"<{p}:Header><{p}:BerichtCode>{code}</{p}:BerichtCode><{p}:BerichtVersie>3</{p}:BerichtVersie>"
        f"<{p}:BerichtSubversie>2</{p}:BerichtSubversie><{p}:Afzender>{afzender}</{p}:Afzender>"
        f"<{p}:Ontvanger>{ontvanger}</{p}:Ontvanger><{p}:BerichtIdentificatie><ijw:Identificatie>{dag}"
        f"</ijw:Identificatie><ijw:Dagtekening>{dag}</ijw:Dagtekening></{p}:BerichtIdentificatie></{p}:Header>\n"
        f"<!-- {escape(NAAM)} -->{body}</{p}:Bericht>\n"
    )


def jw301(
    gemeente: str, aanbieder: str, dag: str, clients: Mapping[str, Iterable[Toewijzing]], version: str = "3_2"
) -> str:
    """One message: clients by BSN, each with toewijzingen."""
    body = "".join(_client301(bsn, items) for bsn, items in clients.items())
    return _wrap("301", "436", gemeente, aanbieder, dag, body, version)


def _client301(bsn: str, items: Iterable[Toewijzing]) -> str:
    def opt(name: str, value: str | None) -> str:
        return f"<jw301:{name}>{value}</jw301:{name}>" if value else ""

    products = "".join(
        f"<jw301:ToegewezenProduct><jw301:ToewijzingNummer>{item.nummer}</jw301:ToewijzingNummer>"
        + (
            f"<jw301:Product><ijw:Categorie>{item.categorie}</ijw:Categorie>"
            + (f"<ijw:Code>{item.code}</ijw:Code>" if item.code else "")
            + "</jw301:Product>"
            if item.categorie
            else ""
        )
        + f"<jw301:Toewijzingsdatum>{item.toegewezen}</jw301:Toewijzingsdatum>"
        f"<jw301:Toewijzingstijd>12:00:00</jw301:Toewijzingstijd><jw301:Ingangsdatum>{item.ingang}</jw301:Ingangsdatum>"
        + opt("Einddatum", item.einde)
        + opt("RedenWijziging", item.reden)
        + "<jw301:Omvang><ijw:Volume>2</ijw:Volume><ijw:Eenheid>04</ijw:Eenheid>"
        "<ijw:Frequentie>2</ijw:Frequentie></jw301:Omvang>"
        f"<jw301:Commentaar>{COMMENTAAR}</jw301:Commentaar></jw301:ToegewezenProduct>"
        for item in items
    )
    return (
        f"<jw301:Client><jw301:Bsn>{bsn}</jw301:Bsn><jw301:Geboortedatum><ijw:Datum>2012-03-14</ijw:Datum>"
        f"</jw301:Geboortedatum><jw301:Geslacht>1</jw301:Geslacht><jw301:Naam><ijw:Geslachtsnaam><ijw:Naam>{NAAM}"
        f"</ijw:Naam></ijw:Geslachtsnaam></jw301:Naam><jw301:Commentaar>{COMMENTAAR}</jw301:Commentaar>"
        f"<jw301:Contactgegevens><ijw:Adres><ijw:Straatnaam>{STRAAT}</ijw:Straatnaam><ijw:Huisnummer>12</ijw:Huisnummer>"
        f"<ijw:Postcode>3811AB</ijw:Postcode></ijw:Adres></jw301:Contactgegevens>"
        f"<jw301:ToegewezenProducten>{products}</jw301:ToegewezenProducten></jw301:Client>"
    )


def jw305(
    gemeente: str, aanbieder: str, dag: str, bsn: str, nummer: str, begin: str, status: str = "1"
) -> str:
    return _wrap(
        "305",
        "438",
        aanbieder,
        gemeente,
        dag,
        (
            f"<jw305:Clienten><jw305:Client><jw305:Bsn>{bsn}</jw305:Bsn><jw305:StartProducten><jw305:StartProduct>"
            f"<jw305:ToewijzingNummer>{nummer}</jw305:ToewijzingNummer>"
            f"<jw305:ToewijzingIngangsdatum>2024-01-01</jw305:ToewijzingIngangsdatum>"
            f"<jw305:Begindatum>{begin}</jw305:Begindatum><jw305:StatusAanlevering>{status}</jw305:StatusAanlevering>"
            "</jw305:StartProduct></jw305:StartProducten></jw305:Client></jw305:Clienten>"
        ),
    )


def jw307(
    gemeente: str, aanbieder: str, dag: str, bsn: str, nummer: str, einde: str, status: str = "1"
) -> str:
    return _wrap(
        "307",
        "440",
        aanbieder,
        gemeente,
        dag,
        (
            f"<jw307:Clienten><jw307:Client><jw307:Bsn>{bsn}</jw307:Bsn><jw307:StopProducten><jw307:StopProduct>"
            f"<jw307:ToewijzingNummer>{nummer}</jw307:ToewijzingNummer>"
            f"<jw307:ToewijzingIngangsdatum>2024-01-01</jw307:ToewijzingIngangsdatum>"
            f"<jw307:Begindatum>2024-01-01</jw307:Begindatum><jw307:StatusAanlevering>{status}</jw307:StatusAanlevering>"
            f"<jw307:RedenBeeindiging>31</jw307:RedenBeeindiging><jw307:Einddatum>{einde}</jw307:Einddatum>"
            "</jw307:StopProduct></jw307:StopProducten></jw307:Client></jw307:Clienten>"
        ),
    )
