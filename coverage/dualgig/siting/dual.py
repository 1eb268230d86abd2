"""Proved bound of any program, from any multipliers of its rows, and good ones.

For ``min c.x, row_lower <= K x <= row_upper, lower <= x <= upper`` and *any* multipliers y of the rows,

``sum_i (y_i row_lower_i if y_i > 0 else y_i row_upper_i) + sum_j min over the box of (c - K' y)_j x_j``

is at most the least value (Lagrangian duality); `bound_of` evaluates it rounded outwards. Good multipliers come
from `Descent`.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.siting.descent import Descent
from dualgig.siting.pdhg import threads_for

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.program import Program

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
    best
        float64, one a row: the multipliers of the best bound of the run.
    weight
        The primal weight of the method; 0 for one that suits the program's sizes.
    iterations
        How many have been made, earlier runs' among them: the more, the longer it goes on without a restart.
    """

    primal: NDArray[np.float64]
    multipliers: NDArray[np.float64]
    best: NDArray[np.float64]
    weight: float
    iterations: int


def dual_bound(
    program: Program,
    *,
    iterations: int,
    tolerance: float = 0.0,
    deadline_s: float | None = None,
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
    deadline_s
        Moment of `time.monotonic` at which to end with the best so far.
    """
    return descend(program, iterations=iterations, tolerance=tolerance, deadline_s=deadline_s)[0]


def descend(
    program: Program,
    *,
    iterations: int,
    tolerance: float = 0.0,
    start: Pair | None = None,
    deadline_s: float | None = None,
    on_look: Callable[[], None] | None = None,
) -> tuple[Dual, Pair]:
    """The best multipliers of a run of the method and what they prove, and where the next run may begin.

    Equal programs give equal bytes on any number of threads: each row and column is summed by one of them.

    Parameters
    ----------
    program, iterations, tolerance, deadline_s
        As for `dual_bound`.
    start
        Where to begin: the end of an earlier run, or of one on a program of fewer rows.
    on_look
        Called every few iterations; what it raises ends the run.
    """
    with threads_for(len(program.value)):
        descent = _begun(program, start)
        looked, last = False, descent.iterations + iterations
        while descent.iterations < last and descent.error > tolerance:
            if deadline_s is not None and time.monotonic() >= deadline_s:
                break
            if descent.step():
                looked = True
                if on_look is not None:
                    on_look()
        if not looked:
            descent.look()
    found = bound_of(program, descent.best)
    weight = descent.restarts.primal_weight
    return found, Pair(descent.primal, descent.multipliers, found.multipliers, weight, descent.iterations)


def _begun(program: Program, start: Pair | None) -> Descent:
    if start is None:
        return Descent(program)
    multipliers = _with_sign(program, start.multipliers)
    return Descent(program, start.primal, multipliers, start.weight, start.iterations)
