"""A fictional region as true tables for the disclosure benchmark: every count table that is published,
unprotected, in the shape of the warehouse's marts. Not here: deliveries and persons of the demo
(pipelines.synthetic makes those); protection and audit.

Sizes: a regular school has 5 to 15 pupils with an OPP, a school for special education all of them; about
nine in a hundred pupils have jeugdhulp; one pupil in six lives in another gemeente than the school's.
"""

from __future__ import annotations

import numpy as np
import polars as pl

TOTAAL = "TOTAAL"
CATEGORIE = [
    "grijs_gebied",
    "niet_te_bepalen",
    "samenloop",
    "alleen_onderwijs",
    "alleen_jeugdhulp",
    "in_aanvraag",
]
REDEN = {
    "verantwoordelijkheid_in_overleg": "kern",
    "wacht_zonder_verantwoordelijke": "kern",
    "afgewezen_andere_wet": "kern",
    "wacht_op_besluit": "signaal",
    "verantwoordelijke_onbekend": "signaal",
    "dubbel_aanbod": "signaal",
}
VERANTWOORDELIJKE = {
    "school": 0.42,
    "swv": 0.24,
    "gemeente": 0.12,
    "zorgkantoor": 0.02,
    "zorgverzekeraar": 0.02,
    "gezamenlijk": 0.09,
    "in_overleg": 0.05,
    "onbekend": 0.04,
}
FINANCIERING = {
    "school": 0.36,
    "swv": 0.30,
    "jeugdwet": 0.12,
    "wlz": 0.02,
    "zvw": 0.02,
    "gezamenlijk_budget": 0.09,
    "geen": 0.05,
    "onbekend": 0.04,
}
VORM = {
    "begeleiding_in_klas": 0.40,
    "begeleiding_buiten_klas": 0.20,
    "groepsaanbod": 0.12,
    "onderwijszorgarrangement": 0.07,
    "plaatsing_sbo": 0.08,
    "plaatsing_so_vso": 0.10,
    "thuis_of_elders": 0.03,
}
STAP = ["behoefte_besluit", "besluit_start", "toegewezen_ingang"]
SIZES = {"regio": (150, 6), "provincie": (1000, 60), "land": (7000, 342)}


