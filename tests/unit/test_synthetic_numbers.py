"""Numbers that belong to nobody: the test range, then digits that are no BSN and no onderwijsnummer."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from stdnum.nl import bsn, onderwijsnummer

from pipelines.errors import Gebruiksfout
from pipelines.keys import Key, pseudonymise_step1
from pipelines.synthetic import demo_key1, generate
from pipelines.synthetic.numbers import bsn_test_range, nine_digits, person_numbers


def test_the_test_range_holds_some_nine_thousand_numbers_that_pass_the_elfproef() -> None:
    numbers = nine_digits(bsn_test_range())
    assert 9_000 < len(numbers) < 9_200
    assert all(number.startswith("9999") and bsn.is_valid(number) for number in numbers)


def test_beyond_the_test_range_numbers_pass_as_nothing() -> None:
    numbers = nine_digits(person_numbers(30_000))
    assert len(set(numbers)) == 30_000
    beyond = numbers[len(bsn_test_range()) :]
    assert {len(number) for number in beyond} == {9}
    assert not any(bsn.is_valid(number) or onderwijsnummer.is_valid(number) for number in beyond)


def test_key_1_follows_from_the_seed() -> None:
    assert demo_key1(5) == demo_key1(5) != demo_key1(6)
    assert len(bytes.fromhex(demo_key1(5))) == 32


def test_numbers_lead_back_to_the_same_pseudonyms(tmp_path: Path) -> None:
    for name, nummers in (("met", True), ("zonder", False)):
        generate(11, 0.02, ("2023-2024",), uit=tmp_path / name, nummers=nummers)
    key = Key(bytes.fromhex(demo_key1(11)))
    files = sorted(path.name for path in (tmp_path / "met/inbox").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "zonder/inbox").glob("*.csv"))
    for name in files:
        plain, hidden = (_rows(tmp_path / map_ / "inbox" / name) for map_ in ("met", "zonder"))
        assert "pseudoniem" not in plain[0][0]
        assert [pseudonymise_step1(key, row[0]) for row in plain[1:]] == [row[0] for row in hidden[1:]]
        assert all(bsn.is_valid(row[0]) for row in plain[1:])
        if name.startswith("jeugdhulp"):
            assert key.many(row[2] for row in plain[1:]) == [row[2] for row in hidden[1:]]


def test_a_region_too_large_for_test_numbers_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Gebruiksfout):
        generate(11, 0.5, uit=tmp_path, nummers=True)


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream, delimiter=";"))
