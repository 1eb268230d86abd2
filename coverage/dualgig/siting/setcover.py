"""Set covering: the rows of options that a duty implies, and whether they say all there is to the duty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import scipy.sparse as sp

from dualgig.siting.clauses import Kind, read_clauses
from dualgig.siting.decisions import settle
from dualgig.siting.problem import Mode
from dualgig.siting.reduce import equal_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.clauses import Clauses
    from dualgig.siting.problem import SitingProblem


MOST_PAIRS = 50_000_000
"""Pairs of columns in common rows that are compared for dominance: about 2 s and 0.6 GiB."""


@dataclass(frozen=True)
class SetCover:
    """Choose columns of least cost so that each row holds one that is chosen.

    Parameters
    ----------
    cost
        int64, shape (columns,), not negative.
    row_start, row_columns
        int64, shape (rows + 1,) and (nonzeros,): the columns of each row, ascending.
    column_start, column_rows
        int64, shape (columns + 1,) and (nonzeros,): the rows of each column, ascending.
    """

    cost: NDArray[np.int64]
    row_start: NDArray[np.int64]
    row_columns: NDArray[np.int64]
    column_start: NDArray[np.int64]
    column_rows: NDArray[np.int64]

    @classmethod
    def of(cls, cost: NDArray[np.int64], matrix: sp.csr_array) -> Self:
        """From costs and a bool CSR matrix, shape (rows, columns)."""
        by_row = matrix.tocsr()
        by_row.sort_indices()
        by_column = by_row.tocsc()
        by_column.sort_indices()
        arrays = (by_row.indptr, by_row.indices, by_column.indptr, by_column.indices)
        return cls(cost.astype(np.int64), *(array.astype(np.int64) for array in arrays))

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.row_start) - 1

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return len(self.cost)

    @property
    def matrix(self) -> sp.csr_array:
        """The rows as a bool CSR matrix."""
        shape = (self.rows, self.columns)
        return sp.csr_array((np.ones(len(self.row_columns), bool), self.row_columns, self.row_start), shape)

    def only(self, columns: NDArray[np.int64]) -> SetCover:
        """The same rows over some of the columns (int64, ascending)."""
        return SetCover.of(self.cost[columns], self.matrix[:, columns])

    def covered_by(self, chosen: NDArray[np.bool_]) -> bool:
        """Whether each row holds a chosen column (bool, shape (columns,))."""
        return bool((self.matrix.astype(np.int32) @ chosen.astype(np.int32) > 0).all())


@dataclass(frozen=True)
class DutyCover:
    """The covering rows that hold in every plan that meets the floors.

    Parameters
    ----------
    cover
        Rows over the columns. What an option alone requires, and what serves nothing, is in its cost.
    options
        int64, ascending: the option behind each column; none for an option that another makes superfluous.
    chosen
        bool, shape (n,): options that every plan contains; their cost is not in the covering.
    needed
        bool, shape (places,): places, not served yet, that every such plan serves.
    sufficient
        Whether serving those meets the floors, and columns may be chosen in any combination: no rule says
        otherwise. Then the duty is a set covering problem, perhaps with more rows than these.
    exact
        Whether these rows are all of them. In any case, the least cost of a cover is a bound on that
        of the duty.
    """

    cover: SetCover
    options: NDArray[np.int64]
    chosen: NDArray[np.bool_]
    needed: NDArray[np.bool_]
    sufficient: bool
    exact: bool

    def plan(self, problem: SitingProblem, columns: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """The plan that chooses some columns, with all that their options require: bool, shape (n,)."""
        plan = self.chosen.copy()
        plan[self.options[columns]] = True
        option, needed = problem.requires[:, 0], problem.requires[:, 1]
        while (lacking := needed[plan[option] & ~plan[needed]]).size:
            plan[lacking] = True
        return plan


def cover_of_duty(problem: SitingProblem, floors: dict[int, int]) -> DutyCover:
    """Read the covering rows out of the floors of the duties.

    A place that every such plan serves gives a row of the options that can serve it, or one for each
    point without which it cannot be served. Places between which the floors leave a choice, and
    thresholds of people, give what they imply, and the covering is not exact.

    Parameters
    ----------
    problem
        The siting problem.
    floors
        Least sum of weight times min(served, required) over the goals of each level; reachable.

    Raises
    ------
    ContradictionError
        The decisions contradict one another.
    """
    chosen, out = settle(problem)
    free = np.flatnonzero(~chosen & ~out)
    covered = problem.covered_before | (problem.cover.astype(np.int32) @ chosen.astype(np.int32) > 0)
    options = problem.cover[:, free].tocsr()
    open_points = np.flatnonzero(~covered & (np.diff(options.indptr) > 0))
    options = options[open_points].astype(np.int64)
    serves = np.zeros(len(chosen), bool)
    serves[free[options.indices]] = True
    lone = _is_alone(problem, free)
    folded, cost, independent = _fold(problem, free, lone & ~serves)
    number = np.full(len(covered), -1)
    number[open_points] = np.arange(len(open_points))
    clauses = read_clauses(problem, covered, number, len(open_points))
    places = _Places(problem, clauses)
    needed, complete = _needed(problem, floors, places)
    single, united, whole = places.rows(needed)
    ruled = not lone[free].all() or any(not limit.money for limit in problem.limits)
    sufficient = bool(complete and independent and not ruled)
    columns = np.flatnonzero(~folded[free])
    if sufficient:
        asked = np.unique(clauses.weight[np.flatnonzero(needed[problem.clause_place])].indices)
        columns = columns[~_dominated(cost[free[columns]], options[asked][:, columns])]
    options = options[:, columns]
    matrix = sp.csr_array(sp.vstack([options[single], united @ clauses.weight @ options], format="csr") > 0)
    matrix = matrix[np.unique(equal_rows(matrix), return_index=True)[1]]
    kept = free[columns]
    cover = SetCover.of(cost[kept], matrix)
    return DutyCover(cover, kept, chosen, needed, sufficient, exact=sufficient and whole)


def _is_alone(problem: SitingProblem, free: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Options that no other free option excludes: bool, shape (n,)."""
    group = problem.exclusive
    members = np.bincount(group[free][group[free] >= 0], minlength=int(group.max(initial=-1)) + 1)
    alone = group < 0
    alone[~alone] = members[group[~alone]] <= 1
    return alone


