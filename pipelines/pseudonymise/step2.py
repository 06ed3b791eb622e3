"""Step 2 at the trusted third party: pseudonyms of step 1 in, pseudonyms of step 2 out, the rest untouched.

Lives here: the second step on a delivery. Not here: the second step at intake (store) and on a forget list
(forget). The TTP sees codes and dates, and no numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.contracts import Contract, load_contract
from pipelines.errors import LeveringGeweigerd
from pipelines.intake.levering import parse_name, sha256_of
from pipelines.intake.manifest import check_manifest, read_manifest
from pipelines.intake.reading import open_delivery
from pipelines.keys import Key, step2_many
from pipelines.pseudonymise.output import Opdracht, Uitkomst, write_delivery
from pipelines.pseudonymise.table import connect

_BATCH = 20_000


def run_step2(path: Path, key: Key, uit: Path) -> Uitkomst:
    """Make the step-2 delivery of a step-1 delivery (with its manifest) in `uit`; LeveringGeweigerd
    otherwise.
    """
    path = Path(path)
    naam = parse_name(path)
    contract = load_contract(naam.contract)
    manifest = read_manifest(path, required=True)
    if manifest is not None:
        check_manifest(manifest, naam, contract, sha256_of(path))
    if manifest is None or manifest.stap != 1:
        raise LeveringGeweigerd(
            "Deze levering heeft stap 2 al gehad.",
            waar="manifest: stap",
            remedie="Stuur haar door naar de verwerker; stap 2 gebeurt één keer.",
        )
    if manifest.vingerafdruk == key.fingerprint:
        raise LeveringGeweigerd(
            "Dit is de sleutel van stap 1; stap 2 heeft een eigen sleutel.",
            waar="--sleutel",
            remedie="Gebruik de sleutel die alleen de TTP heeft.",
        )
    opdracht = Opdracht(contract, naam.bronhouder, naam.schooljaar, naam.leverdatum, key)
    if Path(uit).resolve() == path.resolve().parent:
        raise LeveringGeweigerd(
            "De uitkomst zou het bestand van stap 1 overschrijven.",
            waar="--uit",
            remedie="Kies een andere map.",
        )
    con = connect()
    with open_delivery(path, contract, con) as lezing, con:
        if sorted(lezing.columns) != sorted(contract.names):
            raise LeveringGeweigerd(
                "De kolommen zijn niet precies die van het contract.",
                waar="rij 1",
                remedie="Maak de levering opnieuw met oa pseudonymise.",
            )
        with lezing.bewaakt():
            return write_delivery(opdracht, _batches(con, lezing.relation, contract, key), Path(uit), stap=2)


def _batches(
    con: duckdb.DuckDBPyConnection, relation: str, contract: Contract, key: Key
) -> Iterator[pa.RecordBatch]:
    for batch in con.execute(f"FROM ({relation})").to_arrow_reader(_BATCH):
        arrays = []
        for column in contract.columns:
            cells = batch.column(column.name)
            if column.kind == "pseudoniem":
                try:
                    cells = pa.array(step2_many(key, [cell or "" for cell in cells.to_pylist()]), pa.string())
                except ValueError:
                    raise LeveringGeweigerd(
                        "Een cel is geen pseudoniem van stap 1.",
                        waar=f"kolom {column.name}",
                        remedie="Stuur de levering terug naar de bronhouder.",
                    ) from None
            arrays.append(cells)
        yield pa.RecordBatch.from_arrays(arrays, names=list(contract.names))
