"""The crude rule against an attacker who shares no code with it: linear programs over the published
tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

from pipelines.disclosure import crude, crude_moves
from pipelines.errors import OnthullingspoortDicht
from tests.integration.publication_installatie import specs, true_tables
from tests.integration.publication_region import REDENEN, region

DREMPEL = 5
AREA = ("schooljaar", "gebied_soort", "gebied")
COARSE = {"grijs_gebied": "grijs_gebied", "niet_te_bepalen": "niet_te_bepalen", "TOTAAL": "TOTAAL"}
SMALL = {"persons": 260, "schools": 7, "besturen": 3, "gemeenten": 5, "schooljaren": ("2024-2025",)}


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> list:
    return specs(tmp_path_factory.mktemp("marts"))


Tables = dict[str, pa.Table]


def protect(declared: list, seed: int = 1) -> tuple[Tables, Tables]:
    truth = true_tables(region(seed, **SMALL), declared)
    return truth, crude.protect(truth, declared, DREMPEL)


@pytest.fixture(scope="module")
def pair(declared: list) -> tuple[Tables, Tables]:
    """The true tables of one small population, and what may be published of them."""
    return protect(declared)


class Attacker:
    """What a reader can write down: a number per cell that is shown, an unknown of at least 1 per cell that
    is hidden (a zero is never hidden), and every sum and inequality that the definitions give."""

    def __init__(self, published: dict[str, pa.Table], truth: dict[str, pa.Table]) -> None:
        self.unknown: list[tuple] = []
        self.index: dict[tuple, int] = {}
        self.known: dict[tuple, int] = {}
        self.equal: list[list[tuple[tuple, int]]] = []
        self.at_least: list[list[tuple[tuple, int]]] = []
        self.tables = {name: table.to_pylist() for name, table in published.items()}
        self.truth = {name: table.to_pylist() for name, table in truth.items()}
        self._read("ondersteuning_per_gebied", (*AREA, "categorie"), "leerlingen")
        self._read(
            "ondersteuning_per_school", ("schooljaar", "swv", "bestuur", "vestigingscode", "categorie")
        )
        self._read("ondersteuning_per_bestuur_gemeente", ("schooljaar", "bestuur", "gemeente", "categorie"))
        self._read("grijs_gebied_redenen", (*AREA, "reden"))
        self._read("verantwoordelijkheid", (*AREA, "verantwoordelijke", "financiering"), "arrangementen")
        self._read("organisatie", (*AREA, "ondersteuningsvorm"), "arrangementen")
        self._read("wachttijden", (*AREA, "stap"), "aantal")
        self._read("koppelgraad", ("schooljaar", "gemeente"), "leerlingen_onderwijs")
        self._read("koppelgraad", ("schooljaar", "gemeente"), "gekoppeld")
        self._sums()
        self._links()
        self._inequalities()

    def _read(self, table: str, key: tuple[str, ...], figure: str = "leerlingen") -> None:
        for row, true in zip(self.tables[table], self.truth[table], strict=True):
            name = (table, figure, *(row[dim] for dim in key))
            status = row.get(f"{figure}_status", row["status"])
            if status == "getoond":
                self.known[name] = row[figure]
            elif not true[figure]:
                self.known[name] = 0  # cannot be told, and by its definition nobody is in it
            else:
                self.index[name] = len(self.unknown)
                self.unknown.append(name)

    def _group(self, table: str, figure: str, key: Any, total: Any) -> None:
        """One equation per key: the cells that are no total add up to the one that is."""
        lines = defaultdict(list)
        for cell in [*self.known, *self.index]:
            if cell[:2] == (table, figure) and (name := key(*cell[2:])) is not None:
                lines[name].append((cell, -1 if total(*cell[2:]) else 1))
        self.equal += list(lines.values())

    def _sums(self) -> None:
        region_of = {row["gemeente"]: row["jeugdregio"] for row in self.truth["dim_gemeente"]}
        by_area = {
            "ondersteuning_per_gebied": ("leerlingen", 1),
            "grijs_gebied_redenen": ("leerlingen", 1),
            "verantwoordelijkheid": ("arrangementen", 2),
            "organisatie": ("arrangementen", 1),
            "wachttijden": ("aantal", 1),
        }
        for table, (figure, codes) in by_area.items():
            for kind in ("woongemeente", "jeugdregio", "schoolgemeente", "swv"):
                self._group(
                    table,
                    figure,
                    lambda year, soort, area, *rest, kind=kind: (
                        (year, *rest) if soort in (kind, "regio") else None
                    ),
                    lambda year, soort, *rest: soort == "regio",
                )
            self._group(
                table,
                figure,
                lambda year, soort, area, *rest: {
                    "woongemeente": (year, region_of.get(area), *rest),
                    "jeugdregio": (year, area, *rest),
                }.get(soort),
                lambda year, soort, *rest: soort == "jeugdregio",
            )
            if table in ("grijs_gebied_redenen", "wachttijden"):
                continue
            for number in range(codes):
                self._group(
                    table,
                    figure,
                    lambda *cell, number=number: (*cell[: 3 + number], *cell[4 + number :]),
                    lambda *cell, number=number: cell[3 + number] == "TOTAAL",
                )
        for number, table in ((4, "ondersteuning_per_school"), (3, "ondersteuning_per_bestuur_gemeente")):
            self._group(
                table,
                "leerlingen",
                lambda *cell, n=number: cell[:n],
                lambda *cell, n=number: cell[n] == "TOTAAL",
            )
        for number in (1, 2):
            self._group(
                "ondersteuning_per_bestuur_gemeente",
                "leerlingen",
                lambda *cell, n=number: (*cell[:n], *cell[n + 1 :]),
                lambda *cell, n=number: cell[n] == "TOTAAL",
            )
        school = "ondersteuning_per_school"
        for depth in (1, 2, 3):
            self._group(
                school,
                "leerlingen",
                lambda *cell, d=depth: (
                    (*cell[:d], cell[4])
                    if "TOTAAL" not in cell[1:d] and set(cell[d + 1 : 4]) <= {"TOTAAL"}
                    else None
                ),
                lambda *cell, d=depth: cell[d] == "TOTAAL",
            )

    def _cells(self, table: str, figure: str) -> Iterator[tuple]:
        return (cell for cell in [*self.known, *self.index] if cell[:2] == (table, figure))

    def _links(self) -> None:
        place = {row["vestigingscode"]: row["gemeente"] for row in self.truth["dim_school"]}
        lines = defaultdict(list)
        for cell in self._cells("ondersteuning_per_gebied", "leerlingen"):
            year, soort, area, categorie = cell[2:]
            lines[(soort, year, area, categorie)].append((cell, 1))
            if soort in ("woongemeente", "regio"):
                lines[("thuis", year, area, COARSE.get(categorie, "overig"))].append((cell, 1))
        for cell in self._cells("ondersteuning_per_school", "leerlingen"):
            year, swv, bestuur, vestiging, categorie = cell[2:]
            if bestuur == "TOTAAL":
                lines[("regio" if swv == "TOTAAL" else "swv", year, swv, categorie)].append((cell, -1))
            elif vestiging == "TOTAAL":
                lines[("bestuur", year, bestuur, COARSE.get(categorie, "overig"))].append((cell, 1))
            else:
                lines[("schoolgemeente", year, place[vestiging], categorie)].append((cell, -1))
        for cell in self._cells("ondersteuning_per_bestuur_gemeente", "leerlingen"):
            year, bestuur, gemeente, categorie = cell[2:]
            if bestuur == "TOTAAL":
                lines[("thuis", year, gemeente, categorie)].append((cell, -1))
            elif gemeente == "TOTAAL":
                lines[("bestuur", year, bestuur, categorie)].append((cell, -1))
        for cell in self._cells("verantwoordelijkheid", "arrangementen"):
            if cell[5:] == ("TOTAAL", "TOTAAL"):
                lines[("arrangement", *cell[2:5])] += [
                    (cell, 1),
                    (("organisatie", "arrangementen", *cell[2:5], "TOTAAL"), -1),
                ]
        self.equal += [
            line
            for name, line in lines.items()
            if name[0] not in ("woongemeente", "jeugdregio") and len(line) > 1
        ]

    def _inequalities(self) -> None:
        def category(place: tuple, name: str) -> tuple:
            return ("ondersteuning_per_gebied", "leerlingen", *place, name)

        kern = defaultdict(list)
        for cell in self._cells("grijs_gebied_redenen", "leerlingen"):
            place, reden = cell[2:5], cell[5]
            self.at_least.append([(category(place, "TOTAAL"), 1), (cell, -1)])
            if REDENEN[reden] == "kern":
                self.at_least.append([(category(place, "grijs_gebied"), 1), (cell, -1)])
                kern[place].append((cell, 1))
        for place, cells in kern.items():
            self.at_least.append([*cells, (category(place, "grijs_gebied"), -1)])
        for cell in self._cells("koppelgraad", "gekoppeld"):
            year, gemeente = cell[2:]
            place = (year, "woongemeente", gemeente)
            some = ("koppelgraad", "leerlingen_onderwijs", year, gemeente)
            if not any(
                row["gemeente"] == gemeente and row["gekoppeld"] is not None
                for row in self.truth["koppelgraad"]
            ):
                continue
            grijs, samen = category(place, "grijs_gebied"), category(place, "samenloop")
            alleen = category(place, "alleen_onderwijs")
            self.at_least += [
                [(cell, 1), (samen, -1)],
                [(samen, 1), (grijs, 1), (cell, -1)],
                [(some, 1), (cell, -1), (alleen, -1)],
                [(alleen, 1), (grijs, 1), (some, -1), (cell, 1)],
            ]
        for cell in self._cells("wachttijden", "aantal"):
            if cell[-1] == "besluit_start":
                started = ("organisatie", "arrangementen", *cell[2:5], "TOTAAL")
                self.at_least.append([(started, 1), (cell, -1)])

    def _matrix(self, lines: list[list[tuple[tuple, int]]]) -> tuple[csr_matrix, np.ndarray]:
        rows, cols, values, right = [], [], [], []
        for line in lines:
            unknown = [(self.index[cell], coef) for cell, coef in line if cell in self.index]
            if not unknown:
                continue
            right.append(-sum(coef * self.known[cell] for cell, coef in line if cell in self.known))
            for col, coef in unknown:
                rows.append(len(right) - 1)
                cols.append(col)
                values.append(coef)
        return csr_matrix((values, (rows, cols)), shape=(len(right), len(self.unknown))), np.array(
            right, float
        )

    def exact(self, most: int = 5) -> list[tuple]:
        """At most so many hidden cells that can be worked out: the same in all that is possible.

        Corners in random directions tell most cells apart; the rest is asked one by one.
        """
        equal, right = self._matrix(self.equal)
        more, least = self._matrix(self.at_least)

        def corner(cost: np.ndarray) -> np.ndarray:
            answer = linprog(
                cost, A_eq=equal, b_eq=right, A_ub=-more, b_ub=-least, bounds=(1, 10_000), method="highs"
            )
            assert answer.status == 0, answer.message
            return answer.x

        rng = np.random.default_rng(5)
        seen = [corner(rng.normal(size=len(self.unknown))) for _ in range(8)]
        same = np.flatnonzero(np.ptp(seen, axis=0) < 1e-6)
        found = []
        for cell in same:
            unit = np.zeros(len(self.unknown))
            unit[cell] = 1
            if corner(-unit)[cell] - corner(unit)[cell] < 1e-6:
                found.append(self.unknown[cell])
            if len(found) == most:
                break
        return found


@pytest.mark.parametrize("seed", [1, 2])
def test_no_hidden_count_can_be_worked_out(declared: list, seed: int) -> None:
    truth, published = protect(declared, seed)
    attacker = Attacker(published, truth)
    assert len(attacker.unknown) > 100
    assert attacker.exact() == []


def test_the_attacker_finds_what_only_primary_hiding_leaves(
    declared: list, pair: tuple[Tables, Tables]
) -> None:
    """The test above can fail: with the small counts alone hidden, the attacker computes many."""
    truth, published = pair
    naive = dict(published)
    for spec in declared:
        if not spec.figuren:
            continue
        columns = {name: published[spec.tabel][name] for name in published[spec.tabel].column_names}
        for figuur in spec.figuren:
            if figuur.soort != "aantal":
                continue
            values, behind = (truth[spec.tabel][name].to_pylist() for name in (figuur.kolom, figuur.achter))
            status = f"{figuur.kolom}_status" if len(spec.figuren) > 1 else "status"
            small = [0 < (b or 0) < DREMPEL for b in behind]
            before = columns[status].to_pylist()
            columns[status] = pa.array(
                [
                    old if old == "niet_te_bepalen" else "onderdrukt" if hide else "getoond"
                    for old, hide in zip(before, small, strict=True)
                ]
            )
            columns[figuur.kolom] = pa.array(
                [None if hide else value for value, hide in zip(values, small, strict=True)]
            )
        naive[spec.tabel] = pa.table(columns)
    assert len(Attacker(naive, truth).exact()) == 5


def test_every_small_count_is_hidden_and_what_is_shown_is_true(
    declared: list, pair: tuple[Tables, Tables]
) -> None:
    truth, published = pair
    for spec in declared:
        for figuur in spec.figuren:
            table = published[spec.tabel]
            status = f"{figuur.kolom}_status" if len(spec.figuren) > 1 else "status"
            shown = [word == "getoond" for word in table[status].to_pylist()]
            values = truth[spec.tabel][figuur.kolom].to_pylist()
            for seen, value, true in zip(shown, table[figuur.kolom].to_pylist(), values, strict=True):
                assert value == (true if seen else None)
            if figuur.soort != "kwantiel":
                behind = truth[spec.tabel][figuur.achter].to_pylist()
                small = [bool(v) and 0 < b < DREMPEL for v, b in zip(values, behind, strict=True)]
                assert not any(seen and hide for seen, hide in zip(shown, small, strict=True))


def test_no_column_with_true_counts_is_published(declared: list, pair: tuple[Tables, Tables]) -> None:
    _, published = pair
    for spec in declared:
        if spec.figuren:
            columns = set(published[spec.tabel].column_names)
            assert not columns & {
                "te_bepalen",
                "leerlingen_achter",
                "wachtend_leerlingen_achter",
                "onder_mediaan",
                "boven_mediaan",
                "onder_p90",
                "boven_p90",
            }
            assert {"status", "onderdrukt"} <= columns


def test_zeros_are_shown(declared: list, pair: tuple[Tables, Tables]) -> None:
    truth, published = pair
    rows = zip(
        truth["ondersteuning_per_school"].to_pylist(),
        published["ondersteuning_per_school"].to_pylist(),
        strict=True,
    )
    zeros = [seen for true, seen in rows if true["leerlingen"] == 0 and true["te_bepalen"]]
    assert zeros
    assert {(row["leerlingen"], row["status"]) for row in zeros} == {(0, "getoond")}


def test_arrangementen_are_hidden_on_the_pupils_behind_them(
    declared: list, pair: tuple[Tables, Tables]
) -> None:
    truth, published = pair
    rows = zip(truth["organisatie"].to_pylist(), published["organisatie"].to_pylist(), strict=True)
    many = [
        seen
        for true, seen in rows
        if true["arrangementen"] >= DREMPEL and true["leerlingen_achter"] < DREMPEL
    ]
    assert many
    assert {row["status"] for row in many} == {"onderdrukt"}


def test_a_quantile_needs_its_count_and_persons_on_either_side(
    declared: list, pair: tuple[Tables, Tables]
) -> None:
    truth, published = pair
    rows = list(zip(truth["wachttijden"].to_pylist(), published["wachttijden"].to_pylist(), strict=True))
    for true, seen in rows:
        if seen["mediaan_dagen"] is not None:
            assert seen["aantal_status"] == "getoond"
            assert true["aantal"] >= 10
            assert min(true["onder_mediaan"], true["boven_mediaan"]) >= DREMPEL
        if seen["p90_dagen"] is not None:
            assert min(true["onder_p90"], true["boven_p90"]) >= DREMPEL
    assert any(seen["mediaan_dagen"] is not None for _, seen in rows)
    assert any(seen["mediaan_dagen_status"] == "onderdrukt" for _, seen in rows)
    assert {seen["wachtend_status"] for true, seen in rows if true["wachtend"] is None} == {"getoond"}


def test_what_a_missing_delivery_leaves_open_is_not_zero_and_not_hidden(
    declared: list, pair: tuple[Tables, Tables]
) -> None:
    _, published = pair
    rows = [
        row
        for row in published["ondersteuning_per_gebied"].to_pylist()
        if (row["gebied_soort"], row["gebied"]) == ("woongemeente", "0327")
    ]
    status = {row["categorie"]: row["status"] for row in rows}
    assert {
        status[name] for name in ("samenloop", "alleen_onderwijs", "alleen_jeugdhulp", "in_aanvraag")
    } == {"niet_te_bepalen"}
    assert status["TOTAAL"] in ("getoond", "onderdrukt")
    link = [row for row in published["koppelgraad"].to_pylist() if row["gemeente"] == "0327"]
    assert [(row["gekoppeld"], row["gekoppeld_status"], row["status"]) for row in link] == [
        (None, "niet_te_bepalen", "niet_te_bepalen")
    ]
    assert link[0]["leerlingen_onderwijs_status"] != "niet_te_bepalen"


def test_the_row_has_the_gravest_status_of_its_figures(declared: list, pair: tuple[Tables, Tables]) -> None:
    _, published = pair
    order = list(crude.STATUS)
    for row in published["wachttijden"].to_pylist():
        figures = [row[f"{name}_status"] for name in ("aantal", "mediaan_dagen", "p90_dagen", "wachtend")]
        assert row["status"] == max(figures, key=order.index)
        assert row["onderdrukt"] == (row["status"] == "onderdrukt")
        assert row["mediaan_dagen_onderdrukt"] == (row["mediaan_dagen_status"] == "onderdrukt")


def test_the_same_tables_are_hidden_the_same_way(declared: list, pair: tuple[Tables, Tables]) -> None:
    _, first = pair
    _, second = protect(declared)
    assert all(first[name].equals(second[name]) for name in first)


def test_without_a_proof_nothing_is_published(declared: list, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crude_moves, "_find_move", lambda jaar, free, wanted, rng: np.zeros(len(free)))
    with pytest.raises(OnthullingspoortDicht, match="niet bewezen") as told:
        protect(declared)
    assert told.value.exit_code == 5


def test_a_move_that_does_not_hold_exactly_proves_nothing(
    declared: list, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A solver that is off, even a little, may not open the gate: each move is checked in exact
    arithmetic."""
    whole = crude_moves._whole

    def off(jaar: Any, move: np.ndarray) -> np.ndarray:
        wrong = move.copy()
        wrong[np.flatnonzero(np.abs(move) > 0.5)[::2]] += 0.25
        return whole(jaar, wrong)

    monkeypatch.setattr(crude_moves, "_whole", off)
    monkeypatch.setattr(crude_moves, "_ROUNDS", 5)
    with pytest.raises(OnthullingspoortDicht):
        protect(declared)


def test_an_unknown_kind_of_figure_or_hierarchy_is_an_error(declared: list, tmp_path: Path) -> None:
    from dataclasses import replace

    truth = true_tables(region(1, **SMALL), declared)
    [link] = [spec for spec in declared if spec.tabel == "koppelgraad"]
    odd = replace(link, hierarchie=({"soort": "kring", "dimensies": ["gemeente"]},))
    with pytest.raises(ValueError, match="hierarchy"):
        crude.protect(truth, [odd], DREMPEL)
    strange = replace(link, figuren=(replace(link.figuren[0], soort="gemiddelde"),))
    with pytest.raises(ValueError, match="figure"):
        crude.protect(truth, [strange], DREMPEL)
