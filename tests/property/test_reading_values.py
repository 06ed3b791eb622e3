"""Properties of reading: what is written comes back, in any dialect; nothing raises but refusals."""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import suppress
from pathlib import Path

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.identifiers import VOORZEEF, examine, is_person_number
from pipelines.intake.reading import open_delivery
from pipelines.pseudonymise.numbers import nine_digits

CELL = st.text(st.characters(codec="cp1252", exclude_categories=("Cc", "Cs")), max_size=12)
QUICK = settings(max_examples=60, deadline=None)


def read(content: bytes, suffix: str = ".csv") -> tuple[list[str], list[tuple]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"levering{suffix}"
        path.write_bytes(content)
        con = duckdb.connect()
        with con, open_delivery(path, None, con) as lezing, lezing.bewaakt():
            return lezing.columns, con.execute(f"FROM ({lezing.relation})").fetchall()


@QUICK
@given(
    rows=st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=6),
    delimiter=st.sampled_from(";,\t|"),
    end=st.sampled_from(("\n", "\r\n")),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp1252")),
)
def test_a_table_comes_back_in_any_dialect(rows, delimiter, end, encoding):
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerow(("een", "twee", "drie"))
    writer.writerows(rows)
    data = stream.getvalue().encode(encoding)
    if encoding == "cp1252":
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return  # bytes that are UTF-8 too are read as that
    columns, found = read(data)
    assert columns == ["een", "twee", "drie"]
    wanted = [tuple(_value(cell) for cell in row) for row in rows]
    assert [row[1:] for row in found if any(row[1:])] == [row for row in wanted if any(row)]


def _value(cell: str) -> str | None:
    bare = cell.strip(" \t\u00a0")
    return None if bare in ("", "NULL", "n.v.t.") or cell in ("", "NULL", "n.v.t.") else bare


@QUICK
@given(
    data=st.binary(max_size=300),
    suffix=st.sampled_from((".csv", ".xlsx", ".parquet", ".txt", ".xml", ".zip")),
)
def test_any_bytes_are_read_or_refused(data, suffix):
    with suppress(LeveringGeweigerd):  # anything else fails the test
        read(data, suffix)


@settings(max_examples=300, deadline=None)
@given(
    digits=st.from_regex(r"[0-9]{9}", fullmatch=True),
    before=CELL,
    separator=st.sampled_from(("", ".", " ", "-")),
)
def test_a_valid_number_is_found_however_it_is_written(digits, before, separator):
    if before[-1:].isalnum() or before[-1:] in ".-_/, \u00a0":
        before += ":"
    text = before + separator.join(digits)
    if is_person_number(digits):
        assert "persoonsnummer" in examine(text)
        assert duckdb.execute("SELECT regexp_matches(?, ?)", [text, VOORZEEF]).fetchone() == (True,)
        assert nine_digits(separator.join(digits)) == digits


@settings(max_examples=300, deadline=None)
@given(text=CELL)
def test_the_sieve_lets_nothing_through_that_examination_would_catch(text):
    if examine(text):
        assert duckdb.execute("SELECT regexp_matches(?, ?)", [text, VOORZEEF]).fetchone() == (True,)
