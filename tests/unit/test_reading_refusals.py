"""Files that are no delivery: each refused whole, with a remedy, without a value, and left as it was."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipelines.intake import check_file, take_in
from pipelines.intake.reading.text import MAX_LINE
from tests.support.ijw_berichten import Toewijzing, jw301
from tests.support.intake_region import deliver, name, opp_row, region, write_csv

HEADER = ";".join(opp_row())
GOOD = ";".join(opp_row(1).values())
SECRET = "Vandenbroekhoven"


def zip_with(path: Path, members: dict[str, bytes]) -> bytes:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in members.items():
            archive.writestr(member, content)
    return path.read_bytes()


def xlsx_with(path: Path, sheet: bytes, **parts: bytes) -> bytes:
    """A minimal workbook around one sheet's XML."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    book = f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>'
    rels = '<Relationships><Relationship Id="r1" Target="worksheets/sheet1.xml"/></Relationships>'
    return zip_with(
        path,
        {
            "xl/workbook.xml": book.encode(),
            "xl/_rels/workbook.xml.rels": rels.encode(),
            "xl/worksheets/sheet1.xml": sheet,
            **parts,
        },
    )


CELL = b'<worksheet><row r="1"><c r="A1" t="inlineStr"><is><t>%s</t></is></c></row></worksheet>'

