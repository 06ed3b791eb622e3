"""From inbox/ to stored deliveries: what is new, what is known, what is refused, one file at a time.

Lives here: `take_in` and `check_file`, and telling whether a file is new. Not here: judging (check), storing
(store), notes (quarantine). Each file is either wholly in or not at all, wherever the process stops.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb

from pipelines.contracts import contract_names, load_contract
from pipelines.contracts.verwerking import BESTAND as VERWERKING
from pipelines.contracts.verwerking import read_verwerking
from pipelines.errors import Gebruiksfout, OaError
from pipelines.intake import lifecycle, quarantine, reference, store
from pipelines.intake.arrival import Stamp, being_written, stamp
from pipelines.intake.blocklist import Blocklist
from pipelines.intake.check import Beoordeling, Regio, judge
from pipelines.intake.levering import (
    Levering,
    is_delivery,
    levering_id,
    manifest_path,
    sha256_of,
    shown_name,
)
from pipelines.intake.oordeel import Oordeel
from pipelines.intake.profile import profile
from pipelines.intake.quarantine import Weigering
from pipelines.intake.reading import Lezing
from pipelines.keys import Key, read_key
from pipelines.reference import fetched_files
from pipelines.settings import Settings

Meld = Callable[[str], None]
# Copies that a reader makes hold pseudonyms of step 1, so they stay where those already lie.
TIJDELIJK = ".tijdelijk"


@dataclass
class Inname:
    """What one round over inbox/ did.

    `in_bewerking` files are still being written and were left alone; `verwijderd` are refused files that lay
    in inbox/ longer than the setting allows.
    """

    aangenomen: list[Levering] = field(default_factory=list)
    geweigerd: list[Weigering] = field(default_factory=list)
    verwijderd: list[str] = field(default_factory=list)
    eerder_geweigerd: list[str] = field(default_factory=list)
    in_bewerking: list[str] = field(default_factory=list)
    bekend: int = 0


def take_in(settings: Settings, meld: Meld = lambda _: None, *, vandaag: date | None = None) -> Inname:
    """Take in every new delivery of inbox/ (the caller holds the lock of OA_HOME).

    Outside the demo a file leaves inbox/ when it is in, and so does one that was refused long ago.

    Raises Gebruiksfout if key 2 is needed and not set, or outside the demo if `verwerking.toml` is missing or
    not complete; a bad delivery is refused, never raised.
    """
    inname = Inname()
    store.clear_leftovers(settings)
    lifecycle.clear_ended(settings)
    shutil.rmtree(settings.inbox / TIJDELIJK, ignore_errors=True)
    files = _files(settings)
    if not files:
        return inname
    with _Round(settings, vandaag or date.today(), accountable=True) as ronde:
        for number, path in enumerate(files, 1):
            ronde.take(path, inname, lambda text, n=number: meld(f"levering {n} van {len(files)}: {text}"))
    return inname


def has_new(settings: Settings, *, vandaag: date | None = None) -> bool:
    """True if take_in would do anything with a file in inbox/; judges nothing and writes nothing."""
    files = _files(settings)
    if not files:
        return False
    with _Round(settings, vandaag or date.today(), accountable=False) as ronde:
        return not all(ronde.settled(path) for path in files)


def _files(settings: Settings) -> list[Path]:
    return sorted(filter(is_delivery, settings.inbox.iterdir())) if settings.inbox.is_dir() else []


def check_file(path: Path, settings: Settings) -> Oordeel:
    """Judge one file as take_in would, without taking it in or writing anything."""
    path = Path(path)
    if not path.is_file():
        raise Gebruiksfout("Het bestand bestaat niet.", waar=path.name, remedie="Controleer het pad.")
    with _Round(settings, date.today(), accountable=False) as ronde, ronde.judged(path) as beoordeling:
        return beoordeling.oordeel


class _Round:
    """One round over inbox/: a connection with the reference on it, and what was known at the start."""

    def __init__(self, settings: Settings, vandaag: date, *, accountable: bool) -> None:
        self.settings = settings
        self.vandaag = vandaag
        self.key: Key | None = read_key(settings.sleutel) if settings.sleutel else None
        self.stored = {levering.levering_id: levering for levering in store.stored(settings)}
        self.ended = {(record["bestand"], record["sha256"]) for record in lifecycle.ended(settings)}
        self.refused = quarantine.refused(settings)
        self.verlopen = lifecycle.expired_schooljaren(settings)
        self.verwerking = None
        if not settings.demo and (accountable or (settings.home / VERWERKING).is_file()):
            self.verwerking = read_verwerking(settings.home)
        self.blocklist = Blocklist(settings, self.key)
        self._con: duckdb.DuckDBPyConnection | None = None

    def __enter__(self) -> _Round:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._con is not None:
            self._con.close()

    @property
    def con(self) -> duckdb.DuckDBPyConnection:
        """The connection with the reference on it, made when the first file has to be judged."""
        if self._con is None:
            self._con = reference.connect(self.settings)
            reference.load_reference(self._con, self.settings)
        return self._con

    def settled(self, path: Path) -> bool:
        """True if the file is known and stays, was refused and still is, or is being written."""
        if stamp(path) is None or being_written(path):
            return True
        sha256 = sha256_of(path)
        if self._known(path, sha256):
            return self.settings.demo
        record = self.refused.get(shown_name(path, sha256), {})
        return record.get("kenmerk") == self._signature(path, sha256) and not self._outdated(record)

    def take(self, path: Path, inname: Inname, meld: Meld) -> None:
        before = stamp(path)
        if before is None or being_written(path):
            inname.in_bewerking.append(shown_name(path, "onbekend"))
            return
        sha256 = sha256_of(path)
        shown = shown_name(path, sha256)
        if self._known(path, sha256):
            inname.bekend += 1
            self._remove(path)
            return
        signature = self._signature(path, sha256)
        if self.refused.get(shown, {}).get("kenmerk") == signature:
            if self._outdated(self.refused[shown]):
                self._remove(path)
                self._remove(manifest_path(path))
                inname.verwijderd.append(shown)
            else:
                inname.eerder_geweigerd.append(shown)
            return
        meld(f"{shown} beoordelen")
        with self.judged(path, sha256) as beoordeling:
            if stamp(path) != before:
                inname.in_bewerking.append(shown)
            elif not beoordeling.oordeel.goed:
                meld(f"{shown} geweigerd")
                inname.geweigerd.append(
                    quarantine.refuse(self.settings, beoordeling.oordeel, signature, self.vandaag)
                )
            elif (levering := self._store(path, before, beoordeling)) is None:
                inname.in_bewerking.append(shown)
            else:
                quarantine.lift(self.settings, shown)
                self.stored[levering.levering_id] = levering
                inname.aangenomen.append(levering)
                self._remove(path)

    @contextmanager
    def judged(self, path: Path, sha256: str | None = None) -> Iterator[Beoordeling]:
        """The verdict on a file; what was opened to reach it stays open for as long as the context lasts."""
        opened: list[Lezing] = []
        regio = Regio(
            leveringen=store.newest(list(self.stored.values())),
            contact=self.settings.contact,
            vingerafdruk2=self.key.fingerprint if self.key else None,
            manifest_required=not self.settings.demo,
            referentie=self.settings.referentie,
            tijdelijk=self.settings.inbox / TIJDELIJK,
            verwerking=self.verwerking,
            verlopen=self.verlopen,
            vandaag=self.vandaag,
        )
        try:
            yield judge(path, self.con, regio, opened, sha256)
        except duckdb.OutOfMemoryException:
            raise OaError(
                "Het geheugen is te klein voor deze levering.",
                waar="instelling geheugen",
                remedie="Geef meer geheugen, bijvoorbeeld OA_GEHEUGEN=2GB.",
            ) from None
        finally:
            for lezing in opened:
                lezing.close()

    def _known(self, path: Path, sha256: str) -> bool:
        """True if this very delivery came in before; the name counts, because it holds the leverdatum."""
        return (path.name, sha256) in self.ended or any(
            levering.sha256 == sha256 and levering.bestand == path.name for levering in self.stored.values()
        )

    def _remove(self, path: Path) -> None:
        """A delivery that is in, or was refused long ago, need not lie in inbox/; its manifest may stay."""
        if not self.settings.demo:
            path.unlink(missing_ok=True)

    def _outdated(self, record: dict[str, object]) -> bool:
        since = self.vandaag - date.fromisoformat(str(record["geweigerd_op"]))
        return not self.settings.demo and since > timedelta(self.settings.bewaar_geweigerd_dagen)

    def _signature(self, path: Path, sha256: str) -> str:
        """Of all that a verdict rests on: a refused file is judged again when one of these changed."""
        files = [
            manifest_path(path),
            self.settings.referentie / reference.VESTIGINGEN,
            *fetched_files(self.settings),
            *sorted((self.settings.referentie / "koppelingen").glob("*.yaml")),
        ]
        agreed = sorted(self.verwerking.overeenkomsten.items()) if self.verwerking else []
        current = [f"{code}:{self.vandaag <= day}" for code, day in agreed]
        parts = [
            sha256,
            *current,
            *(sha256_of(item) if item.is_file() else "-" for item in files),
            str(self.settings.demo),
            self.key.fingerprint if self.key else "-",
            *sorted({f"{levering.stap}:{levering.vingerafdruk}" for levering in self.stored.values()}),
            *(f"{name}:{load_contract(name).version}" for name in contract_names()),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _store(self, path: Path, before: Stamp, beoordeling: Beoordeling) -> Levering | None:
        oordeel, contract = beoordeling.oordeel, beoordeling.contract
        if contract is None or oordeel.naam is None or not oordeel.goed:
            raise ValueError("only a good delivery is stored")
        naam, manifest = oordeel.naam, oordeel.manifest
        stap = manifest.stap if manifest else 1
        key = self._key() if stap == 1 else None
        draft = store.Draft(self.settings)
        try:
            rows, blocked = store.write_rows(
                self.con,
                beoordeling.select,
                contract,
                draft.rows,
                key,
                self.blocklist.blocked if self.blocklist else None,
            )
            profiel = profile(
                draft.rows,
                contract,
                self.con,
                geleverd=oordeel.rijen - blocked,
                weggelaten=oordeel.weggelaten,
            )
            dropped = sum(item.aantal for item in oordeel.overgeslagen)
            if stamp(path) != before or rows + blocked + dropped < oordeel.rijen:
                draft.discard()
                return None
            levering = Levering(
                levering_id=levering_id(naam, oordeel.sha256),
                contract=naam.contract,
                contractversie=contract.version,
                bronhouder=naam.bronhouder,
                schooljaar=naam.schooljaar,
                leverdatum=naam.leverdatum,
                rijen=rows,
                sha256=oordeel.sha256,
                stap=stap,
                vingerafdruk=manifest.vingerafdruk if manifest else None,
                bestand=path.name,
                volgnummer=1 + max((item.volgnummer for item in self.stored.values()), default=0),
                aangenomen_op=self.vandaag.isoformat(),
                pad=draft.rows,
            )
            extra = {
                "overgeslagen": oordeel.as_dict()["overgeslagen"],
                "geblokkeerd": blocked,
                "gemaakt_op": manifest.gemaakt_op if manifest else None,
            }
            return draft.commit(levering, profiel, extra)
        except BaseException:
            draft.discard()
            raise

    def _key(self) -> Key:
        if self.key is None:
            raise Gebruiksfout(
                "Er is geen sleutel voor stap 2 van de pseudonimisering, en de levering heeft alleen stap 1.",
                waar="instelling sleutel (OA_SLEUTEL)",
                remedie="Stel het pad van het bestand met sleutel 2 in, of laat de TTP stap 2 zetten.",
            )
        return self.key
