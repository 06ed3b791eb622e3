"""What came of a check, as plain values.

Lives here: `Uitslag` (of one check) and `Oordeel` (of a whole gate); `Controle` comes from the suites. Not
here: running a check. An outcome holds counts and the names of deliveries, tables and columns, never a
value.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import expectations.suites
from expectations.suites import Controle
from pipelines.errors import KwaliteitspoortDicht

__all__ = ["Controle", "Oordeel", "Uitslag", "rules_version"]
_SHOWN = 10
_PLACES = 3


@dataclass(frozen=True)
class Uitslag:
    """What a check found: how many of how many deviate, and at which places.

    `ernst` is `fout`; a check that someone softened to anything else does not count as passed.
    """

    naam: str
    tabel: str
    geslaagd: bool
    aantal_afwijkend: int
    noemer: int
    waarom: str = ""
    remedie: str = ""
    ernst: str = "fout"
    plaatsen: tuple[str, ...] = ()

    @property
    def goed(self) -> bool:
        return self.geslaagd is True and self.ernst == "fout"

    def told(self) -> str:
        """`geen_klein_aantal: 3 van 120 (in koppelgraad.gekoppeld)`."""
        shown = ", ".join(self.plaatsen[:_PLACES]) + (" ..." if len(self.plaatsen) > _PLACES else "")
        return f"{self.naam}: {self.aantal_afwijkend} van {self.noemer} (in {shown or self.tabel})"


@dataclass(frozen=True)
class Oordeel:
    """The verdict of one gate over exactly the input with this fingerprint. No checks is no verdict.

    `hergebruikt`: the same checks judged the same input before, and that verdict still stands.
    """

    poort: str
    invoer: str
    uitslagen: tuple[Uitslag, ...]
    hergebruikt: bool = False

    @property
    def geslaagd(self) -> bool:
        return bool(self.uitslagen) and all(item.goed for item in self.uitslagen)

    @property
    def gezakt(self) -> list[Uitslag]:
        return [item for item in self.uitslagen if not item.goed]

    @property
    def controles(self) -> list[dict[str, Any]]:
        """The outcomes in the shape in which evidence is recorded."""
        return [asdict(item) | {"plaatsen": list(item.plaatsen)} for item in self.uitslagen]

    @classmethod
    def recorded(cls, poort: str, invoer: str, controles: list[dict[str, Any]]) -> Oordeel:
        """A verdict as it was recorded."""
        return cls(
            poort,
            invoer,
            tuple(Uitslag(**item | {"plaatsen": tuple(item["plaatsen"])}) for item in controles),
            hergebruikt=True,
        )

    def require(self) -> None:
        """Raise KwaliteitspoortDicht, naming what failed and how many, unless every check passed."""
        if self.geslaagd:
            return
        failed = self.gezakt
        told = [item.told() for item in failed[:_SHOWN]]
        if len(failed) > _SHOWN:
            told.append(f"en nog {len(failed) - _SHOWN}")
        remedies = dict.fromkeys(item.remedie for item in failed if item.remedie)
        raise KwaliteitspoortDicht(
            f"De kwaliteitspoort {self.poort} is dicht: {len(failed)} van {len(self.uitslagen)} controles "
            "gezakt.",
            waar="; ".join(told) or "er is geen enkele controle uitgevoerd",
            remedie=" ".join([*list(remedies)[:3], "De vorige publicatie blijft staan."]),
        )


def rules_version() -> str:
    """16 hex over the suites, the gates' code and the library: a verdict under other rules is another
    verdict."""
    digest = hashlib.sha256(version("great-expectations").encode())
    for folder in (Path(expectations.suites.__file__).parent, Path(__file__).parent):
        for path in sorted(folder.glob("*.py")):
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
