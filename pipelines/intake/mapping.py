"""Mapping files: from the columns and values of a bronsysteem to those of a contract.

Lives here: reading a mapping (YAML), holding it against the contract, and the SQL that applies it. Not
here: proposing one for an unknown file (proposal) and the reading of files. A mapping is made or confirmed
by a person; nothing here guesses.

    contract: opp
    blad: Leerlingen                 # optional: sheet of a workbook, by name or number
    koprij: 3                        # optional: row with the column names
    kolommen:                        # contractkolom: kolom in het bestand (of een lijst: de eerste gevulde)
      leerling_pseudoniem: [BSN, Onderwijsnummer]
    waarden:                         # contractkolom: waarde in het bestand: waarde in het contract
      status: {Lopend: toegekend, "": onbekend}
    eenheid: {start_op: mdj}         # schrijfwijze van een datum: dmj, mdj, jmd of excel
    vast: {op_school: onbekend}      # contractkolom: altijd deze waarde
    weglaten: [Naam, Adres]          # kolommen van het bestand die niet meegaan
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from pipelines.errors import Gebruiksfout

if TYPE_CHECKING:
    from pipelines.contracts import Column, Contract

_KEYS = {"contract", "bronhouder", "blad", "koprij", "kolommen", "waarden", "eenheid", "vast", "weglaten"}
DATUMNOTATIES = ("dmj", "mdj", "jmd", "excel")
_MAX_SIZE = 1 << 20


@dataclass(frozen=True)
class Koppeling:
    """One mapping, sound against its contract. Targets are contract columns, sources columns of the file."""

    contract: str
    kolommen: dict[str, tuple[str, ...]] = field(default_factory=dict)
    waarden: dict[str, dict[str, str]] = field(default_factory=dict)
    eenheid: dict[str, str] = field(default_factory=dict)
    vast: dict[str, str] = field(default_factory=dict)
    weglaten: tuple[str, ...] = ()
    bronhouder: str | None = None
    blad: str | None = None
    koprij: int | None = None

    @property
    def bronkolommen(self) -> frozenset[str]:
        """Every column of the file that the mapping names."""
        return frozenset((*(name for names in self.kolommen.values() for name in names), *self.weglaten))

    def target_of(self, source: str) -> str:
        """The contract column that a column of the file feeds (its own name if the mapping is silent)."""
        return next((target for target, names in self.kolommen.items() if source in names), source)


def find_mapping(referentie: Path, contract: Contract, bronhouder: str) -> Koppeling | None:
    """The confirmed mapping of a bronhouder: `referentie/koppelingen/<contract>_<bronhouder>.yaml`."""
    path = referentie / "koppelingen" / f"{contract.name}_{bronhouder}.yaml"
    return load_mapping(path, contract) if path.is_file() else None


def load_mapping(path: Path | str, contract: Contract) -> Koppeling:
    """Read and judge a mapping; Gebruiksfout names the first thing that does not fit the contract."""
    path = Path(path)
    try:
        if path.stat().st_size > _MAX_SIZE:
            raise _fault(path, "het bestand is te groot")
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise _fault(path, "het bestand ontbreekt of is geen UTF-8") from None
    return parse_mapping(text, contract, path)


def parse_mapping(text: str, contract: Contract, path: Path = Path("koppeling")) -> Koppeling:
    """As `load_mapping`, from text."""
    try:
        raw = yaml.load(text, Loader=_TextLoader)  # noqa: S506 (makes strings, lists and dicts only)
    except (yaml.YAMLError, RecursionError):
        raise _fault(path, "geen geldige YAML, of een sleutel staat er twee keer in") from None
    raw = _dict(raw, path, "koppeling")
    if unknown := sorted(set(raw) - _KEYS):
        raise _fault(path, f"onbekende sleutel {', '.join(unknown)}")
    if raw.get("contract") != contract.name:
        raise _fault(path, f"contract is niet {contract.name}")
    koprij = raw.get("koprij")
    if koprij is not None and not re.fullmatch(r"[1-9][0-9]{0,3}", koprij):
        raise _fault(path, "koprij is geen rijnummer")
    found = Koppeling(
        contract=contract.name,
        bronhouder=raw.get("bronhouder"),
        blad=raw.get("blad"),
        koprij=int(koprij) if koprij else None,
        kolommen={
            target: _names(value, path, target)
            for target, value in _dict(raw.get("kolommen"), path, "kolommen").items()
        },
        waarden={
            target: _dict(value, path, f"waarden: {target}")
            for target, value in _dict(raw.get("waarden"), path, "waarden").items()
        },
        eenheid=_dict(raw.get("eenheid"), path, "eenheid"),
        vast=_dict(raw.get("vast"), path, "vast"),
        weglaten=_names(raw.get("weglaten") or [], path, "weglaten", empty=True),
    )
    _check(found, contract, path)
    return found


def _check(found: Koppeling, contract: Contract, path: Path) -> None:
    known = {column.name: column for column in contract.columns}
    for part in ("kolommen", "waarden", "eenheid", "vast"):
        if unknown := sorted(set(getattr(found, part)) - set(known)):
            raise _fault(path, f"{part} noemt {', '.join(unknown)}, dat contract {contract.name} niet kent")
    if both := sorted(set(found.kolommen) & set(found.vast)):
        raise _fault(path, f"{', '.join(both)} staat zowel bij kolommen als bij vast")
    sources = [name for names in found.kolommen.values() for name in names]
    if len(set(sources)) != len(sources) or set(sources) & set(found.weglaten):
        raise _fault(path, "een kolom van het bestand wordt twee keer gebruikt, of ook weggelaten")
    if lost := sorted(set(found.weglaten) & set(known) - set(found.kolommen) - set(found.vast)):
        raise _fault(path, f"weglaten noemt {', '.join(lost)}, dat het contract juist vraagt")
    for target, notation in found.eenheid.items():
        if known[target].kind != "datum" or notation not in DATUMNOTATIES:
            raise _fault(path, f"eenheid van {target} is geen datumnotatie (dmj, mdj, jmd of excel)")
    for target, table in found.waarden.items():
        if known[target].kind != "code":
            raise _fault(path, f"waarden van {target}: alleen een code kan worden vertaald")
        for number, value in enumerate(table.values(), 1):
            if not allowed(known[target], value):
                raise _fault(path, f"waarden van {target}: de {number}e uitkomst past niet in het contract")
    for target, value in found.vast.items():
        if known[target].kind in ("pseudoniem", "volgnummer") or not allowed(known[target], value):
            raise _fault(path, f"vast: de waarde van {target} past niet in het contract")


def allowed(column: Column, value: str) -> bool:
    """True if the contract by itself does not rule the value out (lists in the seeds are checked at
    intake).
    """
    if value == "":
        return not column.required
    if column.codes and value in column.codes:
        return True
    if column.pattern:
        return re.fullmatch(column.pattern, value) is not None
    return not column.codes or column.codelijst is not None


class _TextLoader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]
    """Every scalar stays text (`0307` is no number, `ja` no boolean); a key written twice is an error."""

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if any(not isinstance(key, str) for key in keys) or len(set(keys)) != len(keys):
            raise yaml.YAMLError("double key")
        return dict(super().construct_mapping(node, deep=deep))


def _dict(raw: Any, path: Path, where: str) -> dict[str, Any]:
    if raw in (None, ""):
        return {}
    if not isinstance(raw, dict):
        raise _fault(path, f"{where} is geen lijst van sleutels en waarden")
    nested = where in ("koppeling", "kolommen", "waarden")
    if not nested and any(not isinstance(value, str) for value in raw.values()):
        raise _fault(path, f"{where}: een waarde is geen tekst")
    return raw


def _names(raw: Any, path: Path, where: str, *, empty: bool = False) -> tuple[str, ...]:
    names = (raw,) if isinstance(raw, str) else tuple(raw) if isinstance(raw, list) else ()
    if (not names and not empty) or any(not isinstance(name, str) or not name.strip() for name in names):
        raise _fault(path, f"{where} noemt geen kolom van het bestand")
    if len(set(names)) != len(names):
        raise _fault(path, f"{where} noemt een kolom dubbel")
    return tuple(name.strip() for name in names)


def _fault(path: Path, what: str) -> Gebruiksfout:
    return Gebruiksfout(
        f"De koppeling kan niet worden gebruikt: {what}.",
        waar=path.name,
        remedie="Pas het koppelingsbestand aan; zie docs/handleiding.",
    )
