"""Line of sight, Fresnel zone, obstacle and ridges, by hand and by brute force."""

import itertools
import math

import numpy as np
import pytest

from dualgig.radio.horizons import path_horizons
from dualgig.radio.obstacle import bulge_m, fresnel_radius_m, main_obstacle, ridges, sight_line_m
from dualgig.radio.p1812 import effective_earth_radius_km
from dualgig.radio.profile import path_profile

AE_KM = 8500.0


def test_figures_by_hand():
    d = np.array([0.0, 5.0, 10.0])
    # 5 x 5 / (2 x 8500) km
    assert bulge_m(d, AE_KM).tolist() == pytest.approx([0, 1.4706, 0], abs=1e-4)
    assert sight_line_m(d, 100.0, 40.0).tolist() == [100, 70, 40]
    # 550 sqrt(5 x 5 / (10 x 3450 MHz)), with the speed of light as P.526 rounds it
    assert fresnel_radius_m(d, 3.45)[1] == pytest.approx(550 * math.sqrt(25 / 34_500), rel=0.01)
    assert fresnel_radius_m(d, 3.45)[[0, 2]].tolist() == [0, 0]


def test_one_ridge():
    # given 130 m of ground half way, a line of sight at 70 m there and 1.47 m of bulge
    obstacle = main_obstacle([0, 2, 5, 10], [0, 20, 130, 0], 100.0, 40.0, AE_KM, 3.45)
    assert obstacle.index == 2
    assert obstacle.distance_km == 5
    assert obstacle.height_m == 130
    assert obstacle.above_line_m == pytest.approx(61.47, abs=0.01)
    assert obstacle.fresnel_share == pytest.approx(61.47 / 14.74, abs=0.01)
    assert not obstacle.is_clear


@pytest.mark.parametrize(("ground_m", "clear"), [(59.0, True), (62.0, False)])
def test_six_tenths_of_the_zone_make_a_clear_path(ground_m, clear):
    # 0.6 of 14.74 m below 70 m is 61.16 m, less 1.47 m of bulge 59.69 m
    obstacle = main_obstacle([0, 5, 10], [0, ground_m, 0], 100.0, 40.0, AE_KM, 3.45)
    assert obstacle.above_line_m < 0
    assert obstacle.is_clear == clear


def test_the_string_is_the_lowest_over_everything(rough):
    # given mountain paths, and every polyline over some of their points as a candidate string
    rng = np.random.default_rng(2)
    blocked = 0
    for start, end in rng.uniform((0, 0), (10_000, 8_000), (40, 2, 2)):
        d, h = path_profile(rough, start, end, step_m=max(np.hypot(*(end - start)) / 9, 1.0))
        hts, hrs = h[0] + 30, h[-1] + 1.5
        lifted = h + bulge_m(d, AE_KM)
        lifted[[0, -1]] = hts, hrs
        lengths = {}
        for count in range(d.size - 1):
            for inner in itertools.combinations(range(1, d.size - 1), count):
                corners = [0, *inner, d.size - 1]
                string = np.interp(d, d[corners], lifted[corners])
                if (string >= lifted - 1e-9).all():
                    lengths[inner] = np.hypot(np.diff(d[corners]), np.diff(lifted[corners] / 1000)).sum()
        # when, then: the shortest of them is the stretched one
        found = tuple(ridges(d, h, hts, hrs, AE_KM).tolist())
        assert lengths[found] == pytest.approx(min(lengths.values()), abs=1e-12)
        blocked += bool(found)
    assert 10 < blocked < 40


def test_the_first_and_last_ridges_are_the_horizons(rough):
    rng = np.random.default_rng(5)
    ae_km = effective_earth_radius_km(45.0)
    for start, end in rng.uniform((0, 0), (10_000, 8_000), (60, 2, 2)):
        d, h = path_profile(rough, start, end)
        hts, hrs = h[0] + 30, h[-1] + 1.5
        found = ridges(d, h, hts, hrs, ae_km)
        if len(found):
            horizons = path_horizons(d, h, hts, hrs, ae_km)
            assert d[found[0]] == horizons.tx_km
            assert d[-1] - d[found[-1]] == pytest.approx(horizons.rx_km)
