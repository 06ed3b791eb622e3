"""Expired schooljaren: which carry over, from which release, and that their rows are as published."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import KwaliteitspoortDicht
from pipelines.intake import lifecycle
from pipelines.publication import carry
from pipelines.publication.files import hashes
from pipelines.settings import Settings

OUD, NIEUW = "2021-2022", "2024-2025"


def spec(tabel: str, dimensies: str, *figuren: str) -> Any:
    return SimpleNamespace(
        tabel=tabel,
        dimensies=tuple(dimensies.split()),
        figuren=tuple(SimpleNamespace(kolom=name) for name in figuren),
    )


SPECS = [
    spec("koppelgraad", "schooljaar gemeente", "leerlingen_onderwijs", "gekoppeld"),
    spec("dim_schooljaar", "schooljaar"),
    spec("dim_gemeente", "gemeente"),
]


def koppelgraad(*rows: tuple[str, str, int | None]) -> pa.Table:
    """Rows of (schooljaar, gemeente, gekoppeld); a hidden figure is None."""
    status = ["onderdrukt" if figure is None else "getoond" for *_, figure in rows]
    return pa.table(
        {
            "schooljaar": [row[0] for row in rows],
            "gemeente": [row[1] for row in rows],
            "leerlingen_onderwijs": pa.array([40] * len(rows), pa.int64()),
            "gekoppeld": pa.array([row[2] for row in rows], pa.int64()),
            "status": status,
            "onderdrukt": [item == "onderdrukt" for item in status],
            "leerlingen_onderwijs_status": ["getoond"] * len(rows),
            "leerlingen_onderwijs_onderdrukt": [False] * len(rows),
            "gekoppeld_status": status,
            "gekoppeld_onderdrukt": [item == "onderdrukt" for item in status],
        }
    )


OLD = {
    "koppelgraad": koppelgraad((OUD, "0307", 12), (OUD, "0308", None), (NIEUW, "0307", 99)),
    "dim_schooljaar": pa.table({"schooljaar": [OUD, NIEUW], "volledig": [False, True]}),
    "dim_gemeente": pa.table({"gemeente": ["0307", "0308", "0999"], "naam": ["Oude naam", "Baarn", "Weg"]}),
}
NOW = {
    "koppelgraad": koppelgraad((NIEUW, "0307", 15)),
    "dim_schooljaar": pa.table({"schooljaar": [NIEUW], "volledig": [True]}),
    "dim_gemeente": pa.table({"gemeente": ["0307"], "naam": ["Amersfoort"]}),
}


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    settings = Settings.load(tmp_path / "data", drempel_oogo=5)
    settings.prepare_home()
    monkeypatch.setattr(lifecycle, "expired_schooljaren", lambda _: (OUD,))
    return settings


def publish(settings: Settings, release: str, tables: dict[str, pa.Table], **facts: Any) -> Path:
    root = settings.publication / "oogo"
    folder = root / "releases" / release
    (folder / "parquet").mkdir(parents=True)
    for name, table in tables.items():
        pq.write_table(table, folder / "parquet" / f"{name}.parquet", store_schema=False)
    facts = {"drempel": 5, "overgenomen": [], "bestanden": hashes(folder)} | facts
    (folder / "release.json").write_text(json.dumps(facts), encoding="utf-8")
    (root / "current").unlink(missing_ok=True)
    (root / "current").symlink_to(f"releases/{release}")
    return folder


def carried(settings: Settings, now: dict[str, pa.Table] = NOW) -> dict[str, pa.Table]:
    return carry.carry(carry.find(settings, "oogo"), SPECS, now)


def test_an_expired_schooljaar_stays_as_published_and_the_others_are_new(settings: Settings) -> None:
    publish(settings, "een", OLD)
    assert carried(settings)["koppelgraad"].equals(
        koppelgraad((OUD, "0307", 12), (OUD, "0308", None), (NIEUW, "0307", 15))
    )
    assert carried(settings)["dim_schooljaar"].to_pylist() == [
        {"schooljaar": OUD, "volledig": False},
        {"schooljaar": NIEUW, "volledig": True},
    ]


def test_members_that_only_the_old_years_use_keep_their_name(settings: Settings) -> None:
    publish(settings, "een", OLD)
    assert carried(settings)["dim_gemeente"].to_pylist() == [
        {"gemeente": "0307", "naam": "Amersfoort"},
        {"gemeente": "0308", "naam": "Baarn"},
    ]


def test_the_warehouse_has_no_say_in_an_expired_schooljaar(settings: Settings) -> None:
    publish(settings, "een", OLD)
    stray = NOW | {"koppelgraad": koppelgraad((OUD, "0307", 1), (OUD, "0327", 7), (NIEUW, "0307", 15))}
    assert carried(settings, stray)["koppelgraad"].equals(carried(settings)["koppelgraad"])


def test_columns_are_matched_by_name(settings: Settings) -> None:
    """A feature the release lacks is empty, a figure it lacks cannot be told, its own columns go."""
    gone = ["gekoppeld", "gekoppeld_status", "gekoppeld_onderdrukt", "leerlingen_onderwijs_status"]
    old = OLD["koppelgraad"].drop_columns(gone).append_column("vroeger", pa.array([1, 2, 3]))
    old = old.select(old.column_names[::-1])
    publish(settings, "een", OLD | {"koppelgraad": old})
    noemer = NOW["koppelgraad"].append_column("noemer", pa.array([1000]))
    found = carried(settings, NOW | {"koppelgraad": noemer})["koppelgraad"]
    assert found.schema.equals(noemer.schema)
    assert found.slice(1, 1).to_pylist() == [
        {
            "schooljaar": OUD,
            "gemeente": "0308",
            "leerlingen_onderwijs": 40,
            "gekoppeld": None,
            "status": "onderdrukt",
            "onderdrukt": True,
            "leerlingen_onderwijs_status": "onderdrukt",
            "leerlingen_onderwijs_onderdrukt": False,
            "gekoppeld_status": "niet_te_bepalen",
            "gekoppeld_onderdrukt": False,
            "noemer": None,
        }
    ]


def test_a_table_that_the_release_lacks_has_no_such_schooljaar(settings: Settings) -> None:
    publish(settings, "een", {name: table for name, table in OLD.items() if name != "koppelgraad"})
    assert carried(settings)["koppelgraad"].equals(NOW["koppelgraad"])


def test_what_carried_over_keeps_its_origin(settings: Settings) -> None:
    publish(settings, "een", OLD, drempel=7)
    first = carry.find(settings, "oogo").herkomst
    assert first == ({"schooljaar": OUD, "release": "een", "drempel": 7},)
    told = json.loads(json.dumps(first, sort_keys=True))
    publish(settings, "twee", carried(settings), overgenomen=told)
    second = carry.find(settings, "oogo")
    assert json.dumps(second.herkomst) == json.dumps(first)
    assert second.pad == settings.publication / "oogo" / "releases" / "twee"
    assert carried(settings)["koppelgraad"].to_pylist()[0]["gekoppeld"] == 12


def test_nothing_carries_over_without_cause(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    assert carry.find(settings, "oogo") == carry.Overname()
    assert carried(settings) == NOW
    publish(settings, "een", NOW)  # never held the expired schooljaar
    assert carry.find(settings, "oogo") == carry.Overname()
    publish(settings, "twee", OLD)
    assert carry.find(settings, "openbaar") == carry.Overname()
    monkeypatch.setattr(lifecycle, "expired_schooljaren", lambda _: ())
    assert carry.find(settings, "oogo") == carry.Overname()


def test_a_release_that_was_changed_afterwards_is_not_copied(settings: Settings) -> None:
    folder = publish(settings, "een", OLD)
    pq.write_table(NOW["koppelgraad"], folder / "parquet" / "koppelgraad.parquet")
    with pytest.raises(KwaliteitspoortDicht, match="gewijzigd") as told:
        carried(settings)
    assert told.value.waar == "releases/een"
