"""The candidate: a complete release that no reader sees yet, made from one warehouse for one profiel.

Lives here: reading the marts, writing the candidates of all profielen together (a reader of one may have the other)
and recording the verdict of the audit over exactly those files. Not here: what is hidden and whether that is enough
(disclosure), what carries over from an earlier release (carry), whether it may be published (evidence, release).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipelines import memory
from pipelines.disclosure.audit_report import AuditReport
from pipelines.errors import Gebruiksfout, KwaliteitspoortDicht, OnthullingspoortDicht
from pipelines.intake import Levering
from pipelines.keys import Key, read_key
from pipelines.progress import Meld, silent
from pipelines.publication import carry, describe, evidence
from pipelines.publication.cost import cost
from pipelines.publication.current import RELEASE
from pipelines.publication.draft import Ontwerp, earlier
from pipelines.publication.export import write_duckdb, write_parquet
from pipelines.publication.files import commit_folder, hashes, write_json
from pipelines.settings import Profiel, Settings
from pipelines.warehouse import Bouw, TabelSpec, dbt_manifest, published_tables

_METHODE = "audit"
_KRUISING = "mart_grijs_gebied_school_gemeente"


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


def history_draft(settings: Settings, profiel: str) -> Path:
    """What the history will say of the candidate once it is published. No reader gets this folder."""
    return settings.warehouse / "kandidaat" / f"historie_{profiel}"


def build_candidate(
    settings: Settings, profiel: Profiel, bouw: Bouw, leveringen: Sequence[Levering], meld: Meld = silent
) -> Kandidaat:
    """The candidate of `profiel` from exactly this warehouse: the one that lies there, or made anew together with
    those of all other profielen.

    Raises Gebruiksfout without a drempel or a rounding key, KwaliteitspoortDicht if there is nothing to publish or
    the warehouse is not the one of `bouw`, OnthullingspoortDicht if the audit does not certify every profiel. The
    previous candidate stays until the new one is complete.
    """
    for one in settings.profielen:
        settings.drempel(one)
    if not leveringen:
        raise KwaliteitspoortDicht(
            "Er is geen levering ingenomen, dus niets te publiceren.",
            waar="inbox",
            remedie="Zet leveringen in inbox/ en voer `oa run` uit.",
        )
    delivered = evidence.leveringen_fingerprint(leveringen)
    prints = {
        one: candidate_fingerprint(settings, one, bouw.vingerafdruk, delivered) for one in settings.profielen
    }
    known = _standing(settings, profiel, prints[profiel])
    if known is not None:
        meld(f"Kandidaat {profiel}: niets veranderd sinds de vorige keer")
        return known
    return _build(settings, bouw, leveringen, delivered, prints, meld)[profiel]


def _standing(settings: Settings, profiel: str, print_: str) -> Kandidaat | None:
    """The candidate that lies there, if it is this one, untouched and certified."""
    known = _known(settings, profiel)
    if known is None or known.vingerafdruk != print_ or hashes(known.pad) != known.bestanden:
        return None
    if not history_draft(settings, profiel).is_dir():
        return None
    return known if evidence.standing(settings, known.vereist[2], profiel, _METHODE) is not None else None


def _build(
    settings: Settings,
    bouw: Bouw,
    leveringen: Sequence[Levering],
    delivered: str,
    prints: Mapping[str, str],
    meld: Meld,
) -> dict[str, Kandidaat]:
    from pipelines.disclosure.secure import secure

    specs = published_tables(dbt_manifest(settings))
    newest = max(item.leverdatum for item in leveringen).isoformat()
    releases = {profiel: f"{newest}-{print_[:8]}" for profiel, print_ in prints.items()}
    for profiel in prints:
        evidence.withdraw(settings, evidence.ONTHULLING, profiel)
    with duckdb.connect(str(bouw.path), read_only=True, config={"threads": settings.draden}) as con:
        if con.execute("SELECT vingerafdruk FROM bouw.invoer").fetchone() != (bouw.vingerafdruk,):
            raise KwaliteitspoortDicht(
                "Het magazijn is niet gemaakt van deze invoer.",
                waar=str(bouw.path),
                remedie="Voer `oa run` uit.",
            )
        meld(f"Kandidaat: {len(specs)} tabellen lezen; kleine aantallen verbergen en afronden")
        tables = _read(con, specs)
        basis = input_fingerprint(settings, bouw.vingerafdruk, delivered)
        ontwerp = Ontwerp(settings, specs, tables, releases, rounding_key(settings), basis)
        for profiel, overname in ontwerp.overname.items():
            if overname.schooljaren:
                meld(f"Kandidaat {profiel}: {', '.join(overname.schooljaren)} overnemen zoals gepubliceerd")
        facts = {
            profiel: describe.publicatie(
                con, settings, profiel, releases[profiel], leveringen, ontwerp.overname[profiel].herkomst
            )
            for profiel in prints
        }
    memory.trim()  # what DuckDB had of the warehouse; the search takes minutes
    safe = secure(
        tables,
        specs,
        {profiel: settings.drempel(profiel) for profiel in prints},
        ontwerp.sleutel,
        ontwerp.write,
        ontwerp.eerder,
        meld,
        settings.bronhouders_bewijzen,
    )
    made = {}
    told = {"los_van_eerdere_uitgaven": sorted(safe.los)}
    for profiel, print_ in prints.items():
        meld(f"Kandidaat {profiel}: DuckDB en Parquet schrijven")
        folder = ontwerp.folder(profiel)
        own = [spec for spec in specs if profiel in spec.profielen]
        more = [describe.toelichting(own), describe.codelijst(), facts[profiel]]
        tabellen = [*ontwerp.tabellen[profiel], *more]
        write_parquet(folder, more)
        write_duckdb(folder, tabellen)
        kandidaat = Kandidaat(
            profiel,
            releases[profiel],
            print_,
            delivered,
            bouw.vingerafdruk,
            hashes(folder),
            {tabel.naam: tabel.inhoud.num_rows for tabel in tabellen},
            candidate_folder(settings, profiel),
        )
        report = safe.oordeel[profiel]
        _record_proof(settings, kandidaat, report)
        if report.certified:
            spent = cost(settings, safe.bescherming[profiel], ontwerp.before[profiel])
            write_json(folder / RELEASE, _facts(kandidaat, tabellen) | told | spent)
            ontwerp.record(profiel, safe.bescherming[profiel], history_draft(settings, profiel))
            made[profiel] = kandidaat
    if not safe.certified:
        ontwerp.discard()
        raise OnthullingspoortDicht(
            "De onthullingscontrole bewijst niet dat elk verborgen cijfer verborgen blijft: "
            + "; ".join(
                f"{profiel} {sum(report.reasons.values())} cijfers"
                for profiel, report in safe.oordeel.items()
                if not report.certified
            )
            + ".",
            waar="kandidaat",
            remedie="Er is niets gepubliceerd. Maak een indeling grover of verhoog de drempel, en voer `oa run` uit.",
        )
    for profiel in prints:
        commit_folder(ontwerp.folder(profiel), candidate_folder(settings, profiel))
    return made


def rounding_key(settings: Settings) -> Key:
    """The key that decides how a count is rounded; Gebruiksfout if the region did not make one."""
    if settings.afrondsleutel is None:
        raise Gebruiksfout(
            "De afrondsleutel is niet ingesteld: cijfers van scholen worden met een geheim afgerond.",
            waar="afrondsleutel in ondersteuningsanalyse.toml",
            remedie="Maak er een met: oa key new BESTAND (buiten OA_HOME), en zet de plaats in de instellingen.",
        )
    return read_key(settings.afrondsleutel)


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
    """64 hex over all that decides the bytes of the candidate, earlier releases included."""
    basis = input_fingerprint(settings, magazijn, delivered)
    before = [(one.profiel, one.release) for one in earlier(settings, profiel, basis)]
    parts = (profiel, basis, before, carry.find(settings, profiel).herkomst)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def input_fingerprint(settings: Settings, magazijn: str, delivered: str) -> str:
    """64 hex over what all profielen are made from, but for earlier releases."""
    parts = (
        [(profiel, settings.drempel(profiel)) for profiel in settings.profielen],
        rounding_key(settings).fingerprint,
        settings.demo,
        settings.contact,
        settings.bronhouders_bewijzen,
        magazijn,
        delivered,
        describe.code_version(),
    )
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _read(con: duckdb.DuckDBPyConnection, specs: Sequence[TabelSpec]) -> dict[str, pa.Table]:
    """Every mart that any profiel publishes, whole and sorted by its dimensions, and the crossing of school and
    gemeente, which no profiel publishes: it tells what each bronhouder knows of its own pupils.
    """
    tables = {
        spec.tabel: con.sql(f"FROM {spec.mart} ORDER BY {', '.join(spec.dimensies)}").to_arrow_table()
        for spec in specs
    }
    tables[_KRUISING.removeprefix("mart_")] = con.sql(f"FROM {_KRUISING} ORDER BY ALL").to_arrow_table()
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


def _record_proof(settings: Settings, kandidaat: Kandidaat, report: AuditReport) -> None:
    """The audit's verdict over exactly these files, passed or not."""
    other = {name: sha for name, sha in report.files.items() if kandidaat.bestanden.get(name) != sha}
    found = sum(report.reasons.values())
    controles = [
        ("verborgen_cijfer_niet_te_herleiden", found, report.targets, report.certified),
        ("onderzochte_bestanden_zijn_die_van_de_kandidaat", len(other), len(report.files), not other),
    ]
    evidence.record(
        settings,
        evidence.ONTHULLING,
        profiel=kandidaat.profiel,
        controles=[
            {
                "naam": name,
                "tabel": "alle",
                "geslaagd": good,
                "ernst": "fout",
                "aantal_afwijkend": wrong,
                "noemer": total,
            }
            for name, wrong, total, good in controles
        ],
        vingerafdruk=kandidaat.vingerafdruk,
        bestanden=kandidaat.bestanden,
        regels=_METHODE,
        toelichting=report.evidence(),
    )
