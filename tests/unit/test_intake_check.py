"""Every rule of a delivery: what breaks it, which rows are named, and that no value is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.intake import Bevinding, active_leveringen, check_file, take_in
from pipelines.settings import Settings
from tests.support.intake_region import (
    ANDER_BESTUUR,
    SCHOOLJAAR,
    deliver,
    inschrijving_row,
    jeugdhulp_row,
    name,
    opp_row,
    pseudoniem,
    region,
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return region(tmp_path)


@pytest.mark.parametrize("contract", ["opp", "jeugdhulp", "inschrijving"])
def test_a_good_delivery_fits_its_contract(settings: Settings, contract: str) -> None:
    oordeel = check_file(deliver(settings, contract=contract), settings)
    assert oordeel.goed, oordeel.tekst()
    assert oordeel.rijen == 3


def by_the_guard(finding: Bevinding) -> bool:
    """What does not fit its column is also looked at for what it might identify."""
    return finding.regel.startswith("herkenbaar_")


OPP_FAULTS = [
    ("eind_niet_voor_start", {"eind_op": "2024-10-13"}),
    ("besluit_verplicht", {"besluit_op": ""}),
    ("besluit_verplicht", {"status": "afgewezen", "besluit_op": "", "start_op": ""}),
    ("besluit_verplicht", {"status": "beeindigd", "besluit_op": ""}),
    ("besluit_niet_bij_aanvraag", {"status": "aangevraagd"}),
    ("besluit_niet_voor_behoefte", {"besluit_op": "2024-09-01"}),
    ("start_verplicht", {"start_op": ""}),
    ("start_verplicht", {"status": "beeindigd", "start_op": ""}),
    ("afwijsreden_alleen_bij_afwijzing", {"afwijsreden": "anders"}),
    (
        "behoefte_niet_na_levering",
        {"behoefte_vastgesteld_op": "2025-10-04", "status": "aangevraagd", "besluit_op": "", "start_op": ""},
    ),
    ("besluit_niet_na_levering", {"besluit_op": "2025-10-04"}),
    ("behoefte_vastgesteld_op_te_vroeg", {"behoefte_vastgesteld_op": "1994-12-31"}),
    ("besluit_op_te_vroeg", {"behoefte_vastgesteld_op": "1994-12-31", "besluit_op": "1994-12-31"}),
    ("start_op_te_vroeg", {"start_op": "1994-12-31"}),
    ("eind_op_te_vroeg", {"start_op": "1994-01-01", "eind_op": "1994-12-31"}),
    ("eind_op_datum", {"eind_op": "10000-01-01"}),
    ("eind_op_datum", {"eind_op": "2024-11-1"}),
    ("eind_op_datum", {"eind_op": "0000-00-00"}),
    ("start_op_datum", {"start_op": "morgen"}),
    ("start_op_datum", {"start_op": "2024-02-30"}),
    ("eind_op_datum", {"eind_op": "2024-13-01"}),
    ("leerling_pseudoniem_verplicht", {"leerling_pseudoniem": ""}),
    ("leerling_pseudoniem_pseudoniem", {"leerling_pseudoniem": "AB" * 32}),
    ("leerling_pseudoniem_pseudoniem", {"leerling_pseudoniem": "ab" * 31}),
    ("leerling_pseudoniem_pseudoniem", {"leerling_pseudoniem": "123456782"}),
    ("schooljaar_levering", {"schooljaar": "2023-2024"}),
    ("schooljaar_verplicht", {"schooljaar": ""}),
    ("vestigingscode_code", {"vestigingscode": "99ZZ99"}),
    ("vestigingscode_verplicht", {"vestigingscode": "n.v.t."}),
    ("bronhouder", {"vestigingscode": "99BB00"}),
    ("woongemeente_code", {"woongemeente": "307"}),
    ("woongemeente_code", {"woongemeente": "9999"}),
    ("woongemeente_verplicht", {"woongemeente": "NULL"}),
    ("arrangement_id_code", {"arrangement_id": "A 1; of twee"}),
    ("arrangement_id_code", {"arrangement_id": "Vandenbroekhoven"}),
    ("arrangement_id_verplicht", {"arrangement_id": ""}),
    ("ondersteuningsbehoefte_code", {"ondersteuningsbehoefte": "Gedrag"}),
    ("ondersteuningsvorm_code", {"ondersteuningsvorm": "anders"}),
    ("verantwoordelijke_code", {"verantwoordelijke": "ouders"}),
    ("financiering_code", {"financiering": "loterij"}),
    ("status_code", {"status": "bezig"}),
    ("afwijsreden_code", {"status": "afgewezen", "start_op": "", "afwijsreden": "te duur"}),
    ("behoefte_vastgesteld_op_verplicht", {"behoefte_vastgesteld_op": ""}),
]


@pytest.mark.parametrize(("rule", "changes"), OPP_FAULTS)
def test_each_opp_rule_names_its_rows_and_no_other_rule_fires(
    settings: Settings, rule: str, changes: dict[str, str]
) -> None:
    rows = [opp_row(number) for number in range(1, 21)]
    rows[3] = opp_row(4, **changes)
    rows[17] = opp_row(18, **changes)
    if "arrangement_id" in changes:
        rows[17] = opp_row(18)
    oordeel = check_file(deliver(settings, rows), settings)
    fired = {finding.regel: finding for finding in oordeel.bevindingen if not by_the_guard(finding)}
    expected_rows = (5,) if "arrangement_id" in changes else (5, 19)
    assert rule in fired, oordeel.tekst()
    assert fired[rule].rijen == expected_rows
    assert fired[rule].aantal == len(expected_rows)
    assert fired[rule].remedie
    also = {
        "eind_op_te_vroeg": {"start_op_te_vroeg"},
        "besluit_op_te_vroeg": {"behoefte_vastgesteld_op_te_vroeg"},
    }.get(rule, set())
    assert set(fired) - {rule} == also


JEUGDHULP_FAULTS = [
    ("eind_niet_voor_ingang", {"eind_op": "2024-09-30"}),
    ("eind_niet_voor_ingang", {"eind_op": "2024-09-30", "reden_wijziging": "11"}),
    ("toegewezen_niet_na_levering", {"toegewezen_op": "2025-10-04"}),
    ("toegewezen_op_te_vroeg", {"toegewezen_op": "1994-12-31"}),
    ("ingang_op_te_vroeg", {"ingang_op": "1994-12-31"}),
    ("gemeente_code", {"gemeente": "307"}),
    ("bronhouder", {"gemeente": "0308"}),
    ("jeugdige_pseudoniem_pseudoniem", {"jeugdige_pseudoniem": "x" * 64}),
    ("toewijzing_id_pseudoniem", {"toewijzing_id": "4711"}),
    ("aanbieder_code_code", {"aanbieder_code": "1234567"}),
    ("productcategorie_code", {"productcategorie": "99"}),
    ("productcode_code", {"productcode": "99A99"}),
    ("reden_wijziging_code", {"reden_wijziging": "99"}),
    ("op_school_code", {"op_school": "soms"}),
    ("op_school_verplicht", {"op_school": ""}),
    ("ingang_op_verplicht", {"ingang_op": ""}),
]


@pytest.mark.parametrize(("rule", "changes"), JEUGDHULP_FAULTS)
def test_each_jeugdhulp_rule_names_its_row(settings: Settings, rule: str, changes: dict[str, str]) -> None:
    rows = [jeugdhulp_row(1), jeugdhulp_row(2, **changes), jeugdhulp_row(3)]
    oordeel = check_file(deliver(settings, rows, "jeugdhulp"), settings)
    fired = {finding.regel: finding.rijen for finding in oordeel.bevindingen if not by_the_guard(finding)}
    assert fired.pop(rule, None) == (3,), oordeel.tekst()
    assert set(fired) <= ({"bronhouder"} if rule == "gemeente_code" else set())


ALLOWED = [
    ("opp", {"eind_op": "2024-10-14"}),
    ("opp", {"start_op": "2024-08-01"}),
    ("opp", {"eind_op": "2031-01-01"}),
    ("opp", {"besluit_op": "2024-09-02"}),
    ("opp", {"woongemeente": "buitenland"}),
    ("opp", {"woongemeente": "onbekend"}),
    ("opp", {"behoefte_vastgesteld_op": "1995-01-01"}),
    ("opp", {"behoefte_vastgesteld_op": "2025-10-03", "besluit_op": "2025-10-03", "start_op": "2025-12-01"}),
    ("opp", {"status": "afgewezen", "afwijsreden": "andere_wet", "start_op": ""}),
    ("opp", {"status": "aangevraagd", "besluit_op": "", "start_op": ""}),
    ("opp", {"eind_op": "9999-12-31"}),
    ("jeugdhulp", {"eind_op": "2024-10-01"}),
    ("jeugdhulp", {"eind_op": "2024-09-30", "reden_wijziging": "13"}),
    ("jeugdhulp", {"productcategorie": "", "productcode": ""}),
    ("jeugdhulp", {"toegewezen_op": "2025-10-03"}),
    ("jeugdhulp", {"ingang_op": "2026-01-01"}),
]


@pytest.mark.parametrize(("contract", "changes"), ALLOWED)
def test_what_the_domain_allows_is_not_refused(
    settings: Settings, contract: str, changes: dict[str, str]
) -> None:
    make = {"opp": opp_row, "jeugdhulp": jeugdhulp_row}[contract]
    oordeel = check_file(deliver(settings, [make(1), make(2, **changes)], contract), settings)
    assert oordeel.goed, oordeel.tekst()


def test_repeated_keys_are_found_with_their_rows(settings: Settings) -> None:
    rows = [opp_row(1), opp_row(2), opp_row(3, arrangement_id="A1"), opp_row(4, arrangement_id="A1")]
    (finding,) = check_file(deliver(settings, rows), settings).bevindingen
    assert (finding.regel, finding.rijen, finding.aantal) == ("sleutel", (4, 5), 2)


def test_a_child_may_be_enrolled_at_two_vestigingen_but_not_twice_at_one(settings: Settings) -> None:
    rows = [inschrijving_row(1), inschrijving_row(1, vestigingscode="99AA01")]
    assert check_file(deliver(settings, rows, "inschrijving"), settings).goed
    (finding,) = check_file(deliver(settings, [*rows, rows[0]], "inschrijving"), settings).bevindingen
    assert (finding.regel, finding.rijen) == ("sleutel", (4,))


def test_only_the_first_rows_are_listed_but_all_are_counted(settings: Settings) -> None:
    rows = [opp_row(number, status="bezig") for number in range(1, 51)]
    (finding,) = check_file(deliver(settings, rows), settings).bevindingen
    assert finding.rijen == tuple(range(2, 12))
    assert finding.aantal == 50
    assert "en nog 40" in finding.plaats()


def test_columns_outside_the_contract_refuse_and_are_named_only_if_that_is_safe(settings: Settings) -> None:
    rows = [opp_row(1) | {"BSN": "123456782", "Pietje Puk 123456782": "x"}]
    oordeel = check_file(deliver(settings, rows), settings)
    *guarded, finding = oordeel.bevindingen
    assert finding.regel == "kolom_te_veel"
    assert "kolom 16 (bsn), 17" in finding.waar
    assert {(hit.regel, hit.kolom) for hit in guarded} == {
        ("herkenbaar_persoonsnummer", "nummer 16"),
        ("herkenbaar_persoonsnummer", "nummer 17"),
    }
    assert "Pietje" not in json.dumps(oordeel.as_dict())


def test_a_number_of_a_child_in_a_running_number_is_found_by_the_guard(settings: Settings) -> None:
    rows = [opp_row(1), opp_row(2, arrangement_id="A-123456782")]
    (finding,) = check_file(deliver(settings, rows), settings).bevindingen
    assert (finding.regel, finding.kolom, finding.rijen) == (
        "herkenbaar_persoonsnummer",
        "arrangement_id",
        (3,),
    )


def test_a_mapping_of_the_bronhouder_translates_columns_and_values(settings: Settings) -> None:
    folder = settings.referentie / "koppelingen"
    folder.mkdir()
    (folder / "opp_41208.yaml").write_text(
        "contract: opp\nkolommen: {status: Stand}\nwaarden: {status: {Lopend: toegekend}}\nweglaten: "
        "[Groep]\n",
        encoding="utf-8",
    )
    row = {("Stand" if key == "status" else key): value for key, value in opp_row(1).items()}
    oordeel = check_file(deliver(settings, [row | {"Stand": "Lopend", "Groep": "5b"}]), settings)
    assert oordeel.goed, oordeel.tekst()
    assert oordeel.weggelaten == ("Groep",)


def test_a_mapping_that_is_not_sound_refuses_only_its_own_bronhouder(settings: Settings) -> None:
    folder = settings.referentie / "koppelingen"
    folder.mkdir()
    (folder / "opp_41208.yaml").write_text("contract: opp\nwaarden: {status: {a: b}}\n", encoding="utf-8")
    deliver(settings)
    deliver(settings, contract="jeugdhulp")
    inname = take_in(settings)
    assert [levering.contract for levering in inname.aangenomen] == ["jeugdhulp"]
    assert len(inname.geweigerd) == 1


def test_a_missing_column_refuses_even_if_it_may_be_empty(settings: Settings) -> None:
    row = opp_row(1)
    del row["afwijsreden"]
    (finding,) = check_file(deliver(settings, [row]), settings).bevindingen
    assert (finding.regel, "afwijsreden" in finding.wat) == ("kolom_ontbreekt", True)


def test_the_order_of_columns_does_not_matter(settings: Settings) -> None:
    row = opp_row(1)
    turned = dict(reversed(row.items()))
    path = deliver(settings, [turned])
    assert check_file(path, settings).goed


MARKERS = ("Fatima", "123456782", "2012-03-04", "=cmd|'/C calc'!A0", "geheim@school.example")


def test_note_text_and_record_hold_no_value_of_the_file(settings: Settings) -> None:
    rows = [
        opp_row(number, **{column: marker})
        for number, (column, marker) in enumerate(
            ((column, marker) for column in opp_row() for marker in MARKERS), 1
        )
    ]
    deliver(settings, [*rows, opp_row(999) | {"arrangement_id": "A1"}])
    (weigering,) = take_in(settings).geweigerd
    written = "\n".join(path.read_text(encoding="utf-8") for path in settings.quarantine.iterdir())
    for marker in (*MARKERS, pseudoniem(1), "99AA00"):
        assert marker not in written
    assert "Wat te doen" in weigering.nota.read_text(encoding="utf-8")
    assert "Loket regio" in weigering.nota.read_text(encoding="utf-8")


def test_formula_cells_are_refused(settings: Settings) -> None:
    rows = [opp_row(1, ondersteuningsvorm="=cmd|'/C calc'!A0"), opp_row(2, arrangement_id="=1+1")]
    fired = {finding.regel for finding in check_file(deliver(settings, rows), settings).bevindingen}
    assert fired == {"ondersteuningsvorm_code", "arrangement_id_code", "herkenbaar_formule"}


@pytest.mark.parametrize(
    "file_name",
    [
        "opp.csv",
        "opp_41208_2024-2025.csv",
        "opp_41208_2024-2025_20251303.csv",
        "opp_41208_2024-2026_20251003.csv",
        "opp_0307_2024-2025_20251003.csv",
        "jeugdhulp_41208_2024-2025_20251003.csv",
        "leerlingen_41208_2024-2025_20251003.csv",
        "opp_41208_2024-2025_20251003 Pietje Puk.csv",
        "opp_99999_2024-2025_20251003.csv",
        "jeugdhulp_9999_2024-2025_20251003.csv",
    ],
)
def test_a_wrong_file_name_is_refused_and_not_repeated(settings: Settings, file_name: str) -> None:
    deliver(settings).rename(settings.inbox / file_name)
    (weigering,) = take_in(settings).geweigerd
    assert weigering.oordeel.bevindingen[0].waar == "bestandsnaam"
    assert "Pietje" not in " ".join(path.name for path in settings.quarantine.iterdir())
    assert (settings.inbox / file_name).is_file()


def test_the_schooljaar_of_the_name_decides(settings: Settings) -> None:
    path = deliver(settings, schooljaar="2023-2024")
    assert {finding.regel for finding in check_file(path, settings).bevindingen} == {"schooljaar_levering"}


def test_another_besturen_vestiging_is_not_yours_to_deliver(settings: Settings) -> None:
    path = deliver(settings, bronhouder=ANDER_BESTUUR)
    assert {finding.regel for finding in check_file(path, settings).bevindingen} == {"bronhouder"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "leeg"),
        (b"\n\n\n", ""),
        (bytes(range(256)) * 40, ""),
        (b"PK\x03\x04" + b"\0" * 400, ""),
        (b"%PDF-1.7\n" + b"\xff\xfe\0\0" * 100, ""),
    ],
)
def test_a_file_that_is_no_table_is_refused_and_left_alone(
    settings: Settings, content: bytes, says: str
) -> None:
    path = settings.inbox / name()
    path.write_bytes(content)
    inname = take_in(settings)
    assert len(inname.geweigerd) == 1
    assert says in inname.geweigerd[0].oordeel.tekst()
    assert path.read_bytes() == content
    assert active_leveringen(settings) == []


def test_header_only_is_refused(settings: Settings) -> None:
    oordeel = check_file(deliver(settings, []), settings)
    assert "geen rijen" in oordeel.tekst()


def test_a_file_cut_off_half_way_is_refused(settings: Settings) -> None:
    path = deliver(settings, [opp_row(number) for number in range(1, 200)])
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert not check_file(path, settings).goed


def test_a_header_that_says_a_name_twice_is_refused(settings: Settings) -> None:
    path = deliver(settings)
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text(
        "\n".join([lines[0] + ";status", *(line + ";toegekend" for line in lines[1:])]), encoding="utf-8"
    )
    assert not check_file(path, settings).goed


def test_check_writes_nothing(settings: Settings) -> None:
    path = deliver(settings, [opp_row(1, status="bezig")])
    before = sorted(item.relative_to(settings.home) for item in settings.home.rglob("*"))
    check_file(path, settings)
    assert sorted(item.relative_to(settings.home) for item in settings.home.rglob("*")) == before


def test_the_rows_of_another_schooljaar_are_named(settings: Settings) -> None:
    rows = [opp_row(1), opp_row(2, schooljaar="2025-2026")]
    (finding,) = check_file(deliver(settings, rows), settings).bevindingen
    assert finding.rijen == (3,)
    assert SCHOOLJAAR not in finding.plaats()
