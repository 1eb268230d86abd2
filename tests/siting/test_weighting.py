"""Cheapest duty by row weighting: against enumeration, HiGHS, and the rules read off the problem."""

import time
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from dualgig.siting.decisions import widest
from dualgig.siting.measure import measure
from dualgig.siting.problem import Limit, Mode
from dualgig.siting.setcover import cover_of_duty
from dualgig.siting.stages import solve
from dualgig.siting.weighting import cheapest_duty, is_worth_weighting


def small(instances, seed):
    """A small problem: in turn with limits, without them, and without any rule between options."""
    if seed % 3 == 0:
        return instances.rich(seed, features=("weights", "limits"), most=9)
    problem = instances.rich(seed, features=("weights",), most=9)
    if seed % 3 == 1:
        return problem
    free = np.full_like(problem.exclusive, -1)
    return replace(problem, exclusive=free, requires=problem.requires[:0])


def reachable(problem, oracle):
    """Every plan that keeps the rules, its cost, and whether it meets the most that can be met; floors."""
    chosen = oracle.subsets(problem)
    _, places = oracle.service(problem, chosen)
    counts = oracle.duties(problem, places)
    keep = np.ones(len(chosen), bool)
    floors = {}
    for level, count in counts.items():
        floors[level] = int(count[keep].max())
        keep &= count >= floors[level]
    return chosen, chosen.astype(np.int64) @ problem.cost_cny, keep, floors


def lies_in(chosen, plans):
    return (plans == chosen).all(axis=1).any()


@pytest.mark.parametrize("block", range(4))
def test_small_problems_equal_enumeration(block, instances, oracle):
    # given 100 small problems of all kinds, and the dearest plan that meets the duties
    missed = tried = 0
    for seed in range(100 * block, 100 * block + 100):
        problem = small(instances, seed)
        if len(oracle.subsets(problem)) == 0:
            continue
        plans, cost, meets, floors = reachable(problem, oracle)
        dear = plans[meets][np.argmax(cost[meets])]

        # when a cheap one is sought, then it is a plan that meets them and the best, but for very few
        plan = cheapest_duty(problem, dear, floors, moves=300)
        assert lies_in(plan, plans[meets]), seed
        tried += 1
        missed += problem.cost_cny[plan].sum() > cost[meets].min()
    assert tried >= 60
    assert missed <= 0.03 * tried


def test_a_start_that_misses_the_duties_is_mended(instances, oracle):
    # given small problems and the least plan that keeps the rules, which misses duties
    mended = tried = 0
    for seed in range(150):
        problem = small(instances, seed)
        if len(oracle.subsets(problem)) == 0:
            continue
        plans, _, meets, floors = reachable(problem, oracle)
        least = plans[np.argmin(plans.sum(axis=1))]
        if lies_in(least, plans[meets]):
            continue

        # when a plan is sought, then what comes back meets them, or is the start
        plan = cheapest_duty(problem, least, floors, moves=300)
        found = lies_in(plan, plans[meets])
        assert found or (plan == least).all()
        tried += 1
        mended += found
    assert tried >= 30
    assert mended >= 0.97 * tried


def test_covering_rows_bound_the_duty(instances, oracle):
    # given 400 small problems and the rows that their duties imply
    exact = sufficient = 0
    for seed in range(400):
        problem = small(instances, seed)
        if len(oracle.subsets(problem)) == 0:
            continue
        _, cost, meets, floors = reachable(problem, oracle)
        duty = cover_of_duty(problem, floors)
        fixed = int(problem.cost_cny[duty.chosen].sum())

        # when every choice of columns is tried, then the cheapest cover costs no more than the duty,
        # the same where the rows say that they are all of it
        covers = (np.arange(2**duty.cover.columns)[:, None] >> np.arange(duty.cover.columns)) & 1 == 1
        inside = (covers.astype(int) @ duty.cover.matrix.toarray().T.astype(int) > 0).all(axis=1)
        least = fixed + int((covers[inside].astype(np.int64) @ duty.cover.cost).min())
        assert least <= cost[meets].min(), seed
        sufficient += duty.sufficient
        if duty.exact:
            exact += 1
            assert least == cost[meets].min(), seed
    assert exact >= 50
    assert sufficient > exact


