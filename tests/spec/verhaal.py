"""Stories: one or two children as a small table, and beside it what becomes of them.

Lives here: reading those tables, the usual values of what a story leaves out, and turning all stories
together into deliveries. Not here: any story, any rule.

A story names only the columns that matter. `wie` is a child of that story alone; a school goes by its name in
`wereld.SCHOOL`; dates are whole days; an empty cell is empty. What is left out is as USUAL says. A row whose
`levering` is `vervangen` came in a delivery that a newer one replaced.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass, field

from tests.acceptance.oracle_bron import Levering
from tests.spec.wereld import GEWOON, SCHOOL, deliveries, superseded_date

Row = dict[str, str]

USUAL = {
    "opp": {
        "schooljaar": GEWOON,
        "school": "Appel",
        "woont": "0307",
        "behoefte": "leren",
        "vorm": "begeleiding_in_klas",
        "verantwoordelijke": "school",
        "financiering": "school",
        "status": "toegekend",
        "afwijsreden": "",
        "vastgesteld": "2023-08-21",
        "besluit": "2023-08-28",
        "start": "2023-09-01",
        "eind": "",
    },
    "jeugdhulp": {
        "schooljaar": GEWOON,
        "gemeente": "0307",
        "aanbieder": "12345678",
        "categorie": "45",
        "product": "",
        "ingang": "2023-09-01",
        "eind": "",
        "reden_wijziging": "",
        "op_school": "nee",
    },
    "inschrijving": {"schooljaar": GEWOON, "school": "Appel"},
}
# Without a decision there is neither decision nor start; a refusal has no start.
BY_STATUS = {
    "aangevraagd": {"besluit": "", "start": ""},
    "afgewezen": {"start": "", "afwijsreden": "anders"},
}
CONTRACT = {
    "opp": {
        "school": "vestigingscode",
        "woont": "woongemeente",
        "id": "arrangement_id",
        "behoefte": "ondersteuningsbehoefte",
        "vorm": "ondersteuningsvorm",
        "vastgesteld": "behoefte_vastgesteld_op",
        "besluit": "besluit_op",
        "start": "start_op",
        "eind": "eind_op",
    },
    "jeugdhulp": {
        "id": "toewijzing_id",
        "aanbieder": "aanbieder_code",
        "categorie": "productcategorie",
        "product": "productcode",
        "toegewezen": "toegewezen_op",
        "ingang": "ingang_op",
        "eind": "eind_op",
    },
    "inschrijving": {"school": "vestigingscode"},
}
PERSOON = {
    "opp": "leerling_pseudoniem",
    "jeugdhulp": "jeugdige_pseudoniem",
    "inschrijving": "leerling_pseudoniem",
}


@dataclass(frozen=True)
class Verhaal:
    titel: str
    rijen: dict[str, list[Row]]  # contract -> rows as told, with what was left out filled in
    personen: list[Row]  # wie, schooljaar, and what is said of them
    cellen: dict[str, list[Row]] = field(
        default_factory=dict
    )  # published table -> rows with dimensions and figures

    def pseudoniem(self, wie: str) -> str:
        return hashlib.sha256(f"{self.titel}|{wie}".encode()).hexdigest()


VERHALEN: list[Verhaal] = []


def verhaal(
    titel: str,
    *,
    opp: str = "",
    jeugdhulp: str = "",
    inschrijving: str = "",
    persoon: str = "",
    **cellen: str,
) -> None:
    """Tell one story. `persoon` says what becomes of each child; `cellen` are rows of published tables."""
    assert titel not in {told.titel for told in VERHALEN}, titel
    told = {"opp": opp, "jeugdhulp": jeugdhulp, "inschrijving": inschrijving}
    rijen = {
        contract: [_fill(contract, n, row) for n, row in enumerate(read_table(text))]
        for contract, text in told.items()
    }
    personen = [{"schooljaar": GEWOON} | row for row in read_table(persoon)]
    assert personen or cellen, f"{titel}: er wordt niets verwacht"
    VERHALEN.append(
        Verhaal(titel, rijen, personen, {name: read_table(text) for name, text in cellen.items()})
    )


def read_table(text: str) -> list[Row]:
    """A table of `|` and lines, the first of them the header."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.splitlines() if line.strip()]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


def tell_all() -> list[Levering]:
    """The deliveries in which all stories happen, of the world's bronhouders and dates."""
    rows: dict[tuple[str, str, str], list[Row]] = {key: [] for key in deliveries()}
    replaced: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for story in VERHALEN:
        for contract, told in story.rijen.items():
            for row in told:
                key = (contract, _bronhouder(contract, row), row["schooljaar"])
                target = replaced if row["levering"] == "vervangen" else rows
                target[key].append(_deliver(story, contract, row))
    found = [Levering(*key, dag, rows[key]) for key, dag in deliveries().items()]
    return found + [
        Levering(*key, superseded_date(deliveries()[key]), told) for key, told in replaced.items()
    ]


def _fill(contract: str, n: int, row: Row) -> Row:
    usual = USUAL[contract] | BY_STATUS.get(row.get("status", ""), {})
    unknown = row.keys() - usual.keys() - {"wie", "id", "toegewezen", "levering"}
    assert not unknown, f"onbekende kolom in {contract}: {unknown}"
    filled = {"levering": "nieuwste"} | usual | row
    if contract == "opp":
        filled.setdefault("id", f"{n:02d}")
    if contract == "jeugdhulp":
        filled.setdefault("id", f"{row['wie']} {n}")
        filled.setdefault("toegewezen", filled["ingang"])
    return filled


def _bronhouder(contract: str, row: Row) -> str:
    return row["gemeente"] if contract == "jeugdhulp" else SCHOOL[row["school"]].bestuur


def _deliver(story: Verhaal, contract: str, row: Row) -> Row:
    """The row as its contract asks: its columns, ids unique in the delivery, a pseudonym for the name."""
    names = CONTRACT[contract]
    delivered = {
        names.get(column, column): value for column, value in row.items() if column not in ("wie", "levering")
    }
    delivered[PERSOON[contract]] = story.pseudoniem(row["wie"])
    if "school" in row:
        delivered["vestigingscode"] = SCHOOL[row["school"]].code
    if contract == "opp":
        delivered["arrangement_id"] = f"{row['id']}-{story.pseudoniem(row['wie'])[:12]}"
    if contract == "jeugdhulp":
        delivered["toewijzing_id"] = hashlib.sha256(f"{story.titel}|{row['id']}".encode()).hexdigest()
        delivered.pop("schooljaar")
    return delivered


def group_by_table() -> dict[str, list[tuple[Verhaal, Row]]]:
    """Every expected row of a published table, with its story."""
    found: dict[str, list[tuple[Verhaal, Row]]] = defaultdict(list)
    for story in VERHALEN:
        for name, rows in story.cellen.items():
            found[name] += [(story, row) for row in rows]
    return found
