"""Fictional schoolbesturen and vestigingen on real ground.

Lives here: how many schools of which soort and size stand where, who runs them, and `vestigingen.csv`. Not
here: pupils. Codes are ones that DUO does not give out: instellingscodes from 90AA on (DUO's end at 32),
bestuursnummers that begin with 00. Names say that they are made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.synthetic.area import KERN, Gebied
from pipelines.synthetic.calendar import Schooljaar
from pipelines.synthetic.chance import Stream, spread
from pipelines.synthetic.names import bestuur_name, school_names
from pipelines.synthetic.places import SOORTEN

GEMIDDELD = {"BO": 225, "SBO": 135, "SO": 88, "VSO": 92, "VO": 640, "PRO": 115}
PER_BESTUUR = {"PO": 30, "SO": 9, "VO": 10}
KLEIN = 0.6  # below scale 1 the number of schools shrinks by this power: fewer, but enough to tell apart


def groep(soort: str) -> str:
    """Which kind of bestuur runs a school of this soort."""
    return "SO" if soort in ("SO", "VSO") else "VO" if soort in ("VO", "PRO") else "PO"


@dataclass(frozen=True)
class Scholen:
    """Vestigingen by index, ordered by soort and gemeente."""

    code: list[str]
    naam: list[str]
    soort: NDArray[np.int8]
    gemeente: NDArray[np.int16]
    bestuur: NDArray[np.int16]
    swv: list[str]
    postcode4: list[str]
    grootte: list[NDArray[np.int64]]
    bestuursnummer: list[str]
    bestuursnaam: list[str]
    gemeentecode: list[str]

    def codes_of(self, vestiging: NDArray[np.integer]) -> pl.Series:
        return pl.Series(self.code, dtype=pl.String).gather(vestiging)

    def write(self, path: Path) -> None:
        """`vestigingen.csv` as DOMAIN.md section 4 lays it out; leerlingen of the newest schooljaar."""
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = ["vestigingscode;naam;soort;bestuur;bestuur_naam;swv;gemeente;postcode4;leerlingen"]
        for i in np.argsort(self.code, kind="stable"):
            b = self.bestuur[i]
            kind, gemeente = SOORTEN[self.soort[i]], self.gemeentecode[self.gemeente[i]]
            owner = (self.bestuursnummer[b], self.bestuursnaam[b], self.swv[i])
            place = (gemeente, self.postcode4[i], str(self.grootte[-1][i]))
            lines.append(";".join((self.code[i], self.naam[i], kind, *owner, *place)))
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def build_scholen(gebied: Gebied, jaren: list[Schooljaar], seed: int) -> Scholen:
    stream = Stream(seed, "scholen")
    soorten, gemeenten, sizes = [], [], [[] for _ in jaren]
    for number, soort in enumerate(SOORTEN):
        for gemeente in gebied.plan[soort]:
            n = _how_many(gebied, soort, gemeente, jaren[-1].jaar)
            weights = stream.factor(0.35, n)
            soorten += [number] * n
            gemeenten += [gemeente] * n
            for t, jaar in enumerate(jaren):
                target = max(n, gebied.target(soort, gemeente, jaar.jaar))
                sizes[t].append(spread(target, weights * stream.factor(0.03, n)))
    n = len(soorten)
    land = gebied.land
    areas = [
        land.postcodes[g][int(u * len(land.postcodes[g]))]
        for g, u in zip(gemeenten, stream.uniform(n), strict=True)
    ]
    swv = [
        area[1] if SOORTEN[s] in ("BO", "SBO", "SO") else area[2]
        for area, s in zip(areas, soorten, strict=True)
    ]
    home = land.postcodes[land.index(KERN[0])][0]
    bestuur, nummers, namen = _besturen(stream, np.array(soorten), areas, home)
    return Scholen(
        code=_codes(np.array(soorten), bestuur),
        naam=school_names(stream, soorten, gemeenten),
        soort=np.array(soorten, dtype=np.int8),
        gemeente=np.array(gemeenten, dtype=np.int16),
        bestuur=bestuur,
        swv=swv,
        postcode4=[area[0] for area in areas],
        grootte=[np.concatenate(part) for part in sizes],
        bestuursnummer=nummers,
        bestuursnaam=namen,
        gemeentecode=land.codes,
    )


def _how_many(gebied: Gebied, soort: str, gemeente: int, jaar: int) -> int:
    pupils = gebied.land.pupils(soort, jaar)[gemeente] * gebied.plan[soort][gemeente]
    shrink = gebied.factor if gebied.factor >= 1 else gebied.factor**KLEIN
    return max(1, round(pupils / GEMIDDELD[soort] * shrink))


def _besturen(
    stream: Stream,
    soorten: NDArray[np.integer],
    areas: list[tuple[str, str, str]],
    home: tuple[str, str, str],
) -> tuple[NDArray[np.int16], list[str], list[str]]:
    """Per SWV area a few besturen of each kind, of unequal size, their schools mixed over the gemeenten.

    Where only one or two schools of a kind stand in an area, a bestuur from around Amersfoort runs them.
    """
    bestuur = np.zeros(len(soorten), dtype=np.int16)
    numbers: list[str] = []
    names: list[str] = []
    kinds = np.array([groep(SOORTEN[s]) for s in soorten])
    for kind, minimum in (("PO", 4), ("SO", 2), ("VO", 3)):
        column = 2 if kind == "VO" else 1
        swvs = np.array([area[column] for area in areas])
        for swv in set(swvs[kinds == kind]):
            if np.sum((kinds == kind) & (swvs == swv)) < 3:
                swvs[swvs == swv] = home[column]
        for swv in sorted(set(swvs[kinds == kind])):
            members = np.flatnonzero((kinds == kind) & (swvs == swv))
            least = minimum if swv == home[column] else 1
            count = min(len(members), max(least, round(len(members) / PER_BESTUUR[kind])))
            share = stream.pick(1 / (1 + np.arange(count)) ** 0.5, len(members), minimum=1)
            for local in range(count):
                bestuur[members[share == local]] = len(numbers)
                numbers.append(f"00{101 + len(numbers):03d}")
                names.append(bestuur_name(len(numbers), kind))
    return bestuur, numbers, names


def _codes(soorten: NDArray[np.integer], bestuur: NDArray[np.integer]) -> list[str]:
    """Instellingscodes 90AA, 90AB, …; schools for VO of one bestuur share an instelling, as real ones do."""
    codes = [""] * len(soorten)
    number, last, branch = -1, (-1, -1), 0
    for i in np.lexsort((bestuur, soorten)):
        key = (int(soorten[i]), int(bestuur[i]))
        shared = SOORTEN[key[0]] in ("VO", "SO", "VSO") and key == last and branch < 3
        branch = branch + 1 if shared else 0
        number += not shared
        last = key
        codes[i] = f"{90 + number // 676:02d}{chr(65 + number // 26 % 26)}{chr(65 + number % 26)}{branch:02d}"
    return codes
