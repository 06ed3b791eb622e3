"""What the parties said at an earlier meeting, from `antwoorden.csv`.

Lives here: reading and judging that file. Not here: where it is shown (topics, templates). The file is
written by people, so anything in it that looks like it identifies a child is refused, with its row and
never its text.

    release;gebied_soort;gebied;onderwerp;herkend;verklaring;afspraak
    20251010-a1b2c3;gemeente;0307;wachttijden;ja;te weinig onderzoekers;besluit binnen zes weken
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from pipelines.errors import Gebruiksfout
from pipelines.report.model import Answer

COLUMNS = ("release", "gebied_soort", "gebied", "onderwerp", "herkend", "verklaring", "afspraak")
ONDERWERPEN = (
    "ondersteuning",
    "grijs_gebied",
    "verantwoordelijkheid",
    "organisatie",
    "wachttijden",
    "partijen",
    "scholen",
    "gemeenten",
    "trend",
)
SOORTEN = ("gemeente", "swv", "regio")
HERKEND = ("ja", "nee", "deels", "")
LENGTE = 600

Answers = dict[tuple[str, str, str], tuple[Answer, ...]]


def read_answers(path: Path | None) -> Answers:
    """Answers per (kind, area, topic), newest release first; Gebruiksfout names the row that is wrong."""
    if path is None or not path.exists():
        return {}
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Gebruiksfout(
            "antwoorden.csv is geen UTF-8.", waar=str(path), remedie="Sla het bestand op als CSV UTF-8."
        ) from None
    reader = csv.DictReader(text.splitlines(), delimiter=";")
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise Gebruiksfout(
            "De kolommen van antwoorden.csv kloppen niet.",
            waar=str(path),
            remedie=f"De eerste regel moet zijn: {';'.join(COLUMNS)}",
        )
    found: dict[tuple[str, str, str], list[Answer]] = {}
    for number, row in enumerate(reader, start=2):
        _judge(row, number, path)
        if not any(row[name].strip() for name in ("herkend", "verklaring", "afspraak")):
            continue  # a line of the workbook that nobody filled in
        key = (
            row["gebied_soort"],
            row["gebied"] if row["gebied_soort"] != "regio" else "TOTAAL",
            row["onderwerp"],
        )
        found.setdefault(key, []).append(
            Answer(row["release"], row["herkend"], row["verklaring"].strip(), row["afspraak"].strip())
        )
    return {
        key: tuple(sorted(rows, key=lambda answer: answer.release, reverse=True))
        for key, rows in found.items()
    }


def _judge(row: dict[str, str], number: int, path: Path) -> None:
    waar = f"{path.name}, regel {number}"
    if None in row or any(row[name] is None for name in COLUMNS):
        raise Gebruiksfout(
            "Deze regel heeft te veel of te weinig kolommen.",
            waar=waar,
            remedie="Zet tekst met een puntkomma tussen aanhalingstekens.",
        )
    for name, allowed in (("gebied_soort", SOORTEN), ("onderwerp", ONDERWERPEN), ("herkend", HERKEND)):
        if row[name] not in allowed:
            raise Gebruiksfout(
                f"Onbekende waarde in kolom {name}.",
                waar=waar,
                remedie=f"Kies uit: {', '.join(filter(None, allowed))}.",
            )
    if row["gebied_soort"] == "gemeente" and not re.fullmatch(r"\d{4}", row["gebied"]):
        raise Gebruiksfout(
            "De gemeente is geen code van vier cijfers.",
            waar=waar,
            remedie="Schrijf 0307 en niet 307. Excel laat de nul weg als u het bestand daarin opent; zet de kolom op "
            "tekst.",
        )
    for name in ("verklaring", "afspraak"):
        if len(row[name]) > LENGTE:
            raise Gebruiksfout(
                f"De tekst in kolom {name} is langer dan {LENGTE} tekens.",
                waar=waar,
                remedie="Vat de tekst samen.",
            )
        if identifies(row[name]):
            raise Gebruiksfout(
                f"De tekst in kolom {name} lijkt een persoon aan te wijzen.",
                waar=waar,
                remedie="Haal nummers, e-mailadressen en geboortedata uit de tekst. Schrijf over "
                "afspraken, niet over een kind.",
            )


def identifies(text: str) -> bool:
    """Anything that looks like a number of a person, an address, a phone number or a date of birth."""
    from pipelines.intake.identifiers import examine  # imported here: a pack without answers needs no guard

    return bool(examine(text))
