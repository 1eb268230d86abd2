"""The state of a siting problem in which nothing is chosen, for `flip` to change option by option."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from dualgig.siting.flip import begin
from dualgig.siting.kernels import kernel
from dualgig.siting.measure import levels
from dualgig.siting.problem import Mode
from dualgig.siting.tables import (
    ALWAYS,
    AMOUNT_FIELDS,
    CLAUSE_FIELDS,
    GOAL_FIELDS,
    GROUP_FIELDS,
    LEVEL_FIELDS,
    NEVER,
    OPTION_FIELDS,
    PLACE_FIELDS,
    POINT_FIELDS,
    ROW_FIELDS,
    ROWS_OVER,
    State,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.problem import Balance, Limit, SitingProblem


def start(problem: SitingProblem) -> State:
    """The state of a problem with nothing chosen, rows priced at nothing.

    Parameters
    ----------
    problem
        The siting problem. The indices of its cover matrix are shared where they are int32; beside them
        the lists of each option's points are made, 4 bytes an entry.
    """
    n, m = len(problem.option_ids), len(problem.place_ids)
    points, groups = len(problem.covered_before), int(problem.exclusive.max(initial=-1)) + 1
    rows: list[Limit | Balance] = [*problem.limits, *problem.balances]
    amounts = [*(r.amount for r in problem.limits), *(r.option_amount for r in problem.balances)]
    row_of, in_row = _pairs([r.options for r in rows])
    balance_of, in_balance = _pairs([r.places for r in problem.balances])
    goal_of, in_goal = _pairs([goal.places for goal in problem.goals])
    option, place = _table(n + 1, OPTION_FIELDS), _table(m + 1, PLACE_FIELDS)
    point, clause = _table(points + 1, POINT_FIELDS), _table(len(problem.need) + 1, CLAUSE_FIELDS)
    row, group, goal = (
        _table(len(rows) + 1, ROW_FIELDS),
        _table(groups + 1, GROUP_FIELDS),
        _table(len(problem.goals), GOAL_FIELDS),
    )
    option["cost"][:n], option["group"][:n] = problem.cost_cny, problem.exclusive
    excluding = np.flatnonzero(problem.exclusive >= 0)
    group["members"], members = _lists(problem.exclusive[excluding], excluding, groups)
    option["needs"], needs = _lists(problem.requires[:, 0], problem.requires[:, 1], n)
    option["users"], users = _lists(problem.requires[:, 1], problem.requires[:, 0], n)
    amount = np.concatenate([np.zeros(0, np.int64), *amounts])
    option["rows"], option_rows = _amounts(in_row, row_of, amount, n)
    row["options"], row_options = _amounts(row_of, in_row, amount, len(rows))
    row["most"][: len(rows)] = [r.most for r in rows]
    amount = np.concatenate([np.zeros(0, np.int64), *(r.place_amount for r in problem.balances)])
    place["rows"], place_rows = _amounts(in_balance, balance_of + len(problem.limits), amount, m)
    by_point = problem.clauses.tocsc()
    point["worth"][:points], point["clauses"] = problem.point_worth, by_point.indptr
    clauses = len(problem.need)
    clause["need"][:clauses], clause["place"][:clauses] = problem.need, problem.clause_place
    clause["points"] = problem.clauses.indptr
    place["clauses"], place_clauses = _lists(problem.clause_place, np.arange(clauses), m)
    place["goals"], place_goals = _lists(in_goal, goal_of, m)
    own = np.diff(place["clauses"])
    needed = np.where(own == 0, NEVER, np.where(problem.place_mode == Mode.ALL, own, 1))
    place["needed"][:m] = np.where(problem.place_before, ALWAYS, needed)
    place["worth"][:m] = problem.place_worth
    matters = (np.diff(place["goals"]) > 0) | (problem.place_worth > 0)
    place["credited"][:m] = matters & (needed < NEVER) & ~problem.place_before
    number = {level: k for k, level in enumerate(levels(problem))}
    goal["level"] = [number[g.level] for g in problem.goals]
    goal["required"], goal["weight"] = [
        [g.required for g in problem.goals],
        [g.weight for g in problem.goals],
    ]
    covering_first, covering = problem.cover.indptr, problem.cover.indices.astype(np.int32, copy=False)
    option["points"], covered = _transposed(covering_first, covering, n)
    state = State(
        option=option,
        point=point,
        clause=clause,
        place=place,
        goal=goal,
        level=_table(len(number), LEVEL_FIELDS),
        row=row,
        group=group,
        cover=np.zeros(points, np.int32),
        points=covered,
        covering_first=covering_first.astype(np.int64),
        covering=covering,
        needs=needs,
        users=users,
        members=members,
        option_rows=option_rows,
        row_options=row_options,
        place_rows=place_rows,
        point_clauses=_weighted(by_point.indices, by_point.data),
        clause_points=problem.clauses.indices.astype(np.int32, copy=False),
        place_clauses=place_clauses,
        place_goals=place_goals,
        listed=np.zeros(n, np.int32),
        open=np.zeros(m, np.int32),
        total=np.zeros(8, np.int64),
        priced=np.zeros(1, np.float64),
    )
    state.total[ROWS_OVER] = int((row["most"] < 0).sum())
    begin(state, problem.covered_before)
    return state


@kernel
def _transposed(
    first: NDArray[np.integer], items: NDArray[np.int32], columns: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Lists by item instead of by owner, owners ascending."""
    begin = np.zeros(columns + 1, np.int64)
    for j in items:
        begin[j + 1] += 1
    begin = np.cumsum(begin)
    at = begin.copy()
    owners = np.empty(len(items), np.int32)
    for i in range(len(first) - 1):
        for q in range(first[i], first[i + 1]):
            owners[at[items[q]]] = i
            at[items[q]] += 1
    return begin, owners


def _table(records: int, fields: list[tuple[str, str]]) -> NDArray[Any]:
    return np.zeros(records, np.dtype(fields, align=True))


def _pairs(parts: list[NDArray[np.int32]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Number of the part, and entry."""
    owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    return owner, np.concatenate([np.zeros(0, np.int64), *parts]).astype(np.int64)


def _lists(
    owner: NDArray[np.integer], item: NDArray[np.integer], owners: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Where the items of each owner begin, and the items by owner."""
    first = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=owners))]).astype(np.int64)
    return first, item[np.argsort(owner, kind="stable")].astype(np.int32)


def _amounts(
    owner: NDArray[np.integer], item: NDArray[np.integer], amount: NDArray[np.int64], owners: int
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    first, items = _lists(owner, item, owners)
    return first, _weighted(items, amount[np.argsort(owner, kind="stable")])


def _weighted(item: NDArray[np.integer], amount: NDArray[np.int64]) -> NDArray[Any]:
    table = _table(len(item), AMOUNT_FIELDS)
    table["item"], table["amount"] = item, amount
    return table
