"""One round over inbox/: each file is known, taken in, refused or left, and wholly in or not at all.

Lives here: what is asked of one file after another, reading sound ones ahead in one pass, and committing. Not
here: which files there are (inbox), judging (check, stream), storing (store), notes (quarantine).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import duckdb

from pipelines.contracts import Contract, contract_names, load_contract
from pipelines.contracts.verwerking import BESTAND as VERWERKING
from pipelines.contracts.verwerking import read_verwerking
from pipelines.errors import Gebruiksfout, LeveringGeweigerd, OaError
from pipelines.intake import lifecycle, quarantine, reference, store, stream
from pipelines.intake.arrival import Stamp, being_written, stamp
from pipelines.intake.blocklist import Blocklist
from pipelines.intake.check import Beoordeling, Regio, Toegelaten, admit, judge
from pipelines.intake.holdings import Holdings
from pipelines.intake.levering import (
    Levering,
    levering_id,
    manifest_path,
    sha256_of,
    shown_name,
)
from pipelines.intake.manifest import check_region
from pipelines.intake.oordeel import Oordeel
from pipelines.intake.quarantine import Weigering
from pipelines.intake.reading import Lezing
from pipelines.intake.rows import Blocked, Schrijver, write_rows
from pipelines.intake.stream import Bestemming
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


@dataclass(frozen=True)
class Read:
    """A delivery of which every row is sound and written already; it only counts once it is committed."""

    before: Stamp
    levering: Toegelaten
    draft: store.Draft
    rows: Schrijver


class Round:
    """One round over inbox/: a connection with the reference on it, and what was known at the start."""

    def __init__(self, settings: Settings, vandaag: date, *, accountable: bool) -> None:
        self.settings = settings
        self.vandaag = vandaag
        self.key: Key | None = read_key(settings.sleutel) if settings.sleutel else None
        ended = ((record["bestand"], record["sha256"]) for record in lifecycle.ended(settings))
        self.holdings = Holdings(store.stored(settings), ended)
        self.refused = quarantine.refused(settings)
        self.verlopen = lifecycle.expired_schooljaren(settings)
        self.verwerking = None
        if not settings.demo and (accountable or (settings.home / VERWERKING).is_file()):
            self.verwerking = read_verwerking(settings.home)
        self.blocklist = Blocklist(settings, self.key)
        self._con: duckdb.DuckDBPyConnection | None = None
        self._reference = self._signature_of_reference()

    def __enter__(self) -> Round:
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

    @cached_property
    def _bronhouders(self) -> frozenset[tuple[str, str]]:
        return reference.bronhouders(self.con)

    def settled(self, path: Path) -> bool:
        """True if the file is known and stays, was refused and still is, or is being written."""
        if stamp(path) is None or being_written(path):
            return True
        sha256 = sha256_of(path)
        if self.holdings.known(path.name, sha256):
            return self.settings.demo
        record = self.refused.get(shown_name(path, sha256), {})
        return record.get("kenmerk") == self._signature(path, sha256) and not self._outdated(record)

    @contextmanager
    def ahead(self, files: list[Path]) -> Iterator[dict[Path, Read]]:
        """Those of the files that are new and sound, read together before it is their turn.

        Whatever is special about a file leaves it out: then its turn comes as if this had not happened. What was
        read and is not committed when the context ends is gone.
        """
        opened: list[Lezing] = []
        drafts: list[store.Draft] = []
        try:
            yield self._read_ahead(files, opened, drafts)
        finally:
            for lezing in opened:
                lezing.close()
            for draft in drafts:
                draft.discard()

    def _read_ahead(
        self, files: list[Path], opened: list[Lezing], drafts: list[store.Draft]
    ) -> dict[Path, Read]:
        waiting: dict[Bestemming, tuple[Path, Stamp, store.Draft]] = {}
        for path in files:
            before = stamp(path)
            if before is None or being_written(path):
                continue
            sha256 = sha256_of(path)
            if self.holdings.known(path.name, sha256) or shown_name(path, sha256) in self.refused:
                continue
            admitted = admit(path, self.con, self._regio(), opened, sha256)
            if isinstance(admitted, Beoordeling) or not stream.readable(admitted):
                continue
            key = self.key if admitted.oordeel.stap == 1 else None
            if admitted.oordeel.stap == 2 or key is not None:
                drafts.append(store.Draft(self.settings))
                item = Bestemming(admitted, drafts[-1].rows, key)
                waiting[item] = path, before, drafts[-1]
        read: dict[Path, Read] = {}
        for item, rows in stream.read_all(list(waiting), self.con, self._blocked()):
            path, before, draft = waiting[item]
            read[path] = Read(before, item.levering, draft, rows)
        return read

    def take(self, path: Path, inname: Inname, meld: Meld, read: Read | None = None) -> None:
        """Take one file in, refuse it or leave it; `read` is what was read of it ahead, if it was."""
        before = stamp(path)
        if before is None or being_written(path):
            inname.in_bewerking.append(shown_name(path, "onbekend"))
            return
        read = read if read is not None and read.before == before else None
        sha256 = read.levering.oordeel.sha256 if read else sha256_of(path)
        shown = shown_name(path, sha256)
        if self.holdings.known(path.name, sha256):
            inname.bekend += 1
            self._remove(path)
            return
        record = self.refused.get(shown)
        if record is not None and record.get("kenmerk") == self._signature(path, sha256):
            if self._outdated(record):
                self._remove(path)
                self._remove(manifest_path(path))
                inname.verwijderd.append(shown)
            else:
                inname.eerder_geweigerd.append(shown)
            return
        if read is not None and self._same_keys(read.levering):
            oordeel = replace(read.levering.oordeel, rijen=read.rows.teller.rijen)
            levering = self._commit(path, before, oordeel, read.levering.contract, read.draft, read.rows)
            self._settle(path, shown, inname, levering)
            return
        meld(f"{shown} beoordelen")
        with self.judged(path, sha256) as beoordeling:
            if stamp(path) != before:
                inname.in_bewerking.append(shown)
            elif not beoordeling.oordeel.goed:
                meld(f"{shown} geweigerd")
                signature = self._signature(path, sha256)
                inname.geweigerd.append(
                    quarantine.refuse(self.settings, beoordeling.oordeel, signature, self.vandaag)
                )
            else:
                self._settle(path, shown, inname, self._store(path, before, beoordeling))

    def _settle(self, path: Path, shown: str, inname: Inname, levering: Levering | None) -> None:
        """What follows once a delivery is in, or (None) changed while it was judged."""
        if levering is None:
            inname.in_bewerking.append(shown)
            return
        quarantine.lift(self.settings, shown)
        self.holdings.add(levering)
        inname.aangenomen.append(levering)
        self._remove(path)

    @contextmanager
    def judged(self, path: Path, sha256: str | None = None) -> Iterator[Beoordeling]:
        """The verdict on a file; what was opened to reach it stays open for as long as the context lasts."""
        opened: list[Lezing] = []
        try:
            yield judge(path, self.con, self._regio(), opened, sha256)
        except duckdb.OutOfMemoryException:
            raise OaError(
                "Het geheugen is te klein voor deze levering.",
                waar="instelling geheugen",
                remedie="Geef meer geheugen, bijvoorbeeld OA_GEHEUGEN=2GB.",
            ) from None
        finally:
            for lezing in opened:
                lezing.close()

    def _regio(self) -> Regio:
        return Regio(
            bronhouders=self._bronhouders,
            sleutels=self.holdings.keys_in_use(),
            contact=self.settings.contact,
            vingerafdruk2=self.key.fingerprint if self.key else None,
            manifest_required=not self.settings.demo,
            referentie=self.settings.referentie,
            # A bronhouder that checks its own delivery has no inbox/, and gets none.
            tijdelijk=self.settings.inbox / TIJDELIJK if self.settings.inbox.is_dir() else None,
            verwerking=self.verwerking,
            verlopen=self.verlopen,
            vandaag=self.vandaag,
        )

    def _same_keys(self, levering: Toegelaten) -> bool:
        """True if the delivery still agrees with all others, now that some may have come in since it was read."""
        try:
            if levering.manifest is not None:
                check_region(
                    levering.manifest, self.holdings.keys_in_use(), self.key.fingerprint if self.key else None
                )
        except LeveringGeweigerd:
            return False
        return True

    def _blocked(self) -> Blocked | None:
        return self.blocklist.blocked if self.blocklist else None

    def _remove(self, path: Path) -> None:
        """A delivery that is in, or was refused long ago, need not lie in inbox/; its manifest may stay."""
        if not self.settings.demo:
            path.unlink(missing_ok=True)

    def _outdated(self, record: dict[str, object]) -> bool:
        since = self.vandaag - date.fromisoformat(str(record["geweigerd_op"]))
        return not self.settings.demo and since > timedelta(self.settings.bewaar_geweigerd_dagen)

    def _signature(self, path: Path, sha256: str) -> str:
        """Of all that a verdict rests on: a refused file is judged again when one of these changed."""
        parts = [
            sha256,
            _digest(manifest_path(path)),
            *self._reference,
            *self.holdings.keys_ever(),
        ]
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    def _signature_of_reference(self) -> list[str]:
        """What every verdict of this round rests on."""
        files = [
            self.settings.referentie / reference.VESTIGINGEN,
            *fetched_files(self.settings),
            *sorted((self.settings.referentie / "koppelingen").glob("*.yaml")),
        ]
        agreed = sorted(self.verwerking.overeenkomsten.items()) if self.verwerking else []
        return [
            *(f"{code}:{self.vandaag <= day}" for code, day in agreed),
            *map(_digest, files),
            str(self.settings.demo),
            self.key.fingerprint if self.key else "-",
            *(f"{name}:{load_contract(name).version}" for name in contract_names()),
        ]

    def _store(self, path: Path, before: Stamp, beoordeling: Beoordeling) -> Levering | None:
        oordeel, contract = beoordeling.oordeel, beoordeling.contract
        if contract is None or not oordeel.goed:
            raise ValueError("only a good delivery is stored")
        key = self._key() if oordeel.stap == 1 else None
        draft = store.Draft(self.settings)
        try:
            rows = write_rows(self.con, beoordeling.select, contract, draft.rows, key, self._blocked())
            return self._commit(path, before, oordeel, contract, draft, rows)
        except BaseException:
            draft.discard()
            raise

    def _commit(
        self,
        path: Path,
        before: Stamp,
        oordeel: Oordeel,
        contract: Contract,
        draft: store.Draft,
        rows: Schrijver,
    ) -> Levering | None:
        """Make the delivery count; None, and nothing of it left, if the file changed while it was read."""
        naam, manifest, kept = oordeel.naam, oordeel.manifest, rows.teller.rijen
        if naam is None:
            raise ValueError("a delivery without a name is not stored")
        dropped = sum(item.aantal for item in oordeel.overgeslagen)
        if stamp(path) != before or kept + rows.geblokkeerd + dropped < oordeel.rijen:
            draft.discard()
            return None
        levering = Levering(
            levering_id=levering_id(naam, oordeel.sha256),
            contract=naam.contract,
            contractversie=contract.version,
            bronhouder=naam.bronhouder,
            schooljaar=naam.schooljaar,
            leverdatum=naam.leverdatum,
            rijen=kept,
            sha256=oordeel.sha256,
            stap=oordeel.stap,
            vingerafdruk=manifest.vingerafdruk if manifest else None,
            bestand=path.name,
            volgnummer=1 + self.holdings.last_number,
            aangenomen_op=self.vandaag.isoformat(),
            pad=draft.rows,
        )
        profiel = rows.teller.profiel(
            geleverd=oordeel.rijen - rows.geblokkeerd, weggelaten=oordeel.weggelaten
        )
        extra = {
            "overgeslagen": oordeel.as_dict()["overgeslagen"],
            "geblokkeerd": rows.geblokkeerd,
            "gemaakt_op": manifest.gemaakt_op if manifest else None,
        }
        return draft.commit(levering, profiel, extra)

    def _key(self) -> Key:
        if self.key is None:
            raise Gebruiksfout(
                "Er is geen sleutel voor stap 2 van de pseudonimisering, en de levering heeft alleen stap 1.",
                waar="instelling sleutel (OA_SLEUTEL)",
                remedie="Stel het pad van het bestand met sleutel 2 in, of laat de TTP stap 2 zetten.",
            )
        return self.key


def _digest(path: Path) -> str:
    return sha256_of(path) if path.is_file() else "-"
