"""What CBS tables become: gemeenten, residents under 18 and the use of jeugdhulp per gemeente.

Lives here: CBS's columns, codes and periods (OData v3). Not here: pages and addresses (documents). CBS pads
codes with spaces; `null` stands for a gemeente that did not exist that year.
"""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from pipelines.reference.documents import Documenten
from pipelines.reference.layout import changed, check_columns
from pipelines.reference.sources import Bron
from pipelines.reference.tables import NOEMER, Inhoud, read_rows

GEMEENTE = ("gemeente", "naam", "provincie", "bestaat_nog")
JEUGDHULP = ("gemeente", "jaar", "per_100", "bron")
LEEFTIJDEN = tuple(f"{age} jaar" for age in range(18))
# Everybody: the code of the total over sexes and over marital states.
TOTAAL = {"Geslacht": "T001038", "BurgerlijkeStaat": "T001019"}
_GM = re.compile(r"GM([0-9]{4})")
_JAAR = re.compile(r"([12][0-9]{3})JJ00")


def gemeenten(documenten: Documenten, seed: Path) -> Inhoud:
    """The gemeenten of the year of the table, and those of the seed that no longer exist."""
    bron = documenten.bron
    year = _title(documenten, r" ([12][0-9]{3})")
    rows = _rows(documenten, select=",".join(bron.nodig))
    found: dict[str, tuple[str, ...]] = {}
    for row in rows:
        gemeente, province = _GM.fullmatch(_text(row, "Code_1")), _text(row, "Code_28")
        if not gemeente or not re.fullmatch(r"PV[0-9]{2}", province):
            raise changed(bron, "TypedDataSet", "Code_1 is geen gemeente of Code_28 geen provincie")
        found[gemeente[1]] = (
            gemeente[1],
            _text(row, "Naam_2"),
            _text(row, "Naam_29").removesuffix(" (PV)"),
            "ja",
        )
    _enough(bron, len(found))
    known = {row["gemeente"]: row for row in read_rows(seed)}
    gone = sorted(code for code, row in known.items() if row["bestaat_nog"] == "ja" and code not in found)
    new = sorted(set(found) - set(known))
    for code in known:
        found.setdefault(code, (code, known[code]["naam"], "", "nee"))
    return Inhoud(GEMEENTE, [found[code] for code in sorted(found)], f"{year}-01-01", _herindeling(gone, new))


def jeugd(documenten: Documenten, tot_jaar: int) -> Inhoud:
    """Denominators per gemeente: residents younger than 18 on 1 January within the schooljaar."""
    bron = documenten.bron
    _title(documenten, "")
    codes = documenten.lijst("Leeftijd")
    ages = {str(row.get("Title", "")).strip(): str(row.get("Key", "")) for row in codes}
    missing = [age for age in LEEFTIJDEN if not ages.get(age, "").strip()]
    if missing:
        raise changed(bron, "Leeftijd", f"de leeftijd {missing[0]} ontbreekt in de codelijst")
    wanted = {ages[age].strip(): age for age in LEEFTIJDEN}
    totals: defaultdict[tuple[int, str], dict[str, int | None]] = defaultdict(dict)
    for row in _residents(documenten, [ages[age] for age in LEEFTIJDEN], tot_jaar):
        gemeente, year = _GM.fullmatch(_text(row, "RegioS")), _JAAR.fullmatch(_text(row, "Perioden"))
        age = wanted.get(_text(row, "Leeftijd"))
        whole = all(_text(row, column) == code for column, code in TOTAAL.items())
        if gemeente and year and age and whole and int(year[1]) > tot_jaar - bron.jaren:
            totals[int(year[1]), gemeente[1]][age] = row["BevolkingOp1Januari_1"]
    rows = []
    for (year, code), counts in totals.items():
        if set(counts.values()) == {None}:
            continue
        if len(counts) != len(LEEFTIJDEN) or not all(_is_count(count) for count in counts.values()):
            raise changed(bron, f"GM{code} in {year}", "niet elke leeftijd tot 18 jaar heeft een aantal")
        number = sum(count or 0 for count in counts.values())
        rows.append((f"{year - 1}-{year}", "jeugd_gemeente", code, str(number), "cbs_03759ned"))
    newest = max((row[0] for row in rows), default="")
    _enough(bron, sum(row[0] == newest for row in rows))
    return Inhoud(NOEMER, sorted(rows), f"{newest[5:]}-01-01")


