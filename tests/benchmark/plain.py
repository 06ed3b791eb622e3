"""Runs plain.sql on an OA_HOME: the other side of the benchmark, as a process of its own.

    python -m tests.benchmark.plain HOME UIT.duckdb [--draden 2] [--geheugen 1GB] [--geweigerd FILE ...]

Not here: any measuring (bench_run.py) and any product code.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

HIER = Path(__file__).resolve().parent
SEEDS = HIER.parents[1] / "seeds"


def run_plain(
    home: Path,
    uit: Path,
    seeds: Path = SEEDS,
    draden: int = 2,
    geheugen: str = "4GB",
    geweigerd: tuple[str, ...] = (),
) -> None:
    """Marts of `home` into the DuckDB file `uit`."""
    uit.unlink(missing_ok=True)
    with duckdb.connect(str(uit), config={"threads": draden, "memory_limit": geheugen}) as con:
        for name, value in (("inbox", home / "inbox"), ("referentie", home / "referentie"), ("seeds", seeds)):
            con.execute(f"SET VARIABLE {name} = ?", [str(value)])
        con.execute("SET VARIABLE geweigerd = ?::VARCHAR[]", [list(geweigerd)])
        con.execute((HIER / "plain.sql").read_text(encoding="utf-8"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("home", type=Path)
    parser.add_argument("uit", type=Path)
    parser.add_argument("--draden", type=int, default=2)
    parser.add_argument("--geheugen", default="4GB")
    parser.add_argument("--geweigerd", nargs="*", default=[])
    args = parser.parse_args()
    run_plain(
        args.home, args.uit, draden=args.draden, geheugen=args.geheugen, geweigerd=tuple(args.geweigerd)
    )
