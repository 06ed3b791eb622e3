"""Shares in a publication: from what is shown, and only where figure and denominator give nothing away."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from pipelines.publication.share import with_share
from pipelines.warehouse.tables import Aandeel, Figuur, TabelSpec

DREMPEL = 5
NIETS = (None, None, None)


def spec(*figuren: str, aandeel: bool = True) -> TabelSpec:
    return TabelSpec(
        tabel="ondersteuning_per_school",
        mart="mart_ondersteuning_per_school",
        omschrijving="",
        bron="",
        leeswijzer="",
        profielen=("oogo",),
        dimensies=("vestigingscode",),
        met_totaal=(),
        figuren=tuple(Figuur(name, "aantal", name) for name in figuren or ("leerlingen",)),
        kenmerken=(),
        methode="afronden",
        hierarchie=(),
        gevoelig=None,
        beperking={},
        kolommen=(),
        meta={},
        aandeel=Aandeel("aandeel_per_100", "leerlingen", "noemer", "noemer_bron") if aandeel else None,
    )


def mart(*rows: tuple[str, int, int | None]) -> pa.Table:
    """Vestiging, true count and denominator; the share is the true one, which nobody may see."""
    codes, counts, denominators = zip(*rows, strict=True)
    return pa.table(
        {
            "vestigingscode": pa.array(codes, pa.string()),
            "leerlingen": pa.array(counts, pa.int64()),
            "aandeel_per_100": pa.array([99.9] * len(rows), pa.float64()),
            "noemer": pa.array(denominators, pa.int64()),
            "noemer_bron": pa.array([None if one is None else "duo_po" for one in denominators], pa.string()),
        }
    )


def safe(*rows: tuple[str, int | None, str], status: str = "status") -> pa.Table:
    codes, counts, statuses = zip(*rows, strict=True)
    return pa.table(
        {
            "vestigingscode": pa.array(codes, pa.string()),
            "leerlingen": pa.array(counts, pa.int64()),
            status: pa.array(statuses, pa.string()),
        }
    )


def shares(table: pa.Table) -> list[tuple[Any, ...]]:
    return [(row["aandeel_per_100"], row["noemer"], row["noemer_bron"]) for row in table.to_pylist()]


def one(true: int, shown: int | None, status: str, noemer: int | None) -> tuple[Any, ...]:
    [found] = shares(
        with_share(safe(("99AA00", shown, status)), mart(("99AA00", true, noemer)), spec(), DREMPEL)
    )
    return found


def test_a_share_is_counted_from_the_figure_as_shown() -> None:
    assert one(12, 12, "getoond", 160) == (7.5, 160, "duo_po")
    assert one(12, 15, "afgerond", 160) == (9.4, 160, "duo_po")  # 9.375, where the truth would be 7.5
    assert one(8, 5, "afgerond", 160) == (3.1, 160, "duo_po")
    assert one(0, 0, "getoond", 160) == (0.0, 160, "duo_po")


@pytest.mark.parametrize(("noemer", "share"), [(2000, 0.3), (1999, 0.3), (2001, 0.2)])
def test_a_half_goes_up(noemer: int, share: float) -> None:
    assert one(5, 5, "getoond", noemer) == (share, noemer, "duo_po")


@pytest.mark.parametrize("status", ["onderdrukt", "niet_te_bepalen"])
def test_a_hidden_figure_has_no_share_and_no_denominator(status: str) -> None:
    assert one(3, None, status, 160) == NIETS
    assert one(3, 3, status, 160) == NIETS  # whatever stands in the cell, its status decides


@pytest.mark.parametrize("status", ["getoond", "afgerond"])
@pytest.mark.parametrize("rest", [0, 1, 4])
def test_a_small_rest_hides_all_three(rest: int, status: str) -> None:
    """With a rest of nobody every pupil has it: that is told of no single pupil, so of no group either."""
    assert one(20, 20, status, 20 + rest) == NIETS


def test_a_rest_that_may_be_shown() -> None:
    assert one(20, 20, "getoond", 25) == (80.0, 25, "duo_po")


@pytest.mark.parametrize("drempel", [5, 10])
def test_a_share_says_no_more_than_the_figure_beside_it(drempel: int) -> None:
    """Of every count, denominator and way to round: whoever reads the whole row, and knows that nobody counts who is
    not in the denominator, is left with every count that the figure by itself leaves."""
    said: dict[tuple[Any, ...], set[int]] = {}
    cases = [
        (true, shown, status, noemer)
        for noemer in range(1, 8 * drempel)
        for true in range(noemer + 1)
        for shown, status in {
            (true // drempel * drempel, "afgerond"),
            (-(-true // drempel) * drempel, "afgerond"),
            (true, "getoond"),
        }
    ]
    codes = [f"{number:06d}" for number in range(len(cases))]
    found = shares(
        with_share(
            safe(*((code, shown, status) for code, (_, shown, status, _) in zip(codes, cases, strict=True))),
            mart(*((code, true, noemer) for code, (true, _, _, noemer) in zip(codes, cases, strict=True))),
            spec(),
            drempel,
        )
    )
    for (true, shown, status, noemer), row in zip(cases, found, strict=True):
        if row != NIETS:
            assert row[1] == noemer
            assert abs(row[0] - 100 * shown / noemer) <= 0.05 + 1e-9
            said.setdefault((shown, status, *row), set()).add(true)
    assert {status for _, status, *_ in said} == {"getoond", "afgerond"}
    for (shown, status, _, noemer, _), left in said.items():
        low, high = (shown, shown) if status == "getoond" else (shown - drempel + 1, shown + drempel - 1)
        assert left == set(range(max(0, low), high + 1))
        assert noemer - max(left) >= (drempel if status == "getoond" else 1)


def test_the_rest_is_that_of_the_figure_as_shown() -> None:
    assert one(18, 20, "afgerond", 23) == NIETS
    assert one(18, 20, "afgerond", 19) == NIETS  # more shown than there are: no share above 100


def test_without_a_denominator_there_is_no_share() -> None:
    assert one(12, 12, "getoond", None) == NIETS
    assert one(0, 0, "getoond", 0) == NIETS


def test_rows_are_matched_on_their_dimensions() -> None:
    """Protection may leave out rows, sort them and put schools together: those have no denominator."""
    true = mart(("99AA00", 3, 10), ("99AA01", 2, 20), ("99AA02", 20, 200), ("99AA03", 30, 100))
    shown = safe(("99AA03", 30, "getoond"), ("99AA02", 20, "getoond"), ("overige vestigingen", 5, "afgerond"))
    assert shares(with_share(shown, true, spec(), DREMPEL)) == [
        (30.0, 100, "duo_po"),
        (10.0, 200, "duo_po"),
        NIETS,
    ]


def test_of_more_figures_the_status_of_the_counted_one_decides() -> None:
    shown = safe(("99AA00", None, "onderdrukt"), status="leerlingen_status")
    shown = shown.append_column("status", pa.array(["getoond"]))
    found = with_share(shown, mart(("99AA00", 3, 160)), spec("leerlingen", "wachtend"), DREMPEL)
    assert shares(found) == [NIETS]


def test_the_columns_stand_after_their_figure_with_fixed_types() -> None:
    found = with_share(safe(("99AA00", None, "onderdrukt")), mart(("99AA00", 3, None)), spec(), DREMPEL)
    assert found.column_names == [
        "vestigingscode",
        "leerlingen",
        "aandeel_per_100",
        "noemer",
        "noemer_bron",
        "status",
    ]
    assert found.schema.types[2:5] == [pa.float64(), pa.int64(), pa.string()]


def test_a_table_without_a_share_stays_as_it_is() -> None:
    shown = safe(("99AA00", 12, "getoond"))
    assert with_share(shown, mart(("99AA00", 12, 160)), spec(aandeel=False), DREMPEL) is shown