def _dominated(cost: NDArray[np.int64], covers: sp.csr_array) -> NDArray[np.bool_]:
    """Columns that cover nothing, or nothing beside what another covers that costs no more.

    Of equals the first stays. Where the comparison would take too long, only the former.

    Parameters
    ----------
    cost
        int64, shape (columns,).
    covers
        int64 CSR, shape (points, columns).
    """
    covers = sp.csr_array(covers > 0).astype(np.int32)
    size = np.bincount(covers.indices, minlength=len(cost))
    gone = size == 0
    if (np.diff(covers.indptr).astype(np.int64) ** 2).sum() > MOST_PAIRS:
        return np.asarray(gone)
    shared = sp.coo_array(covers.T @ covers)
    inside = (shared.data == size[shared.row]) & (shared.row != shared.col)
    a, b = shared.row[inside], shared.col[inside]
    equal = (cost[a] == cost[b]) & (size[a] == size[b])
    gone[a[(cost[b] <= cost[a]) & ~(equal & (b > a))]] = True
    return np.asarray(gone)


def _fold(
    problem: SitingProblem, free: NDArray[np.int64], foldable: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], NDArray[np.int64], bool]:
    """Add to an option's cost that of what it alone requires and what serves nothing, such as a mast of its own.

    `foldable`, bool, shape (n,): options that serve nothing and that no other excludes. Returns the options so folded into others, bool, shape (n,); the costs, int64, shape (n,); and whether no
    requirement is left.
    """
    count = len(problem.option_ids)
    is_free = np.zeros(count, bool)
    is_free[free] = True
    pairs = problem.requires[is_free[problem.requires].all(axis=1)].astype(np.int64)
    cost, folded = problem.cost_cny.copy(), np.zeros(count, bool)
    foldable = foldable.copy()
    for limit in problem.limits:
        foldable[limit.options] = False
    while len(pairs):
        users = np.bincount(pairs[:, 1], minlength=count)
        needs = np.bincount(pairs[:, 0], minlength=count)
        now = foldable[pairs[:, 1]] & (users[pairs[:, 1]] == 1) & (needs[pairs[:, 1]] == 0)
        if not now.any():
            break
        np.add.at(cost, pairs[now, 0], cost[pairs[now, 1]])
        folded[pairs[now, 1]] = True
        pairs = pairs[~now]
    return folded, cost, len(pairs) == 0


