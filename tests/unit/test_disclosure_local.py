"""Work kept small: intervals along sums, and what a search near one population may say about all of them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from pipelines.disclosure import audit_local
from pipelines.disclosure.audit_local import Nearby
from pipelines.disclosure.audit_solve import Part
from pipelines.disclosure.audit_system import BIG
from pipelines.disclosure.narrow import FAR, Net


def every_row(net: Net, low: np.ndarray, high: np.ndarray, rounds: int) -> tuple[np.ndarray, np.ndarray]:
    """Every interval from every row, all at once, so many times."""
    for _ in range(rounds):
        new_low, new_high = low.copy(), high.copy()
        for line in range(len(net.low)):
            at = np.flatnonzero(net.row == line)
            for one in at:
                least = most = 0
                for other in at[at != one]:
                    ends = net.coef[other] * low[net.cell[other]], net.coef[other] * high[net.cell[other]]
                    least, most = least + min(ends), most + max(ends)
                ends = net.low[line] - most, net.high[line] - least
                if net.coef[one] < 0:
                    ends = -ends[1], -ends[0]
                cell = net.cell[one]
                new_low[cell] = max(new_low[cell], min(FAR, max(-FAR, ends[0])))
                new_high[cell] = min(new_high[cell], max(-FAR, min(FAR, ends[1])))
        low, high = new_low, new_high
    return low, high


def made_up(rng: np.random.Generator) -> tuple[Net, np.ndarray]:
    """Sums of a few of 17 counts, which may hold one another, and counts that are no more than others."""
    value = rng.integers(0, 12, 18)
    equal, at_most = [], []
    for _ in range(7):
        parts = rng.choice(17, rng.integers(2, 5), replace=False).tolist()
        value = np.append(value, value[parts].sum())
        equal.append((len(value) - 1, parts))
    for _ in range(3):
        cells = rng.choice(len(value), 2, replace=False).tolist()
        at_most.append(([(cells[0], 1), (cells[1], -1)], int(value[cells[0]] - value[cells[1]])))
    return Net.of(equal, at_most), value


@pytest.mark.parametrize("seed", range(12))
def test_only_rows_in_which_something_changed_are_looked_at_again(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net, value = made_up(rng)
    known = rng.random(len(value)) < 0.5
    low, high = np.where(known, value - rng.integers(0, 3, len(value)), 0), np.where(known, value + 1, FAR)
    moved = 0
    for rounds in (1, 2, 3, 30):
        ours, plain = net.tighten(low, high, rounds), every_row(net, low, high, rounds)
        np.testing.assert_array_equal(ours[0], plain[0])
        np.testing.assert_array_equal(ours[1], plain[1])
        moved = max(moved, int((ours[0] != low).sum() + (ours[1] != high).sum()))
    assert moved > 3


@pytest.mark.parametrize("seed", range(12))
def test_what_is_hidden_beside_a_cell_is_the_cheapest_that_shares_a_sum_with_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    net, value = made_up(rng)
    among, cost = rng.random(len(value)) < 0.4, rng.integers(1, 4, len(value)).astype(float)
    cells = np.flatnonzero(~among)
    expected = []
    for cell in cells:
        near = net.neighbours(int(cell))
        near = near[among[near]]
        expected += [int(near[np.argmin(cost[near])])] if len(near) else []
    assert net.cheapest(cells, among, cost).tolist() == expected
    assert len(set(expected)) > 1


def part_of(rows: list[list[int]], sums: list[int], point: list[int]) -> Part:
    """A sum per row over variables from 0 up, of which the first is asked for, at this population."""
    n = len(point)
    made = Part(
        sparse.csr_matrix(rows),
        np.array(sums),
        np.array(sums),
        np.zeros(n, np.int64),
        np.full(n, BIG),
        sparse.csr_matrix(([1], ([0], [0])), shape=(1, n)),
        np.zeros(1, np.int64),
    )
    assert made.accept(np.array(point))
    return made


def test_a_limit_of_the_search_itself_is_no_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    """As x rises by 1, y does and z falls by 30: x may go to 60, but not within the reach of one search."""
    part = part_of([[1, -1, 0], [0, 30, 1]], [0, 1800], [0, 0, 1800])
    monkeypatch.setattr(audit_local, "FAR", 2.0)
    Nearby(part).reach(0, True, 4)
    assert part.bound_high[0] >= 60  # z may fall by 8 in it, and x cannot rise by 1 then
    assert part.seen_high[0] == 0


def test_what_no_change_nearby_can_pass_is_a_bound() -> None:
    part = part_of([[1, 1, 0], [0, 1, 1]], [2, 9], [0, 2, 7])
    Nearby(part).reach(0, True, 4)
    assert part.bound_high[0] == 2


def test_where_no_joint_population_is_found_the_search_stops() -> None:
    """Every swap of two counts of ten fits the sum, and is refused for another reason."""
    n, refused = 10, []
    part = part_of([[1] * n], [5 * n], [5] * n)
    part.targets, part.offset = sparse.identity(n, dtype=np.int64, format="csr"), np.zeros(n, np.int64)
    part.seen_low = part.seen_high = np.full(n, 5)
    part.check = lambda x: bool(refused.append(x))

    class Hoop:
        hopeless = property(lambda _: len(refused) >= 3)

    Nearby(part).settle(lambda: np.arange(n), np.full(n, 4), Hoop())
    assert 3 <= len(refused) <= 6
    Nearby(part).settle(lambda: np.arange(n), np.full(n, 4))
    assert len(refused) > 4 * n
