"""Row-weighting local search for set covering: rows left uncovered grow in weight until they are worth a column.

After Gao, Weise and Li, "An efficient local search heuristic with row weighting for the unicost set covering
problem", EJOR 246 (2015), with costs: two columns are dropped at a time, of least weight lost per yuan, the
second out of a sample (Luo et al., "NuSC", IEEE Trans. Cybernetics 2022); the one added covers a random
uncovered row at most weight won per yuan, and nothing is added that would cost as much as the best found.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import scipy.sparse as sp

from dualgig.siting.kernels import inlined, kernel
from dualgig.siting.moves import below

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.setcover import SetCover

_SAMPLE = 50
"""Columns of which the second to be dropped is the best: among the best twentieth but once in 13 times (best
from multiple selections; Cai, "Balance between complexity and quality", IJCAI 2015)."""

_CHUNK = 5_000
"""Moves between two looks at the clock; the search goes the same way whatever it is."""

_NO_COVER = 1 << 62
"""Cost of the best cover as long as there is none."""

COST, BEST, OPEN, HELD, STEP = range(5)
"""Places in `Walk.total`: cost now; least cost found; rows not covered; columns chosen; moves made."""


class Walk(NamedTuple):
    """Where a search stands, changed in place.

    One entry a column: chosen; score (weight of rows that only it would
    cover or covers, the latter negative); moved (move of its last change); dropped (move at which it was
    dropped last, -1); held, its place in it. One entry a row: times it is covered, and the exclusive or of the columns that do;
    weight; changed (move of the last change of a column of it); open (rows not covered), its place in it.
    """

    chosen: NDArray[np.bool_]
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
    lacking: Callable[[NDArray[np.bool_]], sp.csr_array] | None = None,
    on_better: Callable[[NDArray[np.bool_]], None] | None = None,
) -> NDArray[np.bool_] | None:
    """The cheapest cover that row weighting finds: bool, shape (columns,), no dearer than a start that covers.

    Equal inputs give the equal cover, unless a clock ended the search.

    Parameters
    ----------
    covering
        The covering problem, each row with a column.
    start
        bool, shape (columns,): columns to begin with.
    moves
        How many times two columns are dropped, and as many added as the money allows.
    seed
        Seed of the choices by lot.
    stop_at
        A cost that is known to be the least: nothing is searched below.
    deadline_s
        Moment of `time.monotonic` at which to give up.
    lacking
        Asked about each cover that is cheaper than the best: bool CSR, further rows that it does not cover
        and that every cover has to, none if it is good. So a problem may have more rows than can be written.
    on_better
        Called with the best cover, at most once in 5,000 moves.

    Returns
    -------
    The best cover, or ``None`` if none was found.

    Raises
    ------
    ValueError
        A row has no column.
    """
    rows, walk = _rows(covering), _walk(covering, start, seed)
    best, told = None, False
    check_at = _CHUNK
    while walk.total[STEP] < moves and walk.total[BEST] > stop_at:
        cheaper = _search(rows, walk, min(moves, check_at))
        if cheaper:
            more = None if lacking is None else lacking(walk.chosen)
            if more is not None and more.shape[0]:
                matrix = sp.csr_array(sp.vstack([covering.matrix, more], format="csr"))
                covering = type(covering).of(covering.cost, matrix)
                rows, walk = _rows(covering), _extended(covering, walk)
            else:
                best, told = walk.chosen.copy(), False
                walk.total[BEST] = walk.total[COST]
        elif walk.total[STEP] < min(moves, check_at):
            break
        late = deadline_s is not None and time.monotonic() >= deadline_s
        if walk.total[STEP] >= check_at or late:
            check_at += _CHUNK
            if best is not None and not told and on_better is not None:
                on_better(best.copy())
                told = True
        if late:
            break
    return best


def greedy_cover(covering: SetCover) -> NDArray[np.bool_]:
    """A cover that takes the column of most uncovered rows per yuan, again and again, and drops what is spare.

    Chvatal, Mathematics of Operations Research 4 (1979). Returns bool, shape (columns,).

    Raises
    ------
    ValueError
        A row has no column.
    """
    return np.asarray(_greedy(_rows(covering)), np.bool_)


def _rows(covering: SetCover) -> _Rows:
    if (np.diff(covering.row_start) == 0).any():
        raise ValueError("A row without a column cannot be covered.")
    return _Rows(
        covering.cost, covering.row_start, covering.row_columns, covering.column_start, covering.column_rows
    )


def _walk(covering: SetCover, start: NDArray[np.bool_], seed: int) -> Walk:
    columns, rows = covering.columns, covering.rows
    walk = Walk(
        chosen=start | (covering.cost == 0),
        score=np.zeros(columns, np.int64),
        moved=np.zeros(columns, np.int64),
        dropped=np.full(columns, -1),
        held=np.zeros(columns, np.int64),
        held_at=np.full(columns, -1),
        times=np.zeros(rows, np.int64),
        only=np.zeros(rows, np.int64),
        weight=np.ones(rows, np.int64),
        changed=np.zeros(rows, np.int64),
        open=np.zeros(rows, np.int64),
        open_at=np.full(rows, -1),
        total=np.array([0, _NO_COVER, 0, 0, 0]),
        random=np.array([seed], np.uint64),
    )
    _count(_rows(covering), walk)
    return walk


def _extended(covering: SetCover, walk: Walk) -> Walk:
    """The same walk where rows have been added, each of the mean weight of the others."""
    more = covering.rows - len(walk.weight)
    mean = max(1, int(walk.weight.sum()) // max(1, len(walk.weight)))
    zeros, rows = np.zeros(more, np.int64), np.zeros(covering.rows, np.int64)
    longer = walk._replace(
        times=rows.copy(),
        only=rows.copy(),
        weight=np.append(walk.weight, zeros + mean),
        changed=np.append(walk.changed, zeros + walk.total[STEP]),
        open=rows.copy(),
        open_at=rows - 1,
    )
    _count(_rows(covering), longer)
    return longer


@kernel
def _count(a: _Rows, w: Walk) -> None:
    """Work out, from the chosen columns and the weights, everything that follows from them."""
    w.total[OPEN], w.total[HELD], w.total[COST] = 0, 0, 0
    for j in range(len(w.chosen)):
        w.score[j] = 0
        if w.chosen[j]:
            w.held[w.total[HELD]] = j
            w.held_at[j] = w.total[HELD]
            w.total[HELD] += 1
            w.total[COST] += a.cost[j]
            for q in range(a.column_start[j], a.column_start[j + 1]):
                w.times[a.column_rows[q]] += 1
                w.only[a.column_rows[q]] ^= j
    for r in range(len(w.times)):
        if w.times[r] == 1:
            w.score[w.only[r]] -= w.weight[r]
        if w.times[r] == 0:
            w.open[w.total[OPEN]] = r
            w.open_at[r] = w.total[OPEN]
            w.total[OPEN] += 1
            for b in range(a.row_start[r], a.row_start[r + 1]):
                w.score[a.row_columns[b]] += w.weight[r]


@kernel
def _search(a: _Rows, w: Walk, until: int) -> bool:
    """Move until that many moves have been made, or, true, a cover cheaper than the best is chosen."""
    total = w.total
    while total[STEP] < until:
        while total[OPEN] == 0:
            if total[COST] < total[BEST]:
                return True
            if not _drop_one(a, w, total[HELD]):
                return False
        total[STEP] += 1
        if total[BEST] < _NO_COVER:
            _drop_one(a, w, total[HELD])
            _drop_one(a, w, _SAMPLE)
        while total[OPEN] > 0:
            j = _best_of_row(a, w, w.open[below(w.random, total[OPEN])])
            fits = total[COST] + a.cost[j] < total[BEST]
            if fits:
                _add(a, w, j)
            _grow_weights(a, w)
            if not fits:
                break
    return bool(total[OPEN] == 0 and total[COST] < total[BEST])


# The kernels below take the arrays out of their tuples first: numba counts references at every look into one.


@kernel
def _drop_one(a: _Rows, w: Walk, sample: int) -> bool:
    """Drop the chosen column that loses least weight per yuan, the longest unchanged of equals; of all chosen
    ones, or of as many as `sample` drawn by lot.
    """  # noqa: D205
    cost, score, moved, listed, random = a.cost, w.score, w.moved, w.held, w.random
    held, drop = w.total[HELD], -1
    for q in range(min(held, sample)):
        j = listed[q] if held <= sample else listed[below(random, held)]
        if cost[j] == 0:
            continue
        if drop < 0 or _is_better(cost, score, moved, j, drop):
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
    cost, columns, column_start, column_rows = a.cost, a.row_columns, a.column_start, a.column_rows
    score, moved, dropped, changed = w.score, w.moved, w.dropped, w.changed
    best, oldest = -1, -1
    for b in range(a.row_start[row], a.row_start[row + 1]):
        j = columns[b]
        if oldest < 0 or moved[j] < moved[oldest]:
            oldest = j
        if best < 0 or _is_better(cost, score, moved, j, best):
            ready = dropped[j] < 0
            q = column_start[j]
            while not ready and q < column_start[j + 1]:
                ready = changed[column_rows[q]] > dropped[j]
                q += 1
            if ready:
                best = j
    return best if best >= 0 else oldest


@inlined
def _is_better(cost, score, moved, j, k):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
    """Whether the score of j per yuan is above that of k; as floats, since the products may pass 64 bits."""
    of_j, of_k = float(score[j]) * float(cost[k]), float(score[k]) * float(cost[j])
    return of_j > of_k or (of_j == of_k and moved[j] < moved[k])


@kernel
def _grow_weights(a: _Rows, w: Walk) -> None:
    row_start, row_columns = a.row_start, a.row_columns
    score, weight, uncovered = w.score, w.weight, w.open
    for q in range(w.total[OPEN]):
        r = uncovered[q]
        weight[r] += 1
        for b in range(row_start[r], row_start[r + 1]):
            score[row_columns[b]] += 1


@kernel
def _add(a: _Rows, w: Walk, j: int) -> None:
    row_start, row_columns, column_rows = a.row_start, a.row_columns, a.column_rows
    total, score, weight, times, only, changed = w.total, w.score, w.weight, w.times, w.only, w.changed
    uncovered, place = w.open, w.open_at
    step, left = total[STEP], total[OPEN]
    for q in range(a.column_start[j], a.column_start[j + 1]):
        r = column_rows[q]
        changed[r] = step
        times[r] += 1
        if times[r] == 1:
            for b in range(row_start[r], row_start[r + 1]):
                score[row_columns[b]] -= weight[r]
            score[j] += weight[r]
            left -= 1
            uncovered[place[r]] = uncovered[left]
            place[uncovered[left]] = place[r]
        elif times[r] == 2:
            score[only[r]] += weight[r]
        only[r] ^= j
    score[j] = -score[j]
    total[OPEN] = left
    w.chosen[j] = True
    w.held[total[HELD]] = j
    w.held_at[j] = total[HELD]
    total[HELD] += 1
    total[COST] += a.cost[j]
    w.moved[j] = step


@kernel
def _drop(a: _Rows, w: Walk, j: int) -> None:
    row_start, row_columns, column_rows = a.row_start, a.row_columns, a.column_rows
    total, score, weight, times, only, changed = w.total, w.score, w.weight, w.times, w.only, w.changed
    uncovered, place = w.open, w.open_at
    step, left = total[STEP], total[OPEN]
    score[j] = -score[j]
    for q in range(a.column_start[j], a.column_start[j + 1]):
        r = column_rows[q]
        changed[r] = step
        times[r] -= 1
        only[r] ^= j
        if times[r] == 0:
            for b in range(row_start[r], row_start[r + 1]):
                score[row_columns[b]] += weight[r]
            score[j] -= weight[r]
            uncovered[left] = r
            place[r] = left
            left += 1
        elif times[r] == 1:
            score[only[r]] -= weight[r]
    total[OPEN] = left
    w.chosen[j] = False
    total[HELD] -= 1
    last = w.held[total[HELD]]
    w.held[w.held_at[j]] = last
    w.held_at[last] = w.held_at[j]
    total[COST] -= a.cost[j]
    w.moved[j] = step
    w.dropped[j] = step


@kernel
def _greedy(a: _Rows) -> NDArray[np.bool_]:
    """Greedy cover by lazily updated ratios, then without the columns that it can spare, dearest first."""
    cost, row_start, row_columns = a.cost, a.row_start, a.row_columns
    column_start, column_rows = a.column_start, a.column_rows
    columns, rows = len(cost), len(row_start) - 1
    left = np.diff(column_start)
    count = np.zeros(rows, np.int64)
    chosen = np.zeros(columns, np.bool_)
    order = np.zeros(columns, np.int64)
    picked, open_rows = 0, rows
    while open_rows > 0:
        best = -1
        for j in range(columns):
            if left[j] > 0 and (best < 0 or float(left[j]) * cost[best] > float(left[best]) * cost[j]):
                best = j
        chosen[best] = True
        order[picked] = best
        picked += 1
        for q in range(column_start[best], column_start[best + 1]):
            r = column_rows[q]
            count[r] += 1
            if count[r] == 1:
                open_rows -= 1
                for b in range(row_start[r], row_start[r + 1]):
                    left[row_columns[b]] -= 1
    for p in np.argsort(-cost[order[:picked]], kind="mergesort"):
        j = order[p]
        spare = True
        for q in range(column_start[j], column_start[j + 1]):
            spare = spare and count[column_rows[q]] > 1
        if spare:
            chosen[j] = False
            for q in range(column_start[j], column_start[j + 1]):
                count[column_rows[q]] -= 1
    return chosen
