"""The report's map pictures: every village once, in the class that the tables tell, of the right size."""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from lxml import etree

from dualgig.render.report_maps import COLOURS, map_pictures, states


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan("en", villages=40, townships=5)


def fills(svg):
    """Fill -> outlines drawn with it."""
    paths = etree.fromstring(svg).iter("path")
    return {path.get("fill"): path.get("d").count("M") for path in paths if path.get("fill") in COLOURS}


def rings(table):
    return sum(
        1 + len(part.interiors)
        for shape in table.geometry
        for part in shapely.get_parts(shape)
        if not part.is_empty
    )


@pytest.mark.parametrize("service", ["5g", "gigabit"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_every_village_is_drawn_in_its_class(plan, service, when):
    # given the class of each village, told from the table row by row
    classes = []
    for row in plan.villages.to_dict("records"):
        if row[f"{when}_{service}"]:
            classes.append(0 if row[f"before_{service}"] else 1)
        else:
            classes.append(3 if row[f"duty_{service}"] else 2)
    # when
    told = states(plan, service, when)
    pair = map_pictures(plan)["pairs"][["5g", "gigabit"].index(service)]
    # then
    assert told.tolist() == classes
    drawn = fills(pair[["before", "after"].index(when)]["svg"])
    for number, colour in enumerate(COLOURS):
        assert drawn.get(colour, 0) == rings(plan.villages[told == number])


def test_what_is_drawn_lies_inside_the_drawing(plan):
    svg = map_pictures(plan)["pairs"][1][1]["svg"]
    width, height = (float(number) for number in re.search(r'viewBox="0 0 (\S+) (\S+)"', svg).groups())
    for start in re.findall(r"M(-?[\d.]+) (-?[\d.]+)", svg):
        assert -10 <= float(start[0]) <= width + 10
        assert -10 <= float(start[1]) <= height + 10


def test_villages_known_as_points_are_small_squares(plan):
    # given
    places = gpd.GeoDataFrame(plan.villages.set_geometry(plan.villages.geometry.representative_point()))
    # when
    svg = map_pictures(replace(plan, villages=places))["pairs"][0][0]["svg"]
    # then
    assert sum(fills(svg).values()) == len(places)
    assert svg.count("h4v4h-4z") >= len(places)


def test_without_a_plan_only_today_is_drawn(plan):
    pictures = map_pictures(replace(plan, stages=()))
    assert [len(pair) for pair in pictures["pairs"]] == [1, 1]
    assert "Newly served" not in [entry["label"] for entry in pictures["key"]]


def test_a_region_of_one_point_is_drawn(plan):
    one = plan.villages.iloc[:1]
    place = one.set_geometry([one.geometry.iloc[0].centroid], crs=one.crs)
    towns = plan.townships.iloc[:1].set_geometry([place.geometry.iloc[0]], crs=one.crs)
    assert "NaN" not in str(map_pictures(replace(plan, villages=place, townships=towns)))
