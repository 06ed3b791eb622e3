"""The gate over profiles: a clean region passes, and each check catches the fault it is there for."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.contracts import load_contract
from pipelines.gates import LEVERING, judge_leveringen, judge_profiles
from pipelines.intake import Levering
from pipelines.intake.link import Koppeling
from pipelines.publication import POORTEN, evidence
from pipelines.settings import Settings

JAREN = ("2022-2023", "2023-2024", "2024-2025")


def profile(contract: str) -> dict[str, Any]:
    return {
        "levering": {
            "rijen": 100,
            "geleverd": 100,
            "overgeslagen": 0,
            "personen": 60,
            "dubbele_sleutels": 0,
            "weggelaten_kolommen": 0,
        },
        "kolommen": [
            {
                "kolom": column.name,
                "soort": column.kind,
                "rijen": 100,
                "gevuld": 100,
                "leeg": 0,
                "ongeldig": 0,
                "vroegste_maand": "2024-08-01" if column.kind == "datum" else None,
                "laatste_maand": "2025-06-01" if column.kind == "datum" else None,
                "onbekend": 3 if column.name == "woongemeente" else None,
                "codes": dict.fromkeys(column.codes, 10) if column.codes else None,
            }
            for column in load_contract(contract).columns
        ],
    }


def empty_rows(contract: str) -> pa.Table:
    return pa.table({column.name: pa.array([], pa.string()) for column in load_contract(contract).columns})


class Region:
    """Deliveries with profiles in a folder; `change` makes one of them wrong."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.leveringen: list[Levering] = []
        for contract, bronhouder in (("opp", "41208"), ("opp", "41209"), ("jeugdhulp", "0307")):
            for jaar in JAREN:
                self.add(contract, bronhouder, jaar)

    def add(self, contract: str, bronhouder: str, jaar: str, facts: dict[str, Any] | None = None) -> Levering:
        name = f"{contract}_{bronhouder}_{jaar}_20251003_{len(self.leveringen):012x}"
        pad = self.folder / name / "rijen.parquet"
        pad.parent.mkdir(parents=True)
        pq.write_table(empty_rows(contract), pad)
        pad.with_name("profiel.json").write_text(json.dumps(facts or profile(contract)), encoding="utf-8")
        levering = Levering(
            levering_id=name,
            contract=contract,
            contractversie="1.0.0",
            bronhouder=bronhouder,
            schooljaar=jaar,
            leverdatum=date(2025, 10, 3),
            rijen=100,
            sha256=f"{len(self.leveringen):064x}",
            stap=1,
            vingerafdruk="a" * 16,
            bestand=f"{name}.csv",
            volgnummer=len(self.leveringen),
            pad=pad,
        )
        self.leveringen.append(levering)
        return levering

    def wrong(self, jaar: str, contract: str = "opp", **facts: Any) -> str:
        """One more delivery, with these facts of its profile; `kolom__feit` for one of a column."""
        changed = deepcopy(profile(contract))
        for name, value in facts.items():
            kolom, _, feit = name.rpartition("__")
            if kolom:
                next(item for item in changed["kolommen"] if item["kolom"] == kolom)[feit] = value
            else:
                changed["levering"][name] = value
        return self.add(contract, f"5{len(self.leveringen):04d}", jaar, changed).levering_id

    def replace(self, levering_id: str, **changes: Any) -> None:
        self.leveringen = [
            replace(item, **changes) if item.levering_id == levering_id else item for item in self.leveringen
        ]


def test_a_clean_region_passes(tmp_path: Path) -> None:
    oordeel = judge_profiles(Region(tmp_path).leveringen, "x")
    assert [item.told() for item in oordeel.gezakt] == []
    assert [item.naam for item in oordeel.uitslagen] == [item.naam for item in LEVERING]


