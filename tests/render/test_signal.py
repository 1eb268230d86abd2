"""The raster of the best server: levels against the link budget, classes, and where the picture lies."""

from __future__ import annotations

import base64
import dataclasses
import io

import numpy as np
import pandas as pd
import pytest
import rasterio
from pyproj import Transformer
from rasterio.transform import rowcol
from shapely.geometry import Point

from dualgig.levels import bands_of, bands_on_air, best_server_dbm
from dualgig.project import MapPage
from dualgig.radio.budget import link_budget
from dualgig.reach import radio_reach
from dualgig.render.signal import class_colours, classes_of, signal

EDGES = (-85.0, -95.0, -105.0, -115.0)


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan(villages=10)


def with_map(plan, **options):
    project = plan.region.project.model_copy(update={"map": MapPage(**options)})
    return dataclasses.replace(plan, region=dataclasses.replace(plan.region, project=project))


def flat(plan):
    """The plan on level ground."""
    terrain = plan.region.terrain
    level = dataclasses.replace(terrain, height_m=np.full_like(terrain.height_m, 100.0))
    return dataclasses.replace(plan, region=dataclasses.replace(plan.region, terrain=level))


def pixels(picture):
    """Colours of a picture, and a function from longitude and latitude to its row and column."""
    data = base64.b64decode(picture.uri.partition(",")[2])
    with rasterio.open(io.BytesIO(data)) as png:
        bands = png.read()
        colours = np.array([png.colormap(1)[value] for value in range(16) if value in png.colormap(1)])
    (south, west), (north, east) = picture.bounds
    to_metres = Transformer.from_crs(4326, 3857, always_xy=True)
    (left, right), (bottom, top) = to_metres.transform([west, east], [south, north])
    transform = rasterio.transform.from_bounds(left, bottom, right, top, *bands.shape[:0:-1])
    return colours[bands[0]], lambda lon, lat: rowcol(transform, *to_metres.transform(lon, lat))


def test_near_a_mast_on_level_ground_the_level_is_the_budget_less_free_space(plan):
    level = flat(plan)
    site = level.sites[level.sites["state"] == "existing"].iloc[[0]]
    alone = dataclasses.replace(level, sites=site)
    x, y = level.region.xy_m(site)[0]

    got = best_server_dbm(alone, np.array([[x + 300.0, y]]))[0]

    budget = link_budget(level.region.project.radio, "n28")
    slant_km = np.hypot(300.0, 35.0 - 1.5) / 1000
    free_db = 92.44778322 + 20 * np.log10(budget.frequency_ghz * slant_km)
    assert got[0] == pytest.approx(budget.rsrp_dbm(free_db), abs=0.1)


def test_the_plan_never_makes_a_place_worse(plan):
    rng = np.random.default_rng(1)
    west, south, east, north = plan.townships.to_crs(plan.region.metric_crs).total_bounds
    points = np.column_stack([rng.uniform(west, east, 300), rng.uniform(south, north, 300)])

    before, after = best_server_dbm(plan, points)

    assert (after >= before).all()
    assert (after > before).any()


def test_the_raster_hears_what_the_plan_predicts(demo_like):
    plan, reach, points = demo_like
    on_air = bands_on_air(plan, "after")[:, [bands_of(plan).index(band) for band in reach.bands]]
    margin = np.where(on_air[reach.site], reach.level_db, -np.inf).max(axis=1)
    best = np.full(len(points), -np.inf)
    np.maximum.at(best, reach.point, margin)

    levels = best_server_dbm(plan, points[["x_m", "y_m"]].to_numpy())[1]

    radio = plan.region.project.radio
    offset = link_budget(radio, "n28").rsrp_dbm(0.0) - link_budget(radio, "n28").margin_db(0.0)
    known = np.isfinite(best)
    assert known.sum() > 10
    np.testing.assert_array_equal(np.isfinite(levels), known)
    np.testing.assert_allclose(levels[known], best[known] + offset, atol=1e-4)


@pytest.fixture
def demo_like(plan):
    """The fake plan, and the margins that prediction gives its sites at the key points."""
    region = dataclasses.replace(plan.region, sites=plan.sites)
    xy = region.xy_m(region.keypoints)
    points = pd.DataFrame({"x_m": xy[:, 0], "y_m": xy[:, 1]})
    return plan, radio_reach(region, points), points


def test_beyond_every_radius_cap_there_is_no_signal(plan):
    west, _, _, north = plan.townships.to_crs(plan.region.metric_crs).total_bounds

    assert best_server_dbm(plan, np.array([[west - 60_000.0, north]]))[1][0] == -np.inf


def test_an_edge_belongs_to_the_stronger_class():
    levels = np.array([-70.0, -85.0, -85.01, -95.0, -105.0, -114.9, -115.0, -115.1, -np.inf])

    np.testing.assert_array_equal(classes_of(levels, EDGES), [0, 0, 1, 1, 2, 3, 3, 4, 4])


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_the_picture_shows_the_class_of_each_place(plan):
    made = signal(plan)
    colours, place = pixels(made.after)
    inside = plan.townships.union_all()
    rng = np.random.default_rng(4)
    west, south, east, north = inside.bounds
    lon, lat = rng.uniform(west, east, 200), rng.uniform(south, north, 200)
    palette = [tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in class_colours(len(EDGES) + 1)]
    to_metres = Transformer.from_crs(4326, plan.region.metric_crs, always_xy=True)
    outline = plan.townships.to_crs(plan.region.metric_crs).union_all()
    deep, off = outline.buffer(-2 * made.cell_m), outline.buffer(2 * made.cell_m)

    agree, seen = 0, 0
    for one in zip(lon, lat, strict=True):
        metres = to_metres.transform(*one)
        row, column = place(*one)
        if not off.contains(Point(metres)):
            if 0 <= row < colours.shape[0] and 0 <= column < colours.shape[1]:
                assert colours[row, column, 3] == 0
        elif deep.contains(Point(metres)):
            seen += 1
            level = best_server_dbm(plan, np.array([metres]))[1]
            agree += tuple(colours[row, column, :3]) == palette[int(classes_of(level, EDGES)[0])]
    # A cell shows its centre's level, so a few places differ from it.
    assert seen > 80
    assert agree > 0.75 * seen


def test_classes_are_the_projects(plan):
    made = signal(with_map(plan, rsrp_classes_dbm=(-90.0, -110.0)))

    assert made.edges_dbm == (-90.0, -110.0)
    assert class_colours(3) == ["#00441b", "#74c476", "#bdbdbd"]


def test_no_raster_where_none_is_wanted_or_nothing_is_on_air(plan):
    assert signal(with_map(plan, rsrp=False)) is None
    assert signal(dataclasses.replace(plan, sites=plan.sites.iloc[:0])) is None
