"""Who is responsible, on what ground and until when: `verwerking.toml` in OA_HOME.

Lives here: reading and judging that file, its example, and whether a bronhouder's agreement still holds. Not
here: the documents made from it (register).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.errors import Gebruiksfout

BESTAND = "verwerking.toml"
_TEXTS = ("doel", "grondslag_avg6", "grondslag_avg9", "grondslag_pgn", "verwerker")
_DATES = ("dpia_datum", "fg_advies_datum")
_LISTS = ("verwerkingsverantwoordelijken",)
VOORBEELD = """# Verantwoording van deze verwerking. Vul elk veld in, samen met de FG van de regio.
doel = "Ondersteuningsanalyse voor het op overeenstemming gericht overleg van de regio ..."
grondslag_avg6 = "AVG art. 6 lid 1 onder e: ..."
grondslag_avg9 = "AVG art. 9 lid 2 onder j met UAVG art. 24: ..."
# Het gebruik van PGN en BSN voor deze analyse heeft geen uitdrukkelijke wettelijke grondslag: leg vast
# waarop de regio zich beroept, en dat de nummers de bronhouder niet verlaten.
grondslag_pgn = "..."
verwerkingsverantwoordelijken = ["Stichting ... (bestuur 41208)", "Gemeente ... (0307)"]
verwerker = "..."
dpia_datum = 2026-01-15
fg_advies_datum = 2026-02-01

# Eén blok per bronhouder: bestuursnummer (5 cijfers) of gemeentecode (4 cijfers), als tekst.
[[overeenkomst]]
bronhouder = "41208"
geldig_tot = 2028-07-31

[[overeenkomst]]
bronhouder = "0307"
geldig_tot = 2028-07-31
"""


@dataclass(frozen=True)
class Verwerking:
    """The file's facts; `overeenkomsten` maps a bronhouder to the last day of its agreement."""

    doel: str
    grondslag_avg6: str
    grondslag_avg9: str
    grondslag_pgn: str
    verwerkingsverantwoordelijken: tuple[str, ...]
    verwerker: str
    dpia_datum: date
    fg_advies_datum: date
    overeenkomsten: Mapping[str, date]

    def mag_leveren(self, bronhouder: str, vandaag: date) -> bool:
        """True if the bronhouder has an agreement that has not ended."""
        return bronhouder in self.overeenkomsten and vandaag <= self.overeenkomsten[bronhouder]


def read_verwerking(home: Path) -> Verwerking:
    """The file in OA_HOME; Gebruiksfout (with an example to start from) if it is missing or not complete."""
    path = home / BESTAND
    if not path.is_file():
        raise Gebruiksfout(
            f"Er is geen {BESTAND}: zonder doel, grondslag, DPIA en overeenkomsten wordt niets verwerkt.",
            waar=str(path),
            remedie=f"Maak het bestand met de FG van de regio, bijvoorbeeld:\n\n{VOORBEELD}",
        )
    try:
        return parse_verwerking(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise _fault("het is geen UTF-8") from None


def parse_verwerking(text: str) -> Verwerking:
    """As `read_verwerking`, from text."""
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        raise _fault("het is geen geldige TOML") from None
    known = {*_TEXTS, *_DATES, *_LISTS, "overeenkomst"}
    if unknown := sorted(set(raw) - known):
        raise _fault(f"onbekend: {', '.join(unknown)}")
    if missing := sorted(known - set(raw)):
        raise _fault(f"er ontbreekt: {', '.join(missing)}")
    for name in _TEXTS:
        if not _filled(raw[name]):
            raise _fault(f"{name} is niet ingevuld")
    for name in _LISTS:
        if not isinstance(raw[name], list) or not raw[name] or not all(map(_filled, raw[name])):
            raise _fault(f"{name} is geen lijst van namen")
    for name in _DATES:
        if type(raw[name]) is not date:
            raise _fault(f"{name} is geen datum (JJJJ-MM-DD, zonder aanhalingstekens)")
    return Verwerking(
        **{name: raw[name].strip() for name in _TEXTS},
        **{name: raw[name] for name in _DATES},
        verwerkingsverantwoordelijken=tuple(raw["verwerkingsverantwoordelijken"]),
        overeenkomsten=_agreements(raw["overeenkomst"]),
    )


def _agreements(raw: Any) -> dict[str, date]:
    found: dict[str, date] = {}
    for number, item in enumerate(raw if isinstance(raw, list) else [], 1):
        where = f"overeenkomst {number}"
        if not isinstance(item, dict) or set(item) != {"bronhouder", "geldig_tot"}:
            raise _fault(f"{where} heeft niet precies bronhouder en geldig_tot")
        code, day = item["bronhouder"], item["geldig_tot"]
        if not isinstance(code, str) or not code.isascii() or not code.isdigit() or len(code) not in (4, 5):
            raise _fault(f"{where}: bronhouder is geen tekst van 4 of 5 cijfers")
        if type(day) is not date:
            raise _fault(f"{where}: geldig_tot is geen datum")
        if code in found:
            raise _fault(f"{where}: deze bronhouder staat er dubbel in")
        found[code] = day
    if not found:
        raise _fault("er is geen enkele [[overeenkomst]]")
    return found


def _filled(value: Any) -> bool:
    return isinstance(value, str) and value.strip(" .") != ""


def _fault(what: str) -> Gebruiksfout:
    return Gebruiksfout(
        f"{BESTAND} is niet goed: {what}.",
        waar=BESTAND,
        remedie=f"Vul het aan; een volledig voorbeeld:\n\n{VOORBEELD}",
    )
