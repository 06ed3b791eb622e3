"""dbt, called in-process: one invocation per build, and a verdict that cannot be softened.

Lives here: the profile, the call, what each node's outcome is and which outcomes stop the run. Not here: the
models (dbt_project). No text of dbt or DuckDB leaves this module: an error of theirs may quote a row.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import KwaliteitspoortDicht, Onverwacht
from pipelines.progress import Meld
from pipelines.resources import resource_dir
from pipelines.settings import Settings

_PROFIEL = "ondersteuningsanalyse"
_GOED = {"model": "success", "test": "pass"}
# What this process parsed and has not built from yet, by folder and fingerprint of the project: a build uses it up.
_PARSED: dict[tuple[Path, str], Any] = {}
# dbt must leave nothing behind that holds a row: no log file, no results on disk, no stored failures.
_FLAGS = (
    "--log-level",
    "none",
    "--log-level-file",
    "none",
    "--quiet",
    "--no-use-colors",
    "--no-version-check",
    "--no-send-anonymous-usage-stats",
)


@dataclass(frozen=True)
class Resultaat:
    """Outcome of one dbt node: `failures` is a count, `message` is ours and never quotes a row."""

    unique_id: str
    name: str
    resource_type: str
    status: str
    failures: int | None
    message: str
    seconds: float

    @property
    def goed(self) -> bool:
        return _GOED.get(self.resource_type) == self.status

    def as_tuple(self) -> tuple[Any, ...]:
        return astuple(self)


class WarehouseAfgekeurd(KwaliteitspoortDicht):
    """The new warehouse failed; `resultaten` holds the verdict per node, the previous warehouse stays."""

    def __init__(
        self, wat: str, *, resultaten: Sequence[Resultaat], waar: str = "", remedie: str = ""
    ) -> None:
        super().__init__(wat, waar=waar, remedie=remedie)
        self.resultaten = tuple(resultaten)


def duckdb_config(settings: Settings) -> dict[str, Any]:
    """How every connection that writes the warehouse is opened; the same for ours and for dbt's."""
    return {
        "memory_limit": settings.geheugen,
        "threads": settings.draden,
        "preserve_insertion_order": False,
        "temp_directory": str(settings.warehouse / ".bouw" / "tijdelijk"),
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }


