"""The candidate: a complete release that no reader sees yet, made from one warehouse for one profiel.

Lives here: reading the marts, protecting them, writing the candidate, and recording that its hidden counts
were proven safe. Not here: what carries over from an earlier release (carry) and whether it may be published
(evidence, release).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines.disclosure import crude
from pipelines.errors import KwaliteitspoortDicht
from pipelines.intake import Levering
from pipelines.progress import Meld, silent
from pipelines.publication import carry, describe, evidence
from pipelines.publication.current import RELEASE
from pipelines.publication.export import write_tables
from pipelines.publication.files import commit_folder, fresh_folder, hashes, write_json
from pipelines.publication.share import with_share
from pipelines.settings import Profiel, Settings
from pipelines.warehouse import Bouw, TabelSpec, dbt_manifest, published_tables

_METHODE = "grof"


@dataclass(frozen=True)
class Kandidaat:
    """A candidate: where it lies, what it was made from and the hash of each of its files.

    `leveringen` and `magazijn` are the fingerprints of what the earlier gates must have judged;
    `vingerafdruk` is that of everything together, and gives the release its name.
    """

    profiel: str
    release: str
    vingerafdruk: str
    leveringen: str
    magazijn: str
    bestanden: dict[str, str]
    tabellen: dict[str, int]
    pad: Path

    @property
    def vereist(self) -> list[evidence.Vereist]:
        """The evidence that this candidate needs."""
        return [
            evidence.Vereist(evidence.LEVERING, self.leveringen, {}),
            evidence.Vereist(evidence.MAGAZIJN, self.magazijn, {}),
            evidence.Vereist(evidence.ONTHULLING, self.vingerafdruk, self.bestanden),
            evidence.Vereist(evidence.PUBLICATIE, self.vingerafdruk, self.bestanden),
        ]


def candidate_folder(settings: Settings, profiel: str) -> Path:
    return settings.warehouse / "kandidaat" / profiel


def build_candidate(
    settings: Settings, profiel: Profiel, bouw: Bouw, leveringen: Sequence[Levering], meld: Meld = silent
) -> Kandidaat:
    """Make the candidate of `profiel` from exactly this warehouse, or return the one that lies there.

    Raises Gebruiksfout without a drempel, KwaliteitspoortDicht if there is nothing to publish or the
    warehouse is not the one of `bouw`, OnthullingspoortDicht if a hidden count cannot be proven safe. The
    previous candidate stays until the new one is complete.
    """
    drempel = settings.drempel(profiel)
    if not leveringen:
        raise KwaliteitspoortDicht(
            "Er is geen levering ingenomen, dus niets te publiceren.",
            waar="inbox",
            remedie="Zet leveringen in inbox/ en voer `oa run` uit.",
        )
    delivered = evidence.leveringen_fingerprint(leveringen)
    print_ = candidate_fingerprint(settings, profiel, bouw.vingerafdruk, delivered)
    known = _known(settings, profiel)
    if (
        known is not None
        and known.vingerafdruk == print_
        and hashes(known.pad) == known.bestanden
        and evidence.standing(settings, known.vereist[2], profiel, _METHODE) is not None
    ):
        meld(f"Kandidaat {profiel}: niets veranderd sinds de vorige keer")
        return known

    release = f"{max(item.leverdatum for item in leveringen).isoformat()}-{print_[:8]}"
    specs = [spec for spec in published_tables(dbt_manifest(settings)) if profiel in spec.profielen]
    evidence.withdraw(settings, evidence.ONTHULLING, profiel)
    with duckdb.connect(str(bouw.path), read_only=True, config={"threads": settings.draden}) as con:
        if con.execute("SELECT vingerafdruk FROM bouw.invoer").fetchone() != (bouw.vingerafdruk,):
            raise KwaliteitspoortDicht(
                "Het magazijn is niet gemaakt van deze invoer.",
                waar=str(bouw.path),
                remedie="Voer `oa run` uit.",
            )
        meld(f"Kandidaat {profiel}: {len(specs)} tabellen lezen en kleine aantallen verbergen")
        tables = _read(con, settings, profiel)
        safe = crude.protect(tables, specs, drempel)
        safe |= {
            spec.tabel: with_share(safe[spec.tabel], tables[spec.tabel], spec, drempel) for spec in specs
        }
        overname = carry.find(settings, profiel)
        if overname.schooljaren:
            meld(f"Kandidaat {profiel}: {', '.join(overname.schooljaren)} overnemen zoals gepubliceerd")
        whole = carry.carry(overname, specs, safe)
        tabellen = [describe.published(spec, whole[spec.tabel]) for spec in specs]
        tabellen += [
            describe.toelichting(specs),
            describe.codelijst(),
            describe.publicatie(con, settings, profiel, release, leveringen, overname.herkomst),
        ]

    target = candidate_folder(settings, profiel)
    draft = fresh_folder(target.with_name(f".{profiel}.tmp"))
    meld(f"Kandidaat {profiel}: DuckDB en Parquet schrijven")
    write_tables(draft, tabellen)
    kandidaat = Kandidaat(
        profiel,
        release,
        print_,
        delivered,
        bouw.vingerafdruk,
        hashes(draft),
        {tabel.naam: tabel.inhoud.num_rows for tabel in tabellen},
        target,
    )
    write_json(draft / RELEASE, _facts(kandidaat, tabellen))
    commit_folder(draft, target)
    _record_proof(settings, kandidaat, specs, safe)
    return kandidaat


def read_candidate(settings: Settings, profiel: str) -> Kandidaat:
    """The candidate that lies there; KwaliteitspoortDicht if there is none."""
    known = _known(settings, profiel)
    if known is None:
        raise KwaliteitspoortDicht(
            f"Er is geen kandidaat voor profiel {profiel}.",
            waar="warehouse/kandidaat",
            remedie="Voer eerst `oa run` uit.",
        )
    return known


def _known(settings: Settings, profiel: str) -> Kandidaat | None:
    folder = candidate_folder(settings, profiel)
    try:
        facts = json.loads((folder / RELEASE).read_text(encoding="utf-8"))
        return Kandidaat(
            facts["profiel"],
            facts["release"],
            facts["vingerafdruk"],
            facts["invoer"]["leveringen"],
            facts["invoer"]["magazijn"],
            facts["bestanden"],
            {tabel["tabel"]: tabel["rijen"] for tabel in facts["tabellen"]},
            folder,
        )
    except (FileNotFoundError, NotADirectoryError, ValueError, KeyError, TypeError):
        return None


def candidate_fingerprint(settings: Settings, profiel: Profiel, magazijn: str, delivered: str) -> str:
    """64 hex over all that decides the bytes of the candidate."""
    parts = (
        profiel,
        settings.drempel(profiel),
        settings.demo,
        settings.contact,
        magazijn,
        delivered,
        describe.code_version(),
        carry.find(settings, profiel).herkomst,
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _read(con: duckdb.DuckDBPyConnection, settings: Settings, profiel: str) -> dict[str, pa.Table]:
    """Every mart that any profiel publishes, sorted by its dimensions and limited to what `profiel` may have.

    Dimensions that the profiel does not publish are read too: protection needs to know what belongs to what.
    """
    tables = {}
    for spec in published_tables(dbt_manifest(settings)):
        if profiel not in spec.profielen and spec.figuren:
            continue
        limits = [
            f"{dim} IN ({', '.join(repr(str(member)) for member in members)})"
            for dim, members in spec.beperking.get(profiel, {}).items()
        ]
        tables[spec.tabel] = con.sql(
            f"SELECT * FROM {spec.mart} WHERE {' AND '.join(limits) or 'true'} "
            f"ORDER BY {', '.join(spec.dimensies)}"
        ).to_arrow_table()
    return tables


def _facts(kandidaat: Kandidaat, tabellen: Sequence[describe.Tabel]) -> dict[str, Any]:
    [row] = next(tabel.inhoud for tabel in tabellen if tabel.naam == "publicatie").to_pylist()
    row["nieuwste_leverdatum"] = row["nieuwste_leverdatum"].isoformat()
    for name in ("regels", "koppelingen", "contractversies", "leveringen", "overgenomen"):
        row[name] = json.loads(row[name])
    return row | {
        "vingerafdruk": kandidaat.vingerafdruk,
        "invoer": {"leveringen": kandidaat.leveringen, "magazijn": kandidaat.magazijn},
        "gemaakt_op": datetime.now(UTC).isoformat(timespec="seconds"),
        "tabellen": [
            {
                "tabel": tabel.naam,
                "rijen": tabel.inhoud.num_rows,
                "kolommen": tabel.inhoud.column_names,
                "commentaar": tabel.commentaar,
            }
            for tabel in tabellen
        ],
        "bestanden": kandidaat.bestanden,
    }


def _record_proof(
    settings: Settings, kandidaat: Kandidaat, specs: Sequence[TabelSpec], safe: dict[str, pa.Table]
) -> None:
    """Protection raises unless every hidden count is proven safe; that it did not is the evidence."""
    controles = []
    for spec in specs:
        if spec.figuren:
            table = safe[spec.tabel]
            hidden = sum(table["onderdrukt"].to_pylist())
            controles.append(
                {
                    "naam": "verborgen_aantal_niet_te_herleiden",
                    "tabel": spec.tabel,
                    "geslaagd": True,
                    "ernst": "fout",
                    "aantal_afwijkend": 0,
                    "noemer": hidden,
                }
            )
    evidence.record(
        settings,
        evidence.ONTHULLING,
        profiel=kandidaat.profiel,
        controles=controles,
        vingerafdruk=kandidaat.vingerafdruk,
        bestanden=kandidaat.bestanden,
        regels=_METHODE,
        toelichting={"wat": "geen verborgen aantal is precies te herleiden"},
    )
