"""The texts by rule: what a pack says for given figures, told on a small fictional region."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.errors import Gebruiksfout
from pipelines.report.figure import Figure
from pipelines.report.model import Chart, Finding, Pack, Topic, cell_text
from pipelines.report.pack import make_pack
from pipelines.report.reading_guide import in_words
from pipelines.report.release import OVERIGE, Release
from pipelines.report.summary import decisions, three_findings
from pipelines.report.topics.partijen import VEEL, _many_helpers
from pipelines.report.topics.parts import is_largest
from pipelines.report.topics.scholen import by_chance, limits, more_than_chance
from pipelines.report.topics.trend import _heading, real_change
from pipelines.report.view import View, available
from tests.support.fictieve_publicatie import schrijf_publicatie


@pytest.fixture(scope="module")
def oogo(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return Release(schrijf_publicatie(tmp_path_factory.mktemp("oogo")))


@pytest.fixture(scope="module")
def openbaar(tmp_path_factory: pytest.TempPathFactory) -> Release:
    return Release(schrijf_publicatie(tmp_path_factory.mktemp("openbaar"), "openbaar"))


def pack(release: Release, kind: str = "gemeente", code: str = "0307", schooljaar: str = "2024-2025") -> Pack:
    return make_pack(View(release, kind, code, schooljaar))


def topic(made: Pack, name: str) -> Topic:
    return next(topic for topic in made.topics if topic.id == name)


def test_the_heading_of_a_topic_is_its_finding(oogo: Release) -> None:
    made = pack(oogo)
    assert topic(made, "ondersteuning").heading == (
        "1.441 leerlingen die in Amersfoort wonen krijgen extra ondersteuning of jeugdhulp, of wachten erop"
    )
    assert topic(made, "grijs_gebied").heading == (
        "Voor 73 leerlingen die in Amersfoort wonen is niet duidelijk welke wet geldt"
    )
    assert topic(made, "wachttijden").heading == (
        "Een op de tien aanvragen in Amersfoort wachtte 88 dagen of langer op een besluit"
    )


def test_a_gemeente_that_did_not_deliver_hears_that_first(oogo: Release) -> None:
    made = pack(oogo, code="0308", schooljaar="2022-2023")
    first = made.findings[0].text
    assert first.startswith("Van leerlingen die in Baarn wonen weten we niet wie jeugdhulp krijgt")
    assert "Lever de gegevens over jeugdhulp van Baarn" in made.decisions[0]
    told = dict(made.facts)
    assert "Er ontbreekt: Baarn" in told["Leverden"]
    assert told["Stand"].startswith("Definitief voor wie leverde")


def test_a_total_is_never_made_of_the_visible_cells(oogo: Release) -> None:
    """Baarn's total is shown though cells are not: the pack repeats the publication's own total."""
    made = pack(oogo, code="0308", schooljaar="2022-2023")
    own = oogo.figures(
        "ondersteuning_per_gebied",
        "categorie",
        "leerlingen",
        schooljaar="2022-2023",
        gebied_soort="woongemeente",
        gebied="0308",
    )
    table = next(table for table in made.tables() if table.source == "ondersteuning_per_gebied")
    total = next(row for row in table.rows if row[0] == "Totaal")
    assert total[1] == own["TOTAAL"]
    visible = sum(figure.value or 0 for code, figure in own.items() if code != "TOTAAL")
    assert visible != own["TOTAAL"].value


def test_every_topic_asks_three_questions_and_has_a_chart_with_words(oogo: Release) -> None:
    for kind, codes in available(oogo).items():
        for code in codes:
            for each in pack(oogo, kind, code).topics:
                assert len(each.questions) == 3, (kind, code, each.id)
                assert each.tables, (kind, code, each.id)
                for chart in each.charts:
                    assert len(chart.alt) > 40
                    assert chart.title


def test_page_one_lays_key_figures_beside_a_year_that_compares_and_the_region(oogo: Release) -> None:
    table = pack(oogo).key_figures
    assert table is not None
    assert [column.title for column in table.columns] == [
        "Kerncijfer",
        "2023-2024",
        "2024-2025",
        "Regio, 2024-2025",
    ]
    told = {str(row[0]): [cell_text(cell) for cell in row[1:]] for row in table.rows}
    assert told["Getelde leerlingen"][1] == "1.441"
    assert told["In het grijze gebied"][1] == "73"
    assert told["Een op de tien aanvragen wachtte minstens (dagen)"][1] == "88"


def test_a_year_that_does_not_compare_is_no_key_figure(oogo: Release) -> None:
    """Of the region 2022-2023 is not complete, so 2023-2024 has no year to stand beside."""
    table = pack(oogo, "regio", "TOTAAL", "2023-2024").key_figures
    assert table is not None
    assert [column.title for column in table.columns] == ["Kerncijfer", "2023-2024"]


def test_every_finding_on_page_one_asks_for_something(oogo: Release) -> None:
    for kind, codes in available(oogo).items():
        for code in codes:
            made = pack(oogo, kind, code)
            assert made.findings[0].decision, (kind, code)
            assert all(finding.text.endswith(".") for finding in made.findings)


def test_schools_outside_the_funnel_are_a_finding_only_if_chance_does_not_explain_them() -> None:
    assert by_chance(82) == 4
    assert by_chance(3) == 1
    assert not more_than_chance(7, 82)
    assert more_than_chance(9, 82)
    assert more_than_chance(4, 28)
    assert not more_than_chance(0, 5)


def test_three_findings_come_from_three_topics_and_the_heaviest_is_first() -> None:
    def one(name: str, *weights: float) -> Topic:
        findings = tuple(Finding(f"{name} {weight}", weight, name, "doe iets") for weight in weights)
        return Topic(id=name, name=name, heading=name, findings=findings)

    chosen = three_findings([one("a", 1, 9), one("b", 3), one("c"), one("d", 4), one("e", 2)])
    assert [finding.text for finding in chosen] == ["a 9", "d 4", "b 3"]
    assert decisions(chosen) == ("doe iets",)


def test_the_public_pack_has_no_school(openbaar: Release) -> None:
    made = pack(openbaar)
    assert all(topic.id != "scholen" for topic in made.topics)
    text = repr(made)
    for code, school in openbaar.schools.items():
        if code != "onbekend":
            assert code not in text
            assert str(school["naam"]) not in text


def test_the_demo_says_so_and_a_real_region_does_not(oogo: Release, tmp_path: Path) -> None:
    assert pack(oogo).demo
    real = Release(schrijf_publicatie(tmp_path / "echt", demo=False))
    assert not pack(real).demo


def test_a_change_that_chance_explains_is_not_called_a_change() -> None:
    assert not real_change(Figure(100, "getoond"), Figure(112, "getoond"))
    assert real_change(Figure(1000, "getoond"), Figure(1200, "getoond"))
    assert not real_change(Figure(10, "afgerond", 5), Figure(15, "afgerond", 5))


def test_the_limits_of_the_funnel_narrow_with_size() -> None:
    small, large = limits(0.1, 50), limits(0.1, 1000)
    assert small[0] < large[0] < 10 < large[1] < small[1]
    assert limits(0.01, 10)[0] == 0


def test_what_chance_explains_is_told_with_both_figures(oogo: Release) -> None:
    figures = {
        year: {"TOTAAL": Figure(n, "getoond")} for year, n in (("2023-2024", 1000), ("2024-2025", 1010))
    }
    text, finding = _heading(View(oogo, "regio", "TOTAAL", "2024-2025"), figures, list(figures))
    assert text.endswith("bleef ongeveer gelijk: 1.000 in 2023-2024, 1.010 in 2024-2025")
    assert finding is None


def test_where_every_school_has_many_helpers_it_says_all() -> None:
    def told(many: int, shown: int) -> str:
        rows = [{"label": sorted(VEEL)[0], "waarde": many}, {"label": "geen", "waarde": shown - many}]
        return _many_helpers(Chart("partijen", "bars", "", "", {"rows": rows, "getoond": shown}))

    assert told(36, 36).startswith("Alle 36 scholen")
    assert told(1, 3).startswith("Van de 3 scholen waarvan we dat tonen, werkt er 1 ")
    assert told(20, 36).startswith("Van de 36 scholen waarvan we dat tonen, werken er 20 ")


def test_a_year_that_is_not_complete_is_left_out_of_the_trend(oogo: Release) -> None:
    made = topic(pack(oogo, "regio", "TOTAAL"), "trend")
    assert "2022-2023 telt niet mee" in made.notes[1]
    assert "2022-2023" not in made.heading


def test_an_area_that_is_not_published_is_refused_with_a_choice(oogo: Release) -> None:
    with pytest.raises(Gebruiksfout) as error:
        View(oogo, "gemeente", "9999", "2024-2025")
    assert "0307" in error.value.remedie


def test_a_folder_without_a_publication_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Gebruiksfout, match="geen publicatie"):
        Release(tmp_path)


def test_the_most_is_only_claimed_where_nothing_hidden_can_be_more() -> None:
    hidden = Figure(None, "onderdrukt", 5)
    shown = {"a": Figure(60, "getoond"), "b": Figure(10, "getoond")}
    codes = ["a", "b", "c"]
    assert is_largest(shown | {"c": Figure(59, "getoond")}, codes)
    assert not is_largest(shown | {"c": hidden}, codes)
    assert is_largest(shown | {"c": hidden}, codes, Figure(129, "getoond"))
    assert not is_largest(shown | {"c": hidden}, codes, Figure(130, "getoond"))
    assert not is_largest(shown | {"c": hidden}, codes, hidden)
    assert not is_largest({"a": hidden}, ["a"], Figure(60, "getoond"))


def test_a_rounded_total_counts_with_its_range() -> None:
    hidden = Figure(None, "onderdrukt", 5)
    shown = {"a": Figure(60, "afgerond", 5), "b": hidden}
    assert is_largest(shown, ["a", "b"], Figure(100, "afgerond", 5))  # at most 104 - 56 = 48 hidden
    assert not is_largest(shown, ["a", "b"], Figure(115, "afgerond", 5))  # 119 - 56 = 63


def test_of_two_rounded_figures_that_overlap_neither_is_the_largest() -> None:
    close = {"a": Figure(50, "afgerond", 5), "b": Figure(45, "afgerond", 5)}
    assert not is_largest(close, ["a", "b"])
    assert is_largest(close | {"b": Figure(40, "afgerond", 5)}, ["a", "b"])
    assert is_largest({"a": Figure(50, "getoond"), "b": Figure(50, "getoond")}, ["a", "b"])


def test_the_small_schools_of_a_bestuur_stand_together(tmp_path: Path) -> None:
    """Rows of `overige vestigingen` appear in the pack of the SWV, in text and workbook, and break no other pack."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = schrijf_publicatie(tmp_path / "overige")
    path = folder / "parquet" / "ondersteuning_per_school.parquet"
    content = pq.read_table(path)
    rows = content.to_pylist()
    own = [
        row
        for row in rows
        if row["swv"] == "PO2602"
        and row["bestuur"] == "41201"
        and row["vestigingscode"] not in ("TOTAAL", "onbekend")
        and row["schooljaar"] == "2024-2025"
    ]
    code = own[0]["vestigingscode"]
    merged = [
        row | {"vestigingscode": OVERIGE, "status": "afgerond", "leerlingen": 20}
        for row in own
        if row["vestigingscode"] == code
    ]
    pq.write_table(pa.Table.from_pylist([*rows, *merged], schema=content.schema), path)
    release = Release(folder)
    made = pack(release, "swv", "PO2602")
    names = [str(row[0]) for table in made.tables() for row in table.rows]
    assert "Overige vestigingen van Stichting De Eem" in names
    sheet = next(sheet for sheet in made.sheets if sheet.table == "ondersteuning_per_school")
    assert any("Overige vestigingen" in row for row in sheet.rows)
    assert topic(pack(release), "scholen").tables
    assert pack(release, "regio", "TOTAAL").sheets


