"""Reduced-cost fixing keeps every plan that is good enough, by enumeration."""

from itertools import product

import numpy as np
import pytest
import scipy.sparse as sp

from dualgig.siting.covering import exact_bound, make_covering
from dualgig.siting.covering_dual import covering_bound
from dualgig.siting.dual import dual_bound
from dualgig.siting.fixing import fix, fix_covering
from dualgig.siting.program import Program


def random_program(seed, *, columns=6, rows=4):
    rng = np.random.default_rng(seed)
    dense = rng.integers(-4, 5, (rows, columns)).astype(float)
    lower = rng.integers(-1, 1, columns).astype(float)
    upper = lower + rng.integers(0, 3, columns)
    reached = dense @ rng.integers(lower, upper + 1)
    matrix = sp.csr_array(dense)
    return Program(
        maximise=bool(rng.random() < 0.5),
        cost=rng.integers(-9, 10, columns).astype(float) * rng.choice([1.0, 0.1]),
        lower=lower,
        upper=upper,
        integer=(rng.random(columns) < 0.8).astype(np.int32),
        row_lower=np.where(rng.random(rows) < 0.5, -np.inf, reached - 1),
        row_upper=reached + 1,
        row_start=matrix.indptr.astype(np.int32),
        column=matrix.indices.astype(np.int32),
        value=matrix.data,
    )


def plans(program):
    """All plans with whole columns, and their values."""
    spans = (range(int(low), int(high) + 1) for low, high in zip(program.lower, program.upper, strict=True))
    every = np.array(list(product(*spans)), float)
    matrix = sp.csr_array(
        (program.value, program.column, program.row_start), shape=(len(program.row_lower), len(program.cost))
    )
    reached = every @ matrix.toarray().T
    fits = ((reached >= program.row_lower) & (reached <= program.row_upper)).all(axis=1)
    return every[fits], every[fits] @ program.cost


@pytest.mark.parametrize("iterations", [20, 400])
def test_no_good_enough_plan_is_lost(iterations):
    tightened = 0
    for seed in range(150):
        # given a program, a bound, and any of its plans as the incumbent
        program = random_program(seed)
        every, values = plans(program)
        dual = dual_bound(program, iterations=iterations)
        target = np.random.default_rng(seed).choice(values)

        # when columns are fixed
        fixed = fix(program, dual, target)

        # then every plan as good as that is within the boxes
        good = every[values >= target] if program.maximise else every[values <= target]
        assert ((good >= fixed.lower) & (good <= fixed.upper)).all()
        assert (fixed.lower >= program.lower).all()
        assert (fixed.upper <= program.upper).all()
        tightened += int((fixed.upper - fixed.lower).sum() < (program.upper - program.lower).sum())
    assert tightened >= 20


def test_an_optimum_and_its_bound_fix_what_has_a_price():
    # given min 3 x + y, x + y >= 1: at the best, y = 1 alone, x has reduced cost 2
    program = Program(
        maximise=False,
        cost=np.array([3.0, 1.0]),
        lower=np.zeros(2),
        upper=np.ones(2),
        integer=np.ones(2, np.int32),
        row_lower=np.array([1.0]),
        row_upper=np.array([np.inf]),
        row_start=np.array([0, 2], np.int32),
        column=np.array([0, 1], np.int32),
        value=np.ones(2),
    )

    fixed = fix(program, dual_bound(program, iterations=2000, tolerance=1e-9), 1.0)

    assert fixed.upper.tolist() == [0.0, 1.0]


def test_covering_options_are_fixed_exactly():
    fixed_options = 0
    for seed in range(150):
        # given a covering problem, all of its plans, and a target among their weights
        rng = np.random.default_rng(seed)
        n = 9
        cover = sp.csr_array(rng.random((14, n)) < rng.uniform(0.1, 0.4))
        weight = np.rint(rng.lognormal(2.0, 1.5, 14)).astype(np.int64)
        cost = rng.integers(1, 50, n) * 1000
        covering = make_covering(cover, weight, cost, int(rng.uniform(0.1, 0.8) * cost.sum()))
        chosen = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
        chosen = chosen[chosen @ cost <= covering.budget]
        covered = weight @ ((cover.astype(int) @ chosen.T.astype(int)) > 0)
        target = int(np.sort(covered)[-int(rng.integers(1, 4))])
        dual = covering_bound(covering, iterations=300)

        # when options are fixed
        fixed = fix_covering(covering, exact_bound(covering, dual.multipliers, dual.price), target)

        # then every plan that reaches the target agrees
        good = chosen[covered >= target]
        assert good[:, fixed.lower].all()
        assert not good[:, ~fixed.upper].any()
        fixed_options += int(fixed.lower.sum() + (~fixed.upper & covering.upper).sum())
    assert fixed_options >= 100
