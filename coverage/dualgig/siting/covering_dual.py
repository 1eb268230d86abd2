"""Multipliers that prove a low bound of a covering-location problem, by a first-order method.

The primal-dual hybrid gradient method, reflected and anchored, with restarts as in `dualgig.siting.descent` (sources
there; diagonal steps: Pock and Chambolle, ICCV 2011), on the saddle point ``min over 0 <= u <= w, max over box and
budget of sum(w - u) + u.A x``. Boxes are bounded on both sides, so every pair proves a finite bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numba import njit, prange

from dualgig.siting.covering import exact_bound
from dualgig.siting.kernels import kernel
from dualgig.siting.pdhg import Restarts, threads_for
from dualgig.siting.products import inner, rows_of, sums

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.covering import Covering
    from dualgig.siting.products import Rows

_CHECK_EVERY = 20
"""Iterations between two looks at bound and restart; a look costs about one iteration."""

_ROOT_STEPS, _EXACT = 60, 1e-12
"""Most steps to the price at which the budget is spent, and the share of it that may be left."""


@dataclass(frozen=True)
class CoveringDual:
    """Multipliers and what they prove.

    Parameters
    ----------
    multipliers
        float64, shape (points,), in ``[0, weight]``.
    price
        Worth of one unit of money, not negative.
    bound
        Whole weight that no plan exceeds, computed exactly from the two.
    solution
        float64, shape (n,): the options' values in the relaxation, within box and budget.
    relaxed
        Weight that `solution` covers in the relaxation: no multipliers prove less.
    iterations
        How many were made.
    """

    multipliers: NDArray[np.float64]
    price: float
    bound: int
    solution: NDArray[np.float64]
    relaxed: float
    iterations: int


def covering_bound(
    covering: Covering,
    *,
    iterations: int,
    tolerance: float = 0.0,
    start: CoveringDual | None = None,
) -> CoveringDual:
    """Find multipliers that prove a low bound.

    Equal problems give equal bytes on any number of threads: each row and column is summed by one of them.

    Parameters
    ----------
    covering
        The problem.
    iterations
        Most iterations; each takes two products with the matrix.
    tolerance
        End when the bound is within this share of the relaxation's value.
    start
        Where to start from, of the same or a similar problem.
    """
    with threads_for(len(covering.option_of)):
        descent = _Descent(covering, start)
        while descent.iterations < iterations and descent.gap > tolerance * descent.best_bound:
            descent.step()
        descent.look()
    bound = exact_bound(covering, descent.best_multipliers, descent.best_price).weight
    return CoveringDual(
        descent.best_multipliers,
        descent.best_price,
        bound,
        descent.best_solution,
        descent.best_relaxed,
        descent.iterations,
    )


class _Descent:
    """The iterates of the method and the best bound among the ends of its steps; as `dualgig.siting.descent`."""

    x: NDArray[np.float64]
    u: NDArray[np.float64]
    reached: NDArray[np.float64]
    back: NDArray[np.float64]
    from_x: NDArray[np.float64]
    from_u: NDArray[np.float64]
    from_reached: NDArray[np.float64]
    from_back: NDArray[np.float64]

    def __init__(self, covering: Covering, start: CoveringDual | None) -> None:
        self.covering = covering
        self.weight = covering.weight.astype(np.float64)
        self.cost = covering.cost.astype(np.float64)
        self.low, self.high = covering.lower.astype(np.float64), covering.upper.astype(np.float64)
        self.by_point = rows_of(covering.point_start, covering.option_of)
        self.by_option = rows_of(covering.option_start, covering.point_of)
        n, points = len(self.cost), len(self.weight)
        size = np.zeros(n)
        sums(self.by_option, self.weight, size)
        degree = np.diff(covering.point_start)
        # steps for the matrix in units of covered weight: 1 / column sum and weight / row count
        self.primal_step = 1.0 / np.maximum(size, 1e-9)
        self.dual_step = self.weight / np.maximum(degree, 1)
        self.primal_scale = size
        self.dual_scale = np.divide(1.0, self.dual_step, out=np.zeros(points), where=self.dual_step > 0.0)
        self.restarts = Restarts()
        self.price = 0.0 if start is None else start.price
        if start is None:
            share = covering.budget / max(1.0, float(self.cost.sum()))
            x, u = np.full(n, min(1.0, share)), 0.5 * self.weight
        else:
            x, u = start.solution, start.multipliers
        self.end_x, self.end_u = np.clip(x, self.low, self.high), np.clip(u, 0.0, self.weight)
        self.end_reached, self.end_back = np.zeros(points), np.zeros(n)
        sums(self.by_point, self.end_x, self.end_reached)
        sums(self.by_option, self.end_u, self.end_back)
        self._anchor()
        self.iterations = 0
        self.best_bound, self.best_relaxed = np.inf, -np.inf
        self.best_multipliers, self.best_price = self.end_u.copy(), self.price
        self.best_solution = self.end_x.copy()
        self._evaluate()

    @property
    def gap(self) -> float:
        """Best bound less best weight of the relaxation."""
        return float(self.best_bound - self.best_relaxed)

    def look(self) -> None:
        """Look at the end of the last step, if that has not been done."""
        if self.iterations % _CHECK_EVERY != 0:
            self._evaluate()

    def step(self) -> None:
        """One iteration; every few of them are looked at."""
        count = self.iterations + 1
        checks, first = count % _CHECK_EVERY == 0, self.restarts.inner == 0
        before = (self.u.copy(), self.reached.copy()) if checks or first else None
        weight = self.restarts.primal_weight
        share = (self.restarts.inner + 1.0) / (self.restarts.inner + 2.0)
        step = self.primal_step / weight
        to = self.x + step * self.back
        budget = float(self.covering.budget)
        self.price = _project(
            to, step * self.cost, self.cost, self.low, self.high, budget, self.price, self.end_x
        )
        turned = 2.0 * self.end_x - self.x
        moved_x = self.end_x - self.x
        self.x = share * turned + (1.0 - share) * self.from_x
        _dual_step(
            self.by_point,
            turned,
            self.u,
            self.reached,
            self.weight,
            self.from_u,
            self.from_reached,
            weight * self.dual_step,
            share,
            self.end_u,
            self.end_reached,
        )
        sums(self.by_option, self.end_u, self.end_back)
        self.back = share * (2.0 * self.end_back - self.back) + (1.0 - share) * self.from_back
        self.restarts.inner += 1
        self.iterations = count
        if before is None:
            return
        moved_u = self.end_u - before[0]
        along = inner(moved_u, self.end_reached - before[1])
        in_x = inner(moved_x**2, self.primal_scale) * weight
        in_u = inner(moved_u**2, self.dual_scale) / weight
        moved = math.sqrt(max(in_x + in_u + 2.0 * along, 0.0))
        if first:
            self.restarts.begin(moved)
        if not checks:
            return
        self._evaluate()
        if self.restarts.due(moved, count):
            far_x = math.sqrt(inner((self.end_x - self.from_x) ** 2, self.primal_scale))
            far_u = math.sqrt(inner((self.end_u - self.from_u) ** 2, self.dual_scale))
            self.restarts.restart(far_x, far_u)
            self._anchor()

    def _anchor(self) -> None:
        """Begin a run at the last step's end."""
        self.x, self.u = self.end_x.copy(), self.end_u.copy()
        self.reached, self.back = self.end_reached.copy(), self.end_back.copy()
        self.from_x, self.from_u = self.end_x.copy(), self.end_u.copy()
        self.from_reached, self.from_back = self.end_reached.copy(), self.end_back.copy()

    def _evaluate(self) -> None:
        """Keep what the last step's end proves, and its values, if they are the best."""
        x, u, reached, gain = self.end_x, self.end_u, self.end_reached, self.end_back
        price, gained = _knapsack(gain, self.cost, self.low, self.high, float(self.covering.budget))
        bound = float((self.weight - u).sum()) + gained
        relaxed = float(self.weight @ np.minimum(reached, 1.0))
        if bound < self.best_bound:
            self.best_bound, self.best_multipliers, self.best_price = bound, u.copy(), price
        feasible = float(self.cost @ x) <= self.covering.budget * (1.0 + 1e-9)
        if feasible and relaxed > self.best_relaxed:
            self.best_relaxed, self.best_solution = relaxed, x.copy()


