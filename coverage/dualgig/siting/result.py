"""What the search tells while it runs, and what it hands back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dualgig.plan import Duty, Stage, Status


@dataclass(frozen=True)
class Progress:
    """What is known of a stage while it runs; `gap` is the proved one so far."""

    stage: str
    sense: Literal["min", "max"]
    value: int
    bound: int
    gap: float
    nodes: int
    seconds: float


@dataclass(frozen=True)
class SitingResult:
    """A plan and what was proved of it.

    Parameters
    ----------
    chosen
        bool, shape (n,).
    points, places
        bool, shape (points,) and (places,): served, recomputed exactly.
    cost_cny
        Whole yuan of everything chosen.
    stages
        In order: ``reach_L`` for each level L, ``duty_cost``, ``duty_within_budget_L`` for each level if
        that plan does not fit the budget and the limits of money, ``balance_K`` for each balance K,
        ``most_good``, ``least_cost``. Values of duties are weighted counts, those of balances the excess.
    duty
        ``met``; ``over_budget`` if the duties that can be met are proved to cost more than the money;
        ``unreachable`` if no set of options meets all duties, whatever it costs, and those that can be
        met are met; else ``undecided``.
    shortage_cny
        Least cost found for the duties that can be met less the budget, 0 where it fits; where a limit of
        money is what they do not fit, 0 as well.
    status
        ``optimal`` if every gap is 0, ``within_gap`` if none is above the one asked for, else what ended
        the first stage that was not finished.
    gap
        The headline: the first stage's gap that is not 0.
    duty_plan
        bool, shape (n,): the cheapest plan found for the duties that can be met, whatever the budget.
    """

    chosen: NDArray[np.bool_]
    points: NDArray[np.bool_]
    places: NDArray[np.bool_]
    cost_cny: int
    stages: tuple[Stage, ...]
    duty: Duty
    shortage_cny: int
    status: Status
    gap: float
    duty_plan: NDArray[np.bool_]
