"""Lower bound of set covering by Lagrangian multipliers, exact to the last digit, and what it fixes."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.siting.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.setcover import SetCover

_MEMORY = 0.7
"""Share of the last direction that is added to the subgradient: Camerini, Fratta and Maffioli, On improving
relaxation methods by modified gradient techniques, Mathematical Programming Study 3 (1975), with a fixed share."""

_PATIENCE = 100
"""Iterations without progress after which the step is halved, from Beasley, A Lagrangian heuristic for set
covering problems, Naval Research Logistics 37 (1990), section 2.3, who halves after 30; with memory 100 end
nearer to the best."""

_PROGRESS = 1e-4
"""Share of the bound that counts as progress."""

_LEAST_STEP = 1e-5
"""Step factor at which the multipliers move no more."""

_CHUNK = 100
"""Steps between two looks at the clock; the multipliers go the same way whatever it is."""

_STEP, _BOUND, _STALE = range(3)
"""Step factor, best bound and steps without progress in `_ascend`."""

_MOST_BITS = 62
"""Scaled sums stay below 2**62, so that 64-bit integers hold them."""


@dataclass(frozen=True)
class CoverBound:
    """Multipliers and the bound that they prove.

    Parameters
    ----------
    multipliers
        int64, shape (rows,), not negative, in units of ``1 / 2**bits`` of the cost's unit.
    bits
        Binary digits after the point.
    scaled
        The bound in that unit, an exact whole number.
    value
        Least whole cost that the bound leaves possible, rounded up to a multiple of the costs' divisor.
    """

    multipliers: NDArray[np.int64]
    bits: int
    scaled: int
    value: int


def cover_bound(
    covering: SetCover,
    upper: int,
    *,
    iterations: int = 3_000,
    multipliers: NDArray[np.float64] | None = None,
    deadline_s: float | None = None,
) -> CoverBound:
    """A lower bound on the cost of every cover, by subgradient steps on the multipliers of the rows.

    Parameters
    ----------
    covering
        The covering problem, each row with a column.
    upper
        Cost of a cover that is known: Polyak's step aims at it.
    iterations
        Most steps; each is two passes over the nonzeros.
    multipliers
        float64, shape (rows,), to start from; by default each row's least cost per row of a column.
    deadline_s
        Moment of `time.monotonic` at which to take what there is.

    Raises
    ------
    ValueError
        A row has no column: nothing covers it, at any cost.
    """
    if (np.diff(covering.row_start) == 0).any():
        raise ValueError("A row without a column cannot be covered.")
    if multipliers is None:
        ratio = covering.cost / np.maximum(1, np.diff(covering.column_start))
        multipliers = (
            np.minimum.reduceat(ratio[covering.row_columns], covering.row_start[:-1])
            if covering.rows
            else np.zeros(0)
        )
    now, best = multipliers.astype(np.float64), multipliers.astype(np.float64)
    direction, climb = np.zeros(covering.rows), np.array([1.0, -np.inf, 0.0])
    cost, done = covering.cost.astype(np.float64), 0
    while done < iterations and climb[_STEP] > _LEAST_STEP:
        steps = min(_CHUNK, iterations - done)
        arrays = (cost, covering.column_start, covering.column_rows, now, best, direction, climb)
        _ascend(*arrays, float(upper), steps)
        done += steps
        if deadline_s is not None and time.monotonic() >= deadline_s:
            break
    return certify(covering, best)


def certify(covering: SetCover, multipliers: NDArray[np.float64]) -> CoverBound:
    """The bound that some multipliers prove, in whole numbers, so that no rounding error is left.

    For any multipliers u that are not negative, ``sum(u) + sum(min(0, cost - u @ matrix))`` is at most the
    cost of any cover (Lagrangian relaxation of the rows; Fisher, Management Science 27, 1981). The
    multipliers are first rounded to binary fractions; everything after that is exact.

    Parameters
    ----------
    covering
        The covering problem.
    multipliers
        float64, shape (rows,); negative and non-finite ones count as 0.
    """
    clean = np.where(np.isfinite(multipliers), np.maximum(multipliers, 0.0), 0.0)
    # A row is never worth more than all columns together, and capped multipliers cannot overflow.
    clean = np.minimum(clean, float(covering.cost.sum()))
    largest = (
        float(covering.cost.sum()) + float(clean @ np.diff(covering.row_start)) + float(clean.sum()) + 1.0
    )
    bits = max(0, min(40, _MOST_BITS - math.ceil(math.log2(largest)) - 1))
    scaled = np.floor(clean * 2.0**bits).astype(np.int64)
    reduced = _scaled_reduced_costs(covering, scaled, bits)
    total = int(scaled.sum()) + int(np.minimum(reduced, 0).sum())
    unit = math.gcd(*np.unique(covering.cost).tolist(), 0) or 1
    value = max(0, -(-total // (unit << bits)) * unit)
    return CoverBound(scaled, bits, total, value)


def reduced_costs(covering: SetCover, bound: CoverBound) -> NDArray[np.int64]:
    """Cost of each column less its rows' multipliers: int64, shape (columns,), in the bound's unit."""
    return _scaled_reduced_costs(covering, bound.multipliers, bound.bits)


def _scaled_reduced_costs(covering: SetCover, multipliers: NDArray[np.int64], bits: int) -> NDArray[np.int64]:
    worth = np.append(0, np.cumsum(multipliers[covering.column_rows]))
    covered = worth[covering.column_start[1:]] - worth[covering.column_start[:-1]]
    return np.asarray((covering.cost << bits) - covered, np.int64)


def out_of_reach(covering: SetCover, bound: CoverBound, upper: int) -> NDArray[np.bool_]:
    """Columns that no cover cheaper than `upper` contains: bool, shape (columns,).

    With such a column the bound grows by its reduced cost where that is positive (reduced-cost fixing).
    """
    reduced = reduced_costs(covering, bound)
    return np.asarray((reduced > 0) & (reduced >= (upper << bound.bits) - bound.scaled))


def core_columns(covering: SetCover, bound: CoverBound, each: int) -> NDArray[np.int64]:
    """The `each` columns of least reduced cost of every row, and all whose reduced cost is not positive.

    Most rows of a good cover are covered by such a column, so a search that cannot look at all columns
    looks at these (the core problem of Caprara, Fischetti and Toth, Operations Research 47, 1999).
    Returns int64, ascending.
    """
    reduced = reduced_costs(covering, bound)
    kept = reduced <= 0
    order = np.lexsort((covering.row_columns, reduced[covering.row_columns], _owners(covering.row_start)))
    rank = np.arange(len(order)) - np.repeat(covering.row_start[:-1], np.diff(covering.row_start))
    kept[covering.row_columns[order[rank < each]]] = True
    return np.flatnonzero(kept)


def _owners(first: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(first) - 1), np.diff(first))


@kernel
def _ascend(
    cost: NDArray[np.float64],
    column_start: NDArray[np.int64],
    column_rows: NDArray[np.int64],
    now: NDArray[np.float64],
    best: NDArray[np.float64],
    direction: NDArray[np.float64],
    climb: NDArray[np.float64],
    upper: float,
    steps: int,
) -> None:
    """Some subgradient steps; `climb` holds the step factor, the best bound, the steps without progress."""
    rows, columns = len(now), len(cost)
    gradient = np.empty(rows)
    for _ in range(steps):
        bound = now.sum()
        gradient[:] = 1.0
        for j in range(columns):
            reduced = cost[j]
            for q in range(column_start[j], column_start[j + 1]):
                reduced -= now[column_rows[q]]
            if reduced < 0.0:
                bound += reduced
                for q in range(column_start[j], column_start[j + 1]):
                    gradient[column_rows[q]] -= 1.0
        climb[_STALE] += 1.0
        if bound > climb[_BOUND]:
            if bound > climb[_BOUND] + _PROGRESS * abs(climb[_BOUND]):
                climb[_STALE] = 0.0
            climb[_BOUND] = bound
            best[:] = now
        if climb[_STALE] >= _PATIENCE:
            climb[_STALE] = 0.0
            climb[_STEP] *= 0.5
            if climb[_STEP] <= _LEAST_STEP:
                return
            now[:] = best
            direction[:] = 0.0
            # The subgradient of the best multipliers is found anew by the next step.
            continue
        norm = 0.0
        for r in range(rows):
            if now[r] <= 0.0 and gradient[r] < 0.0:
                gradient[r] = 0.0
            direction[r] = gradient[r] + _MEMORY * direction[r]
            norm += direction[r] * direction[r]
        if norm == 0.0:
            climb[_STEP] = 0.0
            return
        length = climb[_STEP] * max(upper - bound, 0.0) / norm
        for r in range(rows):
            now[r] = max(0.0, now[r] + length * direction[r])
