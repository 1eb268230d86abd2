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
    STEP,
    TICK,
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

_FIRST_SAMPLE = 300
"""Options looked at for the first of the two that a move leaves out."""

_TENURE = 20
"""Bundles after which what was dropped may come back, whatever has changed."""

_MENDS = 50
"""Most that is mended in a move: places that need options which exclude one another would take turns for ever."""

_LEAST_COST = 0.5
"""What a bundle that costs nothing is taken to cost, yuan, so that it comes before all that cost something."""


@kernel
def weigh(s: State, w: Weights, until: int) -> bool:
    """Move until that many moves have been made; false if the duties ask for nothing that may be left out."""
    option, now = s.option, s.total
    total, best_plan = w.total, w.best
    while total[STEP] < until:
        while _is_met(s, w):
            if total[FOUND] == 0 or now[COST] < total[BEST]:
                total[FOUND], total[BEST] = 1, now[COST]
                for j in range(len(best_plan)):
                    best_plan[j] = option["chosen"][j]
            if not _drop_one(s, w, SAMPLE):
                return False
        total[STEP] += 1
        if total[FOUND] == 1:
            _drop_one(s, w, _FIRST_SAMPLE)
            _drop_one(s, w, SAMPLE)
        mends = 0
        while mends < _MENDS and not _is_met(s, w):
            if _mend_one(s, w):
                mends += 1
            else:
                mends = _MENDS
                # Without a plan nothing is dropped above: something may stand in the way.
                if total[FOUND] == 0:
                    _drop_one(s, w, SAMPLE)
            _grow_weights(s, w)
    return True


@kernel
def _is_met(s: State, w: Weights) -> bool:
    levels, now = s.level, s.total
    floor = w.floor
    if now[ROWS_OVER] > 0:
        return False
    for level in range(len(floor)):  # noqa: SIM110  (a generator does not compile)
        if levels["duty"][level] < floor[level]:
            return False
    return True


@kernel
def _grow_weights(s: State, w: Weights) -> None:
    row, unserved, now = s.row, s.open, s.total
    place_weight, row_weight = w.place_weight, w.row_weight
    for a in range(now[OPEN]):
        if is_wanted(s, w, unserved[a]):
            place_weight[unserved[a]] += 1
    if now[ROWS_OVER] > 0:
        for r in range(len(row_weight)):
            if row["sum"][r] > row["most"][r]:
                row_weight[r] += 1


@kernel
def _drop_one(s: State, w: Weights, sample: int) -> bool:
    """Leave out, or exchange for a cheaper one of its group, the option that loses least weight per yuan."""
    option, group, members, listed, now = s.option, s.group, s.members, s.listed, s.total
    free, moved, random = w.free, w.moved, w.random
    held = now[CHOSEN]
    best, best_mate, best_loss, best_saved = -1, -1, 0.0, 0.0
    for a in range(min(held, sample)):
        j = listed[a] if held <= sample else listed[below(random, held)]
        if not free[j]:
            continue
        for q in range(_mates(s, j) + 1):
            mate = -1 if q == 0 else members[group["members"][option["group"][j]] + q - 1]
            if mate >= 0 and (mate == j or option["cost"][mate] >= option["cost"][j]):
                continue
            size = bundle_to_drop(s, w, j, mate)
            saved = -float(cost_of(s, w, size))
            if size == 0 or saved <= 0.0:
                continue
            loss = -gain_of(s, w, size)
            if best >= 0:
                this, other = loss * best_saved, best_loss * saved
                if this > other or (this == other and moved[j] >= moved[best]):
                    continue
            best, best_mate, best_loss, best_saved = j, mate, loss, saved
    if best >= 0:
        carry_out(s, w, bundle_to_drop(s, w, best, best_mate))
    return best >= 0


@kernel
def _mates(s: State, j: int) -> int:
    """How many options the exclusive group of j has, none where it has no group or something requires j."""
    option, group = s.option, s.group
    g = option["group"][j]
    if g < 0 or option["using"][j] > 0:
        return 0
    return int(group["members"][g + 1] - group["members"][g])


@kernel
def _mend_one(s: State, w: Weights) -> bool:
    """Serve more of a random place that is wanted, or mend a broken row, at most weight won per yuan."""
    now = s.total
    moved, total, picked, random = w.moved, w.total, w.picked, w.random
    wanted, count = _draw_wanted(s, w), 0
    if now[ROWS_OVER] > 0 and (wanted < 0 or below(random, 2) == 0):
        count = _pick_for_row(s, w, _draw_broken(s, w))
    elif wanted >= 0:
        count = _pick_for_place(s, w, wanted)
    best, oldest, best_gain, best_cost = -1, -1, 0.0, 0.0
    for a in range(count):
        j = picked[a]
        size = _bundle(s, w, j)
        if size == 0:
            continue
        if oldest < 0 or moved[j] < moved[oldest]:
            oldest = j
        if not _has_changed_around(s, w, j):
            continue
        gain, cost = gain_of(s, w, size), max(float(cost_of(s, w, size)), _LEAST_COST)
        if best >= 0:
            this, other = gain * best_cost, best_gain * cost
            if this < other or (this == other and moved[j] >= moved[best]):
                continue
        best, best_gain, best_cost = j, gain, cost
    best = best if best >= 0 else oldest
    if best < 0:
        return False
    size = _bundle(s, w, best)
    if total[FOUND] == 1 and now[COST] + cost_of(s, w, size) >= total[BEST]:
        return False
    carry_out(s, w, size)
    return True


