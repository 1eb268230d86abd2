"""Plans of rising budgets, each solved from the one before: the budget curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.curve import BudgetCurve, BudgetPoint, monotone
from dualgig.errors import ContradictionError
from dualgig.policy import policy_of
from dualgig.served import counts
from dualgig.siting.measure import measure, proved_gap, required
from dualgig.solved import solve_policy
from dualgig.wishes import with_wishes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dualgig.policy import Policy
    from dualgig.predict import Coverage, Progress
    from dualgig.siting.result import SitingResult
    from dualgig.siting.solver import Worker
    from dualgig.solved import Solved

_STOPPED = ("interrupted", "time_limit")
"""How a search ends that a person or a clock stopped."""


def budget_curve(
    solved: Solved, budgets_cny: Iterable[int], worker: Worker, progress: Progress | None = None
) -> BudgetCurve:
    """Plan each budget, the small ones first.

    A plan of a smaller budget starts the next, and what was found of the duties is found once. The project's
    budget is a point of the curve where it lies between the first and the last. Where years have money of
    their own, it is scaled with the total. Ctrl-C ends the curve and keeps the points that are done, and a
    budget below what is locked has no point.

    Parameters
    ----------
    solved
        The plan of the project's budget.
    budgets_cny
        Whole yuan.
    worker
        The solver's child process.
    progress
        Called with a message key and the share done, 0 to 1.
    """
    tell = progress or (lambda _key, _share: None)
    budgets = sorted(set(budgets_cny))
    own = solved.policy.whole.budget_cny
    if budgets and budgets[0] <= own <= budgets[-1] and own not in budgets:
        budgets = sorted({*budgets, own})
    points: list[BudgetPoint] = []
    known = solved.result
    for number, budget in enumerate(budgets):
        tell("progress.curve", number / len(budgets))
        try:
            policy, result = _planned(solved, budget, known, worker)
        except ContradictionError:
            continue
        except KeyboardInterrupt:
            break
        if result.status == "interrupted":
            known = result
            break
        points.append(_point(solved.coverage, policy, result))
        known = result
    whole = solved.policy.whole
    nothing = measure(whole, np.zeros(len(whole.option_ids), np.bool_))
    plain, places = solved.policy.plain, solved.policy.places
    told = counts(solved.coverage, plain, places, np.zeros(len(plain.option_ids), np.bool_))
    stages = {stage.stage: stage for stage in known.stages}
    return BudgetCurve(
        points=monotone(points, nothing.good),
        asked=len(budgets),
        wanted=tuple(required(whole).values()),
        duty_cost_cny=stages["duty_cost"].value,
        duty_bound_cny=stages["duty_cost"].bound,
        budget_cny=own,
        baseline=nothing.good,
        whole=int(whole.place_worth.sum()) + int(whole.point_worth.sum()),
        before={key: value for key, value in told.items() if "_" in key},
        total={key: value for key, value in told.items() if "_" not in key},
    )


def _planned(
    solved: Solved, budget_cny: int, known: SitingResult, worker: Worker
) -> tuple[Policy, SitingResult]:
    """The plan of one budget; that of the project's budget is there already."""
    if budget_cny == solved.policy.whole.budget_cny and solved.result.status not in _STOPPED:
        return solved.policy, solved.result
    coverage = with_wishes(solved.coverage, budget_cny=budget_cny)
    policy = policy_of(coverage)
    return policy, solve_policy(policy, coverage, None, worker, start=known)


def _point(coverage: Coverage, policy: Policy, result: SitingResult) -> BudgetPoint:
    """What a plan serves, and what no plan of its money could pass."""
    whole = policy.whole
    measured = measure(whole, result.chosen)
    told = next(stage.bound for stage in result.stages if stage.stage == "most_good")
    bound = max(told, measured.good)
    baseline = measure(whole, np.zeros(len(whole.option_ids), np.bool_)).good
    served = counts(coverage, policy.plain, policy.places, policy.timeline(result.chosen).chosen)
    return BudgetPoint(
        budget_cny=whole.budget_cny,
        cost_cny=result.cost_cny,
        duty=result.duty,
        status=result.status,
        duties=tuple(measured.duties.values()),
        balances=measured.excess,
        good=measured.good,
        bound=bound,
        gap=proved_gap("max", measured.good, bound, baseline),
        served={key: value for key, value in served.items() if "_" in key},
    )
