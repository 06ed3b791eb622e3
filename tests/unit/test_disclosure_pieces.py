"""Large problems piece by piece, and populations taken over from an earlier draft: the outcome is held to the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from scipy import sparse

from pipelines.disclosure import audit_pools, audit_settle, audit_solve, pools, suppress
from pipelines.disclosure.audit import Oordelen, audit_spec
from pipelines.disclosure.audit_report import AuditReport
from pipelines.disclosure.format import read
from pipelines.disclosure.jaar import Bescherming
from pipelines.disclosure.kaart import Kaart
from pipelines.disclosure.protect import protect
from pipelines.disclosure.publish import GETOOND, ONDERDRUKT, STATUS
from pipelines.disclosure.secure import secure
from pipelines.keys import Key
from tests.unit.test_disclosure_protect import DREMPELS, made_up, written

TABEL = "ondersteuning_per_gebied"


@dataclass
class Eerste:
    """A made-up region after one turn: hidden and rounded, not yet put in order by what the audit finds."""

    specs: list
    waar: Mapping[str, pa.Table]
    sleutel: Key
    gemaakt: Mapping[str, Bescherming]
    map: Path


@pytest.fixture(scope="module")
def eerste(tmp_path_factory: pytest.TempPathFactory) -> Eerste:
    folder = tmp_path_factory.mktemp("eerste")
    declared, truth, key = made_up(folder)
    made = protect(truth, declared, DREMPELS, key)
    return Eerste(declared, truth, key, made, written(folder, made)["oogo"])


def judged(folder: Path, eerder: Oordelen | None = None) -> AuditReport:
    return audit_spec(read(folder), folder, weakest=True, eerder=eerder)


def weak(report: AuditReport) -> set[tuple]:
    return {(str(one.context), str(one.members), one.reden) for one in report.weakest}


def test_cells_are_in_the_pool_where_most_of_their_places_lie() -> None:
    kaart = Kaart(
        {"0001": "A", "0002": "A", "0003": "B"},
        {"00AA00": ("PO1", "1", "0001"), "00BB00": ("PO1", "2", "0002"), "00CC00": ("PO1", "2", "0003")}
        | {"00DD00": ("PO2", "2", "0003")},
    )
    keys = [
        ((("populatie", "leerling"),), members)
        for members in (
            (("woongemeente", "0002"),),
            (("woongemeente", "0003"),),
            (("categorie", "samenloop"), ("woongemeente", kaart.naam("woongemeente", "jeugdregio A"))),
            (("vestiging", kaart.naam("vestiging", "swv PO1")),),
            (("vestiging", kaart.naam("vestiging", "schoolgemeente 0003")),),
            (("categorie", "samenloop"),),
        )
    ]
    a, b, region_a, swv, gemeente, nowhere = pools.pools(kaart, keys)
    assert a == region_a == swv
    assert b == gemeente != a
    assert nowhere == pools.NOWHERE


def test_pools_are_searched_alone_and_then_with_the_one_they_share_most_with() -> None:
    pool = np.array([0, 0, 1, 1, 2, 2, pools.NOWHERE])
    rows = sparse.csr_matrix(
        [
            [1, 0, 1, 0, 1, 0, -1],  # a sum over all
            [0, 1, 0, 0, 1, 0, 0],  # 0 and 2 have one more in common
        ]
    )
    found = [at.tolist() for at in pools.pieces(pool, rows)]
    assert found == [[0, 1], [2, 3], [4, 5], [0, 1, 4, 5, 6], [2, 3, 6]]


def test_what_pools_hide_is_safe_and_the_audit_certifies_it(
    eerste: Eerste, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched = []
    inner = suppress.pieces

    def counted(pool: np.ndarray, rows: sparse.csr_matrix):
        for at in inner(pool, rows):
            searched.append(len(at))
            yield at

    monkeypatch.setattr(suppress, "LARGE", 0)
    monkeypatch.setattr(suppress, "pieces", counted)
    drafts = lambda made, _los: written(tmp_path, made)  # noqa: E731
    safe = secure(eerste.waar, eerste.specs, DREMPELS, eerste.sleutel, drafts)
    assert len(searched) > len(DREMPELS)
    assert safe.certified
    assert safe.rondes == 1  # no second turn that puts right what a pool took for safe


def test_piece_by_piece_the_audit_finds_the_same(
    eerste: Eerste, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = changed(eerste, tmp_path, shown_again)
    whole = judged(folder)
    assert whole.reasons
    widened = []
    inner = audit_settle.widen_pieces

    def counted(part, area, open_targets, need) -> None:
        before = len(open_targets())
        inner(part, area, open_targets, need)
        widened.append((before, len(open_targets())))

    monkeypatch.setattr(audit_settle, "WIDE_PART", 60)
    monkeypatch.setattr(audit_pools, "SIZE", 200)
    monkeypatch.setattr(audit_settle, "widen_pieces", counted)
    pieces = judged(folder)
    assert sum(before - after for before, after in widened) > 0.5 * sum(before for before, _ in widened)
    assert weak(pieces) == weak(whole)
    assert pieces.targets == whole.targets


def test_what_was_found_about_a_draft_saves_work_on_the_next_and_changes_no_verdict(
    eerste: Eerste, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = changed(eerste, tmp_path, hidden_too)
    ran = []
    inner = audit_solve.Part.run
    monkeypatch.setattr(audit_solve.Part, "run", lambda self, *args: (ran.append(1), inner(self, *args))[1])

    def second() -> tuple[AuditReport, int]:
        eerder = Oordelen()
        judged(eerste.map, eerder)
        ran.clear()
        return judged(folder, eerder), len(ran)

    again, few = second()
    monkeypatch.setattr(Oordelen, "populations", lambda *_: None)
    fresh, many = second()
    assert weak(fresh) == weak(again)
    assert again.targets == fresh.targets
    assert few < 0.5 * many


def test_a_population_that_no_longer_fits_proves_nothing(eerste: Eerste, tmp_path: Path) -> None:
    """Draft A hides more than draft B: what fitted A may not count as proof for B."""
    eerder = Oordelen()
    before = judged(eerste.map, eerder)
    folder = changed(eerste, tmp_path, shown_again)
    fresh = judged(folder)
    assert fresh.reasons["exact"] > before.reasons["exact"]
    assert weak(judged(folder, eerder)) == weak(fresh)


def shown_again(row: dict, count: int | None) -> None:
    """What was hidden for the sake of others."""
    if row["status"] == STATUS[ONDERDRUKT] and count is not None and count >= DREMPELS["oogo"]:
        row |= {"leerlingen": count, "status": STATUS[GETOOND], "onderdrukt": False}


def hidden_too(row: dict, _count: int | None) -> None:
    """Some of what is shown."""
    if row["status"] == STATUS[GETOOND] and row["categorie"] == "samenloop" and row["leerlingen"]:
        row |= {"leerlingen": None, "status": STATUS[ONDERDRUKT], "onderdrukt": True}


def changed(eerste: Eerste, folder: Path, change: Callable[[dict, int | None], None]) -> Path:
    """The draft with another status for some of its exact figures."""
    spec = next(one for one in eerste.specs if one.tabel == TABEL)
    true = {
        tuple(row[d] for d in spec.dimensies): row["leerlingen"] for row in eerste.waar[TABEL].to_pylist()
    }
    shown = {profiel: dict(one.tables) for profiel, one in eerste.gemaakt.items()}
    rows = shown["oogo"][TABEL].to_pylist()
    for row in rows:
        change(row, true.get(tuple(row[d] for d in spec.dimensies)))
    shown["oogo"][TABEL] = pa.Table.from_pylist(rows, shown["oogo"][TABEL].schema)
    return written(folder, eerste.gemaakt, shown)["oogo"]
