"""A swept plan ends told by exact profiles, however wrong the sweep was."""

from dataclasses import replace

import numpy as np
import pytest

import dualgig as dg
from dualgig.confirm import check_of, confirmed, planned
from dualgig.export.json import plan_json
from dualgig.formulate import siting_problem
from dualgig.predict import predict_coverage
from dualgig.reach import swept_reach
from dualgig.served import any_on_air
from dualgig.siting.problem import serve
from dualgig.siting.stages import solve


@pytest.fixture
def coverage_by(tiny_project):
    """Function: method and settings of [radio] to the predicted coverage."""

    def make(method, **radio):
        region = dg.load_region(tiny_project(radio={"method": method, **radio}))
        return predict_coverage(region)

    return make


@pytest.fixture
def wrong_sweep(monkeypatch):
    """Function: the sweep's margins are off by so many dB, pairs that no longer serve left out."""

    def off_by(error_db):
        def swept(region, points, sites, *, beyond_db=0.0):
            reach = swept_reach(region, points, sites, beyond_db=beyond_db + abs(error_db))
            margin_db = reach.margin_db + np.float32(error_db)
            kept = (margin_db >= -beyond_db).any(axis=1)
            own = margin_db[kept]
            return replace(
                reach,
                site=reach.site[kept],
                point=reach.point[kept],
                margin_db=own,
                clear_db=own,
                quiet_db=own,
                level_db=own,
            )

        monkeypatch.setattr("dualgig.reach.swept_reach", swept)
        monkeypatch.setattr("dualgig.confirm.swept_reach", swept)

    return off_by


def nothing(coverage):
    return np.zeros(len(coverage.options), np.bool_)


def test_where_all_is_exact_nothing_is_told_again(coverage_by):
    coverage = coverage_by("exact")
    problem, _ = siting_problem(coverage)
    told, stands = confirmed(coverage, problem, nothing(coverage))
    assert told is coverage
    assert stands
    assert check_of(coverage, nothing(coverage)) is None


@pytest.mark.parametrize("error_db", [0.0, 25.0, -25.0])
def test_every_place_has_the_verdict_that_exact_profiles_give_it(coverage_by, wrong_sweep, error_db):
    # given a sweep that is right, too bright, or too dark
    exact = coverage_by("exact")
    wrong_sweep(error_db)
    swept = coverage_by("sweep")

    def ask(coverage):
        result = solve(siting_problem(coverage)[0])
        return result, result.chosen

    # when it is planned on
    result, told, problem = planned(swept, ask)
    # then what the plan serves, and the verdict of the last search, are those of exact profiles
    by_exact = serve(siting_problem(exact)[0], result.chosen)[1]
    assert np.array_equal(serve(problem, result.chosen)[1], by_exact)
    assert np.array_equal(result.places, by_exact)
    live = any_on_air(told, result.chosen).any(axis=1)
    assert told.reach.swept.exact_site[live].all()
    # and nothing that exact profiles could serve is given up for a dark sweep
    goal = exact.region.project.goals
    assert goal.township_5g == 1.0
    assert solve(siting_problem(exact)[0]).duty == result.duty


def test_the_difference_is_told_point_by_point_and_place_by_place(coverage_by, wrong_sweep):
    exact = coverage_by("exact")
    problem, _ = siting_problem(exact)
    chosen = solve(problem).chosen
    wrong_sweep(-25.0)
    told, _ = confirmed(coverage_by("sweep"), problem, chosen)
    check = check_of(told, chosen)
    # the oracle: the best of the sites on air at each point, by exact profiles and by the sweep less 25 dB
    on_air = any_on_air(exact, chosen)
    best = np.full((2, len(exact.tests.points)), -np.inf)
    right = swept_reach(exact.region, exact.tests.points, on_air.any(axis=1), beyond_db=60.0)
    for row, (reach, off_db) in enumerate(((exact.reach, 0.0), (right, 25.0))):
        level = np.where(on_air[reach.site], reach.margin_db - off_db, -np.inf).max(axis=1)
        np.maximum.at(best[row], reach.point, level)
    served = best >= 0
    assert check.points_lost == 0
    assert check.points_gained == (served[0] & ~served[1]).sum() > 5
    assert -26.0 < check.mean_db < -24.0
    # and the places whose test fails then, where no ledger speaks
    ids = np.array([*exact.region.townships.index, *exact.region.villages.index])
    tests, fallen = exact.tests, set()
    for test, place in enumerate(tests.place):
        needed = tests.weights[[test]].tocoo()
        passed = [int(needed.data[row[needed.col]].sum()) >= tests.need[test] for row in served]
        if passed[0] and not passed[1]:
            fallen.add(str(ids[place]))
    said = {str(place) for place in exact.region.status.index}
    assert check.places_lost == ()
    assert set(check.places_gained) == fallen - said
    assert check.places_gained


def test_a_swept_plan_of_a_small_region_is_the_exact_one(tiny_project):
    plans = {}
    for method in ("exact", "sweep"):
        region = dg.load_region(tiny_project(radio={"method": method}))
        plans[method] = dg.make_plan(region, predict_coverage(region))
    exact, swept = plans["exact"], plans["sweep"]
    assert exact.prediction.method == "exact"
    assert exact.prediction.check is None
    assert swept.prediction.method == "sweep"
    assert swept.prediction.caps == exact.prediction.caps
    assert swept.prediction.paths == exact.prediction.paths
    assert swept.cost_cny == exact.cost_cny
    assert swept.coverage == exact.coverage
    for name in ("townships", "villages", "sites", "gaps"):
        assert getattr(swept, name).equals(getattr(exact, name))


@pytest.mark.slow
def test_equal_swept_plans_are_equal_to_the_byte(tiny_project):
    project = tiny_project(radio={"method": "sweep"})
    outputs = set()
    for _ in range(2):
        region = dg.load_region(project)
        outputs.add(plan_json(dg.make_plan(region, predict_coverage(region))))
    assert len(outputs) == 1


def test_gaps_of_a_swept_region_have_the_reasons_of_the_terrain(tiny_project):
    tables = []
    for method in ("exact", "sweep"):
        region = dg.load_region(tiny_project(radio={"method": method}))
        tables.append(dg.gaps_today(region, predict_coverage(region)).gaps)
    assert tables[0].equals(tables[1])
    assert len(tables[0])
