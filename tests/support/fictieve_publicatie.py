"""A small fictional release, written with exactly the published tables, for tests of the report.

Lives here: counts made by a fixed arithmetic rule, with every status in it (getoond, afgerond, onderdrukt,
niet_te_bepalen), a gemeente that did not deliver, an empty waiting step, a school below the threshold, the small
schools of a bestuur together, and shares per 100. Not here: disclosure control; hiding is by a plain rule, enough to
see that hidden stays hidden.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.publication import describe
from pipelines.publication.export import BESTAND, write_tables
from pipelines.report.release import OOGO_ONLY
from tests.integration.publication_installatie import specs

SCHOOLJAREN = ("2022-2023", "2023-2024", "2024-2025")
GEMEENTEN = {"0307": "Amersfoort", "0308": "Baarn", "0313": "Bunschoten", "0327": "Leusden"}
WOONGEMEENTEN = (*GEMEENTEN, "buitenland", "onbekend")
SWV = {"PO2602": "PO", "VO2602": "VO"}
BESTUREN = {"41201": "Stichting De Eem", "41202": "Stichting Laakdal", "41203": "Stichting Vathorst"}
CATEGORIEEN = {
    "grijs_gebied": 7,
    "niet_te_bepalen": 0,
    "samenloop": 18,
    "alleen_onderwijs": 60,
    "alleen_jeugdhulp": 44,
    "in_aanvraag": 9,
}
REDENEN = {
    "verantwoordelijkheid_in_overleg": ("kern", 5),
    "wacht_zonder_verantwoordelijke": ("kern", 2),
    "afgewezen_andere_wet": ("kern", 1),
    "wacht_op_besluit": ("signaal", 12),
    "verantwoordelijke_onbekend": ("signaal", 4),
    "dubbel_aanbod": ("signaal", 3),
}
VERANTWOORDELIJKEN = (
    "school",
    "swv",
    "gemeente",
    "zorgkantoor",
    "zorgverzekeraar",
    "gezamenlijk",
    "in_overleg",
    "onbekend",
)
FINANCIERINGEN = ("school", "swv", "jeugdwet", "wlz", "zvw", "gezamenlijk_budget", "geen", "onbekend")
VORMEN = (
    "begeleiding_in_klas",
    "begeleiding_buiten_klas",
    "groepsaanbod",
    "onderwijszorgarrangement",
    "plaatsing_sbo",
    "plaatsing_so_vso",
    "thuis_of_elders",
)
STAPPEN = ("behoefte_besluit", "besluit_start", "toegewezen_ingang")
NIET_GELEVERD = ("0308", "2022-2023")  # gemeente and schooljaar without a delivery of jeugdhulp
JEUGDHULP_CATEGORIEEN = ("samenloop", "alleen_onderwijs", "alleen_jeugdhulp", "in_aanvraag")
GEBIEDEN = {
    "woongemeente": {
        code: (1 if code == "onbekend" else 2 if code == "buitenland" else weight)
        for code, weight in zip(WOONGEMEENTEN, (52, 14, 9, 16, 0, 0), strict=True)
    },
    "schoolgemeente": {**dict(zip(GEMEENTEN, (61, 11, 6, 12), strict=True)), "onbekend": 5},
    "swv": {"PO2602": 50, "VO2602": 36, "onbekend": 6},
    "jeugdregio": {"Regio Eem": 91, "onbekend": 3, "buitenland": 1},
    "regio": {"TOTAAL": 94},
}
KLEIN = "10AF00"  # a school with few pupils: every figure of it is hidden
OVERIGE = ("PO2602", "41202", "overige vestigingen")  # the small schools of a bestuur, together


def _schools() -> list[tuple]:
    rows = []
    for i in range(16):
        code = f"1{i % 4}A{chr(65 + i)}00"
        vo = i in (3, 7, 11)
        soort = "SBO" if i == 9 else "VSO" if i == 14 else "VO" if vo else "BO"
        rows.append(
            (
                code,
                f"School {chr(65 + i)}",
                soort,
                list(BESTUREN)[i % 3],
                "VO2602" if vo or soort == "VSO" else "PO2602",
                list(GEMEENTEN)[(i * i) % 4],
                110 + 47 * i if not vo else 900 + 40 * i,
            )
        )
    return [*rows, ("onbekend", "Onbekende school", None, "onbekend", "onbekend", "onbekend", None)]


def _exact(count: int, drempel: int, unknown: bool = False) -> tuple[int | None, str]:
    if unknown:
        return None, "niet_te_bepalen"
    return (None, "onderdrukt") if 0 < count < drempel else (count, "getoond")


def _rounded(count: int, drempel: int) -> tuple[int | None, str]:
    if 0 < count < drempel - 1:
        return None, "onderdrukt"
    return (count + drempel // 2) // drempel * drempel, "afgerond"


def _gebieden() -> list[tuple]:
    return [
        (j, soort, gebied, gewicht, JAAR)
        for JAAR, j in enumerate(SCHOOLJAREN)
        for soort, leden in GEBIEDEN.items()
        for gebied, gewicht in leden.items()
    ]


def _volledig(schooljaar: str, soort: str, gebied: str) -> bool:
    if soort == "woongemeente":
        return (gebied, schooljaar) != NIET_GELEVERD
    return schooljaar != NIET_GELEVERD[1]


def _unknown(schooljaar: str, soort: str, gebied: str) -> bool:
    return soort == "woongemeente" and (gebied, schooljaar) == NIET_GELEVERD


def _ondersteuning(drempel: int) -> list[tuple]:
    rows = []
    for jaar, soort, gebied, gewicht, nr in _gebieden():
        unknown, total = _unknown(jaar, soort, gebied), 0
        for i, (categorie, deel) in enumerate(CATEGORIEEN.items()):
            count = gewicht * deel * (10 + nr) // 60 + (gewicht * (i + 3) % 5)
            if categorie == "niet_te_bepalen":
                count = 40 if unknown else 0
            total += count
            value, status = _exact(count, drempel, unknown and categorie in JEUGDHULP_CATEGORIEEN)
            rows.append((jaar, soort, gebied, categorie, value, _volledig(jaar, soort, gebied), status))
        value, status = _exact(total, drempel)
        rows.append((jaar, soort, gebied, "TOTAAL", value, _volledig(jaar, soort, gebied), status))
    return rows


def _per_school(drempel: int, openbaar: bool) -> list[tuple]:
    places: dict[tuple[str, str, str], int] = {}
    for code, _, soort, bestuur, swv, _, leerlingen in _schools():
        size = 0 if code == KLEIN else (leerlingen or 0) * (9 if soort in ("SBO", "VSO") else 1) // 10
        levels = [("TOTAAL",) * 3, (swv, "TOTAAL", "TOTAAL")]
        for key in levels if openbaar else [*levels, (swv, bestuur, "TOTAAL"), (swv, bestuur, code)]:
            places[key] = places.get(key, 0) + size
    if not openbaar:
        places[OVERIGE] = 95
    rows = []
    for nr, jaar in enumerate(SCHOOLJAREN):
        for place, size in places.items():
            total = 0
            for categorie, deel in CATEGORIEEN.items():
                count = size * deel * (9 + nr) // 1300 + (3 if place[2] == KLEIN else 0)
                total += count
                rows.append((jaar, *place, categorie, *_rounded(count, drempel)))
            rows.append((jaar, *place, "TOTAAL", *_rounded(total, drempel)))
    return rows


def _bestuur_gemeente(drempel: int) -> list[tuple]:
    rows = []
    for jaar in SCHOOLJAREN:
        for b, bestuur in enumerate([*BESTUREN, "onbekend", "TOTAAL"]):
            for g, gemeente in enumerate([*WOONGEMEENTEN, "TOTAAL"]):
                base = (5 - b) * (7 - g) + (60 if gemeente == "TOTAAL" else 0)
                counts = {"grijs_gebied": base // 3, "niet_te_bepalen": 0, "overig": base * 4}
                for categorie, count in {**counts, "TOTAAL": sum(counts.values())}.items():
                    unknown = _unknown(jaar, "woongemeente", gemeente) and categorie == "overig"
                    value, status = (None, "niet_te_bepalen") if unknown else _rounded(count, drempel)
                    rows.append((jaar, bestuur, gemeente, categorie, value, status))
    return rows


def _redenen(drempel: int) -> list[tuple]:
    rows = []
    for jaar, soort, gebied, gewicht, nr in _gebieden():
        for reden, (kind, deel) in REDENEN.items():
            unknown = _unknown(jaar, soort, gebied) and reden in ("dubbel_aanbod", "afgewezen_andere_wet")
            value, status = _exact(gewicht * deel * (10 + nr) // 60, drempel, unknown)
            rows.append((jaar, soort, gebied, reden, kind, value, _volledig(jaar, soort, gebied), status))
    return rows


def _verantwoordelijkheid(drempel: int) -> list[tuple]:
    rows = []
    for jaar, soort, gebied, gewicht, _nr in _gebieden():
        cells = {}
        for v, wie in enumerate(VERANTWOORDELIJKEN):
            for f, wat in enumerate(FINANCIERINGEN):
                cells[wie, wat] = gewicht * (12 if v == f and v < 3 else 3 if v + f == 3 else v == 6) // 6
        for (wie, wat), count in list(cells.items()):
            for key in ((wie, "TOTAAL"), ("TOTAAL", wat), ("TOTAAL", "TOTAAL")):
                cells[key] = cells.get(key, 0) + count
        for (wie, wat), count in cells.items():
            value, status = _exact(count, drempel)
            rows.append((jaar, soort, gebied, wie, wat, value, status))
    return rows


def _organisatie(drempel: int) -> list[tuple]:
    rows = []
    for jaar, soort, gebied, gewicht, nr in _gebieden():
        counts = {vorm: gewicht * (8 - i) * (9 + nr) // 30 for i, vorm in enumerate(VORMEN)}
        for vorm, count in {**counts, "TOTAAL": sum(counts.values())}.items():
            value, status = _exact(count, drempel)
            rows.append((jaar, soort, gebied, vorm, value, status))
    return rows


def _wachttijden(drempel: int) -> list[tuple]:
    rank = {"getoond": 0, "afgerond": 1, "onderdrukt": 2, "niet_te_bepalen": 3}
    rows = []
    for jaar, soort, gebied, gewicht, nr in _gebieden():
        for s, stap in enumerate(STAPPEN):
            unknown = _unknown(jaar, soort, gebied) and stap == "toegewezen_ingang"
            rijen = gewicht * (9 - 2 * s) // 4
            aantal = _exact(rijen, drempel, unknown)
            if unknown:
                mediaan = p90 = (None, "niet_te_bepalen")
            elif rijen == 0:
                mediaan = p90 = (None, "getoond")
            elif rijen < 10:
                mediaan = p90 = (None, "onderdrukt")
            else:
                mediaan, p90 = (
                    (30 - 8 * s + gewicht % 7 + nr, "getoond"),
                    (80 - 20 * s + gewicht % 11, "getoond"),
                )
            wachtend = _exact(gewicht // 6, drempel) if s == 0 else (None, "getoond")
            figures = (aantal, mediaan, p90, wachtend)
            gravest = max((status for _, status in figures), key=lambda status: rank[status])
            flat = [item for figure in figures for item in figure]
            rows.append((jaar, soort, gebied, stap, *flat, _volledig(jaar, soort, gebied), gravest))
    return rows


def _overlegpartners(openbaar: bool) -> list[tuple]:
    rows = []
    for jaar in SCHOOLJAREN:
        parties = [("gemeente", g) for g in GEMEENTEN] + [("swv", s) for s in SWV]
        if not openbaar:
            parties += [("bestuur", b) for b in BESTUREN]
            parties += [("school", row[0]) for row in _schools() if row[0] != "onbekend"]
        for i, (soort, partij) in enumerate(parties):
            if partij == KLEIN:
                rows.append(
                    (jaar, soort, partij, None, "onderdrukt", None, "getoond", None, "getoond", "onderdrukt")
                )
            elif soort == "gemeente":
                rows.append(
                    (jaar, soort, partij, None, "getoond", 2, "getoond", 1 + i % 3, "getoond", "getoond")
                )
            else:
                rows.append(
                    (jaar, soort, partij, 1 + i % 4, "getoond", None, "getoond", None, "getoond", "getoond")
                )
    return rows


def _koppelgraad(drempel: int) -> list[tuple]:
    rows = []
    for jaar in SCHOOLJAREN:
        for g, gemeente in enumerate(WOONGEMEENTEN):
            volledig = gemeente in GEMEENTEN and (gemeente, jaar) != NIET_GELEVERD
            onderwijs, status = _exact(500 - 90 * g, drempel)
            gekoppeld = _exact(120 - 20 * g, drempel, not volledig)
            gravest = gekoppeld[1] if gekoppeld[1] != "getoond" else status
            rows.append((jaar, gemeente, onderwijs, status, *gekoppeld, volledig, gravest))
    return rows


def _shared(rows: list[dict[str, object]], source: str) -> list[dict[str, object]]:
    """The rows with a share, right after the figure, where that is shown: 8 times the figure is the denominator."""
    made = []
    for row in rows:
        figure, hidden = row["leerlingen"], row["categorie"] in ("niet_te_bepalen", "in_aanvraag")
        share = (None, None, None) if not figure or hidden else (12.5, 8 * int(str(figure)), source)
        new = {}
        for name, value in row.items():
            new[name] = value
            if name == "leerlingen":
                new |= dict(zip(("aandeel_per_100", "noemer", "noemer_bron"), share, strict=True))
        made.append(new)
    return made


def _hidden(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """The rows with a flag beside every status, as the publication has them."""
    return [
        row
        | {
            f"{name.removesuffix('status')}onderdrukt": value == "onderdrukt"
            for name, value in row.items()
            if name == "status" or name.endswith("_status")
        }
        for row in rows
    ]


_COLUMNS = {
    "ondersteuning_per_gebied": "schooljaar gebied_soort gebied categorie leerlingen# volledig? status",
    "ondersteuning_per_school": "schooljaar swv bestuur vestigingscode categorie leerlingen# status",
    "ondersteuning_per_bestuur_gemeente": "schooljaar bestuur gemeente categorie leerlingen# status",
    "grijs_gebied_redenen": "schooljaar gebied_soort gebied reden soort leerlingen# volledig? status",
    "verantwoordelijkheid": "schooljaar gebied_soort gebied verantwoordelijke financiering arrangementen# "
    "status",
    "organisatie": "schooljaar gebied_soort gebied ondersteuningsvorm arrangementen# status",
    "wachttijden": "schooljaar gebied_soort gebied stap aantal# aantal_status mediaan_dagen# "
    "mediaan_dagen_status "
    "p90_dagen# p90_dagen_status wachtend# wachtend_status volledig? status",
    "jeugdhulppartners_per_school": "schooljaar vestigingscode aanbieders# status",
    "overlegpartners": "schooljaar partij_soort partij gemeenten# gemeenten_status swv# swv_status besturen# "
    "besturen_status status",
    "koppelgraad": "schooljaar gemeente leerlingen_onderwijs# leerlingen_onderwijs_status gekoppeld# "
    "gekoppeld_status volledig? status",
    "dim_school": "vestigingscode naam soort bestuur swv gemeente leerlingen#",
    "dim_bestuur": "bestuur naam",
    "dim_gemeente": "gemeente naam provincie jeugdregio",
    "dim_swv": "swv sector naam",
    "dim_jeugdregio": "jeugdregio naam gemeenten#",
    "dim_schooljaar": "schooljaar begin_op eind_op peildatum gemeenten_geleverd# besturen_geleverd# "
    "volledig?",
    "toelichting": "tabel kolom toelichting bron leeswijzer",
    "publicatie": "release profiel nieuwste_leverdatum drempel# demo? regels pseudonimisering contractversies "
    "leveringen overgenomen codeversie contact",
}
_KINDS = {
    "#": pa.int64(),
    "?": pa.bool_(),
    "onderdrukt": pa.bool_(),
    "aandeel_per_100": pa.float64(),
    "noemer": pa.int64(),
}
_SHARES = {"ondersteuning_per_gebied": "cbs_03759ned", "ondersteuning_per_school": "duo_po"}


def schrijf_publicatie(
    folder: Path,
    profiel: str = "oogo",
    release: str = "20251010-fictief",
    demo: bool = True,
    overgenomen: tuple[dict[str, object], ...] = (),
    duckdb_ook: bool = False,
) -> Path:
    """Write the release into `folder` (parquet/ and release.json) and return it.

    `duckdb_ook` adds the file that BI tools open, written by the product itself.
    """
    drempel, openbaar = (10, True) if profiel == "openbaar" else (5, False)
    schools = _schools()
    partners = [
        (jaar, row[0], *((None, "onderdrukt") if row[0] == KLEIN or i % 4 == 1 else (3 + i, "getoond")))
        for jaar in SCHOOLJAREN
        for i, row in enumerate(schools)
        if row[0] != "onbekend"
    ]
    names = {**GEMEENTEN, "buitenland": "Buitenland", "onbekend": "Onbekend"}
    regels = [
        {"reden": reden, "soort": kind, "aan": "ja", "norm_dagen": {"wacht_op_besluit": 56}.get(reden)}
        for reden, (kind, _) in REDENEN.items()
    ]
    data = {
        "ondersteuning_per_gebied": _ondersteuning(drempel),
        "ondersteuning_per_school": _per_school(drempel, openbaar),
        "ondersteuning_per_bestuur_gemeente": _bestuur_gemeente(drempel),
        "grijs_gebied_redenen": _redenen(drempel),
        "verantwoordelijkheid": _verantwoordelijkheid(drempel),
        "organisatie": _organisatie(drempel),
        "wachttijden": _wachttijden(drempel),
        "jeugdhulppartners_per_school": partners,
        "overlegpartners": _overlegpartners(openbaar),
        "koppelgraad": _koppelgraad(drempel),
        "dim_school": schools,
        "dim_bestuur": [*BESTUREN.items(), ("onbekend", "Onbekend bestuur")],
        "dim_gemeente": [
            (code, naam, "Utrecht" if code in GEMEENTEN else None, "Regio Eem" if code in GEMEENTEN else code)
            for code, naam in names.items()
        ],
        "dim_swv": [(code, sector, f"Samenwerkingsverband {sector} 26-02") for code, sector in SWV.items()]
        + [("onbekend", "onbekend", "Onbekend samenwerkingsverband")],
        "dim_jeugdregio": [
            ("Regio Eem", "Regio Eem", 4),
            ("buitenland", "buitenland", 0),
            ("onbekend", "onbekend", 0),
        ],
        "dim_schooljaar": [
            (
                jaar,
                f"{jaar[:4]}-08-01",
                f"{jaar[5:]}-07-31",
                f"{jaar[:4]}-10-01",
                4 - (jaar == NIET_GELEVERD[1]),
                3,
                jaar != NIET_GELEVERD[1],
            )
            for jaar in SCHOOLJAREN
        ],
        "toelichting": [
            ("ondersteuning_per_gebied", "", "Leerlingen per gebied en categorie.", "opp", ""),
            ("ondersteuning_per_gebied", "leerlingen", "Aantal leerlingen.", "opp", "Tel ze niet op."),
        ],
        "publicatie": [
            (
                release,
                profiel,
                "2025-10-10",
                drempel,
                demo,
                json.dumps(regels),
                "ttp",
                json.dumps({"opp": "1.0.0", "jeugdhulp": "1.0.0"}),
                json.dumps(
                    [
                        {
                            "contract": "opp",
                            "bronhouder": code,
                            "schooljaar": jaar,
                            "leverdatum": "2025-10-03",
                            "rijen": 100,
                            "sha256": "0" * 64,
                        }
                        for code in BESTUREN
                        for jaar in SCHOOLJAREN
                    ]
                ),
                json.dumps(list(overgenomen)),
                "0.1.0",
                "functionaris@voorbeeld.example",
            )
        ],
    }
    if openbaar:
        for name in OOGO_ONLY:
            del data[name]
    (folder / "parquet").mkdir(parents=True)
    for table, rows in data.items():
        names = [name.rstrip("#?") for name in _COLUMNS[table].split()]
        kinds = {name.rstrip("#?"): _KINDS.get(name[-1]) for name in _COLUMNS[table].split()}
        found = [dict(zip(names, row, strict=True)) for row in rows]
        found = _hidden(_shared(found, _SHARES[table]) if table in _SHARES else found)
        fields = [
            (
                name,
                kinds.get(name)
                or _KINDS.get(name)
                or (pa.bool_() if name.endswith("_onderdrukt") else pa.string()),
            )
            for name in found[0]
        ]
        content = pa.Table.from_pylist(found, schema=pa.schema(fields))
        pq.write_table(content, folder / "parquet" / f"{table}.parquet")
    meta = {"release": release, "profiel": profiel, "demo": demo, "overgenomen": list(overgenomen)}
    (folder / "release.json").write_text(json.dumps(meta), encoding="utf-8")
    if duckdb_ook:
        _write_duckdb(folder, profiel)
    return folder


def _write_duckdb(folder: Path, profiel: str) -> None:
    """The tables of the release as the product writes them: with comments, keys and views."""
    with tempfile.TemporaryDirectory() as scratch:
        tabellen = _tabellen(folder, Path(scratch), profiel)
        write_tables(Path(scratch), tabellen)
        shutil.move(Path(scratch) / BESTAND, folder / BESTAND)


def _tabellen(folder: Path, scratch: Path, profiel: str) -> list[describe.Tabel]:
    def read(name: str) -> pa.Table:
        return pq.read_table(folder / "parquet" / f"{name}.parquet")

    found = specs(scratch, profiel)
    about = dict.fromkeys(read("publicatie").column_names, "Uitleg.")
    return [
        *(describe.published(spec, read(spec.tabel)) for spec in found),
        describe.toelichting(found),
        describe.codelijst(),
        describe.Tabel("publicatie", read("publicatie"), (), "Wat dit is.", about),
    ]
