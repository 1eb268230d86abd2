"""Exhaustive enumeration of small siting problems; shares no code with the package."""

import itertools
from dataclasses import dataclass

import numpy as np


@dataclass
class Best:
    """What enumeration finds: the stages' best values, in their order."""

    feasible: bool
    affordable: bool = False
    locked_cost: int = 0
    reach: dict | None = None
    duty_cost: int = 0
    within: dict | None = None
    excess: list | None = None
    good: int = 0
    cost: int = 0
    required: dict | None = None


def subsets(problem):
    """Every set of options that keeps decisions and all rules of building: bool, shape (sets, n)."""
    n = len(problem.option_ids)
    chosen = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
    locked = chosen[:, problem.decision == 1].all(axis=1)
    return chosen[locked & allowed(problem, chosen)]


def allowed(problem, chosen):
    """Which sets keep the rules of building and contain nothing forbidden: bool, shape (sets,)."""
    n = len(problem.option_ids)
    fine = ~chosen[:, problem.decision == -1].any(axis=1)
    for a in range(n):
        for b in range(a):
            if problem.exclusive[a] >= 0 and problem.exclusive[a] == problem.exclusive[b]:
                fine &= ~(chosen[:, a] & chosen[:, b])
    for a, b in problem.requires.tolist():
        fine &= ~chosen[:, a] | chosen[:, b]
    return fine & keeps(problem, chosen, money=False)


def keeps(problem, chosen, *, money):
    """Which sets keep all limits that speak of money, or all that do not: bool, shape (sets,)."""
    fine = np.ones(len(chosen), bool)
    for limit in problem.limits:
        if limit.money == money:
            total = np.zeros(len(chosen), np.int64)
            for j, amount in zip(limit.options, limit.amount, strict=True):
                total += int(amount) * chosen[:, j]
            fine &= total <= limit.most
    return fine


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
    """Level -> sum of weight x min(served, required) of each set: int, shape (sets,)."""
    counts = {}
    for goal in problem.goals:
        served = goal.weight * np.minimum(places[:, goal.places].sum(axis=1), goal.required)
        counts[goal.level] = counts.get(goal.level, 0) + served
    return dict(sorted(counts.items()))


def excesses(problem, chosen, places):
    """By how much each set exceeds each balance: a list of int, shape (sets,)."""
    found = []
    for balance in problem.balances:
        total = np.zeros(len(chosen), np.int64)
        for j, amount in zip(balance.options, balance.option_amount, strict=True):
            total += int(amount) * chosen[:, j]
        for p, amount in zip(balance.places, balance.place_amount, strict=True):
            total += int(amount) * places[:, p]
        found.append(np.maximum(total - balance.most, 0))
    return found


def best(problem):
    """The best value of every stage."""
    chosen = subsets(problem)
    if len(chosen) == 0:
        return Best(feasible=False)
    points, places = service(problem, chosen)
    good = points.astype(np.int64) @ problem.point_worth + places.astype(np.int64) @ problem.place_worth
    return best_of(
        problem,
        problem.goals,
        cost=chosen.astype(np.int64) @ problem.cost_cny,
        counts=duties(problem, places),
        good=good,
        money=keeps(problem, chosen, money=True),
        excess=excesses(problem, chosen, places),
    )


def best_over_years(problem, years):
    """The best value of every stage among all choices of options and the years from which they stand."""
    n, count = len(problem.option_ids), len(years.labels)
    since = np.array(list(itertools.product(range(count + 1), repeat=n)))
    stands = [since <= year for year in range(count)]
    fine = stands[-1][:, problem.decision == 1].all(axis=1)
    for chosen in stands:
        fine &= allowed(problem, chosen)
    if not fine.any():
        return Best(feasible=False)
    since, stands = since[fine], [chosen[fine] for chosen in stands]
    places, good = [], np.zeros(len(since), np.int64)
    for chosen, worth in zip(stands, years.worth.tolist(), strict=True):
        points, served = service(problem, chosen)
        places.append(served)
        good += worth * (points.astype(np.int64) @ problem.point_worth)
        good += worth * (served.astype(np.int64) @ problem.place_worth)
    counts = duties(problem, places[-1])
    for year, goal in years.goals:
        served = goal.weight * np.minimum(places[year][:, goal.places].sum(axis=1), goal.required)
        counts[goal.level] = counts.get(goal.level, 0) + served
    money = keeps(problem, stands[-1], money=True)
    if years.money_cny is not None:
        left = np.zeros(len(since), np.int64)
        for year, brought in enumerate(years.money_cny.tolist()):
            left = (left if years.carry_over else 0) + brought - (since == year) @ problem.cost_cny
            money &= left >= 0
    return best_of(
        problem,
        problem.goals + tuple(goal for _, goal in years.goals),
        cost=stands[-1].astype(np.int64) @ problem.cost_cny,
        counts=dict(sorted(counts.items())),
        good=good,
        money=money,
        excess=excesses(problem, stands[-1], places[-1]),
    )


def best_of(problem, goals, *, cost, counts, good, money, excess):
    """The best value of every stage among plans whose figures are given, one array each."""
    reach, keep = _lexicographic(counts, np.ones(len(cost), bool))
    found = Best(feasible=True, reach=reach, duty_cost=int(cost[keep].min()), locked_cost=int(cost.min()))
    found.required = dict.fromkeys(counts, 0)
    for goal in goals:
        found.required[goal.level] += goal.weight * goal.required
    keep = money & (cost <= problem.budget_cny)
    if not keep.any():
        return found
    found.affordable = True
    found.within, keep = _lexicographic(counts, keep)
    found.excess = []
    for over in excess:
        found.excess.append(int(over[keep].min()))
        keep = keep & (over == found.excess[-1])
    found.good = int(good[keep].max())
    found.cost = int(cost[keep & (good >= found.good)].min())
    return found


def _lexicographic(counts, keep):
    levels = {}
    for level, count in counts.items():
        levels[level] = int(count[keep].max())
        keep = keep & (count >= levels[level])
    return levels, keep
