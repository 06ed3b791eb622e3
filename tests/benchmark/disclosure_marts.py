"""The true published tables of a fictional region (disclosure_region), in the shape of the marts.
Not here: how persons are drawn; protection; audit.
"""

from __future__ import annotations

import polars as pl

from tests.benchmark.disclosure_region import (
    CATEGORIE,
    FINANCIERING,
    REDEN,
    SIZES,
    STAP,
    TOTAAL,
    VERANTWOORDELIJKE,
    VORM,
    make_persons,
    make_reference,
)

GEBIED = ["woongemeente", "jeugdregio", "schoolgemeente", "swv", "regio"]


def make_region(size: str = "regio", schooljaren: tuple = ("2024-2025",), seed: int = 1) -> dict:
    """{'reference': {dim_school, dim_gemeente}, 'marts': {mart_...: frame}} for a size of SIZES."""
    import numpy as np

    vestigingen, gemeenten = SIZES[size]
    reference = make_reference(vestigingen, gemeenten, np.random.default_rng(seed))
    persons = make_persons(reference, list(schooljaren), seed)
    return {"reference": reference, "marts": make_marts(reference, persons)}


def make_marts(reference: dict, data: dict) -> dict[str, pl.DataFrame]:
    """All marts from persons and arrangementen."""
    persons = _place(data["personen"], reference).with_columns(
        categorie=pl.col("c").replace_strict(dict(enumerate(CATEGORIE)), return_dtype=pl.String)
    )
    rows = _place(data["arrangementen"], reference).with_columns(
        verantwoordelijke=_names("vr", VERANTWOORDELIJKE),
        financiering=_names("fi", FINANCIERING),
        ondersteuningsvorm=_names("vorm", VORM),
    )
    marts = {
        "mart_ondersteuning_per_gebied": _per_gebied(persons, {"categorie": CATEGORIE}, total=True),
        "mart_ondersteuning_per_school": _per_school(persons),
        "mart_ondersteuning_per_bestuur_gemeente": _bestuur_gemeente(persons),
        "mart_grijs_gebied_redenen": _redenen(persons),
        "mart_verantwoordelijkheid": _per_gebied(
            rows,
            {"verantwoordelijke": list(VERANTWOORDELIJKE), "financiering": list(FINANCIERING)},
            total=True,
            value="arrangementen",
        ),
        "mart_organisatie": _per_gebied(
            rows, {"ondersteuningsvorm": list(VORM)}, total=True, value="arrangementen"
        ),
        "mart_wachttijden": _wachttijden(rows),
        "mart_koppelgraad": _koppelgraad(persons),
    }
    return {name: frame.sort(frame.columns[:5]) for name, frame in marts.items()}


def _names(column: str, names) -> pl.Expr:
    return pl.col(column).replace_strict(dict(enumerate(names)), return_dtype=pl.String)


def _place(frame: pl.DataFrame, reference: dict) -> pl.DataFrame:
    school = reference["dim_school"].with_row_index("v").with_columns(pl.col("v").cast(pl.Int64))
    gemeente = reference["dim_gemeente"].with_row_index("w").with_columns(pl.col("w").cast(pl.Int64))
    return (
        frame.join(
            school.select("v", "vestigingscode", "bestuur", "swv", schoolgemeente="gemeente"),
            on="v",
            how="left",
        )
        .with_columns(pl.col("vestigingscode", "bestuur", "swv", "schoolgemeente").fill_null("onbekend"))
        .join(gemeente.rename({"gemeente": "woongemeente"}), on="w", how="left")
        .with_columns(regio=pl.lit(TOTAAL))
    )


def _grid(frame: pl.DataFrame, keys: list[str], codes: dict[str, list[str]]) -> pl.DataFrame:
    grid = frame.select(keys).unique()
    for name, values in codes.items():
        grid = grid.join(pl.DataFrame({name: values}), how="cross")
    return grid


def _cube(frame: pl.DataFrame, keys: list[str], codes: dict, total: bool, value: str) -> pl.DataFrame:
    """Counts per keys x codes with TOTAAL over each code, complete; persons behind for arrangementen."""
    names = list(codes)
    parts = []
    for mask in range(2 ** len(names) if total else 1):
        off = [n for i, n in enumerate(names) if mask >> i & 1]
        measures = [pl.len().cast(pl.Int64).alias(value)]
        if value != "leerlingen":
            measures.append(pl.col("persoon").n_unique().cast(pl.Int64).alias("leerlingen_achter"))
        part = (
            frame.with_columns([pl.lit(TOTAAL).alias(n) for n in off]).group_by([*keys, *names]).agg(measures)
        )
        parts.append(part)
    counted = pl.concat(parts)
    full = _grid(frame, keys, {n: [*v, TOTAAL] if total else v for n, v in codes.items()})
    return full.join(counted, on=[*keys, *names], how="left").fill_null(0)


def _per_gebied(frame: pl.DataFrame, codes: dict, total: bool, value: str = "leerlingen") -> pl.DataFrame:
    parts = []
    for soort in GEBIED:
        part = frame.with_columns(gebied_soort=pl.lit(soort), gebied=pl.col(soort))
        parts.append(_cube(part, ["schooljaar", "gebied_soort", "gebied"], codes, total, value))
    return pl.concat(parts).with_columns(volledig=pl.lit(True), te_bepalen=pl.lit(True))


