"""The suites as a handbook: every page complete, and its code lists those of contracts and seeds."""

from __future__ import annotations

import csv

import pytest

from expectations.suites import Controle
from expectations.suites.publicatie import BESTAAT_ALS, CODES, LEDEN, STATUSSEN, VERBANDEN
from pipelines.contracts import load_contract
from pipelines.disclosure.publish import STATUS
from pipelines.gates import LEVERING, PUBLICATIE
from pipelines.gates.telling import KEYS
from pipelines.resources import resource_dir
from tests.integration.publication_installatie import specs

ALL = [*LEVERING, *PUBLICATIE]


@pytest.mark.parametrize("controle", ALL, ids=lambda controle: controle.naam)
def test_every_page_of_the_handbook_is_complete(controle: Controle) -> None:
    for text in (controle.wat, controle.waarom, controle.remedie):
        assert text.endswith(".")
        assert len(text) > 15
    assert controle.verwachting.startswith("Expect")
    assert controle.argumenten
    assert "Teller" in controle.wat or controle.naam == "publicatie_een_rij"


@pytest.mark.parametrize("suite", [LEVERING, PUBLICATIE])
def test_names_are_unique(suite: tuple[Controle, ...]) -> None:
    assert len({controle.naam for controle in suite}) == len(suite)


def test_every_check_of_a_publication_has_a_table_that_is_counted() -> None:
    assert {controle.tabel for controle in PUBLICATIE} == set(KEYS)


@pytest.mark.parametrize("kolom", ["verantwoordelijke", "financiering", "ondersteuningsvorm"])
def test_codes_are_those_of_the_contract(kolom: str) -> None:
    assert set(CODES[kolom]) == set(load_contract("opp").column(kolom).codes)


@pytest.mark.parametrize("kolom", ["categorie", "reden", "stap", "verantwoordelijke", "financiering"])
def test_codes_are_those_of_the_seed(kolom: str) -> None:
    with (resource_dir("seeds") / "ref_code.csv").open(encoding="utf-8", newline="") as file:
        rows = [row["code"] for row in csv.DictReader(file, delimiter=";") if row["lijst"] == kolom]
    assert set(rows) - {"TOTAAL", "geen_ondersteuning"} == set(CODES[kolom])


def test_statuses_are_those_of_the_disclosure_rule() -> None:
    assert STATUSSEN == STATUS


def test_what_the_suite_names_exists(tmp_path_factory: pytest.TempPathFactory) -> None:
    declared = {spec.tabel: spec for spec in specs(tmp_path_factory.mktemp("marts"))}
    dims = {dim for spec in declared.values() for dim in spec.dimensies if spec.figuren}
    assert dims - set(CODES) - set(LEDEN) == {"gebied", "partij"}
    for name in BESTAAT_ALS:
        table, figure = name.split(".")
        assert figure in {item.kolom for item in declared[table].figuren}
    for sides in VERBANDEN.values():
        assert {table for table, _, _ in sides} <= set(declared)
    assert {value for value in LEDEN.values() if isinstance(value, str)} <= set(declared)
