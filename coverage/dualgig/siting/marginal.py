"""What serving one more place would cost beyond a plan, and which places can be served at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, milp

from dualgig.siting.decisions import fulfilled, widest
from dualgig.siting.problem import Decision, serve
from dualgig.siting.service import ALWAYS, NEVER, describe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from dualgig.siting.problem import Goal, SitingProblem
    from dualgig.siting.service import Service

IMPOSSIBLE = -1
"""Cost of what nothing can serve."""

_NODE_LIMIT = 20_000


def cost_to_serve(
    problem: SitingProblem, chosen: NDArray[np.bool_], places: NDArray[np.integer] | Sequence[int]
) -> NDArray[np.int64]:
    """Least cost of serving each place, alone, in addition to a plan.

    What is chosen stays, but an option of the same exclusive group may take a chosen one's place where
    it serves all that the chosen one serves; then the difference is paid, at least 0. What limits ask for
    beside an addition (the rent of one more tenant) is paid too.

    Parameters
    ----------
    problem
        The siting problem; its budget, limits of money and balances are not looked at.
    chosen
        bool, shape (n,): a plan that keeps the rules.
    places
        Numbers of the places.

    Returns
    -------
    ndarray of int64
        Whole yuan, one a place; 0 where it is served, `IMPOSSIBLE` where no allowed options serve it.
    """
    additions = _additions(problem, chosen)
    return np.array([_least(additions, np.array([place]), 1) for place in places], np.int64)


def cost_to_meet(problem: SitingProblem, chosen: NDArray[np.bool_], goal: Goal) -> int:
    """Least cost of meeting a goal in addition to a plan, by the rule of `cost_to_serve`.

    Returns
    -------
    int
        Whole yuan; `IMPOSSIBLE` where it cannot be met. Where the search ends at its limit of nodes,
        the least cost found.
    """
    return _least(_additions(problem, chosen), goal.places.astype(np.int64), goal.required)


def possible(problem: SitingProblem, *, ignore_forbidden: bool = False) -> NDArray[np.bool_]:
    """Which places some set of options serves, place by place: bool, shape (places,).

    Parameters
    ----------
    problem
        The siting problem; its budget and what is locked are not looked at.
    ignore_forbidden
        Take forbidden options as allowed.
    """
    nothing = np.zeros(len(problem.option_ids), np.bool_)
    usable = _usable(problem, ignore_forbidden=ignore_forbidden)
    at_best = serve(problem, usable)[1]
    certain = serve(problem, widest(problem, nothing, usable))[1]
    doubtful = np.flatnonzero(at_best & ~certain)
    if len(doubtful):
        free = np.flatnonzero(usable)
        cost = np.zeros(len(free), np.int64)
        rooms = _rooms(problem, nothing, np.arange(len(nothing)), free)
        additions = _Additions(problem, nothing, describe(problem, nothing, free), cost, *rooms)
        certain[doubtful] = [_least(additions, np.array([place]), 1) == 0 for place in doubtful]
    return certain


@dataclass(frozen=True)
class _Additions:
    """What may be added to a plan, and what it costs beyond it; options as in ``service.free``.

    `amount` (int64 CSR, shape (limits, options)) and `room` are the limits that are no money, with what is
    chosen taken off.
    """

    problem: SitingProblem
    chosen: NDArray[np.bool_]
    service: Service
    cost_cny: NDArray[np.int64]
    amount: sp.csr_array
    room: NDArray[np.int64]


def _additions(problem: SitingProblem, chosen: NDArray[np.bool_]) -> _Additions:
    usable = _usable(problem, ignore_forbidden=False) & ~chosen
    cost = problem.cost_cny.copy()
    needed = np.zeros(len(chosen), np.bool_)
    needed[problem.requires[chosen[problem.requires[:, 0]], 1]] = True
    holder = {int(problem.exclusive[c]): int(c) for c in np.flatnonzero(chosen & (problem.exclusive >= 0))}
    by_option = problem.cover.T.tocsr()
    instead = np.arange(len(chosen))
    for option in np.flatnonzero(usable & (problem.exclusive >= 0)):
        held = holder.get(int(problem.exclusive[option]))
        if held is None:
            continue
        replaces = problem.decision[held] != Decision.LOCKED and not needed[held]
        served = by_option.indices[by_option.indptr[held] : by_option.indptr[held + 1]]
        offered = by_option.indices[by_option.indptr[option] : by_option.indptr[option + 1]]
        usable[option] = replaces and bool(np.isin(served, offered).all())
        cost[option] = max(0, int(cost[option]) - int(cost[held]))
        instead[option] = held
    free = np.flatnonzero(fulfilled(problem, usable, chosen))
    rooms = _rooms(problem, chosen, instead, free)
    return _Additions(problem, chosen, describe(problem, chosen, free), cost[free], *rooms)


def _rooms(
    problem: SitingProblem, chosen: NDArray[np.bool_], instead: NDArray[np.int64], free: NDArray[np.int64]
) -> tuple[sp.csr_array, NDArray[np.int64]]:
    """Amounts of free options in the limits that are no money, and the room that a plan leaves in each.

    ``instead[j]`` is the option whose place option j takes, or j itself.
    """
    rules = np.flatnonzero([not limit.money for limit in problem.limits])
    rows = problem.limit_rows[rules]
    most = np.array([problem.limits[k].most for k in rules], np.int64)
    other = np.flatnonzero(instead[free] != free)
    to_free = sp.csr_array(
        (np.ones(len(other), np.int64), (instead[free[other]], other)), shape=(len(chosen), len(free))
    )
    return sp.csr_array(rows[:, free] - rows @ to_free), most - rows @ chosen.astype(np.int64)


def _usable(problem: SitingProblem, *, ignore_forbidden: bool) -> NDArray[np.bool_]:
    """Options that are allowed, and so is what they require."""
    usable = np.ones(len(problem.decision), np.bool_)
    if not ignore_forbidden:
        usable = problem.decision != Decision.FORBIDDEN
    return fulfilled(problem, usable)


def _least(additions: _Additions, places: NDArray[np.int64], required: int) -> int:
    """Least cost at which at least so many of the places are served, or `IMPOSSIBLE`."""
    service = additions.service
    column = service.place[places]
    required -= int((column == ALWAYS).sum())
    open_ = column[(column != ALWAYS) & (column != NEVER)]
    if required <= 0:
        return 0
    if len(open_) < required:
        return IMPOSSIBLE
    columns = service.below(open_)
    count = len(service.free)
    columns[:count] = _closed(additions, columns[:count])
    kept = np.flatnonzero(columns)
    number = np.full(service.columns, -1)
    number[kept] = np.arange(len(kept))
    rows, upper = _rules(additions, columns, number, len(kept))
    rows.append(service.matrix[columns[service.head]][:, kept])
    upper.append(np.zeros(rows[-1].shape[0]))
    goal = sp.csr_array(
        (np.ones(len(open_)), (np.zeros(len(open_), np.int64), number[open_])), shape=(1, len(kept))
    )
    cost = np.zeros(len(kept))
    own = kept < count
    cost[own] = additions.cost_cny[kept[own]]
    result = milp(
        cost,
        integrality=service.binary[kept].astype(int),
        bounds=Bounds(0.0, 1.0),
        constraints=[
            LinearConstraint(sp.vstack(rows, format="csr"), -np.inf, np.concatenate(upper)),
            LinearConstraint(goal, required, np.inf),
        ],
        options={"mip_rel_gap": 0.0, "node_limit": _NODE_LIMIT},
    )
    if result.x is None:
        return IMPOSSIBLE
    picked = kept[own][result.x[own] > 0.5]
    return int(additions.cost_cny[picked].sum())


def _closed(additions: _Additions, options: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Options with all that they require and that is not chosen yet, and with what may make room for them."""
    problem, free = additions.problem, additions.service.free
    option, needed = problem.requires[:, 0], problem.requires[:, 1]
    wanted = np.zeros(len(problem.option_ids), np.bool_)
    wanted[free] = options
    limit = np.repeat(np.arange(len(additions.room)), np.diff(additions.amount.indptr))
    member, amount = free[additions.amount.indices], additions.amount.data
    while True:
        before = int(wanted.sum())
        wanted[needed[wanted[option] & ~additions.chosen[needed]]] = True
        weight = np.zeros(len(additions.room), np.int64)
        np.add.at(weight, limit, np.where(wanted[member], np.maximum(amount, 0), 0))
        tight = weight > additions.room
        wanted[member[tight[limit] & (amount < 0)]] = True
        if int(wanted.sum()) == before:
            return wanted[free]


