"""Many paths over a terrain against one profile at a time, brute force and physics."""

import math

import numpy as np
import pytest

from dualgig.radio import p1812
from dualgig.radio.horizons import path_horizons
from dualgig.radio.paths import pairs_within, path_loss_db, path_losses
from dualgig.radio.profile import path_profile

BANDS_GHZ = [0.773, 2.593, 3.45]


def one_path(terrain, start, end, **options):
    """Basic and free-space loss of a single path with a 30 m mast and a phone at 2.6 GHz."""
    options = {"tx_height_m": 30.0, "rx_height_m": 1.5, "frequency_ghz": [2.6], **options}
    basic, free = path_loss_db(terrain, [start], rx_xy_m=[end], tx_index=[0], rx_index=[0], **options)
    return basic[0, 0], free[0, 0]


def test_pairs_are_those_of_brute_force():
    # given two scattered sets, one pair exactly at the radius, one pair in one place
    rng = np.random.default_rng(5)
    tx, rx = rng.uniform(0, 10_000, (40, 2)), rng.uniform(0, 10_000, (300, 2))
    tx[0], rx[0], rx[1] = (0, 0), (3000, 4000), (0, 0)
    # when
    t, r = pairs_within(tx, rx, 5000)
    # then
    near = np.hypot(*(tx[:, None] - rx[None]).transpose(2, 0, 1)) <= 5000
    assert near[0, 0]
    assert near[0, 1]
    assert np.array_equal(np.column_stack([t, r]), np.argwhere(near))


def test_no_places_no_pairs():
    assert [part.size for part in pairs_within(np.empty((0, 2)), np.zeros((3, 2)), 100)] == [0, 0]
    with pytest.raises(ValueError, match="radius_m"):
        pairs_within(np.zeros((1, 2)), np.zeros((1, 2)), math.inf)


def test_the_batch_is_p1812_on_the_extracted_profile(rough):
    # given masts and receivers of several heights, pairs out of order and repeated
    rng = np.random.default_rng(11)
    tx, rx = rng.uniform((0, 0), (10_000, 8_000), (20, 2)), rng.uniform((0, 0), (10_000, 8_000), (60, 2))
    mast, phone = rng.uniform(10, 60, 20), rng.uniform(1, 10, 60)
    t, r = rng.integers(0, 20, 300), rng.integers(0, 60, 300)
    # when
    basic, free = path_loss_db(
        rough, tx, mast, rx, phone, t, r, BANDS_GHZ, delta_n=60, polarisation="horizontal"
    )
    # then
    assert basic.shape == free.shape == (300, 3)
    for path in range(300):
        d, h = path_profile(rough, tx[t[path]], rx[r[path]])
        for band, frequency in enumerate(BANDS_GHZ):
            alone = p1812.basic_loss_db(
                d, h, mast[t[path]], phone[r[path]], frequency, delta_n=60, polarisation="horizontal"
            )
            assert basic[path, band] == pytest.approx(alone, abs=1e-9)
            sky = p1812.free_space_loss_db(d[-1], h[0] + mast[t[path]], h[-1] + phone[r[path]], frequency)
            assert free[path, band] == pytest.approx(float(sky), abs=1e-9)
    assert 0.3 < (basic - free > 6).mean() < 1.0


def test_bands_do_not_influence_each_other(rough):
    rng = np.random.default_rng(12)
    tx, rx = rng.uniform((0, 0), (10_000, 8_000), (5, 2)), rng.uniform((0, 0), (10_000, 8_000), (200, 2))
    t, r = pairs_within(tx, rx, 9000)
    together, _ = path_loss_db(rough, tx, 30, rx, 1.5, t, r, BANDS_GHZ)
    alone = [path_loss_db(rough, tx, 30, rx, 1.5, t, r, [frequency])[0] for frequency in BANDS_GHZ]
    assert np.array_equal(together, np.hstack(alone))


def test_threads_change_nothing(rough):
    # given more paths than one thread takes at a time
    rng = np.random.default_rng(13)
    tx, rx = rng.uniform((0, 0), (10_000, 8_000), (8, 2)), rng.uniform((0, 0), (10_000, 8_000), (2000, 2))
    t, r = pairs_within(tx, rx, 12_000)
    assert t.size > 2 * 4096
    # when
    one, three, default = (
        path_loss_db(rough, tx, 30, rx, 1.5, t, r, BANDS_GHZ, threads=n)[0] for n in (1, 3, None)
    )
    # then
    assert np.array_equal(one, three)
    assert np.array_equal(one, default)


