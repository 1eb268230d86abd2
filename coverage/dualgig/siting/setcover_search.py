"""Row-weighting local search for set covering: rows left uncovered grow in weight until they are worth a column.

After Gao, Weise and Li, "An efficient local search heuristic with row weighting for the unicost set covering
problem", EJOR 246 (2015), with costs: the column dropped is the one of least weight lost per yuan, the one
added covers a random uncovered row at most weight won per yuan, and nothing is added that would cost as much
as the best cover found.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dualgig.siting.kernels import inlined, kernel

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.setcover import SetCover

_CHUNK = 5_000
"""Moves between two looks at the clock; the search goes the same way whatever it is."""

_SEED_FACTOR, _SEED_OFFSET = 0x9E3779B97F4A7C15, 0x2545F4914F6CDD1D
"""Odd constants that spread small seeds over 64 bits, never to 0 (Steele, Lea and Flood, OOPSLA 2014)."""

COST, BEST, OPEN, HELD, LAST, STEP = range(6)
"""Places in `Walk.total`: cost now; least cost found; rows not covered; columns chosen; the column added last,
which stays for a move; moves made."""


class Walk(NamedTuple):
    """Where a search stands, changed in place.

    One entry a column: chosen; best (the cheapest cover found); score (weight of rows that only it would
    cover or covers, the latter negative); moved (move of its last change); dropped (move at which it was
    dropped last, -1); held, its place in it. One entry a row: times it is covered, and the exclusive or of the columns that do;
    weight; changed (move of the last change of a column of it); open (rows not covered), its place in it.
    """

    chosen: NDArray[np.bool_]
    best: NDArray[np.bool_]
    score: NDArray[np.int64]
    moved: NDArray[np.int64]
    dropped: NDArray[np.int64]
    held: NDArray[np.int64]
    held_at: NDArray[np.int64]
    times: NDArray[np.int64]
    only: NDArray[np.int64]
    weight: NDArray[np.int64]
    changed: NDArray[np.int64]
    open: NDArray[np.int64]
    open_at: NDArray[np.int64]
    total: NDArray[np.int64]
    random: NDArray[np.uint64]


class _Rows(NamedTuple):
    """A covering as a tuple of arrays, which compiled code takes."""

    cost: NDArray[np.int64]
    row_start: NDArray[np.int64]
    row_columns: NDArray[np.int64]
    column_start: NDArray[np.int64]
    column_rows: NDArray[np.int64]


def search_cover(
    covering: SetCover,
    start: NDArray[np.bool_],
    *,
    moves: int,
    seed: int = 0,
    stop_at: int = 0,
    deadline_s: float | None = None,
    on_better: Callable[[NDArray[np.bool_]], None] | None = None,
) -> NDArray[np.bool_]:
    """A cheap cover, found by row weighting: bool, shape (columns,), never dearer than the start.

    Equal inputs give the equal cover, unless a clock ended the search.

    Parameters
    ----------
    covering
        The covering problem, each row with a column.
    start
        bool, shape (columns,), a cover.
    moves
        How many columns to drop; for each, as many are added as the money allows.
    seed
        Seed of the choices by lot.
    stop_at
        A cost that is known to be the least: nothing is searched below.
    deadline_s
        Moment of `time.monotonic` at which to give up.
    on_better
        Called with cheaper covers, at most once in 5,000 moves.

    Raises
    ------
    ValueError
        The start is no cover.
    """
    if not covering.covered_by(start):
        raise ValueError("The search has to start from a cover.")
    rows = _Rows(
        covering.cost, covering.row_start, covering.row_columns, covering.column_start, covering.column_rows
    )
    walk = _walk(covering, seed)
    free = covering.cost == 0
    _begin(rows, walk, start | free)
    told = int(covering.cost[start].sum())
    while walk.total[STEP] < moves and walk.total[BEST] > stop_at:
        _search(rows, walk, min(moves, int(walk.total[STEP]) + _CHUNK), stop_at)
        if on_better is not None and walk.total[BEST] < told:
            told = int(walk.total[BEST])
            on_better(walk.best.copy())
        if walk.total[HELD] == 0 or (deadline_s is not None and time.monotonic() >= deadline_s):
            break
    return walk.best.copy()


def greedy_cover(covering: SetCover) -> NDArray[np.bool_]:
    """A cover that takes the column of most uncovered rows per yuan, again and again, and drops what is spare.

    Chvatal, Mathematics of Operations Research 4 (1979). Returns bool, shape (columns,).

    Raises
    ------
    ValueError
        A row has no column.
    """
    if (np.diff(covering.row_start) == 0).any():
        raise ValueError("A row without a column cannot be covered.")
    rows = _Rows(
        covering.cost, covering.row_start, covering.row_columns, covering.column_start, covering.column_rows
    )
    return np.asarray(_greedy(rows), np.bool_)


def _walk(covering: SetCover, seed: int) -> Walk:
    columns, rows = covering.columns, covering.rows
    seed64 = (seed * _SEED_FACTOR + _SEED_OFFSET) % 2**64 or 1
    return Walk(
        chosen=np.zeros(columns, np.bool_),
        best=np.zeros(columns, np.bool_),
        score=np.diff(covering.column_start),
        moved=np.zeros(columns, np.int64),
        dropped=np.full(columns, -1),
        held=np.zeros(columns, np.int64),
        held_at=np.full(columns, -1),
        times=np.zeros(rows, np.int64),
        only=np.zeros(rows, np.int64),
        weight=np.ones(rows, np.int64),
        changed=np.zeros(rows, np.int64),
        open=np.arange(rows),
        open_at=np.arange(rows),
        total=np.array([0, 0, rows, 0, -1, 0]),
        random=np.array([seed64], np.uint64),
    )


@kernel
def _begin(a: _Rows, w: Walk, start: NDArray[np.bool_]) -> None:
    for j in range(len(start)):
        if start[j]:
            _add(a, w, j)
    w.best[:] = w.chosen
    w.total[BEST] = w.total[COST]


@kernel
def _search(a: _Rows, w: Walk, until: int, stop_at: int) -> None:
    total = w.total
    while total[STEP] < until:
        while total[OPEN] == 0:
            if total[COST] < total[BEST]:
                total[BEST] = total[COST]
                w.best[:] = w.chosen
                if total[BEST] <= stop_at:
                    return
            if not _drop_one(a, w):
                return
        total[STEP] += 1
        _drop_one(a, w)
        total[LAST] = -1
        while total[OPEN] > 0:
            row = w.open[_draw(w.random, total[OPEN])]
            j = _best_of_row(a, w, row)
            fits = total[COST] + a.cost[j] < total[BEST]
            if fits:
                _add(a, w, j)
                total[LAST] = j
            for q in range(total[OPEN]):
                r = w.open[q]
                w.weight[r] += 1
                for b in range(a.row_start[r], a.row_start[r + 1]):
                    w.score[a.row_columns[b]] += 1
            if not fits:
                break


@kernel
def _drop_one(a: _Rows, w: Walk) -> bool:
    """Drop the chosen column that loses least weight per yuan, the longest unchanged of equals."""
    drop = -1
    for q in range(w.total[HELD]):
        j = w.held[q]
        if a.cost[j] == 0 or (j == w.total[LAST] and w.total[HELD] > 1):
            continue
        if drop < 0 or _is_better(a, w, j, drop):
            drop = j
    if drop >= 0:
        _drop(a, w, drop)
    return drop >= 0


@kernel
def _best_of_row(a: _Rows, w: Walk, row: int) -> int:
    """The column of a row that wins most weight per yuan, the longest unchanged of equals.

    A column that was dropped is left alone until a column beside it has changed (configuration checking;
    Cai, Su and Sattar, Artificial Intelligence 175, 2011), unless the row has no other.
    """
    best, oldest = -1, -1
    for b in range(a.row_start[row], a.row_start[row + 1]):
        j = a.row_columns[b]
        if oldest < 0 or w.moved[j] < w.moved[oldest]:
            oldest = j
        if (best < 0 or _is_better(a, w, j, best)) and _has_changed_around(a, w, j):
            best = j
    return best if best >= 0 else oldest


@inlined
def _is_better(a, w, j, k):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Whether the score of j per yuan is above that of k; as floats, since the products may pass 64 bits."""
    of_j, of_k = float(w.score[j]) * float(a.cost[k]), float(w.score[k]) * float(a.cost[j])
    return of_j > of_k or (of_j == of_k and w.moved[j] < w.moved[k])


