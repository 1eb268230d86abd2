"""The labelled flat-terrain choice against the report's own functions, weighted by hand."""

import math

import numpy as np
import pytest

from dualgig.radio import tr38901
from dualgig.radio.flat import flat_loss_db, flat_path_losses


@pytest.mark.parametrize("distance_m", [10.0, 200.0, 1000.0, 5000.0])
def test_rma_is_weighted_by_the_probability_of_sight(distance_m):
    share = math.exp(-(distance_m - 10) / 1000)
    los = tr38901.rma_los_loss_db(distance_m, 0.773, base_height_m=35, user_height_m=1.5)
    nlos = tr38901.rma_nlos_loss_db(distance_m, 0.773, base_height_m=35, user_height_m=1.5)
    found = flat_loss_db("tr38901_rma", distance_m, 0.773, 35.0, 1.5)
    assert found == pytest.approx(share * los + (1 - share) * nlos)
    assert los - 1e-9 <= found <= nlos + 1e-9


def test_uma_by_hand():
    # 300 m, 3.5 GHz, 25 m: in sight 28 + 22 log10(300.92) + 20 log10(3.5); without 13.54 + 39.08 log10(300.92)
    # + 20 log10(3.5); probability of sight 0.06 + exp(-300 / 63) x 0.94
    slant = math.hypot(300, 23.5)
    los = 28 + 22 * math.log10(slant) + 20 * math.log10(3.5)
    nlos = 13.54 + 39.08 * math.log10(slant) + 20 * math.log10(3.5)
    share = 0.06 + math.exp(-300 / 63) * 0.94
    assert flat_loss_db("tr38901_uma", 300.0, 3.5, 25.0, 1.5) == pytest.approx(
        share * los + (1 - share) * nlos
    )


def test_beyond_the_reports_range_nothing_is_said_and_nearer_is_its_beginning():
    near, begin, end, beyond = flat_loss_db("tr38901_rma", [0.0, 10.0, 5000.0, 5000.1], 2.6, 30.0, 1.5)
    assert near == begin
    assert math.isfinite(end)
    assert math.isnan(beyond)


def test_many_paths_and_their_directions():
    # given two masts, three phones, two bands
    tx, rx = [(0, 0), (1000, 0)], [(0, 400), (3000, 0), (9000, 0)]
    t, r = [0, 0, 1, 1], [0, 1, 1, 2]
    # when
    losses = flat_path_losses("tr38901_rma", tx, [30.0, 60.0], rx, 1.5, t, r, [0.773, 3.45])
    # then
    for path, (mast, distance) in enumerate(((30, 400), (30, 3000), (60, 2000))):
        expected = flat_loss_db("tr38901_rma", distance, [0.773, 3.45], mast, 1.5)
        assert losses.basic_db[path] == pytest.approx(expected)
        slant = math.hypot(distance, mast - 1.5) / 1000
        assert losses.free_space_db[path, 1] == pytest.approx(92.4 + 20 * math.log10(3.45 * slant))
        assert losses.departure_deg[path] == pytest.approx(-math.degrees(math.atan((mast - 1.5) / distance)))
        assert losses.arrival_deg[path] == -losses.departure_deg[path]
    assert np.isnan(losses.basic_db[3]).all()


@pytest.mark.parametrize(("mast_m", "frequency_ghz"), [(5.0, 2.6), (200.0, 2.6), (30.0, 0.3)])
def test_what_the_report_does_not_cover_is_refused(mast_m, frequency_ghz):
    with pytest.raises(ValueError, match=r"TR 38\.901"):
        flat_loss_db("tr38901_rma", 500.0, frequency_ghz, mast_m, 1.5)
