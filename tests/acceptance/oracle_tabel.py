"""The oracle's tables: every published table of DOMAIN section 9 with its true figures and complete grid.

Lives here: counting and grids. Not here: reading, and what holds for one person.

A table is a dict: dimensions in published order -> Cel.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from fractions import Fraction

from tests.acceptance.oracle_bron import NERGENS, first_day, last_day
from tests.acceptance.oracle_jaar import ALLES, Cel, Jaar
from tests.acceptance.oracle_persoon import GEPUBLICEERD

CATEGORIE = (*GEPUBLICEERD, "TOTAAL")
VERANTWOORDELIJKE = (
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
VORM = (
    "begeleiding_in_klas",
    "begeleiding_buiten_klas",
    "groepsaanbod",
    "onderwijszorgarrangement",
    "plaatsing_sbo",
    "plaatsing_so_vso",
    "thuis_of_elders",
)
STAP = ("behoefte_besluit", "besluit_start", "toegewezen_ingang")
REDEN = (
    "verantwoordelijkheid_in_overleg",
    "wacht_zonder_verantwoordelijke",
    "afgewezen_andere_wet",
    "wacht_op_besluit",
    "verantwoordelijke_onbekend",
    "dubbel_aanbod",
)


def count(keys: Iterable[tuple]) -> dict[tuple, int]:
    counted: dict[tuple, int] = defaultdict(int)
    for key in keys:
        counted[key] += 1
    return counted


def leerlingen(n: int, te_bepalen: bool = True, volledig: bool | None = None) -> Cel:
    return Cel({"leerlingen": n}, {"leerlingen": n}, te_bepalen, volledig)


def ondersteuning_per_gebied(jaar: Jaar) -> Iterator[tuple[tuple, Cel]]:
    n = count(
        (*area, code)
        for p in jaar.gepubliceerd
        for area in jaar.areas_of(p.woongemeente, p.vestiging)
        for code in (p.categorie, ALLES)
    )
    for area in jaar.areas:
        for code in CATEGORIE:
            yield (
                (jaar.schooljaar, *area, code),
                leerlingen(n[(*area, code)], jaar.can_tell(*area, code), jaar.is_complete(*area)),
            )


def grijs_gebied_redenen(jaar: Jaar) -> Iterator[tuple[tuple, Cel]]:
    n = count(
        (*area, reden)
        for p in jaar.gepubliceerd
        for area in jaar.areas_of(p.woongemeente, p.vestiging)
        for reden in p.redenen
    )
    regel = jaar.wereld.referentie.regel
    for area in jaar.areas:
        for reden in REDEN:
            if regel[reden].aan:
                yield (
                    (jaar.schooljaar, *area, reden, regel[reden].soort),
                    leerlingen(n[(*area, reden)], jaar.can_tell(*area, reden), jaar.is_complete(*area)),
                )


def ondersteuning_per_school(jaar: Jaar) -> Iterator[tuple[tuple, Cel]]:
    def levels(vestiging: str) -> tuple[tuple[str, str, str], ...]:
        swv, bestuur, _ = jaar.school(vestiging)
        return ((ALLES, ALLES, ALLES), (swv, ALLES, ALLES), (swv, bestuur, ALLES), (swv, bestuur, vestiging))

    n = count(
        (*level, code)
        for p in jaar.gepubliceerd
        for level in levels(p.vestiging)
        for code in (p.categorie, ALLES)
    )
    for level in sorted({level for vestiging in jaar.vestigingen for level in levels(vestiging)}):
        for code in CATEGORIE:
            known = not (code == "alleen_jeugdhulp" and level in jaar.zonder_inschrijving)
            yield (jaar.schooljaar, *level, code), leerlingen(n[(*level, code)], known)


def ondersteuning_per_bestuur_gemeente(jaar: Jaar) -> Iterator[tuple[tuple, Cel]]:
    def coarse(categorie: str) -> str:
        return categorie if categorie in ("grijs_gebied", "niet_te_bepalen") else "overig"

    n = count(
        (bestuur, gemeente, code)
        for p in jaar.gepubliceerd
        for bestuur in (jaar.school(p.vestiging)[1], ALLES)
        for gemeente in (p.woongemeente, ALLES)
        for code in (coarse(p.categorie), ALLES)
    )
    for bestuur in (*sorted(jaar.besturen), ALLES):
        for gemeente in (*sorted(jaar.woongemeenten), ALLES):
            for code in ("grijs_gebied", "niet_te_bepalen", "overig", ALLES):
                known = gemeente == ALLES or jaar.can_tell("woongemeente", gemeente, code)
                yield (
                    (jaar.schooljaar, bestuur, gemeente, code),
                    leerlingen(n[(bestuur, gemeente, code)], known),
                )


def koppelgraad(jaar: Jaar) -> Iterator[tuple[tuple, Cel]]:
    onderwijs = [p for p in jaar.gepubliceerd if p.onderwijs]
    all_of = count((p.woongemeente,) for p in onderwijs)
    linked = count((p.woongemeente,) for p in onderwijs if p.jeugdhulp)
    for gemeente in sorted(jaar.woongemeenten):
        known = jaar.wereld.delivered(gemeente, jaar.schooljaar)
        figuren = {"leerlingen_onderwijs": all_of[(gemeente,)], "gekoppeld": linked[(gemeente,)]}
        yield (
            (jaar.schooljaar, gemeente),
            Cel(figuren, figuren, known, volledig=known, onbekend=() if known else ("gekoppeld",)),
        )


def grijs_gebied_school_gemeente(jaar: Jaar) -> Iterator[tuple[tuple, Cel]]:
    """The unpublished crossing; only cells that occur."""
    n = count((*jaar.school(p.vestiging), p.woongemeente, p.categorie) for p in jaar.gepubliceerd)
    for key in sorted(n):
        yield (jaar.schooljaar, *key), leerlingen(n[key])


def arrangementen(
    jaar: Jaar,
    codes: tuple[tuple[str, ...], ...],
    column: tuple[str, ...],
) -> Iterator[tuple[tuple, Cel]]:
    """Active arrangements over the full cube of `codes`: the row's own value of each column, or TOTAAL."""
    n: dict[tuple, int] = defaultdict(int)
    behind: dict[tuple, set[str]] = defaultdict(set)
    for row in jaar.actief:
        for member in cross(*((getattr(row, name), ALLES) for name in column)):
            for area in jaar.row_areas(row):
                n[(*area, *member)] += 1
                behind[(*area, *member)].add(row.leerling)
    for area in jaar.areas:
        for member in cross(*((*values, ALLES) for values in codes)):
            key = (*area, *member)
            yield (
                (jaar.schooljaar, *key),
                Cel({"arrangementen": n.get(key, 0)}, {"arrangementen": len(behind.get(key, ()))}),
            )


