"""What a planner's decisions imply: options that must be chosen, and options that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.errors import ContradictionError
from dualgig.siting.measure import broken_limits
from dualgig.siting.problem import Decision

if TYPE_CHECKING:
    import scipy.sparse as sp
    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem


def settle(problem: SitingProblem) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Options that every plan contains, and options that no plan contains.

    A locked option brings what it requires and shuts out the others of its exclusive group; whatever
    requires an option that is out is out itself. Limits that are no money are looked at one by one: an
    option that one of them has no room for is out, and one without which it cannot be kept is in.

    Parameters
    ----------
    problem
        The siting problem.

    Returns
    -------
    chosen, out
        bool, shape (n,).

    Raises
    ------
    ContradictionError
        The decisions contradict one another or a limit; the options or the limit are named.
    """
    chosen = problem.decision == Decision.LOCKED
    out = problem.decision == Decision.FORBIDDEN
    option, needed = problem.requires[:, 0], problem.requires[:, 1]
    out[option[_exclude_each_other(problem, option, needed)]] = True
    _spread(problem, chosen, out)
    if (chosen & out).any():
        raise ContradictionError(_explain(problem, chosen, out))
    while len(limits := _spread_limits(problem, chosen, out)):
        _spread(problem, chosen, out)
        if (chosen & out).any():
            raise ContradictionError(_no_way(problem, int(limits[0])))
    return chosen, out


