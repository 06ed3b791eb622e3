"""The history: append-only, told in order, and without the key it tells nothing of what was hidden."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.disclosure import history
from pipelines.disclosure.format import Onthulling, Tabel
from pipelines.keys import Key

ONE, TWO = Key(bytes(range(32))), Key(bytes(range(1, 33)))
TABLE = Tabel(
    file="parquet/t.parquet",
    dims={"categorie": "categorie"},
    value="n",
    suppressed="onderdrukt",
    release="r1",
    context={"schooljaar": "2024-2025"},
)


def cells(**values: tuple[str, int | None, int | None, str]) -> pa.Table:
    rows = [("2024-2025", name, *value) for name, value in values.items()]
    names = ("schooljaar", "cel", "status", "laag", "hoog", "stand")
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})


def said(folder: Path, release: str, basis: str, table: pa.Table, profiel: str = "oogo") -> Path:
    draft = folder / "draft" / release
    shown = folder / "t.parquet"
    pq.write_table(pa.table({"categorie": ["x"], "n": [7], "onderdrukt": [False]}), shown)
    history.record(draft, profiel, release, basis, table, Onthulling(k=5, width=4, tables=[TABLE]), [shown])
    return draft


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def drie(tmp_path: Path) -> Path:
    """Three releases: x shown, then hidden, then shown again after a correction."""
    root = tmp_path / "historie"
    for release, basis, status in (
        ("r1", "a", ("getoond", 7, 7, "s7")),
        ("r2", "b", ("onderdrukt", None, None, "s7")),
        ("r3", "c", ("afgerond", 6, 14, "s9")),
    ):
        history.append(root, said(tmp_path, release, basis, cells(x=status)))
    return root


def test_releases_come_back_in_the_order_in_which_they_came_out(drie: Path) -> None:
    found = history.uitgaven(drie, "oogo")
    assert [(one.volgorde, one.release, one.basis) for one in found] == [
        (1, "r1", "a"),
        (2, "r2", "b"),
        (3, "r3", "c"),
    ]
    assert found[0].stand == {"2024-2025": {"x": "s7"}}
    assert found[0].onthulling.tables == [TABLE]
    assert (found[0].pad / history.TABELLEN / "t.parquet").is_file()
    assert history.uitgaven(drie, "openbaar") == []


def test_what_was_recorded_never_changes_and_is_recorded_once(drie: Path, tmp_path: Path) -> None:
    before = everything(drie)
    history.append(drie, tmp_path / "draft" / "r2")
    assert everything(drie) == before
    (tmp_path / "anders").mkdir()
    history.append(drie, said(tmp_path / "anders", "r2", "z", cells(x=("getoond", 1, 1, "s1"))))
    assert everything(drie) == before
    history.append(drie, said(tmp_path, "r4", "d", cells(x=("getoond", 9, 9, "s9"))))
    after = everything(drie)
    assert {name: after[name] for name in before} == before
    assert len(history.uitgaven(drie, "oogo")) == 4


def test_a_copy_that_was_broken_off_is_not_a_release(drie: Path, tmp_path: Path) -> None:
    half = drie / "oogo" / ".000004.tmp"
    half.mkdir()
    (half / "rest").write_text("x", encoding="utf-8")
    assert len(history.uitgaven(drie, "oogo")) == 3
    history.append(drie, said(tmp_path, "r4", "d", cells(x=("getoond", 9, 9, "s9"))))
    assert [one.release for one in history.uitgaven(drie, "oogo")] == ["r1", "r2", "r3", "r4"]
    assert not half.exists()
    assert not (drie / "oogo" / "000004" / "rest").exists()


def test_a_release_of_the_same_inputs_as_the_last_does_not_come_after_it(drie: Path) -> None:
    names = lambda basis: [one.release for one in history.before(drie, "oogo", basis)]  # noqa: E731
    assert names("nieuw") == ["r1", "r2", "r3"]
    assert names("c") == ["r1", "r2"]
    assert names("a") == ["r1", "r2", "r3"], "after a correction the first inputs are new again"


def test_what_earlier_releases_said_is_the_last_shown_and_what_the_last_one_hid(drie: Path) -> None:
    first, second, third = history.uitgaven(drie, "oogo")
    said_ = history.eerder([first, second, third])
    assert said_.shown == {("oogo", "x"): (6, 14, "s9")}
    assert said_.hidden == {}, "shown since"
    [stand] = history.eerder([second]).hidden.values()
    assert history.eerder([first, second]).hidden == {("oogo", "x"): stand}
    assert history.eerder([first, second]).shown, "what readers have cannot be taken back"
    assert said_
    assert not history.eerder([])


def test_stands_tell_an_unchanged_count_and_nothing_else() -> None:
    names, counts = ["a", "b", "a"], np.array([3, 3, 4])
    first = history.stands(ONE, names, counts)
    assert first == history.stands(ONE, names, counts)
    assert len(set(first)) == 3, "another cell or another count is another stand"
    assert not set(first) & set(history.stands(TWO, names, counts)), "without the key nothing can be tried"
    assert all(len(stand) == 32 for stand in first)


def test_schooljaren_judged_apart_come_back(drie: Path, tmp_path: Path) -> None:
    own = Onthulling(k=5, width=4, tables=[TABLE])
    for release, los in (("r4", ["2024-2025"]), ("r5", [])):
        draft = tmp_path / "draft" / release
        history.record(
            draft,
            "oogo",
            release,
            release,
            cells(x=("getoond", 9, 9, "s9")),
            own,
            [tmp_path / "t.parquet"],
            los,
        )
        history.append(drie, draft)
    assert [one.los for one in history.uitgaven(drie, "oogo")[-3:]] == [set(), {"2024-2025"}, set()]


def test_of_a_hidden_cell_the_history_holds_no_count(drie: Path) -> None:
    hidden = history.uitgaven(drie, "oogo")[1]
    rows = pq.read_table(hidden.pad / history.CELLEN).to_pylist()
    assert [(row["status"], row["laag"], row["hoog"]) for row in rows] == [("onderdrukt", None, None)]
    facts = json.loads((hidden.pad / history.UITGAVE).read_text(encoding="utf-8"))
    assert set(facts) == {"profiel", "release", "basis", "los"}
