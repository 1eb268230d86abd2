"""Proved bound of any program, from any multipliers of its rows, and a first-order method that finds good ones.

For ``min c.x, row_lower <= K x <= row_upper, lower <= x <= upper`` and *any* multipliers y of the rows,

``sum_i (y_i row_lower_i if y_i > 0 else y_i row_upper_i) + sum_j min over the box of (c - K' y)_j x_j``

is at most the least value (Lagrangian duality); `bound_of` evaluates it rounded outwards. Good multipliers come
from the primal-dual hybrid gradient method for linear programs: rescaling, averages, restarts, primal weight
(PDLP: Applegate et al., NeurIPS 2021, sections 3 and 4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from numba import njit, prange

from dualgig.siting.pdhg import Iterate, Restarts, threads_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.program import Program

_CHECK_EVERY = 40
"""Iterations between two looks at bound and restart."""

_RUIZ_ROUNDS = 10
"""Rounds of Ruiz' rescaling (RAL-TR-2001-034), as many as PDLP takes."""

_ROUNDING = 2.0**-52
"""Twice the relative error of one operation in double precision, so that the error's own rounding is covered."""


@dataclass(frozen=True)
class Dual:
    """Multipliers of a program's rows and what they prove.

    Parameters
    ----------
    multipliers
        float64, one a row, for the program as a minimisation (the negated objective where it maximises).
    bound
        In the program's own sense; not finite if a column without a bound has a reduced cost.
    reduced_low, reduced_high
        float64, one a column: within these the reduced cost lies, in the minimisation.
    """

    multipliers: NDArray[np.float64]
    bound: float
    reduced_low: NDArray[np.float64]
    reduced_high: NDArray[np.float64]


def bound_of(program: Program, multipliers: NDArray[np.float64]) -> Dual:
    """The bound that multipliers prove, every rounding taken to the safe side.

    A sum of k products errs by at most ``k u / (1 - k u)`` times the sum of their sizes (Higham, Accuracy and
    Stability of Numerical Algorithms, 2002, section 3.1).

    Parameters
    ----------
    program
        The program; its integrality is not used.
    multipliers
        float64, one a row, of any size and sign, for the program as a minimisation; a sign that a row without
        that limit cannot have counts as 0.
    """
    y = _with_sign(program, multipliers)
    sign = -1.0 if program.maximise else 1.0
    columns = len(program.cost)
    rows = np.repeat(np.arange(len(y)), np.diff(program.row_start))
    terms = program.value * y[rows]
    total = np.bincount(program.column, weights=terms, minlength=columns)
    size = np.bincount(program.column, weights=np.abs(terms), minlength=columns) + np.abs(program.cost)
    count = np.bincount(program.column, minlength=columns) + 2
    reduced = sign * program.cost - total
    slack = count * _ROUNDING * size
    low, high = np.nextafter(reduced - slack, -np.inf), np.nextafter(reduced + slack, np.inf)
    limit = np.where(y > 0.0, program.row_lower, np.where(y < 0.0, program.row_upper, 0.0))
    parts = np.concatenate([_down(y * limit), _least(low, high, program.lower, program.upper)])
    value = -np.inf if np.isneginf(parts).any() else math.nextafter(math.fsum(parts.tolist()), -math.inf)
    return Dual(y, sign * value, low, high)


def _with_sign(program: Program, multipliers: NDArray[np.float64]) -> NDArray[np.float64]:
    y = np.where(np.isneginf(program.row_lower), np.minimum(multipliers, 0.0), multipliers)
    return np.where(np.isposinf(program.row_upper), np.maximum(y, 0.0), y)


def _down(product: NDArray[np.float64]) -> NDArray[np.float64]:
    """A product's lower neighbour, 0 for a product that is exactly 0."""
    return np.where(product == 0.0, 0.0, np.nextafter(product, -np.inf))


