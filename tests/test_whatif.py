"""The project with other decisions and another budget."""

import pytest

from dualgig.errors import ContradictionError, InputError, ProjectError
from dualgig.region.load import load_region
from dualgig.whatif import what_if


def test_decisions_and_budget_are_laid_over_the_projects(tiny_project):
    project = tiny_project(decisions={"lock": ["S1", "S2"], "forbid": ["S5"]})

    changed = what_if(project, lock=["S5", "S6"], forbid=["S2"], budget_cny=123)

    assert changed.decisions.lock == ("S1", "S5", "S6")
    assert changed.decisions.forbid == ("S2",)
    assert changed.budget.total_cny == 123
    # the rest is the project's, and the project is as it was
    assert changed.path == project.path
    assert changed.goals == project.goals
    assert project.decisions.lock == ("S1", "S2")
    assert what_if(project) == project


def test_locked_and_forbidden_at_once_is_refused(tiny_project):
    with pytest.raises(ContradictionError, match="S2 is locked and forbidden"):
        what_if(tiny_project(), lock=["S1", "S2"], forbid=["S2"])


def test_the_money_of_the_years_is_scaled_with_the_budget(tiny_project):
    project = tiny_project(phases={"years": [2024, 2025], "budget_cny": [2_000_000, 3_000_000]})

    changed = what_if(project, budget_cny=1_000_001)

    assert changed.budget.total_cny == 1_000_001
    assert changed.phases.budget_cny == (333_333, 500_000)
    with pytest.raises(ProjectError, match="below 0"):
        what_if(project, budget_cny=-1)


def test_an_unknown_id_is_told_with_what_was_meant(tiny_project):
    changed = what_if(tiny_project(), lock=["S22"])

    with pytest.raises(InputError, match=r"'S22' is neither a site nor a node.*S2"):
        load_region(changed)
