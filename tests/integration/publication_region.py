"""A small made-up population, counted into the marts that a publication is built from.

Lives here: persons drawn with a seed and one SQL statement per mart. Not here: the rules of the analysis (the
warehouse has them); what matters is only that every mart counts the same persons, as the real ones do.
"""

from __future__ import annotations

import duckdb
import numpy as np

CATEGORIEEN = (
    "grijs_gebied",
    "samenloop",
    "alleen_onderwijs",
    "alleen_jeugdhulp",
    "in_aanvraag",
    "niet_te_bepalen",
)
REDENEN = {
    "verantwoordelijkheid_in_overleg": "kern",
    "wacht_zonder_verantwoordelijke": "kern",
    "afgewezen_andere_wet": "kern",
    "wacht_op_besluit": "signaal",
    "verantwoordelijke_onbekend": "signaal",
    "dubbel_aanbod": "signaal",
}
VERANTWOORDELIJKEN = (
    "school",
    "swv",
    "gemeente",
    "zorgkantoor",
    "zorgverzekeraar",
    "gezamenlijk",
    "in_overleg",
    "onbekend",
)
FINANCIERINGEN = ("school", "swv", "jeugdwet", "wlz", "zvw", "gezamenlijk_budget", "geen", "onbekend")
VORMEN = (
    "begeleiding_in_klas",
    "begeleiding_buiten_klas",
    "groepsaanbod",
    "onderwijszorgarrangement",
    "plaatsing_sbo",
    "plaatsing_so_vso",
    "thuis_of_elders",
)
STAPPEN = ("behoefte_besluit", "besluit_start", "toegewezen_ingang")
GEEN_LEVERING = "0327"  # this gemeente did not deliver in the first schooljaar


def _draw(
    rng: np.random.Generator,
    persons: int,
    schools: int,
    besturen: int,
    gemeenten: int,
    schooljaren: tuple[str, ...],
) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("SET threads = 1")
    codes = [f"{307 + 20 * i:04d}" for i in range(gemeenten)] + ["buitenland", "onbekend"]
    bestuur = rng.integers(0, besturen, schools)
    school = {
        "vestigingscode": [
            f"{10 + i // 26:02d}{chr(65 + i % 26)}{chr(65 + i % 7)}00" for i in range(schools)
        ],
        "bestuur": [f"4{b:04d}" for b in bestuur],
        "swv": [("PO2602", "VO2602", "PO2603")[(b + (i % 9 == 0)) % 3] for i, b in enumerate(bestuur)],
        "gemeente": [codes[int(g)] for g in np.minimum(rng.geometric(0.3, schools) - 1, gemeenten - 1)],
    }
    con.execute(
        "CREATE TABLE school (nr INTEGER, vestigingscode VARCHAR, bestuur VARCHAR, swv VARCHAR, "
        "gemeente VARCHAR)"
    )
    con.executemany(
        "INSERT INTO school VALUES (?, ?, ?, ?, ?)",
        [
            (i, *(school[name][i] for name in ("vestigingscode", "bestuur", "swv", "gemeente")))
            for i in range(schools)
        ],
    )
    con.execute("INSERT INTO school VALUES (-1, 'onbekend', 'onbekend', 'onbekend', 'onbekend')")
    con.execute("CREATE TABLE gemeente (nr INTEGER, gemeente VARCHAR, jeugdregio VARCHAR)")
    con.executemany(
        "INSERT INTO gemeente VALUES (?, ?, ?)",
        [(i, code, code if not code.isdigit() else f"JR{i % 3:02d}") for i, code in enumerate(codes)],
    )
    n = persons * len(schooljaren)
    weight = 1 / (1 + np.arange(len(codes))) ** 1.2
    columns = {
        "id": np.arange(n),
        "jaar": np.repeat(np.arange(len(schooljaren)), persons),
        "school_nr": np.minimum(rng.geometric(3 / schools, n) - 1, schools - 1)
        if schools > 20
        else rng.integers(0, schools, n),
        "gemeente_nr": rng.choice(len(codes), n, p=weight / weight.sum()),
        "cat": rng.choice(6, n, p=(0.05, 0.14, 0.5, 0.25, 0.05, 0.01)),
        **{f"r{i}": rng.random(n) < share for i, share in enumerate((0.5, 0.4, 0.3, 0.08, 0.05, 0.06))},
        "rijen": rng.integers(1, 3, n),
        "v": rng.choice(8, n, p=(0.4, 0.3, 0.1, 0.02, 0.02, 0.08, 0.04, 0.04)),
        "f": rng.choice(8, n, p=(0.4, 0.3, 0.1, 0.04, 0.04, 0.06, 0.03, 0.03)),
        "vorm": rng.integers(0, 7, n),
        "dagen": rng.integers(0, 90, n),
        "wacht": rng.random(n) < 0.1,
    }
    con.register("trekking", {name: np.asarray(value) for name, value in columns.items()})
    con.execute(f"""
        CREATE TABLE persoon AS
        SELECT id, {_pick(schooljaren, "jaar")} AS schooljaar, g.gemeente AS woongemeente, g.jeugdregio,
            CASE WHEN g.gemeente = '{GEEN_LEVERING}' AND jaar = 0 THEN
                     CASE WHEN cat = 0 THEN 'grijs_gebied' ELSE 'niet_te_bepalen' END
                 ELSE {_pick((*CATEGORIEEN[:5], "alleen_onderwijs"), "cat")} END AS categorie,
            CASE WHEN categorie = 'alleen_jeugdhulp' AND id % 5 < 4 THEN -1 ELSE school_nr END AS plaats,
            categorie IN ('samenloop', 'alleen_onderwijs')
                OR (categorie IN ('grijs_gebied', 'niet_te_bepalen') AND id % 3 > 0) AS onderwijs,
            categorie IN ('samenloop', 'alleen_jeugdhulp') OR (categorie = 'grijs_gebied' AND id % 2 = 0)
                AS jeugdhulp,
            r0, r1, r2, r3, r4, r5, rijen, v, f, vorm, dagen, wacht
        FROM trekking JOIN gemeente AS g ON g.nr = gemeente_nr""")
    con.execute("""
        CREATE TABLE p AS
        SELECT persoon.*, vestigingscode, bestuur, swv, school.gemeente AS schoolgemeente
        FROM persoon JOIN school ON school.nr = plaats""")
    return con


