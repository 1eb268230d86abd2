"""Time the radio prediction of a whole province: coverage sets of every candidate at every demand point.

Give it a folder with ``dem_15s.tif`` (elevation) and ``villages.gpkg`` (village areas). Elevations at 15
arc-seconds are too smooth for radio: seeded fractal detail is added at 90 m, so the terrain is plausible,
but it is not the real one. Candidates and demand points are scattered over the villages, also seeded.
The last line is one JSON object.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import rasterio
from pyproj import CRS, Transformer
from rasterio.features import rasterize
from rasterio.transform import from_origin
from scipy.ndimage import map_coordinates, uniform_filter

from dualgig.project import Radio
from dualgig.radio.budget import link_budget
from dualgig.radio.cap import lost_to_cap
from dualgig.radio.places import demand_places
from dualgig.radio.sets import coverage_tiles
from dualgig.region.model import Terrain

if TYPE_CHECKING:
    from numpy.typing import NDArray

METRIC = CRS.from_epsg(4549)
CELL_M = 90.0
BANDS = ("n28", "n41", "n78")
MAST_M = 30.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder with dem_15s.tif and villages.gpkg")
    parser.add_argument("--sites", type=int, default=100_000, help="candidates")
    parser.add_argument("--points", type=int, default=2_000_000, help="demand points")
    parser.add_argument("--threads", type=int, help="threads; as many as cores where absent")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    started = time.perf_counter()
    villages = gpd.read_file(options.folder / "villages.gpkg", columns=["code"]).to_crs(METRIC)
    terrain = province_terrain(options.folder / "dem_15s.tif", villages.total_bounds, options.seed)
    sites, points = scattered(villages, terrain, options.sites, options.points, options.seed)
    say(f"terrain {terrain.height_m.shape}, {len(sites)} sites, {len(points)} points: {since(started)}")

    started = time.perf_counter()
    radio = Radio.model_validate({})
    budgets = [link_budget(radio, band) for band in BANDS]
    radius_m = [radio.bands[band].radius_km * 1000.0 for band in BANDS]
    places = demand_places(terrain, points)
    say(f"{len(places)} cells with demand: {since(started)}")
    tiles = []
    for tile in coverage_tiles(
        terrain,
        places,
        sites,
        MAST_M,
        radio.receiver_height_m,
        budgets,
        radius_m,
        delta_n=radio.delta_n,
        threads=options.threads,
    ):
        tiles.append(tile)
        if len(tiles) % 10 == 0:
            say(f"{sum(done.site.size for done in tiles)} sites: {since(started)}")
    seconds = time.perf_counter() - started
    say(f"sets of all sites: {since(started)}")

    lost = {}
    covered = {band: np.any([tile.covered(band) for tile in tiles], axis=0) for band in BANDS}
    for band, budget, cap_m in zip(BANDS, budgets, radius_m, strict=True):
        heights = (MAST_M, radio.receiver_height_m)
        lost[band] = asdict(lost_to_cap(terrain, places, covered[band], sites, *heights, budget, cap_m))
    say(f"with what the caps lose: {since(started)}")
    served = np.sum([tile.served.sum(axis=0) for tile in tiles], axis=0)
    figures = {
        "sites": len(sites),
        "points": len(points),
        "places": len(places),
        "served_pairs": dict(zip(BANDS, served.tolist(), strict=True)),
        "covered_share": {band: round(float(covered[band].mean()), 4) for band in BANDS},
        "lost_to_cap": lost,
        "sets_mib": sum(tile.packed.nbytes + tile.margin_db.nbytes for tile in tiles) // 2**20,
        "seconds": round(seconds, 1),
        "peak_mib": peak_mib(),
    }
    print(json.dumps(figures))


def province_terrain(path: Path, bounds: NDArray[np.float64], seed: int) -> Terrain:
    """Elevations on 90 m, with seeded fractal detail as strong as the relief around it."""
    west, south, east, north = bounds + np.array([-20_000.0, -20_000.0, 20_000.0, 20_000.0])
    x, y = np.arange(west, east, CELL_M), np.arange(north, south, -CELL_M)
    with rasterio.open(path) as dem:
        coarse = dem.read(1).astype(np.float32)
        coarse[coarse == dem.nodata] = 0.0
        to_dem = ~dem.transform
    to_lonlat = Transformer.from_crs(METRIC, "EPSG:4326", always_xy=True)
    height = np.empty((y.size, x.size), np.float32)
    for first in range(0, y.size, 512):
        lon, lat = to_lonlat.transform(*np.meshgrid(x, y[first : first + 512]))
        column, row = to_dem * (lon, lat)
        place = np.stack([row - 0.5, column - 0.5]).astype(np.float32)
        height[first : first + 512] = map_coordinates(coarse, place, order=1, mode="nearest")
    detail = fractal_tile(2048, seed)
    mean = uniform_filter(height, 31)
    spread = np.sqrt(np.maximum(uniform_filter(height * height, 31) - mean * mean, 0.0))
    for first in range(0, y.size, 512):
        part = slice(first, first + 512)
        row = np.arange(first, min(first + 512, y.size)) % 2048
        height[part] += 0.25 * spread[part] * detail[np.ix_(row, np.arange(x.size) % 2048)]
    return Terrain(np.maximum(height, 0.0), float(x[0]), float(y[0]), CELL_M, METRIC, "fractal detail added")


def fractal_tile(side: int, seed: int) -> NDArray[np.float32]:
    """Noise of unit deviation without structures longer than 2 km, which repeats without a seam."""
    rng = np.random.default_rng(seed)
    wave = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    wave[wave < CELL_M / 2000.0] = np.inf
    spectrum = (rng.normal(size=wave.shape) + 1j * rng.normal(size=wave.shape)) * wave**-1.8
    noise = np.fft.irfft2(spectrum, (side, side))
    return (noise / noise.std()).astype(np.float32)


def scattered(
    villages: gpd.GeoDataFrame, terrain: Terrain, sites: int, points: int, seed: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Candidates on the higher ground and demand points anywhere, as many in each village."""
    rng = np.random.default_rng(seed)
    corner = (terrain.west_m - CELL_M / 2, terrain.north_m + CELL_M / 2)
    shapes = zip(villages.geometry, range(1, len(villages) + 1), strict=True)
    label = rasterize(
        shapes, terrain.height_m.shape, transform=from_origin(*corner, CELL_M, CELL_M), dtype=np.int32
    ).ravel()
    cells = np.flatnonzero(label)
    cells = cells[np.argsort(label[cells], kind="stable")]
    count = np.bincount(label[cells], minlength=len(villages) + 1)[1:]
    first = np.cumsum(count) - count
    with_cells = np.flatnonzero(count)

    def pick(total: int) -> NDArray[np.int64]:
        village = with_cells[np.arange(total) * with_cells.size // total]
        chosen: NDArray[np.int64] = cells[
            first[village] + (rng.random(total) * count[village]).astype(np.int64)
        ]
        return chosen

    demand = pick(points)
    trials = np.stack([pick(sites) for _ in range(3)])
    highest = terrain.height_m.ravel()[trials].argmax(axis=0)
    chosen = trials[highest, np.arange(sites)]

    def place(cell: NDArray[np.int64]) -> NDArray[np.float64]:
        row, column = np.divmod(cell, terrain.height_m.shape[1])
        shift = rng.uniform(-0.5, 0.5, (2, cell.size))
        return np.column_stack(
            [terrain.west_m + (column + shift[0]) * CELL_M, terrain.north_m - (row + shift[1]) * CELL_M]
        )

    return place(chosen), place(demand)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def since(started: float) -> str:
    return f"{time.perf_counter() - started:.1f} s, peak {peak_mib()} MiB"


def peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main()
