"""Deliveries of a few fictional children, straight to `rijen.parquet`, for tests of the warehouse room.

Lives here: an installation and stored deliveries. Not here: intake, and what the figures should be.
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contracts import load_contract
from pipelines.intake import Levering
from pipelines.settings import Settings

SCHOOLJAAR = "2024-2025"
VESTIGINGEN = """vestigingscode;naam;soort;bestuur;bestuur_naam;swv;gemeente;postcode4;leerlingen
99AA00;De Eerste;BO;70001;Stichting Een;PO2602;0307;3811;200
99AA01;De Tweede;VO;70001;Stichting Een;VO2602;0308;;900
"""


def pseudonym(who: str) -> str:
    return hashlib.sha256(who.encode()).hexdigest()


def installation(folder: Path) -> Settings:
    """An OA_HOME of its own with two fictional vestigingen."""
    settings = Settings.load(folder / "data", demo=True)
    settings.prepare_home()
    (settings.referentie / "vestigingen.csv").write_text(VESTIGINGEN, encoding="utf-8")
    return settings


def opp(who: str, **cells: Any) -> dict[str, Any]:
    """An arrangement that runs the whole schooljaar, unless told otherwise."""
    return {
        "leerling_pseudoniem": pseudonym(who),
        "schooljaar": SCHOOLJAAR,
        "vestigingscode": "99AA00",
        "woongemeente": "0307",
        "arrangement_id": f"a{who}",
        "ondersteuningsbehoefte": "gedrag",
        "ondersteuningsvorm": "begeleiding_in_klas",
        "verantwoordelijke": "school",
        "financiering": "school",
        "status": "toegekend",
        "behoefte_vastgesteld_op": date(2024, 8, 1),
        "besluit_op": date(2024, 8, 10),
        "start_op": date(2024, 8, 20),
    } | cells


def jeugdhulp(who: str, **cells: Any) -> dict[str, Any]:
    """A toewijzing that runs the whole schooljaar, unless told otherwise."""
    return {
        "jeugdige_pseudoniem": pseudonym(who),
        "gemeente": "0307",
        "toewijzing_id": pseudonym(f"t{who}"),
        "aanbieder_code": "99000001",
        "productcategorie": "45",
        "toegewezen_op": date(2024, 7, 1),
        "ingang_op": date(2024, 8, 1),
        "op_school": "nee",
    } | cells


def store(
    settings: Settings,
    contract: str,
    bronhouder: str,
    rows: list[dict[str, Any]],
    schooljaar: str = SCHOOLJAAR,
    leverdatum: date = date(2025, 10, 3),
) -> Levering:
    """Store rows as intake would, and return what it would say of them."""
    columns = load_contract(contract).columns
    kinds = {"VARCHAR": pa.string(), "DATE": pa.date32()}
    schema = pa.schema([(column.name, kinds[column.sql_type]) for column in columns])
    sha256 = hashlib.sha256(repr((contract, bronhouder, schooljaar, leverdatum, rows)).encode()).hexdigest()
    levering_id = f"{contract}_{bronhouder}_{schooljaar}_{leverdatum:%Y%m%d}_{sha256[:12]}"
    folder = settings.intake / "leveringen" / levering_id
    folder.mkdir(parents=True, exist_ok=True)
    table = pa.table([[row.get(name) for row in rows] for name in schema.names], schema=schema)
    pq.write_table(table, folder / "rijen.parquet")
    return Levering(
        levering_id=levering_id,
        contract=contract,
        contractversie="1.0.0",
        bronhouder=bronhouder,
        schooljaar=schooljaar,
        leverdatum=leverdatum,
        rijen=len(rows),
        sha256=sha256,
        stap=2,
        vingerafdruk="0" * 16,
        bestand=f"{levering_id}.csv",
        volgnummer=0,
        aangenomen_op=f"{leverdatum}",
        pad=folder / "rijen.parquet",
    )


def small_region(settings: Settings) -> list[Levering]:
    """Five children: one in each of four categories, and one whom only the gemeente knows."""
    return [
        store(
            settings,
            "opp",
            "70001",
            [
                opp("grijs", verantwoordelijke="in_overleg"),
                opp("samen"),
                opp("school"),
                opp("wacht", status="aangevraagd", besluit_op=None, start_op=None, vestigingscode="99AA01"),
            ],
        ),
        store(settings, "jeugdhulp", "0307", [jeugdhulp("samen"), jeugdhulp("gemeente")]),
    ]
