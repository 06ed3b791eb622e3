"""What DUO's files become: vestigingen with their samenwerkingsverband, and pupils per vestiging and year.

Lives here: DUO's columns, its `<5`, and where a vestiging belongs. Not here: reading the dialect (layout) and
the region's own vestigingen, which go before these.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from pipelines.reference.layout import changed, other_columns, read_duo
from pipelines.reference.sources import DATA, Bron
from pipelines.reference.tables import NIET_GEGEVEN, NOEMER, Inhoud, read_rows

VESTIGING = (
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
# DUO counts SO and VSO of a mixed vestiging together; it stands as SO, as in the seed.
SOORTEN = {"BO": "BO", "SBO": "SBO", "SO": "SO", "VSO": "VSO", "SO/VSO": "SO"}
_SECTOR_VO = frozenset({"VSO", "VO", "PRO"})
_CODE = re.compile(r"[0-9]{2}[A-Z]{2}[0-9]{2}")
_JAAR = re.compile(r"LEERLINGEN_([12][0-9]{3})")
_AANTAL = re.compile(r"[0-9]{1,5}|<5")


class Telling:
    """The historic overview of pupils, read once: per vestiging its master data and its counts per year."""

    def __init__(self, path: Path, bron: Bron) -> None:
        header, rows = read_duo(path, bron)
        self.jaren = self._years(header, bron)[-bron.jaren :]
        self.waarschuwingen = other_columns(bron, [name for name in header if not _JAAR.fullmatch(name)])
        self.vestiging: dict[str, dict[str, str]] = {}
        self.aantal: dict[str, dict[int, str]] = {}
        for number, row in rows:
            code = _cell(row, "VESTIGINGSCODE", _CODE, number, bron)
            if code in self.aantal:
                raise changed(bron, f"rij {number}", "een VESTIGINGSCODE staat er twee keer in")
            if row["SOORT_VESTIGING"] not in SOORTEN:
                raise changed(bron, f"rij {number}", "onbekende waarde in kolom SOORT_VESTIGING")
            self.vestiging[code] = row
            self.aantal[code] = {
                year: _cell(row, f"LEERLINGEN_{year}", _AANTAL, number, bron) for year in self.jaren
            }
        if len(self.aantal) < bron.minimum_rijen:
            raise changed(bron, "inhoud", f"er zijn maar {len(self.aantal)} rijen")

    @staticmethod
    def _years(header: list[str], bron: Bron) -> list[int]:
        years = sorted(int(found[1]) for name in header if (found := _JAAR.fullmatch(name)))
        if not years or years != list(range(years[0], years[-1] + 1)):
            raise changed(bron, "kopregel", "de kolommen LEERLINGEN_jaar ontbreken of sluiten niet aan")
        return years

    def open_vestigingen(self) -> list[str]:
        """Codes with a pupil in one of the years."""
        return [code for code, counts in self.aantal.items() if set(counts.values()) - {"0"}]

    def newest(self, code: str) -> str:
        """The newest count of a vestiging, empty if DUO does not give it."""
        return _number(self.aantal.get(code, {}).get(self.jaren[-1], NIET_GEGEVEN))


def leerlingen(telling: Telling, seed: Path) -> Inhoud:
    """Denominators per vestiging: pupils on 1 October of the schooljaar, empty where DUO writes `<5`.

    Vestigingen that only the seed has (VO) keep its counts.
    """
    rows = [
        (f"{year}-{year + 1}", "leerlingen_vestiging", code, _number(count), "duo_po")
        for code, counts in telling.aantal.items()
        for year, count in counts.items()
        if count.strip("0")
    ]
    rows += [
        tuple(row[column] for column in NOEMER)
        for row in read_rows(seed)
        if row["code"] not in telling.aantal
    ]
    return Inhoud(NOEMER, sorted(rows), f"{telling.jaren[-1]}-10-01", telling.waarschuwingen)


def vestigingen(
    path: Path, bron: Bron, telling: Telling, seed: Path, swv_seed: Path, peildatum: str
) -> Inhoud:
    """The list of basisonderwijs, the other vestigingen that DUO counts, and those only the seed knows (VO).

    A vestiging that closed stays: an earlier schooljaar may name it.
    """
    known = {row["vestigingscode"]: row for row in read_rows(seed)}
    swv = Samenwerkingsverbanden(swv_seed)
    found: dict[str, tuple[str, ...]] = {}
    header, rows = read_duo(path, bron)
    for number, row in rows:
        code = _cell(row, "VESTIGINGSCODE", _CODE, number, bron)
        if code in found:
            raise changed(bron, f"rij {number}", "een VESTIGINGSCODE staat er twee keer in")
        counted = telling.vestiging.get(code, {"SOORT_VESTIGING": "BO"})  # a new one is not counted yet
        postcode4 = _cell(row, "POSTCODE", re.compile(r"[1-9][0-9]{3} ?[A-Z]{2}"), number, bron)[:4]
        found[code] = _vestiging(
            code,
            row["VESTIGINGSNAAM"],
            SOORTEN[counted["SOORT_VESTIGING"]],
            _cell(row, "BEVOEGD GEZAG NUMMER", re.compile(r"[0-9]{5}"), number, bron),
            _cell(row, "GEMEENTENUMMER", re.compile(r"[0-9]{1,4}"), number, bron),
            postcode4,
            swv,
            telling,
            known,
        )
    if len(found) < bron.minimum_rijen:
        raise changed(bron, "inhoud", f"er zijn maar {len(found)} rijen")
    for code in telling.open_vestigingen():
        row = telling.vestiging[code]
        if code not in found and re.fullmatch(r"[0-9]{5}", row["BEVOEGD_GEZAG_NUMMER"]):
            found[code] = _vestiging(
                code,
                row["NAAM_VESTIGING"],
                SOORTEN[row["SOORT_VESTIGING"]],
                row["BEVOEGD_GEZAG_NUMMER"],
                row["GEMEENTECODE_VESTIGING"],
                known.get(code, {}).get("postcode4", ""),
                swv,
                telling,
                known,
            )
    for code, row in known.items():
        found.setdefault(code, tuple(row[column] for column in VESTIGING))
    warnings = other_columns(bron, header) + _without_swv(found.values())
    return Inhoud(VESTIGING, [found[code] for code in sorted(found)], peildatum, warnings)


def _vestiging(
    code: str,
    naam: str,
    soort: str,
    bestuur: str,
    gemeente: str,
    postcode4: str,
    swv: Samenwerkingsverbanden,
    telling: Telling,
    known: dict[str, dict[str, str]],
) -> tuple[str, ...]:
    gemeente = gemeente.zfill(4)
    place = swv.of(soort, postcode4, gemeente) or known.get(code, {}).get("swv", "")
    name_of_board = known.get(code, {}).get("bestuur_naam", "")
    return code, naam, soort, bestuur, name_of_board, place, gemeente, postcode4, telling.newest(code)


def _without_swv(rows: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    number = sum(not row[VESTIGING.index("swv")] for row in rows)
    return (
        (
            f"Van {number} vestigingen is het samenwerkingsverband niet bekend; vul vestigingen.csv aan als "
            "zij in uw regio liggen.",
        )
        if number
        else ()
    )


class Samenwerkingsverbanden:
    """To which swv a vestiging belongs: by its postcode area, else that with most areas in its gemeente."""

    def __init__(self, per_gemeente: Path) -> None:
        self._postcode = {row["postcode4"]: row for row in read_rows(DATA / "swv_postcode.csv")}
        most: defaultdict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
        for row in read_rows(per_gemeente):
            most[row["sector"], row["gemeente"]].append((-int(row["postcodegebieden"]), row["swv"]))
        self._gemeente = {place: min(candidates)[1] for place, candidates in most.items()}

    def of(self, soort: str, postcode4: str, gemeente: str) -> str:
        """The code of the swv, or empty if neither area is known."""
        sector = "VO" if soort in _SECTOR_VO else "PO"
        area = self._postcode.get(postcode4, {}).get(sector.lower(), "")
        return area or self._gemeente.get((sector, gemeente), "")


def _number(count: str) -> str:
    return str(int(count)) if count.isdigit() else NIET_GEGEVEN


def _cell(row: dict[str, str], column: str, form: re.Pattern[str], number: int, bron: Bron) -> str:
    if not form.fullmatch(row[column]):
        raise changed(bron, f"rij {number}", f"kolom {column} heeft een andere vorm dan gepubliceerd")
    return row[column]
