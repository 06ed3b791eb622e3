"""Commands about deliveries: for the bronhouder (prepare, check) and for the analyst (withdraw, erase, account).

Lives here: arguments and words. Not here: what the commands do; each calls one function of a room. Nothing here may
import Dagster, dbt or Great Expectations when the module loads: a bronhouder installs none of them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from pipelines import progress
from pipelines.cli_console import Home, err, out, tell_progress
from pipelines.errors import Gebruiksfout, LeveringGeweigerd, guarded
from pipelines.settings import Settings

sleutels = typer.Typer(
    no_args_is_help=True, help="Sleutels maken en beschrijven; een sleutel komt nooit in beeld."
)
referenties = typer.Typer(no_args_is_help=True, help="Referentiegegevens van DUO en CBS bijwerken.")

Door = Annotated[str, typer.Option("--door", help="Naam van wie dit besluit.")]


def pseudonymise(
    bestand: Annotated[
        list[Path], typer.Argument(help="CSV, XLSX of Parquet; voor jeugdhulp ook JW301 (XML, zip).")
    ],
    sleutel: Annotated[Path, typer.Option(help="Bestand met de sleutel (niet de sleutel zelf).")],
    uit: Annotated[Path, typer.Option(help="Map waarin de levering en haar manifest komen.")] = Path(),
    contract: Annotated[str | None, typer.Option(help="opp, jeugdhulp of inschrijving.")] = None,
    bronhouder: Annotated[str | None, typer.Option(help="Bestuursnummer of gemeentecode.")] = None,
    schooljaar: Annotated[str | None, typer.Option(help="Bijvoorbeeld 2024-2025.")] = None,
    leverdatum: Annotated[str | None, typer.Option(help="JJJJ-MM-DD; anders vandaag.")] = None,
    koppeling: Annotated[
        Path | None, typer.Option(help="Koppelingsbestand (YAML) voor andere kolomnamen.")
    ] = None,
    blad: Annotated[str | None, typer.Option(help="Werkblad, als XLSX er meer heeft.")] = None,
    stap: Annotated[
        int, typer.Option(min=1, max=2, help="2 is de stap van de TTP op een levering met stap 1.")
    ] = 1,
    vergeten: Annotated[bool, typer.Option(help="Maak een lijst van personen voor `oa forget`.")] = False,
) -> None:
    """Maak van een bestand met nummers een levering met pseudoniemen en alleen wat het contract vraagt."""
    from pipelines.keys import read_key
    from pipelines.pseudonymise import forget_list, run, run_step2

    key = read_key(sleutel)
    day = _day(leverdatum)
    with tell_progress(), guarded("pseudonimiseren"):
        if stap == 2:
            made = run_step2(_single(bestand), key, uit)
        elif vergeten:
            made = forget_list(
                _single(bestand),
                bronhouder=_given(bronhouder, "--bronhouder"),
                leverdatum=day,
                key=key,
                uit=uit,
            )
        else:
            made = run(
                bestand,
                _given(contract, "--contract"),
                bronhouder=_given(bronhouder, "--bronhouder"),
                schooljaar=_given(schooljaar, "--schooljaar"),
                leverdatum=day,
                key=key,
                uit=uit,
                mapping=koppeling,
                blad=blad,
                meld=progress.meld,
            )
    out.print(made.tekst(), markup=False)


def check(
    bestand: Annotated[Path, typer.Argument(help="Een levering; wordt niet ingenomen.")],
    contract: Annotated[str | None, typer.Option(help="Stel een koppeling voor met dit contract.")] = None,
    home: Home = None,
) -> None:
    """Beoordeel een levering zonder haar in te nemen, of stel een koppeling voor (met --contract)."""
    from pipelines.contracts import contract_names
    from pipelines.intake import check_file

    if contract is not None and contract not in contract_names():
        raise Gebruiksfout(
            "Dit contract bestaat niet.",
            waar="--contract",
            remedie=f"Kies uit: {', '.join(contract_names())}.",
        )
    settings = Settings.load(home)
    with guarded("beoordelen van een levering"):
        if contract is not None and not _is_named_as_delivery(bestand):
            _propose(bestand, contract)  # an export of a bronsysteem: there is no delivery to judge yet
            return
        oordeel = check_file(bestand, settings)
        out.print(oordeel.tekst(), markup=False)
        if oordeel.goed:
            return
        if contract is not None:
            out.print()
            _propose(bestand, contract)
        elif oordeel.kolommen_wijken_af:
            err.print(
                "Heeft het bestand andere kolomnamen? Vraag een voorstel: oa check BESTAND --contract NAAM",
                markup=False,
            )
    raise typer.Exit(LeveringGeweigerd.exit_code)


def withdraw(
    levering: Annotated[
        str, typer.Argument(help="Bestandsnaam, of kenmerk uit antwoord/ of oa status --json.")
    ],
    door: Door,
    home: Home = None,
) -> None:
    """Neem een levering terug; de volgende run rekent zonder haar."""
    from pipelines.orchestration.stages import withdraw as take_back

    gone = take_back(Settings.load(home), levering, door=door, vandaag=date.today())
    out.print(
        f"Teruggenomen: {gone.levering_id}. Voer oa run uit voor nieuwe cijfers; wat al gepubliceerd was, "
        "blijft bekend.",
        markup=False,
    )


def retention(home: Home = None) -> None:
    """Laat schooljaren waarvan de bewaartermijn voorbij is in hun geheel verlopen."""
    from pipelines.orchestration.stages import retain

    settings = Settings.load(home)
    with tell_progress():
        expired = retain(settings, date.today(), meld=progress.meld)
    for schooljaar, leveringen in sorted(expired.items()):
        out.print(f"Verlopen: {schooljaar}, {len(leveringen)} leveringen gewist.")
    if not expired:
        out.print("Geen schooljaar is verlopen.")


def forget(
    bestand: Annotated[
        Path, typer.Argument(help="Lijst die de bronhouder maakte met oa pseudonymise --vergeten.")
    ],
    blokkeer: Annotated[bool, typer.Option(help="Weiger deze personen ook in latere leveringen.")] = False,
    home: Home = None,
) -> None:
    """Wis personen uit inbox, inname, magazijn en elk ander bestand, en zeg in welke publicaties zij meetelden."""
    from pipelines.orchestration.stages import forget as erase

    settings = Settings.load(home)
    with tell_progress():
        result = erase(settings, bestand, blokkeer=blokkeer, meld=progress.meld)
    out.print(f"Gewist: {result.rijen} rijen uit {len(result.leveringen)} leveringen.", markup=False)
    for release in result.publicaties:
        out.print(f"Telde mee in publicatie: {release} (alleen aantallen; die blijven staan)", markup=False)
    out.print("Wis ook de reservekopieën van deze map die van voor vandaag zijn.")


def register(
    uit: Annotated[Path, typer.Option(help="Map voor de documenten.")] = Path("verantwoording"),
    home: Home = None,
) -> None:
    """Schrijf het register van verwerkingen, de bijlage bij de DPIA en de brief voor ouders."""
    from pipelines.contracts import register as documents
    from pipelines.contracts.verwerking import read_verwerking

    settings, today = Settings.load(home), date.today()
    with guarded("schrijven van de verantwoording"):
        verwerking = read_verwerking(settings.home)
        uit.mkdir(parents=True, exist_ok=True)
        for name, document in (
            ("register", documents.register(verwerking, today)),
            ("bijlage_dpia", documents.dpia_bijlage(verwerking, today)),
            ("informatiebrief", documents.informatiebrief(verwerking, today, settings.contact)),
        ):
            (uit / f"{name}.md").write_text(document.markdown(), encoding="utf-8")
            (uit / f"{name}.html").write_text(document.html(), encoding="utf-8")
            out.print(f"Geschreven: {uit / name}.md en .html", markup=False)


@sleutels.command("new")
def key_new(bestand: Annotated[Path, typer.Argument(help="Nieuw bestand voor de sleutel.")]) -> None:
    """Maak een sleutel (bestand met rechten 0600); bestaande bestanden blijven staan."""
    from pipelines.keys import new_key

    out.print(f"Sleutel gemaakt: {bestand}, vingerafdruk {new_key(bestand).fingerprint}", markup=False)


@sleutels.command("show")
def key_show(bestand: Annotated[Path, typer.Argument(help="Bestand met de sleutel.")]) -> None:
    """Toon de vingerafdruk van een sleutel, om met andere bronhouders te vergelijken."""
    from pipelines.keys import read_key

    out.print(f"Vingerafdruk {read_key(bestand).fingerprint}", markup=False)


@referenties.command("update")
def reference_update(
    bron: Annotated[list[str] | None, typer.Option(help="Alleen deze bron; mag vaker.")] = None,
    van: Annotated[
        list[str] | None, typer.Option(help="BRON=BESTAND of BRON=ADRES in plaats van de bekende plek.")
    ] = None,
    home: Home = None,
) -> None:
    """Haal vestigingen, leerlingaantallen, gemeenten en jeugd op bij DUO en CBS."""
    from pipelines.lock import hold
    from pipelines.reference import update

    settings = Settings.load(home)
    pairs = [item.partition("=") for item in van or []]
    if any(not place for _, _, place in pairs):
        raise Gebruiksfout(
            "Een plek is niet compleet.", waar="--van", remedie="Schrijf BRON=BESTAND of BRON=ADRES."
        )
    with tell_progress(), hold(settings), guarded("bijwerken van referentiegegevens"):
        done = update(settings, bron or None, {name: place for name, _, place in pairs}, meld=progress.meld)
    for table in done.tabellen:
        out.print(
            f"{table.naam}: {table.rijen} rijen, peildatum {table.peildatum}"
            f"{'' if table.gewijzigd else ' (onveranderd)'}",
            markup=False,
        )
    for warning in done.waarschuwingen:
        err.print(f"Let op: {warning}", markup=False)


def add_to(app: typer.Typer) -> None:
    """Put these commands into `oa`."""
    for command in (pseudonymise, check, withdraw, retention, forget, register):
        app.command()(command)
    app.add_typer(sleutels, name="key")
    app.add_typer(referenties, name="reference")


def _is_named_as_delivery(path: Path) -> bool:
    from pipelines.intake.levering import parse_name

    try:
        parse_name(path)
    except LeveringGeweigerd:
        return False
    return True


def _propose(path: Path, contract: str) -> None:
    """Write a proposal beside the file, never over one that a person may have worked on."""
    from pipelines.contracts import load_contract
    from pipelines.intake.proposal import write_proposal

    if not path.is_file():
        raise Gebruiksfout("Het bestand bestaat niet.", waar=path.name, remedie="Controleer het pad.")
    target = path.with_name(f"{path.stem}.koppeling.yaml")
    if target.exists():
        raise Gebruiksfout(
            "Er staat al een koppeling naast het bestand; die wordt niet overschreven.",
            waar=target.name,
            remedie="Gebruik haar met --koppeling, of geef haar een andere naam en vraag een nieuw voorstel.",
        )
    proposal = write_proposal(path, load_contract(contract))
    out.print(
        f"Voorstel voor een koppeling: {proposal.name}. Controleer elke regel en gebruik het daarna "
        "met --koppeling; er wordt niets vanzelf toegepast.",
        markup=False,
    )


def _single(files: list[Path]) -> Path:
    if len(files) != 1:
        raise Gebruiksfout(
            "Hier hoort precies één bestand.", waar="BESTAND", remedie="Geef één bestand per keer."
        )
    return files[0]


def _given(value: str | None, option: str) -> str:
    if not value:
        raise Gebruiksfout("Er ontbreekt een optie.", waar=option, remedie="Zie oa pseudonymise --help.")
    return value


def _day(text: str | None) -> date:
    if text is None:
        return date.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Gebruiksfout("Dit is geen datum.", waar="--leverdatum", remedie="Schrijf JJJJ-MM-DD.") from None
