"""Lays unprotected marts beside the oracle and says where they differ, in counts and keys of aggregates.

Lives here: the columns of each table, and the comparison of true values. Not here: what may be
hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from tests.acceptance.oracle_jaar import Cel, Tabel

GEBIED = ("schooljaar", "gebied_soort", "gebied")
ZIJDE = {"mediaan_dagen": ("onder_mediaan", "boven_mediaan"), "p90_dagen": ("onder_p90", "boven_p90")}


class Vorm(NamedTuple):
    """Columns of a table: dimensions, figures, and the mart's helper columns (persons behind a figure)."""

    dimensies: tuple[str, ...]
    figuren: tuple[str, ...]
    achter: tuple[tuple[str, str], ...] = ()
    volledig: bool = False
    te_bepalen: bool = True


VORM = {
    "ondersteuning_per_gebied": Vorm((*GEBIED, "categorie"), ("leerlingen",), volledig=True),
    "ondersteuning_per_school": Vorm(
        ("schooljaar", "swv", "bestuur", "vestigingscode", "categorie"), ("leerlingen",)
    ),
    "ondersteuning_per_bestuur_gemeente": Vorm(
        ("schooljaar", "bestuur", "gemeente", "categorie"), ("leerlingen",)
    ),
    "grijs_gebied_redenen": Vorm((*GEBIED, "reden", "soort"), ("leerlingen",), volledig=True),
    "verantwoordelijkheid": Vorm(
        (*GEBIED, "verantwoordelijke", "financiering"),
        ("arrangementen",),
        (("arrangementen", "leerlingen_achter"),),
    ),
    "organisatie": Vorm(
        (*GEBIED, "ondersteuningsvorm"), ("arrangementen",), (("arrangementen", "leerlingen_achter"),)
    ),
    "wachttijden": Vorm(
        (*GEBIED, "stap"),
        ("aantal", "mediaan_dagen", "p90_dagen", "wachtend"),
        (("aantal", "leerlingen_achter"), ("wachtend", "wachtend_leerlingen_achter")),
        volledig=True,
    ),
    "jeugdhulppartners_per_school": Vorm(
        ("schooljaar", "vestigingscode"),
        ("aanbieders",),
        (("aanbieders", "leerlingen_achter"),),
        te_bepalen=False,
    ),
    "overlegpartners": Vorm(
        ("schooljaar", "partij_soort", "partij"),
        ("gemeenten", "swv", "besturen"),
        (("gemeenten", "leerlingen_achter"),),
        te_bepalen=False,
    ),
    "koppelgraad": Vorm(
        ("schooljaar", "gemeente"), ("leerlingen_onderwijs", "gekoppeld"), volledig=True, te_bepalen=False
    ),
    "grijs_gebied_school_gemeente": Vorm(
        ("schooljaar", "swv", "bestuur", "vestigingscode", "gemeente", "categorie"),
        ("leerlingen",),
        te_bepalen=False,
    ),
}


def expected_row(name: str, cel: Cel) -> dict[str, object]:
    """The mart row that a Cel asks for, without its dimensions."""
    vorm = VORM[name]
    row: dict[str, object] = {figuur: cel.figuren[figuur] for figuur in vorm.figuren}
    row |= {kolom: cel.achter[figuur] for figuur, kolom in vorm.achter}
    for figuur in cel.onbekend:
        row[figuur] = None
    if vorm.te_bepalen:
        row["te_bepalen"] = cel.te_bepalen
    if vorm.volledig:
        row["volledig"] = cel.volledig
    if name == "wachttijden":
        zijden = cel.zijden or {}
        for figuur, kolommen in ZIJDE.items():
            row |= dict(zip(kolommen, zijden.get(figuur, (0, 0)), strict=True))
    return row


def compare_mart(name: str, rows: Iterable[dict[str, object]], tabel: Tabel, shown: int = 8) -> list[str]:
    """Differences as lines of text; a cell that is niet te bepalen is compared on that status alone."""
    dimensies = VORM[name].dimensies
    found = {tuple(row[d] for d in dimensies): row for row in rows}
    differences = [f"{name}: ontbreekt {key}" for key in sorted(tabel.keys() - found.keys())]
    differences += [f"{name}: te veel {key}" for key in sorted(found.keys() - tabel.keys())]
    for key in sorted(tabel.keys() & found.keys()):
        expected = expected_row(name, tabel[key])
        if expected.get("te_bepalen") is False:
            expected = {k: v for k, v in expected.items() if k in ("te_bepalen", "volledig")}
        for kolom, value in expected.items():
            if found[key][kolom] != value:
                differences.append(f"{name}: {key} {kolom} is {found[key][kolom]}, verwacht {value}")
    rest = len(differences) - shown
    return differences[:shown] + ([f"{name}: en nog {rest}"] if rest > 0 else [])


def compare_database(con: object, tabellen: dict[str, Tabel], schema: str = "main") -> list[str]:
    """All `mart_*` tables of an open DuckDB connection against the oracle."""
    differences = []
    for name, tabel in tabellen.items():
        result = con.execute(f"SELECT * FROM {schema}.mart_{name}")  # type: ignore[attr-defined]
        columns = [column[0] for column in result.description]
        differences += compare_mart(
            name, (dict(zip(columns, row, strict=True)) for row in result.fetchall()), tabel
        )
    return differences
