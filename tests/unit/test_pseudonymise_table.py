"""From an export with numbers to a delivery with pseudonyms. All numbers are official test numbers."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from pipelines.errors import Gebruiksfout, LeveringGeweigerd
from pipelines.keys import Key, pseudonymise_step1, pseudonymise_step2
from pipelines.pseudonymise import forget_list, read_forget, run, run_step2
from pipelines.pseudonymise.forget import step2_list

KEY1, KEY2 = Key(bytes(range(32))), Key(bytes(range(1, 33)))
BSN = ["999990019", "999990020", "999990032"]
HEADER = [
    "BSN",
    "Achternaam",
    "vestigingscode",
    "woongemeente",
    "arrangement_id",
    "ondersteuningsbehoefte",
    "ondersteuningsvorm",
    "verantwoordelijke",
    "financiering",
    "status",
    "afwijsreden",
    "behoefte_vastgesteld_op",
    "besluit_op",
    "start_op",
    "eind_op",
]
TAIL = [
    "gedrag",
    "begeleiding_in_klas",
    "school",
    "swv",
    "toegekend",
    "",
    "01-09-2024",
    "01-10-2024",
    "02-10-2024",
    "",
]
ROWS = [
    [BSN[0], "Jansen", "90AA00", "0307", "b-7", *TAIL],
    [BSN[1], "De Vries", "90AA00", "0308", "a-9", *TAIL],
    [BSN[0], "Jansen", "90AA01", "0307", "c-1", *TAIL],
]
ABOUT = {"bronhouder": "41208", "schooljaar": "2024-2025", "leverdatum": date(2025, 10, 3), "key": KEY1}


def export(path: Path, rows=ROWS, header=HEADER) -> Path:
    path.write_text("\n".join(";".join(row) for row in [header, *rows]) + "\n", encoding="utf-8")
    return path


def delivered(outcome) -> list[dict[str, str]]:
    found = duckdb.execute(f"FROM read_csv('{outcome.bestand}', all_varchar=true, header=true)")
    names = [column[0] for column in found.description]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_numbers_become_pseudonyms_and_only_the_contract_comes_along(tmp_path):
    outcome = run(export(tmp_path / "export.csv"), "opp", uit=tmp_path / "uit", **ABOUT)
    rows = delivered(outcome)
    assert outcome.bestand.name == "opp_41208_2024-2025_20251003.csv"
    assert [row["leerling_pseudoniem"] for row in rows] == [
        pseudonymise_step1(KEY1, BSN[number]) for number in (0, 1, 0)
    ]
    assert {row["schooljaar"] for row in rows} == {"2024-2025"}
    assert rows[0]["start_op"] == "2024-10-02"
    assert rows[0]["eind_op"] is None
    # a sequence in the order of the source's own ids: a-9, b-7, c-1
    assert [row["arrangement_id"] for row in rows] == ["000002", "000001", "000003"]
    assert "Achternaam" in outcome.tekst()
    written = outcome.bestand.read_text() + outcome.manifest.read_text()
    assert not any(secret in written for secret in [*BSN, "Jansen", "De Vries"])


def test_the_manifest_says_what_it_is_beside(tmp_path):
    outcome = run(export(tmp_path / "export.csv"), "opp", uit=tmp_path / "uit", **ABOUT)
    manifest = json.loads(outcome.manifest.read_text())
    assert manifest.pop("gemaakt_op")
    assert manifest == {
        "contract": "opp",
        "contractversie": "1.0.0",
        "bronhouder": "41208",
        "schooljaar": "2024-2025",
        "rijen": 3,
        "sha256": hashlib.sha256(outcome.bestand.read_bytes()).hexdigest(),
        "stap": 1,
        "vingerafdruk": KEY1.fingerprint,
    }


def test_bsn_goes_before_onderwijsnummer_and_lost_zeros_and_dots_are_no_matter(tmp_path):
    rows = [
        ["", *ROWS[0][1:], "101222331"],
        ["1234.56.782", *ROWS[1][1:], ""],
        ["10000008", *ROWS[2][1:], ""],
    ]
    outcome = run(
        export(tmp_path / "e.csv", rows, [*HEADER, "Onderwijsnummer"]), "opp", uit=tmp_path / "uit", **ABOUT
    )
    assert [row["leerling_pseudoniem"] for row in delivered(outcome)] == [
        pseudonymise_step1(KEY1, number) for number in ("101222331", "123456782", "010000008")
    ]


def test_a_workbook_with_numbers_as_numbers_gives_the_same_delivery(tmp_path):
    book = xlsxwriter.Workbook(tmp_path / "export.xlsx")
    sheet = book.add_worksheet()
    sheet.write(0, 0, "Export")
    sheet.write_row(2, 0, HEADER)
    for number, row in enumerate(ROWS, 3):
        sheet.write_row(number, 0, row)
        sheet.write_number(number, 0, int(row[0]))
        sheet.write_number(number, 3, int(row[3]))
    book.close()
    csv = run(export(tmp_path / "export.csv"), "opp", uit=tmp_path / "csv", **ABOUT)
    xlsx = run(tmp_path / "export.xlsx", "opp", uit=tmp_path / "xlsx", **ABOUT)
    assert csv.bestand.read_bytes() == xlsx.bestand.read_bytes()


def test_zeros_that_a_spreadsheet_dropped_before_it_saved_as_csv_come_back_and_that_is_said(tmp_path):
    row = list(ROWS[0])
    row[HEADER.index("woongemeente")] = "307"
    outcome = run(export(tmp_path / "e.csv", [row, ROWS[1]]), "opp", uit=tmp_path / "uit", **ABOUT)
    assert [found["woongemeente"] for found in delivered(outcome)] == ["0307", "0308"]
    assert "Voorloopnullen teruggezet in kolom woongemeente (1 keer)." in outcome.tekst()


@pytest.mark.parametrize("number", ["999990018", "", "Jansen", "99999001", "0", "000000000", "9999900190"])
def test_an_invalid_number_refuses_all_and_is_not_shown(tmp_path, number):
    with pytest.raises(LeveringGeweigerd) as refusal:
        run(
            export(tmp_path / "e.csv", [ROWS[1], [number, *ROWS[0][1:]]]),
            "opp",
            uit=tmp_path / "uit",
            **ABOUT,
        )
    assert "rij 3" in str(refusal.value) or "leerling_pseudoniem is leeg" in str(refusal.value)
    assert not number or number == "0" or number not in str(refusal.value)
    assert not list((tmp_path / "uit").glob("*")) if (tmp_path / "uit").exists() else True


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("status", "Lopend", "status is geen toegestane code"),
        ("start_op", "31-02-2025", "start_op is geen datum"),
        ("eind_op", "01-01-2020", "ligt voor"),
        ("arrangement_id", "a-9", "komt 1 keer opnieuw voor"),
        ("woongemeente", "Dorpsstraat 12, 3811 AB", "postcode"),
        ("woongemeente", "Vandenbroekhoven", "woongemeente heeft niet de vorm van een code"),
    ],
)
def test_what_the_contract_would_refuse_is_said_before_anything_is_written(tmp_path, column, value, message):
    row = list(ROWS[0])
    row[HEADER.index(column)] = value
    with pytest.raises(LeveringGeweigerd, match=message) as refusal:
        run(export(tmp_path / "e.csv", [ROWS[1], row]), "opp", uit=tmp_path / "uit", **ABOUT)
    assert value not in str(refusal.value) or value == "a-9"
    assert not (tmp_path / "uit").exists() or not list((tmp_path / "uit").iterdir())


def test_columns_that_are_called_otherwise_need_a_mapping(tmp_path):
    header = [*HEADER]
    header[header.index("status")] = "Stand"
    path = export(tmp_path / "e.csv", header=header)
    with pytest.raises(LeveringGeweigerd, match="ontbreekt een kolom: status"):
        run(path, "opp", uit=tmp_path / "uit", **ABOUT)
    mapping = tmp_path / "koppeling.yaml"
    mapping.write_text(
        "contract: opp\nkolommen: {status: Stand, leerling_pseudoniem: BSN}\nweglaten: [Achternaam]\n"
    )
    assert run(path, "opp", uit=tmp_path / "uit", mapping=mapping, **ABOUT).rijen == 3


def test_step_2_at_the_ttp_equals_step_2_at_intake(tmp_path):
    first = run(export(tmp_path / "export.csv"), "opp", uit=tmp_path / "een", **ABOUT)
    second = run_step2(first.bestand, KEY2, tmp_path / "twee")
    assert second.bestand.name == first.bestand.name
    for one, two in zip(delivered(first), delivered(second), strict=True):
        assert two.pop("leerling_pseudoniem") == pseudonymise_step2(KEY2, one.pop("leerling_pseudoniem"))
        assert one == two
    manifest = json.loads(second.manifest.read_text())
    assert (manifest["stap"], manifest["vingerafdruk"]) == (2, KEY2.fingerprint)
    with pytest.raises(LeveringGeweigerd, match="stap 2 al gehad"):
        run_step2(second.bestand, KEY2, tmp_path / "drie")
    with pytest.raises(LeveringGeweigerd, match="sleutel van stap 1"):
        run_step2(first.bestand, KEY1, tmp_path / "drie")


def test_a_list_of_persons_to_erase_holds_pseudonyms_only(tmp_path):
    source = tmp_path / "vergeten.csv"
    source.write_text("naam;bsn\nJansen;999990019\nDe Vries;999990020\nJansen;999990019\n")
    outcome = forget_list(
        source, bronhouder="41208", leverdatum=date(2025, 10, 3), key=KEY1, uit=tmp_path / "uit"
    )
    found = read_forget(outcome.bestand)
    assert set(found.pseudoniemen) == {pseudonymise_step1(KEY1, number) for number in BSN[:2]}
    assert (found.stap, found.vingerafdruk, found.bronhouder) == (1, KEY1.fingerprint, "41208")
    second = read_forget(step2_list(outcome.bestand, KEY2, tmp_path / "twee").bestand)
    assert set(second.pseudoniemen) == {pseudonymise_step2(KEY2, item) for item in found.pseudoniemen}
    outcome.bestand.write_text(outcome.bestand.read_text() + "999990019\n")
    with pytest.raises(LeveringGeweigerd):
        read_forget(outcome.bestand)


@pytest.mark.parametrize(
    "change", [{"bronhouder": "0307"}, {"schooljaar": "2024-2026"}, {"contract": "onbekend"}]
)
def test_wrong_use_is_said(tmp_path, change):
    about = {**ABOUT, "contract": "opp", **change}
    with pytest.raises(Gebruiksfout):
        run(export(tmp_path / "e.csv"), about.pop("contract"), uit=tmp_path / "uit", **about)


def test_the_bronhouder_needs_no_warehouse_libraries(tmp_path):
    script = (
        "import sys, datetime, pathlib\n"
        "from pipelines.keys import new_key\n"
        "from pipelines.pseudonymise import run\n"
        f"run(pathlib.Path({str(export(tmp_path / 'e.csv'))!r}), 'opp', bronhouder='41208', "
        "schooljaar='2024-2025', "
        f"leverdatum=datetime.date(2025, 10, 3), key=new_key({str(tmp_path / 'sleutel')!r}), "
        f"uit=pathlib.Path({str(tmp_path / 'uit')!r}))\n"
        "print([name for name in ('dagster', 'dbt', 'great_expectations', 'polars', 'fastexcel') "
        "if name in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "[]", done.stderr
