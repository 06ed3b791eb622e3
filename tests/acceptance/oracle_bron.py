"""The oracle's eyes: deliveries as they lie in `inbox/`, and reference data, as plain Python values.

Lives here: reading, choosing the newest delivery, mapping gemeente codes forward, whole-day arithmetic.
Not here: any rule about persons or tables. Shares no code with the product, on purpose.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

LEEG = ("", "NULL", "n.v.t.")
OPEN = date.max
NERGENS = ("buitenland", "onbekend")


class Levering(NamedTuple):
    contract: str
    bronhouder: str
    schooljaar: str
    leverdatum: date
    rijen: list[dict[str, str]]


class Opp(NamedTuple):
    """One opp row; woongemeente mapped forward, `peilmoment` that of its delivery."""

    leerling: str
    schooljaar: str
    bronhouder: str
    vestiging: str
    woongemeente: str
    arrangement_id: str
    behoefte: str
    vorm: str
    verantwoordelijke: str
    financiering: str
    status: str
    afwijsreden: str
    behoefte_op: date
    besluit_op: date | None
    start_op: date | None
    eind_op: date
    peilmoment: date


class Toewijzing(NamedTuple):
    """One jeugdhulp row; `geleverd` is the gemeente code as delivered, `gemeente` the same mapped forward."""

    jeugdige: str
    schooljaar: str
    leverdatum: date
    geleverd: str
    gemeente: str
    toewijzing_id: str
    aanbieder: str
    categorie: str
    productcode: str
    toegewezen_op: date
    ingang_op: date
    eind_op: date
    reden_wijziging: str
    op_school: str


class Vestiging(NamedTuple):
    bestuur: str
    swv: str
    gemeente: str


class Regel(NamedTuple):
    soort: str
    aan: bool
    norm_dagen: int


class Referentie(NamedTuple):
    opvolger: dict[str, str]  # old gemeente code -> its one successor; a split code is absent
    herindeling: set[tuple[str, date]]  # (gemeente mapped forward, date) of all that took part
    jeugdregio: dict[str, str]
    vestiging: dict[str, Vestiging]
    netwerk: set[str]  # productcodes with CBS hulpvorm 04
    koppeling: set[tuple[str, str]]  # (ondersteuningsbehoefte, productcategorie)
    regel: dict[str, Regel]


def first_day(schooljaar: str) -> date:
    return date(int(schooljaar[:4]), 8, 1)


def last_day(schooljaar: str) -> date:
    return date(int(schooljaar[5:]), 7, 31)


def schooljaar_of(dag: date) -> str:
    start = dag.year if dag.month >= 8 else dag.year - 1
    return f"{start}-{start + 1}"


def map_forward(code: str, opvolger: dict[str, str]) -> str:
    while code in opvolger:
        code = opvolger[code]
    return code


def read_inbox(inbox: Path, geweigerd: Iterable[str] = ()) -> list[Levering]:
    """Every delivery by its file name, refused ones (file names) left out."""
    skip = set(geweigerd)
    found = []
    for path in sorted(inbox.iterdir()):
        if path.suffix not in (".csv", ".parquet") or path.name in skip:
            continue
        contract, bronhouder, schooljaar, dag = path.stem.split("_")
        leverdatum = date(int(dag[:4]), int(dag[4:6]), int(dag[6:]))
        found.append(Levering(contract, bronhouder, schooljaar, leverdatum, read_rows(path)))
    return found


def read_rows(path: Path) -> list[dict[str, str]]:
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        rows = pq.read_table(path).to_pylist()
        return [
            {k: "" if v is None else str(v)[:10] if isinstance(v, date) else str(v) for k, v in r.items()}
            for r in rows
        ]
    return read_csv(path, ";")


def read_csv(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def keep_newest(leveringen: Iterable[Levering]) -> list[Levering]:
    """DOMAIN 4: the newest delivery date of a (contract, bronhouder, schooljaar) replaces the others."""
    newest: dict[tuple[str, str, str], Levering] = {}
    for levering in leveringen:
        key = levering[:3]
        if key in newest and newest[key].leverdatum == levering.leverdatum:
            raise ValueError(f"twee leveringen van dezelfde dag: {key}")
        if key not in newest or newest[key].leverdatum < levering.leverdatum:
            newest[key] = levering
    return list(newest.values())


def opp_rows(levering: Levering, referentie: Referentie) -> list[Opp]:
    peilmoment = min(last_day(levering.schooljaar), levering.leverdatum)
    return [
        Opp(
            leerling=rij["leerling_pseudoniem"],
            schooljaar=levering.schooljaar,
            bronhouder=levering.bronhouder,
            vestiging=rij["vestigingscode"],
            woongemeente=map_forward(rij["woongemeente"], referentie.opvolger),
            arrangement_id=rij["arrangement_id"],
            behoefte=rij["ondersteuningsbehoefte"],
            vorm=rij["ondersteuningsvorm"],
            verantwoordelijke=rij["verantwoordelijke"],
            financiering=rij["financiering"],
            status=rij["status"],
            afwijsreden=_text(rij["afwijsreden"]),
            behoefte_op=_day(rij["behoefte_vastgesteld_op"]),
            besluit_op=_day(rij["besluit_op"]),
            start_op=_day(rij["start_op"]),
            eind_op=_day(rij["eind_op"]) or OPEN,
            peilmoment=peilmoment,
        )
        for rij in levering.rijen
    ]


def toewijzing_rows(levering: Levering, referentie: Referentie) -> list[Toewijzing]:
    return [
        Toewijzing(
            jeugdige=rij["jeugdige_pseudoniem"],
            schooljaar=levering.schooljaar,
            leverdatum=levering.leverdatum,
            geleverd=rij["gemeente"],
            gemeente=map_forward(rij["gemeente"], referentie.opvolger),
            toewijzing_id=rij["toewijzing_id"],
            aanbieder=rij["aanbieder_code"],
            categorie=_text(rij["productcategorie"]),
            productcode=_text(rij["productcode"]),
            toegewezen_op=_day(rij["toegewezen_op"]),
            ingang_op=_day(rij["ingang_op"]),
            eind_op=_day(rij["eind_op"]) or OPEN,
            reden_wijziging=_text(rij["reden_wijziging"]),
            op_school=rij["op_school"],
        )
        for rij in levering.rijen
    ]


def _text(cell: str) -> str:
    return "" if cell in LEEG else cell


@cache
def _day(cell: str) -> date | None:
    return None if cell in LEEG else date.fromisoformat(cell)


def read_reference(seeds: Path, regio: Path | None = None) -> Referentie:
    """Seeds, with what the region puts beside them in `OA_HOME/referentie` (own vestigingen, own rules)."""

    def rows(name: str) -> list[dict[str, str]]:
        own = regio / name if regio else None
        return read_csv(own if own and own.exists() else seeds / name, ";")

    herindelingen = rows("ref_herindeling.csv")
    successors = defaultdict(set)
    for rij in herindelingen:
        successors[rij["oude_code"]].add(rij["nieuwe_code"])
    opvolger = {old: min(new) for old, new in successors.items() if len(new) == 1}
    vestiging = {}
    for rij in rows("ref_vestiging.csv") + (rows("vestigingen.csv") if regio else []):
        gemeente = map_forward(rij["gemeente"], opvolger)
        vestiging[rij["vestigingscode"]] = Vestiging(rij["bestuur"], rij["swv"], gemeente)
    return Referentie(
        opvolger=opvolger,
        # Mapped forward, so that a herindeling earlier in a chain counts for the gemeente it led to.
        herindeling={
            (map_forward(rij[side], opvolger), date.fromisoformat(rij["datum"]))
            for rij in herindelingen
            for side in ("oude_code", "nieuwe_code")
        },
        jeugdregio={rij["gemeente"]: rij["jeugdregio"] for rij in rows("ref_jeugdregio_gemeente.csv")},
        vestiging=vestiging,
        netwerk={rij["productcode"] for rij in rows("ref_ijw_product.csv") if rij["hulpvorm"] == "04"},
        koppeling={
            (rij["ondersteuningsbehoefte"], rij["productcategorie"])
            for rij in rows("behoefte_jeugdhulp_overlap.csv")
        },
        regel={
            rij["reden"]: Regel(rij["soort"], rij["aan"] == "ja", int(rij["norm_dagen"] or 0))
            for rij in rows("grijs_gebied_regels.csv")
        },
    )
