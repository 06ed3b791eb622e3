"""The fictional region by two roads to a publication: the same figures, byte for byte.

As CSV with pseudonyms and step 2 at intake; and from workbooks and JW301 messages with test numbers, through the
bronhouder's command and the TTP. Intake alone is told in test_pseudonymise_roundtrip.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines import publication
from pipelines.keys import Key, new_key, read_key
from pipelines.orchestration import stages
from pipelines.pseudonymise import run_step2
from pipelines.settings import Settings
from pipelines.synthetic import demo_key1, generate
from tests.support.bronbestanden import deliver_from_sources, read_rows

SEED, SCHAAL, JAAR = 1, 0.15, ("2024-2025",)
#: What the one row about a release says of the files that came in and of who set step 2.
OVER_DE_LEVERINGEN = ["release", "leveringen", "pseudonimisering"]


@pytest.fixture(scope="module")
def sleutels(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("sleutels")
    for name in ("sleutel2", "afrondsleutel"):
        new_key(folder / name)
    return folder


@pytest.fixture(scope="module")
def by_source(tmp_path_factory) -> Path:
    numbers, uit = tmp_path_factory.mktemp("nummers"), tmp_path_factory.mktemp("bron")
    generate(SEED, SCHAAL, JAAR, uit=numbers, nummers=True)
    deliver_from_sources(numbers, uit, Key(bytes.fromhex(demo_key1(SEED))))
    return uit


def published(folder: Path, uit: Path, sleutels: Path, *, key2: bool = True) -> Path:
    """Every stage of a run over the deliveries in `uit`; the folder with the published Parquet files."""
    settings = Settings.load(
        folder / "home",
        demo=True,
        publiceren="direct",
        drempel_oogo=5,
        afrondsleutel=sleutels / "afrondsleutel",
        **({"sleutel": sleutels / "sleutel2"} if key2 else {}),
    )
    settings.prepare_home()
    for name in ("inbox", "referentie"):
        shutil.copytree(uit / name, settings.home / name, dirs_exist_ok=True)
    inname = stages.take_in(settings)
    assert len(inname.aangenomen) > 20
    assert [refusal.oordeel.tekst() for refusal in inname.geweigerd] == []
    stages.judge_deliveries(settings).require()
    stages.build_warehouse(settings)
    stages.build_candidate(settings, "oogo")
    stages.judge_candidate(settings, "oogo").require()
    stages.publish(settings, "oogo")
    release = publication.current_release(settings, "oogo")
    assert release is not None
    return release.pad / "parquet"


@pytest.fixture(scope="module")
def by_csv(tmp_path_factory) -> Path:
    """The region as `oa synthetic` writes it, except that nobody says whether help is given at school."""
    uit = tmp_path_factory.mktemp("csv")
    generate(SEED, SCHAAL, JAAR, uit=uit, op_school=False)
    return uit


def rows(path: Path) -> list[dict[str, str]]:
    """The rows in order; a running number counts as its place, because the bronhouder's command gives its own."""
    found = read_rows(path)
    if "arrangement_id" in found[0]:
        ids = sorted(row["arrangement_id"] for row in found)
        found = [row | {"arrangement_id": str(ids.index(row["arrangement_id"]))} for row in found]
    return found


def test_workbooks_and_messages_give_the_deliveries_that_csv_gives(by_csv, by_source):
    names = sorted(path.name for path in by_csv.glob("inbox/*.csv"))
    assert len(names) > 20
    assert names == sorted(path.name for path in by_source.glob("inbox/*.csv"))
    for name in names:
        assert rows(by_csv / "inbox" / name) == rows(by_source / "inbox" / name), name


def test_step_2_at_the_ttp_gives_the_publication_that_step_2_at_intake_gives(
    tmp_path_factory, by_csv, by_source, sleutels
):
    uit, key2 = tmp_path_factory.mktemp("ttp"), read_key(sleutels / "sleutel2")
    shutil.copytree(by_source / "referentie", uit / "referentie")
    for path in sorted((by_source / "inbox").glob("*.csv")):
        run_step2(path, key2, uit / "inbox")
    at_intake = published(tmp_path_factory.mktemp("bij-inname"), by_csv, sleutels)
    at_ttp = published(tmp_path_factory.mktemp("bij-ttp"), uit, sleutels, key2=False)

    names = sorted(path.name for path in at_intake.iterdir())
    assert names == sorted(path.name for path in at_ttp.iterdir())
    differing = [name for name in names if (at_intake / name).read_bytes() != (at_ttp / name).read_bytes()]
    assert differing == ["publicatie.parquet"]  # other files came in, and it says so
    one, other = (pq.read_table(folder / "publicatie.parquet") for folder in (at_intake, at_ttp))
    assert one.drop_columns(OVER_DE_LEVERINGEN).equals(other.drop_columns(OVER_DE_LEVERINGEN))
    assert one["pseudonimisering"].to_pylist() == ["verwerker"]
    assert other["pseudonimisering"].to_pylist() == ["ttp"]
    shown = pq.read_table(at_intake / "ondersteuning_per_gebied.parquet")["status"].to_pylist()
    assert shown.count("getoond") > 50  # there was something to compare
