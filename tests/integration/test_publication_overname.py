"""A schooljaar whose rows have expired stays in every next release, as it was last published."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines import gates
from pipelines.intake.states import VERLOPEN
from pipelines.intake.store import write_tombstone
from pipelines.publication import Release, build_candidate, describe, publish, up_to_date
from pipelines.warehouse import dbt
from tests.integration.publication_installatie import Installatie, install, specs
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
    """Two schooljaren published (`eerst`); then the oldest expired, and the warehouse holds other schools and
    the installation another drempel: the release without (`alleen`) and with an earlier one (`daarna`).
    """

    place: Installatie
    eerst: Release
    alleen: dict[str, pa.Table]
    daarna: Release


@pytest.fixture(scope="module")
def verloop(tmp_path_factory: pytest.TempPathFactory) -> Verloop:
    folder = tmp_path_factory.mktemp("overname")
    many, few = (
        region(1, persons=300, schools=7, besturen=2, gemeenten=5, schooljaren=(OUD, NIEUW)),
        region(2, persons=300, schools=5, besturen=2, gemeenten=3, schooljaren=(NIEUW,)),
    )
    before = install(folder / "eerst", many)
    eerst = publish_all(before)
    after = install(folder / "data", few, drempel_oogo=6)
    record = {"levering_id": VERLOPEN_ID, "schooljaar": OUD, "toestand": VERLOPEN}
    write_tombstone(after.settings, VERLOPEN_ID, record)
    alleen = tables(publish_all(after))
    shutil.rmtree(after.settings.publication)
    shutil.copytree(before.settings.publication, after.settings.publication, symlinks=True)
    return Verloop(after, eerst, alleen, publish_all(after))


def test_without_an_earlier_release_nothing_carries_over(verloop: Verloop) -> None:
    assert verloop.alleen["dim_schooljaar"]["schooljaar"].to_pylist() == [NIEUW]
    assert verloop.alleen["publicatie"]["overgenomen"].to_pylist() == ["[]"]


def test_every_table_keeps_the_old_schooljaar_as_published(verloop: Verloop) -> None:
    eerst, daarna = tables(verloop.eerst), tables(verloop.daarna)
    yearly = [spec.tabel for spec in specs(verloop.place.settings.home) if "schooljaar" in spec.dimensies]
    assert len(yearly) == 11
    for name in yearly:
        assert of(daarna[name], OUD).num_rows > 0, name
        assert of(daarna[name], OUD).equals(of(eerst[name], OUD)), name
        assert of(daarna[name], NIEUW).equals(verloop.alleen[name].combine_chunks()), name
        assert daarna[name].num_rows == of(eerst[name], OUD).num_rows + verloop.alleen[name].num_rows
    with duckdb.connect(str(verloop.daarna.pad / "ondersteuning.duckdb"), read_only=True) as con:
        for name in yearly:
            assert con.execute(f"SELECT count(*) FROM {name}").fetchone() == (daarna[name].num_rows,)


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
    assert (row["drempel"], json.loads(row["overgenomen"])) == (6, told)
    facts = json.loads((verloop.daarna.pad / "release.json").read_text(encoding="utf-8"))
    assert facts["overgenomen"] == told


def test_publishing_what_carried_over_is_no_change_of_inputs(verloop: Verloop) -> None:
    place = verloop.place
    assert up_to_date(place.settings, "oogo", place.bouw.vingerafdruk, place.leveringen)
    changed = replace(place, settings=place.settings.model_copy(update={"contact": "iemand"}))
    again = publish_all(changed)
    assert again.release != verloop.daarna.release
    eerst, later = tables(verloop.daarna), tables(again)
    assert later.keys() == eerst.keys()
    assert all(later[name].equals(eerst[name]) for name in later if name != "publicatie")
    assert later["publicatie"]["overgenomen"].equals(eerst["publicatie"]["overgenomen"])
