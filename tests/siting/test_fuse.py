"""Fused options: which become one, and that every stage has the same best with them and without."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from dualgig.errors import ContradictionError
from dualgig.siting.fuse import fuse
from dualgig.siting.problem import Balance, Decision, Limit, Mode
from dualgig.siting.reduce import ALL_REDUCTIONS, DROP_DOMINATED, FUSE, MERGE_ROWS, active
from dualgig.siting.stages import solve
from dualgig.siting.years import Years, over_years, year_of

SEEDS = st.integers(0, 2**32 - 1)
FEATURES = st.sampled_from([(), ("limits",), ("balances",), ("weights", "limits", "balances")])


def with_masts(problem, rng, most):
    """A problem with options that cover nothing and that one or two others require, some of them in a chain."""
    n, more = len(problem.option_ids), int(rng.integers(1, most + 1))
    total = n + more
    requires = problem.requires.tolist()
    for mast in range(n, total):
        below = n if rng.random() < 0.7 else mast
        asking = rng.choice(below, min(below, int(rng.choice([1, 1, 1, 1, 2]))), replace=False)
        requires += [(int(option), mast) for option in asking]
    cost = np.append(problem.cost_cny, rng.integers(0, 30, more))
    limits, balances = [], []
    for limit in problem.limits:
        weighs = n + np.flatnonzero(rng.random(more) < 0.6)
        amount = cost[weighs] if limit.money else rng.choice([0, 1, 1, 2, -1], len(weighs))
        limits.append(
            replace(
                limit,
                options=np.append(limit.options, weighs).astype(np.int32),
                amount=np.append(limit.amount, amount).astype(np.int64),
            )
        )
    for balance in problem.balances:
        weighs = n + np.flatnonzero(rng.random(more) < 0.6)
        amount = cost[weighs] * rng.choice([20, 20, -80], len(weighs))
        balances.append(
            replace(
                balance,
                options=np.append(balance.options, weighs).astype(np.int32),
                option_amount=np.append(balance.option_amount, amount).astype(np.int64),
            )
        )
    group = np.where(rng.random(more) < 0.9, -1, rng.integers(0, 3, more))
    wish = rng.choice([Decision.FORBIDDEN, Decision.FREE, Decision.LOCKED], more, p=[0.04, 0.9, 0.06])
    points = problem.cover.shape[0]
    return replace(
        problem,
        option_ids=(*problem.option_ids, *(f"mast{k}" for k in range(more))),
        cost_cny=cost.astype(np.int64),
        decision=np.append(problem.decision, wish).astype(np.int8),
        exclusive=np.append(problem.exclusive, group).astype(np.int32),
        requires=np.array(requires, np.int32).reshape(-1, 2),
        cover=sp.hstack([problem.cover, sp.csr_array((points, more), dtype=bool)], format="csr"),
        limits=tuple(limits),
        balances=tuple(balances),
        budget_cny=int(rng.uniform(0, 1.1) * cost.sum()),
    )


def drawn(instances, seed, features, options, masts):
    """A small problem with masts."""
    problem = instances.rich(seed % 2**31, features, most=options)
    return with_masts(problem, np.random.default_rng(seed), masts)


def best_of(oracle, problem):
    """What enumeration says of a problem, as something to compare; `None` where nothing keeps the rules."""
    best = oracle.best(problem)
    return best if best.feasible else None


@settings(max_examples=400, deadline=None)
@given(seed=SEEDS, features=FEATURES)
def test_the_smaller_problem_has_the_same_best_in_every_stage(seed, features, instances, oracle):
    problem = drawn(instances, seed, features, options=7, masts=4)
    if FUSE not in active(problem, ALL_REDUCTIONS):
        return

    fused = fuse(problem)

    assert best_of(oracle, fused.problem) == best_of(oracle, problem)


@pytest.mark.parametrize("features", [(), ("weights", "limits", "balances")])
def test_some_of_the_problems_drawn_become_smaller_and_some_do_not(features, instances):
    gone = [0, 0]
    for seed in range(100):
        problem = drawn(instances, seed, features, options=5, masts=4)
        whole = over_years(problem, instances.some_years(problem, np.random.default_rng(seed)))
        for number, one in enumerate((problem, whole)):
            if FUSE in active(one, ALL_REDUCTIONS):
                gone[number] += len(fuse(one).kept) < len(one.option_ids)

    assert all(20 < count < 95 for count in gone)


@settings(max_examples=150, deadline=None)
@given(seed=SEEDS, features=FEATURES)
def test_the_smaller_problem_of_years_has_the_same_best_in_every_stage(seed, features, instances, oracle):
    rng = np.random.default_rng(seed)
    problem = drawn(instances, seed, features, options=3, masts=2)
    years = instances.some_years(problem, rng)
    whole = over_years(problem, years)
    if FUSE not in active(whole, ALL_REDUCTIONS) or len(whole.option_ids) > 12:
        return

    fused = fuse(whole)

    assert best_of(oracle, fused.problem) == best_of(oracle, whole)


@settings(max_examples=150, deadline=None)
@given(seed=SEEDS, features=FEATURES)
def test_plans_read_in_the_other_problem_keep_rules_and_figures(seed, features, instances, oracle):
    problem = drawn(instances, seed, features, options=6, masts=4)
    if FUSE not in active(problem, ALL_REDUCTIONS):
        return
    fused = fuse(problem)

    # each plan of the smaller problem is one of the other with the same figures
    small = oracle.subsets(fused.problem)
    large = read(small, fused.expand, len(problem.option_ids))
    assert oracle.allowed(problem, large).all()
    assert large[:, problem.decision == Decision.LOCKED].all()
    assert figures(oracle, fused.problem, small) == figures(oracle, problem, large)
    # and each plan of the other is one of the smaller that serves the same and costs no more
    every = oracle.subsets(problem)
    narrow = read(every, fused.narrow, len(fused.kept))
    assert oracle.allowed(fused.problem, narrow).all()
    assert (oracle.service(problem, every)[0] == oracle.service(fused.problem, narrow)[0]).all()
    assert (narrow @ fused.problem.cost_cny <= every @ problem.cost_cny).all()
    kept = oracle.keeps(problem, every, money=True)
    assert oracle.keeps(fused.problem, narrow, money=True)[kept].all()


def read(plans, reading, options):
    """Each of some plans (plans, n) read in another problem of so many options."""
    return np.array([reading(chosen) for chosen in plans], bool).reshape(len(plans), options)


def figures(oracle, problem, chosen):
    """Cost, service, money and excess of plans."""
    points, places = oracle.service(problem, chosen)
    excess = [over.tolist() for over in oracle.excesses(problem, chosen, places)]
    money = oracle.keeps(problem, chosen, money=True)
    return (chosen @ problem.cost_cny).tolist(), points.tolist(), places.tolist(), money.tolist(), excess


WITHOUT = (MERGE_ROWS, DROP_DOMINATED)


def values(result):
    """Values and bounds of the stages; duties within the budget are only asked for by some plans."""
    told = [(s.stage, s.value, s.bound) for s in result.stages if not s.stage.startswith("duty_within")]
    return told, result.duty, result.shortage_cny, result.status


def solved(problem, worker, **options):
    """A solved problem, or `None` where wishes contradict one another."""
    try:
        return solve(problem, worker=worker, **options)
    except ContradictionError:
        return None


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS, features=FEATURES, over_time=st.booleans())
def test_stages_are_equal_with_and_without(seed, features, over_time, instances, checker, worker):
    compare(seed, features, over_time, instances, checker, worker)


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(seed=SEEDS, features=FEATURES, over_time=st.booleans())
def test_stages_are_equal_with_and_without_hundreds_more(
    seed, features, over_time, instances, checker, worker
):
    compare(seed, features, over_time, instances, checker, worker)


def compare(seed, features, over_time, instances, checker, worker):
    problem = drawn(instances, seed, features, options=5 if over_time else 9, masts=4)
    if over_time:
        problem = over_years(problem, instances.some_years(problem, np.random.default_rng(seed)))

    result = solved(problem, worker)
    other = solved(problem, worker, reductions=WITHOUT)

    assert (result is None) == (other is None)
    if result is None:
        return
    checker.check(problem, result)
    assert values(result) == values(other)
    # started from either, the same comes out again
    for start in (result, other):
        again = solve(problem, worker=worker, start=start)
        checker.check(problem, again)
        assert values(again) == values(result)
        assert problem.cost_cny[again.duty_plan].sum() == problem.cost_cny[result.duty_plan].sum()


def mast_and_radio(instances, **changes):
    """Village 0 is served by radio 0 on mast 1, village 1 by radio 2 on no mast of its own."""
    problem = instances.build(
        [5, 3, 4],
        [[0], [], [1]],
        clauses=[(p, 1, {p: 1}) for p in range(2)],
        places=[Mode.ANY] * 2,
        goals=[("duty", 0, [0, 1], 2)],
        budget=20,
        requires=[(0, 1)],
    )
    return replace(problem, **changes)


def row(*amounts):
    return np.flatnonzero(amounts).astype(np.int32), np.array([a for a in amounts if a], np.int64)


def limit(*amounts, most=9, money=False):
    return Limit("rule", *row(*amounts), most, money)


def balance(*amounts):
    return Balance("balance", *row(*amounts), np.zeros(0, np.int32), np.zeros(0, np.int64), 0)


def test_a_mast_and_its_radio_are_one_with_the_costs_and_amounts_of_both(instances):
    problem = mast_and_radio(
        instances, limits=(limit(-2, 1, 1), limit(-1, 1, 0)), balances=(balance(0, 7, 1),)
    )

    fused = fuse(problem)

    assert fused.problem.option_ids == ("o0", "o2")
    assert fused.problem.cost_cny.tolist() == [8, 4]
    assert fused.problem.requires.shape == (0, 2)
    assert fused.problem.limit_rows.toarray().tolist() == [[-1, 1], [0, 0]]
    assert fused.problem.balance_rows.toarray().tolist() == [[7, 1, 0, 0]]
    assert fused.expand(np.array([True, False])).tolist() == [True, True, False]
    assert fused.narrow(np.array([False, True, True])).tolist() == [False, True]


@pytest.mark.parametrize(
    "changes",
    [
        {"cover": sp.csr_array(np.array([[1, 0, 0], [0, 1, 1]], bool))},
        {"exclusive": np.array([-1, 0, 0], np.int32)},
        {"limits": (limit(1, -1, 0),)},
        {"balances": (balance(1, -1, 0),)},
        {"requires": np.array([(0, 1), (2, 1)], np.int32)},
        {"decision": np.array([0, Decision.LOCKED, 0], np.int8)},
        {"decision": np.array([0, Decision.FORBIDDEN, 0], np.int8)},
        {"requires": np.zeros((0, 2), np.int32)},
    ],
    ids=["covers", "excludes", "limit", "balance", "two radios", "locked", "forbidden", "required by none"],
)
def test_a_mast_of_which_more_depends_stays(changes, instances):
    problem = mast_and_radio(instances, **changes)

    assert fuse(problem).problem is problem


@pytest.mark.parametrize("will", [Decision.FORBIDDEN, Decision.LOCKED])
def test_decided_radios_bear_their_masts(will, instances):
    for wish in (Decision.FREE, will):
        fused = fuse(mast_and_radio(instances, decision=np.array([will, wish, 0], np.int8)))

        assert fused.problem.decision.tolist() == [will, Decision.FREE]


def test_what_masts_require_is_asked_for_by_their_radios(instances):
    # given a mast 1 of radio 0 that requires a road 3, which radio 2 requires too, and a fence 4 around the mast
    problem = instances.build(
        [5, 3, 4, 2, 1],
        [[0], [], [1], [], []],
        clauses=[(p, 1, {p: 1}) for p in range(2)],
        places=[Mode.ANY] * 2,
        budget=20,
        requires=[(0, 1), (1, 3), (2, 3), (1, 4), (0, 4)],
    )

    fused = fuse(problem)

    assert fused.kept.tolist() == [0, 2, 3]
    assert fused.problem.requires.tolist() == [[0, 2], [1, 2]]
    assert fused.problem.cost_cny.tolist() == [9, 4, 2]


def test_options_that_require_each_other_in_a_circle_are_left_alone(instances):
    circle = mast_and_radio(instances, requires=np.array([(0, 1), (1, 0)], np.int32))

    assert FUSE not in active(circle, ALL_REDUCTIONS)
    assert FUSE in active(mast_and_radio(instances), ALL_REDUCTIONS)


def of(*money, carry_over):
    count = len(money)
    return Years(tuple(range(2022, 2022 + count)), np.array(money), carry_over, np.ones(count, np.int64))


def test_over_years_each_copy_of_the_mast_goes_and_no_row_is_written_twice(instances):
    whole = over_years(mast_and_radio(instances), of(4, 4, 4, carry_over=True))

    fused = fuse(whole)

    assert [option.split("@")[0] for option in fused.problem.option_ids] == ["o0", "o2"] * 3
    # what stands stays: radio and mast from year to year are one row
    assert fused.problem.requires.tolist() == [[0, 2], [1, 3], [2, 4], [3, 5]]
    assert fused.problem.limit_rows.toarray().tolist() == [
        [8, 4, 0, 0, 0, 0],
        [0, 0, 8, 4, 0, 0],
        [0, 0, 0, 0, 8, 4],
    ]


def test_where_money_is_lost_a_mast_may_come_a_year_before_its_radio(instances, worker):
    # given years of which none has the money for mast and radio together
    years = of(7, 5, 0, carry_over=False)
    whole = over_years(mast_and_radio(instances), years)

    result = solve(whole, worker=worker)

    assert fuse(whole).problem is whole
    assert result.duty == "met"
    assert year_of(years, result.chosen).tolist() == [1, 0, 0]


def test_a_county_with_masts_over_years_loses_every_mast(instances):
    # given a mast for each of 3,000 options of a county over five years
    county = instances.county(3)
    n, points = len(county.option_ids), county.cover.shape[0]
    alone = np.flatnonzero(~np.isin(np.arange(n), county.requires[:, 1]))
    more = len(alone)
    problem = replace(
        county,
        option_ids=(*county.option_ids, *(f"mast{j}" for j in alone)),
        cost_cny=np.append(county.cost_cny, np.arange(more) + 1),
        decision=np.append(county.decision, np.zeros(more, np.int8)),
        exclusive=np.append(county.exclusive, np.full(more, -1, np.int32)),
        requires=np.concatenate([county.requires, np.column_stack([alone, np.arange(more) + n])]),
        cover=sp.hstack([county.cover, sp.csr_array((points, more), dtype=bool)], format="csr"),
    )
    years = of(*[10**9] * 5, carry_over=True)

    fused = fuse(over_years(problem, years))

    # then what is left is the county over years, each option at the cost of both
    left = over_years(replace(county, cost_cny=county.cost_cny + priced(alone, n)), years)
    assert fused.problem.option_ids == left.option_ids
    assert fused.problem.cost_cny.tolist() == left.cost_cny.tolist()
    assert (fused.problem.limit_rows != left.limit_rows).nnz == 0
    assert {*map(tuple, fused.problem.requires.tolist())} == {*map(tuple, left.requires.tolist())}
    assert len(fused.problem.requires) == len(left.requires)


def priced(alone, n):
    """Cost of the mast of each option."""
    cost = np.zeros(n, np.int64)
    cost[alone] = np.arange(len(alone)) + 1
    return cost
