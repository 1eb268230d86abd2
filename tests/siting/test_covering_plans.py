"""Plans of covering location: rules kept, nothing made worse, the enumerated best found on small problems."""

import numpy as np
import pytest
import scipy.sparse as sp

from dualgig.siting.covering import make_covering
from dualgig.siting.covering_dual import covering_bound
from dualgig.siting.covering_plan import round_plan
from dualgig.siting.covering_walk import anneal


def random_covering(seed, *, options=9, points=14, fixed=False):
    rng = np.random.default_rng(seed)
    cover = sp.csr_array(rng.random((points, options)) < rng.uniform(0.1, 0.5))
    weight = np.rint(rng.lognormal(2.0, 1.0, points)).astype(np.int64)
    cost = np.ones(options, np.int64) if rng.random() < 0.3 else rng.integers(0, 50, options) * 1000
    lower, upper = np.zeros(options, bool), np.ones(options, bool)
    budget = int(rng.uniform(0.05, 0.9) * cost.sum())
    if fixed:
        lower, upper = rng.random(options) < 0.1, rng.random(options) < 0.9
        budget += int(cost[lower].sum())
    return make_covering(cover, weight, cost, budget, lower=lower, upper=upper)


def best_weight(covering):
    n = len(covering.cost)
    chosen = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
    fits = (chosen @ covering.cost <= covering.budget) & chosen[:, covering.lower].all(axis=1)
    fits &= (~chosen[:, ~covering.upper]).all(axis=1)
    shape = (len(covering.weight), n)
    ones = np.ones(len(covering.option_of), int)
    cover = sp.csr_array((ones, covering.option_of, covering.point_start), shape=shape)
    return int((covering.weight @ ((cover @ chosen[fits].T.astype(int)) > 0)).max())


def assert_allowed(covering, chosen):
    assert chosen[covering.lower].all()
    assert not chosen[~covering.upper].any()
    assert covering.cost[chosen].sum() <= covering.budget


@pytest.mark.parametrize("fixed", [False, True])
def test_small_problems_are_solved(fixed):
    short = 0
    for seed in range(150):
        # given a small problem and its best weight
        covering = random_covering(seed, fixed=fixed)
        best = best_weight(covering)
        dual = covering_bound(covering, iterations=100)

        # when a plan is rounded and annealed
        rounded = round_plan(covering, dual.solution, sure=0.5)
        plan = anneal(covering, rounded, dual, moves=20_000, seed=seed)

        # then it keeps box and budget, lies between the rounded one and the best, and in nine of ten is the best
        assert_allowed(covering, rounded)
        assert_allowed(covering, plan)
        assert covering.covered(rounded) <= covering.covered(plan) <= best <= dual.bound
        short += covering.covered(plan) < best
    assert short <= 15


def test_annealing_halves_the_gap_of_rounding():
    covering = random_covering(5, options=400, points=3000)
    dual = covering_bound(covering, iterations=1000)
    rounded = round_plan(covering, dual.solution, sure=2.0)

    plan = anneal(covering, rounded, dual, moves=300_000)

    missing = [dual.bound - covering.covered(chosen) for chosen in (rounded, plan)]
    assert missing[1] <= 0.5 * missing[0]


def test_equal_calls_give_equal_plans():
    covering = random_covering(2, options=100, points=500)
    dual = covering_bound(covering, iterations=200)
    start = round_plan(covering, dual.solution)

    plans = {anneal(covering, start, dual, moves=30_000, seed=4).tobytes() for _ in range(2)}

    assert len(plans) == 1


def test_greedy_takes_the_best_rate_first():
    # given three options: wide and dear, narrow and cheap, and one beyond the budget
    cover = sp.csr_array(np.array([[1, 0, 1], [1, 0, 1], [1, 1, 1], [0, 0, 1]], bool))
    covering = make_covering(cover, np.array([5, 5, 5, 50]), np.array([10, 1, 20]), 11)

    plan = round_plan(covering, np.zeros(3), sure=2.0)

    # then the cheap one comes first, and the wide one fits beside it
    assert plan.tolist() == [True, True, False]
