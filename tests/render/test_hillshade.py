"""Shaded relief: planes against their normals, the PNG against GDAL, the warp against PROJ."""

from __future__ import annotations

import base64
import warnings

import numpy as np
import pytest
from pyproj import CRS, Transformer
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile

from dualgig.region.model import Terrain
from dualgig.render.hillshade import LARGEST_BYTES, hillshade, palette_png, shade_relief

METRIC = CRS.from_epsg(4549)
WEST_M, NORTH_M = 400_000.0, 3_060_000.0


def terrain(height_m, cell_m=90.0):
    return Terrain(np.asarray(height_m, np.float32), WEST_M, NORTH_M, cell_m, METRIC)


def plane(east, north, cell_m=50.0):
    """A plane that rises by these slopes to the east and to the north."""
    rows, columns = np.mgrid[0:9, 0:9]
    return (cell_m * (east * columns - north * rows)).astype(np.float32)


def read_png(png):
    """Pixels and colours, as GDAL reads them; a PNG has no place on the earth, of which it warns."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        with MemoryFile(png) as file, file.open() as picture:
            return picture.read(1), picture.colormap(1)


def decode(uri):
    kind, code = uri.split(",")
    assert kind == "data:image/png;base64"
    return read_png(base64.b64decode(code))


@pytest.mark.parametrize(("east", "north"), [(0.0, 0.0), (0.5, 0.0), (0.0, -0.3), (0.4, -0.7), (-1.2, 0.2)])
def test_a_plane_is_as_bright_as_its_normal_says(east, north):
    normal = np.array([-east, -north, 1.0]) / np.sqrt(east**2 + north**2 + 1.0)
    expected = 0.0
    for azimuth_deg, weight in ((315, 0.55), (360, 0.15), (270, 0.15), (225, 0.15)):
        azimuth, altitude = np.radians(azimuth_deg), np.radians(45.0)
        light = [np.cos(altitude) * np.sin(azimuth), np.cos(altitude) * np.cos(azimuth), np.sin(altitude)]
        expected += weight * max(float(normal @ light), 0.0)

    shade = shade_relief(plane(east, north), 50.0)

    np.testing.assert_allclose(shade[2:-2, 2:-2], expected, atol=1e-5)


def test_slopes_towards_the_north_west_are_the_brightest():
    towards = shade_relief(plane(0.5, -0.5), 50.0)[4, 4]  # rises to the south-east, so it faces north-west
    away = shade_relief(plane(-0.5, 0.5), 50.0)[4, 4]

    assert towards > shade_relief(plane(0.0, 0.0), 50.0)[4, 4] > away


def test_gdal_reads_the_png():
    rng = np.random.default_rng(1)
    index = rng.integers(0, 16, (7, 11)).astype(np.uint8)
    palette = rng.integers(0, 256, (16, 4)).astype(np.uint8)

    read, colours = read_png(palette_png(index, palette))

    np.testing.assert_array_equal(read, index)
    assert [colours[i] for i in range(16)] == [tuple(map(int, row)) for row in palette]


def test_the_picture_lies_where_the_terrain_lies():
    # Given a terrain with a hole in a known place
    height = np.random.default_rng(2).uniform(0, 40, (260, 300))
    height[90:110, 200:230] = np.nan

    picture = hillshade(terrain(height))

    # Then the transparent pixels are there on a Web Mercator map, to a pixel.
    index, colours = decode(picture.uri)
    (south, west), (north, east) = picture.bounds
    to_mercator = Transformer.from_crs(4326, 3857, always_xy=True)
    left, bottom = to_mercator.transform(west, south)
    right, top = to_mercator.transform(east, north)
    clear = np.array([colours[int(i)][3] == 0 for i in range(16)])[index]
    rows, columns = np.nonzero(clear)
    x = left + (columns + 0.5) * (right - left) / index.shape[1]
    y = top - (rows + 0.5) * (top - bottom) / index.shape[0]
    back = Transformer.from_crs(3857, METRIC, always_xy=True)
    easting, northing = back.transform(x, y)
    hole = (np.abs(easting - (WEST_M + 214.5 * 90)) < 20 * 90) & (
        np.abs(northing - (NORTH_M - 99.5 * 90)) < 15 * 90
    )
    assert abs(easting[hole].mean() - (WEST_M + 214.5 * 90)) < 90
    assert abs(northing[hole].mean() - (NORTH_M - 99.5 * 90)) < 90
    assert np.ptp(easting[hole]) == pytest.approx(30 * 90, abs=3 * 90)
    assert np.ptp(northing[hole]) == pytest.approx(20 * 90, abs=3 * 90)


def test_a_rough_terrain_still_makes_a_small_picture():
    picture = hillshade(terrain(np.random.default_rng(3).uniform(0, 500, (900, 1100))))

    assert len(picture.uri) < 1.34 * LARGEST_BYTES + 100 < 300_000


def test_flat_ground_is_a_picture_too():
    index, colours = decode(hillshade(terrain(np.zeros((40, 50)))).uri)

    colours = {colours[int(i)] for i in np.unique(index)}
    assert len(colours) <= 2
    assert all(min(colour[:3]) > 210 for colour in colours)  # pale, not the darkest shade


@pytest.mark.parametrize("height", [np.full((30, 30), np.nan), np.zeros((1, 30))])
def test_no_picture_without_a_surface(height):
    assert hillshade(terrain(height)) is None
