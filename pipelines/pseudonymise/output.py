"""What the bronhouder sends: the delivery in the form of its contract, and the manifest beside it.

Lives here: names, the CSV, the manifest, and putting both in place at once. Not here: where the rows come
from (table, ijw). Half a file is never left behind.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import IO

import pyarrow as pa
from pyarrow import compute as pc
from pyarrow import csv as arrow_csv

from pipelines.contracts import Contract, schooljaar_bounds
from pipelines.errors import Gebruiksfout
from pipelines.intake.levering import manifest_path
from pipelines.intake.manifest import Manifest
from pipelines.keys import Key


@dataclass(frozen=True)
class Opdracht:
    """What the bronhouder said about the delivery that it wants to make."""

    contract: Contract
    bronhouder: str
    schooljaar: str
    leverdatum: date
    key: Key

    def __post_init__(self) -> None:
        if not re.fullmatch(self.contract.bronhouder_pattern, self.bronhouder):
            digits = 4 if self.contract.bronhouder_soort == "gemeente" else 5
            raise Gebruiksfout(
                f"De bronhouder is geen {self.contract.bronhouder_soort} van {digits} cijfers.",
                waar="--bronhouder",
                remedie="Gebruik de gemeentecode (0307) of het bestuursnummer.",
            )
        try:
            schooljaar_bounds(self.schooljaar)
        except ValueError:
            raise Gebruiksfout(
                "Dit schooljaar bestaat niet.", waar="--schooljaar", remedie="Schrijf het als 2024-2025."
            ) from None

    @property
    def stem(self) -> str:
        return f"{self.contract.name}_{self.bronhouder}_{self.schooljaar}_{self.leverdatum:%Y%m%d}"


@dataclass(frozen=True)
class Uitkomst:
    """What was made. `weggelaten` are the columns that stayed behind, by name or by place."""

    bestand: Path
    manifest: Path
    rijen: int
    stap: int
    vingerafdruk: str
    weggelaten: tuple[str, ...] = ()
    opmerkingen: tuple[str, ...] = field(default=())

    def tekst(self) -> str:
        """The outcome in Dutch, ready to print."""
        lines = [
            f"Geschreven: {self.bestand.name}, {self.rijen} rijen, en het manifest {self.manifest.name}.",
            f"Stap {self.stap}, vingerafdruk van de sleutel {self.vingerafdruk}: "
            "vergelijk haar met die van de andere bronhouders.",
        ]
        if self.weggelaten:
            lines.append(
                f"Niet meegenomen ({len(self.weggelaten)}): kolom {', kolom '.join(self.weggelaten)}."
            )
        return "\n".join([*lines, *self.opmerkingen])


def write_delivery(
    opdracht: Opdracht,
    batches: Iterable[pa.RecordBatch],
    uit: Path,
    *,
    stap: int = 1,
    weggelaten: tuple[str, ...] = (),
    opmerkingen: tuple[str, ...] = (),
) -> Uitkomst:
    """Write the delivery as CSV with its manifest into the folder `uit`; both or neither."""
    names = opdracht.contract.names
    path = prepare(uit) / f"{opdracht.stem}.csv"
    with half_done(path) as half:
        rows = 0
        with half.open("wb") as stream:
            stream.write((";".join(names) + "\n").encode())
            for batch in batches:
                rows += batch.num_rows
                if batch.num_rows:
                    _write(batch.select(list(names)), stream)
        manifest = Manifest(
            contract=opdracht.contract.name,
            contractversie=opdracht.contract.version,
            bronhouder=opdracht.bronhouder,
            schooljaar=opdracht.schooljaar,
            rijen=rows,
            sha256=_sha256(half),
            gemaakt_op=datetime.now(UTC).isoformat(timespec="seconds"),
            stap=stap,
            vingerafdruk=opdracht.key.fingerprint,
        )
        put(half, path, asdict(manifest))
    return Uitkomst(path, manifest_path(path), rows, stap, opdracht.key.fingerprint, weggelaten, opmerkingen)


def _write(batch: pa.RecordBatch, stream: IO[bytes]) -> None:
    """Quotes only where a value needs them (Arrow quotes every text or none)."""
    special = any(pc.any(pc.match_substring_regex(column, '[;"\r\n]')).as_py() for column in batch.columns)
    arrow_csv.write_csv(
        batch,
        stream,
        arrow_csv.WriteOptions(
            include_header=False, delimiter=";", quoting_style="needed" if special else "none"
        ),
    )


def prepare(uit: Path) -> Path:
    """The folder to write in; Gebruiksfout if it cannot be made."""
    try:
        uit.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Gebruiksfout(
            "De map voor de uitkomst kan niet worden gemaakt.",
            waar="--uit",
            remedie="Kies een map waarin je mag schrijven.",
        ) from None
    return uit


@contextlib.contextmanager
def half_done(path: Path) -> Iterator[Path]:
    """A name beside `path` to write to; nothing of it stays if anything goes wrong."""
    half = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield half
    finally:
        half.unlink(missing_ok=True)


def put(half: Path, path: Path, manifest: dict[str, object]) -> None:
    """The file first, then its manifest: a delivery without one is left alone by intake."""
    beside = manifest_path(path)
    try:
        if path.exists():
            path.unlink()  # first of all: if another program holds it (Windows), its manifest stays as well
        beside.unlink(missing_ok=True)  # an older manifest does not belong to the new file
        half.replace(path)
        with half_done(beside) as half_manifest:
            text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
            half_manifest.write_text(text, encoding="utf-8", newline="\n")
            half_manifest.replace(beside)
    except PermissionError:
        raise Gebruiksfout(
            "De uitkomst kan niet op haar plaats worden gezet.",
            waar=path.name,
            remedie="Sluit een eerdere uitkomst in andere programma's (zoals Excel) en probeer het opnieuw.",
        ) from None


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
