"""The GeoPackage: what QGIS reads equals the plan."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pyogrio
import pytest
import shapely

from dualgig.export.gpkg import write_gpkg

LAYERS = ["townships", "villages", "sites", "nodes", "routes", "gaps"]


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan("zh", villages=24)


@pytest.fixture(scope="module")
def path(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("gpkg") / "plan.gpkg"
    write_gpkg(path, plan, date="2025-03-01")
    return path


def test_every_layer_is_there_in_wgs_84(path):
    assert pyogrio.list_layers(path)[:, 0].tolist() == LAYERS
    for layer in LAYERS:
        assert pyogrio.read_info(path, layer=layer)["crs"] == "EPSG:4326"


@pytest.mark.parametrize("layer", LAYERS[:-1])
def test_a_layer_read_back_equals_the_plan(plan, path, layer):
    truth = getattr(plan, layer)
    found = pyogrio.read_dataframe(path, layer=layer).set_index("id")
    assert found.index.tolist() == truth.index.tolist()
    assert sorted(found.columns) == sorted(truth.columns)
    assert shapely.equals(found.geometry.to_numpy(), truth.geometry.to_numpy()).all()
    for column in truth.columns.drop("geometry"):
        for got, want in zip(found[column], truth[column], strict=True):
            if isinstance(want, tuple):
                assert got == ";".join(want)
            elif pd.isna(want):
                assert pd.isna(got)
            else:
                assert got == want


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
