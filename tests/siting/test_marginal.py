"""Costs beyond a plan and reachability against exhaustive enumeration."""

import dataclasses

import numpy as np
import pytest

from dualgig.siting.marginal import IMPOSSIBLE, cost_to_meet, cost_to_serve, possible
from dualgig.siting.problem import Goal

SEEDS = range(240)


def plan_of(problem, oracle, seed):
    """Some plan that keeps every rule: a random one of all."""
    chosen = oracle.subsets(problem)
    return chosen[np.random.default_rng(seed).integers(len(chosen))] if len(chosen) else None


def extensions(problem, plan, oracle):
    """Every plan that keeps this one, with replacements that serve as much, and what each costs more."""
    free = dataclasses.replace(problem, decision=np.where(problem.decision == 1, 0, problem.decision))
    cover = problem.cover.toarray()
    chosen = oracle.subsets(free)
    extra = np.zeros(len(chosen), np.int64)
    fine = np.ones(len(chosen), bool)
    needed = {b for a, b in problem.requires.tolist() if plan[a]}
    for row, options in enumerate(chosen):
        for j in np.flatnonzero(plan & ~options):
            rivals = [
                k
                for k in np.flatnonzero(options & ~plan)
                if problem.exclusive[k] == problem.exclusive[j] >= 0 and (cover[:, k] >= cover[:, j]).all()
            ]
            if not rivals or problem.decision[j] == 1 or j in needed:
                fine[row] = False
                break
            extra[row] += max(0, problem.cost_cny[rivals[0]] - problem.cost_cny[j])
        if not fine[row]:
            continue
        replaced = {int(problem.exclusive[j]) for j in np.flatnonzero(plan & ~options)}
        for k in np.flatnonzero(options & ~plan):
            if problem.exclusive[k] < 0 or int(problem.exclusive[k]) not in replaced:
                extra[row] += problem.cost_cny[k]
    return chosen[fine], extra[fine]


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("features", [(), ("limits",)])
def test_cost_to_serve_and_to_meet_equal_enumeration(features, part, instances, oracle):
    compared = 0
    for seed in SEEDS[part::4]:
        problem = instances.rich(seed, features)
        plan = plan_of(problem, oracle, seed)
        if plan is None:
            continue
        chosen, extra = extensions(problem, plan, oracle)
        places = oracle.service(problem, chosen)[1]
        expected = [
            int(extra[places[:, j]].min()) if places[:, j].any() else IMPOSSIBLE
            for j in range(len(problem.place_ids))
        ]

        costs = cost_to_serve(problem, plan, np.arange(len(problem.place_ids)))

        assert costs.tolist() == expected, seed
        for goal in problem.goals:
            enough = places[:, goal.places].sum(axis=1) >= goal.required
            least = int(extra[enough].min()) if enough.any() else IMPOSSIBLE
            assert cost_to_meet(problem, plan, goal) == least, seed
        compared += 1
    assert compared > 30


@pytest.mark.parametrize("ignore_forbidden", [False, True])
@pytest.mark.parametrize("features", [(), ("limits",)])
def test_possible_equals_enumeration(features, ignore_forbidden, instances, oracle):
    doubtful = 0
    for seed in SEEDS:
        problem = instances.rich(seed, features)
        kept = {0, -1} if not ignore_forbidden else {0}
        decision = np.where(problem.decision == 1, 0, problem.decision)
        if ignore_forbidden:
            decision = np.zeros_like(decision)
        assert set(decision.tolist()) <= kept
        every = oracle.subsets(dataclasses.replace(problem, decision=decision))

        reachable = possible(problem, ignore_forbidden=ignore_forbidden)

        assert (reachable == oracle.service(problem, every)[1].any(axis=0)).all(), seed
        doubtful += int((~reachable).sum())
    assert doubtful > 50


def test_a_goal_already_met_costs_nothing(instances):
    problem = instances.small(3)

    assert cost_to_meet(problem, problem.decision == 1, Goal("none", 0, np.arange(2, dtype=np.int32), 0)) == 0
