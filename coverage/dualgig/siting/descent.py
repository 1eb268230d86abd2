"""A first-order method for linear programs: the primal-dual hybrid gradient, reflected and anchored, with restarts.

Each iteration takes a step of the method (Chambolle and Pock, J. Math. Imaging and Vision 40, 2011), goes as far
again, and is drawn back a little to where the run began (Halpern's iteration; Lu and Yang, "Restarted Halpern
PDHG for linear programming", 2024). Restarts by the length of a step, and the balance of the halves at each of
them, as in cuPDLPx (Lu, Peng and Yang, 2025). No averages are needed: a step's own end is what is looked at.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from numba import njit, prange

from dualgig.siting.pdhg import Restarts
from dualgig.siting.products import inner, length, product, rows_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.products import Rows
    from dualgig.siting.program import Program

_CHECK_EVERY = 40
"""Iterations between two looks at bound and restart."""

_RUIZ_ROUNDS = 10
"""Rounds of Ruiz' rescaling (RAL-TR-2001-034), as many as PDLP takes."""


class Descent:
    """The iterates of the method on the rescaled program, and the best multipliers so far.

    Parameters
    ----------
    program
        The program; its integrality is not used.
    primal, multipliers
        float64, one a column and one a row (of the program as a minimisation, signs as its rows have them):
        where to begin; without them, at 0.
    weight
        Steps of the dual half over those of the primal half; 0 for one chosen by the program's sizes.
    iterations
        How many were made before: with more of them, restarts come later.

    Attributes
    ----------
    iterations
        How many were made.
    best
        float64, one a row: the multipliers of the best bound that was seen.
    error
        Of the last pair that was looked at: how far bound and value, or rows and limits, are apart, as a share.
    """

    def __init__(
        self,
        program: Program,
        primal: NDArray[np.float64] | None = None,
        multipliers: NDArray[np.float64] | None = None,
        weight: float = 0.0,
        iterations: int = 0,
    ) -> None:
        columns, rows = len(program.cost), len(program.row_lower)
        matrix = sp.csr_array((program.value, program.column, program.row_start), shape=(rows, columns))
        self.row_scale, self.column_scale = _scales(matrix)
        matrix = sp.csr_array(
            sp.diags_array(self.row_scale) @ matrix @ sp.diags_array(self.column_scale), dtype=np.float64
        )
        turned = sp.csr_array(matrix.T)
        self.by_row, self.by_row_value = rows_of(matrix.indptr, matrix.indices), matrix.data
        self.by_column, self.by_column_value = rows_of(turned.indptr, turned.indices), turned.data
        self.cost = (-1.0 if program.maximise else 1.0) * program.cost * self.column_scale
        self.lower, self.upper = program.lower / self.column_scale, program.upper / self.column_scale
        self.row_lower = program.row_lower * self.row_scale
        self.row_upper = program.row_upper * self.row_scale
        limits = np.where(np.isfinite(self.row_lower), self.row_lower, self.row_upper)
        of_rows, of_cost = length(np.where(np.isfinite(limits), limits, 0.0)), length(self.cost)
        self.size = 1.0 + of_rows
        if weight == 0.0:
            weight = of_cost / of_rows if of_cost > 0.0 and of_rows > 0.0 else 1.0
        self.restarts = Restarts(weight)
        x = np.zeros(columns) if primal is None else primal / self.column_scale
        self.x = np.clip(x, self.lower, self.upper)
        self.y = np.zeros(rows) if multipliers is None else multipliers / self.row_scale
        # the step's own end, `end`, and what the matrix makes of it, beside the iterate
        self.reached, self.back = np.zeros(rows), np.zeros(columns)
        product(self.by_row, self.by_row_value, self.x, self.reached)
        product(self.by_column, self.by_column_value, self.y, self.back)
        self.end_x, self.end_y = self.x.copy(), self.y.copy()
        self.end_reached, self.end_back = self.reached.copy(), self.back.copy()
        self.turned = np.zeros(columns)
        self._anchor()
        self.iterations = iterations
        self.best, self.best_bound = self.y * self.row_scale, -np.inf
        self.error = self._evaluate()

    @property
    def primal(self) -> NDArray[np.float64]:
        """The end of the last step, in the program's own scale."""
        return self.end_x * self.column_scale

    @property
    def multipliers(self) -> NDArray[np.float64]:
        """Its multipliers, in the program's own scale; those of the best bound may be earlier ones."""
        return self.end_y * self.row_scale

    def step(self) -> bool:
        """One iteration; whether it was looked at, as every few are."""
        count = self.iterations + 1
        checks, first = count % _CHECK_EVERY == 0, self.restarts.inner == 0
        before = (self.y.copy(), self.reached.copy()) if checks or first else None
        weight = self.restarts.primal_weight
        share = (self.restarts.inner + 1.0) / (self.restarts.inner + 2.0)
        _primal_step(
            self.x,
            self.back,
            self.cost,
            self.lower,
            self.upper,
            self.from_x,
            weight,
            share,
            self.turned,
            self.end_x,
        )
        _dual_step(
            self.by_row,
            self.by_row_value,
            self.turned,
            self.y,
            self.reached,
            self.row_lower,
            self.row_upper,
            self.from_y,
            self.from_reached,
            weight,
            share,
            self.end_y,
            self.end_reached,
        )
        _back(
            self.by_column, self.by_column_value, self.end_y, self.back, self.from_back, share, self.end_back
        )
        self.restarts.inner += 1
        self.iterations = count
        if before is None:
            return False
        moved = self._moved(*before)
        if first:
            self.restarts.begin(moved)
        if not checks:
            return False
        self.look()
        if self.restarts.due(moved, count):
            self.restarts.restart(length(self.end_x - self.from_x), length(self.end_y - self.from_y))
            self._anchor()
        return True

    def look(self) -> None:
        """Look at the end of the last step, for a run that was too short for it."""
        self.error = self._evaluate()

    def _anchor(self) -> None:
        """Begin a run at the last step's end."""
        self.x, self.y = self.end_x.copy(), self.end_y.copy()
        self.reached, self.back = self.end_reached.copy(), self.end_back.copy()
        self.from_x, self.from_y = self.end_x.copy(), self.end_y.copy()
        self.from_reached, self.from_back = self.end_reached.copy(), self.end_back.copy()

    def _moved(self, y: NDArray[np.float64], reached: NDArray[np.float64]) -> float:
        """Length of the last step in the norm of the method; `y` and `reached` are those before it."""
        weight = self.restarts.primal_weight
        moved_x, moved_y = self.turned - self.end_x, self.end_y - y
        along = inner(moved_y, self.end_reached - reached)
        square = weight * inner(moved_x, moved_x) + 2.0 * along + inner(moved_y, moved_y) / weight
        return math.sqrt(max(square, 0.0))

    def _evaluate(self) -> float:
        """Relative error of the last step's end; its multipliers are kept if they are the best."""
        y = self.end_y
        reduced = self.cost - self.end_back
        limit = np.where(y > 0.0, self.row_lower, np.where(y < 0.0, self.row_upper, 0.0))
        with np.errstate(invalid="ignore"):
            boxed = np.where(
                reduced > 0.0, reduced * self.lower, np.where(reduced < 0.0, reduced * self.upper, 0.0)
            )
        bound = inner(y, limit) + float(boxed.sum())
        if bound > self.best_bound:
            self.best_bound, self.best = bound, y * self.row_scale
        value = inner(self.cost, self.end_x)
        outside = self.end_reached - np.clip(self.end_reached, self.row_lower, self.row_upper)
        gap = abs(value - bound) / (1.0 + abs(value) + abs(bound))
        return max(length(outside) / self.size, gap)


