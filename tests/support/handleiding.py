"""Pages of the handleiding as things to run: their blocks, their commands, and a shell that runs them.

Lives here: reading Markdown and running its commands in order. Not here: the region they run on, and any judgement
(test_handleiding).

A page has these blocks: `sh` is run line by line (`# exitcode 3` says that a line ends so); a block whose first line
names a file is written to that file; `text` is what a person sees, each line somewhere in the output since the block
before, in this order, with `…` for whatever differs.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import typer

from pipelines.cli import app, main

__all__ = ["Blok", "Loper", "blocks", "inline_commands", "known_commands"]
_FENCE = re.compile(r"^```(\w+)(?: +(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_EXIT = re.compile(r"\s+# exitcode (\d)$")


@dataclass(frozen=True)
class Blok:
    """A fenced block: its language, the file it names if any, its text and the line it starts on."""

    taal: str
    bestand: str | None
    tekst: str
    regel: int


def blocks(page: str) -> list[Blok]:
    found = [
        Blok(match[1], match[2], match[3], page.count("\n", 0, match.start()) + 1)
        for match in _FENCE.finditer(page)
    ]
    assert page.count("\n```") == 2 * len(found), "a fence is not closed, or has no language"
    return found


def known_commands() -> dict[str, set[str]]:
    """Every `oa` command by its words (`key new`), with its options."""
    return dict(_walk(typer.main.get_command(app), ()))


def _walk(command: object, words: tuple[str, ...]) -> Iterator[tuple[str, set[str]]]:
    if children := getattr(command, "commands", None):
        for name, child in children.items():
            yield from _walk(child, (*words, name))
    else:
        options = {name for param in command.params for name in (*param.opts, *param.secondary_opts)}  # type: ignore[attr-defined]
        yield " ".join(words), options | {"--help"}


def inline_commands(page: str) -> list[str]:
    """Commands in running text: `oa check BESTAND`."""
    return re.findall(r"`oa ([^`\n]+)`", _FENCE.sub("", page))


def name_of(words: list[str]) -> str | None:
    """The command that these words begin with."""
    known = known_commands()
    return next((name for n in (2, 1) if (name := " ".join(words[:n])) in known), None)


@dataclass
class Loper:
    """Runs a page in a folder. `gelopen` are the commands that ran; `fouten` what was not as the page says."""

    map: Path
    gelopen: list[str] = field(default_factory=list)
    fouten: list[str] = field(default_factory=list)

    def page(self, path: Path) -> Loper:
        seen = ""
        with contextlib.chdir(self.map), _environment():
            for blok in blocks(path.read_text(encoding="utf-8")):
                where = f"{path.name}:{blok.regel}"
                if blok.taal == "sh":
                    for line in blok.tekst.replace("\\\n", " ").splitlines():
                        code, printed = self._line(line)
                        seen += printed
                        wanted = int(match[1]) if (match := _EXIT.search(line)) else 0
                        if code != wanted:
                            self.fouten.append(f"{where}: {line}: exitcode {code}\n{printed}")
                elif blok.bestand:
                    Path(blok.bestand).write_text(blok.tekst, encoding="utf-8")
                elif blok.taal == "text":
                    if missing := _missing(blok.tekst, seen):
                        self.fouten.append(f"{where}: niet gezien: {missing}\n{seen}")
                    seen = ""
                else:
                    self.fouten.append(f"{where}: een blok {blok.taal} zonder bestand wordt niet uitgevoerd")
        return self

    def _line(self, line: str) -> tuple[int, str]:
        if match := re.fullmatch(r"export (\w+)=(\S+)", line):
            os.environ[match[1]] = match[2]
            return 0, ""
        if not line.startswith("oa "):
            done = subprocess.run(["bash", "-c", line], capture_output=True, text=True)
            return done.returncode, done.stdout + done.stderr
        # The shell splits and expands, as it does for whoever types this.
        split = subprocess.run(
            ["bash", "-c", f"printf '%s\\0' {line}"], capture_output=True, text=True, check=True
        )
        words = split.stdout.split("\0")[1:-1]
        self.gelopen.append(name_of(words) or f"onbekend: {line}")
        return _oa(words)


def _oa(words: list[str]) -> tuple[int, str]:
    printed = io.StringIO()
    before, sys.argv = sys.argv, ["oa", *words]
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                main()
            except SystemExit as end:
                return int(end.code or 0), printed.getvalue()
        return 0, printed.getvalue()
    finally:
        sys.argv = before


@contextlib.contextmanager
def _environment() -> Iterator[None]:
    """An environment without settings of whoever runs the tests, restored afterwards."""
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("OA_", "DAGSTER_HOME"))]:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _missing(wanted: str, seen: str) -> str | None:
    """The first line of `wanted` that does not come after the one before it in `seen`."""
    lines = iter(seen.splitlines())
    for line in wanted.splitlines():
        form = ".*".join(map(re.escape, line.strip().split("…")))
        if not any(re.fullmatch(form, there.strip()) for there in lines):
            return line
    return None
