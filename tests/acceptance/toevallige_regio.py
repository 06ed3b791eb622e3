"""A small region drawn by lot, nastier than any real one: every code, dates that crowd around every boundary,
silent gemeenten, absent besturen, codes that merged and split, versions that contradict each other.

Lives here: rows and files that keep the rules of DOMAIN section 4. Not here: plausible shares, which are
pipelines.synthetic's.
"""

from __future__ import annotations

import csv
import hashlib
import json
import random
from datetime import date, timedelta
from pathlib import Path

from tests.acceptance.oracle_bron import Levering, first_day, last_day

SCHOOLJAREN = ("2019-2020", "2020-2021", "2021-2022")  # herindelingen of 2021 and 2022 lie inside
LEVERDATUM = {"2019-2020": date(2020, 6, 1), "2020-2021": date(2021, 10, 1), "2021-2022": date(2022, 9, 1)}
# bestuur -> its vestigingen as (vestigingscode, swv, gemeente)
BESTUUR = {
    "91001": [("91AA00", "PO2602", "0307"), ("91AB00", "PO2602", "0308"), ("91AC00", "VO2602", "0307")],
    "91002": [("92AA00", "PO2602", "0307"), ("92AB00", "PO3005", "0788")],
    "91003": [("93AA00", "VO2602", "0370"), ("93AA01", "VO2602", "0439")],
    "91004": [("94AA00", "PO3005", "0757")],
}
GEMEENTE = ("0307", "0308", "0370", "0439", "0788", "0757", "0342")  # 0370 merged into 0439, 0788 was split
WOONGEMEENTE = (*GEMEENTE, "0351", "buitenland", "onbekend")
OPP_STIL = {("91003", "2020-2021")}
INSCHRIJVING_STIL = {("91002", "2020-2021"), ("91003", "2020-2021"), ("91004", "2021-2022")}
JEUGDHULP_STIL = {
    ("0308", "2021-2022"),
    ("0342", "2019-2020"),
    ("0342", "2020-2021"),
    ("0370", "2021-2022"),
    ("0439", "2019-2020"),
}
BEHOEFTE = (
    "leren",
    "werkhouding",
    "gedrag",
    "sociaal_emotioneel",
    "communicatie_taal",
    "lichamelijk_motorisch",
    "zintuiglijk",
    "medisch_verzorging",
)
VORM = (
    "begeleiding_in_klas",
    "begeleiding_buiten_klas",
    "groepsaanbod",
    "onderwijszorgarrangement",
    "plaatsing_sbo",
    "plaatsing_so_vso",
    "thuis_of_elders",
)
VERANTWOORDELIJKE = (
    "school",
    "school",
    "swv",
    "gemeente",
    "zorgkantoor",
    "zorgverzekeraar",
    "gezamenlijk",
    "in_overleg",
    "onbekend",
)
FINANCIERING = ("school", "swv", "jeugdwet", "wlz", "zvw", "gezamenlijk_budget", "geen", "onbekend")
PRODUCT = (
    ("45", "45A13"),
    ("45", "45A04"),
    ("41", "41A04"),
    ("40", "40A01"),
    ("54", ""),
    ("", "45A13"),
    ("", ""),
)
NORMEN = (0, 1, 27, 28, 29, 55, 56, 57, 58)


