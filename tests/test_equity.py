"""Rules of balance: the rows of the siting problem say the same as the shares that are told."""

import json

import numpy as np
import pytest

import dualgig as dg
from dualgig.equity import equity_rows
from dualgig.measures import fraction
from dualgig.policy import policy_of
from dualgig.siting.decisions import fulfilled
from dualgig.siting.measure import measure
from dualgig.siting.problem import serve

RULES = [
    *(
        {"kind": kind, "group": group, "measure": measure, "share": share}
        for measure in ("villages_5g", "villages_gigabit", "people_5g", "people_gigabit")
        for kind, group, share in (
            ("least_coverage", "mountain", 0.5),
            ("largest_difference", "mountain", 0.3),
            ("largest_difference", "plain", 0.1),
        )
    ),
    {"kind": "least_spending", "group": "mountain", "share": 0.55},
    {"kind": "least_spending", "group": "plain", "share": 0.333},
]


@pytest.fixture
def coverage(tiny_project):
    project = tiny_project(equity=RULES)
    path = project.path.parent / "townships.geojson"
    data = json.loads(path.read_text(encoding="utf-8"))
    for feature, group in zip(data["features"], ("plain", "mountain"), strict=True):
        feature["properties"]["group"] = group
    path.write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
    return dg.predict_coverage(dg.load_region(project))


def test_a_plan_keeps_a_row_if_and_only_if_its_rule_is_met(coverage):
    policy = policy_of(coverage)
    problem = policy.problem
    rng = np.random.default_rng(5)
    seen = {row: set() for row in range(len(RULES))}
    for _ in range(60):
        chosen = fulfilled(problem, rng.random(len(problem.option_ids)) < rng.choice([0.03, 0.1, 0.3, 0.8]))
        rows = equity_rows(coverage, policy.plain, policy.places, chosen)
        measured = measure(problem, chosen)
        excess = iter(measured.excess)
        floors = iter([goal for goal in problem.goals if goal.name.startswith("least_coverage")])
        for number, (row, rule) in enumerate(zip(rows, RULES, strict=True)):
            if rule["kind"] == "least_coverage":
                goal = next(floors)
                kept = int(measured.places[goal.places].sum()) >= goal.required
            else:
                kept = next(excess) == 0
            assert kept == row.met, (row, number)
            seen[number].add(row.met)
    # each rule is met by some of these plans and missed by others
    assert [n for n, verdicts in seen.items() if len(verdicts) < 2] == []


def test_the_problem_of_the_rules_begins_with_the_plain_one(coverage):
    policy = policy_of(coverage)
    plain, problem = policy.plain, policy.problem
    everything = np.ones(len(plain.option_ids), np.bool_)

    assert problem.place_ids[: len(plain.place_ids)] == plain.place_ids
    assert problem.option_ids == plain.option_ids
    assert np.array_equal(serve(problem, everything)[1][: len(plain.place_ids)], serve(plain, everything)[1])
    assert problem.goals[: len(plain.goals)] == plain.goals
    # floors come after all duties
    assert {goal.level for goal in problem.goals[len(plain.goals) :]} == {4}
    assert int(problem.place_worth.sum()) == int(plain.place_worth.sum())


def test_shares_are_the_fractions_that_were_written():
    assert fraction(0.1) + fraction(0.2) == fraction(0.3)
    assert fraction(0.333).denominator == 1000
    assert fraction(1 / 3).denominator <= 10_000
