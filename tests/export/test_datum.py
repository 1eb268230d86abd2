"""Coordinates of lists and layers in each datum, against PROJ's own pipelines and the published shifts."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Transformer

from dualgig.errors import OutputError
from dualgig.export import tables
from dualgig.export.datum import DATUMS, Datum, middle_lon
from dualgig.export.words import header
from dualgig.region.datum import bd09_to_wgs84, gcj02_to_wgs84

BACK = {"gcj02": gcj02_to_wgs84, "bd09": bd09_to_wgs84}


def at(*lonlat):
    return gpd.GeoSeries([shapely.Point(pair) for pair in lonlat], crs=4326)


@pytest.fixture(scope="module")
def plan(make_plan):
    return make_plan("zh", villages=24)


@pytest.mark.parametrize(("zoned", "first_m"), [(False, 0.0), (True, 1_000_000.0)])
def test_each_point_is_in_the_zone_of_its_place(zoned, first_m):
    points = at((117.2, 28.1), (119.07, 27.6), (121.6, 29.9), (118.49, 30.0), (118.51, 30.0))
    found = Datum("cgcs2000", zoned=zoned).columns(points)
    code = 4513 if zoned else 4534
    assert found["epsg_cgcs2000"].tolist() == [f"EPSG:{code + zone - 25}" for zone in (39, 40, 41, 39, 40)]
    easting = found["east_cgcs2000_zoned_m" if zoned else "east_cgcs2000_m"]
    for point, north, east, zone in zip(
        points, found["north_cgcs2000_m"], easting, (39, 40, 41, 39, 40), strict=True
    ):
        metres = Transformer.from_pipeline(
            f"+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
            f"+step +proj=tmerc +lat_0=0 +lon_0={3 * zone} +k=1 +x_0={500_000 + zone * first_m} +y_0=0 +ellps=GRS80"
        ).transform(point.x, point.y)
        assert (east, north) == pytest.approx(metres, abs=1e-3)


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_a_shifted_datum_is_undone_by_its_inverse(name):
    points = at((119.07, 27.6), (121.6, 29.9))
    found = Datum(name).columns(points)
    assert found.columns.tolist() == [f"lon_{name}", f"lat_{name}"]
    lon, lat = BACK[name](*found.to_numpy().T)
    assert np.abs([lon - points.x, lat - points.y]).max() < 1e-10
    assert np.abs(found.to_numpy() - shapely.get_coordinates(points)).max() > 0.002


@pytest.mark.parametrize("name", ["gcj02", "bd09"])
def test_a_layer_in_a_shifted_datum_has_no_crs(plan, name):
    layer = Datum(name).layer(plan.villages, 119.0)
    assert layer.crs is None
    back = shapely.transform(layer.geometry.to_numpy(), lambda xy: np.column_stack(BACK[name](*xy.T)))
    assert shapely.hausdorff_distance(back, plan.villages.geometry.to_numpy()).max() < 1e-10
    assert plan.villages.crs == "EPSG:4326"


def test_a_layer_in_cgcs2000_is_in_one_zone(plan):
    assert Datum("cgcs2000").layer(plan.sites, middle_lon(plan.townships)).crs == "EPSG:4549"
    assert Datum("cgcs2000", zoned=True).layer(plan.sites, 117.4).crs == "EPSG:4527"
    assert Datum().layer(plan.sites, 117.4).crs == "EPSG:4326"


def test_beyond_the_zones_of_cgcs2000():
    with pytest.raises(OutputError, match=r"no 3-degree zone at -0\.1000 E, only from 73\.5 E to 136\.5 E"):
        Datum("cgcs2000").columns(at((-0.1, 51.5)))


@pytest.mark.parametrize("name", DATUMS)
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_datum_is_in_the_name_of_every_coordinate_column(plan, language, name):
    title = Datum(name).title
    for zoned in (False, True):
        for table in tables.all_tables(plan, Datum(name, zoned=zoned)).values():
            for column in table.columns:
                if column.startswith(("lon", "lat", "north", "east", "epsg")):
                    assert title in header(language, column)


def test_the_other_columns_do_not_depend_on_the_datum(plan):
    plain, shifted = tables.all_tables(plan), tables.all_tables(plan, Datum("bd09"))
    assert list(plain) == list(shifted)
    for name, table in plain.items():
        shared = [column for column in table.columns if column not in ("lon", "lat")]
        assert shifted[name][shared].equals(table[shared])


def test_rounding_keeps_a_centimetre(plan):
    exact = Datum("cgcs2000").columns(plan.sites.geometry)
    listed = tables.sites(plan, Datum("cgcs2000"))
    for column in ("north_cgcs2000_m", "east_cgcs2000_m"):
        assert np.abs(listed[column] - exact[column]).max() <= 0.005 + 1e-9
