"""Judging a delivery against its contract: first what goes before its rows, then all rows in one pass.

Lives here: opening the file, holding header, manifest and rows against the contract, and the SELECT of
the rows that may be kept. Not here: what is wrong and why (rules), reading formats (reading), identifiers
(guard), storing (store). Counts come first; row numbers are only fetched when something is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from pipelines.contracts import Contract, load_contract
from pipelines.contracts.verwerking import Verwerking
from pipelines.errors import Gebruiksfout, LeveringGeweigerd
from pipelines.intake.guard import guard, suspicion
from pipelines.intake.levering import Naam, parse_name, sha256_of, shown_name
from pipelines.intake.manifest import Manifest, check_manifest, check_region, read_manifest
from pipelines.intake.mapping import find_mapping
from pipelines.intake.oordeel import Bevinding, Oordeel
from pipelines.intake.reading import Lezing, open_delivery
from pipelines.intake.reading.header import BEKENDE_WOORDEN
from pipelines.intake.rules import Check, row_checks, typed_rows

FIRST_ROWS = 10
_FILE = "bestand"


@dataclass(frozen=True)
class Beoordeling:
    """A verdict with, if it is good, the SQL of the rows to keep: the contract's columns, typed, in file
    order.
    """

    oordeel: Oordeel
    contract: Contract | None = None
    select: str = ""


@dataclass(frozen=True)
class Toegelaten:
    """A delivery whose name, agreement, manifest and header are in order; its rows are still to be judged."""

    oordeel: Oordeel
    contract: Contract
    naam: Naam
    manifest: Manifest | None
    lezing: Lezing


@dataclass(frozen=True)
class Regio:
    """What a delivery must agree with: known bronhouders (soort, code), the (stap, fingerprint) of the keys
    that other deliveries were made with, and the fingerprint of key 2 if this place has it.
    """

    bronhouders: Collection[tuple[str, str]] = ()
    sleutels: Collection[tuple[int, str]] = ()
    vingerafdruk2: str | None = None
    manifest_required: bool = True
    contact: str = ""
    referentie: Path | None = None
    tijdelijk: Path | None = None
    verwerking: Verwerking | None = None
    verlopen: Sequence[str] = ()
    vandaag: date = date.max


def judge(
    path: Path, con: duckdb.DuckDBPyConnection, regio: Regio, cleanup: list[Lezing], sha256: str | None = None
) -> Beoordeling:
    """Judge the delivery at `path`; never raises LeveringGeweigerd. The caller closes what is put in
    `cleanup`.
    """
    admitted = admit(path, con, regio, cleanup, sha256)
    return admitted if isinstance(admitted, Beoordeling) else _judge_rows(admitted, con)


def admit(
    path: Path, con: duckdb.DuckDBPyConnection, regio: Regio, cleanup: list[Lezing], sha256: str | None = None
) -> Toegelaten | Beoordeling:
    """Judge all that goes before the rows: the delivery if it may be read on, else the verdict."""
    sha256 = sha256 or sha256_of(path)
    oordeel = Oordeel(bestand=shown_name(path, sha256), sha256=sha256, contact=regio.contact)
    stage = "bestandsnaam"
    try:
        naam = parse_name(path)
        contract = load_contract(naam.contract)
        oordeel = replace(oordeel, naam=naam, contractversie=contract.version)
        if (contract.bronhouder_soort, naam.bronhouder) not in regio.bronhouders:
            raise _unknown_bronhouder(contract)
        stage = "overeenkomst"
        _check_allowed(naam, regio)
        stage = "manifest"
        manifest = read_manifest(path, required=regio.manifest_required)
        if manifest is not None:
            check_manifest(manifest, naam, contract, sha256)
            check_region(manifest, regio.sleutels, regio.vingerafdruk2)
            oordeel = replace(oordeel, manifest=manifest)
        stage = "koppeling"
        mapping = find_mapping(regio.referentie, contract, naam.bronhouder) if regio.referentie else None
        stage = _FILE
        lezing = open_delivery(path, contract, con, mapping, tijdelijk=regio.tijdelijk)
        cleanup.append(lezing)
        left_out = {*contract.weglaten, *lezing.weglaten}
        found = _header_findings(lezing.columns, contract, left_out)
        if found:
            with lezing.bewaakt():
                found = _guard_findings(lezing, contract, con, verdacht=()) + found
            return Beoordeling(replace(oordeel, bevindingen=tuple(found)), contract)
        oordeel = replace(oordeel, weggelaten=tuple(sorted(set(lezing.columns) & left_out)))
        return Toegelaten(oordeel, contract, naam, manifest, lezing)
    except (LeveringGeweigerd, Gebruiksfout) as error:
        return _refused(oordeel, error, stage)


def _refused(oordeel: Oordeel, error: LeveringGeweigerd | Gebruiksfout, stage: str) -> Beoordeling:
    return Beoordeling(replace(oordeel, bevindingen=(Bevinding.from_error(error, stage),)))


def _header_findings(columns: Sequence[str], contract: Contract, left_out: set[str]) -> list[Bevinding]:
    found = []
    missing = [name for name in contract.names if name not in columns]
    if missing:
        found.append(
            Bevinding(
                "kolom_ontbreekt",
                f"Er ontbreekt een kolom: {', '.join(missing)}",
                "Lever elke kolom van het contract, ook als zij leeg is.",
                waar="rij 1",
            )
        )
    extra = [
        (number, name)
        for number, name in enumerate(columns, 1)
        if name not in contract.names and name not in left_out
    ]
    if extra:
        places = ", ".join(f"{number}{_quotable(name)}" for number, name in extra[:FIRST_ROWS])
        places += f" en nog {len(extra) - FIRST_ROWS}" if len(extra) > FIRST_ROWS else ""
        found.append(
            Bevinding(
                "kolom_te_veel",
                "Er staat een kolom in die niet in het contract staat"
                if len(extra) == 1
                else f"Er staan {len(extra)} kolommen in die niet in het contract staan",
                "Verwijder wat niet in het contract staat; gegevens die niemand gebruikt, worden niet "
                f"aangenomen. Het contract heeft: {', '.join(contract.names)}.",
                waar=f"rij 1, kolom {places}",
            )
        )
    return found


def _quotable(name: str) -> str:
    return f" ({name.lower()})" if name.lower() in BEKENDE_WOORDEN else ""


def _judge_rows(admitted: Toegelaten, con: duckdb.DuckDBPyConnection) -> Beoordeling:
    try:
        return _row_verdict(admitted, con)
    except LeveringGeweigerd as error:
        return _refused(admitted.oordeel, error, _FILE)


def _row_verdict(admitted: Toegelaten, con: duckdb.DuckDBPyConnection) -> Beoordeling:
    oordeel, contract, lezing = admitted.oordeel, admitted.contract, admitted.lezing
    manifest = admitted.manifest
    rows = typed_rows(lezing.relation, contract, [admitted.naam])
    checks = row_checks(contract)
    key = f"hash({', '.join(contract.key)})"
    flags = ", ".join(f"count_if({check.wrong_if})" for check in checks)
    # Running numbers have no list that judges them: in the same pass, is any of them worth the guard's time?
    running = contract.of_kind("volgnummer")
    odd = ", ".join([*(f"count_if({suspicion(column)})" for column in running), "0"])
    with lezing.bewaakt():
        total, distinct, *counts = con.execute(
            f"SELECT count(*), count(DISTINCT {key}), {flags}, {odd} FROM ({rows})"
        ).fetchone()
    counts, odd_counts = counts[: len(checks)], counts[len(checks) :]
    oordeel = replace(oordeel, rijen=total)
    if total == 0:
        raise LeveringGeweigerd(
            "Het bestand heeft geen rijen.", remedie="Exporteer het bestand opnieuw, met gegevens."
        )
    if manifest is not None and manifest.rijen != total:
        raise LeveringGeweigerd(
            f"Het bestand heeft {total} rijen en het manifest noemt er {manifest.rijen}.",
            waar="manifest",
            remedie="Stuur bestand en manifest samen opnieuw; een deel van het bestand kan ontbreken.",
        )
    broken = [(check, count) for check, count in zip(checks, counts, strict=True) if count]
    refused = [(check, count) for check, count in broken if count > check.tolerance * total]
    dropped = [(check, count) for check, count in broken if count <= check.tolerance * total]
    with lezing.bewaakt():
        bevindingen = _findings(con, rows, refused)
        if distinct < total:
            bevindingen += _duplicates(con, rows, contract)
        overgeslagen = _findings(con, rows, dropped)
        suspect = {name for check, _ in broken if check.form for name in check.columns}
        suspect |= {column.name for column, count in zip(running, odd_counts, strict=False) if count}
        bevindingen = _guard_findings(lezing, contract, con, verdacht=suspect) + bevindingen
    oordeel = replace(oordeel, bevindingen=tuple(bevindingen), overgeslagen=tuple(overgeslagen))
    keep = " AND ".join(["true", *(f"({check.wrong_if}) IS NOT TRUE" for check, _ in dropped)])
    select = f"SELECT {', '.join(contract.names)} FROM ({rows}) WHERE {keep}"
    return Beoordeling(oordeel, contract, select)


def _guard_findings(
    lezing: Lezing, contract: Contract, con: duckdb.DuckDBPyConnection, verdacht: Collection[str]
) -> list[Bevinding]:
    """What identifies a person comes first in a verdict: it may be a data breach at the bronhouder."""
    return [
        Bevinding(
            f"herkenbaar_{hit.soort}",
            hit.wat,
            hit.remedie,
            kolom=hit.kolom,
            aantal=hit.aantal,
            rijen=hit.rijen,
        )
        for hit in guard(con, lezing.relation, contract, lezing.columns, verdacht=verdacht, gezien=True)
    ]


def _findings(
    con: duckdb.DuckDBPyConnection, rows: str, broken: Iterable[tuple[Check, int]]
) -> list[Bevinding]:
    broken = list(broken)
    if not broken:
        return []
    first = ", ".join(f"min(rij, {FIRST_ROWS}) FILTER (WHERE {check.wrong_if})" for check, _ in broken)
    places = con.execute(f"SELECT {first} FROM ({rows})").fetchone() or ()
    return [
        Bevinding(
            check.name,
            check.message,
            check.remedy,
            kolom=", ".join(check.columns),
            aantal=count,
            rijen=tuple(found or ()),
        )
        for (check, count), found in zip(broken, places, strict=True)
    ]


def _duplicates(con: duckdb.DuckDBPyConnection, rows: str, contract: Contract) -> list[Bevinding]:
    """Rows whose key an earlier row has too. Only reached if hashes repeat, so equal hashes are looked at
    exactly.
    """
    key = ", ".join(contract.key)
    count, places = con.execute(f"""
        WITH verdacht AS (
            SELECT rij, {key} FROM ({rows})
            WHERE hash({key}) IN (SELECT hash({key}) FROM ({rows}) GROUP BY ALL HAVING count(*) > 1)
        ), herhaald AS (
            SELECT rij FROM verdacht QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY rij) > 1
               AND {" AND ".join(f"{name} IS NOT NULL" for name in contract.key)}
        )
        SELECT count(*), min(rij, {FIRST_ROWS}) FROM herhaald
    """).fetchone() or (0, None)
    if not count:
        return []
    verb = "komt" if len(contract.key) == 1 else "komen samen"
    return [
        Bevinding(
            "sleutel",
            f"{' en '.join(contract.key)} {verb} meer dan één keer voor",
            "Laat van elke dubbele rij één exemplaar staan.",
            kolom=", ".join(contract.key),
            aantal=count,
            rijen=tuple(places),
        )
    ]


def _check_allowed(naam: Naam, regio: Regio) -> None:
    """A delivery needs an agreement that holds, and a schooljaar of which the rows are still kept."""
    if naam.schooljaar in regio.verlopen:
        raise LeveringGeweigerd(
            "De bewaartermijn van dit schooljaar is voorbij; er worden geen leveringen meer voor aangenomen.",
            waar="bestandsnaam",
            remedie="Lever alleen schooljaren die nog bewaard mogen worden.",
        )
    if regio.verwerking is not None and not regio.verwerking.mag_leveren(naam.bronhouder, regio.vandaag):
        raise LeveringGeweigerd(
            "Voor deze bronhouder is er geen overeenkomst die nog geldt.",
            waar="verwerking.toml",
            remedie="Sluit of verleng de overeenkomst en laat de beheerder haar in verwerking.toml zetten.",
        )


def _unknown_bronhouder(contract: Contract) -> LeveringGeweigerd:
    if contract.bronhouder_soort == "gemeente":
        return LeveringGeweigerd(
            "De gemeentecode in de bestandsnaam bestaat niet.",
            waar="bestandsnaam",
            remedie="Gebruik de CBS-code van vier cijfers (0307).",
        )
    return LeveringGeweigerd(
        "Het bestuursnummer in de bestandsnaam hoort bij geen bekende vestiging.",
        waar="bestandsnaam",
        remedie="Controleer het nummer, of vraag de beheerder de vestigingen van dit bestuur in "
        "referentie/vestigingen.csv te zetten.",
    )
