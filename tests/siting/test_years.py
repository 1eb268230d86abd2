"""Plans over years against enumeration of every choice of options and years."""

import dataclasses

import numpy as np
import pytest

from dualgig.errors import ContradictionError
from dualgig.siting.problem import Decision, Goal, Mode, serve
from dualgig.siting.reduce import DROP_DOMINATED, MERGE_ROWS
from dualgig.siting.stages import solve
from dualgig.siting.years import Years, at_year, over_years, year_of

FEATURES = [(), ("weights",), ("limits",), ("balances",), ("weights", "limits", "balances")]


def drawn(instances, seed, features):
    """A small problem with these features, and years for it."""
    problem = instances.rich(seed, features, most=5)
    return problem, instances.some_years(problem, np.random.default_rng(seed + 90_000))


def compare(problem, years, oracle, checker, worker, **options):
    """Solve a problem over years and hold every stage against enumeration; False where wishes contradict."""
    best = oracle.best_over_years(problem, years)
    expanded = over_years(problem, years)
    if not best.affordable:
        with pytest.raises(ContradictionError):
            solve(expanded, worker=worker, **options)
        return False
    result = solve(expanded, worker=worker, **options)
    checker.check_best(expanded, result, best)
    return True


@pytest.mark.parametrize("features", FEATURES)
def test_each_stage_equals_enumeration(features, instances, oracle, checker, worker):
    compared = [compare(*drawn(instances, seed, features), oracle, checker, worker) for seed in range(24)]

    assert sum(compared) > 12


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("features", FEATURES)
def test_each_stage_equals_enumeration_on_hundreds_more(features, part, instances, oracle, checker, worker):
    compared = [
        compare(*drawn(instances, seed, features), oracle, checker, worker)
        for seed in range(1000 + part, 1240, 4)
    ]

    assert sum(compared) > 25


@pytest.mark.slow
@pytest.mark.parametrize("wanted", [(), (MERGE_ROWS,), (DROP_DOMINATED,)])
def test_each_stage_equals_enumeration_with_fewer_reductions(wanted, instances, oracle, checker, worker):
    compared = [
        compare(*drawn(instances, seed, FEATURES[-1]), oracle, checker, worker, reductions=wanted)
        for seed in range(2000, 2060)
    ]

    assert sum(compared) > 30


def three_villages(instances, **changes):
    """Three villages with a site each, of cost 3, 2 and 1; the first is a duty."""
    problem = instances.build(
        [3, 2, 1],
        [[0], [1], [2]],
        clauses=[(p, 1, {p: 1}) for p in range(3)],
        places=[Mode.ANY] * 3,
        place_worth=[1, 4, 2],
        goals=[("duty", 0, [0], 1)],
        budget=6,
    )
    return dataclasses.replace(problem, **changes)


def of(*money, carry_over=True, goals=()):
    labels = tuple(range(2022, 2022 + len(money)))
    return Years(labels, np.array(money, np.int64), carry_over, np.ones(len(money), np.int64), goals)


def test_what_is_worth_most_comes_first_and_the_duty_by_the_end(instances, worker):
    # given two yuan a year
    problem, years = three_villages(instances), of(2, 2, 2)

    result = solve(over_years(problem, years), worker=worker)

    # then the second village comes first, the third waits for the duty, which takes what two years bring
    assert year_of(years, result.chosen).tolist() == [2, 0, 1]
    assert result.duty == "met"


def test_money_that_is_not_carried_over_is_lost(instances, worker):
    problem, years = three_villages(instances), of(2, 2, 2, carry_over=False)

    result = solve(over_years(problem, years), worker=worker)

    # the duty costs three yuan at once, which no year has
    assert result.duty == "over_budget"
    assert year_of(years, result.chosen).tolist() == [-1, 0, 1]


def test_a_goal_by_a_year_is_kept_where_its_money_is_there(instances, worker):
    early = Goal("duty", 0, np.array([0], np.int32), 1)
    problem = three_villages(instances)

    for money, year, duty in (((2, 2, 2), 2, "over_budget"), ((3, 2, 1), 0, "met")):
        years = of(*money, goals=((0, early),))
        result = solve(over_years(problem, years), worker=worker)

        assert year_of(years, result.chosen)[0] == year
        assert result.duty == duty


def test_a_locked_site_is_built_in_the_year_that_has_the_money(instances, worker):
    problem = three_villages(instances, decision=np.array([Decision.LOCKED, 0, 0], np.int8))
    years = of(3, 2, 1, carry_over=False)

    result = solve(over_years(problem, years), worker=worker)

    assert year_of(years, result.chosen).tolist() == [0, 1, 2]


def test_a_locked_site_that_no_year_can_pay_is_named(instances, worker):
    problem = three_villages(instances, decision=np.array([Decision.LOCKED, 0, 0], np.int8))

    with pytest.raises(ContradictionError, match="limit 'year 202"):
        solve(over_years(problem, of(2, 2, 2, carry_over=False)), worker=worker)


def test_what_stands_in_a_year_serves_it(instances, worker):
    problem, years = three_villages(instances), of(2, 2, 2)
    result = solve(over_years(problem, years), worker=worker)

    for year in range(3):
        standing = at_year(problem, result.chosen, year)
        since = year_of(years, result.chosen)
        assert standing.tolist() == ((since >= 0) & (since <= year)).tolist()
        assert serve(problem, standing)[1].tolist() == result.places.reshape(3, 3)[year].tolist()


def test_names_carry_the_year(instances):
    expanded = over_years(
        three_villages(instances), of(1, 2, goals=((0, Goal("early", 3, np.arange(2), 1)),))
    )

    assert expanded.option_ids[:4] == ("o0@2022", "o1@2022", "o2@2022", "o0@2023")
    assert expanded.place_ids[-1] == "p2@2023"
    assert [goal.name for goal in expanded.goals] == ["duty", "early@2022"]
    assert [limit.name for limit in expanded.limits] == ["year 2022", "year 2023"]
