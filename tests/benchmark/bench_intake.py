"""Intake of a million rows against DuckDB's plain typed read of the same file, and JW301 messages per second.

Lives here: making the files, running both sides each in a process of its own, printing both and their
ratio. CPU seconds and peak memory, from the kernel; not wall time, which other work on the machine changes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import duckdb

from pipelines.contracts import load_contract
from tests.support.ijw_berichten import Toewijzing, jw301

ROWS = 1_000_000
TOEWIJZINGEN = 100_000
BUDGET_CPU, BUDGET_MB, BUDGET_PER_SECOND, BUDGET_SOURCE_MB = 4.0, 700, 20_000, 500

PLAIN = """
import duckdb
con = duckdb.connect(config={{'threads': 2, 'temp_directory': ''}})
con.execute({copy!r})
"""
INTAKE = """
from pathlib import Path
from pipelines.intake import take_in
from pipelines.settings import Settings
settings = Settings.load(Path({home!r}))
inname = take_in(settings)
assert [levering.rijen for levering in inname.aangenomen] == [{rows}], inname.geweigerd
"""
SOURCE = """
from datetime import date
from pathlib import Path
from pipelines.keys import read_key
from pipelines.pseudonymise import run
outcome = run(Path({path!r}), {contract!r}, bronhouder={bronhouder!r}, schooljaar='2024-2025',
              leverdatum=date(2025, 10, 3), key=read_key({key!r}), uit=Path({uit!r}))
