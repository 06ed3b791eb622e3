"""Reading one release of a publication.

Lives here: finding the release folder, its tables in memory, figures with their status, labels of codes and
names of places. Not here: the warehouse (this room never opens it) and what is said about the figures
(topics).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import duckdb

from pipelines.errors import Gebruiksfout
from pipelines.publication.views import SLEUTEL
from pipelines.report.figure import Figure, Rate, nothing
from pipelines.resources import resource_dir

TOTAAL, ONBEKEND = "TOTAAL", "onbekend"
OVERIGE = "overige vestigingen"  # the small schools of a bestuur, together
Row = dict[str, Any]
KEPT, FEW = 400, 120  # answers that are kept, and the rows of an answer that is worth keeping

# Table: (dimensions in reading order, figures). DOMAIN.md section 9.
TABLES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "ondersteuning_per_gebied": (("schooljaar", "gebied_soort", "gebied", "categorie"), ("leerlingen",)),
    "ondersteuning_per_school": (
        ("schooljaar", "swv", "bestuur", "vestigingscode", "categorie"),
        ("leerlingen",),
    ),
    "ondersteuning_per_bestuur_gemeente": (
        ("schooljaar", "bestuur", "gemeente", "categorie"),
        ("leerlingen",),
    ),
    "grijs_gebied_redenen": (("schooljaar", "gebied_soort", "gebied", "reden"), ("leerlingen",)),
    "verantwoordelijkheid": (
        ("schooljaar", "gebied_soort", "gebied", "verantwoordelijke", "financiering"),
        ("arrangementen",),
    ),
    "organisatie": (("schooljaar", "gebied_soort", "gebied", "ondersteuningsvorm"), ("arrangementen",)),
    "wachttijden": (
        ("schooljaar", "gebied_soort", "gebied", "stap"),
        ("aantal", "mediaan_dagen", "p90_dagen", "wachtend"),
    ),
    "jeugdhulppartners_per_school": (("schooljaar", "vestigingscode"), ("aanbieders",)),
    "overlegpartners": (("schooljaar", "partij_soort", "partij"), ("gemeenten", "swv", "besturen")),
    "koppelgraad": (("schooljaar", "gemeente"), ("leerlingen_onderwijs", "gekoppeld")),
}
# Tables that profiel openbaar does not have.
OOGO_ONLY = (
    "ondersteuning_per_bestuur_gemeente",
    "jeugdhulppartners_per_school",
    "dim_school",
    "dim_bestuur",
)
DIMENSION_TABLES = (
    "dim_school",
    "dim_bestuur",
    "dim_gemeente",
    "dim_swv",
    "dim_jeugdregio",
    "dim_schooljaar",
)


def find_release(place: Path) -> Path:
    """The release folder at `place` (a release, or a folder with `current`); Gebruiksfout if none."""
    for folder in (place, place / "current"):
        if (folder / "release.json").is_file() and (folder / "parquet").is_dir():
            return folder.resolve()
    raise Gebruiksfout(
        "Hier ligt geen publicatie.",
        waar=str(place),
        remedie="Draai eerst: oa run (en oa publish), of wijs een map met release.json aan.",
    )


@cache
def code_list(lijst: str) -> dict[str, str]:
    """Code to Dutch label, in reading order."""
    with (resource_dir("seeds") / "ref_code.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter=";") if row["lijst"] == lijst]
    return {row["code"]: row["omschrijving"] for row in sorted(rows, key=lambda row: int(row["volgorde"]))}


@dataclass(frozen=True)
class Place:
    """An area or party as the tables name it."""

    soort: str
    code: str
    naam: str


class Release:
    """One release, opened; use it from one thread."""

    def __init__(self, place: Path) -> None:
        self.folder = find_release(place)
        self.meta: Row = json.loads((self.folder / "release.json").read_text(encoding="utf-8"))
        self._con = duckdb.connect(config={"threads": 1, "memory_limit": "400MB"})
        self.tables: set[str] = set()
        self._asked: dict[tuple[object, ...], list[Row]] = {}  # packs ask for the same areas again and again
        self.kept: dict[
            tuple[str, str], Any
        ] = {}  # what packs of this release share, by topic and schooljaar
        for file in sorted((self.folder / "parquet").glob("*.parquet")):
            path = str(file).replace("'", "''")
            self._con.execute(f"CREATE TABLE \"{file.stem}\" AS SELECT * FROM read_parquet('{path}')")
            self.tables.add(file.stem)
        self.publicatie: Row = self._rows("SELECT * FROM publicatie")[0]
        missing = [name for name in self._expected() if name not in self.tables]
        if missing:
            raise Gebruiksfout(
                f"De publicatie mist tabellen: {', '.join(missing)}.",
                waar=str(self.folder),
                remedie="Publiceer opnieuw met deze versie.",
            )

    def _expected(self) -> list[str]:
        names = (*TABLES, *DIMENSION_TABLES, "toelichting")
        return [name for name in names if self.profiel == "oogo" or name not in OOGO_ONLY]

    def close(self) -> None:
        self._con.close()

    def _rows(self, sql: str, values: Iterable[object] = ()) -> list[Row]:
        result = self._con.execute(sql, list(values))
        names = [column[0] for column in result.description]
        return [dict(zip(names, row, strict=True)) for row in result.fetchall()]

    # What the publication says about itself

    @property
    def id(self) -> str:
        return str(self.publicatie["release"])

    @property
    def profiel(self) -> str:
        return str(self.publicatie["profiel"])

    @property
    def drempel(self) -> int:
        return int(self.publicatie["drempel"])

    @property
    def demo(self) -> bool:
        return bool(self.publicatie.get("demo", self.meta.get("demo", False)))

    @property
    def leverdatum(self) -> str:
        """The newest delivery date, ISO."""
        return str(self.publicatie["nieuwste_leverdatum"])[:10]

    @property
    def contact(self) -> str:
        return str(self.publicatie.get("contact") or self.meta.get("contact") or "")

    def listed(self, name: str) -> list[Row]:
        """A list in `publicatie`, kept as JSON text or as a list of structs."""
        value = self.publicatie.get(name) or self.meta.get(name) or []
        return json.loads(value) if isinstance(value, str) else list(value)

    @cached_property
    def overgenomen(self) -> dict[str, Row]:
        """Schooljaren whose rows are those of an earlier release: by schooljaar its name and drempel."""
        return {str(item["schooljaar"]): item for item in self.listed("overgenomen")}

    @cached_property
    def norm_dagen(self) -> int:
        """The norm of reden wacht_op_besluit, as set for this release."""
        for row in self.listed("regels"):
            if row.get("reden") == "wacht_op_besluit" and row.get("norm_dagen"):
                return int(row["norm_dagen"])
        return 56

    @cached_property
    def schooljaren(self) -> list[str]:
        return [
            row["schooljaar"]
            for row in self._rows(
                "SELECT DISTINCT schooljaar FROM ondersteuning_per_gebied ORDER BY schooljaar"
            )
        ]

    # Rows and figures

    def rows(self, table: str, **where: object) -> list[Row]:
        """Rows of a published table that match `where`, in reading order; [] if not in this profiel."""
        if table not in self.tables:
            return []
        key = (table, *where.items())
        if key in self._asked:
            return list(self._asked[key])
        dims = TABLES[table][0] if table in TABLES else ()
        condition = " AND ".join(f'"{name}" = ?' for name in where) or "true"
        order = f" ORDER BY {', '.join(dims)}" if dims else " ORDER BY ALL"
        found = self._rows(f'SELECT * FROM "{table}" WHERE {condition}{order}', where.values())
        if len(self._asked) >= KEPT:
            self._asked.clear()
        if len(found) <= FEW:
            self._asked[key] = found
        return list(found)

    def rows_among(self, table: str, keys: tuple[str, ...], members: Iterable[tuple[str, ...]]) -> list[Row]:
        """Rows of which the columns `keys` together are one of `members`, in reading order."""
        wanted = list(members)
        if table not in self.tables or not wanted:
            return []
        marks = ", ".join("(" + ", ".join("?" * len(keys)) + ")" for _ in wanted)
        columns = ", ".join(f'"{key}"' for key in keys)
        return self._rows(
            f'SELECT * FROM "{table}" WHERE ({columns}) IN (VALUES {marks}) ORDER BY '
            f"{', '.join(TABLES[table][0])}",
            [value for member in wanted for value in member],
        )

    def figure(self, row: Row, name: str) -> Figure:
        """The figure `name` of a row with its own status, or the row's if the table has but one figure."""
        status = row.get(f"{name}_status") or row["status"]
        value = row[name]
        earlier = self.overgenomen.get(str(row.get("schooljaar")))
        base = int(earlier["drempel"]) if earlier else self.drempel
        return Figure(None if value is None else int(value), str(status), base)

    def rate(self, row: Row, figure: str = "leerlingen") -> Rate:
        """The share per 100 of a row, as published; not known where the publication gives none."""
        per_100, noemer = row.get("aandeel_per_100"), row.get("noemer")
        return Rate(
            self.figure(row, figure),
            None if per_100 is None else float(per_100),
            None if noemer is None else int(noemer),
            str(row.get("noemer_bron") or ""),
        )

    def figures(self, table: str, key: str, figure: str, **where: object) -> dict[str, Figure]:
        """`figure` per member of `key` for the rows that match."""
        return {str(row[key]): self.figure(row, figure) for row in self.rows(table, **where)}

    def one(self, table: str, figure: str, **where: object) -> Figure:
        """The one figure that matches; a figure that is not published is not shown."""
        rows = self.rows(table, **where)
        return self.figure(rows[0], figure) if len(rows) == 1 else nothing()

    # Names

    @cached_property
    def schools(self) -> dict[str, Row]:
        return {row["vestigingscode"]: row for row in self.rows("dim_school")}

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        places = {
            "gemeente": "dim_gemeente",
            "swv": "dim_swv",
            "bestuur": "dim_bestuur",
            "jeugdregio": "dim_jeugdregio",
            "vestigingscode": "dim_school",
        }
        return {
            key: {str(row[key]): str(row["naam"] or row[key]) for row in self.rows(table)}
            for key, table in places.items()
        }

    def name(self, key: str, code: str) -> str:
        """The name of a member of a dimension; the code itself if it has none."""
        if code == TOTAAL:
            return "Totaal"
        key = SLEUTEL.get(key, key)
        if key in self._names:
            return self._names[key].get(code, code)
        if key == "regio":
            return "de hele regio"
        return code_list(key).get(code, code)

    @cached_property
    def gemeenten(self) -> dict[str, Row]:
        """Real gemeenten of dim_gemeente by code (not `onbekend`, not `buitenland`)."""
        return {row["gemeente"]: row for row in self.rows("dim_gemeente") if str(row["gemeente"]).isdigit()}

    @cached_property
    def participants(self) -> list[str]:
        """Gemeenten that delivered jeugdhulp for any schooljaar: those whose koppelgraad is known once."""
        known = {row["gemeente"] for row in self.rows("koppelgraad") if row["volledig"]}
        return sorted(code for code in known if code in self.gemeenten)

    def coverage(self, schooljaar: str) -> tuple[list[str], list[str]]:
        """Names of the participants that did and that did not deliver jeugdhulp for a schooljaar."""
        complete = {
            row["gemeente"]: bool(row["volledig"]) for row in self.rows("koppelgraad", schooljaar=schooljaar)
        }
        have = [self.name("gemeente", code) for code in self.participants if complete.get(code)]
        lack = [self.name("gemeente", code) for code in self.participants if not complete.get(code)]
        return sorted(have), sorted(lack)
