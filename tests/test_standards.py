"""When a place is covered: the points that decide, against what each standard says."""

import dataclasses

import numpy as np
import pytest

import dualgig as dg
from dualgig.formulate import siting_problem
from dualgig.siting.problem import serve
from dualgig.standards import COMMITTEE_RADIUS_M, radio_tests, seat_villages


@pytest.fixture
def region(tiny_project):
    return dg.load_region(tiny_project())


def with_standards(region, **changes):
    standards = region.project.standards.model_copy(update=changes)
    return dataclasses.replace(region, project=region.project.model_copy(update={"standards": standards}))


def asked_of(region, place, tests=None):
    """Tests of a place as (set of point keys, need, near)."""
    tests = tests or radio_tests(region)
    number = [*region.townships.index, *region.villages.index].index(place)
    result = []
    for row in np.flatnonzero(tests.place == number):
        points = tests.weights[[row]].indices
        result.append((set(tests.points["key"].iloc[points]), int(tests.need[row]), bool(tests.near[row])))
    return result


def test_miit_5g_asks_for_committee_school_and_clinic_that_exist(region):
    # 岭头村 has a committee and a school, 下洋村 a committee and a clinic, 中村 a committee only.
    key = region.keypoints

    for village in ("331126201201", "331126201202", "331126100202"):
        own = key.index[(key["village"] == village) & key["kind"].isin(["committee", "school", "clinic"])]
        assert asked_of(region, village) == [(set(own), len(own), False)]


def test_miit_4g_asks_for_large_settlements_too_or_a_site_near_the_committee(region):
    village = "331126201203"  # 深坑村: a committee and a settlement of 25 households
    region = with_standards(region, village="miit_4g")
    committee = set(
        region.keypoints.index[
            (region.keypoints["village"] == village) & (region.keypoints["kind"] == "committee")
        ]
    )

    whole, near = asked_of(region, village)

    assert whole == (committee | {"T1"}, 2, False)
    assert near == (committee, 1, True)
    assert COMMITTEE_RADIUS_M == 5000


def test_a_small_settlement_does_not_count(region):
    region.keypoints.loc["T1", "households"] = 19
    region = with_standards(region, village="miit_4g")

    whole, _ = asked_of(region, "331126201203")

    assert "T1" not in whole[0]


def test_population_asks_for_a_share_of_the_people_rounded_up(region):
    region = with_standards(region, village="population", population_share=0.75)
    demand = region.demand[region.demand["village"] == "331126100202"]
    people = demand.loc[demand["weight"] > 0, "weight"]

    (points, need, near) = asked_of(region, "331126100202")[0]

    assert points == set(people.index)
    assert need == np.ceil(0.75 * people.sum())
    assert not near


def test_a_villages_own_standard_wins(region):
    region.villages.loc["331126201201", "standard"] = "committee"

    ((points, need, _),) = asked_of(region, "331126201201")

    assert need == len(points) == 1


def test_area_is_a_grid_of_points_inside_the_place(region):
    region = with_standards(region, village="area", area_share=0.5)
    tests = radio_tests(region)
    shapes = region.villages.geometry.to_crs(region.metric_crs)

    for village in region.villages.index:
        ((points, need, _),) = asked_of(region, village, tests)
        # The grid has a spacing of 250 m: 16 points a square kilometre, more or less at the edge.
        assert len(points) * 0.0625 == pytest.approx(shapes[village].area / 1e6, rel=0.15)
        assert need == np.ceil(0.5 * len(points))


def test_a_township_is_judged_by_the_people_of_its_seat(region):
    # 松源镇 has a community; 岭头乡 has none, so the village at its seat stands for it.
    seats = seat_villages(region)

    assert seats == {"331126100": ["331126100001"], "331126201": ["331126201201"]}
    ((points, need, _),) = asked_of(region, "331126201")
    demand = region.demand[region.demand["village"] == "331126201201"]
    assert points == set(demand.index[demand["weight"] > 0])
    assert need == np.ceil(0.95 * demand["weight"].sum())


def test_without_a_known_seat_every_village_counts(region):
    villages = region.villages.copy()
    villages["kind"] = "village"
    keypoints = region.keypoints[region.keypoints["kind"] != "seat"]

    seats = seat_villages(dataclasses.replace(region, villages=villages, keypoints=keypoints))

    assert set(seats["331126201"]) == set(villages.index[villages["township"] == "331126201"])


def test_a_village_without_key_points_is_judged_by_its_people(region):
    keypoints = region.keypoints[region.keypoints["village"] != "331126100202"]
    region = dataclasses.replace(region, keypoints=keypoints)

    ((points, _, _),) = asked_of(region, "331126100202")

    assert points <= set(region.demand.index)
    assert points


def test_a_site_near_the_committee_suffices_for_each_operator_too(region):
    # 后坑村: with the near sites of both operators and nobody's signal, miit_4g holds for each of them.
    region = with_standards(region, village="miit_4g", operator="each")
    coverage = dg.predict_coverage(region)
    deaf = np.full_like(coverage.reach.margin_db, -np.inf)
    coverage = dataclasses.replace(coverage, reach=dataclasses.replace(coverage.reach, margin_db=deaf))
    problem, places = siting_problem(coverage)
    place = places.slice("5g", "village").start + list(region.villages.index).index("331126100203")
    options = coverage.options
    tower = options["item"] == "S3"
    both = tower & options["configuration"].isin(["", "cm-n28", "cu-n78"])
    one = tower & options["configuration"].isin(["", "cm-n28"])

    assert serve(problem, both.to_numpy())[1][place]
    assert not serve(problem, one.to_numpy())[1][place]


def test_where_each_operator_is_asked_for_the_worst_is_told(region):
    region = with_standards(region, operator="each")
    villages = dg.gaps_today(region, dg.predict_coverage(region)).villages

    # China Mobile alone is on air: by the prediction no village has both, and what fails is told.
    predicted = villages[villages["source_5g"] == "predicted"]
    assert len(predicted) == 6
    assert not predicted["before_5g"].any()
    assert (predicted["server"] == "").all()
    assert (predicted["fails"] != "").all()
