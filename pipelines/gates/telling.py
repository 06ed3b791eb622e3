"""Counting what the suite `publicatie` looks at, in the candidate's own files.

Lives here: a handful of tables of counts, made by DuckDB so that a candidate of any size stays cheap. Not
here: what is expected of the counts (expectations/suites/publicatie.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from expectations.suites.publicatie import BESTAAT_ALS, CODES, LEDEN, OVERIGE, STATUSSEN, TOTAAL, VERBANDEN
from pipelines.warehouse import TabelSpec

if TYPE_CHECKING:
    import pandas as pd

KEYS = {
    "tabel": ["tabel"],
    "figuur": ["tabel", "figuur"],
    "lid": ["tabel", "kolom"],
    "som": ["tabel", "figuur", "over"],
    "aandeel": ["tabel"],
    "verband": ["verband"],
}
# Tables that the publication adds to the marts.
_OVER_ZICHZELF = {
    "toelichting": ("tabel", "kolom"),
    "codelijst": ("lijst", "code"),
    "publicatie": ("release",),
}
_GRAVITY = f"list_position({list(STATUSSEN)!r}, {{}})"


def candidate_frames(folder: Path, specs: Sequence[TabelSpec], drempel: int) -> dict[str, pd.DataFrame]:
    """The tables of counts by name; a table that is missing is counted as missing, not as an error."""
    import pandas as pd

    with duckdb.connect(str(folder / "ondersteuning.duckdb"), read_only=True, config={"threads": 1}) as con:
        present = {
            name
            for (name,) in con.execute(
                "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'main'"
            ).fetchall()
        }
        counted = [spec for spec in specs if spec.figuren and spec.tabel in present]
        limit = _drempel(con, drempel, present)
        return {
            "tabel": pd.DataFrame(_tables(con, folder, specs, present)),
            "figuur": pd.DataFrame(
                [_figure(con, spec, figuur, limit) for spec in counted for figuur in spec.figuren]
            ),
            "lid": pd.DataFrame(
                [_members(con, spec, dim, present) for spec in counted for dim in spec.dimensies]
            ),
            "som": pd.DataFrame([row for spec in counted for row in _sums(con, spec)]),
            "aandeel": pd.DataFrame([_share(con, spec, drempel) for spec in counted if spec.aandeel]),
            "verband": pd.DataFrame(list(_pairs(con, {spec.tabel: spec for spec in counted}))),
        }


def _drempel(con: duckdb.DuckDBPyConnection, drempel: int, present: set[str]) -> str:
    """The drempel of a row as SQL: that of the release it carried over from, else that of today."""
    if "publicatie" not in present:
        return str(drempel)
    [told] = con.execute("SELECT overgenomen FROM publicatie").fetchone() or ["[]"]
    cases = " ".join(f"WHEN '{item['schooljaar']}' THEN {int(item['drempel'])}" for item in json.loads(told))
    return f"(CASE schooljaar {cases} ELSE {drempel} END)" if cases else str(drempel)


def _row(con: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    result = con.execute(sql)
    return dict(zip([column[0] for column in result.description], result.fetchone(), strict=True))


def _tables(
    con: duckdb.DuckDBPyConnection, folder: Path, specs: Sequence[TabelSpec], present: set[str]
) -> list[dict[str, Any]]:
    expected: dict[str, TabelSpec | None] = {spec.tabel: spec for spec in specs} | dict.fromkeys(
        _OVER_ZICHZELF
    )
    files = {path.stem for path in (folder / "parquet").glob("*.parquet")}
    columns: dict[str, dict[str, bool]] = {}
    for table, column, told in con.execute(
        "SELECT table_name, column_name, coalesce(comment, '') <> '' FROM duckdb_columns() "
        "WHERE schema_name = 'main' ORDER BY column_index"
    ).fetchall():
        columns.setdefault(table, {})[column] = told
    silent = {
        name
        for (name,) in con.execute(
            "SELECT table_name FROM duckdb_tables() WHERE coalesce(comment, '') = ''"
        ).fetchall()
    }
    explained = (
        set(con.execute("SELECT tabel, kolom FROM toelichting").fetchall())
        if "toelichting" in present
        else set()
    )
    rows = []
    for name in sorted({*expected, *present, *files}):
        spec = expected.get(name)
        here = columns.get(name, {})
        there = name in present and name in files
        needed = {(name, ""), *((name, figuur.kolom) for figuur in (spec.figuren if spec else ()))}
        needed |= {(name, kolom) for kolom in (spec.aandeel.kolommen if spec and spec.aandeel else ())}
        declared = _declared(spec) if spec else set(here)
        rows.append(
            {
                "tabel": name,
                "tabellen": 1,
                "ontbreekt": int(name in expected and not there),
                "onverklaard": int(name not in expected),
                "kolommen": len(here),
                "onverklaarde_kolommen": len(declared ^ set(here)) if name in present else 0,
                "zonder_commentaar": sum(not told for told in here.values()) + int(name in silent),
                "uitleg_nodig": len(needed),
                "zonder_uitleg": len(needed - explained) if name in expected else 0,
                "vormen_verschillen": int(
                    there
                    and _content(con, f'"{name}"', here)
                    != _content(con, f"read_parquet('{_quoted(folder / 'parquet' / name)}.parquet')", here)
                ),
            }
            | _rows(con, name, spec, name in present)
        )
    return rows


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _content(con: duckdb.DuckDBPyConnection, source: str, columns: dict[str, bool]) -> tuple[Any, ...] | str:
    """Rows and a hash over them that does not depend on their order."""
    names = ", ".join(f'"{name}"' for name in columns)
    try:
        return con.execute(f"SELECT count(*), sum(hash({names})::HUGEINT) FROM {source}").fetchone()
    except duckdb.Error:  # a column that one of the two forms lacks
        return source


def _declared(spec: TabelSpec) -> set[str]:
    if not spec.figuren:
        return {kolom.naam for kolom in spec.kolommen}
    names = {*spec.dimensies, *spec.kenmerken, "status", "onderdrukt"}
    if {"swv", "bestuur", "vestigingscode"} <= set(spec.dimensies):
        names.add("plaats")
    for figuur in spec.figuren:
        names.add(figuur.kolom)
        if len(spec.figuren) > 1:
            names |= {f"{figuur.kolom}_status", f"{figuur.kolom}_onderdrukt"}
    return names | set(spec.aandeel.kolommen if spec.aandeel else ())


def _rows(con: duckdb.DuckDBPyConnection, name: str, spec: TabelSpec | None, present: bool) -> dict[str, int]:
    """Rows, keys, statuses and the grid of one table."""
    empty = {
        "rijen": 0,
        "dubbele_rijen": 0,
        "lege_sleutels": 0,
        "status_klopt_niet": 0,
        "cellen": 0,
        "cellen_tekort": 0,
    }
    if not present or (spec is None and name not in _OVER_ZICHZELF):
        return empty
    key = spec.dimensies if spec else _OVER_ZICHZELF[name]
    names = ", ".join(key)
    null = " OR ".join(f"{dim} IS NULL" for dim in key)
    found = _row(
        con,
        f"SELECT count(*) AS rijen, count(*) - count(DISTINCT ({names})) AS dubbele_rijen, "
        f'count(*) FILTER ({null}) AS lege_sleutels FROM "{name}"',
    )
    if spec is None or not spec.figuren:
        return empty | found
    worst = [_GRAVITY.format(_status(spec, figuur.kolom)) for figuur in spec.figuren]
    found |= _row(
        con,
        f"SELECT count(*) FILTER ({_GRAVITY.format('status')} IS DISTINCT FROM "
        f"greatest({', '.join(worst)}) OR onderdrukt IS DISTINCT FROM (status = 'onderdrukt')) "
        f'AS status_klopt_niet FROM "{name}"',
    )
    return empty | found | _grid(con, spec)


def _status(spec: TabelSpec, kolom: str) -> str:
    return "status" if len(spec.figuren) == 1 else f"{kolom}_status"


def _grid(con: duckdb.DuckDBPyConnection, spec: TabelSpec) -> dict[str, int]:
    """Cells that should be there: the places that occur in a schooljaar x every code, and what is missing.

    Members of independent dimensions cross; those of a hierarchy (areas, school within bestuur) come
    together.
    """
    together = [tuple(rule["dimensies"]) for rule in spec.hierarchie if rule["soort"] in ("gebied", "genest")]
    if "partij" in spec.dimensies:
        together.append(("partij_soort", "partij"))
    joined = {dim for group in together for dim in group}
    factors = [f"count(DISTINCT ({', '.join(group)}))" for group in together]
    for dim in spec.dimensies:
        if dim in joined or dim == "schooljaar":
            continue
        codes = _codes(spec, dim)
        factors.append(str(len(codes)) if codes else f"count(DISTINCT {dim})")
    return _row(
        con,
        f"SELECT coalesce(sum(cellen), 0)::BIGINT AS cellen, "
        f"coalesce(sum(abs(cellen - rijen)), 0)::BIGINT AS cellen_tekort "
        f"FROM (SELECT {' * '.join(factors) or '1'} AS cellen, count(*) AS rijen "
        f'FROM "{spec.tabel}" GROUP BY schooljaar)',
    )


def _codes(spec: TabelSpec, dim: str) -> tuple[str, ...]:
    """Every code that a coded dimension of this table must have, TOTAAL with it if the table has one."""
    codes = CODES.get(f"{spec.tabel}.{dim}") or CODES.get(dim) or ()
    return (*codes, TOTAAL) if codes and dim in spec.met_totaal else codes


def _figure(con: duckdb.DuckDBPyConnection, spec: TabelSpec, figuur: Any, drempel: str) -> dict[str, Any]:
    kolom, status = figuur.kolom, _status(spec, figuur.kolom)
    exists = BESTAAT_ALS.get(f"{spec.tabel}.{kolom}", "true")
    if figuur.soort in ("kwantiel", "gemiddelde"):  # of nothing there is no median and no mean
        exists = f"({figuur.extra['aantal']} > 0 OR {figuur.extra['aantal']} IS NULL)"
    shown, hidden = f"{status} IN ('getoond', 'afgerond')", f"{status} IN ('onderdrukt', 'niet_te_bepalen')"
    return {"tabel": spec.tabel, "figuur": kolom, "soort": figuur.soort} | _row(
        con,
        f"""
        SELECT count(*) AS rijen, count(*) FILTER ({shown}) AS getoond,
            count(*) FILTER ({hidden}) AS verborgen,
            count(*) FILTER ({status} = 'afgerond') AS afgerond,
            count(*) FILTER ({status} = 'getoond' AND {kolom} BETWEEN 1 AND {drempel} - 1) AS klein_getoond,
            count(*) FILTER ({hidden} AND {kolom} IS NOT NULL) AS verborgen_gevuld,
            count(*) FILTER ({shown} AND {kolom} IS NULL AND {exists}) AS getoond_leeg,
            count(*) FILTER ({kolom} IS NOT NULL AND NOT {exists}) AS bestaat_niet_gevuld,
            count(*) FILTER ({status} IS NULL OR {status} NOT IN {STATUSSEN}) AS vreemde_status,
            count(*) FILTER ({kolom} < 0) AS negatief,
            count(*) FILTER ({status} = 'afgerond' AND {kolom} % ({drempel}) <> 0) AS geen_veelvoud
        FROM "{spec.tabel}\"""",
    )


