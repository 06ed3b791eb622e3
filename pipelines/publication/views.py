"""Views for BI: every code with its Dutch name beside it, and for every figure what a person should read.

Lives here: the SQL and the comments of `v_<table>`, one per published table. Not here: the tables (describe), or
anything that they do not hold: a view joins the names that the publication has and puts the status into words.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.publication.describe import Tabel

TOTAAL, OVERIGE = "TOTAAL", "overige vestigingen"
# How a member of gebied or partij is called in the dimension tables, where that is not its own soort.
SLEUTEL = {"woongemeente": "gemeente", "schoolgemeente": "gemeente", "school": "vestigingscode"}
# Columns with places or parties, and what their name is called.
_PLACES = {name: name for name in ("gemeente", "swv", "bestuur", "jeugdregio")} | {"vestigingscode": "school"}
_SOORT = {"gebied": "gebied_soort", "partij": "partij_soort"}  # which column says what the member is
# Table and dimension whose codes are a list of another name.
_LIJST = {("ondersteuning_per_bestuur_gemeente", "categorie"): "categorie_kort"}
_LAST = 99  # TOTAAL sorts behind every code


@dataclass(frozen=True)
class Weergave:
    """A view: its name, its query, its comment and those of its columns."""

    naam: str
    sql: str
    commentaar: str
    kolommen: dict[str, str]


@dataclass
class _Query:
    """Columns (name: expression, comment) and joins, gathered column by column."""

    kolommen: dict[str, tuple[str, str]]
    joins: list[str]

    def label(self, name: str, expression: str, of: str) -> None:
        self.kolommen[f"{name}_naam"] = (expression, f"Leesbare naam van `{of}`.")


def views(tabellen: Sequence[Tabel]) -> list[Weergave]:
    """A view for each table. `tabellen` are all tables of the publication, `publicatie` and `codelijst` included."""
    by_name = {tabel.naam: tabel for tabel in tabellen}
    names = _named_by(tabellen)
    [told] = by_name["publicatie"].inhoud.to_pylist()
    drempel = _drempel(int(told["drempel"]), json.loads(told["overgenomen"] or "[]"))
    lists = set(by_name["codelijst"].inhoud["lijst"].to_pylist())
    return [_view(tabel, names, lists, drempel) for tabel in tabellen]


def _named_by(tabellen: Sequence[Tabel]) -> dict[str, str]:
    """Key of each dimension table with names: the table."""
    return {
        tabel.sleutel[0]: tabel.naam
        for tabel in tabellen
        if len(tabel.sleutel) == 1 and "naam" in tabel.kolommen
    }


def _drempel(today: int, overgenomen: Sequence[Mapping[str, object]]) -> str:
    """The base of rounding of a row: that of the release its schooljaar was carried over from, else today's."""
    cases = " ".join(f"WHEN {_text(str(item['schooljaar']))} THEN {item['drempel']}" for item in overgenomen)
    return f"(CASE t.schooljaar {cases} ELSE {today} END)" if cases else str(today)


def _view(tabel: Tabel, names: Mapping[str, str], lists: set[str], drempel: str) -> Weergave:
    query = _Query({}, [])
    spec = tabel.spec
    figures = [figuur.kolom for figuur in spec.figuren] if spec else []
    # A figure may bear the name of a dimension (overlegpartners.swv); only other columns hold codes.
    codes = set(tabel.kolommen) - set(figures) - set(tabel.sleutel) if spec else set()
    for column, text in tabel.kolommen.items():
        query.kolommen[column] = (f't."{column}"', text)
        lijst = _LIJST.get((tabel.naam, column), column)
        if column not in codes:
            continue
        if column in _PLACES:
            _place(query, column, names, "bestuur" in codes & set(names))
        elif column in _SOORT:
            _member(query, column, names)
        elif lijst in lists:
            _code(query, column, lijst)
    for figure in figures:
        _figure(query, figure, len(figures) > 1, set(tabel.kolommen), drempel)
        if spec and spec.methode == "afronden":
            _range(query, figure, len(figures) > 1, set(tabel.kolommen), drempel)
    columns = ", ".join(f'{expression} AS "{name}"' for name, (expression, _) in query.kolommen.items())
    return Weergave(
        f"v_{tabel.naam}",
        " ".join([f'SELECT {columns} FROM "{tabel.naam}" AS t', *query.joins]),
        f"{tabel.commentaar} Met leesbare namen.",
        {name: text for name, (_, text) in query.kolommen.items()},
    )