def fulfilled(
    problem: SitingProblem, options: NDArray[np.bool_], beside: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """The options of a set whose requirements are in it or beside it, through every chain: bool, shape (n,).

    Parameters
    ----------
    options
        bool, shape (n,).
    beside
        bool, shape (n,): options that are chosen anyway; none where absent.
    """
    kept = options.copy()
    option, needed = problem.requires[:, 0], problem.requires[:, 1]
    there = kept if beside is None else kept | beside
    while (lost := kept[option] & ~there[needed]).any():
        kept[option[lost]] = False
        there = kept if beside is None else kept | beside
    return kept


def widest(problem: SitingProblem, chosen: NDArray[np.bool_], free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is chosen and a set of free options that keeps the rules and serves much: bool, shape (n,).

    Of each exclusive group it takes the free option that covers the most points, the first of equals; an
    option whose requirement is dropped by that is dropped too. Where a limit that is no money leaves no
    room for all, those that cover least go first.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        bool, shape (n,): a plan that keeps the rules.
    free
        bool, shape (n,): options that may be added.
    """
    group = problem.exclusive
    size = np.bincount(problem.cover.indices, minlength=len(chosen))
    taken = np.isin(group, group[chosen & (group >= 0)])
    members = np.flatnonzero(free & (group >= 0) & ~taken)
    order = members[np.lexsort((members, -size[members], group[members]))]
    picked = chosen | (free & (group < 0))
    picked[order[np.unique(group[order], return_index=True)[1]]] = True
    picked = fulfilled(problem, picked)
    while len(broken := broken_limits(problem, picked, money=False)):
        limit = problem.limits[broken[0]]
        spare = (limit.amount > 0) & picked[limit.options] & ~chosen[limit.options]
        option, amount = limit.options[spare], limit.amount[spare]
        order = np.lexsort((option, size[option]))
        over = int(limit.amount[picked[limit.options]].sum()) - limit.most
        count = int(np.searchsorted(np.cumsum(amount[order]), over)) + 1
        picked[option[order[:count]]] = False
        picked = fulfilled(problem, picked)
    return picked


def _spread(problem: SitingProblem, chosen: NDArray[np.bool_], out: NDArray[np.bool_]) -> None:
    """What follows from what is chosen and out by requirements and exclusions, in place."""
    option, needed = problem.requires[:, 0], problem.requires[:, 1]
    while True:
        before = int(chosen.sum()) + int(out.sum())
        chosen[needed[chosen[option]]] = True
        out |= _shut_out(problem, chosen)
        out[option[out[needed]]] = True
        if int(chosen.sum()) + int(out.sum()) == before:
            return


def _spread_limits(
    problem: SitingProblem, chosen: NDArray[np.bool_], out: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """What follows from the limits that are no money, in place: the numbers of those that settled something."""
    rules = np.flatnonzero([not limit.money for limit in problem.limits])
    if not len(rules):
        return rules
    rows = problem.limit_rows[rules]
    most = np.array([problem.limits[k].most for k in rules], np.int64)
    least = least_of_rows(rows, chosen, out)
    if (least > most).any():
        k = int(np.flatnonzero(least > most)[0])
        raise ContradictionError(_no_way(problem, int(rules[k]), int(least[k])))
    row = np.repeat(np.arange(len(rules)), np.diff(rows.indptr))
    room = (most - least)[row]
    open_ = ~chosen[rows.indices] & ~out[rows.indices]
    no_room, no_way = open_ & (rows.data > room), open_ & (-rows.data > room)
    out[rows.indices[no_room]] = True
    chosen[rows.indices[no_way]] = True
    return np.asarray(rules[np.unique(row[no_room | no_way])])


def least_of_rows(rows: sp.csr_array, chosen: NDArray[np.bool_], out: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Least sum of each row (int64 CSR over options) with all that is chosen and nothing that is out."""
    sure = np.asarray(rows @ chosen.astype(np.int64))
    less = rows.copy()
    less.data = np.minimum(less.data, 0)
    return np.asarray(sure + less @ (~chosen & ~out).astype(np.int64))


def _no_way(problem: SitingProblem, number: int, least: int | None = None) -> str:
    limit = problem.limits[number]
    sum_ = "" if least is None else f" it comes to at least {least:,}, but {limit.most:,} is the most."
    return (
        f"The limit '{limit.name}' cannot be kept with what is locked and forbidden"
        f"{':' if sum_ else '.'}{sum_} Free some of its options."
    )


def _exclude_each_other(
    problem: SitingProblem, option: NDArray[np.int32], needed: NDArray[np.int32]
) -> NDArray[np.bool_]:
    """Which requirements ask for another option of the same exclusive group."""
    group = problem.exclusive
    return np.asarray((group[option] >= 0) & (group[option] == group[needed]) & (option != needed))


def _shut_out(problem: SitingProblem, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Options whose exclusive group has another member that is chosen."""
    group = problem.exclusive
    taken = np.bincount(group[chosen & (group >= 0)], minlength=int(group.max(initial=-1)) + 1)
    inside = group >= 0
    shut = np.zeros(len(group), dtype=bool)
    shut[inside] = taken[group[inside]] > chosen[inside]
    return shut


def _explain(problem: SitingProblem, chosen: NDArray[np.bool_], out: NDArray[np.bool_]) -> str:
    ids, group = problem.option_ids, problem.exclusive
    for g in np.unique(group[chosen & (group >= 0)]):
        members = np.flatnonzero(chosen & (group == g))
        if len(members) > 1:
            return (
                f"{ids[members[0]]} and {ids[members[1]]} exclude one another, but both are locked or "
                "required by what is locked. Unlock one of them."
            )
    option, needed = problem.requires[:, 0], problem.requires[:, 1]
    forbidden = np.flatnonzero(chosen & (problem.decision == Decision.FORBIDDEN))
    # Whatever is chosen and out, without two of a group, goes back to an option that is forbidden.
    k = int(forbidden[0]) if len(forbidden) else int(np.flatnonzero(chosen & out)[0])
    asking = np.zeros(len(chosen), dtype=bool)
    asking[k] = True
    while not (locked := np.flatnonzero(asking & (problem.decision == Decision.LOCKED))).size:
        asking[option[asking[needed] & chosen[option]]] = True
    return f"{ids[locked[0]]} is locked, but {ids[k]}, which it requires, is forbidden. Free one of them."
