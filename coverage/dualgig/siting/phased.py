"""Solves a plan over years: the duties first as one year's problem, then all years from there."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dualgig.errors import ContradictionError
from dualgig.siting.measure import count_duties, fits_money, measure
from dualgig.siting.problem import Decision
from dualgig.siting.reduce import ALL_REDUCTIONS
from dualgig.siting.stages import solve
from dualgig.siting.years import at_once

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem
    from dualgig.siting.reduce import Reduction
    from dualgig.siting.result import Progress, SitingResult
    from dualgig.siting.solver import Worker
    from dualgig.siting.years import Years

_SHARE_OF_SPREADING = 0.25
"""Of the time that is left, what laying out the cheapest duties over the years may take."""

_NODES_OF_SPREADING = 1000
"""Nodes of a tree for it: one duty short is no use, and where these do not find a way there may be none."""


def solve_years(
    problem: SitingProblem,
    years: Years,
    whole: SitingProblem,
    *,
    gap: float = 0.0,
    node_limit: int = 200_000,
    time_limit_s: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    worker: Worker | None = None,
    reductions: tuple[Reduction, ...] = ALL_REDUCTIONS,
    start: SitingResult | None = None,
) -> SitingResult:
    """Choose options and the years from which they stand, in the stages of `dualgig.siting.stages.solve`.

    Reach and cost of the duties speak of no money, so they are found in a problem without years
    (`dualgig.siting.years.at_once`), which is as many times smaller. Its options are then laid out over the
    years so that what they cost fits the money and the duties come in time, as far as that is found; the
    other stages start from there and look at everything.

    Parameters
    ----------
    problem
        The siting problem of one year, n options.
    years
        The years, T of them.
    whole
        The problem over the years, as `dualgig.siting.years.over_years` writes it.
    gap, node_limit, progress, worker, reductions
        As in `dualgig.siting.stages.solve`.
    time_limit_s
        Limit of everything together.
    start
        Result of the same problem over the years under another budget: it tells reach and cost of the duties.

    Returns
    -------
    SitingResult
        Of the problem over the years, T * n options.

    Raises
    ------
    ContradictionError
        Decisions contradict one another, or what is locked alone breaks the budget or a limit.
    KeyboardInterrupt
        Ctrl-C before there was any plan.
    SolverError
        The solver's process died.
    """
    deadline_s = None if time_limit_s is None else time.monotonic() + time_limit_s

    def left_s() -> float | None:
        return None if deadline_s is None else max(0.0, deadline_s - time.monotonic())

    def duties(child: Worker) -> SitingResult:
        found = solve(
            at_once(problem, years),
            gap=gap,
            node_limit=node_limit,
            time_limit_s=left_s(),
            progress=progress,
            worker=child,
            reductions=reductions,
            duties_only=True,
        )
        told = _in_the_first_year(whole, found, len(years.labels))
        if fits_money(whole, told.chosen):
            return told
        limit_s = left_s()
        try:
            spread = solve(
                _of_these_alone(whole, told.chosen),
                node_limit=min(node_limit, _NODES_OF_SPREADING),
                time_limit_s=None if limit_s is None else limit_s * _SHARE_OF_SPREADING,
                worker=child,
                reductions=reductions,
                # Called, it ends this search too with greedy steps where Ctrl-C has ended the first.
                start=lambda _: told,
                duties_only=True,
            )
        except ContradictionError:
            # Rows of money may ask for options that the duties do not need.
            return told
        return _with_plan(whole, told, spread)

    return solve(
        whole,
        gap=gap,
        node_limit=node_limit,
        time_limit_s=time_limit_s,
        progress=progress,
        worker=worker,
        reductions=reductions,
        start=duties if start is None else start,
    )


def _in_the_first_year(whole: SitingProblem, found: SitingResult, count: int) -> SitingResult:
    """What was found of one year, as a plan over years that builds everything in the first."""
    chosen = np.tile(found.duty_plan, count)
    measured = measure(whole, chosen)
    return replace(found, chosen=chosen, points=measured.points, places=measured.places, duty_plan=chosen)


def _of_these_alone(whole: SitingProblem, chosen: NDArray[np.bool_]) -> SitingProblem:
    """The problem over the years with no other options than these (bool, shape (T * n,)) and nothing of worth."""
    return replace(
        whole,
        decision=np.where(chosen, whole.decision, Decision.FORBIDDEN).astype(np.int8),
        point_worth=np.zeros_like(whole.point_worth),
        place_worth=np.zeros_like(whole.place_worth),
        balances=(),
    )


def _with_plan(whole: SitingProblem, told: SitingResult, spread: SitingResult) -> SitingResult:
    """What was told of the duties, with a plan within the money; it is the duties' own if it meets them as cheaply."""
    told = replace(
        told,
        chosen=spread.chosen,
        points=spread.points,
        places=spread.places,
        cost_cny=spread.cost_cny,
        status="interrupted" if spread.status == "interrupted" else told.status,
    )
    wanted = count_duties(whole, measure(whole, told.duty_plan).places)
    met = count_duties(whole, spread.places)
    cost_cny = int(whole.cost_cny[told.duty_plan].sum())
    if all(met[level] >= count for level, count in wanted.items()) and spread.cost_cny <= cost_cny:
        told = replace(told, duty_plan=spread.chosen)
    return told
