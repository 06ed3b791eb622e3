"""What a bronhouder counts itself, as the audit takes it: two schools of one besturen each under a shown total."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.disclosure.audit import audit_spec
from pipelines.disclosure.audit_readers import GEMEENTEN, own_counts, with_own_counts
from pipelines.disclosure.audit_shared import Gedeeld
from pipelines.disclosure.format import BESTAND, Ongelijkheid, Onthulling, Tabel, Term, read

JAAR = "2024-2025"
SCHOOL = f"vestiging@{JAAR}"
PARENTS = {
    "s1": ["PO1/b1", "g1"],
    "s2": ["PO1/b2", "g1"],
    "s3": ["PO1/b3", "g1"],
    **{f"PO1/b{i}": ["PO1", f"b{i}"] for i in (1, 2, 3)},
}
TRUTH = {"s1": {"grijs_gebied": 20, "samenloop": 30}, "s2": {"grijs_gebied": 2, "samenloop": 31}}
TRUTH["s3"] = {"grijs_gebied": 1, "samenloop": 33}


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """The swv's grijs gebied is shown (23), that of its schools is hidden."""
    rows = [
        {
            "plaats": school,
            "categorie": code,
            "n": n if code == "samenloop" else None,
            "weg": code != "samenloop",
        }
        for school, counts in TRUTH.items()
        for code, n in counts.items()
    ]
    rows += [{"plaats": "PO1", "categorie": "grijs_gebied", "n": 23, "weg": False}]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "t.parquet")
    Onthulling(
        k=5,
        width=4,
        total="TOTAAL",
        hierarchies={SCHOOL: PARENTS, "categorie": {"samenloop": "overig"}},
        tables=[
            Tabel(
                file="t.parquet",
                dims={SCHOOL: "plaats", "categorie": "categorie"},
                value="n",
                suppressed="weg",
                release="r1",
                context={"populatie": "leerling", "schooljaar": JAAR},
            )
        ],
    ).write(tmp_path / BESTAND)
    return tmp_path


def crossing() -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"schooljaar": JAAR, "vestigingscode": s, "gemeente": "g1", "categorie": c, "leerlingen": n}
            for s, counts in TRUTH.items()
            for c, n in counts.items()
        ]
    )


def test_a_bestuur_that_takes_its_own_pupils_off_a_total_is_found(release: Path) -> None:
    declared = with_own_counts(read(release))
    assert audit_spec(declared, release).certified
    known = own_counts(declared, crossing())
    report = audit_spec(declared, release, known={"bestuur b1": known["bestuur b1"]}, weakest=True)
    assert {(one.members[SCHOOL.split("@")[0]], one.low, one.high) for one in report.weakest} == {
        ("s2", 0, 3),
        ("s3", 0, 3),
    }
    assert {one.lezer for one in report.weakest} == {"bestuur b1"}


def test_a_bestuur_with_few_pupils_learns_nothing_of_the_others_and_its_own_are_no_finding(
    release: Path,
) -> None:
    declared = with_own_counts(read(release))
    known = own_counts(declared, crossing())
    assert audit_spec(declared, release, known={"bestuur b3": known["bestuur b3"]}).certified


def test_a_bestuur_counts_who_has_onderwijs_and_not_who_of_them_has_jeugdhulp(release: Path) -> None:
    facts = own_counts(with_own_counts(read(release)), crossing())
    counted = {f.dims.get("categorie"): f.low for f in facts["bestuur b2"] if f.dims[SCHOOL] == "s2"}
    assert (counted["met onderwijs"], counted["grijs_gebied"]) == (31, 2)
    assert not {"samenloop", "alleen_onderwijs", "alleen_jeugdhulp"} & counted.keys()
    assert GEMEENTEN not in facts  # no table names a woongemeente here


def test_of_a_schooljaar_that_the_warehouse_has_no_more_nothing_is_known(release: Path) -> None:
    """Its figures carry over from an earlier release, where they were judged; that nobody is counted is no count."""
    other = crossing().set_column(0, "schooljaar", pa.array(["2023-2024"] * crossing().num_rows))
    assert not own_counts(with_own_counts(read(release)), other)


def test_what_own_files_leave_narrow_need_not_be_wider(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only who is in the grijze gebied has the reason, and b3 counts one pupil there: 0 to 1 is no finding for b3."""
    leerling = {"populatie": "leerling", "schooljaar": JAAR}
    reason = leerling | {"reden": "afgewezen_andere_wet"}
    rows = [{"plaats": s, "n": None, "weg": True} for s in TRUTH]
    pq.write_table(
        pa.Table.from_pylist(rows, pa.schema({"plaats": "string", "n": "int64", "weg": "bool"})),
        tmp_path / "r.parquet",
    )
    one = read(release)
    table = one.tables[0].model_copy(
        update={"file": "r.parquet", "dims": {SCHOOL: "plaats"}, "context": reason}
    )
    terms = [Term(context=reason), Term(coefficient=-1, context=leerling, dims={"categorie": "grijs_gebied"})]
    both = one.model_copy(
        update={"tables": [*one.tables, table], "inequalities": [Ongelijkheid(over=[SCHOOL], terms=terms)]}
    )
    declared = with_own_counts(both)
    known = own_counts(declared, crossing())
    assert audit_spec(declared, release).certified
    assert audit_spec(declared, release, known={"bestuur b3": known["bestuur b3"]}).certified
    monkeypatch.setattr(Gedeeld, "room", lambda _self, _reader, need, targets: need[targets])
    report = audit_spec(declared, release, known={"bestuur b3": known["bestuur b3"]}, weakest=True)
    assert [(w.context["reden"], w.members["vestiging"], w.high) for w in report.weakest] == [
        ("afgewezen_andere_wet", "s3", 1)
    ]
