"""Disclosure control on generated regions: suppression, rounding and audit apart, against the fast start alone.

Lives here: three sizes, each in a process of its own with a limit on its time, and both sides printed: what full width
hides and costs beside a pattern that guards against exact recovery only. CPU seconds and peak memory come from the
kernel. Not here: the regions (disclosure_region) and their marts (disclosure_marts).

`python -m tests.benchmark disclosure` runs the region; `... disclosure 1 2 3` also province and country.
"""

from __future__ import annotations

import json
import subprocess
import sys

SIZES = {1: "regio", 2: "provincie", 3: "land"}
LIMITS = {"regio": 600, "provincie": 1800, "land": 3600}  # seconds of CPU before a size is given up
BUDGET = {"suppress": 120, "audit": 240, "mb": 2000, "ratio": 1.5}  # aims for the country

INNER = """
import json, resource, sys, tempfile, time
from pathlib import Path
from pipelines.disclosure import protect as room, suppress as search
from pipelines.disclosure.faststart import fast_start
from pipelines.disclosure.format import BESTAND
from pipelines.keys import Key
from tests.benchmark.disclosure_marts import make_region
from tests.integration.publication_installatie import specs

size = {size!r}
resource.setrlimit(resource.RLIMIT_CPU, ({limit}, {limit} + 5))
spent = {{}}
def timed(module, name, label):
    inner = getattr(module, name)
    def outer(*args, **kwargs):
        start = time.process_time()
        try:
            return inner(*args, **kwargs)
        finally:
            spent[label] = spent.get(label, 0.0) + time.process_time() - start
    setattr(module, name, outer)
def tell(**values):
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps(values | {{"mb": used.ru_maxrss // 1024}}), flush=True)

made = make_region(size)
folder = Path(tempfile.mkdtemp())
declared = [spec for spec in specs(folder) if spec.mart in made["marts"]]
tables = {{spec.tabel: made["marts"][spec.mart].to_arrow() for spec in declared}}
tables |= {{name: frame.to_arrow() for name, frame in made["reference"].items()}}
tell(phase="marts", rows=sum(t.num_rows for n, t in tables.items()))
from pipelines.disclosure import secure as loop
problems = []
inner = search.suppress
search.suppress = lambda problem: (problems.append(problem), inner(problem))[1]
timed(search, "suppress", "suppress")
timed(room, "protect_rounded", "rounding")
timed(loop, "protect", "protect")
timed(loop, "audit_spec", "audit")
def draft(made, los=frozenset()):
    import pyarrow.parquet as pq
    found = {{}}
    for profiel, one in made.items():
        target = folder / profiel
        (target / "parquet").mkdir(parents=True, exist_ok=True)
        for name, table in one.tables.items():
            pq.write_table(table, target / "parquet" / (name + ".parquet"))
        loop.declaration(one, "r1").write(target / BESTAND)
        found[profiel] = target
    first.setdefault("problems", list(problems))
    return found
first = {{}}
def said(text):
    tell(phase="round", **spent)
safe = loop.secure(tables, declared, {{"oogo": 5, "openbaar": 10}}, Key(b"b" * 32), draft, meld=said)
tell(phase="secure", **spent, rounds=safe.rondes, certified=safe.certified,
     reasons={{p: dict(r.reasons) for p, r in safe.oordeel.items()}},
     hidden={{p: r.hidden for p, r in safe.oordeel.items()}}, rounded=safe.oordeel["oogo"].rounded,
     unknowns=sum(r.variables for r in safe.oordeel.values()))
fast = sum(
    int(fast_start(p.tie.equal, p.primary, p.never, p.loose, search.cost_of(p)).sum()) for p in first["problems"]
)
full = sum(int(inner(p).hidden.sum()) for p in first["problems"])
tell(phase="fast", fast=fast, full=full)
"""


def main(sizes: tuple[float, ...] = (1,)) -> bool:
    """Print what each size took and gave; True if all were certified and the country stayed within its aims."""
    kept = True
    for number in sizes:
        size = SIZES[int(number)]
        lines = _run(size)
        found = {line["phase"]: line for line in lines}
        print(f"-- {size}: {found.get('marts', {}).get('rows', 0):,} rijen in de marts")
        one = found.get("secure") or next(
            (line for line in reversed(lines) if line["phase"] == "round"), None
        )
        if one:
            print(
                f"   beschermen {one['protect']:.1f} CPU-s (onderdrukken {one['suppress']:.1f}, afronden "
                f"{one['rounding']:.1f}), audit {one['audit']:.1f} CPU-s, hoogstens {one['mb']} MB"
            )
        done = "secure" in found and "fast" in found
        if not done:
            kept = False
            print(f"   NIET KLAAR binnen {LIMITS[size]} CPU-s")
            continue
        verdict = "bewezen" if one["certified"] else f"NIET BEWEZEN {one['reasons']}"
        print(
            f"   {verdict} na {one['rounds']} ronden; verborgen {one['hidden']}, afgerond {one['rounded']}, "
            f"{one['unknowns']} onbekenden"
        )
        full, fast = found["fast"]["full"], found["fast"]["fast"]
        print(
            f"   exacte cellen op volle breedte {full} tegen snelle start {fast}: {full / max(fast, 1):.2f}x"
        )
        kept &= one["certified"] and full <= BUDGET["ratio"] * fast
        if size == "land":
            kept &= one["suppress"] <= BUDGET["suppress"] and one["audit"] <= BUDGET["audit"]
            kept &= max(line["mb"] for line in lines) <= BUDGET["mb"]
    return kept


def _run(size: str) -> list[dict]:
    """The phases that were reached; a size that takes too long is stopped by its own limit."""
    code = INNER.format(size=size, limit=LIMITS[size])
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=False)
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
