"""The table of the smooth earth's part, and clearances, against the kernels of the exact method."""

import numpy as np
import pytest

from dualgig.kernels import kernel
from dualgig.radio.diffraction import (
    bullington_db,
    delta_bullington_db,
    diffraction_geometry,
    free_space_db,
    wavelength_m,
)
from dualgig.radio.lanes import lane_kernel, larger, smaller, trailing_zeros
from dualgig.radio.losses import largest_clearance_m
from dualgig.radio.p1812 import effective_earth_radius_km
from dualgig.radio.smooth import looked_up_db, smooth_table

VERTICAL = True
AE_KM = effective_earth_radius_km(45.0)
BANDS_GHZ = np.array([0.773, 2.593, 3.45])
RADII_M = np.array([15_000.0, 8000.0, 5000.0])


@pytest.fixture(scope="module")
def table():
    return smooth_table(BANDS_GHZ, RADII_M, 20.0, 1.5, AE_KM, 90.0, vertical=True)


def test_the_table_gives_what_a_level_plain_adds(table):
    # given paths over a level plain, where the effective heights are those above the ground
    rng = np.random.default_rng(1)
    adding = 0
    for band, frequency in enumerate(BANDS_GHZ):
        for _ in range(300):
            length_m = rng.uniform(100.0, RADII_M[band])
            hte_m, hre_m = 20.0 * np.exp(rng.exponential(0.6)), 1.5 * np.exp(rng.exponential(0.6))
            d_km = np.linspace(0.0, length_m / 1000, max(3, round(length_m / 90) + 1))
            level = np.zeros(d_km.size)
            # when equation (39) is computed in full
            geometry = diffraction_geometry(d_km, level, level, hte_m, hre_m, AE_KM, 0.7)
            whole_db = delta_bullington_db(geometry, AE_KM, frequency, 0.0, VERTICAL)
            bull_db = bullington_db(geometry[1] / np.sqrt(wavelength_m(frequency)), length_m / 1000)
            # then the table holds the rest
            added_db = looked_up_db(table, band, length_m, hte_m, hre_m)
            assert added_db == pytest.approx(whole_db - bull_db, abs=0.2)
            adding += whole_db - bull_db > 0.5
    assert adding > 100


def test_nothing_is_added_before_the_stated_length(table):
    # the lowest antennas are those to which the smooth earth adds most
    for band in range(3):
        before = table.from_m[band] if np.isfinite(table.from_m[band]) else RADII_M[band]
        for length_m in np.linspace(10.0, before - 1.0, 50):
            assert looked_up_db(table, band, length_m, 20.0, 1.5) == 0.0
        if np.isfinite(table.from_m[band]):
            assert looked_up_db(table, band, 1.5 * before, 20.0, 1.5) > 0.0


def test_high_antennas_have_nothing_added(table):
    for band in range(3):
        assert looked_up_db(table, band, RADII_M[band], 1e6, 1.5) == pytest.approx(0.0, abs=0.01)
        assert looked_up_db(table, band, RADII_M[band], 20.0, 1e6) == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("allowed_db", [90.0, 129.2, 145.0])
def test_the_largest_clearance_uses_up_the_allowed_loss(allowed_db):
    # given the clearances up to which a loss is kept, by distance
    distance_m = np.geomspace(5.0, 20_000.0, 200)
    for frequency in BANDS_GHZ:
        clearance_m = largest_clearance_m(frequency, allowed_db, distance_m)
        free_db = free_space_db.py_func(distance_m / 1000, 0.0, 0.0, frequency)
        # then free space alone is too much exactly where there are none
        assert np.array_equal(np.isneginf(clearance_m), free_db > allowed_db)
        for d_m, free, most_m in zip(distance_m, free_db, clearance_m, strict=True):
            if np.isfinite(most_m):
                nu = np.sign(most_m) * np.sqrt(abs(most_m) * 2 / wavelength_m(frequency))
                assert free + bullington_db(nu, d_m / 1000) == pytest.approx(allowed_db, abs=0.01)


def test_lanes_reduce_as_numpy_does():
    @lane_kernel
    def extremes(values):
        high, low = np.float32(-1e30), np.float32(1e30)
        for i in range(values.size):
            high, low = larger(high, values[i]), smaller(low, values[i])
        return high, low

    for size in (0, 1, 7, 64, 1000):
        values = np.random.default_rng(size).normal(size=size).astype(np.float32)
        high, low = extremes(values)
        assert high == values.max(initial=-1e30)
        assert low == values.min(initial=1e30)


def test_trailing_zeros():
    @kernel
    def count(word):
        return trailing_zeros(word)

    for zeros in range(64):
        assert count(np.uint64(1 << zeros | 1 << 63)) == zeros
