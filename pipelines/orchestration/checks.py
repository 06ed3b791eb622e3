"""A gate's verdict as Dagster asset checks.

Lives here: specs made from a suite, results made from an Oordeel. Not here: judging. A check in Dagster shows what a
gate found; the gate itself is closed by the asset that requires the verdict, whatever severity a check has here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg

from pipelines.gates import Controle, Oordeel, Uitslag


def _name(item: Controle | Uitslag) -> str:
    """Dagster wants one name per asset; the suite has one per table."""
    return f"{item.tabel}__{item.naam}"


def check_specs(suite: Sequence[Controle], asset: dg.AssetKey) -> list[dg.AssetCheckSpec]:
    """One blocking check per page of the suite."""
    return [
        dg.AssetCheckSpec(_name(item), asset=asset, description=f"{item.wat} {item.waarom}", blocking=True)
        for item in suite
    ]


def check_results(
    oordeel: Oordeel, asset: dg.AssetKey, suite: Sequence[Controle]
) -> Iterator[dg.AssetCheckResult]:
    """One result per check; metadata holds counts and the remedy, never a value."""
    known = {_name(item) for item in suite}
    for uitslag in oordeel.uitslagen:
        if _name(uitslag) in known:
            yield dg.AssetCheckResult(
                asset_key=asset,
                check_name=_name(uitslag),
                passed=uitslag.goed,
                metadata={
                    "afwijkend": uitslag.aantal_afwijkend,
                    "noemer": uitslag.noemer,
                    "remedie": uitslag.remedie,
                },
            )
