"""What multipliers leave of a program holds every better plan, by enumeration, and proves what they alone do not."""

from dataclasses import replace

import numpy as np
import pytest

from dualgig.siting import ground, narrowed, search, stages
from dualgig.siting.ask import Ask
from dualgig.siting.dual import dual_bound
from dualgig.siting.ground import prepare
from dualgig.siting.highs import assemble
from dualgig.siting.measure import measure
from dualgig.siting.model import build_model
from dualgig.siting.problem import Decision, Mode
from dualgig.siting.reduce import ALL_REDUCTIONS
from dualgig.siting.stages import solve


def many_candidates(instances, seed, *, sites=300, points=200):
    """Candidates on a square, each of which covers a tenth of the demand, and money for about six."""
    rng = np.random.default_rng(seed)
    site, demand = rng.uniform(0, 1, (sites, 2)), rng.uniform(0, 1, (points, 2))
    away = np.linalg.norm(site[:, None] - demand[None], axis=2)
    return instances.build(
        rng.integers(80, 120, sites).tolist(),
        [np.flatnonzero(row < 0.18).tolist() for row in away],
        clauses=[(0, 1, dict.fromkeys(range(points), 1))],
        places=[Mode.ANY],
        point_worth=rng.integers(1, 50, points).tolist(),
        budget=600,
    )


def bounded(problem, ask, iterations):
    """Ground, model, program and multipliers of a stage, or ``None`` where nothing is left to decide."""
    prepared = prepare(problem, ALL_REDUCTIONS)
    model = build_model(prepared, ask, prepared.chosen)
    if not model.variables:
        return None
    assembled = assemble(model.lp, model.block, from_start=False)
    return prepared, model, assembled, dual_bound(assembled.program, iterations=iterations)


@pytest.mark.parametrize("iterations", [40, 2000])
def test_the_best_plan_is_within_what_is_left(iterations, instances, oracle):
    compared = fewer = 0
    for seed in range(120):
        # given a problem, and the worth that is to be reached: that of the best plan
        problem = replace(instances.rich(seed, ("limits",)), goals=())
        best = oracle.best(problem)
        if not best.affordable:
            continue
        ask = Ask("most_good", "good", budget_cny=problem.budget_cny)
        found = bounded(problem, ask, iterations)
        if found is None:
            continue

        # when all is forbidden that the multipliers do not leave
        left = narrowed.left_open(*found, best.good)
        fixed = left | found[0].chosen
        decision = np.where(fixed, problem.decision, Decision.FORBIDDEN).astype(np.int8)

        # then the best is as good as before
        assert oracle.best(replace(problem, decision=decision)).good == best.good
        compared += 1
        fewer += int(left.sum()) < len(found[0].service.free)
    assert compared > 60
    assert fewer > 20


def test_the_core_is_what_the_best_plans_are_made_of(instances, worker):
    # given many candidates, money for few, and the proved best plan
    problem = many_candidates(instances, 1)
    best = solve(problem, worker=worker)
    ask = Ask("most_good", "good", budget_cny=problem.budget_cny)
    prepared, _, assembled, dual = bounded(problem, ask, 2000)

    # when a core of a few options for each one of a plan is taken
    options = narrowed.core(prepared, assembled, dual, best.chosen)

    # then a plan of these alone is as good
    decision = np.where(options, Decision.FREE, Decision.FORBIDDEN).astype(np.int8)
    within = solve(replace(problem, decision=decision), worker=worker)
    assert options.sum() == 200 < len(prepared.service.free)
    assert measure(problem, within.chosen).good == measure(problem, best.chosen).good


def test_the_core_keeps_what_its_options_require(instances, monkeypatch):
    # given an option that is worth its money only by another, which covers nothing
    problem = instances.build(
        [5, 4, 9],
        [[0, 1], [], [0]],
        clauses=[(0, 1, {0: 1})],
        places=[Mode.ANY],
        point_worth=[50, 40],
        requires=[(0, 1)],
        budget=9,
    )
    monkeypatch.setattr(narrowed, "_LEAST_CORE", 1)
    ask = Ask("most_good", "good", budget_cny=9)
    prepared, _, assembled, dual = bounded(problem, ask, 400)

    for first in range(2):
        # when the core is the option of the lowest reduced cost, whichever that is made to be
        price = np.full(len(dual.reduced_low), 9.0)
        price[assembled.block_column[first]] = -9.0
        options = narrowed.core(
            prepared, assembled, replace(dual, reduced_low=price, reduced_high=price), prepared.chosen
        )

        # then what it requires is in it as well
        assert options[prepared.service.free[first]]
        assert options[1] >= options[0]


def test_a_core_too_large_for_a_short_tree_is_none(instances, monkeypatch):
    problem = many_candidates(instances, 1)
    ask = Ask("most_good", "good", budget_cny=problem.budget_cny)
    prepared, _, assembled, dual = bounded(problem, ask, 40)
    monkeypatch.setattr(narrowed, "_MOST_OF_CORE", 1000)

    assert narrowed.core(prepared, assembled, dual, prepared.chosen) is None


@pytest.mark.parametrize("seed", range(3))
def test_what_multipliers_leave_is_proved(seed, instances, worker, checker, monkeypatch):
    # given many candidates whose program is too large, and the best of it
    problem = many_candidates(instances, seed)
    best = {stage.stage: stage for stage in solve(problem, worker=worker).stages}["most_good"]
    monkeypatch.setattr(ground, "SMALL", 0)
    monkeypatch.setattr(search, "VERY_LARGE", 0)
    monkeypatch.setattr(narrowed, "_LEAST_CORE", 40)

    # when it is solved with multipliers, and once more where nothing is to be narrowed
    result = solve(problem, worker=worker)
    monkeypatch.setattr(search, "core", lambda *_: None)
    monkeypatch.setattr(search, "left_open", lambda *_: None)
    open_ = {stage.stage: stage for stage in solve(problem, worker=worker).stages}["most_good"]

    # then the best is found and proved, which multipliers alone do not
    good = {stage.stage: stage for stage in result.stages}["most_good"]
    checker.check(problem, result)
    assert good.method == "local_search+dual_bound+fixing"
    assert good.value == good.bound == best.value == best.bound
    assert open_.method == "local_search+dual_bound+windows"
    assert open_.gap > 0.0


def test_windows_better_the_plan_of_what_is_too_large_for_any_tree(instances, worker, checker, monkeypatch):
    # given such a program, and neither greedy steps nor local search
    problem = many_candidates(instances, 2)
    monkeypatch.setattr(ground, "SMALL", 0)
    monkeypatch.setattr(search, "VERY_LARGE", 3500)
    monkeypatch.setattr(search, "core", lambda *_: None)
    monkeypatch.setattr(search, "left_open", lambda *_: None)
    monkeypatch.setattr(search, "constructed", lambda *_, **__: None)
    monkeypatch.setattr(search, "improved", lambda *_, **__: None)

    # when it is solved without windows, and with them
    found = []
    for windows in (0, 20):
        monkeypatch.setattr(stages, "_WINDOWS", windows)
        result = solve(problem, worker=worker)
        checker.check(problem, result)
        found.append({stage.stage: stage for stage in result.stages}["most_good"])

    # then they serve more, and the bound is the same
    assert found[1].value > found[0].value
    assert found[1].bound == found[0].bound
