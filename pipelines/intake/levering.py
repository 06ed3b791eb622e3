"""What a delivery is called: its file name, its identity, and what is remembered of it once it is in.

Lives here: the file name's grammar, `Naam` and `Levering`. Not here: what is in the file (check) and where it
is kept (store).
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pipelines.contracts import contract_names, load_contract, schooljaar_bounds
from pipelines.errors import LeveringGeweigerd

_STEM = re.compile(r"([a-z]+)_([0-9]{4,5})_([0-9]{4}-[0-9]{4})_([0-9]{8})")
# Files that a copying program has not finished, or that an office program keeps beside an open file.
_PARTIAL = (".part", ".partial", ".tmp", ".crdownload", ".filepart", ".lock", ".swp", ".download")
MANIFEST = ".manifest.json"
# A list of persons to erase is for `oa forget`.
_FORGET_LIST = re.compile(r"vergeten_[0-9]{4,5}_[0-9]{8}\.csv")


@dataclass(frozen=True)
class Naam:
    """The facts that a file name states: contract, bronhouder, schooljaar, leverdatum."""

    contract: str
    bronhouder: str
    schooljaar: str
    leverdatum: date

    @property
    def sleutel(self) -> tuple[str, str, str]:
        """Deliveries with the same three replace one another."""
        return self.contract, self.bronhouder, self.schooljaar


@dataclass(frozen=True)
class Levering:
    """An accepted delivery. `pad` is its Parquet file: exactly the contract's columns, pseudonyms of step 2.

    `volgnummer` counts acceptances in this OA_HOME, so that "the latest accepted" needs no clock;
    `aangenomen_op` is the day of acceptance, from which terms run.
    """

    levering_id: str
    contract: str
    contractversie: str
    bronhouder: str
    schooljaar: str
    leverdatum: date
    rijen: int
    sha256: str
    stap: int
    vingerafdruk: str | None
    bestand: str
    pad: Path
    volgnummer: int = 0
    aangenomen_op: str = ""

    @property
    def sleutel(self) -> tuple[str, str, str]:
        return self.contract, self.bronhouder, self.schooljaar

    def as_dict(self) -> dict[str, Any]:
        """What levering.json holds; no path, so that the folder may move."""
        values = asdict(self)
        del values["pad"]
        return values | {"leverdatum": self.leverdatum.isoformat()}

    @classmethod
    def from_dict(cls, values: dict[str, Any], pad: Path) -> Levering:
        known = {
            name: values[name]
            for name in cls.__dataclass_fields__
            if name not in ("pad", "leverdatum") and name in values
        }
        return cls(**known, leverdatum=date.fromisoformat(values["leverdatum"]), pad=pad)


def parse_name(path: Path) -> Naam:
    """Read `opp_41208_2024-2025_20251003.csv`; LeveringGeweigerd says what the name should be, not what
    it is.
    """
    match = _STEM.fullmatch(path.name.split(".", 1)[0])
    if match is None:
        raise _bad_name("De bestandsnaam is niet contract_bronhouder_schooljaar_leverdatum.")
    contract, bronhouder, schooljaar, day = match.groups()
    if contract not in contract_names():
        raise _bad_name("De bestandsnaam begint niet met een bekend contract.")
    if not re.fullmatch(load_contract(contract).bronhouder_pattern, bronhouder):
        raise _bad_name("De bronhouder in de bestandsnaam past niet bij het contract.")
    try:
        schooljaar_bounds(schooljaar)
    except ValueError:
        raise _bad_name("Het schooljaar in de bestandsnaam bestaat niet.") from None
    try:
        leverdatum = date(int(day[:4]), int(day[4:6]), int(day[6:]))
    except ValueError:
        raise _bad_name("De leverdatum in de bestandsnaam is geen dag.") from None
    if leverdatum < date(1995, 1, 1):
        raise _bad_name("De leverdatum in de bestandsnaam is geen dag waarop kon worden geleverd.")
    return Naam(contract, bronhouder, schooljaar, leverdatum)


def levering_id(naam: Naam, sha256: str) -> str:
    return f"{naam.contract}_{naam.bronhouder}_{naam.schooljaar}_{naam.leverdatum:%Y%m%d}_{sha256[:12]}"


def shown_name(path: Path, sha256: str) -> str:
    """The file's name if it is one of ours, else a neutral one: a wrong name may hold the name of a child."""
    try:
        parse_name(path)
    except LeveringGeweigerd:
        return f"levering-{sha256[:12]}"
    stem, _, suffix = path.name.partition(".")
    return path.name if re.fullmatch(r"[A-Za-z0-9]{1,7}", suffix) else stem


def is_delivery(path: Path) -> bool:
    """True for a file in inbox/ that may be a delivery: not a manifest, not hidden, not half copied."""
    name = path.name
    return (
        path.is_file()
        and not name.startswith((".", "~$", "~"))
        and not name.endswith(MANIFEST)
        and not name.lower().endswith(_PARTIAL)
        and not _FORGET_LIST.fullmatch(name)
    )


def manifest_path(path: Path) -> Path:
    return path.with_name(path.name + MANIFEST)


def sha256_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _bad_name(what: str) -> LeveringGeweigerd:
    return LeveringGeweigerd(
        what,
        waar="bestandsnaam",
        remedie="Noem het bestand zoals opp_41208_2024-2025_20251003.csv: contract, bestuursnummer "
        "(5 cijfers) of gemeentecode (4 cijfers), schooljaar en leverdatum (JJJJMMDD).",
    )
