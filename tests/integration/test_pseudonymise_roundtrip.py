"""The fictional region by two roads: CSV with pseudonyms, and workbooks and iJw messages with numbers.

What intake then holds is the same, and so is every figure; step 2 at the TTP gives what step 2 at intake gives.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import duckdb
import pytest

from pipelines.intake import take_in
from pipelines.keys import Key, read_key
from pipelines.pseudonymise import run_step2
from pipelines.settings import Settings
from pipelines.synthetic import demo_key1, generate
from tests.support.bronbestanden import deliver_from_sources, pseudonymised, read_rows
from tests.support.intake_region import write_csv

SEED, SCHAAL, JAAR = 7, 0.05, ("2024-2025",)
KEY1 = Key(bytes.fromhex(demo_key1(SEED)))
pytestmark = pytest.mark.filterwarnings("error")


def home(folder: Path, uit: Path, *, key2: bool = True) -> Settings:
    """An OA_HOME around what was generated or made in `uit`."""
    key = folder / "sleutel2"
    key.write_text("5a" * 32)
    key.chmod(0o600)
    settings = Settings.load(folder / "home", demo=True, drempel_oogo=5, **({"sleutel": key} if key2 else {}))
    settings.prepare_home()
    shutil.copytree(uit / "inbox", settings.inbox, dirs_exist_ok=True)
    shutil.copytree(uit / "referentie", settings.referentie, dirs_exist_ok=True)
    return settings


def stored(settings: Settings) -> dict[str, list[tuple]]:
    """Rows by contract, bronhouder, schooljaar and leverdatum; a sequence counts as its place in order."""
    inname = take_in(settings)
    assert [refusal.oordeel.tekst() for refusal in inname.geweigerd] == []
    found = {}
    for levering in inname.aangenomen:
        name = "_".join(map(str, (*levering.sleutel, levering.leverdatum)))
        order = (
            "* REPLACE (dense_rank() OVER (ORDER BY arrangement_id) AS arrangement_id)"
            if levering.contract == "opp"
            else "*"
        )
        found[name] = duckdb.execute(
            f"SELECT {order} FROM read_parquet('{levering.pad}') ORDER BY ALL"
        ).fetchall()
    return found


@pytest.fixture(scope="module")
def by_csv(tmp_path_factory) -> Path:
    uit = tmp_path_factory.mktemp("csv")
    generate(SEED, SCHAAL, JAAR, uit=uit)
    for path in uit.glob("inbox/jeugdhulp_*.csv"):  # a JW301 does not say whether help is given at school
        write_csv(path, [row | {"op_school": "onbekend"} for row in read_rows(path)])
    for path in uit.glob("inbox/*.manifest.json"):
        path.unlink()
    return uit


@pytest.fixture(scope="module")
def numbers(tmp_path_factory) -> Path:
    uit = tmp_path_factory.mktemp("nummers")
    generate(SEED, SCHAAL, JAAR, uit=uit, nummers=True)
    return uit


@pytest.fixture(scope="module")
def by_source(tmp_path_factory, numbers) -> Path:
    uit = tmp_path_factory.mktemp("bron")
    deliver_from_sources(numbers, uit, KEY1)
    return uit


def test_workbooks_and_messages_give_the_same_region_as_csv(tmp_path, by_csv, by_source):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    one, two = stored(home(tmp_path / "a", by_csv)), stored(home(tmp_path / "b", by_source))
    assert len(one) > 6
    assert one == two


def test_step_2_at_the_ttp_gives_what_step_2_at_intake_gives(tmp_path, by_source):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    at_intake = home(tmp_path / "a", by_source)
    key2 = read_key(tmp_path / "a" / "sleutel2")
    for path in sorted((by_source / "inbox").glob("*.csv")):
        run_step2(path, key2, tmp_path / "ttp" / "inbox")
    shutil.copytree(by_source / "referentie", tmp_path / "ttp" / "referentie")
    assert stored(at_intake) == stored(home(tmp_path / "b", tmp_path / "ttp", key2=False))


def test_the_same_export_as_csv_gives_the_same_deliveries_byte_for_byte(tmp_path, numbers, by_source):
    for path in sorted(numbers.glob("inbox/*.csv")):
        if path.name.startswith("jeugdhulp"):
            path = write_csv(
                tmp_path / path.name, [row | {"op_school": "onbekend"} for row in read_rows(path)]
            )
        outcome = pseudonymised(path, tmp_path / "uit", KEY1)
        assert outcome.bestand.read_bytes() == (by_source / "inbox" / path.name).read_bytes(), path.name


def test_nothing_but_pseudonyms_leaves_the_bronhouder(by_source):
    for path in (by_source / "inbox").iterdir():
        text = path.read_text()
        assert "Vandenbroekhoven" not in text
        assert not re.search(r"(?<![0-9a-f])9999[0-9]{5}(?![0-9a-f])", text)
        if path.suffix == ".json":
            assert json.loads(text)["vingerafdruk"] == KEY1.fingerprint
