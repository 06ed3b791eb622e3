"""Thousands of drawn rows through the models, held against the oracle cell by cell.

The stories in tests/spec say what is meant; this finds what no story thought of: dates that crowd around
every boundary, ties, codes that merged and split, contradicting versions, and a region's own rules.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.acceptance.magazijn import build_warehouse, write_vestigingen
from tests.acceptance.oracle import recompute
from tests.acceptance.oracle_bron import read_reference
from tests.acceptance.toevallige_regio import BESTUUR, Lot
from tests.acceptance.vergelijk import compare_database

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
EIGEN_REGELS = """reden;soort;aan;norm_dagen;keuze
verantwoordelijkheid_in_overleg;signaal;ja;;eigen keuze
wacht_zonder_verantwoordelijke;kern;ja;;eigen keuze
afgewezen_andere_wet;kern;ja;400;raakt tot drie schooljaren
wacht_op_besluit;kern;nee;28;staat uit, maar haar norm geldt voor wacht_zonder_verantwoordelijke
verantwoordelijke_onbekend;signaal;nee;;eigen keuze
dubbel_aanbod;kern;ja;1;eigen keuze
"""
EIGEN_KOPPELING = """ondersteuningsbehoefte;productcategorie;keuze
leren;45;eigen keuze
gedrag;41;eigen keuze
"""


@pytest.mark.parametrize(
    ("seed", "personen", "eigen_regels"),
    [(11, 150, False), (12, 900, True)],
    ids=["dichte regio", "ruime regio met eigen regels"],
)
def test_the_models_compute_what_the_oracle_computes(
    tmp_path: Path, seed: int, personen: int, eigen_regels: bool
) -> None:
    referentie = tmp_path / "referentie"
    scholen = [(code, bestuur, *area) for bestuur, own in BESTUUR.items() for code, *area in own]
    write_vestigingen(referentie / "vestigingen.csv", scholen)
    if eigen_regels:
        (referentie / "grijs_gebied_regels.csv").write_text(EIGEN_REGELS, encoding="utf-8")
        (referentie / "behoefte_jeugdhulp_overlap.csv").write_text(EIGEN_KOPPELING, encoding="utf-8")
    leveringen = Lot(seed, personen).leveringen()
    tabellen = recompute(leveringen, read_reference(SEEDS, referentie))
    with duckdb.connect(str(build_warehouse(tmp_path, leveringen)), read_only=True) as con:
        assert not compare_database(con, tabellen)
