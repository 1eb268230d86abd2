"""Fragile service: places that P.1812 serves and the Irregular Terrain Model would not.

Each model errs in its own way: one-edge methods are bright behind several ridges, where ITM is dark.
Where both agree that a place is served, the terrain is no longer what is doubted.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dualgig.formulate import siting_problem
from dualgig.radio.itm import Conditions
from dualgig.radio.itm_paths import itm_path_loss_db
from dualgig.radio.paths import path_loss_db
from dualgig.served import any_on_air
from dualgig.siting.problem import serve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.predict import Coverage
    from dualgig.siting.problem import SitingProblem

FROM_M = 1000.0
"""ITM is stated for paths of 1 km and more (`dualgig.radio.itm`); shorter ones have no second opinion."""

LEAST_ANTENNA_M, HIGHEST_ANTENNA_M = 0.5, 3000.0
"""ITM's range of antenna heights; an antenna beyond it is compared at its end, by both models."""


def fragile_places(
    coverage: Coverage, problem: SitingProblem, chosen: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Places whose 5G would fall under the more pessimistic of the two models, today and with the plan.

    Parameters
    ----------
    coverage
        What each option serves.
    problem
        Its siting problem, with the ledger: what the ledger calls served is not in doubt.
    chosen
        Options of the plan.

    Returns
    -------
    before, after
        bool, shape (places,), in the order of the problem.
    """
    nothing = np.zeros(len(chosen), np.bool_)
    doubted, _ = siting_problem(pessimistic(coverage, chosen))
    before, after = (
        serve(problem, options)[1] & ~serve(doubted, options)[1] for options in (nothing, chosen)
    )
    return before, after


def pessimistic(coverage: Coverage, chosen: NDArray[np.bool_]) -> Coverage:
    """The coverage with the margins that serve somebody lowered to what the darker model leaves.

    Only paths that serve a point of some place's test, from what is on air with the chosen options, are
    asked of ITM. A path keeps its margin unless ITM sees more loss by ``radio.fragile_margin_db`` or more.
    Where the project plans with a model that looks at no terrain, nothing is asked.
    """
    if coverage.region.project.radio.model != "p1812":
        return coverage
    reach, tests = coverage.reach, coverage.tests
    on_air = any_on_air(coverage, chosen)
    tested = np.zeros(len(tests.points), np.bool_)
    tested[tests.weights[~tests.near].indices] = True
    serving = on_air[reach.site] & (reach.margin_db >= 0) & tested[reach.point][:, None]
    pairs = np.flatnonzero(serving.any(axis=1))
    margin = reach.margin_db.copy()
    margin[pairs] -= np.where(serving[pairs], second_opinion_db(coverage, pairs), 0.0).astype(np.float32)
    return replace(coverage, reach=replace(reach, margin_db=margin))


def second_opinion_db(coverage: Coverage, pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    """By how much ITM's loss exceeds P.1812's on bare ground, where it does by the fragile margin or more, dB.

    Both are medians over one terrain without clutter: ITM at 50 % of time, location and situation.

    Parameters
    ----------
    coverage
        The coverage.
    pairs
        Rows of ``coverage.reach``.

    Returns
    -------
    numpy.ndarray
        float64, shape (pairs, bands); 0 where the models agree, the path is shorter than `FROM_M`, or
        one of them has no answer.
    """
    region, reach = coverage.region, coverage.reach
    radio = region.project.radio
    ghz = np.array([radio.bands[band].frequency_mhz / 1000.0 for band in reach.bands])
    sites_xy = region.xy_m(region.sites)
    points_xy = coverage.tests.points[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    site, point = reach.site[pairs], reach.point[pairs]
    far = np.hypot(*(sites_xy[site] - points_xy[point]).T) > FROM_M
    mast_m = region.sites["mast_m"].to_numpy(dtype=np.float64)
    heights = [
        np.clip(height, LEAST_ANTENNA_M, HIGHEST_ANTENNA_M) for height in (mast_m, radio.receiver_height_m)
    ]
    bare = replace(region.terrain, clutter=None)
    paths = (bare, sites_xy, heights[0], points_xy, heights[1], site[far], point[far], ghz)
    polarisation = radio.polarisation
    p1812_db, _ = path_loss_db(*paths, delta_n=radio.delta_n, polarisation=polarisation)
    itm_db = itm_path_loss_db(*paths, conditions=Conditions(polarisation=polarisation))
    more_db = np.nan_to_num(itm_db - p1812_db, nan=0.0)
    excess_db = np.zeros((len(pairs), len(ghz)))
    excess_db[far] = np.where(more_db >= radio.fragile_margin_db, np.maximum(more_db, 0.0), 0.0)
    return excess_db
