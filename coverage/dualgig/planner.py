"""Region and Coverage to a Plan: formulate, solve, explain, assemble."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.aims import LOCKED_GOAL
from dualgig.assemble import (
    conflict_table,
    coverage_counts,
    gap_table,
    node_table,
    place_tables,
    route_table,
    site_table,
)
from dualgig.budget_curve import budget_curve
from dualgig.confirm import confirmed, prediction_of
from dualgig.equity import equity_rows
from dualgig.errors import ProjectError
from dualgig.explanation import insight_of
from dualgig.formulate import siting_problem
from dualgig.fragile import fragile_places
from dualgig.funds import fund_uses, idle_funds
from dualgig.interfered import interfered_places
from dualgig.phases import phase_rows
from dualgig.plan import Plan, Score
from dualgig.policy import policy_of
from dualgig.reasons import gap_reasons
from dualgig.served import counts
from dualgig.siting.marginal import IMPOSSIBLE, cost_to_meet, cost_to_serve
from dualgig.siting.problem import serve
from dualgig.siting.solver import Worker
from dualgig.solved import solve_coverage
from dualgig.stations import stations_of
from dualgig.wishes import with_wishes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from numpy.typing import NDArray

    from dualgig.curve import BudgetCurve
    from dualgig.phases import Timeline
    from dualgig.plan import Duty
    from dualgig.policy import Policy
    from dualgig.predict import Coverage, Progress
    from dualgig.project import Goals
    from dualgig.region.model import Region
    from dualgig.siting.problem import SitingProblem
    from dualgig.siting.result import SitingResult
    from dualgig.solved import Solved


def make_plan(
    region: Region,
    coverage: Coverage,
    progress: Progress | None = None,
    *,
    lock: Collection[str] = (),
    forbid: Collection[str] = (),
    budget_cny: int | None = None,
) -> Plan:
    """Choose what to build, prove how good it is, and explain what stays uncovered.

    Parameters
    ----------
    region, coverage
        The region and its predicted coverage.
    progress
        Called with a message key and the share done, 0 to 1.
    lock, forbid
        Ids of sites and nodes that must, or must not, be built, whatever the project says of them.
    budget_cny
        Another total than the project's; the money of its years is scaled with it.

    Raises
    ------
    NotFoundError
        An id is neither a site nor a node.
    ContradictionError
        What is asked for contradicts itself, whatever is built.
    ProjectError
        The project names a group or county that does not exist, or what is locked cannot be built within
        the budget.
    SolverError
        The solver ended without a plan.
    """
    tell = progress or (lambda _key, _share: None)
    coverage = with_wishes(replace(coverage, region=region), lock=lock, forbid=forbid, budget_cny=budget_cny)
    with Worker() as worker:
        return describe(solve_coverage(coverage, tell, worker), tell, worker)


def plan_with_curve(
    region: Region, coverage: Coverage, budgets_cny: Iterable[int], progress: Progress | None = None
) -> tuple[Plan, BudgetCurve]:
    """The plan of the project's budget, and what other budgets would serve.

    Parameters
    ----------
    region, coverage, progress
        As in `make_plan`.
    budgets_cny
        Whole yuan; see `dualgig.budget_curve.budget_curve`.

    Raises
    ------
    ContradictionError, ProjectError, SolverError
        As `make_plan`.
    """
    tell = progress or (lambda _key, _share: None)
    with Worker() as worker:
        solved = solve_coverage(replace(coverage, region=region), tell, worker)
        plan = describe(solved, tell, worker)
        budgets = () if plan.status == "interrupted" else budgets_cny
        return plan, budget_curve(solved, budgets, worker, tell)


def describe(solved: Solved, tell: Progress, worker: Worker) -> Plan:
    """Explain what is solved, and put it into tables.

    Parameters
    ----------
    solved
        The plan as the solver knows it.
    tell
        Called with a message key and the share done, 0 to 1.
    worker
        The solver's child process.

    Raises
    ------
    ProjectError
        What is locked cannot be built within the budget.
    """
    coverage, policy, timeline, result = solved.coverage, solved.policy, solved.timeline, solved.result
    _check_locked(coverage, policy.plain, timeline)
    tell("progress.insight", 0.0)
    insight = insight_of(solved, worker)
    return _describe(
        coverage,
        policy,
        timeline,
        status=result.status,
        duty=_told_duty(policy.whole, result),
        shortage_cny=result.shortage_cny,
        gap=result.gap,
        stages=result.stages,
        insight=insight,
        tell=tell,
    )


def _told_duty(problem: SitingProblem, result: SitingResult) -> Duty:
    """The verdict on the duties, which holds no longer where exact profiles take a duty from the last plan."""
    served = serve(problem, result.chosen)[1]
    short = any(int(served[goal.places].sum()) < goal.required for goal in problem.goals)
    return "undecided" if short and result.duty == "met" else result.duty


def gaps_today(region: Region, coverage: Coverage, progress: Progress | None = None) -> Plan:
    """What is served today and what is not, as a Plan in which nothing is built.

    Gaps that could be served carry the reason ``budget`` and what serving each alone would cost.
    """
    tell = progress or (lambda _key, _share: None)
    coverage = replace(coverage, region=region)
    nothing = np.zeros(len(coverage.options), np.bool_)
    coverage, _stands = confirmed(coverage, siting_problem(coverage)[0], nothing)
    policy = policy_of(coverage)
    served = serve(policy.problem, nothing)[1]
    short = any(
        int(served[goal.places].sum()) < goal.required
        for goal in policy.problem.goals
        if goal.name != LOCKED_GOAL
    )
    return _describe(
        coverage,
        policy,
        policy.timeline(np.zeros(len(policy.whole.option_ids), np.bool_)),
        status="optimal",
        duty="undecided" if short else "met",
        shortage_cny=0,
        gap=0.0,
        stages=(),
        tell=tell,
    )


def _check_locked(coverage: Coverage, problem: SitingProblem, timeline: Timeline) -> None:
    """Refuse a plan that had no money for what is locked."""
    served = serve(problem, timeline.chosen)[1]
    for goal in problem.goals:
        missing = goal.places[~served[goal.places]]
        if goal.name == LOCKED_GOAL and len(missing):
            names = ", ".join(problem.place_ids[place].removeprefix("lock:") for place in missing)
            raise ProjectError(
                f"{coverage.region.project.path}: locked sites cannot be built within the budget: {names}. "
                "Raise budget.total_cny or unlock some."
            )


def _describe(
    coverage: Coverage, policy: Policy, timeline: Timeline, *, tell: Progress, **verdict: object
) -> Plan:
    """The Plan of options that are built in some years."""
    tell("progress.explain", 0.0)
    region, problem, places = coverage.region, policy.plain, policy.places
    chosen = timeline.chosen
    predicted, _ = siting_problem(coverage, ledger=False)
    served = serve(problem, chosen)[1]
    cost = np.zeros(len(served), np.int64)
    gaps = np.flatnonzero(~served)
    gaps = gaps[gaps < 2 * (places.townships + places.villages)]
    reason = gap_reasons(coverage, problem, places, served)
    cost[gaps] = cost_to_serve(problem, chosen, gaps)
    tell("progress.explain", 0.5)
    fragile_before, fragile = fragile_places(coverage, problem, chosen)
    doubts = {"fragile": fragile, "interfered": interfered_places(coverage, problem, chosen)}
    townships, villages = place_tables(coverage, problem, places, timeline, reason, cost, doubts)
    scoreboard = _scoreboard(region.project.goals, problem, chosen)
    phases = phase_rows(
        coverage,
        problem,
        timeline,
        lambda standing: counts(coverage, problem, places, standing),
        decided=verdict["duty"] != "undecided",
    )
    lines = coverage.cost_lines
    built = lines["option"].isin(coverage.options.index[chosen])
    cost_lines = lines[built].reset_index(drop=True)
    if timeline.years:
        row = coverage.options.index.get_indexer(pd.Index(cost_lines["option"]))
        cost_lines["year"] = timeline.labels(timeline.first[row])
    tell("progress.explain", 1.0)
    return Plan(
        region=replace(region, warnings=(*region.warnings, *idle_funds(coverage))),
        budget_cny=problem.budget_cny,
        scoreboard=scoreboard,
        townships=townships,
        villages=villages,
        sites=site_table(coverage, problem, places, timeline, villages),
        nodes=node_table(coverage, timeline, villages),
        routes=route_table(coverage, timeline),
        cost_lines=cost_lines,
        gaps=gap_table(townships, villages),
        conflicts=conflict_table(region, predicted, places),
        coverage=coverage_counts(coverage, problem, places, chosen, (fragile_before, fragile)),
        years=timeline.years,
        phases=phases,
        funds=fund_uses(coverage, chosen, problem.budget_cny),
        equity=equity_rows(coverage, problem, places, chosen),
        stations=stations_of(coverage, chosen),
        prediction=prediction_of(coverage, chosen),
        **verdict,  # type: ignore[arg-type]
    )


def _scoreboard(goals: Goals, problem: SitingProblem, chosen: NDArray[np.bool_]) -> tuple[Score, ...]:
    """One row a goal of the project: required, before, achieved, met, what the missing part costs."""
    before = serve(problem, np.zeros(len(chosen), np.bool_))[1]
    after = serve(problem, chosen)[1]
    rows = []
    for goal in problem.goals:
        if goal.name == LOCKED_GOAL:
            continue
        achieved = int(after[goal.places].sum())
        short = max(goal.required - achieved, 0)
        cost = cost_to_meet(problem, chosen, goal) if short else 0
        rows.append(
            Score(
                goal=goal.name,
                service="gigabit" if goal.name.endswith("gigabit") else "5g",
                required=goals.shares[goal.name],
                places=len(goal.places),
                needed=goal.required,
                before=int(before[goal.places].sum()),
                achieved=achieved,
                met=short == 0,
                short=short,
                cost_to_meet_cny=None if cost == IMPOSSIBLE else int(cost),
            )
        )
    return tuple(rows)
