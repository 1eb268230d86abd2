"""Building entry loss against published rows, and against the normal law of its two parts."""

import csv
import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from dualgig.radio import p2109

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "p2109" / "validation.csv"


@pytest.mark.parametrize(
    ("frequency_ghz", "percent", "building", "elevation_deg", "loss_db"),
    [
        # rows of the validation file of crc-covlib (Communications Research Centre Canada, MIT), bc72be0
        (0.08, 0.000001, "traditional", -45.0, -2.9234383702625628),
        (0.08, 0.000001, "traditional", 75.0, -2.7601864268647192),
        (0.08, 0.000001, "thermally_efficient", -52.5, 2.0661675143902789),
    ],
)
def test_published_rows(frequency_ghz, percent, building, elevation_deg, loss_db):
    loss = p2109.entry_loss_db(frequency_ghz, percent, building, elevation_deg=elevation_deg)
    assert loss == pytest.approx(loss_db, abs=1e-6)


@pytest.mark.skipif(not VECTORS.is_file(), reason="the published P.2109 vectors are not here")
@pytest.mark.parametrize(("kind", "building"), [("1", "traditional"), ("2", "thermally_efficient")])
def test_every_published_row(kind, building):
    with VECTORS.open(newline="") as file:
        rows = [row for row in list(csv.reader(file))[1:] if row[2] == kind]
    frequency, percent, elevation, expected = np.array(
        [[float(row[column]) for column in (0, 1, 3, 4)] for row in rows]
    ).T
    assert len(rows) > 1800
    loss = p2109.entry_loss_db(frequency, percent, building, elevation_deg=elevation)
    assert np.abs(loss - expected).max() <= 1e-6


def test_half_of_the_buildings_at_one_gigahertz():
    # at 1 GHz every logarithm of table 1 vanishes: medians r and w remain, and the floor C
    for building, walls_db, openings_db in (
        ("traditional", 12.64, 9.1),
        ("thermally_efficient", 28.19, 27.8),
    ):
        powers = sum(10 ** (part / 10) for part in (walls_db, openings_db, -3.0))
        assert p2109.entry_loss_db(1.0, 50.0, building) == pytest.approx(10 * math.log10(powers), abs=1e-12)


def test_rare_losses_follow_the_normal_law_of_the_walls():
    # far out in the upper tail the walls' part (deviation u = 13.5 dB at 1 GHz) leaves the others 23 dB
    # behind, which adds 0.02 dB
    loss = p2109.entry_loss_db(1.0, 99.999999, "thermally_efficient")
    assert loss == pytest.approx(28.19 + 13.5 * NormalDist().inv_cdf(0.99999999), abs=0.03)


def test_arrays_broadcast_and_grow_with_probability():
    loss = p2109.entry_loss_db(np.array([[0.758], [2.6], [3.5]]), np.arange(5, 96, 10), "traditional")
    assert loss.shape == (3, 10)
    assert (np.diff(loss, axis=1) > 0).all()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((0.05, 50, "traditional"), "frequency_ghz"),
        ((101, 50, "traditional"), "frequency_ghz"),
        ((1, 0, "traditional"), "probability_percent"),
        ((1, 100, "traditional"), "probability_percent"),
        ((1, math.nan, "traditional"), "probability_percent"),
        ((1, 50, "igloo"), "'igloo'"),
    ],
)
def test_out_of_range_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        p2109.entry_loss_db(*given)


def test_an_elevation_beyond_the_zenith_is_refused():
    with pytest.raises(ValueError, match="elevation_deg"):
        p2109.entry_loss_db(1, 50, "traditional", elevation_deg=91)
