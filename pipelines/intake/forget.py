"""Erasing persons: from every delivery, from inbox/, and for good if a blocklist is asked.

Lives here: rewriting what holds them, in a way that a killed run can simply be done again. Not here:
rebuilding the warehouse, and publications (they hold no persons): the caller does the first and lists the
second from `leveringen`. No pseudonym is ever shown or logged.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipelines.contracts import load_contract
from pipelines.errors import Gebruiksfout, LeveringGeweigerd
from pipelines.intake import blocklist, reference, store
from pipelines.intake.levering import Levering, manifest_path, sha256_of, shown_name
from pipelines.intake.reading import open_delivery
from pipelines.intake.reading.source import identifier
from pipelines.intake.rows import write_rows
from pipelines.keys import Key, read_key, step2_many
from pipelines.settings import Settings

_HEX64 = re.compile(r"[0-9a-f]{64}")
_BLOCK = 1 << 20
_ROWS = 50_000
_MOST_UNPACKED = 1 << 30


@dataclass(frozen=True)
class Vergeten:
    """What an erasure did: how many persons were asked, which deliveries and inbox files held one of them."""

    personen: int
    leveringen: tuple[str, ...]
    rijen: int
    inbox: tuple[str, ...]
    geblokkeerd: bool


@dataclass(frozen=True)
class _Wanted:
    """The persons to forget. `first` is empty if the file came from the TTP, which gives step 2 only."""

    first: frozenset[str]
    second: frozenset[str]


def forget(
    settings: Settings,
    pseudoniemen: Sequence[str],
    *,
    stap: int,
    vingerafdruk: str = "",
    bestand: Path | None = None,
    blokkeer: bool = False,
) -> Vergeten:
    """Erase persons by their pseudonyms, from a list that the bronhouder made (the lock is held).

    `stap` and `vingerafdruk` are those of the list's manifest. `bestand`, the list itself, goes too if it
    lies under OA_HOME. Raises Gebruiksfout if the list is of another key than the deliveries, or key 2 is
    missing.
    """
    key = read_key(settings.sleutel) if settings.sleutel else None
    wanted = _wanted(pseudoniemen, stap, key)
    _check_key(settings, stap, vingerafdruk, key)
    if blokkeer:
        if key is None:
            raise Gebruiksfout(
                "Een blokkadelijst vraagt een sleutel.",
                waar="instelling sleutel (OA_SLEUTEL)",
                remedie="Stel het pad van een sleutelbestand in, of laat --blokkeer weg.",
            )
        blocklist.extend(settings, key, sorted(wanted.second))  # first: the erased must not slip in again
    inbox = tuple(_clear_inbox(settings, wanted, key))
    touched = {
        levering.levering_id: rows
        for levering in store.stored(settings)
        if (rows := _erase(settings, levering, wanted.second))
    }
    if bestand is not None and bestand.resolve().is_relative_to(settings.home):
        bestand.unlink(missing_ok=True)
        manifest_path(bestand).unlink(missing_ok=True)
    return Vergeten(len(wanted.second), tuple(sorted(touched)), sum(touched.values()), inbox, blokkeer)


def sweep(settings: Settings, pseudoniemen: Sequence[str], *, stap: int) -> list[Path]:
    """Files under OA_HOME that still hold the bytes of one of the pseudonyms: proof that an erasure is
    whole.
    """
    wanted = _wanted(pseudoniemen, stap, read_key(settings.sleutel) if settings.sleutel else None)
    return [
        path for path in sorted(settings.home.rglob("*")) if path.is_file() and _holds_bytes(path, wanted)
    ]


def _wanted(pseudoniemen: Sequence[str], stap: int, key: Key | None) -> _Wanted:
    if not pseudoniemen or not all(map(_HEX64.fullmatch, pseudoniemen)) or stap not in (1, 2):
        raise Gebruiksfout(
            "De lijst bevat geen pseudoniemen.",
            remedie="Laat de bronhouder haar maken met `oa pseudonymise`; geef nooit een nummer of naam op.",
        )
    if stap == 2:
        return _Wanted(frozenset(), frozenset(pseudoniemen))
    if key is None:
        raise Gebruiksfout(
            "De pseudoniemen zijn van stap 1 en er is geen sleutel voor stap 2.",
            waar="instelling sleutel (OA_SLEUTEL)",
            remedie="Stel het pad van sleutel 2 in.",
        )
    return _Wanted(frozenset(pseudoniemen), frozenset(step2_many(key, pseudoniemen)))


def _check_key(settings: Settings, stap: int, vingerafdruk: str, key: Key | None) -> None:
    """A list made with another key would erase nobody and say that it is done."""
    used = {
        levering.vingerafdruk
        for levering in store.stored(settings)
        if levering.stap == stap and levering.vingerafdruk
    }
    if stap == 2 and key is not None:
        used.add(key.fingerprint)
    if vingerafdruk and used and vingerafdruk not in used:
        raise Gebruiksfout(
            f"De lijst is gemaakt met een andere sleutel van stap {stap} dan de leveringen: vingerafdruk "
            f"{vingerafdruk}, verwacht {', '.join(sorted(used))}.",
            waar="manifest van de lijst",
            remedie="Laat de bronhouder de lijst opnieuw maken met de sleutel van de regio.",
        )


def _erase(settings: Settings, levering: Levering, second: frozenset[str]) -> int:
    """Rewrite a delivery without these persons; how many rows went."""
    contract = load_contract(levering.contract)
    person = contract.of_kind("pseudoniem")[0].name
    path = str(levering.pad).replace("'", "''")
    with reference.connect(settings) as con:
        _load(con, second)
        held = con.execute(
            f"SELECT count(*) FROM read_parquet('{path}') WHERE {person} IN (SELECT naam FROM vergeten)"
        ).fetchone()
        if not held or not held[0]:
            return 0
        written = write_rows(
            con,
            f"SELECT {', '.join(contract.names)} FROM read_parquet('{path}') "
            f"WHERE {person} NOT IN (SELECT naam FROM vergeten)",
            contract,
            store.draft_rows(levering),
            None,
        ).teller
    store.replace_rows(levering, written.rijen, written.profiel(geleverd=written.rijen))
    return int(held[0])


def _load(con: duckdb.DuckDBPyConnection, names: frozenset[str]) -> None:
    table = pa.table({"naam": pa.array(sorted(names), pa.string())})
    con.register("binnen", table)
    con.execute("CREATE OR REPLACE TEMP TABLE vergeten AS SELECT naam FROM binnen")
    con.unregister("binnen")


def _clear_inbox(settings: Settings, wanted: _Wanted, key: Key | None) -> Iterator[str]:
    """Remove from inbox/ every file that holds one of the persons: a bronhouder's file is not edited.

    What it held is in the deliveries already, or must be delivered again without these persons.
    """
    if not settings.inbox.is_dir():
        return
    for path in sorted(settings.inbox.iterdir()):
        if path.is_file() and (_holds_bytes(path, wanted) or _holds_rows(settings, path, wanted, key)):
            shown = shown_name(path, sha256_of(path))
            path.unlink()
            manifest_path(path).unlink(missing_ok=True)
            yield shown


def _holds_rows(settings: Settings, path: Path, wanted: _Wanted, key: Key | None) -> bool:
    """True if a file that packs its text (Parquet, a workbook) holds one of the persons: only reading tells.

    With persons known by step 2 alone, the pseudonyms of the file take that step here.
    """
    try:
        with reference.connect(settings) as con, open_delivery(path, None, con) as lezing:
            for name in map(identifier, lezing.columns):
                found = con.execute(
                    f"SELECT DISTINCT {name} FROM ({lezing.relation}) "
                    f"WHERE regexp_full_match({name}, '[0-9a-f]{{64}}')"
                )
                while rows := found.fetchmany(_ROWS):
                    names = [value for (value,) in rows]
                    second = step2_many(key, names) if key is not None and not wanted.first else names
                    if not wanted.first.isdisjoint(names) or not wanted.second.isdisjoint((*names, *second)):
                        return True
    except (LeveringGeweigerd, duckdb.Error):
        return False
    return False


def _holds_bytes(path: Path, wanted: _Wanted) -> bool:
    """True if one of the pseudonyms stands in the bytes of the file, or of a member of a zip (a workbook)."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            members = [item for item in archive.infolist() if item.file_size <= _MOST_UNPACKED]
            for item in members:
                with archive.open(item) as stream:
                    if _stream_holds(stream, wanted):
                        return True
    with path.open("rb") as stream:
        return _stream_holds(stream, wanted)


def _stream_holds(stream: object, wanted: _Wanted) -> bool:
    names = {name.encode("ascii") for name in wanted.first | wanted.second}
    tail = b""
    while block := stream.read(_BLOCK):  # type: ignore[attr-defined]
        data = tail + block
        if any(match in names for match in _windows(data)):
            return True
        tail = data[-127:]
    return False


def _windows(data: bytes) -> Iterator[bytes]:
    """Every run of 64 hex characters, also inside longer runs (a database file does not keep them apart)."""
    for run in re.finditer(rb"[0-9a-f]{64,}", data):
        text = run.group()
        for start in range(len(text) - 63):
            yield text[start : start + 64]
