"""Bounds of any program against enumeration and against scipy's linear programs."""

import time
from itertools import product

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import linprog

from dualgig.siting.ask import Ask
from dualgig.siting.dual import bound_of, dual_bound
from dualgig.siting.ground import prepare
from dualgig.siting.highs import assemble
from dualgig.siting.model import build_model
from dualgig.siting.program import Program
from dualgig.siting.reduce import ALL_REDUCTIONS


def random_program(seed, *, columns=5, rows=5):
    """Whole columns in small boxes; rows with one limit, with two, and equalities; a plan exists."""
    rng = np.random.default_rng(seed)
    dense = rng.integers(-4, 5, (rows, columns)) * (rng.random((rows, columns)) < 0.7)
    lower = rng.integers(-1, 1, columns).astype(float)
    upper = lower + rng.integers(0, 3, columns)
    reached = dense @ rng.integers(lower, upper + 1)
    kind = rng.integers(0, 4, rows)
    row_lower = np.where(kind == 0, -np.inf, reached - np.where(kind == 3, 0, rng.integers(0, 2, rows)))
    row_upper = np.where(kind == 1, np.inf, reached + np.where(kind == 3, 0, rng.integers(0, 2, rows)))
    matrix = sp.csr_array(dense.astype(float))
    return Program(
        maximise=bool(rng.random() < 0.5),
        cost=rng.integers(-9, 10, columns) * rng.choice([1.0, 0.1, 1000.0]),
        lower=lower,
        upper=upper,
        integer=np.ones(columns, np.int32),
        row_lower=row_lower,
        row_upper=row_upper,
        row_start=matrix.indptr.astype(np.int32),
        column=matrix.indices.astype(np.int32),
        value=matrix.data,
    )


def matrix(program):
    shape = (len(program.row_lower), len(program.cost))
    return sp.csr_array((program.value, program.column, program.row_start), shape=shape)


def best_value(program):
    """By enumeration of the box."""
    spans = (range(int(low), int(high) + 1) for low, high in zip(program.lower, program.upper, strict=True))
    every = np.array(list(product(*spans)), float)
    reached = every @ matrix(program).toarray().T
    fits = ((reached >= program.row_lower) & (reached <= program.row_upper)).all(axis=1)
    values = every[fits] @ program.cost
    return values.max() if program.maximise else values.min()


def best_relaxed(program):
    sign = -1.0 if program.maximise else 1.0
    up, down = np.isfinite(program.row_upper), np.isfinite(program.row_lower)
    rows = matrix(program)
    answer = linprog(
        sign * program.cost,
        A_ub=sp.vstack([rows[np.flatnonzero(up)], -rows[np.flatnonzero(down)]]).tocsr(),
        b_ub=np.concatenate([program.row_upper[up], -program.row_lower[down]]),
        bounds=np.column_stack([program.lower, program.upper]),
        method="highs-ds",
    )
    assert answer.status == 0
    return sign * answer.fun


def holds(program, bound, best):
    return bound >= best if program.maximise else bound <= best


@pytest.mark.parametrize("block", range(10))
def test_any_multipliers_bound_the_best(block):
    for seed in range(100 * block, 100 * block + 100):
        # given a random program and random multipliers of any sign
        program = random_program(seed)
        best = best_value(program)
        rng = np.random.default_rng(seed)

        # when their bounds are computed, then none crosses the enumerated best
        for size in (0.0, 1.0, 100.0):
            multipliers = size * rng.normal(size=len(program.row_lower))
            assert holds(program, bound_of(program, multipliers).bound, best)


@pytest.mark.parametrize("block", range(4))
def test_bounds_of_few_iterations_hold(block):
    for seed in range(50 * block, 50 * block + 50):
        program = random_program(seed)

        assert holds(program, dual_bound(program, iterations=1 + seed % 50).bound, best_value(program))


@pytest.mark.parametrize("seed", range(12))
def test_long_runs_reach_the_linear_program(seed):
    program = random_program(seed, columns=30, rows=20)

    dual = dual_bound(program, iterations=50_000, tolerance=1e-7)

    assert dual.bound == pytest.approx(best_relaxed(program), rel=1e-5, abs=1e-5)


