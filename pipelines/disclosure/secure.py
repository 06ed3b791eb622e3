"""Protect and audit in turn until the audit certifies every profiel, or say that it does not.

Lives here: the turns, and what a finding of the audit means for the next one. Not here: protecting (protect),
judging (audit), writing the files that are judged (the caller's). The audit sees only those files; what it returns
is which cells are weak, so that more is hidden there. The verdict is over the files of the last turn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.disclosure.audit import Oordelen, audit_spec
from pipelines.disclosure.audit_readers import own_counts, with_own_counts
from pipelines.disclosure.audit_report import AuditReport, Zwak
from pipelines.disclosure.cells import CONTEXT_KOLOMMEN, Context, Key
from pipelines.disclosure.declare import declare
from pipelines.disclosure.format import Onthulling, read
from pipelines.disclosure.history import Eerder
from pipelines.disclosure.jaar import OOGO, Bescherming, Jaar
from pipelines.disclosure.kaart import TOTAAL, Kaart
from pipelines.disclosure.protect import KRUISING, protect
from pipelines.disclosure.publish import ONDERDRUKT
from pipelines.disclosure.union import UITGAVE
from pipelines.keys import Key as Sleutel
from pipelines.progress import Meld, silent

ROUNDS = 16
PATIENCE = 4  # turns after which a population with weak cells shows no count but zero
TIED = 5  # turns after which a corrected schooljaar is judged apart from the releases before its correction
LONG, FEW = 9, 10  # the same for a few findings, and all for a bronhouder
LAST = 12  # turns after which that holds too for what is weak only for a bronhouder
FAR = 1000.0  # an exact figure, and more so that of a place or region, is missed more than a rounded one
HOPEFUL = 0.75  # of the findings of the turn before; more than that, and tying it longer will not help
Draft = Callable[[Mapping[str, Bescherming], frozenset[str]], Mapping[str, Path]]


@dataclass
class Veilig:
    """What may be published if every verdict is `certified`, and the verdicts over the drafts."""

    bescherming: Mapping[str, Bescherming]
    oordeel: Mapping[str, AuditReport]
    rondes: int
    los: frozenset[str] = frozenset()  # schooljaren judged apart from the releases before their correction

    @property
    def certified(self) -> bool:
        return all(report.certified for report in self.oordeel.values())


def secure(
    tables: Mapping[str, pa.Table],
    specs: Sequence[Any],
    drempels: Mapping[str, int],
    sleutel: Sleutel,
    draft: Draft,
    eerder: Eerder | None = None,
    meld: Meld = silent,
    bronhouders: bool = False,
) -> Veilig:
    """Protect until the audit certifies every profiel, at most ROUNDS times.

    `bronhouders`: for profiel oogo protect and audit for every bronhouder too, by the crossing in `tables` that tells
    what they count.
    `draft` writes what was made and returns per profiel the folder with its disclosure.json, in which it ties a
    corrected schooljaar to earlier releases unless it is told not to. Raises what `protect` and `draft`
    raise; a verdict other than certified is returned, and it is the caller's to publish nothing then.
    """
    extra: dict[str, dict[Key, int]] = {profiel: {} for profiel in drempels}
    heel: dict[str, set[Context]] = {profiel: set() for profiel in drempels}
    judged, los = Oordelen(), frozenset()
    jaren: dict[str, Jaar] | None = None
    begin = before = 0
    for ronde in range(1, ROUNDS + 1):
        made = protect(tables, specs, drempels, sleutel, eerder, extra, jaren, heel, los, bronhouders)
        jaren = dict(next(iter(made.values())).jaren)
        verdict = {}
        for profiel, folder in draft(made, los).items():
            spec = read(folder)
            known = None
            if bronhouders and profiel == OOGO and KRUISING in tables:  # who delivers knows more
                spec = with_own_counts(spec)
                known = own_counts(spec, tables[KRUISING])
            too = f", ook met wat {len(known)} lezers zelf tellen" if known else ""
            meld(f"Onthullingscontrole, ronde {ronde}: {profiel} onderzoeken{too}")
            verdict[profiel] = audit_spec(spec, folder, known=known, weakest=True, eerder=judged)
        found = sum(sum(report.reasons.values()) for report in verdict.values())
        if not any(report.weakest for report in verdict.values()) or ronde == ROUNDS:
            return Veilig(made, verdict, ronde, los)  # in order, or hiding more will not put it in order
        meld(f"Onthullingscontrole, ronde {ronde}: {found} cijfers nog te nauw in te sluiten; meer verbergen")
        ways = {
            profiel: {
                key
                for one in report.weakest
                if (key := _in_the_way(one, jaren, extra[profiel], profiel, eerder, los))
            }
            for profiel, report in verdict.items()
        }
        readers = all(one.lezer for report in verdict.values() for one in report.weakest)
        patient = found <= FEW and readers and any(ways.values())
        tired = ronde >= LONG if patient else ronde >= TIED or (ronde > 1 and found > HOPEFUL * before)
        before = found
        if tired and not los and eerder and (open_ := _years(verdict) & eerder.schooljaren):
            los, begin = open_, ronde
            for profiel in extra:
                extra[profiel] = {
                    key: n for key, n in extra[profiel].items() if dict(key[0])["schooljaar"] not in los
                }
                heel[profiel] = {
                    context for context in heel[profiel] if dict(context)["schooljaar"] not in los
                }
            jaren = {jaar: one for jaar, one in jaren.items() if jaar not in los}
            continue
        for profiel, report in verdict.items():
            found_weak = [
                (one, key)
                for one in report.weakest
                if (key := _key(one.context, one.members, jaren)) is not None
            ]
            extra[profiel] |= dict.fromkeys(ways[profiel], 1)
            # what only a bronhouder encloses is helped by hiding what encloses it, as long as there is such a figure
            weak = [key for one, key in found_weak if not (one.lezer and ways[profiel]) or _empty(key, jaren)]
            for patience, who in ((PATIENCE, lambda one: not one.lezer), (LAST, lambda _: True)):
                if ronde - begin >= patience:
                    heel[profiel] |= {key[0] for one, key in found_weak if who(one)}
            amiss = {context for context, _ in weak}
            doubtful = [k for one in jaren.values() for k in one.unsafe[profiel] if k[0] in amiss]
            for key in weak + [k for k in doubtful if _empty(k, jaren)]:
                # an empty cell that turns out to be certain is shown, and what one profiel shows the others do
                for other in extra if _empty(key, jaren) else (profiel,):
                    extra[other][key] = extra[other].get(key, 0) + 1
    raise AssertionError("unreachable")


def declaration(one: Bescherming, release: str, folder: str = "parquet") -> Onthulling:
    """The disclosure.json of one profiel by itself, its files in `folder` beside it."""
    kaarten = {jaar: made.kaart for jaar, made in one.jaren.items()}
    return declare(one.tables, one.specs, kaarten, one.drempel, release, folder)


def _years(verdict: Mapping[str, AuditReport]) -> frozenset[str]:
    return frozenset(one.context["schooljaar"] for report in verdict.values() for one in report.weakest)


def _empty(key: Key, jaren: Mapping[str, Jaar]) -> bool:
    cellen = jaren[dict(key[0])["schooljaar"]].cellen
    at = cellen.index.get(key)
    return at is not None and cellen.value[at] == 0


def _in_the_way(
    weak: Zwak,
    jaren: Mapping[str, Jaar],
    asked: Mapping[Key, int],
    profiel: str,
    eerder: Eerder | None,
    los: frozenset[str] = frozenset(),
) -> Key | None:
    """Of the figures that enclose a count for one reader, the one that is best missed; None if there is none.

    What is out already, in a release of before or as the same count in this one, cannot be taken back.
    """
    best, least = None, np.inf
    tied = eerder if weak.context["schooljaar"] not in los else None
    for context, members in weak.door:
        key = None if UITGAVE in context else _key(context, members, jaren)
        if key is None or key in asked:
            continue
        one = jaren[context["schooljaar"]]
        at = one.cellen.index.get(key)
        if (
            at is None
            or one.cellen.fixed[at]
            or not one.cellen.value[at]
            or one.status[profiel][at] == ONDERDRUKT
            or (tied is not None and tied.told(profiel, one.names[at], one.stand[at]))
        ):
            continue
        price = np.log2(2.0 + one.cellen.value[at])
        if not one.cellen.rounded[at]:
            price = FAR + one.cellen.value[at] * (1 + FAR * one.cellen.rank[at])
        if price < least:
            best, least = key, price
    return best


def _key(in_context: Mapping[str, str], by_name: Mapping[str, str], jaren: Mapping[str, Jaar]) -> Key | None:
    """The cell that the audit means, by the names that the suppressor uses; None if it is no longer made here."""
    if in_context["schooljaar"] not in jaren:
        return None
    kaart: Kaart = jaren[in_context["schooljaar"]].kaart
    order = ("populatie", *CONTEXT_KOLOMMEN)
    context = tuple((name, in_context[name]) for name in order if name in in_context)
    members = {}
    for dim, name in by_name.items():
        members[dim] = name
        for prefix in ("", "swv ", "schoolgemeente ", "bestuur ", "jeugdregio "):
            if dim in kaart.sets and prefix + name in kaart.sets[dim]:
                members[dim] = kaart.naam(dim, prefix + name)
                break
    return context, tuple(sorted((d, m) for d, m in members.items() if m != TOTAAL))
