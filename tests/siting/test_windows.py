"""Exact windows: rules kept, nothing made worse, and the enumerated best where a window holds everything."""

from dataclasses import replace

import pytest

from dualgig.siting.ask import Ask
from dualgig.siting.decisions import settle
from dualgig.siting.ground import prepare
from dualgig.siting.measure import fits_money, follows_rules, measure
from dualgig.siting.reduce import ALL_REDUCTIONS
from dualgig.siting.windows import improve_in_windows


def greedy_county(instances, seed):
    """A county, and a plan of what covers most for its price within the budget."""
    problem = instances.county(seed, sites=40, villages=30, nodes=8)
    ground = prepare(problem, ALL_REDUCTIONS)
    return replace(problem, budget_cny=6_000_000, goals=()), ground.chosen


@pytest.mark.parametrize("seed", range(2))
def test_windows_never_worsen_and_keep_the_rules(seed, instances, worker):
    problem, plan = greedy_county(instances, seed)
    ask = Ask("most_good", "good", budget_cny=problem.budget_cny)
    told = []

    better = improve_in_windows(
        problem, plan, ask, worker, windows=6, size=60, node_limit=50, on_better=told.append
    )

    goods = [measure(problem, one).good for one in (plan, *told)]
    assert goods == sorted(goods)
    assert measure(problem, better).good == goods[-1] > goods[0]
    assert follows_rules(problem, better)
    assert fits_money(problem, better)


def test_equal_calls_give_equal_plans(instances, worker):
    problem, plan = greedy_county(instances, 2)
    ask = Ask("most_good", "good", budget_cny=problem.budget_cny)

    plans = {
        improve_in_windows(problem, plan, ask, worker, windows=4, size=50, node_limit=20).tobytes()
        for _ in range(2)
    }

    assert len(plans) == 1


def test_one_window_over_everything_finds_the_best(instances, oracle, worker):
    compared = 0
    for seed in range(60):
        # given a small problem without duties whose decisions alone fit the budget
        problem = replace(instances.small(seed), goals=())
        best = oracle.best(problem)
        if not best.feasible or best.locked_cost > problem.budget_cny:
            continue
        start, _ = settle(problem)
        ask = Ask("most_good", "good", budget_cny=problem.budget_cny)

        # when windows are solved, then the plan is as good as the relation of its points allows, never worse
        plan = improve_in_windows(problem, start, ask, worker, windows=20, size=11)
        assert measure(problem, start).good <= measure(problem, plan).good <= best.good
        assert follows_rules(problem, plan)
        compared += measure(problem, plan).good == best.good
    assert compared >= 20
