"""What a finding of the audit means for the next turn: of the figures that enclose a count, which is to be hidden."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from pipelines.disclosure import secure
from pipelines.disclosure.audit_report import AuditReport, Zwak
from pipelines.disclosure.history import Eerder
from pipelines.disclosure.jaar import OOGO, identity
from pipelines.disclosure.publish import AFGEROND, GETOOND, ONDERDRUKT
from pipelines.disclosure.secure import _in_the_way

LEERLING = {"populatie": "leerling", "schooljaar": "2024-2025"}
KEYS = {
    name: (tuple(LEERLING.items()), (("vestiging", name),))
    for name in ("klein", "groot", "heel", "verborgen")
}
KEYS["totaal"] = (tuple(LEERLING.items()), ())
COUNTS = {"klein": 6, "groot": 40, "heel": 7, "verborgen": 3, "totaal": 900}


@pytest.fixture
def jaar() -> SimpleNamespace:
    """Two rounded figures, one exact, one hidden and the exact total."""
    order = list(KEYS)
    status = {"klein": AFGEROND, "groot": AFGEROND, "heel": GETOOND, "totaal": GETOOND}
    return SimpleNamespace(
        kaart=SimpleNamespace(sets={}),
        names=[identity(KEYS[name]) for name in order],
        stand=[f"stand {COUNTS[name]}" for name in order],
        status={OOGO: np.array([status.get(name, ONDERDRUKT) for name in order])},
        cellen=SimpleNamespace(
            index={KEYS[name]: at for at, name in enumerate(order)},
            value=np.array([COUNTS[name] for name in order]),
            fixed=np.zeros(len(order), bool),
            rounded=np.array([status.get(name) == AFGEROND for name in order]),
            rank=np.zeros(len(order)),
        ),
    )


def chosen(jaar: SimpleNamespace, door: list, asked: tuple[str, ...] = (), eerder: Eerder | None = None):
    weak = Zwak(LEERLING, {"vestiging": "verborgen"}, 3, 3, "exact", "bestuur 41201", tuple(door))
    key = _in_the_way(weak, {"2024-2025": jaar}, {KEYS[name]: 1 for name in asked}, OOGO, eerder)
    return next((name for name, one in KEYS.items() if one == key), None)


def figure(name: str, **context: str) -> tuple[dict[str, str], dict[str, str]]:
    return LEERLING | context, {} if name == "totaal" else {"vestiging": name}


EVERY = [figure(name) for name in KEYS]


def test_a_rounded_figure_is_missed_least_and_a_total_most(jaar: SimpleNamespace) -> None:
    assert chosen(jaar, EVERY) == "klein"
    assert chosen(jaar, EVERY, asked=("klein",)) == "groot"
    assert chosen(jaar, EVERY, asked=("klein", "groot")) == "heel"
    assert chosen(jaar, EVERY, asked=("klein", "groot", "heel")) == "totaal"
    assert chosen(jaar, EVERY, asked=("klein", "groot", "heel", "totaal")) is None


def test_a_figure_of_an_earlier_release_cannot_be_taken_back(jaar: SimpleNamespace) -> None:
    was = figure("klein", uitgave="oogo r1")
    assert chosen(jaar, [was, figure("totaal")]) == "totaal"
    assert chosen(jaar, [was]) is None


@pytest.mark.parametrize(("count", "expected"), [(6, "groot"), (5, "klein")])
def test_nor_can_one_that_was_shown_with_the_same_count(
    jaar: SimpleNamespace, count: int, expected: str
) -> None:
    name = identity(KEYS["klein"])
    told = Eerder({(OOGO, name): (2, 10, f"stand {count}")})
    assert chosen(jaar, EVERY, eerder=told) == expected
    assert chosen(jaar, EVERY, eerder=Eerder({("openbaar", name): (2, 10, "stand 6")})) == "klein"


@pytest.mark.parametrize(
    ("found", "turns", "apart"),
    [
        ([("", 23), ("", 22), ("", 0)], 3, True),
        ([("", 23), ("", 9), ("", 0)], 3, False),
        ([("bestuur 41201", 23), ("bestuur 41201", 22), ("", 0)], 3, True),
        ([("", 23), *[("bestuur 41201", 1)] * 4, ("", 0)], 6, False),
        ([("", 23), *[("bestuur 41201", 1)] * 5, ("", 0)], 7, True),
        ([("", 23), *[("gemeenten", 1)] * 2, ("", 0)], 4, True),
    ],
    ids=["no fewer", "fewer", "many for a reader", "a few for a reader", "all was hidden", "nothing to hide"],
)
def test_a_corrected_schooljaar_is_judged_apart_once_there_is_no_hope(
    jaar: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, found: list, turns: int, apart: bool
) -> None:
    verdicts, tied = iter(found), []

    def judge(*_, **__) -> AuditReport:
        lezer, count = next(verdicts)
        report = AuditReport()
        door = tuple(EVERY) if lezer.startswith("bestuur") else ()
        for _ in range(count):
            report.add("exact", Zwak(LEERLING, {"vestiging": "verborgen"}, 3, 3, "exact", lezer, door))
        return report

    def draft(_, los: frozenset[str]) -> dict:
        tied.append(los)
        return {OOGO: None}

    jaar.unsafe = {OOGO: []}
    monkeypatch.setattr(secure, "protect", lambda *_: {OOGO: SimpleNamespace(jaren={"2024-2025": jaar})})
    monkeypatch.setattr(secure, "read", lambda _: None)
    monkeypatch.setattr(secure, "audit_spec", judge)
    eerder = Eerder({(OOGO, identity(KEYS["klein"])): (1, 9, "stand 5")})
    safe = secure.secure({}, [], {OOGO: 5}, None, draft, eerder)
    assert safe.rondes == turns
    assert safe.los == tied[-1] == ({"2024-2025"} if apart else set())