def _per_school(persons: pl.DataFrame) -> pl.DataFrame:
    names = ["swv", "bestuur", "vestigingscode"]
    parts = []
    for depth in range(4):
        part = persons.with_columns([pl.lit(TOTAAL).alias(n) for n in names[depth:]])
        parts.append(_cube(part, ["schooljaar", *names], {"categorie": CATEGORIE}, True, "leerlingen"))
    return pl.concat(parts).with_columns(te_bepalen=pl.lit(True))


def _bestuur_gemeente(persons: pl.DataFrame) -> pl.DataFrame:
    rest = ~pl.col("categorie").is_in(["grijs_gebied", "niet_te_bepalen"])
    frame = persons.with_columns(
        categorie=pl.when(rest).then(pl.lit("overig")).otherwise(pl.col("categorie")),
        gemeente=pl.col("woongemeente"),
    )
    codes = {"categorie": ["grijs_gebied", "niet_te_bepalen", "overig", TOTAAL]}
    parts = []
    for mask in range(4):
        off = [n for i, n in enumerate(["bestuur", "gemeente"]) if mask >> i & 1]
        for cat in (True, False):
            part = frame.with_columns([pl.lit(TOTAAL).alias(n) for n in off])
            part = part if cat else part.with_columns(categorie=pl.lit(TOTAAL))
            parts.append(
                part.group_by(["schooljaar", "bestuur", "gemeente", "categorie"]).agg(
                    pl.len().cast(pl.Int64).alias("leerlingen")
                )
            )
    grid = []
    for (schooljaar,), part in frame.group_by("schooljaar"):
        axes = {c: [*sorted(part[c].unique()), TOTAAL] for c in ("bestuur", "gemeente")}
        base = pl.DataFrame({"schooljaar": [schooljaar]})
        for name, values in (axes | codes).items():
            base = base.join(pl.DataFrame({name: values}), how="cross")
        grid.append(base)
    keys = ["schooljaar", "bestuur", "gemeente", "categorie"]
    full = pl.concat(grid).join(pl.concat(parts), on=keys, how="left").fill_null(0)
    return full.with_columns(te_bepalen=pl.lit(True))


def _redenen(persons: pl.DataFrame) -> pl.DataFrame:
    parts = []
    for i, (reden, soort) in enumerate(REDEN.items()):
        for gebied in GEBIED:
            part = persons.group_by("schooljaar", gebied=gebied).agg(
                leerlingen=pl.col(f"r{i}").sum().cast(pl.Int64)
            )
            parts.append(
                part.select(
                    "schooljaar",
                    gebied_soort=pl.lit(gebied),
                    gebied="gebied",
                    reden=pl.lit(reden),
                    soort=pl.lit(soort),
                    leerlingen="leerlingen",
                )
            )
    return pl.concat(parts).with_columns(volledig=pl.lit(True), te_bepalen=pl.lit(True))


def _wachttijden(rows: pl.DataFrame) -> pl.DataFrame:
    parts = []
    chosen = {
        "behoefte_besluit": pl.col("besluit"),
        "besluit_start": pl.col("start"),
        "toegewezen_ingang": ~pl.col("besluit"),
    }
    for stap in STAP:
        for gebied in GEBIED:
            pick, waits = chosen[stap], pl.col("wacht") & (stap == "behoefte_besluit")
            part = rows.group_by("schooljaar", gebied=gebied).agg(
                aantal=pick.sum().cast(pl.Int64),
                wachtend=waits.sum().cast(pl.Int64),
                leerlingen_achter=pl.col("persoon").filter(pick).n_unique().cast(pl.Int64),
                wachtend_leerlingen_achter=pl.col("persoon").filter(waits).n_unique().cast(pl.Int64),
            )
            n = pl.col("aantal")
            parts.append(
                part.select(
                    "schooljaar",
                    gebied_soort=pl.lit(gebied),
                    gebied="gebied",
                    stap=pl.lit(stap),
                    aantal=n,
                    mediaan_dagen=pl.when(n > 0).then(30 + n % 20),
                    p90_dagen=pl.when(n > 0).then(80 + n % 40),
                    wachtend=pl.when(pl.lit(stap == STAP[0])).then(pl.col("wachtend")),
                    volledig=pl.lit(True),
                    te_bepalen=pl.lit(True),
                    leerlingen_achter="leerlingen_achter",
                    wachtend_leerlingen_achter="wachtend_leerlingen_achter",
                    onder_mediaan=pl.col("leerlingen_achter") // 2,
                    boven_mediaan=pl.col("leerlingen_achter") // 2,
                    onder_p90=pl.col("leerlingen_achter") * 9 // 10,
                    boven_p90=pl.col("leerlingen_achter") // 10,
                )
            )
    return pl.concat(parts)


def _koppelgraad(persons: pl.DataFrame) -> pl.DataFrame:
    part = persons.group_by("schooljaar", gemeente="woongemeente").agg(
        leerlingen_onderwijs=pl.col("onderwijs").sum().cast(pl.Int64),
        gekoppeld=(pl.col("onderwijs") & pl.col("jeugdhulp")).sum().cast(pl.Int64),
    )
    delivered = ~pl.col("gemeente").is_in(["buitenland", "onbekend"])
    return part.with_columns(
        gekoppeld=pl.when(delivered).then(pl.col("gekoppeld")),
        volledig=delivered,
        te_bepalen=pl.lit(True),
    )