def verantwoordelijkheid(jaar: Jaar) -> Iterator[tuple[tuple, Cel]]:
    return arrangementen(jaar, (VERANTWOORDELIJKE, FINANCIERING), ("verantwoordelijke", "financiering"))


def organisatie(jaar: Jaar) -> Iterator[tuple[tuple, Cel]]:
    return arrangementen(jaar, (VORM,), ("vorm",))


def cross(*lists: Iterable[str]) -> list[tuple[str, ...]]:
    combined: list[tuple[str, ...]] = [()]
    for values in lists:
        combined = [(*head, value) for head in combined for value in tuple(values)]
    return combined


def wachttijden(jaar: Jaar) -> Iterator[tuple[tuple, Cel]]:
    waits: dict[tuple, list[tuple[int, str]]] = defaultdict(list)
    waiting: dict[tuple, list[str]] = defaultdict(list)
    for stap, areas, begin, end, leerling in _waits(jaar):
        for area in areas:
            waits[(*area, stap)].append((max(0, (end - begin).days), leerling))
    for row in jaar.opp:
        if row.behoefte_op <= row.peilmoment and (row.besluit_op is None or row.besluit_op > row.peilmoment):
            for area in jaar.row_areas(row):
                waiting[area].append(row.leerling)
    for area in jaar.areas:
        for stap in STAP:
            wachtend = waiting.get(area, []) if stap == "behoefte_besluit" else None
            yield (
                (jaar.schooljaar, *area, stap),
                _waiting_cell(
                    waits.get((*area, stap), []),
                    wachtend,
                    jaar.can_tell(*area, stap),
                    jaar.is_complete(*area),
                ),
            )


