"""Whom parts of a plan alone serve, and what more money buys, against recomputation and enumeration."""

from dataclasses import replace

import numpy as np

from dualgig.siting.explain import sole_service, with_more_money
from dualgig.siting.stages import solve


def test_sole_service_equals_taking_each_group_out(instances, oracle):
    found = 0
    for seed in range(300):
        # given any plan and any groups, some options in none
        problem = instances.small(seed)
        rng = np.random.default_rng(seed)
        n = len(problem.option_ids)
        chosen = rng.random(n) < 0.6
        group = rng.integers(-1, 4, n)

        sole = sole_service(problem, chosen, group)

        # then a group's places are those lost when its options are taken out of the plan
        full = oracle.service(problem, chosen[None])[1][0]
        for number in range(4):
            without = oracle.service(problem, (chosen & (group != number))[None])[1][0]
            expected = np.flatnonzero(full & ~without)
            assert sole.places_of(number).tolist() == expected.tolist(), seed
            found += len(expected)
    assert found > 150


def test_no_groups_and_no_plan_lose_nothing(instances):
    problem = instances.small(1)
    n = len(problem.option_ids)

    for chosen, group in ((np.ones(n, bool), np.full(n, -1)), (np.zeros(n, bool), np.arange(n))):
        assert len(sole_service(problem, chosen, group).place) == 0


def test_more_money_buys_what_enumeration_finds(instances, oracle, worker):
    compared = 0
    for seed in range(60):
        problem = instances.small(seed)
        best = oracle.best(problem)
        if not best.feasible or best.locked_cost > problem.budget_cny:
            continue
        result = solve(problem, worker=worker)
        extra = max(1, int(problem.cost_cny.max()))

        richer = with_more_money(problem, result, extra, gap=0.0, node_limit=1000, worker=worker)

        expected = oracle.best(replace(problem, budget_cny=problem.budget_cny + extra))
        stages = {stage.stage: stage for stage in richer.stages}
        assert stages["most_good"].value == stages["most_good"].bound == expected.good
        compared += 1
    assert compared > 30
