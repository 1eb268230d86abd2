"""What a search weighs: the asked objective, and prices on what is short of what must be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dualgig.siting.kernels import kernel
from dualgig.siting.tables import CLASHES, COST, CREDIT, GOOD, GOOD_CREDIT, LACKING, ROWS_OVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.tables import State

LEAST_COST, MOST_GOOD, MOST_DUTY, LEAST_EXCESS = range(4)
"""Objectives, in `Target.kind`."""


class Target(NamedTuple):
    """What is asked: objective and what must be kept.

    `kind`: the objective, and its level (counted from 0) or row. `most`: budget. `least`: worth.
    `floors`: least duty of each level.
    """

    kind: NDArray[np.int64]
    most: NDArray[np.int64]
    least: NDArray[np.int64]
    floors: NDArray[np.int64]


class Prices(NamedTuple):
    """What a unit counts: of cost, of worth, above the budget, below the asked worth; per level below `wanted`.

    Half of a level's price is on what is short of `wanted`, half on what places by their credit are short of
    `aimed`, until `wanted` is reached: where more places are counted than are wanted, some may never be served.
    `share` is how much of a place's worth its credit gives while it is not served; the rows' prices stand
    in the state, which keeps what they add up to.
    """

    cost: NDArray[np.float64]
    good: NDArray[np.float64]
    share: NDArray[np.float64]
    above: NDArray[np.float64]
    below: NDArray[np.float64]
    level: NDArray[np.float64]
    wanted: NDArray[np.int64]
    aimed: NDArray[np.float64]


def no_prices(s: State) -> Prices:
    """Prices of nothing, to be set."""
    count = len(s.level)
    return Prices(
        cost=np.zeros(1),
        good=np.zeros(1),
        share=np.zeros(1),
        above=np.zeros(1),
        below=np.zeros(1),
        level=np.zeros(count),
        wanted=np.zeros(count, np.int64),
        aimed=np.zeros(count),
    )


@kernel
def energy(s: State, t: Target, p: Prices) -> float:
    """What a search makes small."""
    cost, good = s.total[COST], s.total[GOOD]
    credit = s.total[GOOD_CREDIT] / CREDIT - good
    value = p.cost[0] * cost - p.good[0] * (good + p.share[0] * credit) + s.priced[0]
    value += p.above[0] * max(0, cost - t.most[0]) + p.below[0] * max(0, t.least[0] - good)
    for k in range(len(s.level)):
        short = p.wanted[k] - s.level["duty"][k]
        if short > 0:
            by_credit = max(0.0, p.aimed[k] - s.level["credit"][k] / CREDIT)
            value += p.level[k] * 0.5 * (short + by_credit)
    return float(value)


@kernel
def keeps(s: State, t: Target) -> bool:
    """Whether the state keeps everything that is asked."""
    over = s.total[ROWS_OVER]
    if t.kind[0] == LEAST_EXCESS and s.row["sum"][t.kind[1]] > s.row["most"][t.kind[1]]:
        over -= 1
    if over > 0 or s.total[LACKING] > 0 or s.total[CLASHES] > 0:
        return False
    for k in range(len(s.level)):
        if s.level["duty"][k] < t.floors[k]:
            return False
    return bool(s.total[COST] <= t.most[0] and s.total[GOOD] >= t.least[0])


@kernel
def objective(s: State, t: Target) -> int:
    """The objective as a whole number to be made small."""
    if t.kind[0] == MOST_GOOD:
        return -int(s.total[GOOD])
    if t.kind[0] == MOST_DUTY:
        return -int(s.level["duty"][t.kind[1]])
    if t.kind[0] == LEAST_EXCESS:
        return int(max(0, s.row["sum"][t.kind[1]] - s.row["most"][t.kind[1]]))
    return int(s.total[COST])
