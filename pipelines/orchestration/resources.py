"""The one resource: the installation that a run works in, held for as long as the run lasts.

Lives here: settings and the lock. Not here: connections; each room opens and closes its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines.lock import hold
from pipelines.settings import Settings


class Installatie(dg.ConfigurableResource):
    """OA_HOME, locked: a second run at the same time is told that it is busy and touches nothing."""

    home: str

    @contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Iterator[Installatie]:
        with hold(self.settings):
            yield self

    @property
    def settings(self) -> Settings:
        return Settings.load(self.home)
