"""Deliveries as files: CSV with `;` in UTF-8 and a manifest beside each.

Lives here: turning children and toewijzingen into pseudonyms (or test numbers) and writing. Not here: which
rows (deliver). One delivery at a time is in memory.
"""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.keys import Key
from pipelines.synthetic.calendar import as_date
from pipelines.synthetic.deliver import Levering
from pipelines.synthetic.numbers import nine_digits, person_numbers, pseudonyms
from pipelines.synthetic.region import Regio

CONTRACTVERSIE = "1.0.0"
PERSOON_KOLOM = {
    "opp": "leerling_pseudoniem",
    "inschrijving": "leerling_pseudoniem",
    "jeugdhulp": "jeugdige_pseudoniem",
}
NUMMER_KOLOM = {"opp": "onderwijsnummer", "inschrijving": "onderwijsnummer", "jeugdhulp": "bsn"}
_TOEWIJZING_VAN = 10_000_000


class Schrijver:
    """Writes deliveries below `map`: step-1 pseudonyms with a manifest, or plain test numbers without one."""

    def __init__(self, regio: Regio, key: Key, map: Path, *, nummers: bool, op_school: bool) -> None:
        self._key, self._map = key, map
        self._nummers, self._op_school = nummers, op_school
        used = np.zeros(len(regio.bevolking.woon), dtype=bool)
        used[regio.bevolking.spell.persoon] = True
        used[regio.toewijzingen.persoon] = True
        numbers = person_numbers(int(used.sum()), only_test=nummers)
        self._place = np.cumsum(used) - 1
        self.personen = len(numbers)
        if nummers:
            self._persoon = pl.Series(nine_digits(numbers), dtype=pl.String)
        else:
            self._persoon = pseudonyms(key, numbers, nine_digits)
        map.mkdir(parents=True, exist_ok=True)

    def frame(self, levering: Levering) -> pl.DataFrame:
        """The delivery with a pseudonym or number for every child, columns in the order of the contract."""
        name = (NUMMER_KOLOM if self._nummers else PERSOON_KOLOM)[levering.contract]
        rows = levering.rijen
        columns = {name: self._persoon.gather(self._place[rows["persoon"].to_numpy()])}
        for column in rows.columns[1:]:
            columns[column] = self._toewijzing(rows[column]) if column == "toewijzing_id" else rows[column]
        frame = pl.DataFrame(columns)
        if "op_school" in columns and not self._op_school:
            frame = frame.with_columns(pl.lit("onbekend").alias("op_school"))
        return frame

    def write(self, levering: Levering) -> Path:
        buffer = io.BytesIO()
        self.frame(levering).write_csv(buffer, separator=";", line_terminator="\n", quote_style="necessary")
        content = buffer.getvalue()
        path = self._map / levering.bestand
        path.write_bytes(content)
        if not self._nummers:
            manifest = _manifest(levering, content, self._key.fingerprint)
            path.with_name(path.name + ".manifest.json").write_text(
                json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n"
            )
        return path

    def _toewijzing(self, numbers: pl.Series) -> pl.Series:
        plain = numbers.to_numpy() + _TOEWIJZING_VAN
        if self._nummers:
            return pl.Series(_digits(plain), dtype=pl.String)
        return pseudonyms(self._key, plain, _digits)


def _digits(numbers: NDArray[np.int64]) -> list[str]:
    return [str(number) for number in numbers]


def _manifest(levering: Levering, content: bytes, vingerafdruk: str) -> dict[str, str | int]:
    made = as_date(levering.leverdag)
    return {
        "contract": levering.contract,
        "contractversie": CONTRACTVERSIE,
        "bronhouder": levering.bronhouder,
        "schooljaar": levering.schooljaar,
        "rijen": levering.rijen.height,
        "sha256": hashlib.sha256(content).hexdigest(),
        "gemaakt_op": f"{made:%Y-%m-%d}T09:00:00{'+02:00' if 4 <= made.month <= 10 else '+01:00'}",
        "stap": 1,
        "vingerafdruk": vingerafdruk,
    }
