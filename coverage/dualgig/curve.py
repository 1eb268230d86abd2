"""The budget curve: what the best plan of each amount of money serves, and what no plan could pass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dualgig.plan import Duty, Status

COUNTS = ("townships", "villages", "people")
"""What is counted per service, as in ``Plan.coverage``."""


@dataclass(frozen=True)
class BudgetPoint:
    """The plan of one budget.

    Attributes
    ----------
    budget_cny : int
        The money.
    cost_cny : int
        What the plan costs.
    duty : Duty
        As of a plan.
    status : Status
        How the search ended.
    duties : tuple of int
        Level by level, first duties first, how many are met (weighted as the goals are).
    balances : tuple of int
        By how much each rule of balance is missed, in its own unit.
    good, bound : int
        Worth of the places and people served, and what no plan of this money that keeps duties and balances
        as well passes.
    gap : float
        (bound - good) / (bound - what stands today).
    served : dict
        ``people_5g``, ``villages_5g``, ``townships_5g``, and the same for gigabit, with the plan.
    """

    budget_cny: int
    cost_cny: int
    duty: Duty
    status: Status
    duties: tuple[int, ...]
    balances: tuple[int, ...]
    good: int
    bound: int
    gap: float
    served: dict[str, int]


@dataclass(frozen=True)
class BudgetCurve:
    """Plans of rising budgets.

    Attributes
    ----------
    points : tuple of BudgetPoint
        By budget; fewer than were asked for where the search was stopped.
    asked : int
        How many were asked for.
    wanted : tuple of int
        Level by level, all duties.
    duty_cost_cny, duty_bound_cny : int
        Least cost found of the duties that can be met, and what they cost at least.
    budget_cny : int
        The project's budget.
    baseline : int
        Worth of what is served today.
    whole : int
        Worth of everything, were it served.
    before, total : dict
        Served today, and all there are: ``people``, ``villages``, ``townships``.
    """

    points: tuple[BudgetPoint, ...]
    asked: int
    wanted: tuple[int, ...]
    duty_cost_cny: int
    duty_bound_cny: int
    budget_cny: int
    baseline: int
    whole: int
    before: dict[str, int]
    total: dict[str, int]

    @property
    def complete(self) -> bool:
        """Whether every budget that was asked for was planned."""
        return len(self.points) == self.asked

    def share(self, worth: int) -> float:
        """A worth as a share of everything."""
        return worth / self.whole if self.whole else 1.0


def monotone(points: Sequence[BudgetPoint], baseline: int) -> tuple[BudgetPoint, ...]:
    """Points by budget, each bound at most that of a larger budget that asks for the same.

    What no plan of more money passes, none of less does, as long as both must keep equally many duties and
    balances: fewer leave more freedom.
    """
    from dualgig.siting.measure import proved_gap  # noqa: PLC0415 - scipy's import trips over a wrong date

    kept: list[BudgetPoint] = []
    for point in sorted(points, key=lambda point: point.budget_cny, reverse=True):
        bound = point.bound
        if kept and (kept[-1].duties, kept[-1].balances) == (point.duties, point.balances):
            bound = min(bound, kept[-1].bound)
        kept.append(replace(point, bound=bound, gap=proved_gap("max", point.good, bound, baseline)))
    return tuple(reversed(kept))


def budgets_between(first_cny: int, last_cny: int, steps: int) -> tuple[int, ...]:
    """So many budgets, evenly spaced, whole yuan, both ends included, none twice.

    Raises
    ------
    ValueError
        The last is less than the first, or there are fewer than two steps.
    """
    if last_cny < first_cny:
        raise ValueError(f"the last budget, {last_cny:,} yuan, is less than the first, {first_cny:,}.")
    if steps < 2:
        raise ValueError("a curve needs at least 2 steps.")
    span = last_cny - first_cny
    return tuple(sorted({first_cny + span * step // (steps - 1) for step in range(steps)}))
