"""The sweep against the exact profiles, and where a sweep has to know its limits."""

import dataclasses
import math
from pathlib import Path

import numpy as np
import pytest
import rasterio
from matplotlib import cbook
from pyproj import CRS, Transformer
from scipy.ndimage import map_coordinates

from dualgig.radio.paths import path_loss_db, path_losses
from dualgig.radio.profile import grid_places
from dualgig.radio.setting import sweep_setting
from dualgig.radio.sweep import sweep_loss_db, sweep_served
from dualgig.radio.trace import trace
from dualgig.radio.traced import EVERY_CELL, NO_LIMIT, azimuth_rad, room_for
from dualgig.region.model import Clutter, Terrain

BANDS_GHZ = [0.773, 0.9475, 2.14, 2.593, 3.45, 4.85]
MAST_M, PHONE_M = 30.0, 1.5
DEMO_DEM = Path(__file__).parents[2] / "data" / "qingyuan" / "dem_90m.tif"


def random_sites(terrain, count, seed):
    """Sites anywhere on a terrain, not only in the centres of cells, shape (count, 2)."""
    rows, columns = terrain.height_m.shape
    place = np.random.default_rng(seed).uniform((0, 0), (columns - 1, rows - 1), (count, 2))
    return np.column_stack(
        [terrain.west_m + place[:, 0] * terrain.cell_m, terrain.north_m - place[:, 1] * terrain.cell_m]
    )


def exact_losses(terrain, site_xy, radius_m, bands_ghz=BANDS_GHZ, mast_m=MAST_M, **options):
    """Rows, columns, exact and free-space losses of all cells around a site."""
    rows, columns = np.indices(terrain.height_m.shape).reshape(2, -1)
    xy = np.column_stack([terrain.west_m + columns * terrain.cell_m, terrain.north_m - rows * terrain.cell_m])
    near = np.flatnonzero(np.hypot(*(xy - site_xy).T) <= radius_m)
    exact_db, free_db = path_loss_db(
        terrain,
        [site_xy],
        mast_m,
        xy[near],
        PHONE_M,
        np.zeros(near.size, int),
        np.arange(near.size),
        bands_ghz,
        **options,
    )
    return rows[near], columns[near], exact_db, free_db


def swept_and_exact(terrain, sites_xy, radius_m):
    """Losses of all cells around all sites: swept, exact, in free space; each of the shape (cells, bands)."""
    sweeps = sweep_loss_db(terrain, sites_xy, MAST_M, PHONE_M, BANDS_GHZ, radius_m)
    parts = []
    for site, xy in enumerate(sites_xy):
        rows, columns, exact_db, free_db = exact_losses(terrain, xy, radius_m)
        window = sweeps.values[site]
        here = window[:, rows - sweeps.first_row[site], columns - sweeps.first_column[site]].T
        # what lies within the radius is swept, and nothing else
        assert np.array_equal(np.isnan(here), np.isnan(exact_db))
        assert np.isfinite(window[0]).sum() == np.isfinite(exact_db[:, 0]).sum()
        known = np.isfinite(exact_db[:, 0])
        parts.append((here[known], exact_db[known], free_db[known]))
    return (np.vstack(part) for part in zip(*parts, strict=True))


def assert_agreement(swept_db, exact_db, free_db):
    """What must hold of every band: mean, deviation, and wrong cells on either side of thresholds."""
    for band, frequency in enumerate(BANDS_GHZ):
        swept, exact = swept_db[:, band], exact_db[:, band]
        error = swept - exact
        assert abs(error.mean()) <= 0.1, frequency
        assert error.std() <= 2.0, frequency
        # thresholds from 10 % to 90 % served, all cells together, and those in sight and blocked apart
        in_sight = exact - free_db[:, band] < 6.0
        for cells in (np.ones(error.size, bool), in_sight, ~in_sight):
            for share in (0.1, 0.3, 0.5, 0.7, 0.9):
                threshold = np.quantile(exact[cells], share)
                served, said = exact[cells] <= threshold, swept[cells] <= threshold
                assert (said & ~served).sum() <= 0.015 * served.sum(), (frequency, share)
                assert (~said & served).sum() <= 0.015 * (~served).sum(), (frequency, share)


