"""The private warehouse: one DuckDB file with pseudonymised rows, rebuilt whole by dbt.

Public: `build`, `fingerprint`, `dbt_manifest`, `published_tables`, `read_crossing`, `warehouse_file` and the values
they return. Not here: what may be shown (disclosure), where it is published, or any Dagster object.
"""

from pipelines.warehouse.building import Bouw, build, fingerprint, read_crossing, warehouse_file
from pipelines.warehouse.dbt import Resultaat, WarehouseAfgekeurd, dbt_manifest
from pipelines.warehouse.tables import Figuur, Kolom, TabelSpec, published_tables

__all__ = [
    "Bouw",
    "Figuur",
    "Kolom",
    "Resultaat",
    "TabelSpec",
    "WarehouseAfgekeurd",
    "build",
    "dbt_manifest",
    "fingerprint",
    "published_tables",
    "read_crossing",
    "warehouse_file",
]
