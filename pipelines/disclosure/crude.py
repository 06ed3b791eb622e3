"""The first disclosure rule: crude, and safe against working a hidden count out exactly.

Lives here: which counts are hidden, the proof that none of them follows from all that stays visible in the
release, and the status columns. Not here: how narrow a hidden count may be guessed, earlier releases, rounding,
what a deliverer knows of itself.

The idea. A count is safe if another population exists that leaves every shown figure as it is and has another
count there. The difference between the two is a *move*: at least one person more or less in the count, and as many as it
takes elsewhere (fractions allowed, so the proof is against every linear attack), such that every sum, every link
between tables and every inequality still holds and no cell becomes or stops being empty (other tables tell which
cells are empty). A linear program looks for moves through the counts that must be hidden which touch few other
cells; what a move touches is hidden too, up to the margins if need be. Each move is checked in exact arithmetic
before it counts, so a slip of the solver hides too much or stops the run; it never shows too much.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.errors import OnthullingspoortDicht

GETOOND, ONDERDRUKT, NIET_TE_BEPALEN = "getoond", "onderdrukt", "niet_te_bepalen"
_ERNST = (GETOOND, "afgerond", ONDERDRUKT, NIET_TE_BEPALEN)
_MINIMUM_KWANTIEL = 10  # a median or p90 of fewer rows is not shown (DOMAIN.md section 6)
_ROUNDS = 60  # every round proves more counts safe; a region takes about eight
_FIRST_SHARE = 0.1  # of the counts, tried together in the first round: few at a time hide less, all at once is faster
_PRICE_HIDDEN = 0.05  # moving a cell that is hidden anyway; not 0, so that moves stay small
_FACTOR_MAX = 10**9  # whole numbers stay exact in 64 bits
_REWARD = 1e4  # what proving one count is worth, far above the cost of hiding a whole chain up to the margins

TOTAAL = "TOTAAL"
_GEBIED_SOORTEN = ("woongemeente", "jeugdregio", "schoolgemeente", "swv")
_OVERIG = ("samenloop", "alleen_onderwijs", "alleen_jeugdhulp", "in_aanvraag")


def protect(tables: dict[str, pa.Table], specs: Sequence[Any], drempel: int) -> dict[str, pa.Table]:
    """The tables of one release as they may be published.

    `tables` holds, per published name, the true mart, and the dims `dim_gemeente` (gemeente, jeugdregio) and
    `dim_school` (vestigingscode, gemeente), which come back unchanged. `specs` are the declarations of the marts
    (`tabel`, `dimensies`, `figuren` with `kolom`, `soort`, `achter`). A protected table has its dimensions and
    figures, a hidden figure being NULL, then `status`, `<figuur>_status` where there are several figures, and
    `onderdrukt`. Raises OnthullingspoortDicht if some count cannot be proven safe.
    """
    stelsel = _stelsel(tables, specs, drempel)
    hidden = np.zeros(len(stelsel.value), dtype=bool)
    for jaar in np.unique(stelsel.year):
        hidden |= _hide(stelsel.of_year(jaar), len(stelsel.value))
    result = dict(tables)
    for spec in specs:
        result[spec.tabel] = _publish(tables[spec.tabel], spec, stelsel, hidden, drempel)
    return result


# --- the cells of a release and all that binds them ---------------------------------------------------------


@dataclass(frozen=True)
class _Stelsel:
    """Cells (value, sensitive, known to nobody, schooljaar) and relations as triplets (relation, cell, coef).

    A relation is a sum that is zero (`equal`) or a sum that is never below zero.
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

    def of_year(self, jaar: str) -> _Jaar:
        """The cells of one schooljaar that are not empty, numbered from 0; no relation crosses the years."""
        cells = np.flatnonzero((self.year == jaar) & (self.value > 0))
        number = np.full(len(self.value), -1)
        number[cells] = np.arange(len(cells))
        keep = number[self.cell] >= 0
        names, row = np.unique(self.relation[keep], return_inverse=True)
        return _Jaar(cells=cells, value=self.value[cells], sensitive=self.sensitive[cells],
                     unseen=self.unseen[cells], row=row, col=number[self.cell[keep]],
                     coef=self.coef[keep], equal=self.equal[names])


