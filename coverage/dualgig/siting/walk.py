"""Simulated annealing on the state of a siting problem (Kirkpatrick, Gelatt and Vecchi, Science 220, 1983)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dualgig.siting.energy import energy, keeps, objective
from dualgig.siting.kernels import kernel
from dualgig.siting.moves import add, below, drop, release, undo
from dualgig.siting.tables import CHOSEN, COST, OPEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.energy import Prices, Target
    from dualgig.siting.moves import Desk
    from dualgig.siting.tables import State

_TRIES = 6
"""Points looked at for one that is not served."""

_OFFERS, _REPAIRS, _DROPS = 3, 2, 3
"""Options compared for one left out, options added for it at most, neighbours looked at for one added."""

_CLIENTS = 40
"""Options looked at when one that they require is opened or closed."""

_SAMPLE = 64
"""Moves between two looks at the temperature and at what is exceeded."""


class Trace(NamedTuple):
    """The best plan of a walk, and how often what must be kept was not.

    `best`: options; `score`: its objective, cost, and 1 where the state is that plan and `best` is not yet.
    `candidates`: options that are worth adding for themselves. `looks`, `above`, `short`, `over`: how often
    the state was looked at, and was above the budget or below the worth, below `wanted` of each level, above
    each row.
    """

    best: NDArray[np.bool_]
    score: NDArray[np.int64]
    candidates: NDArray[np.int32]
    looks: NDArray[np.int64]
    above: NDArray[np.int64]
    short: NDArray[np.int64]
    over: NDArray[np.int64]


@kernel
def walk(s: State, d: Desk, t: Target, p: Prices, w: Trace, steps: int, hot: float, cold: float) -> None:
    """Try so many moves, the temperature falling from `hot` to `cold`; the best plan kept is noted."""
    now, heat = energy(s, t, p), hot
    for step in range(steps):
        if step % _SAMPLE == 0:
            heat = hot * (cold / hot) ** (step / steps)
            now = energy(s, t, p)
            _look(s, t, p, w)
        priced = s.priced[0]
        d.size[0] = 0
        fine = _propose(s, d, t, p, w) and d.size[0] > 0 and release(s, d, 0)
        then = energy(s, t, p) if fine else now
        if fine and then > now:
            fine = below(d.random, 1 << 30) < math.exp((now - then) / heat) * (1 << 30)
        if not fine:
            undo(s, d, 0)
            s.priced[0] = priced
            continue
        better = _is_best(s, t, w)
        if not better and w.score[2] == 1:
            _note(s, w)
            for at in range(d.size[0]):
                w.best[d.journal[at]] = not w.best[d.journal[at]]
        if better:
            w.score[0], w.score[1], w.score[2] = objective(s, t), s.total[COST], 1
        now = then
    if w.score[2] == 1:
        _note(s, w)


@kernel
def begin_trace(s: State, t: Target, w: Trace) -> bool:
    """Note the state as the best plan, if it keeps what it must; whether it does."""
    if keeps(s, t) and (objective(s, t), s.total[COST]) < (w.score[0], w.score[1]):
        w.score[0], w.score[1] = objective(s, t), s.total[COST]
        _note(s, w)
        return True
    return False


@kernel
def _is_best(s: State, t: Target, w: Trace) -> bool:
    value = objective(s, t)
    if value > w.score[0] or (value == w.score[0] and s.total[COST] >= w.score[1]):
        return False
    return keeps(s, t)


@kernel
def _note(s: State, w: Trace) -> None:
    w.score[2] = 0
    w.best[:] = s.option["chosen"][: len(w.best)]


@kernel
def _look(s: State, t: Target, p: Prices, w: Trace) -> None:
    w.looks[0] += 1
    w.above[0] += 1 if s.total[COST] > t.most[0] else 0
    w.above[1] += 1 if s.total[1] < t.least[0] else 0
    for k in range(len(s.level)):
        w.short[k] += 1 if s.level["duty"][k] < p.wanted[k] else 0
    for r in range(len(w.over)):
        w.over[r] += 1 if s.row["sum"][r] > s.row["most"][r] else 0


@kernel
def _propose(s: State, d: Desk, t: Target, p: Prices, w: Trace) -> bool:
    """Flip options for one move, drawn at random; whether the rules allow it."""
    kind = below(d.random, 100)
    if kind < 20 and s.total[OPEN] > 0 and _is_short(s, p):
        j = _toward_open_place(s, d)
        if j < 0 or s.option["chosen"][j] or not add(s, d, j):
            return False
        _drop_beside(s, d, t, p, j)
        return True
    if kind < 40 or s.total[CHOSEN] == 0:
        j = w.candidates[below(d.random, len(w.candidates))]
        if s.option["chosen"][j] or not add(s, d, j):
            return False
        if kind >= 28:
            _drop_beside(s, d, t, p, j)
        return True
    i = s.listed[below(d.random, s.total[CHOSEN])]
    if kind >= 94 and len(s.needs) > 0:
        if kind >= 97:
            return _open(s, d, t, p, w.candidates[below(d.random, len(w.candidates))])
        if s.option["needs"][i] < s.option["needs"][i + 1]:
            i = s.needs[s.option["needs"][i]]
        return s.option["using"][i] > 0 and _close(s, d, t, p, i)
    if kind < 47 and s.option["group"][i] >= 0:
        g = s.option["group"][i]
        first = s.group["members"][g]
        j = s.members[first + below(d.random, s.group["members"][g + 1] - first)]
        return j != i and add(s, d, j)
    if not drop(s, d, i):
        return False
    if kind < 55:
        return True
    if kind < 60:
        j = w.candidates[below(d.random, len(w.candidates))]
        return j != i and not s.option["chosen"][j] and add(s, d, j)
    for _ in range(1 + below(d.random, _REPAIRS)):
        j = _best_beside(s, d, t, p, i)
        if j < 0 or not add(s, d, j):
            break
    return True


@kernel
def _open(s: State, d: Desk, t: Target, p: Prices, j: int) -> bool:
    """Choose an option that lacks what it requires, and others for which that is there now, where they gain."""
    if s.option["chosen"][j] or not add(s, d, j):
        return False
    _drop_beside(s, d, t, p, j)
    for at in range(d.size[0]):
        k = d.journal[at]
        first, count = s.option["users"][k], s.option["users"][k + 1] - s.option["users"][k]
        if not s.option["chosen"][k] or count < 2:
            continue
        for _ in range(min(2 * count, _CLIENTS)):
            u = s.users[first + below(d.random, count)]
            if s.option["chosen"][u] or d.fixed[u] != 0:
                continue
            mark, before, priced = d.size[0], energy(s, t, p), s.priced[0]
            fine = add(s, d, u)
            if fine:
                _drop_beside(s, d, t, p, u)
                fine = release(s, d, mark) and energy(s, t, p) < before
            if not fine:
                undo(s, d, mark)
                s.priced[0] = priced
    return True


@kernel
def _close(s: State, d: Desk, t: Target, p: Prices, i: int) -> bool:
    """Leave out an option with all that requires it, and serve what they alone served without it."""
    if not drop(s, d, i):
        return False
    left, kept = d.size[0], d.fixed[i]
    d.fixed[i] = -1
    for at in range(min(left, _CLIENTS)):
        j = _best_beside(s, d, t, p, d.journal[at])
        mark, priced = d.size[0], s.priced[0]
        if j >= 0 and not add(s, d, j):
            undo(s, d, mark)
            s.priced[0] = priced
    d.fixed[i] = kept
    return True


@kernel
def _drop_beside(s: State, d: Desk, t: Target, p: Prices, j: int) -> None:
    """Leave out neighbours of option j, which has just been chosen, where that is worth it at the prices."""
    for _ in range(_DROPS):
        k = _beside(s, d, j, served=True)
        if k < 0:
            return
        mark, before, priced = d.size[0], energy(s, t, p), s.priced[0]
        if not drop(s, d, k) or not release(s, d, mark) or energy(s, t, p) >= before:
            undo(s, d, mark)
            s.priced[0] = priced


@kernel
def _best_beside(s: State, d: Desk, t: Target, p: Prices, i: int) -> int:
    """Of a few options that cover what option i alone covered, the best at the prices, or -1."""
    best, least = -1, 0.0
    for _ in range(_OFFERS):
        j = _beside(s, d, i, served=False)
        if j < 0 or j == best:
            continue
        mark, priced = d.size[0], s.priced[0]
        if add(s, d, j):
            value = energy(s, t, p)
            if best < 0 or value < least:
                best, least = j, value
        undo(s, d, mark)
        s.priced[0] = priced
    return best


@kernel
def _is_short(s: State, p: Prices) -> bool:
    short = False
    for k in range(len(s.level)):
        short |= s.level["duty"][k] < p.wanted[k] and p.level[k] > 0.0
    return short


@kernel
def _toward_open_place(s: State, d: Desk) -> int:
    """An option that covers a point of a place that is not served, or -1."""
    q = s.open[below(d.random, s.total[OPEN])]
    first, last = s.place["clauses"][q], s.place["clauses"][q + 1]
    if first == last:
        return -1
    k = s.place_clauses[first + below(d.random, last - first)]
    first, last = s.clause["points"][k], s.clause["points"][k + 1]
    for _ in range(_TRIES):
        i = s.clause_points[first + below(d.random, last - first)] if first < last else -1
        if i >= 0 and s.cover[i] == 0:
            return _covering(s, d, i)
    return -1


@kernel
def _covering(s: State, d: Desk, i: int) -> int:
    """An option that covers point i, or -1."""
    first, last = s.covering_first[i], s.covering_first[i + 1]
    if first == last:
        return -1
    return int(np.int64(s.covering[first + below(d.random, last - first)]))


@kernel
def _beside(s: State, d: Desk, j: int, served: bool) -> int:
    """Another option that covers a point of option j: a chosen one where `served`, else one that is not; or -1.

    The point is one that others serve too where `served`, else one that nothing serves.
    """
    first, last = s.option["points"][j], s.option["points"][j + 1]
    if first == last:
        return -1
    for _ in range(_TRIES):
        i = s.points[first + below(d.random, last - first)]
        if served and s.cover[i] > 1:
            found, count = -1, 0
            for q in range(s.covering_first[i], s.covering_first[i + 1]):
                k = int(np.int64(s.covering[q]))
                if k != j and s.option["chosen"][k]:
                    count += 1
                    if below(d.random, count) == 0:
                        found = k
            if found >= 0:
                return found
        if not served and s.cover[i] == 0:
            k = _covering(s, d, i)
            if k != j and not s.option["chosen"][k]:
                return k
    return -1
