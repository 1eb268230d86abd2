"""The demo laid out over years: targets and money of each year kept, right by the independent checker."""

from pathlib import Path

import pytest

import dualgig as dg

DEMO = Path(__file__).parent.parent / "data" / "qingyuan"


def test_the_years_of_the_demo_differ_from_the_demo_in_what_they_add():
    plain = dg.Project.load(DEMO / "project.toml").model_dump()
    phased = dg.Project.load(DEMO / "phases.toml").model_dump()

    changed = {section for section in plain if plain[section] != phased[section]}
    assert changed == {"project", "costs", "funds", "phases", "equity", "base_stations", "solver"}
    assert {key for key in plain["costs"] if plain["costs"][key] != phased["costs"][key]} == {"co_building"}
    late = dg.Project.load(DEMO / "phases.toml", scenario="late")
    assert late.name == "qingyuan-phases-late"
    assert sum(late.phases.budget_cny) == sum(dg.Project.load(DEMO / "phases.toml").phases.budget_cny)


@pytest.mark.slow
def test_the_years_of_the_demo_are_planned_and_checked(plan_checker):
    project = dg.Project.load(DEMO / "phases.toml")
    region = dg.load_region(project)

    plan = dg.make_plan(region, dg.predict_coverage(region))

    plan_checker.check_plan(plan)
    assert plan.duty == "met"
    assert plan.status == "within_gap"
    assert all(stage.gap <= 0.01 for stage in plan.stages)
    assert all(target.score.met for phase in plan.phases for target in phase.targets)
    assert plan.townships["after_5g"].all()
    assert (plan.townships["year_5g"].dropna() == 2022).all()
    assert all(phase.spent_cny > 0 for phase in plan.phases)
    villages = [phase.coverage["villages_5g"] for phase in plan.phases]
    assert villages == sorted(villages)
    assert villages[0] < villages[-1]
    assert all(row.met for row in plan.equity)
    assert plan.funds[0].spent_cny > 0
    assert plan.cost_lines["option"].str.startswith("tenancy:").any()
