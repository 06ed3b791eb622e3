"""The life of a delivery after it came in: every state, every allowed move, and nothing that survives its
end.
"""

from __future__ import annotations

import itertools
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import Gebruiksfout
from pipelines.intake import active_leveringen, lifecycle, minimise, states, take_in
from pipelines.intake.store import leveringen_dir, stored
from pipelines.orchestration import stages
from pipelines.publication import evidence
from pipelines.settings import Settings
from tests.support.intake_region import (
    deliver,
    inschrijving_row,
    jeugdhulp_row,
    opp_row,
    region,
    write_csv,
    write_manifest,
)

TODAY = date(2025, 12, 1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return region(tmp_path)


@pytest.fixture
def strict(tmp_path: Path) -> Settings:
    return region(tmp_path, demo=False)


def states_of(settings: Settings) -> dict[str, str]:
    return {stand.levering_id or stand.bestand: stand.toestand for stand in lifecycle.overview(settings)}


def test_the_table_allows_what_it_lists_and_nothing_else() -> None:
    listed = {(move.van, move.naar) for move in states.OVERGANGEN}
    for van, naar in itertools.product(states.TOESTANDEN, repeat=2):
        assert states.can_move(van, naar) == ((van, naar) in listed)
        if (van, naar) not in listed:
            with pytest.raises(ValueError, match="does not go"):
                states.check_move(van, naar)
    assert {"ingetrokken", "verlopen"} == states.EINDE


def test_the_diagram_draws_every_move_of_the_table() -> None:
    drawn = states.mermaid()
    assert drawn.startswith("stateDiagram-v2\n    [*] --> ontvangen\n")
    for move in states.OVERGANGEN:
        assert f"    {move.van} --> {move.naar}: {move.door}\n" in drawn
    assert drawn.count("-->") == len(states.OVERGANGEN) + 1 + len(states.EINDE)


def test_each_delivery_stands_where_its_history_put_it(settings: Settings) -> None:
    deliver(settings, leverdatum="20251003")
    deliver(settings, leverdatum="20251101")
    deliver(settings, [jeugdhulp_row(1, op_school="soms")], "jeugdhulp")
    take_in(settings, vandaag=TODAY)
    assert sorted(states_of(settings).values()) == ["aangenomen", "geweigerd", "vervangen"]


def test_withdrawing_the_newest_lets_the_one_before_it_count_again(settings: Settings) -> None:
    deliver(settings, leverdatum="20251003")
    newer = deliver(settings, [opp_row(9)], leverdatum="20251101")
    take_in(settings, vandaag=TODAY)
    gone = lifecycle.withdraw(settings, newer.name, door="A. de Beheerder", vandaag=TODAY)
    assert [levering.leverdatum for levering in active_leveringen(settings)] == [date(2025, 10, 3)]
    assert states_of(settings)[gone.levering_id] == "ingetrokken"
    assert not gone.pad.parent.exists()
    assert take_in(settings, vandaag=TODAY).aangenomen == []


def test_a_withdrawn_delivery_may_be_delivered_again_corrected(settings: Settings) -> None:
    path = deliver(settings)
    take_in(settings)
    lifecycle.withdraw(settings, path.name, door="beheer", vandaag=TODAY)
    write_csv(path, [opp_row(5)])
    assert len(take_in(settings).aangenomen) == 1


@pytest.mark.parametrize(("welke", "door"), [("opp_41208", "beheer"), ("", "beheer"), ("../..", "beheer")])
def test_withdrawing_what_is_not_there_is_wrong_use(settings: Settings, welke: str, door: str) -> None:
    deliver(settings)
    take_in(settings)
    with pytest.raises(Gebruiksfout):
        lifecycle.withdraw(settings, welke, door=door, vandaag=TODAY)
    assert len(active_leveringen(settings)) == 1


def test_a_candidate_that_counts_a_withdrawn_delivery_loses_its_evidence(settings: Settings) -> None:
    path = deliver(settings)
    deliver(settings, contract="jeugdhulp")
    take_in(settings)
    judged = evidence.leveringen_fingerprint(active_leveringen(settings))
    check = {"naam": "a", "tabel": "a", "geslaagd": True, "ernst": "fout", "aantal_afwijkend": 0, "noemer": 1}
    evidence.record(settings, evidence.LEVERING, vingerafdruk=judged, controles=[check])
    needed = evidence.Vereist(evidence.LEVERING, judged, {})
    assert evidence.standing(settings, needed, None, "")
    stages.withdraw(settings, path.name, door="An Analist", vandaag=TODAY)
    assert evidence.standing(settings, needed, None, "") is None


def test_withdrawing_needs_a_name(settings: Settings) -> None:
    path = deliver(settings)
    take_in(settings)
    with pytest.raises(Gebruiksfout, match="naam"):
        lifecycle.withdraw(settings, path.name, door=" ", vandaag=TODAY)


def test_a_kill_after_the_tombstone_still_ends_the_delivery(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = deliver(settings)
    take_in(settings)
    monkeypatch.setattr(lifecycle, "_remove_rows", lambda *args: None)
    gone = lifecycle.withdraw(settings, path.name, door="beheer", vandaag=TODAY)
    assert gone.pad.exists()
    assert active_leveringen(settings) == []
    monkeypatch.undo()
    take_in(settings)
    assert not gone.pad.exists()


def test_outside_the_demo_an_accepted_file_leaves_the_inbox_and_its_manifest_stays(strict: Settings) -> None:
    path = deliver(strict)
    manifest = write_manifest(path)
    (levering,) = take_in(strict).aangenomen
    assert not path.exists()
    assert manifest.exists()
    assert len(levering.sha256) == 64
    assert take_in(strict).aangenomen == []


def test_the_same_file_twice_is_noticed(strict: Settings) -> None:
    path = deliver(strict)
    write_manifest(path)
    data = path.read_bytes()
    take_in(strict)
    path.write_bytes(data)
    again = take_in(strict)
    assert (again.bekend, again.aangenomen) == (1, [])
    assert not path.exists()


def test_a_refused_file_goes_after_the_term_and_its_note_stays(strict: Settings) -> None:
    path = deliver(strict, [opp_row(1, status="bezig")])
    write_manifest(path)
    take_in(strict, vandaag=date(2025, 12, 1))
    assert take_in(strict, vandaag=date(2025, 12, 15)).verwijderd == []
    assert path.exists()
    assert take_in(strict, vandaag=date(2025, 12, 16)).verwijderd == [path.name]
    assert not path.exists()
    assert len(list(strict.quarantine.iterdir())) == 2


def test_a_schooljaar_expires_whole_the_day_after_its_term(settings: Settings) -> None:
    deliver(settings)
    deliver(settings, contract="jeugdhulp")
    deliver(settings, [jeugdhulp_row(1)], "jeugdhulp", schooljaar="2025-2026", leverdatum="20261003")
    take_in(settings)
    assert lifecycle.retain(settings, date(2028, 7, 31)) == {}
    expired = lifecycle.retain(settings, date(2028, 8, 1))
    assert {year: len(items) for year, items in expired.items()} == {"2024-2025": 2}
    assert [levering.schooljaar for levering in active_leveringen(settings)] == ["2025-2026"]
    assert lifecycle.expired_schooljaren(settings) == ("2024-2025",)
    assert len(list(leveringen_dir(settings).iterdir())) == 1


def test_an_expired_schooljaar_takes_no_more_deliveries(settings: Settings) -> None:
    deliver(settings)
    take_in(settings)
    lifecycle.retain(settings, date(2028, 8, 1))
    deliver(settings, [opp_row(8)], leverdatum="20251101")
    (weigering,) = take_in(settings).geweigerd
    assert "bewaartermijn" in weigering.oordeel.tekst()


EXPECTED = "contract;bronhouder;schooljaar;uiterlijk;contact\n"


def enrol(settings: Settings) -> None:
    rows = [
        inschrijving_row(1),
        inschrijving_row(2),
        inschrijving_row(2, vestigingscode="99AA01"),
        inschrijving_row(3, vestigingscode="99AA01"),
    ]
    deliver(settings, rows, "inschrijving")
    take_in(settings, vandaag=TODAY)


def children(settings: Settings) -> int:
    (levering,) = [item for item in active_leveringen(settings) if item.contract == "inschrijving"]
    found = duckdb.sql(f"SELECT count(*) FROM '{levering.pad}'").fetchone()
    assert found is not None
    assert levering.rijen == found[0]
    return int(found[0])


def test_unmatched_enrolments_go_when_all_expected_deliveries_are_in(settings: Settings) -> None:
    (settings.referentie / "verwachte_leveringen.csv").write_text(
        EXPECTED
        + "inschrijving;41208;2024-2025;2025-10-10;a@b.example\njeugdhulp;0307;2024-2025;2025-10-10;x\n",
        encoding="utf-8",
    )
    enrol(settings)
    assert minimise.minimise(settings, TODAY) == []
    deliver(settings, [jeugdhulp_row(2), jeugdhulp_row(7)], "jeugdhulp")
    take_in(settings, vandaag=TODAY)
    (done,) = minimise.minimise(settings, TODAY)
    assert (done.gewist, done.gebleven) == (2, 2)
    assert children(settings) == 2
    (levering,) = [item for item in active_leveringen(settings) if item.contract == "inschrijving"]
    assert minimise.enrolled(levering) == {"99AA00": 2, "99AA01": 2}
    assert minimise.minimise(settings, TODAY) == []


def test_unmatched_enrolments_go_after_ninety_days_at_the_latest(settings: Settings) -> None:
    enrol(settings)
    assert minimise.minimise(settings, date(2026, 3, 1)) == []
    (done,) = minimise.minimise(settings, date(2026, 3, 2))
    assert (done.gewist, done.gebleven) == (4, 0)
    assert children(settings) == 0


def test_a_killed_minimisation_keeps_the_full_counts(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(settings)
    real = minimise.store.replace_rows

    def replace_and_die(*args: object) -> None:
        real(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(minimise.store, "replace_rows", replace_and_die)
    with pytest.raises(KeyboardInterrupt):
        minimise.minimise(settings, date(2026, 3, 2))
    monkeypatch.undo()
    minimise.minimise(settings, date(2026, 3, 2))
    (levering,) = stored(settings)
    assert minimise.enrolled(levering) == {"99AA00": 2, "99AA01": 2}
