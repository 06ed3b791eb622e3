"""`python -m tests.benchmark [NAME [ARGUMENT...]]`: every benchmark, or the one that is named.

Lives here: finding `bench_*.py`, each of which has a `main` that prints both sides and tells if its budget
was kept. Not here: any measuring.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main() -> int:
    names = [path.stem.removeprefix("bench_") for path in sorted(Path(__file__).parent.glob("bench_*.py"))]
    wanted, arguments = sys.argv[1:2] or names, [float(word) for word in sys.argv[2:]]
    if unknown := set(wanted) - set(names):
        print(
            f"Onbekende meting: {', '.join(sorted(unknown))}. Kies uit: {', '.join(names)}.", file=sys.stderr
        )
        return 2
    kept = {}
    for name in wanted:
        print(f"\n== {name}")
        module = importlib.import_module(f"tests.benchmark.bench_{name}")
        kept[name] = module.main(tuple(arguments)) if arguments else module.main()
    for name, ok in kept.items():
        print(f"{name}: {'binnen de grens' if ok else 'BUITEN DE GRENS'}")
    return 0 if all(kept.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