def jeugdhulp(documenten: Documenten) -> Inhoud:
    """Young people up to 18 with jeugdhulp in natura per 100, per gemeente and calendar year."""
    bron = documenten.bron
    _title(documenten, "")
    rows = []
    for row in _rows(documenten, filter="startswith(RegioS,'GM')", select=",".join(bron.nodig)):
        gemeente, year = _GM.fullmatch(_text(row, "RegioS")), _JAAR.fullmatch(_text(row, "Perioden"))
        share = row["JongerenMetJeugdhulpInNatura_1"]
        if not gemeente or not year or share is None:
            continue
        if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 100:
            raise changed(bron, "TypedDataSet", "JongerenMetJeugdhulpInNatura_1 is geen percentage")
        rows.append((gemeente[1], year[1], f"{share:.1f}", "cbs_85098NED"))
    newest = max((row[1] for row in rows), default="")
    _enough(bron, sum(row[1] == newest for row in rows))
    return Inhoud(JEUGDHULP, sorted(rows), f"{newest}-12-31")


def _residents(documenten: Documenten, ages: list[str], tot_jaar: int) -> list[dict[str, Any]]:
    """Year by year, so that no answer is long; a year that CBS has not published yet gives no rows."""
    fixed = [f"{column} eq '{code}'" for column, code in TOTAAL.items()] + ["startswith(RegioS,'GM')"]
    fixed.append("(" + " or ".join(f"Leeftijd eq '{age}'" for age in ages) + ")")
    if not documenten.op_afstand:
        return _rows(documenten)
    found: list[dict[str, Any]] = []
    for year in range(tot_jaar - documenten.bron.jaren + 1, tot_jaar + 1):
        where = " and ".join([*fixed, f"Perioden eq '{year}JJ00'"])
        found += _rows(documenten, filter=where, select=",".join(documenten.bron.nodig))
    return found


def _rows(documenten: Documenten, **vraag: str) -> list[dict[str, Any]]:
    rows = documenten.lijst("TypedDataSet", **vraag)
    for row in rows:
        if not set(documenten.bron.nodig) <= row.keys():
            check_columns(documenten.bron, row)
    return rows


def _title(documenten: Documenten, rest: str) -> str:
    """Check that the address is of the table we know; what `rest` captures of its title."""
    infos = documenten.lijst("TableInfos")
    title = str(infos[0].get("Title", "")).strip() if len(infos) == 1 else ""
    found = re.fullmatch(re.escape(documenten.bron.titel) + rest, title)
    if not found:
        raise changed(documenten.bron, "TableInfos", f"de tabel heet niet '{documenten.bron.titel}'")
    return found[1] if found.groups() else ""


def _enough(bron: Bron, number: int) -> None:
    if number < bron.minimum_rijen:
        raise changed(bron, "TypedDataSet", f"er zijn maar {number} gemeenten")


def _herindeling(gone: list[str], new: list[str]) -> tuple[str, ...]:
    """CBS names the areas of a year, not which gemeente went into which."""
    if not gone and not new:
        return ()
    return (
        "Er is een herindeling geweest die dit programma nog niet kent: "
        f"vervallen {', '.join(gone) or 'geen'}; nieuw {', '.join(new) or 'geen'}. Cijfers van vervallen "
        "gemeenten tellen pas bij de nieuwe als de herindeling is ingevoerd.",
    )


def _text(row: dict[str, Any], column: str) -> str:
    return str(row[column] or "").strip()


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
