"""When places are served, as linear rows over columns: options, covered rows, true clauses, served places."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from dualgig.siting.clauses import Clauses, Kind, read_clauses
from dualgig.siting.problem import Mode
from dualgig.siting.reduce import equal_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem

NEVER = -2
"""A place or point that no set of the free options serves."""

ALWAYS = -1
"""A place or point that is served already, by what stands or by what every plan contains."""


@dataclass(frozen=True)
class Service:
    """Service as columns in [0, 1] and rows ``matrix @ columns <= 0``.

    The columns are the free options, then events that follow from them: rows of options of which one
    is chosen, clauses and places that are true. Each row of the matrix holds one event down (its *head*);
    an event is true when each of its rows allows it.

    Parameters
    ----------
    free
        int64, shape (f,): the problem's options behind the first f columns.
    matrix
        float64 CSR, shape (rows, columns).
    head
        int64, shape (rows,): the column that a row holds down.
    layers
        Slices of the rows; the events of a layer follow from those of the layers before.
    binary
        bool, shape (columns,): columns to be declared binary; the others are so of themselves.
    point, place
        int64, shape (points,) and (places,): the column of each, or `NEVER`, `ALWAYS`. A point without
        worth may be told `NEVER`, since nothing asks for it.
    """

    free: NDArray[np.int64]
    matrix: sp.csr_array
    head: NDArray[np.int64]
    layers: tuple[slice, ...]
    binary: NDArray[np.bool_]
    point: NDArray[np.int64]
    place: NDArray[np.int64]

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return len(self.binary)

    def values(self, chosen: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Value, 0 or 1, of every column under a set of options (bool, shape (n,))."""
        value = np.zeros(self.columns)
        value[: len(self.free)] = chosen[self.free]
        for layer in self.layers:
            head = self.head[layer]
            value[head] = 1.0
            value[head[self.matrix[layer] @ value > 0.0]] = 0.0
        return value

    def below(self, roots: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Columns that the roots follow from, the roots included: bool, shape (columns,)."""
        needed = np.zeros(self.columns, bool)
        needed[roots] = True
        for layer in reversed(self.layers):
            needed[self.matrix[layer][needed[self.head[layer]]].indices] = True
        return needed


def describe(
    problem: SitingProblem,
    chosen: NDArray[np.bool_],
    free: NDArray[np.int64],
    *,
    merge: bool = True,
) -> Service:
    """Write down when points and places are served, given what every plan contains.

    Points covered by the same free options share a column; a clause that any of its points makes true
    is one row of all their options, and so is a place that any such clause makes served. What remains
    are thresholds, ``need * t <= weights @ rows``, beside ``t <= row`` for each row without which the
    need cannot be reached.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        bool, shape (n,): options that every plan contains.
    free
        int64, ascending: options to decide on; all others are out.
    merge
        Whether points covered by the same options share a column.
    """
    covered = problem.covered_before | (problem.cover.astype(np.int32) @ chosen.astype(np.int32) > 0)
    options = problem.cover[:, free].astype(bool).tocsr()
    options.sort_indices()
    members = np.flatnonzero(~covered & (np.diff(options.indptr) > 0))
    group = np.full(len(covered), -1)
    group[members] = equal_rows(options[members]) if merge else np.arange(len(members))
    numbers, first = np.unique(group[members], return_index=True)
    clauses = read_clauses(problem, covered, group, len(numbers))
    forms = _forms(problem, clauses)
    worthy = np.zeros(len(numbers), bool)
    worthy[group[members[problem.point_worth[members] > 0]]] = True
    rows = _Rows(options[members[first]], _asked(worthy, clauses, forms), clauses, forms, merge=merge)
    point = np.full(len(covered), NEVER)
    point[covered] = ALWAYS
    point[members] = rows.group_column[group[members]]
    return _assemble(free, rows, clauses, forms, point)


@dataclass
class _Form:
    """How a place depends on open clauses: a constant, one row of options, all of `each`, or any."""

    constant: int | None = None
    easy: list[int] = field(default_factory=list)
    each: list[int] = field(default_factory=list)
    hard: list[int] = field(default_factory=list)


def _forms(problem: SitingProblem, clauses: Clauses) -> list[_Form]:
    order = np.argsort(problem.clause_place, kind="stable")
    bounds = np.searchsorted(problem.clause_place[order], np.arange(len(problem.place_ids) + 1))
    return [
        _Form(ALWAYS) if before else _form(order[start:end].tolist(), int(mode), clauses.kind)
        for before, mode, start, end in zip(
            problem.place_before, problem.place_mode, bounds[:-1], bounds[1:], strict=True
        )
    ]


def _form(own: list[int], mode: int, kind: NDArray[np.int8]) -> _Form:
    left = [k for k in own if kind[k] in {Kind.ONE, Kind.MANY}]
    if mode == Mode.ALL:
        if not own or any(kind[k] == Kind.FALSE for k in own):
            return _Form(NEVER)
        if not left:
            return _Form(ALWAYS)
        if len(left) > 1:
            return _Form(each=left)
    elif any(kind[k] == Kind.TRUE for k in own):
        return _Form(ALWAYS)
    easy = [k for k in left if kind[k] == Kind.ONE]
    hard = [k for k in left if kind[k] == Kind.MANY]
    if not left:
        return _Form(NEVER)
    return _Form(each=hard) if len(hard) == 1 and not easy else _Form(easy=easy, hard=hard)


def _asked(worthy: NDArray[np.bool_], clauses: Clauses, forms: list[_Form]) -> NDArray[np.bool_]:
    """Rows that need a column of their own: points of worth, and those that thresholds count."""
    asked = worthy.copy()
    for form in forms:
        for k in form.each + form.hard:
            asked[clauses.weight.indices[clauses.weight.indptr[k] : clauses.weight.indptr[k + 1]]] = True
    return asked


class _Rows:
    """Columns of "one of these options is chosen": rows of points, and unions of them that places ask for."""

    def __init__(
        self,
        options: sp.csr_array,
        asked: NDArray[np.bool_],
        clauses: Clauses,
        forms: list[_Form],
        *,
        merge: bool,
    ) -> None:
        free = options.shape[1]
        unions = [p for p, form in enumerate(forms) if form.easy]
        pick = [(u, k) for u, p in enumerate(unions) for k in forms[p].easy]
        at = np.array(pick, np.int64).reshape(-1, 2)
        to_clause = sp.csr_array(
            (np.ones(len(at), np.int64), (at[:, 0], at[:, 1])), shape=(len(unions), clauses.weight.shape[0])
        )
        union = sp.csr_array(to_clause @ clauses.weight @ options.astype(np.int64)) > 0
        single = np.flatnonzero(asked)
        self.options = sp.csr_array(sp.vstack([options[single], union], format="csr"), dtype=bool)
        self.options.sort_indices()
        number = equal_rows(self.options) if merge else np.arange(self.options.shape[0])
        _, first = np.unique(number, return_index=True)
        self.options = self.options[first]
        size = np.diff(self.options.indptr)
        self.new = np.flatnonzero(size > 1)
        column = np.empty(len(first), np.int64)
        column[self.new] = free + np.arange(len(self.new))
        column[size == 1] = self.options.indices[self.options.indptr[:-1][size == 1]]
        self.group_column = np.full(len(asked), NEVER)
        self.group_column[single] = column[number[: len(single)]]
        self.place_column = dict(zip(unions, column[number[len(single) :]].tolist(), strict=True))
        self.columns = free + len(self.new)


def _assemble(
    free: NDArray[np.int64], rows: _Rows, clauses: Clauses, forms: list[_Form], point: NDArray[np.int64]
) -> Service:
    """Number the events of clauses and places after the rows, and write all rows down."""
    cover = _Triplets()
    patterns = rows.options[rows.new]
    heads = len(free) + np.arange(len(rows.new))
    cover.add_many(heads, patterns)
    truth, served = _Triplets(), _Triplets()
    place = np.full(len(forms), NEVER)
    columns = rows.columns
    for p, form in enumerate(forms):
        if form.constant is not None:
            place[p] = form.constant
        elif form.each:
            for k in form.each:
                _hold(truth, columns, k, clauses, rows)
            place[p], columns = columns, columns + 1
        elif not form.hard:
            place[p] = rows.place_column[p]
        else:
            tails = [rows.place_column[p]] if form.easy else []
            for k in form.hard:
                _hold(truth, columns, k, clauses, rows)
                tails.append(columns)
                columns += 1
            served.add(columns, 1, np.array(tails), np.ones(len(tails), np.int64))
            place[p], columns = columns, columns + 1
    layers, parts = [], []
    head: list[int] = []
    for layer in (cover, truth, served):
        parts.append(layer.matrix(columns))
        layers.append(slice(len(head), len(head) + len(layer.heads)))
        head.extend(layer.heads)
    binary = np.ones(columns, bool)
    binary[len(free) : rows.columns] = False
    matrix = sp.csr_array(sp.vstack(parts, format="csr"))
    return Service(free, matrix, np.array(head, np.int64), tuple(layers), binary, point, place)


def _hold(truth: _Triplets, head: int, clause: int, clauses: Clauses, rows: _Rows) -> None:
    """Rows that let a head be true only if the clause is."""
    part = slice(clauses.weight.indptr[clause], clauses.weight.indptr[clause + 1])
    tail = rows.group_column[clauses.weight.indices[part]]
    essential = clauses.essential[part]
    for column in np.unique(tail[essential]):
        truth.add(head, 1, np.array([column]), np.ones(1, np.int64))
    if not essential.all():
        truth.add(head, int(clauses.need[clause]), tail, clauses.weight.data[part])


@dataclass
class _Triplets:
    """Rows ``need * head - weights @ tail <= 0`` in the making."""

    heads: list[int] = field(default_factory=list)
    row: list[NDArray[np.int64]] = field(default_factory=list)
    column: list[NDArray[np.int64]] = field(default_factory=list)
    value: list[NDArray[np.int64]] = field(default_factory=list)

    def add(self, head: int, need: int, tail: NDArray[np.int64], weight: NDArray[np.int64]) -> None:
        self.row.append(np.full(len(tail) + 1, len(self.heads)))
        self.column.append(np.append(tail, head))
        self.value.append(np.append(-weight, need))
        self.heads.append(head)

    def add_many(self, heads: NDArray[np.int64], tails: sp.csr_array) -> None:
        """One row ``head - sum(tail) <= 0`` for each row of a bool matrix."""
        row = np.repeat(np.arange(len(heads)), np.diff(tails.indptr))
        self.row += [len(self.heads) + row, len(self.heads) + np.arange(len(heads))]
        self.column += [tails.indices.astype(np.int64), heads]
        self.value += [np.full(len(row), -1), np.ones(len(heads), np.int64)]
        self.heads.extend(heads.tolist())

    def matrix(self, columns: int) -> sp.csr_array:
        """The rows, float64 CSR."""
        if not self.heads:
            return sp.csr_array((0, columns), dtype=np.float64)
        data = np.concatenate(self.value).astype(np.float64)
        at = (np.concatenate(self.row), np.concatenate(self.column))
        return sp.csr_array((data, at), shape=(len(self.heads), columns))
