"""The verdict on one delivery: what is wrong, where, and what to do about it.

Lives here: `Bevinding` and `Oordeel` and their Dutch text. Not here: how the verdict is reached (check)
or where it is kept (quarantine). A verdict holds names of contract columns, row numbers and counts, never
a value.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pipelines.errors import OaError
from pipelines.intake.levering import Naam
from pipelines.intake.manifest import Manifest


@dataclass(frozen=True)
class Bevinding:
    """One thing found. `rijen` are the first row numbers as a person sees them in the file (header is row
    1).
    """

    regel: str
    wat: str
    remedie: str
    kolom: str = ""
    aantal: int = 0
    rijen: tuple[int, ...] = ()
    waar: str = ""

    def plaats(self) -> str:
        """`kolom start_op, rij 3, 7 en nog 4 rijen`; empty if it concerns the whole file."""
        parts = [self.waar] if self.waar else []
        if self.kolom:
            parts.append(f"kolom {self.kolom}")
        if self.rijen:
            rows = ", ".join(str(row) for row in self.rijen)
            more = self.aantal - len(self.rijen)
            parts.append(f"rij {rows}" + (f" en nog {more}" if more > 0 else ""))
        return ", ".join(parts)

    @classmethod
    def from_error(cls, error: OaError, regel: str) -> Bevinding:
        return cls(regel=regel, wat=error.wat, remedie=error.remedie, waar=error.waar)


@dataclass(frozen=True)
class Oordeel:
    """`goed` means: fits the contract. `overgeslagen` are rows that a rule with a tolerance leaves out."""

    bestand: str
    sha256: str
    naam: Naam | None = None
    manifest: Manifest | None = None
    contractversie: str = ""
    rijen: int = 0
    bevindingen: tuple[Bevinding, ...] = ()
    overgeslagen: tuple[Bevinding, ...] = ()
    weggelaten: tuple[str, ...] = ()
    contact: str = ""

    @property
    def goed(self) -> bool:
        return not self.bevindingen

    @property
    def kolommen_wijken_af(self) -> bool:
        """True if the columns, or the name, are not those of a delivery: perhaps it is an export."""
        return any(item.regel.startswith(("kolom_", "bestandsnaam")) for item in self.bevindingen)

    @property
    def stap(self) -> int:
        """How many steps of pseudonymisation the delivery has had."""
        return self.manifest.stap if self.manifest else 1

    def tekst(self) -> str:
        """The verdict as Dutch text, ready to show or to send back."""
        lines = [f"{self.bestand}: {'past bij het contract' if self.goed else 'geweigerd'}"]
        if self.rijen:
            lines.append(f"Rijen: {self.rijen}")
        if self.weggelaten:
            lines.append(f"Niet overgenomen kolommen: {', '.join(self.weggelaten)}")
        for title, items in (
            ("Niet overgenomen rijen", self.overgeslagen),
            ("Wat er niet goed is", self.bevindingen),
        ):
            if items:
                lines += ["", f"{title}:"]
            for number, item in enumerate(items, 1):
                often = f" ({item.aantal} rijen)" if item.aantal > 1 else ""
                lines.append(f"{number}. {_sentence(item.wat)}{often}")
                if item.plaats():
                    lines.append(f"   Waar: {item.plaats()}")
                lines.append(f"   Wat te doen: {item.remedie}")
        if not self.goed:
            lines += [
                "",
                "Er is niets van deze levering overgenomen. "
                "Verbeter het bestand in het bronsysteem en lever opnieuw.",
            ]
            if self.contact:
                lines.append(f"Vragen: {self.contact}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, Any]:
        """For machines: the same facts, no text of the file."""
        return {
            "bestand": self.bestand,
            "sha256": self.sha256,
            "goed": self.goed,
            "contract": self.naam.contract if self.naam else None,
            "contractversie": self.contractversie or None,
            "bronhouder": self.naam.bronhouder if self.naam else None,
            "schooljaar": self.naam.schooljaar if self.naam else None,
            "leverdatum": self.naam.leverdatum.isoformat() if self.naam else None,
            "rijen": self.rijen,
            "bevindingen": [asdict(item) for item in self.bevindingen],
            "overgeslagen": [asdict(item) for item in self.overgeslagen],
            "weggelaten": list(self.weggelaten),
        }


def _sentence(text: str) -> str:
    return text if text.endswith(".") else f"{text}."
