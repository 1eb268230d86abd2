"""Programs that fall apart: parts, their joint plan and bound, against the whole in another library."""

import dataclasses

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.linalg import block_diag
from scipy.optimize import Bounds, LinearConstraint, milp

from dualgig.siting.components import solve_parts, split
from dualgig.siting.program import Program
from dualgig.siting.stages import solve


def covering(rng, rows, columns):
    """A set covering program: costs 1 to 9, each row with two columns or more."""
    matrix = rng.random((rows, columns)) < 0.25
    for row in matrix:
        row[rng.choice(columns, 2, replace=False)] = True
    return matrix.astype(float), rng.integers(1, 10, columns).astype(float)


def program(matrix, cost, *, maximise=False):
    """Cover each row at least once at least cost, or pack each at most once at most worth."""
    rows, columns = matrix.shape
    matrix = sp.csr_array(matrix)
    return Program(
        maximise=maximise,
        cost=cost,
        lower=np.zeros(columns),
        upper=np.ones(columns),
        integer=np.ones(columns, np.int32),
        row_lower=np.full(rows, -np.inf) if maximise else np.ones(rows),
        row_upper=np.ones(rows) if maximise else np.full(rows, np.inf),
        row_start=matrix.indptr.astype(np.int32),
        column=matrix.indices.astype(np.int32),
        value=matrix.data,
    )


def several(seed, *, maximise=False):
    """Three large blocks and some small ones, columns shuffled, one of them fixed."""
    rng = np.random.default_rng(seed)
    blocks = [covering(rng, *size) for size in ((30, 230), (25, 220), (40, 210), (3, 5), (2, 4), (4, 6))]
    order = rng.permutation(sum(matrix.shape[1] for matrix, _ in blocks))
    whole = program(
        block_diag(*[matrix for matrix, _ in blocks])[:, order],
        np.concatenate([cost for _, cost in blocks]),
        maximise=maximise,
    )
    fixed = np.zeros(len(whole.cost))
    fixed[rng.integers(len(fixed))] = 1.0
    return dataclasses.replace(whole, lower=fixed)


def best(whole):
    """The best value, by scipy's own HiGHS on the whole."""
    matrix = sp.csr_array(
        (whole.value, whole.column, whole.row_start), shape=(len(whole.row_lower), len(whole.cost))
    )
    sign = -1.0 if whole.maximise else 1.0
    found = milp(
        sign * whole.cost,
        integrality=whole.integer,
        bounds=Bounds(whole.lower, whole.upper),
        constraints=LinearConstraint(matrix, whole.row_lower, whole.row_upper),
        options={"mip_rel_gap": 0.0},
    )
    return round(sign * found.fun)


@pytest.mark.parametrize("maximise", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_parts_add_up_to_the_whole(seed, maximise, worker):
    whole = several(seed, maximise=maximise)

    # when it is solved part by part
    parts = split(whole)
    outcome = solve_parts(worker, whole, watch=np.arange(5), options={"mip_rel_gap": 0.0, "mip_abs_gap": 0.5})

    # then the three large blocks are parts, the small ones are together, and plan and bound are the best
    assert len(parts) == 4
    joined = np.sort(np.concatenate([part.columns for part in parts]))
    assert joined.tolist() == np.flatnonzero(whole.lower < whole.upper).tolist()
    assert outcome.status == "optimal"
    plan = np.rint(outcome.solution)
    assert round(float(whole.cost @ plan)) == best(whole) == round(outcome.bound)


def test_bounds_told_on_the_way_never_cross_the_best_and_plans_are_whole(worker):
    # given a program with a plan to start from: everything
    whole = several(7)
    whole = dataclasses.replace(whole, start=np.ones(len(whole.cost)))
    told = []

    solve_parts(worker, whole, watch=np.arange(len(whole.cost)), options={}, on_news=told.append)

    least = best(whole)
    assert all(news.bound <= least + 1e-9 for news in told if news.bound is not None)
    plans = [news.watched for news in told if news.watched is not None]
    matrix = sp.csr_array(
        (whole.value, whole.column, whole.row_start), shape=(len(whole.row_lower), len(whole.cost))
    )
    assert len(plans) >= 3
    assert all((matrix @ plan >= 1).all() for plan in plans)


def test_a_program_that_holds_together_is_one_part():
    rng = np.random.default_rng(1)
    matrix, cost = covering(rng, 20, 300)
    joined = np.vstack([matrix, np.ones(300)])

    assert [len(part.columns) for part in split(program(joined, cost))] == [300]


def test_what_two_counties_cost_is_the_sum_of_what_each_costs(instances, worker):
    # given two set covering problems side by side
    problems = [instances.random_set_cover(seed, rows=60, columns=220) for seed in (1, 2)]
    lists = []
    for number, problem in enumerate(problems):
        lists += [(220 * number + row.indices).tolist() for row in sp.csr_array(problem.cover)]
    both = instances.set_cover(np.concatenate([problem.cost_cny for problem in problems]).tolist(), lists)

    # when all three are solved
    costs = [
        next(stage for stage in solve(problem, worker=worker).stages if stage.stage == "duty_cost")
        for problem in (*problems, both)
    ]

    # then their costs add up
    assert all(stage.gap == 0.0 for stage in costs)
    assert costs[2].value == costs[0].value + costs[1].value
