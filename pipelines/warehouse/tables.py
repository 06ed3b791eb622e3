"""Which marts are published and how, read from the dbt manifest: `meta.publicatie` says it once.

Lives here: turning that into values. Not here: protecting or writing the tables (disclosure, publication).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# Kinds of figures, and what each declares beside its column.
SOORTEN: dict[str, tuple[str, ...]] = {
    "aantal": (),
    "afgeleid": (),
    "kwantiel": ("aantal", "minstens", "zijden"),
    "bedrag": ("aantal", "bijdragen", "niveau"),
    "gemiddelde": ("aantal", "bijdragen", "niveau"),
}


@dataclass(frozen=True)
class Kolom:
    """A column of a mart: its DuckDB type, Dutch definition and, for a figure, how to read it."""

    naam: str
    type: str
    omschrijving: str
    leeswijzer: str = ""


@dataclass(frozen=True)
class Figuur:
    """A figure: `soort` is one of SOORTEN; `achter` the column with the persons behind it.

    `extra` holds what the soort asks for: `aantal` is the count that the figure is taken over, `bijdragen` are list
    columns of an amount with what each contributor puts in, `niveau` says on which cells amounts are told.
    """

    kolom: str
    soort: str
    achter: str
    extra: dict[str, Any] = field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class Aandeel:
    """A share per 100: column `kolom` is the figure `teller` in every 100 of `noemer`, which `bron` gave."""

    kolom: str
    teller: str
    noemer: str
    bron: str

    @property
    def kolommen(self) -> tuple[str, str, str]:
        return self.kolom, self.noemer, self.bron


@dataclass(frozen=True)
class TabelSpec:
    """One published table: from which mart, for whom, by which dimensions, with which figures.

    `figuren` is empty for a dimension table. `methode` is onderdrukken, afronden or geen. `beperking` gives,
    per profiel, the members of a dimension to which the table is limited. `meta` is `meta.publicatie` as
    written.
    """

    tabel: str
    mart: str
    omschrijving: str
    bron: str
    leeswijzer: str
    profielen: tuple[str, ...]
    dimensies: tuple[str, ...]
    met_totaal: tuple[str, ...]
    figuren: tuple[Figuur, ...]
    kenmerken: tuple[str, ...]
    methode: str
    hierarchie: tuple[dict[str, Any], ...]
    gevoelig: str | None
    beperking: dict[str, dict[str, list[str]]]
    kolommen: tuple[Kolom, ...]
    meta: dict[str, Any]
    aandeel: Aandeel | None = None


def published_tables(manifest: Path) -> list[TabelSpec]:
    """Every published table by name; KeyError if a mart declares itself incompletely."""
    nodes = json.loads(manifest.read_text(encoding="utf-8"))["nodes"].values()
    specs = [
        _spec(node)
        for node in nodes
        if node["resource_type"] == "model" and "publicatie" in node["config"].get("meta", {})
    ]
    return sorted(specs, key=lambda spec: spec.tabel)


def _spec(node: dict[str, Any]) -> TabelSpec:
    meta = node["config"]["meta"]["publicatie"]
    figures = tuple(_figure(meta["tabel"], item) for item in meta.get("figuren", []))
    return TabelSpec(
        tabel=meta["tabel"],
        mart=node["name"],
        omschrijving=node["description"],
        bron=meta["bron"],
        leeswijzer=meta["leeswijzer"],
        profielen=tuple(meta["profielen"]),
        dimensies=tuple(meta["dimensies"]),
        met_totaal=tuple(meta.get("met_totaal", ())),
        figuren=figures,
        kenmerken=tuple(meta.get("kenmerken", ())),
        methode=meta["methode"],
        hierarchie=tuple(meta.get("hierarchie", ())),
        gevoelig=meta.get("gevoelig"),
        beperking=meta.get("beperking", {}),
        kolommen=tuple(
            Kolom(
                column["name"],
                (column["data_type"] or "").upper(),
                column["description"],
                column.get("config", {}).get("meta", {}).get("leeswijzer", ""),
            )
            for column in node["columns"].values()
        ),
        meta=meta,
        aandeel=Aandeel(**meta["aandeel"]) if "aandeel" in meta else None,
    )


def _figure(tabel: str, item: dict[str, Any]) -> Figuur:
    missing = [key for key in SOORTEN[item["soort"]] if key not in item]
    if missing:
        raise KeyError(f"{tabel}.{item['kolom']}: {', '.join(missing)}")
    return Figuur(
        item["kolom"],
        item["soort"],
        item.get("achter", item["kolom"]),
        {key: value for key, value in item.items() if key not in ("kolom", "soort", "achter")},
    )
