"""Every story must come true twice: in the warehouse's models and in the oracle of the acceptance test.

Lives here: one build of the warehouse with all stories in it, and the questions asked of both. Not here: the
stories.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

import duckdb
import pytest

from tests.acceptance.magazijn import build_warehouse, write_vestigingen
from tests.acceptance.oracle import recompute
from tests.acceptance.oracle_bron import read_reference
from tests.acceptance.oracle_persoon import Wereld
from tests.acceptance.oracle_tabel import REDEN
from tests.acceptance.vergelijk import VORM, compare_database, expected_row
from tests.spec import verhalen_categorie, verhalen_gebied, verhalen_meting, verhalen_plaats, verhalen_redenen
from tests.spec.verhaal import VERHALEN, Row, Verhaal, tell_all
from tests.spec.wereld import SCHOOL

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
assert all((verhalen_categorie, verhalen_redenen, verhalen_plaats, verhalen_gebied, verhalen_meting))


class Teller(Protocol):
    """Whoever knows what becomes of the stories."""

    def persoon(self, pseudoniem: str, schooljaar: str) -> Row:
        """categorie, redenen, vestiging, woongemeente; categorie `-` for who is not counted at all."""

    def cel(self, tabel: str, dimensies: tuple[str, ...]) -> dict[str, object]:
        """Figures and flags of one row of a published table."""


class Orakel:
    def __init__(self, home: Path) -> None:
        referentie = read_reference(SEEDS, home / "referentie")
        leveringen = tell_all()
        self.tabellen = recompute(leveringen, referentie)
        wereld = Wereld(leveringen, referentie)
        self.personen = {(p.pseudoniem, j): p for j in wereld.schooljaren for p in wereld.persons(j)}

    def persoon(self, pseudoniem: str, schooljaar: str) -> Row:
        if (found := self.personen.get((pseudoniem, schooljaar))) is None:
            return {"categorie": "-"}
        return {
            "categorie": found.categorie,
            "redenen": ", ".join(sorted(found.redenen)),
            "vestiging": found.vestiging,
            "woongemeente": found.woongemeente,
        }

    def cel(self, tabel: str, dimensies: tuple[str, ...]) -> dict[str, object]:
        return expected_row(tabel, self.tabellen[tabel][dimensies])


class Magazijn:
    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self.con = con

    def persoon(self, pseudoniem: str, schooljaar: str) -> Row:
        found = self._one(
            "FROM fct_leerling_schooljaar JOIN int_persoon USING (persoon_key) "
            "WHERE pseudoniem = ? AND schooljaar = ?",
            (pseudoniem, schooljaar),
        )
        if found is None:
            return {"categorie": "-"}
        return {
            "categorie": str(found["categorie"]),
            "redenen": ", ".join(sorted(reden for reden in REDEN if found[reden])),
            "vestiging": str(found["vestigingscode"]),
            "woongemeente": str(found["woongemeente"]),
        }

    def cel(self, tabel: str, dimensies: tuple[str, ...]) -> dict[str, object]:
        where = " AND ".join(f"{name} = ?" for name in VORM[tabel].dimensies)
        found = self._one(f"FROM mart_{tabel} WHERE {where}", dimensies)
        assert found is not None, f"{tabel}: geen rij voor {dimensies}"
        return found

    def _one(self, sql: str, values: tuple[str, ...]) -> dict[str, object] | None:
        result = self.con.execute(sql, values)
        names = [column[0] for column in result.description]
        rows = result.fetchall()
        assert len(rows) < 2
        return dict(zip(names, rows[0], strict=True)) if rows else None


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("verhalen")
    write_vestigingen(home / "referentie" / "vestigingen.csv", SCHOOL.values())
    return home


@pytest.fixture(scope="session")
def orakel(home: Path) -> Orakel:
    return Orakel(home)


@pytest.fixture(scope="session")
def magazijn(home: Path) -> Magazijn:
    return Magazijn(duckdb.connect(str(build_warehouse(home, tell_all())), read_only=True))


@pytest.fixture(params=["orakel", "magazijn"])
def teller(request: pytest.FixtureRequest) -> Teller:
    return request.getfixturevalue(request.param)


@pytest.mark.parametrize("verhaal", VERHALEN, ids=lambda verhaal: verhaal.titel)
def test_the_story_comes_true(verhaal: Verhaal, teller: Teller) -> None:
    for told in verhaal.personen:
        found = teller.persoon(verhaal.pseudoniem(told["wie"]), told["schooljaar"])
        for column in told.keys() - {"wie", "schooljaar"}:
            assert found[column] == as_known(column, told[column]), f"{told['wie']}, {column}"
    for tabel, rows in verhaal.cellen.items():
        for told in rows:
            dimensies = tuple(told[name] for name in VORM[tabel].dimensies)
            found = teller.cel(tabel, dimensies)
            if not found.get("te_bepalen", True):  # whatever the mart has there, nobody will see it
                found |= dict.fromkeys(VORM[tabel].figuren)
            for column in told.keys() - set(VORM[tabel].dimensies):
                assert as_told(found[column]) == told[column], f"{tabel} {dimensies}, {column}"


def test_all_stories_together_give_the_same_tables(magazijn: Magazijn, orakel: Orakel) -> None:
    assert not compare_database(magazijn.con, orakel.tabellen)


def as_told(value: object) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nee"
    return "-" if value is None else str(value)


def as_known(column: str, told: str) -> str:
    if column == "redenen":
        return ", ".join(sorted(filter(None, told.split(", "))))
    return SCHOOL[told].code if column == "vestiging" and told in SCHOOL else told