def _least(
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Least of ``r x`` over r in [low, high] and x in [lower, upper], rounded down."""
    with np.errstate(invalid="ignore"):
        corners = [np.where(x == 0.0, 0.0, r * x) for r in (low, high) for x in (lower, upper)]
    return _down(np.minimum.reduce([np.where(np.isnan(c), 0.0, c) for c in corners]))


@dataclass(frozen=True)
class Pair:
    """Where a descent begins or has ended.

    Parameters
    ----------
    primal
        float64, one a column.
    multipliers
        float64, one a row, for the program as a minimisation.
    weight
        The primal weight of the method.
    """

    primal: NDArray[np.float64]
    multipliers: NDArray[np.float64]
    weight: float


def dual_bound(
    program: Program,
    *,
    iterations: int,
    tolerance: float = 0.0,
    start: NDArray[np.float64] | None = None,
) -> Dual:
    """Find multipliers of a program's rows that prove a good bound.

    Parameters
    ----------
    program
        The program; its integrality is not used.
    iterations
        Most iterations; each takes two products with the matrix.
    tolerance
        End when relaxation and bound agree to this share, rows broken by no more.
    start
        float64, one a row: multipliers to start from.
    """
    pair = None if start is None else Pair(np.zeros(len(program.cost)), start, 0.0)
    found, _ = descend(program, iterations=iterations, tolerance=tolerance, start=pair)
    if start is None:
        return found
    before = bound_of(program, start)
    return found if (found.bound <= before.bound) == program.maximise else before


def descend(
    program: Program,
    *,
    iterations: int,
    tolerance: float = 0.0,
    start: Pair | None = None,
    on_look: Callable[[], None] | None = None,
) -> tuple[Dual, Pair]:
    """The best multipliers of a run of the method and what they prove, and where the next run may begin.

    Equal programs give equal bytes on any number of threads: each row and column is summed by one of them.

    Parameters
    ----------
    program, iterations, tolerance
        As for `dual_bound`.
    start
        Where to begin; a weight of 0 is chosen anew.
    on_look
        Called every few iterations; what it raises ends the run.
    """
    with threads_for(len(program.value)):
        descent = _Descent(program, start)
        while descent.iterations < iterations and descent.error > tolerance:
            descent.step()
            if descent.iterations % _CHECK_EVERY == 0 or descent.iterations == iterations:
                descent.look()
                if on_look is not None:
                    on_look()
    return bound_of(program, descent.best), descent.pair


class _Descent:
    """The iterates of the method on the rescaled program, and the best multipliers so far."""

    def __init__(self, program: Program, start: Pair | None) -> None:
        columns, rows = len(program.cost), len(program.row_lower)
        matrix = sp.csr_array((program.value, program.column, program.row_start), shape=(rows, columns))
        self.row_scale, self.column_scale = _scales(matrix)
        matrix = sp.csr_array(
            sp.diags_array(self.row_scale) @ matrix @ sp.diags_array(self.column_scale), dtype=np.float64
        )
        turned = matrix.T.tocsr()
        self.by_row = (matrix.indptr, matrix.indices, matrix.data)
        self.by_column = (turned.indptr, turned.indices, turned.data)
        self.cost = (-1.0 if program.maximise else 1.0) * program.cost * self.column_scale
        self.lower, self.upper = program.lower / self.column_scale, program.upper / self.column_scale
        self.row_lower, self.row_upper = (
            program.row_lower * self.row_scale,
            program.row_upper * self.row_scale,
        )
        self.size = 1.0 + np.linalg.norm(np.where(np.isfinite(self.row_lower), self.row_lower, 0.0))
        y = np.zeros(rows) if start is None else _with_sign(program, start.multipliers) / self.row_scale
        x = np.zeros(columns) if start is None else start.primal / self.column_scale
        x = np.clip(x, self.lower, self.upper)
        self.now = Iterate(x, y, np.zeros(rows), np.zeros(columns))
        _product(*self.by_column, y, self.now.back)
        _product(*self.by_row, x, self.now.reached)
        length = float(np.linalg.norm(self.cost))
        limits = np.where(np.isfinite(self.row_lower), self.row_lower, self.row_upper)
        right = float(np.linalg.norm(np.where(np.isfinite(limits), limits, 0.0)))
        weight = length / right if length > 0.0 and right > 0.0 else 1.0
        self.restarts = Restarts(weight if start is None or start.weight == 0.0 else start.weight)
        self.sums = Iterate.zero(columns, rows)
        self.from_x, self.from_y = x.copy(), y.copy()
        self.iterations = 0
        self.best, self.best_bound = y * self.row_scale, -np.inf
        self.error = self._evaluate(self.now)[1]

    @property
    def pair(self) -> Pair:
        """Iterate and best multipliers in the program's own scale."""
        return Pair(self.now.primal * self.column_scale, self.best, self.restarts.primal_weight)

    def step(self) -> None:
        now, sums, weight = self.now, self.sums, self.restarts.primal_weight
        np.clip(now.primal - (self.cost - now.back) / weight, self.lower, self.upper, out=now.primal)
        _row_step(
            *self.by_row,
            now.primal,
            now.reached,
            now.dual,
            self.row_lower,
            self.row_upper,
            weight,
            sums.reached,
            sums.dual,
        )
        _product(*self.by_column, now.dual, now.back)
        np.add(sums.primal, now.primal, out=sums.primal)
        np.add(sums.back, now.back, out=sums.back)
        self.restarts.inner += 1
        self.iterations += 1

    def look(self) -> None:
        """Evaluate iterate and average, restart where that helps; `error` is the smaller relative one."""
        better = self.now
        weighted, self.error = self._evaluate(self.now)
        average = self.sums.over(self.restarts.inner)
        average_weighted, average_error = self._evaluate(average)
        self.error = min(self.error, average_error)
        if average_weighted < weighted:
            better, weighted = average, average_weighted
        if self.restarts.due(weighted, self.iterations):
            moved_x, moved_y = better.primal - self.from_x, better.dual - self.from_y
            self.restarts.restart(float(np.linalg.norm(moved_x)), float(np.linalg.norm(moved_y)), weighted)
            self.now = better
            self.from_x, self.from_y = better.primal.copy(), better.dual.copy()
            self.sums.clear()

    def _evaluate(self, pair: Iterate) -> tuple[float, float]:
        """Weighted error of a pair (Applegate et al., section 4.1) and its relative error."""
        x, y, reached, back = pair
        reduced = self.cost - back
        limit = np.where(y > 0.0, self.row_lower, np.where(y < 0.0, self.row_upper, 0.0))
        with np.errstate(invalid="ignore"):
            boxed = np.where(
                reduced > 0.0, reduced * self.lower, np.where(reduced < 0.0, reduced * self.upper, 0.0)
            )
        bound = float(y @ limit) + float(boxed.sum())
        if bound > self.best_bound:
            self.best_bound, self.best = bound, y * self.row_scale
        value = float(self.cost @ x)
        broken = float(np.linalg.norm(reached - np.clip(reached, self.row_lower, self.row_upper)))
        gap = abs(value - bound)
        weight = self.restarts.primal_weight
        relative = max(broken / self.size, gap / (1.0 + abs(value) + abs(bound)))
        return math.hypot(math.sqrt(weight) * broken, gap / math.sqrt(weight)), relative


def _scales(matrix: sp.csr_array) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Factors of rows and columns: Ruiz' rounds, then Pock and Chambolle's, after which the norm is at most 1."""
    size = abs(matrix)
    row, column = np.ones(matrix.shape[0]), np.ones(matrix.shape[1])
    for ordinal in [np.inf] * _RUIZ_ROUNDS + [1]:
        scaled = sp.csr_array(sp.diags_array(row) @ size @ sp.diags_array(column))
        if ordinal == 1:
            by_row, by_column = scaled.sum(axis=1), scaled.sum(axis=0)
        else:
            by_row, by_column = (scaled.max(axis=axis).toarray().reshape(-1) for axis in (1, 0))
        row = row / np.sqrt(np.where(by_row > 0.0, by_row, 1.0))
        column = column / np.sqrt(np.where(by_column > 0.0, by_column, 1.0))
    return row, column


@njit(parallel=True, cache=True)
def _product(
    start: NDArray[np.int32],
    member: NDArray[np.int32],
    value: NDArray[np.float64],
    of: NDArray[np.float64],
    out: NDArray[np.float64],
) -> None:
    for i in prange(len(out)):
        total = 0.0
        for k in range(start[i], start[i + 1]):
            total += value[k] * of[member[k]]
        out[i] = total


@njit(parallel=True, cache=True)
def _row_step(
    start: NDArray[np.int32],
    member: NDArray[np.int32],
    value: NDArray[np.float64],
    x: NDArray[np.float64],
    reached: NDArray[np.float64],
    y: NDArray[np.float64],
    row_lower: NDArray[np.float64],
    row_upper: NDArray[np.float64],
    step: float,
    reached_sum: NDArray[np.float64],
    y_sum: NDArray[np.float64],
) -> None:
    """The dual half of an iteration, at ``2 x - x before``; products and sums of the average beside."""
    for i in prange(len(y)):
        total = 0.0
        for k in range(start[i], start[i + 1]):
            total += value[k] * x[member[k]]
        free = y[i] / step - (2.0 * total - reached[i])
        y[i] = step * (free - min(max(free, -row_upper[i]), -row_lower[i]))
        reached[i] = total
        reached_sum[i] += total
        y_sum[i] += y[i]
