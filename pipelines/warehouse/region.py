"""The region's own files in `referentie/`: its vestigingen, rules, couplings and participants.

Lives here: reading them, and refusing one that is unknown, incomplete or out of bounds, naming rows and
columns. Not here: the seeds they replace or extend, and what a rule does (dbt_project).
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import duckdb

from pipelines.contracts import load_contract
from pipelines.errors import Gebruiksfout
from pipelines.intake.expected import BESTAND
from pipelines.warehouse.sql import create_table

REGELS = "grijs_gebied_regels"
KOPPELINGEN = "behoefte_jeugdhulp_overlap"
REGELBESTANDEN = (REGELS, KOPPELINGEN)
SOORTEN = ("BO", "SBO", "SO", "VSO", "VO", "PRO")
_MET_NORM = ("afgewezen_andere_wet", "wacht_op_besluit", "dubbel_aanbod")
_MAX_NORM = 3650


def load_rules(con: duckdb.DuckDBPyConnection, name: str, columns: dict[str, str], path: Path) -> None:
    """Make `referentie.<name>` from the region's file instead of the seed; Gebruiksfout if not sound."""
    rows = _rows(path, tuple(columns))
    wrong = _wrong_rules(con, rows) if name == REGELS else _wrong_couplings(con, rows)
    if wrong:
        remedie = f"Herstel het, of verwijder het: dan geldt de standaard (seeds/{name}.csv)."
        raise _not_sound(path, wrong, remedie)
    create_table(con, f"referentie.{name}", columns, _values(rows))


def load_vestigingen(con: duckdb.DuckDBPyConnection, path: Path, columns: dict[str, str]) -> None:
    """Make `bron.vestiging`: the region's vestigingen, or none; Gebruiksfout if the file is not sound."""
    rows = _rows(path, tuple(columns)) if path.is_file() else []
    wrong = _wrong_vestigingen(con, rows)
    if wrong:
        remedie = f"Kolommen: {';'.join(columns)}. Soort is een van {', '.join(SOORTEN)}."
        raise _not_sound(path, wrong, remedie)
    create_table(con, "bron.vestiging", columns, _values(rows))


def load_deelnemers(con: duckdb.DuckDBPyConnection, gemeenten: frozenset[str] | None) -> None:
    """Make `referentie.deelnemer`: the gemeenten that the region expects, none if it keeps no list.

    Raises Gebruiksfout if one is unknown: left out in silence, a schooljaar would look complete without it.
    """
    codes = sorted(gemeenten or ())
    known = {code for (code,) in con.execute("SELECT gemeente FROM referentie.ref_gemeente").fetchall()}
    unknown = sum(code not in known for code in codes)
    if unknown:
        raise Gebruiksfout(
            "In de lijst van verwachte leveringen staat een gemeente die niet bestaat.",
            waar=f"referentie/{BESTAND}: {unknown} van {len(codes)} gemeenten bij jeugdhulp",
            remedie="Vul bij bronhouder de CBS-code in, vier cijfers, zoals 0307.",
        )
    create_table(con, "referentie.deelnemer", {"gemeente": "VARCHAR"}, [(code,) for code in codes])


def _values(rows: list[dict[str, str]]) -> list[list[str | None]]:
    return [[value or None for value in row.values()] for row in rows]


def _not_sound(path: Path, wrong: list[str], remedie: str) -> Gebruiksfout:
    more = f" en {len(wrong) - 5} meer" if len(wrong) > 5 else ""
    return Gebruiksfout(
        f"Het bestand {path.name} is niet goed.",
        remedie=remedie,
        waar=f"referentie/{path.name}: {'; '.join(wrong[:5])}{more}",
    )


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle, delimiter=";", restval=None, strict=True)
            header = tuple(reader.fieldnames or ())
            rows = list(reader)
    except (UnicodeDecodeError, csv.Error):
        raise Gebruiksfout(
            f"Het bestand {path.name} is niet te lezen.",
            waar=f"referentie/{path.name}",
            remedie="Sla het op als CSV met puntkomma's in UTF-8.",
        ) from None
    ragged = [number for number, row in enumerate(rows, start=2) if None in row or None in row.values()]
    if header != columns or ragged:
        where = f"rij {', '.join(map(str, ragged[:5]))}" if ragged else "kopregel"
        raise Gebruiksfout(
            f"Het bestand {path.name} heeft niet de goede kolommen.",
            waar=f"referentie/{path.name}: {where}",
            remedie=f"Kolommen, in deze volgorde: {';'.join(columns)}.",
        )
    return [{column: row[column].strip() for column in columns} for row in rows]


