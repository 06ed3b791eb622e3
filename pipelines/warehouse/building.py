"""Building the warehouse: a fresh file beside the old one, filled, judged, and only then put in its place.

Lives here: the order of things, the fingerprint of the inputs and the swap. Not here: how dbt is called
(dbt.py), what schemas `bron` and `referentie` hold (sources.py) and the models themselves (dbt_project).
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.errors import Bezet, Gebruiksfout
from pipelines.intake import Levering
from pipelines.progress import Meld, silent
from pipelines.settings import Settings
from pipelines.warehouse import dbt, sources
from pipelines.warehouse.sql import create_table

BESTAND = "ondersteuning.duckdb"
# The file is built under its final name in a folder of its own: views and dbt's parse cache keep that name.
_BOUWPLAATS = ".bouw"
_RESULTAAT = {
    "unique_id": "VARCHAR",
    "name": "VARCHAR",
    "resource_type": "VARCHAR",
    "status": "VARCHAR",
    "failures": "BIGINT",
    "message": "VARCHAR",
    "seconds": "DOUBLE",
}


@dataclass(frozen=True)
class Bouw:
    """A warehouse that passed: its file, the fingerprint of its inputs and the verdict per dbt node."""

    path: Path
    vingerafdruk: str
    resultaten: tuple[dbt.Resultaat, ...]
    hergebruikt: bool


def warehouse_file(settings: Settings) -> Path:
    """Where the private warehouse lies once it has been built."""
    return settings.warehouse / BESTAND


def read_crossing(settings: Settings, vingerafdruk: str) -> pa.Table:
    """The crossing that is never published (schooljaar, vestigingscode, gemeente, categorie, leerlingen).

    Raises Gebruiksfout if there is no warehouse, or another one than the one with this fingerprint.
    """
    path = warehouse_file(settings)
    if path.is_file():
        with duckdb.connect(str(path), read_only=True, config={"threads": settings.draden}) as con:
            if con.execute("SELECT vingerafdruk FROM bouw.invoer").fetchone() == (vingerafdruk,):
                return con.sql(
                    "SELECT schooljaar, vestigingscode, gemeente, categorie, leerlingen "
                    "FROM mart_grijs_gebied_school_gemeente ORDER BY ALL"
                ).to_arrow_table()
    raise Gebruiksfout(
        "Het magazijn is niet dat waarvan deze publicatie is gemaakt.",
        waar=str(path),
        remedie="Voer `oa run` (en zo nodig `oa publish`) uit, en probeer het opnieuw.",
    )


def fingerprint(settings: Settings, leveringen: Sequence[Levering]) -> str:
    """64 hex over all that decides the outcome: rows, reference, the region's rules, models and versions."""
    digest = hashlib.sha256()
    for name in ("duckdb", "dbt-core", "dbt-duckdb"):
        digest.update(f"{name}={version(name)}\n".encode())
    for levering in sorted(leveringen, key=lambda item: item.levering_id):
        digest.update(f"{levering.levering_id}\n".encode())
        digest.update(_digest(levering.pad))
    digest.update(dbt.project_fingerprint().encode())
    for path in sorted(Path(__file__).parent.glob("*.py")) + sources.region_files(settings):
        digest.update(path.name.encode())
        digest.update(_digest(path))
    return digest.hexdigest()


def build(
    settings: Settings, leveringen: Sequence[Levering], meld: Meld = silent, *, opnieuw: bool = False
) -> Bouw:
    """Make the warehouse of exactly these deliveries, or return the one that lies there if nothing changed.

    Raises WarehouseAfgekeurd if a model or a data test fails, Gebruiksfout if a file of the region is not
    sound and Bezet if another process is building. Whatever happens, the previous warehouse stays until the
    new one has passed.
    """
    target = warehouse_file(settings)
    print_ = fingerprint(settings, leveringen)
    if not opnieuw and (known := _recorded(target, print_)) is not None:
        meld("Magazijn: niets veranderd sinds de vorige keer")
        return Bouw(target, print_, known, hergebruikt=True)

    yard = settings.warehouse / _BOUWPLAATS
    fresh = yard / BESTAND
    _clear(yard, fresh)
    try:
        meld(f"Magazijn: {len(leveringen)} leveringen en de referentie klaarzetten")
        with duckdb.connect(str(fresh), config=dbt.duckdb_config(settings)) as con:
            sources.load(con, settings, leveringen)
        results = dbt.run(settings, fresh, meld)
        dbt.judge(results)
        with duckdb.connect(str(fresh), config=dbt.duckdb_config(settings)) as con:
            _record(con, print_, results)
            con.execute("CHECKPOINT")
        _swap(fresh, target)
    finally:
        shutil.rmtree(yard, ignore_errors=True)
    return Bouw(target, print_, results, hergebruikt=False)


def _clear(yard: Path, fresh: Path) -> None:
    """Remove what a killed run left; raises Bezet if that run is still alive."""
    if fresh.exists():
        try:
            duckdb.connect(str(fresh)).close()
        except duckdb.IOException as error:
            if "lock" in str(error).lower():
                raise Bezet(
                    "Een andere run bouwt dit magazijn.",
                    waar=str(yard),
                    remedie="Wacht tot die klaar is (`oa status`) en probeer het opnieuw.",
                ) from None
        except duckdb.Error:
            pass  # half written by a killed run
    shutil.rmtree(yard, ignore_errors=True)
    yard.mkdir(parents=True, mode=0o700)


def _swap(fresh: Path, target: Path) -> None:
    fresh.chmod(0o600)
    with fresh.open("rb") as handle:
        os.fsync(handle.fileno())
    # a log left behind beside the old file would be replayed into the new one
    target.with_name(target.name + ".wal").unlink(missing_ok=True)
    fresh.replace(target)


def _record(con: duckdb.DuckDBPyConnection, print_: str, results: Sequence[dbt.Resultaat]) -> None:
    """Keep the evidence in the file it is about, so that file and evidence cannot part."""
    con.execute("CREATE SCHEMA bouw")
    create_table(con, "bouw.invoer", {"vingerafdruk": "VARCHAR"}, [(print_,)])
    create_table(con, "bouw.resultaat", _RESULTAAT, [result.as_tuple() for result in results])


def _recorded(target: Path, print_: str) -> tuple[dbt.Resultaat, ...] | None:
    """The verdicts of the warehouse that lies there, if it was made from the same inputs."""
    if not target.is_file():
        return None
    try:
        with duckdb.connect(str(target), read_only=True) as con:
            if con.execute("SELECT vingerafdruk FROM bouw.invoer").fetchone() != (print_,):
                return None
            rows = con.execute("SELECT * FROM bouw.resultaat ORDER BY unique_id").fetchall()
    except duckdb.Error:
        return None
    return tuple(dbt.Resultaat(*row) for row in rows)


def _digest(path: Path) -> bytes:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").digest()
