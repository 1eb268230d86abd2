"""Bounds of covering location against enumeration and against scipy's linear programs."""

import numba
import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import linprog

from dualgig.siting.covering import exact_bound, make_covering
from dualgig.siting.covering_dual import covering_bound


def random_covering(seed, *, options=9, points=14, unit_costs=None):
    rng = np.random.default_rng(seed)
    cover = sp.csr_array(rng.random((points, options)) < rng.uniform(0.1, 0.5))
    weight = np.rint(rng.lognormal(2.0, 1.5, points)).astype(np.int64)
    if unit_costs is None:
        unit_costs = rng.random() < 0.3
    cost = np.ones(options, np.int64) if unit_costs else rng.integers(0, 50, options) * 1000
    budget = int(rng.uniform(0.05, 0.9) * cost.sum())
    return make_covering(cover, weight, cost, budget)


def matrix(covering):
    ones = np.ones(len(covering.option_of), bool)
    shape = (len(covering.weight), len(covering.cost))
    return sp.csr_array((ones, covering.option_of, covering.point_start), shape=shape)


def best_weight(covering):
    """By enumeration of all sets of options."""
    n = len(covering.cost)
    chosen = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    fits = chosen @ covering.cost <= covering.budget
    covered = (matrix(covering).astype(int) @ chosen[fits].T) > 0
    return int((covering.weight @ covered).max())


def best_relaxed(covering):
    """By HiGHS' simplex method, through scipy."""
    n, points = len(covering.cost), len(covering.weight)
    rows = sp.hstack([-matrix(covering).astype(float), sp.eye_array(points)])
    budget = sp.hstack([sp.csr_array(covering.cost[None].astype(float)), sp.csr_array((1, points))])
    answer = linprog(
        np.concatenate([np.zeros(n), -covering.weight]),
        A_ub=sp.vstack([rows, budget]).tocsr(),
        b_ub=np.append(np.zeros(points), covering.budget),
        bounds=(0, 1),
        method="highs-ds",
    )
    return -answer.fun


@pytest.mark.parametrize("block", range(10))
def test_any_multipliers_bound_the_best(block):
    # given random problems, and random multipliers and prices, some out of their box
    for seed in range(100 * block, 100 * block + 100):
        covering = random_covering(seed)
        rng = np.random.default_rng(seed)
        best = best_weight(covering)
        scale = covering.weight.sum() / max(1, covering.budget)

        # when bounds are computed from them, then none crosses the enumerated best
        for _ in range(5):
            multipliers = covering.weight * rng.uniform(-0.2, 1.2, len(covering.weight))
            assert exact_bound(covering, multipliers, rng.uniform(-0.1, 2.0) * scale).weight >= best


@pytest.mark.parametrize("block", range(5))
def test_bounds_of_few_iterations_hold(block):
    for seed in range(40 * block, 40 * block + 40):
        covering = random_covering(seed)
        dual = covering_bound(covering, iterations=1 + seed % 37)

        assert dual.bound >= best_weight(covering)
        assert dual.bound == exact_bound(covering, dual.multipliers, dual.price).weight
        assert covering.cost @ dual.solution <= covering.budget * (1 + 1e-9)


@pytest.mark.parametrize("unit_costs", [True, False])
@pytest.mark.parametrize("seed", range(4))
def test_long_runs_reach_the_linear_program(seed, unit_costs):
    covering = random_covering(seed, options=60, points=200, unit_costs=unit_costs)

    dual = covering_bound(covering, iterations=20_000, tolerance=1e-5)

    # the bound told is a whole weight at or below the relaxation's, rounded down
    assert dual.bound == pytest.approx(best_relaxed(covering), abs=1.0, rel=2e-5)
    assert dual.relaxed == pytest.approx(best_relaxed(covering), rel=2e-5)


def test_fixed_options_are_kept_and_left_out():
    for seed in range(60):
        # given a problem with some options fixed
        free = random_covering(seed)
        rng = np.random.default_rng(seed)
        state = rng.choice([-1, 0, 0, 0, 1], len(free.cost))
        lower, upper = state > 0, state >= 0
        if free.cost[lower].sum() > free.budget:
            continue
        fixed = make_covering(matrix(free), free.weight, free.cost, free.budget, lower=lower, upper=upper)

        # when the others are enumerated
        n = len(free.cost)
        chosen = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
        kept = (chosen[:, lower].all(axis=1)) & (~chosen[:, ~upper]).all(axis=1)
        kept &= chosen @ free.cost <= free.budget
        best = max(fixed.covered(one) for one in chosen[kept])

        # then the bound of the fixed problem holds
        assert covering_bound(fixed, iterations=60).bound >= best


def test_large_weights_and_costs_stay_exact():
    # given weights of a province and prices in yuan by the hundred million
    cover = sp.csr_array(np.ones((1, 3), bool))
    weight, cost = np.array([2**52], np.int64), np.array([2**36, 2**36 + 1, 2**40], np.int64)
    covering = make_covering(cover, weight, cost, 2**36)

    # when one option fits the budget and covers everything, then the bound is all of the weight
    assert covering_bound(covering, iterations=40).bound == 2**52
    assert exact_bound(covering, np.array([2.0**52]), 2.0**16).weight == 2**52


def test_equal_bytes_on_any_number_of_threads():
    covering = random_covering(1, options=2000, points=3000)
    before = numba.get_num_threads()
    runs = []
    try:
        for threads in (1, before):
            numba.set_num_threads(threads)
            dual = covering_bound(covering, iterations=200)
            runs.append((dual.multipliers.tobytes(), dual.price, dual.bound, dual.solution.tobytes()))
    finally:
        numba.set_num_threads(before)

    assert runs[0] == runs[1]


def test_a_start_is_never_made_worse():
    covering = random_covering(3, options=60, points=200)
    first = covering_bound(covering, iterations=300)

    again = covering_bound(covering, iterations=20, start=first)

    assert again.bound <= first.bound
