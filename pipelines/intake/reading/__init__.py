"""Reading a delivery: from a file in one of the accepted formats to one DuckDB relation of text.

Lives here: choosing the format, the `Lezing` that the rest of intake and the bronhouder's command read from, and
turning a reader's error into a refusal. Not here: the formats (`text`, `sheet`, `columnar`), how values are
normalised (`values`), what is allowed in a delivery (check) or what may never be in it (guard).

DuckDB does the reading with explicit columns, all text: it guesses no types, keeps row order and streams. Its own
error messages quote the line they stumble over, so they never leave this package.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.reading import columnar, text
from pipelines.intake.reading.source import Bron

if TYPE_CHECKING:
    from pipelines.contracts import Contract

ROW = "rij"
TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
PARQUET_SUFFIXES = (".parquet",)


@dataclass
class Lezing:
    """A delivery opened for reading. Close it (or use it as a context manager): temporary files go away with it.

    `relation` is SQL text for `FROM (<relation>)`: column `rij` BIGINT (the row as a person sees it in the file:
    header 1, first data row 2) and `columns` as VARCHAR, NULL where the cell is empty. Run it inside `bewaakt()`.
    `bronkolommen` is the header as found in the file, before any mapping.
    """

    relation: str
    columns: list[str]
    bronkolommen: list[str]
    soort: str
    bron: Bron
    _cleanup: list[Callable[[], None]] = field(default_factory=list)

    @contextmanager
    def bewaakt(self) -> Iterator[None]:
        """Turn an error of the reader into a refusal that names rows and quotes nothing."""
        try:
            yield
        except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.IOException,
                duckdb.SerializationException, duckdb.InternalException) as error:
            raise self.bron.explain(error) from None

    def close(self) -> None:
        while self._cleanup:
            self._cleanup.pop()()

    def __enter__(self) -> Lezing:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def open_delivery(path: Path | str, contract: Contract | None, con: duckdb.DuckDBPyConnection,
                  mapping: Any = None, *, tijdelijk: Path | None = None) -> Lezing:
    """Open a delivery for reading on `con` (an in-memory connection); LeveringGeweigerd if it cannot be read.

    `tijdelijk` is the folder for a transcoded copy when one is needed (default: the system's); it is emptied on
    `close()` and after errors.
    """
    path = Path(path)
    cleanup: list[Callable[[], None]] = []

    def workdir() -> Path:
        folder = Path(tempfile.mkdtemp(prefix="lezen-", dir=tijdelijk))
        cleanup.append(lambda: shutil.rmtree(folder, ignore_errors=True))
        return folder

    try:
        bron = _open_source(path, con, workdir)
        relation, columns = bron.select(contract)
        return Lezing(relation=relation, columns=columns, bronkolommen=list(bron.header),
                      soort=bron.soort, bron=bron, _cleanup=cleanup)
    except BaseException:
        while cleanup:
            cleanup.pop()()
        raise


def _open_source(path: Path, con: duckdb.DuckDBPyConnection, workdir: Callable[[], Path]) -> Bron:
    if not path.is_file():
        raise LeveringGeweigerd("Het bestand bestaat niet of is geen gewoon bestand.",
                                remedie="Controleer de naam van het bestand.")
    suffix = path.suffix.lower()
    if suffix in TEXT_SUFFIXES:
        return text.open_text(path, workdir)
    if suffix in PARQUET_SUFFIXES:
        return columnar.open_parquet(path, con)
    raise LeveringGeweigerd(
        "Dit soort bestand kan niet worden gelezen.",
        remedie="Lever CSV (.csv), Excel (.xlsx) of Parquet (.parquet).",
    )
