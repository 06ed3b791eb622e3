"""Mappings: what may stand in one, and what is proposed for a file with other names."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.contracts import load_contract
from pipelines.errors import Gebruiksfout, LeveringGeweigerd
from pipelines.intake.mapping import find_mapping, parse_mapping
from pipelines.intake.proposal import propose_mapping, write_proposal

OPP = load_contract("opp")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("kolommen: {}", "contract is niet opp"),
        ("contract: jeugdhulp", "contract is niet opp"),
        ("contract: opp\nkolom: {}", "onbekende sleutel kolom"),
        ("contract: opp\nkolommen: {naam: Naam}", "noemt naam"),
        (
            "contract: opp\nkolommen: {status: Stand}\nvast: {status: toegekend}",
            "zowel bij kolommen als bij vast",
        ),
        ("contract: opp\nkolommen: {status: Stand, financiering: Stand}", "twee keer gebruikt"),
        ("contract: opp\nkolommen: {status: Stand}\nweglaten: [Stand]", "ook weggelaten"),
        ("contract: opp\nweglaten: [status]", "juist vraagt"),
        ("contract: opp\nwaarden: {status: {Lopend: loopt}}", "1e uitkomst past niet"),
        ("contract: opp\nwaarden: {start_op: {Lopend: x}}", "alleen een code"),
        ("contract: opp\nvast: {schooljaar: 24-25}", "schooljaar past niet"),
        ("contract: opp\nvast: {leerling_pseudoniem: abc}", "leerling_pseudoniem past niet"),
        ("contract: opp\neenheid: {start_op: weken}", "geen datumnotatie"),
        ("contract: opp\nkoprij: nul", "geen rijnummer"),
        ("contract: opp\ncontract: opp", "twee keer in"),
        ("contract: [", "geen geldige YAML"),
        ("- a\n- b", "geen lijst van sleutels"),
        (
            "contract: opp\nvast: {status: !!python/object/apply:os.system [id]}",
            "status past niet|geen tekst",
        ),
    ],
)
def test_a_mapping_that_does_not_fit_its_contract_does_not_load(text, what):
    with pytest.raises(Gebruiksfout, match=what):
        parse_mapping(text, OPP)


def test_text_stays_text():
    found = parse_mapping(
        "contract: opp\nvast: {woongemeente: 0307}\nwaarden: {status: {ja: toegekend}}", OPP
    )
    assert found.vast == {"woongemeente": "0307"}
    assert found.waarden == {"status": {"ja": "toegekend"}}


def test_the_confirmed_mapping_of_a_bronhouder_is_found(tmp_path):
    folder = tmp_path / "koppelingen"
    folder.mkdir()
    (folder / "opp_41208.yaml").write_text("contract: opp\nkolommen: {status: Stand}\n")
    assert find_mapping(tmp_path, OPP, "41208").kolommen == {"status": ("Stand",)}
    assert find_mapping(tmp_path, OPP, "41209") is None


UNKNOWN = (
    "BSN;Achternaam;Brincode;Gemeentecode;Behoefte;Soort ondersteuning;Verantwoordelijk;"
    "Bekostiging;Fase;Reden afwijzing;Datum aanvraag;Besluitdatum;Startdatum;Einddatum\n"
    "999990019;Jansen;90AA00;0307;Gedrag;Begeleiding in klas;School;SWV;"
    "Toegekend;;2024-09-01;2024-10-01;2024-10-02;\n"
    "999990020;De Vries;90AA00;0307;Sociaal emotioneel;Groepsaanbod;In overleg;Jeugdwet;"
    "Aangevraagd;;2024-09-01;;;\n"
)


def unknown(tmp_path: Path) -> Path:
    path = tmp_path / "export.csv"
    path.write_text(UNKNOWN)
    return path


def test_a_proposal_recognises_names_and_code_lists(tmp_path):
    proposal = propose_mapping(unknown(tmp_path), OPP)
    found = parse_mapping(proposal.tekst, OPP)
    assert {target: names[0] for target, names in found.kolommen.items()} == {
        "leerling_pseudoniem": "BSN",
        "vestigingscode": "Brincode",
        "woongemeente": "Gemeentecode",
        "ondersteuningsbehoefte": "Behoefte",
        "ondersteuningsvorm": "Soort ondersteuning",
        "verantwoordelijke": "Verantwoordelijk",
        "financiering": "Bekostiging",
        "status": "Fase",
        "afwijsreden": "Reden afwijzing",
        "behoefte_vastgesteld_op": "Datum aanvraag",
        "besluit_op": "Besluitdatum",
        "start_op": "Startdatum",
        "eind_op": "Einddatum",
    }
    assert found.waarden["ondersteuningsbehoefte"] == {
        "Gedrag": "gedrag",
        "Sociaal emotioneel": "sociaal_emotioneel",
    }
    assert found.waarden["status"] == {"Toegekend": "toegekend", "Aangevraagd": "aangevraagd"}
    assert found.weglaten == ("Achternaam",)
    assert set(proposal.open) == {"schooljaar", "arrangement_id"}


def test_a_proposal_is_written_beside_the_file_and_holds_no_data(tmp_path):
    written = write_proposal(unknown(tmp_path), OPP)
    assert written.name == "export.koppeling.yaml"
    text = written.read_text()
    assert "Niet gevonden: schooljaar" in text
    assert not any(value in text for value in ("999990019", "Jansen", "De Vries", "90AA00"))


def test_no_proposal_for_a_file_without_a_header(tmp_path):
    path = tmp_path / "export.csv"
    path.write_text(
        "\n".join(UNKNOWN.splitlines()[1:]).replace(";;", ";x;").replace(";;", ";y;")[:-1] + "z\n"
    )
    with pytest.raises(LeveringGeweigerd, match=r"geen kop|geen naam|meer dan één keer") as refusal:
        propose_mapping(path, OPP)
    assert "999990019" not in str(refusal.value)
