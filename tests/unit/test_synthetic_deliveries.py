"""The deliveries of the fictional region: as real ones come, with everything that reality contains."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from pipelines.contracts import load_contract
from pipelines.keys import Key
from pipelines.resources import resource_dir
from pipelines.synthetic import SCHOOLJAREN, demo_key1, generate

SEED, SCHAAL = 2026, 0.05


class Bestand(NamedTuple):
    contract: str
    bronhouder: str
    schooljaar: str
    leverdatum: str
    rijen: list[dict[str, str]]


@pytest.fixture(scope="module")
def map_(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("regio")
    generate(SEED, SCHAAL, uit=folder)
    return folder


@pytest.fixture(scope="module")
def bestanden(map_: Path) -> list[Bestand]:
    result = []
    for path in sorted((map_ / "inbox").glob("*.csv")):
        match = re.fullmatch(r"([a-z]+)_(\d{4,5})_(\d{4}-\d{4})_(\d{4})(\d\d)(\d\d)\.csv", path.name)
        assert match, path.name
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter=";"))
        result.append(Bestand(match[1], match[2], match[3], "-".join(match.groups()[3:]), rows))
    return result


@pytest.fixture(scope="module")
def opp(bestanden: list[Bestand]) -> list[dict[str, str]]:
    return [row for bestand in bestanden if bestand.contract == "opp" for row in bestand.rijen]


@pytest.fixture(scope="module")
def jeugdhulp(bestanden: list[Bestand]) -> list[dict[str, str]]:
    return [row for bestand in bestanden if bestand.contract == "jeugdhulp" for row in bestand.rijen]


def test_every_delivery_has_a_manifest_that_is_right(map_: Path) -> None:
    files = sorted((map_ / "inbox").glob("*.csv"))
    assert {path.name for path in (map_ / "inbox").iterdir()} == {
        name for path in files for name in (path.name, f"{path.name}.manifest.json")
    }
    for path in files:
        manifest = json.loads(path.with_name(f"{path.name}.manifest.json").read_text(encoding="utf-8"))
        contract, bronhouder, schooljaar, day = path.stem.split("_")
        assert manifest["gemaakt_op"].replace("-", "").startswith(day)
        assert {
            key: manifest[key] for key in ("contract", "bronhouder", "schooljaar", "rijen", "sha256")
        } == {
            "contract": contract,
            "bronhouder": bronhouder,
            "schooljaar": schooljaar,
            "rijen": path.read_text(encoding="utf-8").count("\n") - 1,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        assert manifest["stap"] == 1
        assert manifest["contractversie"] == load_contract(contract).version
        assert manifest["vingerafdruk"] == Key(bytes.fromhex(demo_key1(SEED))).fingerprint


def test_columns_and_codes_are_those_of_the_contract(bestanden: list[Bestand]) -> None:
    for bestand in bestanden:
        contract = load_contract(bestand.contract)
        assert list(bestand.rijen[0]) == [column.name for column in contract.columns]
        for column in contract.columns:
            cells = {row[column.name] for row in bestand.rijen}
            assert not (column.required and "" in cells), (bestand.contract, column.name)
            if column.pattern:
                wrong = [cell for cell in cells if cell and not re.fullmatch(column.pattern, cell)]
                assert not wrong, (bestand.contract, column.name)


def test_every_code_occurs(bestanden: list[Bestand]) -> None:
    for name in ("opp", "jeugdhulp"):
        rows = [row for bestand in bestanden if bestand.contract == name for row in bestand.rijen]
        for column in load_contract(name).columns:
            if column.codes and column.codelijst is None:
                assert {row[column.name] for row in rows} - {""} == set(column.codes), column.name


def test_keys_are_unique_within_a_delivery(bestanden: list[Bestand]) -> None:
    for bestand in bestanden:
        key = load_contract(bestand.contract).key
        assert max(Counter(tuple(row[name] for name in key) for row in bestand.rijen).values()) == 1


def test_rules_within_an_opp_row(bestanden: list[Bestand]) -> None:
    for bestand in bestanden:
        for row in bestand.rijen if bestand.contract == "opp" else ():
            need, decided = row["behoefte_vastgesteld_op"], row["besluit_op"]
            start, end = row["start_op"], row["eind_op"]
            assert row["schooljaar"] == bestand.schooljaar
            assert bool(decided) == (row["status"] != "aangevraagd")
            assert bool(row["afwijsreden"]) == (row["status"] == "afgewezen")
            assert bool(start) == (row["status"] in ("toegekend", "beeindigd"))
            assert "1995" < need <= bestand.leverdatum
            assert not decided or need <= decided <= bestand.leverdatum
            assert not end or start <= end
            assert bool(end) or row["status"] != "beeindigd"


def test_rules_within_a_jeugdhulp_row(bestanden: list[Bestand]) -> None:
    with (resource_dir("seeds") / "ref_ijw_product.csv").open(encoding="utf-8", newline="") as stream:
        category = {row["productcode"]: row["categorie"] for row in csv.DictReader(stream, delimiter=";")}
    for bestand in bestanden:
        for row in bestand.rijen if bestand.contract == "jeugdhulp" else ():
            assert row["gemeente"] == bestand.bronhouder
            assert "1995" < row["toegewezen_op"] <= bestand.leverdatum
            assert row["reden_wijziging"] == "13" or not row["eind_op"] or row["ingang_op"] <= row["eind_op"]
            assert not row["productcode"] or category[row["productcode"]] == row["productcategorie"]


def test_every_school_named_is_in_the_reference(map_: Path, bestanden: list[Bestand]) -> None:
    with (map_ / "referentie/vestigingen.csv").open(encoding="utf-8", newline="") as stream:
        schools = {row["vestigingscode"]: row for row in csv.DictReader(stream, delimiter=";")}
    for bestand in bestanden:
        for row in bestand.rijen if bestand.contract != "jeugdhulp" else ():
            assert schools[row["vestigingscode"]]["bestuur"] == bestand.bronhouder


def test_the_newest_deliveries_are_of_october(bestanden: list[Bestand]) -> None:
    assert {bestand.leverdatum[:7] for bestand in bestanden if bestand.schooljaar == "2024-2025"} == {
        "2025-10"
    }


def test_children_live_elsewhere_abroad_and_who_knows_where(opp: list[dict[str, str]]) -> None:
    homes = Counter(row["woongemeente"] for row in opp)
    assert homes["onbekend"]
    assert homes["buitenland"]
    assert len(homes) > 20
    assert homes["0307"] > sum(homes.values()) / 3


def test_children_change_school_and_gemeente_within_the_year(
    opp: list[dict[str, str]], jeugdhulp: list[dict[str, str]]
) -> None:
    schools = defaultdict(set)
    for row in opp:
        schools[row["leerling_pseudoniem"], row["schooljaar"]].add(row["vestigingscode"])
    assert any(len(found) > 1 for found in schools.values())
    payers = defaultdict(set)
    for row in jeugdhulp:
        payers[row["jeugdige_pseudoniem"]].add(row["gemeente"])
    assert any(len(found) > 1 for found in payers.values())
    assert any(row["reden_wijziging"] == "07" for row in jeugdhulp)


def test_several_arrangements_and_toewijzingen_and_open_ends(
    opp: list[dict[str, str]], jeugdhulp: list[dict[str, str]]
) -> None:
    assert max(Counter((row["leerling_pseudoniem"], row["schooljaar"]) for row in opp).values()) > 1
    assert max(Counter((row["jeugdige_pseudoniem"], row["gemeente"]) for row in jeugdhulp).values()) > 2
    assert any(row["start_op"] and not row["eind_op"] for row in opp)
    assert any(not row["eind_op"] for row in jeugdhulp)
    assert any(row["besluit_op"] > row["start_op"] > "" for row in opp)


def test_generic_and_aspecific_toewijzingen(jeugdhulp: list[dict[str, str]]) -> None:
    assert any(not row["productcategorie"] and not row["productcode"] for row in jeugdhulp)
    assert any(row["productcategorie"] and not row["productcode"] for row in jeugdhulp)


def test_a_toewijzing_that_was_never_valid_stood_in_an_earlier_delivery(bestanden: list[Bestand]) -> None:
    versions = defaultdict(list)
    for bestand in sorted(bestanden, key=lambda bestand: bestand.leverdatum):
        for row in bestand.rijen if bestand.contract == "jeugdhulp" else ():
            versions[row["toewijzing_id"]].append(row["reden_wijziging"])
    assert any(reasons[-1] == "13" and reasons[0] != "13" for reasons in versions.values())


def test_a_herindeling_continues_under_the_new_code(bestanden: list[Bestand]) -> None:
    """Brielle, Hellevoetsluis and Westvoorne became Voorne aan Zee on 2023-01-01."""
    by_code = defaultdict(list)
    for bestand in bestanden:
        by_code[bestand.bronhouder].append(bestand)
    old = [bestand for code in ("0501", "0530", "0614") for bestand in by_code[code]]
    assert {bestand.schooljaar for bestand in old} == {"2022-2023"}
    assert any(row["reden_wijziging"] == "11" for bestand in old for row in bestand.rijen)
    assert all(row["ingang_op"] < "2023-01-01" for bestand in old for row in bestand.rijen)
    new = [row for bestand in by_code["1992"] for row in bestand.rijen]
    assert any(row["ingang_op"] == "2023-01-01" and row["reden_wijziging"] == "11" for row in new)
    assert all(row["ingang_op"] >= "2023-01-01" for row in new)
    moved = {row["jeugdige_pseudoniem"] for bestand in old for row in bestand.rijen}
    assert moved & {row["jeugdige_pseudoniem"] for row in new}


def test_old_codes_stand_in_older_opp_deliveries(bestanden: list[Bestand]) -> None:
    seen = {
        bestand.schooljaar
        for bestand in bestanden
        if bestand.contract == "opp"
        for row in bestand.rijen
        if row["woongemeente"] in ("0501", "0530", "0614")
    }
    assert "2022-2023" in seen
    assert "2024-2025" not in seen


def test_gaps_and_corrections(bestanden: list[Bestand]) -> None:
    given = Counter((bestand.contract, bestand.bronhouder, bestand.schooljaar) for bestand in bestanden)
    assert not given["jeugdhulp", "0351", "2022-2023"]
    assert given["jeugdhulp", "0351", "2023-2024"] == 1
    assert sorted(key[0] for key, count in given.items() if count == 2) == ["jeugdhulp", "opp"]
    opp = {(bronhouder, jaar) for contract, bronhouder, jaar in given if contract == "opp"}
    enrolled = {(bronhouder, jaar) for contract, bronhouder, jaar in given if contract == "inschrijving"}
    assert len(opp) == len({bronhouder for bronhouder, _ in opp}) * len(SCHOOLJAREN)
    assert {jaar for _, jaar in opp - enrolled} == {"2022-2023"}
    for contract, bronhouder, jaar in (key for key, count in given.items() if count == 2):
        first, second = (
            len(b.rijen)
            for b in sorted(bestanden, key=lambda bestand: bestand.leverdatum)
            if (b.contract, b.bronhouder, b.schooljaar) == (contract, bronhouder, jaar)
        )
        assert first < second


def test_nothing_written_holds_the_key_or_a_number(map_: Path) -> None:
    key = demo_key1(SEED)
    for path in map_.rglob("*"):
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            assert key not in text
            assert not re.search(r"(?<![0-9a-f])\d{9}(?![0-9a-f])", text)


def test_without_op_school_nothing_else_changes(map_: Path, tmp_path: Path) -> None:
    generate(SEED, SCHAAL, uit=tmp_path, op_school=False)
    name = "jeugdhulp_0307_2023-2024_*.csv"
    with_, without = (
        next((folder / "inbox").glob(name)).read_text().splitlines() for folder in (map_, tmp_path)
    )
    assert {line.rsplit(";", 1)[1] for line in without[1:]} == {"onbekend"}
    assert [line.rsplit(";", 1)[0] for line in with_] == [line.rsplit(";", 1)[0] for line in without]


def test_the_same_seed_gives_the_same_bytes_anywhere(map_: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from pipelines.synthetic import generate\n"
        f"generate({SEED}, {SCHAAL}, uit=Path(sys.argv[1]))"
    )
    env = os.environ | {"PYTHONHASHSEED": "4711", "POLARS_MAX_THREADS": "1"}
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True, env=env, cwd=root)
    assert hashes(tmp_path) == hashes(map_)


def test_another_seed_gives_another_region(map_: Path, tmp_path: Path) -> None:
    generate(SEED + 1, SCHAAL, uit=tmp_path)
    assert not set(hashes(tmp_path).values()) & set(hashes(map_).values())


def hashes(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
