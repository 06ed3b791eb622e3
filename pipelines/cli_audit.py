"""`oa audit`: prove or refute that no hidden figure of a publication can be worked out.

Lives here: arguments and words. Not here: judging (disclosure). The audit reads the files of the publication only;
intervals of single figures are printed only if asked for, as those are what protection keeps from readers.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import progress
from pipelines.cli_console import Home, Json, out, tell_progress
from pipelines.errors import Gebruiksfout, OnthullingspoortDicht, guarded
from pipelines.settings import PROFIELEN, Settings

if TYPE_CHECKING:
    from pipelines.disclosure.audit_report import AuditReport

ZONDER = "lezer zonder eigen bestanden"


def audit(
    publicatie: Annotated[
        Path | None,
        typer.Argument(
            help="Map van een uitgave of haar disclosure.json; anders de nieuwste van het profiel."
        ),
    ] = None,
    profiel: Annotated[str, typer.Option("--profiel", help="oogo of openbaar.")] = "oogo",
    zwakste: Annotated[
        int,
        typer.Option(
            min=0, help="Toon van zoveel cijfers wat er te achterhalen is; alleen voor wie dat mag zien."
        ),
    ] = 0,
    bronhouders: Annotated[
        bool,
        typer.Option(
            "--bronhouders",
            help="Ook elk bestuur, en de gemeenten samen, met wat zij zelf tellen; leest het magazijn.",
        ),
    ] = False,
    als_json: Json = False,
    home: Home = None,
) -> None:
    """Onderzoek of een verborgen of afgerond cijfer te herleiden is. Code 5: ja, of niet bewezen van niet."""
    from pipelines.disclosure.audit import audit as judge

    if publicatie is not None and bronhouders:
        raise Gebruiksfout(
            "Wat bronhouders zelf tellen staat in het magazijn, dat alleen bij de eigen publicatie hoort.",
            waar="--bronhouders",
            remedie="Laat de map weg, en kies zo nodig een profiel met --profiel.",
        )
    settings = Settings.load(home) if publicatie is None else None
    path = publicatie or _current(settings, profiel)
    with tell_progress(), guarded("onderzoeken van de publicatie"):
        progress.meld(f"Onthullingscontrole: {path}")
        if bronhouders:
            report, per_lezer = _with_bronhouders(settings, path, zwakste > 0)
        else:
            report, per_lezer = judge(path, weakest=zwakste > 0), {}
    if als_json:
        out.print_json(data=report.evidence() | ({"per_lezer": per_lezer} if bronhouders else {}))
    else:
        for line in report.regels(zwakste):
            out.print(line, markup=False)
        for lezer, found in per_lezer.items():
            out.print(f"  {lezer}: te nauw in te sluiten cijfers: {found}", markup=False)
        if per_lezer.get(ZONDER):
            out.print("  Waar iedereen al te veel weet, is niet per bronhouder verder gezocht.", markup=False)
    if not report.certified:
        found = sum(report.reasons.values())
        raise OnthullingspoortDicht(
            f"Deze publicatie is niet veilig bevonden: {found} cijfers.",
            waar=str(path),
            remedie="Deel haar niet verder, en meld dit de FG. Welke cijfers het zijn: oa audit --zwakste 20.",
        )


def _with_bronhouders(settings: Settings, path: Path, weakest: bool) -> tuple[AuditReport, dict[str, int]]:
    """Judge for every reader, each with the counts that its own deliveries fix; and findings per reader."""
    from pipelines.disclosure.audit import audit_spec
    from pipelines.disclosure.audit_readers import own_counts, with_own_counts
    from pipelines.disclosure.format import read
    from pipelines.warehouse import read_crossing

    made_from = json.loads((path / "release.json").read_text(encoding="utf-8"))["invoer"]["magazijn"]
    declared = with_own_counts(read(path))
    known = own_counts(declared, read_crossing(settings, made_from))
    report = audit_spec(declared, path, known=known, weakest=True)
    found = Counter(one.lezer or ZONDER for one in report.weakest)
    if not weakest:
        report.weakest.clear()
    return report, {reader: found[reader] for reader in (ZONDER, *known)}


def _current(settings: Settings, profiel: str) -> Path:
    from pipelines.publication import current_release

    if profiel not in PROFIELEN:
        raise Gebruiksfout(
            "Dit profiel bestaat niet.", waar="--profiel", remedie=f"Kies uit: {', '.join(PROFIELEN)}."
        )
    release = current_release(settings, profiel)
    if release is None:
        raise Gebruiksfout(
            f"Er is nog geen publicatie van profiel {profiel}.",
            waar=str(settings.publication),
            remedie="Draai eerst: oa run (en oa publish), of noem de map van een uitgave.",
        )
    return release.pad


def add_to(app: typer.Typer) -> None:
    """Put this command into `oa`."""
    app.command()(audit)
