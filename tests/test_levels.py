"""The raster of a swept plan, against the levels of every site's exact path."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import dualgig as dg
from dualgig.levels import bands_of, bands_on_air, best_server_dbm
from dualgig.propagation import radio_paths
from dualgig.reach import band_margins


@pytest.mark.parametrize("radio", [{}, {"target": "indoor"}], ids=["outdoor", "indoor"])
def test_a_swept_raster_is_the_strongest_exact_path(tiny_project, radio):
    region = dg.load_region(tiny_project(radio={"method": "sweep", **radio}))
    plan = dg.make_plan(region, dg.predict_coverage(region))
    terrain = region.terrain
    # given cells of the terrain all over the region
    rng = np.random.default_rng(4)
    cell = rng.integers(0, np.array(terrain.height_m.shape), (400, 2))
    points_m = np.column_stack(
        [terrain.west_m + cell[:, 1] * terrain.cell_m, terrain.north_m - cell[:, 0] * terrain.cell_m]
    )
    # when
    swept = best_server_dbm(plan, points_m)
    # then the oracle: the strongest of all sites on air, by exact profiles
    points = pd.DataFrame(points_m, columns=["x_m", "y_m"])
    paths = radio_paths(region, points)
    names = bands_of(plan)
    for time, levels in zip(("before", "after"), swept, strict=True):
        on_air = bands_on_air(plan, time)
        best = np.full(len(points_m), -np.inf)
        for b, band in enumerate(paths.bands):
            level = band_margins(region, paths, b, None).rsrp_dbm
            heard = on_air[paths.site, names.index(band)] & np.isfinite(level)
            np.maximum.at(best, paths.point[heard], level[heard])
        strong = best > -120.0
        assert strong.sum() > 50
        error = levels[strong] - best[strong]
        assert np.isfinite(error).all()
        assert abs(error.mean()) <= 0.2
        assert error.std() <= 1.0
        assert (levels[best < -135.0] == -np.inf).all()


def test_what_is_too_much_to_sweep_is_asked_of_the_nearest_sites(tiny_project, monkeypatch):
    region = dg.load_region(tiny_project(radio={"method": "sweep"}))
    plan = dg.make_plan(region, dg.predict_coverage(region))
    points_m = region.xy_m(region.keypoints)
    monkeypatch.setattr("dualgig.levels.MOST_SWEPT", 10.0)
    told = best_server_dbm(plan, points_m)
    exact = best_server_dbm(replace(plan, prediction=None), points_m)
    assert np.array_equal(told, exact)
