"""The files of a release before it is certified: written in full, judged, and written again if more must be hidden.

Lives here: from protected tables to the files that the audit reads, with shares, carried schooljaren and all that
the same readers have from elsewhere. Not here: protecting and judging (disclosure), the candidate that comes of it
(candidate).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.errors import OnthullingspoortDicht
from pipelines.keys import Key
from pipelines.publication import carry, describe
from pipelines.publication.export import PARQUET, write_parquet
from pipelines.publication.files import fresh_folder
from pipelines.publication.share import with_share
from pipelines.settings import Settings
from pipelines.warehouse import TabelSpec

if TYPE_CHECKING:
    from pipelines.disclosure.format import Onthulling
    from pipelines.disclosure.history import Eerder, Uitgave
    from pipelines.disclosure.jaar import Bescherming

# Whoever reads a profiel also has these.
READ_TOGETHER = {"oogo": ("oogo", "openbaar"), "openbaar": ("openbaar",)}


def earlier(settings: Settings, profiel: str, basis: str) -> list[Uitgave]:
    """Releases that readers of `profiel` already have, in the order of profiel and time."""
    from pipelines.disclosure.history import before

    return [one for name in READ_TOGETHER[profiel] for one in before(settings.historie, name, basis)]


@dataclass
class Ontwerp:
    """The drafts of all profielen of one run. `releases`: their names by profiel."""

    settings: Settings
    specs: Sequence[TabelSpec]
    marts: Mapping[str, pa.Table]
    releases: Mapping[str, str]
    sleutel: Key
    basis: str
    tabellen: dict[str, list[describe.Tabel]] = field(default_factory=dict)
    eigen: dict[str, Onthulling] = field(default_factory=dict)
    los: frozenset[str] = frozenset()  # schooljaren not tied to the releases before their correction

    @cached_property
    def overname(self) -> dict[str, carry.Overname]:
        return {profiel: carry.find(self.settings, profiel) for profiel in self.releases}

    @cached_property
    def before(self) -> dict[str, list[Uitgave]]:
        return {profiel: earlier(self.settings, profiel, self.basis) for profiel in self.releases}

    @cached_property
    def eerder(self) -> Eerder:
        from pipelines.disclosure.history import eerder

        return eerder(one for profiel, many in self.before.items() for one in many if one.profiel == profiel)

    def folder(self, profiel: str) -> Path:
        return self.settings.warehouse / "kandidaat" / f".{profiel}.tmp"

    def discard(self) -> None:
        for profiel in self.releases:
            shutil.rmtree(self.folder(profiel), ignore_errors=True)

    def write(self, made: Mapping[str, Bescherming], los: frozenset[str] = frozenset()) -> dict[str, Path]:
        """The Parquet files and disclosure.json of every profiel; returns their folders.

        `los`: schooljaren whose corrected figures are not tied to those of earlier releases.
        """
        from pipelines.disclosure.format import BESTAND
        from pipelines.disclosure.secure import declaration
        from pipelines.disclosure.union import Stuk, together

        self.los = los
        for profiel, one in made.items():
            folder = fresh_folder(self.folder(profiel))
            self.tabellen[profiel] = self._tables(profiel, one)
            write_parquet(folder, self.tabellen[profiel])
            self.eigen[profiel] = self._carried(profiel, declaration(one, self.releases[profiel], PARQUET))
        for profiel, one in made.items():
            also = {
                f"{name}/{self.releases[name]}": Stuk(self.eigen[name], self.folder(name))
                for name in READ_TOGETHER[profiel]
                if name in made and name != profiel
            }
            stand = {jaar: dict(zip(year.names, year.stand, strict=True)) for jaar, year in one.jaren.items()}
            whole = together(
                self.eigen[profiel], also, self.before[profiel], stand, self.folder(profiel), los
            )
            whole.write(self.folder(profiel) / BESTAND)
        return {profiel: self.folder(profiel) for profiel in made}

    def _tables(self, profiel: str, one: Bescherming) -> list[describe.Tabel]:
        safe = {}
        for spec in one.specs:
            self._same_niveau(profiel, spec)
            table = one.tables[spec.tabel]
            safe[spec.tabel] = with_share(table, self.marts[spec.tabel], spec, one.drempel)
        whole = carry.carry(self.overname[profiel], one.specs, safe)
        return [describe.published(spec, whole[spec.tabel]) for spec in one.specs]

    def _same_niveau(self, profiel: str, spec: TabelSpec) -> None:
        """OnthullingspoortDicht if readers have amounts of this table on another niveau: together they tell more."""
        from pipelines.disclosure.dominance import SOORTEN, told_elsewhere
        from pipelines.disclosure.history import TABELLEN

        if not any(figuur.soort in SOORTEN for figuur in spec.figuren):
            return
        for uitgave in self.before[profiel]:
            path = uitgave.pad / TABELLEN / f"{spec.tabel}.parquet"
            if path.is_file() and told_elsewhere(pq.read_table(path), spec):
                raise OnthullingspoortDicht(
                    f"De bedragen van {spec.tabel} zijn eerder op een ander niveau gepubliceerd.",
                    waar=f"publicatie {uitgave.release}, profiel {uitgave.profiel}",
                    remedie="Zet in de verklaring van de mart het niveau van toen terug: lezers hebben dat nog.",
                )

    def _carried(self, profiel: str, own: Onthulling) -> Onthulling:
        """The declaration with the schooljaren that carry over, as the history has them.

        Raises OnthullingspoortDicht if it does not: what is not declared is not audited.
        """
        from pipelines.disclosure.history import uitgaven
        from pipelines.disclosure.union import carried

        overname = self.overname[profiel]
        by_release = {one.release: one for one in uitgaven(self.settings.historie, profiel)}
        for item in overname.herkomst:
            origin = by_release.get(item["release"])
            if origin is None:
                raise OnthullingspoortDicht(
                    f"Van schooljaar {item['schooljaar']} is niet vastgelegd wat er is gepubliceerd.",
                    waar=f"historie/{profiel}, publicatie {item['release']}",
                    remedie="Zet de map historie terug uit een reservekopie, en voer `oa run` uit.",
                )
            own = carried(own, origin, item["schooljaar"])
        return own

    def record(self, profiel: str, one: Bescherming, target: Path) -> None:
        """What the history will say of this release, in a folder that publishing moves."""
        from pipelines.disclosure.history import record
        from pipelines.disclosure.jaar import record_of

        shutil.rmtree(target, ignore_errors=True)
        files = [self.folder(profiel) / name for name in sorted({t.file for t in self.eigen[profiel].tables})]
        record(
            target,
            profiel,
            self.releases[profiel],
            self.basis,
            record_of(one),
            self.eigen[profiel],
            files,
            self.los,
        )
