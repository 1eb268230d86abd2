"""Exact reductions of a siting problem: fewer rows and options, the same best value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem


@dataclass(frozen=True)
class Reduction:
    """A reduction and the features of a problem under which it would be wrong.

    Features are named whether or not `SitingProblem` has them yet, so that whoever adds one finds here
    what it breaks.
    """

    name: str
    disabled_by: frozenset[str]


MERGE_ROWS = Reduction("merge_rows", frozenset({"capacity"}))
"""Points covered by the same options are served together; with capacities they share what a site can carry."""

DROP_DOMINATED = Reduction("drop_dominated", frozenset({"capacity", "trench_shared"}))
"""An option is left out for another that costs no more, covers all it covers, needs nothing more and takes no
more room in any limit or balance. So discounts for tenants, funds, and floors of spending keep just those
options that could be worth more in one of their rows."""

FUSE = Reduction("fuse", frozenset({"circles", "trench_shared"}))
"""An option that only serves one other, a mast its one radio, is part of it. The two costs are added, so none may
depend on what else is chosen; options that require each other in a circle have no first one to be part of."""

ALL_REDUCTIONS = (MERGE_ROWS, DROP_DOMINATED, FUSE)


def features(problem: SitingProblem) -> frozenset[str]:
    """The features of a problem that `Reduction.disabled_by` may name."""
    used = {
        "exclusive": bool((problem.exclusive >= 0).any()),
        "prerequisites": len(problem.requires) > 0,
        "circles": _in_circles(problem),
        "decisions": bool((problem.decision != 0).any()),
        "limits": len(problem.limits) > 0,
        "balances": len(problem.balances) > 0,
    }
    return frozenset(name for name, present in used.items() if present)


def _in_circles(problem: SitingProblem) -> bool:
    """Whether an option requires, through others, itself."""
    n, pairs = len(problem.option_ids), problem.requires
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    if not len(pairs):
        return False
    asks = sp.csr_array((np.ones(len(pairs), np.int8), (pairs[:, 0], pairs[:, 1])), shape=(n, n))
    return int(connected_components(asks, connection="strong", return_labels=False)) < n


def active(problem: SitingProblem, wanted: tuple[Reduction, ...]) -> tuple[Reduction, ...]:
    """Those of the wanted reductions that are exact for this problem."""
    used = features(problem)
    return tuple(reduction for reduction in wanted if not reduction.disabled_by & used)


def equal_rows(matrix: sp.csr_array) -> NDArray[np.int64]:
    """Number rows so that equal rows share a number; numbers follow first appearance.

    Parameters
    ----------
    matrix
        bool CSR, shape (rows, columns).

    Returns
    -------
    int64, shape (rows,)
    """
    rows, columns = matrix.shape
    if rows == 0:
        return np.zeros(0, np.int64)
    mark = np.random.default_rng(0).integers(0, 2**63, size=(columns, 2), dtype=np.uint64)
    hashed = np.column_stack([_row_sum(matrix, mark[:, 0]), _row_sum(matrix, mark[:, 1])])
    _, first, number = np.unique(hashed, axis=0, return_index=True, return_inverse=True)
    number = number.reshape(-1)
    if (matrix != matrix[first[number]]).nnz:
        # Two different rows share 128 hashed bits: as good as impossible, and still answered rightly.
        keys: dict[bytes, int] = {}
        sorted_rows = matrix.sorted_indices()
        parts = np.split(sorted_rows.indices, sorted_rows.indptr[1:-1])
        return np.array([keys.setdefault(part.tobytes(), len(keys)) for part in parts], np.int64)
    order = np.empty(len(first), np.int64)
    order[np.argsort(first, kind="stable")] = np.arange(len(first))
    return order[number]


def _row_sum(matrix: sp.csr_array, mark: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Sum of the columns' marks a row, modulo 2**64."""
    total = np.concatenate([np.zeros(1, np.uint64), np.cumsum(mark[matrix.indices], dtype=np.uint64)])
    ends = matrix.indptr
    return np.asarray(total[ends[1:]] - total[ends[:-1]], np.uint64)


