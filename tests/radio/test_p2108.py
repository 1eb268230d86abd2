"""Clutter loss against published values and against the limits that its text states."""

import csv
import math
from pathlib import Path

import numpy as np
import pytest

from dualgig.radio import p2108

VECTORS = Path(__file__).parents[3] / "shared" / "vectors" / "p2108" / "terrestrial.csv"


@pytest.mark.parametrize(
    ("frequency_ghz", "distance_km", "percent", "loss_db"),
    # NTIA/p2108-test-data 1d0f7c8, terrestrial statistical model, given to a tenth of a dB
    [(0.5, 0.25, 1, 3.9), (26.6, 15.8, 45, 32.5), (67, 5.4, 30.5, 30.9), (3.5, 1, 99.9, 42.8)],
)
def test_published_terrestrial_losses(frequency_ghz, distance_km, percent, loss_db):
    assert p2108.terrestrial_loss_db(frequency_ghz, distance_km, percent) == pytest.approx(loss_db, abs=0.05)


@pytest.mark.skipif(not VECTORS.is_file(), reason="the published P.2108 vectors are not here")
def test_every_published_terrestrial_row():
    with VECTORS.open(newline="") as file:
        rows = list(csv.DictReader(file))
    refused = 0
    for row in rows:
        given = (float(row["f__ghz"]), float(row["d__km"]), float(row["p"]))
        if row["rtn"] == "0":
            assert p2108.terrestrial_loss_db(*given) == pytest.approx(float(row["L_ctt__db"]), abs=0.1)
            continue
        refused += 1
        with pytest.raises(ValueError, match="must"):
            p2108.terrestrial_loss_db(*given)
    assert len(rows) - refused >= 7
    assert refused >= 5


def test_clutter_loss_stops_growing_at_two_kilometres():
    distance = np.array([0.25, 0.5, 1.0, 2.0, 3.0, 30.0])
    loss = p2108.terrestrial_loss_db(3.5, distance, 50.0)
    assert (np.diff(loss[:4]) > 0).all()
    assert loss[4:] == pytest.approx([loss[3]] * 2, abs=1e-12)


def test_far_from_the_cap_the_short_part_alone_decides():
    # at 30 GHz and 0.25 km the long part (33 dB) has a weight of 1 %: equation (5a) remains
    short_db = 32.98 + 23.9 * math.log10(0.25) + 3 * math.log10(30)
    assert p2108.terrestrial_loss_db(30.0, 0.25, 50.0) == pytest.approx(short_db, abs=0.03)


@pytest.mark.parametrize(
    ("frequency_ghz", "antenna_m", "street_m", "clutter_m", "clutter", "loss_db"),
    # NTIA/p2108, height gain terminal correction model, given to a tenth of a dB
    [
        (1.5, 2, 27, 10, "water", 16.0),
        (1.5, 2, 27, 6, "open", 10.9),
        (1.5, 2, 27, 10, "suburban", 20.5),
        (1.5, 2, 27, 15, "urban", 24.5),
        (1.5, 2, 27, 6, "trees", 14.6),
        (1.5, 2, 27, 20, "dense_urban", 27.1),
        (3, 3, 15, 15, "dense_urban", 29.0),
        (0.9, 2.3, 30, 10, "open", 13.7),
        (0.03, 2.1, 24.5, 9.8, "suburban", 5.7),
        (1.7, 30, 24.5, 30, "suburban", 0.0),
    ],
)
def test_published_height_gains(frequency_ghz, antenna_m, street_m, clutter_m, clutter, loss_db):
    loss = p2108.height_gain_loss_db(frequency_ghz, antenna_m, clutter_m, clutter, street_width_m=street_m)
    assert loss == pytest.approx(loss_db, abs=0.06)


def test_a_terminal_above_the_clutter_loses_nothing():
    for clutter in ("open", "trees"):
        loss = p2108.height_gain_loss_db(2.0, np.array([1.5, 9.0, 10.0, 40.0]), 10.0, clutter)
        assert loss[2:] == pytest.approx([0.0, 0.0])
        assert loss[0] > loss[1] > -0.1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((0.49, 1, 50), "frequency_ghz"),
        ((68, 1, 50), "frequency_ghz"),
        ((1, 0.24, 50), "distance_km"),
        ((1, math.nan, 50), "distance_km"),
        ((1, 1, 0), "location_percent"),
        ((1, 1, 100), "location_percent"),
    ],
)
def test_terrestrial_ranges_are_held(given, message):
    with pytest.raises(ValueError, match=message):
        p2108.terrestrial_loss_db(*given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((0.02, 2, 10, "open"), "frequency_ghz"),
        ((3.5, 2, 10, "open"), "frequency_ghz"),
        ((1, 0, 10, "open"), "positive"),
        ((1, 2, 0, "open"), "positive"),
        ((1, 2, 10, "jungle"), "'jungle'"),
    ],
)
def test_height_gain_ranges_are_held(given, message):
    with pytest.raises(ValueError, match=message):
        p2108.height_gain_loss_db(*given)
