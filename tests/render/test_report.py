"""The report: its figures are the plan's, its words are of one language, names are text, and it prints."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pandas as pd
import pytest

from dualgig.costs import LINES
from dualgig.errors import Problem
from dualgig.plan import Stage
from dualgig.render.report import report_html
from dualgig.render.report_coverage import coverage
from dualgig.render.report_fragile import fragile
from dualgig.render.report_gaps import unmet
from dualgig.render.report_money import BAR_WIDTH, PARTS, money_chart
from dualgig.render.report_summary import built, proof, scoreboard, verdict
from dualgig.text.numbers import gap_text, money

DATE, MARK = "2025-03-01", "0123456789ab"
LANGUAGES = ("en", "zh")


def report(plan):
    return report_html(plan, date=DATE, plan_hash=MARK)


def visible(page):
    """Text of a page, without style, tags and entities."""
    body = page[page.index("<body>") :]
    return html.unescape(re.sub(r"<[^>]*>", " ", body))


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan("en", villages=40, townships=5)


def with_book(plan, project):
    """The plan with the real cost lines of a project's cost book."""
    site = plan.sites.index[plan.sites["cost_cny"] > 0][0]
    village = plan.villages.index[0]
    rows = [
        (f"radio:{site}:x", site, line, 2.0, unit, project.costs.prices[line].amount_cny)
        if not line.startswith(("trench", "home", "pon"))
        else (
            f"link:{plan.nodes.index[0]}:{village}",
            village,
            line,
            2.0,
            unit,
            project.costs.prices[line].amount_cny,
        )
        for line, unit in LINES.items()
    ]
    lines = pd.DataFrame(rows, columns=["option", "item", "line", "quantity", "unit", "unit_cny"])
    lines["amount_cny"] = (lines["quantity"] * lines["unit_cny"]).astype("int64")
    base = int(lines["amount_cny"].sum())
    share = pd.DataFrame(
        [(f"radio:{site}:x", site, "contingency", float(base), "CNY", 0.05, round(0.05 * base))],
        columns=lines.columns,
    )
    return replace(
        plan,
        region=replace(plan.region, project=project),
        cost_lines=pd.concat([lines, share], ignore_index=True),
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_one_page_that_loads_nothing(make_plan, language):
    page = report(make_plan(language, villages=24))
    assert page.startswith("<!doctype html>")
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page
    assert DATE in page
    assert MARK in page
    assert "<script" not in page
    assert not re.findall(r'(?:src|href)="(?!#|data:)', page)
    assert not re.findall(r"url\((?!#)|@import", page)


def test_names_are_text_not_code(make_plan):
    page = report(make_plan("en", villages=24, title="<b>county</b> & {{ 7*7 }}"))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "A &amp; B &lt;/td&gt;" in page
    assert "{{ 7*7 }}" in page
    assert "&lt;b&gt;county&lt;/b&gt; &amp; {{ 7*7 }}" in page
    assert "<b>county" not in page


def test_the_english_page_has_no_chinese(make_plan, tiny_project):
    plan = make_plan("en", villages=40, townships=5, nasty=False)
    english = tiny_project(
        configurations=[{"id": "a-n28", "operator": "A", "bands": ["n28", "n41"]}],
        standards={"operator": "each"},
    )
    for page in (report(plan), report(with_book(plan, english))):
        assert re.findall(r"[\u3000-\u9fff\uff00-\uffef]+", visible(page)) == []


def test_the_chinese_page_has_no_english_but_terms_and_data(make_plan, tiny_project):
    plan = make_plan("zh", villages=40, townships=5, nasty=False)
    chinese = tiny_project(project={"language": "zh", "title": "两个乡镇"}, standards={"operator": "each"})
    for page in (report(plan), report(with_book(plan, chinese))):
        words = set(re.findall(r"[A-Za-z][A-Za-z-]{2,}", visible(page)))
        terms = {
            "DualGig",
            "SS-RSRP",
            "ITU-R",
            "Bullington",
            "delta-Bullington",
            "SHA-256",
            "SHA-",
            "OLT",
            "GPON",
        }
        terms |= {"ITM", "PON", "dBm", "dBi", "MHz", "SSB", "G-PON", "HiGHS", "WGS", "CNY"}
        files = {
            "xlsx",
            "json",
            "plan",
            "sites",
            "gpkg",
            "tif",
            "csv",
            "townships",
            "villages",
            "terrain",
            "nodes",
        }
        packages = {"python", "geopandas", "highspy", "numba", "numpy", "osmnx", "pandas", "pulp", "pyogrio"}
        packages |= {"pyproj", "rasterio", "scipy", "shapely"}
        # what the factories' data say in English: lines of no cost book, caveats, a ledger's source, operators
        data = {
            "radio",
            "power",
            "trench",
            "olt",
            "cmcc-n",
            "ct-n",
            "drive",
            "test",
            "China",
            "Mobile",
            "Unicom",
        }
        data |= set(
            re.findall(
                r"[A-Za-z][A-Za-z-]{2,}", " ".join(str(i["caveat"]) for i in plan.region.inputs.values())
            )
        )
        data |= {"invented", "for", "the", "tests"}
        assert words - terms - files - packages - data == set()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("duty", ["met", "over_budget", "undecided", "unreachable"])
def test_the_verdict_says_how_it_stands(make_plan, language, duty):
    plan = make_plan(language, villages=24, duty=duty)
    sentence = verdict(plan)["sentence"]
    page = report(plan)
    assert sentence in visible(page)
    assert money(language, plan.cost_cny) in sentence
    assert (money(language, plan.shortage_cny) in sentence) == (duty == "over_budget")
    assert f'class="verdict {duty}"' in page


def test_gaps_of_today_are_told_without_a_proof(make_plan):
    plan = make_plan("en", villages=24)
    today = replace(
        plan,
        stages=(),
        duty="undecided",
        shortage_cny=0,
        cost_lines=plan.cost_lines.iloc[:0],
        routes=plan.routes.iloc[:0],
    )
    page = report(today)
    text = visible(page)
    met = sum(score.met for score in plan.scoreboard)
    assert f"today {met} of 4 goals are met" in text
    assert "Nothing was optimised." in text
    assert 'class="verdict today"' in page


def test_the_scoreboard_is_the_plans(plan):
    for row, score in zip(scoreboard(plan), plan.scoreboard, strict=True):
        assert row["achieved_width"] == pytest.approx(100 * score.achieved / score.places)
        assert row["needed_at"] == pytest.approx(100 * score.needed / score.places)
        assert row["before_width"] <= row["achieved_width"] <= 100
    text = re.sub(r"\s+", " ", visible(report(plan)))
    for score in plan.scoreboard:
        if not score.met:
            assert f"✗ {score.short} short {score.cost_to_meet_cny:,}" in text


def test_a_goal_that_nothing_meets_has_no_price(plan):
    hopeless = replace(plan.scoreboard[0], cost_to_meet_cny=None)
    text = visible(report(replace(plan, scoreboard=(hopeless, *plan.scoreboard[1:]))))
    assert "not with these candidates" in text


def test_the_bar_is_to_scale(plan, tiny_project):
    priced = with_book(plan, tiny_project())
    chart = money_chart(replace(priced, budget_cny=6_000_000, shortage_cny=1_500_000))
    scale = BAR_WIDTH / max(7_500_000, priced.cost_cny)
    assert chart["budget_at"] == pytest.approx(6_000_000 * scale, abs=0.01)
    assert chart["short_to"] == pytest.approx(7_500_000 * scale, abs=0.01)
    at = 0.0
    for part in chart["parts"]:
        assert part["x"] == pytest.approx(at, abs=0.02)
        assert part["width"] == pytest.approx(part["amount"] * scale, abs=0.01)
        at += part["width"]
    assert sum(part["amount"] for part in chart["parts"]) == priced.cost_cny
    assert len({part["colour"] for part in chart["parts"]}) == len(chart["parts"])


def test_every_cost_line_has_its_part():
    members = [line for part in PARTS.values() for line in part]
    assert sorted(members) == sorted([*LINES, "contingency", "vat"])


def test_the_bill_says_what_contingency_is(plan, tiny_project):
    priced = with_book(plan, tiny_project())
    text = re.sub(r"\s+", " ", visible(report(priced)))
    assert f"Contingency 5% of {int(priced.cost_lines['quantity'].iloc[-1]):,}" in text
    assert f"Total {priced.cost_cny:,} 100%" in text
    assert "invented for the tests" in text


def test_tables_of_coverage_add_up(plan):
    tables = coverage(plan)
    villages = next(row for row in tables["total"] if row["level"] == "villages")
    for name in ("counties", "townships"):
        for column in ("before_5g", "after_5g", "before_gigabit", "after_gigabit"):
            assert sum(row[column] for row in tables[name]) == villages[column]
        assert sum(row["villages"] for row in tables[name]) == villages["all"]
    assert len(tables["townships"]) == len(plan.townships)


def test_every_duty_that_is_missed_is_listed_with_its_reason(plan):
    found = unmet(plan, listed=3)
    duties = plan.gaps[plan.gaps["duty"]]
    assert [row["id"] for row in found["duties"]] == duties["id"].tolist()
    assert [row["reason"] for row in found["duties"]] == duties["reason"].tolist()
    assert len(found["others"]) == 3
    assert found["more"] == len(plan.gaps) - len(duties) - 3
    assert sum(row["5g"] + row["gigabit"] for row in found["reasons"]) == len(plan.gaps)
    assert sum(row["5g_duty"] + row["gigabit_duty"] for row in found["reasons"]) == len(duties)
    assert found["more_duties"] == 0
    few = unmet(plan, listed=1)
    assert len(few["duties"]) + few["more_duties"] == few["duty_count"] == len(duties) > 5
    text = visible(report(plan))
    for name in duties["name"]:
        assert name in text


def test_fragile_places_are_listed_with_server_and_margin(plan):
    found = fragile(plan, listed=2)
    villages = plan.villages[plan.villages["fragile"]]
    townships = plan.townships[plan.townships["fragile"]]
    assert found["count"] == len(villages) + len(townships) > 3
    assert found["more"] == found["count"] - 2
    assert found["margin_db"] == plan.region.project.radio.fragile_margin_db
    page = report(plan)
    section = page[page.index('<section id="fragile">') : page.index('<section id="conflicts">')]
    text = re.sub(r"\s+", " ", visible("<body>" + section))
    for identity, village in villages.iterrows():
        assert identity in text
        assert plan.sites.at[village["server"], "name"] in text
    assert f"{found['count']} places count as served" in text
    assert "at least 6.0 dB more loss" in text
    calm = replace(
        plan, villages=plan.villages.assign(fragile=False), townships=plan.townships.assign(fragile=False)
    )
    assert "No served place depends on a path" in visible(report(calm))


def test_long_lists_say_where_the_rest_is(plan):
    found = built(plan, listed=2)
    standing = plan.sites["state"].isin(["new", "upgraded"])
    assert found["sites"]["count"] == standing.sum()
    assert found["sites"]["more"] == standing.sum() - 2
    dearest = plan.sites[standing].sort_values("cost_cny", ascending=False)
    assert [row["cost_cny"] for row in found["sites"]["rows"]] == dearest["cost_cny"].head(2).tolist()
    assert found["routes"]["count"] == (plan.routes["new_km"] > 0).sum()


def test_stages_are_named_with_their_level_and_money_is_money(plan):
    stages = (
        Stage("reach_0", "max", 5, 5, 0.0, "relaxation"),
        Stage("duty_cost", "min", 6_000_000, 5_900_000, 1 / 60, "branch_and_bound"),
        Stage("duty_within_budget_2", "max", 9, 9, 0.0, "some other method"),
        Stage("polish", "min", 3, 3, 0.0, "highs"),
    )
    rows = proof(replace(plan, stages=stages))["stages"]
    assert rows[0]["stage"] == "Duties that can be met together: townships"
    assert rows[1]["value"] == "CNY 6,000,000"
    assert rows[1]["gap"] == "1.7%"
    assert rows[1]["method"] == "branch and bound (HiGHS)"
    assert rows[2]["stage"] == "Duties met within the budget: eligible villages"
    assert rows[2]["value"] == "9"
    assert rows[2]["method"] == "some other method"
    assert rows[3]["stage"] == "polish"
    assert "each village pays its own trench" in visible(report(replace(plan, stages=stages)))


def test_a_tiny_gap_never_reads_as_none():
    assert gap_text(1.0) == "100%"
    assert gap_text(0.1234) == "12%"
    assert gap_text(0.0) == "0"
    assert gap_text(1e-9) == "1e-07%"
    assert gap_text(0.004) == "0.4%"


def test_inputs_conflicts_and_warnings_are_told(plan):
    warned = replace(
        plan,
        region=replace(
            plan.region,
            warnings=(Problem("sites.csv", 7, "mast_m", "the mast is 900 m high.", "Check it.", "warning"),),
        ),
    )
    text = re.sub(r"\s+", " ", visible(report(warned)))
    assert "sites.csv 7 mast_m the mast is 900 m high. Check it." in text
    for about in plan.region.inputs.values():
        assert about["sha256"] in text
        assert about["caveat"] in text
    conflict = plan.conflicts.iloc[0]
    assert f"{conflict['id']} {conflict['name']} 5G not served served drive test" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_plan_of_nothing_still_makes_a_page(make_plan, language):
    plan = make_plan(language)
    empty = replace(
        plan,
        region=replace(plan.region, roads=None),
        scoreboard=(),
        stages=(),
        nodes=plan.nodes.iloc[:0],
        routes=plan.routes.iloc[:0],
        cost_lines=plan.cost_lines.iloc[:0],
        gaps=plan.gaps.iloc[:0],
        conflicts=plan.conflicts.iloc[:0],
        budget_cny=0,
        shortage_cny=0,
        duty="met",
    )
    assert "</html>" in report(empty)
    assert "</html>" in report(replace(empty, stages=plan.stages))


def test_equal_plans_give_equal_bytes(make_plan):
    assert report(make_plan("zh", villages=24)) == report(make_plan("zh", villages=24))


def test_what_is_known_of_buildings_and_trees_is_told(plan):
    def with_inputs(radio, **inputs):
        document = plan.region.project.model_dump()
        document["inputs"] |= inputs
        document["radio"] |= radio
        project = type(plan.region.project).model_validate(document)
        return visible(report(replace(plan, region=replace(plan.region, project=project))))

    bare = visible(report(plan))
    assert "Buildings and trees on the path are not modelled." in bare
    assert "P.2108" not in bare
    land = {"path": "cover.tif", "legend": "worldcover"}
    calibration = {"fitted_on": "drive.csv: 900 samples", "offsets_db": {"n28": -2.0}}
    told = with_inputs({"clutter_loss": "p2108", "calibration": calibration}, clutter=land)
    assert "not modelled" not in told
    for words in ("land cover cover.tif", "P.2108-1", "drive.csv: 900 samples"):
        assert words in told
    surface = with_inputs({}, terrain={"path": "dsm.tif", "surface": True})
    assert "those of the surface model" in surface
    assert "not modelled" not in surface
