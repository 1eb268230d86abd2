"""DXF: read back by ezdxf and by GDAL, every entity has its layer, id, name, and place to a centimetre."""

from __future__ import annotations

import re
import warnings

import ezdxf
import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely

from dualgig.errors import OutputError
from dualgig.export.datum import Datum
from dualgig.export.dxf import write_dxf
from dualgig.export.groups import groups, plain_text

LONG = "长" * 200


@pytest.fixture(scope="module")
def plan(make_plan):
    plan = make_plan("zh", villages=60, townships=4)
    names = plan.sites["name"].tolist()
    names[0] = LONG
    plan.sites["name"] = names
    return plan


@pytest.fixture(scope="module")
def path(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("dxf") / "plan_cgcs2000.dxf"
    write_dxf(path, plan, date="2025-03-01", datum=Datum("cgcs2000"))
    return path


@pytest.fixture(scope="module")
def drawing(path):
    return ezdxf.readfile(path)


def tagged(entity):
    """Id and name in an entity's extended data."""
    strings = [tag.value for tag in entity.get_xdata("DUALGIG") if tag.code == 1000]
    assert all(len(string.encode()) <= 255 for string in strings)
    return strings[0].removeprefix("id="), "".join(string.removeprefix("name=") for string in strings[1:])


def in_zone(table):
    """A table in EPSG:4549 by geopandas itself."""
    return gpd.GeoSeries(table.geometry, crs=4326).to_crs(4549)


def test_the_drawing_is_sound(drawing):
    auditor = drawing.audit()
    assert not auditor.errors
    assert not auditor.fixes
    assert drawing.dxfversion == "AC1021"
    assert drawing.units == ezdxf.units.M


def test_points_have_layer_id_name_and_place(plan, drawing):
    for prefix, table in (("SITES_", plan.sites), ("NODES_", plan.nodes)):
        metres = in_zone(table)
        found = {
            tagged(e)[0]: e for e in drawing.modelspace().query("INSERT") if e.dxf.layer.startswith(prefix)
        }
        assert set(found) == set(table.index)
        for feature_id, insert in found.items():
            row = table.loc[feature_id]
            assert insert.dxf.layer == prefix + row["state"].upper()
            assert insert.get_attrib_text("ID") == feature_id
            assert tagged(insert)[1] == plain_text(row["name"])
            assert insert.get_attrib_text("NAME") == (LONG[:80] if row["name"] == LONG else row["name"])
            assert (
                np.hypot(
                    insert.dxf.insert.x - metres[feature_id].x, insert.dxf.insert.y - metres[feature_id].y
                )
                < 0.01
            )


def test_lines_have_layer_id_and_every_vertex(plan, drawing):
    metres = in_zone(plan.routes)
    found = {
        tagged(e)[0]: e for e in drawing.modelspace().query("LWPOLYLINE") if e.dxf.layer.startswith("ROUTES_")
    }
    assert set(found) == set(plan.routes.index)
    for feature_id, line in found.items():
        build = plan.routes["build"][feature_id]
        assert line.dxf.layer == ("ROUTES_SEVERAL" if ";" in build else f"ROUTES_{build.upper()}")
        assert not line.closed
        vertices = np.array([point[:2] for point in line.get_points()])
        assert np.abs(vertices - shapely.get_coordinates(metres[feature_id])).max() < 0.01


def test_boundaries_are_closed_rings(plan, drawing):
    for layer, table in (("VILLAGE_BOUNDARIES", plan.villages), ("TOWNSHIP_BOUNDARIES", plan.townships)):
        metres = in_zone(table)
        found = [e for e in drawing.modelspace().query("LWPOLYLINE") if e.dxf.layer == layer]
        assert {tagged(e) for e in found} == {(i, plain_text(name)) for i, name in table["name"].items()}
        for ring in found:
            assert ring.closed
            polygon = shapely.Polygon([point[:2] for point in ring.get_points()])
            assert polygon.hausdorff_distance(metres[tagged(ring)[0]]) < 0.01


def test_a_polygon_with_holes_and_parts_is_all_its_rings(make_plan, tmp_path):
    plan = make_plan(villages=6)
    outer = plan.villages.geometry.iloc[0]
    holed = outer.difference(outer.representative_point().buffer(1e-3))
    two = shapely.MultiPolygon([*shapely.get_parts(holed), shapely.box(119, 27, 119.001, 27.001)])
    shapes = plan.villages.geometry.to_list()
    plan.villages.geometry = [two, *shapes[1:]]
    write_dxf(tmp_path / "p.dxf", plan, date="2025-03-01", datum=Datum("cgcs2000"))
    rings = [
        e
        for e in ezdxf.readfile(tmp_path / "p.dxf").modelspace().query("LWPOLYLINE")
        if e.dxf.layer == "VILLAGE_BOUNDARIES" and tagged(e)[0] == plan.villages.index[0]
    ]
    assert len(rings) == 3


def test_layers_are_named_alike_in_every_language_and_hidden_where_secondary(plan, drawing):
    used = {e.dxf.layer for e in drawing.modelspace()}
    assert used == {group.layer for group in groups(plan)} | {"NOTES"}
    assert all(re.fullmatch(r"[A-Z0-9_]+", layer) for layer in used)
    off = {layer.dxf.name for layer in drawing.layers if layer.is_off()}
    assert off == {"SITES_UNUSED", "NODES_UNUSED", "VILLAGE_BOUNDARIES"}


def test_the_drawing_names_its_crs(drawing):
    notes = [e.dxf.text for e in drawing.modelspace().query("TEXT")]
    assert "CGCS2000 / 3-degree Gauss-Kruger CM 120E, EPSG:4549" in notes
    assert "预测结果，非实测, 2025-03-01" in notes


def test_gdal_reads_the_same(plan, path):
    """GDAL, and so QGIS, finds layers, names in any script, and places."""
    pyogrio.set_gdal_config_options({"DXF_INLINE_BLOCKS": "FALSE"})
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL says that it takes the text as it is, which is right
            found = pyogrio.read_dataframe(path, layer="entities")
    finally:
        pyogrio.set_gdal_config_options({"DXF_INLINE_BLOCKS": None})
    villages = found[found["Layer"].str.match(r"VILLAGES_(BOTH|5G|GIGABIT|NONE)$")]
    names = {
        str(text).removeprefix("NAME ")
        for texts in villages["BlockAttributes"]
        for text in texts
        if "NAME" in text
    }
    assert names == {plain_text(name) for name in plan.villages["name"]}
    new = found[found["Layer"] == "SITES_NEW"]
    truth = in_zone(plan.sites[plan.sites["state"] == "new"])
    assert shapely.distance(shapely.force_2d(new.geometry.to_numpy()), truth.to_numpy()).max() < 0.01


def test_wgs84_is_drawn_in_its_utm_zone_and_zone_numbers_go_before(plan, tmp_path):
    for datum, code in ((Datum(), 32650), (Datum("cgcs2000", zoned=True), 4528)):
        path = tmp_path / f"{code}.dxf"
        write_dxf(path, plan, date="2025-03-01", datum=datum)
        space = ezdxf.readfile(path).modelspace()
        assert any(e.dxf.text.endswith(f"EPSG:{code}") for e in space.query("TEXT"))
        metres = gpd.GeoSeries(plan.sites.geometry, crs=4326).to_crs(code)
        for insert in space.query("INSERT"):
            if insert.dxf.layer.startswith("SITES_"):
                point = metres[insert.get_attrib_text("ID")]
                assert np.hypot(insert.dxf.insert.x - point.x, insert.dxf.insert.y - point.y) < 0.01


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_a_datum_without_a_projection_is_refused(plan, tmp_path, name):
    with pytest.raises(OutputError, match=r"a drawing is in metres of a projection, and .* has none"):
        write_dxf(tmp_path / "p.dxf", plan, date="2025-03-01", datum=Datum(name))
    assert not list(tmp_path.iterdir())
