"""The lists of a plan as tables, and their words."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import shapely
from shapely.geometry import Point

from dualgig.costs import LINES
from dualgig.export import tables
from dualgig.export.words import CODES, code_word, header, in_words
from dualgig.plan import REASONS
from dualgig.region.schema import TABLES
from dualgig.text import CATALOGUE

LANGUAGES = ("en", "zh")


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan("zh", villages=24, townships=3)


def test_every_site_and_every_place_is_listed_once(plan):
    assert tables.sites(plan)["id"].tolist() == plan.sites.index.tolist()
    listed = tables.places(plan)
    assert listed["id"].tolist() == [*plan.townships.index, *plan.villages.index]
    assert (listed["level"] == "township").sum() == len(plan.townships)


def test_cost_lines_add_up_to_the_cost_of_each_site_and_node(plan):
    for listed in (tables.sites(plan), tables.nodes(plan)):
        lines = listed.filter(like="line.")
        assert (lines.sum(axis=1) == listed["cost_cny"]).all()
        assert listed["cost_cny"].sum() > 0


def test_a_site_and_a_node_of_one_id_keep_their_own_costs(plan):
    # given a node whose id is also that of a site, as ids are unique within a table only
    site = plan.sites.index[plan.sites["cost_cny"] > 0][0]
    lines = pd.DataFrame(
        [
            (f"structure:{site}", site, "structure_new", 1.0, "site", 260_000.0, 260_000),
            (f"radio:{site}:cmcc-n28", site, "radio_sector_low", 3.0, "sector", 38_000.0, 114_000),
            (f"node:{site}", site, "olt_new", 1.0, "node", 120_000.0, 120_000),
            (
                f"link:{plan.villages.index[0]}:{site}",
                plan.villages.index[0],
                "trench_aerial_km",
                2.0,
                "km",
                3.4e4,
                68_000,
            ),
        ],
        columns=plan.cost_lines.columns,
    )
    nodes = plan.nodes.rename(index={plan.nodes.index[0]: site})
    clash = replace(plan, nodes=nodes, cost_lines=lines)
    # when both are listed
    of_site = tables.sites(clash).set_index("id").loc[site]
    of_node = tables.nodes(clash).set_index("id").loc[site]
    # then neither has the other's lines
    assert of_site["line.structure_new"] == 260_000
    assert of_site["line.radio_sector_low"] == 114_000
    assert "line.olt_new" not in of_site
    assert of_node["line.olt_new"] == 120_000
    assert "line.structure_new" not in of_node
    names = tables.cost_lines(clash).set_index("option")["item_name"]
    assert names[f"structure:{site}"] == plan.sites.at[site, "name"]
    assert names[f"node:{site}"] == nodes.at[site, "name"]
    assert names.iloc[-1] == plan.villages["name"].iloc[0]


def test_a_site_names_the_township_that_it_lies_in(plan):
    listed = tables.sites(plan)
    for row in listed.itertuples():
        away = plan.townships.geometry.to_numpy()
        around = plan.townships["name"][shapely.distance(away, Point(row.lon, row.lat)) < 1e-7]
        assert row.township_name in around.tolist() or (row.township_name == "" and around.empty)
    outside = plan.sites.copy()
    outside.geometry = outside.geometry.translate(5.0)
    assert set(tables.sites(replace(plan, sites=outside))["township_name"]) == {""}


def test_the_bill_adds_up_to_the_cost_of_the_plan(plan):
    listed = tables.bill(plan)
    assert listed["amount_cny"].sum() == plan.cost_cny > 0
    assert tables.cost_lines(plan)["amount_cny"].sum() == plan.cost_cny


def test_the_bill_follows_the_cost_book_and_names_its_sources(tiny_project, make_plan):
    # given cost lines out of order, a project with prices, and a line whose unit price varies
    plan = make_plan()
    project = tiny_project()
    names = ["vat", "olt_new", "contingency", "radio_sector_low", "radio_sector_low"]
    lines = pd.DataFrame(
        {
            "option": ["radio:S0001:x"] * 5,
            "item": ["S0001"] * 5,
            "line": names,
            "quantity": [100.0, 1.0, 100.0, 3.0, 3.0],
            "unit": ["CNY", "node", "CNY", "sector", "sector"],
            "unit_cny": [0.06, 120_000.0, 0.05, 38_000.0, 40_000.0],
            "amount_cny": [6, 120_000, 5, 114_000, 120_000],
        }
    )
    listed = tables.bill(replace(plan, region=replace(plan.region, project=project), cost_lines=lines))
    assert listed["line"].tolist() == ["radio_sector_low", "olt_new", "contingency", "vat"]
    assert listed["quantity"].tolist() == [6.0, 1.0, 100.0, 100.0]
    assert listed["unit_cny"].isna().tolist() == [True, False, False, False]
    assert listed["price_source"].tolist() == ["invented for the tests"] * 2 + ["", ""]
    assert listed["price_year"].tolist()[:2] == [2022, 2022]


def test_a_plan_that_builds_nothing_has_empty_lists_with_their_columns(make_plan):
    plan = make_plan()
    nothing = replace(
        plan,
        cost_lines=plan.cost_lines.iloc[:0],
        routes=plan.routes.iloc[:0],
        nodes=plan.nodes.iloc[:0],
        gaps=plan.gaps.iloc[:0],
        conflicts=plan.conflicts.iloc[:0],
    )
    for name, make in tables.SHEETS.items():
        table = make(nothing)
        assert len(table) == 0 or name in ("sites", "villages", "scoreboard")
        for language in LANGUAGES:
            assert len(in_words(table, language).columns) == len(table.columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_headers_are_in_the_language_and_tell_columns_apart(plan, make_plan, language):
    phased = make_plan(years=(2023, 2024))
    for make in tables.SHEETS.values():
        table = make(phased if make(plan).empty else plan)
        heads = [header(language, column) for column in table.columns]
        assert len(set(heads)) == len(heads)
        assert all("_" not in head for head in heads)


def test_a_plan_over_years_tells_the_year_of_everything(make_plan):
    plan = make_plan(years=(2023, 2024, 2025))

    listed = tables.sites(plan).set_index("id")
    assert listed["year"].dropna().index.tolist() == plan.sites.index[plan.sites["cost_cny"] > 0].tolist()
    assert set(tables.routes(plan)["year"]) <= {2023, 2024, 2025}
    places = tables.places(plan)
    for service in ("5g", "gigabit"):
        gains = places[f"after_{service}"] & ~places[f"before_{service}"]
        assert places[f"year_{service}"].notna().tolist() == gains.tolist()
    # the years spend what the lines of each year come to
    spent = tables.cost_lines(plan).groupby("year")["amount_cny"].sum()
    years = tables.phases(plan).set_index("year")
    assert years["spent_cny"].tolist() == spent.reindex(years.index, fill_value=0).tolist()
    assert tables.funds(plan)["pays_cny"].sum() == plan.cost_cny
    assert tables.targets(plan)["why"].tolist() == ["money", "order", "reach"]


def allowed(table, column):
    return getattr(TABLES[table].columns[column], "values")  # noqa: B009 - a field, not a method of pandas


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_code_has_its_word(language):
    codes = {
        "list.line": [*LINES, "contingency", "vat"],
        "list.unit": [*LINES.values(), "CNY"],
        "reason": REASONS,
        "state": ["existing", "upgraded", "new", "unused"],
        "list.build": ["existing", "aerial", "buried", "duct"],
        "list.standard": [value for value in allowed("villages", "standard") if value],
        "list.keypoint": [*allowed("keypoints", "kind"), "demand", "area"],
        "list.kind": [
            *allowed("villages", "kind"),
            *allowed("nodes", "kind"),
            "township",
            "tower",
        ],
        "list.fibre": allowed("villages", "fibre"),
        "list.decision": allowed("sites", "decision"),
        "list.structure": allowed("sites", "structure"),
        "list.transport": allowed("sites", "transport"),
        "list.source": ["predicted", "ledger"],
    }
    for prefix, values in codes.items():
        assert prefix in CODES.values()
        for value in values:
            assert CATALOGUE[f"{prefix}.{value}"][language]


def test_several_codes_in_a_cell_are_all_said_and_unknown_ones_stay():
    assert code_word("zh", "list.keypoint", "committee;school") == "村委会;学校"
    assert code_word("en", "list.kind", "guyed mast") == "guyed mast"
    assert code_word("zh", "list.line", "") == ""


def test_flags_become_words_and_what_is_not_known_stays_empty(plan):
    spoken = in_words(tables.places(plan), "zh")
    assert set(spoken["5G：规划后"]) == {"是", "否"}
    townships = spoken[spoken["层级"] == "乡镇"]
    assert townships["重点行政村"].isna().all()


def test_fragile_places_are_marked_and_the_others_are_not(plan):
    listed = tables.places(plan).set_index("id")["fragile"]
    for table in (plan.townships, plan.villages):
        assert listed[table.index].tolist() == table["fragile"].tolist()
    assert 0 < listed.sum() < len(listed)
    assert set(in_words(tables.places(plan), "zh")["5G：覆盖存疑（模型结果不一致）"]) == {"是", "否"}