@kernel
def _has_changed_around(a: _Rows, w: Walk, j: int) -> bool:
    if w.dropped[j] < 0:
        return True
    for q in range(a.column_start[j], a.column_start[j + 1]):
        if w.changed[a.column_rows[q]] > w.dropped[j]:
            return True
    return False


@kernel
def _add(a: _Rows, w: Walk, j: int) -> None:
    total, score = w.total, w.score
    for q in range(a.column_start[j], a.column_start[j + 1]):
        r = a.column_rows[q]
        w.changed[r] = total[STEP]
        w.times[r] += 1
        if w.times[r] == 1:
            for b in range(a.row_start[r], a.row_start[r + 1]):
                score[a.row_columns[b]] -= w.weight[r]
            score[j] += w.weight[r]
            total[OPEN] -= 1
            last = w.open[total[OPEN]]
            w.open[w.open_at[r]] = last
            w.open_at[last] = w.open_at[r]
        elif w.times[r] == 2:
            score[w.only[r]] += w.weight[r]
        w.only[r] ^= j
    score[j] = -score[j]
    w.chosen[j] = True
    w.held[total[HELD]] = j
    w.held_at[j] = total[HELD]
    total[HELD] += 1
    total[COST] += a.cost[j]
    w.moved[j] = total[STEP]


