"""The rows of the workbook: each published table, cut to what belongs to this area.

Lives here: which rows go along and their Dutch headers. Not here: writing XLSX (xlsx).
"""

from __future__ import annotations

from pipelines.report.figure import GETOOND, Figure
from pipelines.report.language import upper_first
from pipelines.report.model import Cell, Column, Sheet
from pipelines.report.release import ONBEKEND, OVERIGE, TABLES, TOTAAL, Release, Row, code_list
from pipelines.report.view import View

# Published table: name of its sheet (31 characters at most) and its title.
SHEETS = {
    "ondersteuning_per_gebied": ("Per gebied", "Leerlingen per gebied en categorie"),
    "ondersteuning_per_school": ("Per school", "Leerlingen per school en categorie"),
    "ondersteuning_per_bestuur_gemeente": (
        "Per bestuur en gemeente",
        "Leerlingen per schoolbestuur en woongemeente",
    ),
    "grijs_gebied_redenen": ("Redenen grijs gebied", "Redenen en signalen"),
    "verantwoordelijkheid": (
        "Verantwoordelijkheid",
        "Wie is verantwoordelijk en wie betaalt (arrangementen)",
    ),
    "organisatie": ("Organisatie", "Vorm van de ondersteuning (arrangementen)"),
    "wachttijden": ("Wachttijden", "Wachttijden in dagen"),
    "jeugdhulppartners_per_school": ("Jeugdhulppartners", "Jeugdhulpaanbieders per school"),
    "overlegpartners": ("Overlegpartners", "Met hoeveel partijen heeft elke partij te maken"),
    "koppelgraad": ("Koppelgraad", "Onderwijs gekoppeld aan jeugdhulp"),
}
# Profiel openbaar stops at the samenwerkingsverband: its sheet says so and has no column for what is not there.
OPENBAAR = {"ondersteuning_per_school": ("Per SWV", "Leerlingen per samenwerkingsverband en categorie")}
NIET_OPENBAAR = ("bestuur", "vestigingscode")
HEADS = {
    "schooljaar": "Schooljaar",
    "gebied_soort": "Soort gebied",
    "gebied": "Gebied",
    "categorie": "Categorie",
    "swv": "Samenwerkingsverband",
    "bestuur": "Schoolbestuur",
    "vestigingscode": "School",
    "gemeente": "Gemeente",
    "reden": "Reden of signaal",
    "verantwoordelijke": "Verantwoordelijk",
    "financiering": "Wie betaalt",
    "ondersteuningsvorm": "Vorm",
    "stap": "Stap",
    "partij_soort": "Soort partij",
    "partij": "Partij",
    "leerlingen": "Leerlingen",
    "arrangementen": "Arrangementen",
    "aantal": "Aantal",
    "mediaan_dagen": "Helft wachtte hoogstens (dagen)",
    "p90_dagen": "Een op de tien wachtte minstens (dagen)",
    "wachtend": "Wacht nog",
    "aanbieders": "Jeugdhulpaanbieders",
    "gemeenten": "Gemeenten",
    "besturen": "Schoolbesturen",
    "leerlingen_onderwijs": "Leerlingen met onderwijsondersteuning",
    "gekoppeld": "Daarvan met jeugdhulp",
    "aandeel_per_100": "Van elke 100",
    "noemer": "Waarvan (aantal)",
    "noemer_bron": "Waarvan",
    "soort": "Kern of signaal",
    "volledig": "Volledig",
}
FIGURE_HEADS = {("overlegpartners", "swv"): "Samenwerkingsverbanden"}
SHARE = ("aandeel_per_100", "noemer", "noemer_bron")
BY_AREA = (
    "ondersteuning_per_gebied",
    "grijs_gebied_redenen",
    "verantwoordelijkheid",
    "organisatie",
    "wachttijden",
)


def sheets(view: View) -> tuple[Sheet, ...]:
    """One sheet per published table of this profiel that has rows for the area."""
    found = ((table, _rows(view, table)) for table in SHEETS)
    names = SHEETS | (OPENBAAR if view.release.profiel == "openbaar" else {})
    return tuple(_sheet(view, table, *names[table], rows) for table, rows in found if rows)


def keys(view: View) -> dict[str, set[tuple[str, ...]]]:
    """Per table what its rows in this workbook are about: their dimensions but schooljaar."""
    return {
        table: {tuple(str(row[dim]) for dim in TABLES[table][0][1:]) for row in _rows(view, table)}
        for table in SHEETS
    }


