"""Judges a published table row by row: every shown figure is the oracle's, every hidden one had to be there.

Lives here: reading a release's Parquet files and comparing them. Not here: whether hiding is enough, which is
for the audit.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq

from tests.acceptance.oracle_jaar import ALLES, Cel, Tabel
from tests.acceptance.vergelijk import VORM

ERNST = ("getoond", "afgerond", "onderdrukt", "niet_te_bepalen")
ALLEEN_OOGO = {"ondersteuning_per_bestuur_gemeente", "jeugdhulppartners_per_school"}
ONGEPUBLICEERD = {"grijs_gebied_school_gemeente"}
KWANTIEL = ("mediaan_dagen", "p90_dagen")
# Counts of parties, not of persons: what may be shown depends on the persons behind them alone.
AFGELEID = ("aanbieders", "gemeenten", "swv", "besturen")


def published_tables(profiel: str) -> list[str]:
    skip = ONGEPUBLICEERD | (ALLEEN_OOGO if profiel == "openbaar" else set())
    return [name for name in VORM if name not in skip]


def expected_rows(name: str, tabel: Tabel, profiel: str) -> Tabel:
    """What of a table the profiel publishes: `openbaar` has no single school and no bestuur."""
    if profiel == "openbaar" and name == "ondersteuning_per_school":
        return {key: cel for key, cel in tabel.items() if key[2] == ALLES}
    if profiel == "openbaar" and name == "overlegpartners":
        return {key: cel for key, cel in tabel.items() if key[1] in ("swv", "gemeente")}
    return tabel


def read_rows(release: Path, name: str) -> list[dict[str, object]]:
    return pq.read_table(release / "parquet" / f"{name}.parquet").to_pylist()


def judge_table(
    name: str, rows: list[dict[str, object]], tabel: Tabel, drempel: int
) -> tuple[list[str], Counter]:
    """Findings, and how many figures have which status (zeros and figures that do not exist left out)."""
    vorm = VORM[name]
    seen: Counter = Counter()
    findings = []
    found = {tuple(row[d] for d in vorm.dimensies): row for row in rows}
    if len(found) < len(rows):
        findings.append(f"{name}: rijen met dezelfde dimensies")
    findings += [f"{name}: ontbreekt {key}" for key in sorted(tabel.keys() - found.keys())[:5]]
    findings += [f"{name}: te veel {key}" for key in sorted(found.keys() - tabel.keys())[:5]]
    for key in sorted(tabel.keys() & found.keys()):
        row, cel = found[key], tabel[key]
        if vorm.volledig and row["volledig"] != cel.volledig:
            findings.append(f"{name} {key}: volledig")
        statuses = {figuur: str(row.get(f"{figuur}_status", row["status"])) for figuur in vorm.figuren}
        if row["status"] != max(statuses.values(), key=ERNST.index):
            findings.append(f"{name} {key}: status is niet de zwaarste van de cijfers")
        for figuur, status in statuses.items():
            if wrong := _judge_figure(figuur, row[figuur], status, cel, drempel):
                findings.append(f"{name} {key} {figuur}: {wrong}")
            if cel.figuren[figuur]:
                seen[status] += 1
    return findings, seen


def _judge_figure(figuur: str, value: object, status: str, cel: Cel, drempel: int) -> str | None:
    true, behind = cel.figuren[figuur], cel.achter[figuur]
    unknown = not cel.te_bepalen and (figuur in cel.onbekend if cel.onbekend else True)
    if unknown and not (figuur == "wachtend" and true is None):
        return None if status == "niet_te_bepalen" and value is None else "had niet_te_bepalen moeten zijn"
    if status == "niet_te_bepalen":
        return "is wel te bepalen"
    if status == "onderdrukt":
        return "een verborgen cijfer is leeg" if value is not None or true is None else None
    if status == "afgerond":
        near = isinstance(value, int) and true is not None and abs(value - true) < drempel
        return None if near and value % drempel == 0 else "geen veelvoud van de drempel binnen één drempel"
    if value != true:
        return "is niet wat het orakel telt"
    if not value:
        return None
    if figuur in KWANTIEL:
        enough = cel.figuren["aantal"] >= 10 and min(cel.zijden[figuur]) >= drempel
    else:
        enough = behind >= drempel
    return None if enough else "getoond over te weinig leerlingen"
