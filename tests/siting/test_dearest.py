"""Savings of letting duties go, against exhaustive enumeration."""

from dataclasses import replace

import numpy as np

from dualgig.siting.dearest import dearest_duties
from dualgig.siting.problem import Limit
from dualgig.siting.stages import solve


def least_cost(problem, oracle, dropped=()):
    """Least cost of the duties that can be met, and of them less some places."""
    chosen = oracle.subsets(problem)
    for limit in problem.limits:
        chosen = chosen[chosen[:, limit.options] @ limit.amount <= limit.most]
    places = oracle.service(problem, chosen)[1]
    cost = chosen.astype(np.int64) @ problem.cost_cny
    keep = np.ones(len(chosen), bool)
    counts, lost = {}, {}
    for level in sorted({goal.level for goal in problem.goals}):
        counts[level], lost[level] = np.zeros(len(chosen), int), 0
        reach = np.zeros(len(chosen), int)
        for goal in problem.goals:
            if goal.level != level:
                continue
            reach += goal.weight * np.minimum(places[:, goal.places].sum(axis=1), goal.required)
            gone = np.isin(goal.places, dropped)
            fewer = min(int(gone.sum()), goal.required)
            counts[level] += goal.weight * np.minimum(
                places[:, goal.places[~gone]].sum(axis=1), goal.required - fewer
            )
            lost[level] += goal.weight * fewer
        keep &= reach == reach[keep].max()
        counts[level] = (counts[level], int(reach[keep].max()) - lost[level])
    full = int(cost[keep].min())
    less = np.ones(len(chosen), bool)
    for count, floor in counts.values():
        less &= count >= floor
    return full, int(cost[less].min())


def duties_at_least_cost(problem, oracle):
    """The cheapest plan of the duties that can be met, and what it serves; ``None`` where no plan is allowed."""
    chosen = oracle.subsets(problem)
    for limit in problem.limits:
        chosen = chosen[chosen[:, limit.options] @ limit.amount <= limit.most]
    if not len(chosen):
        return None
    places = oracle.service(problem, chosen)[1]
    cost = chosen.astype(np.int64) @ problem.cost_cny
    keep = np.ones(len(chosen), bool)
    for level in sorted({goal.level for goal in problem.goals}):
        count = sum(
            goal.weight * np.minimum(places[:, goal.places].sum(axis=1), goal.required)
            for goal in problem.goals
            if goal.level == level
        )
        keep &= count == count[keep].max()
    best = int(np.flatnonzero(keep)[cost[keep].argmin()])
    return chosen[best], places[best]


def compare(problem, oracle):
    """Every saving told equals enumeration, and none is left out; how many were told."""
    found = duties_at_least_cost(problem, oracle)
    if found is None:
        return 0
    plan, served = found
    told = dearest_duties(problem, plan, proved=True, most=50)
    for duty in told:
        full, less = least_cost(problem, oracle, duty.places)
        assert duty.how == "exact"
        assert duty.saving_cny == full - less
    assert [duty.saving_cny for duty in told] == sorted((d.saving_cny for d in told), reverse=True)
    named = {place for duty in told for place in duty.places}
    for place in np.flatnonzero(served):
        if place not in named and any(place in goal.places for goal in problem.goals):
            full, less = least_cost(problem, oracle, (place,))
            assert full == less, place
    return len(told)


def test_savings_equal_enumeration(instances, oracle):
    told = sum(compare(instances.small(seed), oracle) for seed in range(300))

    assert told > 70


def test_goals_with_weights_and_a_rule_between_options(instances, oracle):
    told = 0
    for seed in range(100):
        problem = instances.small(seed)
        n = len(problem.option_ids)
        if n < 3:
            continue
        # given weights 1, 2, 3 and a rule: of the first two options together the last one is asked for
        goals = tuple(replace(goal, weight=1 + number) for number, goal in enumerate(problem.goals))
        rule = Limit(
            "rule", np.array([0, 1, n - 1], np.int32), np.array([1, 1, -1], np.int64), 1, money=False
        )
        told += compare(replace(problem, goals=goals, limits=(rule,)), oracle)
    assert told > 20


def test_without_a_proof_the_saving_is_a_price(instances, worker):
    problem = instances.county(3, sites=40, villages=30, nodes=6)
    result = solve(problem, worker=worker)

    told = dearest_duties(problem, result.duty_plan, proved=False)

    assert told
    assert {duty.how for duty in told} == {"price"}
    # a price is what the relaxation pays: never more than all duties together
    assert all(0 < duty.saving_cny <= problem.cost_cny[result.duty_plan].sum() for duty in told)


def test_nothing_to_build_has_no_dear_duty(instances):
    problem = instances.build(
        [5], [[0]], clauses=[(0, 1, {0: 1})], places=[0], goals=[("g", 0, [0], 1)], budget=9, before=[True]
    )

    assert dearest_duties(problem, np.zeros(1, bool), proved=True) == ()


def test_places_behind_the_same_options_are_let_go_together(instances):
    # given two villages that one site serves
    problem = instances.build(
        [7, 9],
        [[0, 1], [2]],
        clauses=[(0, 1, {0: 1}), (1, 1, {1: 1}), (2, 1, {2: 1})],
        places=[0, 0, 0],
        goals=[("g", 0, [0, 1, 2], 3)],
        budget=20,
    )

    told = dearest_duties(problem, np.ones(2, bool), proved=True)

    assert [(duty.places, duty.saving_cny) for duty in told] == [((2,), 9), ((0, 1), 7)]
