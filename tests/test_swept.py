"""Reach by the sweep against reach by exact profiles, for everything that a project may ask of a path."""

import numpy as np
import pytest

import dualgig as dg
from dualgig.errors import ProjectError
from dualgig.options import on_air_today
from dualgig.propagation import bands_used, radio_paths
from dualgig.reach import exact_where, radio_reach, reach_of, swept_reach
from dualgig.standards import radio_tests
from dualgig.swept import EXACT_PATHS, paths_within, sweeps


@pytest.fixture
def region_with(aimed_project):
    """Function: settings of [radio], and azimuths and tilts of sites, to region and radio points."""

    def make(antennas=None, **radio):
        region = dg.load_region(aimed_project(antennas, **radio))
        return region, radio_tests(region).points

    return make


def at_cell_centres(region, points):
    """The points moved to the centres of their cells, where the sweep answers."""
    terrain, moved = region.terrain, points.copy()
    column = np.rint((points["x_m"] - terrain.west_m) / terrain.cell_m)
    row = np.rint((terrain.north_m - points["y_m"]) / terrain.cell_m)
    moved["x_m"], moved["y_m"] = (
        terrain.west_m + column * terrain.cell_m,
        terrain.north_m - row * terrain.cell_m,
    )
    return moved


def both(region, points):
    """Margins of the pairs that sweep and exact profiles list, shape (2, pairs, bands); both by band."""
    moved = at_cell_centres(region, points)
    exact = reach_of(region, radio_paths(region, moved))
    swept = swept_reach(region, moved, np.ones(len(region.sites), bool), beyond_db=60.0)
    keys = [reach.site * len(points) + reach.point for reach in (exact, swept)]
    _, first, second = np.intersect1d(*keys, return_indices=True)
    assert exact.bands == swept.bands
    return np.stack([exact.margin_db[first], swept.margin_db[second]]), len(first) / len(exact.site)


TESTS = {
    "level": {},
    "uplink": {"uplink_mbps": 2.0},
    "indoor": {"target": "indoor"},
    "clutter": {"clutter_loss": "p2108"},
    "calibrated": {"calibration": {"fitted_on": "a test", "offsets_db": {"n28": -4.0, "n41": 3.0}}},
}


@pytest.mark.parametrize("radio", TESTS.values(), ids=TESTS)
@pytest.mark.parametrize("antennas", [None, {"S2": ("30;150;270", "4"), "S1": ("10;140;250", "0;6;9")}])
def test_what_the_sweep_finds_is_what_exact_profiles_find(region_with, radio, antennas):
    region, points = region_with(antennas, **radio)
    (exact, swept), share = both(region, points)
    assert share > 0.9
    known = np.isfinite(exact) & np.isfinite(swept)
    # margins of 127 - 60 dB and more are cut off
    known &= swept < 66.0
    assert known.sum() > 50
    error = swept[known] - exact[known]
    # the sets keep whole dB: 0.3 dB of the deviation is theirs
    assert abs(error.mean()) <= 0.2
    assert error.std() <= 1.0


def test_clutter_offsets_are_those_of_the_point(region_with):
    region, points = region_with(
        None,
        calibration={
            "fitted_on": "a test",
            "offsets_db": {"n28": 1.0, "n41": 0.0},
            "clutter_offsets_db": {"n28": {"": 7.0}},
        },
    )
    (exact, swept), _ = both(region, points)
    column = bands_used(region.project).index("n28")
    known = np.isfinite(exact[:, column]) & (swept[:, column] < 66.0) & np.isfinite(swept[:, column])
    assert abs((swept[known, column] - exact[known, column]).mean()) <= 0.3


def test_a_swept_region_tells_what_stands_by_exact_profiles(region_with):
    region, points = region_with(method="sweep")
    reach, exact = radio_reach(region, points), reach_of(region, radio_paths(region, points))
    live = np.any(np.stack(list(on_air_today(region, reach.bands).values())), axis=(0, 2))
    assert live.any()
    assert not live.all()
    assert np.array_equal(reach.swept.exact_site, live)
    for name in ("site", "point"):
        assert np.array_equal(getattr(reach, name)[live[reach.site]], getattr(exact, name)[live[exact.site]])
    for name in ("margin_db", "clear_db", "quiet_db", "level_db"):
        own, other = getattr(reach, name)[live[reach.site]], getattr(exact, name)[live[exact.site]]
        assert np.array_equal(own, other)
    # of the others only pairs that serve are listed
    assert (reach.margin_db[~live[reach.site]] >= 0).any(axis=1).all()


def test_whatever_is_asked_to_be_exact_ends_as_the_exact_reach(region_with):
    region, points = region_with(method="sweep", uplink_mbps=1.0)
    reach, exact = radio_reach(region, points), reach_of(region, radio_paths(region, points))
    rng = np.random.default_rng(3)
    # given sites and points that become exact bit by bit, in any order
    for _ in range(3):
        sites, wanted = rng.random(len(region.sites)) < 0.3, rng.random(len(points)) < 0.3
        reach = exact_where(region, points, reach, sites, wanted)
        told = reach.swept.exact_site[exact.site] | reach.swept.exact_point[exact.point]
        keys = exact.site[told] * len(points) + exact.point[told]
        mine = reach.swept.exact_site[reach.site] | reach.swept.exact_point[reach.point]
        assert np.array_equal(reach.site[mine] * len(points) + reach.point[mine], keys)
        assert np.array_equal(reach.margin_db[mine], exact.margin_db[told])
    # then in the end all is
    reach = exact_where(region, points, reach, np.ones(len(region.sites), bool), np.zeros(len(points), bool))
    for name in ("site", "point", "margin_db", "clear_db", "quiet_db", "level_db"):
        assert np.array_equal(getattr(reach, name), getattr(exact, name))


def test_the_method_follows_from_the_size(region_with, monkeypatch):
    region, points = region_with()
    pairs = paths_within(region, points)
    assert pairs == len(radio_paths(region, points).site)
    assert pairs < EXACT_PATHS
    assert not sweeps(region, points)
    monkeypatch.setattr("dualgig.swept.EXACT_PATHS", pairs - 1)
    assert sweeps(region, points)
    # interference is asked of every path
    region, points = region_with(sinr_threshold_db=-3.0)
    assert not sweeps(region, points)


@pytest.mark.parametrize("radio", [{"sinr_threshold_db": -3.0}, {"model": "tr38901_rma"}])
def test_a_sweep_that_cannot_be_is_refused(tiny_project, radio):
    with pytest.raises(ProjectError, match="method: a sweep"):
        tiny_project(radio={"method": "sweep", **radio})
