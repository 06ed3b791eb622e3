"""A release after a correction: certified with all that readers already have, which it declares."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines import gates
from pipelines.disclosure.audit import audit
from pipelines.disclosure.format import read
from pipelines.disclosure.history import uitgaven
from pipelines.publication import Release, build_candidate, publish
from tests.integration.publication_installatie import Installatie, install, take_over
from tests.integration.publication_region import region

SIZE = {"persons": 900, "schools": 22, "besturen": 2, "gemeenten": 4, "schooljaren": ("2024-2025",)}
# A bestuur delivers again: of a few of its pupils the arrangement turns out otherwise.
CORRECTIE = (
    "UPDATE p SET categorie = 'samenloop', jeugdhulp = true WHERE categorie = 'alleen_onderwijs' AND id < 40"
)


def publish_all(place: Installatie) -> Release:
    gates.judge_leveringen(place.settings, place.leveringen).require()
    gates.judge_magazijn(place.settings, place.bouw).require()
    kandidaat = build_candidate(place.settings, "oogo", place.bouw, place.leveringen)
    gates.judge_kandidaat(place.settings, kandidaat).require()
    return publish(place.settings, "oogo")


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> tuple[Installatie, Release, Release]:
    folder = tmp_path_factory.mktemp("correctie")
    before = install(folder / "eerst", region(1, **SIZE))
    first = publish_all(before)
    after = install(folder / "data", region(1, **SIZE, correctie=CORRECTIE), vingerafdruk="e" * 64)
    take_over(before, after)
    return after, first, publish_all(after)


def test_the_correction_shows(releases: tuple[Installatie, Release, Release]) -> None:
    _, first, second = releases
    shown = []
    for release in (first, second):
        rows = pq.read_table(release.pad / "parquet" / "ondersteuning_per_gebied.parquet").to_pylist()
        shown.append(
            {(row["gebied_soort"], row["gebied"], row["categorie"]): row["leerlingen"] for row in rows}
        )
    assert shown[0].keys() == shown[1].keys()
    both = [(shown[0][key], shown[1][key]) for key in shown[0] if None not in (shown[0][key], shown[1][key])]
    assert any(was != now for was, now in both)
    assert any(was == now > 0 for was, now in both)


def test_both_releases_are_in_the_declaration_of_the_second(
    releases: tuple[Installatie, Release, Release],
) -> None:
    place, first, second = releases
    assert second.release != first.release
    assert {table.release for table in read(first.pad).tables} == {first.release}
    whole = read(second.pad)
    assert {table.release for table in whole.tables} == {first.release, second.release}
    others = {table.context.get("uitgave") for table in whole.tables if table.release == first.release}
    assert others == {f"oogo {first.release}"}, "the corrected population is one of its own"
    assert all((second.pad / table.file).is_file() for table in whole.tables)
    assert [one.release for one in uitgaven(place.settings.historie, "oogo")] == [
        first.release,
        second.release,
    ]


def test_the_second_release_is_certified_by_anyone_with_its_files(
    releases: tuple[Installatie, Release, Release],
) -> None:
    _, _, second = releases
    facts = json.loads((second.pad / "release.json").read_text(encoding="utf-8"))
    told = facts["bewijs"][2]["toelichting"]
    assert told["verdict"] == "certified"
    report = audit(second.pad)
    assert report.certified
    assert (report.targets, report.hidden) == (told["targets"], told["hidden"])


def test_the_second_release_tells_its_cost_against_the_first(
    releases: tuple[Installatie, Release, Release],
) -> None:
    told = [
        json.loads((release.pad / "release.json").read_text(encoding="utf-8")) for release in releases[1:]
    ]
    assert told[0]["informatieverlies_samengevat"]["tegen_uitgave"] is None
    assert told[1]["informatieverlies_samengevat"]["tegen_uitgave"] == releases[1].release
    first, second = (facts["informatieverlies"] for facts in told)
    assert first.keys() == second.keys()
    for tabel, now in second.items():
        assert first[tabel]["tegen_vorige"] is None
        change = now["zegt_iets"] - first[tabel]["zegt_iets"]
        assert now["tegen_vorige"]["zegt_iets"] == pytest.approx(change, abs=1e-9)
    assert {"regio", "swv", "vestiging"} <= second["ondersteuning_per_school"]["per_niveau"].keys()


def test_a_release_without_news_does_not_come_after_itself(
    releases: tuple[Installatie, Release, Release], tmp_path: Path
) -> None:
    place, _, second = releases
    again = publish_all(place)
    assert (again.release, again.nieuw) == (second.release, False)
    assert len(uitgaven(place.settings.historie, "oogo")) == 2
