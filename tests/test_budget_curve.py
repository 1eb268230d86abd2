"""Plans of rising budgets on the tiny region, against planning each budget alone."""

import pytest

from dualgig import budget_curve as module
from dualgig.planner import make_plan, plan_with_curve
from dualgig.predict import predict_coverage
from dualgig.region.load import load_region


@pytest.fixture
def tiny(tiny_project):
    region = load_region(tiny_project())
    return region, predict_coverage(region)


def test_each_point_is_the_plan_of_its_budget(tiny):
    region, coverage = tiny
    budgets = [0, 900_000, 2_000_000, 8_000_000]

    plan, curve = plan_with_curve(region, coverage, budgets)

    # the project's own budget is among them
    assert [point.budget_cny for point in curve.points] == [0, 900_000, 2_000_000, 6_000_000, 8_000_000]
    assert curve.complete
    for point in curve.points:
        alone = make_plan(region, coverage, budget_cny=point.budget_cny)
        stages = {stage.stage: stage for stage in alone.stages}
        assert point.good == stages["most_good"].value
        assert point.good <= point.bound
        assert point.gap == 0
        assert point.duty == alone.duty
        assert point.cost_cny == alone.cost_cny <= point.budget_cny
        # plans of equal worth and cost may differ in whom they serve, not in how much that is worth
        assert point.served.keys() == {key for key in alone.coverage["after"] if "_" in key} - {
            "villages_fragile"
        }
    assert plan.cost_cny == curve.points[3].cost_cny
    assert curve.points[3].served["villages_5g"] == plan.coverage["after"]["villages_5g"]
    assert curve.duty_cost_cny == curve.duty_bound_cny


def test_ctrl_c_keeps_the_points_that_are_done(tiny, monkeypatch):
    region, coverage = tiny
    solve = module.solve_policy
    calls = []

    def stopped(*args, **kwargs):
        calls.append(1)
        if len(calls) > 2:
            raise KeyboardInterrupt
        return solve(*args, **kwargs)

    monkeypatch.setattr(module, "solve_policy", stopped)

    _, curve = plan_with_curve(region, coverage, [0, 500_000, 1_000_000, 2_000_000])

    assert [point.budget_cny for point in curve.points] == [0, 500_000]
    assert not curve.complete
    assert curve.asked == 4
