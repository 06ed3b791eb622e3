"""The sweep: mutated deliveries through intake and through the bronhouder's command, and what must hold
after.

Lives here: running one case and the three promises. No traceback: only the product's own errors. No
contract violation accepted: what came in fits when judged by an independent reading. No planted identifier
outside inbox/: in no file, no message, no report. Not here: making the cases (deliveries).
"""

from __future__ import annotations

import random
import re
import shutil
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb

from pipelines.contracts import load_contract
from pipelines.errors import OaError
from pipelines.intake import take_in
from pipelines.keys import Key
from pipelines.pseudonymise import run
from tests.fuzz import deliveries as make
from tests.support.intake_region import region

FORMATS = ("csv", "xlsx", "parquet", "xml", "zip", "export")
_KEY = Key(bytes(range(32)))
#: Whole words, so that a hash that happens to hold the digits is no hit.
_SECRETS = re.compile(
    "|".join(
        rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])"
        for secret in (*make.PLANTED, "moeder belde", "Kruidentuinlaan", "999990019", "999990020")
    )
)
_INBOX_BATCH = 25


@dataclass
class Verslag:
    """What the sweep saw; `fouten` are broken promises, each with the number that makes the case again."""

    gevallen: int = 0
    uitkomsten: Counter[str] = field(default_factory=Counter)
    fouten: list[str] = field(default_factory=list)


def sweep(count: int, seed: int = 0, meld=lambda line: None) -> Verslag:
    """Run `count` cases, spread over all formats; case n is the same in every run with the same seed."""
    verslag = Verslag()
    for start in range(0, count, _INBOX_BATCH):
        numbers = range(start, min(count, start + _INBOX_BATCH))
        folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
        try:
            _batch(folder, [(number, random.Random(f"{seed}:{number}")) for number in numbers], verslag)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if start % 1000 == 0:
            meld(f"{start} van {count}: {dict(verslag.uitkomsten)}, {len(verslag.fouten)} fouten")
    verslag.gevallen = count
    return verslag


def _batch(folder: Path, cases: list[tuple[int, random.Random]], verslag: Verslag) -> None:
    """A batch shares an OA_HOME, as deliveries in one inbox do."""
    settings = region(folder)
    said: list[str] = []
    for number, rng in cases:
        kind = FORMATS[number % len(FORMATS)]
        try:
            if kind == "export":
                _source(folder, number, rng, said, verslag)
            elif kind in ("xml", "zip") and rng.random() < 0.7:
                _messages(folder, number, rng, kind, said, verslag)
            else:
                _put(settings.inbox, number, kind, rng)
        except Exception:
            verslag.fouten.append(f"geval {number} ({kind}): {traceback.format_exc(limit=-4)}")
    numbers = f"gevallen {cases[0][0]} tot en met {cases[-1][0]}"
    before = {path.name: path.read_bytes() for path in settings.inbox.iterdir() if path.is_file()}
    try:
        inname = take_in(settings, said.append)
        verslag.uitkomsten["aangenomen"] += len(inname.aangenomen)
        verslag.uitkomsten["geweigerd"] += len(inname.geweigerd)
        said += [refusal.oordeel.tekst() for refusal in inname.geweigerd]
        for levering in inname.aangenomen:
            _check_accepted(levering, numbers, verslag)
    except Exception:
        verslag.fouten.append(f"{numbers} (inname): {traceback.format_exc(limit=-4)}")
    if before != {path.name: path.read_bytes() for path in settings.inbox.iterdir() if path.is_file()}:
        verslag.fouten.append(f"{numbers}: een bestand in inbox/ is veranderd")
    _check_leaks(folder, settings.inbox, said, numbers, verslag)


def _put(inbox: Path, number: int, kind: str, rng: random.Random) -> None:
    contract = rng.choice(("opp", "jeugdhulp", "inschrijving"))
    table = make.good_table(contract, rng.choice((1, 3, 10)), rng)
    if rng.random() < 0.85:
        table, _ = make.mutate_table(table, rng)
    suffix = kind if kind in ("csv", "xlsx", "parquet") else rng.choice(("csv", "xlsx", kind))
    path = inbox / make.delivery_name(contract, suffix, number, rng)
    if suffix == "xlsx":
        make.write_xlsx(path, table, rng)
    elif suffix == "parquet":
        make.write_parquet(path, table, rng)
    elif suffix == "csv":
        path.write_bytes(make.write_csv_bytes(table, rng))
    else:
        path.write_bytes(
            make.messages(rng).encode() if suffix == "xml" else make.zipped([make.messages(rng)], rng)
        )
    if rng.random() < 0.3:
        path.write_bytes(make.mutate_bytes(path.read_bytes(), rng))


