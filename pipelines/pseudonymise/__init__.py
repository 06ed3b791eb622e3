"""The bronhouder's command: numbers out, pseudonyms in, and nothing else than the contract asks.

Public: `run` (a delivery), `run_step2` (the TTP's step on a delivery or a forget list), `forget_list` and
`read_forget` (persons to erase), `Uitkomst`. Needs a key and a file; imports no Dagster, dbt or Great
Expectations. Not here: keys (pipelines.keys), formats (intake.reading), the command line (pipelines.cli).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from pipelines.contracts import load_contract
from pipelines.errors import Gebruiksfout
from pipelines.intake.mapping import Koppeling, load_mapping
from pipelines.intake.reading import MESSAGE_SUFFIXES
from pipelines.keys import Key
from pipelines.pseudonymise.forget import Vergeten, forget_list, read_forget
from pipelines.pseudonymise.ijw import pseudonymise_messages
from pipelines.pseudonymise.output import Opdracht, Uitkomst
from pipelines.pseudonymise.step2 import run_step2
from pipelines.pseudonymise.table import pseudonymise_table

__all__ = ["Opdracht", "Uitkomst", "Vergeten", "forget_list", "read_forget", "run", "run_step2"]


def run(
    path: Path | Sequence[Path],
    contract: str,
    *,
    bronhouder: str,
    schooljaar: str,
    leverdatum: date,
    key: Key,
    uit: Path,
    mapping: Path | Koppeling | None = None,
    blad: str | None = None,
    meld: Callable[[str], None] = lambda line: None,
) -> Uitkomst:
    """Step 1: make `<contract>_<bronhouder>_<schooljaar>_<leverdatum>.csv` and its manifest in the folder
    `uit`.

    `path` is a table (CSV, XLSX, Parquet), or for `jeugdhulp` iJw messages: an XML file, a zip, a folder with
    XML, or several of these. Raises LeveringGeweigerd (what does not fit) and Gebruiksfout (wrong use); in
    either case nothing is written. `meld` hears of progress, never a value.
    """
    paths = [Path(path)] if isinstance(path, str | Path) else [Path(item) for item in path]
    if not paths or not all(item.exists() for item in paths):
        raise Gebruiksfout("Het bestand bestaat niet.", waar="BESTAND", remedie="Controleer het pad.")
    found = load_contract(contract)
    opdracht = Opdracht(found, bronhouder, schooljaar, leverdatum, key)
    if any(item.is_dir() or item.suffix.lower() in MESSAGE_SUFFIXES for item in paths):
        if found.name != "jeugdhulp":
            raise Gebruiksfout(
                "iJw-berichten horen bij contract jeugdhulp.",
                waar="--contract",
                remedie="Kies --contract jeugdhulp, of geef een tabel (CSV, XLSX).",
            )
        if mapping is not None or blad is not None:
            raise Gebruiksfout(
                "Bij iJw-berichten hoort geen koppeling en geen werkblad.",
                waar="--koppeling, --blad",
                remedie="Laat deze opties weg: de vorm van een bericht ligt vast.",
            )
        return pseudonymise_messages(paths, opdracht, Path(uit), meld)
    if len(paths) > 1:
        raise Gebruiksfout(
            "Een levering wordt van één tabel gemaakt.",
            waar="BESTAND",
            remedie="Voeg de tabellen eerst samen.",
        )
    koppeling = (
        mapping if isinstance(mapping, Koppeling) else load_mapping(mapping, found) if mapping else None
    )
    return pseudonymise_table(paths[0], opdracht, Path(uit), koppeling, blad)
