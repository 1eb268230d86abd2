"""What a stage asks for, as a search's target and rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.siting.energy import LEAST_COST, LEAST_EXCESS, MOST_DUTY, MOST_GOOD, Target
from dualgig.siting.measure import levels
from dualgig.siting.tables import NO_LIMIT, ROWS_OVER

if TYPE_CHECKING:
    from dualgig.siting.ask import Ask
    from dualgig.siting.problem import SitingProblem
    from dualgig.siting.tables import State

_KINDS = {"cost": LEAST_COST, "good": MOST_GOOD, "duty": MOST_DUTY, "balance": LEAST_EXCESS}


def target_of(problem: SitingProblem, ask: Ask) -> Target:
    """Objective, floors, budget and least worth of an ask; levels are counted from 0, balances follow the limits."""
    number = levels(problem)
    at = 0
    if ask.level is not None:
        at = number.index(ask.level)
    if ask.balance is not None:
        at = len(problem.limits) + ask.balance
    return Target(
        kind=np.array([_KINDS[ask.objective], at]),
        most=np.array([NO_LIMIT if ask.budget_cny is None else ask.budget_cny]),
        least=np.array([-NO_LIMIT if ask.good is None else ask.good]),
        floors=np.array([ask.floors.get(level, 0) for level in number], np.int64),
    )


def limit_rows(problem: SitingProblem, ask: Ask, s: State) -> None:
    """Set what each row may add up to: what is not asked to be kept has no limit.

    Limits of money hold with the budget; a balance may be exceeded by what is asked, and the one whose excess
    is to be least keeps its own most.
    """
    row = s.row
    for r, limit in enumerate(problem.limits):
        if limit.money and ask.budget_cny is None:
            row["most"][r] = NO_LIMIT
    for k, balance in enumerate(problem.balances):
        r = len(problem.limits) + k
        if k in ask.excess:
            row["most"][r] = balance.most + ask.excess[k]
        elif k != ask.balance:
            row["most"][r] = NO_LIMIT
    s.total[ROWS_OVER] = int((row["sum"][:-1] > row["most"][:-1]).sum())
