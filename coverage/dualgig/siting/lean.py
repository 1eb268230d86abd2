"""A program without what slows first-order methods: fixed columns, and sums that are a column of their own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.program import Program


@dataclass(frozen=True)
class Lean:
    """A program of the same columns and rows with fewer entries, and the way back.

    Parameters
    ----------
    program
        The program to work on; rows that were taken out of it have no limits.
    rows, prices
        int64 and float64: rows that were taken out, and the multipliers that they have in every best answer of
        the relaxation, as a minimisation.
    """

    program: Program
    rows: NDArray[np.int64]
    prices: NDArray[np.float64]

    def restore(self, multipliers: NDArray[np.float64]) -> NDArray[np.float64]:
        """Multipliers of the rows of the program that this one was made from (float64, one a row)."""
        restored = multipliers.copy()
        restored[self.rows] = self.prices
        return restored


def lean(program: Program) -> Lean:
    """Take out fixed columns, and columns that only name a sum.

    A column that stands in one row, is worth something, and can always go as far as that row lets it, names the
    sum of the row's other columns: their costs take its place. Such a row, thousands of columns wide, and
    columns fixed under a large coefficient (a threshold that must be met) spoil the scaling of a first-order
    method, which then stays percents away from the best bound. Both are steps of every presolve (Andersen and
    Andersen, Presolving in linear programming, 1995, section 3).

    Parameters
    ----------
    program
        The program; its integrality is not looked at.
    """
    rows, columns = len(program.row_lower), len(program.cost)
    parts = (program.value, program.column, program.row_start)
    matrix = sp.csr_array(parts, shape=(rows, columns), copy=True)
    sign = -1.0 if program.maximise else 1.0
    cost = sign * program.cost
    fixed = program.lower == program.upper
    shift = matrix @ np.where(fixed, program.lower, 0.0)
    cost[fixed] = 0.0
    matrix.data[fixed[matrix.indices]] = 0.0
    row_lower, row_upper = program.row_lower - shift, program.row_upper - shift
    lone = _sums(matrix, cost, program.lower, program.upper, row_lower, row_upper)
    for column, row, price in zip(*lone, strict=True):
        entries = slice(matrix.indptr[row], matrix.indptr[row + 1])
        others = matrix.indices[entries]
        np.subtract.at(cost, others, price * matrix.data[entries])
        cost[column] = 0.0
        matrix.data[entries] = 0.0
        row_lower[row], row_upper[row] = -np.inf, np.inf
    matrix.eliminate_zeros()
    leaner = replace(
        program,
        cost=sign * cost,
        row_lower=row_lower,
        row_upper=row_upper,
        row_start=matrix.indptr.astype(np.int32),
        column=matrix.indices.astype(np.int32),
        value=matrix.data,
    )
    return Lean(leaner, lone[1], lone[2])


def _sums(
    matrix: sp.csr_array,
    cost: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    row_lower: NDArray[np.float64],
    row_upper: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Columns that only name the sum of their row, at most one a row, with row and multiplier of the row."""
    there = np.flatnonzero(matrix.data)
    column, value = matrix.indices[there].astype(np.int64), matrix.data[there]
    row = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[there]
    ends = np.sort([value * lower[column], value * upper[column]], axis=0)
    least, most = (np.bincount(row, weights=end, minlength=matrix.shape[0]) for end in ends)
    count = np.bincount(column, minlength=matrix.shape[1])
    lone = np.flatnonzero((count[column] == 1) & (cost[column] != 0.0))
    column, row, value = column[lone], row[lone], value[lone]
    price = cost[column] / value
    limit = np.where(price > 0.0, row_lower[row], row_upper[row])
    with np.errstate(invalid="ignore"):
        others = np.array([least[row] - ends[0][lone], most[row] - ends[1][lone]])
        low, high = np.sort((limit - others) / value, axis=0)
        # A box that the sum of the others' boxes just fills is no limit either, whatever the last digit says.
        slack = 1e-9 * (1.0 + np.abs(low) + np.abs(high))
        free = np.isfinite(limit) & (lower[column] <= low + slack) & (high - slack <= upper[column])
    column, row, price = column[free], row[free], price[free]
    _, first = np.unique(row, return_index=True)
    return column[first], row[first], price[first]
