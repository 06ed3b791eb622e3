"""Two releases side by side: what changed, by how much, and what is behind it."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.errors import Gebruiksfout
from pipelines.report import build_packs, verschil
from tests.support.fictieve_publicatie import schrijf_publicatie
from tests.support.werkboek import table


def change(release: Path, table: str, where: dict[str, str], **values: object) -> None:
    """Rewrite one row of a release."""
    path = release / "parquet" / f"{table}.parquet"
    content = pq.read_table(path)
    rows = content.to_pylist()
    found = [row for row in rows if all(row[name] == value for name, value in where.items())]
    assert len(found) == 1
    found[0].update(values)
    pq.write_table(pa.Table.from_pylist(rows, schema=content.schema), path)


def redeliver(release: Path, contract: str, bronhouder: str, schooljaar: str) -> None:
    row = pq.read_table(release / "parquet" / "publicatie.parquet").to_pylist()[0]
    deliveries = json.loads(row["leveringen"])
    for each in deliveries:
        if (each["contract"], each["bronhouder"], each["schooljaar"]) == (contract, bronhouder, schooljaar):
            each.update(sha256="1" * 64, leverdatum="2025-11-01")
    change(release, "publicatie", {"profiel": row["profiel"]}, leveringen=json.dumps(deliveries))


AMERSFOORT = {"schooljaar": "2024-2025", "gebied_soort": "woongemeente", "gebied": "0307"}


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    return (
        schrijf_publicatie(tmp_path / "a", release="20251010-a"),
        schrijf_publicatie(tmp_path / "b", release="20251101-b"),
    )


def hide_thuis_of_elders(publicatie: Path) -> None:
    """One figure that the other publication shows is hidden in this one."""
    change(
        publicatie,
        "organisatie",
        AMERSFOORT | {"ondersteuningsvorm": "thuis_of_elders"},
        arrangementen=None,
        status="onderdrukt",
    )


def test_equal_releases_have_no_difference(two: tuple[Path, Path]) -> None:
    found = verschil(*two)
    assert found.wijzigingen == ()
    assert found.leveringen == ()
    assert found.regels_tekst() == ["Van uitgave 20251010-a naar 20251101-b: 0 cijfers gewijzigd."]


def test_a_changed_figure_names_the_delivery_behind_it(two: tuple[Path, Path]) -> None:
    change(two[1], "grijs_gebied_redenen", AMERSFOORT | {"reden": "wacht_op_besluit"}, leerlingen=130)
    redeliver(two[1], "opp", "41201", "2024-2025")
    found = verschil(*two)
    assert len(found.wijzigingen) == 1
    only = found.wijzigingen[0]
    assert (only.voor.value, only.na.value, only.verschil) == (124, 130, "+6")
    assert only.plek == (
        "2024-2025",
        "Gemeente waar de leerling woont",
        "Amersfoort",
        "Wacht langer dan de norm op een besluit",
    )
    assert (
        only.oorzaak
        == "levering opp van Stichting De Eem (41201) over 2024-2025 is vervangen (2025-10-03 door 2025-11-01)"
    )


def test_a_figure_that_becomes_hidden_has_no_difference_to_tell(two: tuple[Path, Path]) -> None:
    hide_thuis_of_elders(two[1])
    only = verschil(*two).wijzigingen[0]
    assert (only.voor.text, only.na.text, only.verschil) == ("38", "niet getoond", "")
    assert only.oorzaak == "bescherming of afronding"


def test_one_figure_of_a_row_with_several_is_told_alone(two: tuple[Path, Path]) -> None:
    change(two[1], "wachttijden", AMERSFOORT | {"stap": "behoefte_besluit"}, p90_dagen=91)
    found = verschil(*two).wijzigingen
    assert [(each.cijfer, each.verschil) for each in found] == [
        ("Een op de tien wachtte minstens (dagen)", "+3")
    ]


def test_a_changed_rule_is_named(two: tuple[Path, Path]) -> None:
    row = pq.read_table(two[1] / "parquet" / "publicatie.parquet").to_pylist()[0]
    rules = json.loads(row["regels"])
    next(rule for rule in rules if rule["reden"] == "wacht_op_besluit")["norm_dagen"] = 42
    change(two[1], "publicatie", {"profiel": "oogo"}, regels=json.dumps(rules))
    change(two[1], "grijs_gebied_redenen", AMERSFOORT | {"reden": "wacht_op_besluit"}, leerlingen=180)
    found = verschil(*two)
    told = "Wacht langer dan de norm op een besluit: norm in dagen was 56, is 42"
    assert found.regels == (told,)
    assert found.wijzigingen[0].oorzaak == f"regel: {told}"


def test_profielen_are_not_compared_with_each_other(two: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(Gebruiksfout, match="profiel"):
        verschil(two[0], schrijf_publicatie(tmp_path / "c", "openbaar"))


def test_a_workbook_does_not_bring_back_what_is_hidden_now(two: tuple[Path, Path], tmp_path: Path) -> None:
    hide_thuis_of_elders(two[1])
    book = build_packs(two[1], tmp_path / "uit", gemeente="0307", vormen=("xlsx",), sinds=two[0])[0]
    found = table(book, "Wijzigingen")
    assert (found["Was"], found["Is"]) == (["wel getoond"], ["niet getoond"])


def test_the_workbook_has_the_changes_as_a_sheet(two: tuple[Path, Path], tmp_path: Path) -> None:
    change(two[1], "grijs_gebied_redenen", AMERSFOORT | {"reden": "wacht_op_besluit"}, leerlingen=130)
    book = build_packs(two[1], tmp_path / "uit", gemeente="0307", vormen=("xlsx",), sinds=two[0])[0]
    found = table(book, "Wijzigingen")
    assert (found["Was"], found["Is"]) == ([124], [130])
