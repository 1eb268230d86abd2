"""Prices of a local search: a start from the plan at hand, then up or down as what must be kept is kept or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.siting.energy import (
    LEAST_COST,
    LEAST_EXCESS,
    MOST_DUTY,
    MOST_GOOD,
    Prices,
    energy,
    no_prices,
)
from dualgig.siting.kernels import kernel
from dualgig.siting.moves import drop, release, undo
from dualgig.siting.tables import CHOSEN, COST, CREDIT, NO_LIMIT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.energy import Target
    from dualgig.siting.moves import Desk
    from dualgig.siting.tables import State
    from dualgig.siting.walk import Trace

_LINEAR, _HINGE = 0.8, 0.45
"""A money row at market price P costs 0.8 P a yuan, and 1.25 P above its most: bought at less, given up at more."""

_LOW = 0.25
"""Quantile of the rates of what is chosen that is taken as the market price."""


def begin_prices(s: State, d: Desk, t: Target, wanted: NDArray[np.int64]) -> Prices:
    """Prices at which the chosen options are about worth what they cost.

    Parameters
    ----------
    s, d, t
        State with a plan, desk, target.
    wanted
        int64, shape (levels,): duties below which a price is paid.
    """
    p = no_prices(s)
    p.wanted[:], p.aimed[:] = wanted, np.maximum(wanted, s.level["credit"] / CREDIT)
    kind = int(t.kind[0])
    mean = mean_cost(s, d)
    duty_a_yuan = _market(s, d, t, p, p.level, 1.0 / mean)
    good_a_yuan = _market(
        s, d, t, p, p.good, float(s.point["worth"].sum() + s.place["worth"].sum() + 1) / mean
    )
    if kind == MOST_GOOD:
        p.good[0], yuan = 1.0, good_a_yuan
    elif kind == MOST_DUTY:
        yuan = duty_a_yuan
    elif kind == LEAST_EXCESS:
        yuan = _typical(s, int(t.kind[1])) / mean
        s.row["hinge"][t.kind[1]] = 1.0
    else:
        yuan = 1.0
    p.level[:] = 1.5 * yuan / duty_a_yuan
    if kind == MOST_DUTY:
        p.level[:] = 3.0
        p.level[t.kind[1]] = 1.0
    limited = t.most[0] < NO_LIMIT
    p.cost[0] = 1.0 if kind == LEAST_COST else _LINEAR * yuan if limited else 1e-3 * yuan
    p.above[0] = yuan if kind == LEAST_COST else _HINGE * yuan
    if t.least[0] > -NO_LIMIT and kind != MOST_GOOD:
        p.good[0], p.below[0] = _LINEAR * yuan / good_a_yuan, _HINGE * yuan / good_a_yuan
    for r in np.flatnonzero((s.row["most"][:-1] < NO_LIMIT) & ~d.rule).tolist():
        if kind == LEAST_EXCESS and r == t.kind[1]:
            continue
        s.row["hinge"][r] = 0.5 * yuan * mean / _typical(s, r)
        s.row["linear"][r] = 0.0
    price_rows(s)
    return p


def adapt(s: State, d: Desk, t: Target, p: Prices, w: Trace, *, late: bool) -> None:
    """Move prices after a window: up on what was exceeded often, down on what was kept throughout."""
    looks = max(1, int(w.looks[0]))
    often = 0.25 if late else 0.5
    kind = int(t.kind[0])
    if kind != LEAST_COST:
        factor = _factor(w.above[0] / looks, often)
        p.cost[0] *= factor
        p.above[0] *= factor
    else:
        p.above[0] *= _factor(w.above[0] / looks, often)
    if t.least[0] > -NO_LIMIT and kind != MOST_GOOD:
        factor = _factor(w.above[1] / looks, often)
        p.good[0] *= factor
        p.below[0] *= factor
    for k in range(len(p.level)):
        if kind == MOST_DUTY and k == t.kind[1]:
            continue
        p.level[k] *= _factor(w.short[k] / looks, often)
        if w.short[k] > 0.9 * looks:
            p.aimed[k] = max(p.aimed[k], s.level["credit"][k] / CREDIT + 1.0)
    for r in range(len(w.over)):
        if not d.rule[r] and not (kind == LEAST_EXCESS and r == t.kind[1]):
            s.row["hinge"][r] *= _factor(w.over[r] / looks, often)
    for tally in (w.looks, w.above, w.short, w.over):
        tally[:] = 0
    price_rows(s)


def price_rows(s: State) -> None:
    """Add up what the rows cost at their prices."""
    row = s.row[:-1]
    over = np.maximum(0, row["sum"] - row["most"])
    s.priced[0] = float(row["linear"] @ row["sum"] + row["hinge"] @ over)


def mean_cost(s: State, d: Desk) -> float:
    """Cost of an option that serves something, with its share of what others require, at least 1 yuan.

    That of the chosen options that are not fixed, or of all where none is chosen.
    """
    option = s.option[:-1]
    free = d.fixed == 0
    if (free & option["chosen"]).any():
        free = free & option["chosen"]
    serving = int((free & (np.diff(s.option["points"]) > 0)).sum())
    return max(1.0, float(option["cost"][free].sum()) / max(1, serving))


def _factor(share: float, often: float) -> float:
    return 1.1 if share > 0.9 else 1.04 if share > often else 0.97 if share < 0.5 * often else 1.0


def _typical(s: State, r: int) -> float:
    """Mean size of a row's amounts, at least 1."""
    amount = np.abs(s.row_options["amount"][s.row["options"][r] : s.row["options"][r + 1]])
    return max(1.0, float(amount.mean())) if len(amount) else 1.0


def _market(s: State, d: Desk, t: Target, p: Prices, field: NDArray[np.float64], least: float) -> float:
    """Energy a yuan that the least worthy chosen options bring, with a price of 1 on one field alone."""
    field[:] = 1.0
    rates = _rates(s, d, t, p)
    field[:] = 0.0
    rates = rates[rates > 0]
    return float(np.quantile(rates, _LOW)) if len(rates) else least


@kernel
def _rates(s: State, d: Desk, t: Target, p: Prices) -> NDArray[np.float64]:
    """Energy a yuan that each chosen option brings with what it alone requires; 0 where it cannot go."""
    listed = s.listed[: s.total[CHOSEN]].copy()
    rates = np.zeros(len(listed))
    for at in range(len(listed)):
        cost, before, priced = s.total[COST], energy(s, t, p), s.priced[0]
        d.size[0] = 0
        if drop(s, d, listed[at]) and release(s, d, 0) and s.total[COST] < cost:
            rates[at] = (energy(s, t, p) - before) / (cost - s.total[COST])
        undo(s, d, 0)
        s.priced[0] = priced
    return rates
