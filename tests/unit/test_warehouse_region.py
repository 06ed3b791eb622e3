"""The region's own files: what is refused, and that the message names the place and never a cell."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from pipelines.errors import Gebruiksfout
from pipelines.resources import resource_dir
from pipelines.warehouse import region
from pipelines.warehouse.sources import seed_columns
from pipelines.warehouse.sql import csv_relation
from tests.support.warehouse_region import VESTIGINGEN

REGELS = (resource_dir("seeds") / "grijs_gebied_regels.csv").read_text(encoding="utf-8")
KOPPELINGEN = "ondersteuningsbehoefte;productcategorie;keuze\ngedrag;45;eigen keuze\n"


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("CREATE SCHEMA referentie")
    con.execute("CREATE SCHEMA bron")
    for name in ("ref_code", "ref_ijw_code", "ref_gemeente"):
        relation = csv_relation(resource_dir("seeds") / f"{name}.csv", seed_columns()[name])
        con.execute(f"CREATE TABLE referentie.{name} AS FROM {relation}")
    return con


def load_rules(
    con: duckdb.DuckDBPyConnection, folder: Path, text: str | bytes, name: str = region.REGELS
) -> list[tuple]:
    path = folder / f"{name}.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    region.load_rules(con, name, seed_columns()[name], path)
    return con.execute(f"FROM referentie.{name}").fetchall()


def load_vestigingen(con: duckdb.DuckDBPyConnection, folder: Path, text: str) -> list:
    path = folder / "vestigingen.csv"
    path.write_text(text, encoding="utf-8")
    region.load_vestigingen(con, path, seed_columns()["ref_vestiging"])
    return con.execute("FROM bron.vestiging").fetchall()


def test_sound_rules_are_taken_over(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = load_rules(con, tmp_path, REGELS.replace("signaal;ja;28", "kern;nee;14"))
    assert ("dubbel_aanbod", "kern", "nee", 14) in [row[:4] for row in rows]
    assert ("verantwoordelijke_onbekend", "signaal", "ja", None) in [row[:4] for row in rows]


def test_excel_writes_a_byte_order_mark(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert len(load_rules(con, tmp_path, b"\xef\xbb\xbf" + REGELS.encode())) == 6


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("dubbel_aanbod;", "dubbel_gebod;", "rij 7: onbekende reden"),
        ("dubbel_aanbod;", "dubbel_gebod;", "reden dubbel_aanbod ontbreekt"),
        ("dubbel_aanbod;", "wacht_op_besluit;", "wacht_op_besluit staat er vaker in"),
        (";signaal;ja;28", ";vermoeden;ja;28", "rij 7: soort"),
        (";signaal;ja;28", ";signaal;JA;28", "rij 7: aan"),
        (";signaal;ja;28", ";signaal;ja;-1", "rij 7: norm_dagen"),
        (";signaal;ja;28", ";signaal;ja;28,5", "rij 7: norm_dagen"),
        (";signaal;ja;28", ";signaal;ja;", "rij 7: norm_dagen"),
        (";signaal;ja;28", ";signaal;ja;3651", "rij 7: norm_dagen"),
        ("ke_onbekend;signaal;ja;;", "ke_onbekend;signaal;ja;7;", "rij 6: norm_dagen"),
    ],
)
def test_unsound_rules_are_refused(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in REGELS
    with pytest.raises(Gebruiksfout, match=told):
        load_rules(con, tmp_path, REGELS.replace(old, new))


@pytest.mark.parametrize(
    "text",
    [
        REGELS.replace("norm_dagen", "norm"),
        REGELS.replace(";", ","),
        REGELS + "nog;een;rij\n",
        REGELS + "a;b;c;d;e;te veel\n",
        "",
        REGELS.encode("utf-16"),
        b"\xff\xfe\x00",
    ],
)
def test_a_file_of_another_shape_is_refused(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, text: str | bytes
) -> None:
    with pytest.raises(Gebruiksfout):
        load_rules(con, tmp_path, text)


def test_couplings(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert load_rules(con, tmp_path, KOPPELINGEN, region.KOPPELINGEN) == [("gedrag", "45", "eigen keuze")]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("gedag;45;x", "rij 3: onbekende ondersteuningsbehoefte"),
        ("gedrag;99;x", "rij 3: onbekende productcategorie"),
        ("gedrag;;x", "rij 3: onbekende productcategorie"),
        ("gedrag;45;x", "rij 3: koppeling staat er al"),
    ],
)
def test_unsound_couplings_are_refused(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, row: str, told: str
) -> None:
    with pytest.raises(Gebruiksfout, match=told):
        load_rules(con, tmp_path, KOPPELINGEN + row + "\n", region.KOPPELINGEN)


def test_vestigingen_of_the_region(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    rows = load_vestigingen(con, tmp_path, VESTIGINGEN)
    assert rows[0] == ("99AA00", "De Eerste", "BO", "70001", "Stichting Een", "PO2602", "0307", "3811", 200)
    assert rows[1][7] is None


def test_no_file_is_no_vestigingen(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    region.load_vestigingen(con, tmp_path / "vestigingen.csv", seed_columns()["ref_vestiging"])
    assert con.execute("FROM bron.vestiging").fetchall() == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("99AA01", "99aa01", "rij 3: vestigingscode"),
        ("99AA01", "99AA00", "rij 3: vestigingscode staat er al"),
        (";VO;", ";MBO;", "rij 3: soort"),
        (";VO2602;", ";;", "rij 3: swv"),
        (";0308;", ";308;", "rij 3: gemeente"),
        (";0308;", ";9999;", "rij 3: gemeente"),
        ("70001;Stichting Een;VO", "7001;Stichting Een;VO", "rij 3: bestuur"),
        (";900", ";veel", "rij 3: leerlingen"),
        (";3811;", ";3811AB;", "rij 2: postcode4"),
    ],
)
def test_unsound_vestigingen_are_refused(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in VESTIGINGEN
    with pytest.raises(Gebruiksfout, match=told):
        load_vestigingen(con, tmp_path, VESTIGINGEN.replace(old, new))


@pytest.mark.parametrize(("listed", "rows"), [(None, []), ({"0308", "0307"}, [("0307",), ("0308",)])])
def test_participants_come_from_the_list(
    con: duckdb.DuckDBPyConnection, listed: set[str] | None, rows: list[tuple]
) -> None:
    region.load_deelnemers(con, None if listed is None else frozenset(listed))
    assert con.execute("FROM referentie.deelnemer").fetchall() == rows


def test_a_participant_that_does_not_exist_is_refused(con: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(Gebruiksfout, match="gemeente die niet bestaat") as told:
        region.load_deelnemers(con, frozenset({"0307", "0001"}))
    assert told.value.waar == "referentie/verwachte_leveringen.csv: 1 van 2 gemeenten bij jeugdhulp"
