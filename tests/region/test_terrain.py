"""The elevation model on its metric grid."""

import numpy as np
import pytest
import rasterio
from pyproj import Transformer
from rasterio.transform import from_origin
from scipy.interpolate import RegularGridInterpolator

from dualgig.region.load import load_region

WEST, NORTH, STEP, ROWS, COLUMNS = 119.01, 27.69, 1 / 1200, 120, 180


def rewrite(project, band, **changes):
    path = project.path.parent / "terrain.tif"
    profile = {
        "driver": "GTiff",
        "dtype": band.dtype,
        "count": 1,
        "height": band.shape[0],
        "width": band.shape[1],
        "crs": "EPSG:4326",
        "transform": from_origin(WEST, NORTH, STEP, STEP),
    }
    with rasterio.open(path, "w", **(profile | changes)) as raster:
        raster.write(band, 1)


def source_of(project):
    with rasterio.open(project.path.parent / "terrain.tif") as raster:
        return raster.read(1)


def test_the_grid_agrees_with_interpolation_in_the_source(tiny_project):
    """SciPy interpolates the degrees' grid at the metric cells' centres."""
    project = tiny_project()
    terrain = load_region(project).terrain
    lat = NORTH - (np.arange(ROWS) + 0.5) * STEP
    lon = WEST + (np.arange(COLUMNS) + 0.5) * STEP
    oracle = RegularGridInterpolator(
        (lat[::-1], lon), source_of(project)[::-1].astype(float), bounds_error=False
    )
    rows, columns = terrain.height_m.shape
    x, y = np.meshgrid(
        terrain.west_m + np.arange(columns) * terrain.cell_m,
        terrain.north_m - np.arange(rows) * terrain.cell_m,
    )
    to_degrees = Transformer.from_crs("EPSG:32650", "EPSG:4326", always_xy=True)
    east, north = to_degrees.transform(x, y)
    expected = oracle(np.column_stack([north.ravel(), east.ravel()])).reshape(x.shape)
    difference = np.abs(terrain.height_m - expected)
    both = np.isfinite(difference)
    assert both.mean() > 0.9
    assert difference[both].max() < 1.0
    assert terrain.height_m.dtype == np.float32
    # 3 arc-seconds at 27.6 degrees north are 92 m by 82 m.
    assert 82 <= terrain.cell_m <= 92


def test_a_grid_in_the_metric_crs_is_cut_not_resampled(tiny_project):
    project = tiny_project()
    band = np.random.default_rng(1).uniform(200, 900, (300, 400)).astype(np.float32)
    rewrite(project, band, crs="EPSG:32650", transform=from_origin(690_000, 3_070_000, 100, 100))
    terrain = load_region(project).terrain
    row = round((3_070_000 - 50 - terrain.north_m) / 100)
    column = round((terrain.west_m - 690_000 - 50) / 100)
    rows, columns = terrain.height_m.shape
    assert (rows, columns) < band.shape
    np.testing.assert_array_equal(terrain.height_m, band[row : row + rows, column : column + columns])
    assert (
        terrain.sample(np.array([terrain.west_m]), np.array([terrain.north_m]))[0] == terrain.height_m[0, 0]
    )


@pytest.mark.parametrize("nodata", [-9999, 0, None])
def test_nodata_is_nan_and_does_not_bleed(tiny_project, nodata):
    project = tiny_project()
    band = np.full((ROWS, COLUMNS), 400, np.int16)
    # A patch in the hills, 119.0758E 27.6483N, where nothing stands; undeclared it is -32768.
    band[45:55, 75:85] = -32768 if nodata is None else nodata
    rewrite(project, band, nodata=nodata)
    region = load_region(project)
    heights = region.terrain.height_m
    assert set(np.unique(heights[np.isfinite(heights)])) == {400.0}
    to_metres = Transformer.from_crs("EPSG:4326", "EPSG:32650", always_xy=True)
    x, y = to_metres.transform(WEST + 80 * STEP, NORTH - 50 * STEP)
    assert np.isnan(region.terrain.sample(np.array([x]), np.array([y]))[0])
    told = [
        w.problem
        for w in region.warnings
        if "counts as nodata" in w.problem or "count as nodata" in w.problem
    ]
    assert bool(told) == (nodata is None)


def test_scale_and_offset_are_applied(tiny_project):
    project = tiny_project()
    rewrite(project, np.full((ROWS, COLUMNS), 50, np.int16))
    with rasterio.open(project.path.parent / "terrain.tif", "r+") as raster:
        raster.scales, raster.offsets = (10.0,), (7.0,)
    heights = load_region(project).terrain.height_m
    assert set(np.unique(heights[np.isfinite(heights)])) == {507.0}


def test_only_the_ground_around_the_region_is_kept(tiny_project):
    project = tiny_project()
    rewrite(project, np.full((400, 600), 300, np.int16), transform=from_origin(118.0, 28.6, 0.005, 0.005))
    terrain = load_region(project).terrain
    rows, columns = terrain.height_m.shape
    # 12 by 8 km and a halo of 2 km, at cells of about 530 m.
    assert columns * terrain.cell_m < 19_000
    assert rows * terrain.cell_m < 15_000
    assert np.isfinite(terrain.height_m).all()