def project_fingerprint() -> str:
    """64 hex over every file of the dbt project and the seeds."""
    digest = hashlib.sha256()
    for name in ("dbt_project", "seeds"):
        root = resource_dir(name)
        for path in sorted(path for path in root.rglob("*") if path.suffix in {".sql", ".yml", ".csv"}):
            digest.update(f"{name}/{path.relative_to(root).as_posix()}\n".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def dbt_manifest(settings: Settings) -> Path:
    """The path of dbt's manifest of the project, parsed only if the project changed since the last time."""
    print_ = project_fingerprint()
    manifest = settings.warehouse / "dbt" / f"manifest_{print_[:16]}.json"
    if not manifest.is_file():
        target = _prepare(settings) / "target"
        _PARSED[settings.warehouse, print_] = _invoke(settings, ["parse", "--write-json"])
        for old in manifest.parent.glob("manifest_*.json"):
            old.unlink()
        (target / "manifest.json").replace(manifest)
    return manifest


def run(settings: Settings, database: Path, meld: Meld) -> tuple[Resultaat, ...]:
    """Build every model and run every data test on `database`; unit tests belong to `make test`.

    Raises WarehouseAfgekeurd if the project weakens a test, Onverwacht if dbt could not run at all.
    """
    if database != _database(settings):
        raise ValueError("dbt builds the file that its profile names")
    _prepare(settings)
    manifest = _PARSED.pop((settings.warehouse, project_fingerprint()), None)
    manifest = manifest or _invoke(settings, ["parse", "--no-write-json"])
    _refuse_softened(manifest)
    build = ["build", "--exclude-resource-type", "unit_test", "--no-write-json", "--threads", "1"]
    outcome = _invoke(settings, build, meld, manifest)
    results = tuple(sorted((_result(item) for item in outcome.results), key=lambda item: item.unique_id))
    _refuse_incomplete(manifest, results)
    return results


def judge(results: Sequence[Resultaat]) -> None:
    """Raise WarehouseAfgekeurd unless every model was built and every test passed; a warning is a failure."""
    wrong = [result for result in results if not result.goed]
    if not results or wrong:
        broken = [result for result in wrong if result.resource_type == "test" and result.status != "skipped"]
        failed = broken or [result for result in wrong if result.status != "skipped"] or wrong
        raise WarehouseAfgekeurd(
            f"Het magazijn is afgekeurd: {len(failed)} controle(s) of model(len) niet goed, "
            f"{len(wrong) - len(failed)} overgeslagen.",
            resultaten=results,
            waar="; ".join(f"{result.name} ({result.message})" for result in failed[:10]),
            remedie="De vorige publicatie blijft staan. Bekijk de controle in Dagster en herstel de oorzaak.",
        )


def _refuse_softened(manifest: Any) -> None:
    """A test switched off, set to warn or limited hides a fault; one that stores its failures keeps rows."""
    tests = [node for node in manifest.nodes.values() if node.resource_type == "test"]
    soft = [
        node.name
        for node in tests
        if str(node.config.severity).lower() != "error"
        or node.config.store_failures
        or node.config.limit
        or node.config.where
        or node.config.error_if != "!= 0"
        or node.config.warn_if != "!= 0"
    ]
    soft += [
        node.name for nodes in manifest.disabled.values() for node in nodes if node.resource_type == "test"
    ]
    if soft or not tests:
        raise WarehouseAfgekeurd(
            f"{len(soft)} controle(s) van het magazijn zijn afgezwakt of uitgezet.",
            resultaten=(),
            waar=", ".join(soft) or "dbt_project",
            remedie="Geef elke controle severity error, zonder where, limit, drempel of store_failures.",
        )


def _refuse_incomplete(manifest: Any, results: Sequence[Resultaat]) -> None:
    """Every model and every data test of the project has an outcome, or the build proves nothing."""
    expected = {node.unique_id for node in manifest.nodes.values() if node.resource_type in _GOED}
    missing = expected - {result.unique_id for result in results}
    if missing:
        raise WarehouseAfgekeurd(
            f"{len(missing)} controle(s) of model(len) van het magazijn zijn niet uitgevoerd.",
            resultaten=results,
            waar=", ".join(sorted(missing)[:10]),
            remedie="Voer de run opnieuw uit; blijft het, dan mist het dbt-project een onderdeel.",
        )


def _result(item: Any) -> Resultaat:
    kind, status = str(item.node.resource_type), str(item.status)
    if status == "fail":
        message = f"{item.failures} afwijking(en)"
    elif status == "error":
        message = "fout bij het uitvoeren"
    elif status == "skipped":
        message = "overgeslagen"
    else:
        message = ""
    return Resultaat(
        item.node.unique_id,
        item.node.name,
        kind,
        status,
        item.failures,
        message,
        round(float(item.execution_time), 3),
    )


def _database(settings: Settings) -> Path:
    return settings.warehouse / ".bouw" / "ondersteuning.duckdb"


def _prepare(settings: Settings) -> Path:
    """Write the profile if it differs: the same bytes every run, or dbt would parse everything again."""
    folder = settings.warehouse / "dbt"
    for name in ("target", "logs"):
        (folder / name).mkdir(parents=True, exist_ok=True, mode=0o700)
    output = {
        "type": "duckdb",
        "path": str(_database(settings)),
        "threads": 1,
        "schema": "main",
        "config_options": duckdb_config(settings),
    }
    text = json.dumps({_PROFIEL: {"target": "magazijn", "outputs": {"magazijn": output}}}, indent=1)
    profile = folder / "profiles.yml"
    if not profile.is_file() or profile.read_text(encoding="utf-8") != text:
        profile.write_text(text, encoding="utf-8")
    return folder


def _invoke(
    settings: Settings, arguments: Sequence[str], meld: Meld | None = None, manifest: Any = None
) -> Any:
    """One dbt command; returns its result object. Raises Onverwacht without dbt's own words."""
    from dbt.cli.main import dbtRunner

    folder = settings.warehouse / "dbt"
    places = [
        "--project-dir",
        str(resource_dir("dbt_project")),
        "--profiles-dir",
        str(folder),
        "--target-path",
        str(folder / "target"),
        "--log-path",
        str(folder / "logs"),
    ]
    with _alone():
        runner = dbtRunner(manifest=manifest, callbacks=[_teller(meld)] if meld else [])
        outcome = runner.invoke([*arguments, *places, *_FLAGS])
    if outcome.result is None:
        kind = type(outcome.exception).__name__
        raise Onverwacht(
            f"dbt kon niet draaien ({kind}).",
            waar="dbt_project",
            remedie="Voer `make test` uit: de controle van het dbt-project zegt wat er mis is.",
        )
    return outcome.result


@contextmanager
def _alone() -> Iterator[None]:
    """dbt by itself: no telemetry, no DBT_ variable of the user's shell (DBT_RESOURCE_TYPES=model would skip
    every test), and no connection left open afterwards."""
    before = {name: value for name, value in os.environ.items() if name.startswith("DBT_")}
    before |= {name: os.environ[name] for name in ("DO_NOT_TRACK",) if name in os.environ}
    for name in before:
        del os.environ[name]
    os.environ["DO_NOT_TRACK"] = "1"
    try:
        yield
    finally:
        del os.environ["DO_NOT_TRACK"]
        os.environ.update(before)
        from dbt.adapters.duckdb.connections import DuckDBConnectionManager

        environment = DuckDBConnectionManager._ENV
        if environment is not None:
            environment.close()
        DuckDBConnectionManager.close_all_connections()


def _teller(meld: Meld) -> Any:
    """Tell each built model by name; events of dbt may hold SQL and messages, which are not passed on."""

    def hear(event: Any) -> None:
        if event.info.name == "LogModelResult":
            info = event.data.node_info
            meld(f"Magazijn: {info.node_name} ({event.data.index} van {event.data.total})")

    return hear
