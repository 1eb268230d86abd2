"""Plans for covering location from the relaxation's solution: rounding and greedy steps."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

import numpy as np

from dualgig.siting.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.covering import Covering


def round_plan(covering: Covering, solution: NDArray[np.float64], *, sure: float = 0.9) -> NDArray[np.bool_]:
    """A plan within the budget: what the relaxation is sure of, then the most weight a unit of money.

    The greedy steps take whatever adds most weight for its cost and still fits (Khuller, Moss and Naor,
    Information Processing Letters 70, 1999); an option's rate only falls, so a heap of old rates
    suffices (Minoux, 1978).

    Parameters
    ----------
    covering
        The problem.
    solution
        float64, shape (n,): values of the options in the relaxation.
    sure
        Value from which an option is taken as it is; above 1, all is left to the greedy steps.

    Returns
    -------
    bool, shape (n,)
    """
    order = np.argsort(-solution, kind="stable")
    first = order[covering.lower[order] | (covering.upper[order] & (solution[order] >= sure))]
    first = first[np.argsort(~covering.lower[first], kind="stable")]
    chosen = np.zeros(len(covering.cost), np.bool_)
    _fill(
        covering.option_start,
        covering.point_of,
        covering.weight,
        covering.cost,
        covering.upper,
        covering.budget,
        first,
        chosen,
    )
    return chosen


@kernel
def _fill(
    start: NDArray[np.int64],
    point: NDArray[np.int32],
    weight: NDArray[np.int64],
    cost: NDArray[np.int64],
    upper: NDArray[np.bool_],
    budget: int,
    first: NDArray[np.int64],
    chosen: NDArray[np.bool_],
) -> None:
    hit = np.zeros(len(weight), np.bool_)
    left = budget
    for j in first:
        if cost[j] <= left:
            chosen[j] = True
            left -= cost[j]
            hit[point[start[j] : start[j + 1]]] = True
    heap = [(0.0, 0)]
    heap.pop()
    for j in range(len(cost)):
        if upper[j] and not chosen[j] and cost[j] <= left:
            gain = _gain(start, point, weight, hit, j)
            if gain > 0:
                heap.append((-gain / max(cost[j], 1e-3), j))
    heapq.heapify(heap)
    while len(heap) > 0:
        _, j = heapq.heappop(heap)
        if cost[j] > left:
            continue
        gain = _gain(start, point, weight, hit, j)
        rate = -gain / max(cost[j], 1e-3)
        if len(heap) > 0 and (rate, j) > heap[0]:
            if gain > 0:
                heapq.heappush(heap, (rate, j))
            continue
        if gain > 0:
            chosen[j] = True
            left -= cost[j]
            hit[point[start[j] : start[j + 1]]] = True


@kernel
def _gain(
    start: NDArray[np.int64],
    point: NDArray[np.int32],
    weight: NDArray[np.int64],
    hit: NDArray[np.bool_],
    j: int,
) -> int:
    total = 0
    for k in range(start[j], start[j + 1]):
        if not hit[point[k]]:
            total += weight[point[k]]
    return total
