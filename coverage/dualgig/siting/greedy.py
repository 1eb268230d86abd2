"""Greedy steps on the state of a siting problem: add what gives most per yuan, drop what is not needed."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from dualgig.siting.energy import energy, keeps, objective
from dualgig.siting.kernels import kernel
from dualgig.siting.moves import add, drop, release, undo
from dualgig.siting.tables import CHOSEN, COST, ROWS_OVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.energy import Prices, Target
    from dualgig.siting.moves import Desk
    from dualgig.siting.tables import State

FREE = 1e18
"""Gain per yuan of what costs nothing, times its gain."""


@kernel
def fill(s: State, d: Desk, t: Target, p: Prices) -> float:
    """Add options, most gain in energy per yuan first, as long as money lasts; the cost itself has no price.

    Gains are looked at again when an option is the next (Minoux, Accelerated greedy algorithms, 1978); as
    places that need several points make gains grow as well, all are looked at again from time to time.

    Returns
    -------
    float
        Gain per yuan of the last option that was paid for; 0 where none was.
    """
    option, last = s.option, 0.0
    while True:
        heap = [(0.0, 0) for _ in range(0)]
        for j in range(len(option) - 1):
            if not option["chosen"][j] and d.fixed[j] == 0 and _counts(s, j):
                rate = _rate(s, d, t, p, j)
                if rate > 0.0:
                    heap.append((-rate, j))
        heapify(heap)
        added, enough = 0, 16 + s.total[CHOSEN] // 8
        while len(heap) > 0 and added < enough:
            j = heappop(heap)[1]
            if option["chosen"][j]:
                continue
            rate = _rate(s, d, t, p, j)
            if rate <= 0.0:
                continue
            if len(heap) > 0 and -rate > heap[0][0]:
                heappush(heap, (-rate, j))
                continue
            d.size[0] = 0
            add(s, d, j)
            release(s, d, 0)
            added += 1
            if rate < FREE:
                last = rate
            for at in range(d.size[0]):
                _push_users(s, d, t, p, d.journal[at], heap)
        if added == 0:
            return last


@kernel
def prune(s: State, d: Desk, t: Target, order: NDArray[np.int64]) -> None:
    """Leave out options, in the order given, where that costs neither what is kept nor the objective."""
    for j in order:
        if not s.option["chosen"][j] or d.fixed[j] != 0:
            continue
        cost, value = s.total[COST], objective(s, t)
        d.size[0] = 0
        fine = drop(s, d, j) and release(s, d, 0)
        if not fine or not keeps(s, t) or objective(s, t) > value or s.total[COST] > cost:
            undo(s, d, 0)


@kernel
def _rate(s: State, d: Desk, t: Target, p: Prices, j: int) -> float:
    """Gain per yuan of an option with all that it requires, -1 where it gains nothing or cannot be paid."""
    cost, before, over, priced = s.total[COST], energy(s, t, p), s.total[ROWS_OVER], s.priced[0]
    begin = d.size[0]
    fine = add(s, d, j) and release(s, d, begin)
    paid, gain = s.total[COST] - cost, before - energy(s, t, p)
    fine = fine and (paid <= 0 or s.total[COST] <= t.most[0]) and s.total[ROWS_OVER] <= over
    undo(s, d, begin)
    s.priced[0] = priced
    if not fine or gain <= 1e-12 * (1.0 + abs(before)):
        return -1.0
    return FREE * gain if paid <= 0 else gain / paid


@kernel
def _counts(s: State, j: int) -> bool:
    """Whether an option serves something or stands in a row."""
    option = s.option
    serves = option["points"][j] < option["points"][j + 1]
    return bool(serves or option["rows"][j] < option["rows"][j + 1])


@kernel
def _push_users(s: State, d: Desk, t: Target, p: Prices, k: int, heap: list[tuple[float, int]]) -> None:
    """What requires an option that has come to be chosen costs less now."""
    option = s.option
    if not option["chosen"][k]:
        return
    for q in range(option["users"][k], option["users"][k + 1]):
        j = int(np.int64(s.users[q]))
        if not option["chosen"][j] and d.fixed[j] == 0 and _counts(s, j):
            rate = _rate(s, d, t, p, j)
            if rate > 0.0:
                heappush(heap, (-rate, j))