@dataclass(frozen=True)
class _Jaar:
    cells: np.ndarray
    value: np.ndarray
    sensitive: np.ndarray
    unseen: np.ndarray
    row: np.ndarray
    col: np.ndarray
    coef: np.ndarray
    equal: np.ndarray

    def sums(self, x: np.ndarray) -> np.ndarray:
        """The sum of every relation, in whole numbers."""
        result = np.zeros(len(self.equal), dtype=np.int64)
        np.add.at(result, self.row, self.coef * x[self.col])
        return result


def _counts(spec: Any) -> list[Any]:
    return [figuur for figuur in spec.figuren if figuur.soort == "aantal"]


def _stelsel(tables: dict[str, pa.Table], specs: Sequence[Any], drempel: int) -> _Stelsel:
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
                amount = _numbers(table, figuur.kolom)
                behind = _numbers(table, figuur.achter)
                value.append(amount)
                sensitive.append((amount > 0) & (behind < drempel))
                unseen.append(~_known(table))
                year.append(table["schooljaar"].to_numpy(zero_copy_only=False).astype(str))
                con.register(f"{spec.tabel}_{figuur.kolom}", table.append_column(
                    "cel", pa.array(np.arange(size, size + table.num_rows))))
                size += table.num_rows
        parts = list(_relations(specs, tables, {name for name, _ in start}))
        found = con.sql(f"""
            SELECT dense_rank() OVER (ORDER BY soort, regel) - 1 AS relation, cel, sum(coef) AS coef, bool_or(gelijk)
            FROM ({' UNION ALL '.join(parts)}) GROUP BY soort, regel, cel""").fetchnumpy()
    relation, cell, coef, flag = (np.asarray(column) for column in found.values())
    equal = np.zeros(int(relation.max(initial=-1)) + 1, dtype=bool)
    equal[relation] = flag
    return _Stelsel(np.concatenate(value), np.concatenate(sensitive), np.concatenate(unseen), np.concatenate(year),
                    start, relation, cell, coef.astype(np.int64), equal)


def _numbers(table: pa.Table, column: str) -> np.ndarray:
    return pc.fill_null(table[column], 0).to_numpy(zero_copy_only=False).astype(np.int64)


def _known(table: pa.Table) -> np.ndarray:
    if "te_bepalen" not in table.column_names:
        return np.ones(table.num_rows, dtype=bool)
    return np.asarray(table["te_bepalen"].to_numpy(zero_copy_only=False), dtype=bool)


# A relation is a SELECT of (soort, regel, cel, coef, gelijk): which relation, which cell, its coefficient in the
# sum, and whether the sum is zero or just never below zero.

def _relations(specs: Sequence[Any], tables: dict[str, pa.Table], present: set[str]) -> Iterable[str]:
    for spec in specs:
        for figuur in _counts(spec):
            yield from _sums(spec, f"{spec.tabel}_{figuur.kolom}", tables[spec.tabel])
    for needed, parts in _LINKS:
        if needed <= present:
            yield from parts


def _part(soort: str, source: str, key: Iterable[str], coef: str | int, *, equal: bool = True) -> str:
    return (f"SELECT '{soort}' AS soort, concat_ws('|', {', '.join(key)}) AS regel, cel, ({coef})::BIGINT AS coef, "
            f"{str(equal).lower()} AS gelijk FROM {source}")