def dominated(
    problem: SitingProblem,
    free: NDArray[np.int64],
    points: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Free options that another free option makes superfluous, whatever is chosen beside them.

    Option a is dominated by b when b covers every open point of a, costs no more than a even with all
    that b requires and a does not, and can always take a's place: b excludes nothing, or only what a
    excludes, and what it requires excludes nothing. No option may require a. In no limit and no balance may
    b, with all that it requires and a does not, weigh more than a, nor a less than nothing; where served
    places weigh in a balance, b serves no more of their points than a. Of equals the first stays.

    Parameters
    ----------
    problem
        The siting problem.
    free
        int64, options that are neither chosen nor out already.
    points
        int64, points that are not served yet.

    Returns
    -------
    bool, shape (len(free),)
    """
    count = len(free)
    if count == 0:
        return np.zeros(0, bool)
    cover = problem.cover[points][:, free]
    columns = cover.astype(np.int32).tocsc()
    size = np.diff(columns.indptr)
    shared = (columns.T @ columns).tocoo()
    inside = (shared.data == size[shared.row]) & (shared.row != shared.col)
    a, b = shared.row[inside], shared.col[inside]
    cost, group = problem.cost_cny[free], problem.exclusive[free]
    replaces = ((group[b] < 0) | (group[a] == group[b])) & (cost[b] <= cost[a])
    a, b = a[replaces], b[replaces]
    needs = _all_requirements(problem, free)
    more = sp.csr_array(needs[b] > needs[a])
    light, may_go = _takes_no_more_room(problem, free, a, b, more)
    light &= _serves_no_more_that_weighs(problem, cover, points, a, b, more)
    a, b, more = a[light], b[light], more[np.flatnonzero(light)]
    extra = more @ cost
    bound_up = (more @ (group >= 0).astype(np.int64)) > 0
    alone = np.diff(more.indptr) == 0
    equal = (cost[a] == cost[b]) & (size[a] == size[b])
    mutual = equal & ((group[a] < 0) | (group[a] == group[b])) & (b > a)
    better = np.where(alone, ~mutual, ~bound_up & (cost[b] + extra < cost[a]))
    gone = np.zeros(count, bool)
    gone[a[better]] = True
    gone[(size == 0) & may_go] = True
    required = np.isin(free, problem.requires[:, 1])
    return gone & ~required


def _takes_no_more_room(
    problem: SitingProblem,
    free: NDArray[np.int64],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    more: sp.csr_array,
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Pairs in which b, with what more it requires, weighs no more than a in any row; options without a row
    in which they weigh less than nothing.
    """  # noqa: D205
    rows = sp.vstack([problem.limit_rows, problem.balance_rows[:, : len(problem.option_ids)]], format="csr")
    weight = sp.csr_array(sp.csr_array(rows)[:, free].T)
    lightest = np.zeros(len(free), np.int64)
    np.minimum.at(lightest, np.repeat(np.arange(len(free)), np.diff(weight.indptr)), weight.data)
    heavier = (weight[b] + more.astype(np.int64) @ weight - weight[a]).tocoo()
    light = lightest[a] >= 0
    light[heavier.row[heavier.data > 0]] = False
    return light, lightest >= 0


def _serves_no_more_that_weighs(
    problem: SitingProblem,
    cover: sp.csr_array,
    points: NDArray[np.int64],
    a: NDArray[np.int64],
    b: NDArray[np.int64],
    more: sp.csr_array,
) -> NDArray[np.bool_]:
    """Pairs in which b serves none but a's of the points that count against a balance."""
    weighs = np.zeros(len(problem.place_ids), bool)
    for balance in problem.balances:
        weighs[balance.places[balance.place_amount > 0]] = True
    if not weighs.any():
        return np.ones(len(a), bool)
    counted = np.unique(problem.clauses[np.flatnonzero(weighs[problem.clause_place])].indices)
    size = np.asarray(cover[np.isin(points, counted)].astype(np.int64).sum(axis=0)).reshape(-1)
    return np.asarray((size[a] == size[b]) & (more.astype(np.int64) @ size == 0))


def _all_requirements(problem: SitingProblem, free: NDArray[np.int64]) -> sp.csr_array:
    """Free options that each free option requires, through chains: bool CSR, square over `free`."""
    column = np.full(len(problem.option_ids), -1)
    column[free] = np.arange(len(free))
    pairs = column[problem.requires]
    pairs = pairs[(pairs >= 0).all(axis=1)]
    ones = np.ones(len(pairs), np.int32)
    direct = sp.csr_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(free), len(free)))
    needs = direct
    while True:
        further = sp.csr_array((needs + needs @ direct) > 0).astype(np.int32)
        if further.nnz == needs.nnz:
            return sp.csr_array(further > 0)
        needs = further
