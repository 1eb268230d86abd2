"""What decisions imply, against enumeration; contradictions are told in a sentence."""

import dataclasses

import numpy as np
import pytest

from dualgig.errors import ContradictionError
from dualgig.siting.decisions import settle, widest
from dualgig.siting.problem import Decision, Limit, Mode
from dualgig.siting.stages import solve

FREE, LOCKED, FORBIDDEN = Decision.FREE, Decision.LOCKED, Decision.FORBIDDEN


def test_what_every_plan_and_no_plan_contains(instances, oracle):
    implied = 0
    for seed in range(300):
        problem = instances.small(seed)
        plans = oracle.subsets(problem)
        if len(plans) == 0:
            with pytest.raises(ContradictionError):
                settle(problem)
            continue

        chosen, out = settle(problem)

        assert plans[:, chosen].all()
        assert not plans[:, out].any()
        implied += int((chosen & (problem.decision == FREE)).sum() + (out & (problem.decision == FREE)).sum())
    assert implied > 100


def test_what_limits_imply(instances, oracle):
    implied = 0
    for seed in range(400):
        problem = instances.rich(seed, ("limits",))
        plans = oracle.subsets(problem)
        try:
            chosen, out = settle(problem)
        except ContradictionError:
            assert len(plans) == 0, seed
            continue

        assert plans[:, chosen].all(), seed
        assert not plans[:, out].any(), seed
        without = settle(dataclasses.replace(problem, limits=()))
        implied += int((chosen & ~without[0]).sum() + (out & ~without[1]).sum())
    assert implied > 100


def test_the_widest_plan_keeps_the_rules(instances, oracle):
    added = 0
    for seed in range(300):
        problem = instances.rich(seed, ("limits",))
        plans = oracle.subsets(problem)
        if len(plans) == 0:
            continue
        plan = plans[np.random.default_rng(seed).integers(len(plans))]

        wide = widest(problem, plan, ~plan & (problem.decision == FREE))

        assert wide[plan].all()
        assert (plans == wide).all(axis=1).any(), seed
        added += int((wide & ~plan).sum())
    assert added > 200


def three(instances, decision, **rules):
    return instances.build(
        [1, 1, 1],
        [[0], [0], [0]],
        clauses=[(0, 1, {0: 1})],
        places=[Mode.ANY],
        budget=3,
        decision=decision,
        **rules,
    )


@pytest.mark.parametrize(
    ("decision", "rules", "sentence"),
    [
        ([LOCKED, LOCKED, FREE], {"exclusive": [4, 4, 4]}, "o0 and o1 exclude one another"),
        (
            [LOCKED, FORBIDDEN, FREE],
            {"requires": [(0, 1)]},
            "o0 is locked, but o1, which it requires, is forb",
        ),
        (
            [LOCKED, FREE, FORBIDDEN],
            {"requires": [(0, 1), (1, 2)]},
            "o0 is locked, but o2, which it requires, is f",
        ),
        (
            [LOCKED, FREE, FREE],
            {"requires": [(0, 1)], "exclusive": [2, 2, -1]},
            "o0 and o1 exclude one anoth",
        ),
    ],
)
def test_contradictions_name_the_options(decision, rules, sentence, instances):
    with pytest.raises(ContradictionError, match=sentence):
        settle(three(instances, decision, **rules))


def limit(name, options, amount, most, *, money=False):
    return Limit(name, np.array(options, np.int32), np.array(amount, np.int64), most, money)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (
            [limit("two masts", [0, 1], [1, 1], 1)],
            "'two masts' cannot be kept .* at least 2, but 1 is the most",
        ),
        ([limit("tenants", [0, 2], [1, -1], 0)], "'tenants' cannot be kept .* at least 1, but 0 is the most"),
        ([limit("fund", [0, 1], [1, 1], 1, money=True)], "at least 2 in the limit 'fund', but 1 is the most"),
    ],
)
def test_a_limit_that_what_is_locked_breaks_is_named(rows, sentence, instances, worker):
    problem = three(instances, [LOCKED, LOCKED, FORBIDDEN])

    with pytest.raises(ContradictionError, match=sentence):
        solve(dataclasses.replace(problem, limits=tuple(rows)), worker=worker)


@pytest.mark.parametrize(
    ("rows", "budget", "sentence"),
    [
        (
            [limit("tenants", [0, 1, 2], [1, -1, -1], 0), limit("fund", [1, 2], [1, 1], 0, money=True)],
            3,
            "no way to keep the limit 'fund'",
        ),
        (
            [limit("tenants", [0, 1, 2], [1, -1, -1], 0)],
            1,
            "costs at least 2 yuan, more than the budget of 1",
        ),
        (
            [limit("tenants", [0, 1, 2], [1, -1, -1], 0), limit("none", [1, 2], [1, 1], 0)],
            3,
            "'(tenants|none)' cannot be kept",
        ),
    ],
)
def test_a_row_that_cannot_be_kept_beside_others_is_named(rows, budget, sentence, instances, worker):
    # given a locked option that asks for one of the two others
    problem = three(instances, [LOCKED, FREE, FREE])
    problem = dataclasses.replace(problem, limits=tuple(rows), budget_cny=budget)

    with pytest.raises(ContradictionError, match=sentence):
        solve(problem, worker=worker)


def test_what_a_limit_asks_for_beside_a_locked_option_is_built(instances, worker):
    problem = three(instances, [LOCKED, FREE, FREE])
    problem = dataclasses.replace(
        problem,
        cost_cny=np.array([1, 5, 2], np.int64),
        limits=(limit("tenants", [0, 1, 2], [1, -1, -1], 0),),
        budget_cny=3,
    )

    result = solve(problem, worker=worker)

    assert result.chosen.tolist() == [True, False, True]
    assert result.status == "optimal"
