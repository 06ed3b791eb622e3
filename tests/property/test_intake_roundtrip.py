"""Whatever comes in: an accepted delivery fits its contract to the letter, and no verdict repeats a cell."""

from __future__ import annotations

import csv
import io
import json
import re
import tempfile
from datetime import date
from pathlib import Path

import duckdb
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.contracts import Column, load_contract
from pipelines.intake import active_leveringen, take_in
from pipelines.intake.levering import parse_name, shown_name
from pipelines.intake.store import newest
from tests.support.intake_region import name, opp_row, region

PLANTED = (
    "Fatima",
    "123456782",
    "de Vries-Jansen",
    "0612345678",
    "x@y.example",
    "3811AB 12",
    "=1+1",
    "2012-03-04",
)
CODES = {column.name: column for column in load_contract("opp").columns}
cells = st.one_of(
    st.sampled_from(PLANTED),
    st.sampled_from(["", "NULL", "n.v.t.", "0307", "school", "afgewezen", "2024-10-14"]),
    st.dates(date(1990, 1, 1), date(2030, 1, 1)).map(str),
    st.text(max_size=12),
)
mutations = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(sorted(CODES)), cells), max_size=4)


def in_column(column: Column, value: object) -> bool:
    if value is None:
        return not column.required
    if column.kind == "datum":
        return date(1995, 1, 1) <= value  # type: ignore[operator]
    if column.codes and column.codelijst is None:
        return value in column.codes
    return column.pattern is None or re.fullmatch(column.pattern, str(value)) is not None


def fits(row: dict[str, object]) -> bool:
    """The contract once more, in plain Python."""
    status, besluit, start, eind = (row[key] for key in ("status", "besluit_op", "start_op", "eind_op"))
    behoefte = row["behoefte_vastgesteld_op"]
    if not all(in_column(column, row[column.name]) for column in CODES.values()):
        return False
    return (
        (besluit is None) == (status == "aangevraagd")
        and (start is not None or status in ("aangevraagd", "afgewezen"))
        and (row["afwijsreden"] is None or status == "afgewezen")
        and (besluit is None or besluit >= behoefte)
        and (eind is None or start is None or eind >= start)
        and max(behoefte, besluit or behoefte) <= date(2025, 10, 3)
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutations)
def test_what_comes_in_fits_and_what_does_not_leaves_no_trace(changes: list[tuple[int, str, str]]) -> None:
    rows = [opp_row(number) for number in range(5)]
    for at, column, value in changes:
        rows[at][column] = value
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), delimiter=";", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        home = region(Path(folder))
        path = home.inbox / name()
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        inname = take_in(home)
        assert len(inname.aangenomen) + len(inname.geweigerd) == 1
        for levering in active_leveringen(home):
            found = duckdb.sql(f"SELECT * FROM '{levering.pad}'")
            names = [item[0] for item in found.description]
            stored = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
            assert len(stored) == 5
            assert all(map(fits, stored))
        written = [
            item
            for item in home.home.rglob("*")
            if item.is_file() and item.parent != home.inbox and item.suffix in (".txt", ".json")
        ]
        everything = "\n".join(item.read_text(encoding="utf-8") for item in written)
        everything += json.dumps([weigering.oordeel.as_dict() for weigering in inname.geweigerd])
        for planted in PLANTED[:6]:
            assert planted not in everything


@given(
    st.text(
        alphabet=st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",)),
        min_size=1,
        max_size=60,
    )
)
def test_a_name_that_is_not_ours_is_never_shown(text: str) -> None:
    shown = shown_name(Path(text), "a" * 64)
    try:
        parse_name(Path(text))
    except Exception:
        assert shown == "levering-" + "a" * 12
    else:
        assert re.fullmatch(r"[a-z]+_[0-9]{4,5}_[0-9-]{9}_[0-9]{8}(\.[A-Za-z0-9]{1,7})?", shown)


def test_of_one_key_exactly_one_delivery_counts_whatever_the_order() -> None:
    from itertools import permutations

    from pipelines.intake import Levering

    def levering(day: int, volgnummer: int) -> Levering:
        return Levering(
            f"opp_{day}_{volgnummer}",
            "opp",
            "1.0.0",
            "41208",
            "2024-2025",
            date(2025, 10, day),
            1,
            "0" * 64,
            1,
            None,
            "x",
            Path("x"),
            volgnummer,
        )

    some = [levering(3, 1), levering(5, 2), levering(5, 3), levering(4, 4)]
    for order in permutations(some):
        assert [item.volgnummer for item in newest(list(order))] == [3]