EARLIER = ({"schooljaar": "2022-2023", "release": "20230901-oud", "drempel": 10},)


def test_a_share_of_all_pupils_is_the_one_that_was_published(oogo: Release) -> None:
    made = topic(pack(oogo), "ondersteuning")
    assert any(
        "Van elke 100 inwoners jonger dan 18 jaar zijn het er 12,5 (bron: CBS)." in text
        for text in made.paragraphs
    )
    table = next(table for table in made.tables if table.id == "ondersteuning-noemer")
    own = table.rows[0]
    assert (own[0], own[4], cell_text(own[1])) == ("Woont in Amersfoort", Figure(8 * 1441, "getoond"), "12,5")
    low, high = (float(each.replace(",", ".")) for each in str(own[2]).split(" tot "))
    assert low <= 12.5 <= high


def test_without_a_denominator_nothing_is_said_of_a_share(tmp_path: Path) -> None:
    import duckdb

    folder = schrijf_publicatie(tmp_path / "zonder")
    path = folder / "parquet" / "ondersteuning_per_gebied.parquet"
    duckdb.sql(
        "COPY (SELECT * REPLACE (NULL::DOUBLE AS aandeel_per_100, NULL::BIGINT AS noemer, "
        "NULL::VARCHAR AS noemer_bron) "
        f"FROM '{path}') TO '{path}.nieuw' (FORMAT parquet)"
    )
    Path(f"{path}.nieuw").replace(path)
    made = topic(pack(Release(folder)), "ondersteuning")
    assert [table.id for table in made.tables] == ["ondersteuning_per_gebied-woongemeente"]
    assert not any("Van elke 100 inwoners" in text for text in made.paragraphs)


