"""A schooljaar whose rows have expired stays in every next release, as it was last published."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines import gates
from pipelines.disclosure.format import Onthulling, read
from pipelines.intake.states import VERLOPEN
from pipelines.intake.store import write_tombstone
from pipelines.publication import Release, build_candidate, describe, publish, up_to_date
from pipelines.warehouse import dbt
from tests.integration.publication_installatie import Installatie, install, specs, take_over
from tests.integration.publication_region import region

OUD, NIEUW = "2023-2024", "2024-2025"
VERLOPEN_ID = f"opp_40001_{OUD}_20241003_{'0' * 12}"


@pytest.fixture(scope="module", autouse=True)
def _the_code_stands_still() -> Iterator[None]:
    """Fingerprints cover the product's own files; editing one while the tests run is no change of inputs."""
    with pytest.MonkeyPatch.context() as patch:
        version, print_ = describe.code_version(), dbt.project_fingerprint()
        patch.setattr(describe, "code_version", lambda: version)
        patch.setattr(dbt, "project_fingerprint", lambda: print_)
        yield


def publish_all(place: Installatie) -> Release:
    gates.judge_leveringen(place.settings, place.leveringen).require()
    gates.judge_magazijn(place.settings, place.bouw).require()
    kandidaat = build_candidate(place.settings, "oogo", place.bouw, place.leveringen)
    gates.judge_kandidaat(place.settings, kandidaat).require()
    return publish(place.settings, "oogo")


def tables(release: Release) -> dict[str, pa.Table]:
    return {path.stem: pq.read_table(path) for path in (release.pad / "parquet").iterdir()}


def of(rows: pa.Table, schooljaar: str) -> pa.Table:
    return rows.filter(pc.equal(rows["schooljaar"], schooljaar)).combine_chunks()


@dataclass(frozen=True)
class Verloop:
    """Two schooljaren published (`eerst`); then the oldest expired, and the warehouse holds fewer schools: the
    release without (`alleen`) and with an earlier one (`daarna`).
    """

    place: Installatie
    eerst: Release
    alleen: dict[str, pa.Table]
    daarna: Release


@pytest.fixture(scope="module")
def verloop(tmp_path_factory: pytest.TempPathFactory) -> Verloop:
    folder = tmp_path_factory.mktemp("overname")
    both = {"persons": 300, "schools": 7, "besturen": 2, "gemeenten": 5, "schooljaren": (OUD, NIEUW)}
    moved = f"DELETE FROM p WHERE schooljaar = '{NIEUW}' AND plaats = 6"
    before = install(folder / "eerst", region(1, **both, correctie=moved))
    eerst = publish_all(before)
    left = region(1, **both, correctie=moved)
    expire(left)
    after = install(folder / "data", left, vingerafdruk="e" * 64, contact="iemand")
    record = {"levering_id": VERLOPEN_ID, "schooljaar": OUD, "toestand": VERLOPEN}
    write_tombstone(after.settings, VERLOPEN_ID, record)
    alleen = tables(publish_all(after))
    take_over(before, after)
    return Verloop(after, eerst, alleen, publish_all(after))


def expire(con: duckdb.DuckDBPyConnection) -> None:
    """Leave nothing of the oldest schooljaar, nor of the schools that occur in it alone."""
    names = "SELECT table_name FROM duckdb_columns() WHERE column_name = 'schooljaar' AND NOT internal"
    for (name,) in con.execute(names).fetchall():
        con.execute(f"DELETE FROM {name} WHERE schooljaar = '{OUD}'")
    left = "SELECT vestigingscode FROM mart_ondersteuning_per_school"
    con.execute(f"DELETE FROM dim_school WHERE vestigingscode NOT IN ({left})")


def declared(release: Release) -> Onthulling:
    return read(release.pad)


def test_without_an_earlier_release_nothing_carries_over(verloop: Verloop) -> None:
    assert verloop.alleen["dim_schooljaar"]["schooljaar"].to_pylist() == [NIEUW]
    assert verloop.alleen["publicatie"]["overgenomen"].to_pylist() == ["[]"]


