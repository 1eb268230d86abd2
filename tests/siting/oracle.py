"""Exhaustive enumeration of small siting problems; shares no code with the package."""

from dataclasses import dataclass

import numpy as np


@dataclass
class Best:
    """What enumeration finds: the stages' best values, in their order."""

    feasible: bool
    locked_cost: int = 0
    reach: dict | None = None
    duty_cost: int = 0
    within: dict | None = None
    good: int = 0
    cost: int = 0
    required: dict | None = None


def subsets(problem):
    """Every set of options that keeps decisions, exclusions and prerequisites: bool, shape (sets, n)."""
    n = len(problem.option_ids)
    chosen = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
    fine = np.ones(len(chosen), bool)
    for j in range(n):
        if problem.decision[j] == 1:
            fine &= chosen[:, j]
        if problem.decision[j] == -1:
            fine &= ~chosen[:, j]
    for a in range(n):
        for b in range(a):
            if problem.exclusive[a] >= 0 and problem.exclusive[a] == problem.exclusive[b]:
                fine &= ~(chosen[:, a] & chosen[:, b])
    for a, b in problem.requires.tolist():
        fine &= ~chosen[:, a] | chosen[:, b]
    return chosen[fine]


def service(problem, chosen):
    """Points and places served by each set: bool, shapes (sets, points) and (sets, places)."""
    cover = problem.cover.toarray().astype(int)
    points = (chosen.astype(int) @ cover.T > 0) | problem.covered_before
    clauses = points.astype(int) @ problem.clauses.toarray().T >= problem.need
    places = np.zeros((len(chosen), len(problem.place_ids)), bool)
    for p in range(len(problem.place_ids)):
        own = clauses[:, problem.clause_place == p]
        if own.shape[1]:
            places[:, p] = own.any(axis=1) if problem.place_mode[p] == 0 else own.all(axis=1)
        places[:, p] |= problem.place_before[p]
    return points, places


def duties(problem, places):
    """Level -> sum of min(served, required) of each set: int, shape (sets,)."""
    counts = {}
    for goal in problem.goals:
        served = np.minimum(places[:, goal.places].sum(axis=1), goal.required)
        counts[goal.level] = counts.get(goal.level, 0) + served
    return dict(sorted(counts.items()))


def best(problem):
    """The best value of every stage."""
    chosen = subsets(problem)
    if len(chosen) == 0:
        return Best(feasible=False)
    points, places = service(problem, chosen)
    cost = chosen.astype(np.int64) @ problem.cost_cny
    counts = duties(problem, places)
    good = points.astype(np.int64) @ problem.point_worth + places.astype(np.int64) @ problem.place_worth
    required = {level: sum(g.required for g in problem.goals if g.level == level) for level in counts}
    reach, keep = _lexicographic(counts, np.ones(len(chosen), bool))
    duty_cost = int(cost[keep].min())
    least = int(cost.min())
    affordable = cost <= problem.budget_cny
    if not affordable.any():
        return Best(feasible=True, locked_cost=least, reach=reach, duty_cost=duty_cost, required=required)
    within, keep = _lexicographic(counts, affordable)
    most = int(good[keep].max())
    final = int(cost[keep & (good >= most)].min())
    return Best(
        feasible=True,
        locked_cost=least,
        reach=reach,
        duty_cost=duty_cost,
        within=within,
        good=most,
        cost=final,
        required=required,
    )


def _lexicographic(counts, keep):
    levels = {}
    for level, count in counts.items():
        levels[level] = int(count[keep].max())
        keep = keep & (count >= levels[level])
    return levels, keep
