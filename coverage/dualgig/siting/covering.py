"""Proved bound of covering location: most weight of points covered by options within a budget.

The relaxation ``max w.z, z <= A x, z <= 1, cost.x <= budget, x in a box`` is dualised in the rows ``z <= A x``:
for *any* multipliers ``0 <= u <= w`` of the points and any price of money ``p >= 0``,

``sum(w - u) + p budget + sum_j max over the box of (sum of u over j's points - p cost_j) x_j``

is at least the best weight (Lagrangian duality; the problem: Church and ReVelle, Papers of the Regional Science
Association 32, 1974). Here it is computed in whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from dualgig.siting.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROOM_BITS = 61
"""Whole numbers of the exact bound stay below 2 to this power, so that no sum overflows."""


@dataclass(frozen=True)
class Covering:
    """A covering-location problem, its matrix by points and by options.

    Parameters
    ----------
    point_start, option_of
        int64 and int32: options that cover point i are ``option_of[point_start[i]:point_start[i + 1]]``.
    option_start, point_of
        The same by options.
    weight
        int64, shape (points,), not negative.
    cost
        int64, shape (n,), not negative.
    budget
        Most that the chosen options may cost, fixed ones included.
    lower, upper
        bool, shape (n,): options that are in every plan, and those that may be in one.
    """

    point_start: NDArray[np.int64]
    option_of: NDArray[np.int32]
    option_start: NDArray[np.int64]
    point_of: NDArray[np.int32]
    weight: NDArray[np.int64]
    cost: NDArray[np.int64]
    budget: int
    lower: NDArray[np.bool_]
    upper: NDArray[np.bool_]

    def covered(self, chosen: NDArray[np.bool_]) -> int:
        """Weight that a set of options (bool, shape (n,)) covers."""
        hit = np.zeros(len(self.weight), np.bool_)
        _mark(self.option_start, self.point_of, chosen, hit)
        return int(self.weight[hit].sum())


def make_covering(
    cover: sp.csr_array,
    weight: NDArray[np.int64],
    cost: NDArray[np.int64],
    budget: int,
    *,
    lower: NDArray[np.bool_] | None = None,
    upper: NDArray[np.bool_] | None = None,
) -> Covering:
    """A covering-location problem from its matrix.

    Parameters
    ----------
    cover
        bool CSR, shape (points, n).
    weight, cost, budget, lower, upper
        As in `Covering`; by default no option is fixed. An option dearer than the budget is in no plan.
    """
    by_point = sp.csr_array((np.ones(cover.nnz, np.bool_), cover.indices, cover.indptr), shape=cover.shape)
    by_option = by_point.tocsc()
    lower = np.zeros(cover.shape[1], np.bool_) if lower is None else lower
    upper = np.ones(cover.shape[1], np.bool_) if upper is None else upper
    return Covering(
        point_start=cover.indptr.astype(np.int64),
        option_of=cover.indices.astype(np.int32, copy=False),
        option_start=by_option.indptr.astype(np.int64),
        point_of=by_option.indices.astype(np.int32, copy=False),
        weight=weight,
        cost=cost,
        budget=budget,
        lower=lower,
        upper=lower | (upper & (cost <= budget)),
    )


@dataclass(frozen=True)
class ExactBound:
    """A bound in whole numbers.

    Parameters
    ----------
    numerator, scale
        No plan covers more weight than ``numerator / scale``.
    reduced
        int64, shape (n,): what an option adds to the numerator where it is chosen, with its box open.
    """

    numerator: int
    scale: int
    reduced: NDArray[np.int64]

    @property
    def weight(self) -> int:
        """Whole weight that no plan exceeds."""
        return self.numerator // self.scale


def exact_bound(covering: Covering, multipliers: NDArray[np.float64], price: float) -> ExactBound:
    """The bound that any multipliers and price prove, in whole numbers.

    Parameters
    ----------
    covering
        The problem.
    multipliers
        float64, shape (points,); they are moved into ``[0, weight]``.
    price
        Worth of one unit of money; a negative one counts as 0.
    """
    total = max(1, int(covering.weight.sum()))
    scale = 1 << max(0, _ROOM_BITS - total.bit_length())
    top = covering.weight * scale
    whole = np.rint(np.clip(multipliers, 0.0, covering.weight) * float(scale)).astype(np.int64)
    whole = np.clip(whole, 0, top)
    gain = np.zeros(len(covering.cost), np.int64)
    _gains(covering.option_start, covering.point_of, whole, gain)
    may = covering.upper
    dearest = max(1, covering.budget, int(covering.cost[may].max(initial=0)))
    money = min(max(0, round(price * scale)), (1 << _ROOM_BITS) // dearest)
    reduced = np.zeros(len(gain), np.int64)
    reduced[may] = gain[may] - money * covering.cost[may]
    numerator = _sum(top - whole) + money * covering.budget
    numerator += _sum(np.where(covering.lower, reduced, np.maximum(reduced, 0)))
    return ExactBound(numerator, scale, reduced)


def _sum(whole: NDArray[np.int64]) -> int:
    """Sum that may be larger than 64 bits hold."""
    return (int((whole >> 32).sum()) << 32) + int((whole & 0xFFFFFFFF).sum())


@kernel
def _gains(
    start: NDArray[np.int64], member: NDArray[np.int32], value: NDArray[np.int64], out: NDArray[np.int64]
) -> None:
    for j in range(len(out)):
        total = 0
        for k in range(start[j], start[j + 1]):
            total += value[member[k]]
        out[j] = total


@kernel
def _mark(
    start: NDArray[np.int64], member: NDArray[np.int32], chosen: NDArray[np.bool_], hit: NDArray[np.bool_]
) -> None:
    for j in range(len(chosen)):
        if chosen[j]:
            for k in range(start[j], start[j + 1]):
                hit[member[k]] = True
