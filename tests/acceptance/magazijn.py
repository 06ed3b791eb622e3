"""A warehouse built straight from rows, past inbox and intake, for tests that judge the models alone.

Lives here: rows to `rijen.parquet` and one call of `pipelines.warehouse.build`. Not here: expectations.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contracts import load_contract
from pipelines.intake import Levering as Ingenomen
from pipelines.intake.store import newest
from pipelines.settings import Settings
from pipelines.warehouse import build
from tests.acceptance.oracle_bron import Levering

KOLOMMEN = (
    "vestigingscode",
    "naam",
    "soort",
    "bestuur",
    "bestuur_naam",
    "swv",
    "gemeente",
    "postcode4",
    "leerlingen",
)


def write_vestigingen(path: Path, scholen: Iterable[tuple[str, str, str, str]]) -> None:
    """`referentie/vestigingen.csv` for (vestigingscode, bestuur, swv, gemeente)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(KOLOMMEN)
        for code, bestuur, swv, gemeente in scholen:
            soort = "BO" if swv.startswith("PO") else "VO"
            writer.writerow(
                (code, f"School {code}", soort, bestuur, f"Bestuur {bestuur}", swv, gemeente, "3811", "200")
            )


def build_warehouse(home: Path, leveringen: Iterable[Levering]) -> Path:
    """The warehouse file of these deliveries; which of them count is intake's own choice."""
    home.chmod(0o700)
    settings = Settings.load(home, demo=True, drempel_oogo=5, drempel_openbaar=10)
    settings.prepare_home()
    taken = [_store(settings, levering, n) for n, levering in enumerate(leveringen)]
    return build(settings, newest(taken)).path


def _store(settings: Settings, levering: Levering, volgnummer: int) -> Ingenomen:
    contract = load_contract(levering.contract)
    types = {"VARCHAR": pa.string(), "DATE": pa.date32()}
    schema = pa.schema([(column.name, types[column.sql_type]) for column in contract.columns])
    columns = [[_value(rij[field.name], field.type) for rij in levering.rijen] for field in schema]
    sha256 = hashlib.sha256(repr(levering).encode()).hexdigest()
    name = f"{levering.contract}_{levering.bronhouder}_{levering.schooljaar}_{levering.leverdatum:%Y%m%d}"
    folder = settings.intake / "leveringen" / f"{name}_{sha256[:12]}"
    folder.mkdir(parents=True)
    pq.write_table(pa.table(columns, schema=schema), folder / "rijen.parquet")
    return Ingenomen(
        levering_id=folder.name,
        contract=levering.contract,
        contractversie=contract.version,
        bronhouder=levering.bronhouder,
        schooljaar=levering.schooljaar,
        leverdatum=levering.leverdatum,
        rijen=len(levering.rijen),
        sha256=sha256,
        stap=1,
        vingerafdruk="0" * 16,
        bestand=f"{name}.csv",
        volgnummer=volgnummer,
        aangenomen_op=f"{levering.leverdatum}",
        pad=folder / "rijen.parquet",
    )


def _value(cell: str, kind: pa.DataType) -> str | date | None:
    if not cell:
        return None
    return date.fromisoformat(cell) if kind == pa.date32() else cell
