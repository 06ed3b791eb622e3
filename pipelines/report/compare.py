"""What changed between two releases of one profiel, and the delivery or rule behind it.

Lives here: comparing two publications figure by figure. Not here: why a delivery differs (its bronhouder knows).
A figure that is hidden in either release has no difference that could be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import Gebruiksfout
from pipelines.report.figure import Figure
from pipelines.report.language import count, listing, number
from pipelines.report.model import Column, Sheet
from pipelines.report.release import TABLES, Release, Row
from pipelines.report.sheets import FIGURE_HEADS, HEADS, SHEETS, dimension_text, keys
from pipelines.report.view import View

CHANGES = "Wijzigingen"  # the name of the sheet


@dataclass(frozen=True)
class Wijziging:
    """One figure that is not what it was. `plek` are the dimensions in words, `oorzaak` what may explain it.

    `sleutel`: the dimensions as published, but schooljaar.
    """

    tabel: str
    sleutel: tuple[str, ...]
    plek: tuple[str, ...]
    cijfer: str
    voor: Figure | None
    na: Figure | None
    oorzaak: str

    @property
    def verschil(self) -> str:
        """`+3`; circa for rounded figures; empty if one of both is not shown."""
        if self.voor is None or self.na is None or not (self.voor.known and self.na.known):
            return ""
        change = self.na.number - self.voor.number
        circa = "" if self.voor.exact and self.na.exact else "circa "
        return f"{circa}{'+' if change > 0 else ''}{number(change)}"


@dataclass(frozen=True)
class Verschil:
    """Two releases compared. `leveringen` and `regels` say in words what went in differently."""

    van: str
    naar: str
    leveringen: tuple[str, ...]
    regels: tuple[str, ...]
    wijzigingen: tuple[Wijziging, ...]

    def regels_tekst(self, hoogstens: int = 40) -> list[str]:
        """The comparison as lines to print."""
        many = count(len(self.wijzigingen), "cijfer", "cijfers")
        lines = [f"Van uitgave {self.van} naar {self.naar}: {many} gewijzigd."]
        lines += [f"  levering: {text}" for text in self.leveringen]
        lines += [f"  regel: {text}" for text in self.regels]
        for change in self.wijzigingen[:hoogstens]:
            voor, na = ("bestond niet" if each is None else each.text for each in (change.voor, change.na))
            tail = f" ({change.verschil})" if change.verschil else ""
            lines.append(
                f"{SHEETS[change.tabel][0]}, {', '.join(change.plek)}, {change.cijfer}: {voor} -> {na}{tail}"
            )
        left = len(self.wijzigingen) - hoogstens
        return [*lines, f"... en nog {number(left)}."] if left > 0 else lines


def verschil(a: Path, b: Path) -> Verschil:
    """Compare release `a` (before) with `b` (after); Gebruiksfout if their profiel differs."""
    before, after = Release(a), Release(b)
    try:
        if before.profiel != after.profiel:
            raise Gebruiksfout(
                "Deze uitgaven hebben niet hetzelfde profiel.",
                waar=f"{a} en {b}",
                remedie="Vergelijk twee uitgaven van hetzelfde profiel.",
            )
        deliveries = _deliveries(before, after)
        rules = _rules(before, after)
        changes = tuple(
            change
            for table in TABLES
            if table in before.tables and table in after.tables
            for change in _changes(table, before, after, deliveries, rules)
        )
        return Verschil(before.id, after.id, tuple(text for _, text in deliveries), tuple(rules), changes)
    finally:
        before.close()
        after.close()


def _deliveries(before: Release, after: Release) -> list[tuple[Row, str]]:
    """Deliveries that came, went or were replaced."""

    def keyed(release: Release) -> dict[tuple[str, str, str], Row]:
        return {
            (row["contract"], row["bronhouder"], row["schooljaar"]): row
            for row in release.listed("leveringen")
        }

    old, new = keyed(before), keyed(after)
    found = []
    for key in sorted(old.keys() | new.keys()):
        name = f"{key[0]} van {_who(after, key[1])} over {key[2]}"
        if key not in old:
            found.append((new[key], f"{name} is nieuw ({new[key].get('leverdatum', '')})"))
        elif key not in new:
            found.append((old[key], f"{name} telt niet meer mee"))
        elif old[key].get("sha256") != new[key].get("sha256"):
            found.append(
                (
                    new[key],
                    f"{name} is vervangen ({old[key].get('leverdatum', '')} door "
                    f"{new[key].get('leverdatum', '')})",
                )
            )
    return found


def _who(release: Release, bronhouder: str) -> str:
    """A bronhouder by name and code; by code alone where the release has no name for it."""
    names = (release.name(kind, bronhouder) for kind in ("gemeente", "bestuur"))
    name = next((name for name in names if name != bronhouder), "")
    return f"{name} ({bronhouder})" if name else bronhouder


def _rules(before: Release, after: Release) -> list[str]:
    """Rules, drempel and code that differ."""
    words = {"aan": "aan", "soort": "soort", "norm_dagen": "norm in dagen"}
    old = {row["reden"]: row for row in before.listed("regels")}
    new = {row["reden"]: row for row in after.listed("regels")}
    found = []
    for reden in sorted(old.keys() | new.keys()):
        for name in ("aan", "soort", "norm_dagen"):
            one, other = (rules.get(reden, {}).get(name) for rules in (old, new))
            if one != other:
                found.append(f"{after.name('reden', reden)}: {words[name]} was {one}, is {other}")
    for name, word in (
        ("drempel", "de drempel"),
        ("koppelingen", "de koppeling van behoefte en jeugdhulp"),
        ("codeversie", "de programmatuur"),
    ):
        if before.publicatie.get(name) != after.publicatie.get(name):
            found.append(f"{word} is gewijzigd")
    return found


def _changes(
    table: str, before: Release, after: Release, deliveries: list[tuple[Row, str]], rules: list[str]
) -> Iterator[Wijziging]:
    dims, figures = TABLES[table]
    for old, new in _rows(table, dims, figures, before, after):
        row = new or old or {}
        for name in figures:
            voor = before.figure(old, name) if old else None
            na = after.figure(new, name) if new else None
            if voor == na:
                continue
            yield Wijziging(
                table,
                tuple(str(row[dim]) for dim in dims[1:]),
                tuple(dimension_text(after, dim, row) for dim in dims),
                FIGURE_HEADS.get((table, name), HEADS[name]),
                voor,
                na,
                _cause(table, row, deliveries, rules),
            )


def _rows(
    table: str, dims: tuple[str, ...], figures: tuple[str, ...], before: Release, after: Release
) -> Iterator[tuple[Row | None, Row | None]]:
    """Pairs of rows with the same key of which a figure or its status differs; None where one is not there."""
    con = duckdb.connect(config={"threads": 1})
    names = [*dims, *(column for figure in figures for column in (figure, f"{figure}_status")), "status"]
    for side, release in (("voor", before), ("na", after)):
        path = str(release.folder / "parquet" / f"{table}.parquet").replace("'", "''")
        have = {row[0] for row in con.execute(f"DESCRIBE SELECT * FROM read_parquet('{path}')").fetchall()}
        columns = ", ".join(f'"{name}"' if name in have else f'NULL::VARCHAR AS "{name}"' for name in names)
        con.execute(f"CREATE VIEW {side} AS SELECT {columns}, true AS is_er FROM read_parquet('{path}')")
    keys = " AND ".join(f'voor."{dim}" = na."{dim}"' for dim in dims)
    rest = names[len(dims) :]
    differ = " OR ".join(f'voor."{name}" IS DISTINCT FROM na."{name}"' for name in rest)
    both = ", ".join(f'{side}."{name}"' for side in ("voor", "na") for name in (*names, "is_er"))
    order = ", ".join(f'coalesce(na."{dim}", voor."{dim}")' for dim in dims)
    rows = con.execute(
        f"SELECT {both} FROM voor FULL JOIN na ON {keys} WHERE {differ} ORDER BY {order}"
    ).fetchall()
    con.close()
    half = len(names) + 1
    for row in rows:
        old, new = row[:half], row[half:]
        yield (
            dict(zip(names, old, strict=False)) if old[-1] else None,
            dict(zip(names, new, strict=False)) if new[-1] else None,
        )


def _cause(table: str, row: Row, deliveries: list[tuple[Row, str]], rules: list[str]) -> str:
    """Deliveries that can have moved this figure: its own bronhouder's first, else those of its schooljaar."""
    places: set[Any] = {row.get(name) for name in ("gebied", "bestuur", "gemeente", "partij")}
    same_year = [
        (delivery, text) for delivery, text in deliveries if delivery["schooljaar"] == row["schooljaar"]
    ]
    own = [text for delivery, text in same_year if delivery["bronhouder"] in places]
    texts = own or [text for _, text in same_year]
    if texts:
        shown = listing(texts[:3]) + (f" en nog {len(texts) - 3}" if len(texts) > 3 else "")
        return f"levering {shown}"
    if deliveries and table == "grijs_gebied_redenen":
        return f"levering over een ander schooljaar: {deliveries[0][1]}"
    if rules:
        return f"regel: {rules[0]}"
    return (
        f"levering over een ander schooljaar: {deliveries[0][1]}"
        if deliveries
        else "bescherming of afronding"
    )


