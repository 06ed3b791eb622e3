"""The cells of a release and all that binds them, on the side that knows the true counts.

Lives here: which figure of which row counts which persons, one cell for all ways to name the same persons, the
sums between cells and the inequalities that follow from the definitions. Not here: what to hide (suppress), how
to round (rounding), the audit, which reads published files only and shares nothing with this.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from pipelines.disclosure.definitions import (
    ARRANGEMENT,
    BEIDE,
    GEKOPPELD,
    GRENZEN,
    LEERLING,
    MET_ONDERWIJS,
    WACHT,
    WACHTEND,
)
from pipelines.disclosure.kaart import OVERIGE, TOTAAL, Kaart

OVERIG = ("samenloop", "alleen_onderwijs", "alleen_jeugdhulp", "in_aanvraag")
ZONDER_JEUGDHULP = "niet_te_bepalen"
# Columns that name persons' attributes (dimensions); the others of `dimensies` separate populations (context).
PLAATS_KOLOMMEN = {"gebied_soort", "gebied", "swv", "bestuur", "vestigingscode", "gemeente"}
CONTEXT_KOLOMMEN = ("schooljaar", "reden", "stap")
POPULATIE = {
    "leerlingen": LEERLING,
    "arrangementen": ARRANGEMENT,
    "aantal": WACHT,
    "wachtend": WACHTEND,
    "leerlingen_onderwijs": MET_ONDERWIJS,
    "gekoppeld": GEKOPPELD,
}
Context = tuple[tuple[str, str], ...]
Key = tuple[Context, tuple[tuple[str, str], ...]]


@dataclass
class Cellen:
    """The cells of one schooljaar.

    `value` true count, `behind` persons behind it, `fixed` zero by definition (nobody can be there), `unseen`
    not published because a delivery is missing. `rounded` cells belong to school and bestuur level only. `rank`: 2 for
    figures of the whole region by at most one code, 1 for everybody of one place, else 0.
    """

    keys: list[Key]
    index: dict[Key, int]
    value: np.ndarray
    behind: np.ndarray
    fixed: np.ndarray
    unseen: np.ndarray
    rounded: np.ndarray
    rows: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]]  # (table, figure) -> (row numbers, cells)
    rank: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    barren: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))  # in a place with nobody at all
    equal: list[tuple[int, list[int]]] = field(default_factory=list)  # whole = sum of parts
    shares: list[tuple[list[int], list[int], np.ndarray]] = field(
        default_factory=list
    )  # swvs, gemeenten, common
    at_most: list[tuple[list[tuple[int, int]], int]] = field(default_factory=list)  # sum coef*cell <= bound
    groups: list[tuple[int, int]] = field(default_factory=list)  # (cell, the margin above it), sensitive
    present: dict[tuple[Context, str], set[str]] = field(default_factory=dict)  # members that occur
    empty: dict[tuple[Context, str], set[str]] = field(
        default_factory=dict
    )  # places where this population has nobody


def columns(table: pa.Table) -> dict[str, list]:
    """The columns as Python values; a text that occurs a thousand times is one object."""
    return {name: _values(table.column(name)) for name in table.column_names}


def _values(column: pa.ChunkedArray) -> list:
    if not pa.types.is_string(column.type):
        return column.to_pylist()
    found: list = []
    for chunk in column.dictionary_encode().chunks:
        words = [*chunk.dictionary.to_pylist(), None]
        found += [words[-1 if at is None else at] for at in chunk.indices.to_pylist()]
    return found


def place(columns_of: dict[str, list], i: int, dimensies: Sequence[str]) -> dict[str, str]:
    """The place of row i as members of woongemeente and vestiging (names as in Kaart)."""
    found: dict[str, str] = {}
    if "gebied_soort" in dimensies:
        soort, gebied = columns_of["gebied_soort"][i], columns_of["gebied"][i]
        if soort == "woongemeente":
            found["woongemeente"] = gebied
        elif soort == "jeugdregio":
            found["woongemeente"] = "jeugdregio " + gebied
        elif soort in ("schoolgemeente", "swv"):
            found["vestiging"] = f"{soort} {gebied}"
    elif "vestigingscode" in dimensies and "swv" in dimensies:
        swv, bestuur, code = (columns_of[c][i] for c in ("swv", "bestuur", "vestigingscode"))
        if bestuur == TOTAAL:
            found["vestiging"] = TOTAAL if swv == TOTAAL else f"swv {swv}"
        elif code == TOTAAL:
            found["vestiging"] = f"{swv}/{bestuur}"
        else:
            found["vestiging"] = code if code != OVERIGE else f"{swv}/{bestuur}/{OVERIGE}"
    else:
        if "bestuur" in dimensies:
            bestuur = columns_of["bestuur"][i]
            found["vestiging"] = bestuur if bestuur == TOTAAL else f"bestuur {bestuur}"
        if "gemeente" in dimensies:
            found["woongemeente"] = columns_of["gemeente"][i]
    return found


def counts(spec: Any) -> list[Any]:
    """The figures of a table that count (and so can be added and subtracted)."""
    return [f for f in spec.figuren if f.soort == "aantal" and f.kolom in POPULATIE]


def collect(
    tables: dict[str, pa.Table],
    specs: Iterable[Any],
    schooljaar: str,
    kaart: Kaart,
) -> Cellen:
    """All count cells of one schooljaar with their sums and inequalities. `tables` by published name."""
    keys: list[Key] = []
    index: dict[Key, int] = {}
    value: list[int] = []
    behind: list[int] = []
    known: list[bool] = []
    leaf: list[bool] = []
    rounded: list[bool] = []
    rows: dict[tuple[str, str], tuple[np.ndarray, np.ndarray]] = {}
    sensitive: set[str] = set()
    said: dict[Any, Any] = {}  # every context and every member once, however many cells they are in
    for spec in specs:
        if not counts(spec):
            continue
        table = columns(tables[spec.tabel])
        if spec.gevoelig:
            sensitive.add(spec.gevoelig)
        chosen = [i for i, s in enumerate(table["schooljaar"]) if s == schooljaar]
        own = [d for d in spec.dimensies if d not in PLAATS_KOLOMMEN and d not in CONTEXT_KOLOMMEN]
        for figuur in counts(spec):
            cells = []
            numbers = table[figuur.kolom]
            for i in chosen:
                if numbers[i] is None and table.get("te_bepalen", [True] * (i + 1))[i]:
                    cells.append(-1)  # does not exist by definition
                    continue
                context = (
                    ("populatie", POPULATIE[figuur.kolom]),
                    *((c, table[c][i]) for c in CONTEXT_KOLOMMEN if c in spec.dimensies),
                )
                where = place(table, i, spec.dimensies)
                members = tuple(
                    sorted(
                        said.setdefault(member, member)
                        for member in (
                            *((d, kaart.naam(d, n)) for d, n in where.items()),
                            *((d, table[d][i]) for d in own),
                        )
                        if member[1] != TOTAAL
                    )
                )
                key = (said.setdefault(context, context), members)
                if key not in index:
                    index[key] = len(keys)
                    keys.append(key)
                    value.append(int(numbers[i] or 0))
                    behind.append(0)
                    known.append(False)
                    leaf.append(True)
                    rounded.append(True)
                at = index[key]
                behind[at] = max(behind[at], int(table[figuur.achter][i] or 0))
                known[at] |= bool(table["te_bepalen"][i]) if "te_bepalen" in table else True
                leaf[at] &= where.get("woongemeente", TOTAAL) in kaart.woon or (
                    "vestigingscode" in spec.dimensies and table["bestuur"][i] != TOTAAL
                )
                rounded[at] &= spec.methode == "afronden" and _small_level(where)
                cells.append(at)
            rows[spec.tabel, figuur.kolom] = np.array(chosen, dtype=np.int64), np.array(cells, dtype=np.int64)
    one = Cellen(
        keys,
        index,
        np.array(value, dtype=np.int64),
        np.array(behind, dtype=np.int64),
        np.zeros(len(keys), bool),
        ~np.array(known, bool),
        np.array(rounded, bool),
        rows,
    )
    one.fixed = (one.unseen & np.array(leaf, bool) & (one.value == 0)) | _impossible(one, kaart)
    _presence(one, kaart)
    one.rank = np.array([_rank(key) for key in keys], dtype=np.int64)
    one.barren = _barren(one)
    one.equal = list(_sums(one, kaart))
    one.at_most = [*_inequalities(one), *_listed(one, kaart)]
    one.groups = list(_groups(one, sensitive))
    one.shares = list(_shares(one, kaart))
    return one


def _presence(one: Cellen, kaart: Kaart) -> None:
    """Which members occur per population, and which hold nobody: no table of that population covers them."""
    for context, members in one.keys:
        for dim, member in members:
            one.present.setdefault((context, dim), set()).add(member)
    for (context, dim), found in one.present.items():
        sets = kaart.sets.get(dim)
        if sets:
            covered = frozenset().union(*(sets.get(m, frozenset([m])) for m in found))
            one.empty[context, dim] = {
                kaart.naam(dim, name) for name, leaves in sets.items() if not covered & frozenset(leaves)
            }


def _barren(one: Cellen) -> np.ndarray:
    """Zeros of a place where this population has nobody: every other line about the place says so too, so that
    hiding them hides nothing."""
    found = np.zeros(len(one.keys), bool)
    for i, (context, members) in enumerate(one.keys):
        places = tuple((d, m) for d, m in members if d in BEIDE)
        above = one.index.get((context, places)) if places else None
        found[i] = above is not None and one.value[above] == 0
    return found


def _rank(key: Key) -> int:
    """How much a figure tells those at the table: the whole region first, then everybody of a place."""
    context, members = dict(key[0]), dict(key[1])
    codes = members.keys() - set(BEIDE)
    if codes == members.keys():
        return 2 if len(codes) <= 1 else 0
    return int(not codes and "reden" not in context and len(members) == 1)


def _small_level(where: dict[str, str]) -> bool:
    """Whether a row is about a school or a bestuur, not about a gemeente or above."""
    member = where.get("vestiging", TOTAAL)
    return member != TOTAAL and not member.startswith(("swv ", "schoolgemeente "))


def _impossible(one: Cellen, kaart: Kaart) -> np.ndarray:
    """Nobody is niet_te_bepalen in a gemeente that delivered: those zeros say nothing and cannot be hidden."""
    found = np.zeros(len(one.keys), bool)
    silent = {
        dict(members)["woongemeente"]
        for (context, members), u in zip(one.keys, one.unseen, strict=True)
        if u and dict(context)["populatie"] == LEERLING and "woongemeente" in dict(members)
    }
    for i, (_, members) in enumerate(one.keys):
        at = dict(members)
        woon = at.get("woongemeente")
        if at.get("categorie") == ZONDER_JEUGDHULP and woon in kaart.woon and woon not in silent:
            found[i] = one.value[i] == 0
    return found


def _sums(one: Cellen, kaart: Kaart) -> Iterable[tuple[int, list[int]]]:
    """Every cell that is the sum of others: over places by the map, over codes by their list."""
    codes: dict[tuple[str, str], set[str]] = {}
    for context, members in one.keys:
        for dim, member in members:
            if dim not in ("woongemeente", "vestiging"):
                codes.setdefault((dict(context)["populatie"], dim), set()).add(member)
    wholes: dict[str, dict[str, list[list[str]]]] = {}
    for dim in ("woongemeente", "vestiging"):
        for whole, parts in kaart.partitions(dim):
            wholes.setdefault(dim, {}).setdefault(whole, []).append(parts)
    seen: set[tuple[int, tuple[int, ...]]] = set()
    for context, members in one.keys:
        at = dict(members)
        here = one.index[context, members]
        populatie = dict(context)["populatie"]
        for dim in ("woongemeente", "vestiging"):
            for parts in wholes.get(dim, {}).get(at.get(dim, TOTAAL), []):
                yield from _relation(one, context, at, dim, parts, here, seen)
        for (of, dim), found in codes.items():
            if of != populatie:
                continue
            fine = [c for c in sorted(found) if c != "overig"]
            if dim not in at:
                yield from _relation(one, context, at, dim, fine, here, seen)
                if "overig" in found:
                    yield from _relation(
                        one, context, at, dim, [c for c in sorted(found) if c not in OVERIG], here, seen
                    )
            elif at[dim] == "overig":
                yield from _relation(one, context, at, dim, list(OVERIG), here, seen)


def _cells(one: Cellen, context: Context, at: dict[str, str], dim: str, parts: list[str]) -> list[int] | None:
    found = []
    for part in parts:
        key = (
            context,
            tuple(sorted({**at, dim: part}.items()))
            if part != TOTAAL
            else tuple(sorted((d, m) for d, m in at.items() if d != dim)),
        )
        cell = one.index.get(key)
        if cell is None:
            return None
        found.append(cell)
    return found


def _relation(one, context, at, dim, parts, here, seen):
    cells = _cells(one, context, at, dim, [p for p in parts if p not in one.empty.get((context, dim), ())])
    if cells and cells != [here] and (here, tuple(cells)) not in seen:
        seen.add((here, tuple(cells)))
        yield here, cells


def _shares(one: Cellen, kaart: Kaart) -> Iterable[tuple[list[int], list[int], np.ndarray]]:
    """For each kind of person the cells per swv and per schoolgemeente, and which pairs have a school in common."""
    common = kaart.crossing()
    every = [sorted({pair[i] for pair in common}) for i in (0, 1)]
    for context, members in one.keys:
        at = dict(members)
        here = one.present.get((context, "vestiging"), ())
        swvs, gemeenten = ([m for m in names if m in here] for names in every)
        if swvs and at.get("vestiging") == swvs[0] and "woongemeente" not in at:
            mask = np.array([[(s, g) in common for g in gemeenten] for s in swvs], dtype=bool)
            a = _cells(one, context, at, "vestiging", swvs)
            b = _cells(one, context, at, "vestiging", gemeenten)
            if a is not None and b is not None:
                yield a, b, mask


def _listed(one: Cellen, kaart: Kaart) -> Iterable[tuple[list[tuple[int, int]], int]]:
    """In a schoolgemeente with small vestigingen the listed ones add up to at most the whole."""
    about: dict[str, list[Key]] = {}
    for key in one.keys:
        about.setdefault(dict(key[1]).get("vestiging", TOTAAL), []).append(key)
    listed: dict[str, list[str]] = {}
    for vestiging, (_, _, gemeente) in sorted(kaart.school.items()):
        if vestiging not in kaart.klein:
            listed.setdefault(gemeente, []).append(vestiging)
    for gemeente in sorted(kaart.half & listed.keys()):
        for context, members in about.get(kaart.naam("vestiging", f"schoolgemeente {gemeente}"), ()):
            parts = _cells(one, context, dict(members), "vestiging", listed[gemeente])
            if parts is not None:
                yield [*((p, 1) for p in parts), (one.index[context, members], -1)], 0


def _inequalities(one: Cellen) -> Iterable[tuple[list[tuple[int, int]], int]]:
    """The bounds of `definitions`, in every area for which the cells exist."""
    jaar = dict(one.keys[0][0])["schooljaar"] if one.keys else ""
    places = {tuple((d, m) for d, m in members if d in BEIDE) for _, members in one.keys}
    for grens in GRENZEN:
        for area in sorted(places):
            if len(area) > 1 or not {d for d, _ in area} <= set(grens.over):
                continue
            terms = []
            for deel in grens.delen:
                context = (("populatie", deel.populatie), ("schooljaar", jaar), *deel.context)
                cell = one.index.get((context, tuple(sorted((*area, *deel.codes)))))
                terms.append((cell, deel.coefficient))
            if grens.optional:
                terms = [t for t in terms if t[0] is not None] if terms[0][0] is not None else terms
            if all(cell is not None for cell, _ in terms) and len(terms) > 1:
                yield terms, 0


def _groups(one: Cellen, sensitive: set[str]) -> Iterable[tuple[int, int]]:
    """Cells that hold everybody under their margin in one sensitive member."""
    for i, (context, members) in enumerate(one.keys):
        at = dict(members)
        if at.get("categorie") == ZONDER_JEUGDHULP or "onbekend" in (
            at.get("woongemeente"),
            at.get("vestiging"),
        ):
            continue
        for dim in sensitive & set(at):
            above = one.index.get((context, tuple(sorted((d, m) for d, m in members if d != dim))))
            if above is not None and one.value[i] == one.value[above] > 0:
                yield i, above