def test_thresholds_are_rows_that_come_as_they_are_missed(instances):
    # given places that want shares of the weight of many points, and the optimum of another model
    rng = np.random.default_rng(5)
    options, places, each = 40, 12, 15
    cover = [np.flatnonzero(rng.random(places * each) < 0.12).tolist() for _ in range(options)]
    weight = rng.integers(1, 50, places * each)
    shares = [{p: int(weight[p]) for p in range(each * k, each * k + each)} for k in range(places)]
    need = [int(0.7 * sum(share.values())) for share in shares]
    problem = instances.build(
        rng.integers(10, 60, options),
        cover,
        clauses=[(k, need[k], shares[k]) for k in range(places)],
        places=[Mode.ANY] * places,
        goals=[("places", 0, range(places), places)],
        budget=10**9,
    )
    duty = cover_of_duty(problem, {0: places})
    assert duty.sufficient
    assert not duty.exact
    points = places * each
    covered = np.hstack([problem.cover.toarray(), -np.eye(points)])
    wanted = np.hstack([np.zeros((places, options)), problem.clauses.toarray()])
    plain = milp(
        np.append(problem.cost_cny, np.zeros(points)),
        integrality=np.append(np.ones(options), np.zeros(points)),
        bounds=Bounds(0, 1),
        constraints=[LinearConstraint(covered, lb=0.0), LinearConstraint(wanted, lb=need)],
    )

    # when the duty is sought from all options, then it costs as much
    plan = cheapest_duty(problem, np.ones(options, bool), {0: places}, moves=5_000)

    assert problem.cost_cny[plan].sum() == round(plain.fun)


def test_a_tenant_brings_its_tenancy(instances, oracle):
    # given two operators that may share each of three towers: step k of a tower's rent asks for step k - 1,
    # and no more of them may be there than steps are paid
    towers, cost, cover, requires, limits = 3, [], [], [], []
    for tower in range(towers):
        first = len(cost)
        cost += [30, 12, 20 + tower, 25 - tower]
        cover += [[], [], [2 * tower, 2 * ((tower + 1) % 3)], [2 * tower + 1, 2 * ((tower + 1) % 3) + 1]]
        requires.append((first + 1, first))
        members = np.arange(first, first + 4, dtype=np.int32)
        limits.append(Limit(f"tenants of {tower}", members, np.array([-1, -1, 1, 1]), 0, money=False))
    problem = instances.build(
        cost,
        cover,
        clauses=[(p, 1, {p: 1}) for p in range(6)],
        places=[Mode.ANY] * 6,
        goals=[("served", 0, range(6), 6)],
        budget=10**6,
        requires=requires,
    )
    problem = replace(problem, limits=tuple(limits))
    plans, total, meets, floors = reachable(problem, oracle)
    assert floors == {0: 6}

    # when a plan is sought with nothing to begin with, then tenants and steps match at the least cost
    plan = cheapest_duty(problem, np.zeros(len(cost), bool), floors, moves=500)

    assert lies_in(plan, plans[meets])
    assert problem.cost_cny[plan].sum() == total[meets].min()


def test_a_county_comes_near_its_proved_cost(instances, worker):
    # given a county with exclusive configurations, links that ask for nodes, and its proved duty cost
    problem = instances.county(3, sites=60, villages=50, nodes=10, budget_share=10.0)
    result = solve(problem, worker=worker)
    duty = next(stage for stage in result.stages if stage.stage == "duty_cost")
    floors = measure(problem, result.chosen).duties
    assert result.duty in ("met", "unreachable")

    # when a plan is sought from the one of most good, then it costs at most 1 % more
    plan = cheapest_duty(problem, result.chosen, floors, moves=3_000)

    assert duty.bound <= problem.cost_cny[plan].sum() <= 1.01 * duty.value


def test_equal_inputs_give_the_equal_plan(instances):
    # given a county, the widest plan of its options, and what that serves
    problem = instances.county(4, sites=40, villages=30, nodes=8)
    nothing = np.zeros(len(problem.option_ids), bool)
    start = widest(problem, nothing, ~nothing)
    floors = measure(problem, start).duties

    # when a cheap plan is sought several times, then it is one plan, the last of those told, each cheaper
    plans = [cheapest_duty(problem, start, floors, moves=400, seed=7) for _ in range(2)]
    heard = []
    cheapest_duty(problem, start, floors, moves=400, seed=7, on_better=heard.append)

    assert (plans[0] == plans[1]).all()
    assert (heard[-1] == plans[0]).all()
    costs = [problem.cost_cny[plan].sum() for plan in heard]
    assert costs == sorted(costs, reverse=True)


def test_a_deadline_ends_the_search(instances):
    problem = instances.random_set_cover(3)
    everything = np.ones(len(problem.option_ids), bool)
    cheapest_duty(problem, everything, {0: 120}, moves=1)
    begun = time.monotonic()

    plan = cheapest_duty(problem, everything, {0: 120}, moves=10**9, deadline_s=time.monotonic() + 0.3)

    assert time.monotonic() - begun < 1.5
    assert problem.cost_cny[plan].sum() < problem.cost_cny.sum()


def test_a_start_that_breaks_a_rule_is_refused(instances):
    problem = instances.build(
        [1, 2], [[0], [0]], clauses=[(0, 1, {0: 1})], places=[Mode.ANY], budget=9, exclusive=[0, 0]
    )
    with pytest.raises(ValueError, match="exclusion"):
        cheapest_duty(problem, np.ones(2, bool), {}, moves=1)


def test_small_problems_are_left_to_the_solver(instances):
    assert not is_worth_weighting(instances.random_set_cover(0))
    assert is_worth_weighting(instances.random_set_cover(0, rows=1_500, columns=2_500))
