"""The map as a text: equal between equal runs, nothing linked, names escaped, words and figures right."""

from __future__ import annotations

import dataclasses
import re
from html import unescape
from importlib.resources import files

import geopandas as gpd
import numpy as np
import pytest

from dualgig.plan import REASONS
from dualgig.project import MapPage
from dualgig.render import payload
from dualgig.render.grid import FINE_BITS, PageGrid
from dualgig.render.map import _words, map_html
from dualgig.render.panel import caveats, panel_html
from dualgig.text import CATALOGUE

DATE = "2025-11-24"
GRID = PageGrid()


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan()


@pytest.fixture(scope="module")
def page(plan):
    return map_html(plan, date=DATE)


def visible(markup):
    """The text of some HTML, as a reader sees it."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def spoken(markup, language):
    """The parts of the panel that speak a language, and those that speak none."""
    other = {"en": "zh", "zh": "en"}[language]
    return re.sub(
        rf'<div lang="[\w-]+" data-says="{other}"[^>]*>.*?</div>(?=<div lang|\s*(?:</header>|<div id|</section>|</footer>))',
        "",
        markup,
        flags=re.DOTALL,
    )


def test_equal_plans_give_equal_bytes(make_plan, page):
    assert map_html(make_plan(), date=DATE) == page


def test_another_plan_gives_another_hash(plan, page):
    villages = plan.villages.copy()
    villages.loc[villages.index[3], "after_5g"] = True
    other = map_html(dataclasses.replace(plan, villages=villages), date=DATE)

    def find(text):
        return re.search(r"Plan ([0-9a-f]{12})\b", text).group(1)

    assert find(page) != find(other)


def test_a_given_hash_and_date_are_shown(plan):
    text = visible(panel_html(plan, date="2031-01-02", plan_hash="cafe0123", version="9.9"))

    assert "2031-01-02" in text
    assert "Plan cafe0123" in text
    assert "DualGig 9.9" in text


def test_the_page_links_nothing(page):
    own = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)

    assert not re.search(r"\bsrc\s*=", own)
    assert re.findall(r'href="([^"]*)"', own) == ["data:,", "#dg-about", "#dg-about"]
    assert set(re.findall(r"url\(['\"]?([a-z#]+)", own)) <= {"data", "#default#"}
    assert "jquery" not in page.lower()
    assert "bootstrap" not in page.lower()
    assert len(page) < 800_000


@pytest.mark.parametrize(
    "title", ["<script>alert(1)</script>", "{{ 7*7 }}", "{% raw %}", "{# x", "</title><b>"]
)
def test_a_title_is_text_whatever_it_says(make_plan, title):
    page = map_html(make_plan(title=title), date=DATE)

    assert unescape(re.search(r"<title>(.*?)</title>", page).group(1)) == title
    assert unescape(re.search(r"<h1>(.*?)</h1>", page).group(1)) == title
    assert "<script>alert" not in page


def test_names_from_data_travel_in_packs_only(plan, page):
    for name in plan.villages["name"]:
        assert name not in page


@pytest.mark.parametrize(("language", "tag"), [("en", "en"), ("zh", "zh-CN")])
def test_the_page_speaks_the_project_language(make_plan, language, tag):
    plan = make_plan(language)
    page = map_html(plan, date=DATE)
    body = page[page.index("<aside") : page.index("<noscript>")]
    parts = re.findall(r'<div lang="([\w-]+)" data-says="(\w+)"( hidden)?>', body)
    body = spoken(body, language)

    assert f'<html lang="{tag}">' in page
    assert {(lang, says, hidden == "") for lang, says, hidden in parts} == {
        (lang, says, says == language) for says, lang in (("en", "en"), ("zh", "zh-CN"))
    }
    assert CATALOGUE["map.targets"][language] in body
    for score in plan.scoreboard:
        assert CATALOGUE[f"goal.{score.goal}"][language] in visible(body)
    if language == "zh":
        assert "万元" in body
        assert not re.search(
            r"\b(village|budget|township|duty)\b", visible(re.sub(r"<dd>.*?</dd>", "", body))
        )


def test_every_word_of_the_scripts_is_in_the_catalogue():
    scripts = "\n".join(
        path.read_text() for path in (files("dualgig.render") / "assets").iterdir() if path.suffix == ".js"
    )
    words = _words()
    known = set(words["keys"])
    assert len(words["en"]) == len(words["zh"]) == len(words["keys"]) == len(known)
    whole = set(re.findall(r'say\("([\w.]+)"\)', scripts)) | set(re.findall(r'say\("([\w.]+)",', scripts))
    begun = set(re.findall(r'say\("([\w.]+)" \+', scripts))

    assert whole > {"search", "rsrp", "legend.status"}
    assert whole <= known
    for start in begun:
        assert any(key.startswith(start) for key in known), start
    assert {f"remedy.{reason}" for reason in REASONS} <= known
    assert {f"build.{build}" for build in payload.BUILDS} <= known


def test_the_scoreboard_shows_each_goal(plan, page):
    rows = [visible(row) for row in re.findall(r'<li class="dg-m.*?</li>', spoken(page, "en"), re.DOTALL)]

    assert len(rows) == len(plan.scoreboard)
    for row, score in zip(rows, plan.scoreboard, strict=True):
        assert f"{score.before} → {score.achieved} / {score.needed}" in row
        assert ("✓ met" in row) == score.met
        assert (f"! {score.short} short" in row) == (not score.met)


def test_a_goal_out_of_reach_says_so(plan):
    scores = tuple(
        dataclasses.replace(s, met=False, short=3, cost_to_meet_cny=None) for s in plan.scoreboard[:1]
    )
    text = visible(
        panel_html(dataclasses.replace(plan, scoreboard=scores), date=DATE, plan_hash="", version="")
    )

    assert "3 short, not with these candidates" in text


@pytest.mark.parametrize(
    ("duty", "words"),
    [
        ("met", "Every duty is met"),
        ("over_budget", "The duties cost more than the budget"),
        ("undecided", "Not decided"),
        ("unreachable", "Some duties cannot be met"),
    ],
)
def test_the_verdict_is_told(plan, duty, words):
    changed = dataclasses.replace(plan, duty=duty, shortage_cny=0 if duty == "met" else 1_840_000)
    text = visible(panel_html(changed, date=DATE, plan_hash="", version=""))

    assert words in text
    assert ("CNY 1.84 million more" in text) == (duty != "met")


@pytest.mark.parametrize(("gap", "text"), [(0.0, "gap 0 "), (0.0041299, "gap 0.413%"), (1e-9, "gap 0.001%")])
def test_a_gap_is_never_rounded_to_less_than_was_proved(plan, gap, text):
    assert (
        text
        in visible(panel_html(dataclasses.replace(plan, gap=gap), date=DATE, plan_hash="", version="")) + " "
    )


def test_caveats_are_in_the_footer_and_in_full_below(plan, page):
    known = caveats(plan)
    footer = visible(spoken(re.search(r"<footer.*?</footer>", page, re.DOTALL).group(0), "en"))

    assert list(known) == ["townships", "villages", "roads", "terrain"]
    assert footer.startswith(
        "Predicted, not measured · Synthetic or approximate: townships, villages, roads, terrain"
    )
    for caveat in known.values():
        assert caveat in visible(page[page.index('<section class="dg-about"') :])


def test_without_caveats_the_footer_claims_none(plan):
    region = plan.region
    real = {name: {**entry, "caveat": ""} for name, entry in region.inputs.items()}
    terrain = dataclasses.replace(region.terrain, caveat="")
    bare = dataclasses.replace(
        plan, region=dataclasses.replace(region, inputs=real, terrain=terrain, roads=None)
    )

    assert caveats(bare) == {}
    assert "Synthetic" not in panel_html(bare, date=DATE, plan_hash="", version="")


@pytest.mark.parametrize(
    ("build", "drawn"),
    [
        ("aerial", "aerial"),
        ("aerial;existing", "aerial"),
        ("aerial;duct", "mixed"),
        ("existing", "existing"),
        ("", "existing"),
    ],
)
def test_a_route_is_drawn_by_what_is_newly_built(build, drawn):
    assert payload.build_class(build) == drawn


def test_the_marks_of_places_are_their_key_points(plan):
    columns = payload.villages(plan, GRID)
    points = plan.region.keypoints
    committees = (
        points[points["kind"] == "committee"].set_index("village").geometry.reindex(plan.villages.index)
    )

    marks = marks_of(columns)
    np.testing.assert_allclose(marks.x, committees.x, atol=1e-6)
    np.testing.assert_allclose(marks.y, committees.y, atol=1e-6)


def marks_of(columns):
    """The marks of packed places, in EPSG:4326."""
    share = [np.cumsum(columns[axis]) / 2**FINE_BITS for axis in "xy"]
    edge = 20037508.342789244
    metres = gpd.GeoSeries.from_xy((2 * share[0] - 1) * edge, (1 - 2 * share[1]) * edge, crs=3857)
    return metres.to_crs(4326)


def test_without_key_points_marks_stand_inside_their_places(plan):
    region = dataclasses.replace(plan.region, keypoints=plan.region.keypoints.iloc[:0])
    columns = payload.villages(dataclasses.replace(plan, region=region), GRID)

    marks = marks_of(columns).set_axis(plan.villages.index)
    assert plan.villages.geometry.contains(marks).all()


def test_an_unknown_state_raises(plan):
    sites = plan.sites.assign(state="demolished")

    with pytest.raises(ValueError, match="demolished"):
        payload.sites(dataclasses.replace(plan, sites=sites), GRID)


def test_a_plan_without_fibre_roads_or_exclusions_is_a_map_too(plan):
    region = dataclasses.replace(plan.region, roads=None, exclusions=plan.region.exclusions.iloc[:0])
    bare = dataclasses.replace(
        plan,
        region=region,
        nodes=plan.nodes.iloc[:0],
        routes=plan.routes.iloc[:0],
        scoreboard=(),
        budget_cny=0,
    )

    assert "The project sets no goals." in map_html(bare, date=DATE)


def test_sectors_are_those_of_what_is_on_the_site(plan):
    sectors = payload.sites(plan, GRID)["sectors"]

    assert set(sectors[plan.sites["state"] != "unused"]) == {3}
    assert set(sectors[plan.sites["state"] == "unused"]) == {0}


def test_years_travel_only_with_plans_that_have_them(plan):
    sites = plan.sites.assign(year=[2023 if state == "new" else None for state in plan.sites["state"]])

    assert "year" not in payload.sites(plan, GRID)
    years = payload.sites(dataclasses.replace(plan, sites=sites), GRID)["year"]
    np.testing.assert_array_equal(years, np.where(plan.sites["state"] == "new", 2023, 0))
    villages = plan.villages.assign(year=2024)
    columns = payload.villages(dataclasses.replace(plan, villages=villages), GRID)
    assert set(columns["year_5g"]) == set(columns["year_gigabit"]) == {2024}


def test_approval_number_and_watermark_are_in_the_footer(plan):
    page = MapPage(approval_number="浙S(2025)1号", watermark="Internal use")
    project = plan.region.project.model_copy(update={"map": page})
    changed = dataclasses.replace(plan, region=dataclasses.replace(plan.region, project=project))

    text = visible(panel_html(changed, date=DATE, plan_hash="", version=""))

    assert "Map approval number 浙S(2025)1号" in text
    assert "审图号：浙S(2025)1号" in text
    assert "Internal use" in text
