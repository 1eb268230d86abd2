"""Noise and interference against a sum over all sites, and by hand."""

import math

import numpy as np
import pytest

from dualgig.radio.interference import noise_and_interference_dbm

PHONE = {"noise_figure_db": 9.0, "subcarrier_khz": 30}
NOISE_DBM = -174 + 10 * math.log10(30_000) + 9


def mw(dbm):
    return 10 ** (dbm / 10)


def test_noise_alone():
    found = noise_and_interference_dbm([0], [-90.0], [-90.0], [True], load=1.0, **PHONE)
    assert found == pytest.approx([NOISE_DBM])


def test_two_sites_by_hand():
    # one point hears -90 and -100 dBm: at half load the weaker signal meets -93.01 dBm and noise
    found = noise_and_interference_dbm(
        [0, 0], [-90.0, -100.0], [-90.0, -100.0], [True, True], load=0.5, **PHONE
    )
    assert found[1] == pytest.approx(10 * math.log10(mw(-90) / 2 + mw(NOISE_DBM)))
    assert found[0] == pytest.approx(10 * math.log10(mw(-100) / 2 + mw(NOISE_DBM)))


@pytest.mark.parametrize("load", [0.0, 0.3, 1.0])
def test_against_a_sum_over_all_sites(load):
    # given 6 sites that reach 40 points each with several sectors, some of them silent, some out of reach
    rng = np.random.default_rng(4)
    point = np.tile(np.arange(40), 6)
    site = np.repeat(np.arange(6), 40)
    level = rng.uniform(-130, -60, 240)
    level[rng.random(240) < 0.2] = -np.inf
    total = level + np.abs(rng.normal(0, 2, 240))
    on = np.array([True, True, False, True, False, True])
    # when
    found = noise_and_interference_dbm(point, level, total, on[site], load=load, **PHONE)
    # then
    for path in range(240):
        others = [
            mw(total[other])
            for other in range(240)
            if point[other] == point[path] and site[other] != site[path] and on[site[other]]
        ]
        own = mw(total[path]) - mw(level[path])
        expected = mw(NOISE_DBM) + load * (sum(others) + own)
        assert found[path] == pytest.approx(10 * math.log10(expected), abs=1e-9)


def test_a_weak_interferer_is_seen_beside_a_strong_server():
    # given a server 100 dB above an interferer that is as strong as the noise
    found = noise_and_interference_dbm(
        [0, 0], [-20.0, NOISE_DBM], [-20.0, NOISE_DBM], [True, True], load=1.0, **PHONE
    )
    assert found[0] == pytest.approx(NOISE_DBM + 10 * math.log10(2), abs=1e-4)


def test_nobody_and_an_impossible_load():
    assert noise_and_interference_dbm([], [], [], [], load=0.5, **PHONE).size == 0
    with pytest.raises(ValueError, match="load"):
        noise_and_interference_dbm([0], [-90.0], [-90.0], [True], load=1.5, **PHONE)
