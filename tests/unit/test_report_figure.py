"""A figure says what may be said about it, and a hidden one has nothing to say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.report.figure import Figure, Share, clearly_differs, nothing, wilson
from pipelines.report.language import day, listing, lower_first, number


@pytest.mark.parametrize(
    ("figure", "text"),
    [
        (Figure(1234, "getoond"), "1.234"),
        (Figure(0, "getoond"), "0"),
        (Figure(20, "afgerond"), "circa 20"),
        (Figure(None, "onderdrukt"), "niet getoond"),
        (Figure(None, "niet_te_bepalen"), "niet te bepalen"),
        (Figure(None, "getoond"), "n.v.t."),
    ],
)
def test_every_status_has_its_own_words(figure: Figure, text: str) -> None:
    assert figure.text == text


def test_a_rounded_figure_tells_its_range() -> None:
    figure = Figure(20, "afgerond", 5)
    assert (figure.low, figure.high) == (16, 24)
    assert figure.range_text == "circa 20 (16 tot en met 24)"
    assert Figure(0, "afgerond", 5).low == 0


@pytest.mark.parametrize("status", ["onderdrukt", "niet_te_bepalen"])
def test_a_hidden_figure_cannot_carry_a_value(status: str) -> None:
    with pytest.raises(ValueError, match="hidden"):
        Figure(3, status)
    with pytest.raises(ValueError, match="not shown"):
        _ = Figure(None, status).number


def test_an_unknown_status_is_an_error() -> None:
    with pytest.raises(ValueError, match="status"):
        Figure(3, "zichtbaar")


@given(st.integers(0, 500), st.integers(1, 500))
def test_the_interval_holds_the_share(part: int, more: int) -> None:
    low, high = wilson(part, part + more)
    assert 0 <= low <= part / (part + more) <= high <= 1


@given(st.integers(0, 60), st.integers(1, 60))
def test_the_interval_of_rounded_figures_is_never_narrower(part: int, more: int) -> None:
    exact = Share(Figure(part, "getoond"), Figure(part + more, "getoond")).interval
    circa = Share(Figure(part, "afgerond"), Figure(part + more, "afgerond")).interval
    assert circa[0] <= exact[0]
    assert circa[1] >= exact[1]


def test_a_share_of_something_hidden_is_hidden() -> None:
    assert Share(nothing(), Figure(10, "getoond")).text == "niet getoond"
    assert Share(nothing("niet_te_bepalen"), nothing()).text == "niet te bepalen"
    assert Share(Figure(0, "getoond"), Figure(0, "getoond")).text == "n.v.t."


def test_a_share_keeps_a_decimal_while_it_is_small() -> None:
    assert Share(Figure(51, "getoond"), Figure(1000, "getoond")).text == "5,1"
    assert Share(Figure(130, "getoond"), Figure(1000, "getoond")).text == "13"
    assert Share(Figure(10, "afgerond"), Figure(100, "afgerond")).text == "circa 10"


def test_a_small_difference_can_be_chance_and_a_large_one_cannot() -> None:
    region = Share(Figure(500, "getoond"), Figure(10_000, "getoond"))
    assert not clearly_differs(Share(Figure(6, "getoond"), Figure(100, "getoond")), region)
    assert clearly_differs(Share(Figure(80, "getoond"), Figure(1000, "getoond")), region)


def test_dutch_numbers_days_and_lists() -> None:
    assert number(1234567) == "1.234.567"
    assert number(1234.56) == "1.234,6"
    assert day("2024-10-01") == "1 oktober 2024"
    assert listing([]) == ""
    assert listing(["a", "b", "c"]) == "a, b en c"
    assert lower_first("Alleen jeugdhulp") == "alleen jeugdhulp"
    assert lower_first("SWV") == "SWV"