def fractal(terrain_of, relief_m=900.0, side=320, cell_m=50.0):
    """Seeded fractal mountains: white noise whose spectrum falls as a real relief's does."""
    rng = np.random.default_rng(20250714)
    wave = np.hypot(np.fft.fftfreq(side)[:, None], np.fft.rfftfreq(side)[None])
    wave[0, 0] = math.inf
    spectrum = (rng.normal(size=wave.shape) + 1j * rng.normal(size=wave.shape)) * wave**-2.0
    height = np.fft.irfft2(spectrum, (side, side))
    return terrain_of((height - height.min()) / np.ptp(height) * relief_m, cell_m)


def test_agreement_on_fractal_mountains(terrain_of):
    terrain = fractal(terrain_of)
    swept, exact, free = swept_and_exact(terrain, random_sites(terrain, 5, 1), 5000.0)
    assert 0.3 < (exact - free > 6).mean() < 0.9
    assert_agreement(swept, exact, free)


def test_agreement_on_the_demo():
    with rasterio.open(DEMO_DEM) as dem:
        height = dem.read(1, masked=True).astype(np.float32).filled(np.nan)
        west, north = dem.transform.c + 45.0, dem.transform.f - 45.0
        terrain = Terrain(height, west, north, 90.0, CRS.from_user_input(dem.crs))
    # given sites in the mountains around Qingyuan's seats
    sites = random_sites(terrain, 40, 2)
    inner = np.abs(sites - sites.mean(axis=0)).max(axis=1) < 20_000
    assert_agreement(*swept_and_exact(terrain, sites[inner][:4], 8000.0))


def test_agreement_on_real_mountains():
    # given 3 arc-seconds of the Jacksboro fault, Tennessee, as matplotlib carries them, on 90 m of UTM 16
    with cbook.get_sample_data("jacksboro_fault_dem.npz") as dem:
        height, step = dem["elevation"].astype(float), float(dem["dx"])
        west, north = float(dem["xmin"]), max(float(dem["ymin"]), float(dem["ymax"]))
    to_metres = Transformer.from_crs(4326, 32616, always_xy=True)
    x, y = to_metres.transform([west + 0.01, west + 0.32], [north - 0.01, north - 0.27])
    easting, northing = np.arange(x[0], x[1], 90.0), np.arange(y[0], y[1], -90.0)
    lon, lat = Transformer.from_crs(32616, 4326, always_xy=True).transform(*np.meshgrid(easting, northing))
    metric = map_coordinates(height, [(north - lat) / step, (lon - west) / step], order=1)
    terrain = Terrain(metric.astype(np.float32), easting[0], northing[0], 90.0, CRS.from_epsg(32616))
    # when, then
    assert_agreement(*swept_and_exact(terrain, random_sites(terrain, 6, 3), 8000.0))


def test_the_threshold_version_is_the_loss_version_judged(terrain_of):
    # given thresholds at which between a tenth and nine tenths of the cells are served
    terrain = fractal(terrain_of, side=240)
    sites = random_sites(terrain, 3, 4)
    losses = sweep_loss_db(terrain, sites, MAST_M, PHONE_M, BANDS_GHZ, 4000.0).values
    for share in (0.1, 0.5, 0.9):
        allowed = np.nanquantile(losses, share, axis=(0, 2, 3))
        # when
        served = sweep_served(terrain, sites, MAST_M, PHONE_M, BANDS_GHZ, 4000.0, allowed).values
        # then only cells within 0.1 dB of the threshold may differ
        difference_db = (losses - allowed[:, None, None])[served != (losses <= allowed[:, None, None])]
        assert np.abs(difference_db).max(initial=0.0) < 0.1
        assert served.sum() == pytest.approx(share * np.isfinite(losses).sum(), rel=0.005)


def test_threads_change_nothing(terrain_of):
    terrain = fractal(terrain_of, side=160)
    sites = random_sites(terrain, 13, 5)
    job = (terrain, sites, np.linspace(15, 50, 13), PHONE_M, BANDS_GHZ[:3], 2000.0)
    one, three = (sweep_loss_db(*job, threads=threads).values for threads in (1, 3))
    assert np.array_equal(one, three, equal_nan=True)
    one, three = (sweep_served(*job, [120, 120, 125], threads=threads).values for threads in (1, 3))
    assert np.array_equal(one, three)
    assert one.any()


