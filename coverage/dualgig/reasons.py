"""Why a place stays a gap; each reason is the cause whose removal alone would serve it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dualgig.formulate import siting_problem
from dualgig.siting.marginal import possible
from dualgig.standards import seat_villages

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.formulate import Places
    from dualgig.predict import Coverage
    from dualgig.siting.problem import SitingProblem


def gap_reasons(
    coverage: Coverage, problem: SitingProblem, places: Places, served: NDArray[np.bool_]
) -> NDArray[np.object_]:
    """Reason code of every place that is not served, empty where it is served.

    A place that some set of allowed options would serve is a matter of ``budget``. One that only
    forbidden options would serve is ``forbidden``. Otherwise 5G is asked again without interference,
    where the project tests that, and in free space: it is ``interference`` or ``terrain`` when that
    would serve the place, else ``no_candidate``; and gigabit gives what its cable paths met:
    ``no_road`` or ``optical_budget``.

    Returns
    -------
    ndarray of str, shape (places,)
        Codes of `dualgig.plan.REASONS`.
    """
    allowed = possible(problem)
    wished = possible(problem, ignore_forbidden=True)
    reason = np.full(len(served), "", object)
    reason[~served & allowed] = "budget"
    reason[~served & ~allowed & wished] = "forbidden"
    left = ~served & ~allowed & ~wished
    if not left.any():
        return reason
    clear, _ = siting_problem(coverage, free_space=True)
    in_clear = possible(replace(clear, place_before=problem.place_before))
    radio = np.zeros(len(served), np.bool_)
    for level in ("township", "village"):
        radio[places.slice("5g", level)] = True
    reason[left & radio & in_clear] = "terrain"
    reason[left & radio & ~in_clear] = "no_candidate"
    if coverage.reach.quiet_db is not coverage.reach.margin_db:
        quiet, _ = siting_problem(coverage, quiet=True)
        in_quiet = possible(replace(quiet, place_before=problem.place_before))
        reason[left & radio & in_quiet] = "interference"
    region = coverage.region
    row_of = {str(village): row for row, village in enumerate(region.villages.index)}
    villages = reason[places.slice("gigabit", "village")]
    unlinked = left[places.slice("gigabit", "village")]
    villages[unlinked] = np.asarray(coverage.links.reason, object)[unlinked]
    townships = reason[places.slice("gigabit", "township")]
    unlinked = left[places.slice("gigabit", "township")]
    seats = seat_villages(region)
    for row, township in enumerate(region.townships.index):
        if not unlinked[row]:
            continue
        codes = [villages[row_of[village]] for village in seats[str(township)]]
        blocking = [code for code in codes if code in ("no_road", "optical_budget", "forbidden")]
        townships[row] = blocking[0] if blocking else "no_road"
    return reason
