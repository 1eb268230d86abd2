"""GCJ-02 and BD-09: against published values, there and back, and as the datum of an input."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from dualgig.region.datum import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    moved,
    shifted_datum,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from dualgig.region.load import check, load_region

GEOD = Geod(ellps="WGS84")

# lon, lat in WGS 84 and in GCJ-02: the tests of eviltransform (Shanghai, Shenzhen, Beijing), whose first
# versions used the Krasovsky ellipsoid, and the README of coordtransform.
WGS84_GCJ02 = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ((116.404, 39.915), (116.41024449916938, 39.91640428150164)),
]


def apart_m(lon, lat, other_lon, other_lat):
    return GEOD.inv(lon, lat, other_lon, other_lat)[2]


@pytest.mark.parametrize(("wgs84", "gcj02"), WGS84_GCJ02)
def test_gcj02_against_published_values(wgs84, gcj02):
    assert np.ravel(wgs84_to_gcj02(*wgs84)) == pytest.approx(gcj02, abs=1e-11)
    assert np.ravel(gcj02_to_wgs84(*gcj02)) == pytest.approx(wgs84, abs=1e-11)


def test_bd09_against_published_values():
    """The README of coordtransform; its own inverse of BD-09 is an approximation, good to a metre."""
    assert np.ravel(gcj02_to_bd09(116.404, 39.915)) == pytest.approx(
        (116.41036949371029, 39.92133699351021), abs=1e-11
    )
    assert np.ravel(wgs84_to_bd09(116.404, 39.915)) == pytest.approx(
        (116.41662724378733, 39.922699552216216), abs=1e-11
    )
    lon, lat = bd09_to_gcj02(116.404, 39.915)
    assert apart_m(lon, lat, 116.39762729119315, 39.90865673957631) < 1.0


@settings(max_examples=200, deadline=None)
@given(st.floats(73.5, 135.1), st.floats(3.8, 53.6))
def test_there_and_back_is_the_same_place(lon, lat):
    """From the westernmost to the easternmost, and the southernmost to the northernmost, place of China."""
    for there, back in ((wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)):
        shifted = there(lon, lat)
        assert apart_m(lon, lat, *back(*shifted)) < 1e-4
        restored = back(lon, lat)
        assert apart_m(lon, lat, *there(*restored)) < 1e-4


def test_many_points_at_once_are_as_one_by_one():
    lon, lat = np.meshgrid(np.linspace(73, 136, 90), np.linspace(4, 54, 70))
    lon[0, 0] = 105.0  # the root in the formula has no slope there
    east, north = wgs84_to_gcj02(lon, lat)
    assert east.shape == lon.shape
    for row, column in ((0, 0), (3, 17), (69, 89)):
        one = wgs84_to_gcj02(lon[row, column], lat[row, column])
        assert (east[row, column], north[row, column]) == tuple(float(value) for value in one)
    back = gcj02_to_wgs84(east, north)
    assert apart_m(lon, lat, *back).max() < 1e-4


def test_outside_china_nothing_moves():
    lon = np.array([-0.1276, 2.35, 139.69, 116.4, 72.0, np.nan])
    lat = np.array([51.5, 48.85, 35.68, -8.6, 40.0, 30.0])
    for move in (wgs84_to_gcj02, gcj02_to_wgs84, wgs84_to_bd09, bd09_to_wgs84):
        np.testing.assert_array_equal(move(lon, lat), (lon, lat))


def test_geometries_move_vertex_by_vertex_and_missing_ones_stay_missing():
    shapes = gpd.GeoSeries(
        [shapely.box(119, 27, 119.1, 27.1), None, shapely.Point(119, 27), shapely.Point()],
        index=list("abcd"),
        crs=4326,
    )
    found = moved(shapes, wgs84_to_gcj02)
    assert found.index.tolist() == list("abcd")
    assert found.isna().tolist() == [False, True, False, False]
    expected = np.column_stack(wgs84_to_gcj02(*shapely.get_coordinates(shapes["a"]).T))
    np.testing.assert_array_equal(shapely.get_coordinates(found["a"]), expected)


@pytest.mark.parametrize(
    ("text", "datum"),
    [
        ("GCJ-02", "GCJ-02"),
        ("gcj02", "GCJ-02"),
        (" Gcj_02 ", "GCJ-02"),
        ("bd-09", "BD-09"),
        ("BD09LL", "BD-09"),
        ("EPSG:4326", None),
        ("", None),
    ],
)
def test_spellings(text, datum):
    assert shifted_datum(text) == datum


def in_datum(project, name, move):
    """Rewrite a layer of the region with its coordinates moved."""
    path = project.path.parent / name
    if path.suffix == ".geojson":
        frame = gpd.read_file(path)
        frame.set_geometry(moved(frame.geometry, move)).to_file(
            path, driver="GeoJSON", COORDINATE_PRECISION=12
        )
        return
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    lon, lat = move(frame["lon"].astype(float), frame["lat"].astype(float))
    frame.assign(lon=lon, lat=lat).to_csv(path, index=False)


@pytest.mark.parametrize(
    ("name", "datum", "move"),
    [
        ("sites.csv", "GCJ-02", wgs84_to_gcj02),
        ("keypoints.csv", "bd09", wgs84_to_bd09),
        ("villages.geojson", "gcj02", wgs84_to_gcj02),
        ("townships.geojson", "BD-09", wgs84_to_bd09),
    ],
)
def test_an_input_in_a_shifted_datum_is_brought_to_wgs84(tiny_project, name, datum, move):
    layer = name.partition(".")[0]
    truth = getattr(load_region(tiny_project()), layer)
    project = tiny_project(inputs={layer: {"path": name, "crs": datum}})
    in_datum(project, name, move)
    found = getattr(load_region(project), layer)
    assert shapely.hausdorff_distance(found.geometry.to_numpy(), truth.geometry.to_numpy()).max() < 1e-9


def test_a_file_that_claims_cgcs2000_is_read_in_the_datum_that_the_project_says(tiny_project):
    project = tiny_project(inputs={"townships": {"path": "townships.gpkg", "crs": "GCJ-02"}})
    folder = project.path.parent
    truth = gpd.read_file(folder / "townships.geojson")
    shifted = truth.set_geometry(moved(truth.geometry, wgs84_to_gcj02))
    shifted.set_crs(4490, allow_override=True).to_file(folder / "townships.gpkg")
    found = load_region(project).townships.geometry.to_numpy()
    assert shapely.hausdorff_distance(found, truth.geometry.to_numpy()).max() < 1e-9


def test_a_file_in_metres_is_not_in_a_shifted_datum(tiny_project):
    project = tiny_project(inputs={"townships": {"path": "townships.gpkg", "crs": "GCJ-02"}})
    folder = project.path.parent
    gpd.read_file(folder / "townships.geojson").to_crs(4549).to_file(folder / "townships.gpkg")
    (problem,) = check(project)
    assert (problem.file, problem.severity) == ("townships.gpkg", "error")
    assert "GCJ-02 is in degrees" in problem.problem