def _rows(view: View, table: str) -> list[Row]:
    """The rows of a table that belong in the workbook of this area; the region gets them all."""
    release = view.release
    if view.kind == "regio":
        return release.rows(table)
    if table in BY_AREA:
        return release.rows_among(
            table, ("gebied_soort", "gebied"), ((place.soort, place.code) for _, place in view.labelled)
        )
    schools = sorted(code for code, school in release.schools.items() if school[view.kind] == view.code)
    besturen = sorted({release.schools[code]["bestuur"] for code in schools} - {ONBEKEND})
    if table == "ondersteuning_per_school":
        nested = [(swv, bestuur, TOTAAL) for swv in view.swvs for bestuur in (TOTAAL, *besturen)]
        if view.kind == "swv":
            nested += [(view.code, bestuur, OVERIGE) for bestuur in besturen]
        own = [(release.schools[code]["swv"], release.schools[code]["bestuur"], code) for code in schools]
        return release.rows_among(
            table, ("swv", "bestuur", "vestigingscode"), [(TOTAAL, TOTAAL, TOTAAL), *nested, *own]
        )
    if table == "jeugdhulppartners_per_school":
        return release.rows_among(table, ("vestigingscode",), ((code,) for code in schools))
    if table == "ondersteuning_per_bestuur_gemeente":
        if view.kind == "gemeente":
            rows = release.rows_among(table, ("gemeente",), ((view.code,), (TOTAAL,)))
            own = {row["bestuur"] for row in rows if row["gemeente"] == view.code and row["leerlingen"] != 0}
            return [row for row in rows if row["bestuur"] in own]
        return release.rows_among(table, ("bestuur",), ((code,) for code in (TOTAAL, *besturen)))
    if table == "overlegpartners":
        return release.rows_among(
            table,
            ("partij_soort", "partij"),
            [
                ("gemeente", view.code),
                *(("swv", code) for code in view.swvs),
                *(("bestuur", code) for code in besturen),
                *(("school", code) for code in schools),
            ],
        )
    if table == "koppelgraad" and view.kind == "gemeente":
        return release.rows(table, gemeente=view.code)
    return release.rows(table)


def _sheet(view: View, table: str, name: str, title: str, rows: list[Row]) -> Sheet:
    dims, figures = TABLES[table]
    if view.release.profiel == "openbaar":
        dims = tuple(dim for dim in dims if dim not in NIET_OPENBAAR)
    extra = [column for column in ("soort", "volledig") if column in rows[0]]
    heads = [Column(HEADS[column], numeric=False) for column in (*dims, *extra)]
    for figure in figures:
        label = FIGURE_HEADS.get((table, figure), HEADS[figure])
        heads += [Column(label), Column(f"{label}: status" if len(figures) > 1 else "Status", numeric=False)]
    if "aandeel_per_100" in rows[0]:
        heads += [Column(HEADS[name]) for name in SHARE[:2]] + [Column(HEADS[SHARE[2]], numeric=False)]
    return Sheet(
        name, table, title, tuple(heads), tuple(_row(view, dims, figures, extra, row) for row in rows)
    )


def _row(
    view: View, dims: tuple[str, ...], figures: tuple[str, ...], extra: list[str], row: Row
) -> tuple[Cell, ...]:
    cells: list[Cell] = [dimension_text(view.release, dim, row) for dim in dims]
    cells += [
        ("ja" if row[name] else "nee") if isinstance(row[name], bool) else str(row[name] or "")
        for name in extra
    ]
    for name in figures:
        figure = view.release.figure(row, name)
        cells += [figure, figure.status.replace("_", " ")]
    if "aandeel_per_100" in row:
        rate = view.release.rate(row)
        noemer = Figure(rate.noemer, GETOOND) if rate.noemer is not None else ""
        cells += [rate, noemer, f"{rate.of_whom} ({rate.source_text})" if rate.known else ""]
    return tuple(cells)


def dimension_text(release: Release, dim: str, row: Row) -> str:
    """What a person reads for a code; places keep their code beside the name."""
    code = str(row[dim])
    if dim == "schooljaar":
        return code
    if dim in ("gebied_soort", "partij_soort"):
        return code_list(dim).get(code, code)
    key = {"gebied": str(row.get("gebied_soort")), "partij": str(row.get("partij_soort"))}.get(dim, dim)
    name = release.name("categorie_kort" if dim == "categorie" and code == "overig" else key, code)
    if code in (TOTAAL, OVERIGE):
        return "Totaal" if code == TOTAAL else upper_first(code)
    return f"{name} ({code})" if dim in ("vestigingscode",) or key in ("bestuur", "school") else name
