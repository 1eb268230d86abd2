"""Places that a plan serves by SINR only as long as what it builds itself stays silent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dualgig.formulate import siting_problem
from dualgig.propagation import radio_paths
from dualgig.reach import reach_of
from dualgig.served import any_on_air
from dualgig.signals import needed_sinr_db
from dualgig.siting.problem import serve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.predict import Coverage
    from dualgig.siting.problem import SitingProblem


def interfered_places(
    coverage: Coverage, problem: SitingProblem, chosen: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Places that fall out of service once everything that the plan puts on air interferes.

    Nothing is asked where neither SINR nor a downlink rate is tested, nor where the plan was already
    made with every site interfering.

    Parameters
    ----------
    coverage
        What each option serves.
    problem
        Its siting problem.
    chosen
        Options of the plan.

    Returns
    -------
    numpy.ndarray
        bool, shape (places,), in the order of the problem.
    """
    region, reach = coverage.region, coverage.reach
    radio = region.project.radio
    tested = bool(reach.bands) and needed_sinr_db(radio, reach.bands[0]) is not None
    if not tested or radio.interferers == "all":
        return np.zeros(len(problem.place_ids), np.bool_)
    on_air = any_on_air(coverage, chosen)
    # a site that is silent neither serves with this plan nor disturbs
    paths = radio_paths(region, coverage.tests.points, sites=on_air.any(axis=1))
    disturbed = reach_of(region, paths, on_air)
    true, _ = siting_problem(replace(coverage, reach=disturbed))
    return np.asarray(serve(problem, chosen)[1] & ~serve(true, chosen)[1])