def test_sites_and_bands_do_not_influence_each_other(terrain_of):
    # given sites of one mast height and bands of one radius, so that all share their tables
    terrain = fractal(terrain_of, side=160)
    sites = random_sites(terrain, 3, 6)
    together = sweep_loss_db(terrain, sites, MAST_M, PHONE_M, BANDS_GHZ, 2000.0)
    for site in range(3):
        alone = sweep_loss_db(terrain, sites[[site]], MAST_M, PHONE_M, BANDS_GHZ, 2000.0)
        assert np.array_equal(alone.values[0], together.values[site], equal_nan=True)
        assert alone.first_row[0] == together.first_row[site]
    for band in (0, 4):
        alone = sweep_loss_db(terrain, sites, MAST_M, PHONE_M, [BANDS_GHZ[band]], 2000.0)
        assert alone.values[:, 0] == pytest.approx(together.values[:, band], abs=0.05, nan_ok=True)


def test_each_band_to_its_own_radius(terrain_of):
    terrain = fractal(terrain_of, side=160)
    site = [(4000.0, 4010.0)]
    sweeps = sweep_loss_db(terrain, site, MAST_M, PHONE_M, [0.773, 3.45], [2500.0, 1000.0])
    rows, columns = sweeps.cells(0)
    distance_m = np.hypot(columns * 50.0 - 4000.0, (159 - rows) * 50.0 - 4010.0)
    for band, radius_m in enumerate((2500.0, 1000.0)):
        assert np.array_equal(np.isfinite(sweeps.values[0, band]), distance_m <= radius_m)


def test_a_tall_mast_and_the_air_count(terrain_of):
    # given options that the defaults do not have
    terrain = fractal(terrain_of, side=200)
    site = random_sites(terrain, 1, 7)
    options = {"delta_n": 70.0, "polarisation": "horizontal"}
    sweeps = sweep_loss_db(terrain, site, 80.0, PHONE_M, [0.773], 4000.0, **options)
    rows, columns, exact_db, _ = exact_losses(terrain, site[0], 4000.0, [0.773], 80.0, **options)
    error = sweeps.values[0, 0, rows - sweeps.first_row[0], columns - sweeps.first_column[0]] - exact_db[:, 0]
    assert abs(error.mean()) < 0.1
    assert error.std() < 0.5


def test_agreement_with_clutter_on_the_ground(terrain_of):
    # given woods and houses in patches of some cells, on the fractal mountains
    bare = fractal(terrain_of, side=240)
    patches = np.kron(np.random.default_rng(10).choice([0, 0, 10, 15, 20], (60, 60)), np.ones((4, 4)))
    kind = (patches > 0).astype(np.uint8)
    clutter = Clutter(patches.astype(np.float32), kind, ("", "trees"))
    terrain = dataclasses.replace(bare, clutter=clutter)
    sites = random_sites(terrain, 4, 11)
    # when, then
    swept, exact, free = swept_and_exact(terrain, sites, 3500.0)
    assert_agreement(swept, exact, free)
    assert (exact - swept_and_exact_bare(bare, sites)).mean() > 3


def swept_and_exact_bare(terrain, sites):
    """Exact losses over the bare ground."""
    return np.vstack([exact_losses(terrain, xy, 3500.0)[2] for xy in sites])