def _share(con: duckdb.DuckDBPyConnection, spec: TabelSpec, drempel: int) -> dict[str, Any]:
    """Shares, those that stand where they may not, and those that do not follow from what is shown beside them."""
    teller, (kolom, noemer, bron) = spec.aandeel.teller, spec.aandeel.kolommen
    status = _status(spec, teller)
    filled = f"{kolom} IS NOT NULL OR {noemer} IS NOT NULL OR {bron} IS NOT NULL"
    whole = f"{kolom} IS NOT NULL AND {noemer} > 0 AND {bron} IS NOT NULL"
    rest = f"{noemer} - {teller}"
    allowed = f"{status} IN ('getoond', 'afgerond') AND {rest} >= {drempel}"
    right = f"round({kolom}, 1) = {kolom} AND abs({kolom} - 100.0 * {teller} / {noemer}) <= 0.05 + 1e-9"
    return {"tabel": spec.tabel} | _row(
        con,
        f"""
        SELECT count(*) FILTER ({filled}) AS aandelen,
            count(*) FILTER (({filled}) AND (({whole}) AND {allowed}) IS NOT TRUE) AS mag_niet,
            count(*) FILTER (({filled}) AND ({right}) IS NOT TRUE) AS wijkt_af
        FROM "{spec.tabel}\"""",
    )


