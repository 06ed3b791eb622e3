"""From true marts to tables that may be published, for every profiel at once.

Lives here: the order of the steps and which cell ends with which status. Not here: the cells (cells), the search
(suppress), rounding and its joint check (rounding, narrow), the shape of the tables (publish), the verdict
whether a release is in order (audit, which shares nothing with this).

Profiel `oogo` has the lower drempel and every table; `openbaar` follows with the higher one, and hides at least
what `oogo` hides: whoever has both then sees no more than a reader of `oogo`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.disclosure.cells import (
    LEERLING,
    MET_ONDERWIJS,
    TOTAAL,
    Cellen,
    Context,
    Kaart,
    Key,
    collect,
    columns,
)
from pipelines.disclosure.declare import with_place
from pipelines.disclosure.history import Eerder, stands
from pipelines.disclosure.narrow import FAR, Net, widen
from pipelines.disclosure.overige import ONBEKEND, merge_rows, schools_of, small_schools
from pipelines.disclosure.publish import (
    AFGEROND,
    GETOOND,
    NIET_TE_BEPALEN,
    ONDERDRUKT,
    STATUS,
    assemble,
    known,
    missing,
    numbers,
    quantile_status,
)
from pipelines.disclosure.rounding import interval, round_counts
from pipelines.keys import Key as Sleutel

OOGO, OPENBAAR = "oogo", "openbaar"
SCHOOL, GEBIED = "ondersteuning_per_school", "ondersteuning_per_gebied"
KRUISING = "grijs_gebied_school_gemeente"  # never published; tells what a bronhouder knows of its own


@dataclass
class Jaar:
    """One schooljaar: its cells, per profiel the status of each cell, and the figure a rounded cell shows."""

    kaart: Kaart
    cellen: Cellen
    status: dict[str, np.ndarray] = field(default_factory=dict)
    primary: dict[str, np.ndarray] = field(default_factory=dict)
    unsafe: dict[str, list[Key]] = field(default_factory=dict)
    rounded_to: np.ndarray | None = None
    programs: int = 0
    gevraagd: dict[str, dict[Key, int]] = field(
        default_factory=dict
    )  # what the audit asked for when this was made
    heel: dict[str, Set[Context]] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)  # of the cells, the same in every table and release
    stand: list[str] = field(default_factory=list)  # keyed hashes of the true counts


@dataclass
class Bescherming:
    """What one profiel may publish."""

    profiel: str
    drempel: int
    tables: dict[str, pa.Table]
    jaren: dict[str, Jaar]
    specs: list[Any]


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
) -> dict[str, Bescherming]:
    """Protected tables per profiel of `drempels`.

    `tables`: the true marts by published name, whole (not limited to a profiel), with `dim_school`
    (vestigingscode, bestuur, swv, gemeente), `dim_gemeente` (gemeente, jeugdregio) and, for what insiders know,
    `grijs_gebied_school_gemeente`. `extra`: per profiel the cells that the audit found too weak, and how often;
    `heel`: per profiel the populations of which no count but zero is shown any more, as nothing less was enough;
    `los`: schooljaren that owe nothing to earlier releases; `vorige`: what an earlier round made of each schooljaar. A
    schooljaar without weak cells stays as it was, and the others keep as much of it as they can. Nothing here is proof:
    `unsafe` per schooljaar are the cells for which no way to protect them was found, and the audit says what is safe.
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
        said = Eerder() if jaar in los else eerder
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
        for profiel in (OOGO, OPENBAAR):
            if profiel in drempels:
                kept = was.status[profiel] == ONDERDRUKT if was else None
                hidden = _protect_exact(
                    one, counted, profiel, drempels[profiel], hidden, said, wanted[profiel], kept
                )
                if profiel == OOGO:
                    kruising = source.get(KRUISING)
                    _protect_rounded(one, drempels[OOGO], sleutel, kruising, jaar, said, wanted[OOGO])
    return {
        profiel: Bescherming(
            profiel,
            drempel,
            _tables(source, specs, profiel, drempel, jaren, small),
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


def _published(one: Jaar, specs: Sequence[Any], profiel: str) -> np.ndarray:
    """Cells that a table of this profiel has."""
    found = np.zeros(len(one.cellen.keys), dtype=bool)
    for spec in specs:
        if profiel not in spec.profielen:
            continue
        limit = spec.beperking.get(profiel, {})
        for (tabel, _), (_, cells) in one.cellen.rows.items():
            if tabel != spec.tabel:
                continue
            if limit:
                cells = cells[~one.cellen.rounded[np.maximum(cells, 0)] | (cells < 0)]
            found[cells[cells >= 0]] = True
    return found


def _protect_exact(
    one: Jaar,
    specs,
    profiel: str,
    drempel: int,
    before: np.ndarray,
    eerder: Eerder,
    wanted: Mapping[Key, int],
    kept: np.ndarray | None = None,
) -> np.ndarray:
    """Decide the exact cells; returns what is hidden (all cells). `kept`: hidden in an earlier round."""
    from pipelines.disclosure.moves import ties, with_shares
    from pipelines.disclosure.suppress import Problem, suppress

    c = one.cellen
    published = _published(one, specs, profiel)
    exact = ~c.rounded
    inside = np.flatnonzero(exact)
    number = np.full(len(c.keys), -1)
    number[inside] = np.arange(len(inside))
    primary = exact & published & (c.behind > 0) & (c.behind < drempel) & ~c.fixed & ~c.unseen
    group = np.zeros(len(c.keys), dtype=bool)
    for cell, above in c.groups:
        if exact[cell] and exact[above] and published[above] and c.value[above] >= drempel:
            group[cell] = True
    group &= published & ~c.fixed & ~c.unseen
    times = np.array([wanted.get(k, 0) for k in c.keys]) if wanted else np.zeros(len(c.keys), np.int64)
    forced = times > 0
    # A zero hidden for the sake of others that turned out to be certain hides nothing: show it, and look elsewhere.
    certain = forced & (c.value == 0) & ~group
    forced &= ~certain
    times[certain] = 0
    whole = exact & _in(c, one.heel[profiel])
    forced |= whole & (c.value > 0)
    certain |= whole & (c.value == 0) & ~group & ~before
    shown_before, hidden_before = _said(one, profiel, eerder)
    forced |= hidden_before & ~certain  # the pattern of the previous release, wherever the count is the same
    if kept is not None:
        hidden_before = hidden_before | kept
    loose = exact & ~c.fixed & (c.unseen | ~published)
    equal = list(c.equal)
    if profiel == OOGO:
        equal += _known_to_gemeente(c)
    primary = (
        (primary | group | (before & exact & published) | (forced & exact)) & ~loose & ~c.fixed & ~certain
    )
    tie, value = with_shares(ties(len(inside), equal, c.at_most, c.value, number), c.shares, c.value, number)
    more = len(value) - len(inside)

    def wider(mask: np.ndarray, fill: bool = False) -> np.ndarray:
        return np.concatenate([mask[inside], np.full(more, fill, dtype=mask.dtype)])

    pattern = suppress(
        Problem(
            value,
            tie,
            wider(primary),
            wider(c.fixed | certain | (shown_before & ~primary)),
            wider(loose, True),
            wider(group),
            wider(hidden_before),
            drempel - 1 + 2 * wider(times, 0),
            drempel,
        )
    )
    one.programs += pattern.programs
    unsafe = inside[np.flatnonzero(pattern.unsafe[: len(inside)])]
    one.unsafe[profiel] = [
        c.keys[i] for i in unsafe
    ]  # no way was found; whether there is one, the audit says
    hidden = np.zeros(len(c.keys), dtype=bool)
    hidden[inside] = pattern.hidden[: len(inside)]
    status = np.full(len(c.keys), GETOOND)
    status[hidden] = ONDERDRUKT
    status[c.unseen] = NIET_TE_BEPALEN
    one.status[profiel] = status
    small = exact & published & (c.behind > 0) & (c.behind < drempel)
    one.primary[profiel] = (small | group) & hidden
    return hidden


def _in(c: Cellen, contexts: Set[Context]) -> np.ndarray:
    if not contexts:
        return np.zeros(len(c.keys), bool)
    return np.array([context in contexts for context, _ in c.keys])


def _said(one: Jaar, profiel: str, eerder: Eerder) -> tuple[np.ndarray, np.ndarray]:
    """Cells with the same count as in an earlier release that showed them (exactly or rounded), or hid them."""
    none = np.zeros(len(one.names), bool)
    if not eerder:
        return none, none
    shown, hidden = none.copy(), none.copy()
    for i, (name, now) in enumerate(zip(one.names, one.stand, strict=True)):
        was = eerder.shown.get((profiel, name))
        shown[i] = was is not None and was[2] == now
        hidden[i] = not shown[i] and eerder.hidden.get((profiel, name)) == now
    return shown, hidden


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


def _protect_rounded(
    one: Jaar,
    drempel: int,
    sleutel: Sleutel,
    kruising: pa.Table | None,
    jaar: str,
    eerder: Eerder,
    wanted: Mapping[Key, int],
) -> None:
    """Round the cells at school and bestuur level, and hide what is still too narrow together with the rest."""
    c, status = one.cellen, one.status[OOGO]
    rounded = c.rounded & ~c.unseen
    zero = np.zeros(len(c.keys), bool)  # found to be certain, and nothing but an empty cell
    zero[[i for k in wanted if (i := c.index.get(k)) is not None and c.rounded[i] and c.value[i] == 0]] = True
    certain = _certain(c, ((status == GETOOND) & ~c.rounded) | zero)
    names = one.names
    chosen = np.flatnonzero(rounded & ~certain)
    shown = c.value.copy()
    shown[chosen] = round_counts(sleutel, [names[i] for i in chosen], c.value[chosen], drempel)
    low, high = np.zeros(len(c.keys), np.int64), np.full(len(c.keys), FAR)
    fixed = (status == GETOOND) & (~c.rounded | certain)
    low[fixed] = high[fixed] = c.value[fixed]
    high[c.fixed] = 0
    low[chosen], high[chosen] = interval(shown[chosen], drempel)
    for i in chosen:  # the same cell in an earlier release, if its count is the same
        was = eerder.shown.get((OOGO, names[i]))
        if was is not None and was[2] == one.stand[i]:
            low[i], high[i] = max(low[i], was[0]), min(high[i], was[1])
    for i, (context, members) in enumerate(
        c.keys
    ):  # a vestiging that is listed has at least twice the drempel
        at = dict(members)
        if (
            at.keys() == {"vestiging"}
            and at["vestiging"] in one.kaart.school
            and len(dict(context)) == 2
            and at["vestiging"] not in one.kaart.klein
            and at["vestiging"] != ONBEKEND
        ):
            low[i] = max(low[i], min(2 * drempel, high[i]))
    target = np.zeros(len(c.keys), bool)
    target[chosen] = True
    target |= status == ONDERDRUKT
    shown_before, hidden_before = _said(one, OOGO, eerder)
    may_hide = np.zeros(len(c.keys), bool)
    may_hide[chosen] = True
    may_hide &= ~shown_before  # what readers have cannot be taken back
    cost = 1.0 + np.log2(1.0 + c.value)
    need, floor = np.full(len(c.keys), drempel - 1), np.full(len(c.keys), drempel)
    net = Net.of(c.equal, c.at_most)
    hide = may_hide & (hidden_before | (_in(c, one.heel[OOGO]) & (c.value > 0)))
    for (
        key,
        times,
    ) in wanted.items():  # what the audit found: the cell itself, then cells that share a sum with it
        at = c.index.get(key)
        if at is not None and not zero[at]:
            near = net.neighbours(at)
            near = near[may_hide[near]]
            extra = times - (1 if may_hide[at] else 0)
            hide[near[np.argsort(cost[near], kind="stable")[: 2 * max(0, extra)]]] = True
            hide[at] |= may_hide[at]
    low[hide], high[hide], may_hide[hide] = 0, FAR, False
    hide |= widen(net, low, high, target, may_hide, cost, need, floor)
    if kruising is not None:
        from pipelines.disclosure.insiders import narrow_for_besturen

        low[hide], high[hide], may_hide[hide] = 0, FAR, False
        hide |= narrow_for_besturen(one, kruising, jaar, low, high, target, may_hide, cost, drempel)
    status[chosen] = AFGEROND
    status[hide] = ONDERDRUKT
    one.rounded_to = shown


def identity(key: Key) -> str:
    """The name of a cell for the rounding hash: the same in every table and release."""
    context, members = key
    return ";".join(f"{a}={b}" for a, b in (*context, *members))


def _certain(c: Cellen, shown: np.ndarray) -> np.ndarray:
    """Cells that follow from what is shown exactly: parts of a zero, and sums of shown parts."""
    certain = shown | c.fixed
    while True:
        count = int(certain.sum())
        for terms, bound in c.at_most:
            above = [i for i, v in terms if v < 0]
            if bound == 0 and len(above) == 1 and certain[above[0]] and c.value[above[0]] == 0:
                certain[[i for i, v in terms if v > 0]] = True
        for whole, parts in c.equal:
            if certain[whole] and c.value[whole] == 0:
                certain[parts] = True
            elif not certain[whole] and certain[parts].all():
                certain[whole] = True
        if int(certain.sum()) == count:
            return certain


def _tables(source, specs, profiel: str, drempel: int, jaren: dict[str, Jaar], small) -> dict[str, pa.Table]:
    result = {}
    for spec in specs:
        if profiel not in spec.profielen:
            continue
        if not spec.figuren:
            result[spec.tabel] = source[spec.tabel]
            continue
        table = source[spec.tabel]
        status: dict[str, np.ndarray] = {}
        value: dict[str, np.ndarray] = {}
        for figuur in spec.figuren:
            name = figuur.kolom
            if figuur.soort == "aantal":
                status[name], value[name] = _count_status(table, spec, name, profiel, jaren)
            elif figuur.soort == "kwantiel":
                status[name] = quantile_status(table, figuur, status[figuur.extra["aantal"]], drempel)
            elif figuur.soort == "afgeleid":
                from pipelines.disclosure.partners import derived_status

                status[name] = derived_status(table, spec, figuur, profiel, drempel, jaren)
            else:
                raise ValueError(f"unknown kind of figure: {figuur.soort}")
        done = assemble(table, spec, status, value)
        result[spec.tabel] = with_place(done.take(_rows(table, spec, profiel, small)), spec)
    return result


def _count_status(table: pa.Table, spec, name: str, profiel: str, jaren: dict[str, Jaar]):
    status = np.full(table.num_rows, NIET_TE_BEPALEN)
    value = numbers(table, name).astype(np.int64)
    for one in jaren.values():
        rows, cells = one.cellen.rows.get((spec.tabel, name), (np.zeros(0, np.int64),) * 2)
        has = cells >= 0
        found = one.status[profiel][np.maximum(cells, 0)]
        status[rows] = np.where(has, found, GETOOND)
        if profiel == OOGO and one.rounded_to is not None:
            rounded = has & (found == AFGEROND)
            value[rows[rounded]] = one.rounded_to[cells[rounded]]
    # A mart counts 0 where nobody is. Nothing is a figure that this row does not have or, in a table that does not
    # say `te_bepalen`, one that cannot be told.
    absent = missing(table, name)
    if "te_bepalen" in table.column_names:
        status[~known(table)] = NIET_TE_BEPALEN
        status[absent] = GETOOND
    else:
        status[absent] = NIET_TE_BEPALEN
    return status, value


def _rows(table: pa.Table, spec, profiel: str, small: dict[str, set[str]]) -> np.ndarray:
    """Rows that this profiel has: its own limits, and no small vestiging anywhere."""
    keep = np.ones(table.num_rows, dtype=bool)
    names = set(table.column_names)
    for dim, members in spec.beperking.get(profiel, {}).items():
        keep &= np.isin(np.array(table[dim].to_pylist(), dtype=object), members)
    if spec.tabel != SCHOOL and "vestigingscode" in names:
        keep &= np.array(
            [
                c not in small.get(j, ())
                for j, c in zip(
                    table["schooljaar"].to_pylist(), table["vestigingscode"].to_pylist(), strict=True
                )
            ]
        )
    if "partij_soort" in names:
        keep &= np.array(
            [
                s != "school" or c not in small.get(j, ())
                for j, s, c in zip(
                    *(table[n].to_pylist() for n in ("schooljaar", "partij_soort", "partij")), strict=True
                )
            ]
        )
    return np.flatnonzero(keep)


def record_of(made: Bescherming) -> pa.Table:
    """One row per published cell of a profiel: name, status, the interval that it shows and its stand."""
    out: dict[str, list] = {name: [] for name in ("schooljaar", "cel", "status", "laag", "hoog", "stand")}
    for jaar, one in made.jaren.items():
        status = one.status[made.profiel]
        seen = _published(one, made.specs, made.profiel) & ~one.cellen.unseen & ~one.cellen.fixed
        for i in np.flatnonzero(seen):
            low = high = int(one.cellen.value[i])
            if status[i] == AFGEROND:
                low, high = (int(v[0]) for v in interval(one.rounded_to[i : i + 1], made.drempel))
            hidden = status[i] == ONDERDRUKT
            row = (jaar, one.names[i], STATUS[status[i]], None if hidden else low, None if hidden else high)
            for column, value in zip(out.values(), (*row, one.stand[i]), strict=True):
                column.append(value)
    whole = {"laag": pa.int64(), "hoog": pa.int64()}
    return pa.table({name: pa.array(values, whole.get(name, pa.string())) for name, values in out.items()})


__all__ = ["KRUISING", "OOGO", "OPENBAAR", "TOTAAL", "Bescherming", "Eerder", "Jaar", "protect", "record_of"]
