"""An OA_HOME that looks as if the warehouse had been built from a made-up population.

Lives here: the declarations of the marts without dbt, and a warehouse file, a delivery and dbt's verdict
around a population. Not here: the population (publication_region).
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from pipelines.contracts import load_contract
from pipelines.intake import Levering
from pipelines.resources import resource_dir
from pipelines.settings import Settings
from pipelines.warehouse import Bouw, Resultaat, TabelSpec, dbt, published_tables, warehouse_file


def nodes() -> dict[str, dict]:
    """The marts as dbt's manifest describes them, read from their own YAML."""
    found = {}
    for path in sorted((resource_dir("dbt_project") / "models" / "marts").glob("*.yml")):
        for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            found[f"model.ondersteuningsanalyse.{model['name']}"] = model | {
                "resource_type": "model",
                "config": model.get("config", {}),
                "columns": {
                    column["name"]: {"data_type": "varchar", "description": "", **column}
                    for column in model.get("columns", [])
                },
            }
    return found


def write_manifest(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"nodes": nodes()}), encoding="utf-8")
    return path


def specs(folder: Path, profiel: str = "oogo") -> list[TabelSpec]:
    """How the published tables declare themselves."""
    found = published_tables(write_manifest(folder / "manifest.json"))
    return [spec for spec in found if profiel in spec.profielen]


def true_tables(con: duckdb.DuckDBPyConnection, wanted: list[TabelSpec]) -> dict[str, pa.Table]:
    """The marts of the population by published name, sorted by their dimensions, and the crossing of school and
    gemeente, which is not published."""
    tables = {
        spec.tabel: con.sql(f"FROM {spec.mart} ORDER BY {', '.join(spec.dimensies)}").to_arrow_table()
        for spec in wanted
    }
    crossing = con.sql("FROM mart_grijs_gebied_school_gemeente ORDER BY ALL").to_arrow_table()
    return tables | {"grijs_gebied_school_gemeente": crossing}


def rounding_key(folder: Path) -> Path:
    """A file with a rounding key, made once."""
    key = folder / "afrondsleutel"
    if not key.exists():
        key.write_text("5a" * 32 + "\n", encoding="ascii")
        key.chmod(0o600)
    return key


def install(
    home: Path, con: duckdb.DuckDBPyConnection, vingerafdruk: str = "f" * 64, **settings: object
) -> Installatie:
    """An OA_HOME whose warehouse holds this population, with one delivery and dbt's recorded verdict."""
    home.mkdir(mode=0o700, exist_ok=True)
    home.chmod(0o700)
    key = rounding_key(home.parent)
    usual = {"drempel_oogo": 5, "demo": True, "publiceren": "direct", "afrondsleutel": key}
    usual["bronhouders_bewijzen"] = False  # takes several times as long, and is a test of its own
    chosen = Settings.load(home, **usual | settings)
    chosen.prepare_home()
    write_manifest(chosen.warehouse / "dbt" / f"manifest_{dbt.project_fingerprint()[:16]}.json")
    results = tuple(
        Resultaat(name, name.rsplit(".", 1)[-1], "model", "success", None, "", 0.0)
        for name in sorted(nodes())
    )
    bouw = Bouw(warehouse_file(chosen), vingerafdruk, results, hergebruikt=False)
    con.execute(f"ATTACH '{bouw.path}' AS magazijn")
    con.execute("COPY FROM DATABASE memory TO magazijn")
    con.execute("CREATE SCHEMA magazijn.bouw; CREATE SCHEMA magazijn.referentie")
    con.execute("CREATE TABLE magazijn.bouw.invoer AS SELECT ?::VARCHAR AS vingerafdruk", [bouw.vingerafdruk])
    for name in ("grijs_gebied_regels", "behoefte_jeugdhulp_overlap"):
        con.execute(
            f"CREATE TABLE magazijn.referentie.{name} AS "
            f"FROM read_csv('{resource_dir('seeds') / name}.csv', all_varchar = true)"
        )
    con.execute("DETACH magazijn")
    return Installatie(chosen, bouw, [_levering(chosen)])


@dataclass(frozen=True)
class Installatie:
    settings: Settings
    bouw: Bouw
    leveringen: list[Levering]


def take_over(van: Installatie, naar: Installatie) -> None:
    """What `van` published and remembers is now what `naar` has published and remembers."""
    for name in ("publication", "historie"):
        shutil.rmtree(getattr(naar.settings, name))
        shutil.copytree(getattr(van.settings, name), getattr(naar.settings, name), symlinks=True)


def _levering(settings: Settings) -> Levering:
    sha256 = hashlib.sha256(b"levering").hexdigest()
    name = f"opp_40001_2024-2025_20251003_{sha256[:12]}"
    folder = settings.intake / "leveringen" / name
    folder.mkdir(parents=True)
    columns = [column.name for column in load_contract("opp").columns]
    pq.write_table(pa.table({name: pa.array([], pa.string()) for name in columns}), folder / "rijen.parquet")
    (folder / "profiel.json").write_text(
        json.dumps(
            {
                "levering": {
                    "rijen": 10,
                    "geleverd": 10,
                    "overgeslagen": 0,
                    "personen": 8,
                    "dubbele_sleutels": 0,
                    "weggelaten_kolommen": 0,
                },
                "kolommen": [
                    {
                        "kolom": column.name,
                        "soort": column.kind,
                        "rijen": 10,
                        "gevuld": 10,
                        "leeg": 0,
                        "ongeldig": 0,
                        "vroegste_maand": "2024-09-01" if column.kind == "datum" else None,
                        "laatste_maand": "2025-06-01" if column.kind == "datum" else None,
                        "onbekend": None,
                        "codes": None,
                    }
                    for column in load_contract("opp").columns
                ],
            }
        ),
        encoding="utf-8",
    )
    return Levering(
        levering_id=name,
        contract="opp",
        contractversie="1.0.0",
        bronhouder="40001",
        schooljaar="2024-2025",
        leverdatum=date(2025, 10, 3),
        rijen=10,
        sha256=sha256,
        stap=1,
        vingerafdruk="0" * 16,
        bestand="opp_40001_2024-2025_20251003.csv",
        volgnummer=1,
        pad=folder / "rijen.parquet",
    )