def _messages(
    folder: Path, number: int, rng: random.Random, kind: str, said: list[str], verslag: Verslag
) -> None:
    """Messages at the bronhouder, where they may hold numbers: the outcome may not."""
    texts = [make.messages(rng) for _ in range(rng.randrange(1, 4))]
    if rng.random() < 0.8:
        texts[0] = make.mutate_message(texts[0], rng)
    data = make.zipped(texts, rng) if kind == "zip" else texts[0].encode()
    if rng.random() < 0.3:
        data = make.mutate_bytes(data, rng)
    path = folder / "inbox-bron" / f"{number}.{kind}"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    _run(path, "jeugdhulp", "0307", folder / "uit", number, said, verslag)


def _source(folder: Path, number: int, rng: random.Random, said: list[str], verslag: Verslag) -> None:
    """A table at the bronhouder: with numbers for pseudonyms and columns that may not come along."""
    header, rows = make.good_table("opp", 3, rng)
    header = ["bsn", "naam", *header[1:]]
    rows = [["999990019", "Vandenbroekhoven", *row[1:]] for row in rows]
    table = (header, rows)
    if rng.random() < 0.7:
        table, _ = make.mutate_table(table, rng)
    path = folder / "inbox-bron" / f"{number}.{rng.choice(('csv', 'xlsx'))}"
    path.parent.mkdir(exist_ok=True)
    if path.suffix == ".csv":
        path.write_bytes(make.write_csv_bytes(table, rng))
    else:
        make.write_xlsx(path, table, rng)
    _run(path, "opp", "41208", folder / "uit", number, said, verslag)


def _run(
    path: Path, contract: str, bronhouder: str, uit: Path, number: int, said: list[str], verslag: Verslag
) -> None:
    try:
        outcome = run(
            path,
            contract,
            bronhouder=bronhouder,
            schooljaar="2024-2025",
            leverdatum=date(2025, 10, 10),
            key=_KEY,
            uit=uit / str(number),
        )
        said.append(outcome.tekst())
        verslag.uitkomsten["gemaakt"] += 1
    except OaError as error:
        said.append(str(error))
        verslag.uitkomsten["niet gemaakt"] += 1


def _check_accepted(levering, numbers: str, verslag: Verslag) -> None:
    """Hold what came in against the contract once more, by other means than intake uses."""
    contract = load_contract(levering.contract)
    found = duckdb.execute(f"FROM read_parquet('{levering.pad}')")
    names = [column[0] for column in found.description]
    rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    wrong = set() if names == list(contract.names) else {"kolommen"}
    for row in rows:
        for column in contract.columns:
            value = row[column.name]
            if value is None:
                wrong |= {column.name} if column.required else set()
            elif column.kind == "datum":
                wrong |= {column.name} if not isinstance(value, date) or value < date(1995, 1, 1) else set()
            elif value not in column.codes:
                fits = re.fullmatch(column.pattern, value) if column.pattern else column.codelijst
                wrong |= set() if fits else {column.name}
    keys = [tuple(row[name] for name in contract.key) for row in rows]
    if len(set(keys)) != len(keys):
        wrong.add("sleutel")
    if wrong:
        verslag.fouten.append(f"{numbers}: aangenomen met fouten in {', '.join(sorted(wrong))}")


def _check_leaks(folder: Path, inbox: Path, said: list[str], numbers: str, verslag: Verslag) -> None:
    places = {"uitvoer": "\n".join(said)}
    for path in folder.rglob("*"):
        if path.is_relative_to(inbox) or path.is_relative_to(folder / "inbox-bron"):
            continue
        places[f"naam van {path.relative_to(folder)}"] = path.name
        if path.is_file() and path.suffix == ".parquet":
            rows = duckdb.execute(f"FROM read_parquet('{path}')").fetchall()
            places[str(path.relative_to(folder))] = "\n".join(" ".join(map(str, row)) for row in rows)
        elif path.is_file():
            places[str(path.relative_to(folder))] = path.read_bytes().decode("utf-8", errors="replace")
    for place, text in places.items():
        if match := _SECRETS.search(text):
            verslag.fouten.append(f"{numbers}: {match.group()!r} staat in {place}")
