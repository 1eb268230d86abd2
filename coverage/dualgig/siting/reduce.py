"""Exact reductions of a siting problem: fewer rows and options, the same best value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

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

DROP_DOMINATED = Reduction(
    "drop_dominated",
    frozenset({"capacity", "co_building_discount", "spending_floor", "trench_shared", "tenant_count"}),
)
"""An option is left out for another that costs no more, covers all it covers and needs nothing more."""

ALL_REDUCTIONS = (MERGE_ROWS, DROP_DOMINATED)


def features(problem: SitingProblem) -> frozenset[str]:
    """The features of a problem that `Reduction.disabled_by` may name."""
    used = {
        "exclusive": bool((problem.exclusive >= 0).any()),
        "prerequisites": len(problem.requires) > 0,
        "decisions": bool((problem.decision != 0).any()),
    }
    return frozenset(name for name, present in used.items() if present)


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
    return total[matrix.indptr[1:]] - total[matrix.indptr[:-1]]


def dominated(
    problem: SitingProblem,
    free: NDArray[np.int64],
    cover: sp.csr_array,
) -> NDArray[np.bool_]:
    """Free options that another free option makes superfluous, whatever is chosen beside them.

    Option a is dominated by b when b costs no more, covers every open point of a, requires nothing
    that a does not, and can always take a's place: a and b exclude one another, or b excludes nothing. No
    option may require a. Of equals the first stays.

    Parameters
    ----------
    problem
        The siting problem.
    free
        int64, options that are neither chosen nor out already.
    cover
        bool CSR, shape (rows, len(free)): open points (or merged rows of them) by free option.

    Returns
    -------
    bool, shape (len(free),)
    """
    count = len(free)
    if count == 0:
        return np.zeros(0, bool)
    columns = cover.astype(np.int32).tocsc()
    size = np.diff(columns.indptr)
    shared = (columns.T @ columns).tocoo()
    a, b = shared.row, shared.col
    inside = shared.data == size[a]
    empty = np.flatnonzero(size == 0)
    a, b = a[inside], b[inside]
    cost, group = problem.cost_cny[free], problem.exclusive[free]
    needs = _requirements(problem, free)
    extra = np.asarray((needs[b] > needs[a]).sum(axis=1)).reshape(-1)
    replaceable = (group[b] < 0) | (group[a] == group[b])
    equal = (cost[a] == cost[b]) & (size[a] == size[b])
    mutual = equal & replaceable & ((group[a] < 0) | (group[a] == group[b])) & (b > a)
    better = (a != b) & (cost[b] <= cost[a]) & replaceable & (extra == 0) & ~mutual
    gone = np.zeros(count, bool)
    gone[a[better]] = True
    gone[empty] = True
    required = np.isin(free, problem.requires[:, 1])
    return gone & ~required


def _requirements(problem: SitingProblem, free: NDArray[np.int64]) -> sp.csr_array:
    """Bool CSR, shape (len(free), len(free)): which free options each free option requires."""
    column = np.full(len(problem.option_ids), -1)
    column[free] = np.arange(len(free))
    pairs = column[problem.requires]
    pairs = pairs[(pairs >= 0).all(axis=1)]
    ones = np.ones(len(pairs), np.int8)
    return sp.csr_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(len(free), len(free))) > 0
