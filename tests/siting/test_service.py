"""Service as rows: the same points and places as the definition gives; rows of blocking sets hold."""

import numpy as np
import pytest

from dualgig.errors import ContradictionError
from dualgig.siting.ground import prepare
from dualgig.siting.reduce import ALL_REDUCTIONS, MERGE_ROWS
from dualgig.siting.service import ALWAYS, NEVER

SEEDS = range(150)


def grounds(instances, seeds, reductions):
    for seed in seeds:
        try:
            yield seed, prepare(instances.small(seed), reductions)
        except ContradictionError:
            continue


def plans_of(ground, oracle):
    """Plans that use nothing but what the ground left to decide on."""
    plans = oracle.subsets(ground.problem)
    allowed = ground.chosen.copy()
    allowed[ground.service.free] = True
    return plans[~plans[:, ~allowed].any(axis=1)]


def told(column, value):
    """Served or not, by the column of a point or place."""
    served = np.append(value, [0.0, 1.0]) > 0
    return served[np.where(column == ALWAYS, -1, np.where(column == NEVER, -2, column))]


@pytest.mark.parametrize("reductions", [(), (MERGE_ROWS,)])
def test_columns_say_what_the_definition_says(reductions, instances, oracle):
    for seed, ground in grounds(instances, SEEDS, reductions):
        plans = plans_of(ground, oracle)
        points, places = oracle.service(ground.problem, plans)
        worthy = (ground.problem.point_worth > 0) | (ground.service.point == ALWAYS)
        for plan, point, place in list(zip(plans, points, places, strict=True))[:60]:
            value = ground.service.values(plan)

            assert (told(ground.service.place, value) == place).all(), seed
            assert (told(ground.service.point, value) == point)[worthy].all(), seed
            assert (ground.service.matrix @ value <= 1e-9).all(), seed


def test_rows_of_blocking_sets_hold_for_every_plan(instances, oracle):
    found = 0
    for seed, ground in grounds(instances, SEEDS, ALL_REDUCTIONS):
        # given rows found from made-up relaxed solutions
        rng = np.random.default_rng(seed)
        options = len(ground.service.free)
        for _ in range(4):
            value = np.concatenate([rng.random(options) * 0.4, np.ones(ground.service.columns - options)])
            ground.blocking.search(value)
        rows = ground.blocking.rows(np.ones(ground.service.columns, bool))
        found += rows.shape[0]

        # then no plan breaks them
        for plan in plans_of(ground, oracle):
            assert (rows @ ground.service.values(plan) <= 1e-9).all(), seed
    assert found > 50


def test_a_row_is_found_once(instances):
    ground = next(
        ground
        for _, ground in grounds(instances, SEEDS, ALL_REDUCTIONS)
        if (ground.service.place >= ground.service.columns - 1).any() and len(ground.service.layers[1:])
    )
    value = np.ones(ground.service.columns)
    value[: len(ground.service.free)] = 0.1

    ground.blocking.search(value)

    assert ground.blocking.search(value).shape[0] == 0
