"""The releases of an installation: when, by whose consent, what was checked, and how much is not shown.

Lives here: reading that from the publication folders. Not here: the figures themselves (release) or how it is shown
(status_page).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.report.figure import AFGEROND, GETOOND, NIET_TE_BEPALEN, ONDERDRUKT
from pipelines.report.release import TABLES

STATUSES = (GETOOND, AFGEROND, ONDERDRUKT, NIET_TE_BEPALEN)


@dataclass(frozen=True)
class Poort:
    """What one gate found: how many checks, and which were not good (with how many that differ)."""

    poort: str
    controles: int
    niet_goed: tuple[str, ...]


@dataclass(frozen=True)
class Verlies:
    """What protection cost a table: cells that could be known, hidden (as too small or to protect those), rounded.

    `verborgen_per_100`: of every 100 pupils (or arrangementen) at most those in hidden cells; `afwijking`: how far
    rounded figures lie off on average; `tegen_vorige`: by how many of every 100 cells more says something than in the
    release before. None where the release does not tell.
    """

    tabel: str
    cellen: int
    verborgen: int
    primair: int | None
    aanvullend: int | None
    afgerond: int
    verborgen_per_100: float | None
    afwijking: float | None
    tegen_vorige: float | None


@dataclass(frozen=True)
class Niveau:
    """Counts of all tables about one kind of area, by how they are told."""

    niveau: str
    getoond: int
    afgerond: int
    verborgen: int

    @property
    def alles(self) -> int:
        return self.getoond + self.afgerond + self.verborgen


@dataclass(frozen=True)
class Kosten:
    """Over all tables: the release that this is set against, by niveau, and of the dearest table why and what to do."""

    tegen_uitgave: str | None
    niveaus: tuple[Niveau, ...]
    reden: str
    advies: str


@dataclass(frozen=True)
class Uitgave:
    """One release. `cijfers` counts figures per table and status (in the order of STATUSES)."""

    profiel: str
    release: str
    nieuwste: bool
    gepubliceerd_op: str
    akkoord: str
    leverdatum: str
    controles: int
    afwijkend: int
    cijfers: tuple[tuple[str, tuple[int, ...]], ...]
    poorten: tuple[Poort, ...] = ()
    informatieverlies: tuple[Verlies, ...] = ()
    kosten: Kosten | None = None

    @property
    def verborgen(self) -> float | None:
        """Of every 100 cells that could be known, those hidden, as the release itself tells."""
        cells = sum(each.cellen for each in self.informatieverlies)
        hidden = sum(each.verborgen for each in self.informatieverlies)
        return 100 * hidden / cells if cells else None

    @property
    def verlies(self) -> float | None:
        """Of every 100 figures that could be known, those that are not shown."""
        shown, rounded, hidden = (sum(counts[place] for _, counts in self.cijfers) for place in range(3))
        known = shown + rounded + hidden
        return 100 * hidden / known if known else None


def releases(publication: Path, profiel: str) -> list[Uitgave]:
    """The releases of a profiel, newest first; the figures are counted for the current one only."""
    current = (publication / profiel / "current").resolve()
    folders = [file.parent for file in (publication / profiel / "releases").glob("*/release.json")]
    found = [_read(folder, profiel, folder.resolve() == current) for folder in folders]
    return sorted(found, key=lambda each: (each.gepubliceerd_op, each.release), reverse=True)


def previous(release: Path) -> Path | None:
    """The release of the same profiel that was published before this one; None for the first, or outside a shelf."""
    own = release.resolve()
    if own.parent.name != "releases":
        return None

    def moment(folder: Path) -> tuple[str, str]:
        meta = json.loads((folder / "release.json").read_text(encoding="utf-8"))
        return str(meta.get("gepubliceerd_op") or ""), folder.name

    found = {moment(file.parent): file.parent for file in own.parent.glob("*/release.json")}
    earlier = [key for key in found if key < moment(own)]
    return found[max(earlier)] if earlier else None


def _read(folder: Path, profiel: str, newest: bool) -> Uitgave:
    meta = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    gates = tuple(_gate(proof) for proof in meta.get("bewijs") or ())
    return Uitgave(
        profiel,
        folder.name,
        newest,
        str(meta.get("gepubliceerd_op") or ""),
        str(meta.get("akkoord") or ""),
        str(meta.get("nieuwste_leverdatum") or "")[:10],
        sum(gate.controles for gate in gates),
        sum(len(gate.niet_goed) for gate in gates),
        _counted(folder) if newest else (),
        gates,
        tuple(_lost(table, found) for table, found in sorted((meta.get("informatieverlies") or {}).items())),
        costs(meta),
    )


def _gate(proof: dict[str, Any]) -> Poort:
    checks = proof.get("controles") or ()
    wrong = [
        f"{check.get('naam')} ({check.get('aantal_afwijkend', '?')})"
        for check in checks
        if not check.get("geslaagd", False)
    ]
    return Poort(str(proof.get("poort") or "onbekend"), len(checks), tuple(wrong))


def _lost(table: str, found: dict[str, Any]) -> Verlies:
    small, other = found.get("primair"), found.get("aanvullend")
    return Verlies(
        table,
        int(found.get("cellen", 0)),
        int(found.get("verborgen", (small or 0) + (other or 0))),
        small,
        other,
        int(found.get("afgerond", 0)),
        _per_100(found.get("aandeel_verborgen")),
        found.get("afwijking"),
        _per_100((found.get("tegen_vorige") or {}).get("zegt_iets")),
    )


def _per_100(share: float | None) -> float | None:
    return None if share is None else 100 * share


def costs(meta: dict[str, Any]) -> Kosten | None:
    """What a release.json tells over all its tables; None if it does not."""
    told = meta.get("informatieverlies_samengevat")
    if told is None:
        return None
    first = told["duurste_tabel"] or {"reden": "", "advies": ""}
    levels = tuple(Niveau(name, **tally) for name, tally in told["per_niveau"].items())
    return Kosten(told["tegen_uitgave"], levels, first["reden"], first["advies"])


def names(publication: Path) -> dict[tuple[str, str], str]:
    """Names of gemeenten and besturen in the current releases, by soort and code; none before the first."""
    import pyarrow.parquet as pq

    found: dict[tuple[str, str], str] = {}
    for soort in ("gemeente", "bestuur"):
        for file in sorted(publication.glob(f"*/current/parquet/dim_{soort}.parquet")):
            for row in pq.read_table(file, columns=[soort, "naam"]).to_pylist():
                found[soort, row[soort]] = str(row["naam"] or row[soort])
    return found


def _counted(folder: Path) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Figures per table and status: a table with several figures has a status for each."""
    import duckdb

    counted = []
    con = duckdb.connect(config={"threads": 1})
    for table, (_, figures) in TABLES.items():
        file = folder / "parquet" / f"{table}.parquet"
        if not file.is_file():
            continue
        path = str(file).replace("'", "''")
        names = {row[0] for row in con.execute(f"DESCRIBE FROM read_parquet('{path}')").fetchall()}
        own = [f"{figure}_status" for figure in figures if f"{figure}_status" in names] or ["status"]
        parts = " UNION ALL ".join(f"SELECT \"{name}\" AS s FROM read_parquet('{path}')" for name in own)
        rows = con.execute(f"SELECT s, count(*) FROM ({parts}) GROUP BY s").fetchall()
        tally = {str(status): int(number) for status, number in rows}
        counted.append((table, tuple(tally.get(status, 0) for status in STATUSES)))
    con.close()
    return tuple(counted)