class _Places:
    """What is left to do at each place: nothing, nothing that helps, or some clauses."""

    def __init__(self, problem: SitingProblem, clauses: Clauses) -> None:
        count = len(problem.place_ids)
        of_kind = {k: np.bincount(problem.clause_place[clauses.kind == k], minlength=count) for k in Kind}
        some = np.bincount(problem.clause_place, minlength=count) > 0
        every = problem.place_mode == Mode.ALL
        left = of_kind[Kind.ONE] + of_kind[Kind.MANY]
        all_true = some & (left + of_kind[Kind.FALSE] == 0)
        self.served = problem.place_before | np.where(every, all_true, of_kind[Kind.TRUE] > 0)
        can_be = np.where(every, some & (of_kind[Kind.FALSE] == 0), left > 0)
        self.reachable = self.served | can_be
        self.place, self.clauses = problem.clause_place, clauses
        self.any_of = ~every & (left > 1)
        """Places of which any of several clauses will do."""
        self.many = of_kind[Kind.MANY] > 0

    def rows(self, needed: NDArray[np.bool_]) -> tuple[NDArray[np.int64], sp.csr_array, bool]:
        """Points that must be covered, sets of clauses of whose points one must be, whether that is all.

        A clause that any of its points makes true gives a set; a clause of several gives its essential
        points. A place that any of its clauses serves gives one set of them all.

        Parameters
        ----------
        needed
            bool, shape (places,): places to be served.
        """
        clauses, place = self.clauses, self.place
        left = np.isin(clauses.kind, (Kind.ONE, Kind.MANY)) & needed[place]
        many = left & (clauses.kind == Kind.MANY) & ~self.any_of[place]
        owner = np.repeat(np.arange(len(place)), np.diff(clauses.weight.indptr))
        essential = clauses.essential & many[owner]
        single = np.unique(clauses.weight.indices[essential]).astype(np.int64)
        whole = (
            bool((clauses.essential | ~many[owner]).all()) and not (needed & self.any_of & self.many).any()
        )
        united = np.flatnonzero(left & ~many)
        head = np.where(self.any_of[place[united]], place[united], len(needed) + united)
        heads, row = np.unique(head, return_inverse=True)
        ones = np.ones(len(united), np.int64)
        return single, sp.csr_array((ones, (row, united)), shape=(len(heads), len(place))), whole


def _needed(
    problem: SitingProblem, floors: dict[int, int], places: _Places
) -> tuple[NDArray[np.bool_], bool]:
    """Places, not served yet, that every plan serves which meets the floors; whether those are enough."""
    needed = np.zeros(len(problem.place_ids), bool)
    complete = True
    for level, floor in floors.items():
        goals = [goal for goal in problem.goals if goal.level == level]
        sure = [min(goal.required, int(places.served[goal.places].sum())) for goal in goals]
        most = [min(goal.required, int(places.reachable[goal.places].sum())) for goal in goals]
        weights = [goal.weight for goal in goals]
        if sum(w * count for w, count in zip(weights, sure, strict=True)) >= floor:
            continue
        spare = sum(w * count for w, count in zip(weights, most, strict=True)) - floor
        for goal, now, count in zip(goals, sure, most, strict=True):
            reachable = goal.places[places.reachable[goal.places]]
            every_one = spare < goal.weight and len(reachable) == count
            needed[reachable] |= every_one
            complete &= every_one or now == count
    return needed & ~places.served, complete
