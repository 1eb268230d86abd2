"""CGCS2000 in metres: zones by EPSG code, zone numbers, and files with the northing first."""

import csv

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS

from dualgig.region.gauss import likely_crs, northing_first, zone_epsg, zone_number, zone_of
from dualgig.region.load import check, load_region


@pytest.mark.parametrize("zone", range(25, 46))
@pytest.mark.parametrize("zoned", [False, True])
def test_the_code_of_a_zone_is_that_of_the_register(zone, zoned):
    crs = CRS.from_epsg(zone_epsg(zone, zoned=zoned))
    wanted = f"zone {zone}" if zoned else f"CM {3 * zone}E"
    assert crs.name == f"CGCS2000 / 3-degree Gauss-Kruger {wanted}"


@pytest.mark.parametrize(("lon", "zone"), [(118.49, 39), (118.51, 40), (119.07, 40), (121.6, 41), (75.0, 25)])
def test_a_longitude_s_zone_is_that_of_the_nearest_meridian(lon, zone):
    assert zone_of(lon) == zone


def test_zones_that_cgcs2000_does_not_have():
    for zone in (24, 46):
        with pytest.raises(ValueError, match="25 to 45"):
            zone_epsg(zone, zoned=False)


@pytest.mark.parametrize(
    ("eastings", "zone"),
    [
        ([40_408_000, 40_511_000], 40),
        ([20_408_000.5], 20),
        ([408_000], None),
        ([39_900_000, 40_100_000], None),
        ([46_500_000], None),
        ([], None),
    ],
)
def test_zone_numbers(eastings, zone):
    assert zone_number(np.array(eastings, dtype=float)) == zone


def test_likely_crs():
    assert likely_crs(CRS.from_epsg(4549), np.array([40_408_000.0])).to_epsg() == 4528
    assert likely_crs(None, np.array([20_408_000.0])).name == "CGCS2000 / Gauss-Kruger zone 20"
    assert likely_crs(CRS.from_epsg(4528), np.array([408_000.0])).to_epsg() == 4549
    assert likely_crs(CRS.from_epsg(4498), np.array([408_000.0])).name == "CGCS2000 / Gauss-Kruger CM 117E"
    assert likely_crs(CRS.from_epsg(4549), np.array([408_000.0])) is None


def test_northing_first():
    assert northing_first(CRS.from_epsg(4549))
    assert not northing_first(CRS.from_epsg(32650))
    assert not northing_first(CRS.from_epsg(4326))


def in_metres(project, epsg, first, second, *, swap):
    """Rewrite nodes.csv in metres with two coordinate columns; the places of the nodes."""
    path = project.path.parent / "nodes.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    lonlat = np.array([[float(row[-2]), float(row[-1])] for row in rows[1:]])
    metres = gpd.GeoSeries(shapely.points(lonlat), crs=4326).to_crs(epsg)
    lines = [",".join([*rows[0][:-2], first, second])]
    for row, point in zip(rows[1:], metres, strict=True):
        pair = (point.y, point.x) if swap else (point.x, point.y)
        lines.append(",".join([*row[:-2], *(f"{value:.4f}" for value in pair)]))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return lonlat


@pytest.mark.parametrize(
    ("epsg", "first", "second", "swap"),
    [
        (4528, "x", "y", False),
        (4528, "x", "y", True),
        (4549, "x", "y", True),
        (4549, "X坐标", "Y坐标", True),
        (4549, "northing", "easting", True),
        (4528, "北坐标", "东坐标", True),
        (4498, "东坐标", "北坐标", False),
        (4509, "x", "y", True),
    ],
)
def test_columns_in_any_order_are_read_right(tiny_project, epsg, first, second, swap):
    project = tiny_project(inputs={"nodes": {"path": "nodes.csv", "crs": f"EPSG:{epsg}"}})
    lonlat = in_metres(project, epsg, first, second, swap=swap)
    region = load_region(project)
    assert region.warnings == ()
    found = shapely.get_coordinates(region.nodes.geometry.to_numpy())
    assert abs(found - lonlat).max() < 1e-8


def test_a_vector_file_with_the_northing_first_is_read_right(tiny_project):
    project = tiny_project(inputs={"villages": {"path": "villages.gpkg"}})
    folder = project.path.parent
    truth = gpd.read_file(folder / "villages.geojson")
    metres = truth.to_crs(4528)
    metres["geometry"] = shapely.transform(metres.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    metres.to_file(folder / "villages.gpkg")
    found = load_region(project).villages.geometry.to_numpy()
    assert shapely.hausdorff_distance(found, truth.geometry.to_numpy()).max() < 1e-8


@pytest.mark.parametrize(
    ("written", "said", "meant", "swap"),
    [(4528, 4549, 4528, False), (4528, 4549, 4528, True), (4549, 4528, 4549, True), (4498, 4549, 4498, True)],
)
def test_a_zone_number_that_is_there_or_not_names_the_crs_to_write(tiny_project, written, said, meant, swap):
    project = tiny_project(inputs={"nodes": {"path": "nodes.csv", "crs": f"EPSG:{said}"}})
    in_metres(project, written, "x", "y", swap=swap)
    (problem,) = check(project)
    assert (problem.file, problem.row, problem.severity) == ("nodes.csv", None, "error")
    assert problem.mend == f'Write crs = "EPSG:{meant}" for it in the project file.'


def test_an_unknown_crs_with_zone_numbers_names_the_zone(tiny_project):
    project = tiny_project()
    in_metres(project, 4528, "x", "y", swap=True)
    (problem,) = check(project)
    assert '"EPSG:4528"' in problem.mend
