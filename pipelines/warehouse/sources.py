"""What dbt starts from: schema `bron` over the active deliveries and schema `referentie` from the seeds.

Lives here: typed loading, and the region's own files that go before a seed. Not here: taking in deliveries
(intake) and what the rules mean (dbt_project).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import yaml

from pipelines.contracts import contract_names, load_contract
from pipelines.intake import Levering, expected
from pipelines.reference import fetched_files, reference_file
from pipelines.resources import resource_dir
from pipelines.settings import Settings
from pipelines.warehouse import region
from pipelines.warehouse.sql import create_table, csv_relation, quoted

VESTIGINGEN = "vestigingen"
_LEVERING = {
    "levering_nr": "INTEGER",
    "levering_id": "VARCHAR",
    "contract": "VARCHAR",
    "contractversie": "VARCHAR",
    "bronhouder": "VARCHAR",
    "schooljaar": "VARCHAR",
    "leverdatum": "DATE",
    "rijen": "BIGINT",
    "sha256": "VARCHAR",
    "stap": "INTEGER",
    "vingerafdruk": "VARCHAR",
}


def region_files(settings: Settings) -> list[Path]:
    """The files in `referentie/` that change what the warehouse computes, as far as they are there."""
    names = [f"{name}.csv" for name in (VESTIGINGEN, *region.REGELBESTANDEN)] + [expected.BESTAND]
    own = [path for name in names if (path := settings.referentie / name).is_file()]
    return own + fetched_files(settings)


def load(con: duckdb.DuckDBPyConnection, settings: Settings, leveringen: Sequence[Levering]) -> None:
    """Fill both schemas of a fresh file; raises Gebruiksfout if a file of the region is not sound."""
    con.execute("CREATE SCHEMA referentie")
    con.execute("CREATE SCHEMA bron")
    seeds = seed_columns()
    own = {path.stem: path for path in region_files(settings) if path.stem in region.REGELBESTANDEN}
    for name in sorted(seeds.keys() - own.keys()):
        seed = csv_relation(reference_file(settings, name), seeds[name])
        con.execute(f"CREATE TABLE referentie.{name} AS FROM {seed}")
    for name, path in own.items():  # after the code lists they are held against
        region.load_rules(con, name, seeds[name], path)
    region.load_vestigingen(con, settings.referentie / f"{VESTIGINGEN}.csv", seeds["ref_vestiging"])
    region.load_deelnemers(con, expected.deelnemers(expected.read_expected(settings)))
    ordered = sorted(leveringen, key=lambda item: (item.contract, item.levering_id))
    _leveringen(con, ordered)
    for name in contract_names():
        _rijen(con, name, ordered)


def seed_columns() -> dict[str, dict[str, str]]:
    """Name and typed columns of every seed that the warehouse reads, from the YAML beside it."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(resource_dir("seeds").glob("*.yml")):
        for source in yaml.safe_load(path.read_text(encoding="utf-8")).get("sources", []):
            if source["name"] == "referentie":
                for table in source["tables"]:
                    columns = table["columns"]
                    found[table["name"]] = {column["name"]: column["data_type"] for column in columns}
    return found


def _leveringen(con: duckdb.DuckDBPyConnection, leveringen: Sequence[Levering]) -> None:
    create_table(
        con,
        "bron.levering",
        _LEVERING,
        [
            (
                number,
                item.levering_id,
                item.contract,
                item.contractversie,
                item.bronhouder,
                item.schooljaar,
                item.leverdatum,
                item.rijen,
                item.sha256,
                item.stap,
                item.vingerafdruk,
            )
            for number, item in enumerate(leveringen, start=1)
        ],
    )


def _rijen(con: duckdb.DuckDBPyConnection, name: str, leveringen: Sequence[Levering]) -> None:
    """A view over the stored rows of one contract: its columns, typed, and the number of their delivery.

    Deliveries of one contract lie together in the list, so a file's place in it gives the number: joining on
    names would cost more than reading the rows.
    """
    columns = load_contract(name).columns
    own = [number for number, item in enumerate(leveringen, start=1) if item.contract == name]
    if own:
        typed = ", ".join(f'"{column.name}"::{column.sql_type} AS "{column.name}"' for column in columns)
        files = ", ".join(quoted(leveringen[number - 1].pad) for number in own)
        body = f"{typed}, (file_index + {own[0]})::INTEGER AS levering_nr FROM read_parquet([{files}])"
    else:
        typed = ", ".join(f'NULL::{column.sql_type} AS "{column.name}"' for column in columns)
        body = f"{typed}, NULL::INTEGER AS levering_nr WHERE false"
    con.execute(f"CREATE VIEW bron.{name} AS SELECT {body}")
