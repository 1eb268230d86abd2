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
import scipy.sparse as sp

from dualgig.siting.kernels import inlined, kernel
from dualgig.siting.moves import below

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.setcover import SetCover

_CHUNK = 5_000
"""Moves between two looks at the clock; the search goes the same way whatever it is."""

_NO_COVER = 1 << 62
"""Cost of the best cover as long as there is none."""

COST, BEST, OPEN, HELD, LAST, STEP = range(6)
"""Places in `Walk.total`: cost now; least cost found; rows not covered; columns chosen; the column added last,
which stays for a move; moves made."""


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
        How many columns to drop; for each, as many are added as the money allows.
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
        total=np.array([0, _NO_COVER, 0, 0, -1, 0]),
        random=np.array([seed], np.uint64),
    )
    _count(_rows(covering), walk)
    return walk


def _extended(covering: SetCover, walk: Walk) -> Walk:
    """The same walk where rows have been added, each of the mean weight of the others."""
    more = covering.rows - len(walk.weight)
    mean = max(1, int(walk.weight.mean()))
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
            if not _drop_one(a, w):
                return False
        total[STEP] += 1
        if total[BEST] < _NO_COVER:
            _drop_one(a, w)
        total[LAST] = -1
        while total[OPEN] > 0:
            row = w.open[below(w.random, total[OPEN])]
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
    return bool(total[OPEN] == 0 and total[COST] < total[BEST])


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
