"""Reading a delivery: from a file in one of the accepted formats to one DuckDB relation of text.

Lives here: choosing the format, the `Lezing` that the rest of intake and the bronhouder's command read
from, and turning a reader's error into a refusal. Not here: the formats (`text`, `sheet`, `columnar`), how
values are normalised (`values`), what is allowed in a delivery (check) or what may never be in it (guard).

DuckDB does the reading with explicit columns, all text: it guesses no types, keeps row order and streams. Its
own error messages quote the line they stumble over, so they never leave this package.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.mapping import Koppeling
from pipelines.intake.reading import columnar, sheet, text
from pipelines.intake.reading.header import Zoek
from pipelines.intake.reading.select import select
from pipelines.intake.reading.source import Bron, Dialect, check_readable, remove_copies
from pipelines.intake.reading.values import LEEG, fixed_width

if TYPE_CHECKING:
    from pipelines.contracts import Contract

TEXT_SUFFIXES = (".csv", ".txt", ".tsv")
SHEET_SUFFIXES = (".xlsx", ".xlsm")
PARQUET_SUFFIXES = (".parquet",)
MESSAGE_SUFFIXES = (".xml", ".zip")
# Errors that the delivery did not cause.
OURS = (
    duckdb.OutOfMemoryException,
    duckdb.BinderException,
    duckdb.CatalogException,
    duckdb.ParserException,
    duckdb.InterruptException,
)


@dataclass
class Lezing:
    """A delivery opened for reading. Close it (it is a context manager): temporary files go away with it.

    `relation` is SQL text for `FROM (<relation>)`: column `rij` BIGINT (the row as a person sees it in the
    file: header 1, first data row 2) and `columns` as VARCHAR, NULL where the cell is empty. Run it inside
    `bewaakt()`. `bronkolommen` is the header as found, before any mapping; `weglaten` the columns that the
    mapping leaves out (still in the relation, so that the guard sees them); `opmerkingen` are remarks.
    Deliveries with the same `dialect` (not None) can be read `together`.
    """

    relation: str
    columns: list[str]
    bronkolommen: list[str]
    weglaten: tuple[str, ...]
    soort: str
    bron: Bron
    opmerkingen: list[str]
    dialect: Dialect | None = None
    _cleanup: list[Callable[[], None]] = field(default_factory=list)

    @contextmanager
    def bewaakt(self) -> Iterator[None]:
        """Turn an error of the reader into a refusal that names rows and quotes nothing."""
        try:
            yield
        except OURS:
            raise
        except duckdb.Error as error:
            raise self.bron.explain(error) from None

    def close(self) -> None:
        while self._cleanup:
            self._cleanup.pop()()

    def __enter__(self) -> Lezing:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def open_delivery(
    path: Path | str,
    contract: Contract | None,
    con: duckdb.DuckDBPyConnection,
    mapping: Koppeling | None = None,
    *,
    tijdelijk: Path | None = None,
    blad: str | None = None,
    namen: frozenset[str] = frozenset(),
) -> Lezing:
    """Open a delivery for reading on `con` (an in-memory connection); LeveringGeweigerd if it cannot be read.

    `tijdelijk` is the folder for a rewritten copy when one is needed (default: the system's); what was put
    there goes away on `close()` and after errors. `namen` are further column names that help find the header.
    """
    path = Path(path)
    cleanup: list[Callable[[], None]] = []

    def workdir() -> Path:
        if tijdelijk is not None:
            tijdelijk.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder = Path(tempfile.mkdtemp(prefix="lezen-", dir=tijdelijk))
        cleanup.append(lambda: remove_copies(folder))
        return folder

    known = {column.name: column for column in contract.columns} if contract else {}
    names = {name.casefold() for name in (*known, *(mapping.bronkolommen if mapping else ()), *namen)}
    zoek = Zoek(
        frozenset(names), mapping.koprij if mapping else None, blad or (mapping.blad if mapping else None)
    )
    leeg = contract.leeg if contract else LEEG

    def width_of(name: str) -> int | None:
        return fixed_width(known.get(mapping.target_of(name) if mapping else name))

    try:
        bron = _open_source(path, con, zoek, leeg, width_of, workdir)
        relation, columns = select(contract, mapping, bron.raw, bron.header, spaties=bron.spaties, leeg=leeg)
        weglaten = tuple(name for name in (mapping.weglaten if mapping else ()) if name in bron.header)
        return Lezing(
            relation=relation,
            columns=columns,
            bronkolommen=list(bron.header),
            weglaten=weglaten,
            soort=bron.soort,
            bron=bron,
            opmerkingen=bron.opmerkingen,
            dialect=bron.dialect if mapping is None else None,
            _cleanup=cleanup,
        )
    except BaseException:
        while cleanup:
            cleanup.pop()()
        raise


def together(lezingen: Sequence[Lezing], contract: Contract) -> str:
    """SQL text like `Lezing.relation` over deliveries of one dialect, one behind the other in file order; `rij`
    is the place of the delivery in `lezingen`, from 0.
    """
    (dialect,) = {lezing.dialect for lezing in lezingen}
    if dialect is None:
        raise ValueError("only deliveries of one dialect can be read together")
    raw = text.read_together([lezing.bron.pad for lezing in lezingen if lezing.bron.pad], dialect)
    return select(contract, None, raw, list(dialect.header), spaties=dialect.spaties, leeg=dialect.leeg)[0]


def _open_source(
    path: Path,
    con: duckdb.DuckDBPyConnection,
    zoek: Zoek,
    leeg: tuple[str, ...],
    width_of: Callable[[str], int | None],
    workdir: Callable[[], Path],
) -> Bron:
    if path.is_symlink() or not path.is_file():
        raise LeveringGeweigerd(
            "Het bestand bestaat niet of is geen gewoon bestand.",
            remedie="Controleer de naam van het bestand.",
        )
    suffix = path.suffix.lower()
    check_readable(path)
    if suffix in MESSAGE_SUFFIXES:
        raise LeveringGeweigerd(
            "iJw-berichten (XML of zip) bevatten burgerservicenummers en worden ongelezen geweigerd.",
            remedie="Laat de gemeente ze zelf omzetten met oa pseudonymise en de uitkomst leveren. "
            "Verwijder dit bestand hier.",
        )
    if path.stat().st_size == 0:
        raise LeveringGeweigerd("Het bestand is leeg.", remedie="Exporteer het bestand opnieuw.")
    if suffix in TEXT_SUFFIXES:
        return text.open_text(path, zoek, leeg, workdir)
    if suffix in SHEET_SUFFIXES:
        return sheet.open_sheet(path, zoek, leeg, width_of, workdir)
    if suffix in PARQUET_SUFFIXES:
        return columnar.open_parquet(path, con, width_of)
    raise LeveringGeweigerd(
        "Dit soort bestand wordt niet gelezen.",
        remedie="Lever CSV (.csv), Excel (.xlsx) of Parquet (.parquet).",
    )