def _sums(spec: Any, cells: str, table: pa.Table) -> Iterable[str]:
    """Every sum within one table: over a flat dimension, over the areas, and down a nested hierarchy."""
    dims, nested = list(spec.dimensies), list(spec.hierarchie or ())
    for dim in dims:
        if dim in ("gebied_soort", "gebied", *nested) or TOTAAL not in set(table[dim].unique().to_pylist()):
            continue
        key = [other for other in dims if other != dim]
        yield _part(f"{cells}:{dim}", cells, key, f"CASE {dim} WHEN '{TOTAAL}' THEN -1 ELSE 1 END")
    if "gebied" in dims:
        key = [dim for dim in dims if dim not in ("gebied_soort", "gebied")]
        for soort in _GEBIED_SOORTEN:
            yield _part(f"{cells}:{soort}", f"{cells} WHERE gebied_soort IN ('{soort}', 'regio')", key,
                        "CASE gebied_soort WHEN 'regio' THEN -1 ELSE 1 END")
        yield _part(f"{cells}:regio", f"{cells} JOIN dim_gemeente ON gebied = gemeente "
                    "WHERE gebied_soort = 'woongemeente'", ["jeugdregio", *key], 1)
        yield _part(f"{cells}:regio", f"{cells} WHERE gebied_soort = 'jeugdregio'", ["gebied", *key], -1)
    for depth in range(len(nested)):
        key = [dim for dim in dims if dim not in nested[depth:]]
        deeper = " AND ".join([*(f"{dim} <> '{TOTAAL}'" for dim in nested[:depth]),
                               *(f"{dim} = '{TOTAAL}'" for dim in nested[depth + 1:])])
        yield _part(f"{cells}:{nested[depth]}", f"{cells} WHERE {deeper or 'true'}", key,
                    f"CASE {nested[depth]} WHEN '{TOTAAL}' THEN -1 ELSE 1 END")


_GEBIED, _SCHOOL = "ondersteuning_per_gebied_leerlingen", "ondersteuning_per_school_leerlingen"
_BESTUUR, _REDEN = "ondersteuning_per_bestuur_gemeente_leerlingen", "grijs_gebied_redenen_leerlingen"
_VERANTWOORDELIJK, _ORGANISATIE = "verantwoordelijkheid_arrangementen", "organisatie_arrangementen"
_WACHT, _KOPPEL = "wachttijden_aantal", "koppelgraad"
_PLACE = ["schooljaar", "gebied_soort", "gebied"]
_COARSE = (f"CASE WHEN categorie IN {_OVERIG} THEN 'overig' ELSE categorie END")


def _at_least(name: str, *terms: tuple[str, str | int]) -> list[str]:
    """The sum of the terms (FROM-clause keyed on schooljaar and gebied, coefficient) is never below zero."""
    return [_part(name, source, _PLACE, coef, equal=False) for source, coef in terms]


def _reden_bounds() -> list[str]:
    def reden(condition: str) -> str:
        return f"{_REDEN} WHERE {condition}"

    def categorie(name: str) -> str:
        return f"{_GEBIED} WHERE categorie = '{name}'"

    every = [*_PLACE, "reden"]
    pairs = f"(SELECT g.*, r.reden, r.soort FROM {_GEBIED} AS g JOIN (SELECT DISTINCT reden, soort FROM {_REDEN}) AS r ON true)"
    return [
        _part("reden<=totaal", _REDEN, every, -1, equal=False),
        _part("reden<=totaal", f"{pairs} WHERE categorie = '{TOTAAL}'", every, 1, equal=False),
        _part("kern<=grijs", reden("soort = 'kern'"), every, -1, equal=False),
        _part("kern<=grijs", f"{pairs} WHERE categorie = 'grijs_gebied' AND soort = 'kern'", every, 1, equal=False),
        *_at_least("grijs<=kern", (reden("soort = 'kern'"), 1), (categorie("grijs_gebied"), -1)),
        *_at_least("wacht<=wacht", (reden("reden = 'wacht_op_besluit'"), 1),
                   (reden("reden = 'wacht_zonder_verantwoordelijke'"), -1)),
    ]


