"""The rules for amounts against their definitions, contributor by contributor, and what a niveau leaves to overlap."""

from __future__ import annotations

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.disclosure.dominance import Norm, amount_status, at_niveau, largest, one_table, safe
from pipelines.disclosure.publish import GETOOND, NIET_TE_BEPALEN, ONDERDRUKT

EUROS = st.lists(st.integers(-50, 2000), max_size=7)
CELLS = st.lists(st.one_of(st.none(), EUROS), max_size=8)
NORMS = st.builds(Norm, n=st.integers(2, 4), k=st.sampled_from((50, 70, 85)), p=st.sampled_from((20, 35, 90)))


def lists(cells: list[list[int] | None]) -> pa.ListArray:
    return pa.array(cells, pa.list_(pa.float64()))


def allowed(cell: list[int] | None, norm: Norm) -> bool:
    """By the words of the handbook, over every coalition and every attacker."""
    parts = [abs(one) for one in cell or []]
    total = sum(parts)
    if total == 0:
        return False
    for coalition in combinations(parts, min(norm.n, len(parts))):
        if 100 * sum(coalition) > norm.k * total:
            return False
    for victim, part in enumerate(parts):
        for attacker, own in enumerate(parts):
            # who knows its own part estimates the other by what is left
            if attacker != victim and 100 * (total - own - part) < norm.p * part:
                return False
    return len(parts) > 1


@settings(max_examples=300, deadline=None)
@given(CELLS, NORMS)
def test_a_cell_is_safe_exactly_if_no_coalition_dominates_and_nobody_can_estimate(
    cells: list[list[int] | None], norm: Norm
) -> None:
    assert safe(lists(cells), norm).tolist() == [allowed(cell, norm) for cell in cells]


@settings(max_examples=100, deadline=None)
@given(CELLS, st.integers(2, 4))
def test_the_largest_come_first(cells: list[list[int] | None], many: int) -> None:
    total, top = largest(lists(cells), many)
    for place, cell in enumerate(cells):
        parts = sorted((abs(one) for one in cell or []), reverse=True)
        assert total[place] == sum(parts)
        assert top[place].tolist() == [*parts, *[0] * many][:many]


def test_either_rule_hides_what_the_other_would_show() -> None:
    even = [10.0, 10.0, 2.5]  # p%: 2.5 is a quarter of 10; dominance: 20 of 22.5 is 88.9%
    uneven = [100.0, 6.0, 4.0, 4.0, 4.0, 3.0]  # k is 87.6%, and 15 is under a fifth of 100
    assert safe(lists([even, uneven, [10.0] * 4]), Norm()).tolist() == [False, False, True]
    assert safe(lists([[100.0, 1.0, 19.0]]), Norm(k=85, p=20)).tolist() == [False]
    assert safe(lists([[70.0, 10.0, 15.0]]), Norm()).tolist() == [False]  # 85 of 95


def test_what_is_not_known_is_not_safe() -> None:
    assert safe(lists([[10.0, 10.0, 10.0, None]]), Norm()).tolist() == [False]


def test_a_norm_may_be_stricter_and_never_laxer() -> None:
    assert not safe(lists([[10.0] * 4]), Norm(n=2, k=40)).any()
    for laxer in ({"n": 1}, {"k": 90}, {"p": 10}):
        with pytest.raises(ValueError, match="laxer"):
            Norm(**laxer)


NIVEAU = {"gebied_soort": "swv", "ondersteuningsvorm": "leden"}


def figure(soort: str = "bedrag", niveau: dict[str, str] = NIVEAU, **other: object) -> SimpleNamespace:
    extra = {"aantal": "arrangementen", "bijdragen": ["per_leerling"], "niveau": niveau, **other}
    return SimpleNamespace(kolom="kosten", soort=soort, achter="leerlingen_achter", extra=extra)


def spec(*figuren: SimpleNamespace, tabel: str = "kosten") -> SimpleNamespace:
    return SimpleNamespace(
        tabel=tabel, dimensies=("schooljaar", "gebied_soort", "gebied", "ondersteuningsvorm"), figuren=figuren
    )