def _waits(jaar: Jaar) -> Iterator[tuple]:
    begin, end = first_day(jaar.schooljaar), last_day(jaar.schooljaar)
    for row in jaar.opp:
        if row.besluit_op is not None and begin <= row.besluit_op <= end:
            yield "behoefte_besluit", jaar.row_areas(row), row.behoefte_op, row.besluit_op, row.leerling
    for row in jaar.actief:
        if begin <= row.start_op <= end:
            yield "besluit_start", jaar.row_areas(row), row.besluit_op, row.start_op, row.leerling
    for row in jaar.toewijzing:
        continued = (row.gemeente, row.ingang_op) in jaar.wereld.referentie.herindeling
        if begin <= row.ingang_op <= end and not continued:
            areas = jaar.areas_of(row.gemeente, jaar.persoon[row.jeugdige].vestiging)
            yield "toegewezen_ingang", areas, row.toegewezen_op, row.ingang_op, row.jeugdige


def _waiting_cell(
    waits: list[tuple[int, str]], wachtend: list[str] | None, known: bool, volledig: bool
) -> Cel:
    dagen = sorted(dag for dag, _ in waits)
    figuren: dict[str, int | None] = {
        "aantal": len(dagen),
        "mediaan_dagen": None,
        "p90_dagen": None,
        "wachtend": None if wachtend is None else len(wachtend),
    }
    zijden = {}
    for name, share in (("mediaan_dagen", Fraction(1, 2)), ("p90_dagen", Fraction(9, 10))):
        if dagen:
            value = quantile_cont(dagen, share)
            figuren[name] = math.floor(value + Fraction(1, 2))
            zijden[name] = (
                len({wie for dag, wie in waits if dag <= value}),
                len({wie for dag, wie in waits if dag >= value}),
            )
    behind = len({wie for _, wie in waits})
    achter = {
        "aantal": behind,
        "mediaan_dagen": behind,
        "p90_dagen": behind,
        "wachtend": len(set(wachtend or ())),
    }
    return Cel(figuren, achter, known, volledig, zijden=zijden)


def quantile_cont(dagen: list[int], share: Fraction) -> Fraction:
    position = (len(dagen) - 1) * share
    low = math.floor(position)
    high = min(low + 1, len(dagen) - 1)
    return dagen[low] + (dagen[high] - dagen[low]) * (position - low)


def jeugdhulppartners_per_school(jaar: Jaar) -> Iterator[tuple[tuple, Cel]]:
    aanbieders: dict[str, set[str]] = defaultdict(set)
    behind: dict[str, int] = defaultdict(int)
    for p in jaar.gepubliceerd:
        aanbieders[p.vestiging].update(t.aanbieder for t in p.toewijzing)
        behind[p.vestiging] += p.jeugdhulp
    for vestiging in sorted(jaar.vestigingen - {"onbekend"}):
        yield (
            (jaar.schooljaar, vestiging),
            Cel({"aanbieders": len(aanbieders[vestiging])}, {"aanbieders": behind[vestiging]}),
        )


def overlegpartners(jaar: Jaar) -> Iterator[tuple[tuple, Cel]]:
    met: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    behind: dict[tuple[str, str], set[str]] = defaultdict(set)
    for p in jaar.gepubliceerd:
        if not p.onderwijs:
            continue
        swv, bestuur, _ = jaar.school(p.vestiging)
        for partij in (("school", p.vestiging), ("bestuur", bestuur), ("swv", swv)):
            behind[partij].add(p.pseudoniem)
            met[partij]["gemeenten"].add(p.woongemeente)
        behind["gemeente", p.woongemeente].add(p.pseudoniem)
        met["gemeente", p.woongemeente]["swv"].add(swv)
        met["gemeente", p.woongemeente]["besturen"].add(bestuur)
    partijen = {("gemeente", gemeente) for gemeente in jaar.woongemeenten}
    for vestiging in jaar.vestigingen:
        swv, bestuur, _ = jaar.school(vestiging)
        partijen |= {("school", vestiging), ("bestuur", bestuur), ("swv", swv)}
    for partij in sorted(partijen):
        if partij[1] in NERGENS:
            continue
        own = ("swv", "besturen") if partij[0] == "gemeente" else ("gemeenten",)
        figuren = {
            name: len(met[partij][name] - set(NERGENS)) if name in own else None
            for name in ("gemeenten", "swv", "besturen")
        }
        yield (jaar.schooljaar, *partij), Cel(figuren, dict.fromkeys(figuren, len(behind[partij])))


TABELLEN = {
    function.__name__: function
    for function in (
        ondersteuning_per_gebied,
        ondersteuning_per_school,
        ondersteuning_per_bestuur_gemeente,
        grijs_gebied_redenen,
        verantwoordelijkheid,
        organisatie,
        wachttijden,
        jeugdhulppartners_per_school,
        overlegpartners,
        koppelgraad,
        grijs_gebied_school_gemeente,
    )
}
