"""TR 38.901 against published losses, its own break points, and probabilities worked out by hand."""

import math

import numpy as np
import pytest

from dualgig.radio import tr38901

# Losses published with the reference vectors of this project (5 GHz, user at 1.5 m, horizontal
# distances), computed there from 3GPP TR 38.901 tables 7.4.1-1: RMa with its base station at 35 m, UMa
# with its at 25 m.
PUBLISHED = {
    tr38901.rma_los_loss_db: {10: 77.3784, 100: 87.2965, 1000: 108.5577, 10000: 140.3896},
    tr38901.rma_nlos_loss_db: {100: 95.7718, 1000: 133.5223, 5000: 160.5169},
    tr38901.uma_los_loss_db: {1000: 109.7252, 5000: 137.6794},
    tr38901.uma_nlos_loss_db: {1000: 144.7641, 5000: 172.0753},
}


@pytest.mark.parametrize("loss_db", PUBLISHED)
def test_published_losses(loss_db):
    distances, expected = zip(*PUBLISHED[loss_db].items(), strict=True)
    assert loss_db(np.array(distances), 5.0) == pytest.approx(np.array(expected), abs=0.05)


def test_the_rural_break_point_is_seamless():
    # 2 pi hBS hUT f / c = 2 pi 35 1.5 0.7e9 / 3e8 = 769.7 m
    edge = 2 * math.pi * 35 * 1.5 * 0.7e9 / 3e8
    before, after = tr38901.rma_los_loss_db(edge * np.array([1 - 1e-9, 1 + 1e-9]), 0.7)
    # the report joins its two parts at d3D = dBP and switches at d2D = dBP: hypot(d, 33.5) - d away
    slip_db = 40 * math.log10(math.hypot(edge, 33.5) / edge)
    assert before == pytest.approx(after, abs=slip_db)
    # beyond, a decade of slant distance costs 40 dB
    near, far = tr38901.rma_los_loss_db(np.array([1000.0, 10_000.0]), 0.7)
    slants = math.hypot(1000, 33.5), math.hypot(10_000, 33.5)
    assert far - near == pytest.approx(40 * math.log10(slants[1] / slants[0]), abs=1e-9)


def test_the_urban_break_point_is_seamless():
    # 4 (25 - 1) (1.5 - 1) f / c = 160 m at 1 GHz; where d2D = d'BP, 40 log d3D - 9 log d3D^2 = 22 log d3D
    before, after = tr38901.uma_los_loss_db(np.array([160.0, 160.0 + 1e-6]), 1.0)
    assert before == pytest.approx(28 + 22 * math.log10(math.hypot(160, 23.5)), abs=1e-9)
    assert after == pytest.approx(before, abs=1e-6)


def test_an_obstructed_path_never_loses_less():
    distance, frequency = np.linspace(10, 5000, 200), np.array([[0.7], [2.6], [4.9]])
    for los, nlos in (
        (tr38901.rma_los_loss_db, tr38901.rma_nlos_loss_db),
        (tr38901.uma_los_loss_db, tr38901.uma_nlos_loss_db),
    ):
        assert (nlos(distance, frequency) >= los(distance, frequency)).all()


def test_a_higher_base_station_loses_less_in_the_country():
    losses = tr38901.rma_nlos_loss_db(3000.0, 0.758, base_height_m=np.array([10.0, 35.0, 60.0, 150.0]))
    assert (np.diff(losses) < 0).all()


def test_line_of_sight_probabilities():
    # RMa: exp(-(d - 10) / 1000) from 10 m on
    assert tr38901.rma_los_probability([0, 10, 1010]) == pytest.approx([1, 1, math.exp(-1)])
    # UMa below 13 m: 18/d + exp(-d/63) (1 - 18/d) from 18 m on
    assert tr38901.uma_los_probability([5, 18, 63]) == pytest.approx(
        [1, 1, 18 / 63 + math.exp(-1) * (1 - 18 / 63)]
    )
    # at 23 m C' = 1: at 300 m the factor is 1 + 5/4 * 27 * exp(-2)
    low, high = tr38901.uma_los_probability(300.0, user_height_m=np.array([13.0, 23.0]))
    assert high / low == pytest.approx(1 + 1.25 * 27 * math.exp(-2))


@pytest.mark.parametrize(
    ("loss_db", "change", "name"),
    [
        (tr38901.rma_los_loss_db, {"distance_m": 9}, "distance_m"),
        (tr38901.rma_los_loss_db, {"distance_m": 10_001}, "distance_m"),
        (tr38901.rma_los_loss_db, {"frequency_ghz": 31}, "frequency_ghz"),
        (tr38901.rma_los_loss_db, {"base_height_m": 9}, "base_height_m"),
        (tr38901.rma_los_loss_db, {"user_height_m": 11}, "user_height_m"),
        (tr38901.rma_los_loss_db, {"building_height_m": 4}, "building_height_m"),
        (tr38901.rma_nlos_loss_db, {"distance_m": 5001}, "distance_m"),
        (tr38901.rma_nlos_loss_db, {"street_width_m": 51}, "street_width_m"),
        (tr38901.uma_los_loss_db, {"distance_m": math.nan}, "distance_m"),
        (tr38901.uma_los_loss_db, {"frequency_ghz": 0.4}, "frequency_ghz"),
        (tr38901.uma_los_loss_db, {"base_height_m": 1}, "base_height_m"),
        (tr38901.uma_nlos_loss_db, {"distance_m": 5001}, "distance_m"),
        (tr38901.uma_nlos_loss_db, {"user_height_m": 23}, "user_height_m"),
    ],
)
def test_applicability_ranges_are_held(loss_db, change, name):
    with pytest.raises(ValueError, match=name):
        loss_db(**{"distance_m": 100.0, "frequency_ghz": 3.5, **change})


def test_probabilities_of_impossible_places_are_refused():
    with pytest.raises(ValueError, match="distance_m"):
        tr38901.rma_los_probability(-1)
    with pytest.raises(ValueError, match="user_height_m"):
        tr38901.uma_los_probability(100, user_height_m=24)