def test_every_table_keeps_the_old_schooljaar_as_published(verloop: Verloop) -> None:
    eerst, daarna = tables(verloop.eerst), tables(verloop.daarna)
    declared_specs = specs(verloop.place.settings.home)
    yearly = [spec.tabel for spec in declared_specs if "schooljaar" in spec.dimensies]
    assert len(yearly) == 11
    for name in yearly:
        assert of(daarna[name], OUD).num_rows > 0, name
        assert of(daarna[name], OUD).equals(of(eerst[name], OUD)), name
        agree(of(daarna[name], NIEUW), verloop.alleen[name], name, declared_specs)
        assert daarna[name].num_rows == of(eerst[name], OUD).num_rows + verloop.alleen[name].num_rows
    with duckdb.connect(str(verloop.daarna.pad / "ondersteuning.duckdb"), read_only=True) as con:
        for name in yearly:
            assert con.execute(f"SELECT count(*) FROM {name}").fetchone() == (daarna[name].num_rows,)


def agree(one: pa.Table, other: pa.Table, name: str, declared_specs: list) -> None:
    """The same rows, and the same figures where both show them: what is hidden beside them also follows from the
    releases before."""
    assert one.column_names == other.column_names
    rows = list(zip(one.to_pylist(), other.to_pylist(), strict=True))
    [spec] = [item for item in declared_specs if item.tabel == name]
    for mine, theirs in rows:
        assert [mine[dim] for dim in spec.dimensies] == [theirs[dim] for dim in spec.dimensies]
        for figuur in spec.figuren:
            pair = (mine[figuur.kolom], theirs[figuur.kolom])
            assert None in pair or pair[0] == pair[1], (name, figuur.kolom)
    status = [name for name in one.column_names if name == "status"]
    assert not status or any(row["status"] in ("getoond", "afgerond") for row, _ in rows)


def test_every_member_of_the_old_schooljaar_has_its_name(verloop: Verloop) -> None:
    daarna = tables(verloop.daarna)
    for dim, tabel in (("vestigingscode", "dim_school"), ("bestuur", "dim_bestuur"), ("swv", "dim_swv")):
        used = set(daarna["ondersteuning_per_school"][dim].to_pylist())
        assert used - set(daarna[tabel][dim].to_pylist()) <= {"TOTAAL", "onbekend"}
    gone = set(daarna["dim_school"]["vestigingscode"].to_pylist())
    assert gone > set(verloop.alleen["dim_school"]["vestigingscode"].to_pylist())


def test_the_release_says_what_carried_over_from_where(verloop: Verloop) -> None:
    told = [{"drempel": 5, "release": verloop.eerst.release, "schooljaar": OUD}]
    [row] = tables(verloop.daarna)["publicatie"].to_pylist()
    assert (row["drempel"], json.loads(row["overgenomen"])) == (5, told)
    facts = json.loads((verloop.daarna.pad / "release.json").read_text(encoding="utf-8"))
    assert facts["overgenomen"] == told


def test_the_declaration_tells_of_the_old_schooljaar_as_the_history_has_it(verloop: Verloop) -> None:
    """Without it the audit would judge a release in which readers see more than it knows."""

    def own(release: Release) -> list[tuple]:
        return sorted(
            (table.file, sorted(table.where.items()), table.value)
            for table in declared(release).tables
            if table.context["schooljaar"] == OUD and table.file.startswith("parquet/")
        )

    assert own(verloop.eerst)
    assert own(verloop.daarna) == own(verloop.eerst)
    report = json.loads((verloop.daarna.pad / "release.json").read_text(encoding="utf-8"))["bewijs"][2]
    assert report["toelichting"]["verdict"] == "certified"


def test_publishing_what_carried_over_is_no_change_of_inputs(verloop: Verloop) -> None:
    place = verloop.place
    assert up_to_date(place.settings, "oogo", place.bouw.vingerafdruk, place.leveringen)
    changed = replace(place, settings=place.settings.model_copy(update={"contact": "iemand anders"}))
    again = publish_all(changed)
    assert again.release != verloop.daarna.release
    eerst, later = tables(verloop.daarna), tables(again)
    assert later.keys() == eerst.keys()
    assert all(later[name].equals(eerst[name]) for name in later if name != "publicatie")
    assert later["publicatie"]["overgenomen"].equals(eerst["publicatie"]["overgenomen"])
