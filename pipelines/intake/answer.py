"""The answer to a bronhouder: one page in Dutch about its own delivery, to send back as it is.

Lives here: what the page says of an accepted and of a refused delivery. Not here: the verdict (check), the
counts (profile, link) and the layout (contracts.document). It holds nothing about the children of another
party: figures from the link only where at least `drempel` persons are on both sides of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.contracts import load_contract
from pipelines.contracts.document import Document
from pipelines.intake import quarantine, store
from pipelines.intake.levering import Levering
from pipelines.intake.link import Koppeling
from pipelines.intake.oordeel import Oordeel
from pipelines.settings import Settings

FOLDER = "antwoord"
# What is striking though allowed; above these shares a remark is made.
LEEG_VANAF, ONBEKEND_VANAF, VERANDERD_VANAF = 1.0, 0.2, 0.25


@dataclass(frozen=True)
class Antwoord:
    """One answer, as document and as the two files that were written."""

    document: Document
    html: Path
    txt: Path


def refused(oordeel: Oordeel) -> Document:
    """The answer to a delivery that did not come in."""
    doc = Document(f"Levering {oordeel.bestand}: niet aangenomen")
    doc.alinea(
        "Er is niets van deze levering overgenomen. Verbeter wat hieronder staat in het bronsysteem "
        "en lever het hele bestand opnieuw."
    )
    _what_came(doc, oordeel.naam, oordeel.rijen, oordeel.sha256)
    doc.kop("Wat er niet goed is")
    doc.tabel(
        "Bevindingen",
        ("Wat", "Waar", "Aantal rijen", "Wat te doen"),
        [(item.wat, item.plaats(), str(item.aantal or ""), item.remedie) for item in oordeel.bevindingen],
    )
    _contact(doc, oordeel.contact)
    return doc


def accepted(
    levering: Levering,
    profiel: Mapping[str, Any],
    facts: Mapping[str, Any],
    contact: str,
    vorige: Mapping[str, Any] | None = None,
    koppeling: Koppeling | None = None,
    drempel: int | None = None,
    gelijk_aan: Collection[str] = (),
    telt_mee: bool = True,
) -> Document:
    """The answer to a delivery that came in.

    `vorige` is the profile of the bronhouder's year before; `gelijk_aan` names files with the same bytes;
    `telt_mee` is false if a delivery with a newer date was in before it.
    """
    doc = Document(f"Levering {levering.bestand}: aangenomen")
    doc.alinea(
        "De levering past bij het contract en telt mee, tot er een nieuwere voor dit schooljaar komt."
        if telt_mee
        else "De levering past bij het contract. Zij telt niet mee, want er is al een nieuwere voor dit schooljaar."
    )
    persons = profiel["levering"]["personen"]
    more = (f"Kinderen: {persons}", f"Kenmerk: {levering.levering_id}")
    _what_came(doc, levering, levering.rijen, levering.sha256, more)
    _dropped(doc, profiel, facts)
    doc.kop("Wat opvalt, maar mag")
    remarks = striking(profiel, vorige)
    remarks += [f"Dit bestand is gelijk aan {bestand}." for bestand in sorted(gelijk_aan)]
    if remarks:
        doc.lijst(remarks)
    else:
        doc.alinea("Niets.")
    if koppeling is not None and drempel is not None:
        doc.kop("Koppeling met de andere kant")
        doc.alinea(_linked(koppeling, drempel))
    _contact(doc, contact)
    return doc


def striking(profiel: Mapping[str, Any], vorige: Mapping[str, Any] | None) -> list[str]:
    """Remarks on what is allowed but worth a look: empty columns, much unknown, a jump since last year."""
    rows = profiel["levering"]["rijen"]
    remarks = []
    for column in profiel["kolommen"]:
        name = column["kolom"]
        if rows and column["leeg"] / rows >= LEEG_VANAF:
            remarks.append(f"Kolom {name} is in elke rij leeg.")
        unknown = column["onbekend"]
        if rows and unknown and unknown / rows >= ONBEKEND_VANAF:
            remarks.append(f"In kolom {name} staat bij {_percent(unknown / rows)} van de rijen onbekend.")
    if vorige is None:
        remarks.append("Er is geen levering over het schooljaar ervoor om mee te vergelijken.")
        return remarks
    for what, title in (("rijen", "rijen"), ("personen", "kinderen")):
        now, before = profiel["levering"][what], vorige["levering"][what]
        if before and abs(now - before) / before >= VERANDERD_VANAF:
            more = "meer" if now > before else "minder"
            remarks.append(
                f"Er zijn {_percent(abs(now - before) / before)} {more} {title} dan over het "
                f"schooljaar ervoor ({now} tegen {before})."
            )
    empty_before = {column["kolom"]: column["leeg"] for column in vorige["kolommen"]}
    for column in profiel["kolommen"]:
        filled_before = empty_before.get(column["kolom"], 0) < vorige["levering"]["rijen"]
        if rows and column["leeg"] == rows and filled_before:
            remarks.append(f"Kolom {column['kolom']} was vorig schooljaar wel gevuld.")
    return remarks


def write_answers(
    settings: Settings,
    aangenomen: list[Levering],
    geweigerd: list[quarantine.Weigering],
    koppelingen: Mapping[str, Koppeling] | None = None,
    drempel: int | None = None,
) -> list[Antwoord]:
    """Write an answer for each delivery of a round to `antwoord/`, as HTML and as plain text."""
    koppelingen = koppelingen or {}
    active = {levering.sleutel: levering for levering in store.active_leveringen(settings)}
    twins: dict[str, set[str]] = {}
    for levering in store.stored(settings):
        twins.setdefault(levering.sha256, set()).add(levering.bestand)
    answers = [_write(settings, weigering.bestand, refused(weigering.oordeel)) for weigering in geweigerd]
    for levering in aangenomen:
        before = _year_before(levering, active)
        doc = accepted(
            levering,
            store.read_profile(levering),
            store.read_facts(levering),
            settings.contact,
            store.read_profile(before) if before else None,
            koppelingen.get(levering.levering_id),
            drempel,
            gelijk_aan=twins.get(levering.sha256, set()) - {levering.bestand},
            telt_mee=active[levering.sleutel].levering_id == levering.levering_id,
        )
        answers.append(_write(settings, levering.bestand, doc))
    return answers


def _write(settings: Settings, bestand: str, doc: Document) -> Antwoord:
    folder = settings.home / FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    html, txt = folder / f"{bestand}.html", folder / f"{bestand}.txt"
    html.write_text(doc.html(), encoding="utf-8")
    txt.write_text(doc.tekst(), encoding="utf-8")
    return Antwoord(doc, html, txt)


def _year_before(levering: Levering, active: Mapping[tuple[str, str, str], Levering]) -> Levering | None:
    first = int(levering.schooljaar[:4]) - 1
    return active.get((levering.contract, levering.bronhouder, f"{first}-{first + 1}"))


def _what_came(doc: Document, naam: Any, rijen: int, sha256: str, more: tuple[str, ...] = ()) -> None:
    doc.kop("Wat er kwam")
    items = []
    if naam is not None:
        items += [
            f"Contract: {naam.contract}, versie {load_contract(naam.contract).version}",
            f"Bronhouder: {naam.bronhouder}",
            f"Schooljaar: {naam.schooljaar}",
            f"Leverdatum: {naam.leverdatum.isoformat()}",
        ]
    if rijen:
        items.append(f"Rijen: {rijen}")
    doc.lijst([*items, *more, f"SHA-256 van het bestand: {sha256}"])


def _dropped(doc: Document, profiel: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    items = [
        f"{item['wat']}: {item['aantal']} rijen ({_rows(item)}). {item['remedie']}"
        for item in facts.get("overgeslagen", [])
    ]
    if profiel["levering"]["weggelaten_kolommen"]:
        items.append(f"Kolommen die het contract niet vraagt: {profiel['levering']['weggelaten_kolommen']}.")
    doc.kop("Wat niet is overgenomen")
    if items:
        doc.lijst(items)
    else:
        doc.alinea("Alles is overgenomen.")


def _rows(item: Mapping[str, Any]) -> str:
    shown = ", ".join(map(str, item["rijen"]))
    more = item["aantal"] - len(item["rijen"])
    return f"rij {shown}" + (f" en nog {more}" if more > 0 else "")


def _linked(koppeling: Koppeling, drempel: int) -> str:
    """The match rate, if neither those who link nor those who do not are fewer than the drempel."""
    apart = koppeling.personen - koppeling.gekoppeld
    if koppeling.gekoppeld < drempel or apart < drempel:
        return (
            "Het aandeel kinderen dat ook aan de andere kant bekend is, wordt niet getoond: de groep is "
            "te klein."
        )
    share = _percent(koppeling.aandeel)
    return f"Van de kinderen in deze levering is {share} ook aan de andere kant bekend."


def _contact(doc: Document, contact: str) -> None:
    if contact:
        doc.kop("Vragen")
        doc.alinea(contact)


def _percent(share: float) -> str:
    return f"{round(100 * share)}%"
