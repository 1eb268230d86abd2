"""What a person types to name a site or a place."""

import pytest

import dualgig as dg
from dualgig.errors import NotFoundError
from dualgig.lookup import find_place, find_site


@pytest.fixture
def region(tiny_project):
    return dg.load_region(tiny_project())


def test_a_site_by_id_or_name(region):
    assert find_site(region, "S2") == "S2"
    assert find_site(region, "岭头铁塔") == "S2"


def test_sites_that_are_not_there(region):
    with pytest.raises(NotFoundError, match=r"no site '岭头塔' among the 7 sites\. Did you mean 岭头铁塔"):
        find_site(region, "岭头塔")
    twins = region.sites.copy()
    twins["name"] = "twin"
    object.__setattr__(region, "sites", twins)
    with pytest.raises(NotFoundError, match="7 sites named twin: S1, S2, S3, S4, S5 and 2 more; give the id"):
        find_site(region, "twin")


def test_a_village_is_its_committee_and_a_township_its_seat(region):
    village = region.villages.index[3]
    by_id, by_name = find_place(region, village), find_place(region, region.villages.at[village, "name"])
    assert by_id == by_name
    committee = region.keypoints[
        (region.keypoints["village"] == village) & (region.keypoints["kind"] == "committee")
    ]
    assert by_id.point == committee.index[0]
    assert (by_id.lon, by_id.lat) == (committee.geometry.x.iloc[0], committee.geometry.y.iloc[0])
    assert (by_id.x_m, by_id.y_m) == tuple(region.xy_m(committee)[0])
    township = find_place(region, region.townships.index[0])
    seat = region.keypoints[region.keypoints["kind"] == "seat"]
    assert township.kind == "township"
    assert township.point in set(seat.index)


def test_without_a_committee_a_village_is_a_point_inside_it(tiny_project):
    region = dg.load_region(tiny_project(inputs={"keypoints": None}))
    empty = region.keypoints[region.keypoints["kind"] == "none"]
    object.__setattr__(region, "keypoints", empty)
    village = find_place(region, region.villages.index[2])
    assert village.point == ""
    assert region.villages.geometry.iloc[2].contains_properly(dg_point(village))


def dg_point(place):
    from shapely import Point  # noqa: PLC0415

    return Point(place.lon, place.lat)


def test_a_key_point(region):
    point = region.keypoints.index[-1]
    found = find_place(region, point)
    assert (found.kind, found.id, found.point) == ("keypoint", point, point)


@pytest.mark.parametrize("text", ["119.05,27.62", "119.05, 27.62", " 119.05，27.62 ", "119.05 27.62"])
def test_coordinates(region, text):
    found = find_place(region, text)
    assert (found.kind, found.lon, found.lat) == ("point", 119.05, 27.62)
    assert found.id == found.name == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("119.05,127.62", "not a place on earth"),
        ("下洋林", r"no village, township or key point '下洋林'\. Did you mean 下洋村"),
        ("", "no village, township or key point"),
    ],
)
def test_places_that_are_not_there(region, text, says):
    with pytest.raises(NotFoundError, match=says):
        find_place(region, text)
