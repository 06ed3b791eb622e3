"""The area a pack is about, and the areas it is compared with.

Lives here: which gebied_soort tells about a gemeente, an SWV or the region, how a sentence names it, and
tables that lay areas side by side. Not here: the sentences themselves (topics).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from pipelines.errors import Gebruiksfout
from pipelines.report.figure import Figure, Rate, Share, nothing
from pipelines.report.model import Cell, Column, Table
from pipelines.report.release import ONBEKEND, TOTAAL, Place, Release, code_list

TE_VEEL = 30  # gemeenten side by side
KINDS = ("gemeente", "swv", "regio")


@dataclass(frozen=True)
class View:
    """One area of one release in one schooljaar."""

    release: Release
    kind: str
    code: str
    schooljaar: str

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError("unknown kind of pack")
        if self.kind != "regio" and self.code not in available(self.release)[self.kind]:
            raise Gebruiksfout(
                f"Deze publicatie heeft geen {self.kind} {self.code}.",
                waar=str(self.release.folder),
                remedie=f"Kies uit: {', '.join(available(self.release)[self.kind])}.",
            )

    @cached_property
    def place(self) -> Place:
        """The row of the tables per gebied that the pack is about."""
        soort = {"gemeente": "woongemeente", "swv": "swv", "regio": "regio"}[self.kind]
        return Place(soort, self.code if self.kind != "regio" else TOTAAL, self.name)

    @cached_property
    def name(self) -> str:
        return "de regio" if self.kind == "regio" else self.release.name(self.kind, self.code)

    @property
    def who(self) -> str:
        """Whom the figures are about, as a noun phrase."""
        return {
            "gemeente": f"leerlingen die in {self.name} wonen",
            "swv": f"leerlingen op scholen van {self.name}",
            "regio": "leerlingen in de hele regio",
        }[self.kind]

    @property
    def where(self) -> str:
        return (
            "in de regio"
            if self.kind == "regio"
            else f"in {self.name}"
            if self.kind == "gemeente"
            else f"bij {self.name}"
        )

    @cached_property
    def swvs(self) -> list[str]:
        """The SWVs with the most schools in this gemeente, one per sector; or the SWV itself."""
        if self.kind == "swv":
            return [self.code]
        tally: dict[str, int] = {}
        for school in self.release.schools.values():
            if school["gemeente"] == self.code and school["swv"] != ONBEKEND:
                tally[school["swv"]] = tally.get(school["swv"], 0) + 1
        best: dict[str, str] = {}
        for swv in sorted(tally, key=lambda code: (-tally[code], code)):
            best.setdefault(swv[:2], swv)
        return sorted(best.values())

    @cached_property
    def near(self) -> list[str]:
        """The participating gemeenten to lay side by side: all, or in a large region those around this area."""
        everyone = self.release.participants
        if len(everyone) <= TE_VEEL or self.kind == "regio":
            return everyone
        if self.kind == "gemeente":
            own = self.release.gemeenten[self.code]["jeugdregio"]
            return [code for code in everyone if self.release.gemeenten[code]["jeugdregio"] == own]
        schools = self.release.schools.values()
        there = {school["gemeente"] for school in schools if school["swv"] == self.code}
        return [code for code in everyone if code in there]

    @cached_property
    def others(self) -> tuple[Place, ...]:
        """The areas that stand beside it in every comparison, as far as this schooljaar has them."""
        rows = self.release.rows("ondersteuning_per_gebied", schooljaar=self.schooljaar, categorie=TOTAAL)
        there = {(row["gebied_soort"], row["gebied"]) for row in rows}
        return tuple(place for place in self._beside if (place.soort, place.code) in there)

    @property
    def _beside(self) -> tuple[Place, ...]:
        region = Place("regio", TOTAAL, "Regio")
        if self.kind == "regio":
            return ()
        if self.kind == "swv":
            peers = [code for code in available(self.release)["swv"] if code != self.code]
            peers.sort(key=lambda code: (code[:2] != self.code[:2], code[2:] != self.code[2:], code))
            return (*(Place("swv", code, f"SWV {code}") for code in peers[:2]), region)
        places = [Place("schoolgemeente", self.code, f"School in {self.name}")]
        jeugdregio = self.release.gemeenten[self.code]["jeugdregio"]
        if jeugdregio and jeugdregio != ONBEKEND:
            places.append(Place("jeugdregio", jeugdregio, "Jeugdregio"))
        places += [Place("swv", code, f"SWV {code}") for code in self.swvs]
        return (*places, region)

    @property
    def own_label(self) -> str:
        return {"gemeente": f"Woont in {self.name}", "swv": f"SWV {self.code}", "regio": "Regio"}[self.kind]

    @property
    def labelled(self) -> list[tuple[str, Place]]:
        """Own area first, then the others, with the label of their column."""
        return [(self.own_label, self.place), *((place.naam, place) for place in self.others)]

    def at(self, place: Place, schooljaar: str | None = None) -> dict[str, str]:
        """The conditions that select a place in a table per gebied."""
        return {
            "schooljaar": schooljaar or self.schooljaar,
            "gebied_soort": place.soort,
            "gebied": place.code,
        }

    def figures(
        self, table: str, key: str, figure: str, place: Place | None = None, schooljaar: str | None = None
    ) -> dict[str, Figure]:
        return self.release.figures(table, key, figure, **self.at(place or self.place, schooljaar))

    def rates(self, categorie: str) -> dict[str, Rate]:
        """The share per 100 that the publication gives, per label of own area and others."""
        found = {}
        for label, place in self.labelled:
            rows = self.release.rows("ondersteuning_per_gebied", categorie=categorie, **self.at(place))
            found[label] = self.release.rate(rows[0]) if rows else Rate(nothing(), None)
        return found

    def volledig(self, schooljaar: str | None = None, place: Place | None = None) -> bool:
        rows = self.release.rows(
            "ondersteuning_per_gebied", categorie=TOTAAL, **self.at(place or self.place, schooljaar)
        )
        return bool(rows) and bool(rows[0]["volledig"])

    def side_by_side(
        self,
        table: str,
        key: str,
        figure: str,
        *,
        title: str,
        first: str,
        codes: list[str] | None = None,
        note: str = "",
    ) -> Table:
        """Codes as rows, own area and the others as columns."""
        codes = codes or [*code_list(key), TOTAAL]
        columns = [self.figures(table, key, figure, place) for _, place in self.labelled]
        shown = [
            (label_of(key, code), *(column.get(code, nothing()) for column in columns)) for code in codes
        ]
        heads = (Column(first, numeric=False), *(Column(label) for label, _ in self.labelled))
        return Table(f"{table}-{self.place.soort}", title, heads, tuple(shown), table, note)

    def shares(self, table: str, key: str, figure: str, code: str) -> list[tuple[str, Share]]:
        """`code` as part of TOTAAL, per area; what an area does not have is not shown."""
        columns = [(label, self.figures(table, key, figure, place)) for label, place in self.labelled]
        return [
            (label, Share(column.get(code, nothing()), column.get(TOTAAL, nothing())))
            for label, column in columns
        ]


def label_of(lijst: str, code: str) -> str:
    return "Totaal" if code == TOTAAL else code_list(lijst).get(code, code)


def share_row(label: str, shares: list[tuple[str, Share]]) -> tuple[Cell, ...]:
    return (label, *(share for _, share in shares))


def available(release: Release) -> dict[str, list[str]]:
    """The packs that a release can give, per kind: participating gemeenten, SWVs with schools, the region."""
    latest = release.schooljaren[-1]
    swvs = {
        row["gebied"]
        for row in release.rows(
            "ondersteuning_per_gebied", schooljaar=latest, gebied_soort="swv", categorie=TOTAAL
        )
    } - {ONBEKEND}
    return {"gemeente": release.participants, "swv": sorted(swvs), "regio": [TOTAAL]}