def test_paths_leave_in_the_direction_of_the_exact_ones(terrain_of):
    terrain = fractal(terrain_of, side=160)
    site = random_sites(terrain, 1, 12)
    rows, columns = np.indices((160, 160)).reshape(2, -1)
    xy = np.column_stack([columns * 50.0, (159 - rows) * 50.0])
    near = np.flatnonzero((np.hypot(*(xy - site[0]).T) <= 3000) & (np.hypot(*(xy - site[0]).T) > 100))
    exact = path_losses(
        terrain, site, MAST_M, xy[near], PHONE_M, np.zeros(near.size, int), np.arange(near.size), [2.6]
    )
    # when the paths of the site are traced
    setting = sweep_setting(terrain, MAST_M, PHONE_M, [2.6], 3000.0)
    lines = setting.lines()
    traced = room_for(lines)
    (column, row), *_ = grid_places(terrain, site)
    count = trace(
        setting.relief, lines, EVERY_CELL, NO_LIMIT, column, row, MAST_M, PHONE_M, 3000.0, np.inf, traced
    )
    side = 2 * lines.cells + 1
    elevation, azimuth = np.full((2, side, side), np.nan)
    elevation.ravel()[traced.target[:count]] = np.degrees(np.arctan(traced.departure[:count]))
    azimuth.ravel()[traced.target[:count]] = [math.degrees(azimuth_rad(b)) for b in traced.bearing[:count]]
    here = rows[near] - int(row) + lines.cells, columns[near] - int(column) + lines.cells
    # then
    assert np.abs(elevation[here] - exact.departure_deg).max() < 1.5
    assert (elevation[here] - exact.departure_deg).std() < 0.1
    towards = np.degrees(np.arctan2(*(xy[near] - site[0]).T)) % 360
    assert np.abs((azimuth[here] - towards + 180) % 360 - 180).max() < 0.01


@pytest.mark.parametrize(
    "place", [(0.0, 0.0), (7950.0, 0.0), (0.0, 3333.0), (2000.0, 7950.0), (3000.0, 3000.0), (3012.5, 3000.0)]
)
def test_sites_at_the_edge_and_in_centres_of_cells(terrain_of, place):
    terrain = fractal(terrain_of, side=160)
    sweeps = sweep_loss_db(terrain, [place], MAST_M, PHONE_M, [2.6], 1500.0)
    rows, columns, exact_db, _ = exact_losses(terrain, np.array(place), 1500.0, [2.6])
    swept = sweeps.values[0, 0, rows - sweeps.first_row[0], columns - sweeps.first_column[0]]
    assert np.isfinite(swept).all()
    assert np.isfinite(sweeps.values).sum() == rows.size
    assert (swept - exact_db[:, 0]).std() < 1.0
    # the cells around the site, and the one it stands in, are a matter of the slant distance
    near = exact_db[:, 0] <= np.sort(exact_db[:, 0])[8]
    assert swept[near] == pytest.approx(exact_db[near, 0], abs=0.01)


def test_directions(terrain_of):
    # given a wall in the north-east only, seen from the middle
    height = np.zeros((101, 101))
    height[20:30, 60:90] = 300
    sweeps = sweep_loss_db(terrain_of(height), [(2500, 2500)], MAST_M, 10.0, [2.6], 2450.0)
    rows, columns = sweeps.cells(0)
    free = sweep_loss_db(terrain_of(np.zeros((101, 101))), [(2500, 2500)], MAST_M, 10.0, [2.6], 2450.0)
    dark = (sweeps.values - free.values)[0, 0] > 20
    # then the shadow lies behind it, north-north-east to east-north-east, and nowhere else
    azimuth = np.degrees(np.arctan2(columns - 50, 50 - rows))[dark]
    assert dark.sum() > 100
    assert azimuth.min() == pytest.approx(math.degrees(math.atan2(10, 30)), abs=3)
    assert azimuth.max() == pytest.approx(math.degrees(math.atan2(39, 20)), abs=3)


def test_what_lies_behind_nodata_is_unknown(terrain_of):
    # given a square of nodata east of the site
    height = np.zeros((61, 101))
    height[25:36, 60:70] = np.nan
    terrain = terrain_of(height)
    sweeps = sweep_loss_db(terrain, [(2010.0, 1490.0)], MAST_M, PHONE_M, [2.6], 2900.0)
    served = sweep_served(terrain, [(2010.0, 1490.0)], MAST_M, PHONE_M, [2.6], 2900.0, [200.0])
    rows, columns, exact_db, _ = exact_losses(terrain, np.array([2010.0, 1490.0]), 2900.0, [2.6])
    here = (rows - sweeps.first_row[0], columns - sweeps.first_column[0])
    swept = sweeps.values[0, 0][here]
    # then a path that meets it has no loss, nor has one a line beside; none is served
    assert np.isnan(swept[np.isnan(exact_db[:, 0])]).all()
    assert (np.isnan(swept) & np.isfinite(exact_db[:, 0])).sum() < 0.1 * np.isnan(exact_db[:, 0]).sum()
    assert np.array_equal(served.values[0, 0][here], np.isfinite(swept))


