"""Sites that DualGig proposes."""

import numpy as np
import pytest
import shapely
from pyproj import CRS
from scipy.ndimage import gaussian_filter

import dualgig as dg
from dualgig.region.candidates import RIDGE_RELIEF_M, ridge_tops, thin
from dualgig.region.load import load_region
from dualgig.region.model import Terrain
from dualgig.region.nearby import road_distance_m

RULES = {
    "generate": True,
    "spacing_m": 800.0,
    "ridge_window_m": 700.0,
    "road_distance_m": 900.0,
    "mast_m": 30.0,
}


def proposed(region):
    return region.sites[region.sites.index.str.startswith("gen-")]


def test_ridge_tops_are_those_of_an_exhaustive_search():
    rng = np.random.default_rng(2)
    height = (gaussian_filter(rng.normal(0, 1, (60, 70)), 2.5) * 900).astype(np.float32)
    height[20:24, 30:33] = np.nan
    height[40, 40] = height[40, 41]  # a tie
    terrain = Terrain(height, 1000.0, 9000.0, 50.0, CRS.from_epsg(32650))
    window_m = 330.0

    expected = set()
    for r in range(6, 54):
        for c in range(6, 64):
            near = [
                height[i, j]
                for i in range(60)
                for j in range(70)
                if (i - r) ** 2 + (j - c) ** 2 <= 36 and np.isfinite(height[i, j])
            ]
            top = height[r, c]
            if np.isfinite(top) and top == max(near) and top - np.median(near) >= RIDGE_RELIEF_M:
                expected.add((1000.0 + 50 * c, 9000.0 - 50 * r))

    xy, top_m = ridge_tops(terrain, window_m)
    assert len(expected) > 5
    assert {tuple(point) for point in xy} == expected
    assert (np.diff(top_m) <= 0).all()


def test_a_plain_has_no_ridge_tops():
    height = np.random.default_rng(0).uniform(100, 100 + RIDGE_RELIEF_M / 2, (80, 80)).astype(np.float32)
    xy, _ = ridge_tops(Terrain(height, 0.0, 0.0, 50.0, CRS.from_epsg(32650)), 400.0)
    assert len(xy) == 0


def test_thinning_keeps_the_first_and_only_what_is_far_enough():
    xy = np.random.default_rng(4).random((200, 2)) * 1000
    kept: list[int] = []
    for position, point in enumerate(xy):
        if all(np.hypot(*(point - xy[other])) >= 120.0 for other in kept):
            kept.append(position)
    assert thin(xy, 120.0).tolist() == kept
    assert thin(np.array([[0.0, 0.0], [120.0, 0.0], [119.0, 5.0]]), 120.0).tolist() == [0, 1]


def test_proposed_sites_keep_their_distances(tiny_project):
    region = load_region(tiny_project(candidates=RULES))
    sites, new = region.sites, proposed(region)
    assert len(new) >= 4
    xy = region.xy_m(new)
    gaps = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) + np.eye(len(xy)) * 1e9
    assert gaps.min() >= 800 - 0.01
    given = region.xy_m(sites[~sites.index.isin(new.index)])
    assert np.hypot(*(xy[:, None] - given[None]).transpose(2, 0, 1)).min() >= 400 - 0.01
    assert new.geometry.within(region.townships.union_all()).all()
    assert set(new["structure"]) == {"new"}
    assert set(new["mast_m"]) == {30.0}
    assert (sites.dtypes == load_region(tiny_project()).sites.dtypes).all()


def test_mains_and_track_are_the_straight_line_to_the_nearest_road(tiny_project):
    region = load_region(tiny_project(candidates=RULES))
    roads = shapely.MultiLineString([shapely.LineString(line) for line in region.roads.xy])
    new = proposed(region)
    expected = [shapely.distance(roads, shapely.Point(point)) / 1000 for point in region.xy_m(new)]
    np.testing.assert_allclose(new["track_km"], expected, atol=5.1e-4)
    np.testing.assert_allclose(new["power_km"], new["track_km"])
    ridges = new[new["name"].str.startswith("Ridge")]
    assert len(ridges)
    assert (ridges["track_km"] <= 0.9).all()
    height = region.terrain.sample(*region.xy_m(ridges).T)
    assert ridges["name"].tolist() == [f"Ridge {h:.0f} m" for h in height]