class Lot:
    """Draws rows; same seed, same rows."""

    def __init__(self, seed: int, personen: int) -> None:
        self.random = random.Random(seed)
        self.personen = [hashlib.sha256(f"{seed} {n}".encode()).hexdigest() for n in range(personen)]

    def leveringen(self) -> list[Levering]:
        found = []
        for schooljaar in SCHOOLJAREN:
            dag = LEVERDATUM[schooljaar]
            for bestuur in BESTUUR:
                if (bestuur, schooljaar) not in OPP_STIL:
                    found.append(
                        Levering("opp", bestuur, schooljaar, dag, self.opp(bestuur, schooljaar, dag))
                    )
                if (bestuur, schooljaar) not in INSCHRIJVING_STIL:
                    found.append(
                        Levering(
                            "inschrijving", bestuur, schooljaar, dag, self.inschrijving(bestuur, schooljaar)
                        )
                    )
            for n, gemeente in enumerate(GEMEENTE):
                if (gemeente, schooljaar) not in JEUGDHULP_STIL:
                    later = dag + timedelta(days=n)
                    found.append(
                        Levering(
                            "jeugdhulp",
                            gemeente,
                            schooljaar,
                            later,
                            self.jeugdhulp(gemeente, schooljaar, later),
                        )
                    )
        # An earlier delivery that the later one replaces whole.
        j = SCHOOLJAREN[0]
        found.append(Levering("opp", "91001", j, date(2020, 5, 1), self.opp("91001", j, date(2020, 5, 1))))
        found.append(
            Levering("jeugdhulp", "0307", j, date(2020, 5, 1), self.jeugdhulp("0307", j, date(2020, 5, 1)))
        )
        return found

    def day(self, schooljaar: str, latest: date = date.max) -> date:
        """A day near a boundary of the schooljaar, or anywhere around it; never after `latest`."""
        begin, end = first_day(schooljaar), last_day(schooljaar)
        anchor = self.random.choice(
            (begin, end, date(begin.year, 10, 1), date(end.year, 1, 1), date(end.year, 3, 1))
        )
        if self.random.random() < 0.6:
            dag = anchor + timedelta(days=self.random.choice((-1, 0, 1)))
        else:
            dag = begin + timedelta(days=self.random.randint(-150, 450))
        return min(dag, latest)

    def shift(self, dag: date, sign: int = 1) -> date:
        return dag + timedelta(days=sign * self.random.choice((*NORMEN, self.random.randint(0, 200))))

    def opp(self, bestuur: str, schooljaar: str, leverdatum: date) -> list[dict[str, str]]:
        pick = self.random.choice
        rows = []
        for n in range(self.random.randint(60, 100)):
            status = pick(("toegekend", "toegekend", "beeindigd", "afgewezen", "aangevraagd"))
            behoefte_op = self.day(schooljaar, leverdatum)
            besluit_op = None if status == "aangevraagd" else min(self.shift(behoefte_op), leverdatum)
            start_op = None
            if status in ("toegekend", "beeindigd") or self.random.random() < 0.1:
                start_op = pick((self.day(schooljaar), self.shift(behoefte_op), self.shift(behoefte_op, -1)))
            eind_op = None
            if start_op and (status == "beeindigd" or self.random.random() < 0.3):
                eind_op = max(start_op, pick((self.shift(start_op), self.day(schooljaar))))
            if self.random.random() < 0.2:
                vestiging = pick(pick(list(BESTUUR.values())))[0]
            else:
                vestiging = pick(BESTUUR[bestuur])[0]
            rows.append(
                {
                    "leerling_pseudoniem": pick(self.personen),
                    "schooljaar": schooljaar,
                    "vestigingscode": vestiging,
                    "woongemeente": pick(WOONGEMEENTE),
                    "arrangement_id": f"{n:04d}",
                    "ondersteuningsbehoefte": pick(BEHOEFTE),
                    "ondersteuningsvorm": pick(VORM),
                    "verantwoordelijke": pick(VERANTWOORDELIJKE),
                    "financiering": pick(FINANCIERING),
                    "status": status,
                    "afwijsreden": pick(("andere_wet", "andere_wet", "geen_noodzaak", "anders"))
                    if status == "afgewezen"
                    else "",
                    "behoefte_vastgesteld_op": _iso(behoefte_op),
                    "besluit_op": _iso(besluit_op),
                    "start_op": _iso(start_op),
                    "eind_op": _iso(eind_op),
                }
            )
        return rows

    def jeugdhulp(self, gemeente: str, schooljaar: str, leverdatum: date) -> list[dict[str, str]]:
        pick = self.random.choice
        rows = []
        for toewijzing in self.random.sample(range(120), 60):  # the same numbers come back in other years
            categorie, code = pick(PRODUCT)
            ingang_op = self.day(schooljaar)
            reden = pick(("", "", "", "01", "11", "13"))
            eind_op = None
            if self.random.random() < 0.7:
                eind_op = max(ingang_op, pick((self.shift(ingang_op), self.day(schooljaar))))
                if reden == "13" and self.random.random() < 0.5:
                    eind_op = ingang_op - timedelta(days=1)
            rows.append(
                {
                    "jeugdige_pseudoniem": self.jeugdige(toewijzing, gemeente),
                    "gemeente": gemeente,
                    "toewijzing_id": hashlib.sha256(f"{toewijzing}".encode()).hexdigest(),
                    "aanbieder_code": f"{pick(range(8)):08d}",
                    "productcategorie": categorie,
                    "productcode": code,
                    "toegewezen_op": _iso(
                        min(pick((self.shift(ingang_op, -1), self.shift(ingang_op))), leverdatum)
                    ),
                    "ingang_op": _iso(ingang_op),
                    "eind_op": _iso(eind_op),
                    "reden_wijziging": reden,
                    "op_school": pick(("ja", "nee", "onbekend")),
                }
            )
        return rows

    def jeugdige(self, toewijzing: int, gemeente: str) -> str:
        """Mostly the same child in every delivery; now and then a later version names another."""
        if self.random.random() < 0.05:
            return self.random.choice(self.personen)
        return self.personen[(toewijzing * 7 + int(gemeente)) % len(self.personen)]

    def inschrijving(self, bestuur: str, schooljaar: str) -> list[dict[str, str]]:
        pairs = {
            (self.random.choice(self.personen), self.random.choice(BESTUUR[bestuur])[0]) for _ in range(60)
        }
        return [
            {"leerling_pseudoniem": wie, "schooljaar": schooljaar, "vestigingscode": waar}
            for wie, waar in sorted(pairs)
        ]


