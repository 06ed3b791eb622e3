"""Deliveries to break: good ones in every format, and the ways in which they go wrong.

Lives here: making files and mutating them, reproducibly from a number. Not here: running them (sweep).
Planted identifiers are fictional; none of them may come out of intake again.
"""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import xlsxwriter

from pipelines.contracts import load_contract
from tests.support.ijw_berichten import Toewijzing, jw301, jw305
from tests.support.intake_region import ROWS, name

Row = dict[str, str]
Table = tuple[list[str], list[list[str]]]

#: What must never come out: names, numbers and addresses that a bronsysteem might hold.
PLANTED = (
    "Vandenbroekhoven",
    "111222333",
    "1112.22.333",
    "101222331",
    "j.vandenbroekhoven@voorbeeld.nl",
    "06-12345678",
    "NL91ABNA0417164300",
    "3811 AB 12",
    "14-03-2012",
    "Kruidentuinlaan 7",
)
_ODD = (
    "",
    " ",
    "NULL",
    "n.v.t.",
    "0",
    "-1",
    "1e999",
    "NaN",
    "infinity",
    "epoch",
    "2024-02-30",
    "0001-01-01",
    "9999-12-31",
    "99999-01-01",
    "31-12-2024",
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "a;b",
    'a"b',
    "a\nb",
    "\t",
    "\u200b",
    "é",
    "𝄞",
    "\ufeff",
    "x" * 5000,
    "'; DROP TABLE t; --",
    "%s%n",
    "../../etc/passwd",
    "<a>",
    "&amp;",
    "0307 ",
    "307",
    "TRUE",
    "toegekend ",
    "TOEGEKEND",
    "13",
    "00",
)


def good_table(contract: str, rows: int, rng: random.Random) -> Table:
    """Header and rows that fit the contract."""
    header = list(load_contract(contract).names)
    base = rng.randrange(1000)
    return header, [[ROWS[contract](base + number)[column] for column in header] for number in range(rows)]


def mutate_table(table: Table, rng: random.Random) -> tuple[Table, bool]:
    """A table with something wrong or odd in it; True if an identifier was planted."""
    header, rows = list(table[0]), [list(row) for row in table[1]]
    planted = False
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        planted |= rng.choice(_TABLE_MUTATIONS)(header, rows, rng)
    return (header, rows), planted


def _cell(header: list[str], rows: list[list[str]], rng: random.Random) -> tuple[list[str], int]:
    row = rng.choice(rows) if rows else header
    return row, rng.randrange(len(row)) if row else 0


