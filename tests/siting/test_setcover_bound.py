"""The Lagrangian bound of set covering: against enumeration, linear programming and exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
import scipy.sparse as sp
from scipy.optimize import linprog

from dualgig.siting.setcover import SetCover
from dualgig.siting.setcover_bound import certify, core_columns, cover_bound, out_of_reach, reduced_costs
from dualgig.siting.setcover_search import greedy_cover, search_cover


def random_cover(rng, rows, columns, density, dearest):
    hits = rng.random((rows, columns)) < density
    hits[np.arange(rows), rng.integers(columns, size=rows)] = True
    return SetCover.of(rng.integers(0, dearest, columns), sp.csr_array(hits))


def every_cover(covering):
    """All covers of a small problem, bool, and their costs."""
    sets = (np.arange(2**covering.columns)[:, None] >> np.arange(covering.columns)) & 1 == 1
    inside = (sets.astype(int) @ covering.matrix.toarray().T.astype(int) > 0).all(axis=1)
    return sets[inside], sets[inside].astype(np.int64) @ covering.cost


def test_bounds_never_cross_values_on_a_thousand_instances():
    rng = np.random.default_rng(11)
    tight = 0
    for _ in range(1_000):
        # given a small problem and its covers
        rows, columns = int(rng.integers(1, 9)), int(rng.integers(2, 10))
        unit = int(rng.choice([1, 1, 1_000, 10**9]))
        covering = random_cover(rng, rows, columns, rng.uniform(0.1, 0.6), 30)
        covering = SetCover.of(covering.cost * unit + int(rng.integers(0, 3)), covering.matrix)
        covers, costs = every_cover(covering)
        least = int(costs.min())

        # when it is bounded, by any multipliers and by good ones, then no bound is above the least cost
        wild = certify(covering, rng.uniform(-1, 3, rows) * rng.choice([1.0, unit, 1e30]))
        bound = cover_bound(covering, least, iterations=300)
        assert wild.value <= least
        assert bound.value <= least
        tight += bound.value == least

        # and what it rules out is in no cover cheaper than a known one
        known = int(rng.choice(costs))
        gone = out_of_reach(covering, bound, known)
        assert not covers[costs < known][:, gone].any()

        # nor do heuristic covers fall below it
        found = search_cover(covering, greedy_cover(covering), moves=30)
        assert (
            bound.value <= least <= covering.cost[found].sum() <= covering.cost[greedy_cover(covering)].sum()
        )
    assert tight > 500


@pytest.mark.parametrize("seed", range(5))
def test_the_bound_is_close_to_the_linear_program(seed):
    # given a problem and its linear relaxation by scipy
    rng = np.random.default_rng(seed)
    covering = random_cover(rng, 60, 200, 0.06, 1_000)
    relaxed = linprog(covering.cost, A_ub=-covering.matrix.astype(float), b_ub=-np.ones(60), bounds=(0, 1))
    upper = int(covering.cost[greedy_cover(covering)].sum())

    # when it is bounded, then by at most the relaxation (no multipliers prove more), and by 99 % of it
    bound = cover_bound(covering, upper)
    proved = bound.scaled / 2**bound.bits
    assert proved <= relaxed.fun * (1 + 1e-9)
    assert proved >= 0.99 * relaxed.fun


def test_the_bound_is_exact_in_fractions():
    # given multipliers with many digits and costs in yuan by the hundred million
    rng = np.random.default_rng(2)
    covering = random_cover(rng, 30, 80, 0.1, 400_000_000)
    bound = cover_bound(covering, int(covering.cost[greedy_cover(covering)].sum()), iterations=500)

    # when the bound is worked out in fractions, then it is the same to the last digit
    multiplier = [Fraction(int(u), 2**bound.bits) for u in bound.multipliers]
    total = sum(multiplier)
    matrix = covering.matrix.toarray()
    for j in range(covering.columns):
        reduced = int(covering.cost[j]) - sum(multiplier[r] for r in np.flatnonzero(matrix[:, j]))
        assert Fraction(int(reduced_costs(covering, bound)[j]), 2**bound.bits) == reduced
        total += min(Fraction(0), reduced)
    assert Fraction(bound.scaled, 2**bound.bits) == total
    assert min(multiplier) >= 0
    assert bound.value >= total > 0


def test_costs_in_thousands_give_bounds_in_thousands():
    covering = SetCover.of(
        np.array([3_000, 3_000, 3_000]), sp.csr_array(np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], bool))
    )

    bound = cover_bound(covering, 6_000)

    # the relaxation costs 4,500: a cover costs a whole number of thousands, and never one and a half columns
    assert bound.value == 6_000


def test_a_row_without_a_column_is_refused():
    covering = SetCover.of(np.array([1]), sp.csr_array(np.array([[True], [False]])))
    for attempt in (lambda: cover_bound(covering, 1), lambda: greedy_cover(covering)):
        with pytest.raises(ValueError, match="without a column"):
            attempt()


def test_the_core_holds_the_cheapest_columns_of_each_row():
    rng = np.random.default_rng(8)
    covering = random_cover(rng, 20, 100, 0.2, 50)
    bound = cover_bound(covering, int(covering.cost[greedy_cover(covering)].sum()), iterations=200)
    reduced, matrix = reduced_costs(covering, bound), covering.matrix.toarray()

    core = core_columns(covering, bound, 3)

    for r in range(covering.rows):
        columns = np.flatnonzero(matrix[r])
        nearest = np.sort(reduced[columns])[:3]
        assert (np.sort(reduced[np.intersect1d(core, columns)])[:3] == nearest).all()
    assert len(core) <= 3 * covering.rows + (reduced <= 0).sum()