def _members(con: duckdb.DuckDBPyConnection, spec: TabelSpec, dim: str, present: set[str]) -> dict[str, Any]:
    found = {member for (member,) in con.execute(f'SELECT DISTINCT {dim} FROM "{spec.tabel}"').fetchall()}
    allowed: set[str] = set(_codes(spec, dim))
    missing = allowed - found if found else set()
    if not allowed:
        list_ = LEDEN.get(dim)
        if isinstance(list_, tuple):
            allowed = set(list_)
        elif list_ in present:
            allowed = {member for (member,) in con.execute(f"SELECT {dim} FROM {list_}").fetchall()}
        else:
            allowed = set(found) - {TOTAAL}
        if dim == "vestigingscode" and "bestuur" in spec.dimensies:
            allowed.add(OVERIGE)  # small vestigingen of a bestuur, put together
        if dim in spec.met_totaal:
            allowed.add(TOTAAL)
            missing = {TOTAAL} - found if found else set()
    years = [year for year in found if not _is_year(str(year))] if dim == "schooljaar" else []
    return {
        "tabel": spec.tabel,
        "kolom": dim,
        "leden": max(len(found), len(allowed & found)),
        "verkeerde_leden": len(found - allowed) + len(missing),
        "ongeldig_schooljaar": len(years),
    }