def test_a_site_off_the_model_or_on_nodata_serves_nobody(terrain_of):
    height = np.zeros((41, 41))
    height[20, 20] = np.nan
    terrain = terrain_of(height)
    for place in ((-30.0, 500.0), (500.0, 2030.0), (1020.0, 1000.0)):
        assert np.isnan(sweep_loss_db(terrain, [place], MAST_M, PHONE_M, [2.6], 500.0).values).all()
        assert not sweep_served(terrain, [place], MAST_M, PHONE_M, [2.6], 500.0, [200.0]).values.any()


def test_no_sites_and_a_model_of_one_cell(terrain_of):
    one = terrain_of([[800.0]])
    assert sweep_loss_db(one, np.empty((0, 2)), MAST_M, PHONE_M, [2.6], 500.0).values.shape[0] == 0
    losses = sweep_loss_db(one, [(0.0, 0.0)], MAST_M, PHONE_M, [2.6], 500.0).values
    assert np.isfinite(losses).sum() == 1
    assert losses[0, 0, 10, 10] == pytest.approx(92.4 + 20 * math.log10(2.6 * 0.0285), abs=1e-4)
    # a radius within the site's own cell
    assert np.isfinite(sweep_loss_db(one, [(0.0, 0.0)], MAST_M, PHONE_M, [2.6], 20.0).values).sum() == 1


@pytest.mark.parametrize("level_m", [0.0, 4000.0])
def test_only_relative_heights_matter(terrain_of, level_m):
    x = np.arange(121) * 50.0
    ridge = np.tile(200 * np.exp(-(((x - 3000) / 400) ** 2)), (41, 1))
    job = ([(500.0, 1000.0)], MAST_M, PHONE_M, [0.773], 4500.0)
    low, high = (sweep_loss_db(terrain_of(ridge + level), *job).values for level in (0.0, level_m))
    assert high == pytest.approx(low, abs=0.02, nan_ok=True)


def test_as_far_as_a_hundred_kilometres(terrain_of):
    # given a level plain: beyond the horizon (22.6 + 5.0 km) only the smooth earth matters
    plain = terrain_of(np.zeros((3, 220)), cell_m=500.0)
    sweeps = sweep_loss_db(plain, [(500.0, 500.0)], MAST_M, PHONE_M, [0.773], 100_000.0)
    rows, columns, exact_db, _ = exact_losses(plain, np.array([500.0, 500.0]), 100_000.0, [0.773])
    swept = sweeps.values[0, 0, rows - sweeps.first_row[0], columns - sweeps.first_column[0]]
    error_db = np.abs(swept - exact_db[:, 0])
    # then: a few steps of 500 m from the mast the exact smooth profile is coarse, and the table cannot tell
    assert exact_db.max() > 180
    assert error_db.max() < 0.7
    assert error_db[exact_db[:, 0] > 120].max() < 0.1


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tx_height_m": -3.0}, "tx_height_m"),
        ({"tx_height_m": [30.0, 30.0]}, "tx_height_m"),
        ({"rx_height_m": 0.0}, "rx_height_m"),
        ({"tx_xy_m": [(math.nan, 0.0)]}, "tx_xy_m"),
        ({"frequency_ghz": []}, "frequency_ghz"),
        ({"radius_m": 0.0}, "radius_m"),
        ({"radius_m": [100.0, 100.0]}, "radius_m"),
        ({"delta_n": 200.0}, "delta_n"),
        ({"polarisation": "slant"}, "polarisation"),
        ({"threads": 0}, "threads"),
        ({"allowed_loss_db": [math.inf]}, "allowed_loss_db"),
        ({"allowed_loss_db": [1.0, 2.0]}, "allowed_loss_db"),
    ],
)
def test_impossible_calls_are_refused(rough, change, message):
    call = {"tx_xy_m": [(0, 0)], "tx_height_m": 30, "rx_height_m": 1.5, "frequency_ghz": [2.6]}
    call = {**call, "radius_m": 100.0, **change}
    with pytest.raises(ValueError, match=message):
        sweep_served(rough, **{"allowed_loss_db": [120.0], **call})
    if "allowed_loss_db" not in change:
        with pytest.raises(ValueError, match=message):
            sweep_loss_db(rough, **call)
