"""Options and points alone, with what each option gains, or loses where it is chosen, kept up to date."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dualgig.siting.kernels import kernel
from dualgig.siting.tables import CHOSEN, COST, NO_LIMIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.tables import State


class Field(NamedTuple):
    """Options, points, and what each option would gain or lose.

    `gain`: per option the worth of the points that it would add, or, where it is chosen, that it alone covers.
    `coverers`: per point the sum of the numbers of the chosen options that cover it. `rate`: worth of a yuan.
    """

    cost: NDArray[np.int64]
    first: NDArray[np.int64]
    points: NDArray[np.int32]
    covering_first: NDArray[np.int64]
    covering: NDArray[np.int32]
    worth: NDArray[np.int64]
    fixed: NDArray[np.int8]
    chosen: NDArray[np.bool_]
    cover: NDArray[np.int32]
    coverers: NDArray[np.int64]
    gain: NDArray[np.int64]
    listed: NDArray[np.int32]
    position: NDArray[np.int32]
    total: NDArray[np.int64]
    rate: NDArray[np.float64]
    stamp: NDArray[np.int64]
    near: NDArray[np.int32]
    weight: NDArray[np.float64]
    random: NDArray[np.uint64]


def is_covering_location(s: State, fixed: NDArray[np.int8]) -> bool:
    """Whether free options serve points of worth and nothing else: no places, rows, groups, prerequisites."""
    option = s.option[:-1]
    linked = (np.diff(s.option["needs"]) > 0) | (np.diff(s.option["users"]) > 0) | (option["group"] >= 0)
    rows = (s.row["most"][:-1] < NO_LIMIT).any()
    return not (linked & (fixed == 0)).any() and not rows and not s.place["credited"].any()


def make_field(s: State, fixed: NDArray[np.int8], seed: int) -> Field:
    """The field of a state, with what it has chosen; the lists are shared, not copied."""
    n = len(s.option) - 1
    f = Field(
        cost=s.option["cost"][:n].copy(),
        first=s.option["points"].copy(),
        points=s.points,
        covering_first=s.covering_first,
        covering=s.covering,
        worth=s.point["worth"][:-1].copy(),
        fixed=fixed,
        chosen=np.zeros(n, np.bool_),
        cover=np.zeros(len(s.cover), np.int32),
        coverers=np.zeros(len(s.cover), np.int64),
        gain=np.zeros(n, np.int64),
        listed=np.zeros(n, np.int32),
        position=np.zeros(n, np.int32),
        total=np.zeros(len(s.total), np.int64),
        rate=np.zeros(1),
        stamp=np.zeros(n + 1, np.int64),
        near=np.zeros(n, np.int32),
        weight=np.zeros(n),
        random=np.array([seed], np.uint64),
    )
    _begin(f, s.cover, s.option["chosen"][:n])
    return f


@kernel
def take_greedily(f: Field, budget_cny: int) -> None:
    """Add the options that gain most a yuan until nothing that gains fits the budget; notes the last rate."""
    heap = [
        (-f.gain[j] / max(f.cost[j], 1e-9), j)
        for j in range(len(f.gain))
        if not f.chosen[j] and f.fixed[j] == 0 and f.gain[j] > 0
    ]
    heapify(heap)
    while len(heap) > 0:
        j = heappop(heap)[1]
        if f.gain[j] == 0 or f.total[COST] + f.cost[j] > budget_cny:
            continue
        rate = f.gain[j] / max(f.cost[j], 1e-9)
        if len(heap) > 0 and -rate > heap[0][0]:
            heappush(heap, (-rate, j))
            continue
        turn(f, j)
        f.rate[0] = rate


@kernel
def give_up(f: Field, budget_cny: int) -> None:
    """Leave out what loses nothing, then what loses least a yuan, until the budget is kept."""
    heap = [
        (f.gain[j] / max(f.cost[j], 1e-9), j) for j in range(len(f.gain)) if f.chosen[j] and f.fixed[j] == 0
    ]
    heapify(heap)
    while len(heap) > 0:
        j = heappop(heap)[1]
        rate = f.gain[j] / max(f.cost[j], 1e-9)
        if len(heap) > 0 and rate > heap[0][0]:
            heappush(heap, (rate, j))
            continue
        if f.gain[j] > 0 and f.total[COST] <= budget_cny:
            break
        turn(f, j)


@kernel
def turn(f: Field, j: int) -> None:
    """Choose option j where it is not chosen, else leave it out; its own gain becomes its loss and back."""
    own = f.gain[j]
    if f.chosen[j]:
        last = f.listed[f.total[CHOSEN] - 1]
        f.listed[f.position[j]] = last
        f.position[last] = f.position[j]
        f.total[CHOSEN] -= 1
        f.total[COST] -= f.cost[j]
        for q in range(f.first[j], f.first[j + 1]):
            i = f.points[q]
            f.cover[i] -= 1
            f.coverers[i] -= j
            if f.cover[i] == 0:
                for e in range(f.covering_first[i], f.covering_first[i + 1]):
                    f.gain[f.covering[e]] += f.worth[i]
            elif f.cover[i] == 1 and f.coverers[i] >= 0:
                f.gain[f.coverers[i]] += f.worth[i]
    else:
        f.listed[f.total[CHOSEN]] = j
        f.position[j] = f.total[CHOSEN]
        f.total[CHOSEN] += 1
        f.total[COST] += f.cost[j]
        for q in range(f.first[j], f.first[j + 1]):
            i = f.points[q]
            if f.cover[i] == 0:
                for e in range(f.covering_first[i], f.covering_first[i + 1]):
                    f.gain[f.covering[e]] -= f.worth[i]
            elif f.cover[i] == 1 and f.coverers[i] >= 0:
                f.gain[f.coverers[i]] -= f.worth[i]
            f.cover[i] += 1
            f.coverers[i] += j
    f.chosen[j] = not f.chosen[j]
    f.gain[j] = own


@kernel
def _begin(f: Field, cover: NDArray[np.int32], chosen: NDArray[np.bool_]) -> None:
    """Points covered by no option of the field are covered for good; then what is chosen is chosen again."""
    own = np.zeros(len(cover), np.int32)
    for j in range(len(chosen)):
        if chosen[j]:
            for q in range(f.first[j], f.first[j + 1]):
                own[f.points[q]] += 1
    for i in range(len(cover)):
        if cover[i] > own[i]:
            f.cover[i] = 1
            f.coverers[i] = -(1 << 50)
        else:
            for e in range(f.covering_first[i], f.covering_first[i + 1]):
                f.gain[f.covering[e]] += f.worth[i]
    for j in range(len(chosen)):
        if chosen[j]:
            turn(f, j)
