"""The one tree of errors that a user may see, each with its exit code.

Lives here: what went wrong, where, the remedy and whom to ask, in Dutch. Not here: any value about a child,
and no text of another library (it may quote one); those who raise name files, columns and row numbers only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from traceback import extract_tb


class OaError(Exception):
    """An error with a remedy.

    `wat` says what is wrong, `waar` where (file, column, row numbers), `remedie` what to do and `contact` whom
    to ask. None of them may hold a value from a delivery.
    """

    exit_code = 1

    def __init__(self, wat: str, *, waar: str = "", remedie: str = "", contact: str = "") -> None:
        super().__init__(wat)
        self.wat = wat
        self.waar = waar
        self.remedie = remedie
        self.contact = contact

    def __str__(self) -> str:
        return "\n".join(self.regels())

    def regels(self) -> list[str]:
        """The message as lines, ready to print."""
        rows = [self.wat]
        for label, value in (("Waar", self.waar), ("Wat te doen", self.remedie), ("Vragen", self.contact)):
            if value:
                rows.append(f"{label}: {value}")
        return rows


class Gebruiksfout(OaError):
    """Wrong use: a setting, an argument or a file that the user must change first."""

    exit_code = 2


class LeveringGeweigerd(OaError):
    """A delivery does not fit its contract and was refused whole."""

    exit_code = 3


class KwaliteitspoortDicht(OaError):
    """A quality gate failed, or its evidence is missing; nothing after it may happen."""

    exit_code = 4


class OnthullingspoortDicht(OaError):
    """A hidden figure could be worked out, or it could not be proven that none can."""

    exit_code = 5


class Bezet(OaError):
    """Another run has the warehouse."""

    exit_code = 6


class Onverwacht(OaError):
    """A fault of ours, told without the words of the library that raised it: those may quote a cell."""


@contextmanager
def guarded(stap: str) -> Iterator[None]:
    """Let an OaError through and turn any other exception into Onverwacht, which names type and place only."""
    try:
        yield
    except OaError:
        raise
    except Exception as error:
        frames = [frame for frame in extract_tb(error.__traceback__) if "pipelines" in frame.filename]
        place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "buiten de eigen code"
        raise Onverwacht(
            f"Onverwachte fout ({type(error).__name__}) bij: {stap}.",
            waar=place,
            remedie="Er is niets half gedaan. Probeer opnieuw; blijft het, meld dan deze regels.",
        ) from None
