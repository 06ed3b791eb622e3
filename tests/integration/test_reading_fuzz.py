"""A short sweep of mutated deliveries on every run of the tests; `make fuzz` does ten thousand."""

from tests.fuzz.sweep import sweep


def test_no_promise_is_broken_by_mutated_deliveries():
    verslag = sweep(90, seed=11)
    assert verslag.fouten == []
    assert set(verslag.uitkomsten) == {"aangenomen", "geweigerd", "gemaakt", "niet gemaakt"}
