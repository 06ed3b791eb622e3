"""The counts of a release and all that binds them: sums, links between tables, inequalities.

Lives here: `Stelsel`, the cells of every published count and the relations between them that any reader
knows. Not here: what is hidden (crude_moves). Sums within a table follow from its declaration; links
between tables are listed below, because they are facts of the domain (DOMAIN.md sections 5 and 6).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

TOTAAL = "TOTAAL"
_OVERIG = ("samenloop", "alleen_onderwijs", "alleen_jeugdhulp", "in_aanvraag")


@dataclass(frozen=True)
class Stelsel:
    """Cells, and relations between them as triplets (relation, cell, coef).

    Per cell: its true count, whether it must be hidden (`sensitive`), whether it is not shown anyway
    (`unseen`: niet_te_bepalen) and its schooljaar. A relation is a sum that is zero (`equal`) or never
    below zero. `start` gives the number of the first cell of (tabel, figuur); its cells are the rows of the
    table, in order.
    """

    value: np.ndarray
    sensitive: np.ndarray
    unseen: np.ndarray
    year: np.ndarray
    start: dict[tuple[str, str], int]
    relation: np.ndarray
    cell: np.ndarray
    coef: np.ndarray
    equal: np.ndarray


def numbers(table: pa.Table, column: str) -> np.ndarray:
    """A column of counts, NULL as 0."""
    return pc.fill_null(table[column], 0).to_numpy(zero_copy_only=False).astype(np.int64)


def told(table: pa.Table) -> np.ndarray:
    """False for the rows that say they cannot be told for want of a delivery."""
    if "te_bepalen" not in table.column_names:
        return np.ones(table.num_rows, dtype=bool)
    return np.asarray(table["te_bepalen"].to_numpy(zero_copy_only=False), dtype=bool)


def read_stelsel(tables: dict[str, pa.Table], specs: Sequence[Any], drempel: int) -> Stelsel:
    """The cells of every figure of soort `aantal`; one is sensitive if 1 to drempel-1 persons are behind
    it."""
    value, sensitive, unseen, year = [], [], [], []
    start: dict[tuple[str, str], int] = {}
    size = 0
    with duckdb.connect(config={"threads": 1}) as con:
        for name in ("dim_gemeente", "dim_school"):
            con.register(name, tables[name])
        for spec in specs:
            table = tables[spec.tabel]
            for figuur in _counts(spec):
                start[spec.tabel, figuur.kolom] = size
                amount = numbers(table, figuur.kolom)
                value.append(amount)
                sensitive.append((amount > 0) & (numbers(table, figuur.achter) < drempel))
                unseen.append(~told(table))
                year.append(table["schooljaar"].to_numpy(zero_copy_only=False).astype(str))
                con.register(
                    f"{spec.tabel}_{figuur.kolom}",
                    table.append_column("cel", pa.array(np.arange(size, size + table.num_rows))),
                )
                size += table.num_rows
        # A sum of which this profiel has only the total, or only the parts, binds nothing.
        parts = [_NONE, *_relations(specs)]
        found = con.sql(f"""
            WITH deel AS (SELECT soort, regel, cel, sum(coef) AS coef, bool_or(gelijk) AS gelijk
                FROM ({" UNION ALL ".join(parts)}) GROUP BY soort, regel, cel),
            geldig AS (SELECT *, max(coef) OVER lijn > 0 AND min(coef) OVER lijn < 0 AS twee_kanten
                FROM deel WINDOW lijn AS (PARTITION BY soort, regel))
            SELECT dense_rank() OVER (ORDER BY soort, regel) - 1 AS relation, cel, coef, gelijk
            FROM geldig WHERE twee_kanten""").fetchnumpy()
    relation = np.asarray(found["relation"])
    equal = np.zeros(int(relation.max(initial=-1)) + 1, dtype=bool)
    equal[relation] = np.asarray(found["gelijk"], dtype=bool)
    return Stelsel(
        np.concatenate([np.empty(0, np.int64), *value]),
        np.concatenate([np.empty(0, bool), *sensitive]),
        np.concatenate([np.empty(0, bool), *unseen]),
        np.concatenate([np.empty(0, str), *year]),
        start,
        relation,
        np.asarray(found["cel"]),
        np.asarray(found["coef"]).astype(np.int64),
        equal,
    )


def _counts(spec: Any) -> list[Any]:
    return [figuur for figuur in spec.figuren if figuur.soort == "aantal"]


# A relation is a SELECT of (soort, regel, cel, coef, gelijk): the relation's name, the cell, its
# coefficient in the sum, and whether the sum is zero or just never below zero. Parts of one name add up to
# one relation.

_NONE = "SELECT '' AS soort, '' AS regel, 0 AS cel, 0::BIGINT AS coef, true AS gelijk WHERE false"


def _relations(specs: Sequence[Any]) -> Iterable[str]:
    for spec in specs:
        for figuur in _counts(spec):
            yield from _sums(spec, f"{spec.tabel}_{figuur.kolom}")
    present = {spec.tabel for spec in specs}
    for needed, parts in _links():
        if needed <= present:
            yield from parts


def _part(soort: str, source: str, key: Iterable[str], coef: str | int, *, equal: bool = True) -> str:
    return (
        f"SELECT '{soort}' AS soort, concat_ws('|', {', '.join(key)}) AS regel, cel, "
        f"({coef})::BIGINT AS coef, {str(equal).lower()} AS gelijk FROM {source}"
    )


def _sums(spec: Any, cells: str) -> Iterable[str]:
    """Every sum within one table: over a flat dimension, over the areas, and down a nested hierarchy."""
    dims = list(spec.dimensies)
    for rule in spec.hierarchie:
        within = list(rule["dimensies"])
        if rule["soort"] == "totaal":
            [dim] = within
            yield _part(f"{cells}:{dim}", cells, _without(dims, dim), f"if({dim} = '{TOTAAL}', -1, 1)")
        elif rule["soort"] == "gebied":
            key = _without(dims, *within)
            for soort, ouder in rule["ouders"].items():
                name = f"{cells}:{soort}"
                if ouder == "regio":
                    yield _part(name, f"{cells} WHERE gebied_soort = '{soort}'", key, 1)
                    yield _part(name, f"{cells} WHERE gebied_soort = 'regio'", key, -1)
                else:
                    yield _part(
                        name,
                        f"{cells} JOIN dim_gemeente ON gebied = gemeente WHERE gebied_soort = '{soort}'",
                        [f"dim_gemeente.{ouder}", *key],
                        1,
                    )
                    yield _part(name, f"{cells} WHERE gebied_soort = '{ouder}'", ["gebied", *key], -1)
        elif rule["soort"] == "genest":
            for depth, dim in enumerate(within):
                level = [f"{upper} <> '{TOTAAL}'" for upper in within[:depth]]
                level += [f"{lower} = '{TOTAAL}'" for lower in within[depth + 1 :]]
                yield _part(
                    f"{cells}:{dim}",
                    f"{cells} WHERE {' AND '.join(level) or 'true'}",
                    _without(dims, *within[depth:]),
                    f"if({dim} = '{TOTAAL}', -1, 1)",
                )
        else:
            raise ValueError(f"unknown kind of hierarchy: {rule['soort']}")


def _without(dims: list[str], *names: str) -> list[str]:
    return [dim for dim in dims if dim not in names]


_GEBIED, _SCHOOL = "ondersteuning_per_gebied_leerlingen", "ondersteuning_per_school_leerlingen"
_BESTUUR, _REDEN = "ondersteuning_per_bestuur_gemeente_leerlingen", "grijs_gebied_redenen_leerlingen"
_VERANTWOORDELIJK, _ORGANISATIE = "verantwoordelijkheid_arrangementen", "organisatie_arrangementen"
_WACHT = "wachttijden_aantal"
_ONDERWIJS, _GEKOPPELD = "koppelgraad_leerlingen_onderwijs", "koppelgraad_gekoppeld"
_PLACE = ("schooljaar", "gebied_soort", "gebied")
_COARSE = f"if(categorie IN {_OVERIG}, 'overig', categorie)"


def _at_least(name: str, *terms: tuple[str, str | int], key: Iterable[str] = _PLACE) -> list[str]:
    """The sum of the terms (FROM-clause, coefficient) is never below zero."""
    return [_part(name, source, key, coef, equal=False) for source, coef in terms]


def _links() -> list[tuple[set[str], list[str]]]:
    """The same persons counted in two tables: which tables, and what follows from it."""
    per_gebied, per_school = "ondersteuning_per_gebied", "ondersteuning_per_school"
    per_bestuur = "ondersteuning_per_bestuur_gemeente"
    category = ("schooljaar", "gebied", "categorie")
    started = f"{_WACHT} WHERE stap = 'besluit_start'"
    all_forms = f"{_ORGANISATIE} WHERE ondersteuningsvorm = '{TOTAAL}'"
    schools = (
        f"(SELECT s.*, coalesce(d.gemeente, 'onbekend') AS plaats FROM {_SCHOOL} AS s "
        f"LEFT JOIN dim_school AS d USING (vestigingscode)) WHERE vestigingscode <> '{TOTAAL}'"
    )
    besturen = f"{_SCHOOL} WHERE vestigingscode = '{TOTAAL}' AND (bestuur <> '{TOTAAL}' OR swv = '{TOTAAL}')"
    return [
        (
            {per_gebied, per_school},
            [
                _part("swv", f"{_GEBIED} WHERE gebied_soort IN ('swv', 'regio')", category, 1),
                _part("swv", f"{_SCHOOL} WHERE bestuur = '{TOTAAL}'", ("schooljaar", "swv", "categorie"), -1),
                _part("schoolgemeente", f"{_GEBIED} WHERE gebied_soort = 'schoolgemeente'", category, 1),
                _part("schoolgemeente", schools, ("schooljaar", "plaats", "categorie"), -1),
            ],
        ),
        (
            {per_gebied, per_bestuur},
            [
                _part(
                    "woongemeente",
                    f"{_GEBIED} WHERE gebied_soort IN ('woongemeente', 'regio')",
                    ("schooljaar", "gebied", _COARSE),
                    1,
                ),
                _part(
                    "woongemeente",
                    f"{_BESTUUR} WHERE bestuur = '{TOTAAL}'",
                    ("schooljaar", "gemeente", "categorie"),
                    -1,
                ),
            ],
        ),
        (
            {per_school, per_bestuur},
            [
                _part("bestuur", besturen, ("schooljaar", "bestuur", _COARSE), 1),
                _part(
                    "bestuur",
                    f"{_BESTUUR} WHERE gemeente = '{TOTAAL}'",
                    ("schooljaar", "bestuur", "categorie"),
                    -1,
                ),
            ],
        ),
        ({per_gebied, "grijs_gebied_redenen"}, _reason_bounds()),
        ({per_gebied, "koppelgraad"}, _linkage_bounds()),
        (
            {"verantwoordelijkheid", "organisatie"},
            [
                _part(
                    "arrangement",
                    f"{_VERANTWOORDELIJK} WHERE verantwoordelijke = '{TOTAAL}' AND financiering = '{TOTAAL}'",
                    _PLACE,
                    1,
                ),
                _part("arrangement", all_forms, _PLACE, -1),
            ],
        ),
        ({"organisatie", "wachttijden"}, _at_least("gestart<=arrangement", (all_forms, 1), (started, -1))),
    ]


def _categorie(*names: str, source: str = _GEBIED) -> str:
    return f"{source} WHERE categorie IN ({', '.join(repr(name) for name in names)})"


def _reason_bounds() -> list[str]:
    """Each kern reason is at most the grijze gebied, all of them together at least; any is at most TOTAAL."""
    pairs = (
        f"(SELECT g.*, r.reden, r.soort FROM {_GEBIED} AS g "
        f"CROSS JOIN (SELECT DISTINCT reden, soort FROM {_REDEN}) AS r)"
    )
    every = (*_PLACE, "reden")
    kern = f"{_REDEN} WHERE soort = 'kern'"
    return [
        *_at_least("reden<=totaal", (_categorie(TOTAAL, source=pairs), 1), (_REDEN, -1), key=every),
        *_at_least(
            "kern<=grijs",
            (f"{_categorie('grijs_gebied', source=pairs)} AND soort = 'kern'", 1),
            (kern, -1),
            key=every,
        ),
        *_at_least("grijs<=kern", (kern, 1), (_categorie("grijs_gebied"), -1)),
        *_at_least(
            "wacht",
            (f"{_REDEN} WHERE reden = 'wacht_op_besluit'", 1),
            (f"{_REDEN} WHERE reden = 'wacht_zonder_verantwoordelijke'", -1),
        ),
    ]


def _linkage_bounds() -> list[str]:
    """In a gemeente that delivered, who has onderwijs is in samenloop, alleen_onderwijs or the grijze gebied,
    and who is gekoppeld in samenloop or the grijze gebied."""
    onderwijs, gekoppeld = (
        f"(SELECT *, 'woongemeente' AS gebied_soort, gemeente AS gebied FROM {table})"
        for table in (_ONDERWIJS, _GEKOPPELD)
    )
    known = "WHERE gekoppeld IS NOT NULL"
    living = f"(SELECT * FROM {_GEBIED} WHERE gebied_soort = 'woongemeente')"
    delivered = (
        f"(SELECT w.* FROM {living} AS w SEMI JOIN (FROM {_GEKOPPELD} {known}) AS k "
        "ON w.gebied = k.gemeente AND w.schooljaar = k.schooljaar)"
    )
    both, some = (f"{gekoppeld} {known}", 1), (f"{onderwijs} {known}", 1)
    minus_both, minus_some = (both[0], -1), (some[0], -1)

    def people(*names: str, times: int = 1) -> tuple[str, int]:
        return _categorie(*names, source=delivered), times

    return [
        *_at_least("samenloop<=gekoppeld", both, people("samenloop", times=-1)),
        *_at_least("gekoppeld<=samenloop+grijs", minus_both, people("samenloop", "grijs_gebied")),
        *_at_least("alleen<=onderwijs-gekoppeld", some, minus_both, people("alleen_onderwijs", times=-1)),
        *_at_least(
            "onderwijs-gekoppeld<=alleen+grijs", minus_some, both, people("alleen_onderwijs", "grijs_gebied")
        ),
        *_at_least("samenloop+alleen<=onderwijs", some, people("samenloop", "alleen_onderwijs", times=-1)),
        *_at_least(
            "onderwijs<=alles",
            (onderwijs, -1),
            (
                _categorie("samenloop", "alleen_onderwijs", "grijs_gebied", "niet_te_bepalen", source=living),
                1,
            ),
        ),
    ]
