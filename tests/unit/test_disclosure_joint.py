"""Joint populations: what `lift` makes has the margins asked, and no point counts as proof without one."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from pipelines.disclosure.audit_lift import lift
from pipelines.disclosure.audit_pools import widen_pieces
from pipelines.disclosure.audit_solve import Part
from pipelines.disclosure.audit_system import BIG


def population(rng: np.random.Generator, persons: int) -> np.ndarray:
    """place of the first kind x place of the second x first code x second code."""
    shape = (6, 4, 12, 5)
    weight = rng.dirichlet(np.full(int(np.prod(shape)), 0.005))
    return rng.multinomial(persons, weight).reshape(shape)


def moved(whole: np.ndarray, rng: np.random.Generator, persons: int) -> np.ndarray:
    """A few persons in other places, with other codes."""
    made = whole.copy()
    for flat in rng.choice(np.flatnonzero(made.ravel() > 0), persons, replace=False):
        made.ravel()[flat] -= 1
        made.ravel()[rng.integers(made.size)] += 1
    return made


def joints(whole: np.ndarray) -> list[np.ndarray]:
    return [whole.sum(1), whole.sum(0)]


def margins(whole: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(joint.sum(2), joint.sum(1)) for joint in joints(whole)]


def is_joint(made: list[np.ndarray], asked: list[tuple[np.ndarray, np.ndarray]]) -> bool:
    same = all(
        (joint >= 0).all() and (joint.sum(2) == first).all() and (joint.sum(1) == second).all()
        for joint, (first, second) in zip(made, asked, strict=True)
    )
    return same and (made[0].sum(0) == made[1].sum(0)).all()


def test_near_a_known_population_one_is_found_where_a_few_persons_moved() -> None:
    """From scratch hardly one is found in so sparse a population: what makes the difference is what is known."""
    near = afresh = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        known = population(rng, 300)
        other = moved(known, rng, 3)
        before = [joint.copy() for joint in joints(known)]
        made = lift(margins(other), joints(known))
        assert made is None or is_joint(made, margins(other))
        assert all((a == b).all() for a, b in zip(before, joints(known), strict=True))
        near += made is not None
        afresh += lift(margins(other)) is not None
    assert near >= 36
    assert afresh < 20


@pytest.mark.parametrize("seed", range(5))
def test_margins_that_no_population_has_give_none(seed: int) -> None:
    rng = np.random.default_rng(seed)
    known = population(rng, 300)
    asked = margins(known)
    place = int(asked[0][0].sum(1).argmax())
    code = int(asked[0][0][place].argmax())
    asked[0][0][place, code] -= 1  # somebody of the first kind of place less than of the second
    assert lift(asked, joints(known)) is None
    assert lift(asked) is None


@pytest.mark.parametrize(("passes", "width"), [(True, 4), (False, 0)])
def test_in_a_piece_too_a_point_counts_only_if_it_passes_the_check(passes: bool, width: int) -> None:
    """Ten pairs of counts that sum to 8: each may vary, if the part says so."""
    count = 20
    part = Part(
        sparse.csr_matrix(np.kron(np.eye(count // 2, dtype=np.int64), [1, 1])),
        np.full(count // 2, 8),
        np.full(count // 2, 8),
        np.zeros(count, np.int64),
        np.full(count, BIG),
        sparse.csr_matrix(np.eye(count, dtype=np.int64)),
        np.zeros(count, np.int64),
    )
    assert part.accept(np.full(count, 4))
    part.check = lambda x: passes and len(x) == count
    area = np.repeat(np.arange(count // 2) // 5, 2)[:, None].repeat(2, axis=1)
    need = np.full(count, 4)
    widen_pieces(part, area, lambda: np.flatnonzero(part.seen_high - part.seen_low < need), need)
    assert ((part.seen_high - part.seen_low) >= width).all()
    assert passes or (part.seen_high == part.seen_low).all()
