"""Readers never notice a run: what they open is whole, before, during and after.

Lives here: a BI tool that keeps opening the current file while a correction is taken in. Not here: deaths of a run
(test_publicatie_na_kill).
"""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

from tests.acceptance.loper import oa, parquet_bytes, read_figures, small_installation


def test_readers_never_notice_a_run(tmp_path: Path) -> None:
    home = small_installation(tmp_path, ("2024-2025",))
    oa("run", "--home", home)
    before = parquet_bytes(home)
    redeliver(min((home / "inbox").glob("opp_*.csv")))
    failures: list[Exception] = []
    reads: list[int] = []
    done = threading.Event()

    def keep_reading() -> None:
        while not done.wait(0.02):
            try:
                reads.append(read_figures(home))
            except Exception as error:
                failures.append(error)

    reader = threading.Thread(target=keep_reading)
    reader.start()
    try:
        oa("run", "--home", home)
    finally:
        done.set()
        reader.join()
    assert not failures
    assert len(reads) > 10
    assert min(reads) > 0
    assert parquet_bytes(home) != before


def redeliver(path: Path) -> None:
    """The same delivery a day later, with its last row taken back."""
    contract, bronhouder, schooljaar, dag = path.stem.split("_")
    later = path.with_name(f"{contract}_{bronhouder}_{schooljaar}_{int(dag) + 1}.csv")
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    later.write_text("".join(lines[:-1]), encoding="utf-8")
    manifest = json.loads(path.with_name(path.name + ".manifest.json").read_text(encoding="utf-8"))
    manifest |= {"rijen": len(lines) - 2, "sha256": hashlib.sha256(later.read_bytes()).hexdigest()}
    later.with_name(later.name + ".manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