def make_reference(vestigingen: int, gemeenten: int, rng: np.random.Generator) -> dict[str, pl.DataFrame]:
    """dim_school and dim_gemeente: vestigingen in gemeenten, besturen over a few gemeenten, swv PO and VO."""
    codes = [f"{1 + i:04d}" for i in range(gemeenten)]
    regio = [f"JR{i // 8:02d}" for i in range(gemeenten)]
    weight = rng.lognormal(0, 0.8, gemeenten)
    plaats = np.sort(rng.choice(gemeenten, vestigingen, p=weight / weight.sum()))
    soort = rng.choice(["BO", "VO", "SBO", "SO"], vestigingen, p=[0.80, 0.12, 0.04, 0.04])
    po = soort != "VO"
    groep = np.where(po, plaats // 4, plaats // 6)
    swv = np.array([("PO" if p else "VO") + f"{2600 + g:04d}" for p, g in zip(po, groep, strict=True)])
    # a bestuur runs about eight schools in one sector, mostly near each other
    bestuur = np.empty(vestigingen, dtype=object)
    first = 40000
    for name in sorted(set(swv)):
        where = np.flatnonzero(swv == name)
        n = max(2, len(where) // 8)
        sizes = rng.pareto(1.2, n) + 0.4
        bestuur[where] = [str(first + b) for b in rng.choice(n, len(where), p=sizes / sizes.sum())]
        first += n
    school = pl.DataFrame(
        {
            "vestigingscode": [f"{i:04d}A{i % 10}" for i in range(vestigingen)],
            "soort": soort,
            "bestuur": pl.Series(list(bestuur)),
            "swv": swv,
            "gemeente": [codes[p] for p in plaats],
        }
    )
    gemeente = pl.DataFrame(
        {"gemeente": [*codes, "buitenland", "onbekend"], "jeugdregio": [*regio, "buitenland", "onbekend"]}
    )
    return {"dim_school": school, "dim_gemeente": gemeente}


def make_persons(reference: dict, schooljaren: list[str], seed: int, inschrijving: float = 0.7) -> dict:
    """Persons (schooljaar, vestiging, woongemeente, categorie, ...) and arrangementen, as frames."""
    school, gemeente = reference["dim_school"], reference["dim_gemeente"]
    codes = gemeente["gemeente"].to_list()
    number = {c: i for i, c in enumerate(codes)}
    n_gem = len(codes) - 2
    plaats = np.array([number[g] for g in school["gemeente"]])
    soort = school["soort"].to_numpy()
    besturen = sorted(set(school["bestuur"]))
    persons, arrangementen = [], []
    for year, schooljaar in enumerate(schooljaren):
        rng = np.random.default_rng([seed, year])
        base = np.random.default_rng(seed)
        pupils = np.where(soort == "VO", base.gamma(4, 200, len(soort)), base.gamma(4, 55, len(soort)))
        special = np.isin(soort, ["SBO", "SO"])
        delivers = {b for b in besturen if base.random() < inschrijving}
        with_opp = np.where(special, np.maximum(20, pupils * 0.6), np.clip(pupils * 0.04, 3, 40))
        n_opp = rng.poisson(with_opp)
        n_jh = rng.poisson(pupils * 0.09 * (~special))
        rows = []
        for kind, counts in (("opp", n_opp), ("jh", n_jh)):
            v = np.repeat(np.arange(len(soort)), counts)
            rows.append((np.full(len(v), kind == "opp"), v))
        is_opp = np.concatenate([r[0] for r in rows])
        v = np.concatenate([r[1] for r in rows])
        n = len(v)
        near = np.clip(plaats[v] + rng.integers(-3, 4, n), 0, n_gem - 1)
        woon = np.where(rng.random(n) < 0.84, plaats[v], near)
        woon = np.where(rng.random(n) < 0.002, n_gem + rng.integers(0, 2, n), woon)
        u = rng.random(n)
        cat = np.where(u < 0.09, 0, np.where(u < 0.40, 2, np.where(u < 0.93, 3, 5)))
        cat = np.where(is_opp, cat, 4)
        missing = (woon >= n_gem) | ((year == 1) & (woon == min(3, n_gem - 1)))
        cat = np.where(missing & (cat != 0), np.where(cat == 4, -1, 1), cat)
        keep = cat >= 0
        v, woon, cat, is_opp = v[keep], woon[keep], cat[keep], is_opp[keep]
        n = len(v)
        b_ins = np.array([b in delivers for b in school["bestuur"]])[v]
        place = np.where((cat == 4) & ~b_ins, -1, v)
        onderwijs = np.isin(cat, [2, 3]) | (np.isin(cat, [0, 1]) & (rng.random(n) < 0.8))
        jeugdhulp = np.isin(cat, [2, 4]) | ((cat == 0) & (rng.random(n) < 0.3))
        reden = rng.random((n, 6)) < np.array([0.5, 0.35, 0.3, 0.0, 0.0, 0.0])
        reden[:, :3] &= (cat == 0)[:, None]
        none = (cat == 0) & ~reden[:, :3].any(axis=1)
        reden[none, 0] = True
        reden[:, 3] = (is_opp & (rng.random(n) < 0.12)) | reden[:, 1]
        reden[:, 4] = onderwijs & (rng.random(n) < 0.06)
        reden[:, 5] = onderwijs & jeugdhulp & (rng.random(n) < 0.2)
        persons.append(
            pl.DataFrame(
                {
                    "schooljaar": [schooljaar] * n,
                    "v": place,
                    "w": woon,
                    "c": cat,
                    "onderwijs": onderwijs,
                    "jeugdhulp": jeugdhulp,
                    **{f"r{i}": reden[:, i] for i in range(6)},
                }
            ).with_row_index("persoon")
        )
        rows_of = np.repeat(np.flatnonzero(onderwijs), 1 + rng.poisson(0.4, int(onderwijs.sum())))
        m = len(rows_of)
        vr = rng.choice(8, m, p=np.array(list(VERANTWOORDELIJKE.values())))
        fi = np.where(
            rng.random(m) < 0.6,
            np.array([0, 1, 2, 3, 4, 5, 6, 7])[vr],
            rng.choice(8, m, p=np.array(list(FINANCIERING.values()))),
        )
        arrangementen.append(
            pl.DataFrame(
                {
                    "schooljaar": [schooljaar] * m,
                    "persoon": rows_of.astype(np.uint32),
                    "v": v[rows_of],
                    "w": woon[rows_of],
                    "vr": vr,
                    "fi": fi,
                    "vorm": rng.choice(7, m, p=np.array(list(VORM.values())) / sum(VORM.values())),
                    "start": rng.random(m) < 0.5,
                    "besluit": rng.random(m) < 0.7,
                    "wacht": rng.random(m) < 0.1,
                }
            )
        )
    return {"personen": pl.concat(persons), "arrangementen": pl.concat(arrangementen)}
