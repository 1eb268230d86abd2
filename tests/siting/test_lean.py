"""Programs made lean: the relaxation keeps its best, multipliers come back, first-order methods get there."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import linprog

from dualgig.siting.dual import bound_of, dual_bound
from dualgig.siting.lean import lean
from dualgig.siting.program import Program


def covering_with_a_sum(seed, *, options=30, points=60, maximise=True):
    """Worth of covered points as a column of its own, a budget, and a threshold that has to be met."""
    rng = np.random.default_rng(seed)
    cover = (rng.random((points, options)) < 0.15).astype(float)
    cover[np.arange(points), rng.integers(0, options, points)] = 1.0
    worth = rng.integers(1, 2000, points).astype(float)
    weight = rng.integers(1, 500, points).astype(float)
    cost = rng.integers(50, 400, options).astype(float)
    columns = options + points + 2  # options, points, the threshold's event, the sum
    rows = [np.concatenate([-row, np.eye(points)[i], [0.0, 0.0]]) for i, row in enumerate(cover)]
    rows.append(np.concatenate([np.zeros(options), -weight, [np.floor(weight.sum() * 0.4), 0.0]]))
    rows.append(np.concatenate([np.zeros(options), -worth, [0.0, 1.0]]))
    rows.append(np.concatenate([cost, np.zeros(points + 2)]))
    matrix = sp.csr_array(np.array(rows))
    upper = np.ones(columns)
    upper[-1] = worth.sum()
    lower = np.zeros(columns)
    lower[-2] = 1.0
    objective = np.zeros(columns)
    objective[-1] = 1.0 if maximise else -1.0
    return Program(
        maximise=maximise,
        cost=objective,
        lower=lower,
        upper=upper,
        integer=np.ones(columns, np.int32),
        row_lower=np.full(len(rows), -np.inf),
        row_upper=np.append(np.zeros(len(rows) - 1), np.floor(cost.sum() / 3)),
        row_start=matrix.indptr.astype(np.int32),
        column=matrix.indices.astype(np.int32),
        value=matrix.data,
    )


def with_equalities(seed):
    """Small programs with whole entries in which lone columns, fixed ones and rows of every kind occur."""
    rng = np.random.default_rng(seed)
    dense = rng.integers(-3, 4, (6, 8)) * (rng.random((6, 8)) < 0.4)
    lower = rng.integers(-2, 1, 8).astype(float)
    upper = lower + rng.integers(0, 9, 8)
    reached = dense @ rng.integers(lower, upper + 1)
    kind = rng.integers(0, 4, 6)
    matrix = sp.csr_array(dense.astype(float))
    return Program(
        maximise=bool(rng.random() < 0.5),
        cost=rng.integers(-9, 10, 8).astype(float),
        lower=lower,
        upper=upper,
        integer=np.ones(8, np.int32),
        row_lower=np.where(kind == 0, -np.inf, reached - (kind != 3) * rng.integers(0, 3, 6)),
        row_upper=np.where(kind == 1, np.inf, reached + (kind != 3) * rng.integers(0, 3, 6)),
        row_start=matrix.indptr.astype(np.int32),
        column=matrix.indices.astype(np.int32),
        value=matrix.data,
    )


def best_relaxed(program):
    """By scipy; the constant of columns taken out is the caller's."""
    sign = -1.0 if program.maximise else 1.0
    shape = (len(program.row_lower), len(program.cost))
    rows = sp.csr_array((program.value, program.column, program.row_start), shape=shape)
    up, down = np.isfinite(program.row_upper), np.isfinite(program.row_lower)
    answer = linprog(
        sign * program.cost,
        A_ub=sp.vstack([rows[np.flatnonzero(up)], -rows[np.flatnonzero(down)]]).tocsr(),
        b_ub=np.concatenate([program.row_upper[up], -program.row_lower[down]]),
        bounds=np.column_stack([program.lower, program.upper]),
        method="highs-ds",
    )
    assert answer.status == 0
    marginals = np.zeros(len(program.row_lower))
    marginals[np.flatnonzero(up)] += answer.ineqlin.marginals[: up.sum()]
    marginals[np.flatnonzero(down)] -= answer.ineqlin.marginals[up.sum() :]
    return sign * answer.fun, marginals


@pytest.mark.parametrize("seed", range(120))
def test_best_multipliers_of_the_lean_program_are_best_for_the_program(seed):
    """Given any small program, when its lean relaxation is solved, its multipliers prove the program's best."""
    program = with_equalities(seed)
    leaner = lean(program)
    best, _ = best_relaxed(program)
    _, multipliers = best_relaxed(leaner.program)
    proved = bound_of(program, leaner.restore(multipliers)).bound
    assert proved == pytest.approx(best, rel=1e-7, abs=1e-6)


def test_small_programs_have_columns_to_take_out():
    """Given the programs of the test before, then it has looked at both kinds."""
    programs = [with_equalities(seed) for seed in range(120)]
    assert sum(len(lean(program).rows) > 0 for program in programs) > 10
    assert sum((program.lower == program.upper).any() for program in programs) > 10


@pytest.mark.parametrize("maximise", [True, False])
def test_a_named_sum_and_a_fixed_event_are_taken_out(maximise):
    """Given a program with the worth of points as a column and an event that must be, then neither is left."""
    program = covering_with_a_sum(3, maximise=maximise)
    leaner = lean(program)
    assert leaner.rows.tolist() == [61]
    assert leaner.program.cost[-1] == 0.0
    assert not np.isin(leaner.program.column, [90, 91]).any()
    assert (
        leaner.program.row_upper[60]
        == program.row_upper[60] - program.value[program.row_start[60] : program.row_start[61]].max()
    )


def test_a_sum_that_its_box_cuts_short_stays():
    """Given a sum that may not be larger than a part of the worth, then its row is still needed."""
    program = covering_with_a_sum(3)
    tight = replace(program, upper=np.append(program.upper[:-1], program.upper[-1] / 2))
    assert len(lean(tight).rows) == 0


@pytest.mark.parametrize("seed", range(3))
def test_first_order_method_reaches_the_relaxation(seed):
    """Given such a program, when multipliers are looked for, then they prove the relaxation to a thousandth."""
    program = covering_with_a_sum(seed, options=150, points=500)
    best, _ = best_relaxed(program)
    proved = dual_bound(program, iterations=4000).bound
    assert best - 1e-6 * abs(best) <= proved <= best * 1.001