def test_a_rounded_school_is_told_as_about_and_its_share_too(oogo: Release) -> None:
    table = topic(pack(oogo, "swv", "PO2602"), "scholen").tables[0]
    heads = [column.title for column in table.columns]
    for row in table.rows:
        told = dict(zip(heads, map(cell_text, row), strict=True))
        if row[3].known and row[3].value:  # type: ignore[union-attr]
            assert told["Met ondersteuning of jeugdhulp"].startswith("circa ")
            assert told["Van elke 100"].startswith("circa ") or row[0].startswith("Overige")  # type: ignore[union-attr]


def test_a_year_carried_over_is_named_wherever_it_is_used(tmp_path: Path) -> None:
    release = Release(schrijf_publicatie(tmp_path / "overgenomen", overgenomen=EARLIER))
    made = pack(release)
    coverage = next(section for section in made.reading_guide if section.id == "dekking")
    assert "2022-2023: overgenomen uit een eerdere uitgave (20230901-oud)." in coverage.paragraphs[-1]
    assert any("2022-2023 is overgenomen" in note for note in topic(made, "trend").notes)
    earlier = dict(pack(release, schooljaar="2022-2023").facts)["Stand"]
    assert earlier.startswith("Definitief: overgenomen zoals in uitgave 20230901-oud")


