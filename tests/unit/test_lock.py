"""One run at a time: the second is told that the first is busy; a dead process holds nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import Bezet
from pipelines.lock import hold
from pipelines.settings import Settings

HOLDER = """
import sys
from pipelines.lock import hold
from pipelines.settings import Settings
with hold(Settings.load(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_is_told_busy_and_a_killed_one_frees_the_lock(tmp_path: Path) -> None:
    home = tmp_path / "data"
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    settings = Settings.load(home)
    with pytest.raises(Bezet), hold(settings):
        pass
    holder.kill()
    holder.wait()
    with hold(settings):
        assert (home / "slot").exists()