@kernel
def _drop(a: _Rows, w: Walk, j: int) -> None:
    total, score = w.total, w.score
    score[j] = -score[j]
    for q in range(a.column_start[j], a.column_start[j + 1]):
        r = a.column_rows[q]
        w.changed[r] = total[STEP]
        w.times[r] -= 1
        w.only[r] ^= j
        if w.times[r] == 0:
            for b in range(a.row_start[r], a.row_start[r + 1]):
                score[a.row_columns[b]] += w.weight[r]
            score[j] -= w.weight[r]
            w.open[total[OPEN]] = r
            w.open_at[r] = total[OPEN]
            total[OPEN] += 1
        elif w.times[r] == 1:
            score[w.only[r]] -= w.weight[r]
    w.chosen[j] = False
    total[HELD] -= 1
    last = w.held[total[HELD]]
    w.held[w.held_at[j]] = last
    w.held_at[last] = w.held_at[j]
    total[COST] -= a.cost[j]
    w.moved[j] = total[STEP]
    w.dropped[j] = total[STEP]


@kernel
def _draw(state: NDArray[np.uint64], below: int) -> int:
    """A whole number from 0 to below - 1 (xorshift; Marsaglia, Journal of Statistical Software 8, 2003)."""
    x = state[0]
    x ^= x << np.uint64(13)
    x ^= x >> np.uint64(7)
    x ^= x << np.uint64(17)
    state[0] = x
    return int(x % np.uint64(below))


@kernel
def _greedy(a: _Rows) -> NDArray[np.bool_]:
    """Greedy cover by lazily updated ratios, then without the columns that it can spare, dearest first."""
    columns, rows = len(a.cost), len(a.row_start) - 1
    left = np.diff(a.column_start)
    count = np.zeros(rows, np.int64)
    chosen = np.zeros(columns, np.bool_)
    order = np.zeros(columns, np.int64)
    picked, open_rows = 0, rows
    while open_rows > 0:
        best = -1
        for j in range(columns):
            if left[j] > 0 and (best < 0 or left[j] * a.cost[best] > left[best] * a.cost[j]):
                best = j
        chosen[best] = True
        order[picked] = best
        picked += 1
        for q in range(a.column_start[best], a.column_start[best + 1]):
            r = a.column_rows[q]
            count[r] += 1
            if count[r] == 1:
                open_rows -= 1
                for b in range(a.row_start[r], a.row_start[r + 1]):
                    left[a.row_columns[b]] -= 1
    for p in np.argsort(-a.cost[order[:picked]], kind="mergesort"):
        j = order[p]
        spare = True
        for q in range(a.column_start[j], a.column_start[j + 1]):
            spare = spare and count[a.column_rows[q]] > 1
        if spare:
            chosen[j] = False
            for q in range(a.column_start[j], a.column_start[j + 1]):
                count[a.column_rows[q]] -= 1
    return chosen
