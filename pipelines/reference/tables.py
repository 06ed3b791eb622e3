"""The tables in `referentie/` that came from public sources, each with a note of its origin.

Lives here: writing them all or not at all, and choosing between a table and the seed that comes along. Not
here: their content (duo, cbs) and the region's own files in that folder.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from pipelines.errors import Gebruiksfout
from pipelines.reference.sources import catalogue
from pipelines.resources import resource_dir
from pipelines.settings import Settings

# A count DUO does not give (1 to 4): an empty cell in the table.
NIET_GEGEVEN = ""
NOEMER = ("schooljaar", "soort", "code", "aantal", "bron")


@dataclass(frozen=True)
class Inhoud:
    """A table as it will be written: header, sorted rows of text, the date it speaks of, what to look at."""

    kolommen: tuple[str, ...]
    rijen: Sequence[tuple[str, ...]]
    peildatum: str
    waarschuwingen: tuple[str, ...] = ()


@dataclass(frozen=True)
class Herkomst:
    """The note beside a table: `<tabel>.bron.json`."""

    tabel: str
    bron: str
    uitgever: str
    titel: str
    licentie: str
    pagina: str
    peildatum: str
    opgehaald_op: str
    rijen: int
    documenten: dict[str, str] = field(default_factory=dict)  # address or file name: sha256
    sha256_tabel: str = ""


def as_csv(content: Inhoud) -> bytes:
    """The bytes of the table: `;`, UTF-8, one line feed per row; the same content gives the same bytes."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\n")
    writer.writerow(content.kolommen)
    writer.writerows(content.rijen)
    return text.getvalue().encode()


def write_all(referentie: Path, werkmap: Path, tables: Iterable[tuple[Herkomst, bytes]]) -> None:
    """Replace the tables and their notes. Everything is on disk before the first is replaced.

    A table and its note are two files: should the machine stop between them, `reference_file` sees that they
    do not belong together and refuses both.
    """
    ready: list[tuple[Path, Path]] = []
    for note, table in tables:
        content = json.dumps(note.__dict__, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        for name, data in ((f"{note.tabel}.csv", table), (_note_name(note.tabel), content.encode())):
            _write(werkmap / name, data)
            ready.append((werkmap / name, referentie / name))
    for new, place in ready:
        os.replace(new, place)  # noqa: PTH105
    _sync_folder(referentie)


def reference_file(settings: Settings, seed: str) -> Path:
    """The file with the columns of `seed` that counts: the fetched table if it is there, else the seed.

    Gebruiksfout if the table is not the one that was fetched.
    """
    fetched = {bron.seed: bron.tabel for bron in catalogue().values() if bron.seed}
    if seed in fetched:
        path = settings.referentie / f"{fetched[seed]}.csv"
        if path.is_file() or path.with_name(_note_name(fetched[seed])).is_file():
            check_table(path)
            return path
    return resource_dir("seeds") / f"{seed}.csv"


def fetched_files(settings: Settings) -> list[Path]:
    """The fetched tables that go before a seed, as far as they are there."""
    names = [bron.tabel for bron in catalogue().values() if bron.seed]
    return [path for name in names if (path := settings.referentie / f"{name}.csv").is_file()]


def check_table(path: Path) -> dict[str, Any]:
    """The note of a fetched table; Gebruiksfout if note and table do not belong together."""
    try:
        note = json.loads(path.with_name(_note_name(path.stem)).read_bytes())
        sound = note["sha256_tabel"] == sha256(path.read_bytes()).hexdigest()
    except (OSError, ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise Gebruiksfout(
            f"De tabel {path.name} is niet meer zoals zij is opgehaald.",
            waar=f"referentie/{path.name}",
            remedie=f"Voer oa reference update opnieuw uit, of verwijder {path.name} en "
            f"{_note_name(path.stem)}: dan geldt wat met het programma meekomt. Eigen vestigingen "
            "horen in vestigingen.csv.",
        )
    return dict(note)


def read_rows(path: Path) -> list[dict[str, str]]:
    """A seed or a fetched table as rows of text."""
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, delimiter=";"))


def _note_name(table: str) -> str:
    return f"{table}.bron.json"


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as handle:
        handle.write(data)
        handle.flush()
        os.fsync(handle.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