def status(row: dict[str, object], soort: str = "bedrag", count: int = GETOOND, **extra: object) -> int:
    whole = {
        "gebied_soort": "swv",
        "ondersteuningsvorm": "groepsaanbod",
        "arrangementen": 8,
        "leerlingen_achter": 6,
        "kosten": 600.0,
        "per_leerling": [100.0] * 6,
        "te_bepalen": True,
    } | row
    kosten = {"kosten": pa.array([whole["kosten"]], pa.float64())}
    parts = {name: lists([whole[name]]) for name in whole if name.startswith("per_")}
    table = pa.table({name: [value] for name, value in whole.items()} | kosten | parts)
    one = figure(soort, **extra)
    return amount_status(table, spec(one), one, np.array([count]), 5)[0]


def test_an_amount_is_shown_on_its_niveau_beside_its_count() -> None:
    assert status({}) == GETOOND
    assert status({"kosten": 75.0}, "gemiddelde") == GETOOND
    assert (
        status({"kosten": 0.0, "arrangementen": 0, "leerlingen_achter": 0, "per_leerling": None}) == GETOOND
    )
    mean_of_nothing = {"kosten": None, "arrangementen": 0, "leerlingen_achter": 0, "per_leerling": None}
    assert status(mean_of_nothing, "gemiddelde") == GETOOND


@pytest.mark.parametrize(
    "row",
    [
        {"gebied_soort": "regio"},
        {"ondersteuningsvorm": "TOTAAL"},
        {"leerlingen_achter": 4},
        {"per_leerling": [550.0, 10.0, 10.0, 10.0, 10.0, 10.0]},
        {"per_leerling": None},
        {"kosten": None},
        {"kosten": 602.0},  # what is put in does not add up: then it does not tell who dominates
        {"kosten": 0.0, "per_leerling": [0.0] * 6},  # everyone's part would be known
    ],
)
def test_an_amount_is_hidden_everywhere_else(row: dict[str, object]) -> None:
    assert status(row) == ONDERDRUKT


@pytest.mark.parametrize("count", [ONDERDRUKT, 1])
def test_an_amount_is_hidden_where_its_count_is_hidden_or_rounded(count: int) -> None:
    assert status({}, count=count) == ONDERDRUKT
    assert status({"te_bepalen": False}, count=count) == NIET_TE_BEPALEN


def test_every_kind_of_contributor_counts() -> None:
    both = {"bijdragen": ["per_leerling", "per_bestuur"]}
    assert status({"per_bestuur": [200.0, 200.0, 200.0]}, **both) == GETOOND
    assert status({"per_bestuur": [590.0, 10.0]}, **both) == ONDERDRUKT
    with pytest.raises(ValueError, match="contributions"):
        status({}, bijdragen=[])
    assert status({}, norm={"k": 30}) == ONDERDRUKT


@pytest.mark.parametrize(
    "niveau",
    [
        {"gebied_soort": "swv"},
        {"gebied_soort": "leden", "ondersteuningsvorm": "leden"},
        {**NIVEAU, "bestuur": "leden"},
    ],
)
def test_a_niveau_that_leaves_overlap_is_refused(niveau: dict[str, str]) -> None:
    table = pa.table({"gebied_soort": ["swv"], "ondersteuningsvorm": ["TOTAAL"]})
    with pytest.raises(ValueError, match="niveau"):
        at_niveau(table, spec(), niveau)


def test_amounts_per_reason_are_refused_as_one_pupil_is_in_several() -> None:
    one = SimpleNamespace(tabel="kosten", dimensies=("schooljaar", "reden"), figuren=())
    with pytest.raises(ValueError, match="reden"):
        at_niveau(pa.table({"reden": ["dubbel_aanbod"]}), one, {"reden": "leden"})


def test_amounts_stand_in_one_table_on_one_niveau() -> None:
    one_table([spec(figure(), figure("gemiddelde")), spec(tabel="organisatie")])
    with pytest.raises(ValueError, match="more than one table: kosten, meer"):
        one_table([spec(figure()), spec(figure("gemiddelde"), tabel="meer")])
    with pytest.raises(ValueError, match="niveau"):
        one_table([spec(figure(), figure(niveau={**NIVEAU, "gebied_soort": "regio"}))])
