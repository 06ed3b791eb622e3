"""Bringing the public reference data up to date: all that was asked for, or nothing.

Lives here: the order of things and the clock. Not here: fetching (fetch), layouts (duo, cbs) and writing
(tables).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory

from pipelines.errors import Gebruiksfout
from pipelines.progress import Meld
from pipelines.progress import meld as tell
from pipelines.reference import cbs, duo
from pipelines.reference.documents import Documenten
from pipelines.reference.sources import Bron, catalogue, chosen
from pipelines.reference.tables import Herkomst, Inhoud, as_csv, write_all
from pipelines.resources import resource_dir
from pipelines.settings import Settings

_WERKMAP = ".bijwerken-"


@dataclass(frozen=True)
class Tabel:
    """One table that is now in `referentie/`."""

    naam: str
    bron: str
    rijen: int
    peildatum: str
    sha256: str
    gewijzigd: bool


@dataclass(frozen=True)
class Bijgewerkt:
    """What an update did: the tables, and what a person should look at."""

    tabellen: tuple[Tabel, ...]
    waarschuwingen: tuple[str, ...]


def update(
    settings: Settings,
    bronnen: Iterable[str] | None = None,
    van: Mapping[str, str | Path] | None = None,
    meld: Meld = tell,
    *,
    bekend: Mapping[str, Bron] | None = None,
    wacht: Callable[[float], None] = time.sleep,
    nu: datetime | None = None,
) -> Bijgewerkt:
    """Fetch the sources (all, or those named) and replace their tables in `referentie/`.

    `van` gives another address, file or (CBS) folder per source; `bekend`, `wacht` and `nu` are the
    catalogue, the pause between attempts and the clock. The caller holds the lock. OaError or Gebruiksfout if
    anything is wrong; then nothing has changed.
    """
    known = catalogue() if bekend is None else bekend
    todo = chosen(bronnen, known)
    places = dict(van or {})
    if stray := sorted(set(places) - {bron.naam for bron in todo}):
        raise Gebruiksfout(
            f"Deze bron wordt niet bijgewerkt: {', '.join(stray)}.",
            waar="--van",
            remedie=f"Kies uit: {', '.join(bron.naam for bron in todo)}.",
        )
    now = nu or datetime.now(UTC)
    settings.prepare_home()
    for left_over in settings.referentie.glob(f"{_WERKMAP}*"):  # of an update that was killed
        rmtree(left_over, ignore_errors=True)
    with TemporaryDirectory(dir=settings.referentie, prefix=_WERKMAP) as folder:
        werkmap = Path(folder)
        documents = {
            bron.naam: Documenten(bron, places.get(bron.naam), werkmap, wacht=wacht) for bron in todo
        }
        tables: list[tuple[Herkomst, bytes]] = []
        warnings: list[str] = []
        for bron, content in _contents(todo, documents, now, meld):
            data = as_csv(content)
            tables.append((_origin(bron, documents[bron.naam], content, data, now), data))
            warnings += content.waarschuwingen
        result = tuple(_table(settings, note) for note, _ in tables)
        write_all(settings.referentie, werkmap, tables)
    return Bijgewerkt(result, tuple(warnings))


def _contents(
    todo: list[Bron], documents: Mapping[str, Documenten], now: datetime, meld: Meld
) -> Iterable[tuple[Bron, Inhoud]]:
    seeds = resource_dir("seeds")
    telling: duo.Telling | None = None  # leerlingen comes before vestigingen, which needs it
    for bron in sorted(todo, key=lambda item: item.naam == "vestigingen"):
        meld(f"{bron.uitgever}: {bron.titel}")
        found = documents[bron.naam]
        if bron.naam == "leerlingen":
            telling = duo.Telling(found.bestand(), bron)
            yield bron, duo.leerlingen(telling, seeds / "ref_noemer_leerling.csv")
        elif bron.naam == "vestigingen" and telling is not None:
            path = found.bestand()
            found.gebruikt |= documents["leerlingen"].gebruikt
            yield (
                bron,
                duo.vestigingen(
                    path,
                    bron,
                    telling,
                    seeds / "ref_vestiging.csv",
                    seeds / "ref_swv_gemeente.csv",
                    found.gewijzigd_op or now.date().isoformat(),
                ),
            )
        elif bron.naam == "gemeenten":
            yield bron, cbs.gemeenten(found, seeds / "ref_gemeente.csv")
        elif bron.naam == "jeugd":
            yield bron, cbs.jeugd(found, now.year)
        elif bron.naam == "jeugdhulp":
            yield bron, cbs.jeugdhulp(found)
        else:
            raise ValueError(f"no conversion for source {bron.naam}")


def _origin(bron: Bron, found: Documenten, content: Inhoud, data: bytes, now: datetime) -> Herkomst:
    return Herkomst(
        tabel=bron.tabel,
        bron=bron.naam,
        uitgever=bron.uitgever,
        titel=bron.titel,
        licentie=bron.licentie,
        pagina=bron.pagina,
        peildatum=content.peildatum,
        opgehaald_op=now.astimezone(UTC).isoformat(timespec="seconds"),
        rijen=len(content.rijen),
        documenten=dict(found.gebruikt),
        sha256_tabel=sha256(data).hexdigest(),
    )


def _table(settings: Settings, note: Herkomst) -> Tabel:
    before = settings.referentie / f"{note.tabel}.csv"
    same = before.is_file() and sha256(before.read_bytes()).hexdigest() == note.sha256_tabel
    return Tabel(note.tabel, note.bron, note.rijen, note.peildatum, note.sha256_tabel, not same)