def _place(query: _Query, column: str, names: Mapping[str, str], with_bestuur: bool) -> None:
    """A place or party; the small schools of a bestuur are named after it. A profiel may lack the names."""
    found = f't."{column}"'
    if column in names:
        query.joins.append(
            f'LEFT JOIN "{names[column]}" AS "{column}" ON "{column}"."{column}" = t."{column}"'
        )
        found = f'coalesce("{column}".naam, t."{column}")'
    rest = f"'{OVERIGE[:1].upper()}{OVERIGE[1:]}'" + (
        ' || \' van \' || coalesce("bestuur".naam, t."bestuur")' if with_bestuur else ""
    )
    query.label(
        _PLACES[column],
        f"CASE t.\"{column}\" WHEN '{TOTAAL}' THEN 'Totaal' WHEN '{OVERIGE}' THEN {rest} ELSE {found} END",
        column,
    )


def _member(query: _Query, column: str, names: Mapping[str, str]) -> None:
    """A member whose dimension table depends on its soort."""
    soort, found = _SOORT[column], []
    for key, table in names.items():
        own = [key, *(soort_ for soort_, of in SLEUTEL.items() if of == key)]
        alias = f"{column}_{key}"
        query.joins.append(
            f'LEFT JOIN "{table}" AS "{alias}" ON "{alias}"."{key}" = t."{column}" '
            f'AND t."{soort}" IN ({", ".join(_text(each) for each in own)})'
        )
        found.append(f'"{alias}".naam')
    joined = ", ".join([*found, f't."{column}"'])
    query.label(
        column, f"CASE t.\"{column}\" WHEN '{TOTAAL}' THEN 'Totaal' ELSE coalesce({joined}) END", column
    )


def _code(query: _Query, column: str, lijst: str) -> None:
    """A code of a list, with its place in it."""
    alias = f"lijst_{column}"
    query.joins.append(
        f'LEFT JOIN "codelijst" AS "{alias}" ON "{alias}".lijst = {_text(lijst)} '
        f'AND "{alias}".code = t."{column}"'
    )
    whole = f"CASE t.\"{column}\" WHEN '{TOTAAL}' THEN {{}} ELSE {{}} END"
    query.label(column, whole.format("'Totaal'", f'coalesce("{alias}".omschrijving, t."{column}")'), column)
    query.kolommen[f"{column}_volgorde"] = (
        whole.format(_LAST, f'"{alias}".volgorde'),
        f"Om `{column}_naam` in leesvolgorde te zetten.",
    )


def _figure(query: _Query, figure: str, several: bool, columns: set[str], drempel: str) -> None:
    """What a person reads."""
    status = _status(figure, columns)
    value, (low, high) = f't."{figure}"', _bounds(figure, status, drempel)
    read = (
        f"CASE WHEN {status} = 'onderdrukt' THEN 'niet getoond' "
        f"WHEN {status} = 'niet_te_bepalen' THEN 'niet te bepalen' "
        f"WHEN {value} IS NULL THEN 'n.v.t.' "
        f"WHEN {status} = 'afgerond' THEN 'circa ' || {_dotted(value)} || ' (' || {_dotted(low)} || "
        f"' tot en met ' || {_dotted(high)} || ')' ELSE {_dotted(value)} END"
    )
    name = f"{figure}_tekst" if several else "tekst"
    query.kolommen[name] = (read, f"Wat een lezer van `{figure}` te zien krijgt.")


def _range(query: _Query, figure: str, several: bool, columns: set[str], drempel: str) -> None:
    """Between which counts the true one lies: the same twice where it is exact."""
    bounds = _bounds(figure, _status(figure, columns), drempel)
    for name, bound in zip(("minstens", "hoogstens"), bounds, strict=True):
        query.kolommen[f"{figure}_{name}" if several else name] = (
            bound,
            f"Het echte aantal van `{figure}` is {name} zo groot.",
        )


def _bounds(figure: str, status: str, drempel: str) -> tuple[str, str]:
    value = f't."{figure}"'
    return (
        f"CASE WHEN {status} = 'afgerond' THEN greatest(0, {value} - {drempel} + 1) ELSE {value} END",
        f"CASE WHEN {status} = 'afgerond' THEN {value} + {drempel} - 1 ELSE {value} END",
    )


def _status(figure: str, columns: set[str]) -> str:
    name = f"{figure}_status"
    return f't."{name if name in columns else "status"}"'


def _dotted(number: str) -> str:
    """1234 -> `1.234`."""
    return f"replace(format('{{:,}}', {number}), ',', '.')"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def statements(weergave: Weergave) -> Iterator[str]:
    """What makes the view and its comments."""
    yield f'CREATE VIEW "{weergave.naam}" AS {weergave.sql}'
    yield f'COMMENT ON VIEW "{weergave.naam}" IS {_text(weergave.commentaar)}'
    for name, text in weergave.kolommen.items():
        yield f'COMMENT ON COLUMN "{weergave.naam}"."{name}" IS {_text(text)}'
