"""What a release tells of the cost of protection: by niveau what a reader can count, of hidden figures nothing fine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from pipelines.disclosure.loss import NIVEAUS, against, coarsened, levels, summed_up

DREMPEL = 5


def spec(tabel: str, *dimensies: str) -> Any:
    return SimpleNamespace(tabel=tabel, dimensies=("schooljaar", *dimensies))


def lost(verborgen: int, **other: Any) -> dict[str, Any]:
    per_niveau = {
        "regio": {"getoond": 5, "afgerond": 0, "verborgen": 0},
        "swv": {"getoond": 9, "afgerond": 0, "verborgen": verborgen},
    }
    return {
        "verborgen": verborgen,
        "zegt_iets": 0.8,
        "aandeel_verborgen": 0.1,
        "per_niveau": per_niveau,
    } | other


@pytest.mark.parametrize(
    ("dimensies", "rows"),
    [
        (("gebied_soort", "gebied"), [("regio", "TOTAAL", "regio"), ("swv", "PO2602", "swv")]),
        (
            ("swv", "bestuur", "vestigingscode"),
            [
                ("TOTAAL", "TOTAAL", "TOTAAL", "regio"),
                ("PO2602", "TOTAAL", "TOTAAL", "swv"),
                ("PO2602", "41201", "TOTAAL", "bestuur"),
                ("PO2602", "41201", "overige vestigingen", "vestiging"),
            ],
        ),
        (
            ("bestuur", "gemeente"),
            [
                ("TOTAAL", "TOTAAL", "regio"),
                ("41201", "TOTAAL", "bestuur"),
                ("TOTAAL", "0307", "woongemeente"),
                ("41201", "0307", "bestuur en woongemeente"),
            ],
        ),
        (("gemeente",), [("0307", "woongemeente")]),
    ],
)
def test_every_row_has_the_niveau_of_its_area(
    dimensies: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    columns = list(zip(*rows, strict=True))
    table = pa.table({name: list(column) for name, column in zip(dimensies, columns[:-1], strict=True)})
    found = levels(table, spec("t", *dimensies)).tolist()
    assert found == list(columns[-1])
    assert set(found) <= set(NIVEAUS)


def many(**other: int) -> dict[str, int]:
    return {
        "cellen": 100,
        "getoond": 80,
        "verborgen": 20,
        "primair": 12,
        "aanvullend": 8,
        "afgerond": 0,
    } | other


@pytest.mark.parametrize("few", ["primair", "aanvullend"])
def test_small_and_protecting_are_not_told_apart_where_either_is_few(few: str) -> None:
    """With `aanvullend` 0 every hidden cell would be known to lie under the drempel."""
    other = {"primair": "aanvullend", "aanvullend": "primair"}[few]
    for number in range(DREMPEL):
        told = coarsened(many(**{few: number, other: 20 - number}), 5000, 100, 0, DREMPEL)
        assert told["primair"] is told["aanvullend"] is None
    assert "primair" not in coarsened(many(**{few: 5, other: 15}), 5000, 100, 0, DREMPEL)  # told as counted


@pytest.mark.parametrize("people", [40, 999, 1000, 1234, 47_000])
def test_the_share_of_hidden_pupils_leaves_their_sum_open(people: int) -> None:
    """Whoever knows how many there are in all (from the margins), learns the hidden sum to no less than 2 x drempel."""
    left: dict[float | None, list[int]] = {}
    for hidden_people in range(min(people, 2000) + 1):
        told = coarsened(many(), people, hidden_people, 0, DREMPEL)
        left.setdefault(told["aandeel_verborgen"], []).append(hidden_people)
    assert (None in left) == (people < 1000)
    for share, sums in list(left.items())[:-1]:
        assert sums[-1] - sums[0] + 1 >= 2 * DREMPEL, share
    assert 0.0 not in left  # that would tell that every hidden cell is a zero
    assert (
        coarsened(many(verborgen=0, primair=0, aanvullend=0), people, 0, 0, DREMPEL)["aandeel_verborgen"] == 0
    )


def test_how_far_rounding_lies_off_is_told_of_many_only() -> None:
    assert coarsened(many(afgerond=99), 5000, 100, 170, DREMPEL)["afwijking"] is None
    assert coarsened(many(afgerond=100), 5000, 100, 174, DREMPEL)["afwijking"] == 1.7
    assert coarsened(many(), 5000, 100, 0, DREMPEL)["afwijking"] == 0


def test_a_release_is_set_against_the_one_before() -> None:
    now = {"oud": lost(4, zegt_iets=0.7), "stil": lost(4, aandeel_verborgen=None), "nieuw": lost(4)}
    found = against(now, {"oud": lost(3), "stil": lost(3), "weg": lost(3)})
    assert found["oud"]["tegen_vorige"] == {"zegt_iets": -0.1, "aandeel_verborgen": 0.0}
    assert found["stil"]["tegen_vorige"] == {"zegt_iets": 0.0, "aandeel_verborgen": None}
    assert found["nieuw"]["tegen_vorige"] is None
    assert all(told["tegen_vorige"] is None for told in against(now, None).values())


def test_the_dearest_table_is_named_with_what_to_make_coarser() -> None:
    specs = [
        spec("organisatie", "gebied_soort", "gebied", "ondersteuningsvorm"),
        spec("koppelgraad", "gemeente"),
        spec("gewoon", "gebied_soort", "gebied"),
    ]
    told = summed_up({"gewoon": lost(0), "koppelgraad": lost(2), "organisatie": lost(6)}, specs)
    assert [one["tabel"] for one in told["rangorde"]] == ["organisatie", "koppelgraad", "gewoon"]
    assert told["per_niveau"]["regio"] == {"getoond": 15, "afgerond": 0, "verborgen": 0}
    assert told["per_niveau"]["swv"]["verborgen"] == told["verborgen"] == 8
    first = told["duurste_tabel"]
    assert (first["tabel"], first["niveau"]) == ("organisatie", "swv")
    assert "75" in first["reden"]
    assert "6 van de 15" in first["reden"]
    assert first["advies"].startswith("Voeg codes van ondersteuningsvorm samen")
    other = summed_up({"koppelgraad": lost(2)}, specs)
    assert other["duurste_tabel"]["advies"].startswith("Toon deze tabel niet per swv")
    assert summed_up({"gewoon": lost(0)}, specs)["duurste_tabel"] is None
