"""The oracle's judgement per person and schooljaar: reasons, categorie and place (DOMAIN section 5).

Lives here: what holds for one person. Not here: reading files, counting, grids.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from tests.acceptance.oracle_bron import (
    Levering,
    Opp,
    Referentie,
    Toewijzing,
    first_day,
    keep_newest,
    last_day,
    map_forward,
    opp_rows,
    schooljaar_of,
    toewijzing_rows,
)

GEPUBLICEERD = (
    "grijs_gebied",
    "niet_te_bepalen",
    "samenloop",
    "alleen_onderwijs",
    "alleen_jeugdhulp",
    "in_aanvraag",
)


class Persoon(NamedTuple):
    """One person in one schooljaar; `redenen` are all active reasons that hold, kern and signaal alike."""

    pseudoniem: str
    schooljaar: str
    categorie: str
    redenen: frozenset[str]
    onderwijs: bool
    jeugdhulp: bool
    woongemeente: str
    vestiging: str
    opp: list[Opp]
    toewijzing: list[Toewijzing]


class Wereld:
    """All that was delivered (newest only), indexed the way the rules ask for it."""

    def __init__(self, leveringen: Iterable[Levering], referentie: Referentie) -> None:
        self.referentie = referentie
        self.opp: dict[str, dict[str, list[Opp]]] = defaultdict(lambda: defaultdict(list))
        self.toewijzing: dict[str, dict[str, list[Toewijzing]]] = defaultdict(lambda: defaultdict(list))
        self.inschrijving: dict[str, dict[str, str]] = defaultdict(dict)  # schooljaar -> person -> vestiging
        self.opp_geleverd: set[tuple[str, str]] = set()  # (bestuur, schooljaar)
        self.inschrijving_geleverd: set[tuple[str, str]] = set()
        self.jeugdhulp_geleverd: set[tuple[str, str]] = set()  # (gemeente mapped forward, schooljaar)
        self.nieuwste_jeugdhulp: dict[str, date] = {}  # gemeente mapped forward -> newest delivery date
        alle: dict[tuple[str, str], Toewijzing] = {}
        for levering in keep_newest(leveringen):
            if levering.contract == "opp":
                self._take_opp(levering)
            elif levering.contract == "jeugdhulp":
                self._take_jeugdhulp(levering, alle)
            elif levering.contract == "inschrijving":
                self._take_inschrijving(levering)
        self.alle_toewijzingen: dict[str, list[Toewijzing]] = defaultdict(list)
        for toewijzing in alle.values():
            if toewijzing.reden_wijziging != "13":
                self.alle_toewijzingen[toewijzing.jeugdige].append(toewijzing)
        self.schooljaren = sorted({j for _, j in self.opp_geleverd | self.jeugdhulp_geleverd})
        self.deelnemers = {gemeente for gemeente, _ in self.jeugdhulp_geleverd}

    def _take_opp(self, levering: Levering) -> None:
        self.opp_geleverd.add((levering.bronhouder, levering.schooljaar))
        for row in opp_rows(levering, self.referentie):
            self.opp[levering.schooljaar][row.leerling].append(row)

    def _take_jeugdhulp(self, levering: Levering, alle: dict[tuple[str, str], Toewijzing]) -> None:
        gemeente = map_forward(levering.bronhouder, self.referentie.opvolger)
        self.jeugdhulp_geleverd.add((gemeente, levering.schooljaar))
        self.nieuwste_jeugdhulp[gemeente] = max(
            levering.leverdatum, self.nieuwste_jeugdhulp.get(gemeente, date.min)
        )
        begin, end = first_day(levering.schooljaar), last_day(levering.schooljaar)
        for row in toewijzing_rows(levering, self.referentie):
            key = (row.geleverd, row.toewijzing_id)
            if key not in alle or (alle[key].leverdatum, alle[key].schooljaar) < (
                row.leverdatum,
                row.schooljaar,
            ):
                alle[key] = row
            if row.reden_wijziging != "13" and row.ingang_op <= end and row.eind_op >= begin:
                self.toewijzing[levering.schooljaar][row.jeugdige].append(row)

    def _take_inschrijving(self, levering: Levering) -> None:
        self.inschrijving_geleverd.add((levering.bronhouder, levering.schooljaar))
        at = self.inschrijving[levering.schooljaar]
        for rij in levering.rijen:
            leerling, vestiging = rij["leerling_pseudoniem"], rij["vestigingscode"]
            at[leerling] = min(vestiging, at.get(leerling, vestiging))

    def delivered(self, gemeente: str, schooljaar: str) -> bool:
        return (gemeente, schooljaar) in self.jeugdhulp_geleverd

    def persons(self, schooljaar: str) -> list[Persoon]:
        """Everyone with an opp row of the schooljaar or a toewijzing that overlaps it."""
        everyone = sorted(self.opp[schooljaar].keys() | self.toewijzing[schooljaar].keys())
        return [judge(self, schooljaar, pseudoniem) for pseudoniem in everyone]


def is_active(row: Opp) -> bool:
    """An active arrangement: granted or ended, and overlapping its schooljaar."""
    return (
        row.status in ("toegekend", "beeindigd")
        and row.start_op is not None
        and row.start_op <= last_day(row.schooljaar)
        and row.eind_op >= first_day(row.schooljaar)
    )


def judge(wereld: Wereld, schooljaar: str, pseudoniem: str) -> Persoon:
    opp = wereld.opp[schooljaar].get(pseudoniem, [])
    toewijzing = wereld.toewijzing[schooljaar].get(pseudoniem, [])
    actief = [row for row in opp if is_active(row)]
    onderwijs, jeugdhulp = bool(actief), bool(toewijzing)
    redenen = find_reasons(wereld, opp, actief, toewijzing)
    deciding = choose_deciding_row(opp, actief, schooljaar)
    if deciding:
        woongemeente = deciding.woongemeente
    else:
        woongemeente = min(toewijzing, key=lambda t: (-t.ingang_op.toordinal(), t.gemeente)).gemeente
    categorie = choose_categorie(wereld, schooljaar, opp, onderwijs, jeugdhulp, redenen, woongemeente)
    if deciding and categorie != "alleen_jeugdhulp":
        vestiging = deciding.vestiging
    else:
        vestiging = wereld.inschrijving[schooljaar].get(pseudoniem, "onbekend")
    return Persoon(
        pseudoniem,
        schooljaar,
        categorie,
        redenen,
        onderwijs,
        jeugdhulp,
        woongemeente,
        vestiging,
        opp,
        toewijzing,
    )


def choose_categorie(
    wereld: Wereld,
    schooljaar: str,
    opp: list[Opp],
    onderwijs: bool,
    jeugdhulp: bool,
    redenen: frozenset[str],
    woongemeente: str,
) -> str:
    if any(wereld.referentie.regel[reden].soort == "kern" for reden in redenen):
        return "grijs_gebied"
    if not wereld.delivered(woongemeente, schooljaar):
        return "niet_te_bepalen"
    if onderwijs and jeugdhulp:
        return "samenloop"
    if onderwijs:
        return "alleen_onderwijs"
    if jeugdhulp:
        return "alleen_jeugdhulp"
    for row in opp:
        starts_later = row.start_op is not None and row.start_op > last_day(schooljaar)
        if row.status == "aangevraagd" or (row.status == "toegekend" and starts_later):
            return "in_aanvraag"
    return "geen_ondersteuning"


def choose_deciding_row(opp: list[Opp], actief: list[Opp], schooljaar: str) -> Opp | None:
    """DOMAIN 5, Place. Rows alike in all three respects are told apart by bronhouder: DOMAIN is silent."""
    peildatum = date(int(schooljaar[:4]), 10, 1)
    on_peildatum = [row for row in actief if row.start_op <= peildatum <= row.eind_op]
    candidates, latest = (on_peildatum or actief), "start_op"
    if not candidates:
        candidates, latest = opp, "behoefte_op"
    return min(
        candidates,
        default=None,
        key=lambda row: (
            -getattr(row, latest).toordinal(),
            row.vestiging,
            row.arrangement_id,
            row.bronhouder,
        ),
    )


def find_reasons(
    wereld: Wereld, opp: list[Opp], actief: list[Opp], toewijzing: list[Toewijzing]
) -> frozenset[str]:
    regel = wereld.referentie.regel
    holds = {
        "verantwoordelijkheid_in_overleg": any(
            row.verantwoordelijke == "in_overleg"
            for row in opp
            if row.status == "aangevraagd" or is_active(row)
        ),
        "wacht_zonder_verantwoordelijke": any(
            row.verantwoordelijke in ("in_overleg", "onbekend") and waits_too_long(wereld, row) for row in opp
        ),
        "afgewezen_andere_wet": any(refused_for_other_law(wereld, row) for row in opp),
        "wacht_op_besluit": any(waits_too_long(wereld, row) for row in opp),
        "verantwoordelijke_onbekend": any(row.verantwoordelijke == "onbekend" for row in actief),
        "dubbel_aanbod": any(is_offered_twice(wereld, a, t) for a in actief for t in toewijzing),
    }
    return frozenset(reden for reden, ja in holds.items() if ja and regel[reden].aan)


def waits_too_long(wereld: Wereld, row: Opp) -> bool:
    until = min(row.besluit_op or row.peilmoment, row.peilmoment)
    norm = timedelta(days=wereld.referentie.regel["wacht_op_besluit"].norm_dagen)
    overlaps = row.behoefte_op <= last_day(row.schooljaar) and until >= first_day(row.schooljaar)
    return until - row.behoefte_op > norm and overlaps


def refused_for_other_law(wereld: Wereld, row: Opp) -> bool:
    if row.status != "afgewezen" or row.afwijsreden != "andere_wet":
        return False
    if not first_day(row.schooljaar) <= row.besluit_op <= last_day(row.schooljaar):
        return False
    begin = row.besluit_op
    end = begin + timedelta(days=wereld.referentie.regel["afgewezen_andere_wet"].norm_dagen)
    if any(t.ingang_op <= end and t.eind_op >= begin for t in wereld.alle_toewijzingen.get(row.leerling, [])):
        return False
    touched = {schooljaar_of(begin + timedelta(days=n)) for n in range((end - begin).days + 1)}
    if not all(wereld.delivered(row.woongemeente, schooljaar) for schooljaar in touched):
        return False
    return end <= wereld.nieuwste_jeugdhulp[row.woongemeente]


def is_offered_twice(wereld: Wereld, a: Opp, t: Toewijzing) -> bool:
    referentie = wereld.referentie
    begin = max(a.start_op, t.ingang_op, first_day(a.schooljaar))
    end = min(a.eind_op, t.eind_op, last_day(a.schooljaar))
    shared_days = (end - begin).days + 1
    return (
        shared_days >= referentie.regel["dubbel_aanbod"].norm_dagen
        and (t.op_school == "ja" or t.productcode in referentie.netwerk)
        and (a.behoefte, t.categorie) in referentie.koppeling
        and a.financiering != "gezamenlijk_budget"
        and a.verantwoordelijke != "gezamenlijk"
    )
