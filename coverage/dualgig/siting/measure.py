"""Exact figures of a plan, recomputed in whole numbers, and safe rounding of bounds and gaps."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from dualgig.siting.problem import serve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem


@dataclass(frozen=True)
class Measured:
    """What a set of options achieves.

    Parameters
    ----------
    points, places
        bool, shape (points,) and (places,): served.
    duties
        Level -> sum of min(served, required) over its goals.
    cost_cny
        Whole yuan of everything chosen.
    good
        Worth of the places and points served.
    """

    points: NDArray[np.bool_]
    places: NDArray[np.bool_]
    duties: dict[int, int]
    cost_cny: int
    good: int


def measure(problem: SitingProblem, chosen: NDArray[np.bool_]) -> Measured:
    """Recompute service, duties, cost and good of a set of options (bool, shape (n,)) exactly."""
    points, places = serve(problem, chosen)
    good = int(problem.point_worth[points].sum()) + int(problem.place_worth[places].sum())
    cost = int(problem.cost_cny[chosen].sum())
    return Measured(points, places, count_duties(problem, places), cost, good)


def count_duties(problem: SitingProblem, places: NDArray[np.bool_]) -> dict[int, int]:
    """Level -> sum of min(served, required) over its goals, for places served (bool, shape (m,))."""
    duties = dict.fromkeys(levels(problem), 0)
    for goal in problem.goals:
        duties[goal.level] += min(int(places[goal.places].sum()), goal.required)
    return duties


def required(problem: SitingProblem) -> dict[int, int]:
    """Level -> sum of what its goals require."""
    duties = dict.fromkeys(levels(problem), 0)
    for goal in problem.goals:
        duties[goal.level] += goal.required
    return duties


def levels(problem: SitingProblem) -> list[int]:
    """The levels of the goals, first duties first."""
    return sorted({goal.level for goal in problem.goals})


def follows_rules(problem: SitingProblem, chosen: NDArray[np.bool_]) -> bool:
    """Whether a set of options keeps exclusions, prerequisites and decisions."""
    group = problem.exclusive[chosen]
    group = group[group >= 0]
    lacking = chosen[problem.requires[:, 0]] & ~chosen[problem.requires[:, 1]]
    kept = (~chosen[problem.decision > 0]).sum() == 0 and chosen[problem.decision < 0].sum() == 0
    return len(np.unique(group)) == len(group) and not lacking.any() and bool(kept)


def whole_bound(bound: float, sense: Literal["min", "max"]) -> int:
    """A solver's bound on a whole-numbered objective, rounded to the side on which it still holds.

    HiGHS answers 59.99999999999997 for 60, so a bound within its tolerances of a whole number is that
    number: 1e-6 for its mip tolerance, 1e-9 of the size for its arithmetic, never more than 0.4.
    """
    slack = min(0.4, 1e-6 + 1e-9 * abs(bound))
    return math.ceil(bound - slack) if sense == "min" else math.floor(bound + slack)


def proved_gap(sense: Literal["min", "max"], value: int, bound: int, baseline: int = 0) -> float:
    """How far a value may be from the best: (value - bound) / value for costs, else (bound - value) / (bound
    - baseline), the baseline being what stands before anything is chosen; 0 / 0 is 0.
    """  # noqa: D205
    missing, whole = (value - bound, value) if sense == "min" else (bound - value, bound - baseline)
    return missing / whole if missing else 0.0
