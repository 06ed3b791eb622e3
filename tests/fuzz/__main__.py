"""`make fuzz`: the sweep over mutated deliveries. Options: number of cases, seed."""

from __future__ import annotations

import sys

from tests.fuzz.sweep import sweep

CASES = 10_002  # a multiple of the number of formats


def main(count: int = CASES, seed: int = 0) -> int:
    verslag = sweep(count, seed, meld=print)
    print(f"{verslag.gevallen} leveringen, seed {seed}: {dict(verslag.uitkomsten)}")
    for fout in verslag.fouten[:20]:
        print(f"- {fout}")
    print(f"{len(verslag.fouten)} beloften gebroken")
    return 1 if verslag.fouten else 0


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:3])))
