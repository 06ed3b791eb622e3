"""Where `oa` prints, and the options that many commands share.

Lives here: two consoles and the progress lines. Not here: commands.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipelines import progress

out = Console(highlight=False, soft_wrap=True)
err = Console(stderr=True, highlight=False, soft_wrap=True)

Home = Annotated[
    Path | None, typer.Option("--home", help="Map met gegevens (anders OA_HOME, anders ./data).")
]
Json = Annotated[bool, typer.Option("--json", help="Uitvoer voor machines.")]


@contextmanager
def tell_progress(quiet: bool = False) -> Iterator[None]:
    """Print each step with the seconds since the start, on stderr so that stdout stays for results."""
    start = time.monotonic()

    def tell(text: str) -> None:
        err.print(f"{time.monotonic() - start:5.1f} s  {text}", markup=False, style="dim")

    with progress.listen(progress.silent if quiet else tell):
        yield
