"""What is where: deliveries by state, who is late, the candidate, the releases, and whether a run is busy.

Lives here: collecting that and printing it. Not here: changing anything; it takes no lock and writes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from pipelines import intake, publication
from pipelines.errors import KwaliteitspoortDicht, OnthullingspoortDicht
from pipelines.intake import expected, lifecycle
from pipelines.publication import evidence
from pipelines.settings import PROFIELEN, Settings

if TYPE_CHECKING:
    from rich.console import Console


@dataclass(frozen=True)
class Status:
    """One look at an installation."""

    home: str
    bezig: bool
    leveringen: list[lifecycle.Stand]
    verwacht: list[expected.VerwachtingStand] | None
    schooljaren: list[expected.SchooljaarStand]
    kandidaten: dict[str, str]
    publicaties: dict[str, str]

    def as_dict(self) -> dict[str, Any]:
        """For machines; dates as ISO text."""
        values = asdict(self)
        for item in values["verwacht"] or ():
            item["verwachting"]["uiterlijk"] = item["verwachting"]["uiterlijk"].isoformat()
        return values


def collect(settings: Settings, vandaag: date | None = None) -> Status:
    """Look at everything once."""
    wanted = expected.read_expected(settings)
    stands = None
    if wanted is not None:
        stands = expected.stand(wanted, intake.active_leveringen(settings), vandaag or date.today())
    kandidaten, publicaties = {}, {}
    for profiel in PROFIELEN:
        if (release := publication.current_release(settings, profiel)) is not None:
            publicaties[profiel] = release.release
        try:
            kandidaat = publication.read_candidate(settings, profiel)
            evidence.demand(settings, profiel, kandidaat.vereist)
        except (KwaliteitspoortDicht, OnthullingspoortDicht):
            continue  # there is none, or it may not be published: `oa run` makes another
        kandidaten[profiel] = kandidaat.release
    return Status(
        str(settings.home),
        _busy(settings),
        lifecycle.overview(settings),
        stands,
        expected.per_schooljaar(stands or []),
        kandidaten,
        publicaties,
    )


def _busy(settings: Settings) -> bool:
    slot = settings.home / "slot"
    if not slot.exists():
        return False
    lock = FileLock(slot)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def print_status(out: Console, stand: Status) -> None:
    """A page of Dutch: first what needs a person."""
    out.print(f"[bold]{'Er is nu een run bezig' if stand.bezig else 'Geen run bezig'}[/bold]", end="")
    out.print(f" in {stand.home}", markup=False)
    _print_waiting(out, stand)
    _print_late(out, stand)
    _print_deliveries(out, stand)
    _print_releases(out, stand)
    _print_files(out, stand)


def _print_waiting(out: Console, stand: Status) -> None:
    for profiel, kandidaat in stand.kandidaten.items():
        if stand.publicaties.get(profiel) != kandidaat:
            out.print(
                f"\nKandidaat {kandidaat} ({profiel}) wacht op akkoord: oa publish --akkoord NAAM",
                markup=False,
            )


def _print_late(out: Console, stand: Status) -> None:
    out.print("\n[bold]Verwachte leveringen[/bold]")
    if stand.verwacht is None:
        out.print(
            "  Er is geen lijst: zet referentie/verwachte_leveringen.csv klaar om te zien wie te laat is."
        )
        return
    for year in stand.schooljaren:
        word = "definitief" if year.definitief else "voorlopig"
        out.print(
            f"  {year.schooljaar}  {word:<11} {year.geleverd} van {year.verwacht} geleverd, "
            f"{year.te_laat} te laat"
        )
    for item in stand.verwacht:
        if item.toestand == "te_laat":
            out.print(
                f"  te laat: {item.verwachting.contract} van {item.verwachting.bronhouder} over "
                f"{item.verwachting.schooljaar}, {item.dagen_te_laat} dagen ({item.verwachting.contact})",
                markup=False,
            )


def _print_deliveries(out: Console, stand: Status) -> None:
    out.print("\n[bold]Leveringen[/bold]")
    counts = Counter(item.toestand for item in stand.leveringen)
    out.print(
        "  " + (", ".join(f"{number} {state}" for state, number in sorted(counts.items())) or "nog geen")
    )
    for item in stand.leveringen:
        if item.toestand == "geweigerd":
            out.print(f"  geweigerd: {item.bestand}; de reden staat in quarantine/", markup=False)
    active = [item for item in stand.leveringen if item.toestand == "aangenomen"]
    for year in sorted({item.schooljaar for item in active}):
        per_contract = Counter(item.contract for item in active if item.schooljaar == year)
        newest = max(item.leverdatum for item in active if item.schooljaar == year)
        told = ", ".join(f"{contract} {number}" for contract, number in sorted(per_contract.items()))
        out.print(f"  {year}  {told}; nieuwste {newest}")


def _print_releases(out: Console, stand: Status) -> None:
    out.print("\n[bold]Publicaties[/bold]")
    for profiel, release in stand.publicaties.items():
        out.print(f"  {profiel:<9} {release}", markup=False)
    if not stand.publicaties:
        out.print("  nog geen")


def _print_files(out: Console, stand: Status) -> None:
    """Which file each delivery that counts came from."""
    active = [item for item in stand.leveringen if item.toestand == "aangenomen"]
    if active:
        out.print("\n[bold]Bestanden die meetellen[/bold]")
    for item in sorted(active, key=lambda each: (each.contract, each.bronhouder, each.schooljaar)):
        out.print(
            f"  {item.contract} van {item.bronhouder} over {item.schooljaar}: {item.bestand}", markup=False
        )
