"""Terrain detail: a seeded fractal on the real relief, drained and given valleys."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import rasterio
from numba import njit
from pyproj import Transformer
from rasterio.transform import from_origin
from scipy import ndimage
from scipy.interpolate import RectBivariateSpline

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from qingyuan.sources import Relief

CRS = "EPSG:4549"
"""CGCS2000, 3-degree Gauss-Krüger zone with central meridian 120 E: the county spans 118.8 to 119.5 E."""

CELL_M = 90.0
REAL_WAVELENGTH_M = 7400.0
"""Twice the spacing of the real relief: the fractal adds only what is shorter."""


@dataclass(frozen=True)
class Grid:
    """A north-up raster; ``west_m`` and ``north_m`` are the outer corner of cell (0, 0)."""

    height_m: NDArray[np.float64]
    west_m: float
    north_m: float

    def cell(
        self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Rows and columns of points."""
        row = ((self.north_m - np.asarray(y_m)) / CELL_M).astype(np.intp)
        column = ((np.asarray(x_m) - self.west_m) / CELL_M).astype(np.intp)
        return row, column

    def centre(
        self, row: NDArray[np.intp], column: NDArray[np.intp]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Eastings and northings of cell centres."""
        x_m, y_m = self.west_m + (column + 0.5) * CELL_M, self.north_m - (row + 0.5) * CELL_M
        return np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)


def make_terrain(
    relief: Relief, bounds_m: tuple[float, float, float, float], rng: np.random.Generator
) -> Grid:
    """Heights on a 90 m grid over ``bounds_m`` (west, south, east, north)."""
    west, south, east, north = (
        np.floor(bounds_m[0] / CELL_M) * CELL_M,
        np.floor(bounds_m[1] / CELL_M) * CELL_M,
        np.ceil(bounds_m[2] / CELL_M) * CELL_M,
        np.ceil(bounds_m[3] / CELL_M) * CELL_M,
    )
    shape = round((north - south) / CELL_M), round((east - west) / CELL_M)
    x, y = np.meshgrid(
        west + (np.arange(shape[1]) + 0.5) * CELL_M, north - (np.arange(shape[0]) + 0.5) * CELL_M
    )
    longitude, latitude = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(x, y)
    base = RectBivariateSpline(relief.latitude, relief.longitude, relief.height_m).ev(latitude, longitude)
    roughness = ndimage.generic_filter(relief.height_m, np.std, size=3, mode="nearest")
    roughness = RectBivariateSpline(relief.latitude, relief.longitude, roughness, kx=1, ky=1).ev(
        latitude, longitude
    )
    height = base + _fractal(shape, rng) * np.clip(0.45 * roughness, 15.0, 110.0)
    # No pit below the lowest real height nearby: breaching it would cut every valley downstream.
    lowest = ndimage.minimum_filter(relief.height_m, size=3, mode="nearest")
    lowest = RectBivariateSpline(relief.latitude, relief.longitude, lowest, kx=1, ky=1).ev(
        latitude, longitude
    )
    height = _valleys(np.maximum(height, lowest - 20.0))
    # What the valleys took away at the scale of the real relief is given back.
    height += ndimage.gaussian_filter(base - height, REAL_WAVELENGTH_M / 2 / CELL_M)
    return Grid(np.round(ndimage.gaussian_filter(height, 0.6)), float(west), float(north))


def _fractal(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float64]:
    """Unit-variance noise, half smooth and half ridged, without the wavelengths that are real."""
    parts = []
    for _ in range(2):
        spectrum = np.fft.rfft2(rng.standard_normal(shape))
        fy = np.fft.fftfreq(shape[0], CELL_M)[:, None]
        fx = np.fft.rfftfreq(shape[1], CELL_M)[None, :]
        f = np.hypot(fx, fy)
        high_pass = 1.0 / (1.0 + (np.maximum(f, 1e-9) * REAL_WAVELENGTH_M) ** -6.0)
        amplitude = np.where(f > 0, np.maximum(f, 1e-9) ** -1.75, 0.0) * high_pass
        noise = np.fft.irfft2(spectrum * amplitude, s=shape)
        parts.append(noise / noise.std())
    ridged = -np.abs(parts[1])
    mixed = 0.6 * parts[0] + 0.8 * (ridged - ridged.mean()) / ridged.std()
    return np.asarray(mixed / mixed.std(), dtype=np.float64)


def _valleys(height: NDArray[np.float64]) -> NDArray[np.float64]:
    """Let every cell drain, widen the channels to valley floors, and limit the slopes."""
    height, downstream, order = _drain(height)
    height = _limit_slope(height, 0.75)
    cells = np.ones(height.size)
    _accumulate(cells, downstream, order)
    area = cells.reshape(height.shape)
    channel = area > 600  # about 5 km2 keep a stream with a floor
    distance, (row, column) = ndimage.distance_transform_edt(~channel, sampling=CELL_M, return_indices=True)
    width = 40.0 + 55.0 * np.log2(area[row, column] / 600.0)
    floor = height[row, column] + 0.04 * distance
    height = np.where(distance < width, np.minimum(height, floor), height)
    return _limit_slope(height, 0.75)


@njit(cache=True)
def _drain(
    height: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:  # pragma: no cover
    """Priority flood that breaches every pit; heights, downstream cell and flood order."""
    rows, columns = height.shape
    size = rows * columns
    z = height.copy().reshape(size)
    downstream = np.full(size, -1, np.int64)
    seen = np.zeros(size, np.bool_)
    order = np.empty(size, np.int64)
    heap = [(0.0, np.int64(0))]
    heap.pop()
    for row in range(rows):
        for column in range(columns):
            if row in (0, rows - 1) or column in (0, columns - 1):
                cell = row * columns + column
                seen[cell] = True
                heapq.heappush(heap, (z[cell], np.int64(cell)))
    count = 0
    while len(heap) > 0:
        _, cell = heapq.heappop(heap)
        order[count] = cell
        count += 1
        row, column = cell // columns, cell % columns
        for dr in range(-1, 2):
            for dc in range(-1, 2):
                r, c = row + dr, column + dc
                if r < 0 or c < 0 or r >= rows or c >= columns:
                    continue
                other = r * columns + c
                if seen[other]:
                    continue
                seen[other] = True
                downstream[other] = cell
                level = z[other] - 0.01
                outlet = cell
                while outlet >= 0 and z[outlet] > level:
                    z[outlet] = level
                    level -= 0.01
                    outlet = downstream[outlet]
                heapq.heappush(heap, (z[other], np.int64(other)))
    return z.reshape(rows, columns), downstream, order


@njit(cache=True)
def _accumulate(
    cells: NDArray[np.float64], downstream: NDArray[np.int64], order: NDArray[np.int64]
) -> None:  # pragma: no cover
    """Add each cell to the one below it, from the last flooded to the first."""
    for i in range(order.size - 1, -1, -1):
        cell = order[i]
        if downstream[cell] >= 0:
            cells[downstream[cell]] += cells[cell]


@njit(cache=True)
def _limit_slope(height: NDArray[np.float64], slope: float) -> NDArray[np.float64]:  # pragma: no cover
    """Highest surface under ``height`` whose slope between neighbours is at most ``slope``."""
    z = height.copy()
    rows, columns = z.shape
    straight = slope * CELL_M
    diagonal = straight * np.sqrt(2.0)
    changed = True
    while changed:
        changed = False
        for sweep in range(2):
            step = 1 if sweep == 0 else -1
            for i in range(rows):
                r = i if sweep == 0 else rows - 1 - i
                for j in range(columns):
                    c = j if sweep == 0 else columns - 1 - j
                    least = z[r, c]
                    if 0 <= r - step < rows:
                        least = min(least, z[r - step, c] + straight)
                        if c > 0:
                            least = min(least, z[r - step, c - 1] + diagonal)
                        if c < columns - 1:
                            least = min(least, z[r - step, c + 1] + diagonal)
                    if 0 <= c - step < columns:
                        least = min(least, z[r, c - step] + straight)
                    if least < z[r, c] - 1e-6:
                        z[r, c] = least
                        changed = True
    return z


def write_terrain(grid: Grid, path: Path) -> None:
    """The terrain as a compressed int16 GeoTIFF."""
    rows, columns = grid.height_m.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype="int16",
        count=1,
        width=columns,
        height=rows,
        crs=CRS,
        transform=from_origin(grid.west_m, grid.north_m, CELL_M, CELL_M),
        nodata=-32768,
        compress="deflate",
        predictor=2,
        zlevel=9,
    ) as file:
        file.write(grid.height_m.astype(np.int16), 1)
