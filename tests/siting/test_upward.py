"""Service told both ways: with the rows upward, a served place cannot be left uncounted."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from dualgig.errors import ContradictionError
from dualgig.siting.ground import prepare
from dualgig.siting.reduce import ALL_REDUCTIONS
from dualgig.siting.upward import upward


def least_counted(ground, rows, roots, value):
    """Fewest of the root columns that are true, options as given, under the rows upward alone."""
    width = rows.matrix.shape[1]
    lower, upper = np.zeros(width), np.ones(width)
    options = len(ground.service.free)
    lower[:options] = upper[:options] = value[:options]
    cost = np.zeros(width)
    cost[roots] = 1.0
    found = milp(
        cost,
        integrality=np.ones(width),
        bounds=Bounds(lower, upper),
        constraints=LinearConstraint(rows.matrix, -np.inf, rows.upper),
    )
    return round(found.fun)


def test_no_served_place_is_left_uncounted_and_none_is_forced(instances, oracle):
    forced = 0
    for seed in range(120):
        try:
            ground = prepare(instances.small(seed), ALL_REDUCTIONS)
        except ContradictionError:
            continue
        service = ground.service
        roots = np.unique(service.place[service.place >= 0])
        if not len(roots):
            continue

        # when service is told both ways
        rows = upward(service, roots)

        # then every plan keeps the rows, and under them counts just what it serves
        plans = oracle.subsets(ground.problem)
        allowed = ground.chosen.copy()
        allowed[service.free] = True
        plans = plans[~plans[:, ~allowed].any(axis=1)]
        for plan in plans[:: max(1, len(plans) // 6)]:
            value = service.values(plan)
            all_columns = np.concatenate([value, rows.values(service, value)])
            assert (rows.matrix @ all_columns <= rows.upper + 1e-9).all(), seed
            if rows.matrix.shape[0]:
                assert least_counted(ground, rows, roots, value) == value[roots].sum(), seed
                forced += int(value[roots].sum())
    assert forced > 200
