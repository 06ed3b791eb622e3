"""What a publication says about itself: `toelichting`, `codelijst`, `publicatie`, a comment on every table and column.

Lives here: those three tables and the Dutch texts of the columns that protection adds. Not here: the
definitions of marts and figures, which are the descriptions in dbt.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

import pipelines
from pipelines.intake import Levering
from pipelines.resources import resource_dir
from pipelines.settings import Settings
from pipelines.warehouse import TabelSpec

# Rooms whose code decides a published figure.
_DECIDING = ("contracts", "intake", "warehouse", "disclosure", "publication")
_STATUS = (
    "`getoond` (precies), `afgerond` (veelvoud van de drempel), `onderdrukt` (niet getoond: te weinig "
    "leerlingen, of nodig om die te beschermen) of `niet_te_bepalen` (de levering ontbreekt)."
)
_ADDED = {
    "status": f"Wat de rij toont: {_STATUS} Bij meer cijfers het zwaarste.",
    "onderdrukt": "Waar als een cijfer van deze rij verborgen is.",
    "plaats": "Waar de rij over gaat, op elk niveau in één kolom: swv, swv/bestuur of vestiging.",
}
_TOELICHTING = "Wat elke tabel en elk cijfer betekent, waar het vandaan komt en hoe u het leest."
_PUBLICATIE = "Eén rij: wat deze publicatie is, waar zij uit bestaat en met welke regels zij is gemaakt."
_SOURCE = {"publicatie": "Deze installatie.", "codelijst": "De contracten van de leveringen en dit product."}
_CODELIJST = "De Nederlandse namen van de codes in de tabellen, in leesvolgorde."
_CODELIJST_COLUMNS = {
    "lijst": "Naam van de lijst, gelijk aan de kolom die haar gebruikt.",
    "code": "Code zoals hij in de tabellen staat.",
    "volgorde": "Plaats in de lijst, om op te sorteren.",
    "omschrijving": "Leesbare naam.",
}
_TOELICHTING_COLUMNS = {
    "tabel": "Naam van de tabel.",
    "kolom": "Naam van de kolom; leeg als de rij over de hele tabel gaat.",
    "toelichting": "Wat het is.",
    "bron": "Waar het vandaan komt.",
    "leeswijzer": "Hoe u het leest; leeg als er niets bij te zeggen is.",
}
_PUBLICATIE_COLUMNS = {
    "release": "Naam van deze publicatie: nieuwste leverdatum en een kenmerk van alles wat erin ging.",
    "profiel": "Voor wie: `oogo` (de partijen aan tafel) of `openbaar` (iedereen).",
    "nieuwste_leverdatum": "Leverdatum van de nieuwste levering die meetelt.",
    "drempel": "Kleinste aantal leerlingen dat wordt getoond.",
    "regels": "De redenen van het grijze gebied zoals deze regio ze heeft ingesteld (JSON).",
    "koppelingen": "Welke behoefte bij welke productcategorie jeugdhulp hoort, voor dubbel aanbod (JSON).",
    "pseudonimisering": "Waar stap 2 van het pseudonimiseren gebeurde: `ttp`, `verwerker` of `gemengd`.",
    "contractversies": "Versie van elk contract waar een levering aan voldeed (JSON).",
    "leveringen": "Elke levering die meetelt, met de hash van het bestand (JSON).",
    "overgenomen": "Schooljaren waarvan de gegevens zijn gewist: uit welke publicatie, met welke drempel (JSON).",
    "codeversie": "Versie van de programmatuur en een kenmerk van de code die cijfers bepaalt.",
    "demo": "Waar als de leerlingen fictief zijn.",
    "contact": "Wie u vragen kunt stellen.",
}


@dataclass(frozen=True)
class Tabel:
    """A table as it is published: its rows, its key if others join on it, and the Dutch comment of itself and
    of each column.
    """

    naam: str
    inhoud: pa.Table
    sleutel: tuple[str, ...]
    commentaar: str
    kolommen: dict[str, str]
    spec: TabelSpec | None = None


def published(spec: TabelSpec, inhoud: pa.Table) -> Tabel:
    """A protected mart or a dimension with its comments; KeyError if a column has none."""
    texts = {kolom.naam: kolom.omschrijving for kolom in spec.kolommen} | _ADDED
    for figuur in spec.figuren:
        texts[f"{figuur.kolom}_status"] = f"Wat `{figuur.kolom}` toont: {_STATUS}"
        texts[f"{figuur.kolom}_onderdrukt"] = f"Waar als `{figuur.kolom}` van deze rij verborgen is."
    return Tabel(
        spec.tabel,
        inhoud,
        # Others join on a dimension table. An index on the figures would double the file and help nobody.
        () if spec.figuren else spec.dimensies,
        spec.omschrijving,
        {name: texts[name] for name in inhoud.column_names},
        spec,
    )


def codelijst() -> Tabel:
    """Every code of a dimension with its label, from the seed `ref_code`."""
    with (resource_dir("seeds") / "ref_code.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(
            csv.DictReader(file, delimiter=";"), key=lambda row: (row["lijst"], int(row["volgorde"]))
        )
    types = {"volgorde": pa.int64()}
    table = pa.table(
        {
            name: pa.array([int(row[name]) if name in types else row[name] for row in rows], types.get(name))
            for name in _CODELIJST_COLUMNS
        }
    )
    return Tabel("codelijst", table, ("lijst", "code"), _CODELIJST, _CODELIJST_COLUMNS)


def toelichting(specs: Sequence[TabelSpec]) -> Tabel:
    """One row per table (kolom empty), one per figure and one per column of a share."""
    rows = []
    for spec in sorted(specs, key=lambda item: item.tabel):
        rows.append((spec.tabel, "", spec.omschrijving, spec.bron, spec.leeswijzer))
        columns = {kolom.naam: kolom for kolom in spec.kolommen}
        share = spec.aandeel.kolommen if spec.aandeel else ()
        for name in (*(figuur.kolom for figuur in spec.figuren), *share):
            column = columns[name]
            rows.append((spec.tabel, column.naam, column.omschrijving, spec.bron, column.leeswijzer))
    for name, text, columns in (
        ("codelijst", _CODELIJST, _CODELIJST_COLUMNS),
        ("publicatie", _PUBLICATIE, _PUBLICATIE_COLUMNS),
        ("toelichting", _TOELICHTING, _TOELICHTING_COLUMNS),
    ):
        source = _SOURCE.get(name, "De beschrijvingen van het magazijn.")
        rows.append((name, "", text, source, ""))
        rows += [(name, column, words, source, "") for column, words in columns.items()]
    table = pa.table(
        {
            name: pa.array([row[number] for row in rows], pa.string())
            for number, name in enumerate(_TOELICHTING_COLUMNS)
        }
    )
    return Tabel("toelichting", table, ("tabel", "kolom"), _TOELICHTING, _TOELICHTING_COLUMNS)


def publicatie(
    con: duckdb.DuckDBPyConnection,
    settings: Settings,
    profiel: str,
    release: str,
    leveringen: Sequence[Levering],
    overgenomen: Sequence[Mapping[str, Any]] = (),
) -> Tabel:
    """The one row about the release; nothing in it depends on the clock, so the same inputs give the same
    row."""
    ordered = sorted(leveringen, key=lambda item: item.levering_id)
    rules = _rows(
        con, "SELECT reden, soort, aan, norm_dagen, keuze FROM referentie.grijs_gebied_regels ORDER BY ALL"
    )
    couplings = _rows(
        con,
        "SELECT ondersteuningsbehoefte, productcategorie "
        "FROM referentie.behoefte_jeugdhulp_overlap ORDER BY ALL",
    )
    values: dict[str, Any] = {
        "release": release,
        "profiel": profiel,
        "nieuwste_leverdatum": max(item.leverdatum for item in ordered),
        "drempel": settings.drempel(profiel),
        "regels": _text(rules),
        "koppelingen": _text(couplings),
        "pseudonimisering": _step2({item.stap for item in ordered}),
        "contractversies": _text({item.contract: item.contractversie for item in ordered}),
        "leveringen": _text(
            [
                {
                    "contract": item.contract,
                    "bronhouder": item.bronhouder,
                    "schooljaar": item.schooljaar,
                    "leverdatum": item.leverdatum.isoformat(),
                    "sha256": item.sha256,
                }
                for item in ordered
            ]
        ),
        "overgenomen": _text(list(overgenomen)),
        "codeversie": code_version(),
        "demo": settings.demo,
        "contact": settings.contact,
    }
    types = {"nieuwste_leverdatum": pa.date32(), "drempel": pa.int64(), "demo": pa.bool_()}
    table = pa.table(
        {name: pa.array([values[name]], types.get(name, pa.string())) for name in _PUBLICATIE_COLUMNS}
    )
    return Tabel("publicatie", table, ("release",), _PUBLICATIE, _PUBLICATIE_COLUMNS)


def code_version() -> str:
    """The version of the product and 8 hex over the code that decides figures."""
    root = Path(pipelines.__file__).parent
    digest = hashlib.sha256()
    for room in _DECIDING:
        for path in sorted((root / room).rglob("*.py")):
            digest.update(path.relative_to(root).as_posix().encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return f"{version('ondersteuningsanalyse')}+{digest.hexdigest()[:8]}"


def _step2(steps: set[int]) -> str:
    """A delivery that arrives at step 1 gets its second step here, at the verwerker."""
    if len(steps) > 1:
        return "gemengd"
    return "ttp" if steps == {2} else "verwerker"


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    result = con.execute(sql)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
