"""Every cell that was ever published: append-only, so that no release forgets what readers already have.

Lives here: what is recorded of a release and reading it back, for the suppressor (`Eerder`) and for the
declaration (`union`). Not here: when a release is published (publication), the audit, which reads the files that
the declaration names and nothing of this.

Per release a folder `historie/<profiel>/<release>/` keeps the tables as published, their own declaration, and
`cellen.parquet`: one row per cell with the interval that it showed and its *stand*, a keyed hash of the cell and
its true count. Equal stands mean an unchanged count, and without the key a stand tells nothing. What was
withdrawn stays: readers have it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.disclosure.format import BESTAND, Onthulling, read
from pipelines.keys import Key as Sleutel

CELLEN, TABELLEN, UITGAVE = "cellen.parquet", "parquet", "uitgave.json"
_STAND = 32


@dataclass(frozen=True)
class Eerder:
    """What earlier releases said, by (profiel, cell): the interval shown with its stand; what the last one hid."""

    shown: Mapping[tuple[str, str], tuple[int, int, str]] = field(default_factory=dict)
    hidden: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.shown or self.hidden)

    def told(self, profiel: str, cel: str, stand: str) -> bool:
        """Whether a cell was shown, exactly or rounded, with the count that it has now."""
        was = self.shown.get((profiel, cel))
        return was is not None and was[2] == stand

    @cached_property
    def schooljaren(self) -> frozenset[str]:
        """Of which something was published."""
        names = {name for _, name in (*self.shown, *self.hidden)}
        return frozenset(
            part[11:] for name in names for part in name.split(";") if part.startswith("schooljaar=")
        )


@dataclass(frozen=True)
class Uitgave:
    """One release as recorded: `basis` is the fingerprint of its inputs, `volgorde` its place in time.

    `los`: schooljaren that it corrected and that were judged apart from the releases before it.
    """

    profiel: str
    release: str
    basis: str
    volgorde: int
    pad: Path
    los: frozenset[str] = frozenset()

    @property
    def naam(self) -> str:
        return f"{self.profiel} {self.release}"

    @cached_property
    def cellen(self) -> dict[str, list]:
        return pq.read_table(self.pad / CELLEN).to_pydict()

    @cached_property
    def stand(self) -> dict[str, dict[str, str]]:
        """Per schooljaar the stand of every cell."""
        found: dict[str, dict[str, str]] = {}
        for jaar, cel, stand in zip(*(self.cellen[c] for c in ("schooljaar", "cel", "stand")), strict=True):
            found.setdefault(jaar, {})[cel] = stand
        return found

    @cached_property
    def onthulling(self) -> Onthulling:
        return read(self.pad / BESTAND)


def stands(sleutel: Sleutel, names: Sequence[str], values: np.ndarray) -> list[str]:
    """Per cell 32 hex that follow from its name and true count under the key."""
    texts = (
        f"stand {name}|{int(value)}".encode("ascii", "backslashreplace").decode()
        for name, value in zip(names, values, strict=True)
    )
    return [digest[:_STAND] for digest in sleutel.many(texts)]


def record(
    folder: Path,
    profiel: str,
    release: str,
    basis: str,
    cellen: pa.Table,
    onthulling: Onthulling,
    tabellen: Iterable[Path],
    los: Iterable[str] = (),
) -> None:
    """Write what a release says into `folder`, which must be new; the caller puts it in place when it is out."""
    (folder / TABELLEN).mkdir(parents=True, mode=0o700)
    pq.write_table(cellen, folder / CELLEN, compression="zstd")
    onthulling.write(folder / BESTAND)
    for path in tabellen:
        shutil.copyfile(path, folder / TABELLEN / path.name)
    facts = {"profiel": profiel, "release": release, "basis": basis, "los": sorted(los)}
    (folder / UITGAVE).write_text(json.dumps(facts) + "\n", encoding="utf-8")


def append(history: Path, draft: Path) -> None:
    """Put what `record` wrote at the end of the history; a release that is there already stays as it is."""
    facts = json.loads((draft / UITGAVE).read_text(encoding="utf-8"))
    root = history / facts["profiel"]
    if any(one.release == facts["release"] for one in uitgaven(history, facts["profiel"])):
        return
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = root / f"{len(list(root.glob('[0-9]*'))) + 1:06d}"
    copy = root / f".{target.name}.tmp"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(draft, copy)
    copy.rename(target)


def uitgaven(history: Path, profiel: str) -> list[Uitgave]:
    """All releases of a profiel in the order in which they came out."""
    found = []
    for path in sorted((history / profiel).glob("[0-9]*")):
        facts = json.loads((path / UITGAVE).read_text(encoding="utf-8"))
        los = frozenset(facts.get("los", ()))
        found.append(Uitgave(facts["profiel"], facts["release"], facts["basis"], int(path.name), path, los))
    return found


def before(history: Path, profiel: str, basis: str) -> list[Uitgave]:
    """The releases that a new one with these inputs comes after; made from the same inputs, it is the last one."""
    found = uitgaven(history, profiel)
    return found[:-1] if found and found[-1].basis == basis else found


def eerder(many: Iterable[Uitgave]) -> Eerder:
    """What these releases said; of a cell that several showed, the last."""
    shown: dict[tuple[str, str], tuple[int, int, str]] = {}
    hidden: dict[tuple[str, str], str] = {}
    for one in many:
        c = one.cellen
        for cel, status, low, high, stand in zip(
            *(c[n] for n in ("cel", "status", "laag", "hoog", "stand")), strict=True
        ):
            if status == "onderdrukt":
                hidden[one.profiel, cel] = stand
            else:
                shown[one.profiel, cel] = (low, high, stand)
                hidden.pop((one.profiel, cel), None)
    return Eerder(shown, hidden)
