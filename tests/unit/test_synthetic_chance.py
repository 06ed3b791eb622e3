"""Chance that repeats itself: drawing evenly, splitting totals, ranking."""

from __future__ import annotations

import numpy as np

from pipelines.synthetic.chance import Stream, mix, rank_in_group, spread


def test_a_stream_depends_on_its_seed_and_its_name_only() -> None:
    again = Stream(7, "scholen").uniform(5)
    assert (Stream(7, "scholen").uniform(5) == again).all()
    assert (Stream(8, "scholen").uniform(5) != again).all()
    assert (Stream(7, "opp").uniform(5) != again).all()


def test_choices_come_close_to_their_weights() -> None:
    counts = np.bincount(Stream(1, "x").pick((6, 3, 1), 1000))
    assert np.abs(counts - (600, 300, 100)).max() <= 1


def test_a_rare_choice_occurs_as_often_as_asked() -> None:
    counts = np.bincount(Stream(1, "x").pick((1000, 1, 0), 50, minimum=3), minlength=3)
    assert counts.tolist() == [47, 3, 0]


def test_no_choice_is_made_for_nobody() -> None:
    assert len(Stream(1, "x").pick((1, 1), 0, minimum=2)) == 0


def test_a_total_is_split_without_loss() -> None:
    assert spread(10, np.array([1.0, 1.0, 1.0])).sum() == 10
    assert spread(7, np.array([5.0, 2.0])).tolist() == [5, 2]


def test_rank_within_groups_that_lie_together() -> None:
    assert rank_in_group(np.array([3, 3, 3, 8, 9, 9])).tolist() == [0, 1, 2, 0, 0, 1]
    assert rank_in_group(np.array([], dtype=int)).tolist() == []


def test_the_scramble_does_not_depend_on_the_other_values() -> None:
    assert mix(np.array([4, 5, 6]), 1)[2] == mix(6, 1)
    assert mix(6, 1) != mix(6, 2)
