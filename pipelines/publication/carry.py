"""Schooljaren whose rows have expired live on as they were last published.

Lives here: which schooljaren carry over from the current release, and taking their rows from its Parquet.
Not here: when a schooljaar expires (intake) and what may be shown (disclosure): what carries over was proven
safe when it was first published, and is neither counted nor protected again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.errors import KwaliteitspoortDicht
from pipelines.intake import lifecycle
from pipelines.publication.current import RELEASE, current_release
from pipelines.publication.export import PARQUET
from pipelines.publication.files import hashes
from pipelines.settings import Settings
from pipelines.warehouse import TabelSpec


@dataclass(frozen=True)
class Overname:
    """What carries over: the release it is read from, and per schooljaar where its figures were first made.

    `herkomst` holds `schooljaar`, `release` and `drempel`. It names the release of origin, not the one that
    is read: publishing what carried over must not look like a change of inputs.
    """

    pad: Path | None = None
    herkomst: tuple[dict[str, Any], ...] = ()

    @property
    def schooljaren(self) -> tuple[str, ...]:
        return tuple(item["schooljaar"] for item in self.herkomst)


def find(settings: Settings, profiel: str) -> Overname:
    """The expired schooljaren that the current release of `profiel` holds; none without such a release."""
    expired = lifecycle.expired_schooljaren(settings)
    current = current_release(settings, profiel) if expired else None
    if current is None:
        return Overname()
    facts = json.loads((current.pad / RELEASE).read_text(encoding="utf-8"))
    held = set(pq.read_table(_parquet(current.pad, "dim_schooljaar"))["schooljaar"].to_pylist())
    earlier = {item["schooljaar"]: item for item in facts.get("overgenomen", [])}
    here = {"release": current.release, "drempel": facts["drempel"]}
    herkomst = tuple(
        {"schooljaar": name} | {key: earlier.get(name, here)[key] for key in here}
        for name in expired
        if name in held
    )
    return Overname(current.pad, herkomst) if herkomst else Overname()


def carry(
    overname: Overname, specs: Sequence[TabelSpec], tables: Mapping[str, pa.Table]
) -> dict[str, pa.Table]:
    """`tables` with every row of the schooljaren that carry over, and no other row of those schooljaren.

    Raises KwaliteitspoortDicht if the files of the release are not those that were published.
    """
    if overname.pad is None:
        return dict(tables)
    _demand_untouched(overname.pad)
    result = dict(tables)
    years = pa.array(overname.schooljaren, pa.string())
    used: set[str] = set()
    for spec in specs:
        if "schooljaar" not in spec.dimensies:
            continue
        now = tables[spec.tabel]
        old = _read(overname.pad, spec)
        if old is not None:
            old = old.filter(pc.is_in(old["schooljaar"], value_set=years))
            for dim in set(spec.dimensies) & set(old.column_names):
                used |= set(pc.unique(old[dim]).to_pylist())
        kept = now.filter(pc.invert(pc.is_in(now["schooljaar"], value_set=years)))
        result[spec.tabel] = _joined(kept, old, spec)
    for spec in specs:
        if "schooljaar" in spec.dimensies:
            continue
        now = tables[spec.tabel]
        old = _read(overname.pad, spec)
        if old is not None:
            [key] = spec.dimensies
            only_old = used - set(now[key].to_pylist())
            old = old.filter(pc.is_in(old[key], value_set=pa.array(sorted(only_old), pa.string())))
        result[spec.tabel] = _joined(now, old, spec)
    return result


def _joined(now: pa.Table, old: pa.Table | None, spec: TabelSpec) -> pa.Table:
    if old is None:
        return now
    both = pa.concat_tables([now, _as_now(old, now.schema, spec)])
    return both.sort_by([(dim, "ascending") for dim in spec.dimensies]).combine_chunks()


def _as_now(old: pa.Table, schema: pa.Schema, spec: TabelSpec) -> pa.Table:
    """The rows with today's columns, by name. What the release lacks is NULL; only a status is told."""
    columns = {}
    for field in schema:
        if field.name in old.column_names:
            column = old[field.name]
        else:
            column = _missing(old, field, spec)
        columns[field.name] = column.cast(field.type)
    return pa.table(columns, schema=schema)


def _missing(old: pa.Table, field: pa.Field, spec: TabelSpec) -> pa.Array | pa.ChunkedArray:
    """A status of its own for a figure that had none is that of the row; a figure that was not there cannot
    be told."""
    for figuur in spec.figuren:
        there = figuur.kolom in old.column_names
        if field.name == f"{figuur.kolom}_status":
            return old["status"] if there else pa.array(["niet_te_bepalen"] * old.num_rows, pa.string())
        if field.name == f"{figuur.kolom}_onderdrukt":
            return old["onderdrukt"] if there else pa.array([False] * old.num_rows, pa.bool_())
    return pa.nulls(old.num_rows, field.type)


def _read(release: Path, spec: TabelSpec) -> pa.Table | None:
    """A table as published; None if the release does not have it."""
    path = _parquet(release, spec.tabel)
    return pq.read_table(path) if path.is_file() else None


def _parquet(release: Path, tabel: str) -> Path:
    return release / PARQUET / f"{tabel}.parquet"


def _parquet_only(files: Mapping[str, str]) -> dict[str, str]:
    return {name: hash_ for name, hash_ in files.items() if name.endswith(".parquet")}


def _demand_untouched(release: Path) -> None:
    facts = json.loads((release / RELEASE).read_text(encoding="utf-8"))
    if _parquet_only(hashes(release)) != _parquet_only(facts["bestanden"]):
        raise KwaliteitspoortDicht(
            "De bestanden van de huidige publicatie zijn na het publiceren gewijzigd.",
            waar=f"{release.parent.name}/{release.name}",
            remedie="Zet de publicatie terug uit een reservekopie: schooljaren waarvan de bewaartermijn voorbij "
            "is, worden eruit overgenomen.",
        )
