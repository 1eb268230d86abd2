"""The search for problems without places: equal to enumeration where that is possible, far above greedy elsewhere."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from dualgig.siting.ask import Ask
from dualgig.siting.covering_field import is_covering_location, make_field, take_greedily
from dualgig.siting.covering_location import search_field
from dualgig.siting.flip import choose
from dualgig.siting.local import construct, improve
from dualgig.siting.measure import measure
from dualgig.siting.problem import Decision
from dualgig.siting.state import start


@pytest.fixture
def square(instances):
    """Sites and clustered points of unlike worth in a square; a site covers what lies within its reach."""

    def make(seed, sites, points, *, costs=True):
        rng = np.random.default_rng(seed)
        site = rng.random((sites, 2))
        centre = rng.random((30, 2))
        point = centre[rng.integers(0, 30, points)] + rng.normal(0, 0.06, (points, 2))
        reach = np.sqrt(40 / points / np.pi) * rng.uniform(0.7, 1.3, sites)
        near = ((point[:, None] - site[None]) ** 2).sum(axis=2) < reach**2
        cost = rng.lognormal(5, 0.5, sites).astype(np.int64) if costs else np.ones(sites, np.int64)
        worth = rng.lognormal(3, 1, points).astype(np.int64)
        problem = instances.build(cost, [[0, points - 1]], clauses=[], places=[], budget=int(cost.sum() // 6))
        return replace(
            problem,
            cover=sp.csr_array(near),
            covered_before=rng.random(points) < 0.05,
            point_worth=worth,
            option_ids=tuple(f"s{j}" for j in range(sites)),
            decision=rng.choice(
                [Decision.FORBIDDEN, Decision.FREE, Decision.LOCKED], sites, p=[0.05, 0.92, 0.03]
            ),
            exclusive=np.full(sites, -1, np.int32),
        )

    return make


def optimum(problem):
    """The most worth within the budget, by HiGHS through SciPy."""
    points, n = problem.cover.shape
    cover = problem.cover.astype(float)
    links = sp.hstack([-cover, sp.eye_array(points)], format="csr")
    money = sp.csr_array(np.concatenate([problem.cost_cny, np.zeros(points)])[None])
    worth = np.where(problem.covered_before, 0, problem.point_worth)
    least = np.concatenate([problem.decision == Decision.LOCKED, np.zeros(points, bool)])
    most = np.concatenate([problem.decision != Decision.FORBIDDEN, np.ones(points, bool)])
    found = milp(
        np.concatenate([np.zeros(n), -worth.astype(float)]),
        integrality=np.concatenate([np.ones(n), np.zeros(points)]),
        bounds=Bounds(least.astype(float), most.astype(float)),
        constraints=[
            LinearConstraint(links, -np.inf, 0.0),
            LinearConstraint(money, -np.inf, problem.budget_cny),
        ],
        options={"mip_rel_gap": 0.0},
    )
    assert found.success
    return round(-found.fun) + int(problem.point_worth[problem.covered_before].sum())


def searched(problem, moves, seed=1):
    """The best worth that the search shows, and the plan."""
    state = start(problem)
    choose(state, problem.decision == Decision.LOCKED)
    fixed = np.where(problem.decision == Decision.LOCKED, 1, np.minimum(problem.decision, 0)).astype(np.int8)
    assert is_covering_location(state, fixed)
    plans = []
    field = make_field(state, fixed, seed)
    search_field(field, problem.budget_cny, moves, None, lambda chosen: plans.append(chosen.copy()))
    best = max(plans, key=lambda chosen: measure(problem, chosen).good)
    assert measure(problem, best).cost_cny <= problem.budget_cny
    assert not best[fixed < 0].any()
    assert best[fixed > 0].all()
    return measure(problem, best).good, best


@pytest.mark.parametrize("costs", [False, True])
def test_close_to_the_optimum_and_mostly_at_it(square, costs):
    gaps = []
    for seed in range(12):
        problem = square(seed, 60, 400, costs=costs)
        best = optimum(problem)
        found, _ = searched(problem, 3000)
        assert found <= best
        gaps.append((best - found) / best)
    assert max(gaps) <= 0.01
    assert gaps.count(0.0) >= 6


def test_far_above_greedy_on_a_thousand_sites(square):
    problem = square(5, 1200, 12_000, costs=False)
    ask = Ask("most_good", "good", budget_cny=problem.budget_cny)
    greedy = construct(problem, ask)
    plan = improve(problem, greedy, ask, moves=60_000)
    assert np.array_equal(plan, improve(problem, greedy, ask, moves=60_000))
    better, before = measure(problem, plan).good, measure(problem, greedy).good
    assert better > 1.0075 * before


def test_every_gain_is_what_the_worth_changes_by(square):
    problem = square(3, 50, 300)
    field = make_field(start(problem), np.zeros(50, np.int8), 0)
    take_greedily(field, problem.budget_cny)
    chosen = field.chosen.copy()
    good = measure(problem, chosen).good
    for j in range(50):
        other = chosen.copy()
        other[j] = not other[j]
        assert field.gain[j] == abs(measure(problem, other).good - good)
