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
    affordable = cost <= problem.budget_cny
    if not affordable.any():
        return Best(True, int(cost.min()), reach, duty_cost, required=required)
    within, keep = _lexicographic(counts, affordable)
    most = int(good[keep].max())
    least = int(cost[keep & (good >= most)].min())
    return Best(True, int(cost.min()), reach, duty_cost, within, most, least, required)


def _lexicographic(counts, keep):
    levels = {}
    for level, count in counts.items():
        levels[level] = int(count[keep].max())
        keep = keep & (count >= levels[level])
    return levels, keep


def cost_to_serve(problem, chosen, wanted):
    """Least extra cost of a set for which `wanted(places)` is true, keeping a plan, or -1.

    Keeping: every chosen option stays, or gives way to an option of its exclusive group that covers all
    that it covers, which is paid as the difference, not less than nothing. What is locked stays.
    """
    cover = problem.cover.toarray().astype(bool)
    sets = subsets(problem)
    fine = np.ones(len(sets), bool)
    extra = sets[:, ~chosen].astype(np.int64) @ problem.cost_cny[~chosen]
    for c in np.flatnonzero(chosen):
        stays = sets[:, c].copy()
        for a in np.flatnonzero(~chosen):
            same = problem.exclusive[a] >= 0 and problem.exclusive[a] == problem.exclusive[c]
            if same and problem.decision[c] != 1 and (cover[:, a] >= cover[:, c]).all():
                gives = sets[:, a] & ~sets[:, c]
                credit = min(problem.cost_cny[c], problem.cost_cny[a])
                extra = extra - gives * credit
                stays |= gives
        fine &= stays
    _, places = service(problem, sets)
    fine &= wanted(places)
    return int(extra[fine].min()) if fine.any() else -1


def possible(problem):
    """Places that some set of options serves: bool, shape (places,)."""
    _, places = service(problem, subsets(problem))
    return places.any(axis=0)
