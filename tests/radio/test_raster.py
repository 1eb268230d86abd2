"""Best-server rasters against the sweeps of each site."""

import numpy as np
import pytest

from dualgig.project import Radio
from dualgig.radio.budget import link_budget
from dualgig.radio.pattern import Antennas
from dualgig.radio.raster import best_server
from dualgig.radio.sweep import sweep_loss_db

RADIO = Radio.model_validate({})
BUDGETS = [link_budget(RADIO, band) for band in ("n28", "n78")]
RADII_M = [4000.0, 2000.0]


def test_the_strongest_of_all_sites(rough):
    # given 25 sites and the level of each in each cell that its sweep reaches
    sites = np.random.default_rng(8).uniform((0, 0), (10_000, 8_000), (25, 2))
    frequencies = [budget.frequency_ghz for budget in BUDGETS]
    sweeps = sweep_loss_db(rough, sites, 30.0, 1.5, frequencies, RADII_M)
    rows, columns = rough.height_m.shape
    level = np.full((2, 25, rows, columns), -np.inf)
    for site in range(25):
        row, column = sweeps.cells(site)
        inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
        for band, budget in enumerate(BUDGETS):
            values = budget.rsrp_dbm(sweeps.values[site, band][inside])
            level[band, site, row[inside], column[inside]] = np.where(np.isnan(values), -np.inf, values)
    # when
    best = best_server(rough, sites, 30.0, 1.5, BUDGETS, RADII_M, floor_dbm=-120.0, threads=2)
    # then
    expected, server = level.max(axis=1), level.argmax(axis=1)
    drawn = best.site >= 0
    assert np.array_equal(drawn, np.isfinite(best.rsrp_dbm))
    assert np.array_equal(drawn, expected >= -120.0)
    assert best.rsrp_dbm[drawn].astype(float) == pytest.approx(expected[drawn], abs=0.04)
    assert (best.site[drawn] == server[drawn]).mean() > 0.999
    assert 0.2 < drawn.mean() < 0.95
    assert best.bands == ("n28", "n78")


def test_threads_change_nothing_and_a_tie_goes_to_the_first(rough):
    sites = np.random.default_rng(9).uniform((0, 0), (10_000, 8_000), (20, 2))
    # given every site twice
    twice = np.vstack([sites, sites])
    one, three = (best_server(rough, twice, 30.0, 1.5, BUDGETS, RADII_M, threads=n) for n in (1, 3))
    assert np.array_equal(one.rsrp_dbm, three.rsrp_dbm, equal_nan=True)
    assert np.array_equal(one.site, three.site)
    assert one.site.max() < 20


def test_a_sector_points_where_its_gain_does(terrain_of):
    terrain = terrain_of(np.zeros((81, 81)))
    table = np.where(np.arange(8) == 0, 0.0, -60.0)[None, None, :, None]
    north_only = Antennas(table, np.array([0]), np.array([0.0]))
    best = best_server(terrain, [(2000, 2000)], 30.0, 10.0, BUDGETS[:1], 1900.0, antennas=north_only)
    plain = best_server(terrain, [(2000, 2000)], 30.0, 10.0, BUDGETS[:1], 1900.0)
    change = best.rsrp_dbm[0].astype(float) - plain.rsrp_dbm[0]
    # north, half-way to north-east, east and south
    assert change[10, 40] == pytest.approx(0, abs=0.1)
    assert change[20, 40 + round(20 * np.tan(np.pi / 8))] == pytest.approx(-30, abs=2)
    assert change[40, 60] == pytest.approx(-60, abs=0.1)
    assert change[60, 40] == pytest.approx(-60, abs=0.1)


def test_without_sites_nothing_is_drawn(rough):
    best = best_server(rough, np.empty((0, 2)), 30.0, 1.5, BUDGETS, RADII_M)
    assert np.isnan(best.rsrp_dbm).all()
    assert (best.site == -1).all()
