"""The gate after the warehouse: the candidate, read back from the files that would be published.

Lives here: the verdict with its evidence. Not here: the checks (expectations/suites/publicatie.py), counting
what they look at (telling) and whether a hidden figure can be worked out (disclosure).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipelines.gates.model import Oordeel, rules_version
from pipelines.gates.telling import KEYS, candidate_frames
from pipelines.progress import Meld, silent
from pipelines.publication import Kandidaat, evidence
from pipelines.settings import Settings
from pipelines.warehouse import TabelSpec, dbt_manifest, published_tables


def judge_kandidaat(settings: Settings, kandidaat: Kandidaat, meld: Meld = silent) -> Oordeel:
    """Judge the files of exactly this candidate and record the verdict, unless it stands already."""
    needed = evidence.Vereist(evidence.PUBLICATIE, kandidaat.vingerafdruk, kandidaat.bestanden)
    known = evidence.standing(settings, needed, kandidaat.profiel, rules_version())
    if known is not None:
        return Oordeel.recorded(evidence.PUBLICATIE, kandidaat.vingerafdruk, known)
    evidence.withdraw(settings, evidence.PUBLICATIE, kandidaat.profiel)
    meld(f"Kwaliteitspoort: kandidaat {kandidaat.profiel} beoordelen")
    specs = [spec for spec in published_tables(dbt_manifest(settings)) if kandidaat.profiel in spec.profielen]
    oordeel = judge_publication(
        kandidaat.pad, specs, settings.drempel(kandidaat.profiel), kandidaat.vingerafdruk
    )
    evidence.record(
        settings,
        evidence.PUBLICATIE,
        profiel=kandidaat.profiel,
        vingerafdruk=kandidaat.vingerafdruk,
        bestanden=kandidaat.bestanden,
        controles=oordeel.controles,
        regels=rules_version(),
    )
    return oordeel


def judge_publication(folder: Path, specs: Sequence[TabelSpec], drempel: int, invoer: str) -> Oordeel:
    """The verdict over a candidate's files, held against how the tables declare themselves."""
    from expectations.suites.publicatie import CONTROLES
    from pipelines.gates import engine

    return Oordeel(
        "publicatie", invoer, engine.run(CONTROLES, candidate_frames(folder, specs, drempel), KEYS)
    )
