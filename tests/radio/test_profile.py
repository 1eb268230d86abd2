"""Profiles against the terrain's own bilinear sampling."""

import numpy as np
import pytest

from dualgig.radio.profile import path_profile


def test_points_lie_on_the_line_and_take_the_terrains_heights(rough):
    rng = np.random.default_rng(3)
    for _ in range(50):
        # given two places inside the model
        start, end = rng.uniform((0, 0), (10_000, 8_000), (2, 2))
        # when
        distance_km, ground_m = path_profile(rough, start, end)
        # then: even steps of a cell at most, heights as the terrain gives them
        share = np.linspace(0, 1, distance_km.size)[:, None]
        x, y = (start + (end - start) * share).T
        length_km = np.hypot(*(end - start)) / 1000
        assert distance_km == pytest.approx(share[:, 0] * length_km)
        assert np.diff(distance_km).max() <= 0.05 + 1e-12
        assert ground_m == pytest.approx(rough.sample(x, y), abs=1e-4)


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
    assert np.isnan(ground_m[4])
    expected = terrain.sample(np.arange(9) * 50.0, np.full(9, 50.0))
    assert np.array_equal(ground_m, expected, equal_nan=True)


def test_a_model_of_one_cell(terrain_of):
    with pytest.raises(ValueError, match="different ends"):
        path_profile(terrain_of([[12.0]]), (0, 0), (0, 0))
    assert np.isnan(path_profile(terrain_of([[12.0]]), (0, 0), (1, 0))[1][-1])


@pytest.mark.parametrize("step_m", [0.0, -5.0, np.inf, np.nan])
def test_impossible_steps_are_refused(rough, step_m):
    with pytest.raises(ValueError, match="step_m"):
        path_profile(rough, (0, 0), (100, 0), step_m=step_m)
