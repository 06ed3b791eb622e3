"""dbt's outcomes as a gate: only what was run and passed counts."""

from __future__ import annotations

import pytest

from pipelines.gates import warehouse_verdict
from pipelines.warehouse import Resultaat

MODEL, TEST, OTHER = "model.oa.mart_x", "test.oa.sleutel_uniek_mart_x", "test.oa.som_mart_x"
NODES = {
    MODEL: {"resource_type": "model", "name": "mart_x", "config": {}},
    TEST: {
        "resource_type": "test",
        "name": "sleutel_uniek_mart_x",
        "config": {"severity": "ERROR"},
        "attached_node": MODEL,
        "description": "Elke cel staat er één keer in.",
    },
    OTHER: {"resource_type": "test", "name": "som_mart_x", "config": {"severity": "error"}},
    "seed.oa.x": {"resource_type": "seed", "name": "x", "config": {}},
}


def result(name: str, status: str, failures: int | None = 0) -> Resultaat:
    kind = name.split(".")[0]
    return Resultaat(name, name.split(".")[-1], kind, status, failures, "", 0.1)


GOOD = (result(MODEL, "success"), result(TEST, "pass"), result(OTHER, "pass"))


def test_all_run_and_passed_is_open() -> None:
    oordeel = warehouse_verdict("x", GOOD, NODES)
    assert oordeel.geslaagd
    outcome = next(item for item in oordeel.uitslagen if item.naam == "sleutel_uniek_mart_x")
    assert (outcome.tabel, outcome.waarom) == ("mart_x", "Elke cel staat er één keer in.")


@pytest.mark.parametrize("status", ["fail", "warn", "skipped", "error", "runtime error"])
def test_any_other_status_closes_the_gate(status: str) -> None:
    oordeel = warehouse_verdict("x", (*GOOD[:2], result(OTHER, status, 3)), NODES)
    assert [(item.naam, item.aantal_afwijkend) for item in oordeel.gezakt] == [("som_mart_x", 3)]


def test_a_test_that_was_not_run_closes_the_gate() -> None:
    assert [item.naam for item in warehouse_verdict("x", GOOD[:2], NODES).gezakt] == ["som_mart_x"]


def test_a_model_that_was_not_built_closes_the_gate() -> None:
    assert [item.naam for item in warehouse_verdict("x", GOOD[1:], NODES).gezakt] == ["mart_x"]


def test_a_passing_test_that_would_only_warn_closes_the_gate() -> None:
    soft = NODES | {OTHER: NODES[OTHER] | {"config": {"severity": "warn"}}}
    assert [item.naam for item in warehouse_verdict("x", GOOD, soft).gezakt] == ["som_mart_x"]


def test_no_outcomes_is_a_closed_gate() -> None:
    assert not warehouse_verdict("x", (), {}).geslaagd
    assert not warehouse_verdict("x", (), NODES).geslaagd