def test_a_higher_ridge_never_lets_more_through(terrain_of):
    # given a ridge across an otherwise level path, growing from nothing to 400 m
    x = np.arange(121) * 50.0
    losses = []
    for crest_m in (0, 20, 50, 100, 200, 400):
        ridge = crest_m * np.exp(-(((x - 3000) / 400) ** 2))
        losses.append(one_path(terrain_of(np.tile(ridge, (5, 1))), (0, 100), (6000, 100))[0])
    # then the loss rises with it, by far more than the model's numerical noise
    assert (np.diff(losses) > 1.0).all()


def test_a_ridge_beside_the_path_costs_nothing(terrain_of):
    height = np.zeros((81, 121))
    clear = one_path(terrain_of(height), (0, 2000), (6000, 2000))
    height[:30, 40:80] = 500
    assert one_path(terrain_of(height), (0, 2000), (6000, 2000)) == clear


def test_free_space_from_rim_to_rim(terrain_of):
    x = np.arange(101) * 50.0
    valley = np.where((x > 300) & (x < 4700), 0.0, 400.0)
    basic, free = one_path(terrain_of(np.tile(valley, (3, 1))), (0, 50), (5000, 50), rx_height_m=30.0)
    assert basic == free == pytest.approx(92.4 + 20 * math.log10(2.6 * 5))


def test_mast_and_phone_may_change_places(rough):
    rng = np.random.default_rng(17)
    a, b = rng.uniform((0, 0), (10_000, 8_000), (2, 100, 2))
    i = np.arange(100)
    there, _ = path_loss_db(rough, a, 40, b, 1.5, i, i, BANDS_GHZ)
    back, _ = path_loss_db(rough, b, 1.5, a, 40, i, i, BANDS_GHZ)
    assert there == pytest.approx(back, abs=1e-6)


def test_directions_and_the_grids_orientation(terrain_of):
    # given a wall in the north-east corner only
    height = np.zeros((101, 101))
    height[:30, 70:] = 300
    terrain = terrain_of(height)
    # when, then: from the middle, only the path to the north-east is blocked
    for end, blocked in (
        ((4900, 4900), True),
        ((100, 4900), False),
        ((4900, 100), False),
        ((100, 100), False),
    ):
        basic, free = one_path(terrain, (2500, 2500), end, rx_height_m=10.0)
        assert (basic - free > 20) == blocked, end


@pytest.mark.parametrize("end", [(-1.0, 100.0), (100.0, 8_000.1), (math.nextafter(10_000, 2e4), 0.0)])
def test_paths_that_leave_the_model_have_no_loss(rough, end):
    basic, free = one_path(rough, (5000, 4000), end)
    assert math.isnan(basic)
    assert math.isnan(free)


def test_paths_over_nodata_have_no_loss(terrain_of):
    height = np.zeros((21, 81))
    height[:, 40] = np.nan
    terrain = terrain_of(height)
    assert math.isnan(one_path(terrain, (0, 500), (4000, 500))[0])
    assert math.isfinite(one_path(terrain, (0, 500), (1900, 500))[0])


def test_below_and_at_zero_distance(terrain_of):
    flat = terrain_of(np.zeros((3, 3)))
    basic, free = one_path(flat, (50, 50), (50, 50))
    assert basic == free == pytest.approx(92.4 + 20 * math.log10(2.6 * 0.0285))
    basic, free = one_path(flat, (50, 50), (51, 50))
    assert basic == free == pytest.approx(92.4 + 20 * math.log10(2.6 * math.hypot(0.001, 0.0285)))
    # a model of one cell holds one place
    assert one_path(terrain_of([[800.0]]), (0, 0), (0, 0))[0] == pytest.approx(
        92.4 + 20 * math.log10(2.6 * 0.0285)
    )


