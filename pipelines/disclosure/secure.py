"""Protect and audit in turn until the audit certifies, or say that it does not.

Lives here: writing a draft of both profielen, having it audited, and hiding more where the audit says so. Not
here: protecting (protect), judging (audit). The audit sees only the draft's files; what it returns is which cells
are weak, so that more is hidden there. Its verdict over the last draft is returned with the tables, and the gate
before publication judges the written release once more by itself.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.disclosure.audit import Oordelen, audit_spec
from pipelines.disclosure.audit_report import AuditReport, Zwak
from pipelines.disclosure.cells import CONTEXT_KOLOMMEN, TOTAAL, Kaart, Key
from pipelines.disclosure.declare import declare
from pipelines.disclosure.format import BESTAND, Onthulling
from pipelines.disclosure.protect import Bescherming, Eerder, protect
from pipelines.keys import Key as Sleutel

ROUNDS = 8


@dataclass
class Veilig:
    """Both profielen as they may be published, with their declarations and the audit of the draft."""

    bescherming: dict[str, Bescherming]
    onthulling: dict[str, Onthulling]
    oordeel: dict[str, AuditReport]
    rondes: int


def secure(
    tables: Mapping[str, pa.Table],
    specs: Sequence[Any],
    drempels: Mapping[str, int],
    sleutel: Sleutel,
    release: str = "",
    eerder: Eerder | None = None,
) -> Veilig:
    """Protect until the audit certifies every profiel, at most ROUNDS times.

    The last verdict is in `oordeel`; nothing is published on any other than certified. Raises what `protect` raises.
    """
    extra: dict[str, dict[Key, int]] = {profiel: {} for profiel in drempels}
    judged, jaren = Oordelen(), None
    with tempfile.TemporaryDirectory(prefix="onthulling-") as folder:
        for ronde in range(1, ROUNDS + 1):
            made = protect(tables, specs, drempels, sleutel, eerder, extra, jaren)
            jaren = next(iter(made.values())).jaren
            found = {p: _draft(one, Path(folder) / p, release) for p, one in made.items()}
            verdict = {p: audit_spec(spec, Path(folder) / p, weakest=True, eerder=judged) for p, spec in found.items()}
            if all(r.certified for r in verdict.values()) or ronde == ROUNDS:
                return Veilig(made, found, verdict, ronde)
            for profiel, report in verdict.items():
                for weak in report.weakest:
                    key = _key(weak, made[profiel].jaren)
                    extra[profiel][key] = extra[profiel].get(key, 0) + 1
    raise AssertionError("unreachable")


def declaration(one: Bescherming, release: str, folder: str = "parquet") -> Onthulling:
    """The disclosure.json of one profiel by itself, its files in `folder` beside it."""
    kaarten = {jaar: made.kaart for jaar, made in one.jaren.items()}
    return declare(one.tables, one.specs, kaarten, one.drempel, release, folder)


def _draft(one: Bescherming, folder: Path, release: str) -> Onthulling:
    (folder / "parquet").mkdir(parents=True, exist_ok=True)
    found = declaration(one, release or "ontwerp")
    for name in {Path(t.file).stem for t in found.tables}:
        pq.write_table(one.tables[name], folder / "parquet" / f"{name}.parquet")
    found.write(folder / BESTAND)
    return found


def _key(weak: Zwak, jaren: Mapping[str, Any]) -> Key:
    """The cell that the audit means, by the names that the suppressor uses."""
    kaart: Kaart = jaren[weak.context["schooljaar"]].kaart
    order = ("populatie", *CONTEXT_KOLOMMEN)
    context = tuple((name, weak.context[name]) for name in order if name in weak.context)
    members = {}
    for dim, name in weak.members.items():
        members[dim] = name
        for prefix in ("", "swv ", "schoolgemeente ", "bestuur ", "jeugdregio "):
            if dim in kaart.sets and prefix + name in kaart.sets[dim]:
                members[dim] = kaart.naam(dim, prefix + name)
                break
    return context, tuple(sorted((d, m) for d, m in members.items() if m != TOTAAL))
