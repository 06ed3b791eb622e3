"""What protecting promises of every table, held against the true counts; the audit judges what is left to work out."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines.disclosure import audit_pools, audit_settle, audit_shared
from pipelines.disclosure.audit import audit, audit_spec
from pipelines.disclosure.audit_readers import own_counts, with_own_counts
from pipelines.disclosure.audit_report import AuditReport
from pipelines.disclosure.audit_shared import Gedeeld
from pipelines.disclosure.format import BESTAND, read
from pipelines.disclosure.jaar import Bescherming
from pipelines.disclosure.loss import information_loss
from pipelines.disclosure.protect import protect
from pipelines.disclosure.publish import STATUS
from pipelines.disclosure.secure import Veilig, declaration, secure
from pipelines.keys import Key, read_key
from tests.integration.publication_installatie import rounding_key, specs, true_tables
from tests.integration.publication_region import region

DREMPELS = {"oogo": 5, "openbaar": 10}
SMALL = {"persons": 900, "schools": 22, "besturen": 4, "gemeenten": 5, "schooljaren": ("2024-2025",)}
OVERIGE = "overige vestigingen"
Tables = dict[str, pa.Table]


@dataclass
class Geval:
    """One made-up region: its true tables, and what came of them under the audit."""

    specs: list
    waar: Tables
    sleutel: Key
    veilig: Veilig
    mappen: Mapping[str, Path]

    def rows(self, tabel: str, profiel: str = "oogo") -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """(true row, published row) of every row that both have: of schools put together there is no true row."""
        [spec] = [one for one in self.specs if one.tabel == tabel]
        true = {tuple(row[d] for d in spec.dimensies): row for row in self.waar[tabel].to_pylist()}
        seen = self.veilig.bescherming[profiel].tables[tabel].to_pylist()
        at = [tuple(row[d] for d in spec.dimensies) for row in seen]
        assert len(set(at)) == len(at)
        found = [(true[key], row) for key, row in zip(at, seen, strict=True) if key in true]
        assert found
        return found

    def figures(self, profiel: str):
        """(spec, figuur, status, shown, true row) of every figure that is published."""
        for spec in self.veilig.bescherming[profiel].specs:
            for figuur in spec.figuren:
                name = f"{figuur.kolom}_status" if len(spec.figuren) > 1 else "status"
                for true, row in self.rows(spec.tabel, profiel):
                    yield spec, figuur, row[name], row[figuur.kolom], true


def written(folder: Path, made: Mapping[str, Bescherming], tables: Mapping[str, Tables] | None = None):
    """A draft: the files of each profiel with their declaration."""
    found = {}
    for profiel, one in made.items():
        found[profiel] = folder / profiel
        (folder / profiel / "parquet").mkdir(parents=True, exist_ok=True)
        shown = one if tables is None else replace(one, tables=tables[profiel])
        for spec in one.specs:
            pq.write_table(shown.tables[spec.tabel], folder / profiel / "parquet" / f"{spec.tabel}.parquet")
        declaration(shown, "r1").write(folder / profiel / BESTAND)
    return found


def made_up(folder: Path) -> tuple[list, Tables, Key]:
    """What is declared, the true tables of a small region, and the key to round with."""
    declared = specs(folder / "marts")
    return declared, true_tables(region(1, **SMALL), declared), read_key(rounding_key(folder))


@pytest.fixture(scope="module")
def geval(tmp_path_factory: pytest.TempPathFactory) -> Geval:
    folder = tmp_path_factory.mktemp("bescherming")
    declared, truth, key = made_up(folder)
    drafts = lambda made, _los: written(folder, made)  # noqa: E731
    veilig = secure(truth, declared, DREMPELS, key, drafts, bronhouders=True)
    return Geval(declared, truth, key, veilig, {profiel: folder / profiel for profiel in DREMPELS})


def test_the_audit_certifies_every_profiel(geval: Geval) -> None:
    assert {profiel: report.verdict for profiel, report in geval.veilig.oordeel.items()} == {
        "oogo": "certified",
        "openbaar": "certified",
    }
    for profiel, report in geval.veilig.oordeel.items():
        assert report.hidden > 100
        assert report.targets >= report.hidden
        hashed = {name for name in report.files if name.endswith(".parquet")}
        assert hashed, profiel
        assert not audit(geval.mappen[profiel]).reasons


def test_the_audit_finds_what_hiding_the_small_counts_alone_leaves(geval: Geval, tmp_path: Path) -> None:
    """The test above can fail."""
    naive = {}
    for profiel, one in geval.veilig.bescherming.items():
        drempel, naive[profiel] = DREMPELS[profiel], dict(one.tables)
        for spec in one.specs:
            if spec.tabel != "ondersteuning_per_gebied":
                continue
            hide, value = [], []
            for true, row in geval.rows(spec.tabel, profiel):
                small = 0 < true["leerlingen"] < drempel and row["status"] != "niet_te_bepalen"
                hide.append(small)
                value.append(None if small or row["status"] == "niet_te_bepalen" else true["leerlingen"])
            table = one.tables[spec.tabel]
            keep = [
                "onderdrukt" if h else s if s == "niet_te_bepalen" else "getoond"
                for h, s in zip(hide, table["status"].to_pylist(), strict=True)
            ]
            for name, column in (
                ("leerlingen", pa.array(value, pa.int64())),
                ("status", pa.array(keep)),
                ("onderdrukt", pa.array(hide)),
            ):
                table = table.set_column(table.column_names.index(name), name, column)
            naive[profiel][spec.tabel] = table
    folders = written(tmp_path, geval.veilig.bescherming, naive)
    report = audit(folders["oogo"])
    assert not report.certified
    assert report.reasons["exact"] > 0


@pytest.fixture(scope="module")
def once(geval: Geval, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The draft of a single turn, before the audit told for whom what is too narrow."""
    folder = tmp_path_factory.mktemp("een_ronde")
    written(folder, protect(geval.waar, geval.specs, DREMPELS, geval.sleutel))
    return folder / "oogo"


