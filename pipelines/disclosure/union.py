"""One declaration for all that the readers of a profiel have: this release, the other profiel, earlier releases.

Lives here: putting declarations together, and telling whether an earlier release counted the same pupils. Not
here: the declaration of one release (declare), the record of earlier ones (history).

A schooljaar whose every count is as it was is one population: all releases of it bound the same unknowns. If a
correction changed it, the earlier population is one of its own, tied to this one wherever nothing changed: in
every gemeente and vestiging all of whose counts are the same, each count is equal. That is what a reader who knows
which deliveries were corrected can know. Earlier releases that counted the same pupils (of two profielen, or of two
moments) share that population, and those that did not are tied to each other in the same way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.disclosure.format import Ongelijkheid, Onthulling, Tabel, Term
from pipelines.disclosure.history import Uitgave

OOK_ZICHTBAAR = "ook_zichtbaar"
_VESTIGING, _WOON = "vestiging", "woongemeente"
_SOORTEN = ("", "swv ", "schoolgemeente ", "bestuur ", "jeugdregio ")  # before the name of a place, in a cell
UITGAVE = "uitgave"  # in the context of a population of before a correction
_CONTEXT = ("populatie", "schooljaar", "reden", "stap")
Plaatsen = Mapping[tuple[tuple, str], set[str]]  # per context and dimension of place its members


@dataclass(frozen=True)
class Stuk:
    """A declaration with the folder of its files."""

    onthulling: Onthulling
    pad: Path


@dataclass(frozen=True)
class _Ander:
    """A population of before a correction: the stand of its cells, and where it is as it is now."""

    naam: str
    stand: Mapping[str, str]
    same: Plaatsen


def together(
    own: Onthulling,
    also: Mapping[str, Stuk],
    earlier: Sequence[Uitgave],
    stand: Mapping[str, Mapping[str, str]],
    folder: Path,
    los: frozenset[str] = frozenset(),
) -> Onthulling:
    """`own` with everything else that its readers see; the files of that are copied into `folder`.

    `also`: other releases of the same moment (the public one), by a name for their files. `stand`: per schooljaar
    the stand of every cell now. `los`: schooljaren of which an earlier population is not tied to this one.
    """
    whole = own
    anderen: dict[str, list[_Ander]] = {}
    for name, stuk in also.items():
        moved = _shown_only(_moved(stuk.onthulling, stuk.pad, folder, name, shown_only=True))
        whole = _joined(whole, moved)
    for one in earlier:
        for jaar in sorted({t.context["schooljaar"] for t in one.onthulling.tables}):
            part = _of_year(one.onthulling, jaar)
            if _says_the_same(part, one.pad, own, folder):
                continue
            name = f"{one.profiel}/{one.volgorde:06d}"
            was, now = one.stand.get(jaar, {}), stand.get(jaar, {})
            other = any(now.get(cel) != value for cel, value in was.items())
            known = anderen.setdefault(jaar, [])
            same_pupils = next((ander for ander in known if was.items() <= ander.stand.items()), None)
            new = other and same_pupils is None
            part = _moved(part, one.pad, folder, f"{name}/{jaar}", shown_only=not new)
            part = _renamed(part, whole, f"+{one.profiel}{one.volgorde}")
            if new:
                ander = _Ander(one.naam, was, unchanged(was, now))
                if jaar not in los:
                    _tell_what_is_shown_now(part, own, folder, ander.same)
                part = _as_other_population(part, ander.naam)
                links = [] if jaar in los else _links(part, whole, jaar, ander.same)
                for before in known if jaar not in los | one.los else ():
                    links += _links(part, whole, jaar, _between(ander, before), before.naam)
                known.append(ander)
                part = part.model_copy(update={"inequalities": [*part.inequalities, *links]})
            else:
                part = _shown_only(part)
                if other:
                    part = _as_other_population(part, same_pupils.naam)
            whole = _joined(whole, part)
    return whole


def carried(own: Onthulling, origin: Uitgave, jaar: str) -> Onthulling:
    """`own` with a schooljaar whose rows are those of an earlier release, under the same file names."""
    return _joined(own, _of_year(origin.onthulling, jaar))


def unchanged(was: Mapping[str, str], now: Mapping[str, str]) -> dict[tuple[tuple, str], set[str]]:
    """Per population (its context) and dimension of place the members all of whose counts are what they were."""
    same: dict[tuple[tuple, str], set[str]] = {}
    other: dict[tuple[tuple, str], set[str]] = {}
    for cel, value in was.items():
        parts = dict(part.split("=", 1) for part in cel.split(";"))
        places = [dim for dim in (_WOON, _VESTIGING) if dim in parts]
        if len(places) != 1:
            continue
        context = tuple(sorted((k, v) for k, v in parts.items() if k in _CONTEXT))
        found = same if now.get(cel) == value else other
        found.setdefault((context, places[0]), set()).add(parts[places[0]])
    return {key: members - other.get(key, set()) for key, members in same.items()}


def _between(one: _Ander, before: _Ander) -> Plaatsen:
    """The places that are alike in both, and not for being in both as they are now."""
    alike = unchanged(before.stand, one.stand)
    return {
        key: members - (one.same.get(key, set()) & before.same.get(key, set()))
        for key, members in alike.items()
    }


def _of_year(one: Onthulling, jaar: str) -> Onthulling:
    return one.model_copy(
        update={
            "tables": [t for t in one.tables if t.context["schooljaar"] == jaar],
            "inequalities": [
                q for q in one.inequalities if all(t.context.get("schooljaar") == jaar for t in q.terms)
            ],
            "hierarchies": {
                v: tree for v, tree in one.hierarchies.items() if "@" not in v or v.split("@")[1] == jaar
            },
            "harmless": {
                v: names for v, names in one.harmless.items() if "@" not in v or v.split("@")[1] == jaar
            },
        }
    )


def _says_the_same(part: Onthulling, pad: Path, own: Onthulling, folder: Path) -> bool:
    """Whether this release shows exactly what the earlier one did, about the same places."""
    if any(own.hierarchies.get(v) != tree for v, tree in part.hierarchies.items()):
        return False
    for name in {t.file for t in part.tables}:
        jaren = pa.array(sorted({t.context["schooljaar"] for t in part.tables if t.file == name}))
        tables = []
        for path in (pad / name, folder / name):
            if not path.is_file():
                return False
            one = pq.read_table(path)
            tables.append(one.filter(pc.is_in(one["schooljaar"], value_set=jaren)).combine_chunks())
        if not tables[0].equals(tables[1]):
            return False
    return True


def _moved(one: Onthulling, pad: Path, folder: Path, name: str, shown_only: bool) -> Onthulling:
    """The same declaration about copies of its files under `folder`.

    `shown_only`: the copy says nothing of what was hidden. Whether a cell is hidden is a matter of this release; of
    another about the same pupils only what it shows counts.
    """
    target = folder / OOK_ZICHTBAAR / name
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    tables = []
    for table in one.tables:
        copy = target / Path(table.file).name
        if not copy.exists():
            found = pq.read_table(pad / table.file)
            for number, column in enumerate(found.column_names):
                if shown_only and column.endswith("onderdrukt"):
                    found = found.set_column(number, column, pa.array([False] * found.num_rows))
            pq.write_table(found, copy, compression="zstd", version="2.6", store_schema=False)
        tables.append(table.model_copy(update={"file": copy.relative_to(folder).as_posix()}))
    return one.model_copy(update={"tables": tables})


def _shown_only(one: Onthulling) -> Onthulling:
    """What is empty in such a copy may have been hidden: it is not known to be zero."""
    return one.model_copy(
        update={"tables": [t.model_copy(update={"undetermined": "unknown"}) for t in one.tables]}
    )


def _renamed(one: Onthulling, whole: Onthulling, mark: str) -> Onthulling:
    """Hierarchies that differ from those in `whole` get a version of their own."""
    new = {
        v: v + mark
        for v, tree in one.hierarchies.items()
        if "@" in v and v in whole.hierarchies and whole.hierarchies[v] != tree
    }
    if not new:
        return one
    name = lambda v: new.get(v, v)  # noqa: E731
    tables = [
        t.model_copy(
            update={
                "dims": {name(v): c for v, c in t.dims.items()},
                "prefix": {name(v): c for v, c in t.prefix.items()},
            }
        )
        for t in one.tables
    ]
    bounds = [
        q.model_copy(
            update={
                "over": [name(v) for v in q.over],
                "members": {name(v): m for v, m in q.members.items()},
                "terms": [
                    t.model_copy(update={"dims": {name(v): m for v, m in t.dims.items()}}) for t in q.terms
                ],
            }
        )
        for q in one.inequalities
    ]
    return one.model_copy(
        update={
            "tables": tables,
            "inequalities": bounds,
            "hierarchies": {name(v): tree for v, tree in one.hierarchies.items()},
            "harmless": {name(v): names for v, names in one.harmless.items()},
        }
    )


def _tell_what_is_shown_now(old: Onthulling, own: Onthulling, folder: Path, same: Plaatsen) -> None:
    """Hidden then, shown exactly now, in a place where nothing changed: no secret, so the copy says it as well.

    Follows from what readers see alone: from the true counts it would tell which hidden cells were empty.
    """
    new = {Path(t.file).name: folder / t.file for t in own.tables}
    for file in sorted({t.file for t in old.tables}):
        tables = [t for t in old.tables if t.file == file]
        now = new.get(Path(file).name)
        if now is None:
            continue
        then, today = pq.read_table(folder / file), pq.read_table(now)
        flags: dict[str, list[bool]] = {}
        figures: dict[str, list[int | None]] = {}
        for table in tables:
            places = [v for v in table.dims if v.split("@")[0] in (_WOON, _VESTIGING)]
            stayed = (
                same.get((tuple(sorted(table.context.items())), places[0].split("@")[0])) if places else None
            )
            if (
                len(places) != 1
                or not stayed
                or not {table.value, table.suppressed} <= set(today.column_names)
            ):
                continue
            keys = sorted({*table.dims.values(), *(c for c in table.where if not c.endswith("status"))})
            seen = _shown(today, table, keys)
            hidden = flags.setdefault(table.suppressed, then[table.suppressed].to_pylist())
            figure = figures.setdefault(table.value, then[table.value].to_pylist())
            place, filters = (
                then[table.dims[places[0]]].to_pylist(),
                {c: then[c].to_pylist() for c in table.where},
            )
            for i, key in enumerate(zip(*(then[c].to_pylist() for c in keys), strict=True)):
                here = all(filters[c][i] == value for c, value in table.where.items())
                if here and hidden[i] and key in seen and any(p + str(place[i]) in stayed for p in _SOORTEN):
                    hidden[i], figure[i] = False, seen[key]
        for column, values in (flags | figures).items():
            made = pa.array(values, then.schema.field(column).type)
            then = then.set_column(then.column_names.index(column), column, made)
        pq.write_table(then, folder / file, compression="zstd", version="2.6", store_schema=False)


def _shown(today: pa.Table, table: Tabel, keys: Sequence[str]) -> dict[tuple, int]:
    """The figures of a table that are shown exactly now: not hidden, not rounded, not undetermined."""
    status = next((c for c in (f"{table.value}_status", "status") if c in today.column_names), None)
    exact = [True] * today.num_rows if status is None else [s == "getoond" for s in today[status].to_pylist()]
    columns = [today[c].to_pylist() for c in (*keys, table.value, table.suppressed)]
    return {
        tuple(row[:-2]): row[-2]
        for shown, row in zip(exact, zip(*columns, strict=True), strict=True)
        if shown and row[-2] is not None and not row[-1]
    }


def _as_other_population(one: Onthulling, naam: str) -> Onthulling:
    def other(context: Mapping[str, str]) -> dict[str, str]:
        return {**context, UITGAVE: naam}

    return one.model_copy(
        update={
            "tables": [t.model_copy(update={"context": other(t.context)}) for t in one.tables],
            "inequalities": [
                q.model_copy(
                    update={"terms": [t.model_copy(update={"context": other(t.context)}) for t in q.terms]}
                )
                for q in one.inequalities
            ],
        }
    )


def _links(
    old: Onthulling, whole: Onthulling, jaar: str, same: Plaatsen, naam: str | None = None
) -> list[Ongelijkheid]:
    """Equalities between an earlier population and that called `naam` (this one), place by place, code by code."""
    there: dict[tuple, list[Tabel]] = {}
    for table in whole.tables:
        if table.context.get("schooljaar") == jaar and table.context.get(UITGAVE) == naam:
            there.setdefault(_without_uitgave(table.context), []).append(table)
    found: list[Ongelijkheid] = []
    seen = set()
    for table in old.tables:
        context = _without_uitgave(table.context)
        for version in table.dims:
            base = version.split("@")[0]
            stayed = same.get((context, base))
            if not stayed or len([d for d in table.dims if d.split("@")[0] in (_WOON, _VESTIGING)]) > 1:
                continue
            codes = tuple(sorted(d for d in table.dims if d.split("@")[0] not in (_WOON, _VESTIGING)))
            partner = next(
                (t for t in there.get(context, []) if {base, *codes} <= {d.split("@")[0] for d in t.dims}),
                None,
            )
            known = old.hierarchies.get(version, {})
            members = sorted(stayed & set(known))
            mark = (context, base, codes)
            if partner is None or not members or mark in seen:
                continue
            seen.add(mark)
            for sign in (1, -1):
                found.append(
                    Ongelijkheid(
                        over=[version, *codes],
                        members={version: members},
                        terms=[
                            Term(coefficient=sign, context=partner.context),
                            Term(coefficient=-sign, context=table.context),
                        ],
                    )
                )
    return found


def _without_uitgave(context: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((k, v) for k, v in context.items() if k != UITGAVE))


def _joined(one: Onthulling, two: Onthulling) -> Onthulling:
    bounds = list(one.inequalities)
    bounds += [q for q in two.inequalities if q not in bounds]
    return one.model_copy(
        update={
            "tables": [*one.tables, *two.tables],
            "hierarchies": {**two.hierarchies, **one.hierarchies},
            "harmless": {**two.harmless, **one.harmless},
            "sensitive_dims": sorted({*one.sensitive_dims, *two.sensitive_dims}),
            "inequalities": bounds,
        }
    )


__all__ = ["OOK_ZICHTBAAR", "Stuk", "carried", "together", "unchanged"]
