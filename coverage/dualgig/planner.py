"""Region and Coverage to a Plan: formulate, solve, explain, assemble."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

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
from dualgig.confirm import confirmed, planned, prediction_of
from dualgig.errors import ProjectError
from dualgig.formulate import siting_problem
from dualgig.fragile import fragile_places
from dualgig.interfered import interfered_places
from dualgig.plan import Plan, Score, stage_kind
from dualgig.reasons import gap_reasons
from dualgig.siting.marginal import cost_to_meet, cost_to_serve
from dualgig.siting.problem import serve
from dualgig.siting.stages import solve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.plan import Duty
    from dualgig.predict import Coverage, Progress
    from dualgig.project import Goals
    from dualgig.region.model import Region
    from dualgig.siting.problem import SitingProblem
    from dualgig.siting.result import SitingResult


def make_plan(region: Region, coverage: Coverage, progress: Progress | None = None) -> Plan:
    """Choose what to build, prove how good it is, and explain what stays uncovered.

    Parameters
    ----------
    region, coverage
        The region and its predicted coverage.
    progress
        Called with a message key and the share done, 0 to 1.

    Raises
    ------
    ProjectError
        What is locked cannot be built within the budget.
    SolverError
        The solver ended without a plan.
    """
    tell = progress or (lambda _key, _share: None)
    solver = region.project.solver

    def ask(problem: SitingProblem) -> tuple[SitingResult, NDArray[np.bool_]]:
        result = solve(
            problem,
            gap=solver.gap,
            node_limit=solver.node_limit,
            time_limit_s=solver.time_limit_s,
            progress=lambda news: tell(f"progress.stage.{stage_kind(news.stage)}", 1.0 - min(news.gap, 1.0)),
        )
        return result, result.chosen

    result, coverage, problem = planned(coverage, ask)
    for goal in problem.goals:
        missing = goal.places[~result.places[goal.places]]
        if goal.name == LOCKED_GOAL and len(missing):
            names = ", ".join(problem.place_ids[place].removeprefix("lock:") for place in missing)
            raise ProjectError(
                f"{region.project.path}: locked sites cannot be built within the budget: {names}. "
                "Raise budget.total_cny or unlock some."
            )
    return _describe(
        region,
        coverage,
        problem,
        result.chosen,
        status=result.status,
        duty=_told_duty(problem, result),
        shortage_cny=result.shortage_cny,
        gap=result.gap,
        stages=result.stages,
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
    nothing = np.zeros(len(coverage.options), np.bool_)
    coverage, _stands = confirmed(coverage, siting_problem(coverage)[0], nothing)
    problem, _ = siting_problem(coverage)
    served = serve(problem, nothing)[1]
    short = any(
        int(served[goal.places].sum()) < goal.required for goal in problem.goals if goal.name != LOCKED_GOAL
    )
    return _describe(
        region,
        coverage,
        problem,
        nothing,
        status="optimal",
        duty="undecided" if short else "met",
        shortage_cny=0,
        gap=0.0,
        stages=(),
        tell=tell,
    )


def _describe(
    region: Region,
    coverage: Coverage,
    problem: SitingProblem,
    chosen: NDArray[np.bool_],
    *,
    tell: Progress,
    **verdict: object,
) -> Plan:
    """The Plan of a set of chosen options."""
    tell("progress.explain", 0.0)
    predicted, places = siting_problem(coverage, ledger=False)
    served = serve(problem, chosen)[1]
    cost = np.zeros(len(served), np.int64)
    gaps = np.flatnonzero(~served)
    gaps = gaps[gaps < 2 * (places.townships + places.villages)]
    reason = gap_reasons(coverage, problem, places, served)
    cost[gaps] = cost_to_serve(problem, chosen, gaps)
    tell("progress.explain", 0.5)
    fragile_before, fragile = fragile_places(coverage, problem, chosen)
    doubts = {"fragile": fragile, "interfered": interfered_places(coverage, problem, chosen)}
    townships, villages = place_tables(coverage, problem, places, chosen, reason, cost, doubts)
    sites = site_table(coverage, problem, places, chosen, villages)
    lines = coverage.cost_lines
    built = lines["option"].isin(coverage.options.index[chosen])
    scoreboard = _scoreboard(region.project.goals, problem, chosen)
    tell("progress.explain", 1.0)
    return Plan(
        region=region,
        budget_cny=problem.budget_cny,
        scoreboard=scoreboard,
        townships=townships,
        villages=villages,
        sites=sites,
        nodes=node_table(coverage, chosen, villages),
        routes=route_table(coverage, chosen),
        cost_lines=lines[built].reset_index(drop=True),
        gaps=gap_table(townships, villages),
        conflicts=conflict_table(region, predicted, places),
        coverage=coverage_counts(
            coverage, chosen, townships, villages, fragile_before[places.slice("5g", "village")]
        ),
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
        share = getattr(goals, goal.name)
        rows.append(
            Score(
                goal=goal.name,
                service="gigabit" if goal.name.endswith("gigabit") else "5g",
                required=float(share),
                places=len(goal.places),
                needed=goal.required,
                before=int(before[goal.places].sum()),
                achieved=achieved,
                met=short == 0,
                short=short,
                cost_to_meet_cny=None if cost < 0 else int(cost),
            )
        )
    return tuple(rows)
