"""Do deliveries find one another: the share of persons that school and gemeente have in common.

Lives here: match rates per delivery and the verdict on them, for the quality gate. Not here: stopping a run
(gates), the published koppelgraad (warehouse). A wrong key or a wrong export links to nobody without a word;
this is where it is heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from pipelines.contracts import load_contract
from pipelines.intake.levering import Levering

# With fewer persons no match at all is no surprise: about one pupil with support in three has jeugdhulp, and
# 0.67 ** 20 is under one in a thousand. Where both sides show the same key that is no longer the likely cause,
# and a neighbour whose pupils go to school elsewhere may link to nobody: then more persons are needed to stop.
MINSTENS_PERSONEN = 20
MINSTENS_PERSONEN_ZELFDE_SLEUTEL = 100
# Less than this part of the bronhouder's previous share stops the run, where that share leads one to expect at
# least so many matches: with fewer, half of them goes missing by chance (under 15 of an expected 30: 1 in 500).
MINSTENS_DEEL = 0.5
MINSTENS_VERWACHT = 30
_OTHER_SIDE = {"opp": "jeugdhulp", "jeugdhulp": "opp"}


@dataclass(frozen=True)
class Koppeling:
    """Persons of one delivery, and how many of them the other side of the same schooljaar knows.

    `overkant` counts the persons at the other side: with none, nothing can be said. `vorige` is the share
    of the bronhouder's previous delivery of this kind, if there is one to compare with.
    """

    levering_id: str
    contract: str
    bronhouder: str
    schooljaar: str
    personen: int
    gekoppeld: int
    overkant: int
    vingerafdruk: str
    vingerafdruk_overkant: str
    vorige: float | None = None

    @property
    def aandeel(self) -> float:
        return self.gekoppeld / self.personen if self.personen else 0.0

    @property
    def te_beoordelen(self) -> bool:
        return self.personen >= MINSTENS_PERSONEN and self.overkant >= MINSTENS_PERSONEN

    @property
    def goed(self) -> bool:
        """False if nobody links, or less than half of the share that linked before."""
        if not self.te_beoordelen:
            return True
        if not self.gekoppeld:
            same = bool(self.vingerafdruk) and self.vingerafdruk == self.vingerafdruk_overkant
            return same and self.personen < MINSTENS_PERSONEN_ZELFDE_SLEUTEL
        expected = self.personen * (self.vorige or 0.0)
        return expected < MINSTENS_VERWACHT or self.gekoppeld >= MINSTENS_DEEL * expected

    def melding(self) -> str:
        """What is wrong, with both fingerprints and without any number that tells of other parties'
        children.
        """
        how = "koppelt niemand" if not self.gekoppeld else "koppelt minder dan de helft van de vorige keer"
        return (
            f"Levering {self.levering_id} {how}: vingerafdruk van de sleutel "
            f"{self.vingerafdruk or 'onbekend'}, aan de overkant "
            f"{self.vingerafdruk_overkant or 'onbekend'}."
        )


def koppelingen(leveringen: Sequence[Levering], con: duckdb.DuckDBPyConnection) -> list[Koppeling]:
    """Match rates of all active `opp` and `jeugdhulp` deliveries, by schooljaar, contract and bronhouder."""
    found: list[Koppeling] = []
    for schooljaar in sorted({levering.schooljaar for levering in leveringen}):
        here = [item for item in leveringen if item.schooljaar == schooljaar and item.contract in _OTHER_SIDE]
        found += _of_schooljaar(here, con)
    return with_previous(found)


def with_previous(found: Iterable[Koppeling]) -> list[Koppeling]:
    """Each match rate beside that of the same bronhouder and contract in the schooljaar before; pure."""
    last: dict[tuple[str, str], Koppeling] = {}
    result = []
    for item in sorted(found, key=lambda item: (item.contract, item.bronhouder, item.schooljaar)):
        before = last.get((item.contract, item.bronhouder))
        previous = before.aandeel if before is not None and before.te_beoordelen else None
        result.append(Koppeling(**{**vars(item), "vorige": previous}))
        last[item.contract, item.bronhouder] = item
    return sorted(result, key=lambda item: (item.schooljaar, item.contract, item.bronhouder))


def _of_schooljaar(leveringen: Sequence[Levering], con: duckdb.DuckDBPyConnection) -> list[Koppeling]:
    parts = [part for contract in _OTHER_SIDE for part in _persons(contract, leveringen)]
    if not parts:
        return []
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE persoon AS SELECT DISTINCT * FROM ({' UNION ALL '.join(parts)})"
    )
    rows: dict[int, tuple[Any, ...]] = {
        row[0]: row[1:]
        for row in con.execute("""
        WITH overkant AS (SELECT DISTINCT contract, persoon FROM persoon)
        SELECT levering, count(*), count(overkant.persoon)
        FROM persoon LEFT JOIN overkant
          ON overkant.persoon = persoon.persoon AND overkant.contract <> persoon.contract
        GROUP BY levering
    """).fetchall()
    }
    total = dict(
        con.execute("SELECT contract, count(DISTINCT persoon) FROM persoon GROUP BY contract").fetchall()
    )
    con.execute("DROP TABLE persoon")
    prints = {
        contract: ", ".join(
            sorted(
                {item.vingerafdruk for item in leveringen if item.contract == contract and item.vingerafdruk}
            )
        )
        for contract in _OTHER_SIDE
    }
    return [
        Koppeling(
            levering.levering_id,
            levering.contract,
            levering.bronhouder,
            levering.schooljaar,
            *rows.get(number, (0, 0)),
            overkant=total.get(_OTHER_SIDE[levering.contract], 0),
            vingerafdruk=levering.vingerafdruk or "",
            vingerafdruk_overkant=prints[_OTHER_SIDE[levering.contract]],
        )
        for number, levering in enumerate(leveringen)
    ]


def _persons(contract: str, leveringen: Sequence[Levering]) -> Iterator[str]:
    """SELECT of (levering, contract, persoon) over all deliveries of a contract, read at once."""
    own = {number: item.pad for number, item in enumerate(leveringen) if item.contract == contract}
    if own:
        name = load_contract(contract).of_kind("pseudoniem")[0].name
        files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in own.values())
        yield (
            f"SELECT {list(own)}[file_index::BIGINT + 1] AS levering, '{contract}' AS contract, "
            f"hash({name}) AS persoon FROM read_parquet([{files}])"
        )
