"""The same three rows in every format and dialect that a bronsysteem may export, read as the same values."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
import xlsxwriter

from pipelines.contracts import load_contract
from pipelines.errors import LeveringGeweigerd
from pipelines.intake.mapping import parse_mapping
from pipelines.intake.reading import open_delivery

CONTRACT = load_contract("jeugdhulp")
HEADER = ["gemeente", "productcategorie", "ingang_op", "eind_op", "op_school"]
ROWS = [
    ["0307", "45", "2024-09-01", "2025-01-31", "ja"],
    ["0308", None, "2024-10-01", None, "nee"],
    ["0307", "54", "2024-08-01", None, "onbekend"],
]
WANTED = [(number, *row) for number, row in enumerate(ROWS, 2)]


def read(path: Path, mapping=None, **more):
    con = duckdb.connect()
    with open_delivery(path, CONTRACT, con, mapping, tijdelijk=path.parent / "tijdelijk", **more) as lezing:
        with lezing.bewaakt():
            rows = con.execute(f"FROM ({lezing.relation})").fetchall()
        columns = lezing.columns
    assert not list((path.parent / "tijdelijk").glob("*")) if (path.parent / "tijdelijk").exists() else True
    return columns, rows


def csv_text(delimiter=";", end="\n", header=HEADER, rows=ROWS, empty=""):
    lines = [delimiter.join(header), *(delimiter.join(cell or empty for cell in row) for row in rows)]
    return end.join(lines) + end


@pytest.mark.parametrize(
    "content",
    [
        csv_text().encode(),
        csv_text(",").encode(),
        csv_text("\t").encode("utf-8-sig"),
        csv_text(end="\r\n").encode(),
        csv_text(end="\r").encode(),
        csv_text().rstrip("\n").encode(),
        csv_text().encode("utf-16"),
        csv_text().encode("utf-16-le"),
        b"\xfe\xff" + csv_text().encode("utf-16-be"),
        csv_text(empty="NULL").encode(),
        csv_text(empty=" n.v.t. ").encode(),
        csv_text(" ; ").encode(),
        ('"' + csv_text('";"', '"\n"')[:-1]).encode(),
        csv_text().replace("2024-09-01", "1-9-2024").replace("2025-01-31", "31/01/2025").encode(),
        csv_text().replace("2024-09-01", "01.09.2024").replace("2024-10-01", "20241001").encode(),
        csv_text().replace("2024-09-01", "2024-09-01 00:00:00").encode(),
        ("sep=;\n" + csv_text()).encode(),
        csv_text(";", header=[*HEADER, "", ""], rows=[[*row, "", ""] for row in ROWS]).encode(),
    ],
    ids=[
        "puntkomma",
        "komma",
        "tab-bom",
        "crlf",
        "cr",
        "zonder-einde",
        "utf16",
        "utf16le-zonder-bom",
        "utf16be",
        "NULL",
        "nvt",
        "spaties",
        "aanhalingstekens",
        "nederlandse-datum",
        "punt-datum",
        "datum-tijd",
        "sep",
        "lege-kolommen",
    ],
)
def test_every_csv_dialect_gives_the_same_rows(tmp_path, content):
    path = tmp_path / "levering [1].csv"
    path.write_bytes(content)
    columns, rows = read(path)
    assert columns == HEADER
    assert [row[1:] for row in rows] == [row[1:] for row in WANTED]
    assert [row[0] for row in rows] == ([3, 4, 5] if content.startswith(b"sep") else [2, 3, 4])


def test_row_numbers_are_those_a_person_sees(tmp_path):
    path = tmp_path / "levering.csv"
    lines = csv_text().splitlines()
    path.write_text("\n".join(["Overzicht jeugdhulp", "", lines[0], lines[1], "", lines[2], lines[3]]) + "\n")
    columns, rows = read(path)
    assert columns == HEADER
    assert [row[0] for row in rows] == [4, 6, 7]
    assert [row[1:] for row in rows] == [row[1:] for row in WANTED]


def test_line_breaks_and_delimiters_inside_quotes_stay_in_the_cell(tmp_path):
    path = tmp_path / "levering.csv"
    path.write_text('gemeente;productcategorie;ingang_op;eind_op;op_school\n0307;"4\n5;";2024-09-01;;ja\n')
    assert read(path)[1] == [(2, "0307", "4\n5;", "2024-09-01", None, "ja")]


def test_cp1252_is_read_and_said(tmp_path):
    path = tmp_path / "levering.csv"
    path.write_bytes("gemeente;op_school\n0307;café €\n".encode("cp1252"))
    con = duckdb.connect()
    with open_delivery(path, CONTRACT, con) as lezing:
        assert con.execute(f"FROM ({lezing.relation})").fetchall() == [(2, "0307", "café €")]
        assert "cp1252" in lezing.opmerkingen[0]


def workbook(path: Path, *, title: bool = False, second: bool = False, formula: bool = False) -> None:
    book = xlsxwriter.Workbook(path)
    if second:
        book.add_worksheet("Toelichting").write(0, 0, "Lees dit eerst")
    sheet = book.add_worksheet("Levering")
    dates = book.add_format({"num_format": "dd-mm-yyyy"})
    top = 3 if title else 0
    if title:
        sheet.write(0, 0, "Export van het bronsysteem")
    sheet.write_row(top, 0, HEADER)
    for number, row in enumerate(ROWS, top + 1):
        # 0307 as a number (Excel drops the zero) and as text; a date as a date and as text
        if number % 2:
            sheet.write_number(number, 0, int(row[0]))
            sheet.write_datetime(
                number, 2, datetime.combine(date.fromisoformat(row[2]), datetime.min.time()), dates
            )
        else:
            sheet.write_string(number, 0, row[0])
            sheet.write_string(number, 2, row[2])
        if row[1]:
            sheet.write_number(number, 1, int(row[1]))
        if row[3]:
            sheet.write_datetime(number, 3, datetime.fromisoformat(row[3]), dates)
        sheet.write_string(number, 4, row[4])
    if formula:
        sheet.write_formula(top + 1, 4, '="ja"', None, "ja")
    book.close()


def test_a_workbook_gives_the_same_rows(tmp_path):
    path = tmp_path / "levering.xlsx"
    workbook(path)
    assert read(path) == (HEADER, WANTED)


def test_title_rows_and_choice_of_sheet(tmp_path):
    path = tmp_path / "levering.xlsx"
    workbook(path, title=True, second=True)
    with pytest.raises(LeveringGeweigerd, match="zichtbare werkbladen"):
        read(path)
    for blad in ("Levering", "2"):
        columns, rows = read(path, blad=blad)
        assert columns == HEADER
        assert rows == [(number + 3, *row[1:]) for number, row in zip((2, 3, 4), WANTED, strict=True)]


def test_a_formula_is_never_taken_for_its_outcome(tmp_path):
    path = tmp_path / "levering.xlsx"
    workbook(path, formula=True)
    assert read(path)[1][0][-1] == "=FORMULE"


def test_parquet_gives_the_same_rows_from_text_and_from_types(tmp_path):
    con = duckdb.connect()
    con.execute(
        "CREATE TABLE t (gemeente VARCHAR, productcategorie VARCHAR, ingang_op VARCHAR, eind_op VARCHAR, "
        "op_school VARCHAR)"
    )
    con.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", ROWS)
    text, typed = tmp_path / "tekst.parquet", tmp_path / "typen.parquet"
    con.execute(f"COPY t TO '{text}'")
    con.execute(
        f"COPY (SELECT gemeente::INTEGER gemeente, productcategorie::INTEGER productcategorie, "
        f"ingang_op::DATE ingang_op, eind_op::TIMESTAMP eind_op, op_school FROM t) TO '{typed}'"
    )
    assert read(text) == (HEADER, WANTED)
    assert read(typed) == (HEADER, WANTED)


def test_a_mapping_gives_the_same_rows(tmp_path):
    path = tmp_path / "suite.csv"
    path.write_text(
        "Gem;Cat;Start;Stop;Achternaam\nx0307;45;09/01/2024;45688;Jansen\nx0308;;10/01/2024;;De Vries\n"
        "x0307;54;08/01/2024;;Bakker\n"
    )
    mapping = parse_mapping(
        """
        contract: jeugdhulp
        kolommen: {gemeente: Gem, productcategorie: Cat, ingang_op: Start, eind_op: Stop}
        waarden: {gemeente: {x0307: 0307, x0308: 0308}}
        eenheid: {ingang_op: mdj, eind_op: excel}
        vast: {op_school: onbekend}
        weglaten: [Achternaam]
        """,
        CONTRACT,
    )
    columns, rows = read(path, mapping)
    assert columns == [*HEADER, "Achternaam"]
    assert [row[:-2] for row in rows] == [row[:-1] for row in WANTED]
    assert {row[-2] for row in rows} == {"onbekend"}