def _wrong_rules(con: duckdb.DuckDBPyConnection, rows: list[dict[str, str]]) -> list[str]:
    known = _codes(con, "reden")
    wrong = []
    for number, row in enumerate(rows, start=2):
        if row["reden"] not in known:
            wrong.append(f"rij {number}: onbekende reden")
        if row["soort"] not in ("kern", "signaal"):
            wrong.append(f"rij {number}: soort is kern of signaal")
        if row["aan"] not in ("ja", "nee"):
            wrong.append(f"rij {number}: aan is ja of nee")
        norm = row["norm_dagen"]
        sound = norm == "" if row["reden"] not in _MET_NORM else _is_norm(norm)
        if not sound:
            wrong.append(
                f"rij {number}: norm_dagen is een heel getal van 0 tot {_MAX_NORM}, alleen bij "
                + ", ".join(_MET_NORM)
            )
    names = [row["reden"] for row in rows]
    wrong += [f"reden {name} ontbreekt" for name in known if name not in names]
    wrong += [f"reden {name} staat er vaker in" for name in known if names.count(name) > 1]
    return wrong


def _is_norm(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 4 and int(text) <= _MAX_NORM


def _wrong_couplings(con: duckdb.DuckDBPyConnection, rows: list[dict[str, str]]) -> list[str]:
    needs = load_contract("opp").column("ondersteuningsbehoefte").codes
    products = {
        code
        for (code,) in con.execute(
            "SELECT code FROM referentie.ref_ijw_code WHERE lijst = 'JZ020'"
        ).fetchall()
    }
    wrong = []
    for number, row in enumerate(rows, start=2):
        if row["ondersteuningsbehoefte"] not in needs:
            wrong.append(f"rij {number}: onbekende ondersteuningsbehoefte")
        if row["productcategorie"] not in products:
            wrong.append(f"rij {number}: onbekende productcategorie")
    pairs = [(row["ondersteuningsbehoefte"], row["productcategorie"]) for row in rows]
    wrong += [
        f"rij {number}: koppeling staat er al"
        for number, pair in enumerate(pairs, start=2)
        if pair in pairs[: number - 2]
    ]
    return wrong


def _wrong_vestigingen(con: duckdb.DuckDBPyConnection, rows: list[dict[str, str]]) -> list[str]:
    gemeenten = {code for (code,) in con.execute("SELECT gemeente FROM referentie.ref_gemeente").fetchall()}
    tests = {
        "vestigingscode": lambda text: re.fullmatch(r"[0-9]{2}[A-Z]{2}[0-9]{2}", text),
        "naam": bool,
        "soort": lambda text: text in SOORTEN,
        "bestuur": lambda text: re.fullmatch(r"[0-9]{5}", text),
        "swv": lambda text: re.fullmatch(r"(PO|VO)[0-9]{4}", text),
        "gemeente": lambda text: text in gemeenten,
        "postcode4": lambda text: re.fullmatch(r"([1-9][0-9]{3})?", text),
        "leerlingen": lambda text: re.fullmatch(r"[0-9]{0,6}", text),
    }
    wrong = [
        f"rij {number}: {column}"
        for number, row in enumerate(rows, start=2)
        for column, sound in tests.items()
        if not sound(row[column])
    ]
    seen: set[str] = set()
    for number, row in enumerate(rows, start=2):
        if row["vestigingscode"] in seen:
            wrong.append(f"rij {number}: vestigingscode staat er al")
        seen.add(row["vestigingscode"])
    return wrong


def _codes(con: duckdb.DuckDBPyConnection, lijst: str) -> list[str]:
    return [
        code
        for (code,) in con.execute(
            "SELECT code FROM referentie.ref_code WHERE lijst = ? ORDER BY volgorde", [lijst]
        ).fetchall()
    ]