def _koppel_bounds() -> list[str]:
    """onderwijs = samenloop + alleen_onderwijs + part of the grijze gebied; gekoppeld = samenloop + part of it."""
    onderwijs, gekoppeld = (f"(SELECT *, 'woongemeente' AS gebied_soort, gemeente AS gebied FROM {_KOPPEL}_{name})"
                            for name in ("leerlingen_onderwijs", "gekoppeld"))
    delivered = f"(SELECT * FROM {_GEBIED} SEMI JOIN (FROM {_KOPPEL}_gekoppeld WHERE gekoppeld IS NOT NULL) AS k ON " \
                f"gebied_soort = 'woongemeente' AND gebied = k.gemeente AND {_GEBIED}.schooljaar = k.schooljaar)"

    def categorie(*names: str, source: str = delivered) -> str:
        return f"{source} WHERE categorie IN ({', '.join(repr(name) for name in names)})"

    woon = f"(SELECT * FROM {_GEBIED} WHERE gebied_soort = 'woongemeente')"
    known = "WHERE gekoppeld IS NOT NULL"
    return [
        *_at_least("samenloop<=gekoppeld", (f"{gekoppeld} {known}", 1), (categorie("samenloop"), -1)),
        *_at_least("gekoppeld<=samenloop+grijs", (f"{gekoppeld} {known}", -1),
                   (categorie("samenloop", "grijs_gebied"), 1)),
        *_at_least("alleen<=onderwijs-gekoppeld", (f"{onderwijs} {known}", 1), (f"{gekoppeld} {known}", -1),
                   (categorie("alleen_onderwijs"), -1)),
        *_at_least("onderwijs-gekoppeld<=alleen+grijs", (f"{onderwijs} {known}", -1), (f"{gekoppeld} {known}", 1),
                   (categorie("alleen_onderwijs", "grijs_gebied"), 1)),
        *_at_least("onderwijs<=alles", (onderwijs, -1),
                   (categorie("samenloop", "alleen_onderwijs", "grijs_gebied", "niet_te_bepalen", source=woon), 1)),
        *_at_least("samenloop+alleen<=onderwijs", (f"{onderwijs} {known}", 1),
                   (categorie("samenloop", "alleen_onderwijs"), -1)),
    ]


def _links() -> list[tuple[set[str], list[str]]]:
    """The same persons counted in two tables: which tables, and the relations between them."""
    per_gebied, per_school, per_bestuur = ("ondersteuning_per_gebied", "ondersteuning_per_school",
                                           "ondersteuning_per_bestuur_gemeente")
    top = f"bestuur = '{TOTAAL}' AND vestigingscode = '{TOTAAL}'"
    return [
        ({per_gebied, per_school}, [
            _part("swv", f"{_GEBIED} WHERE gebied_soort IN ('swv', 'regio')", ["schooljaar", "gebied", "categorie"], 1),
            _part("swv", f"{_SCHOOL} WHERE {top}", ["schooljaar", "swv", "categorie"], -1),
            _part("schoolgemeente", f"{_GEBIED} WHERE gebied_soort = 'schoolgemeente'",
                  ["schooljaar", "gebied", "categorie"], 1),
            _part("schoolgemeente", f"(SELECT s.*, coalesce(d.gemeente, 'onbekend') AS plaats FROM {_SCHOOL} AS s "
                  "LEFT JOIN dim_school AS d USING (vestigingscode)) "
                  f"WHERE vestigingscode <> '{TOTAAL}'", ["schooljaar", "plaats", "categorie"], -1),
        ]),
        ({per_gebied, per_bestuur}, [
            _part("woon", f"{_BESTUUR} WHERE bestuur = '{TOTAAL}'", ["schooljaar", "gemeente", "categorie"], -1),
            _part("woon", f"{_GEBIED} WHERE gebied_soort IN ('woongemeente', 'regio')",
                  ["schooljaar", "gebied", _COARSE], 1),
        ]),
        ({per_school, per_bestuur}, [
            _part("bestuur", f"{_BESTUUR} WHERE gemeente = '{TOTAAL}'", ["schooljaar", "bestuur", "categorie"], -1),
            _part("bestuur", f"{_SCHOOL} WHERE vestigingscode = '{TOTAAL}' AND (bestuur <> '{TOTAAL}' "
                  f"OR swv = '{TOTAAL}')", ["schooljaar", "bestuur", _COARSE], 1),
        ]),
        ({per_gebied, "grijs_gebied_redenen"}, _reden_bounds()),
        ({per_gebied, "koppelgraad"}, _koppel_bounds()),
        ({"verantwoordelijkheid", "organisatie"}, [
            _part("arrangement", f"{_VERANTWOORDELIJK} WHERE verantwoordelijke = '{TOTAAL}' "
                  f"AND financiering = '{TOTAAL}'", _PLACE, 1),
            _part("arrangement", f"{_ORGANISATIE} WHERE ondersteuningsvorm = '{TOTAAL}'", _PLACE, -1),
        ]),
        ({"organisatie", "wachttijden"}, _at_least(
            "start<=arrangement", (f"{_ORGANISATIE} WHERE ondersteuningsvorm = '{TOTAAL}'", 1),
            (f"{_WACHT} WHERE stap = 'besluit_start'", -1))),
    ]


