"""The fictional region has a grijs gebied of a plausible size, with every reason in it.

Judged by the plain recomputation of the acceptance tests, on a region a quarter of the default.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.resources import resource_dir
from pipelines.synthetic import SCHOOLJAREN, generate
from tests.acceptance.oracle import Tabel, recompute_home


@pytest.fixture(scope="module")
def tabellen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tabel]:
    folder: Path = tmp_path_factory.mktemp("regio")
    generate(2026, 0.25, uit=folder)
    return recompute_home(folder, resource_dir("seeds"))


def per_categorie(tabellen: dict[str, Tabel], schooljaar: str) -> dict[str, int]:
    return {
        categorie: cel.figuren["leerlingen"]
        for (jaar, soort, _, categorie), cel in tabellen["ondersteuning_per_gebied"].items()
        if (jaar, soort) == (schooljaar, "regio")
    }


@pytest.mark.parametrize("schooljaar", SCHOOLJAREN)
def test_every_categorie_and_reason_occurs(tabellen: dict[str, Tabel], schooljaar: str) -> None:
    assert min(per_categorie(tabellen, schooljaar).values()) > 0
    redenen = {
        sleutel[3]: cel.figuren["leerlingen"]
        for sleutel, cel in tabellen["grijs_gebied_redenen"].items()
        if sleutel[:2] == (schooljaar, "regio")
    }
    assert len(redenen) == 6
    assert min(redenen.values()) > 0


@pytest.mark.parametrize("schooljaar", SCHOOLJAREN)
def test_the_grijze_gebied_is_a_few_percent_of_who_is_supported_at_school(
    tabellen: dict[str, Tabel], schooljaar: str
) -> None:
    counts = per_categorie(tabellen, schooljaar)
    supported = counts["TOTAAL"] - counts["alleen_jeugdhulp"]
    assert 0.02 < counts["grijs_gebied"] / supported < 0.09


def test_every_ondersteuningsvorm_and_combination_of_party_and_money_occurs(
    tabellen: dict[str, Tabel],
) -> None:
    for naam in ("organisatie", "verantwoordelijkheid"):
        here = {
            sleutel[3:]: cel.figuren["arrangementen"]
            for sleutel, cel in tabellen[naam].items()
            if sleutel[:2] == ("2024-2025", "regio")
        }
        alone = {
            sleutel: count for sleutel, count in here.items() if sleutel.count("TOTAAL") >= len(sleutel) - 1
        }
        assert min(alone.values()) > 0, naam
