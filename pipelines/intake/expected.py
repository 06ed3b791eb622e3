"""Who should deliver what, and who is late: `referentie/verwachte_leveringen.csv` against what is in.

Lives here: reading the list, the stand per expectation and per schooljaar, and the participants it
defines. Not here: how a stand is shown (status) and what participants mean for figures (warehouse).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipelines.contracts import contract_names, load_contract, schooljaar_bounds
from pipelines.errors import Gebruiksfout
from pipelines.intake.levering import Levering
from pipelines.settings import Settings

BESTAND = "verwachte_leveringen.csv"
KOLOMMEN = ("contract", "bronhouder", "schooljaar", "uiterlijk", "contact")


@dataclass(frozen=True)
class Verwachting:
    """One delivery that was agreed upon; `uiterlijk` is the last day on which it is on time."""

    contract: str
    bronhouder: str
    schooljaar: str
    uiterlijk: date
    contact: str

    @property
    def sleutel(self) -> tuple[str, str, str]:
        return self.contract, self.bronhouder, self.schooljaar


@dataclass(frozen=True)
class VerwachtingStand:
    """`toestand`: `geleverd`, `voorlopig` (delivered before the schooljaar was over), `te_laat`,
    `verwacht`.
    """

    verwachting: Verwachting
    toestand: str
    levering_id: str = ""
    dagen_te_laat: int = 0


@dataclass(frozen=True)
class SchooljaarStand:
    """A schooljaar is final once every expected delivery came in after its last day."""

    schooljaar: str
    definitief: bool
    verwacht: int
    geleverd: int
    te_laat: int


def read_expected(settings: Settings) -> list[Verwachting] | None:
    """The list, None if the region has none; Gebruiksfout names the rows that are not sound."""
    path = settings.referentie / BESTAND
    return parse_expected(path) if path.is_file() else None


def parse_expected(path: Path) -> list[Verwachting]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise _fault("het bestand is geen UTF-8") from None
    if not lines or tuple(cell.strip() for cell in lines[0].split(";")) != KOLOMMEN:
        raise _fault(f"de eerste regel is niet {';'.join(KOLOMMEN)}")
    found = [(number, _parse(line)) for number, line in enumerate(lines[1:], 2) if line.strip()]
    wrong = [number for number, item in found if item is None]
    if wrong:
        raise _fault(f"niet goed ingevuld: regel {', '.join(map(str, wrong[:10]))}")
    items = [item for _, item in found if item is not None]
    if len({item.sleutel for item in items}) != len(items):
        raise _fault("dezelfde contract, bronhouder en schooljaar staan er dubbel in")
    return items


def _parse(line: str) -> Verwachting | None:
    cells = [cell.strip() for cell in line.split(";", len(KOLOMMEN) - 1)]
    if len(cells) != len(KOLOMMEN) or cells[0] not in contract_names():
        return None
    contract, bronhouder, schooljaar, uiterlijk, contact = cells
    try:
        schooljaar_bounds(schooljaar)
        day = date.fromisoformat(uiterlijk)
    except ValueError:
        return None
    if not re.fullmatch(load_contract(contract).bronhouder_pattern, bronhouder):
        return None
    return Verwachting(contract, bronhouder, schooljaar, day, contact)


def stand(
    expected: Iterable[Verwachting], active: Iterable[Levering], vandaag: date
) -> list[VerwachtingStand]:
    """Each expectation with what became of it; pure."""
    by_key = {levering.sleutel: levering for levering in active}
    found = []
    for item in sorted(expected, key=lambda item: (item.schooljaar, item.contract, item.bronhouder)):
        levering = by_key.get(item.sleutel)
        if levering is None:
            late = (vandaag - item.uiterlijk).days
            found.append(VerwachtingStand(item, "te_laat" if late > 0 else "verwacht", "", max(late, 0)))
        else:
            over = levering.leverdatum > schooljaar_bounds(item.schooljaar)[1]
            found.append(VerwachtingStand(item, "geleverd" if over else "voorlopig", levering.levering_id))
    return found


def per_schooljaar(stands: Sequence[VerwachtingStand]) -> list[SchooljaarStand]:
    """Whether each schooljaar of the list is provisional or final; pure."""
    result = []
    for schooljaar in sorted({item.verwachting.schooljaar for item in stands}):
        here = [item for item in stands if item.verwachting.schooljaar == schooljaar]
        result.append(
            SchooljaarStand(
                schooljaar,
                all(item.toestand == "geleverd" for item in here),
                len(here),
                sum(item.toestand in ("geleverd", "voorlopig") for item in here),
                sum(item.toestand == "te_laat" for item in here),
            )
        )
    return result


def complete(expected: Iterable[Verwachting] | None, active: Iterable[Levering], schooljaar: str) -> bool:
    """True if the region has a list for the schooljaar and all of it is in."""
    wanted = {item.sleutel for item in expected or () if item.schooljaar == schooljaar}
    return bool(wanted) and wanted <= {levering.sleutel for levering in active}


def deelnemers(expected: Iterable[Verwachting] | None) -> frozenset[str] | None:
    """The gemeenten from which jeugdhulp is expected; None if the region keeps no list (then: who
    delivered).
    """
    if expected is None:
        return None
    return frozenset(item.bronhouder for item in expected if item.contract == "jeugdhulp")


def _fault(what: str) -> Gebruiksfout:
    return Gebruiksfout(
        f"De lijst van verwachte leveringen is niet goed: {what}.",
        waar=f"referentie/{BESTAND}",
        remedie="Eén regel per levering, zoals: opp;41208;2024-2025;2025-10-10;naam@school.example",
    )