def test_from_a_metre_to_a_hundred_kilometres(terrain_of):
    # given a level plain of 120 km
    plain = terrain_of(np.zeros((2, 241)), cell_m=500.0)
    distances_m = np.geomspace(1, 100_000, 60)
    rx = np.column_stack([distances_m, np.zeros(60)])
    # when
    basic, free = path_loss_db(plain, [(0, 0)], 30, rx, 1.5, np.zeros(60, int), np.arange(60), [0.773])
    # then: finite, never less than free space, and the horizon (22.6 + 5.0 km) costs dearly
    assert np.isfinite(basic).all()
    assert (basic >= free).all()
    assert (np.diff(free[:, 0]) > 0).all()
    assert (basic - free)[distances_m > 40_000].min() > 30


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"tx_height_m": -3.0}, "tx_height_m"),
        ({"rx_height_m": [1.5, 1.5]}, "rx_height_m"),
        ({"rx_height_m": math.nan}, "rx_height_m"),
        ({"tx_index": [1]}, "tx_index"),
        ({"rx_index": [-1]}, "rx_index"),
        ({"rx_index": [0, 0]}, "one length"),
        ({"tx_xy_m": [0, 0]}, "tx_xy_m"),
        ({"rx_xy_m": [(math.nan, 0)]}, "rx_xy_m"),
        ({"frequency_ghz": []}, "frequency_ghz"),
        ({"frequency_ghz": [0.0]}, "frequency_ghz"),
        ({"step_m": 0.0}, "step_m"),
        ({"threads": 0}, "threads"),
        ({"delta_n": 200}, "delta_n"),
        ({"polarisation": "slant"}, "polarisation"),
    ],
)
def test_impossible_calls_are_refused(rough, change, message):
    call = {
        "tx_xy_m": [(0, 0)],
        "tx_height_m": 30,
        "rx_xy_m": [(100, 0)],
        "rx_height_m": 1.5,
        "tx_index": [0],
        "rx_index": [0],
        "frequency_ghz": [2.6],
    }
    with pytest.raises(ValueError, match=message):
        path_loss_db(rough, **{**call, **change})


def test_departure_and_arrival_are_those_of_the_horizons(rough):
    # given paths over mountains, most of them blocked, and the horizons that P.1812's Attachment 1 gives
    rng = np.random.default_rng(19)
    tx, rx = rng.uniform((0, 0), (10_000, 8_000), (2, 300, 2))
    i = np.arange(300)
    ae_km = p1812.effective_earth_radius_km(60.0)
    # when
    losses = path_losses(rough, tx, 30, rx, 1.5, i, i, BANDS_GHZ, delta_n=60)
    # then
    sight = 0
    for path in range(300):
        d, h = path_profile(rough, tx[path], rx[path])
        hts, hrs = h[0] + 30, h[-1] + 1.5
        horizons = path_horizons(d, h, hts, hrs, ae_km)
        assert np.radians(losses.departure_deg[path]) * 1000 == pytest.approx(horizons.tx_mrad, abs=1e-6)
        assert np.radians(losses.arrival_deg[path]) * 1000 == pytest.approx(horizons.rx_mrad, abs=1e-6)
        straight = math.degrees(math.atan((hrs - hts) / d[-1] / 1000 - d[-1] / 2 / ae_km))
        sight += losses.departure_deg[path] == pytest.approx(straight, abs=1e-9)
        assert losses.departure_deg[path] >= straight - 1e-9
    assert 30 < sight < 270


def test_directions_come_with_the_same_losses(rough):
    call = (rough, [(0, 0)], 30, [(5000, 4000), (9000, 100)], 1.5, [0, 0], [0, 1], BANDS_GHZ)
    basic, free = path_loss_db(*call)
    losses = path_losses(*call)
    assert np.array_equal(losses.basic_db, basic)
    assert np.array_equal(losses.free_space_db, free)


def test_a_path_straight_down_and_one_off_the_model(terrain_of):
    flat = terrain_of(np.zeros((3, 3)))
    losses = path_losses(flat, [(50, 50)], 30, [(50, 50), (500, 50)], 1.5, [0, 0], [0, 1], [2.6])
    assert losses.departure_deg[0] == -90.0
    assert losses.arrival_deg[0] == 90.0
    assert np.isnan([losses.departure_deg[1], losses.arrival_deg[1]]).all()
