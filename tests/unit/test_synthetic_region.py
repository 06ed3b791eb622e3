"""The ground of the fictional region: as many pupils as DUO counts, at schools that DUO does not know."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from pipelines.errors import Gebruiksfout
from pipelines.resources import resource_dir
from pipelines.synthetic import Overzicht, Regio, comparison, generate, make_regio
from pipelines.synthetic.area import KERN
from pipelines.synthetic.places import SOORTEN


@pytest.fixture(scope="module")
def regio() -> Regio:
    return make_regio(2026, 1)


@pytest.fixture(scope="module")
def overzicht(tmp_path_factory: pytest.TempPathFactory) -> Overzicht:
    return generate(3, 0.05, uit=tmp_path_factory.mktemp("klein"))


def seed(name: str) -> list[dict[str, str]]:
    with (resource_dir("seeds") / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter=";"))


def test_the_default_region_has_the_size_of_the_real_one(regio: Regio) -> None:
    assert 46_000 <= regio.bevolking.spell.on(regio.jaren[-1].peildatum).sum() <= 48_000
    assert len(regio.scholen.code) >= 150
    assert len(regio.scholen.bestuursnummer) >= 6
    assert {SOORTEN[soort] for soort in regio.scholen.soort} == set(SOORTEN)


def test_every_school_has_its_pupils_on_each_peildatum(regio: Regio) -> None:
    spell = regio.bevolking.spell
    for jaar, sizes in zip(regio.jaren, regio.scholen.grootte, strict=True):
        present = np.bincount(spell.vestiging[spell.on(jaar.peildatum)], minlength=len(sizes))
        assert (present == sizes).all()


def test_a_child_is_at_one_school_at_a_time(regio: Regio) -> None:
    spell = regio.bevolking.spell
    same = spell.persoon[1:] == spell.persoon[:-1]
    assert (spell.tot >= spell.van).all()
    assert (spell.van[1:][same] > spell.tot[:-1][same]).all()


def test_codes_are_ones_that_duo_does_not_use(regio: Regio) -> None:
    real = seed("ref_vestiging")
    assert len(real) > 6_000
    assert not {code[:4] for code in regio.scholen.code} & {row["vestigingscode"][:4] for row in real}
    assert not set(regio.scholen.bestuursnummer) & {row["bestuur"] for row in real}
    assert len(set(regio.scholen.code)) == len(regio.scholen.code)


def test_names_say_that_they_are_made_up(regio: Regio) -> None:
    assert all(name.startswith("Fictie") for name in (*regio.scholen.naam, *regio.scholen.bestuursnaam))


def test_swvs_are_real_and_fit_the_soort(regio: Regio) -> None:
    assert set(regio.scholen.swv) <= {row["swv"] for row in seed("ref_swv")}
    for soort, swv in zip(regio.scholen.soort, regio.scholen.swv, strict=True):
        assert swv.startswith("PO" if SOORTEN[soort] in ("BO", "SBO", "SO") else "VO")


def test_all_pupils_of_the_six_gemeenten_are_those_of_duo(overzicht: Overzicht) -> None:
    lines = [row for row in overzicht.vergelijking() if row["onderwerp"] == "leerlingen"]
    assert {row["gemeente"] for row in lines} == set(KERN)
    assert all(abs(row["gemaakt"] - row["werkelijk"]) <= 2 for row in lines)
    assert any("Amersfoort" in line for line in comparison(overzicht))


def test_jeugdhulp_lies_within_what_cbs_finds(regio: Regio, tmp_path: Path) -> None:
    from pipelines.synthetic.overview import summarise

    shares = [row["gemaakt"] for row in summarise(regio, 2026, 1, "").vergelijking() if not row["soort"]]
    assert len(shares) == 3
    assert all(8 <= share <= 14.2 for share in shares)


def test_beyond_scale_1_the_region_grows_outwards() -> None:
    larger = make_regio(1, 3, ("2024-2025",))
    taking_part = {larger.gebied.land.codes[gemeente] for gemeente in larger.gebied.plan["BO"]}
    assert set(KERN) < taking_part
    pupils = larger.bevolking.spell.on(larger.jaren[0].peildatum).sum()
    assert 3 * 46_000 < pupils < 3 * 48_000
    assert len(set(larger.scholen.swv)) > 6


@pytest.mark.parametrize(
    ("zaad", "schaal", "jaren"),
    [(-1, 1, ("2024-2025",)), (1, 0.001, ("2024-2025",)), (1, 1000, ("2024-2025",)), (1, 1, ("2024",)),
     (1, 1, ("2024-2026",)), (1, 1, ("2021-2022", "2023-2024")), (1, 1, ())],
)  # fmt: skip
def test_impossible_wishes_are_refused(zaad: int, schaal: float, jaren: tuple[str, ...]) -> None:
    with pytest.raises(Gebruiksfout):
        make_regio(zaad, schaal, jaren)