assert outcome.rijen == {rows}, outcome
"""
START = "import pipelines.pseudonymise"
TAIL = """
import json, resource
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([used.ru_utime + used.ru_stime, used.ru_maxrss // 1024]))
"""


def measured(script: str) -> tuple[float, int]:
    """CPU seconds and peak MB of a script in a process of its own."""
    done = subprocess.run([sys.executable, "-c", script + TAIL], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    cpu, mb = json.loads(done.stdout.splitlines()[-1])
    return cpu, mb


def plain_script(contract: str, csv: Path, out: Path) -> str:
    """DuckDB's own typed read of a delivery into Parquet."""
    types = ", ".join(f"'{column.name}': '{column.sql_type}'" for column in load_contract(contract).columns)
    return PLAIN.format(
        copy=f"COPY (FROM read_csv('{csv}', auto_detect=false, header=true, delim=';', quote='\"', escape='\"', "
        f"columns={{{types}}})) TO '{out}' (FORMAT parquet)"
    )


def make_csv(path: Path, rows: int, *, numbers: bool = False) -> None:
    """A delivery of schoolbestuur 41208 (two rows to three children), or the export that it is made from."""
    person = (
        _number_sql("i * 2 // 3") + " AS bsn"
        if numbers
        else "sha256('kind' || (i * 2 // 3)) AS leerling_pseudoniem, '2024-2025' AS schooljaar"
    )
    duckdb.execute(f"""COPY (
        SELECT {person}, '90AA' || lpad((i % 40)::VARCHAR, 2, '0') AS vestigingscode,
            ['0307', '0308', '0313', '0327'][i % 4 + 1] AS woongemeente,
            lpad(i::VARCHAR, 7, '0') AS arrangement_id,
            ['leren', 'gedrag', 'werkhouding', 'sociaal_emotioneel'][i % 4 + 1] AS ondersteuningsbehoefte,
            ['begeleiding_in_klas', 'groepsaanbod', 'plaatsing_sbo'][i % 3 + 1] AS ondersteuningsvorm,
            ['school', 'swv', 'gezamenlijk', 'in_overleg'][i % 4 + 1] AS verantwoordelijke,
            ['school', 'swv', 'jeugdwet'][i % 3 + 1] AS financiering, 'toegekend' AS status,
            NULL AS afwijsreden,
            DATE '2024-08-01' + (i % 60)::INTEGER AS behoefte_vastgesteld_op,
            DATE '2024-09-01' + (i % 90)::INTEGER AS besluit_op,
            DATE '2024-10-01' + (i % 90)::INTEGER AS start_op,
            CASE WHEN i % 3 = 0 THEN DATE '2025-03-01' + (i % 90)::INTEGER END AS eind_op
        FROM range({rows}) r(i)) TO '{path}' (DELIMITER ';', HEADER)""")


def _number_sql(index: str) -> str:
    """Nine digits that pass the elfproef, one for every index below 800,000 (fictional, for speed only)."""
    base = f"(10000000 + {index})"
    digits = " + ".join(f"{9 - place} * ({base} // {10 ** (7 - place)} % 10)" for place in range(8))
    # Where the check digit would be 10 the number before it does not exist: the next one is taken.
    return f"CASE WHEN ({digits}) % 11 < 10 THEN {base} * 10 + ({digits}) % 11 ELSE 111222333 END"


def make_toewijzingen(path: Path, rows: int) -> None:
    """A delivery of gemeente 0307 (two rows to three children): two pseudonyms in every row."""
    duckdb.execute(f"""COPY (
        SELECT sha256('kind' || (i * 2 // 3)) AS jeugdige_pseudoniem, '0307' AS gemeente,
            sha256('toewijzing' || i) AS toewijzing_id, lpad((i % 200)::VARCHAR, 8, '0') AS aanbieder_code,
            '45' AS productcategorie, ['45A01', '45A04', '45A05'][i % 3 + 1] AS productcode,
            DATE '2024-08-01' + (i % 60)::INTEGER AS toegewezen_op,
            DATE '2024-09-01' + (i % 90)::INTEGER AS ingang_op,
            CASE WHEN i % 3 = 0 THEN DATE '2025-03-01' + (i % 90)::INTEGER END AS eind_op,
            NULL AS reden_wijziging, ['ja', 'nee', 'onbekend'][i % 3 + 1] AS op_school
        FROM range({rows}) r(i)) TO '{path}' (DELIMITER ';', HEADER)""")


def make_home(folder: Path, csv: Path, contract: str) -> Path:
    """OA_HOME with the delivery in inbox/ and bestuur 41208 in referentie/."""
    home = folder / contract
    for name in ("inbox", "referentie"):
        (home / name).mkdir(parents=True, mode=0o700)
    home.chmod(0o700)
    key = folder / f"sleutel2-{contract}"
    key.touch(mode=0o600)
    key.write_text("22" * 32)
    (home / "ondersteuningsanalyse.toml").write_text(f"demo = true\nsleutel = '{key}'\n")
    header = "vestigingscode;naam;soort;bestuur;bestuur_naam;swv;gemeente;postcode4;leerlingen\n"
    rows = (
        f"90AA{number:02d};School {number};BO;41208;Bestuur;PO2602;0307;3811;200\n" for number in range(40)
    )
    (home / "referentie" / "vestigingen.csv").write_text(header + "".join(rows))
    bronhouder = "0307" if contract == "jeugdhulp" else "41208"
    csv.rename(home / "inbox" / f"{contract}_{bronhouder}_2024-2025_20251003.csv")
    return home


def intake(folder: Path, contract: str, make: Callable[[Path, int], None], rows: int) -> bool:
    """Both sides over one delivery; True if the budget is kept."""
    csv = folder / f"{contract}.csv"
    make(csv, rows)
    plain, plain_mb = measured(plain_script(contract, csv, folder / "plat.parquet"))
    ours, ours_mb = measured(INTAKE.format(home=str(make_home(folder, csv, contract)), rows=rows))
    print(f"Platte DuckDB-lezing van {rows} rijen {contract}: {plain:.2f} CPU-s, {plain_mb} MB")
    print(
        f"Inname met bewaking, {contract}: {ours:.2f} CPU-s, {ours_mb} MB; verhouding {ours / plain:.2f} "
        f"(hoogstens {BUDGET_CPU})"
    )
    return ours / plain <= BUDGET_CPU and ours_mb <= BUDGET_MB


def make_zip(path: Path, toewijzingen: int, per_message: int = 10) -> None:
    """JW301 messages, one client each with `per_message` toewijzingen."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(0, toewijzingen, per_message):
            items = [
                Toewijzing(str(number + one), "2024-08-20", "2024-09-01", None, "45", "45A04")
                for one in range(per_message)
            ]
            archive.writestr(f"{number}.xml", jw301("0307", "01234567", "2024-09-01", {"999990019": items}))


def main(rows: int = ROWS, toewijzingen: int = TOEWIJZINGEN) -> bool:
    """Run and print; True if every budget is kept."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        key = folder / "sleutel1"
        key.touch(mode=0o600)
        key.write_text("11" * 32)
        kept = [
            intake(folder, "opp", make_csv, rows),
            intake(folder, "jeugdhulp", make_toewijzingen, rows),
        ]
        export = folder / "export.csv"
        make_csv(export, rows, numbers=True)
        source, source_mb = measured(
            SOURCE.format(
                path=str(export),
                contract="opp",
                bronhouder="41208",
                rows=rows,
                key=str(key),
                uit=str(folder / "uit"),
            )
        )
        start, _ = measured(START)
        zipped = folder / "berichten.zip"
        make_zip(zipped, toewijzingen)
        jw, jw_mb = measured(
            SOURCE.format(
                path=str(zipped),
                contract="jeugdhulp",
                bronhouder="0307",
                rows=toewijzingen,
                key=str(key),
                uit=str(folder / "uit"),
            )
        )
    per_second = toewijzingen / max(jw - start, 0.01)
    print(f"oa pseudonymise, CSV: {source:.2f} CPU-s, {source_mb} MB (hoogstens {BUDGET_SOURCE_MB} MB)")
    print(
        f"oa pseudonymise, JW301: {jw:.2f} CPU-s waarvan start {start:.2f}, {jw_mb} MB; "
        f"{per_second:,.0f} toewijzingen per CPU-s (minstens {BUDGET_PER_SECOND})"
    )
    return all(kept) and source_mb <= BUDGET_SOURCE_MB and per_second >= BUDGET_PER_SECOND


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