def _was(change: Wijziging) -> Figure | str:
    """What stood there, unless it is hidden now: a pack shows no more than the publication it belongs to."""
    if change.voor is None:
        return "bestond niet"
    gone = change.na is None or not change.na.known
    return "wel getoond" if gone and change.voor.known else change.voor


def change_sheet(found: Verschil, view: View, hoogstens: int = 20_000) -> Sheet:
    """The comparison as a sheet of the workbook of one area: what changed of the figures in it."""
    there = keys(view) if found.wijzigingen else {}
    changes = [each for each in found.wijzigingen if each.sleutel in there.get(each.tabel, ())]
    heads = (
        Column("Tabel", numeric=False),
        Column("Waar", numeric=False),
        Column("Cijfer", numeric=False),
        Column("Was"),
        Column("Is"),
        Column("Verschil", numeric=False),
        Column("Waardoor", numeric=False),
    )
    rows = tuple(
        (
            SHEETS[change.tabel][0],
            ", ".join(change.plek),
            change.cijfer,
            _was(change),
            change.na or "bestaat niet meer",
            change.verschil,
            change.oorzaak,
        )
        for change in changes[:hoogstens]
    )
    left = len(changes) - len(rows)
    note = (
        f"Van uitgave {found.van} naar {found.naar}: {count(len(changes), 'cijfer', 'cijfers')} gewijzigd."
        + (f" De laatste {number(left)} staan niet in dit blad; oa verschil noemt ze alle." if left else "")
    )
    return Sheet(CHANGES, "wijzigingen", "Wat is er gewijzigd sinds de vorige uitgave?", heads, rows, note)