def _rules(
    additions: _Additions, columns: NDArray[np.bool_], number: NDArray[np.int64], width: int
) -> tuple[list[sp.csr_array], list[NDArray[np.float64]]]:
    """Exclusions, prerequisites and limits among the options that are kept: rows and their upper limits."""
    problem, free = additions.problem, additions.service.free
    position = np.full(len(problem.option_ids), -1)
    inside = np.flatnonzero(columns[: len(free)])
    position[free[inside]] = number[inside]
    rows, upper = [], []
    option, needed = problem.requires[:, 0], problem.requires[:, 1]
    both = (position[option] >= 0) & (position[needed] >= 0)
    for a, b in zip(position[option[both]], position[needed[both]], strict=True):
        rows.append(sp.csr_array(([1.0, -1.0], ([0, 0], [a, b])), shape=(1, width)))
        upper.append(np.zeros(1))
    group = np.where(position >= 0, problem.exclusive, -1)
    for g in np.unique(group[group >= 0]):
        members = position[group == g]
        if len(members) > 1:
            zeros = np.zeros(len(members), np.int64)
            rows.append(sp.csr_array((np.ones(len(members)), (zeros, members)), shape=(1, width)))
            upper.append(np.ones(1))
    amount = additions.amount[:, inside].tocoo()
    limits = (amount.data.astype(float), (amount.row, number[inside][amount.col]))
    rows.append(sp.csr_array(limits, shape=(len(additions.room), width)))
    upper.append(additions.room.astype(float))
    return rows, upper
