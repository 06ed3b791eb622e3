"""The releases of an installation: when, by whose consent, what was checked, and how much is not shown.

Lives here: reading that from the publication folders. Not here: the figures themselves (release) or how it is shown
(status_page).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pipelines.report.figure import AFGEROND, GETOOND, NIET_TE_BEPALEN, ONDERDRUKT
from pipelines.report.release import TABLES

STATUSES = (GETOOND, AFGEROND, ONDERDRUKT, NIET_TE_BEPALEN)


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


def _read(folder: Path, profiel: str, newest: bool) -> Uitgave:
    meta = json.loads((folder / "release.json").read_text(encoding="utf-8"))
    checks = [check for proof in meta.get("bewijs") or () for check in proof.get("controles") or ()]
    return Uitgave(
        profiel,
        folder.name,
        newest,
        str(meta.get("gepubliceerd_op") or ""),
        str(meta.get("akkoord") or ""),
        str(meta.get("nieuwste_leverdatum") or "")[:10],
        len(checks),
        sum(not check.get("geslaagd", False) for check in checks),
        _counted(folder) if newest else (),
    )


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
