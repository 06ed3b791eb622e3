"""The yardstick must compute the same: a script that forgets a rule would make the product look slow."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from tests.acceptance.oracle import recompute_home
from tests.acceptance.toevallige_regio import Lot, write_home
from tests.acceptance.vergelijk import compare_database
from tests.benchmark.plain import SEEDS, run_plain


@pytest.mark.parametrize(("seed", "personen"), [(1, 150), (2, 700)])
def test_the_plain_script_computes_what_the_oracle_computes(tmp_path: Path, seed: int, personen: int) -> None:
    write_home(Lot(seed, personen).leveringen(), tmp_path)
    run_plain(tmp_path, tmp_path / "plain.duckdb")
    with duckdb.connect(str(tmp_path / "plain.duckdb")) as con:
        assert not compare_database(con, recompute_home(tmp_path, SEEDS))


def test_the_comparison_sees_one_figure_that_is_one_off(tmp_path: Path) -> None:
    write_home(Lot(1, 150).leveringen(), tmp_path)
    run_plain(tmp_path, tmp_path / "plain.duckdb")
    with duckdb.connect(str(tmp_path / "plain.duckdb")) as con:
        con.execute(
            "UPDATE mart_organisatie SET arrangementen = arrangementen + 1 "
            "WHERE gebied_soort = 'regio' AND ondersteuningsvorm = 'TOTAAL' AND schooljaar = '2019-2020'"
        )
        con.execute("DELETE FROM mart_koppelgraad WHERE gemeente = '0307' AND schooljaar = '2019-2020'")
        assert len(compare_database(con, recompute_home(tmp_path, SEEDS))) == 2