_LINKS = _links()


# --- moves ------------------------------------------------------------------------------------------------


def _hide(jaar: _Jaar, size: int) -> np.ndarray:
    """Which of all `size` cells are hidden in this schooljaar: each of them is touched by a proven move, or is
    neither shown nor sensitive (`niet_te_bepalen`)."""
    rng = np.random.default_rng(20260)  # fixed: the same tables are hidden the same way
    free = jaar.sensitive | jaar.unseen
    proven = np.zeros(len(jaar.cells), dtype=bool)
    share = _FIRST_SHARE
    for _ in range(_ROUNDS):
        wanted = jaar.sensitive & ~proven
        if not wanted.any():
            break
        tried = wanted & (rng.random(len(wanted)) < share)
        tried[np.flatnonzero(wanted)[0]] = True
        move = _find_move(jaar, free, tried, rng)
        moved = np.abs(move) >= 1
        share = min(1.0, share * 2) if 3 * (moved & tried).sum() > tried.sum() else share / 2
        proven |= moved
        free |= move != 0
    else:
        raise OnthullingspoortDicht(
            f"Van {int((jaar.sensitive & ~proven).sum())} kleine aantallen is niet bewezen dat zij verborgen blijven.",
            waar="onthullingsbeperking", remedie="Er is niets gepubliceerd. Meld dit bij de beheerder.")
    result = np.zeros(size, dtype=bool)
    result[jaar.cells[free]] = True
    return result


