"""The fictional region as bronhouders hold it: workbooks with numbers and iJw messages.

Lives here: turning the region's files with test numbers into XLSX and JW301, and those into deliveries with
the bronhouder's command. Not here: the region (pipelines.synthetic) and what intake makes of the deliveries.
"""

from __future__ import annotations

import csv
import shutil
import zipfile
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

import xlsxwriter

from pipelines.keys import Key
from pipelines.pseudonymise import Uitkomst, run
from tests.support.ijw_berichten import Toewijzing, jw301


def read_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def write_workbook(source: Path, target: Path) -> None:
    """As a school administration exports it: a title, dates as dates, gemeente codes as numbers, a name."""
    rows = read_rows(source)
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    sheet = book.add_worksheet("Export")
    dates = book.add_format({"num_format": "d-m-yyyy"})
    header = [*rows[0], "Achternaam"]
    sheet.write(0, 0, "Overzicht ondersteuning")
    sheet.write_row(2, 0, header)
    for number, row in enumerate(rows, 3):
        for place, (column, cell) in enumerate({**row, "Achternaam": "Vandenbroekhoven"}.items()):
            if column.endswith("_op") and cell:
                sheet.write_datetime(number, place, datetime.fromisoformat(cell), dates)
            elif column in ("woongemeente", "onderwijsnummer") and cell.isdigit():
                sheet.write_number(number, place, int(cell))
            elif cell:
                sheet.write_string(number, place, cell)
    book.close()


def write_messages(source: Path, target: Path, dag: str = "2025-09-30") -> None:
    """A zip with a JW301 per client and aanbieder."""
    messages: dict[tuple[str, str, str], list[Toewijzing]] = defaultdict(list)
    for row in read_rows(source):
        messages[row["gemeente"], row["aanbieder_code"], row["bsn"]].append(
            Toewijzing(
                nummer=row["toewijzing_id"],
                toegewezen=row["toegewezen_op"],
                ingang=row["ingang_op"],
                einde=row["eind_op"] or None,
                categorie=row["productcategorie"] or None,
                code=row["productcode"] or None,
                reden=row["reden_wijziging"] or None,
            )
        )
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, ((gemeente, aanbieder, bsn), items) in enumerate(messages.items()):
            archive.writestr(f"{number}.xml", jw301(gemeente, aanbieder, dag, {bsn: items}))


def pseudonymised(source: Path, uit: Path, key: Key) -> Uitkomst:
    """Step 1 over a file whose stem says what delivery it becomes."""
    contract, bronhouder, schooljaar, day = source.stem.split("_")
    return run(
        source,
        contract,
        bronhouder=bronhouder,
        schooljaar=schooljaar,
        key=key,
        uit=uit,
        leverdatum=date(int(day[:4]), int(day[4:6]), int(day[6:])),
    )


def deliver_from_sources(numbers: Path, uit: Path, key: Key) -> None:
    """The region with numbers in `numbers`, delivered in `uit` from workbooks and, for jeugdhulp, messages."""
    shutil.copytree(numbers / "referentie", uit / "referentie")
    for path in sorted(numbers.glob("inbox/*.csv")):
        messages = path.name.startswith("jeugdhulp")
        source = numbers / f"{path.stem}.{'zip' if messages else 'xlsx'}"
        (write_messages if messages else write_workbook)(path, source)
        made = pseudonymised(source, uit / "inbox", key)
        assert made.bestand.name == path.name
