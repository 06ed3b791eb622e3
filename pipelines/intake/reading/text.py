"""CSV deliveries: encoding, delimiter and header are recognised here, the reading itself is DuckDB's.

Lives here: one pass over the bytes that decides how the file can be read, and the transcoding of what DuckDB does
not read. Not here: the meaning of columns and values.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.reading.source import Bron, check_header, literal, path_literal

DELIMITERS = (";", ",", "\t", "|")
_SAMPLE = 1 << 16


def open_text(path: Path, workdir: Callable[[], Path]) -> Bron:
    """A CSV file as a source; LeveringGeweigerd if it is empty or not text."""
    with path.open("rb") as stream:
        sample = stream.read(_SAMPLE)
    if not sample.strip():
        raise LeveringGeweigerd("Het bestand is leeg.", remedie="Exporteer het bestand opnieuw.")
    if b"\0" in sample:
        raise LeveringGeweigerd("Het bestand is geen tekst.", remedie="Lever CSV in UTF-8.")
    try:
        text = sample.removeprefix(b"\xef\xbb\xbf").decode("utf-8", errors="strict" if len(sample) < _SAMPLE
                                                           else "ignore")
    except UnicodeDecodeError:
        raise LeveringGeweigerd("Het bestand is geen UTF-8.", remedie="Sla het op als CSV UTF-8.") from None
    delimiter = max(DELIMITERS, key=text.split("\n", 1)[0].count)
    header = check_header(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)))
    return Bron("csv", read_csv(path, header, delimiter), header, spaties=False)


def read_csv(path: Path, header: list[str], delimiter: str) -> str:
    """SELECT over a UTF-8 file with a header row; nothing is left for DuckDB to guess."""
    columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in header)
    return (
        f"SELECT row_number() OVER () + 1 AS rij, * FROM read_csv({path_literal(path)}, auto_detect = false, "
        f"header = true, delim = {literal(delimiter)}, quote = '\"', escape = '\"', columns = {{{columns}}}, "
        f"nullstr = ['', 'NULL', 'null', 'n.v.t.', 'N.v.t.', 'N.V.T.', 'nvt', 'NVT'], strict_mode = true)"
    )
