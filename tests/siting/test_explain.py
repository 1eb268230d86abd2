"""Whom parts of a plan alone serve, against taking them out."""

import numpy as np

from dualgig.siting.explain import sole_service


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
