"""A tiny fictional region for tests of contracts and intake: settings, good rows, files and manifests.

Lives here: making deliveries of a few rows whose every value is known. Not here: the big fictional region
(pipelines.synthetic).
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from pipelines.contracts import load_contract
from pipelines.settings import Settings

BESTUUR, ANDER_BESTUUR, GEMEENTE, SCHOOLJAAR = "41208", "41399", "0307", "2024-2025"
VESTIGINGEN = """vestigingscode;naam;soort;bestuur;bestuur_naam;swv;gemeente;postcode4;leerlingen
99AA00;De Eerste;BO;41208;Stichting Een;PO2602;0307;3811;200
99AA01;De Tweede;VO;41208;Stichting Een;VO2602;0307;3812;900
99BB00;De Derde;BO;41399;Stichting Twee;PO2602;0308;3741;150
"""
VERWERKING = """doel = "Overleg van de regio"
grondslag_avg6 = "AVG art. 6 lid 1 onder e"
grondslag_avg9 = "AVG art. 9 lid 2 onder j"
grondslag_pgn = "Nummers verlaten de bronhouder niet"
verwerkingsverantwoordelijken = ["Stichting Een", "Gemeente Amersfoort"]
verwerker = "Rekencentrum"
dpia_datum = 2024-01-15
fg_advies_datum = 2024-02-01
[[overeenkomst]]
bronhouder = "41208"
geldig_tot = 2099-07-31
[[overeenkomst]]
bronhouder = "0307"
geldig_tot = 2099-07-31
"""
KEY1, KEY2 = "1" * 64, "2" * 64


def pseudoniem(number: int) -> str:
    return hashlib.sha256(f"kind {number}".encode()).hexdigest()


def region(folder: Path, *, demo: bool = True, **overrides: object) -> Settings:
    """Settings of a fresh OA_HOME with its own vestigingen and key 2."""
    key = folder / "sleutel2"
    key.write_text(KEY2, encoding="ascii")
    key.chmod(0o600)
    settings = Settings.load(
        folder / "home", demo=demo, sleutel=key, drempel_oogo=5, contact="Loket regio", **overrides
    )
    settings.prepare_home()
    (settings.referentie / "vestigingen.csv").write_text(VESTIGINGEN, encoding="utf-8")
    if not demo:
        (settings.home / "verwerking.toml").write_text(VERWERKING, encoding="utf-8")
    return settings


def opp_row(number: int = 1, **changes: str) -> dict[str, str]:
    """A good row: granted support that runs, in 2024-2025."""
    return {
        "leerling_pseudoniem": pseudoniem(number),
        "schooljaar": SCHOOLJAAR,
        "vestigingscode": "99AA00",
        "woongemeente": "0307",
        "arrangement_id": f"A{number}",
        "ondersteuningsbehoefte": "gedrag",
        "ondersteuningsvorm": "begeleiding_in_klas",
        "verantwoordelijke": "school",
        "financiering": "swv",
        "status": "toegekend",
        "afwijsreden": "",
        "behoefte_vastgesteld_op": "2024-09-02",
        "besluit_op": "2024-10-01",
        "start_op": "2024-10-14",
        "eind_op": "",
    } | changes


def jeugdhulp_row(number: int = 1, **changes: str) -> dict[str, str]:
    """A good row: ambulatory help from the autumn of 2024 on."""
    return {
        "jeugdige_pseudoniem": pseudoniem(number),
        "gemeente": GEMEENTE,
        "toewijzing_id": hashlib.sha256(f"toewijzing {number}".encode()).hexdigest(),
        "aanbieder_code": "01234567",
        "productcategorie": "45",
        "productcode": "45A04",
        "toegewezen_op": "2024-09-15",
        "ingang_op": "2024-10-01",
        "eind_op": "",
        "reden_wijziging": "",
        "op_school": "nee",
    } | changes


def inschrijving_row(number: int = 1, **changes: str) -> dict[str, str]:
    return {
        "leerling_pseudoniem": pseudoniem(number),
        "schooljaar": SCHOOLJAAR,
        "vestigingscode": "99AA00",
    } | changes


ROWS = {"opp": opp_row, "jeugdhulp": jeugdhulp_row, "inschrijving": inschrijving_row}


def name(
    contract: str = "opp",
    bronhouder: str | None = None,
    schooljaar: str = SCHOOLJAAR,
    leverdatum: str = "20251003",
    suffix: str = "csv",
) -> str:
    bronhouder = bronhouder or (GEMEENTE if contract == "jeugdhulp" else BESTUUR)
    return f"{contract}_{bronhouder}_{schooljaar}_{leverdatum}.{suffix}"


def write_csv(path: Path, rows: Iterable[dict[str, str]], columns: Iterable[str] | None = None) -> Path:
    """Write rows as `;`-separated UTF-8, as a bronhouder's system would."""
    rows = list(rows)
    columns = list(columns or rows[0])
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns, delimiter=";", lineterminator="\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def deliver(
    settings: Settings, rows: Iterable[dict[str, str]] | None = None, contract: str = "opp", **parts: str
) -> Path:
    """Put a delivery in inbox/: by default three good rows."""
    rows = list(rows) if rows is not None else [ROWS[contract](number) for number in (1, 2, 3)]
    columns = (
        load_contract(contract).names
        if not rows or set(rows[0]) == set(load_contract(contract).names)
        else None
    )
    return write_csv(settings.inbox / name(contract, **parts), rows, columns)


def write_manifest(path: Path, **changes: object) -> Path:
    """The manifest that belongs to a delivery, with parts changed; None removes a part."""
    contract, bronhouder, schooljaar, _ = path.name.split(".")[0].split("_")
    values = {
        "contract": contract,
        "contractversie": load_contract(contract).version,
        "bronhouder": bronhouder,
        "schooljaar": schooljaar,
        "rijen": max(0, path.read_bytes().count(b"\n") - 1),
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "gemaakt_op": "2025-10-03T09:00:00+02:00",
        "stap": 1,
        "vingerafdruk": "0123456789abcdef",
    } | changes
    manifest = path.with_name(path.name + ".manifest.json")
    manifest.write_text(
        json.dumps({key: value for key, value in values.items() if value is not None}), encoding="utf-8"
    )
    return manifest
