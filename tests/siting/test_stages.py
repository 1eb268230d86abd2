"""The four stages against enumeration, plans against the independent checker."""

import pytest

from dualgig.errors import ContradictionError
from dualgig.siting.stages import solve

SEEDS = 320
PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_each_stage_equals_enumeration(part, instances, oracle, checker, worker):
    for seed in range(part, SEEDS, PARTS):
        # given a small random problem and the best of every stage by enumeration
        problem = instances.small(seed)
        best = oracle.best(problem)

        # when it is solved, then contradictions are told, and only those
        if not best.feasible or best.locked_cost > problem.budget_cny:
            with pytest.raises(ContradictionError):
                solve(problem, worker=worker)
            continue
        result = solve(problem, worker=worker)

        # then the plan is valid, every value is the best, and proved so
        checker.check(problem, result)
        stages = {stage.stage: stage for stage in result.stages}
        assert all(stage.gap == 0.0 for stage in result.stages), seed
        assert result.status == "optimal"
        assert {n: stages[f"reach_{n}"].value for n in best.reach} == best.reach, seed
        assert stages["duty_cost"].value == best.duty_cost, seed
        over = best.duty_cost > problem.budget_cny
        if over:
            within = {n: stages[f"duty_within_budget_{n}"].value for n in best.within}
            assert within == best.within, seed
        assert stages["most_good"].value == best.good, seed
        assert stages["least_cost"].value == best.cost == result.cost_cny, seed
        reached = best.reach == best.required
        expected = "over_budget" if over else "met" if reached else "unreachable"
        assert result.duty == expected, seed
        assert result.shortage_cny == max(0, best.duty_cost - problem.budget_cny), seed
