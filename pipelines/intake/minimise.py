"""Enrolments of children who have nothing to do with support are not kept longer than linking needs.

Lives here: when that is, dropping the rows, and the count per vestiging that stays. Not here: terms of whole
schooljaren (lifecycle).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pipelines.contracts import add_term, load_contract
from pipelines.intake import expected, reference, store
from pipelines.intake.levering import Levering
from pipelines.intake.rows import write_rows
from pipelines.settings import Settings

COUNTS = "inschrijvingen.json"


@dataclass(frozen=True)
class Geminimaliseerd:
    """An enrolment delivery of which `gewist` rows went and `gebleven` stayed."""

    levering_id: str
    gewist: int
    gebleven: int


def due(
    levering: Levering,
    active: Sequence[Levering],
    wanted: list[expected.Verwachting] | None,
    vandaag: date,
    hoogstens_dagen: int,
) -> bool:
    """True if linking is done: all expected deliveries of the schooljaar are in, or the term has passed."""
    term = load_contract(levering.contract).zonder_koppeling
    if term is None:
        return False
    since = date.fromisoformat(levering.aangenomen_op) if levering.aangenomen_op else levering.leverdatum
    latest = min(add_term(since, term), since + timedelta(hoogstens_dagen))
    return vandaag > latest or expected.complete(wanted, active, levering.schooljaar)


def minimise(settings: Settings, vandaag: date) -> list[Geminimaliseerd]:
    """Drop unmatched enrolments where linking is done (the caller holds the lock); idempotent."""
    active = store.active_leveringen(settings)
    wanted = expected.read_expected(settings)
    superseded = {levering.levering_id for levering in store.stored(settings)} - {
        levering.levering_id for levering in active
    }
    result = []
    for levering in store.stored(settings):
        if load_contract(levering.contract).zonder_koppeling is None or counts_file(levering).is_file():
            continue
        if levering.levering_id in superseded or due(
            levering, active, wanted, vandaag, settings.bewaar_inschrijving_dagen
        ):
            result.append(_drop_unmatched(settings, levering, active))
    return result


def counts_file(levering: Levering) -> Path:
    return levering.pad.with_name(COUNTS)


def enrolled(levering: Levering) -> dict[str, int] | None:
    """Pupils per vestiging as delivered, if the rows were minimised; else None."""
    path = counts_file(levering)
    return json.loads(path.read_text(encoding="utf-8"))["per_vestiging"] if path.is_file() else None


def _drop_unmatched(settings: Settings, levering: Levering, active: Iterable[Levering]) -> Geminimaliseerd:
    """Keep the rows of children with jeugdhulp in the same schooljaar: only they need their school from
    here.
    """
    contract = load_contract(levering.contract)
    helped = [
        item for item in active if item.contract == "jeugdhulp" and item.schooljaar == levering.schooljaar
    ]
    draft = counts_file(levering).with_suffix(".voorlopig.json")
    with reference.connect(settings) as con:
        own = f"read_parquet({_text(levering.pad)})"
        if not draft.is_file():  # a killed run may have come past this point; then the rows are fewer already
            counts = con.execute(
                f"SELECT vestigingscode, count(DISTINCT leerling_pseudoniem) FROM {own} GROUP BY 1 ORDER BY 1"
            ).fetchall()
            store.replace_json(draft, {"per_vestiging": dict(counts)})
        matched = "false"
        if helped:
            files = ", ".join(_text(item.pad) for item in helped)
            matched = f"leerling_pseudoniem IN (SELECT jeugdige_pseudoniem FROM read_parquet([{files}]))"
        kept = f"SELECT {', '.join(contract.names)} FROM {own} WHERE {matched}"
        written = write_rows(con, kept, contract, store.draft_rows(levering), None).teller
    rows = written.rijen
    store.replace_rows(levering, rows, written.profiel(geleverd=rows))
    draft.replace(counts_file(levering))  # marks the delivery as done
    return Geminimaliseerd(levering.levering_id, levering.rijen - rows, rows)


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
