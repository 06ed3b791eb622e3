"""The search for what else to hide: every way that a figure may be enclosed is also a way out."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from pipelines.disclosure.moves import Ties
from pipelines.disclosure.suppress import Problem, suppress


def problem(value: list[int], equal: list[list[int]], at_most: list[list[int]], primary: set[int]) -> Problem:
    """Exact cells that add up to zero over each line of `equal`, and to at most zero over each of `at_most`."""
    many = len(value)
    numbers = np.array(value, dtype=float)
    below = sparse.csr_matrix(np.array(at_most, dtype=float).reshape(len(at_most), many))
    none = np.zeros(many, bool)
    return Problem(
        value=numbers,
        tie=Ties(
            sparse.csr_matrix(np.array(equal, dtype=float).reshape(len(equal), many)),
            below,
            -(below @ numbers),
        ),
        primary=np.isin(np.arange(many), list(primary)),
        never=none,
        loose=none,
        group=none,
        before=none,
        width=np.full(many, 4.0),
        drempel=5,
        rank=np.zeros(many, np.int64),
        pool=np.zeros(many, np.int64),
    )


def test_what_encloses_a_figure_by_definition_only_is_hidden_too() -> None:
    """Alleen onderwijs is with onderwijs less gekoppeld: 8 - 6 gives away the 2, though no table adds them up."""
    alleen, met_onderwijs, gekoppeld = 0, 1, 2
    found = suppress(problem([2, 8, 6], [], [[1, -1, 1], [-1, 1, -1]], {alleen}))
    assert not found.unsafe.any()
    assert found.hidden[alleen]
    assert found.hidden[met_onderwijs] or found.hidden[gekoppeld]


def test_a_figure_that_its_whole_gives_away_is_hidden_with_another_of_the_same_whole() -> None:
    found = suppress(problem([3, 20, 40, 63], [[1, 1, 1, -1]], [], {0}))
    assert not found.unsafe.any()
    assert found.hidden.tolist() == [True, True, False, False]  # the smallest of what helps
