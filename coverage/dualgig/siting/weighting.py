"""Cheap plans that meet the duties, by row weighting: set covering in its own kernels, anything else on the state."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from dualgig.siting.bundles import BEST, FOUND, LONGEST, STEP, Weights
from dualgig.siting.decisions import settle
from dualgig.siting.duty_cover import search_duty
from dualgig.siting.flip import choose
from dualgig.siting.measure import follows_rules, levels, measure
from dualgig.siting.reduce import dominated, equal_rows
from dualgig.siting.setcover import MOST_PAIRS, cover_of_duty
from dualgig.siting.state import start
from dualgig.siting.weighting_search import SAMPLE, weigh

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem

_CHUNK = 500
"""Moves between two looks at the clock; the search goes the same way whatever it is."""


_WORTH_ENTRIES = 50_000
"""Entries of cover and clauses from which on row weighting is worth its time."""


def cheapest_duty(
    problem: SitingProblem,
    chosen: NDArray[np.bool_],
    floors: dict[int, int],
    *,
    moves: int,
    seed: int = 0,
    deadline_s: float | None = None,
    on_better: Callable[[NDArray[np.bool_]], None] | None = None,
) -> NDArray[np.bool_]:
    """A cheap plan that meets the floors of the duties, the start if none cheaper is found: bool, shape (n,).

    The plan keeps decisions, exclusions, requirements and the limits that do not speak of money. Equal
    inputs give the equal plan, unless a clock ended the search.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        bool, shape (n,): the plan to start from. It keeps the decisions, exclusions and requirements; where it
        does not meet the floors or breaks a limit, the first plan found that does is taken for better.
    floors
        Least sum of weight times min(served, required) over the goals of each level.
    moves
        How many times something is left out and what is missed is mended.
    seed
        Seed of the choices by lot.
    deadline_s
        Moment of `time.monotonic` at which to give up.
    on_better
        Called now and then with a better plan.

    Raises
    ------
    ContradictionError
        The decisions contradict one another.
    ValueError
        The start breaks a decision, exclusion or requirement.
    """
    if not follows_rules(problem, chosen):
        raise ValueError("The plan to start from breaks a decision, an exclusion or a requirement.")
    duty = cover_of_duty(problem, floors)
    better = _Better(problem, floors, chosen, on_better)
    if duty.sufficient and (np.diff(duty.cover.row_start) > 0).all():
        known = None if better.cost is None else better.chosen
        search_duty(
            problem, duty, known, moves=moves, seed=seed, deadline_s=deadline_s, on_better=better.hear
        )
    else:
        _by_state(problem, better, duty.chosen, moves, seed, deadline_s)
    return better.chosen


def is_worth_weighting(problem: SitingProblem) -> bool:
    """Whether the duty's cost is better begun by row weighting than by the solver alone.

    Programs of fewer than 50,000 entries HiGHS proves in seconds from any start; from there on its own
    heuristics lag behind.
    """
    return bool(problem.cover.nnz + problem.clauses.nnz >= _WORTH_ENTRIES)


class _Better:
    """The best plan so far: a plan is taken if, exactly recomputed, it meets the floors and costs less."""

    def __init__(
        self,
        problem: SitingProblem,
        floors: dict[int, int],
        chosen: NDArray[np.bool_],
        on_better: Callable[[NDArray[np.bool_]], None] | None,
    ) -> None:
        self.problem, self.floors, self.on_better = problem, floors, on_better
        self.chosen = chosen.copy()
        self.cost: int | None = measure(problem, chosen).cost_cny if self.is_met_by(chosen) else None

    def is_met_by(self, chosen: NDArray[np.bool_]) -> bool:
        """Whether a plan meets the floors and the limits that do not speak of money."""
        duties = measure(self.problem, chosen).duties
        limits = (limit for limit in self.problem.limits if not limit.money)
        kept = all(int(limit.amount[chosen[limit.options]].sum()) <= limit.most for limit in limits)
        return kept and all(duties[level] >= floor for level, floor in self.floors.items())

    def hear(self, chosen: NDArray[np.bool_]) -> None:
        """Take a plan if it is better."""
        cost = int(self.problem.cost_cny[chosen].sum())
        if (self.cost is None or cost < self.cost) and self.is_met_by(chosen):
            self.chosen, self.cost = chosen.copy(), cost
            if self.on_better is not None:
                self.on_better(self.chosen.copy())


def _by_state(
    problem: SitingProblem,
    better: _Better,
    settled: NDArray[np.bool_],
    moves: int,
    seed: int,
    deadline_s: float | None,
) -> None:
    """Row weighting on the incremental state of what the duties depend on."""
    small = _duties_alone(problem, better.floors)
    state, weights = start(small), _weights(small, better.floors, settled, seed)
    choose(state, better.chosen)
    moving = True
    told = -1
    while moving and weights.total[STEP] < moves:
        moving = weigh(state, weights, min(moves, int(weights.total[STEP]) + _CHUNK))
        if weights.total[FOUND] and weights.total[BEST] != told:
            told = int(weights.total[BEST])
            better.hear(weights.best)
        if deadline_s is not None and time.monotonic() >= deadline_s:
            break


def _duties_alone(problem: SitingProblem, floors: dict[int, int]) -> SitingProblem:
    """The same options and rules with the places of the duties only; points covered together are one."""
    goals = tuple(goal for goal in problem.goals if floors.get(goal.level, 0) > 0)
    needed = np.zeros(len(problem.place_ids), bool)
    for goal in goals:
        needed[goal.places] = True
    number = np.cumsum(needed) - 1
    kept = needed[problem.clause_place]
    clauses = problem.clauses[np.flatnonzero(kept)].tocsc()
    points = np.flatnonzero(np.diff(clauses.indptr) > 0)
    key = sp.hstack([problem.cover[points].astype(bool), sp.csr_array(problem.covered_before[points, None])])
    group = equal_rows(sp.csr_array(key))
    numbers, first = np.unique(group, return_index=True)
    ones = np.ones(len(points), np.int64)
    merge = sp.csr_array((ones, (np.arange(len(points)), group)), shape=(len(points), len(numbers)))
    return replace(
        problem,
        cover=problem.cover[points[first]].tocsr(),
        covered_before=problem.covered_before[points[first]],
        point_worth=np.zeros(len(numbers), np.int64),
        clauses=sp.csr_array(clauses[:, points].astype(np.int64) @ merge),
        need=problem.need[kept],
        clause_place=number[problem.clause_place[kept]].astype(np.int32),
        place_ids=tuple(problem.place_ids[p] for p in np.flatnonzero(needed)),
        place_mode=problem.place_mode[needed],
        place_before=problem.place_before[needed],
        place_worth=np.zeros(int(needed.sum()), np.int64),
        goals=tuple(replace(goal, places=number[goal.places].astype(np.int32)) for goal in goals),
        limits=tuple(limit for limit in problem.limits if not limit.money),
        balances=(),
    )


def _weights(
    problem: SitingProblem, floors: dict[int, int], settled: NDArray[np.bool_], seed: int
) -> Weights:
    n, m = len(problem.option_ids), len(problem.place_ids)
    points, clauses, rows = len(problem.covered_before), len(problem.need), len(problem.limits)
    _, out = settle(problem)
    useful = ~settled & ~out
    may = np.flatnonzero(useful)
    useful[may[_superfluous(problem, may)]] = False
    return Weights(
        place_weight=np.ones(m, np.int64),
        row_weight=np.ones(rows, np.int64),
        row_unit=np.array([np.abs(limit.amount).max(initial=1) for limit in problem.limits], np.float64),
        best=np.zeros(n, np.bool_),
        free=~settled,
        useful=useful,
        moved=np.zeros(n, np.int64),
        dropped=np.full(n, -1, np.int64),
        changed=np.zeros(points, np.int64),
        floor=np.array([floors.get(level, 0) for level in levels(problem)], np.int64),
        bundle=np.zeros(LONGEST, np.int64),
        picked=np.zeros(SAMPLE, np.int64),
        point_token=np.zeros(points, np.int64),
        point_shift=np.zeros(points, np.int64),
        points=np.zeros(points, np.int64),
        clause_token=np.zeros(clauses, np.int64),
        clause_shift=np.zeros(clauses, np.int64),
        place_token=np.zeros(m, np.int64),
        places=np.zeros(m, np.int64),
        row_token=np.zeros(rows, np.int64),
        row_shift=np.zeros(rows, np.int64),
        rows=np.zeros(rows, np.int64),
        total=np.zeros(5, np.int64),
        random=np.array([seed], np.uint64),
    )


def _superfluous(problem: SitingProblem, may: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Options of those that may be chosen that another makes superfluous; none where it takes long to tell."""
    cover = problem.cover[:, may]
    if (np.diff(cover.indptr).astype(np.int64) ** 2).sum() > MOST_PAIRS:
        return np.zeros(len(may), bool)
    return dominated(problem, may, np.flatnonzero(~problem.covered_before))
