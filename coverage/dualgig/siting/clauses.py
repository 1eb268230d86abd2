"""Clauses of a problem once what is served already is taken out: true, false, or a need over open rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem


class Kind(IntEnum):
    """What is left of a clause."""

    FALSE = 0
    TRUE = 1
    ONE = 2
    """Any one of its rows makes it true."""
    MANY = 3
    """It takes several rows, or there is a choice between sets of them."""


@dataclass(frozen=True)
class Clauses:
    """Open clauses over rows (groups of points that are covered together).

    Parameters
    ----------
    kind
        int8, shape (clauses,), values of `Kind`.
    need
        int64, shape (clauses,): what the weights must still add up to.
    weight
        int64 CSR, shape (clauses, rows), cut at the need and divided by the common divisor.
    essential
        bool, one a stored weight: without this row the need cannot be reached.
    """

    kind: NDArray[np.int8]
    need: NDArray[np.int64]
    weight: sp.csr_array
    essential: NDArray[np.bool_]


def read_clauses(
    problem: SitingProblem, covered: NDArray[np.bool_], group: NDArray[np.int64], rows: int
) -> Clauses:
    """Reduce the clauses to open rows, coefficients tightened.

    A weight above the need counts as the need (coefficient reduction, Savelsbergh, ORSA J. Computing 6,
    1994); weights are divided by their greatest common divisor and the need rounded up.

    Parameters
    ----------
    problem
        The siting problem.
    covered
        bool, shape (points,): served already.
    group
        int64, shape (points,): the row of each open point, -1 for points that are served or out of reach.
    rows
        How many rows there are.
    """
    need = problem.need - problem.clauses @ covered.astype(np.int64)
    members = np.flatnonzero(group >= 0)
    ones = np.ones(len(members), np.int64)
    to_rows = sp.csr_array((ones, (members, group[members])), shape=(len(group), rows))
    weight = sp.csr_array(problem.clauses.astype(np.int64) @ to_rows)
    weight.sort_indices()
    owner = np.repeat(np.arange(len(need)), np.diff(weight.indptr))
    weight.data = np.minimum(weight.data, np.maximum(need, 1)[owner])
    divisor = _row_gcd(weight)
    weight.data //= divisor[owner]
    need = -(-need // divisor)
    total = np.bincount(owner, weights=weight.data, minlength=len(need)).astype(np.int64)
    essential = total[owner] - weight.data < need[owner]
    enough = weight.data >= need[owner]
    partial = np.bincount(owner[~enough], minlength=len(need))
    kind = np.where(partial == 0, Kind.ONE, Kind.MANY)
    kind[total < need] = Kind.FALSE
    kind[need <= 0] = Kind.TRUE
    return Clauses(kind.astype(np.int8), need, weight, essential)


def _row_gcd(matrix: sp.csr_array) -> NDArray[np.int64]:
    """Greatest common divisor of each row's stored values, 1 for an empty row."""
    divisor = np.ones(matrix.shape[0], np.int64)
    filled = np.flatnonzero(np.diff(matrix.indptr) > 0)
    if len(filled):
        divisor[filled] = np.gcd.reduceat(matrix.data, matrix.indptr[filled])
    return divisor
