"""Commands that give readers something: packs for the meeting, a comparison, a status page, a copy for BI.

Lives here: arguments and words. Not here: content and form (report, status_page). Nothing of the report room is
imported when the module loads: charts and PDF are slow to start.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines import progress
from pipelines.cli_console import Home, Json, out, tell_progress
from pipelines.errors import Gebruiksfout, guarded
from pipelines.settings import PROFIELEN, Settings

if TYPE_CHECKING:
    from pipelines.report.compare import Verschil
    from pipelines.status import Status

Html = Annotated[Path | None, typer.Option("--html", help="Schrijf de stand als pagina naar dit bestand.")]
Profiel = Annotated[str, typer.Option("--profiel", help="oogo of openbaar.")]


def report(
    gemeente: Annotated[
        list[str] | None, typer.Option(help="CBS-code, bijvoorbeeld 0307; mag vaker.")
    ] = None,
    swv: Annotated[list[str] | None, typer.Option(help="Bijvoorbeeld PO2602; mag vaker.")] = None,
    regio: Annotated[bool, typer.Option("--regio", help="Het pakket van de hele regio.")] = False,
    profiel: Profiel = "oogo",
    uit: Annotated[
        Path | None, typer.Option(help="Map voor de pakketten; anders rapporten/<profiel> bij de gegevens.")
    ] = None,
    schooljaar: Annotated[str | None, typer.Option(help="Anders het nieuwste.")] = None,
    vorm: Annotated[list[str] | None, typer.Option(help="pdf, html of xlsx; mag vaker. Anders alle.")] = None,
    antwoorden: Annotated[
        Path | None, typer.Option(help="antwoorden.csv; anders die in referentie/, als hij er is.")
    ] = None,
    sinds: Annotated[
        str | None, typer.Option(help="Uitgave om mee te vergelijken in het werkboek; anders de vorige.")
    ] = None,
    publicatie: Annotated[
        Path | None, typer.Option(help="Map van een uitgave; anders de nieuwste van het profiel.")
    ] = None,
    home: Home = None,
) -> None:
    """Maak de pakketten voor het OOGO: PDF, HTML en XLSX. Zonder keuze: elke gemeente, elk SWV en de regio."""
    from pipelines.report import build_packs
    from pipelines.report.build import FORMS

    settings = _settings(home, profiel)
    if antwoorden is not None and not antwoorden.is_file():
        raise Gebruiksfout(
            "Dit bestand is er niet.", waar=str(antwoorden), remedie="Controleer --antwoorden."
        )
    source = publicatie or settings.publication / profiel
    folder = uit or settings.home / "rapporten" / profiel
    with tell_progress(), guarded("maken van de pakketten"):
        made = build_packs(
            source,
            folder,
            gemeente or None,
            swv or None,
            regio,
            profiel,
            progress.meld,
            schooljaar=schooljaar,
            antwoorden=antwoorden or settings.referentie / "antwoorden.csv",
            vormen=tuple(vorm or FORMS),
            sinds=None if sinds is None else _release(settings, profiel, sinds),
        )
    for path in made if len(made) <= len(FORMS) * 3 else ():
        out.print(str(path), markup=False)
    out.print(f"{len(made)} {'bestand' if len(made) == 1 else 'bestanden'} in {folder}", markup=False)


def verschil(
    a: Annotated[str, typer.Argument(help="De eerdere uitgave: haar naam, of haar map.")],
    b: Annotated[str, typer.Argument(help="De latere uitgave.")],
    profiel: Profiel = "oogo",
    hoogstens: Annotated[int, typer.Option(min=0, help="Zoveel cijfers op het scherm.")] = 40,
    json: Json = False,
    home: Home = None,
) -> None:
    """Wat veranderde er tussen twee uitgaven, hoeveel, en door welke levering of regel?"""
    from pipelines.report import verschil as compare

    settings = _settings(home, profiel)
    with guarded("vergelijken van uitgaven"):
        found = compare(_release(settings, profiel, a), _release(settings, profiel, b))
    if json:
        out.print_json(data=_as_json(found))
        return
    for line in found.regels_tekst(hoogstens):
        out.print(line, markup=False)


def share(
    naar: Annotated[Path, typer.Option("--naar", help="Map buiten de gegevens waar lezers bij kunnen.")],
    profiel: Profiel = "oogo",
    groep: Annotated[
        str | None, typer.Option(help="Groep op deze computer die mag lezen; anders die van de map.")
    ] = None,
    home: Home = None,
) -> None:
    """Zet de nieuwste uitgave waar BI-programma's haar kunnen lezen; de rest van de gegevens blijft dicht."""
    from pipelines.intake import logboek
    from pipelines.publication import hand_out

    settings = _settings(home, profiel)
    with guarded("klaarzetten van de publicatie"):
        release = hand_out(settings, profiel, naar, groep)
        if release.nieuw:
            logboek.write(settings, "share", profiel=profiel, release=release.release)
    word = "Klaargezet" if release.nieuw else "Stond al klaar"
    out.print(f"{word}: {naar / profiel / 'current'} ({release.release})", markup=False)


def write_status_page(settings: Settings, stand: Status, bestand: Path) -> None:
    """The option `--html` of `oa status`."""
    from pipelines.report.history import names, releases
    from pipelines.status_page import render

    if not bestand.parent.is_dir():
        raise Gebruiksfout("Deze map is er niet.", waar=str(bestand.parent), remedie="Maak haar eerst.")
    with guarded("schrijven van de stand"):
        found = [each for profiel in PROFIELEN for each in releases(settings.publication, profiel)]
        half = bestand.with_name(f".{bestand.name}.deel")
        half.write_text(
            render(stand, found, names(settings.publication), demo=settings.demo), encoding="utf-8"
        )
        half.replace(bestand)
    out.print(f"Geschreven: {bestand}", markup=False)


def add_to(app: typer.Typer) -> None:
    """Put these commands into `oa`."""
    for command in (report, verschil, share):
        app.command()(command)


def _settings(home: Path | None, profiel: str) -> Settings:
    if profiel not in PROFIELEN:
        raise Gebruiksfout(
            "Dit profiel bestaat niet.", waar="--profiel", remedie=f"Kies uit: {', '.join(PROFIELEN)}."
        )
    return Settings.load(home)


def _release(settings: Settings, profiel: str, name: str) -> Path:
    """A release by its name in this installation, or by its folder."""
    releases = settings.publication / profiel / "releases"
    if Path(name).name == name and (releases / name).is_dir():
        return releases / name
    if Path(name).is_dir():
        return Path(name)
    there = sorted(folder.name for folder in releases.iterdir()) if releases.is_dir() else []
    raise Gebruiksfout(
        "Deze uitgave is er niet.",
        waar=f"{name} ({profiel})",
        remedie=f"Kies uit: {', '.join(there)}." if there else "Draai eerst: oa run (en oa publish).",
    )


def _as_json(found: Verschil) -> dict[str, object]:
    """Only what is published: a figure that is not shown has a status and no value."""
    return {
        "van": found.van,
        "naar": found.naar,
        "leveringen": list(found.leveringen),
        "regels": list(found.regels),
        "wijzigingen": [
            {
                "tabel": each.tabel,
                "plek": list(each.plek),
                "cijfer": each.cijfer,
                "voor": None
                if each.voor is None
                else {"waarde": each.voor.value, "status": each.voor.status},
                "na": None if each.na is None else {"waarde": each.na.value, "status": each.na.status},
                "verschil": each.verschil,
                "oorzaak": each.oorzaak,
            }
            for each in found.wijzigingen
        ],
    }