def _pick(values: tuple[str, ...], index: str) -> str:
    return f"[{', '.join(repr(value) for value in values)}][{index} + 1]"


def _values(values: tuple[str, ...], name: str) -> str:
    return f"(SELECT unnest([{', '.join(repr(value) for value in values)}]) AS {name})"


_GEBIED = """
    CREATE TABLE plek AS
    SELECT p.*, s.gebied_soort, CASE s.gebied_soort WHEN 'woongemeente' THEN woongemeente
        WHEN 'jeugdregio' THEN jeugdregio WHEN 'schoolgemeente' THEN schoolgemeente
        WHEN 'swv' THEN swv ELSE 'TOTAAL' END AS gebied
    FROM p, (SELECT unnest(['woongemeente', 'jeugdregio', 'schoolgemeente', 'swv', 'regio'])
             AS gebied_soort) AS s;
    CREATE TABLE gebied AS SELECT DISTINCT schooljaar, gebied_soort, gebied FROM plek"""


def _marts(con: duckdb.DuckDBPyConnection) -> None:
    con.execute(_GEBIED)
    bepalen = (
        f"NOT (g.gebied_soort = 'woongemeente' AND g.gebied = '{GEEN_LEVERING}' "
        "AND g.schooljaar = (SELECT min(schooljaar) FROM p)"
    )
    redenen = ", ".join(f"('{reden}', '{soort}')" for reden, soort in REDENEN.items())
    con.execute(f"""
        CREATE TABLE mart_ondersteuning_per_gebied AS
        SELECT g.*, c.categorie, count(k.id) AS leerlingen, true AS volledig,
            {bepalen} AND c.categorie IN {CATEGORIEEN[1:5]}) AS te_bepalen
        FROM gebied AS g CROSS JOIN {_values((*CATEGORIEEN, "TOTAAL"), "categorie")} AS c
        LEFT JOIN plek AS k
            ON (k.schooljaar, k.gebied_soort, k.gebied) = (g.schooljaar, g.gebied_soort, g.gebied)
            AND c.categorie IN (k.categorie, 'TOTAAL') GROUP BY ALL""")
    con.execute(f"""
        CREATE TABLE mart_grijs_gebied_redenen AS
        SELECT g.*, r.reden, r.soort, count(k.id) AS leerlingen, true AS volledig,
            {bepalen} AND r.reden IN ('dubbel_aanbod', 'afgewezen_andere_wet')) AS te_bepalen
        FROM gebied AS g CROSS JOIN (VALUES {redenen}) AS r(reden, soort)
        LEFT JOIN plek AS k
            ON (k.schooljaar, k.gebied_soort, k.gebied) = (g.schooljaar, g.gebied_soort, g.gebied)
            AND CASE r.reden WHEN 'verantwoordelijkheid_in_overleg'
                        THEN k.categorie = 'grijs_gebied' AND (r0 OR NOT (r1 OR r2))
                    WHEN 'wacht_zonder_verantwoordelijke' THEN k.categorie = 'grijs_gebied' AND r1
                    WHEN 'afgewezen_andere_wet' THEN k.categorie = 'grijs_gebied' AND r2
                    WHEN 'wacht_op_besluit' THEN r3 OR (k.categorie = 'grijs_gebied' AND r1)
                    WHEN 'verantwoordelijke_onbekend' THEN r4 AND onderwijs
                    ELSE r5 AND onderwijs AND jeugdhulp END
        GROUP BY ALL""")
    niveau = """[{'swv': 'TOTAAL', 'bestuur': 'TOTAAL', 'vestigingscode': 'TOTAAL'},
                 {'swv': swv, 'bestuur': 'TOTAAL', 'vestigingscode': 'TOTAAL'},
                 {'swv': swv, 'bestuur': bestuur, 'vestigingscode': 'TOTAAL'},
                 {'swv': swv, 'bestuur': bestuur, 'vestigingscode': vestigingscode}]"""
    con.execute(f"""
        CREATE TABLE mart_ondersteuning_per_school AS
        WITH k AS (SELECT id, schooljaar, categorie, unnest({niveau}, recursive := true) FROM p)
        SELECT g.*, c.categorie, count(k.id) AS leerlingen, true AS te_bepalen
        FROM (SELECT DISTINCT schooljaar, swv, bestuur, vestigingscode FROM k) AS g
        CROSS JOIN {_values((*CATEGORIEEN, "TOTAAL"), "categorie")} AS c
        LEFT JOIN k ON (k.schooljaar, k.swv, k.bestuur, k.vestigingscode) =
            (g.schooljaar, g.swv, g.bestuur, g.vestigingscode) AND c.categorie IN (k.categorie, 'TOTAAL')
        GROUP BY ALL""")
    # many places have a denominator of which the rest is small
    for mart, plaats in (("gebied", "gebied_soort, gebied"), ("school", "swv, bestuur, vestigingscode")):
        con.execute(f"""
            CREATE OR REPLACE TABLE mart_ondersteuning_per_{mart} AS
            SELECT * EXCLUDE (geheel), geheel + CASE WHEN geheel % 3 = 0 THEN geheel * 3 ELSE 3 END AS noemer,
                round(100.0 * leerlingen / noemer, 1)::DOUBLE AS aandeel_per_100, 'duo_po' AS noemer_bron
            FROM (SELECT *, max(leerlingen) OVER (
                PARTITION BY schooljaar, {plaats}) AS geheel
                FROM mart_ondersteuning_per_{mart})""")
    con.execute(f"""
        CREATE TABLE mart_ondersteuning_per_bestuur_gemeente AS
        WITH k AS (SELECT id, schooljaar, unnest([bestuur, 'TOTAAL']) AS bestuur, gemeente,
                CASE WHEN categorie IN {CATEGORIEEN[1:5]} THEN 'overig' ELSE categorie END AS categorie
            FROM (SELECT *, unnest([woongemeente, 'TOTAAL']) AS gemeente FROM p))
        SELECT b.schooljaar, b.bestuur, g.gemeente, c.categorie, count(k.id) AS leerlingen,
            NOT (g.gemeente = '{GEEN_LEVERING}' AND c.categorie = 'overig'
                 AND b.schooljaar = (SELECT min(schooljaar) FROM p)) AS te_bepalen
        FROM (SELECT DISTINCT schooljaar, bestuur FROM k) AS b
        JOIN (SELECT DISTINCT schooljaar, gemeente FROM k) AS g USING (schooljaar)
        CROSS JOIN {_values(("grijs_gebied", "niet_te_bepalen", "overig", "TOTAAL"), "categorie")} AS c
        LEFT JOIN k ON (k.schooljaar, k.bestuur, k.gemeente) = (b.schooljaar, b.bestuur, g.gemeente)
            AND c.categorie IN (k.categorie, 'TOTAAL') GROUP BY ALL""")
    con.execute("""
        CREATE TABLE mart_grijs_gebied_school_gemeente AS
        SELECT schooljaar, swv, bestuur, vestigingscode, woongemeente AS gemeente, categorie,
            count(*) AS leerlingen
        FROM p GROUP BY ALL""")
    con.execute(f"""
        CREATE TABLE mart_verantwoordelijkheid AS
        WITH k AS (SELECT *, unnest([w, 'TOTAAL']) AS wie FROM (SELECT id, schooljaar, gebied_soort, gebied,
                {_pick(VERANTWOORDELIJKEN, "v")} AS w, unnest([{_pick(FINANCIERINGEN, "f")}, 'TOTAAL']) AS wat
                FROM (SELECT *, unnest(range(rijen)) FROM plek WHERE onderwijs)))
        SELECT g.*, v.verantwoordelijke, f.financiering, count(k.id) AS arrangementen,
            count(DISTINCT k.id) AS leerlingen_achter, true AS te_bepalen
        FROM gebied AS g CROSS JOIN {_values((*VERANTWOORDELIJKEN, "TOTAAL"), "verantwoordelijke")} AS v
        CROSS JOIN {_values((*FINANCIERINGEN, "TOTAAL"), "financiering")} AS f
        LEFT JOIN k ON (k.schooljaar, k.gebied_soort, k.gebied, k.wie, k.wat) =
            (g.schooljaar, g.gebied_soort, g.gebied, v.verantwoordelijke, f.financiering) GROUP BY ALL""")
    con.execute(f"""
        CREATE TABLE mart_organisatie AS
        WITH k AS (SELECT id, schooljaar, gebied_soort, gebied, {_pick(VORMEN, "vorm")} AS wat
                FROM (SELECT *, unnest(range(rijen)) FROM plek WHERE onderwijs))
        SELECT g.*, v.ondersteuningsvorm, count(k.id) AS arrangementen,
            count(DISTINCT k.id) AS leerlingen_achter, true AS te_bepalen
        FROM gebied AS g CROSS JOIN {_values((*VORMEN, "TOTAAL"), "ondersteuningsvorm")} AS v
        LEFT JOIN k ON (k.schooljaar, k.gebied_soort, k.gebied) = (g.schooljaar, g.gebied_soort, g.gebied)
            AND v.ondersteuningsvorm IN (wat, 'TOTAAL') GROUP BY ALL""")
    con.execute(f"""
        CREATE TABLE mart_wachttijden AS
        WITH k AS (SELECT *, unnest(CASE WHEN onderwijs THEN ['behoefte_besluit', 'besluit_start'] ELSE [] END
                || CASE WHEN jeugdhulp THEN ['toegewezen_ingang'] ELSE [] END) AS stap FROM plek),
        m AS (SELECT g.*, s.stap, {
        bepalen
    } AND s.stap = 'toegewezen_ingang') AS te_bepalen, count(k.id) AS aantal,
                round(quantile_cont(dagen, 0.5))::BIGINT AS mediaan_dagen,
                round(quantile_cont(dagen, 0.9))::BIGINT AS p90_dagen, count(*) FILTER (wacht) AS wacht,
                count(DISTINCT k.id) AS leerlingen_achter, list(dagen) AS reeks
            FROM gebied AS g CROSS JOIN {_values(STAPPEN, "stap")} AS s
            LEFT JOIN k ON (k.schooljaar, k.gebied_soort, k.gebied, k.stap) =
                (g.schooljaar, g.gebied_soort, g.gebied, s.stap) GROUP BY ALL)
        SELECT schooljaar, gebied_soort, gebied, stap, aantal, mediaan_dagen, p90_dagen,
            CASE WHEN stap = 'behoefte_besluit' THEN wacht END AS wachtend, true AS volledig, te_bepalen,
            leerlingen_achter,
            CASE WHEN stap = 'behoefte_besluit' THEN wacht END AS wachtend_leerlingen_achter,
            {
        ", ".join(
            f"len(list_filter(reeks, lambda d: d {op} list_aggregate(reeks, 'quantile_cont', {q}))) AS {n}"
            for n, op, q in (
                ("onder_mediaan", "<=", 0.5),
                ("boven_mediaan", ">=", 0.5),
                ("onder_p90", "<=", 0.9),
                ("boven_p90", ">=", 0.9),
            )
        )
    }
        FROM m""")
    con.execute("""
        CREATE TABLE mart_jeugdhulppartners_per_school AS
        SELECT schooljaar, vestigingscode, count(DISTINCT id % 17) FILTER (jeugdhulp) AS aanbieders,
            count(*) FILTER (jeugdhulp) AS leerlingen_achter
        FROM p WHERE vestigingscode <> 'onbekend' GROUP BY ALL;
        CREATE TABLE mart_overlegpartners AS
        SELECT schooljaar, soort AS partij_soort, partij AS partij,
            CASE WHEN soort <> 'gemeente' THEN count(DISTINCT woongemeente) FILTER (onderwijs) END
                AS gemeenten,
            CASE WHEN soort = 'gemeente' THEN count(DISTINCT swv) FILTER (onderwijs) END AS swv,
            CASE WHEN soort = 'gemeente' THEN count(DISTINCT bestuur) FILTER (onderwijs) END AS besturen,
            count(*) FILTER (onderwijs) AS leerlingen_achter
        FROM (SELECT *, unnest([
                {'soort': 'school', 'partij': vestigingscode}, {'soort': 'bestuur', 'partij': bestuur},
                {'soort': 'swv', 'partij': p.swv}, {'soort': 'gemeente', 'partij': woongemeente}],
                recursive := true) FROM p)
        GROUP BY schooljaar, soort, partij;
        CREATE TABLE dim_schooljaar AS
            SELECT DISTINCT schooljaar, make_date(left(schooljaar, 4)::INTEGER, 8, 1) AS begin_op,
                make_date(right(schooljaar, 4)::INTEGER, 7, 31) AS eind_op,
                make_date(left(schooljaar, 4)::INTEGER, 10, 1) AS peildatum, 1 AS gemeenten_geleverd,
                1 AS besturen_geleverd, true AS volledig FROM p;
        CREATE TABLE dim_school AS
            SELECT vestigingscode, 'School ' || nr AS naam, 'BO' AS soort, bestuur, swv, gemeente,
                200::BIGINT AS leerlingen FROM school;
        CREATE TABLE dim_bestuur AS SELECT DISTINCT bestuur, 'Bestuur ' || bestuur AS naam FROM school;
        CREATE TABLE dim_gemeente AS
            SELECT gemeente, 'Gemeente ' || nr AS naam, 'Utrecht' AS provincie, jeugdregio FROM gemeente;
        CREATE TABLE dim_swv AS
            SELECT DISTINCT swv, left(swv, 2) AS sector, 'SWV ' || swv AS naam FROM school;
        CREATE TABLE dim_jeugdregio AS
            SELECT jeugdregio, 'Regio ' || jeugdregio AS naam, count(*) AS gemeenten
            FROM gemeente GROUP BY jeugdregio""")
    con.execute(f"""
        CREATE TABLE mart_koppelgraad AS
        WITH k AS (SELECT *, NOT (woongemeente = '{GEEN_LEVERING}'
            AND schooljaar = (SELECT min(schooljaar) FROM p)) AS volledig FROM p)
        SELECT schooljaar, woongemeente AS gemeente, count(*) FILTER (onderwijs) AS leerlingen_onderwijs,
            CASE WHEN volledig THEN count(*) FILTER (onderwijs AND jeugdhulp) END AS gekoppeld, volledig
        FROM k GROUP BY schooljaar, woongemeente, volledig""")


def region(
    seed: int = 1,
    persons: int = 3000,
    schools: int = 40,
    besturen: int = 6,
    gemeenten: int = 12,
    schooljaren: tuple[str, ...] = ("2023-2024", "2024-2025"),
    correctie: str = "",
) -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that holds every mart and dim of one population; the same seed gives the same.

    `correctie`: SQL that changes the persons (table `p`) before they are counted.
    """
    con = _draw(np.random.default_rng(seed), persons, schools, besturen, gemeenten, schooljaren)
    con.execute(correctie)
    _marts(con)
    return con
