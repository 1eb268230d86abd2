"""The compiled moves of the row-weighting search over the duties of a siting problem.

Places that are not served, and rows that are broken, grow in weight move by move until mending them is worth
its money. A move leaves out what loses least weight per yuan, then mends at most weight won per yuan as
long as the plan stays cheaper than the best.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dualgig.siting.bundles import (
    BEST,
    FOUND,
    LAST,
    STEP,
    bundle_to_choose,
    bundle_to_drop,
    carry_out,
    cost_of,
    gain_of,
    is_wanted,
)
from dualgig.siting.kernels import kernel
from dualgig.siting.moves import below
from dualgig.siting.tables import CHOSEN, COST, OPEN, ROWS_OVER

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dualgig.siting.bundles import Weights
    from dualgig.siting.tables import State

SAMPLE = 60
"""Options looked at for one choice: the best of that many is among the best tenth but once in 500 times (best
from multiple selections; Cai, "Balance between complexity and quality", IJCAI 2015)."""

_LEAST_COST = 0.5
"""What a bundle that costs nothing is taken to cost, yuan, so that it comes before all that cost something."""


@kernel
def weigh(s: State, w: Weights, until: int) -> bool:
    """Move until that many moves have been made; false if there is nothing to move."""
    while w.total[STEP] < until:
        while _is_met(s, w):
            if w.total[FOUND] == 0 or s.total[COST] < w.total[BEST]:
                w.total[FOUND], w.total[BEST] = 1, s.total[COST]
                for j in range(len(w.best)):
                    w.best[j] = s.option["chosen"][j]
            if not _drop_one(s, w):
                return False
        w.total[STEP] += 1
        moving = w.total[FOUND] == 1 and _drop_one(s, w)
        w.total[LAST] = -1
        while not _is_met(s, w):
            mended = _mend_one(s, w)
            _grow_weights(s, w)
            moving = moving or mended
            if not mended:
                # Stuck without a plan: make room by the way of a drop.
                moving = moving or _drop_one(s, w)
                break
        if not moving:
            return False
    return True


@kernel
def _is_met(s: State, w: Weights) -> bool:
    if s.total[ROWS_OVER] > 0:
        return False
    for level in range(len(w.floor)):  # noqa: SIM110  (a generator does not compile)
        if s.level["duty"][level] < w.floor[level]:
            return False
    return True


@kernel
def _grow_weights(s: State, w: Weights) -> None:
    for a in range(s.total[OPEN]):
        if is_wanted(s, w, s.open[a]):
            w.place_weight[s.open[a]] += 1
    if s.total[ROWS_OVER] > 0:
        for r in range(len(w.row_weight)):
            if s.row["sum"][r] > s.row["most"][r]:
                w.row_weight[r] += 1


@kernel
def _drop_one(s: State, w: Weights) -> bool:
    """Leave out, or exchange for a cheaper one of its group, the option that loses least weight per yuan."""
    held = s.total[CHOSEN]
    best, best_mate, best_loss, best_saved = -1, -1, 0.0, 0.0
    for a in range(min(held, SAMPLE)):
        j = s.listed[a] if held <= SAMPLE else s.listed[below(w.random, held)]
        if not w.free[j] or j == w.total[LAST]:
            continue
        for q in range(_mates(s, j) + 1):
            mate = -1 if q == 0 else s.members[s.group["members"][s.option["group"][j]] + q - 1]
            if mate >= 0 and (mate == j or s.option["cost"][mate] >= s.option["cost"][j]):
                continue
            size = bundle_to_drop(s, w, j, mate)
            saved = -float(cost_of(s, w, size))
            if size == 0 or saved <= 0.0:
                continue
            loss = -gain_of(s, w, size)
            if best >= 0:
                this, other = loss * best_saved, best_loss * saved
                if this > other or (this == other and w.moved[j] >= w.moved[best]):
                    continue
            best, best_mate, best_loss, best_saved = j, mate, loss, saved
    if best >= 0:
        carry_out(s, w, bundle_to_drop(s, w, best, best_mate))
    return best >= 0


@kernel
def _mates(s: State, j: int) -> int:
    """How many options the exclusive group of j has, none where it has no group or something requires j."""
    g = s.option["group"][j]
    if g < 0 or s.option["using"][j] > 0:
        return 0
    return int(s.group["members"][g + 1] - s.group["members"][g])


@kernel
def _mend_one(s: State, w: Weights) -> bool:
    """Serve more of a random place that is wanted, or mend a broken row, at most weight won per yuan."""
    wanted, count = _draw_wanted(s, w), 0
    if s.total[ROWS_OVER] > 0 and (wanted < 0 or below(w.random, 2) == 0):
        count = _pick_for_row(s, w, _draw_broken(s, w))
    elif wanted >= 0:
        count = _pick_for_place(s, w, wanted)
    best, oldest, best_gain, best_cost = -1, -1, 0.0, 0.0
    for a in range(count):
        j = w.picked[a]
        size = _bundle(s, w, j)
        if size == 0:
            continue
        if oldest < 0 or w.moved[j] < w.moved[oldest]:
            oldest = j
        if not _has_changed_around(s, w, j):
            continue
        gain, cost = gain_of(s, w, size), max(float(cost_of(s, w, size)), _LEAST_COST)
        if best >= 0:
            this, other = gain * best_cost, best_gain * cost
            if this < other or (this == other and w.moved[j] >= w.moved[best]):
                continue
        best, best_gain, best_cost = j, gain, cost
    best = best if best >= 0 else oldest
    if best < 0:
        return False
    size = _bundle(s, w, best)
    if w.total[FOUND] == 1 and s.total[COST] + cost_of(s, w, size) >= w.total[BEST]:
        return False
    carry_out(s, w, size)
    w.total[LAST] = best
    return True


@kernel
def _bundle(s: State, w: Weights, j: int) -> int:
    return bundle_to_drop(s, w, j, -1) if s.option["chosen"][j] else bundle_to_choose(s, w, j)


@kernel
def _has_changed_around(s: State, w: Weights, j: int) -> bool:
    """Whether a point of j has changed since j was dropped (configuration checking; Cai, Su and Sattar,
    Artificial Intelligence 175, 2011).
    """  # noqa: D205
    if w.dropped[j] < 0 or s.option["points"][j] == s.option["points"][j + 1]:
        return True
    for q in range(s.option["points"][j], s.option["points"][j + 1]):
        if w.changed[s.points[q]] > w.dropped[j]:
            return True
    return False


@kernel
def _draw_wanted(s: State, w: Weights) -> int:
    """A random place that is wanted and that clauses can serve, -1 if there is none."""
    count = s.total[OPEN]
    first = below(w.random, max(count, 1))
    for a in range(count):
        p = s.open[(first + a) % count]
        if s.place["clauses"][p] < s.place["clauses"][p + 1] and is_wanted(s, w, p):
            return int(p)
    return -1


@kernel
def _draw_broken(s: State, w: Weights) -> int:
    rows = len(w.row_weight)
    first = below(w.random, rows)
    for a in range(rows):
        r = (first + a) % rows
        if s.row["sum"][r] > s.row["most"][r]:
            return r
    return -1


@kernel
def _pick_for_place(s: State, w: Weights, p: int) -> int:
    """Options, at most `SAMPLE`, that cover a random unserved point of a random clause that is not true."""
    clause = -1
    first, end = s.place["clauses"][p], s.place["clauses"][p + 1]
    at = below(w.random, end - first)
    for a in range(end - first):
        k = s.place_clauses[first + (at + a) % (end - first)]
        if s.clause["reached"][k] < s.clause["need"][k] and _point_of(s, w, k) >= 0:
            clause = k
            break
    if clause < 0:
        return 0
    i = _point_of(s, w, clause)
    return _pick(w, s.covering, s.covering_first[i], s.covering_first[i + 1])


@kernel
def _point_of(s: State, w: Weights, k: int) -> int:
    """A random point of clause k that is not served and that an option covers, -1 if there is none."""
    first, end = s.clause["points"][k], s.clause["points"][k + 1]
    at = below(w.random, max(end - first, 1))
    for a in range(end - first):
        i = s.clause_points[first + (at + a) % (end - first)]
        if s.cover[i] == 0 and s.covering_first[i] < s.covering_first[i + 1]:
            return int(i)
    return -1


@kernel
def _pick(w: Weights, options: NDArray[np.int32], first: int, end: int) -> int:
    """Free options of a list, those from a random one on, at most `SAMPLE`."""
    count = 0
    at = below(w.random, max(end - first, 1)) if end - first > SAMPLE else 0
    for a in range(end - first):
        j = options[first + (at + a) % (end - first)]
        if w.free[j] and count < SAMPLE:
            w.picked[count] = j
            count += 1
    return count


@kernel
def _pick_for_row(s: State, w: Weights, r: int) -> int:
    """Options, at most `SAMPLE`, whose change lowers the sum of a row."""
    count = 0
    first, end = s.row["options"][r], s.row["options"][r + 1]
    at = below(w.random, max(end - first, 1))
    for a in range(end - first):
        q = first + (at + a) % (end - first)
        j = s.row_options["item"][q]
        amount = s.row_options["amount"][q]
        lowers = amount > 0 if s.option["chosen"][j] else amount < 0
        if lowers and w.free[j] and count < SAMPLE:
            w.picked[count] = j
            count += 1
    return count
