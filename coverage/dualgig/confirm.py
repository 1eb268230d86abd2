"""What stands and what a plan builds, told by exact profiles where the sweep predicted it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dualgig.caps import cap_losses
from dualgig.formulate import siting_problem
from dualgig.prediction import Prediction, SweepCheck
from dualgig.reach import exact_where, swept_reach
from dualgig.served import any_on_air
from dualgig.siting.marginal import possible
from dualgig.siting.problem import serve
from dualgig.swept import paths_within

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.predict import Coverage
    from dualgig.reach import Reach
    from dualgig.siting.problem import SitingProblem

ROUNDS = 4
"""Plans that are made at most until one stands exact profiles; the last one is told as it is."""

COMPARED_DB = 40.0
"""The sweep's levels are compared down to this far below the threshold."""


def planned[T](
    coverage: Coverage, ask: Callable[[Coverage], tuple[T, NDArray[np.bool_]]]
) -> tuple[T, Coverage, SitingProblem]:
    """Plan, tell the plan by exact profiles, and plan again with what they told until a plan stands them.

    Parameters
    ----------
    coverage
        The predicted coverage.
    ask
        From a coverage to the result of its siting problem, and to the options chosen in the end, shape (n,).

    Returns
    -------
    result, coverage, problem
        The last result; the coverage as exact profiles tell it for that result; its siting problem.
    """
    for _ in range(ROUNDS):
        problem, _places = siting_problem(coverage)
        result, chosen = ask(coverage)
        told, stands = confirmed(coverage, problem, chosen)
        if told is coverage:
            return result, coverage, problem
        coverage = told
        if stands:
            break
    return result, coverage, siting_problem(coverage)[0]


def prediction_of(coverage: Coverage, chosen: NDArray[np.bool_]) -> Prediction:
    """How the radio coverage of a plan was predicted.

    Parameters
    ----------
    coverage
        The coverage as `confirmed` returns it.
    chosen
        Options of the plan.
    """
    region, points = coverage.region, coverage.tests.points
    return Prediction(
        method="exact" if coverage.reach.swept is None else "sweep",
        sites=len(region.sites),
        points=len(points),
        paths=paths_within(region, points),
        check=check_of(coverage, chosen),
        caps=cap_losses(coverage),
    )


def confirmed(coverage: Coverage, problem: SitingProblem, chosen: NDArray[np.bool_]) -> tuple[Coverage, bool]:
    """The coverage with exact profiles wherever a plan rests on the sweep, and whether the plan stands.

    Exact are the sites on air with the plan, and the points of the places that it leaves without 5G, so
    that their reasons are the terrain's and not the sweep's.

    Parameters
    ----------
    coverage
        What the plan was made with.
    problem
        Its siting problem.
    chosen
        Options of the plan.

    Returns
    -------
    coverage, stands
        The same coverage where all of that was exact already. The plan stands when every place has the
        verdict that it had, and places beyond reach are beyond it still.
    """
    reach, tests, region = coverage.reach, coverage.tests, coverage.region
    if reach.swept is None:
        return coverage, True
    served = serve(problem, chosen)[1]
    wanted = np.zeros(len(tests.points), np.bool_)
    wanted[tests.weights[~served[tests.place] & ~tests.near].indices] = True
    live = any_on_air(coverage, chosen).any(axis=1)
    told = exact_where(region, tests.points, reach, live, wanted)
    if told is reach:
        return coverage, True
    coverage = replace(coverage, reach=told)
    exact, _ = siting_problem(coverage)
    gaps = ~served
    stands = np.array_equal(serve(exact, chosen)[1], served) and np.array_equal(
        possible(exact)[gaps], possible(problem)[gaps]
    )
    return coverage, stands


def check_of(coverage: Coverage, chosen: NDArray[np.bool_]) -> SweepCheck | None:
    """The sweep against exact profiles on the sites on air with a plan; None where all paths are exact.

    Parameters
    ----------
    coverage
        The coverage as `confirmed` returns it.
    chosen
        Options of the plan.
    """
    reach, region, points = coverage.reach, coverage.region, coverage.tests.points
    if reach.swept is None:
        return None
    on_air = any_on_air(coverage, chosen)
    live = on_air.any(axis=1)
    swept = swept_reach(region, points, live, beyond_db=COMPARED_DB)
    exact_keys, swept_keys = (each.site * len(points) + each.point for each in (reach, swept))
    _, exact_rows, swept_rows = np.intersect1d(
        exact_keys, swept_keys, assume_unique=True, return_indices=True
    )
    exact_db, swept_db = reach.margin_db[exact_rows], swept.margin_db[swept_rows]
    # the sets hold no more than 127 dB
    known = np.isfinite(exact_db) & np.isfinite(swept_db) & (swept_db < 126.0 - COMPARED_DB)
    known &= on_air[reach.site[exact_rows]]
    error_db = swept_db[known].astype(np.float64) - exact_db[known]
    by_sweep, by_exact = (_served_points(each, on_air, len(points)) for each in (swept, reach))
    within = np.zeros(len(points), np.bool_)
    within[reach.point[live[reach.site]]] = True
    places_sweep, places_exact = (
        serve(siting_problem(replace(coverage, reach=each))[0], chosen)[1] for each in (swept, reach)
    )
    ids = [str(place) for table in (region.townships, region.villages) for place in table.index]
    changed = [
        tuple(ids[place] for place in np.flatnonzero(verdict[: len(ids)]))
        for verdict in (places_sweep & ~places_exact, places_exact & ~places_sweep)
    ]
    return SweepCheck(
        sites=int(live.sum()),
        paths=int(known.sum()),
        mean_db=float(error_db.mean()) if error_db.size else 0.0,
        std_db=float(error_db.std()) if error_db.size else 0.0,
        points=int(within.sum()),
        points_lost=int((by_sweep & ~by_exact).sum()),
        points_gained=int((by_exact & ~by_sweep).sum()),
        places_lost=changed[0],
        places_gained=changed[1],
    )


def _served_points(reach: Reach, on_air: NDArray[np.bool_], points: int) -> NDArray[np.bool_]:
    """Points that any band on air serves."""
    served = np.zeros(points, np.bool_)
    served[reach.point[((reach.margin_db >= 0) & on_air[reach.site]).any(axis=1)]] = True
    return served
