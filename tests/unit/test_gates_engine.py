"""The door to Great Expectations: a failed expectation, a fault of ours, and what may leave it."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest

from expectations.suites import Controle, nul
from pipelines.errors import KwaliteitspoortDicht, Onverwacht
from pipelines.gates import Oordeel, Uitslag, engine

KEYS = {"kolom": ["levering", "kolom"]}
FRAME = pd.DataFrame(
    {
        "levering": ["a", "a", "b"],
        "kolom": ["start_op", "eind_op", "start_op"],
        "leeg": [0, 4, 3],
        "rijen": [10, 10, 20],
        "soort": ["datum", "datum", "code"],
        "geheim": ["PRIVE-WAARDE", "PRIVE-WAARDE", "PRIVE-WAARDE"],
    }
)


def check(**changes: object) -> Controle:
    values = {
        "naam": "gevuld",
        "tabel": "kolom",
        "verwachting": "ExpectColumnValuesToBeBetween",
        "argumenten": nul("leeg"),
        "wat": "",
        "waarom": "Zonder waarde is de rij niet te plaatsen.",
        "remedie": "Lever opnieuw.",
        "teller": "leeg",
        "noemer": "rijen",
    }
    return Controle(**values | changes)


def run(*checks: Controle, frame: pd.DataFrame = FRAME) -> tuple[Uitslag, ...]:
    return engine.run(checks, {"kolom": frame}, KEYS)


def test_a_failed_expectation_tells_how_many_of_how_many_and_where() -> None:
    [found] = run(check())
    assert (found.geslaagd, found.aantal_afwijkend, found.noemer) == (False, 7, 40)
    assert found.plaatsen == ("a.eind_op", "b.start_op")
    assert found.told() == "gevuld: 7 van 40 (in a.eind_op, b.start_op)"


def test_a_filter_limits_the_rows_and_the_denominator() -> None:
    [found] = run(check(waar="soort == 'datum'"))
    assert (found.aantal_afwijkend, found.noemer) == (4, 20)
    assert run(check(waar="kolom == 'besluit_op'"))[0].geslaagd


def test_outcomes_come_in_the_order_of_the_checks() -> None:
    found = run(check(naam="c"), check(naam="a", waar="soort == 'code'"), check(naam="b"))
    assert [item.naam for item in found] == ["c", "a", "b"]


def test_a_check_about_the_whole_table_has_no_places() -> None:
    [found] = run(check(verwachting="ExpectTableRowCountToEqual", argumenten={"value": 1}, teller=None))
    assert (found.geslaagd, found.plaatsen) == (False, ())
    assert found.aantal_afwijkend >= 1


@pytest.mark.parametrize(
    "broken",
    [
        check(argumenten=nul("bestaat_niet")),
        check(argumenten={"column": "geheim", "min_value": 0, "max_value": 1}),
        check(verwachting="ExpectNietsBestaands"),
        check(tabel="levering"),
    ],
    ids=["no such column", "exception inside the library", "no such expectation", "no such table"],
)
def test_what_could_not_be_judged_is_a_fault_of_ours(broken: Controle) -> None:
    with pytest.raises(Onverwacht) as told:
        engine.run((broken,), {"kolom": FRAME}, KEYS | {"levering": ["levering"]})
    assert told.value.exit_code == 1
    assert "PRIVE-WAARDE" not in str(told.value)
    assert told.value.__cause__ is None


def test_no_offending_value_leaves_the_engine(capfd: pytest.CaptureFixture[str]) -> None:
    [found] = run(
        check(
            verwachting="ExpectColumnValuesToBeInSet",
            argumenten={"column": "geheim", "value_set": ["iets"]},
            teller=None,
        )
    )
    assert not found.geslaagd
    captured = capfd.readouterr()
    assert "PRIVE-WAARDE" not in f"{found} {captured.out} {captured.err}"


def test_the_lean_import_leaves_the_libraries_it_skips_whole() -> None:
    """In a process of its own: later code that draws or tests distributions gets the real ones."""
    code = (
        "import pandas as pd\n"
        "from tests.unit.test_gates_engine import run, check\n"
        "run(check())\n"
        "import altair, scipy.stats\n"
        "assert altair.Chart and scipy.stats.norm\n"
        "import os; print(os.environ['GX_ANALYTICS_ENABLED'])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "false"


def test_a_gate_without_checks_is_closed() -> None:
    with pytest.raises(KwaliteitspoortDicht, match="dicht"):
        Oordeel("levering", "x", ()).require()


def test_a_closed_gate_names_what_failed_how_many_and_the_remedy() -> None:
    good, bad = Uitslag("goed", "t", True, 0, 9), Uitslag("fout", "t", False, 3, 9, "", "Lever opnieuw.")
    with pytest.raises(KwaliteitspoortDicht) as told:
        Oordeel("levering", "x", (good, bad)).require()
    assert told.value.exit_code == 4
    assert "1 van 2" in told.value.wat
    assert told.value.waar == "fout: 3 van 9 (in t)"
    assert "Lever opnieuw." in told.value.remedie


def test_a_check_set_to_warn_does_not_open_the_gate() -> None:
    oordeel = Oordeel("levering", "x", (Uitslag("zacht", "t", True, 0, 9, ernst="waarschuwing"),))
    assert not oordeel.geslaagd
    with pytest.raises(KwaliteitspoortDicht):
        oordeel.require()


def test_a_recorded_verdict_comes_back_as_it_was() -> None:
    oordeel = Oordeel("levering", "x", (Uitslag("fout", "t", False, 3, 9, "w", "r", plaatsen=("a.b",)),))
    again = Oordeel.recorded("levering", "x", oordeel.controles)
    assert again.uitslagen == oordeel.uitslagen
    assert again.hergebruikt
