"""Maximal covering location (Church and ReVelle, 1974): most worth of points within a budget, nothing else asked.

A special case that is searched faster than the others: what each option gains, or loses where it is chosen,
stands in a table that every change keeps up to date, so that a site and all that might take its place are
compared at once.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from dualgig.siting.cooling import windows
from dualgig.siting.covering_field import give_up, take_greedily, turn
from dualgig.siting.kernels import kernel
from dualgig.siting.moves import below
from dualgig.siting.tables import CHOSEN, COST

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.covering_field import Field

_FLIPS = 6
"""Options looked at alone for each site that is exchanged."""

_HOT, _COLD = 0.2, 0.007
"""Temperature at first and at last, in the price of an option of mean cost."""

_WINDOWS, _WORK, _SHOW = 200, 2e7, 0.05
"""Windows at least, pairs of option and point that one touches at most, and the part between plans shown."""

_FAR = 14.0
"""Temperatures below the best at which a candidate is as good as never drawn: exp(-14) is below 1e-6."""


def search_field(
    f: Field,
    budget_cny: int,
    moves: int,
    deadline_s: float | None,
    on_plan: Callable[[NDArray[np.bool_]], None],
) -> None:
    """Exchange sites at a falling temperature, the price of money led so that the budget is spent.

    Parameters
    ----------
    f
        A field with any plan.
    budget_cny
        Most that everything chosen may cost.
    moves
        Sites that are left out and drawn anew.
    deadline_s
        Moment of `time.monotonic` at which to stop.
    on_plan
        Called from time to time, and at the end, with the chosen options of a plan that keeps the budget.
    """
    _fit(f, budget_cny)
    on_plan(f.chosen)
    if f.rate[0] == 0.0:
        chosen = f.chosen & (f.fixed == 0) & (f.cost > 0)
        f.rate[0] = np.quantile(f.gain[chosen] / f.cost[chosen], 0.1) if chosen.any() else 0.0
    if f.rate[0] == 0.0 or moves <= 0:
        return
    pairs = len(f.points) / max(1, len(f.gain)) * len(f.covering) / max(1, len(f.worth))
    window = int(max(1, min(moves // _WINDOWS + 1, f.total[CHOSEN], _WORK / (20 + pairs))))
    shown = 0.0
    for now in windows(moves, window, deadline_s, hot=_HOT, cold=_COLD):
        paid = f.chosen & (f.fixed == 0)
        unit = f.rate[0] * float(f.cost[paid].mean()) if paid.any() else 1.0
        exchange(f, now.steps, now.hot * unit, now.cold * unit)
        f.rate[0] *= min(1.25, max(0.8, f.total[COST] / max(1, budget_cny)))
        if now.part - shown > _SHOW:
            shown, rate = now.part, float(f.rate[0])
            _fit(f, budget_cny)
            on_plan(f.chosen)
            f.rate[0] = rate
    _fit(f, budget_cny)
    on_plan(f.chosen)


def _fit(f: Field, budget_cny: int) -> None:
    """Give up what is above the budget, then spend what is left."""
    give_up(f, budget_cny)
    take_greedily(f, budget_cny)


@kernel
def exchange(f: Field, steps: int, hot: float, cold: float) -> None:
    """Draw sites anew at a price of money, the temperature (in worth) falling from `hot` to `cold`.

    A chosen site is left out, and of all that cover what it alone covered, itself and nothing one is drawn
    with the odds of exp(value / temperature) (heat bath: Creutz, Physical Review D 21, 1980); then a few
    options are looked at alone in the same way.
    """
    heat = hot
    for step in range(steps):
        if step % 64 == 0:
            heat = hot * (cold / hot) ** (step / steps)
        if f.total[CHOSEN] > 0:
            i = int(np.int64(f.listed[below(f.random, f.total[CHOSEN])]))
            if f.fixed[i] == 0:
                turn(f, i)
                j = _drawn(f, i, heat)
                if j >= 0:
                    turn(f, j)
        for _ in range(_FLIPS):
            j = below(f.random, len(f.gain))
            if f.fixed[j] == 0:
                value = f.gain[j] - f.rate[0] * f.cost[j]
                if f.chosen[j]:
                    value = -value
                if value > 0 or (value > -_FAR * heat and _uniform(f) < math.exp(value / heat)):
                    turn(f, j)


@kernel
def _drawn(f: Field, i: int, heat: float) -> int:
    """An option in the place of i, which has just been left out, or -1 for none."""
    f.stamp[0] += 1
    count, best = 0, 0.0
    for q in range(f.first[i], f.first[i + 1]):
        point = f.points[q]
        if f.cover[point] > 0:
            continue
        for e in range(f.covering_first[point], f.covering_first[point + 1]):
            k = f.covering[e]
            if f.stamp[k + 1] == f.stamp[0]:
                continue
            f.stamp[k + 1] = f.stamp[0]
            if f.fixed[k] == 0:
                value = f.gain[k] - f.rate[0] * f.cost[k]
                if value > best - _FAR * heat:
                    f.near[count], f.weight[count] = k, value
                    count += 1
                    best = max(best, value)
    added = math.exp(-best / heat)
    for c in range(count):
        f.weight[c] = math.exp((f.weight[c] - best) / heat)
        added += f.weight[c]
    at = _uniform(f) * added
    for c in range(count):
        at -= f.weight[c]
        if at < 0.0:
            return int(np.int64(f.near[c]))
    return -1


@kernel
def _uniform(f: Field) -> float:
    return below(f.random, 1 << 30) / (1 << 30)
