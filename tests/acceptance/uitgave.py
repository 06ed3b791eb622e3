"""Judges a published table row by row: every shown figure is the oracle's, every hidden one had to be there.

Lives here: reading a release's Parquet files and comparing them. Not here: whether hiding is enough, which is
for the audit.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path

import pyarrow.parquet as pq

from tests.acceptance.oracle_jaar import ALLES, Cel, Tabel
from tests.acceptance.vergelijk import VORM

ERNST = ("getoond", "afgerond", "onderdrukt", "niet_te_bepalen")
ALLEEN_OOGO = {"ondersteuning_per_bestuur_gemeente", "jeugdhulppartners_per_school"}
OP_SCHOOL_OF_BESTUUR = {"ondersteuning_per_school", "ondersteuning_per_bestuur_gemeente"}
ONGEPUBLICEERD = {"grijs_gebied_school_gemeente"}
OVERIGE = "overige vestigingen"
KWANTIEL = ("mediaan_dagen", "p90_dagen")
# Counts of parties, not of persons: what may be shown depends on the persons behind them alone.
AFGELEID = ("aanbieders", "gemeenten", "swv", "besturen")


def published_tables(profiel: str) -> list[str]:
    skip = ONGEPUBLICEERD | (ALLEEN_OOGO if profiel == "openbaar" else set())
    return [name for name in VORM if name not in skip]


def small_vestigingen(scholen: Tabel, drempel: int) -> set[tuple[str, str]]:
    """(schooljaar, vestigingscode) of the vestigingen that may not stand alone, by the drempel of `oogo`.

    Within a bestuur of a swv: those with fewer than twice the drempel, and then the smallest after them until there
    are two and they hold twice the drempel together, as far as the bestuur has vestigingen at all.
    """
    own: dict[tuple[str, ...], list[tuple[int, str]]] = defaultdict(list)
    for (schooljaar, swv, bestuur, code, categorie), cel in scholen.items():
        if categorie == ALLES and code not in (ALLES, "onbekend"):
            own[schooljaar, swv, bestuur].append((cel.figuren["leerlingen"] or 0, code))
    small = set()
    for (schooljaar, _, _), vestigingen in own.items():
        together: list[tuple[int, str]] = []
        for many, code in sorted(vestigingen):
            enough = len(together) > 1 and sum(one for one, _ in together) >= 2 * drempel
            if many >= 2 * drempel and (not together or enough):
                break
            together.append((many, code))
        small |= {(schooljaar, code) for _, code in together}
    return small


def _put_together(scholen: Tabel, small: set[tuple[str, str]]) -> Tabel:
    """The table with one row for the small vestigingen of a bestuur; none where it has no other vestigingen."""
    result: Tabel = {}
    parts: dict[tuple[str, ...], list[Cel]] = defaultdict(list)
    for key, cel in scholen.items():
        schooljaar, swv, bestuur, code, categorie = key
        if (schooljaar, code) in small:
            parts[schooljaar, swv, bestuur, OVERIGE, categorie].append(cel)
        else:
            result[key] = cel
    for key, cellen in parts.items():
        listed = any(one[:3] == key[:3] and one[3] != ALLES for one in result if one[3] != OVERIGE)
        if listed:
            total = sum(cel.figuren["leerlingen"] or 0 for cel in cellen)
            known = all(cel.te_bepalen for cel in cellen)
            result[key] = Cel({"leerlingen": total}, {"leerlingen": total}, known)
    return result


def expected_rows(name: str, tabellen: dict[str, Tabel], profiel: str, drempel_oogo: int) -> Tabel:
    """What of a table the profiel publishes: `openbaar` has no single school and no bestuur, `oogo` no small one."""
    tabel = tabellen[name]
    if profiel == "openbaar" and name == "ondersteuning_per_school":
        return {key: cel for key, cel in tabel.items() if key[2] == ALLES}
    if profiel == "openbaar" and name == "overlegpartners":
        return {key: cel for key, cel in tabel.items() if key[1] in ("swv", "gemeente")}
    small = small_vestigingen(tabellen["ondersteuning_per_school"], drempel_oogo)
    if name == "ondersteuning_per_school":
        return _put_together(tabel, small)
    if name == "jeugdhulppartners_per_school":
        return {key: cel for key, cel in tabel.items() if key not in small}
    if name == "overlegpartners":
        return {key: cel for key, cel in tabel.items() if key[1] != "school" or (key[0], key[2]) not in small}
    return tabel


def place_of(key: tuple[str, ...]) -> str:
    """What the column `plaats` of ondersteuning_per_school says: the place of the row, whatever its level."""
    _, swv, bestuur, code, _ = key
    if bestuur == ALLES or swv == "onbekend":
        return swv
    return {ALLES: f"{swv}/{bestuur}", OVERIGE: f"{swv}/{bestuur}/{OVERIGE}"}.get(code, code)


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
        if name == "ondersteuning_per_school" and row["plaats"] != place_of(key):
            findings.append(f"{name} {key}: plaats")
        statuses = {figuur: str(row.get(f"{figuur}_status", row["status"])) for figuur in vorm.figuren}
        if row["status"] != max(statuses.values(), key=ERNST.index):
            findings.append(f"{name} {key}: status is niet de zwaarste van de cijfers")
        for figuur, status in statuses.items():
            if status == "afgerond" and name not in OP_SCHOOL_OF_BESTUUR:
                findings.append(
                    f"{name} {key} {figuur}: alleen cijfers van school of bestuur worden afgerond"
                )
            hidden = statuses.get("aantal") == "onderdrukt"
            if wrong := _judge_figure(figuur, row[figuur], status, cel, drempel, hidden):
                findings.append(f"{name} {key} {figuur}: {wrong}")
            if cel.figuren[figuur]:
                seen[status] += 1
    return findings, seen


def _judge_figure(
    figuur: str, value: object, status: str, cel: Cel, drempel: int, count_hidden: bool
) -> str | None:
    true, behind = cel.figuren[figuur], cel.achter[figuur]
    unknown = not cel.te_bepalen and (figuur in cel.onbekend if cel.onbekend else True)
    if unknown and not (figuur == "wachtend" and true is None):
        return None if status == "niet_te_bepalen" and value is None else "had niet_te_bepalen moeten zijn"
    if status == "niet_te_bepalen":
        return "is wel te bepalen"
    if status == "onderdrukt":
        if value is not None:
            return "een verborgen cijfer is leeg"
        # Without any waiting there is no quantile; that says zero, so it hides where the count does.
        exists = true is not None or (figuur in KWANTIEL and count_hidden)
        return None if exists else "een cijfer dat er niet is, is niet verborgen"
    if status == "afgerond":
        near = isinstance(value, int) and true is not None and abs(value - true) < drempel
        return None if near and value % drempel == 0 else "geen veelvoud van de drempel binnen één drempel"
    if value != true:
        return "is niet wat het orakel telt"
    if value is None or (not value and figuur not in AFGELEID):
        return None
    if figuur in KWANTIEL:
        enough = cel.figuren["aantal"] >= 10 and min(cel.zijden[figuur]) >= drempel
    else:
        enough = behind >= drempel
    return None if enough else "getoond over te weinig leerlingen"
