"""Dagster's own event log, with its databases kept open for as long as one run lasts.

Lives here: one context manager. Not here: what is recorded, and where (execute). Dagster opens and closes a SQLite
database up to three times for every event; with some hundreds of assets and checks that was a sixth of the CPU time
of a run over a region.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dagster._core.storage.event_log import EventLogStorage, SqliteEventLogStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from sqlalchemy import Connection, Engine, create_engine


@contextmanager
def kept_open(storage: EventLogStorage) -> Iterator[None]:
    """Store events over connections that stay open; every event is still committed at once, where it was.

    A storage of another kind, which an installation may have configured, is left as it is.
    """
    if type(storage) is not SqliteEventLogStorage:
        yield
        return
    engines: dict[str, Engine] = {}

    def engine(shard: str) -> Engine:
        if shard not in engines:
            engines[shard] = create_engine(
                storage.conn_string_for_shard(shard), connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
            )
            if shard not in storage._initialized_dbs:
                storage._initdb(engines[shard])
                storage._initialized_dbs.add(shard)
        return engines[shard]

    @contextmanager
    def connect(shard: str) -> Iterator[Connection]:
        with storage._db_lock, engine(shard).begin() as connection:
            yield connection

    storage._connect = connect
    try:
        yield
    finally:
        del storage._connect
        for kept in engines.values():
            kept.dispose()
