"""One declaration for all that readers have: another release may tell what this one hides, and the audit sees it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.disclosure import history
from pipelines.disclosure.audit import audit
from pipelines.disclosure.format import BESTAND, Onthulling, Tabel
from pipelines.disclosure.history import Uitgave, stands
from pipelines.disclosure.union import OOK_ZICHTBAAR, Stuk, carried, together, unchanged
from pipelines.keys import Key

KEY = Key(bytes(32))
JAAR = "2024-2025"
WOON = f"woongemeente@{JAAR}"
CODES = ("x", "y", "z")
PLACES = ("g1", "g2", "g3")
TRUTH = {("g1", "x"): 2, ("g1", "y"): 9, ("g1", "z"): 20, ("g2", "x"): 12, ("g2", "y"): 2, ("g2", "z"): 30}
TRUTH |= {("g3", "x"): 8, ("g3", "y"): 11, ("g3", "z"): 15}
BLOCK = {(g, c) for g in ("g1", "g2") for c in ("x", "y")}
Counts = Mapping[tuple[str, str], int]


def every(truth: Counts) -> dict[tuple[str, str], int]:
    """All cells with their totals."""
    found = dict(truth)
    for g in (*PLACES, "TOTAAL"):
        for c in (*CODES, "TOTAAL"):
            found[g, c] = sum(
                n for (place, code), n in truth.items() if g in (place, "TOTAAL") and c in (code, "TOTAAL")
            )
    return found


def stand(truth: Counts) -> dict[str, dict[str, str]]:
    cells = every(truth)
    names = [f"populatie=leerling;schooljaar={JAAR};woongemeente={g};categorie={c}" for g, c in cells]
    return {JAAR: dict(zip(names, stands(KEY, names, np.array(list(cells.values()))), strict=True))}


def written(folder: Path, truth: Counts, hidden: set[tuple[str, str]], release: str) -> Onthulling:
    """A release of one table; its files in `folder`."""
    (folder / "parquet").mkdir(parents=True)
    rows = [
        {
            "schooljaar": JAAR,
            "gemeente": g,
            "categorie": c,
            "leerlingen": None if (g, c) in hidden else n,
            "onderdrukt": (g, c) in hidden,
        }
        for (g, c), n in every(truth).items()
    ]
    kinds = {"leerlingen": pa.int64(), "onderdrukt": pa.bool_()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in rows[0]])
    pq.write_table(pa.Table.from_pylist(rows, schema), folder / "parquet" / "t.parquet")
    return Onthulling(
        k=5,
        width=4,
        hierarchies={WOON: {g: [] for g in PLACES}},
        tables=[
            Tabel(
                file="parquet/t.parquet",
                where={"schooljaar": JAAR},
                dims={WOON: "gemeente", "categorie": "categorie"},
                value="leerlingen",
                suppressed="onderdrukt",
                release=release,
                context={"populatie": "leerling", "schooljaar": JAAR},
            )
        ],
    )


def earlier(
    folder: Path,
    truth: Counts,
    hidden: set[tuple[str, str]],
    profiel: str = "oogo",
    release: str = "r1",
    los: tuple[str, ...] = (),
) -> Uitgave:
    """The same as the history has it."""
    own = written(folder / profiel / release, truth, hidden, release)
    cells = stand(truth)[JAAR]
    table = pa.table(
        {
            "schooljaar": [JAAR] * len(cells),
            "cel": list(cells),
            "status": ["getoond"] * len(cells),
            "laag": pa.array([None] * len(cells), pa.int64()),
            "hoog": pa.array([None] * len(cells), pa.int64()),
            "stand": list(cells.values()),
        }
    )
    draft = folder / "draft" / profiel / release
    shown = folder / profiel / release / "parquet" / "t.parquet"
    history.record(draft, profiel, release, release, table, own, [shown], los)
    history.append(folder / "historie", draft)
    return history.uitgaven(folder / "historie", profiel)[-1]


def verdict(
    folder: Path, own: Onthulling, was: list[Uitgave], now: Counts, also: dict[str, Stuk] | None = None
):
    whole = together(own, also or {}, was, stand(now), folder / "nu")
    whole.write(folder / "nu" / BESTAND)
    return whole, audit(folder / "nu")


def test_a_release_by_itself_is_in_order(tmp_path: Path) -> None:
    whole, report = verdict(tmp_path, written(tmp_path / "nu", TRUTH, BLOCK, "r2"), [], TRUTH)
    assert report.certified, report.reasons
    assert report.hidden == len(BLOCK)
    assert not (tmp_path / "nu" / OOK_ZICHTBAAR).exists()
    assert len(whole.tables) == 1


def test_an_earlier_release_that_shows_a_hidden_cell_is_found(tmp_path: Path) -> None:
    """The same pupils, then hidden at g1 and g3, now at g1 and g2: together they tell all."""
    other = {(g, c) for g in ("g1", "g3") for c in ("x", "y")}
    was = earlier(tmp_path, TRUTH, other)
    _, report = verdict(tmp_path, written(tmp_path / "nu", TRUTH, BLOCK, "r2"), [was], TRUTH)
    assert not report.certified
    assert report.reasons["exact"] > 0


def test_another_release_of_the_same_moment_that_shows_a_hidden_cell_is_found(tmp_path: Path) -> None:
    other = {(g, c) for g in ("g1", "g3") for c in ("x", "y")}
    public = Stuk(written(tmp_path / "openbaar", TRUTH, other, "r2"), tmp_path / "openbaar")
    own = written(tmp_path / "nu", TRUTH, BLOCK, "r2")
    _, report = verdict(tmp_path, own, [], TRUTH, {"openbaar/r2": public})
    assert not report.certified
    more = Stuk(written(tmp_path / "meer", TRUTH, BLOCK | other, "r2"), tmp_path / "meer")
    (tmp_path / "tweede").mkdir()
    own = written(tmp_path / "tweede" / "nu", TRUTH, BLOCK, "r2")
    whole, report = verdict(tmp_path / "tweede", own, [], TRUTH, {"openbaar/r2": more})
    assert report.certified, report.reasons
    assert {table.release for table in whole.tables} == {"r2"}
    assert len(whole.tables) == 2


def test_an_earlier_release_that_says_exactly_the_same_adds_nothing(tmp_path: Path) -> None:
    was = earlier(tmp_path, TRUTH, BLOCK)
    whole, report = verdict(tmp_path, written(tmp_path / "nu", TRUTH, BLOCK, "r2"), [was], TRUTH)
    assert report.certified
    assert len(whole.tables) == 1


CORRECTED = TRUTH | {("g3", "z"): 16}


def test_a_corrected_population_is_linked_only_where_nothing_changed(tmp_path: Path) -> None:
    was = earlier(tmp_path, TRUTH, BLOCK)
    whole, report = verdict(tmp_path, written(tmp_path / "nu", CORRECTED, BLOCK, "r2"), [was], CORRECTED)
    assert {table.context.get("uitgave") for table in whole.tables} == {None, "oogo r1"}
    assert {tuple(q.members[WOON]) for q in whole.inequalities} == {("g1", "g2")}
    assert {tuple(term.coefficient for term in q.terms) for q in whole.inequalities} == {(1, -1), (-1, 1)}
    assert report.certified, report.reasons


def test_through_the_link_an_earlier_population_gives_a_hidden_cell_away(tmp_path: Path) -> None:
    """g1 and g2 did not change, and the earlier release showed them."""
    other = {(g, c) for g in ("g2", "g3") for c in ("x", "y")}
    was = earlier(tmp_path, TRUTH, other)
    _, report = verdict(tmp_path, written(tmp_path / "nu", CORRECTED, BLOCK, "r2"), [was], CORRECTED)
    assert not report.certified


@pytest.mark.parametrize("empty", ["zero", "unknown"])
def test_what_was_hidden_then_and_is_shown_now_stands_in_the_copy(tmp_path: Path, empty: str) -> None:
    """Left empty it would read as a zero in tables whose empty cells are, and no population would fit."""
    was = earlier(tmp_path, TRUTH, BLOCK)
    tables = [t.model_copy(update={"undetermined": empty}) for t in was.onthulling.tables]
    was.onthulling.model_copy(update={"tables": tables}).write(was.pad / BESTAND)
    del was.__dict__["onthulling"]
    own = written(tmp_path / "nu", CORRECTED, {(g, c) for g in ("g1", "g2") for c in ("x", "z")}, "r2")
    whole, report = verdict(tmp_path, own, [was], CORRECTED)
    assert "tegenstrijdig" not in report.reasons
    [old] = [table for table in whole.tables if "uitgave" in table.context]
    copy = pq.read_table(tmp_path / "nu" / old.file).to_pylist()
    seen = {
        (r["gemeente"], r["categorie"]): r["leerlingen"]
        for r in copy
        if (r["gemeente"], r["categorie"]) in BLOCK
    }
    assert seen == {("g1", "x"): None, ("g2", "x"): None, ("g1", "y"): 9, ("g2", "y"): 2}
    assert {(r["gemeente"], r["categorie"]) for r in copy if r["onderdrukt"]} == {("g1", "x"), ("g2", "x")}


def test_a_place_that_changed_is_not_linked(tmp_path: Path) -> None:
    """What an earlier release showed of other pupils says nothing for certain of those who are hidden now."""
    now = TRUTH | {("g1", "x"): 3, ("g2", "x"): 11, ("g1", "y"): 8, ("g2", "y"): 3}
    other = {(g, c) for g in ("g2", "g3") for c in ("x", "y")}
    was = earlier(tmp_path, TRUTH, other)
    whole, report = verdict(tmp_path, written(tmp_path / "nu", now, BLOCK, "r2"), [was], now)
    assert {tuple(q.members[WOON]) for q in whole.inequalities} == {("g3",)}
    hidden_now = [one for one in report.weakest if "uitgave" not in one.context]
    assert hidden_now == []


def test_releases_of_one_moment_are_one_other_population(tmp_path: Path) -> None:
    """Each hides what the other shows: only together they say what was counted then."""
    rows = {(g, c) for g in ("g1", "g3") for c in ("x", "y")}
    was = [earlier(tmp_path, TRUTH, BLOCK, "openbaar"), earlier(tmp_path, TRUTH, rows, "oogo")]
    whole, report = verdict(tmp_path, written(tmp_path / "nu", CORRECTED, BLOCK, "r2"), was, CORRECTED)
    assert {table.context.get("uitgave") for table in whole.tables} == {None, "openbaar r1"}
    [first, second] = [table for table in whole.tables if "uitgave" in table.context]
    copy = pq.read_table(tmp_path / "nu" / second.file).to_pylist()
    assert not any(row["onderdrukt"] for row in copy), "what the second hid is no matter of this release"
    assert first.file != second.file
    assert not report.certified, "g1 and g2 did not change, and the second release showed g2"


@pytest.mark.parametrize("los", ["nothing", "then", "now"])
def test_two_earlier_populations_are_tied_to_each_other(tmp_path: Path, los: str) -> None:
    """g1 is otherwise now, and was the same in both: what the one hid there the other may tell."""
    first = earlier(tmp_path, TRUTH, BLOCK)
    then = (JAAR,) if los == "then" else ()
    second = earlier(tmp_path, CORRECTED, BLOCK, release="r2", los=then)
    now = CORRECTED | {("g1", "z"): 22}
    own = written(tmp_path / "nu", now, BLOCK, "r3")
    apart = frozenset([JAAR] if los == "now" else [])
    whole = together(own, {}, [first, second], stand(now), tmp_path / "nu", apart)
    assert {table.context.get("uitgave") for table in whole.tables} == {None, "oogo r1", "oogo r2"}
    tied = {
        (frozenset(term.context.get("uitgave") for term in one.terms), tuple(one.members[WOON]))
        for one in whole.inequalities
    }
    to_now = {(frozenset(["oogo r1", None]), ("g2",)), (frozenset(["oogo r2", None]), ("g2", "g3"))}
    between = {(frozenset(["oogo r1", "oogo r2"]), ("g1",))}
    assert tied == {"nothing": to_now | between, "then": to_now, "now": set()}[los]


def test_through_another_earlier_population_a_hidden_cell_is_given_away(tmp_path: Path) -> None:
    """The first showed g1, the same in the second, which then tells g2, and that is as it was."""
    other = {(g, c) for g in ("g2", "g3") for c in ("x", "y")}
    was = [earlier(tmp_path, TRUTH, other), earlier(tmp_path, CORRECTED, BLOCK, release="r2")]
    now = CORRECTED | {("g1", "z"): 22}
    whole, report = verdict(tmp_path, written(tmp_path / "nu", now, BLOCK, "r3"), was, now)
    assert not report.certified
    to_now = [one for one in whole.inequalities if None in {t.context.get("uitgave") for t in one.terms}]
    whole.model_copy(update={"inequalities": to_now}).write(tmp_path / "nu" / BESTAND)
    assert audit(tmp_path / "nu").certified


def test_a_place_is_unchanged_only_if_all_of_it_is_in_that_population() -> None:
    ctx = "populatie=leerling;schooljaar=2024-2025"
    was = {
        f"{ctx};woongemeente=a;categorie=x": "1",
        f"{ctx};woongemeente=a;categorie=y": "2",
        f"{ctx};woongemeente=b": "3",
        f"{ctx};reden=r;woongemeente=a": "4",
    }
    leerling = ((("populatie", "leerling"), ("schooljaar", "2024-2025")), "woongemeente")
    reden = ((("populatie", "leerling"), ("reden", "r"), ("schooljaar", "2024-2025")), "woongemeente")
    assert unchanged(was, was) == {leerling: {"a", "b"}, reden: {"a"}}
    changed = unchanged(was, was | {f"{ctx};woongemeente=a;categorie=y": "9"})
    assert changed == {leerling: {"b"}, reden: {"a"}}
    gone = {name: value for name, value in was.items() if not name.endswith("woongemeente=b")}
    assert unchanged(was, gone)[leerling] == {"a"}
    both = {f"{ctx};bestuur=s;vestiging=v;woongemeente=a": "1"}
    assert unchanged(both, both) == {}, "a crossing tells nothing of one place"


def test_a_carried_schooljaar_keeps_its_own_declaration(tmp_path: Path) -> None:
    was = earlier(tmp_path, TRUTH, BLOCK)
    other = was.onthulling.tables[0].model_copy(update={"context": {"schooljaar": "2025-2026"}})
    own = was.onthulling.model_copy(update={"tables": [other], "hierarchies": {}})
    whole = carried(own, was, JAAR)
    assert [table.context["schooljaar"] for table in whole.tables] == ["2025-2026", JAAR]
    assert whole.hierarchies == was.onthulling.hierarchies
    assert carried(own, was, "2019-2020").tables == [other]


@pytest.mark.parametrize("part", ["disclosure", "parquet"])
def test_copies_of_what_is_also_seen_do_not_depend_on_where_it_came_from(tmp_path: Path, part: str) -> None:
    other = {(g, c) for g in ("g1", "g3") for c in ("x", "y")}
    was = earlier(tmp_path, TRUTH, other)
    whole, _ = verdict(tmp_path, written(tmp_path / "nu", TRUTH, BLOCK, "r2"), [was], TRUTH)
    [extra] = [table for table in whole.tables if table.file.startswith(OOK_ZICHTBAAR)]
    if part == "disclosure":
        assert extra.undetermined == "unknown"
    else:
        copy = pq.read_table(tmp_path / "nu" / extra.file)
        assert not any(copy["onderdrukt"].to_pylist()), "what was hidden then is no matter of this release"
        assert copy["leerlingen"].null_count == len(other)