def _plant_cell(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    row, at = _cell(header, rows, rng)
    secret = rng.choice(PLANTED)
    if row:
        row[at] = rng.choice(
            (secret, f"{row[at]} {secret}", f"zie {secret} in het dossier", f"{secret}{row[at]}")
        )
    return True


def _plant_header(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    header[rng.randrange(len(header))] = rng.choice(PLANTED)
    return True


def _plant_column(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    at = rng.randrange(len(header) + 1)
    header.insert(at, rng.choice(("naam", "opmerking", *PLANTED)))
    for row in rows:
        row.insert(min(at, len(row)), rng.choice(PLANTED))
    return True


def _odd_cell(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    row, at = _cell(header, rows, rng)
    if row:
        row[at] = rng.choice(_ODD)
    return False


def _swap_columns(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    one, two = rng.randrange(len(header)), rng.randrange(len(header))
    header[one], header[two] = header[two], header[one]
    return False


def _drop_column(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    if len(header) > 1:
        at = rng.randrange(len(header))
        for row in (header, *rows):
            if at < len(row):
                del row[at]
    return False


def _double_column(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    at = rng.randrange(len(header))
    for row in (header, *rows):
        if at < len(row):
            row.append(row[at])
    return False


def _ragged(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    if rows:
        row = rng.choice(rows)
        row.append(rng.choice(_ODD)) if rng.random() < 0.5 or not row else row.pop()
    return False


def _double_row(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    if rows:
        rows.append(list(rng.choice(rows)))
    return False


def _no_rows(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    rows.clear()
    return False


def _no_header(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    if rows:
        header[:] = rows.pop(0)
    return False


def _title_rows(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    rows.insert(0, list(header))
    header[:] = ["Export", *[""] * (len(header) - 1)]
    return False


def _empty_row(header: list[str], rows: list[list[str]], rng: random.Random) -> bool:
    rows.insert(rng.randrange(len(rows) + 1), [""] * len(header))
    return False


_TABLE_MUTATIONS: tuple[Callable[[list[str], list[list[str]], random.Random], bool], ...] = (
    _plant_cell,
    _plant_cell,
    _plant_cell,
    _plant_header,
    _plant_column,
    _odd_cell,
    _odd_cell,
    _odd_cell,
    _swap_columns,
    _drop_column,
    _double_column,
    _ragged,
    _double_row,
    _no_rows,
    _no_header,
    _title_rows,
    _empty_row,
)


def write_csv_bytes(table: Table, rng: random.Random) -> bytes:
    """The table in one of the dialects that exports have."""
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=rng.choice(";;;,\t"),
        lineterminator=rng.choice(("\n", "\r\n", "\r")),
        quoting=rng.choice((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    )
    writer.writerow(table[0])
    writer.writerows(table[1])
    encoding = rng.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "cp1252"))
    return stream.getvalue().encode(encoding, errors="replace")


def write_xlsx(path: Path, table: Table, rng: random.Random) -> None:
    book = xlsxwriter.Workbook(
        path, {"strings_to_formulas": rng.random() < 0.2, "strings_to_urls": False, "in_memory": True}
    )
    sheet = book.add_worksheet("Levering")
    if rng.random() < 0.1:
        book.add_worksheet("Vandenbroekhoven").write(0, 0, "111222333")
    for number, row in enumerate((table[0], *table[1])):
        for place, cell in enumerate(row):
            if cell.isdigit() and len(cell) < 12 and rng.random() < 0.3:
                sheet.write_number(number, place, int(cell))
            else:
                sheet.write(number, place, cell[:32_000])
    book.close()


def write_parquet(path: Path, table: Table, rng: random.Random) -> None:
    header, rows = table
    names = [
        f"{column or 'leeg'}{number if header.count(column) > 1 else ''}"
        for number, column in enumerate(header)
    ]
    seen: set[str] = set()
    names = [
        column if not (column.casefold() in seen or seen.add(column.casefold())) else f"{column}_{number}"
        for number, column in enumerate(names)
    ]
    con = duckdb.connect()
    quoted = ", ".join('"' + column.replace('"', '""') + '" VARCHAR' for column in names)
    con.execute(f"CREATE TABLE t ({quoted})")
    for row in rows:
        con.execute(
            f"INSERT INTO t VALUES ({', '.join('?' * len(names))})",
            [cell or None for cell in (row + [""] * len(names))[: len(names)]],
        )
    con.execute(f"COPY t TO '{path}' (FORMAT parquet)")


def mutate_bytes(data: bytes, rng: random.Random) -> bytes:
    """Damage as disks, mailers and people do it."""
    if not data:
        return data
    kind = rng.randrange(7)
    at = rng.randrange(len(data))
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[at:]
    if kind == 2:
        return data[:at] + bytes([rng.randrange(256)]) + data[at + 1 :]
    if kind == 3:
        return data[:at] + rng.randbytes(rng.randrange(1, 60)) + data[at:]
    if kind == 4:
        return data[:at] + data[at + rng.randrange(1, 200) :]
    if kind == 5:
        return data[:at] + data[at : at + 300] + data[at:]
    return data[:at] + rng.choice((b'"', b"\0", b"\n", b"\r", b";", b"\xff\xfe", b"<!DOCTYPE a>")) + data[at:]


def messages(rng: random.Random) -> str:
    """A JW301 or JW305 message, good apart from what was planted in it on purpose (names, comments)."""
    items = [
        Toewijzing(
            str(rng.randrange(1, 9_999_999)),
            "2024-08-20",
            rng.choice(("2024-09-01", "2025-01-01")),
            rng.choice((None, "2025-06-30")),
            rng.choice((None, "45", "54")),
        )
        for _ in range(rng.randrange(1, 4))
    ]
    if rng.random() < 0.15:
        return jw305("0307", "01234567", "2024-09-20", "999990019", items[0].nummer, "2024-09-16")
    return jw301("0307", "01234567", "2024-09-01", {rng.choice(("999990019", "999990020")): items})


def mutate_message(text: str, rng: random.Random) -> str:
    swap = rng.choice(
        (
            ("3_2", "3_1"),
            ("999990019", "999990018"),
            ("0307", "0308"),
            ("2024-09-01", rng.choice(_ODD)),
            (">45<", f">{rng.choice(_ODD[:20])}<"),
            ("<jw301:Bsn>", "<jw301:Bsn>111222333</jw301:Bsn><jw301:Bsn>"),
            ("<?xml", '<!DOCTYPE a [<!ENTITY b "111222333">]><?xml'),
            ("jw301:Header", "jw301:Kop"),
            ("?>", '?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]>'),
            ("01234567", rng.choice(_ODD)),
            ("moeder belde", rng.choice(PLANTED)),
            ("<jw301:Client>", "<jw301:Client><jw301:Client>"),
            ("", ""),
            ("jw301:ToewijzingNummer>", "jw301:Nummer>"),
            ("<!--", "<!-- 111222333 j.vandenbroekhoven@voorbeeld.nl"),
        )
    )
    return text.replace(*swap, 1 if rng.random() < 0.5 else -1) if swap[0] else text


def delivery_name(contract: str, suffix: str, number: int, rng: random.Random) -> str:
    """Usually right; sometimes wrong, sometimes with an identifier in it."""
    day = f"202510{1 + number % 28:02d}"  # another name for every case of a batch
    good = name(contract, leverdatum=day, suffix=suffix)
    return rng.choice(
        (
            *[good] * 12,
            name(contract, bronhouder="99999", suffix=suffix),
            name(contract, schooljaar="2023-2024", suffix=suffix),
            f"opp_111222333_2024-2025_20251003.{suffix}",
            f"Vandenbroekhoven 111222333.{suffix}",
            good.replace(day, "20251399"),
            good.replace(
                f".{suffix}", f".{rng.choice(('csv', 'xlsx', 'parquet', 'txt', 'xml', 'zip', 'xls'))}"
            ),
        )
    )


def zipped(texts: list[str], rng: random.Random) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(texts):
            archive.writestr(
                rng.choice(
                    (
                        f"{number}.xml",
                        f"map/{number}.xml",
                        f"Vandenbroekhoven {number}.xml",
                        f"{number}.xml" if rng.random() < 0.95 else "../x.xml",
                    )
                ),
                text,
            )
    return stream.getvalue()