def judged_for_bronhouders(folder: Path, geval: Geval) -> AuditReport:
    declared = with_own_counts(read(folder))
    known = own_counts(declared, geval.waar["grijs_gebied_school_gemeente"])
    assert len(known) == 1 + SMALL["besturen"]
    return audit_spec(declared, folder, known=known, weakest=True)


def test_what_is_in_order_for_everyone_is_put_in_order_for_every_bronhouder(geval: Geval, once: Path) -> None:
    assert geval.veilig.oordeel["oogo"].readers == 2 + SMALL["besturen"]
    assert not judged_for_bronhouders(geval.mappen["oogo"], geval).reasons
    assert {one.lezer for one in judged_for_bronhouders(once, geval).weakest if one.lezer}


def test_a_bronhouder_is_judged_the_same_together_with_others_as_alone(
    geval: Geval, once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def weak() -> set[tuple]:
        report = judged_for_bronhouders(once, geval)
        return {(one.lezer, tuple(one.members.items()), one.low, one.high) for one in report.weakest}

    # what follows from its own files and what all know is spared together; alone it is not seen
    monkeypatch.setattr(Gedeeld, "room", lambda _self, _reader, need, targets: need[targets])
    together = weak()
    begin = Gedeeld.__init__

    def without(self: Gedeeld, *args) -> None:
        begin(self, *args)
        self.found = False

    monkeypatch.setattr(Gedeeld, "__init__", without)
    assert weak() == together
    assert together


def test_a_bronhouder_is_judged_the_same_by_areas(
    geval: Geval, once: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def weak() -> set[tuple]:
        return {
            (one.lezer, tuple(one.members.items())) for one in judged_for_bronhouders(once, geval).weakest
        }

    whole = weak()
    monkeypatch.setattr(audit_settle, "WIDE_PART", 60)
    monkeypatch.setattr(audit_shared, "WIDE_PART", 60)
    monkeypatch.setattr(audit_pools, "SIZE", 200)
    assert weak() == whole
    assert any(lezer for lezer, _ in whole)


def test_a_count_is_enclosed_by_the_figures_that_the_audit_names(
    geval: Geval, once: Path, tmp_path: Path
) -> None:
    """Hidden in the files, they enclose it no longer; the rest of the school table stays as it is."""
    file = "parquet/ondersteuning_per_school.parquet"
    table = pq.read_table(once / file)
    rows = table.to_pylist()

    def at(members: Mapping[str, str]) -> int | None:
        place = members.get("vestiging"), members.get("categorie", "TOTAAL")
        found = [i for i, row in enumerate(rows) if (row["plaats"], row["categorie"]) == place]
        return found[0] if set(members) <= {"vestiging", "categorie"} and len(found) == 1 else None

    weak = [one for one in judged_for_bronhouders(once, geval).weakest if one.door]
    weak = [one for one in weak if all(at(members) is not None for _, members in one.door)]
    assert weak
    one = weak[0]
    hide = {at(members) for _, members in one.door}
    copy = tmp_path / "oogo"
    shutil.copytree(once, copy)
    hidden = [i in hide or row["onderdrukt"] for i, row in enumerate(rows)]
    shown = [None if i in hide else row["leerlingen"] for i, row in enumerate(rows)]
    for name, column in (("onderdrukt", pa.array(hidden)), ("leerlingen", pa.array(shown, pa.int64()))):
        table = table.set_column(table.column_names.index(name), name, column)
    pq.write_table(table, copy / file)
    after = judged_for_bronhouders(copy, geval).weakest
    same = [w for w in after if (w.lezer, w.members) == (one.lezer, one.members)]
    assert all(w.high is None or w.high - w.low > one.high - one.low for w in same)


def test_an_exact_sum_that_leaves_few_for_the_other_besturen_is_hidden(geval: Geval) -> None:
    """Of no swv or gemeente is the count of a categorie shown that leaves 1 to 4 once a bestuur takes off its own."""
    own: Counter = Counter()
    for row in geval.waar["grijs_gebied_school_gemeente"].to_pylist():
        own[row["swv"], row["bestuur"], row["categorie"]] += row["leerlingen"]
    shown = left = 0
    for true, row in geval.rows("ondersteuning_per_gebied"):
        if row["gebied_soort"] != "swv" or row["categorie"] not in ("grijs_gebied", "niet_te_bepalen"):
            continue
        parts = [n for (swv, _, c), n in own.items() if (swv, c) == (row["gebied"], row["categorie"])]
        few = len(parts) > 1 and any(true["leerlingen"] - n < 5 for n in parts) and true["leerlingen"] > 0
        left += few
        if row["status"] == "getoond":
            shown += 1
            assert not few
    assert left


@pytest.mark.parametrize("profiel", DREMPELS)
def test_every_small_count_is_hidden_and_what_is_shown_is_true(geval: Geval, profiel: str) -> None:
    drempel, seen = DREMPELS[profiel], dict.fromkeys(STATUS, 0)
    for spec, figuur, status, shown, true in geval.figures(profiel):
        value = true[figuur.kolom]
        seen[status] += 1
        if status == "getoond":
            assert shown == value
            if figuur.soort != "kwantiel" and value:
                assert true[figuur.achter] >= drempel, (spec.tabel, figuur.kolom)
        elif status == "afgerond":
            assert (spec.methode, profiel) == ("afronden", "oogo")
            assert shown % drempel == 0
            assert abs(shown - value) < drempel
        else:
            assert shown is None
    expected = set(STATUS) if profiel == "oogo" else set(STATUS) - {"afgerond"}
    assert {status for status, many in seen.items() if many} == expected


def test_zeros_that_nobody_needs_hidden_are_shown(geval: Geval) -> None:
    rows = geval.rows("verantwoordelijkheid")
    zeros = [row["status"] for true, row in rows if true["arrangementen"] == 0]
    assert zeros.count("getoond") > 10
    assert set(zeros) <= {"getoond", "onderdrukt"}


@pytest.mark.parametrize("profiel", DREMPELS)
def test_no_column_with_true_counts_is_published(geval: Geval, profiel: str) -> None:
    helpers = {"te_bepalen", "leerlingen_achter", "wachtend_leerlingen_achter"}
    helpers |= {"onder_mediaan", "boven_mediaan", "onder_p90", "boven_p90"}
    one = geval.veilig.bescherming[profiel]
    assert set(one.tables) == {spec.tabel for spec in one.specs if profiel in spec.profielen}
    for spec in one.specs:
        if spec.figuren:
            columns = set(one.tables[spec.tabel].column_names)
            declared = {*spec.dimensies, *spec.kenmerken, *(figuur.kolom for figuur in spec.figuren)}
            assert not columns & helpers
            extra = {name for name in columns - declared if not name.endswith(("status", "onderdrukt"))}
            assert extra == ({"plaats"} if spec.tabel == "ondersteuning_per_school" else set())
            assert {"status", "onderdrukt"} <= columns


def test_arrangementen_are_hidden_on_the_pupils_behind_them(geval: Geval) -> None:
    many = [
        row["status"]
        for name in ("organisatie", "verantwoordelijkheid")
        for true, row in geval.rows(name)
        if true["arrangementen"] >= 5 and true["leerlingen_achter"] < 5
    ]
    assert many
    assert set(many) == {"onderdrukt"}


def test_a_quantile_needs_its_count_and_persons_on_either_side(geval: Geval) -> None:
    rows = geval.rows("wachttijden")
    for true, row in rows:
        for name, sides in (
            ("mediaan_dagen", ("onder_mediaan", "boven_mediaan")),
            ("p90_dagen", ("onder_p90", "boven_p90")),
        ):
            if row[name] is not None:
                assert row["aantal_status"] == "getoond"
                assert true["aantal"] >= 10
                assert min(true[side] for side in sides) >= 5
    assert any(row["mediaan_dagen"] is not None for _, row in rows)
    assert any(
        row["mediaan_dagen_status"] == "onderdrukt" and row["aantal_status"] == "getoond" for _, row in rows
    )


def test_a_figure_that_a_row_does_not_have_is_empty_and_neither_hidden_nor_open(geval: Geval) -> None:
    rows = [row for true, row in geval.rows("wachttijden") if true["wachtend"] is None]
    assert {row["wachtend_status"] for row in rows} == {"getoond"}
    assert any(row["aantal_status"] == "niet_te_bepalen" for row in rows)


def test_what_a_missing_delivery_leaves_open_is_not_zero_and_not_hidden(geval: Geval) -> None:
    status = {
        row["categorie"]: (row["status"], row["leerlingen"])
        for _, row in geval.rows("ondersteuning_per_gebied")
        if (row["gebied_soort"], row["gebied"]) == ("woongemeente", "0327")
    }
    open_ = ("samenloop", "alleen_onderwijs", "alleen_jeugdhulp", "in_aanvraag")
    assert {status[name] for name in open_} == {("niet_te_bepalen", None)}
    assert status["TOTAAL"][0] in ("getoond", "onderdrukt")
    [link] = [row for _, row in geval.rows("koppelgraad") if row["gemeente"] == "0327"]
    assert (link["gekoppeld"], link["gekoppeld_status"], link["status"]) == (
        None,
        "niet_te_bepalen",
        "niet_te_bepalen",
    )
    assert link["leerlingen_onderwijs_status"] != "niet_te_bepalen"


@pytest.mark.parametrize("tabel", ["wachttijden", "koppelgraad", "overlegpartners"])
def test_the_row_has_the_gravest_status_of_its_figures(geval: Geval, tabel: str) -> None:
    [spec] = [one for one in geval.specs if one.tabel == tabel]
    for _, row in geval.rows(tabel):
        figures = [row[f"{figuur.kolom}_status"] for figuur in spec.figuren]
        assert row["status"] == max(figures, key=STATUS.index)
        assert row["onderdrukt"] == (row["status"] == "onderdrukt")
        for figuur in spec.figuren:
            assert row[f"{figuur.kolom}_onderdrukt"] == (row[f"{figuur.kolom}_status"] == "onderdrukt")


def test_small_vestigingen_appear_only_together_within_their_bestuur(geval: Geval) -> None:
    truth = [
        row for row in geval.waar["ondersteuning_per_school"].to_pylist() if row["categorie"] == "TOTAAL"
    ]
    alone = {
        row["vestigingscode"]
        for row in truth
        if row["vestigingscode"] not in ("TOTAAL", "onbekend") and row["leerlingen"] < 10
    }
    assert alone
    made = geval.veilig.bescherming["oogo"].tables
    for name in ("ondersteuning_per_school", "jeugdhulppartners_per_school"):
        assert not alone & set(made[name]["vestigingscode"].to_pylist())
    parties = made["overlegpartners"]
    assert not alone & set(parties.filter(pc.equal(parties["partij_soort"], "school"))["partij"].to_pylist())
    shown = made["ondersteuning_per_school"].to_pylist()
    listed = {row["vestigingscode"] for row in shown}
    seen = 0
    for row in shown:
        if row["vestigingscode"] != OVERIGE or row["leerlingen"] is None:
            continue
        parts = [
            one["leerlingen"]
            for one in geval.waar["ondersteuning_per_school"].to_pylist()
            if (one["swv"], one["bestuur"], one["categorie"])
            == (row["swv"], row["bestuur"], row["categorie"])
            and one["vestigingscode"] not in listed
        ]
        assert len(parts) > 1
        assert abs(row["leerlingen"] - sum(parts)) < 5
        seen += 1
    assert seen


def test_openbaar_hides_at_least_what_oogo_hides(geval: Geval) -> None:
    """Whoever has both sees no more than a reader of oogo: what openbaar shows, oogo shows."""
    for spec in geval.veilig.bescherming["openbaar"].specs:
        for figuur in spec.figuren:
            if figuur.soort != "aantal":
                continue
            name = f"{figuur.kolom}_status" if len(spec.figuren) > 1 else "status"
            oogo = {tuple(row[d] for d in spec.dimensies): row for _, row in geval.rows(spec.tabel)}
            for _, row in geval.rows(spec.tabel, "openbaar"):
                if row[name] == "getoond":
                    assert oogo[tuple(row[d] for d in spec.dimensies)][name] == "getoond", spec.tabel


def test_the_same_tables_are_protected_the_same_way_and_another_key_rounds_otherwise(
    geval: Geval, tmp_path: Path
) -> None:
    first = protect(geval.waar, geval.specs, DREMPELS, geval.sleutel)
    second = protect(geval.waar, geval.specs, DREMPELS, geval.sleutel)
    for profiel, one in first.items():
        assert all(table.equals(second[profiel].tables[name]) for name, table in one.tables.items())
    another = tmp_path / "sleutel"
    another.write_text("a7" * 32 + "\n", encoding="ascii")
    another.chmod(0o600)
    other = protect(geval.waar, geval.specs, DREMPELS, read_key(another))
    school = "ondersteuning_per_school"
    assert not other["oogo"].tables[school].equals(first["oogo"].tables[school])
    assert other["openbaar"].tables[school].equals(first["openbaar"].tables[school])


def test_what_no_way_was_found_for_is_told(geval: Geval, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.disclosure import suppress as suppress_module

    real = suppress_module.suppress

    def unsafe(problem: Any) -> Any:
        pattern = real(problem)
        pattern.unsafe[:1] = True
        return pattern

    sure = protect(geval.waar, geval.specs, DREMPELS, geval.sleutel)
    monkeypatch.setattr(suppress_module, "suppress", unsafe)
    made = protect(geval.waar, geval.specs, DREMPELS, geval.sleutel)
    for profiel in DREMPELS:
        told = sum(len(one.unsafe[profiel]) for one in made[profiel].jaren.values())
        assert told > sum(len(one.unsafe[profiel]) for one in sure[profiel].jaren.values())


def test_an_unknown_kind_of_figure_is_an_error(geval: Geval) -> None:
    [link] = [spec for spec in geval.specs if spec.tabel == "koppelgraad"]
    strange = replace(link, figuren=(replace(link.figuren[0], soort="som"), link.figuren[1]))
    others = [spec for spec in geval.specs if spec is not link]
    with pytest.raises(ValueError, match="figure"):
        protect(geval.waar, [*others, strange], DREMPELS, geval.sleutel)


# What it costs


def test_the_totals_of_the_loss_add_up(geval: Geval) -> None:
    for profiel, one in geval.veilig.bescherming.items():
        loss = information_loss(one)
        assert set(loss) <= {spec.tabel for spec in one.specs}
        assert {"ondersteuning_per_gebied", "ondersteuning_per_school", "wachttijden"} <= set(loss)
        for tabel, told in loss.items():
            parts = [told[name] for name in ("getoond", "verborgen", "afgerond")]
            assert told["cellen"] == sum(parts) > 0, (profiel, tabel)
            assert told["zegt_iets"] == pytest.approx(
                (told["getoond"] + told["afgerond"]) / told["cellen"], abs=1e-4
            )
            if told["primair"] is not None:
                assert told["primair"] + told["aanvullend"] == told["verborgen"]
            if told["aandeel_verborgen"] is not None:
                assert 0 <= told["aandeel_verborgen"] <= 1
                assert (told["aandeel_verborgen"] > 0) == (told["verborgen"] > 0)
            if told["afwijking"] is not None:
                assert told["afwijking"] < DREMPELS[profiel]
    assert information_loss(geval.veilig.bescherming["oogo"])["ondersteuning_per_school"]["afgerond"] > 20


def test_the_loss_counts_what_a_reader_can_count(geval: Geval) -> None:
    """In a table of one figure without names for the same cell, the rows tell the same totals."""
    told = information_loss(geval.veilig.bescherming["oogo"])["organisatie"]
    rows = geval.rows("organisatie")
    shown = sum(row["status"] == "getoond" for _, row in rows)
    hidden = sum(row["status"] == "onderdrukt" for _, row in rows)
    assert told["getoond"] <= shown
    assert 0 < told["verborgen"] <= hidden
    assert told["primair"] <= sum(0 < true["leerlingen_achter"] < 5 for true, _ in rows)
