"""One `oa run` with a watch on it: CPU seconds and growth of the memory peak per stage, each counted once.

    python -m tests.benchmark.stages OUT.json HOME [--tot-onthullingscontrole]

Lives here: the watch, and which function belongs to which stage. Not here: comparing (bench_run).
"""

from __future__ import annotations

import builtins
import functools
import importlib
import json
import resource
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Stage -> the functions that are it. A function called inside another is taken off the outer one.
STAGES = {
    "inname": ["pipelines.intake:take_in"],
    "magazijn klaarzetten": ["pipelines.warehouse:build"],
    "dbt": ["dbt.cli.main:dbtRunner.invoke"],
    "Great Expectations": [
        "pipelines.gates:judge_leveringen",
        "pipelines.gates:judge_magazijn",
        "pipelines.gates:judge_kandidaat",
    ],
    "onthullingscontrole": ["pipelines.disclosure.secure:secure"],
    "publicatie": ["pipelines.publication:build_candidate", "pipelines.publication:publish"],
}


TOT = "--tot-onthullingscontrole"  # stop where disclosure control would begin


class Watch:
    """Adds the CPU time and the growth of the memory peak to whatever is on top of the stack."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.grown: dict[str, int] = defaultdict(int)
        self.stack = ["overig (Dagster, cli)"]
        self.last, self.peak = time.process_time(), 0

    def _settle(self) -> None:
        now = time.process_time()
        self.spent[self.stack[-1]] += now - self.last
        self.last = now
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        self.grown[self.stack[-1]] += peak - self.peak
        self.peak = peak

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def watched(*args: Any, **kwargs: Any) -> Any:
            self._settle()
            self.stack.append(name)
            try:
                return function(*args, **kwargs)
            finally:
                self._settle()
                self.stack.pop()

        return watched

    def stop(self) -> dict[str, dict[str, float]]:
        """Stage -> `cpu` in seconds and `mb`, by how much the stage raised the peak."""
        self._settle()
        return {name: {"cpu": cpu, "mb": self.grown[name] * 1024 / 1e6} for name, cpu in self.spent.items()}


class Genoeg(Exception):
    """The run came as far as it was asked to."""


def main() -> None:
    out, home, *rest = sys.argv[1:]
    watch = Watch()
    builtins.__import__ = watch.around("imports", builtins.__import__)
    importlib.import_module = watch.around("imports", importlib.import_module)
    for stage, functions in STAGES.items():
        for function in functions:
            module_name, path = function.split(":")
            *owners, name = path.split(".")
            owner = functools.reduce(getattr, owners, importlib.import_module(module_name))
            setattr(owner, name, watch.around(stage, getattr(owner, name)))
    reached = []
    if rest == [TOT]:
        from pipelines.disclosure import secure

        def stop(*_: Any, **__: Any) -> None:
            reached.append(True)
            raise Genoeg

        secure.secure = stop
    from pipelines.cli import main as oa

    sys.argv = ["oa", "run", "--home", home]
    try:
        oa()
    except SystemExit as ended:
        if ended.code and not reached:
            raise
    Path(out).write_text(json.dumps(watch.stop()), encoding="utf-8")


if __name__ == "__main__":
    main()