def _knapsack(
    gain: NDArray[np.float64],
    cost: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    budget: float,
) -> tuple[float, float]:
    """Price at which the budget is spent, and ``p budget + sum of max over the box of (gain - p cost) x``.

    The most worth of a fractional knapsack (Dantzig, Operations Research 5, 1957): options in the order of
    worth a unit of money.
    """
    budget -= float(cost @ low)
    constant = float(gain @ low)
    room = high - low
    dear = np.flatnonzero((room > 0.0) & (cost > 0.0) & (gain > 0.0))
    constant += float(gain @ (room * ((cost <= 0.0) & (gain > 0.0))))
    ratio = gain[dear] / cost[dear]
    order = dear[np.argsort(-ratio, kind="stable")]
    spent = np.cumsum(cost[order])
    fits = int(np.searchsorted(spent, budget, side="right"))
    if fits == len(order):
        return 0.0, constant + float(gain[order].sum())
    price = float(gain[order[fits]] / cost[order[fits]])
    left = budget - (float(spent[fits - 1]) if fits else 0.0)
    return price, constant + float(gain[order[:fits]].sum()) + price * left


@kernel
def _project(
    to: NDArray[np.float64],
    slope: NDArray[np.float64],
    cost: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    budget: float,
    guess: float,
    out: NDArray[np.float64],
) -> float:
    """Nearest vector within box and budget, in the norm of the steps, into `out`; returns the price of money.

    The vector is ``clip(to - p slope)``, the slope being step times cost; what it costs falls with p, so p is found by the Illinois
    method (Dowell and Jarratt, BIT 11, 1971) in a bracket around the last one.
    """
    if _spent(to, slope, cost, low, high, 0.0) <= budget:
        _clip(to, slope, low, high, 0.0, out)
        return 0.0
    most = guess if guess > 0.0 else 1e-12
    least = 0.0
    for _ in range(2000):
        if _spent(to, slope, cost, low, high, most) <= budget:
            break
        least = most
        most *= 1.1
    if least == 0.0:
        below = most / 1.1
        while below > 1e-300 and _spent(to, slope, cost, low, high, below) <= budget:
            most = below
            below /= 1.1
        least = below
    too_much = _spent(to, slope, cost, low, high, least) - budget
    room = budget - _spent(to, slope, cost, low, high, most)
    side = 0
    for _ in range(_ROOT_STEPS):
        if room <= _EXACT * budget or most - least <= _EXACT * most:
            break
        middle = least + (most - least) * too_much / (too_much + room)
        over = _spent(to, slope, cost, low, high, middle) - budget
        if over > 0.0:
            least, too_much = middle, over
            room *= 0.5 if side > 0 else 1.0
            side = 1
        else:
            most, room = middle, -over
            too_much *= 0.5 if side < 0 else 1.0
            side = -1
    _clip(to, slope, low, high, most, out)
    return most


