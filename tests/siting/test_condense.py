"""The condensed problem serves the same places and has the same worth, whatever is chosen beside what is fixed."""

import numpy as np
import pytest

from dualgig.errors import ContradictionError
from dualgig.siting.condense import condense
from dualgig.siting.decisions import settle
from dualgig.siting.measure import measure


@pytest.mark.parametrize("seed", range(80))
def test_any_choice_serves_the_same_and_is_worth_the_same(instances, seed):
    problem = instances.rich(seed)
    try:
        must, out = settle(problem)
    except ContradictionError:
        pytest.skip("the decisions of this instance contradict one another")
    fewer, plain = (condense(problem, must, out, worth=worth) for worth in (True, False))
    rng = np.random.default_rng(seed)
    for _ in range(25):
        chosen = (rng.random(len(must)) < 0.5) & ~out | must
        full, short, bare = (measure(p, chosen) for p in (problem, fewer, plain))
        assert (short.good, short.cost_cny, short.duties, short.excess) == (
            full.good,
            full.cost_cny,
            full.duties,
            full.excess,
        )
        assert (bare.duties, bare.excess) == (full.duties, full.excess)


def test_points_always_served_together_become_one(instances):
    problem = instances.build(
        [5, 5],
        [[0, 1, 2], [2, 3]],
        clauses=[(0, 2, {0: 1, 1: 1}), (1, 1, {2: 1, 3: 1})],
        places=[0, 0],
        goals=[("both", 0, [0, 1], 2)],
        budget=10,
        point_worth=[1, 2, 4, 8],
    )
    nothing = np.zeros(2, bool)
    fewer = condense(problem, nothing, nothing, worth=True)
    assert fewer.cover.shape == (4, 2)
    assert sorted(fewer.point_worth.tolist()) == [0, 3, 4, 8]
    assert sorted(fewer.clauses.toarray().max(axis=0).tolist()) == [0, 1, 1, 2]
