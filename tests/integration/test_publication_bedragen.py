"""A table of costs that a region adds: declared in its mart, it is published with its amounts protected."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
import yaml

from pipelines import gates
from pipelines.errors import OnthullingspoortDicht
from pipelines.publication import Release, build_candidate, describe, publish
from pipelines.warehouse import dbt
from tests.integration import publication_installatie
from tests.integration.publication_installatie import Installatie, install
from tests.integration.publication_region import VORMEN, region

SIZE = {"persons": 900, "schools": 22, "besturen": 5, "gemeenten": 5, "schooljaren": ("2024-2025",)}

# What a region writes in dbt for it, and nothing else.
MART = """
name: mart_kosten
description: Fictieve kosten van arrangementen.
config:
  meta:
    publicatie:
      tabel: kosten
      profielen: [oogo, openbaar]
      dimensies: [schooljaar, gebied_soort, gebied, ondersteuningsvorm]
      met_totaal: [gebied, ondersteuningsvorm]
      figuren:
        - {kolom: arrangementen, soort: aantal, achter: leerlingen_achter}
        - kolom: kosten
          soort: bedrag
          achter: leerlingen_achter
          aantal: arrangementen
          bijdragen: [per_leerling, per_bestuur]
          niveau: {gebied_soort: swv, ondersteuningsvorm: leden}
        - kolom: kosten_gemiddeld
          soort: gemiddelde
          achter: leerlingen_achter
          aantal: arrangementen
          bijdragen: [per_leerling, per_bestuur]
          niveau: {gebied_soort: swv, ondersteuningsvorm: leden}
      methode: onderdrukken
      hierarchie:
        - soort: gebied
          dimensies: [gebied_soort, gebied]
          ouders: {woongemeente: jeugdregio, jeugdregio: regio, schoolgemeente: regio, swv: regio}
        - {soort: totaal, dimensies: [ondersteuningsvorm]}
      bron: Niemand; dit is een voorbeeld.
      leeswijzer: Lees de kosten naast het aantal.
