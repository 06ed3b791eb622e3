"""What the packs cost: one gemeente pack when warm, all packs of the demo region, and every gemeente of a country.

Lives here: a publication of the demo region, and CPU seconds and memory of making packs from it and from one as
large as a country. CPU seconds come from the kernel, over the process and its children; never wall time. Not here:
other benchmarks, making the large publication (report_country).

    python -m tests.benchmark report         the demo region at scale 1, then the country
    python -m tests.benchmark report 0.2     the demo region at another scale, alone
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.benchmark.report_country import make_country

PACK = 2.0  # CPU seconds of one gemeente pack in three forms, warm
ALL = 60.0  # CPU seconds of all packs of the demo region
COUNTRY, GEMEENTEN = 600.0, 342  # CPU seconds of a pack for every gemeente of the country, one process
WARM, ROUNDS = 3, 30  # packs before measuring, and measured
GROWTH = 1.0  # MB a pack may leave behind, once warm


def main(scales: tuple[float, ...] = ()) -> bool:
    """Print budgets and figures; True if all are kept."""
    kept = True
    for scale in scales or (1.0,):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "demo"
            _run("-m", "pipelines.cli", "demo", "--map", home, "--schaal", scale)
            release = home / "data" / "publication" / "oogo" / "current"
            kept &= _told(scale, release, Path(folder))
            if not scales:
                kept &= _told_of_country(release, Path(folder))
    return kept


def _told(scale: float, release: Path, folder: Path) -> bool:
    one = json.loads(_run("-m", "tests.benchmark.bench_report", "een", release, folder / "een"))
    per_pack, growth = statistics.median(one["cpu"]), one["mb_per_pakket"]
    before = os.times()
    made = json.loads(_run("-m", "tests.benchmark.bench_report", "alle", release, folder / "alle"))
    after = os.times()
    total = after.children_user + after.children_system - before.children_user - before.children_system
    print(f"schaal {scale:g}")
    print(f"  gemeentepakket, warm     {per_pack:6.2f} CPU-s (grens {PACK:g}); hoogste {max(one['cpu']):.2f}")
    print(
        f"  geheugen                 {one['mb']:6.0f} MB na {ROUNDS} pakketten, {growth:+.2f} MB per pakket "
        f"(grens {GROWTH:g})"
    )
    print(
        f"  alle {made['pakketten']:3d} pakketten       {total:6.1f} CPU-s (grens {ALL:g}), {made['mb']:.0f} MB"
    )
    return per_pack <= PACK and total <= ALL and growth <= GROWTH


def _told_of_country(release: Path, folder: Path) -> bool:
    """One process makes the pack of every gemeente in turn, so that growth would show."""
    made = make_country(release.resolve(), folder / "land", GEMEENTEN)
    found = json.loads(_run("-m", "tests.benchmark.bench_report", "land", made, folder / "pakketten"))
    total, growth = found["totaal"], found["mb_per_pakket"]
    print(f"land: {found['scholen']} scholen, {found['rijen']} rijen")
    print(
        f"  {found['pakketten']} gemeenten            {total:6.0f} CPU-s (grens {COUNTRY:g}); "
        f"mediaan {statistics.median(found['cpu']):.2f}, hoogste {max(found['cpu']):.2f}"
    )
    print(
        f"  geheugen                 {found['mb']:6.0f} MB aan het eind, {growth:+.2f} MB per pakket (grens {GROWTH:g})"
    )
    return total <= COUNTRY and growth <= GROWTH and found["pakketten"] == GEMEENTEN


def _run(*words: object) -> str:
    done = subprocess.run([sys.executable, *map(str, words)], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def _one(release: Path, folder: Path) -> dict[str, object]:
    """Packs of the gemeenten of a region in turn: CPU seconds of each once warm, and memory."""
    gemeenten, schooljaar, _ = _of(release)
    wanted = [gemeenten[place % len(gemeenten)] for place in range(WARM + ROUNDS)]
    found = _in_turn(release, folder, schooljaar, wanted)
    return found | {"cpu": found["cpu"][WARM:]}


def _country(release: Path, folder: Path) -> dict[str, object]:
    """The pack of every gemeente: CPU seconds of all, the start of the first included, and memory."""
    gemeenten, schooljaar, about = _of(release)
    found = _in_turn(release, folder, schooljaar, gemeenten)
    return found | about | {"totaal": sum(found["cpu"]), "pakketten": len(gemeenten)}


def _of(release: Path) -> tuple[list[str], str, dict[str, int]]:
    from pyarrow.parquet import read_metadata as metadata

    from pipelines.report.release import TABLES, Release

    opened = Release(release)
    rows = sum(metadata(release / "parquet" / f"{table}.parquet").num_rows for table in TABLES)
    about = {"scholen": len(opened.schools), "rijen": rows}
    gemeenten, schooljaar = opened.participants, opened.schooljaren[-1]
    opened.close()
    return gemeenten, schooljaar, about


def _in_turn(release: Path, folder: Path, schooljaar: str, gemeenten: list[str]) -> dict[str, Any]:
    """Packs in one process: CPU seconds of each, memory after the last, and how fast that still grows."""
    import time

    from pipelines.report.build import FORMS, Order, _some

    folder.mkdir()
    order = Order(release.resolve(), folder, schooljaar, None, FORMS, None)
    wanted = [("gemeente", code) for code in gemeenten]
    cpu, sizes, last = [], [], time.process_time()
    for _ in _some(order, wanted):
        cpu.append(time.process_time() - last)
        sizes.append(_resident())
        last = time.process_time()
    third = len(sizes) // 3
    growth = (statistics.mean(sizes[-third:]) - statistics.mean(sizes[third : 2 * third])) / third
    return {"cpu": cpu, "mb": sizes[-1], "mb_per_pakket": growth}


def _all(release: Path, folder: Path) -> dict[str, object]:
    import resource

    from pipelines.report import build_packs

    made = build_packs(release, folder)
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"pakketten": len(made) // 3, "mb": peak / 1024}


def _resident() -> float:
    """MB that this process holds now."""
    return (
        int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        * os.sysconf("SC_PAGE_SIZE")
        / 2**20
    )


if __name__ == "__main__":
    what, where, to = sys.argv[1:]
    print(json.dumps({"een": _one, "alle": _all, "land": _country}[what](Path(where), Path(to))))
