"""Coordinates of the page against pyproj."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Transformer

from dualgig.region.datum import gcj02_to_wgs84
from dualgig.render.grid import COARSE_BITS, FINE_BITS, MANY_VERTICES, PageGrid, page_grid

EDGE_M = 20037508.342789244  # half the width of Web Mercator


@pytest.mark.parametrize("bits", [COARSE_BITS, FINE_BITS])
def test_steps_are_web_mercator(bits):
    rng = np.random.default_rng(3)
    lon_lat = np.column_stack([rng.uniform(-179, 179, 200), rng.uniform(-80, 80, 200)])
    x, y = Transformer.from_crs(4326, 3857, always_xy=True).transform(*lon_lat.T)

    steps = PageGrid(bits).steps(lon_lat)

    metres = 2 * EDGE_M / 2**bits
    np.testing.assert_allclose(steps[:, 0] * metres - EDGE_M, x, atol=0.51 * metres)
    np.testing.assert_allclose(EDGE_M - steps[:, 1] * metres, y, atol=0.51 * metres)


def test_on_gaode_everything_is_shifted_as_gaode_is():
    lon_lat = np.array([[119.07, 27.61], [120.3, 30.2]])
    grid = PageGrid(datum="GCJ-02")

    page = grid.degrees(lon_lat[:, 0], lon_lat[:, 1])

    np.testing.assert_allclose(np.column_stack(gcj02_to_wgs84(*page.T)), lon_lat, atol=1e-9)
    apart = (grid.steps(lon_lat) - PageGrid().steps(lon_lat)) * 2 * EDGE_M / 2**FINE_BITS
    # Web Mercator stretches by 1 / cos(latitude): 430 to 720 m on the ground.
    ground = np.hypot(*apart.T) * np.cos(np.radians(lon_lat[:, 1]))
    assert ((ground > 200) & (ground < 720)).all()


def test_bounds_are_those_of_the_table():
    table = gpd.GeoDataFrame(geometry=[shapely.box(119.0, 27.0, 119.5, 27.8)], crs=4326)

    assert PageGrid().bounds(table) == pytest.approx((27.0, 119.0, 27.8, 119.5))


def test_very_many_vertices_take_the_coarse_grid():
    ring = shapely.Point(119, 27).buffer(0.1, quad_segs=1000)
    few = gpd.GeoDataFrame(geometry=[ring], crs=4326)
    many = gpd.GeoDataFrame(geometry=[ring] * (MANY_VERTICES // 4000 + 1), crs=4326)

    assert page_grid(few).bits == FINE_BITS
    assert page_grid(many).bits == COARSE_BITS