def _iso(dag: date | None) -> str:
    return dag.isoformat() if dag else ""


def write_home(leveringen: list[Levering], home: Path, vingerafdruk: str = "0" * 16) -> None:
    """Deliveries with their manifests under `home/inbox`, schools under `home/referentie`."""
    for folder in ("inbox", "referentie"):
        (home / folder).mkdir(parents=True, exist_ok=True)
    for levering in leveringen:
        name = "_".join((*levering[:3], f"{levering.leverdatum:%Y%m%d}.csv"))
        path = home / "inbox" / name
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, levering.rijen[0].keys(), delimiter=";", lineterminator="\n")
            writer.writeheader()
            writer.writerows(levering.rijen)
        path.with_name(name + ".manifest.json").write_text(
            json.dumps(
                {
                    "contract": levering.contract,
                    "contractversie": "1.0.0",
                    "bronhouder": levering.bronhouder,
                    "schooljaar": levering.schooljaar,
                    "rijen": len(levering.rijen),
                    "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                    "gemaakt_op": f"{levering.leverdatum}T12:00:00",
                    "stap": 1,
                    "vingerafdruk": vingerafdruk,
                }
            )
        )
    with (home / "referentie" / "vestigingen.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(
            (
                "vestigingscode",
                "naam",
                "soort",
                "bestuur",
                "bestuur_naam",
                "swv",
                "gemeente",
                "postcode4",
                "leerlingen",
            )
        )
        for bestuur, scholen in BESTUUR.items():
            for code, swv, gemeente in scholen:
                soort = "BO" if swv.startswith("PO") else "VO"
                writer.writerow(
                    (
                        code,
                        f"School {code}",
                        soort,
                        bestuur,
                        f"Bestuur {bestuur}",
                        swv,
                        gemeente,
                        "3811",
                        "200",
                    )
                )
