"""What is known before a delivery comes: gemeenten, vestigingen and code lists, as tables on a
connection.

Lives here: reading seeds, what was fetched in their place and `referentie/vestigingen.csv`, with typed
columns. Not here: what they are used for (rules), or the warehouse's copies of them.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipelines.errors import Gebruiksfout
from pipelines.reference import reference_file
from pipelines.resources import resource_dir
from pipelines.settings import Settings

VESTIGINGEN = "vestigingen.csv"
_VESTIGING_COLUMNS = (
    "vestigingscode",
    "naam",
    "soort",
    "bestuur",
    "bestuur_naam",
    "swv",
    "gemeente",
    "postcode4",
    "leerlingen",
)


def connect(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A private in-memory connection. It never spills to disk: what it holds is not pseudonymised twice
    yet.
    """
    con = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": settings.geheugen,
            "threads": settings.draden,
            "temp_directory": "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        },
    )
    con.execute("SET enable_progress_bar = false")
    return con


def load_reference(con: duckdb.DuckDBPyConnection, settings: Settings) -> None:
    """Make the tables `ref_codelijst` (lijst, code), `ref_vestiging` (code, bestuur) and `ref_bronhouder`.

    Beside them the enum types `ref_code_<lijst>`, and `ref_vestiging_bestuur` of code and bestuur in one text: a
    cast to an enum tells at once if a code is on a list.
    """
    seeds = resource_dir("seeds")
    vestiging = _csv(reference_file(settings, "ref_vestiging"), _VESTIGING_COLUMNS)
    gemeente = _csv(
        reference_file(settings, "ref_gemeente"), ("gemeente", "naam", "provincie", "bestaat_nog")
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE ref_vestiging AS
        SELECT vestigingscode AS code, bestuur FROM {vestiging}
    """)
    own = settings.referentie / VESTIGINGEN
    if own.is_file():
        _override(con, own)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE ref_codelijst AS
        SELECT lijst, code FROM {_csv(seeds / "ref_ijw_code.csv", ("lijst", "code", "omschrijving", "bron"))}
        WHERE lijst IN ('JZ020', 'JZ002')
        UNION SELECT 'JZ21', productcode
          FROM {_csv(seeds / "ref_ijw_product.csv", ("productcode", "categorie", "hulpvorm", "omschrijving"))}
        UNION SELECT 'gemeente', gemeente FROM {gemeente}
        UNION SELECT 'vestiging', code FROM ref_vestiging
    """)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE ref_bronhouder AS
        SELECT 'gemeente' AS soort, code FROM ref_codelijst WHERE lijst = 'gemeente'
        UNION SELECT 'bestuur', bestuur FROM ref_vestiging
    """)
    listed = [row[0] for row in con.execute("SELECT DISTINCT lijst FROM ref_codelijst").fetchall()]
    enums = {f"ref_code_{name}": f"SELECT code FROM ref_codelijst WHERE lijst = '{name}'" for name in listed}
    enums["ref_vestiging_bestuur"] = "SELECT code || bestuur FROM ref_vestiging"
    for name, codes in enums.items():
        con.execute(f"CREATE TYPE {name} AS ENUM (SELECT DISTINCT * FROM ({codes}) ORDER BY ALL)")


def bronhouders(con: duckdb.DuckDBPyConnection) -> frozenset[tuple[str, str]]:
    """(soort, code) of every gemeente, and of every schoolbestuur with at least one vestiging, that is known."""
    return frozenset(con.execute("SELECT soort, code FROM ref_bronhouder").fetchall())


def _override(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    try:
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE eigen AS SELECT vestigingscode AS code, bestuur "
            f"FROM {_csv(path, _VESTIGING_COLUMNS)}"
        )
        sound = con.execute(
            "SELECT count(*) = count(DISTINCT code) AND coalesce(bool_and("
            "regexp_full_match(code, '[0-9]{2}[A-Z]{2}[0-9]{2}') "
            "AND regexp_full_match(bestuur, '[0-9]{5}')), true) FROM eigen"
        ).fetchone()
    except duckdb.Error:
        sound = None
    if not sound or not sound[0]:
        raise Gebruiksfout(
            f"De eigen lijst van vestigingen ({VESTIGINGEN}) is niet goed.",
            waar=f"referentie/{VESTIGINGEN}",
            remedie="Kolommen: " + ";".join(_VESTIGING_COLUMNS) + ". Elke vestigingscode (12AB00) één keer, "
            "bestuur vijf cijfers.",
        )
    con.execute("DELETE FROM ref_vestiging WHERE code IN (SELECT code FROM eigen)")
    con.execute("INSERT INTO ref_vestiging SELECT code, bestuur FROM eigen")
    con.execute("DROP TABLE eigen")


def _csv(path: Path, columns: tuple[str, ...]) -> str:
    """A seed as a relation of text: a code such as 0307 is never a number."""
    text = str(path).replace("'", "''")
    types = ", ".join(f"'{name}': 'VARCHAR'" for name in columns)
    return (
        f"read_csv('{text}', delim = ';', header = true, auto_detect = false, quote = '\"', "
        f"escape = '\"', columns = {{{types}}})"
    )
