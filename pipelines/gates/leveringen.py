"""The gate before the warehouse: the profiles of the deliveries that count.

Lives here: profiles to two tables of counts, and the verdict with its evidence. Not here: the checks
(expectations/suites/levering.py) and making profiles (intake).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipelines.contracts import load_contract
from pipelines.gates.model import Oordeel, rules_version
from pipelines.intake import Levering, link, read_profile, reference
from pipelines.progress import Meld, silent
from pipelines.publication import evidence
from pipelines.settings import Settings

if TYPE_CHECKING:
    import pandas as pd

KEYS = {"levering": ["levering"], "kolom": ["levering", "kolom"]}


def judge_leveringen(settings: Settings, leveringen: Sequence[Levering], meld: Meld = silent) -> Oordeel:
    """Judge the profiles of exactly these deliveries and record the verdict, unless it stands already."""
    print_ = evidence.leveringen_fingerprint(leveringen)
    needed = evidence.Vereist(evidence.LEVERING, print_, {})
    known = evidence.standing(settings, needed, None, rules_version())
    if known is not None:
        return Oordeel.recorded(evidence.LEVERING, print_, known)
    evidence.withdraw(settings, evidence.LEVERING)
    meld(f"Kwaliteitspoort: profielen van {len(leveringen)} leveringen beoordelen")
    with reference.connect(settings) as con:
        found = link.koppelingen(leveringen, con)
    oordeel = judge_profiles(leveringen, print_, found)
    evidence.record(
        settings, evidence.LEVERING, vingerafdruk=print_, controles=oordeel.controles, regels=rules_version()
    )
    return oordeel


def judge_profiles(
    leveringen: Sequence[Levering], invoer: str, koppelingen: Sequence[link.Koppeling] = ()
) -> Oordeel:
    """The verdict over the profiles of the active deliveries; `invoer` is their fingerprint."""
    from expectations.suites.levering import CONTROLES, KOPPELT
    from pipelines.gates import engine

    wrong = {item.levering_id: item.melding() for item in koppelingen if not item.goed}
    uitslagen = engine.run(CONTROLES, _frames(leveringen, set(wrong)), KEYS) if leveringen else ()
    told = " ".join([KOPPELT.remedie, *wrong.values()])  # names both fingerprints
    return Oordeel(
        "levering",
        invoer,
        tuple(replace(item, remedie=told) if item.naam == KOPPELT.naam else item for item in uitslagen),
    )


def _frames(leveringen: Sequence[Levering], koppelt_niet: set[str]) -> dict[str, pd.DataFrame]:
    import pandas as pd

    prints = Counter(item.vingerafdruk for item in leveringen if item.vingerafdruk)
    usual = max(prints, key=lambda name: (prints[name], name)) if prints else None
    deliveries, columns = [], []
    for levering in leveringen:
        profile = read_profile(levering)
        deliveries.append(
            _delivery(levering, profile["levering"], usual)
            | {"koppelt_niet": int(levering.levering_id in koppelt_niet)}
        )
        columns += [_column(levering, facts) for facts in profile["kolommen"]]
    return {"levering": pd.DataFrame(deliveries), "kolom": pd.DataFrame(columns)}


def _delivery(levering: Levering, facts: dict[str, Any], usual: str | None) -> dict[str, Any]:
    contract = load_contract(levering.contract)
    tolerance = sum(rule.tolerance for rule in contract.rules)
    return {
        "levering": levering.levering_id,
        "contract": levering.contract,
        "bronhouder": levering.bronhouder,
        "schooljaar": levering.schooljaar,
        "stap": levering.stap,
        "rijen": facts["rijen"],
        "geleverd": facts["geleverd"],
        "personen": facts["personen"],
        "rijen_anders": abs(facts["rijen"] - levering.rijen),
        "kwijt": abs(facts["geleverd"] - facts["overgeslagen"] - facts["rijen"]),
        "te_veel_overgeslagen": max(0, facts["overgeslagen"] - int(tolerance * facts["geleverd"])),
        "dubbele_sleutels": facts["dubbele_sleutels"],
        "rijen_per_persoon": facts["rijen"] / max(1, facts["personen"]),
        "andere_sleutel": int(levering.vingerafdruk is not None and levering.vingerafdruk != usual),
        "andere_contractversie": int(_major(levering.contractversie) != _major(contract.version)),
    }


def _column(levering: Levering, facts: dict[str, Any]) -> dict[str, Any]:
    column = load_contract(levering.contract).by_name.get(facts["kolom"])
    codes = facts["codes"] or {}
    return {
        "levering": levering.levering_id,
        "kolom": facts["kolom"],
        "contract": levering.contract,
        "soort": facts["soort"],
        "rijen": facts["rijen"],
        "leeg": facts["leeg"],
        "ongeldig": facts["ongeldig"],
        "buiten_contract": int(column is None),
        "verplicht": column is not None and column.required,
        "vreemde_codes": len(set(codes) - set(column.codes if column is not None else ())),
        "onbekend": facts["onbekend"] or 0,
        "aandeel_onbekend": (facts["onbekend"] or 0) / max(1, facts["rijen"]),
        "voor_1995": int((facts["vroegste_maand"] or "9999") < "1995"),
        "na_leverdatum": int((facts["laatste_maand"] or "") > f"{levering.leverdatum:%Y-%m-%d}"),
    }


def _major(version: str) -> str:
    return version.split(".", 1)[0]