@kernel
def _spent(
    to: NDArray[np.float64],
    slope: NDArray[np.float64],
    cost: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    price: float,
) -> float:
    total = 0.0
    for j in range(len(to)):
        total += cost[j] * min(max(to[j] - price * slope[j], low[j]), high[j])
    return total


@kernel
def _clip(
    to: NDArray[np.float64],
    slope: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    price: float,
    out: NDArray[np.float64],
) -> None:
    for j in range(len(to)):
        out[j] = min(max(to[j] - price * slope[j], low[j]), high[j])


@njit(parallel=True, cache=True, error_model="numpy")
def _dual_step(
    rows: Rows,
    turned: NDArray[np.float64],
    u: NDArray[np.float64],
    reached: NDArray[np.float64],
    weight: NDArray[np.float64],
    from_u: NDArray[np.float64],
    from_reached: NDArray[np.float64],
    step: NDArray[np.float64],
    share: float,
    end_u: NDArray[np.float64],
    end_reached: NDArray[np.float64],
) -> None:
    """``end <- clip(u - step (A turned - 1))``; as far again, and back to where the run began a little."""
    start, member, edge = rows
    for piece in prange(len(edge) - 1):
        for i in range(edge[piece], edge[piece + 1]):
            total = 0.0
            for k in range(start[i], start[i + 1]):
                total += turned[member[k]]
            end = min(max(u[i] - step[i] * (total - 1.0), 0.0), weight[i])
            end_u[i] = end
            end_reached[i] = 0.5 * (total + reached[i])
            u[i] = share * (2.0 * end - u[i]) + (1.0 - share) * from_u[i]
            reached[i] = share * total + (1.0 - share) * from_reached[i]