CASES = {
    "leeg": ("csv", b"", "leeg"),
    "alleen-witruimte": ("csv", b"\n \n\t\n", "leeg"),
    "alleen-kop": ("csv", HEADER.encode() + b"\n", "geen rijen"),
    "halve-regel": ("csv", f"{HEADER}\n{GOOD}\n{GOOD[:90]}".encode(), "velden, de kop"),
    "half-aanhalingsteken": ("csv", f'{HEADER}\n{GOOD}\n"{SECRET};'.encode(), "beschadigd"),
    "binair": ("csv", bytes(range(256)) * 40, "geen tekst"),
    "excel-als-csv": ("csv", b"PK\x03\x04" + b"x" * 100, "geen tekst"),
    "csv-als-excel": ("xlsx", f"{HEADER}\n{GOOD}\n".encode(), "beschadigd of geen echt"),
    "csv-als-parquet": ("parquet", f"{HEADER}\n{GOOD}\n".encode(), "geen (heel) Parquet"),
    "halve-parquet": ("parquet", b"PAR1" + b"\x15" * 300, "geen (heel) Parquet"),
    "kapotte-parquet": ("parquet", b"PAR1" + b"\x15" * 300 + b"\x10\0\0\0PAR1", "geen (heel) Parquet"),
    "oude-excel-of-wachtwoord": ("xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "wachtwoord"),
    "een-regel-zonder-einde": ("csv", HEADER.encode() + b"\n" + b"x" * (3 * MAX_LINE), "zonder einde"),
    "een-cel-zonder-einde": ("csv", HEADER.encode() + b'\n"' + b"x\n" * MAX_LINE, "beschadigd"),
    "dubbele-kop": ("csv", f"{HEADER};Status\n{GOOD};x\n".encode(), "meer dan één keer"),
    "kop-zonder-naam": ("csv", f";{HEADER}\nx;{GOOD}\n".encode(), "geen naam"),
    "gereserveerde-kop": ("csv", f"rij;{HEADER}\n1;{GOOD}\n".encode(), "gereserveerd"),
    "zonder-kop": ("csv", f"{GOOD}\n{GOOD}\n".encode(), "geen naam"),
    "onbekend-soort": ("pdf", b"%PDF-1.7 " + SECRET.encode(), "wordt niet gelezen"),
    "utf16-half": ("csv", (HEADER + "\n" + GOOD).encode("utf-16")[:-1], "geen tekst"),
}


@pytest.mark.parametrize("case", CASES)
def test_a_bad_file_is_refused_with_a_remedy(tmp_path, case):
    suffix, content, what = CASES[case]
    settings = region(tmp_path)
    path = settings.inbox / name(suffix=suffix)
    path.write_bytes(content)
    inname = take_in(settings)
    assert inname.aangenomen == []
    (refusal,) = inname.geweigerd
    text = refusal.oordeel.tekst()
    assert what in text
    assert all(item.remedie for item in refusal.oordeel.bevindingen)
    assert SECRET not in text
    assert opp_row(1)["leerling_pseudoniem"] not in text
    assert path.read_bytes() == content
    assert not list(settings.intake.rglob("*.parquet"))


BOMB = b'<!DOCTYPE a [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><worksheet>&b;</worksheet>'
EXTERNAL = b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/hostname">]><worksheet>&a;</worksheet>'


@pytest.mark.parametrize(
    ("sheet", "what"),
    [
        (BOMB, "documenttype"),
        (EXTERNAL, "documenttype"),
        (b"<worksheet>", "beschadigd"),
        (CELL % b"x" * 2, "beschadigd"),
        (b"<worksheet/>", "leeg"),
        (b'<worksheet><row r="1"><c r="A1" t="s"><v>99</v></c></row></worksheet>', "beschadigd"),
        (b'<worksheet><row r="1"><c r="$1"><v>9</v></c></row></worksheet>', "beschadigd"),
        (b'<worksheet><row r="2"/><row r="1"/></worksheet>', "beschadigd"),
        (b'<worksheet><row r="99999999"><c r="ZZZ1"><v>9</v></c></row></worksheet>', "kolommen"),
    ],
    ids=[
        "entiteiten",
        "extern",
        "half",
        "twee-wortels",
        "leeg",
        "tekst-ontbreekt",
        "celnaam",
        "rijvolgorde",
        "ver-weg",
    ],
)
def test_a_bad_sheet_is_refused(tmp_path, sheet, what):
    settings = region(tmp_path)
    path = settings.inbox / name(suffix="xlsx")
    xlsx_with(path, sheet)
    assert what in check_file(path, settings).tekst()


def test_zip_bombs_climbing_paths_and_no_workbook_are_refused(tmp_path):
    settings = region(tmp_path)
    path = settings.inbox / name(suffix="xlsx")
    for members, what in (
        ({"xl/workbook.xml": b" " * (80 << 20)}, "onredelijk groot"),
        ({"../xl/workbook.xml": b"<a/>"}, "buiten zijn eigen map"),
        ({"C:/xl/workbook.xml": b"<a/>"}, "buiten zijn eigen map"),
        ({"iets.txt": b"<a/>"}, "geen Excel-werkmap"),
    ):
        zip_with(path, members)
        assert what in check_file(path, settings).tekst()


def test_ijw_messages_are_refused_unread_and_the_note_says_why(tmp_path):
    settings = region(tmp_path)
    message = jw301(
        "0307", "01234567", "2024-09-01", {"999990019": [Toewijzing("1", "2024-09-01", "2024-09-01")]}
    )
    loose = settings.inbox / name("jeugdhulp", suffix="xml")
    loose.write_text(message)
    zip_with(
        settings.inbox / name("jeugdhulp", leverdatum="20251010", suffix="zip"), {"een.xml": message.encode()}
    )
    for refusal in take_in(settings).geweigerd:
        text = refusal.oordeel.tekst()
        assert "ongelezen geweigerd" in text
        assert "oa pseudonymise" in text
        assert "999990019" not in text


def test_a_title_row_and_blank_lines_do_not_shift_the_row_numbers_of_a_note(tmp_path):
    settings = region(tmp_path)
    path = settings.inbox / name()
    bad = ";".join(opp_row(2, status="loopt").values())
    path.write_text(f"Export van het bronsysteem\n\n{HEADER}\n{GOOD}\n\n{bad}\n")
    (finding,) = check_file(path, settings).bevindingen
    assert (finding.kolom, finding.rijen) == ("status", (6,))


def test_identifiers_in_cells_headers_and_file_names_come_out_nowhere(tmp_path):
    settings = region(tmp_path)
    number = "111222333"
    rows = [opp_row(1, woongemeente=number), opp_row(2, status=f"{SECRET} {number}"), opp_row(3)]
    deliver(settings, rows)
    header = write_csv(
        settings.inbox / name(leverdatum="20251004"), [opp_row(1) | {f"{SECRET} {number}": "x"}]
    )
    header.rename(header.with_name(f"{SECRET}_{number}.csv"))
    write_csv(settings.inbox / name(leverdatum="20251005"), [opp_row(1) | {f"{SECRET} {number}": "x"}])
    inname = take_in(settings)
    assert len(inname.geweigerd) == 3
    outside = [path for path in settings.home.rglob("*") if not path.is_relative_to(settings.inbox)]
    for path in outside:
        assert SECRET not in path.name
        assert number not in path.name
        if path.is_file():
            content = path.read_bytes()
            assert SECRET.encode() not in content
            assert number.encode() not in content
    assert any("burgerservicenummer" in refusal.oordeel.tekst() for refusal in inname.geweigerd)
