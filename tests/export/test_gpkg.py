"""The GeoPackage: what QGIS reads equals the plan."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace

import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from dualgig.export.datum import Datum
from dualgig.export.gpkg import write_gpkg
from dualgig.region.datum import bd09_to_wgs84, gcj02_to_wgs84

# From the lowest to the uppermost, as QGIS lays them on one another when it opens all.
LAYERS = ["townships", "villages", "routes", "keypoints", "nodes", "sites", "gaps"]
RECORDS = ["cost_lines", "conflicts", "layer_styles", "qgis_projects"]


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan("zh", villages=24)


@pytest.fixture(scope="module")
def path(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("gpkg") / "plan.gpkg"
    write_gpkg(path, plan, date="2025-03-01")
    return path


def test_every_layer_is_there_in_wgs_84(path):
    assert pyogrio.list_layers(path)[:, 0].tolist() == [*LAYERS, *RECORDS]
    for layer in LAYERS:
        assert pyogrio.read_info(path, layer=layer)["crs"] == "EPSG:4326"


@pytest.mark.parametrize("layer", LAYERS[:-1])
def test_a_layer_read_back_equals_the_plan(plan, path, layer):
    truth = plan.region.keypoints if layer == "keypoints" else getattr(plan, layer)
    found = pyogrio.read_dataframe(path, layer=layer).set_index("id")
    assert found.index.tolist() == truth.index.tolist()
    assert sorted(found.columns.drop("ground_m", errors="ignore")) == sorted(truth.columns)
    assert shapely.equals(found.geometry.to_numpy(), truth.geometry.to_numpy()).all()
    for column in truth.columns.drop("geometry"):
        for got, want in zip(found[column], truth[column], strict=True):
            if isinstance(want, tuple):
                assert got == ";".join(want)
            elif pd.isna(want):
                assert pd.isna(got)
            else:
                assert got == want


@pytest.mark.parametrize("layer", ["villages", "keypoints", "nodes", "sites"])
def test_the_ground_is_that_of_the_terrain(plan, path, layer):
    found = pyogrio.read_dataframe(path, layer=layer)
    points = found.geometry.representative_point().to_crs(plan.region.metric_crs)
    terrain = plan.region.terrain
    column = ((points.x - terrain.west_m) / terrain.cell_m).round().astype(int)
    row = ((terrain.north_m - points.y) / terrain.cell_m).round().astype(int)
    cells = terrain.height_m[row, column]
    assert np.nanmax(np.abs(found["ground_m"] - cells)) < 40  # of one cell, whose slopes are that steep
    assert np.corrcoef(found["ground_m"], cells)[0, 1] > 0.99


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_a_shifted_datum_is_undefined_and_never_wgs84(plan, tmp_path, name):
    path = tmp_path / "plan.gpkg"
    write_gpkg(path, plan, date="2025-03-01", datum=Datum(name))
    with closing(sqlite3.connect(path)) as base:
        for table in ("gpkg_geometry_columns", "gpkg_contents"):
            codes = base.execute(f"SELECT DISTINCT srs_id FROM {table} WHERE srs_id IS NOT NULL").fetchall()
            assert codes == [(0,)]
        assert base.execute(
            "SELECT srs_name, organization, definition FROM gpkg_spatial_ref_sys WHERE srs_id = 0"
        ).fetchall() == [("Undefined geographic SRS", "NONE", "undefined")]
    back = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}[name]
    for layer in LAYERS[:-1]:
        truth = (plan.region.keypoints if layer == "keypoints" else getattr(plan, layer)).geometry.to_numpy()
        found = pyogrio.read_dataframe(path, layer=layer)
        assert found.crs.to_epsg() is None
        wgs84 = shapely.transform(found.geometry.to_numpy(), lambda xy: np.column_stack(back(*xy.T)))
        assert shapely.hausdorff_distance(wgs84, truth).max() < 1e-9


def test_cgcs2000_is_in_the_zone_of_the_plan(plan, tmp_path):
    for zoned, code, first_m in ((False, 4549, 0), (True, 4528, 40_000_000)):
        path = tmp_path / f"{code}.gpkg"
        write_gpkg(path, plan, date="2025-03-01", datum=Datum("cgcs2000", zoned=zoned))
        for layer in LAYERS:
            found = pyogrio.read_dataframe(path, layer=layer)
            assert found.crs.to_epsg() == code
            assert found.geometry.bounds["minx"].sub(first_m).between(3e5, 7e5).all()
        found = pyogrio.read_dataframe(path, layer="sites").to_crs(4326).geometry
        assert shapely.distance(found.to_numpy(), plan.sites.geometry.to_numpy()).max() < 1e-9


def test_gaps_are_points_inside_their_places(plan, path):
    found = pyogrio.read_dataframe(path, layer="gaps")
    assert found["id"].tolist() == plan.gaps["id"].tolist()
    assert found["reason"].tolist() == plan.gaps["reason"].tolist()
    for row in found.itertuples():
        place = (plan.townships if row.level == "township" else plan.villages).loc[row.id]
        assert place.geometry.buffer(1e-9).contains(row.geometry)


def test_empty_tables_are_layers_of_their_kind(plan, tmp_path):
    nothing = replace(plan, routes=plan.routes.iloc[:0], nodes=plan.nodes.iloc[:0], gaps=plan.gaps.iloc[:0])
    write_gpkg(tmp_path / "plan.gpkg", nothing, date="2025-03-01")
    kinds = dict(pyogrio.list_layers(tmp_path / "plan.gpkg"))
    assert kinds["routes"] == "LineString"
    assert kinds["nodes"] == kinds["gaps"] == "Point"
    assert kinds["townships"] == "MultiPolygon"


def test_villages_may_be_points(make_plan, tmp_path):
    plan = make_plan(points=True)
    write_gpkg(tmp_path / "plan.gpkg", plan, date="2025-03-01")
    found = pyogrio.read_dataframe(tmp_path / "plan.gpkg", layer="villages")
    assert (found.geom_type == "Point").all()


def test_equal_plans_of_a_day_are_equal_by_content(plan, path, tmp_path):
    write_gpkg(tmp_path / "plan.gpkg", plan, date="2025-03-01")
    for layer in LAYERS:
        first, second = (pyogrio.read_dataframe(p, layer=layer) for p in (path, tmp_path / "plan.gpkg"))
        pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(second))
    assert b"2025-03-01T00:00:00" in path.read_bytes()


def test_what_gdal_cannot_write_is_an_error_of_the_system(plan, tmp_path):
    (tmp_path / "plan.gpkg").mkdir()
    with pytest.raises(OSError, match=r"plan\.gpkg"):
        write_gpkg(tmp_path / "plan.gpkg", plan, date="2025-03-01")
