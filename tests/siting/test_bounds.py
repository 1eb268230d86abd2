"""Bounds and values on either side of the enumerated best, wherever a search is ended; local search on and off."""

from contextlib import nullcontext

import numpy as np
import pytest

from dualgig.errors import ContradictionError
from dualgig.siting import ground, narrowed, priced, prices, search
from dualgig.siting.crew import Crew
from dualgig.siting.stages import solve
from dualgig.siting.years import over_years

FEATURES = [(), ("weights",), ("limits",), ("balances",), ("weights", "limits", "balances")]

TOLD = {
    "branch_and_bound": {"branch_and_bound"},
    "local_search": {"local_search", "branch_and_bound"},
    "dual_bound": {"local_search", "dual_bound", "windows"},
    "narrowed": {"dual_bound", "fixing"},
    "prices": {"prices"},
}
"""What the stages say of their methods."""


def drawn(instances, oracle, seed):
    """A problem with some features, every third over years, and the best of each stage."""
    rng = np.random.default_rng(seed)
    features = FEATURES[seed % len(FEATURES)]
    if seed % 3:
        problem = instances.rich(seed, features)
        return problem, oracle.best(problem)
    problem = instances.rich(seed, features, most=4)
    years = instances.some_years(problem, rng)
    return over_years(problem, years), oracle.best_over_years(problem, years)


def brackets(result, best):
    """Fail unless the best of every stage whose earlier ones are proved lies between its value and bound."""
    expected = {f"reach_{level}": value for level, value in best.reach.items()}
    expected["duty_cost"] = best.duty_cost
    expected |= {f"duty_within_budget_{level}": value for level, value in best.within.items()}
    expected |= {f"balance_{number}": value for number, value in enumerate(best.excess)}
    expected |= {"most_good": best.good, "least_cost": best.cost}
    for stage in result.stages:
        low, high = sorted((stage.value, stage.bound))
        assert (low, high) == (
            (stage.bound, stage.value) if stage.sense == "min" else (stage.value, stage.bound)
        )
        assert low <= expected[stage.stage] <= high, stage.stage
        # A later stage keeps what an earlier one found, which may be less than its best.
        if stage.gap and stage.stage != "duty_cost":
            return


def hold_against_enumeration(instances, oracle, checker, worker, seeds):
    """How many were solved, how many of them were ended before everything was proved, and by which methods."""
    solved, open_, methods = 0, 0, set()
    for seed in seeds:
        problem, best = drawn(instances, oracle, seed)
        options = [{}, {"gap": 0.4}, {"node_limit": 1}, {"gap": 0.1, "node_limit": 1}][seed % 4]
        if not best.affordable:
            with pytest.raises(ContradictionError):
                solve(problem, worker=worker, **options)
            continue
        result = solve(problem, worker=worker, **options)
        checker.check(problem, result)
        brackets(result, best)
        solved += 1
        open_ += result.gap > 0.0
        methods |= {part for stage in result.stages for part in stage.method.split("+")}
    return solved, open_, methods


@pytest.fixture(scope="module")
def crew():
    with Crew() as started:
        yield started


@pytest.fixture(params=["branch_and_bound", "local_search", "dual_bound", "narrowed", "prices"])
def method(request, monkeypatch, crew):
    """Small problems, as they are solved and as large, very large ones and those over years are."""
    if request.param != "branch_and_bound":
        monkeypatch.setattr(ground, "SMALL", 0)
    if request.param == "dual_bound":
        monkeypatch.setattr(narrowed, "_MOST_LEFT", -1)
        monkeypatch.setattr(narrowed, "_MOST_OF_CORE", -1)
    if request.param in {"dual_bound", "narrowed"}:
        monkeypatch.setattr(search, "VERY_LARGE", 0)
    if request.param == "narrowed":
        monkeypatch.setattr(narrowed, "_LEAST_CORE", 2)
        monkeypatch.setattr(narrowed, "_CORE_OF_PLAN", 1)
    if request.param == "prices":
        monkeypatch.setattr(search, "_QUICK", -1)
        monkeypatch.setattr(prices, "Crew", lambda: nullcontext(crew))
        monkeypatch.setattr(priced, "_ROUNDS", (40, 40))
        monkeypatch.setattr(priced, "_LAST", 40)
    return request.param


def test_bounds_never_cross_the_best(method, instances, oracle, checker, worker):
    solved, _, methods = hold_against_enumeration(instances, oracle, checker, worker, range(30))

    assert solved > 15
    assert TOLD[method] <= methods


@pytest.mark.slow
@pytest.mark.parametrize("part", range(5))
def test_bounds_never_cross_the_best_on_a_thousand(method, part, instances, oracle, checker, worker):
    seeds = range(1000 + part, 2000, 5)

    solved, open_, methods = hold_against_enumeration(instances, oracle, checker, worker, seeds)

    assert solved > 120
    assert open_ > 0
    assert TOLD[method] <= methods
