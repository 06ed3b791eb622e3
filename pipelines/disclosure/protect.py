"""From true marts to tables that may be published, for every profiel at once.

Lives here: the order of the steps and which cell ends with which status. Not here: the cells (cells), the search
(suppress), rounding and its joint check (rounding, narrow), the shape of the tables (publish), the verdict
whether a release is in order (audit, which shares nothing with this).

Profiel `oogo` has the lower drempel and every table; `openbaar` follows with the higher one, and hides at least
what `oogo` hides: whoever has both then sees no more than a reader of `oogo`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.disclosure import suppress as search
from pipelines.disclosure.cells import LEERLING, MET_ONDERWIJS, Cellen, Context, Key, collect, columns
from pipelines.disclosure.history import Eerder, stands
from pipelines.disclosure.insiders import left_for_others
from pipelines.disclosure.jaar import (
    GEBIED,
    OOGO,
    OPENBAAR,
    SCHOOL,
    Bescherming,
    Jaar,
    among,
    identity,
    published,
    said,
)
from pipelines.disclosure.kaart import Kaart
from pipelines.disclosure.moves import ties, with_shares
from pipelines.disclosure.overige import ONBEKEND, merge_rows, schools_of, small_schools
from pipelines.disclosure.pools import pools
from pipelines.disclosure.protect_rounded import protect_rounded
from pipelines.disclosure.protect_tables import protected_tables
from pipelines.disclosure.publish import GETOOND, NIET_TE_BEPALEN, ONDERDRUKT
from pipelines.keys import Key as Sleutel

KRUISING = "grijs_gebied_school_gemeente"  # never published; tells what a bronhouder knows of its own


def protect(
    tables: Mapping[str, pa.Table],
    specs: Sequence[Any],
    drempels: Mapping[str, int],
    sleutel: Sleutel,
    eerder: Eerder | None = None,
    extra: Mapping[str, Mapping[Key, int]] | None = None,
    vorige: Mapping[str, Jaar] | None = None,
    heel: Mapping[str, Set[Context]] | None = None,
    los: Set[str] = frozenset(),
    bronhouders: bool = False,
) -> dict[str, Bescherming]:
    """Protected tables per profiel of `drempels`.

    `tables`: the true marts by published name, whole (not limited to a profiel), with `dim_school`
    (vestigingscode, bestuur, swv, gemeente), `dim_gemeente` (gemeente, jeugdregio) and, for what insiders know,
    `grijs_gebied_school_gemeente`. `extra`: per profiel the cells that the audit found too weak, and how often;
    `heel`: per profiel the populations of which no count but zero is shown any more, as nothing less was enough;
    `los`: schooljaren that owe nothing to earlier releases; `vorige`: what an earlier round made of each schooljaar. A
    schooljaar without weak cells stays as it was, and the others keep as much of it as they can. `bronhouders`: also
    hide the exact sums that leave a bestuur too few others. Nothing here is proof: `unsafe` per schooljaar are the
    cells for which no way to protect them was found, and the audit says what is safe.
    """
    counted = [s for s in specs if s.figuren]
    eerder = eerder or Eerder()
    low = drempels.get(OOGO, drempels.get(OPENBAAR, 0))
    source = dict(tables)
    jaren: dict[str, Jaar] = {}
    school = columns(source[SCHOOL])
    small = {jaar: small_schools(schools_of(school, jaar), low) for jaar in sorted(set(school["schooljaar"]))}
    source[SCHOOL] = merge_rows(source[SCHOOL], small)
    for jaar in small:
        was = (vorige or {}).get(jaar)
        wanted = {p: {k: n for k, n in (extra or {}).get(p, {}).items() if _of(k, jaar)} for p in drempels}
        whole = {p: frozenset(c for c in (heel or {}).get(p, ()) if _of((c, ()), jaar)) for p in drempels}
        known = Eerder() if jaar in los else eerder
        if was is not None and (was.gevraagd, was.heel) == (wanted, whole):
            jaren[jaar] = was
            continue
        kaart = was.kaart if was else _kaart(source, jaar, small[jaar], school)
        one = Jaar(
            kaart, was.cellen if was else collect(source, counted, jaar, kaart), gevraagd=wanted, heel=whole
        )
        one.names = was.names if was else [identity(key) for key in one.cellen.keys]
        one.stand = was.stand if was else stands(sleutel, one.names, one.cellen.value)
        jaren[jaar] = one
        hidden = np.zeros(len(one.cellen.keys), dtype=bool)
        kruising = source.get(KRUISING)
        rest = left_for_others(one, kruising, jaar, low) if bronhouders and kruising is not None else None
        for profiel in (OOGO, OPENBAAR):
            if profiel in drempels:
                kept = was.status[profiel] == ONDERDRUKT if was else None
                hidden = _protect_exact(
                    one, counted, profiel, drempels[profiel], hidden, known, wanted[profiel], kept, rest
                )
                if profiel == OOGO:
                    protect_rounded(one, drempels[OOGO], sleutel, kruising, jaar, known, wanted[OOGO])
    return {
        profiel: Bescherming(
            profiel,
            drempel,
            protected_tables(source, specs, profiel, drempel, jaren, small),
            jaren,
            [s for s in specs if profiel in s.profielen],
        )
        for profiel, drempel in drempels.items()
    }


def _of(key: Key, jaar: str) -> bool:
    return dict(key[0]).get("schooljaar") == jaar


def _kaart(source: Mapping[str, pa.Table], jaar: str, small: set[str], school: dict[str, list]) -> Kaart:
    """The places that occur in a schooljaar: what does not occur holds nobody, and every reader can see that."""
    dim = columns(source["dim_school"])
    gemeente = dict(zip(dim["vestigingscode"], dim["gemeente"], strict=True))
    place = {
        code: (swv, bestuur, gemeente.get(code) or ONBEKEND)
        for swv, bestuur, code, _ in schools_of(school, jaar)
    }
    gebied = columns(source[GEBIED])
    regio = columns(source["dim_gemeente"])
    region = dict(zip(regio["gemeente"], regio["jeugdregio"], strict=True))
    woon = {
        g: region.get(g) or ONBEKEND
        for j, soort, g in zip(gebied["schooljaar"], gebied["gebied_soort"], gebied["gebied"], strict=True)
        if j == jaar and soort == "woongemeente"
    }
    return Kaart(woon, place, small)


def _protect_exact(
    one: Jaar,
    specs,
    profiel: str,
    drempel: int,
    before: np.ndarray,
    eerder: Eerder,
    wanted: Mapping[Key, int],
    kept: np.ndarray | None = None,
    rest: np.ndarray | None = None,
) -> np.ndarray:
    """Decide the exact cells; returns what is hidden (all cells). `kept`: hidden in an earlier round; `rest`: what
    tells a bestuur too much about the others."""
    c = one.cellen
    visible = published(one, specs, profiel)
    exact = ~c.rounded
    stubborn, around = _stubborn(c, wanted)
    inside = np.flatnonzero(exact | around)
    number = np.full(len(c.keys), -1)
    number[inside] = np.arange(len(inside))
    primary = exact & visible & (c.behind > 0) & (c.behind < drempel) & ~c.fixed & ~c.unseen
    group = np.zeros(len(c.keys), dtype=bool)
    for cell, above in c.groups:
        if exact[cell] and exact[above] and visible[above] and c.value[above] >= drempel:
            group[cell] = True
    if rest is not None and profiel == OOGO:
        group |= rest & exact & (c.value > 0)
    group &= visible & ~c.fixed & ~c.unseen
    times = np.array([wanted.get(k, 0) for k in c.keys]) if wanted else np.zeros(len(c.keys), np.int64)
    forced = times > 0
    # A zero hidden for the sake of others that turned out to be certain hides nothing: show it, and look elsewhere.
    certain = (forced | c.barren) & (c.value == 0) & ~group
    forced &= ~certain
    times[certain] = 0
    shown_before, hidden_before = said(one, profiel, eerder)
    whole = exact & among(c, one.heel[profiel])
    forced |= whole & (c.value > 0) & ~shown_before
    certain |= whole & (c.value == 0) & ~group & ~before & ~hidden_before
    forced |= hidden_before & ~certain  # the pattern of the previous release, wherever the count is the same
    if kept is not None:
        hidden_before = hidden_before | kept
    loose = (exact & ~c.fixed & (c.unseen | ~visible)) | (around & ~c.fixed & ~stubborn)
    equal = list(c.equal)
    if profiel == OOGO:
        equal += _known_to_gemeente(c)
    primary |= group | (before & exact & visible) | (forced & exact) | stubborn
    primary &= ~loose & ~c.fixed & ~certain
    tie, value, homes = with_shares(
        ties(len(inside), equal, c.at_most, c.value, number), c.shares, c.value, number
    )
    more = len(value) - len(inside)
    pool = pools(one.kaart, [c.keys[i] for i in inside])

    def wider(mask: np.ndarray, fill: bool = False) -> np.ndarray:
        return np.concatenate([mask[inside], np.full(more, fill, dtype=mask.dtype)])

    pattern = search.suppress(
        search.Problem(
            value,
            tie,
            wider(primary),
            wider(c.fixed | certain | (shown_before & ~primary)),
            wider(loose, True),
            wider(group),
            wider(hidden_before),
            drempel - 1 + 2 * wider(times, 0),
            drempel,
            wider(c.rank, 0),
            np.concatenate([pool, pool[homes]]),
        )
    )
    one.programs += pattern.programs
    unsafe = inside[np.flatnonzero(pattern.unsafe[: len(inside)])]
    one.unsafe[profiel] = [
        c.keys[i] for i in unsafe
    ]  # no way was found; whether there is one, the audit says
    hidden = np.zeros(len(c.keys), dtype=bool)
    hidden[inside] = pattern.hidden[: len(inside)]
    hidden &= exact
    status = np.full(len(c.keys), GETOOND)
    status[hidden] = ONDERDRUKT
    status[c.unseen] = NIET_TE_BEPALEN
    one.status[profiel] = status
    small = exact & visible & (c.behind > 0) & (c.behind < drempel)
    one.primary[profiel] = (small | group) & hidden
    return hidden


def _stubborn(c: Cellen, wanted: Mapping[Key, int]) -> tuple[np.ndarray, np.ndarray]:
    """Rounded cells that hiding them and what is rounded around them did not help, and all that is rounded there.

    Then an exact sum encloses them, and the search for what else to hide has to know the vestigingen too.
    """
    stubborn, contexts = np.zeros(len(c.keys), bool), set()
    for key, times in wanted.items():
        at = c.index.get(key)
        if at is not None and times > 1 and c.rounded[at] and c.value[at] > 0 and not c.fixed[at]:
            stubborn[at] = True
            contexts.add(key[0])
    return stubborn, c.rounded & among(c, contexts)


def _population(context: Sequence[tuple[str, str]], populatie: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, populatie if name == "populatie" else value) for name, value in context)


def _known_to_gemeente(c: Cellen) -> list[tuple[int, list[int]]]:
    """A gemeente knows how many pupils have its jeugdhulp: samenloop and alleen_jeugdhulp together are no secret."""
    found = []
    for (context, members), i in c.index.items():
        at = dict(members)
        if (
            dict(context).get("populatie") == LEERLING
            and "reden" not in dict(context)
            and at.keys() == {"woongemeente", "categorie"}
            and at["categorie"] == "samenloop"
        ):
            other = c.index.get((context, tuple(sorted({**at, "categorie": "alleen_jeugdhulp"}.items()))))
            onderwijs = c.index.get(
                (_population(context, MET_ONDERWIJS), (("woongemeente", at["woongemeente"]),))
            )
            # where nobody has onderwijs, everyone may know that all with jeugdhulp have only that
            nobody = onderwijs is None or c.value[onderwijs] == 0
            if other is not None and not nobody:
                found.append((-1, [i, other]))
    return found
