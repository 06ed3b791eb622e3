"""What several rooms of tests share: one demo region, run once per session through the command line.

Lives here: session fixtures. Not here: helpers of a single room.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.acceptance.loper import oa

# 1 is the demo itself; a smaller region is quicker and has every code and rule in play from about 0.2.
SCHAAL = os.environ.get("ACCEPTATIE_SCHAAL", "1")


@pytest.fixture(scope="session")
def demo_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The OA_HOME of a demo that has run to its publication. Read it; change a copy."""
    folder = tmp_path_factory.mktemp("demo") / "demo"
    oa("demo", "--map", folder, "--schaal", SCHAAL)
    return folder / "data"