def _scales(matrix: sp.csr_array) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factors of rows and columns: Ruiz' rounds, then Pock and Chambolle's, after which the norm is at most 1."""
    size = abs(matrix)
    row, column = np.ones(matrix.shape[0]), np.ones(matrix.shape[1])
    if matrix.nnz == 0:
        return row, column
    for ordinal in [np.inf] * _RUIZ_ROUNDS + [1]:
        scaled = sp.csr_array(sp.diags_array(row) @ size @ sp.diags_array(column))
        if ordinal == 1:
            by_row, by_column = scaled.sum(axis=1), scaled.sum(axis=0)
        else:
            by_row, by_column = (scaled.max(axis=axis).toarray().reshape(-1) for axis in (1, 0))
        row = row / np.sqrt(np.where(by_row > 0.0, by_row, 1.0))
        column = column / np.sqrt(np.where(by_column > 0.0, by_column, 1.0))
    return row, column


@njit(parallel=True, cache=True, error_model="numpy")
def _primal_step(
    x: NDArray[np.float64],
    back: NDArray[np.float64],
    cost: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    from_x: NDArray[np.float64],
    weight: float,
    share: float,
    turned: NDArray[np.float64],
    end_x: NDArray[np.float64],
) -> None:
    """The primal half of a step to `end_x`; as far again to `turned`, and from there back to `from_x` a little."""
    inverse = 1.0 / weight
    for j in prange(len(x)):
        end = min(max(x[j] - (cost[j] - back[j]) * inverse, lower[j]), upper[j])
        beyond = 2.0 * end - x[j]
        end_x[j] = end
        turned[j] = beyond
        x[j] = share * beyond + (1.0 - share) * from_x[j]


@njit(parallel=True, cache=True, error_model="numpy")
def _dual_step(
    rows: Rows,
    value: NDArray[np.float64],
    turned: NDArray[np.float64],
    y: NDArray[np.float64],
    reached: NDArray[np.float64],
    row_lower: NDArray[np.float64],
    row_upper: NDArray[np.float64],
    from_y: NDArray[np.float64],
    from_reached: NDArray[np.float64],
    weight: float,
    share: float,
    end_y: NDArray[np.float64],
    end_reached: NDArray[np.float64],
) -> None:
    """The dual half, at `turned`; what the rows come to beside."""
    start, member, edge = rows
    inverse = 1.0 / weight
    for piece in prange(len(edge) - 1):
        for i in range(edge[piece], edge[piece + 1]):
            total = 0.0
            for k in range(start[i], start[i + 1]):
                total += value[k] * turned[member[k]]
            free = y[i] * inverse - total
            end = weight * (free - min(max(free, -row_upper[i]), -row_lower[i]))
            end_y[i] = end
            end_reached[i] = 0.5 * (total + reached[i])
            y[i] = share * (2.0 * end - y[i]) + (1.0 - share) * from_y[i]
            reached[i] = share * total + (1.0 - share) * from_reached[i]


@njit(parallel=True, cache=True, error_model="numpy")
def _back(
    columns: Rows,
    value: NDArray[np.float64],
    end_y: NDArray[np.float64],
    back: NDArray[np.float64],
    from_back: NDArray[np.float64],
    share: float,
    end_back: NDArray[np.float64],
) -> None:
    """What the multipliers come to in the columns, at the step's end and at the iterate."""
    start, member, edge = columns
    for piece in prange(len(edge) - 1):
        for j in range(edge[piece], edge[piece + 1]):
            total = 0.0
            for k in range(start[j], start[j + 1]):
                total += value[k] * end_y[member[k]]
            end_back[j] = total
            back[j] = share * (2.0 * total - back[j]) + (1.0 - share) * from_back[j]
