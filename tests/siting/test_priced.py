"""Prices of what joins the parts of a program: which rows, and what they prove, against scipy's integer programs."""

from dataclasses import replace

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from dualgig.siting import priced
from dualgig.siting.ask import Ask
from dualgig.siting.crew import Crew
from dualgig.siting.ground import prepare
from dualgig.siting.highs import assemble
from dualgig.siting.model import build_model
from dualgig.siting.priced import Links, links, price
from dualgig.siting.prices import most_good_by_prices
from dualgig.siting.problem import Decision
from dualgig.siting.program import Program
from dualgig.siting.reduce import ALL_REDUCTIONS
from dualgig.siting.years import Years, over_years

BUDGET = 700


@pytest.fixture(scope="module")
def crew():
    with Crew() as started:
        yield started


@pytest.fixture
def short(monkeypatch):
    """Few iterations: any prices prove something."""
    monkeypatch.setattr(priced, "_ROUNDS", (80, 80))
    monkeypatch.setattr(priced, "_LAST", 80)


def program_of(problem, budget):
    """The program of the most good, its rows of money and its columns of options."""
    ask = Ask("most_good", "good", budget_cny=budget)
    ground = prepare(problem, ALL_REDUCTIONS)
    model = build_model(ground, ask, ground.chosen)
    assembled = assemble(model.lp, model.block, from_start=True)
    names = [row.name for row in model.lp.constraints()]
    money = np.array([names.index(name) for name in model.money], np.int64)
    options = np.array([assembled.column_of[variable.id] for variable in model.variables], np.int64)
    return ground, model, assembled.program, money, options


def best_of(program, objective=None, floor=None):
    """Greatest objective by scipy; or the least of another one over plans that reach a floor of the first."""
    shape = (len(program.row_lower), len(program.cost))
    rows = sp.csr_array((program.value, program.column, program.row_start), shape=shape)
    kept = [LinearConstraint(rows, program.row_lower, program.row_upper)]
    if floor is not None:
        kept.append(LinearConstraint(program.cost[None, :], floor, np.inf))
    found = milp(
        -program.cost if objective is None else objective,
        integrality=program.integer,
        bounds=Bounds(program.lower, program.upper),
        constraints=kept,
        options={"mip_rel_gap": 0.0},
    )
    assert found.status == 0
    return -found.fun if objective is None else found.fun


def valleys(instances, seed, *, years):
    """Options of which each serves a few neighbouring points, over years with money each."""
    rng = np.random.default_rng(seed)
    n, points = 14, 30
    from_ = rng.integers(0, points, n)
    cover = [np.unique((start + rng.integers(0, 5, 4)) % points).tolist() for start in from_]
    problem = instances.build(
        rng.integers(3, 30, n) * 7,
        cover,
        clauses=[(p, 2, {p: 1, (p + 3) % points: 1}) for p in range(points)],
        places=[0] * points,
        budget=BUDGET,
        point_worth=rng.integers(1, 9, points),
        place_worth=rng.integers(0, 20, points),
    )
    return problem, spread(problem, years)


def triangles(instances, seed, *, years):
    """Places of three points, each in reach of two of three options: two serve them, or half of each in a relaxation."""
    rng = np.random.default_rng(seed)
    count = 40
    cover = [[3 * k + i, 3 * k + (i + 1) % 3] for k in range(count) for i in range(3)]
    problem = instances.build(
        rng.integers(3, 30, 3 * count) * 7,
        cover,
        clauses=[(k, 3, {3 * k: 1, 3 * k + 1: 1, 3 * k + 2: 1}) for k in range(count)],
        places=[0] * count,
        budget=4000,
        place_worth=rng.integers(1, 40, count),
    )
    return spread(problem, years)


