"""The whole run against one plain DuckDB script that reads the same deliveries and computes the same marts.

Lives here: making the installation, running both sides in pairs, each a process of its own, and printing CPU
seconds, peak memory and their ratio; then once more with a watch on every stage, so that the next step is
known. Disclosure control of a part of the country takes hours and has a benchmark of its own: beyond LARGE a run is
measured up to where that begins. CPU seconds and memory come from the kernel, over the process and all its children;
never wall time. Not here: other benchmarks.

    python -m tests.benchmark run            scale 1 and 20
    python -m tests.benchmark run 1 5        other scales, and how many pairs
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tests.acceptance.loper import REPO, copy_installation, environment
from tests.benchmark import stages

# scale -> (times the CPU of the script, MB at the peak, pairs)
BUDGET = {1.0: (14.0, 600, 3), 20.0: (2.5, 1000, 1)}
LARGE = 5.0
GUARD = "onthullingscontrole"
OPNIEUW = 0.2  # a second run with nothing new, as a share of the first


class Gebruik(NamedTuple):
    cpu: float
    mb: int


def measured(*words: str | Path, log: Path) -> Gebruik:
    """CPU seconds and peak MB of a command and all its children; its output goes to `log`."""
    with log.open("wb") as sink:
        actions = [(os.POSIX_SPAWN_DUP2, sink.fileno(), number) for number in (1, 2)]
        process = os.posix_spawn(
            sys.executable, [sys.executable, *map(str, words)], environment(), file_actions=actions
        )
        _, status, used = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{' '.join(map(str, words))} mislukte:\n{log.read_text(errors='replace')[-3000:]}")
    return Gebruik(used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 // 1_000_000)


def make_demo(folder: Path, schaal: float) -> Path:
    """An installation with deliveries and nothing done yet; returns its OA_HOME."""
    script = (
        "import sys; from pathlib import Path; from pipelines import demo, progress; "
        "demo._prepare(Path(sys.argv[1]), schaal=float(sys.argv[2]), seed=2026, meld=progress.silent)"
    )
    made = measured("-c", script, folder, schaal, log=folder.with_suffix(".log"))
    print(f"  regio gemaakt in {made.cpu:.1f} CPU-s ({made.mb} MB)")
    return folder / "data"


def compare(schaal: float, work: Path) -> bool:
    """One scale: pairs of both sides, a second run, and the shares of the stages."""
    times, megabytes, pairs = BUDGET.get(schaal, (14.0, 1000, 1))
    print(f"\nSchaal {schaal:g}")
    home = make_demo(work / "demo", schaal)
    if schaal > LARGE:
        return compare_until_guard(home, work, times, megabytes, pairs)
    ours, plain, again = [], [], []
    for n in range(pairs):
        fresh = copy_installation(home, work / f"paar{n}")
        ours.append(measured("-m", "pipelines.cli", "run", "--home", fresh, log=work / "run.log"))
        plain.append(
            measured("-m", "tests.benchmark.plain", home, work / "plain.duckdb", log=work / "plain.log")
        )
        again.append(measured("-m", "pipelines.cli", "run", "--home", fresh, log=work / "again.log"))
        print(
            f"  paar {n + 1}: oa run {ours[-1].cpu:6.1f} CPU-s {ours[-1].mb:5d} MB | "
            f"script {plain[-1].cpu:6.1f} CPU-s {plain[-1].mb:5d} MB | "
            f"{ours[-1].cpu / plain[-1].cpu:5.2f} x | opnieuw {again[-1].cpu:5.1f} CPU-s"
        )
        if n < pairs - 1:
            shutil.rmtree(fresh.parent)
    ratio = statistics.median(mine.cpu / theirs.cpu for mine, theirs in zip(ours, plain, strict=True))
    peak = max(mine.mb for mine in ours)
    second = statistics.median(later.cpu / first.cpu for later, first in zip(again, ours, strict=True))
    guard = print_shares(copy_installation(home, work / "delen"), work)
    without = ratio - guard / statistics.median(theirs.cpu for theirs in plain)
    print(f"  oa run kost {ratio:.2f} x het script, piek {peak} MB (grens {megabytes})")
    print(f"  zonder onthullingscontrole, die het script niet doet, {without:.2f} x (grens {times:g})")
    print(f"  een tweede run zonder nieuws kost {second:.2f} van de eerste (grens {OPNIEUW:g})")
    return without <= times and peak <= megabytes and second <= OPNIEUW


def compare_until_guard(home: Path, work: Path, times: float, megabytes: int, pairs: int) -> bool:
    """Pairs of the script and a run that stops where disclosure control begins: deliveries, warehouse and gates."""
    ratios, peak = [], 0
    for n in range(pairs):
        fresh = copy_installation(home, work / f"paar{n}")
        out = work / "delen.json"
        mine = measured("-m", "tests.benchmark.stages", out, fresh, stages.TOT, log=work / "run.log")
        theirs = measured("-m", "tests.benchmark.plain", home, work / "plain.duckdb", log=work / "plain.log")
        shutil.rmtree(fresh.parent)
        ratios.append(mine.cpu / theirs.cpu)
        peak = max(peak, mine.mb)
        print(
            f"  paar {n + 1}: tot aan de onthullingscontrole {mine.cpu:6.1f} CPU-s {mine.mb:5d} MB | "
            f"script {theirs.cpu:6.1f} CPU-s {theirs.mb:5d} MB | {ratios[-1]:5.2f} x"
        )
    print_stages(json.loads(out.read_text(encoding="utf-8")))
    ratio = statistics.median(ratios)
    print(
        f"  tot aan de onthullingscontrole {ratio:.2f} x (grens {times:g}), piek {peak} MB (grens {megabytes})"
    )
    return ratio <= times and peak <= megabytes


def print_shares(home: Path, work: Path) -> float:
    """Where the CPU seconds of a run go; the watch itself costs a little, so the sum is a bit higher.

    Returns the seconds of disclosure control: the script has no counterpart, and a benchmark of its own measures it.
    """
    out = work / "delen.json"
    measured("-m", "tests.benchmark.stages", out, home, log=work / "delen.log")
    shares = json.loads(out.read_text(encoding="utf-8"))
    print_stages(shares)
    return shares.get(GUARD, {"cpu": 0.0})["cpu"]


def print_stages(shares: dict[str, dict[str, float]]) -> None:
    total = sum(share["cpu"] for share in shares.values())
    print("  waar de tijd blijft, en wie de geheugenpiek verhoogt:")
    for name, share in sorted(shares.items(), key=lambda item: -item[1]["cpu"]):
        print(f"    {name:22s} {share['cpu']:6.1f} CPU-s {share['cpu'] / total:6.0%} {share['mb']:+6.0f} MB")


def main(schalen: tuple[float, ...] = tuple(BUDGET)) -> bool:
    """True if every scale keeps its budget."""
    kept = []
    for schaal in schalen:
        with tempfile.TemporaryDirectory(prefix="oa-bench-") as folder:
            kept.append(compare(schaal, Path(folder)))
    return all(kept)


if __name__ == "__main__":
    os.chdir(REPO)
    sys.exit(0 if main(tuple(map(float, sys.argv[1:])) or tuple(BUDGET)) else 1)
