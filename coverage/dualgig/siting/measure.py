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
    excess
        By how much each balance is exceeded, 0 where it is kept.
    """

    points: NDArray[np.bool_]
    places: NDArray[np.bool_]
    duties: dict[int, int]
    cost_cny: int
    good: int
    excess: tuple[int, ...]


def measure(problem: SitingProblem, chosen: NDArray[np.bool_]) -> Measured:
    """Recompute service, duties, cost, good and excess of a set of options (bool, shape (n,)) exactly."""
    points, places = serve(problem, chosen)
    good = int(problem.point_worth[points].sum()) + int(problem.place_worth[places].sum())
    cost = int(problem.cost_cny[chosen].sum())
    duties = count_duties(problem, places)
    return Measured(points, places, duties, cost, good, excess(problem, chosen, places))


def count_duties(problem: SitingProblem, places: NDArray[np.bool_]) -> dict[int, int]:
    """Level -> sum of weight x min(served, required) over its goals, for places served (bool, shape (m,))."""
    duties = dict.fromkeys(levels(problem), 0)
    for goal in problem.goals:
        duties[goal.level] += goal.weight * min(int(places[goal.places].sum()), goal.required)
    return duties


def required(problem: SitingProblem) -> dict[int, int]:
    """Level -> sum of weight x what its goals require."""
    duties = dict.fromkeys(levels(problem), 0)
    for goal in problem.goals:
        duties[goal.level] += goal.weight * goal.required
    return duties


def excess(problem: SitingProblem, chosen: NDArray[np.bool_], places: NDArray[np.bool_]) -> tuple[int, ...]:
    """By how much each balance is exceeded, for what is chosen (bool, shape (n,)) and served (bool, (m,))."""
    if not problem.balances:
        return ()
    total = problem.balance_rows @ np.concatenate([chosen, places]).astype(np.int64)
    return tuple(max(0, int(t) - balance.most) for t, balance in zip(total, problem.balances, strict=True))


def levels(problem: SitingProblem) -> list[int]:
    """The levels of the goals, first duties first."""
    return sorted({goal.level for goal in problem.goals})


def broken_limits(problem: SitingProblem, chosen: NDArray[np.bool_], *, money: bool) -> NDArray[np.int64]:
    """Numbers of the limits that a set of options (bool, shape (n,)) breaks; of money only if asked for."""
    if not problem.limits:
        return np.zeros(0, np.int64)
    most = np.array([limit.most for limit in problem.limits], np.int64)
    holds = np.array([money or not limit.money for limit in problem.limits])
    return np.flatnonzero(holds & (problem.limit_rows @ chosen.astype(np.int64) > most))


def fits_money(problem: SitingProblem, chosen: NDArray[np.bool_]) -> bool:
    """Whether a set of options (bool, shape (n,)) keeps the budget and every limit, those of money included."""
    within = int(problem.cost_cny[chosen].sum()) <= problem.budget_cny
    return within and not len(broken_limits(problem, chosen, money=True))


def follows_rules(problem: SitingProblem, chosen: NDArray[np.bool_]) -> bool:
    """Whether a set of options keeps exclusions, prerequisites, decisions and the limits that are no money."""
    return follows_decisions(problem, chosen) and not len(broken_limits(problem, chosen, money=False))


def follows_decisions(problem: SitingProblem, chosen: NDArray[np.bool_]) -> bool:
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