def test_every_check_catches_its_fault_and_names_the_delivery(tmp_path: Path) -> None:
    """One delivery per fault, all judged at once: each check fails at its own delivery only."""
    region = Region(tmp_path)
    jaar = JAREN[0]
    faults = {
        "levering_heeft_rijen": region.wrong(jaar, rijen=0, geleverd=0, personen=0),
        "rijen_zijn_bewaard": region.wrong(jaar, rijen=99, geleverd=99),
        "geen_rij_verdwenen": region.wrong(jaar, geleverd=105),
        "niet_meer_overgeslagen_dan_mag": region.wrong(jaar, geleverd=110, overgeslagen=10),
        "sleutel_is_uniek": region.wrong(jaar, dubbele_sleutels=2),
        "rijen_per_persoon_aannemelijk": region.wrong(jaar, personen=1),
        "stap_is_bekend": region.wrong(jaar),
        "een_sleutel_per_regio": region.wrong(jaar),
        "contractversie_past": region.wrong(jaar),
        "verplichte_kolom_gevuld": region.wrong(jaar, vestigingscode__leeg=7),
        "geen_ongeldige_waarde": region.wrong(jaar, woongemeente__ongeldig=1),
        "geen_vreemde_code": region.wrong(jaar, financiering__codes={"contant": 9}),
        "datum_vanaf_1995": region.wrong(jaar, start_op__vroegste_maand="1985-03-01"),
        "vastgesteld_voor_levering": region.wrong(jaar, besluit_op__laatste_maand="2025-11-01"),
        "woongemeente_meestal_bekend": region.wrong(jaar, woongemeente__onbekend=60),
        "alleen_kolommen_van_het_contract": region.wrong(jaar),
    }
    region.replace(faults["levering_heeft_rijen"], rijen=0)
    region.replace(faults["stap_is_bekend"], stap=3)
    region.replace(faults["een_sleutel_per_regio"], vingerafdruk="b" * 16)
    region.replace(faults["contractversie_past"], contractversie="2.0.0")
    path = region.folder / faults["alleen_kolommen_van_het_contract"] / "profiel.json"
    facts = json.loads(path.read_text(encoding="utf-8"))
    facts["kolommen"][0]["kolom"] = "naam"
    path.write_text(json.dumps(facts), encoding="utf-8")
    region.leveringen.append(replace(region.leveringen[0], levering_id="dubbel"))
    faults["een_levering_per_jaar"] = "dubbel"
    faults["levering_koppelt"] = region.wrong(jaar)
    koppeling = Koppeling(
        faults["levering_koppelt"],
        "opp",
        "50000",
        jaar,
        60,
        0,
        500,
        vingerafdruk="a" * 16,
        vingerafdruk_overkant="c" * 16,
    )
    outcomes = {item.naam: item for item in judge_profiles(region.leveringen, "x", [koppeling]).uitslagen}
    assert set(faults) == {item.naam for item in LEVERING}
    for naam, levering_id in faults.items():
        places = {place.split(".")[0] for place in outcomes[naam].plaatsen}
        expected = {levering_id}
        if naam == "een_levering_per_jaar":
            expected.add(region.leveringen[0].levering_id)
        if naam == "rijen_per_persoon_aannemelijk":
            expected.add(faults["levering_heeft_rijen"])
        assert places == expected, naam
        assert outcomes[naam].aantal_afwijkend > 0
    assert all(16 * name in outcomes["levering_koppelt"].remedie for name in "ac")
    assert outcomes["sleutel_is_uniek"].aantal_afwijkend == 2
    assert outcomes["verplichte_kolom_gevuld"].aantal_afwijkend == 7


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    settings = Settings.load(home, drempel_oogo=5)
    settings.prepare_home()
    return settings


def test_the_verdict_is_recorded_for_exactly_these_profiles(settings: Settings, tmp_path: Path) -> None:
    region = Region(tmp_path / "leveringen")
    assert not judge_leveringen(settings, region.leveringen).hergebruikt
    assert judge_leveringen(settings, region.leveringen).hergebruikt
    needed = evidence.Vereist(POORTEN[0], evidence.leveringen_fingerprint(region.leveringen), {})
    assert evidence.standing(settings, needed, None, "other rules") is None
    fewer = judge_leveringen(settings, region.leveringen[1:])
    assert (fewer.geslaagd, fewer.hergebruikt) == (True, False)
    path = region.leveringen[1].pad.with_name("profiel.json")
    path.write_text(
        path.read_text(encoding="utf-8").replace('"dubbele_sleutels": 0', '"dubbele_sleutels": 1')
    )
    changed = judge_leveringen(settings, region.leveringen[1:])
    assert (changed.geslaagd, changed.hergebruikt) == (False, False)
    again = judge_leveringen(settings, region.leveringen[1:])
    assert (again.geslaagd, again.hergebruikt) == (False, False), "a failed verdict is judged again"


def test_a_fault_while_judging_leaves_no_verdict(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.gates import engine

    region = Region(tmp_path / "leveringen")
    judge_leveringen(settings, region.leveringen)
    path = region.leveringen[0].pad.with_name("profiel.json")
    path.write_text(path.read_text(encoding="utf-8") + "\n")

    def fails(*_: object) -> None:
        raise RuntimeError("onderweg gestopt")

    monkeypatch.setattr(engine, "run", fails)
    with pytest.raises(RuntimeError):
        judge_leveringen(settings, region.leveringen)
    assert not (settings.warehouse / "bewijs" / "levering.json").exists()


def test_no_deliveries_is_a_closed_gate(settings: Settings) -> None:
    assert not judge_leveringen(settings, []).geslaagd