def _is_year(text: str) -> bool:
    first, _, second = text.partition("-")
    return len(text) == 9 and first.isdigit() and second.isdigit() and int(second) == int(first) + 1


def _sums(con: duckdb.DuckDBPyConnection, spec: TabelSpec) -> Iterator[dict[str, Any]]:
    """Lines of which every cell is shown exactly, and those of them where the parts are not the total."""
    for figuur in spec.figuren:
        if figuur.soort != "aantal":
            continue
        for over, source, key, whole in _lines(spec):
            status = _status(spec, figuur.kolom)
            yield {"tabel": spec.tabel, "figuur": figuur.kolom, "over": over} | _row(
                con,
                f"""
                SELECT count(*) AS lijnen, count(*) FILTER (geheel IS DISTINCT FROM delen) AS wijkt_af
                FROM (SELECT sum({figuur.kolom}) FILTER ({whole}) AS geheel,
                        coalesce(sum({figuur.kolom}) FILTER (NOT ({whole})), 0) AS delen
                    FROM {source} GROUP BY {", ".join(key)}
                    HAVING bool_and({status} = 'getoond') AND count({figuur.kolom}) = count(*)
                        AND bool_or({whole}) AND NOT bool_and({whole}))""",
            )


def _lines(spec: TabelSpec) -> Iterator[tuple[str, str, list[str], str]]:
    """Every way in which the table adds up: (name, rows, key of a line, which of its cells is the total)."""
    table = f'"{spec.tabel}"'
    for rule in spec.hierarchie:
        within = list(rule["dimensies"])
        key = [dim for dim in spec.dimensies if dim not in within]
        if rule["soort"] == "totaal":
            yield within[0], table, key, f"{within[0]} = '{TOTAAL}'"
        elif rule["soort"] == "gebied":
            for soort, ouder in rule["ouders"].items():
                source = f"{table} WHERE gebied_soort IN ('{soort}', '{ouder}')"
                if ouder != "regio":
                    source = (
                        f"(SELECT t.*, coalesce(d.{ouder}, t.gebied) AS ouder FROM {table} AS t "
                        f"LEFT JOIN dim_gemeente AS d ON d.gemeente = t.gebied AND gebied_soort = '{soort}' "
                        f"WHERE gebied_soort IN ('{soort}', '{ouder}'))"
                    )
                yield soort, source, key + ["ouder"] * (ouder != "regio"), f"gebied_soort = '{ouder}'"
        elif rule["soort"] == "genest":
            for depth, dim in enumerate(within):
                level = [f"{upper} <> '{TOTAAL}'" for upper in within[:depth]]
                level += [f"{lower} = '{TOTAAL}'" for lower in within[depth + 1 :]]
                yield (
                    dim,
                    f"{table} WHERE {' AND '.join(level) or 'true'}",
                    key + within[:depth],
                    f"{dim} = '{TOTAAL}'",
                )
        else:
            raise ValueError(f"unknown kind of hierarchy: {rule['soort']}")


def _pairs(con: duckdb.DuckDBPyConnection, specs: dict[str, TabelSpec]) -> Iterator[dict[str, Any]]:
    """Cells that stand in two tables, and those where figure or status differ."""
    for name, sides in VERBANDEN.items():
        if not all(table in specs for table, _, _ in sides):
            continue
        parts = []
        for table, rows, key in sides:
            columns = ", ".join(f"{column} AS k{number}" for number, column in enumerate(key.split(", ")))
            parts.append(
                f"(SELECT {columns}, {specs[table].figuren[0].kolom} AS cijfer, status "
                f'FROM "{table}" WHERE {rows})'
            )
        keys = ", ".join(f"k{number}" for number in range(len(sides[0][2].split(", "))))
        yield {"verband": name} | _row(
            con,
            f"""
            SELECT count(*) AS vergeleken, count(*) FILTER (a.cijfer IS DISTINCT FROM b.cijfer
                OR a.status IS DISTINCT FROM b.status) AS wijkt_af
            FROM {parts[0]} AS a JOIN {parts[1]} AS b USING ({keys})""",
        )
