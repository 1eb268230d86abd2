"""What a planner's decisions imply: options that must be chosen, and options that cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.errors import ContradictionError
from dualgig.siting.problem import Decision

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem


def settle(problem: SitingProblem) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Options that every plan contains, and options that no plan contains.

    A locked option brings what it requires and shuts out the others of its exclusive group; whatever
    requires an option that is out is out itself.

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
        The decisions contradict one another; the options are named.
    """
    chosen = problem.decision == Decision.LOCKED
    out = problem.decision == Decision.FORBIDDEN
    option, needed = problem.requires[:, 0], problem.requires[:, 1]
    out[option[_exclude_each_other(problem, option, needed)]] = True
    while True:
        before = int(chosen.sum()) + int(out.sum())
        chosen[needed[chosen[option]]] = True
        out |= _shut_out(problem, chosen)
        out[option[out[needed]]] = True
        if int(chosen.sum()) + int(out.sum()) == before:
            break
    both = chosen & out
    if both.any():
        raise ContradictionError(_explain(problem, chosen, out))
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
    option whose requirement is dropped by that is dropped too.
    """
    group = problem.exclusive
    size = np.bincount(problem.cover.indices, minlength=len(chosen))
    members = np.flatnonzero(free & (group >= 0))
    order = members[np.lexsort((members, -size[members], group[members]))]
    picked = chosen | (free & (group < 0))
    picked[order[np.unique(group[order], return_index=True)[1]]] = True
    return fulfilled(problem, picked)


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
