"""Dagster's event log kept open: what is recorded, and what another process reads meanwhile, is the same."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.sqlite import sqlite_event_log

from pipelines.orchestration.eventlog import kept_open


@dg.asset(check_specs=[dg.AssetCheckSpec("telt", asset="tabel")])
def tabel() -> dg.MaterializeResult:
    return dg.MaterializeResult(
        metadata={"rijen": 3}, check_results=[dg.AssetCheckResult(check_name="telt", passed=True)]
    )


def run(instance: dg.DagsterInstance) -> str:
    return dg.materialize([tabel], instance=instance).run_id


def run_broken(instance: dg.DagsterInstance) -> None:
    run(instance)
    raise RuntimeError("stuk")


def recorded(folder: Path, run_id: str) -> list[str]:
    """Kinds of event as another process reads them."""
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        return [
            str(entry.dagster_event.event_type) for entry in instance.all_logs(run_id) if entry.dagster_event
        ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dagster.yaml").write_text("telemetry:\n  enabled: false\n", encoding="utf-8")
    return tmp_path


def test_the_same_is_recorded_and_can_be_read_at_once(folder: Path) -> None:
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        plain = run(instance)
        with kept_open(instance.event_log_storage):
            kept = run(instance)
            assert recorded(folder, kept) == recorded(folder, plain)
            latest = instance.get_latest_materialization_event(dg.AssetKey("tabel"))
            assert latest is not None
            assert latest.run_id == kept
    assert recorded(folder, kept) == recorded(folder, plain)


def test_a_database_is_opened_once_and_all_is_as_before_afterwards(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    real = sqlite_event_log.create_engine

    def create_engine(url: str, **options: object) -> object:
        opened.append(url)
        return real(url, **options)

    with dg.DagsterInstance.from_config(str(folder)) as instance:
        storage = instance.event_log_storage
        monkeypatch.setattr(sqlite_event_log, "create_engine", create_engine)
        monkeypatch.setattr("pipelines.orchestration.eventlog.create_engine", create_engine)
        with kept_open(storage):
            run(instance)
        kept = len(opened)
        assert storage._connect.__func__ is SqliteEventLogStorage._connect
        run(instance)
        assert len(opened) - kept > 4 * kept


def test_a_failing_run_closes_what_was_opened(folder: Path) -> None:
    with dg.DagsterInstance.from_config(str(folder)) as instance:
        storage = instance.event_log_storage
        with pytest.raises(RuntimeError, match="stuk"), kept_open(storage):
            run_broken(instance)
        assert "_connect" not in vars(storage)
        assert not list(folder.rglob("*.db-wal"))


def test_another_kind_of_storage_is_left_alone() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        before = vars(instance.event_log_storage).copy()
        with kept_open(instance.event_log_storage):
            assert vars(instance.event_log_storage) == before
            assert recorded_in(instance, run(instance))


def recorded_in(instance: dg.DagsterInstance, run_id: str) -> int:
    return len(list(instance.all_logs(run_id)))
