"""The command `oa`: words in, words and an exit code out.

Lives here: arguments, what is printed, exit codes. Not here: any rule, file format or figure; every command
calls one function of a room, imported when it is needed so that a small command stays quick.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
from typer.exceptions import Abort, TyperException

from pipelines import cli_audit, cli_levering, cli_report, memory, progress
from pipelines.cli_console import Home, Json, err, out, tell_progress
from pipelines.errors import Gebruiksfout, LeveringGeweigerd, OaError, guarded
from pipelines.settings import Settings

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Ondersteuningsanalyse: van leveringen naar cijfers waar school en gemeente op kunnen bouwen.",
)


@app.command()
def demo(
    map_: Annotated[Path, typer.Option("--map", help="Waar de demo haar gegevens zet.")] = Path(".demo"),
    schaal: Annotated[float, typer.Option(min=0.02, max=60, help="1 is ongeveer 47.000 leerlingen.")] = 1.0,
    seed: Annotated[int, typer.Option(help="Zelfde seed, zelfde leveringen.")] = 2026,
) -> None:
    """Maak een fictieve regio en voer alles uit, van levering tot publicatie."""
    from pipelines import demo as demo_room
    from pipelines.summary import print_summary

    with tell_progress():
        outcome = demo_room.run(map_, schaal=schaal, seed=seed, meld=progress.meld)
    print_summary(out, outcome.settings, outcome.uitkomst, vergelijking=outcome.vergelijking)


@app.command()
def run(home: Home = None, json: Json = False) -> None:
    """Neem alle nieuwe leveringen in en ga door tot en met de publicatie (of de kandidaat ervoor)."""
    from pipelines.orchestration.execute import run_once
    from pipelines.summary import as_json, print_summary

    settings = Settings.load(home)
    with tell_progress(quiet=json):
        uitkomst = run_once(settings)
    if json:
        out.print_json(data=as_json(settings, uitkomst))
    else:
        print_summary(out, settings, uitkomst)
    if uitkomst.geweigerd:
        raise typer.Exit(LeveringGeweigerd.exit_code)


@app.command()
def publish(
    akkoord: Annotated[str, typer.Option("--akkoord", help="Naam van wie de publicatie vrijgeeft.")],
    profiel: Annotated[
        str | None, typer.Option(help="oogo of openbaar; anders elk profiel met een kandidaat.")
    ] = None,
    home: Home = None,
) -> None:
    """Geef de gecontroleerde kandidaat vrij."""
    from pipelines.lock import hold
    from pipelines.orchestration.stages import release_all

    settings = Settings.load(home)
    with tell_progress(), hold(settings):
        for item in release_all(settings, akkoord=akkoord, profiel=profiel, meld=progress.meld):
            out.print(f"Gepubliceerd: {item.profiel} {item.release}", markup=False)


@app.command()
def synthetic(
    uit: Annotated[Path, typer.Option(help="Map waarin inbox/ en referentie/ komen.")],
    seed: Annotated[int, typer.Option()] = 2026,
    schaal: Annotated[float, typer.Option(min=0.02, max=60)] = 1.0,
    schooljaren: Annotated[str, typer.Option(help="Komma's ertussen.")] = "2022-2023,2023-2024,2024-2025",
) -> None:
    """Maak de leveringen van een fictieve regio."""
    from pipelines.synthetic import generate

    years = tuple(part.strip() for part in schooljaren.split(","))
    with tell_progress(), guarded("maken van de fictieve regio"):
        overzicht = generate(seed=seed, schaal=schaal, schooljaren=years, uit=uit, meld=progress.meld)
    out.print(f"{overzicht.leveringen} leveringen in {uit / 'inbox'}", markup=False)


@app.command()
def status(home: Home = None, json: Json = False, html: cli_report.Html = None) -> None:
    """Wat is waar: leveringen, weigeringen, de laatste publicatie en of er nu een run bezig is."""
    from pipelines.status import collect, print_status

    settings = Settings.load(home)
    stand = collect(settings)
    if html is not None:
        cli_report.write_status_page(settings, stand, html)
    elif json:
        out.print_json(data=stand.as_dict())
    else:
        print_status(out, stand)


@app.command()
def ui(
    home: Home = None,
    poort: Annotated[int, typer.Option(help="Poort op 127.0.0.1.")] = 3000,
) -> None:
    """Open Dagster op deze computer, met elke stap, controle, planning en sensor."""
    from pipelines.orchestration.execute import prepare_instance

    folder = home or os.environ.get("OA_HOME")
    if folder is None and Path(".demo/data").is_dir():
        folder = Path(".demo/data")
    settings = Settings.load(folder)
    settings.prepare_home()
    prepare_instance(settings)
    environment = os.environ | {"DAGSTER_HOME": str(settings.dagster), "OA_HOME": str(settings.home)}
    err.print(f"Dagster op http://127.0.0.1:{poort} voor {settings.home}; stop met Ctrl+C.", markup=False)
    dagster = str(Path(sys.executable).with_name("dagster"))
    arguments = [dagster, "dev", "-m", "pipelines.definitions", "-h", "127.0.0.1", "-p", str(poort)]
    os.execve(dagster, arguments, environment)  # noqa: S606


cli_levering.add_to(app)
cli_report.add_to(app)
cli_audit.add_to(app)


def main() -> None:
    """Run `oa`; an OaError becomes its lines on stderr and its exit code, never a traceback."""
    memory.give_back()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(
                errors="replace"
            )  # a console of Windows may lack a character; no reason to stop
    usage: TyperException | None = None
    code: object = 0
    try:
        with guarded("uitvoeren van de opdracht"):
            try:
                code = app(standalone_mode=False)
            except TyperException as error:
                usage = error
            except Abort:
                code = 130
    except OaError as error:
        for line in error.regels():
            err.print(line, markup=False)
        sys.exit(error.exit_code)
    if usage is not None:
        err.print(usage.format_message(), markup=False)
        err.print("Hulp: oa --help, of oa OPDRACHT --help", markup=False)
        sys.exit(Gebruiksfout.exit_code)
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
