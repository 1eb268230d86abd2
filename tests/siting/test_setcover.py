"""Set covering as the cost of a duty: published optima, and another model in another library."""

import time
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from dualgig.siting.program import Program
from dualgig.siting.setcover import SetCover, cover_of_duty
from dualgig.siting.setcover_bound import cover_bound, out_of_reach
from dualgig.siting.setcover_search import greedy_cover, search_cover
from dualgig.siting.stages import solve
from dualgig.siting.weighting import cheapest_duty

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "setcover"


def duty_cost(problem, worker):
    result = solve(problem, worker=worker)
    stages = {stage.stage: stage for stage in result.stages}
    assert stages["duty_cost"].gap == 0.0
    assert result.places.all()
    return stages["duty_cost"].value


@pytest.mark.parametrize("seed", range(4))
def test_random_instances_equal_the_plain_model(seed, instances, worker):
    # given a set covering problem and its optimum from scipy
    problem = instances.random_set_cover(seed, rows=80, columns=250)
    cover = problem.cover.astype(float)
    plain = milp(
        problem.cost_cny.astype(float),
        integrality=np.ones(cover.shape[1]),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(cover, lb=1.0),
        options={"mip_rel_gap": 0.0},
    )

    # when the duty is priced, then it costs the same
    assert duty_cost(problem, worker) == round(plain.fun)


needs_vectors = pytest.mark.skipif(
    not VECTORS.exists(), reason="the reference vectors are not beside this clone"
)


@needs_vectors
@pytest.mark.parametrize(
    ("name", "optimum"), [("scp41", 429), ("scp51", 253), pytest.param("scpd1", 60, marks=pytest.mark.slow)]
)
def test_or_library(name, optimum, instances, worker):
    problem = instances.read_orlib(VECTORS / f"{name}.txt")

    assert duty_cost(problem, worker) == optimum


@pytest.mark.parametrize("seed", range(4))
def test_row_weighting_finds_the_optimum(seed, instances):
    # given a set covering problem, its optimum from scipy, and a plan that builds everything
    problem = instances.random_set_cover(seed, rows=80, columns=250)
    plain = milp(
        problem.cost_cny.astype(float),
        integrality=np.ones(250),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(problem.cover.astype(float), lb=1.0),
        options={"mip_rel_gap": 0.0},
    )

    # when a cheap plan is sought, then it is the cheapest, and the bound is not above it
    plan = cheapest_duty(problem, np.ones(250, bool), {0: 80}, moves=5_000)
    assert problem.cost_cny[plan].sum() == round(plain.fun)
    cover = cover_of_duty(problem, {0: 80}).cover
    assert cover_bound(cover, round(plain.fun)).value <= round(plain.fun)


def proved_by_what_is_left(cover, worker):
    """Optimum of a set covering problem: bounded, columns ruled out, the rest left to HiGHS."""
    best = search_cover(cover, greedy_cover(cover), moves=20_000)
    value = int(cover.cost[best].sum())
    bound = cover_bound(cover, value)
    if bound.value == value:
        return value, 0
    kept = np.flatnonzero(~out_of_reach(cover, bound, value) | best)
    left = cover.only(kept)
    columns = left.columns
    program = Program(
        maximise=False,
        cost=left.cost.astype(float),
        lower=np.zeros(columns),
        upper=np.ones(columns),
        integer=np.ones(columns, np.int32),
        row_lower=np.ones(left.rows),
        row_upper=np.full(left.rows, np.inf),
        row_start=left.row_start.astype(np.int32),
        column=left.row_columns.astype(np.int32),
        value=np.ones(len(left.row_columns)),
        start=best[kept].astype(float),
    )
    options = {"mip_abs_gap": 0.5, "mip_rel_gap": 0.0}
    outcome = worker.solve(program, watch=np.zeros(0, np.int64), options=options)
    assert outcome.status == "optimal"
    found = round(float(left.cost @ np.rint(outcome.solution)))
    # Costs are whole, so nothing lies between the best and a bound less than one below it.
    assert found - 1 < outcome.bound <= found + 1e-6
    return min(value, found), columns


@pytest.mark.parametrize("seed", range(3))
def test_what_the_bound_rules_out_is_not_missed(seed, instances, worker):
    problem = instances.random_set_cover(seed, rows=80, columns=250)
    cover = cover_of_duty(problem, {0: 80}).cover

    value, columns = proved_by_what_is_left(cover, worker)

    assert value == duty_cost(problem, worker)
    assert columns < cover.columns


@needs_vectors
@pytest.mark.parametrize(
    ("name", "optimum"), [("scp41", 429), ("scp51", 253), ("scpd1", 60), ("scpnre1", 29)]
)
def test_or_library_by_row_weighting(name, optimum, instances):
    problem = instances.read_orlib(VECTORS / f"{name}.txt")
    rows, columns = problem.cover.shape

    plan = cheapest_duty(problem, np.ones(columns, bool), {0: rows}, moves=20_000)

    assert problem.cost_cny[plan].sum() == optimum


@needs_vectors
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "optimum"), [("scp41", 429), ("scp51", 253), ("scpd1", 60), ("scpnre1", 29)]
)
def test_or_library_proved(name, optimum, instances, worker):
    problem = instances.read_orlib(VECTORS / f"{name}.txt")
    cover = SetCover.of(problem.cost_cny, problem.cover)

    value, _ = proved_by_what_is_left(cover, worker)

    assert value == optimum


@needs_vectors
@pytest.mark.slow
def test_rail507_within_a_minute(instances):
    # given 507 rows and 63,009 columns, listed by column
    numbers = np.array((VECTORS / "rail507.txt").read_text().split(), np.int64)
    cost, rows, at = [], [[] for _ in range(numbers[0])], 2
    for j in range(numbers[1]):
        count = numbers[at + 1]
        cost.append(int(numbers[at]))
        for r in numbers[at + 2 : at + 2 + count]:
            rows[r - 1].append(j)
        at += 2 + count
    problem = instances.set_cover(cost, rows)
    begun = time.monotonic()

    # when the duty is bounded and a cheap plan sought
    cover = cover_of_duty(problem, {0: 507}).cover
    bound = cover_bound(cover, int(cover.cost[greedy_cover(cover)].sum()))
    plan = cheapest_duty(problem, np.ones(len(cost), bool), {0: 507}, moves=1_000_000, deadline_s=begun + 58)

    # then both come near the optimum of 174 within the minute
    assert time.monotonic() - begun < 60
    assert 172 <= bound.value <= 174 <= problem.cost_cny[plan].sum() <= 176