def test_reduced_costs_lie_within_their_limits():
    # given whole costs, rows and multipliers, whose reduced costs are exact in whole numbers
    for seed in range(50):
        program = random_program(seed)
        y = np.random.default_rng(seed).integers(-9, 10, len(program.row_lower)).astype(float)
        dual = bound_of(program, y)
        sign = -1.0 if program.maximise else 1.0
        exact = sign * program.cost - matrix(program).toarray().T @ dual.multipliers

        assert (dual.reduced_low <= exact + 1e-9).all()
        assert (dual.reduced_high >= exact - 1e-9).all()
        assert (dual.reduced_high - dual.reduced_low <= 1e-9).all()


def test_rounding_is_to_the_safe_side():
    # given a sum that double precision gets wrong: 0.1 + 0.2 - 0.3 is above 0 there, and 0 in tenths
    program = Program(
        maximise=False,
        cost=np.array([0.1, 0.2, -0.3]),
        lower=np.ones(3),
        upper=np.ones(3),
        integer=np.ones(3, np.int32),
        row_lower=np.zeros(0),
        row_upper=np.zeros(0),
        row_start=np.zeros(1, np.int32),
        column=np.zeros(0, np.int32),
        value=np.zeros(0),
    )

    assert -1e-15 < bound_of(program, np.zeros(0)).bound < 0.1 + 0.2 - 0.3


def test_a_column_without_a_bound_proves_nothing():
    program = random_program(0)
    open_above = Program(
        **{**vars(program), "upper": np.full(5, np.inf), "maximise": False, "cost": -np.ones(5)}
    )

    assert bound_of(open_above, np.zeros(len(program.row_lower))).bound == -np.inf


@pytest.mark.parametrize("objective", ["cost", "good"])
def test_programs_of_a_county(objective, instances):
    # given the program of a stage of a small county
    problem = instances.county(0, sites=30, villages=25, nodes=6)
    ground = prepare(problem, ALL_REDUCTIONS)
    widest = ground.widest(ground.chosen)
    budget = None if objective == "cost" else int(problem.cost_cny[widest].sum()) // 4
    floors = {0: 3} if objective == "cost" else {}
    model = build_model(ground, Ask("stage", objective, floors=floors, budget_cny=budget), widest)
    program = assemble(model.lp, model.block, from_start=False).program
    relaxed = best_relaxed(program)

    # when multipliers are sought, then they prove nearly what the simplex method finds, and never more
    bound = dual_bound(program, iterations=20_000, tolerance=1e-5).bound
    assert holds(program, bound, relaxed)
    assert bound == pytest.approx(relaxed, rel=2e-3)


@pytest.mark.parametrize(("rows", "columns"), [(0, 3), (2, 0), (2, 3)])
def test_a_program_without_entries_has_a_bound(rows, columns):
    program = Program(
        maximise=True,
        cost=np.ones(columns),
        lower=np.zeros(columns),
        upper=np.ones(columns),
        integer=np.ones(columns, np.int32),
        row_lower=np.full(rows, -np.inf),
        row_upper=np.ones(rows),
        row_start=np.zeros(rows + 1, np.int32),
        column=np.zeros(0, np.int32),
        value=np.zeros(0),
    )

    assert dual_bound(program, iterations=100).bound == pytest.approx(columns)


def test_a_clock_ends_a_run_with_what_it_has(instances):
    # given a program on which a run would take hours
    problem = instances.county(0, sites=30, villages=25, nodes=6)
    ground = prepare(problem, ALL_REDUCTIONS)
    ask = Ask("stage", "good", budget_cny=problem.budget_cny // 4)
    model = build_model(ground, ask, ground.chosen)
    program = assemble(model.lp, model.block, from_start=False).program
    dual_bound(program, iterations=1)

    # when there is a second
    begun_s = time.monotonic()
    dual = dual_bound(program, iterations=10**9, deadline_s=begun_s + 1.0)

    # then it is kept, and the bound is far better than all that can be served
    assert 1.0 <= time.monotonic() - begun_s < 2.0
    nothing = bound_of(program, np.zeros(len(program.row_lower))).bound
    relaxed = best_relaxed(program)
    assert holds(program, dual.bound, relaxed)
    assert dual.bound - relaxed < 0.5 * (nothing - relaxed)