def spread(problem, years):
    """The problem over years that bring the same money each."""
    labels = tuple(range(2021, 2021 + years))
    money = np.full(years, problem.budget_cny // years, np.int64)
    plan = Years(labels, money, carry_over=True, worth=np.ones(years, np.int64))
    return over_years(problem, plan)


def test_links_are_the_money_and_what_stands_from_year_to_year(instances):
    _, whole = valleys(instances, 3, years=3)

    _, _, program, money, options = program_of(whole, whole.budget_cny)
    linking = links(program, money, options)

    assert linking.parts == 3
    assert set(money.tolist()) <= set(linking.rows.tolist())
    others = np.setdiff1d(linking.rows, money)
    size = np.diff(program.row_start)[others]
    ground = prepare(whole, ALL_REDUCTIONS)
    standing = sum(np.isin([a, b], ground.service.free).all() for a, b in whole.requires.tolist())
    assert (size == 2).all()
    assert len(others) == standing > 0


def test_without_years_money_alone_is_priced(instances):
    one, _ = valleys(instances, 5, years=2)

    _, _, program, money, options = program_of(one, one.budget_cny)

    assert links(program, money, options).rows.tolist() == money.tolist()


@pytest.mark.parametrize("seed", range(12))
def test_prices_bound_the_good_and_what_it_costs(seed, crew, short, instances):
    _, whole = valleys(instances, seed, years=1 + seed % 3)
    _, _, program, money, options = program_of(whole, whole.budget_cny)
    heard = []

    found = price(
        program,
        links(program, money, options),
        crew,
        tolerance=0.0,
        node_limit=10_000,
        deadline_s=None,
        on_bound=heard.append,
    )

    best = best_of(program)
    assert best <= found.bound + 1e-6
    assert min(heard) == found.bound
    assert (found.price >= 0).all()
    cost = np.zeros(len(program.cost))
    row = slice(program.row_start[money[0]], program.row_start[money[0] + 1])
    cost[program.column[row]] = program.value[row]
    for share in (0.5, 0.8, 1.0):
        floor = np.floor(share * best)
        assert found.least(program, int(money[0]), floor) <= best_of(program, cost, floor) + 1e-6


def test_what_is_fixed_counts_once_where_one_part_has_all_columns(crew, short):
    rows = sp.csr_array(np.array([[1.0, 1.0, 0.0, 0.0], [21.0, 27.0, 17.0, 0.0], [-1.0, -1.0, 0.0, 1.0]]))
    program = Program(
        maximise=True,
        cost=np.array([14.0, 9.0, 2.0, 5.0]),
        lower=np.array([0.0, 1.0, 0.0, 0.0]),
        upper=np.ones(4),
        integer=np.array([1, 1, 1, 0], np.int32),
        row_lower=np.full(3, -np.inf),
        row_upper=np.array([1.0, 147.0, 0.0]),
        row_start=rows.indptr.astype(np.int32),
        column=rows.indices.astype(np.int32),
        value=rows.data,
    )

    found = price(
        program,
        Links(np.array([0, 1]), 1),
        crew,
        tolerance=0.0,
        node_limit=100,
        deadline_s=None,
        on_bound=lambda _: None,
    )

    assert best_of(program) == 16.0
    assert found.bound >= 16.0 - 1e-6


def test_many_rounds_close_most_of_the_gap(crew, instances):
    whole = triangles(instances, 1, years=3)
    _, _, program, money, options = program_of(whole, whole.budget_cny)

    found = price(
        program,
        links(program, money, options),
        crew,
        tolerance=0.0,
        node_limit=10_000,
        deadline_s=None,
        on_bound=lambda _: None,
    )

    best = best_of(program)
    relaxed = best_of(replace(program, integer=np.zeros_like(program.integer)))
    assert found.bound - best <= 0.5 * (relaxed - best)


def test_a_moment_that_is_over_gives_no_prices(crew, instances):
    _, whole = valleys(instances, 1, years=2)
    _, _, program, money, options = program_of(whole, whole.budget_cny)

    found = price(
        program,
        links(program, money, options),
        crew,
        tolerance=0.0,
        node_limit=10,
        deadline_s=0.0,
        on_bound=lambda _: None,
    )

    assert found is None


@pytest.mark.parametrize("seed", range(6))
def test_the_stage_reads_prices_in_people_and_yuan(seed, short, instances):
    _, whole = valleys(instances, seed, years=2)
    ground, model, program, money, _ = program_of(whole, whole.budget_cny)
    ask = Ask("most_good", "good", budget_cny=whole.budget_cny)

    told = most_good_by_prices(
        ground,
        ask,
        ground.chosen,
        least_parts=1,
        most_nonzeros=10**9,
        tolerance=0,
        node_limit=1000,
        deadline_s=None,
        on_bound=lambda _: None,
    )

    best = round(model.constant + model.unit * best_of(program))
    assert told.bound >= best
    cost = np.zeros(len(program.cost))
    row = slice(program.row_start[money[0]], program.row_start[money[0] + 1])
    cost[program.column[row]] = program.value[row] * model.price_unit
    least = round(best_of(program, cost, (best - model.constant) / model.unit))
    assert 0 < told.least_cost(best) <= least <= whole.budget_cny
    assert not told.pool[whole.decision == Decision.FORBIDDEN].any()


def test_fewer_parts_than_asked_for_give_no_prices(instances):
    one, _ = valleys(instances, 2, years=2)
    ground, *_ = program_of(one, one.budget_cny)

    told = most_good_by_prices(
        ground,
        Ask("most_good", "good", budget_cny=one.budget_cny),
        ground.chosen,
        least_parts=2,
        most_nonzeros=10**9,
        tolerance=0,
        node_limit=10,
        deadline_s=None,
        on_bound=lambda _: None,
    )

    assert told is None
