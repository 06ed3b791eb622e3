"""Persons to erase: from a file of numbers at the bronhouder to a list of pseudonyms that `oa forget` takes.

Lives here: making, passing on (step 2) and reading that list, `vergeten_<bronhouder>_<datum>.csv` (one
column, `pseudoniem`) with a manifest of its own. Not here: the erasing. No number is shown, counted per
person or kept.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.errors import Gebruiksfout, LeveringGeweigerd
from pipelines.intake.levering import manifest_path, sha256_of
from pipelines.intake.reading import open_delivery
from pipelines.intake.reading.source import identifier
from pipelines.keys import Key, step2_many
from pipelines.pseudonymise.numbers import Pseudonymiser, nine_digits
from pipelines.pseudonymise.output import Uitkomst, half_done, prepare, put
from pipelines.pseudonymise.table import connect, person_columns

_KIND = "vergeten"
_HEADER = "pseudoniem"
_NAME = re.compile(r"vergeten_([0-9]{4,5})_([0-9]{8})\.csv")
_HEX64 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Vergeten:
    """Pseudonyms to erase, all of one step and one key."""

    bronhouder: str
    pseudoniemen: tuple[str, ...]
    stap: int
    vingerafdruk: str

    def __repr__(self) -> str:
        return f"Vergeten(bronhouder={self.bronhouder}, aantal={len(self.pseudoniemen)}, stap={self.stap})"


def forget_list(path: Path, *, bronhouder: str, leverdatum: date, key: Key, uit: Path) -> Uitkomst:
    """Make the list from a table with a column of numbers, or a text file with a number per line."""
    if not re.fullmatch(r"[0-9]{4,5}", bronhouder):
        raise Gebruiksfout(
            "De bronhouder is geen gemeentecode of bestuursnummer.",
            waar="--bronhouder",
            remedie="Gebruik vier (gemeente) of vijf (bestuur) cijfers.",
        )
    pseudonymiser = Pseudonymiser(key)
    cells = _numbers(Path(path))
    found = pseudonymiser.persons([cell for _, cell in cells], [row for row, _ in cells])
    pseudonymiser.refuse_wrong()
    return _write(
        Vergeten(bronhouder, tuple(sorted({item for item in found if item})), 1, key.fingerprint),
        leverdatum,
        uit,
    )


def step2_list(path: Path, key: Key, uit: Path) -> Uitkomst:
    """The TTP's step on a list of step 1."""
    found = read_forget(path)
    if found.stap != 1 or found.vingerafdruk == key.fingerprint:
        raise LeveringGeweigerd(
            "Deze lijst heeft stap 2 al gehad, of dit is de sleutel van stap 1.",
            waar="manifest",
            remedie="Gebruik de lijst van de bronhouder en de sleutel van de TTP.",
        )
    second = tuple(sorted(step2_many(key, found.pseudoniemen)))
    match = _NAME.fullmatch(Path(path).name)
    if match is None:
        raise _refused("De bestandsnaam is niet vergeten_BRONHOUDER_JJJJMMDD.csv.")
    day = match.group(2)
    return _write(
        Vergeten(found.bronhouder, second, 2, key.fingerprint),
        date(int(day[:4]), int(day[4:6]), int(day[6:])),
        uit,
    )


def read_forget(path: Path) -> Vergeten:
    """The list that `oa forget` takes; LeveringGeweigerd if it is not whole or holds anything else."""
    path = Path(path)
    match = _NAME.fullmatch(path.name)
    if match is None:
        raise _refused("De bestandsnaam is niet vergeten_BRONHOUDER_JJJJMMDD.csv.")
    try:
        manifest = json.loads(manifest_path(path).read_text(encoding="utf-8"))
        lines = path.read_text(encoding="ascii").split("\n")
    except (OSError, ValueError):
        raise _refused("De lijst of haar manifest ontbreekt of is niet leesbaar.") from None
    wanted = {"soort", "bronhouder", "rijen", "sha256", "gemaakt_op", "stap", "vingerafdruk"}
    if (
        not isinstance(manifest, dict)
        or set(manifest) != wanted
        or manifest["soort"] != _KIND
        or manifest["sha256"] != sha256_of(path)
        or manifest["bronhouder"] != match.group(1)
        or manifest["stap"] not in (1, 2)
        or not re.fullmatch(r"[0-9a-f]{16}", str(manifest["vingerafdruk"]))
    ):
        raise _refused("De lijst past niet bij haar manifest.")
    if (
        lines[0] != _HEADER
        or lines[-1] != ""
        or len(lines) - 2 != manifest["rijen"]
        or not all(map(_HEX64.fullmatch, lines[1:-1]))
    ):
        raise _refused("De lijst bevat iets anders dan pseudoniemen.")
    return Vergeten(match.group(1), tuple(lines[1:-1]), manifest["stap"], manifest["vingerafdruk"])


def _numbers(path: Path) -> list[tuple[int, str | None]]:
    """Row and cell of every number, from a column that is known to hold them or from the only column."""
    if not path.is_file():
        raise Gebruiksfout("Het bestand bestaat niet.", waar="BESTAND", remedie="Controleer het pad.")
    if path.suffix.lower() == ".txt":
        try:
            lines = path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError):
            raise _refused("Het bestand is geen tekst met een nummer per regel.") from None
        start = 0 if lines and nine_digits(lines[0]) else 1
        return [(number, line) for number, line in enumerate(lines, 1) if number > start and line.strip()]
    con = connect()
    with con, open_delivery(path, None, con) as lezing, lezing.bewaakt():
        columns = person_columns(lezing.columns, mapped=False)
        if not columns:
            raise _refused("Er is geen kolom bsn of onderwijsnummer.")
        cells = f"coalesce({', '.join(map(identifier, columns))}, NULL)"
        return con.execute(f"SELECT rij, {cells} FROM ({lezing.relation})").fetchall()


def _write(found: Vergeten, leverdatum: date, uit: Path) -> Uitkomst:
    path = prepare(Path(uit)) / f"{_KIND}_{found.bronhouder}_{leverdatum:%Y%m%d}.csv"
    with half_done(path) as half:
        with half.open("w", encoding="ascii", newline="") as stream:
            write = csv.writer(stream, lineterminator="\n").writerow
            write([_HEADER])
            for pseudonym in found.pseudoniemen:
                write([pseudonym])
        put(
            half,
            path,
            {
                "soort": _KIND,
                "bronhouder": found.bronhouder,
                "rijen": len(found.pseudoniemen),
                "sha256": sha256_of(half),
                "gemaakt_op": datetime.now(UTC).isoformat(timespec="seconds"),
                "stap": found.stap,
                "vingerafdruk": found.vingerafdruk,
            },
        )
    return Uitkomst(path, manifest_path(path), len(found.pseudoniemen), found.stap, found.vingerafdruk)


def _refused(what: str) -> LeveringGeweigerd:
    return LeveringGeweigerd(
        what,
        remedie="Maak de lijst met oa pseudonymise, van een bestand met een kolom bsn of "
        "onderwijsnummer, en stuur lijst en manifest samen.",
    )