columns:
  - {name: schooljaar, data_type: varchar, description: Schooljaar.}
  - {name: gebied_soort, data_type: varchar, description: Soort gebied.}
  - {name: gebied, data_type: varchar, description: Gebied.}
  - {name: ondersteuningsvorm, data_type: varchar, description: Vorm.}
  - {name: arrangementen, data_type: bigint, description: Arrangementen.}
  - {name: kosten, data_type: bigint, description: Hele euro's.}
  - {name: kosten_gemiddeld, data_type: bigint, description: Hele euro's per arrangement.}
  - {name: leerlingen_achter, data_type: bigint, description: Leerlingen erachter.}
  - {name: per_leerling, data_type: "double[]", description: Bijdrage van elke leerling.}
  - {name: per_bestuur, data_type: "double[]", description: Bijdrage van elk bestuur.}
  - {name: te_bepalen, data_type: boolean, description: Of het te bepalen is.}
"""
# One pupil in forty costs as much as all others of a small group together; bestuur 40000 pays by far the most.
EUROS = "(500 + id * 37 % 900) * if(id % 40 = 0, 60, 1) * if(bestuur = '40000', 12, 1)"


def add_costs(con: duckdb.DuckDBPyConnection) -> None:
    vormen = ", ".join(f"'{vorm}'" for vorm in VORMEN)
    con.execute(f"""
        CREATE TABLE rij AS
        SELECT id, bestuur, schooljaar, gebied_soort, gebied, [{vormen}][vorm + 1] AS wat, {EUROS} AS euro
        FROM (SELECT *, unnest(range(rijen)) FROM plek WHERE onderwijs);
        CREATE TABLE mart_kosten AS
        WITH k AS (SELECT *, unnest([wat, 'TOTAAL']) AS vorm FROM rij),
        leerling AS (SELECT schooljaar, gebied_soort, gebied, vorm, id, count(*) AS n, sum(euro)::DOUBLE AS euro
            FROM k GROUP BY ALL),
        bestuur AS (SELECT schooljaar, gebied_soort, gebied, vorm, list(euro) AS per_bestuur FROM (
            SELECT schooljaar, gebied_soort, gebied, vorm, bestuur, sum(euro)::DOUBLE AS euro FROM k GROUP BY ALL)
            GROUP BY ALL)
        SELECT g.*, v.ondersteuningsvorm, coalesce(sum(n), 0)::BIGINT AS arrangementen,
            coalesce(sum(euro), 0)::BIGINT AS kosten, round(sum(euro) / sum(n))::BIGINT AS kosten_gemiddeld,
            count(l.id) AS leerlingen_achter, list(euro) FILTER (l.id IS NOT NULL) AS per_leerling,
            any_value(per_bestuur) AS per_bestuur, true AS te_bepalen
        FROM gebied AS g CROSS JOIN (SELECT unnest([{vormen}, 'TOTAAL']) AS ondersteuningsvorm) AS v
        LEFT JOIN leerling AS l ON (l.schooljaar, l.gebied_soort, l.gebied, l.vorm) =
            (g.schooljaar, g.gebied_soort, g.gebied, v.ondersteuningsvorm)
        LEFT JOIN bestuur AS b ON (b.schooljaar, b.gebied_soort, b.gebied, b.vorm) =
            (g.schooljaar, g.gebied_soort, g.gebied, v.ondersteuningsvorm)
        GROUP BY g.schooljaar, g.gebied_soort, g.gebied, v.ondersteuningsvorm""")


@dataclass
class Uitgave:
    place: Installatie
    release: Release
    oordeel: list[str]
    rijen: list[dict[str, Any]]
    bijdragen: dict[tuple[str, str], list[tuple[int, str, int]]]  # (swv, vorm) -> (leerling, bestuur, euro)


@pytest.fixture(scope="module")
def uitgaven(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Uitgave]:
    version, print_ = describe.code_version(), dbt.project_fingerprint()
    node = yaml.safe_load(MART) | {"resource_type": "model"}
    node["columns"] = {column["name"]: column for column in node["columns"]}
    nodes = publication_installatie.nodes() | {"model.ondersteuningsanalyse.mart_kosten": node}
    con = region(3, **SIZE)
    add_costs(con)
    parts = defaultdict(list)
    for swv, vorm, *rest in con.execute(
        "SELECT gebied, wat, id, bestuur, euro FROM rij WHERE gebied_soort = 'swv'"
    ).fetchall():
        parts[swv, vorm].append(tuple(rest))
    con.execute("DROP TABLE rij")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(describe, "code_version", lambda: version)
        patch.setattr(dbt, "project_fingerprint", lambda: print_)
        patch.setattr(publication_installatie, "nodes", lambda: nodes)
        place = install(tmp_path_factory.mktemp("bedragen") / "data", con, drempel_openbaar=10)
        gates.judge_leveringen(place.settings, place.leveringen).require()
        gates.judge_magazijn(place.settings, place.bouw).require()
        for profiel in ("oogo", "openbaar"):
            kandidaat = build_candidate(place.settings, profiel, place.bouw, place.leveringen)
            oordeel = gates.judge_kandidaat(place.settings, kandidaat)
            oordeel.require()
            release = publish(place.settings, profiel)
            told = [item.told() for item in oordeel.gezakt]
            found[profiel] = Uitgave(place, release, told, _rows(release.pad), dict(parts))
    return found


@pytest.fixture(params=["oogo", "openbaar"])
def uitgave(request: pytest.FixtureRequest, uitgaven: dict[str, Uitgave]) -> Uitgave:
    return uitgaven[request.param]


def _rows(folder: Path) -> list[dict[str, Any]]:
    return pq.read_table(folder / "parquet" / "kosten.parquet").to_pylist()


def allowed(parts: list[int]) -> bool:
    """No two put in more than 85%, and nobody who knows its own part comes within 20% of another's."""
    total = sum(parts)
    return (
        all(
            100 * (a + b) <= 85 * total and 100 * (total - a - b) >= 20 * max(a, b)
            for a, b in combinations(parts, 2)
        )
        and len(parts) > 1
    )


def test_amounts_are_shown_exactly_where_nobody_can_be_estimated(uitgave: Uitgave) -> None:
    drempel = {"oogo": 5, "openbaar": 10}[uitgave.release.profiel]
    seen = defaultdict(int)
    for row in uitgave.rijen:
        both = row["kosten_status"], row["kosten_gemiddeld_status"]
        if row["gebied_soort"] != "swv" or row["ondersteuningsvorm"] == "TOTAAL":
            assert both == ("onderdrukt", "onderdrukt")
            assert row["kosten"] is row["kosten_gemiddeld"] is None
            continue
        parts = uitgave.bijdragen.get((row["gebied"], row["ondersteuningsvorm"]), [])
        leerling, bestuur = defaultdict(int), defaultdict(int)
        for who, payer, euro in parts:
            leerling[who] += euro
            bestuur[payer] += euro
        good = (
            row["arrangementen_status"] == "getoond"
            and len(leerling) >= drempel
            and allowed([*leerling.values()])
            and allowed([*bestuur.values()])
        )
        if not parts and row["arrangementen_status"] == "getoond":
            good = True  # nobody has it
        assert both == (("getoond",) * 2 if good else ("onderdrukt",) * 2), row
        if good:
            assert row["kosten"] == sum(euro for *_, euro in parts)
        else:
            assert row["kosten"] is row["kosten_gemiddeld"] is None
        dominated = bool(parts) and not good and row["arrangementen_status"] == "getoond"
        seen["dominated" if dominated else "shown" if good and parts else "other"] += 1
    assert seen["dominated"]
    if uitgave.release.profiel == "oogo":
        assert seen["shown"]


def test_the_gates_pass_and_contributions_stay_inside(uitgave: Uitgave) -> None:
    assert uitgave.oordeel == []
    assert not {"per_leerling", "per_bestuur", "leerlingen_achter"} & set(uitgave.rijen[0])
    facts = json.loads((uitgave.release.pad / "release.json").read_text(encoding="utf-8"))
    assert facts["bewijs"][2]["toelichting"]["verdict"] == "certified"
    assert "kosten" in facts["informatieverlies"]  # its counts are cells of the one system
    declared = json.loads((uitgave.release.pad / "disclosure.json").read_text(encoding="utf-8"))
    mine = {table["value"] for table in declared["tables"] if table["file"] == "parquet/kosten.parquet"}
    assert mine == {"arrangementen"}


def test_another_niveau_than_readers_already_have_is_refused(
    uitgaven: dict[str, Uitgave], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Per swv now, in the whole region later: the difference is what was hidden."""
    place = uitgaven["oogo"].place
    manifest = next((place.settings.warehouse / "dbt").glob("manifest_*.json"))
    before = manifest.read_text(encoding="utf-8")
    assert '"gebied_soort": "swv"' in before
    print_ = manifest.stem.removeprefix("manifest_")
    monkeypatch.setattr(dbt, "project_fingerprint", lambda: print_.ljust(64, "0"))
    settings = place.settings.model_copy(update={"contact": "iemand anders"})
    build_candidate(settings, "oogo", place.bouw, place.leveringen)
    manifest.write_text(before.replace('"gebied_soort": "swv"', '"gebied_soort": "regio"'), encoding="utf-8")
    settings = place.settings.model_copy(update={"contact": "nog iemand"})
    with pytest.raises(OnthullingspoortDicht, match="ander niveau"):
        build_candidate(settings, "oogo", place.bouw, place.leveringen)
