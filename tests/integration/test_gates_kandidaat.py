"""The gate over a candidate: made from a made-up population it passes; each fault in its files is noticed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from pipelines.errors import KwaliteitspoortDicht
from pipelines.gates import PUBLICATIE, engine, judge_kandidaat, judge_publication
from pipelines.gates.telling import KEYS, candidate_frames
from pipelines.publication import build_candidate
from pipelines.publication.candidate import Kandidaat
from tests.integration.publication_installatie import Installatie, install, specs
from tests.integration.publication_region import region

DREMPEL = 5


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Installatie:
    con = region(1, persons=700, schools=10, besturen=3, gemeenten=6)
    return install(tmp_path_factory.mktemp("home") / "data", con)


@pytest.fixture(scope="module")
def kandidaat(place: Installatie) -> Kandidaat:
    return build_candidate(place.settings, "oogo", place.bouw, place.leveringen)


@pytest.fixture(scope="module")
def declared(tmp_path_factory: pytest.TempPathFactory) -> list:
    return specs(tmp_path_factory.mktemp("marts"))


@pytest.fixture(scope="module")
def frames(kandidaat: Kandidaat, declared: list) -> dict[str, pd.DataFrame]:
    return candidate_frames(kandidaat.pad, declared, DREMPEL)


def test_a_sound_candidate_passes_and_the_verdict_is_kept(place: Installatie, kandidaat: Kandidaat) -> None:
    oordeel = judge_kandidaat(place.settings, kandidaat)
    assert [item.told() for item in oordeel.gezakt] == []
    assert [item.naam for item in oordeel.uitslagen] == [item.naam for item in PUBLICATIE]
    assert all(item.noemer > 0 for item in oordeel.uitslagen if item.naam != "afgerond_is_veelvoud")
    assert judge_kandidaat(place.settings, kandidaat).hergebruikt


def test_one_vestiging_between_two_shown_sums_does_not_cost_the_region_its_figures(
    kandidaat: Kandidaat,
) -> None:
    """In this region a swv and a schoolgemeente enclose one vestiging; one figure more is hidden, not all of them."""
    with duckdb.connect(str(kandidaat.pad / "ondersteuning.duckdb"), read_only=True) as con:
        [(shown, every)] = con.execute(
            "SELECT count(leerlingen), count(*) FROM ondersteuning_per_gebied WHERE gebied_soort = 'regio'"
        ).fetchall()
    assert shown > every / 2


FAULTS = {
    "elke_tabel_is_er": "DROP TABLE organisatie",
    "alleen_verklaarde_tabellen": "CREATE TABLE mart_koppelgraad AS SELECT 3 AS n",
    "alleen_verklaarde_kolommen": "ALTER TABLE organisatie ADD COLUMN leerlingen_achter BIGINT",
    "beide_vormen_gelijk": (
        "UPDATE organisatie SET arrangementen = arrangementen + 1 WHERE arrangementen > 50"
    ),
    "sleutel_uniek": (
        "CREATE TABLE k AS FROM koppelgraad; DROP TABLE koppelgraad; ALTER TABLE k RENAME TO koppelgraad; "
        "INSERT INTO koppelgraad FROM koppelgraad LIMIT 1"
    ),
    "sleutel_gevuld": (
        "CREATE TABLE k AS FROM koppelgraad; DROP TABLE koppelgraad; ALTER TABLE k RENAME TO koppelgraad; "
        "UPDATE koppelgraad SET gemeente = NULL WHERE gemeente = '0307'"
    ),
    "rooster_compleet": "DELETE FROM verantwoordelijkheid WHERE gebied = '0307' AND financiering = 'zvw'",
    "commentaar_overal": "COMMENT ON COLUMN organisatie.arrangementen IS NULL",
    "uitleg_overal": "DELETE FROM toelichting WHERE tabel = 'organisatie' AND kolom = 'arrangementen'",
    "rijstatus_is_zwaarste": ("UPDATE wachttijden SET status = 'afgerond', onderdrukt = NOT onderdrukt"),
    "geen_klein_aantal": "UPDATE organisatie SET arrangementen = 3 WHERE arrangementen = 0",
    "verborgen_is_leeg": "UPDATE organisatie SET arrangementen = 3 WHERE onderdrukt",
    "getoond_is_gevuld": "UPDATE organisatie SET arrangementen = NULL WHERE arrangementen > 50",
    "bestaat_niet_is_leeg": "UPDATE wachttijden SET wachtend = 12 WHERE stap = 'besluit_start'",
    "status_bekend": "UPDATE organisatie SET status = 'zichtbaar' WHERE status = 'getoond'",
    "niet_negatief": "UPDATE wachttijden SET mediaan_dagen = -1 WHERE mediaan_dagen > 0",
    "afgerond_is_veelvoud": (
        "UPDATE organisatie SET status = 'afgerond', arrangementen = 11 WHERE arrangementen > 50"
    ),
    "alle_codes_en_geen_andere": (
        "UPDATE organisatie SET ondersteuningsvorm = 'anders' WHERE ondersteuningsvorm = 'groepsaanbod'"
    ),
    "schooljaar_geldig": "UPDATE koppelgraad SET schooljaar = '2024-2026' WHERE schooljaar = '2024-2025'",
    "som_is_totaal": (
        "UPDATE organisatie SET arrangementen = arrangementen + 1 WHERE ondersteuningsvorm = 'TOTAAL' "
        "AND NOT onderdrukt"
    ),
    "aandeel_alleen_waar_het_mag": (
        "UPDATE ondersteuning_per_school SET aandeel_per_100 = 1.5, noemer = 200, noemer_bron = 'duo_po' "
        "WHERE onderdrukt"
    ),
    "aandeel_volgt_uit_getoond": (
        "UPDATE ondersteuning_per_gebied SET aandeel_per_100 = aandeel_per_100 + 0.1 WHERE aandeel_per_100 > 1"
    ),
    "tabellen_zeggen_hetzelfde": (
        "UPDATE ondersteuning_per_school SET leerlingen = NULL, status = 'niet_te_bepalen', onderdrukt = false "
        "WHERE swv = 'TOTAAL' AND categorie = 'TOTAAL'"
    ),
}


def deviating(frames: dict[str, pd.DataFrame], naam: str) -> int:
    controle = next(item for item in PUBLICATIE if item.naam == naam)
    frame = frames[controle.tabel]
    return int((frame.query(controle.waar) if controle.waar else frame)[controle.teller].sum())


def test_a_sound_candidate_counts_no_deviation(frames: dict[str, pd.DataFrame]) -> None:
    assert {naam: deviating(frames, naam) for naam in FAULTS} == dict.fromkeys(FAULTS, 0)


@pytest.mark.parametrize("naam", FAULTS)
def test_a_fault_in_the_files_is_counted(
    naam: str, kandidaat: Kandidaat, declared: list, tmp_path: Path
) -> None:
    shutil.copytree(kandidaat.pad, tmp_path / "kandidaat")
    with duckdb.connect(str(tmp_path / "kandidaat" / "ondersteuning.duckdb")) as con:
        con.execute(FAULTS[naam])
    assert deviating(candidate_frames(tmp_path / "kandidaat", declared, DREMPEL), naam) > 0


def test_every_check_fails_on_what_it_counts(frames: dict[str, pd.DataFrame]) -> None:
    """One pass of the library over counts in which everything is wrong: every check of the suite fails."""
    wrong: dict[str, pd.DataFrame] = {}
    for name, frame in frames.items():
        changed = frame.copy()
        for controle in PUBLICATIE:
            if controle.tabel == name and controle.teller:
                changed[controle.teller] = 1
        wrong[name] = changed
    wrong["tabel"]["rijen"] = 2
    outcomes = engine.run(PUBLICATIE, wrong, KEYS)
    assert [item.naam for item in outcomes if item.geslaagd] == []
    assert {item.naam for item in outcomes} == {*FAULTS, "publicatie_een_rij"}


def test_a_leaked_small_count_closes_the_gate_by_name(
    kandidaat: Kandidaat, declared: list, tmp_path: Path
) -> None:
    shutil.copytree(kandidaat.pad, tmp_path / "kandidaat")
    sql = "UPDATE {} SET leerlingen = 4, status = 'getoond', onderdrukt = false WHERE onderdrukt"
    with duckdb.connect(str(tmp_path / "kandidaat" / "ondersteuning.duckdb")) as con:
        con.execute(sql.format("grijs_gebied_redenen"))
    with pytest.raises(KwaliteitspoortDicht) as told:
        judge_publication(tmp_path / "kandidaat", declared, DREMPEL, "x").require()
    assert "geen_klein_aantal" in told.value.waar
    assert "grijs_gebied_redenen.leerlingen" in told.value.waar


def test_a_candidate_without_files_is_not_judged_sound(declared: list, tmp_path: Path) -> None:
    (tmp_path / "parquet").mkdir()
    duckdb.connect(str(tmp_path / "ondersteuning.duckdb")).close()
    frames: dict[str, Any] = candidate_frames(tmp_path, declared, DREMPEL)
    assert frames["tabel"]["ontbreekt"].sum() == len(declared) + 3
