"""Profiles against the terrain's own bilinear sampling."""

import numpy as np
import pytest

from dualgig.radio.paths import path_loss_db
from dualgig.radio.profile import path_profile


def test_points_lie_on_the_line_and_take_the_terrains_heights(rough):
    rng = np.random.default_rng(3)
    for step_m in (None, 50.0) * 50:
        # given two places inside the model
        start, end = rng.uniform((0, 0), (10_000, 8_000), (2, 2))
        # when
        distance_km, ground_m = path_profile(rough, start, end, step_m=step_m)
        # then
        length_km = np.hypot(*(end - start)) / 1000
        x, y = (start + (end - start) * (distance_km / length_km)[:, None]).T
        assert ground_m == pytest.approx(rough.sample(x, y), abs=1e-3)
        assert distance_km[[0, -1]] == pytest.approx([0, length_km])
        assert (np.diff(distance_km) > 0).all()
        if step_m:
            assert np.diff(distance_km) == pytest.approx(length_km / (distance_km.size - 1))
            assert np.diff(distance_km).max() <= 0.05 + 1e-12


def test_points_are_where_the_path_crosses_the_grid(rough):
    # given paths that run more west-east, more north-south, and exactly along and across the grid
    ends = [(130.0, 220.0), (9_010.0, 6_730.0)], [(4_000.0, 7_910.0), (3_015.0, 20.0)]
    ends += [(0.0, 0.0), (0.0, 8_000.0)], [(1_000.0, 500.0), (400.0, 500.0)], [(0.0, 0.0), (3_000.0, 3_000.0)]
    for start, end in np.array(ends):
        # when
        distance_km, _ = path_profile(rough, start, end)
        # then: in cells from the south-west corner, the inner points are all whole numbers between the ends
        share = distance_km * 1000 / np.hypot(*(end - start))
        axis = np.argmax(np.abs(end - start))
        cells = (start + (end - start) * share[:, None])[1:-1, axis] / 50
        low, high = sorted((start[axis] / 50, end[axis] / 50))
        inside = [number for number in range(int(low), int(high) + 1) if low < number < high]
        assert sorted(cells) == pytest.approx(inside, abs=1e-9)


def test_both_ways_see_the_same_points(rough):
    rng = np.random.default_rng(4)
    for _ in range(20):
        start, end = rng.uniform((0, 0), (10_000, 8_000), (2, 2))
        there, back = path_profile(rough, start, end), path_profile(rough, end, start)
        assert there[0] == pytest.approx((back[0][-1] - back[0])[::-1], abs=1e-9)
        assert there[1] == pytest.approx(back[1][::-1], abs=1e-9)


def test_crossings_meet_ridges_that_even_steps_blunt(rough):
    # given mountain paths, and their loss over eight points a cell as the truth
    rng = np.random.default_rng(6)
    tx, rx = rng.uniform((0, 0), (10_000, 8_000), (2, 400, 2))
    paths = {"rx_xy_m": rx, "rx_height_m": 1.5, "tx_index": range(400), "rx_index": range(400)}
    truth, free, crossings, even = (
        path_loss_db(rough, tx, 30.0, frequency_ghz=[2.6], step_m=step_m, **paths)[which][:, 0]
        for step_m, which in ((6.25, 0), (6.25, 1), (None, 0), (50.0, 0))
    )
    blocked = truth - free > 6
    # then
    assert blocked.sum() > 100
    assert abs((crossings - truth)[blocked].mean()) < 0.1 < -(even - truth)[blocked].mean()
    assert (crossings - truth).std() < (even - truth).std()


def test_short_paths_have_three_points(rough):
    distance_km, ground_m = path_profile(rough, (100, 100), (101, 100))
    assert distance_km == pytest.approx([0, 0.0005, 0.001])
    assert np.isfinite(ground_m).all()


def test_a_chosen_step(rough):
    distance_km, _ = path_profile(rough, (0, 0), (0, 1000), step_m=10)
    assert distance_km.size == 101


def test_ends_may_lie_on_the_edge_but_not_beyond(terrain_of):
    flat = terrain_of(np.full((3, 5), 7.0))
    assert (path_profile(flat, (0, 0), (200, 100))[1] == 7).all()
    off = path_profile(flat, (0, 0), (300, 0))[1]
    assert off[0] == 7
    assert np.isnan(off[-1])


def test_nodata_stays_nodata(terrain_of):
    height = np.full((3, 9), 7.0)
    height[1, 4] = np.nan
    terrain = terrain_of(height)
    _, ground_m = path_profile(terrain, (0, 50), (400, 50))
    assert np.array_equal(np.flatnonzero(np.isnan(ground_m)), [4])
    # between two rows, one of which has no data
    assert np.isnan(path_profile(terrain, (0, 75), (400, 75))[1][4])


def test_a_model_of_one_cell(terrain_of):
    with pytest.raises(ValueError, match="different ends"):
        path_profile(terrain_of([[12.0]]), (0, 0), (0, 0))
    assert np.isnan(path_profile(terrain_of([[12.0]]), (0, 0), (1, 0))[1][-1])


@pytest.mark.parametrize("step_m", [0.0, -5.0, np.inf, np.nan])
def test_impossible_steps_are_refused(rough, step_m):
    with pytest.raises(ValueError, match="step_m"):
        path_profile(rough, (0, 0), (100, 0), step_m=step_m)
