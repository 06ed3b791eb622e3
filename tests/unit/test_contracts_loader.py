"""A contract that says too little, or something that nobody acts on, does not load."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.contracts import add_term, contract_names, load_contract, read_contract, schooljaar_bounds
from pipelines.errors import Gebruiksfout
from pipelines.resources import resource_dir

OPP = (resource_dir("contracts") / "opp.odcs.yaml").read_text(encoding="utf-8")


def changed(old: str, new: str) -> str:
    assert old in OPP, old
    return OPP.replace(old, new, 1)


def test_the_three_contracts_load_with_all_that_a_column_needs() -> None:
    assert set(contract_names()) >= {"opp", "jeugdhulp", "inschrijving"}
    for name in contract_names():
        contract = load_contract(name)
        assert contract.doel
        assert contract.grondslag
        for column in contract.columns:
            assert all(
                (
                    column.doel,
                    column.grondslag,
                    column.gevoeligheid,
                    column.bewaartermijn,
                    column.figuren,
                    column.description,
                )
            ), f"{name}.{column.name}"


def test_columns_and_codes_are_those_of_the_domain() -> None:
    opp = load_contract("opp")
    assert opp.names == (
        "leerling_pseudoniem",
        "schooljaar",
        "vestigingscode",
        "woongemeente",
        "arrangement_id",
        "ondersteuningsbehoefte",
        "ondersteuningsvorm",
        "verantwoordelijke",
        "financiering",
        "status",
        "afwijsreden",
        "behoefte_vastgesteld_op",
        "besluit_op",
        "start_op",
        "eind_op",
    )
    assert opp.column("status").codes == ("aangevraagd", "toegekend", "afgewezen", "beeindigd")
    assert opp.key == ("arrangement_id",)
    assert load_contract("jeugdhulp").names == (
        "jeugdige_pseudoniem",
        "gemeente",
        "toewijzing_id",
        "aanbieder_code",
        "productcategorie",
        "productcode",
        "toegewezen_op",
        "ingang_op",
        "eind_op",
        "reden_wijziging",
        "op_school",
    )
    assert load_contract("inschrijving").names == ("leerling_pseudoniem", "schooljaar", "vestigingscode")
    assert load_contract("inschrijving").optional


def test_no_rule_has_a_tolerance_by_default() -> None:
    assert {rule.tolerance for name in contract_names() for rule in load_contract(name).rules} == {0.0}


def test_an_unknown_contract_is_wrong_use() -> None:
    with pytest.raises(Gebruiksfout, match="geen contract"):
        load_contract("../opp")


FAULTS = [
    pytest.param("  purpose: >-", "  usage2: >-", "onbekend: usage2", id="unknown key in description"),
    pytest.param("  - property: grondslag\n", "  - property: ground\n", "ground", id="no grondslag"),
    pytest.param(
        "kind: DataContract", "kind: DataContract\nteam: []", "onbekend: team", id="known to ODCS, not to us"
    ),
    pytest.param(
        "    physicalType: file",
        "    physicalType: file\n    tags: [x]",
        "onbekend: tags",
        id="nested unknown key",
    ),
    pytest.param("        classification: pseudoniem\n", "", "gevoeligheid", id="no classification"),
    pytest.param("        required: true\n", "", "required ontbreekt", id="required not said"),
    pytest.param(
        "value: [organisatie.ondersteuningsvorm]",
        "value: []",
        "figuren ontbreekt",
        id="column without figure",
    ),
    pytest.param(
        "value: [organisatie.ondersteuningsvorm]", "value: [regel.zomaar]", "bekende regel", id="unknown rule"
    ),
    pytest.param("value: P3Y", "value: drie jaar", "ISO-duur", id="term"),
    pytest.param("value: pseudoniem}", "value: bsn}", "soort", id="kind"),
    pytest.param(
        "fout_als: eind_op < start_op", "fout_als: eind_op < start_op; DROP", "voorwaarde", id="statement"
    ),
    pytest.param(
        "kolommen: [start_op, eind_op]", "kolommen: [start_op, einde]", "kolommen", id="rule without column"
    ),
    pytest.param(
        "remedie: Verbeter eind_op of start_op in het leerlingadministratiesysteem en lever opnieuw.",
        "remedie: ''",
        "remedie",
        id="rule without remedy",
    ),
    pytest.param(
        "          melding: eind_op ligt voor start_op",
        "          melding: x\n          tolerantie: 2",
        "tolerantie",
        id="tolerance",
    ),
    pytest.param(
        "        engine: ondersteuningsanalyse", "        engine: soda", "engine", id="other engine"
    ),
    pytest.param(
        '{pattern: "^[0-9a-f]{64}$"}', "{maxLength: 64}", "logicalTypeOptions", id="option that nobody checks"
    ),
    pytest.param("            mustBe: 0", "            mustBeLessThan: 5", "onbekend", id="softer code rule"),
    pytest.param("value: gemeente}", "value: landen}", "codelijst", id="unknown code list"),
    pytest.param("        primaryKey: true\n        primaryKeyPosition: 1\n", "", "primaryKey", id="no key"),
    pytest.param("apiVersion: v3.0.2", "apiVersion: v2.2.2", "apiVersion", id="older standard"),
    pytest.param("status: active", "status: draft", "status", id="draft"),
    pytest.param("name: opp\nversion", "name: opp\nversion: [", "YAML", id="no YAML"),
    pytest.param('{minimum: "1995-01-01"}', "{minimum: 1995}", "minimum", id="minimum is no date"),
]


@pytest.mark.parametrize(("old", "new", "says"), FAULTS)
def test_a_contract_that_is_not_understood_is_refused(old: str, new: str, says: str) -> None:
    with pytest.raises(Gebruiksfout) as caught:
        read_contract(changed(old, new))
    assert says in str(caught.value)


def test_a_contract_without_purpose_does_not_load() -> None:
    start, end = OPP.index("  purpose: >-"), OPP.index("  usage: >-")
    with pytest.raises(Gebruiksfout, match="purpose"):
        read_contract(OPP[:start] + OPP[end:])


@pytest.mark.parametrize(
    ("day", "term", "expected"),
    [
        (date(2024, 7, 31), "P3Y", date(2027, 7, 31)),
        (date(2024, 2, 29), "P1Y", date(2025, 2, 28)),
        (date(2024, 12, 31), "P2M", date(2025, 2, 28)),
        (date(2024, 7, 31), "P90D", date(2024, 10, 29)),
        (date(2023, 12, 1), "P1Y1M1D", date(2025, 1, 2)),
    ],
)
def test_terms_are_added_as_a_calendar_does(day: date, term: str, expected: date) -> None:
    assert add_term(day, term) == expected


@pytest.mark.parametrize("term", ["", "P", "3Y", "P1W", "PT1H", "P-1Y", "P1.5Y"])
def test_other_durations_are_refused(term: str) -> None:
    with pytest.raises(ValueError, match="ISO duration"):
        add_term(date(2024, 1, 1), term)


def test_a_schooljaar_runs_from_august_to_july() -> None:
    assert schooljaar_bounds("2024-2025") == (date(2024, 8, 1), date(2025, 7, 31))
    for wrong in ("2024-2026", "2024", "2024-2025 ", "24-25"):
        with pytest.raises(ValueError, match="schooljaar"):
            schooljaar_bounds(wrong)
