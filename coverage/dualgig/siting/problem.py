"""The siting problem as arrays: options, points, places, goals, budget. No geometry, no radio."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


class Decision(IntEnum):
    """A planner's will about an option."""

    FORBIDDEN = -1
    FREE = 0
    LOCKED = 1


class Mode(IntEnum):
    """How the clauses of a place combine: any operator suffices, or each is needed."""

    ANY = 0
    ALL = 1


@dataclass(frozen=True)
class Goal:
    """A share of a set of places that must be served.

    Parameters
    ----------
    name
        As in the project file, e.g. ``township_5g``.
    level
        Duties of a lower level come first (lexicographically); goals of one level are added.
    places
        int32, indices of the places it counts, without repetition.
    required
        How many of them must be served, ``0 <= required <= len(places)``.
    weight
        What one served place of it counts among the goals of its level, at least 1.
    """

    name: str
    level: int
    places: NDArray[np.int32]
    required: int
    weight: int = 1


@dataclass(frozen=True)
class Limit:
    """A row over options that every plan keeps: ``sum(amount * chosen[options]) <= most``.

    Parameters
    ----------
    name
        What a planner reads, e.g. ``fund universal service`` or ``tenants of QY-T001``.
    options
        int32, shape (k,), ascending, without repetition.
    amount
        int64, shape (k,), of either sign.
    most
        Whole number; rows of rules hold with nothing chosen, so theirs is not negative.
    money
        Whether it speaks of money: then it holds where the budget does, and what the duties cost is
        found without it. The others are rules of building (tenants on a mast) and hold always.
    """

    name: str
    options: NDArray[np.int32]
    amount: NDArray[np.int64]
    most: int
    money: bool


@dataclass(frozen=True)
class Balance:
    """A row over options and places that a plan keeps where the duties and the money leave it possible.

    ``sum(option_amount * chosen[options]) + sum(place_amount * served[places]) <= most``: the least
    share of spending of a group, the largest difference in coverage between groups. After the duties a
    stage of its own finds the least excess over `most` (0 where it can be kept), which later stages keep.

    Parameters
    ----------
    name
        What a planner reads.
    options, option_amount
        int32 and int64, shape (k,), amounts of either sign.
    places, place_amount
        int32 and int64, shape (l,), amounts of either sign; service is counted exactly, so a plan cannot
        pass by leaving a served place uncounted.
    most
        Whole number.
    """

    name: str
    options: NDArray[np.int32]
    option_amount: NDArray[np.int64]
    places: NDArray[np.int32]
    place_amount: NDArray[np.int64]
    most: int


@dataclass(frozen=True)
class SitingProblem:
    """What can be built, what it serves, and what must be served.

    A *point* is served when an option that covers it is chosen, or it is covered before. A *clause*
    is true when the weights of its served points add up to its need. A *place* is served when any
    (or each) of its clauses is true, or a ledger says that it is served today. A place without a
    clause is served only by the ledger.

    Parameters
    ----------
    option_ids
        Stable ids, n of them.
    cost_cny
        int64, shape (n,), whole yuan, not negative.
    decision
        int8, shape (n,), values of `Decision`.
    exclusive
        int32, shape (n,): options with the same number >= 0 exclude one another; -1 excludes none.
    requires
        int32, shape (k, 2): option ``requires[i, 0]`` may be chosen only with ``requires[i, 1]``.
    cover
        bool CSR, shape (points, n): which option serves which point.
    covered_before
        bool, shape (points,).
    point_worth
        int64, shape (points,): worth in the third stage of one served point (people), not negative.
    clauses
        int64 CSR, shape (clauses, points), positive weights.
    need
        int64, shape (clauses,): weight at which a clause is true; 0 is always true.
    clause_place
        int32, shape (clauses,): the place that a clause belongs to.
    place_ids
        Stable ids, m of them (place and service).
    place_mode
        int8, shape (m,), values of `Mode`.
    place_before
        bool, shape (m,): served today by the ledger, whatever the points say.
    place_worth
        int64, shape (m,): worth in the third stage of one served place, not negative.
    goals
        The duties.
    budget_cny
        Whole yuan for everything that is chosen, locked options included.
    limits
        Rows that every plan keeps beside the budget.
    balances
        Rows that a plan keeps where it can, in the order of their importance.
    """

    option_ids: tuple[str, ...]
    cost_cny: NDArray[np.int64]
    decision: NDArray[np.int8]
    exclusive: NDArray[np.int32]
    requires: NDArray[np.int32]
    cover: sp.csr_array
    covered_before: NDArray[np.bool_]
    point_worth: NDArray[np.int64]
    clauses: sp.csr_array
    need: NDArray[np.int64]
    clause_place: NDArray[np.int32]
    place_ids: tuple[str, ...]
    place_mode: NDArray[np.int8]
    place_before: NDArray[np.bool_]
    place_worth: NDArray[np.int64]
    goals: tuple[Goal, ...]
    budget_cny: int
    limits: tuple[Limit, ...] = ()
    balances: tuple[Balance, ...] = ()

    @cached_property
    def limit_rows(self) -> sp.csr_array:
        """int64 CSR, shape (limits, n): the amounts of each limit."""
        rows = [(limit.options, limit.amount) for limit in self.limits]
        return _matrix(rows, len(self.option_ids))

    @cached_property
    def balance_rows(self) -> sp.csr_array:
        """int64 CSR, shape (balances, n + m): the amounts of each balance, options first, then places."""
        n = len(self.option_ids)
        rows = [
            (
                np.concatenate([balance.options, balance.places.astype(np.int64) + n]),
                np.concatenate([balance.option_amount, balance.place_amount]),
            )
            for balance in self.balances
        ]
        return _matrix(rows, n + len(self.place_ids))


def _matrix(rows: Sequence[tuple[NDArray[np.integer], NDArray[np.int64]]], width: int) -> sp.csr_array:
    """Rows of (columns, values) as int64 CSR."""
    ends = np.cumsum([0, *(len(column) for column, _ in rows)])
    columns = np.concatenate([np.zeros(0, np.int64), *(column for column, _ in rows)])
    values = np.concatenate([np.zeros(0, np.int64), *(value for _, value in rows)])
    return sp.csr_array((values.astype(np.int64), columns.astype(np.int64), ends), shape=(len(rows), width))


def serve(problem: SitingProblem, chosen: NDArray[np.bool_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which points and places are served by a set of options, by exact recomputation.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        bool, shape (n,).

    Returns
    -------
    points, places
        bool, shape (points,) and (places,).
    """
    covered = problem.covered_before | ((problem.cover.astype(np.int32) @ chosen.astype(np.int32)) > 0)
    true = (problem.clauses @ covered.astype(np.int64)) >= problem.need
    m = len(problem.place_ids)
    total = np.bincount(problem.clause_place, minlength=m)
    good = np.bincount(problem.clause_place[true], minlength=m)
    by_points = np.where(problem.place_mode == Mode.ALL, (good == total) & (total > 0), good > 0)
    return covered, by_points | problem.place_before
