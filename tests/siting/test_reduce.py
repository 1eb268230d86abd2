"""Reductions: equal rows, superfluous options, the same best with and without them."""

import dataclasses

import numpy as np
import pytest
import scipy.sparse as sp

from dualgig.errors import ContradictionError
from dualgig.siting.ground import prepare
from dualgig.siting.problem import Balance, Limit, Mode
from dualgig.siting.reduce import (
    ALL_REDUCTIONS,
    DROP_DOMINATED,
    MERGE_ROWS,
    Reduction,
    active,
    equal_rows,
)
from dualgig.siting.stages import solve


def test_equal_rows_share_a_number_in_order_of_appearance():
    rng = np.random.default_rng(5)
    dense = rng.random((400, 7)) < 0.3

    number = equal_rows(sp.csr_array(dense))

    seen = {}
    assert number.tolist() == [seen.setdefault(row.tobytes(), len(seen)) for row in dense]


def test_no_rows_have_no_numbers():
    assert equal_rows(sp.csr_array((0, 3), dtype=bool)).tolist() == []


@pytest.mark.parametrize("wanted", [(), (MERGE_ROWS,), (DROP_DOMINATED,)])
def test_every_stage_has_the_same_best_with_and_without(wanted, instances, worker):
    dropped = 0
    for seed in range(40):
        problem = instances.small(seed)
        try:
            with_all = solve(problem, worker=worker)
        except ContradictionError:
            continue

        without = solve(problem, worker=worker, reductions=wanted)

        values = [(stage.stage, stage.value, stage.bound) for stage in with_all.stages]
        assert [(stage.stage, stage.value, stage.bound) for stage in without.stages] == values, seed
        dropped += len(prepare(problem, ()).service.free) - len(prepare(problem, ALL_REDUCTIONS).service.free)
    assert dropped > 25


@pytest.mark.parametrize("wanted", [(), (MERGE_ROWS,), (DROP_DOMINATED,)])
@pytest.mark.parametrize("features", [("limits",), ("balances",), ("weights", "limits", "balances")])
def test_every_stage_has_the_same_best_with_and_without_where_rows_are_kept(
    wanted, features, instances, worker
):
    dropped = 0
    for seed in range(30):
        problem = instances.rich(seed, features)
        try:
            with_all = solve(problem, worker=worker)
        except ContradictionError:
            continue

        without = solve(problem, worker=worker, reductions=wanted)

        assert best_values(without) == best_values(with_all), seed
        dropped += len(prepare(problem, ()).service.free) - len(prepare(problem, ALL_REDUCTIONS).service.free)
    assert dropped > 4


def best_values(result):
    """Values and bounds of the stages; duties within the budget are only asked for by some plans."""
    return [
        (stage.stage, stage.value, stage.bound)
        for stage in result.stages
        if not stage.stage.startswith("duty_within")
    ]


def test_an_option_that_weighs_less_in_a_row_is_kept(instances):
    # given an option that costs less than another that serves the same, but weighs more in a limit
    cover = [[0], [0]]
    row = Limit("fund", np.arange(2, dtype=np.int32), np.array([2, 1], np.int64), 2, money=True)

    assert free_options(instances, [1, 2], cover) == [0]
    assert free_options(instances, [1, 2], cover, limits=(row,)) == [0, 1]
    lighter = dataclasses.replace(row, amount=np.array([1, 2], np.int64))
    assert free_options(instances, [1, 2], cover, limits=(lighter,)) == [0]


def test_an_option_that_serves_less_is_kept_where_service_weighs(instances):
    # given a cheaper option that serves one place more, which counts against a balance
    none = np.zeros(0, np.int64)
    place = np.array([1], np.int32)
    row = Balance("difference", none.astype(np.int32), none, place, np.array([1], np.int64), 0)

    assert free_options(instances, [1, 2], [[0, 1], [0]]) == [0]
    assert free_options(instances, [1, 2], [[0, 1], [0]], balances=(row,)) == [0, 1]


def test_a_feature_disables_the_reductions_that_it_makes_wrong(instances):
    problem = instances.small(1)
    problem = dataclasses.replace(problem, exclusive=np.zeros(len(problem.exclusive), np.int32))
    wrong = Reduction("wrong with exclusions", frozenset({"exclusive"}))

    assert active(problem, (MERGE_ROWS, wrong)) == (MERGE_ROWS,)


def free_options(instances, cost, cover, limits=(), balances=(), **rules):
    points = {point for row in cover for point in row}
    problem = instances.build(
        cost,
        cover,
        clauses=[(p, 1, {p: 1}) for p in sorted(points)],
        places=[Mode.ANY] * len(points),
        budget=100,
        **rules,
    )
    problem = dataclasses.replace(problem, limits=limits, balances=balances)
    return prepare(problem, (DROP_DOMINATED,)).service.free.tolist()


def test_a_link_is_left_out_if_another_with_its_node_is_cheaper(instances):
    # given two links to the same village, each with a node of its own (options 0 and 1) that costs 4
    links = {"requires": [(2, 0), (3, 1)], "cover": [[1], [1], [0], [0]]}

    # then the dear link goes only if it costs more than the cheap one and its node together
    assert free_options(instances, [4, 4, 10, 5], **links) == [0, 1, 3]
    assert free_options(instances, [4, 4, 9, 5], **links) == [0, 1, 2, 3]


def test_an_option_stays_if_the_better_one_may_be_shut_out(instances):
    # given a better option 0 in an exclusive group that option 1 is not in
    cover = [[0, 1], [0], [1]]

    assert free_options(instances, [1, 2, 0], cover, exclusive=[3, -1, 3]) == [0, 1, 2]
    assert free_options(instances, [1, 2, 3], cover, exclusive=[3, 3, 3]) == [0]


def test_of_equals_the_first_stays(instances):
    assert free_options(instances, [2, 2, 2], [[0], [0], [0]]) == [0]