def _find_move(jaar: _Jaar, free: np.ndarray, wanted: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A move through as many wanted cells as it can, at little cost; zeros where none was found."""
    import highspy

    n = len(free)
    down = (jaar.value > 1).astype(float)  # a cell of 1 may grow but not become empty
    sign = np.where((rng.random(n) < 0.5) & (down > 0), -1.0, 1.0)
    price = np.where(free, _PRICE_HIDDEN, 1.0 + np.log(jaar.value))
    reward = np.where(wanted, _REWARD * sign, 0.0)
    # Two columns per cell, up and down, so that moving it costs either way.
    cost = np.concatenate([price - reward, price + reward])
    upper = np.concatenate([np.ones(n), down])
    rows = np.concatenate([jaar.row, jaar.row])
    cols = np.concatenate([jaar.col, jaar.col + n])
    coefs = np.concatenate([jaar.coef, -jaar.coef]).astype(float)
    slack = jaar.sums(jaar.value)
    order = np.argsort(cols, kind="stable")

    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = len(cost), len(jaar.equal)
    model.col_cost_, model.col_lower_, model.col_upper_ = cost, np.zeros(2 * n), upper
    model.row_lower_ = np.where(jaar.equal, 0.0, -np.maximum(slack, 0.0))
    model.row_upper_ = np.where(jaar.equal, 0.0, highspy.kHighsInf)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(cols, minlength=len(cost)))])
    model.a_matrix_.index_ = rows[order]
    model.a_matrix_.value_ = coefs[order]
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 1)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return np.zeros(n, dtype=np.int64)
    x = np.asarray(solver.getSolution().col_value)
    return _whole(jaar, x[:n] - x[n:])


def _whole(jaar: _Jaar, move: np.ndarray) -> np.ndarray:
    """The parts of a move that become whole and hold exactly when multiplied; the others are left out.

    Cells of the move that share a relation hang together and stand or fall as one part.
    """
    touched = np.abs(move) > 1e-6
    edges = touched[jaar.col]
    row, col = jaar.row[edges], jaar.col[edges]
    part = np.arange(len(move))
    while True:  # the lowest number in each relation spreads until every part has one
        lowest = np.full(len(jaar.equal), len(move))
        np.minimum.at(lowest, row, part[col])
        wider = part.copy()
        np.minimum.at(wider, col, lowest[row])
        if (wider == part).all():
            break
        part = wider
    result = np.zeros(len(move))
    for name in np.unique(part[touched]):
        cells = np.flatnonzero(touched & (part == name))
        factor = _common_denominator(move[cells])
        if factor > _FACTOR_MAX:
            continue
        whole = np.zeros(len(move), dtype=np.int64)
        whole[cells] = np.rint(move[cells] * factor)
        if _holds(jaar, whole, factor):
            result[cells] = whole[cells] / factor
    return result


def _common_denominator(values: np.ndarray) -> int:
    fractions = np.unique(np.round(np.abs(values - np.rint(values)), 7))
    return lcm(*(Fraction(float(part)).limit_denominator(1000).denominator for part in fractions))


def _holds(jaar: _Jaar, move: np.ndarray, factor: int) -> bool:
    """True if the other population is one, in units of 1/factor person: every sum and bound holds exactly, and no
    cell that has persons becomes empty."""
    before, after = jaar.sums(jaar.value) * factor, jaar.sums(jaar.value * factor + move)
    return bool(np.where(jaar.equal, after == before, after >= np.minimum(before, 0)).all()
                and (jaar.value * factor + move >= factor).all())


# --- what is published --------------------------------------------------------------------------------------


def _publish(table: pa.Table, spec: Any, stelsel: _Stelsel, hidden: np.ndarray, drempel: int) -> pa.Table:
    known = _known(table)
    statuses: dict[str, np.ndarray] = {}
    for figuur in spec.figuren:
        null = table[figuur.kolom].is_null().to_numpy(zero_copy_only=False).astype(bool)
        if figuur.soort == "aantal":
            begin = stelsel.start[spec.tabel, figuur.kolom]
            small = hidden[begin:begin + table.num_rows]
            # Marts count 0 where nobody is; NULL is a figure that this row does not have, or, where a table does
            # not say `te_bepalen`, one that cannot be told.
            unknown = ~known & ~null if "te_bepalen" in table.column_names else null
        elif figuur.soort == "kwantiel":
            small, unknown = _quantile_hidden(table, spec, figuur, statuses, drempel) & ~null, ~known
        elif figuur.soort == "afgeleid":
            behind = _numbers(table, figuur.achter)
            small, unknown = (behind > 0) & (behind < drempel) & ~null, ~known
        else:
            raise ValueError(f"unknown kind of figure: {figuur.soort}")
        statuses[figuur.kolom] = np.select(
            [unknown, small], [_ERNST.index(NIET_TE_BEPALEN), _ERNST.index(ONDERDRUKT)], _ERNST.index(GETOOND))
    columns = {name: table[name] for name in table.column_names if name not in _helpers(table, spec)}
    for name, status in statuses.items():
        columns[name] = pc.if_else(pa.array(status == 0), columns[name], pa.scalar(None, columns[name].type))
    worst = np.max(np.stack(list(statuses.values())), axis=0)
    columns["status"] = _words(worst)
    if len(statuses) > 1:
        columns |= {f"{name}_status": _words(status) for name, status in statuses.items()}
    columns["onderdrukt"] = pa.array(worst == _ERNST.index(ONDERDRUKT))
    return pa.table(columns)


def _quantile_hidden(table: pa.Table, spec: Any, figuur: Any, statuses: dict[str, np.ndarray],
                     drempel: int) -> np.ndarray:
    """A quantile is shown with its count, over enough rows, and with enough persons on either side of it."""
    count = next(item.kolom for item in spec.figuren if item.soort == "aantal")
    shown = (statuses[count] == _ERNST.index(GETOOND)) & (_numbers(table, count) >= _MINIMUM_KWANTIEL)
    for side in _sides(figuur):
        shown &= _numbers(table, side) >= drempel
    return ~shown


def _sides(figuur: Any) -> tuple[str, str]:
    name = figuur.kolom.removesuffix("_dagen")
    return f"onder_{name}", f"boven_{name}"


def _helpers(table: pa.Table, spec: Any) -> set[str]:
    """Columns of the mart that only this rule needs; they hold true counts and are never published."""
    shown = {*spec.dimensies, *(figuur.kolom for figuur in spec.figuren), "soort", "volledig"}
    return set(table.column_names) - shown


def _words(status: np.ndarray) -> pa.Array:
    return pa.array(np.array(_ERNST, dtype=object)[status], pa.string())
