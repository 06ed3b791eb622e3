"""Deliveries that are read together: each ends as if it had come alone, and what is odd about one stays with it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from pipelines.contracts import contract_names, load_contract
from pipelines.errors import Gebruiksfout
from pipelines.intake import Inname, inbox, round, rows, stream, take_in
from pipelines.intake.forget import forget
from pipelines.intake.store import stored
from pipelines.settings import Settings
from tests.support.intake_region import (
    deliver,
    inschrijving_row,
    jeugdhulp_row,
    opp_row,
    pseudoniem,
    region,
    write_manifest,
)

BSN = "123456782"
DAYS = ("20251001", "20251002", "20251003", "20251004")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return region(tmp_path)


def four(settings: Settings, odd: dict[str, str] | None = None) -> list[Path]:
    """Four deliveries of three rows each; the third may have an odd second row."""
    paths = []
    for place, day in enumerate(DAYS):
        made = [opp_row(number) for number in (1, 2, 3)]
        if place == 2 and odd:
            made[1] |= odd
        paths.append(deliver(settings, made, leverdatum=day))
    return paths


def files(settings: Settings) -> dict[str, bytes]:
    root = settings.intake / "leveringen"
    return {str(path.relative_to(root)): path.read_bytes() for path in sorted(root.rglob("*.*"))}


def test_together_gives_the_same_bytes_as_one_by_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "BATCH", 64)
    monkeypatch.setattr(stream, "BATCH", 100)
    outcomes = []
    for number, most in enumerate((100, 1)):
        (tmp_path / str(number)).mkdir()
        settings = region(tmp_path / str(number))
        monkeypatch.setattr(inbox, "BUNDLE_FILES", most)
        for place, day in enumerate(DAYS):
            made = [opp_row(n % 7, arrangement_id=f"A{n}") for n in range(40 * place + 1)]
            deliver(settings, made, leverdatum=day)
            deliver(settings, [inschrijving_row(n) for n in range(90)], "inschrijving", leverdatum=day)
            deliver(settings, [jeugdhulp_row(n) for n in range(10)], "jeugdhulp", leverdatum=day)
        assert len(take_in(settings).aangenomen) == 12
        outcomes.append(files(settings))
    assert outcomes[0] == outcomes[1]


def test_rows_keep_the_order_of_their_file_however_small_the_pieces(settings: Settings) -> None:
    for place, day in enumerate(f"202510{number:02d}" for number in range(1, 31)):
        made = [opp_row(n, arrangement_id=f"A{n:05d}") for n in range(1 + 700 * (place % 4))]
        deliver(settings, made, leverdatum=day)
    assert len(take_in(settings).aangenomen) == 30
    for levering in stored(settings):
        found = duckdb.sql(f"SELECT arrangement_id FROM '{levering.pad}'").fetchall()
        assert found == sorted(found)


@pytest.mark.parametrize("contract", contract_names())
def test_nothing_in_the_pass_may_change_the_order_of_rows(
    settings: Settings, contract: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plans: list[str] = []
    real = stream._read

    def read(group: list[stream.Bestemming], con: duckdb.DuckDBPyConnection, blocked: None) -> object:
        (row,) = con.execute(f"EXPLAIN {stream._select(group, load_contract(contract))}").fetchall()
        plans.append(row[1])
        return real(group, con, blocked)

    monkeypatch.setattr(stream, "_read", read)
    for day in DAYS:
        deliver(settings, contract=contract, leverdatum=day)
    assert len(take_in(settings).aangenomen) == 4
    (plan,) = plans
    assert "PROJECTION" in plan
    assert "READ_CSV" in plan
    for step in ("JOIN", "FILTER", "GROUP_BY", "ORDER_BY", "WINDOW", "UNION"):
        assert step not in plan


@pytest.mark.parametrize(
    ("odd", "rule"),
    [
        ({"status": "bezig"}, "status_code"),
        ({"status": BSN}, "status_code"),
        ({"arrangement_id": BSN}, "herkenbaar_persoonsnummer"),
        ({"vestigingscode": "99BB00"}, "bronhouder"),
        ({"eind_op": "2024-01-01"}, "eind_niet_voor_start"),
        ({"arrangement_id": "A1"}, "sleutel"),
        ({"schooljaar": "2023-2024"}, "schooljaar_levering"),
        ({"besluit_op": "2025-10-04"}, "besluit_niet_na_levering"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_odd_refuses_its_own_delivery_with_its_own_row_number(
    settings: Settings, odd: dict[str, str], rule: str
) -> None:
    paths = four(settings, odd)
    inname = take_in(settings)
    assert [levering.bestand for levering in inname.aangenomen] == [
        path.name for path in paths if path != paths[2]
    ]
    (weigering,) = inname.geweigerd
    assert weigering.bestand == paths[2].name
    found = {item.regel: item for item in weigering.oordeel.bevindingen}
    assert found[rule].rijen == (3,)
    assert weigering.oordeel.rijen == 3


def test_a_row_that_does_not_fit_never_reaches_the_disk(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[pa.Table] = []
    real = rows.pq.ParquetWriter.write_table

    def write_table(self: object, table: pa.Table, *args: object, **kwargs: object) -> None:
        written.append(table)
        real(self, table, *args, **kwargs)

    monkeypatch.setattr(rows.pq.ParquetWriter, "write_table", write_table)
    four(settings, {"arrangement_id": f"x {BSN}", "status": BSN})
    take_in(settings)
    assert sum(table.num_rows for table in written) == 9
    assert not any(BSN in str(table.to_pydict()) for table in written)


def test_a_file_that_cannot_be_read_does_not_hold_up_the_others(settings: Settings) -> None:
    paths = four(settings)
    with paths[1].open("a", encoding="utf-8") as stream_:
        stream_.write("een;rij;te;kort\n")
    inname = take_in(settings)
    assert len(inname.aangenomen) == 3
    assert [(item.bestand, item.oordeel.bevindingen[0].waar) for item in inname.geweigerd] == [
        (paths[1].name, "rij 5")
    ]


def test_files_in_other_dialects_come_in_with_the_same_rows(settings: Settings) -> None:
    paths = four(settings)
    text = paths[0].read_text(encoding="utf-8")
    paths[0].write_text(text.replace(";", ","), encoding="utf-8")
    paths[1].write_text("Overzicht\n\n" + text, encoding="utf-8")
    paths[2].write_bytes(text.replace("\n", "\r\n").encode("utf-16"))
    assert len(take_in(settings).aangenomen) == 4
    found = [duckdb.sql(f"SELECT * FROM '{levering.pad}'").fetchall() for levering in stored(settings)]
    assert all(item == found[0] for item in found)


def test_two_keys_in_one_round_are_told_apart(tmp_path: Path) -> None:
    settings = region(tmp_path, demo=False)
    first = deliver(settings, leverdatum=DAYS[0])
    write_manifest(first, vingerafdruk="a" * 16)
    second = deliver(settings, leverdatum=DAYS[1])
    write_manifest(second, vingerafdruk="b" * 16)
    inname = take_in(settings)
    assert [levering.bestand for levering in inname.aangenomen] == [first.name]
    (weigering,) = inname.geweigerd
    assert (weigering.bestand, weigering.oordeel.bevindingen[0].waar) == (second.name, "manifest")
    assert "a" * 16 in weigering.oordeel.tekst()


def test_without_key_2_what_needs_none_comes_in_first(tmp_path: Path) -> None:
    settings = region(tmp_path, demo=False).model_copy(update={"sleutel": None})
    write_manifest(deliver(settings, leverdatum=DAYS[0]), stap=2)
    write_manifest(deliver(settings, leverdatum=DAYS[1]))
    with pytest.raises(Gebruiksfout, match="sleutel"):
        take_in(settings)
    assert [levering.stap for levering in stored(settings)] == [2]
    assert [
        path.name for path in (settings.intake / "leveringen").iterdir() if path.name.startswith(".")
    ] == []


def test_a_blocked_person_is_left_out_and_double_keys_are_still_seen(settings: Settings) -> None:
    deliver(settings, leverdatum=DAYS[0])
    take_in(settings)
    forget(settings, [pseudoniem(2)], stap=1, blokkeer=True)
    deliver(settings, leverdatum=DAYS[1])
    deliver(settings, [opp_row(2), opp_row(2), opp_row(3)], leverdatum=DAYS[2])
    inname = take_in(settings)
    assert [levering.rijen for levering in inname.aangenomen] == [2]
    assert [item.regel for item in inname.geweigerd[0].oordeel.bevindingen] == ["sleutel"]


def test_what_was_read_ahead_does_not_count_when_the_round_breaks_off(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    four(settings)
    taken: list[Path] = []
    real = round.Round.take

    def take(self: round.Round, path: Path, inname: Inname, *rest: object) -> None:
        if taken:
            raise KeyboardInterrupt
        taken.append(path)
        real(self, path, inname, *rest)

    monkeypatch.setattr(round.Round, "take", take)
    with pytest.raises(KeyboardInterrupt):
        take_in(settings)
    assert len(list((settings.intake / "leveringen").iterdir())) == 1
    monkeypatch.undo()
    assert [levering.volgnummer for levering in take_in(settings).aangenomen] == [2, 3, 4]
