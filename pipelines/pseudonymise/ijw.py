"""iJw messages to a `jeugdhulp` delivery: per toewijzing its last version, with real starts and stops.

Lives here: which message wins, and what JW305 and JW307 change. Not here: reading XML (messages).

Everything kept between reading and writing is already pseudonymised, so it may lie in a temporary file;
that is what keeps memory flat over a million toewijzingen.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Any

import duckdb

from pipelines.errors import LeveringGeweigerd
from pipelines.intake.reading.source import path_literal, remove_copies
from pipelines.pseudonymise.judge import judge
from pipelines.pseudonymise.messages import read_messages
from pipelines.pseudonymise.numbers import Pseudonymiser, bare_number
from pipelines.pseudonymise.output import Opdracht, Uitkomst, write_delivery
from pipelines.pseudonymise.table import connect

_VERVALLEN = "3"  # StatusAanlevering: the earlier start or stop is taken back
_STANDS = f"arg_max(coalesce(status, ''), (dagtekening, volg)) <> '{_VERVALLEN}'"
_STARTS = ("volg", "dagtekening", "toewijzing_id", "dag", "status")
_COLUMNS = {
    "301": (
        "volg",
        "nummer",
        "dagtekening",
        "jeugdige_pseudoniem",
        "gemeente",
        "toewijzing_id",
        "aanbieder_code",
        "productcategorie",
        "productcode",
        "toegewezen_op",
        "ingang_op",
        "eind_op",
        "reden_wijziging",
    ),
    "305": _STARTS,
    "307": _STARTS,
}
# In the order of the numbers, so that the same toewijzingen give the same bytes from any pile of messages.
_BY_NUMBER = "try_cast(nummer AS HUGEINT), nummer"
_PROGRESS = 50_000
_BEHIND = ("naam", "adres", "geboortedatum", "geslacht", "commentaar", "omvang", "budget", "relaties")


def pseudonymise_messages(
    paths: Sequence[Path], opdracht: Opdracht, uit: Path, meld: Callable[[str], None] = lambda line: None
) -> Uitkomst:
    """Make the delivery from messages; LeveringGeweigerd if one of them does not fit."""
    folder = Path(tempfile.mkdtemp(prefix="ijw-"))
    try:
        with _Store(folder, opdracht, meld) as store:
            telling = read_messages(paths, store.row)
        store.pseudonymiser.refuse_wrong("toewijzing")
        if store.strangers:
            raise LeveringGeweigerd(
                f"{store.strangers} berichten zijn niet van of voor gemeente {opdracht.bronhouder}.",
                waar="Header van het bericht",
                remedie="Lever per gemeente, met alleen de berichten van die gemeente.",
            )
        if not store.counts["301"]:
            raise LeveringGeweigerd(
                "Er is geen toewijzing (JW301) gevonden.",
                remedie="Geef ook de JW301-berichten; JW305 en JW307 vullen die alleen aan.",
            )
        con = connect(folder / "duckdb")  # its rows hold pseudonyms only
        with con:
            con.execute(f"CREATE TABLE levering AS {_relation(con, folder, opdracht)}")
            relation = "FROM levering"
            rows = judge(con, relation, opdracht, row_word="toewijzing")
            remarks = _remarks(
                telling.berichten, telling.overgeslagen, telling.andere_bestanden, store.counts, rows
            )
            names = ", ".join(opdracht.contract.names)
            ordered = f"SELECT {names} FROM ({relation}) ORDER BY {_BY_NUMBER}"
            batches = con.execute(ordered).to_arrow_reader(20_000)
            return write_delivery(opdracht, batches, uit, weggelaten=_BEHIND, opmerkingen=remarks)
    finally:
        remove_copies(folder)


class _Store:
    """Rows of the messages, pseudonymised as they come, one file per kind."""

    def __init__(self, folder: Path, opdracht: Opdracht, meld: Callable[[str], None]) -> None:
        self.pseudonymiser = Pseudonymiser(opdracht.key)
        self.counts = dict.fromkeys(_COLUMNS, 0)
        self.strangers = 0
        self._gemeente = opdracht.bronhouder
        self._key = opdracht.key
        self._meld = meld
        self._streams: dict[str, IO[str]] = {}
        self._write: dict[str, Any] = {}
        for kind, columns in _COLUMNS.items():
            self._streams[kind] = (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="")
            self._write[kind] = csv.writer(self._streams[kind], lineterminator="\n").writerow
            self._write[kind](columns)

    def __enter__(self) -> _Store:
        return self

    def __exit__(self, *exc: object) -> None:
        for stream in self._streams.values():
            stream.close()

    def row(self, kind: str, header: dict[str, str], fields: dict[str, str]) -> None:
        self.counts[kind] = number = self.counts[kind] + 1
        toewijzing = self.pseudonymiser.numbers((fields["nummer"],))[0]
        if kind != "301":
            self.strangers += header["ontvanger"] != self._gemeente
            self._write[kind](
                (
                    number,
                    header["dagtekening"],
                    toewijzing,
                    fields.get("begin") or fields.get("einde"),
                    fields.get("status", ""),
                )
            )
            return
        self.strangers += header["afzender"] != self._gemeente
        person = self.pseudonymiser.persons((fields["bsn"],), (number,))[0]
        get = fields.get
        self._write[kind](
            (
                number,
                bare_number(fields["nummer"]),
                header["dagtekening"],
                person,
                header["afzender"],
                toewijzing,
                header["ontvanger"],
                get("categorie"),
                get("code"),
                fields["toegewezen"],
                fields["ingang"],
                get("einde"),
                get("reden"),
            )
        )
        if number % _PROGRESS == 0:
            self._meld(f"{number} toewijzingen gelezen")


def _relation(con: duckdb.DuckDBPyConnection, folder: Path, opdracht: Opdracht) -> str:
    """SQL: per toewijzing the newest message, its ingang and end set to the real start and stop.

    The first start counts, unless help had stopped before it: then it is a restart, and the first start was not
    delivered. The last stop counts, unless the help started again after it (a pause). A start or stop that was
    taken back, and not sent again later, does not exist.
    """
    for kind, columns in _COLUMNS.items():
        types = ", ".join(f"'{name}': '{'BIGINT' if name == 'volg' else 'VARCHAR'}'" for name in columns)
        con.execute(
            f"CREATE VIEW jw{kind} AS FROM read_csv({path_literal(folder / f'{kind}.csv')}, "
            f"auto_detect = false, header = true, delim = ',', quote = '\"', escape = '\"', "
            f"nullstr = '', columns = {{{types}}})"
        )
    con.execute(
        "CREATE TABLE laatste AS SELECT arg_max(volg, (dagtekening, volg)) AS volg FROM jw301 "
        "GROUP BY toewijzing_id"
    )
    con.execute(f"""
        CREATE TABLE loop AS
        WITH begin AS (SELECT toewijzing_id, dag FROM jw305 GROUP BY ALL HAVING {_STANDS}),
             stop AS (SELECT toewijzing_id, dag FROM jw307 GROUP BY ALL HAVING {_STANDS}),
             b AS (SELECT toewijzing_id, min(dag) AS eerste, max(dag) AS laatste FROM begin GROUP BY ALL),
             s AS (SELECT toewijzing_id, min(dag) AS eerste, max(dag) AS einde FROM stop GROUP BY ALL)
        SELECT toewijzing_id, CASE WHEN b.eerste > s.eerste THEN NULL ELSE b.eerste END AS begin,
               CASE WHEN b.laatste IS NULL OR b.laatste <= s.einde THEN s.einde END AS einde
        FROM b FULL JOIN s USING (toewijzing_id)
    """)
    parts = []
    for name in opdracht.contract.names:
        if name == "ingang_op":
            parts.append("coalesce(l.begin, j.ingang_op) AS ingang_op")
        elif name == "eind_op":
            parts.append("coalesce(l.einde, j.eind_op) AS eind_op")
        elif name == "op_school":
            parts.append("'onbekend' AS op_school")  # a JW301 does not say where the help is given
        else:
            parts.append(f"j.{name}")
    return (
        f"SELECT j.volg AS rij, j.nummer, {', '.join(parts)} FROM jw301 j SEMI JOIN laatste USING (volg) "
        f"LEFT JOIN loop l USING (toewijzing_id)"
    )


def _remarks(
    berichten: int, overgeslagen: int, andere: int, counts: dict[str, int], rows: int
) -> tuple[str, ...]:
    lines = [
        f"Gelezen: {berichten} berichten met {counts['301']} toewijzingen, {counts['305']} starts en "
        f"{counts['307']} stops; per toewijzing telt het laatste bericht: {rows} rijen.",
        "op_school is onbekend: een JW301 zegt het niet.",
    ]
    if overgeslagen:
        lines.append(f"{overgeslagen} andere iJw-berichten zijn overgeslagen.")
    if andere:
        lines.append(f"{andere} bestanden die geen XML zijn, zijn overgeslagen.")
    return tuple(lines)
