"""Plans of a stage by greedy steps and local search, over the options on which the stage depends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from dualgig.errors import SolverError
from dualgig.siting.aside import aside
from dualgig.siting.ask import Ask
from dualgig.siting.local import construct, improve
from dualgig.siting.measure import measure
from dualgig.siting.needed import needed_columns
from dualgig.siting.problem import Decision
from dualgig.siting.weighting import cheapest_duty

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.ground import Ground
    from dualgig.siting.problem import SitingProblem

_MOVES_AN_OPTION = 40
"""Moves of annealing for each option that the stage depends on."""

_WEIGHINGS_AN_OPTION = 8
"""Moves of row weighting for each option that the stage depends on; they take longer and do more."""

_GRACE_S = 0.5
"""How long a search may overrun its clock, at which it looks between moves, before it is given up."""


def constructed(
    ground: Ground, ask: Ask, start: NDArray[np.bool_], *, deadline_s: float | None
) -> NDArray[np.bool_] | None:
    """A plan by greedy steps; ``None`` where none is found in time.

    Parameters
    ----------
    ground
        Problem and service.
    ask
        What the stage asks for.
    start
        bool, shape (n,): a plan that keeps the rules.
    deadline_s
        Moment of `time.monotonic` at which to give up.
    """
    problem, chosen, _ = _within(ground, ask, start)
    try:
        return aside(lambda _: construct(problem, ask, chosen=chosen), deadline_s=deadline_s)
    except SolverError:
        return None


def improved(
    ground: Ground,
    ask: Ask,
    start: NDArray[np.bool_],
    *,
    deadline_s: float | None,
    on_better: Callable[[NDArray[np.bool_]], None],
) -> None:
    """Search around a plan; better ones are told.

    What the duties cost is searched by row weighting, everything else by annealing. Parameters as those of
    `constructed`; `on_better` is called with each better plan.
    """
    problem, chosen, count = _within(ground, ask, start)
    until_s = None if deadline_s is None else deadline_s + _GRACE_S

    def search(tell: Callable[[NDArray[np.bool_]], None]) -> NDArray[np.bool_]:
        if ask.objective == "cost" and ask.budget_cny is None:
            moves = _WEIGHINGS_AN_OPTION * count
            return cheapest_duty(
                problem, chosen, ask.floors, moves=moves, deadline_s=deadline_s, on_better=tell
            )
        moves = _MOVES_AN_OPTION * count
        return improve(problem, chosen, ask, moves=moves, deadline_s=deadline_s, on_better=tell)

    try:
        plan = aside(search, deadline_s=until_s, on_news=on_better)
    except SolverError:
        return
    if plan is not None:
        on_better(plan)


def pruned(
    ground: Ground, ask: Ask, chosen: NDArray[np.bool_], *, deadline_s: float | None
) -> NDArray[np.bool_]:
    """A plan without what is needed neither for duties, good and balances nor for any rule, dearest first."""
    now = measure(ground.problem, chosen)
    least = Ask(
        ask.stage,
        "cost",
        floors=now.duties,
        budget_cny=ask.budget_cny,
        good=now.good,
        excess=dict(enumerate(now.excess)),
    )
    plan = constructed(ground, least, chosen, deadline_s=deadline_s)
    return chosen if plan is None else plan


def _within(
    ground: Ground, ask: Ask, start: NDArray[np.bool_]
) -> tuple[SitingProblem, NDArray[np.bool_], int]:
    """The problem and a plan with the needed options alone, and how many those are."""
    free = ground.service.free
    needed = needed_columns(ground, ask)[: len(free)]
    decision = np.full(len(ground.chosen), Decision.FORBIDDEN, np.int8)
    decision[free[needed]] = Decision.FREE
    decision[ground.chosen] = Decision.LOCKED
    problem = replace(ground.problem, decision=decision)
    return problem, start & (decision != Decision.FORBIDDEN), int(needed.sum())