def test_nothing_is_proposed_inside_an_exclusion(tiny_project):
    project = tiny_project(candidates=RULES)
    before = proposed(load_region(project))
    victim = before.geometry.iloc[-1]
    ring = [[victim.x + dx, victim.y + dy] for dx, dy in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))]
    path = project.path.parent / "exclusions.geojson"
    near = [[victim.x + (x - victim.x) * 0.002, victim.y + (y - victim.y) * 0.002] for x, y in ring]
    path.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"X"},'
        f'"geometry":{{"type":"Polygon","coordinates":[{near}]}}}}]}}',
        encoding="utf-8",
    )
    after = load_region(project)
    area = after.exclusions.geometry.iloc[0]
    assert area.contains(victim)
    assert not proposed(after).intersects(area).any()


def test_without_roads_only_committees_are_proposed(tiny_project):
    region = load_region(tiny_project(candidates=RULES, inputs={"roads": None}))
    new = proposed(region)
    assert len(new)
    committees = region.xy_m(region.keypoints[region.keypoints["kind"] == "committee"])
    assert all(np.hypot(*(committees - point).T).min() < 0.01 for point in region.xy_m(new))
    assert set(new["track_km"]) == {0.0}


def test_ids_that_are_taken_are_passed_over_and_proposed_ones_can_be_locked(tiny_project):
    project = tiny_project(candidates=RULES, decisions={"lock": ["gen-0003"]})
    path = project.path.parent / "sites.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("\nS7,", "\ngen-0002,"), encoding="utf-8")
    sites = load_region(project).sites
    assert sites.index[7:10].tolist() == ["gen-0001", "gen-0003", "gen-0004"]
    assert sites.at["gen-0003", "decision"] == "locked"


def test_the_caveat_says_how_many_and_how(tiny_project):
    region = load_region(tiny_project(candidates=RULES))
    caveat = region.inputs["sites"]["caveat"]
    assert caveat.startswith(f"{len(proposed(region))} sites are proposed by DualGig")
    assert region.inputs["sites"]["rows"] == 7


@pytest.mark.parametrize("points", [0, 1, 500])
def test_road_distance_agrees_with_shapely(points):
    class Roads:
        xy = tuple(np.random.default_rng(i).random((5, 2)) * 1000 for i in range(20))

    xy = np.random.default_rng(9).random((points, 2)) * 1000
    whole = shapely.MultiLineString([shapely.LineString(line) for line in Roads.xy])
    expected = [shapely.distance(whole, shapely.Point(point)) for point in xy]
    np.testing.assert_allclose(road_distance_m(Roads(), xy), expected)
    assert np.isinf(road_distance_m(None, xy)).all()


@pytest.mark.parametrize("method", ["exact", "sweep"])
def test_a_region_without_any_site_is_planned_with_proposed_ones(tiny_project, method):
    # given a table of sites with nothing but its header, and candidates to be generated
    project = tiny_project(candidates={"generate": True}, radio={"method": method})
    path = project.path.parent / "sites.csv"
    header = path.read_text(encoding="utf-8").splitlines()[0]
    path.write_text(f"{header}\n", encoding="utf-8")
    # when
    assert not [problem for problem in dg.check(project) if problem.severity == "error"]
    region = dg.load_region(project)
    plan = dg.make_plan(region, dg.predict_coverage(region))
    # then everything on air is new
    assert len(region.sites)
    assert region.sites.index.str.startswith("gen-").all()
    assert plan.coverage["before"]["villages_5g"] <= len(region.status)
    assert set(plan.sites["state"]) == {"new", "unused"}
