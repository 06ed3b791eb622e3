"""`oa audit`: prove or refute that no hidden figure of a publication can be worked out.

Lives here: arguments and words. Not here: judging (disclosure). The audit reads the files of the publication only;
intervals of single figures are printed only if asked for, as those are what protection keeps from readers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from pipelines import progress
from pipelines.cli_console import Home, Json, out, tell_progress
from pipelines.errors import Gebruiksfout, OnthullingspoortDicht, guarded
from pipelines.settings import PROFIELEN, Settings


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
    json: Json = False,
    home: Home = None,
) -> None:
    """Onderzoek of een verborgen of afgerond cijfer te herleiden is. Code 5: ja, of niet bewezen van niet."""
    from pipelines.disclosure.audit import audit as judge

    path = publicatie or _current(Settings.load(home), profiel)
    with tell_progress(), guarded("onderzoeken van de publicatie"):
        progress.meld(f"Onthullingscontrole: {path}")
        report = judge(path, weakest=zwakste > 0)
    if json:
        out.print_json(data=report.evidence())
    else:
        for line in report.regels(zwakste):
            out.print(line, markup=False)
    if not report.certified:
        found = sum(report.reasons.values())
        raise OnthullingspoortDicht(
            f"Deze publicatie is niet veilig bevonden: {found} cijfers.",
            waar=str(path),
            remedie="Deel haar niet verder, en meld dit de FG. Welke cijfers het zijn: oa audit --zwakste 20.",
        )


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
