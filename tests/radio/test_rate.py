"""Noise and the truncated Shannon bound against figures worked out by hand."""

import math

import numpy as np
import pytest

from dualgig.radio.rate import (
    DOWNLINK,
    UPLINK,
    bandwidth_hz,
    noise_dbm,
    required_sinr_db,
    spectral_efficiency,
)


@pytest.mark.parametrize(
    ("sinr_db", "mapping", "bps_hz"),
    [
        (0, DOWNLINK, 0.6),
        (10, DOWNLINK, 0.6 * math.log2(11)),
        (-10, DOWNLINK, 0.6 * math.log2(1.1)),
        (-10.01, DOWNLINK, 0.0),
        (30, DOWNLINK, 0.6 * math.log2(1001)),
        (45, DOWNLINK, 0.6 * math.log2(1001)),
        (0, UPLINK, 0.4),
        (22, UPLINK, 0.4 * math.log2(1 + 10**2.2)),
        (60, UPLINK, 0.4 * math.log2(1 + 10**2.2)),
        (math.nan, UPLINK, 0.0),
        (-math.inf, UPLINK, 0.0),
    ],
)
def test_the_mapping(sinr_db, mapping, bps_hz):
    assert spectral_efficiency(sinr_db, mapping) == pytest.approx(bps_hz)


@pytest.mark.parametrize("mapping", [DOWNLINK, UPLINK])
def test_the_required_sinr_is_the_least_that_does(mapping):
    wanted = np.geomspace(1e-4, 8.0, 200)
    sinr = required_sinr_db(wanted, mapping)
    reached = np.isfinite(sinr)
    assert (wanted[~reached] > mapping.most_bps_hz).all()
    assert 0 < (~reached).sum() < 100
    assert (spectral_efficiency(sinr[reached] + 1e-9, mapping) >= wanted[reached] * (1 - 1e-12)).all()
    less = spectral_efficiency(sinr[reached] - 1e-6, mapping)
    assert (less < wanted[reached]).all()


def test_nothing_asked_is_refused():
    with pytest.raises(ValueError, match="bps_hz"):
        required_sinr_db(0.0, DOWNLINK)


def test_noise_by_hand():
    # 273 blocks of 12 x 30 kHz are 98.28 MHz: -174 + 79.925 + 5
    assert bandwidth_hz(273, 30) == 98.28e6
    assert noise_dbm(98.28e6, 5.0) == pytest.approx(-89.075, abs=0.001)
    assert noise_dbm(30_000, 9.0) == pytest.approx(-120.229, abs=0.001)
