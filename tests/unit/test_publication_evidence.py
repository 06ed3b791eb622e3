"""Evidence: nothing is published on a verdict that is missing, failed, softened or about something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import KwaliteitspoortDicht, OaError, OnthullingspoortDicht
from pipelines.publication import POORTEN, evidence
from pipelines.settings import Settings

FILES = {"ondersteuning.duckdb": "1" * 64, "parquet/koppelgraad.parquet": "2" * 64}
NEEDED = [
    evidence.Vereist("levering", "a" * 64, {}),
    evidence.Vereist("magazijn", "b" * 64, {}),
    evidence.Vereist("onthulling", "c" * 64, FILES),
    evidence.Vereist("publicatie", "c" * 64, FILES),
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    settings = Settings.load(home, drempel_oogo=5)
    settings.prepare_home()
    for needed in NEEDED:
        give(settings, needed)
    return settings


def check(**changes: Any) -> dict[str, Any]:
    return {
        "naam": "x",
        "tabel": "t",
        "geslaagd": True,
        "ernst": "fout",
        "aantal_afwijkend": 0,
        "noemer": 1,
    } | changes


def give(settings: Settings, needed: evidence.Vereist, *checks: dict[str, Any], **changes: Any) -> None:
    values = {"vingerafdruk": needed.vingerafdruk, "bestanden": needed.bestanden} | changes
    shared = needed.poort in ("levering", "magazijn")
    evidence.record(
        settings,
        needed.poort,
        profiel=None if shared else "oogo",
        controles=list(checks) or [check()],
        **values,
    )


def refused(settings: Settings, poort: str, profiel: str = "oogo") -> OaError:
    kind = OnthullingspoortDicht if poort == "onthulling" else KwaliteitspoortDicht
    with pytest.raises(kind) as told:
        evidence.demand(settings, profiel, NEEDED)
    assert poort in told.value.wat
    return told.value


def test_complete_evidence_is_accepted(settings: Settings) -> None:
    found = evidence.demand(settings, "oogo", NEEDED)
    assert [item["poort"] for item in found] == list(POORTEN)


@pytest.mark.parametrize("needed", NEEDED, ids=lambda needed: needed.poort)
def test_each_gate_must_have_spoken(settings: Settings, needed: evidence.Vereist) -> None:
    evidence.withdraw(settings, needed.poort, "oogo")
    error = refused(settings, needed.poort)
    assert error.exit_code == (5 if needed.poort == "onthulling" else 4)


WRONG: dict[str, Callable[[Settings, evidence.Vereist], None]] = {
    "failed": lambda s, n: give(s, n, check(), check(geslaagd=False, aantal_afwijkend=3)),
    "set to warn": lambda s, n: give(s, n, check(), check(ernst="waarschuwing")),
    "failed and set to warn": lambda s, n: give(s, n, check(geslaagd=False, ernst="waarschuwing")),
    "passed by another word": lambda s, n: give(s, n, check(geslaagd="ja")),
    "without checks": lambda s, n: evidence.record(
        s,
        n.poort,
        vingerafdruk=n.vingerafdruk,
        controles=[],
        bestanden=n.bestanden,
        profiel=None if n.poort in ("levering", "magazijn") else "oogo",
    ),
    "other input": lambda s, n: give(s, n, vingerafdruk="d" * 64),
    "other file": lambda s, n: give(s, n, bestanden={**n.bestanden, "ondersteuning.duckdb": "9" * 64}),
    "file too many": lambda s, n: give(s, n, bestanden={**n.bestanden, "extra.parquet": "9" * 64}),
}


@pytest.mark.parametrize("fault", WRONG)
@pytest.mark.parametrize("needed", NEEDED, ids=lambda needed: needed.poort)
def test_each_gate_must_have_passed_on_exactly_this(
    settings: Settings, needed: evidence.Vereist, fault: str
) -> None:
    WRONG[fault](settings, needed)
    refused(settings, needed.poort)


def test_evidence_that_cannot_be_read_is_no_evidence(settings: Settings) -> None:
    path = settings.warehouse / "bewijs" / "publicatie_oogo.json"
    whole = path.read_text(encoding="utf-8")
    for broken in ("", "{", "[]", whole[: len(whole) // 2], json.dumps({"poort": "publicatie"}), "null"):
        path.write_text(broken, encoding="utf-8")
        refused(settings, "publicatie")


def test_a_verdict_by_hand_that_contradicts_its_checks_is_refused(settings: Settings) -> None:
    path = settings.warehouse / "bewijs" / "publicatie_oogo.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    facts["controles"][0]["geslaagd"] = False
    path.write_text(json.dumps(facts), encoding="utf-8")
    refused(settings, "publicatie")
    facts["controles"][0]["geslaagd"] = True
    facts["geslaagd"] = False
    path.write_text(json.dumps(facts), encoding="utf-8")
    refused(settings, "publicatie")


def test_evidence_for_one_profiel_is_none_for_another(settings: Settings) -> None:
    refused(settings, "onthulling", profiel="openbaar")


def test_asking_for_fewer_gates_is_refused(settings: Settings) -> None:
    with pytest.raises(KwaliteitspoortDicht, match="Niet elke poort"):
        evidence.demand(settings, "oogo", NEEDED[:3])
    with pytest.raises(KwaliteitspoortDicht, match="Niet elke poort"):
        evidence.demand(settings, "oogo", [])


def test_an_unknown_gate_is_an_error(settings: Settings) -> None:
    with pytest.raises(ValueError, match="unknown gate"):
        evidence.record(settings, "overig", vingerafdruk="a", controles=[check()])


def test_standing_is_only_for_the_same_rules(settings: Settings) -> None:
    give(settings, NEEDED[0], regels="v1")
    assert evidence.standing(settings, NEEDED[0], None, "v1") is not None
    assert evidence.standing(settings, NEEDED[0], None, "v2") is None
    give(settings, NEEDED[0], check(geslaagd=False), regels="v1")
    assert evidence.standing(settings, NEEDED[0], None, "v1") is None