def test_a_rounded_figure_of_a_year_carried_over_keeps_the_room_it_was_rounded_with(tmp_path: Path) -> None:
    release = Release(schrijf_publicatie(tmp_path / "overgenomen", overgenomen=EARLIER))
    rooms = {
        row["schooljaar"]: release.figure(row, "leerlingen").high - row["leerlingen"]
        for row in release.rows("ondersteuning_per_school", status="afgerond")
    }
    assert rooms == {"2022-2023": 9, "2023-2024": 4, "2024-2025": 4}


def test_definitions_name_no_column_and_no_code() -> None:
    assert in_words(
        "`behoefte_besluit`: besluit in het jaar. Deel door leerlingen_onderwijs, niet door `x_y`."
    ) == (
        "‘van vastgestelde behoefte tot besluit’: besluit in het jaar. Deel door ‘leerlingen met "
        "onderwijsondersteuning’, niet door x y."
    )


def test_definitions_use_no_word_of_the_trade() -> None:
    assert in_words("Lees mediaan en p90 samen met `wachtend`.") == (
        "Lees middelste wachttijd en lange wachttijd (van een op de tien) samen met ‘wacht nog’."
    )


def test_the_public_pack_of_an_swv_and_of_the_region_stand_without_schools(openbaar: Release) -> None:
    """The public profiel has no list of schools or besturen at all."""
    assert not {"dim_school", "dim_bestuur"} & openbaar.tables
    for kind, codes in available(openbaar).items():
        for code in codes:
            made = pack(openbaar, kind, code)
            assert {topic.id for topic in made.topics} >= {
                "ondersteuning",
                "grijs_gebied",
                "wachttijden",
                "partijen",
            }
            for sheet in made.sheets:
                assert not {"School", "Schoolbestuur"} & {column.title for column in sheet.columns}
