"""The one door to Great Expectations: checks and tables of counts in, outcomes out.

Lives here: importing it late and lean, the ephemeral context, and telling a failed expectation from a fault
of ours. Not here: which checks. No result of the library leaves this module: it may quote values, so only
success and the keys of deviating rows are read.
"""

from __future__ import annotations

import logging
import os
import sys
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pipelines.errors import Onverwacht
from pipelines.gates.model import Controle, Uitslag

if TYPE_CHECKING:
    import pandas as pd

# Only expectations about distributions need these two, and they are half the cost of the import.
_UNUSED = ("altair", "scipy.stats")
_DEVIATING = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    "partial_unexpected_count": 0,
    "include_unexpected_rows": False,
    "return_unexpected_index_query": False,
}


def run(
    controles: Sequence[Controle], frames: Mapping[str, pd.DataFrame], keys: Mapping[str, Sequence[str]]
) -> tuple[Uitslag, ...]:
    """Judge every check on its frame; one Uitslag per check, in their order.

    `keys` names, per frame, the columns that say what a row is about. Raises Onverwacht if a check could
    not be judged: that is a fault of the product, and neither a failed nor a passed check.
    """
    with _great_expectations() as gx:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        source = context.data_sources.add_pandas("tellingen")
        found: dict[int, Uitslag] = {}
        for number, group in enumerate(_groups(controles)):
            tabel, expression = group[0][1].tabel, group[0][1].waar
            if tabel not in frames:
                raise _unjudged(group[0][1], "haar tabel ontbreekt")
            frame = frames[tabel].query(expression) if expression else frames[tabel]
            frame = frame.reset_index(drop=True)
            asset = source.add_dataframe_asset(f"{tabel}_{number}").add_batch_definition_whole_dataframe(
                "geheel"
            )
            batch = asset.get_batch({"dataframe": frame})
            for index, controle in group:
                found[index] = _judge(gx, batch, controle, frame, list(keys[tabel]))
    return tuple(found[index] for index in range(len(controles)))


def _groups(controles: Sequence[Controle]) -> list[list[tuple[int, Controle]]]:
    """Checks about the same rows share one batch."""
    groups: dict[tuple[str, str], list[tuple[int, Controle]]] = {}
    for index, controle in enumerate(controles):
        groups.setdefault((controle.tabel, controle.waar), []).append((index, controle))
    return list(groups.values())


def _judge(gx: ModuleType, batch: Any, controle: Controle, frame: pd.DataFrame, keys: list[str]) -> Uitslag:
    kind = getattr(gx.expectations, controle.verwachting, None)
    if kind is None:
        raise _unjudged(controle, "haar verwachting bestaat niet")
    expectation = kind(**controle.argumenten)
    passed = _validate(batch, controle, expectation, "BOOLEAN_ONLY").success
    total = int(frame[controle.noemer].sum()) if controle.noemer else len(frame)
    deviating, places = 0, ()
    if passed is not True:
        result = _validate(batch, controle, expectation, _DEVIATING | {"unexpected_index_column_names": keys})
        places = _places(result.result.get("unexpected_index_list") or [], keys)
        rows = frame[[place in places for place in frame[keys].itertuples(index=False, name=None)]]
        deviating = max(1, int(rows[controle.teller].sum()) if controle.teller else len(rows))
    return Uitslag(
        controle.naam,
        controle.tabel,
        passed is True,
        deviating,
        total,
        controle.waarom,
        controle.remedie,
        plaatsen=tuple(".".join(map(str, place)) for place in places),
    )


def _validate(batch: Any, controle: Controle, expectation: Any, result_format: Any) -> Any:
    result = batch.validate(expectation, result_format=result_format)
    if result.success is not True and _raised(result.exception_info):
        raise _unjudged(controle, "de bibliotheek gaf een fout")
    return result


def _raised(info: Mapping[str, Any] | None) -> bool:
    """True if the library raised: its report is one record, or one per metric. Its text is not read."""
    if not info:
        return False
    if "raised_exception" in info:
        return bool(info["raised_exception"])
    return any(item.get("raised_exception", True) for item in info.values())


def _places(found: list[Mapping[str, Any]], keys: list[str]) -> tuple[tuple[Any, ...], ...]:
    """The keys of the deviating rows; none for an expectation about the table as a whole."""
    columns = [
        [value for item in found for value in (item[key] if isinstance(item[key], list) else [item[key]])]
        for key in keys
    ]
    return tuple(sorted(set(zip(*columns, strict=True)), key=str))


def _unjudged(controle: Controle, why: str) -> Onverwacht:
    return Onverwacht(
        f"De controle {controle.naam} kon niet worden uitgevoerd: {why}.",
        waar=controle.tabel,
        remedie="Dit is een fout in het product, niet in de gegevens. Er is niets gepubliceerd; "
        "meld deze regels.",
    )


@contextmanager
def _great_expectations() -> Iterator[ModuleType]:
    """The library without telemetry, without its plotting, and silent: its log lines may quote values."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    first = "great_expectations" not in sys.modules
    stubs = [name for name in _UNUSED if first and name not in sys.modules]
    sys.modules.update({name: ModuleType(name) for name in stubs})
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                import great_expectations as gx
                import great_expectations.expectations
            finally:
                for name in stubs:
                    del sys.modules[name]
            yield gx
    finally:
        logging.disable(before)
