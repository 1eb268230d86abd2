"""Better plans for covering location by annealing among the options that the multipliers speak for.

The general search in `local` keeps duties and rows of every kind; where there is nothing but points and a
budget, a move touches two options' points and costs a tenth, which large problems need.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.siting.covering import exact_bound
from dualgig.siting.covering_plan import round_plan
from dualgig.siting.kernels import kernel
from dualgig.siting.moves import below

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.covering import Covering
    from dualgig.siting.covering_dual import CoveringDual

_CORE = 0.05
"""Options whose reduced worth is below minus this are left aside, in the price of an option of mean cost (the
core of Balas and Zemel, Operations Research 28, 1980)."""

_HOT, _COLD = 0.1, 0.005
"""Temperature at first and at last, in the same unit."""

_STAGES = 100
"""Temperatures; at each, moves go once along the options' order."""

_BLOCK = 2000
"""Options among which moves are made in a row: numbered along a curve, their points fit a processor's cache."""

_DROPS = 8
"""Of the chosen options that come up, one in so many is tried without."""

_TRIES = 4
"""Points of an option looked at for one that a single chosen option covers, to exchange the two."""

_CHEAPER, _DEARER = 0.9, 1.05
"""How the price of money goes down while some is left, and up to the multipliers' price while it is not."""

_FINE = 1 << 30
"""Steps of a random share."""


def anneal(
    covering: Covering, chosen: NDArray[np.bool_], dual: CoveringDual, *, moves: int, seed: int = 0
) -> NDArray[np.bool_]:
    """Make a plan better: options exchanged, added and dropped at a price on money, always within the budget.

    Equal calls give equal plans.

    Parameters
    ----------
    covering
        The problem; its options numbered so that neighbours have near numbers, or it takes longer.
    chosen
        bool, shape (n,): a plan within box and budget.
    dual
        Multipliers, whose price values money and whose reduced worth tells which options matter.
    moves
        How many moves are tried.
    seed
        Of the random moves.

    Returns
    -------
    bool, shape (n,)
        A plan within box and budget that covers at least as much.
    """
    proof = exact_bound(covering, dual.multipliers, dual.price)
    unit = max(dual.price * float(covering.cost[chosen].mean()) if chosen.any() else 0.0, 1e-9)
    core = covering.upper & ~covering.lower & (chosen | (proof.reduced / proof.scale >= -_CORE * unit))
    members = np.flatnonzero(core)
    if len(members) == 0:
        return chosen
    number = np.full(len(core), -1, np.int32)
    number[members] = np.arange(len(members), dtype=np.int32)
    of_option = covering.point_of[np.repeat(core, np.diff(covering.option_start))]
    start = np.append(0, np.cumsum(np.diff(covering.option_start)[members]))
    now = chosen[members]
    fixed = np.zeros(len(covering.weight), np.bool_)
    for j in np.flatnonzero(covering.lower):
        fixed[covering.point_of[covering.option_start[j] : covering.option_start[j + 1]]] = True
    _walk(
        start,
        of_option,
        np.where(fixed, 0, covering.weight),
        covering.cost[members],
        covering.budget - int(covering.cost[covering.lower].sum()),
        now,
        dual.price,
        moves,
        _HOT * unit,
        _COLD * unit,
        np.array([seed], np.uint64),
    )
    found = covering.lower.copy()
    found[members] = now
    return round_plan(covering, found.astype(np.float64))


@kernel
def _walk(
    start: NDArray[np.int64],
    point_of: NDArray[np.int32],
    weight: NDArray[np.int64],
    cost: NDArray[np.int64],
    budget: int,
    chosen: NDArray[np.bool_],
    top_price: float,
    moves: int,
    hot: float,
    cold: float,
    random: NDArray[np.uint64],
) -> None:
    n = len(cost)
    # how many chosen options cover a point, and the exclusive or of their numbers: the only one, where it is one
    count, owner = np.zeros(len(weight), np.int32), np.zeros(len(weight), np.int32)
    left = budget
    for j in range(n):
        if chosen[j]:
            left -= cost[j]
            _turn(start, point_of, count, owner, j, 1)
    mean = cost.mean()
    price = top_price
    value = best = 0
    kept = chosen.copy()
    blocks = max(1, n // _BLOCK)
    for stage in range(_STAGES):
        temperature = hot * (cold / hot) ** (stage / (_STAGES - 1))
        shift = below(random, n)
        for block in range(blocks):
            price = price * _CHEAPER if left > mean else min(price * _DEARER, top_price)
            here = shift + block * _BLOCK
            # blocks overlap, so that an exchange may cross from one to the next
            for _ in range(max(1, moves // (blocks * _STAGES))):
                k = (here + below(random, _BLOCK + _BLOCK // 2)) % n
                j = -1
                if chosen[k]:
                    if below(random, _DROPS) > 0:
                        continue
                    j, k = k, -1
                elif start[k] < start[k + 1]:
                    j = _rival(start, point_of, count, owner, k, random)
                gain = loss = 0
                spent = 0
                if k >= 0:
                    gain = _gain(start, point_of, weight, count, owner, k, j)
                    spent += cost[k]
                if j >= 0:
                    loss = _loss(start, point_of, weight, count, j)
                    spent -= cost[j]
                if spent > left:
                    continue
                better = gain - loss - price * spent
                if better < 0.0 and below(random, _FINE) >= _FINE * np.exp(better / temperature):
                    continue
                if j >= 0:
                    chosen[j] = False
                    _turn(start, point_of, count, owner, j, -1)
                if k >= 0:
                    chosen[k] = True
                    _turn(start, point_of, count, owner, k, 1)
                left -= spent
                value += gain - loss
        if value > best:
            best = value
            kept[:] = chosen
    chosen[:] = kept


@kernel
def _rival(
    start: NDArray[np.int64],
    point_of: NDArray[np.int32],
    count: NDArray[np.int32],
    owner: NDArray[np.int32],
    k: int,
    random: NDArray[np.uint64],
) -> int:
    """A chosen option that alone covers a random point of k, or -1."""
    for _ in range(_TRIES):
        i = point_of[start[k] + below(random, start[k + 1] - start[k])]
        if count[i] == 1:
            return int(owner[i])
    return -1


@kernel
def _gain(
    start: NDArray[np.int64],
    point_of: NDArray[np.int32],
    weight: NDArray[np.int64],
    count: NDArray[np.int32],
    owner: NDArray[np.int32],
    k: int,
    without: int,
) -> int:
    """Weight that k adds once another option is gone."""
    total = 0
    for q in range(start[k], start[k + 1]):
        i = point_of[q]
        if count[i] == 0 or (count[i] == 1 and owner[i] == without):
            total += weight[i]
    return total


@kernel
def _loss(
    start: NDArray[np.int64],
    point_of: NDArray[np.int32],
    weight: NDArray[np.int64],
    count: NDArray[np.int32],
    j: int,
) -> int:
    """Weight that j alone covers."""
    total = 0
    for q in range(start[j], start[j + 1]):
        if count[point_of[q]] == 1:
            total += weight[point_of[q]]
    return total


@kernel
def _turn(
    start: NDArray[np.int64],
    point_of: NDArray[np.int32],
    count: NDArray[np.int32],
    owner: NDArray[np.int32],
    j: int,
    by: int,
) -> None:
    """Count an option in or out."""
    for q in range(start[j], start[j + 1]):
        count[point_of[q]] += by
        owner[point_of[q]] ^= j
