"""A person who is forgotten is nowhere any more, and stays away if that was asked."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.errors import Gebruiksfout
from pipelines.intake import active_leveringen, read_profile, take_in
from pipelines.intake.forget import forget, sweep
from pipelines.keys import read_key, step2_many
from pipelines.settings import Settings
from tests.support.intake_region import (
    deliver,
    jeugdhulp_row,
    name,
    opp_row,
    pseudoniem,
    region,
    write_csv,
    write_manifest,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = region(tmp_path)
    deliver(settings, [opp_row(1), opp_row(2), opp_row(3), opp_row(1, arrangement_id="A9")])
    deliver(settings, [jeugdhulp_row(2), jeugdhulp_row(4)], "jeugdhulp")
    take_in(settings)
    return settings


def wish(*numbers: int) -> list[str]:
    return [pseudoniem(number) for number in numbers]


def names(settings: Settings, *numbers: int) -> list[bytes]:
    first = [pseudoniem(number) for number in numbers]
    return [item.encode() for item in (*first, *step2_many(read_key(settings.sleutel), first))]


def files_with(settings: Settings, *numbers: int) -> list[str]:
    wanted = names(settings, *numbers)
    return [
        path.name
        for path in settings.home.rglob("*")
        if path.is_file() and any(item in path.read_bytes() for item in wanted)
    ]


def test_the_bytes_of_a_forgotten_person_are_in_no_file(settings: Settings) -> None:
    assert files_with(settings, 1)
    done = forget(settings, wish(1), stap=1)
    assert files_with(settings, 1) == []
    assert sweep(settings, wish(1), stap=1) == []
    assert (done.personen, done.rijen, len(done.leveringen), done.inbox) == (1, 2, 1, (name(),))


def test_others_and_other_deliveries_stay_as_they_were(settings: Settings) -> None:
    before = {item.contract: item.pad.read_bytes() for item in active_leveringen(settings)}
    forget(settings, wish(1), stap=1)
    after = {item.contract: item for item in active_leveringen(settings)}
    assert after["jeugdhulp"].pad.read_bytes() == before["jeugdhulp"]
    assert after["opp"].rijen == 2
    assert read_profile(after["opp"])["levering"]["personen"] == 2
    found = duckdb.sql(f"SELECT arrangement_id FROM '{after['opp'].pad}' ORDER BY 1").fetchall()
    assert found == [("A2",), ("A3",)]


def test_superseded_deliveries_are_cleared_too(settings: Settings) -> None:
    deliver(settings, [opp_row(3)], leverdatum="20251101")
    take_in(settings)
    assert len(forget(settings, wish(1), stap=1).leveringen) == 1
    assert files_with(settings, 1) == []


def test_a_person_in_both_worlds_goes_from_both(settings: Settings) -> None:
    assert len(forget(settings, wish(2), stap=1).leveringen) == 2
    assert files_with(settings, 2) == []


def test_packed_files_in_the_inbox_are_found(settings: Settings) -> None:
    target = settings.inbox / name(leverdatum="20251201", suffix="parquet")
    duckdb.sql(
        f"COPY (SELECT * FROM read_csv('{settings.inbox / name()}', all_varchar = true)) TO '{target}' "
        "(FORMAT parquet, COMPRESSION zstd)"
    )
    assert target.name in forget(settings, wish(3), stap=1).inbox
    assert not target.exists()


def test_without_a_blocklist_a_person_may_be_delivered_again(settings: Settings) -> None:
    forget(settings, wish(1), stap=1)
    deliver(settings, [opp_row(1), opp_row(2)], leverdatum="20251101")
    (levering,) = take_in(settings).aangenomen
    assert levering.rijen == 2


def test_with_a_blocklist_a_person_stays_away_and_the_list_names_nobody(settings: Settings) -> None:
    forget(settings, wish(1), stap=1, blokkeer=True)
    deliver(settings, [opp_row(1), opp_row(2)], leverdatum="20251101")
    (levering,) = take_in(settings).aangenomen
    assert levering.rijen == 1
    listed = (settings.intake / "blokkade.json").read_bytes()
    assert not any(item in listed for item in names(settings, 1))
    with pytest.raises(Gebruiksfout, match="blokkadelijst"):
        take_in(settings.model_copy(update={"sleutel": None}))


def test_a_second_round_finds_nothing_more(settings: Settings) -> None:
    forget(settings, wish(1), stap=1)
    again = forget(settings, wish(1), stap=1)
    assert (again.leveringen, again.inbox) == ((), ())


def test_pseudonyms_of_the_ttp_are_erased_as_they_are(settings: Settings) -> None:
    key = read_key(settings.sleutel)
    done = forget(settings, step2_many(key, wish(1)), stap=2, vingerafdruk=key.fingerprint)
    assert done.rijen == 2
    assert files_with(settings, 1) == []


def test_the_list_itself_goes_if_it_lay_among_the_data(settings: Settings) -> None:
    path = write_csv(settings.inbox / "vergeten_41208_20260101.csv", [{"pseudoniem": pseudoniem(1)}])
    assert take_in(settings).geweigerd == []
    forget(settings, wish(1), stap=1, bestand=path)
    assert files_with(settings, 1) == []


def test_a_list_made_with_another_key_erases_nobody_and_says_so(tmp_path: Path) -> None:
    strict = region(tmp_path, demo=False)
    write_manifest(deliver(strict))
    take_in(strict)
    with pytest.raises(Gebruiksfout, match="0123456789abcdef"):
        forget(strict, wish(1), stap=1, vingerafdruk="f" * 16)
    assert forget(strict, wish(1), stap=1, vingerafdruk="0123456789abcdef").rijen == 1


@pytest.mark.parametrize("wanted", [[], ["123456782"], [pseudoniem(1), "Fatima"], [pseudoniem(1).upper()]])
def test_anything_but_pseudonyms_is_wrong_use(settings: Settings, wanted: list[str]) -> None:
    with pytest.raises(Gebruiksfout) as caught:
        forget(settings, wanted, stap=1)
    assert "Fatima" not in str(caught.value)
    assert "123456782" not in str(caught.value)
    assert len(active_leveringen(settings)) == 2


def test_step_1_without_key_2_is_wrong_use(settings: Settings) -> None:
    with pytest.raises(Gebruiksfout, match="sleutel"):
        forget(settings.model_copy(update={"sleutel": None}), wish(1), stap=1)
