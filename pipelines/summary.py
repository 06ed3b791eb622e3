"""What a run tells a person when it ends: a page of plain Dutch over published figures.

Lives here: reading the current release and printing it. Not here: any figure that is not published; a hidden one is
told as hidden here too.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.publication import Release, current_release, read_candidate
from pipelines.publication.current import RELEASE
from pipelines.settings import PROFIELEN, Settings

if TYPE_CHECKING:
    from rich.console import Console

    from pipelines.orchestration.execute import Uitkomst
    from pipelines.report.history import Niveau

CATEGORIE = {
    "grijs_gebied": "grijs gebied",
    "niet_te_bepalen": "niet te bepalen",
    "samenloop": "onderwijs en jeugdhulp",
    "alleen_onderwijs": "alleen onderwijsondersteuning",
    "alleen_jeugdhulp": "alleen jeugdhulp",
    "in_aanvraag": "in aanvraag",
    "TOTAAL": "totaal",
}
REDEN = {
    "verantwoordelijkheid_in_overleg": "over de verantwoordelijkheid wordt nog overlegd",
    "wacht_zonder_verantwoordelijke": "wacht op besluit, niemand verantwoordelijk",
    "afgewezen_andere_wet": "afgewezen om een andere wet, daarna geen jeugdhulp",
    "wacht_op_besluit": "wacht of wachtte te lang op een besluit",
    "verantwoordelijke_onbekend": "verantwoordelijke onbekend",
    "dubbel_aanbod": "vergelijkbaar aanbod van school en gemeente",
}
_STATUS = {"onderdrukt": "niet getoond", "niet_te_bepalen": "niet te bepalen"}


def print_summary(
    out: Console, settings: Settings, uitkomst: Uitkomst, vergelijking: list[dict[str, Any]] | None = None
) -> None:
    """Print deliveries, checks, categories, reasons, and where to look next."""
    if vergelijking:
        _print_comparison(out, vergelijking)
    _print_run(out, settings, uitkomst)
    release = current_release(settings, "oogo")
    if release is None:
        _print_waiting(out, settings)
        return
    _print_figures(out, release)
    if read_candidate(settings, "oogo").release != release.release:
        _print_waiting(out, settings)
    _print_next(out, settings, release)


def as_json(settings: Settings, uitkomst: Uitkomst) -> dict[str, Any]:
    """The outcome for machines: counts, checks per gate, and the current release per profiel."""
    return {
        "leveringen": {
            "aangenomen": uitkomst.aangenomen,
            "geweigerd": uitkomst.geweigerd,
            "eerder_geweigerd": uitkomst.eerder_geweigerd,
            "al_bekend": uitkomst.bekend,
        },
        "controles": {
            name: {"geslaagd": passed, "totaal": total}
            for name, (passed, total) in uitkomst.controles.items()
        },
        "niets_nieuw": uitkomst.niets_nieuw,
        "publicaties": {
            profiel: {"release": release.release, "pad": str(release.pad)}
            for profiel in PROFIELEN
            if (release := current_release(settings, profiel))
        },
    }


def _print_run(out: Console, settings: Settings, uitkomst: Uitkomst) -> None:
    _head(out, "Leveringen")
    if uitkomst.niets_nieuw:
        out.print(f"  Niets nieuws: {uitkomst.bekend} leveringen tellen mee, de publicatie is bij.")
        return
    out.print(
        f"  {uitkomst.aangenomen} nieuw ingenomen, {uitkomst.bekend} al bekend, "
        f"{uitkomst.geweigerd + uitkomst.eerder_geweigerd} geweigerd"
    )
    if uitkomst.geweigerd + uitkomst.eerder_geweigerd:
        out.print(f"  Waarom, en wat de bronhouder kan doen: {settings.quarantine}", markup=False)
    _head(out, "Controles")
    for name, (passed, total) in uitkomst.controles.items():
        out.print(f"  {name:<34} {passed} van {total} geslaagd")


def _print_waiting(out: Console, settings: Settings) -> None:
    _head(out, "Publicatie")
    kandidaat = read_candidate(settings, "oogo")
    out.print(
        f"  De kandidaat {kandidaat.release} is beoordeeld en wacht op akkoord van een persoon.", markup=False
    )
    out.print('  Geef vrij met: oa publish --akkoord "Naam"', markup=False)


def _print_figures(out: Console, release: Release) -> None:
    import duckdb

    with duckdb.connect(str(release.pad / "ondersteuning.duckdb"), read_only=True) as con:
        years = [
            row[0]
            for row in con.execute(
                "SELECT DISTINCT schooljaar FROM ondersteuning_per_gebied ORDER BY 1"
            ).fetchall()
        ]
        demo = con.execute("SELECT demo FROM publicatie").fetchone() == (True,)
        by_category = con.execute(
            "SELECT categorie, schooljaar, leerlingen, status FROM ondersteuning_per_gebied "
            "WHERE gebied_soort = 'regio'"
        ).fetchall()
        by_reason = con.execute(
            "SELECT reden, schooljaar, leerlingen, status FROM grijs_gebied_redenen "
            "WHERE gebied_soort = 'regio'"
        ).fetchall()
    fictional = " (fictieve leerlingen)" if demo else ""
    _print_grid(out, f"Leerlingen per categorie, hele regio{fictional}", CATEGORIE, years, by_category)
    _print_grid(out, "Redenen; één leerling kan er meer hebben, dus niet optellen", REDEN, years, by_reason)
    if any(row[3] == "onderdrukt" for row in by_category + by_reason):
        out.print(
            "  niet getoond: te weinig leerlingen, of nodig om zo'n aantal te beschermen; het is geen nul"
        )
    print_cost(out, release)


def print_cost(out: Console, release: Release) -> None:
    """What protection leaves on each niveau, and which table costs most."""
    from pipelines.report.history import costs

    kosten = costs(json.loads((release.pad / RELEASE).read_text(encoding="utf-8")))
    if kosten is None:
        return
    _head(out, "Wat bescherming kost")
    whole = [level.niveau for level in kosten.niveaus if level.getoond == level.alles]
    if whole:
        out.print(f"  Alles getoond: {', '.join(whole)}")
    rest = [
        f"{level.niveau} {_of(level.getoond + level.afgerond, level)}"
        + (f" ({_of(level.afgerond, level)} afgerond)" if level.afgerond else "")
        for level in kosten.niveaus
        if level.niveau not in whole
    ]
    if rest:
        out.print(f"  Van elke 100 aantallen zijn te zien: {', '.join(rest)}")
    if kosten.reden:
        out.print(f"  {kosten.reden} Wat grover kan: oa status --html BESTAND", markup=False)


def _of(many: int, level: Niveau) -> int:
    """Of every 100, downwards: what is not all is not told as all."""
    return 100 * many // level.alles


def _print_grid(
    out: Console,
    title: str,
    names: dict[str, str],
    years: list[str],
    rows: list[tuple[str, str, int | None, str]],
) -> None:
    cells = {
        (code, year): _STATUS.get(status) or f"{value:,}".replace(",", ".")
        for code, year, value, status in rows
        if value is not None or status in _STATUS
    }
    _head(out, title)
    out.print(f"  {'':<52}" + "".join(f"{year:>16}" for year in years))
    for code, name in names.items():
        if any((code, year) in cells for year in years):
            out.print(f"  {name:<52}" + "".join(f"{cells.get((code, year), '-'):>16}" for year in years))


def _print_comparison(out: Console, rows: list[dict[str, Any]]) -> None:
    """How the fictional region compares with the counts of DUO and CBS, newest schooljaar, summed per soort."""
    newest = max(row["schooljaar"] for row in rows)
    sums: dict[str, list[float]] = {}
    for row in rows:
        if row["schooljaar"] == newest and row["werkelijk"] is not None and row["onderwerp"] == "leerlingen":
            made = sums.setdefault(str(row["soort"]), [0, 0])
            made[0] += row["gemaakt"]
            made[1] += row["werkelijk"]
    _head(out, f"De fictieve regio naast de tellingen van DUO ({newest})")
    out.print(
        "  "
        + "   ".join(
            f"{soort} {made:,.0f} / {real:,.0f}".replace(",", ".") for soort, (made, real) in sums.items()
        )
        + "   (gemaakt / DUO)"
    )
    youth = [row for row in rows if row["onderwerp"] == "jeugdhulp" and row["schooljaar"] == newest]
    for row in youth[:1]:
        out.print(f"  jeugdhulp {_share(row['gemaakt'])} van de jeugd; CBS {_share(row['werkelijk'])}")


def _share(value: float) -> str:
    return f"{value:.1f}%".replace(".", ",")


def _print_next(out: Console, settings: Settings, release: Release) -> None:
    current = settings.publication / "oogo" / "current"
    _head(out, "Publicatie")
    out.print(f"  release {release.release}, profiel oogo", markup=False)
    out.print(
        f"  {_short(current)}/ondersteuning.duckdb   voor BI en SQL; begin bij de tabel toelichting",
        markup=False,
    )
    out.print(
        f"  {_short(current)}/parquet/               dezelfde tabellen voor Python, R, Power BI, Excel",
        markup=False,
    )
    out.print(
        f"  {_short(current)}/release.json           wat erin ging, en wat elke poort vond", markup=False
    )
    _head(out, "Verder")
    out.print("  make ui            elke stap, controle, planning en sensor in Dagster")
    out.print("  .venv/bin/oa --help   alle opdrachten")
    out.print("  docs/handleiding      uitleg voor analisten, bronhouders en het overleg")


def _short(path: Path) -> str:
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _head(out: Console, text: str) -> None:
    out.print()
    out.print(f"[bold]{text}[/bold]")
