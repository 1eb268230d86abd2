"""A solve that starts from what is known under another budget, against enumeration."""

from dataclasses import replace

import pytest

from dualgig.siting.stages import solve

PARTS = 4


@pytest.mark.parametrize("part", range(PARTS))
def test_budgets_solved_one_from_another_equal_enumeration(part, instances, oracle, checker, worker):
    solved = 0
    for seed in range(part, 120, PARTS):
        # given a small problem under three budgets, each started from the one before
        problem = instances.small(seed)
        total = int(problem.cost_cny.sum())
        result = None
        for budget in (total // 4, total // 2, total):
            now = replace(problem, budget_cny=budget)
            best = oracle.best(now)
            if not best.feasible or best.locked_cost > budget:
                continue
            result = solve(now, worker=worker, start=result)

            # then it is the best of each, and says so
            checker.check(now, result)
            stages = {stage.stage: stage for stage in result.stages}
            assert result.status == "optimal"
            assert {n: stages[f"reach_{n}"].value for n in best.reach} == best.reach
            assert stages["duty_cost"].value == best.duty_cost
            assert stages["most_good"].value == best.good
            assert stages["least_cost"].value == best.cost
            assert result.shortage_cny == max(0, best.duty_cost - budget)
            assert int(problem.cost_cny[result.duty_plan].sum()) == best.duty_cost
            solved += 1
    assert solved > 50


def test_what_was_found_of_the_duties_is_not_sought_again(instances, worker):
    problem = instances.county(5, sites=60, villages=40, nodes=8)
    first = solve(problem, worker=worker)
    told = []

    again = solve(
        replace(problem, budget_cny=problem.budget_cny * 2), worker=worker, start=first, progress=told.append
    )

    assert not {news.stage for news in told} & {"duty_cost", "reach_0", "reach_1", "reach_2"}
    assert [s for s in again.stages if s.stage == "duty_cost"] == [
        s for s in first.stages if s.stage == "duty_cost"
    ]
