"""The duties of all years found as one year's problem: against enumeration, and against all years at once."""

import re
import time
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dualgig.errors import ContradictionError
from dualgig.siting.phased import solve_years
from dualgig.siting.problem import Decision, Goal, Mode
from dualgig.siting.stages import solve
from dualgig.siting.years import Years, at_once, over_years, year_of

FEATURES = ("weights", "limits", "balances")


def drawn(instances, seed, features=FEATURES, most=5):
    """A small problem with these features, years for it, and the problem over them."""
    problem = instances.rich(seed, features, most)
    years = instances.some_years(problem, np.random.default_rng(seed + 90_000))
    return problem, years, over_years(problem, years)


@pytest.mark.parametrize("features", [(), *((feature,) for feature in FEATURES), FEATURES])
def test_each_stage_equals_enumeration(features, instances, oracle, checker, worker):
    compared = 0
    for seed in range(3000, 3020):
        problem, years, whole = drawn(instances, seed, features)
        best = oracle.best_over_years(problem, years)
        if not best.affordable:
            with pytest.raises(ContradictionError):
                solve_years(problem, years, whole, worker=worker)
            continue
        checker.check_best(whole, solve_years(problem, years, whole, worker=worker), best)
        compared += 1
    assert compared > 9


@pytest.mark.slow
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10**6), features=st.sets(st.sampled_from(FEATURES)))
def test_it_is_as_good_as_all_years_at_once(seed, features, instances, checker, worker):
    problem, years, whole = drawn(instances, seed, sorted(features), most=8)
    try:
        direct = solve(whole, worker=worker)
    except ContradictionError as error:
        message = str(error)
        with pytest.raises(ContradictionError, match=re.escape(message)):
            solve_years(problem, years, whole, worker=worker)
        return

    result = solve_years(problem, years, whole, worker=worker)

    checker.check(whole, result)
    assert (result.status, result.duty, result.cost_cny) == (direct.status, direct.duty, direct.cost_cny)
    # Whether the cheapest duties were laid out within the money decides if duties are sought within it.
    values, others = ({s.stage: s.value for s in r.stages} for r in (result, direct))
    assert {name: values[name] for name in values if name in others} == {
        name: others[name] for name in others if name in values
    }
    assert all(name.startswith("duty_within") for name in values.keys() ^ others.keys())


def villages(instances, **changes):
    """Three villages with a site each, of cost 3, 2 and 1; all are duties."""
    problem = instances.build(
        [3, 2, 1],
        [[0], [1], [2]],
        clauses=[(p, 1, {p: 1}) for p in range(3)],
        places=[Mode.ANY] * 3,
        place_worth=[1, 4, 2],
        goals=[("duty", 0, [0, 1, 2], 3)],
        budget=6,
    )
    return replace(problem, **changes)


def of(*money, carry_over=True, goals=()):
    labels = tuple(range(2022, 2022 + len(money)))
    return Years(labels, np.array(money, np.int64), carry_over, np.ones(len(money), np.int64), goals)


def solved(problem, years, **options):
    return solve_years(problem, years, over_years(problem, years), **options)


@pytest.mark.parametrize("money", [(1, 2, 3), (3, 2, 1)])
def test_the_cheapest_duties_are_laid_out_within_the_money_of_each_year(money, instances, worker):
    # given money of each year that pays just one of the sites, and nothing left over
    problem, years = villages(instances), of(*money, carry_over=False)

    result = solved(problem, years, worker=worker)

    # then the cheapest duties are known to fit, so that none is sought within the money
    assert year_of(years, result.chosen).tolist() == [money.index(cost) for cost in (3, 2, 1)]
    assert year_of(years, result.duty_plan).tolist() == year_of(years, result.chosen).tolist()
    assert [stage.stage for stage in result.stages] == ["reach_0", "duty_cost", "most_good", "least_cost"]


def test_duties_that_no_year_can_pay_are_over_the_money(instances, worker):
    problem, years = villages(instances), of(2, 2, 2, carry_over=False)

    result = solved(problem, years, worker=worker)

    stages = {stage.stage: stage.value for stage in result.stages}
    assert (stages["reach_0"], stages["duty_cost"], stages["duty_within_budget_0"]) == (3, 6, 2)
    assert result.duty == "over_budget"


def test_what_is_locked_and_not_paid_is_named_before_anything_is_sought(instances, worker):
    problem = villages(instances, decision=np.array([Decision.LOCKED, 0, 0], np.int8))
    told = []

    with pytest.raises(ContradictionError, match="limit 'year 202"):
        solved(problem, of(2, 2, 2, carry_over=False), worker=worker, progress=told.append)

    assert not told


def test_the_duties_of_all_years_are_one_years(instances):
    early = Goal("duty", 0, np.array([0], np.int32), 1)
    problem, years = villages(instances), of(3, 2, 1, goals=((0, early),))

    once = at_once(problem, years)

    assert [goal.name for goal in once.goals] == ["duty", "duty@2022"]
    assert [goal.places.tolist() for goal in once.goals] == [[0, 1, 2], [0]]
    assert once.option_ids == problem.option_ids
    assert once.limits == ()


def county(instances):
    """A county over three years of equal money, with half of its villages' duties in the second."""
    problem = instances.county(3, sites=90, villages=70, nodes=12)
    goal = problem.goals[-1]
    early = replace(goal, required=len(goal.places) // 2)
    return problem, of(*[problem.budget_cny // 3] * 3, goals=((1, early),))


def test_what_another_budget_told_of_the_duties_is_taken_over(instances, worker):
    problem, years = villages(instances), of(3, 2, 1)
    first = solved(problem, years, worker=worker)
    richer = replace(problem, budget_cny=7)

    again = solved(richer, years, worker=worker, start=first)

    assert again.stages[:2] == first.stages[:2]
    assert again.cost_cny == 6


@pytest.mark.parametrize(("stage", "gap"), [("duty_cost", 1.0), ("duty_cost", 0.0), ("most_good", 1.0)])
def test_ctrl_c_gives_a_plan_whichever_part_hears_it(stage, gap, instances, checker, worker):
    problem, years = county(instances)
    pressed = []

    def press(news):
        # even where the duties have just been proved
        if news.stage == stage and news.gap <= gap and not pressed:
            pressed.append(time.monotonic())
            raise KeyboardInterrupt

    result = solved(problem, years, worker=worker, progress=press)

    # at once (two seconds, more on a busy machine)
    assert pressed
    assert time.monotonic() - pressed[0] < 5.0
    assert result.status == "interrupted"
    checker.check(over_years(problem, years), result)


@pytest.mark.slow
def test_a_time_limit_is_one_of_both_parts(instances, checker, worker):
    problem, years = county(instances)
    begun = time.monotonic()

    result = solved(problem, years, worker=worker, time_limit_s=6.0)

    assert time.monotonic() - begun < 8.0
    assert result.status == "time_limit"
    checker.check(over_years(problem, years), result)
