"""The plan to begin with: what every plan contains, and the cheapest that limits and budget ask for with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dualgig.errors import ContradictionError, SolverError
from dualgig.siting.ask import Ask, Cut
from dualgig.siting.decisions import least_of_rows
from dualgig.siting.highs import WorkerHiGHS
from dualgig.siting.measure import fits_money, measure
from dualgig.siting.model import build_model

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.ground import Ground
    from dualgig.siting.problem import Limit, SitingProblem
    from dualgig.siting.solver import Worker

_MAX_CHECKS = 50
"""Times a program is solved again after its rounded plan broke a row."""


def standing(ground: Ground, worker: Worker) -> NDArray[np.bool_]:
    """The cheapest plan that keeps decisions, rules, budget and limits, whatever it serves.

    Without limits that is what the decisions imply. A limit may ask for more: the rent of a further
    tenant, the building of a locked site in a year that has the money.

    Parameters
    ----------
    ground
        Problem and service.
    worker
        The child process; it is not asked where what every plan contains keeps every row.

    Returns
    -------
    bool, shape (n,)

    Raises
    ------
    ContradictionError
        There is no such plan; the row that what is locked breaks is named.
    """
    problem = ground.problem
    locked_cny = int(problem.cost_cny[ground.chosen].sum())
    if locked_cny > problem.budget_cny:
        raise ContradictionError(
            f"What is locked, with what it requires, costs {locked_cny:,} yuan, "
            f"more than the budget of {problem.budget_cny:,} yuan. Unlock some of it or raise the budget."
        )
    if fits_money(problem, ground.chosen):
        return ground.chosen
    _look_at_each(ground)
    plan = _cheapest(ground, worker)
    if plan is None:
        raise ContradictionError(_blame(ground, worker))
    return plan


def _look_at_each(ground: Ground) -> None:
    """Raise if a limit cannot be kept by itself."""
    problem = ground.problem
    out = ~ground.chosen
    out[ground.service.free] = False
    least = least_of_rows(problem.limit_rows, ground.chosen, out)
    for limit, at_least in zip(problem.limits, least.tolist(), strict=True):
        if at_least > limit.most:
            raise ContradictionError(
                f"What is locked, with what it requires, comes to at least {at_least:,} in the limit "
                f"'{limit.name}', but {limit.most:,} is the most. Unlock some of it or raise the limit."
            )


def _cheapest(ground: Ground, worker: Worker) -> NDArray[np.bool_] | None:
    """The cheapest plan that keeps every row; ``None`` where there is none."""
    problem = ground.problem
    ask = Ask("standing", "cost", budget_cny=problem.budget_cny)
    cuts: list[Cut] = []
    for _ in range(_MAX_CHECKS):
        model = build_model(ground, ask, ground.chosen, tuple(cuts))
        if not model.variables:
            return None
        solver = WorkerHiGHS(worker, model.block, model.variables, from_start=False, options={})
        model.lp.solve(solver)
        if solver.outcome is None or solver.outcome.solution is None:
            return None
        built = np.rint(np.array([variable.varValue for variable in model.variables])) == 1
        plan = ground.chosen.copy()
        plan[model.options[built]] = True
        if fits_money(problem, plan):
            return plan
        cuts.append(Cut(np.flatnonzero(plan & ~ground.chosen), np.flatnonzero(~plan)))
    raise SolverError("HiGHS finds no plan that keeps the limits to the yuan.")


def _blame(ground: Ground, worker: Worker) -> str:
    """The first row, rules before budget before limits of money, that cannot be kept with those before it."""
    problem = ground.problem
    rows: list[Limit | None] = [limit for limit in problem.limits if not limit.money]
    rows += [None, *(limit for limit in problem.limits if limit.money)]
    kept, broken = 0, len(rows)
    while broken - kept > 1:
        middle = (kept + broken) // 2
        part = replace(ground, problem=_only(problem, rows[:middle]))
        fits = fits_money(part.problem, part.chosen) or _cheapest(part, worker) is not None
        kept, broken = (middle, broken) if fits else (kept, middle)
    row = rows[broken - 1]
    if row is None:
        part = replace(ground, problem=_only(problem, rows[: broken - 1]))
        plan = _cheapest(part, worker)
        cost = measure(problem, part.chosen if plan is None else plan).cost_cny
        return (
            f"What is locked, with all that the limits ask for beside it, costs at least {cost:,} yuan, "
            f"more than the budget of {problem.budget_cny:,} yuan. Unlock some of it or raise the budget."
        )
    return (
        f"What is locked leaves no way to keep the limit '{row.name}' (at most {row.most:,}) beside the other "
        "limits. Unlock some of it or raise the limit."
    )


def _only(problem: SitingProblem, rows: list[Limit | None]) -> SitingProblem:
    """The problem with no other rows than these; ``None`` is the budget."""
    budget = problem.budget_cny if None in rows else int(problem.cost_cny.sum())
    return replace(problem, limits=tuple(row for row in rows if row is not None), budget_cny=budget)