@kernel
def _bundle(s: State, w: Weights, j: int) -> int:
    return bundle_to_drop(s, w, j, -1) if s.option["chosen"][j] else bundle_to_choose(s, w, j)


@kernel
def _has_changed_around(s: State, w: Weights, j: int) -> bool:
    """Whether a point of j has changed since j was dropped (configuration checking; Cai, Su and Sattar,
    Artificial Intelligence 175, 2011), or long ago: where a duty asks for some of many places, nothing beside
    an option has to change for it to be wanted again.
    """  # noqa: D205
    option, covered = s.option, s.points
    dropped, changed = w.dropped, w.changed
    if dropped[j] < 0 or w.total[TICK] - dropped[j] > _TENURE:
        return True
    for q in range(option["points"][j], option["points"][j + 1]):  # noqa: SIM110
        if changed[covered[q]] > dropped[j]:
            return True
    return False


@kernel
def _draw_wanted(s: State, w: Weights) -> int:
    """A random place that is wanted and that clauses can serve, -1 if there is none."""
    place, unserved, now = s.place, s.open, s.total
    random = w.random
    count = now[OPEN]
    first = below(random, max(count, 1))
    for a in range(count):
        p = unserved[(first + a) % count]
        if place["clauses"][p] < place["clauses"][p + 1] and is_wanted(s, w, p):
            return int(p)
    return -1


@kernel
def _draw_broken(s: State, w: Weights) -> int:
    row = s.row
    row_weight, random = w.row_weight, w.random
    rows = len(row_weight)
    first = below(random, rows)
    for a in range(rows):
        r = (first + a) % rows
        if row["sum"][r] > row["most"][r]:
            return r
    return -1


@kernel
def _pick_for_place(s: State, w: Weights, p: int) -> int:
    """Options, at most `SAMPLE`, that cover a random unserved point of a random clause that is not true."""
    clause, place_clauses = s.clause, s.place_clauses
    first, end = s.place["clauses"][p], s.place["clauses"][p + 1]
    at = below(w.random, end - first)
    for a in range(end - first):
        k = place_clauses[first + (at + a) % (end - first)]
        if clause["reached"][k] < clause["need"][k]:
            i = _point_of(s, w, k)
            if i >= 0:
                return _pick(w, s.covering, s.covering_first[i], s.covering_first[i + 1])
    return 0


@kernel
def _point_of(s: State, w: Weights, k: int) -> int:
    """A random point of clause k that is not served and that an option covers, -1 if there is none."""
    clause, cover, clause_points, covering_first = s.clause, s.cover, s.clause_points, s.covering_first
    random = w.random
    first, end = clause["points"][k], clause["points"][k + 1]
    at = below(random, max(end - first, 1))
    for a in range(end - first):
        i = clause_points[first + (at + a) % (end - first)]
        if cover[i] == 0 and covering_first[i] < covering_first[i + 1]:
            return int(i)
    return -1


@kernel
def _pick(w: Weights, options: NDArray[np.int32], first: int, end: int) -> int:
    """Free options of a list, those from a random one on, at most `SAMPLE`."""
    useful, picked, random = w.useful, w.picked, w.random
    count = 0
    at = below(random, max(end - first, 1)) if end - first > SAMPLE else 0
    for a in range(end - first):
        j = options[first + (at + a) % (end - first)]
        if useful[j] and count < SAMPLE:
            picked[count] = j
            count += 1
    return count


@kernel
def _pick_for_row(s: State, w: Weights, r: int) -> int:
    """Options, at most `SAMPLE`, whose change lowers the sum of a row."""
    option, row, row_options = s.option, s.row, s.row_options
    free, useful, picked, random = w.free, w.useful, w.picked, w.random
    count = 0
    first, end = row["options"][r], row["options"][r + 1]
    at = below(random, max(end - first, 1))
    for a in range(end - first):
        q = first + (at + a) % (end - first)
        j = row_options["item"][q]
        amount = row_options["amount"][q]
        lowers = amount > 0 and free[j] if option["chosen"][j] else amount < 0 and useful[j]
        if lowers and count < SAMPLE:
            picked[count] = j
            count += 1
    return count
