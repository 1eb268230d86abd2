"""Better plans by exact windows: a neighbourhood of options decided anew by HiGHS, the others kept as they are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from dualgig.siting.decisions import settle
from dualgig.siting.ground import prepare
from dualgig.siting.measure import required
from dualgig.siting.problem import Decision
from dualgig.siting.reduce import ALL_REDUCTIONS
from dualgig.siting.search import Search

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.ask import Ask
    from dualgig.siting.ground import Ground
    from dualgig.siting.problem import SitingProblem
    from dualgig.siting.solver import Worker

_SIZE = 150
"""Options of a window: its program is solved in about a second."""

_NODES = 500
"""Nodes of a window's tree; where it takes more, the best plan so far is taken."""


def improve_in_windows(
    problem: SitingProblem,
    chosen: NDArray[np.bool_],
    ask: Ask,
    worker: Worker,
    *,
    windows: int,
    size: int = _SIZE,
    node_limit: int = _NODES,
    deadline_s: float | None = None,
    on_better: Callable[[NDArray[np.bool_]], None] | None = None,
) -> NDArray[np.bool_]:
    """Decide one neighbourhood after the other anew, each as well as its small program allows.

    Windows go along the options, each round from another first one, until so many have been solved or a
    whole round has found nothing; equal calls give equal plans where no clock ends them.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        bool, shape (n,): a plan that keeps the rules and what is asked.
    ask
        What the stage asks for.
    worker
        The child process.
    windows
        How many programs are solved at most.
    size
        Options of a window, with those that exclude or require one another not parted.
    node_limit
        Nodes of the tree of one program.
    deadline_s
        Moment of `time.monotonic` at which to give up.
    on_better
        Called with a copy of each better plan.

    Returns
    -------
    bool, shape (n,)
        A plan that keeps the same, and is not worse.

    Raises
    ------
    ContradictionError
        The decisions contradict one another.
    SolverError
        The solver's process died.
    """
    near = _Neighbours.of(problem)
    must, out = settle(problem)
    free = ~must & ~out & (np.diff(near.points.indptr) > 0)
    plan, idle, solved = chosen.copy(), 0, 0
    first, left = 0, np.flatnonzero(free)
    while solved < windows and len(left) > 0:
        window = near.around(int(left[0]), size)
        seen = np.isin(left, window)
        left = left[~seen]
        search = _decide(problem, plan, ask, window, worker, node_limit, deadline_s)
        solved += 1
        idle += 1
        if (search.chosen != plan).any():
            plan, idle = search.chosen, 0
            if on_better is not None:
                on_better(plan.copy())
        if search.ended == "time_limit":
            break
        if len(left) == 0:
            if idle * size >= int(free.sum()):
                break
            # the next round's windows lie across this one's borders
            first = (first + size // 2) % max(1, int(free.sum()))
            left = np.roll(np.flatnonzero(free), -first)
    return plan


def _decide(
    problem: SitingProblem,
    chosen: NDArray[np.bool_],
    ask: Ask,
    window: NDArray[np.int64],
    worker: Worker,
    node_limit: int,
    deadline_s: float | None,
) -> Search:
    """Solve the program in which all but the window's options stay as they are."""
    decision = np.where(chosen, Decision.LOCKED, Decision.FORBIDDEN).astype(np.int8)
    decision[window] = problem.decision[window]
    ground = prepare(replace(problem, decision=decision), ALL_REDUCTIONS)
    search = Search(ground, ask, chosen, _any_bound(ground, ask), 0)
    search.run(worker, gap=0.0, node_limit=node_limit, deadline_s=deadline_s, progress=None)
    return search


def _any_bound(ground: Ground, ask: Ask) -> int:
    """A bound that needs no proof."""
    if ask.objective == "good":
        return ground.most_good
    if ask.objective == "duty" and ask.level is not None:
        return required(ground.problem)[ask.level]
    return 0


@dataclass(frozen=True)
class _Neighbours:
    """Which options share points, exclude or require one another.

    Parameters
    ----------
    points
        bool CSR, shape (n, points): what an option covers, of what is not covered before.
    options
        bool CSR, shape (points, n).
    tied
        bool CSR, shape (n, n), symmetric: of one exclusive group, or one requires the other.
    """

    points: sp.csr_array
    options: sp.csr_array
    tied: sp.csr_array

    @classmethod
    def of(cls, problem: SitingProblem) -> _Neighbours:
        n = len(problem.option_ids)
        options = problem.cover[np.flatnonzero(~problem.covered_before)].astype(np.int32)
        member = np.flatnonzero(problem.exclusive >= 0)
        groups = int(problem.exclusive.max(initial=-1)) + 1
        ones = np.ones(len(member), np.int32)
        group = sp.csr_array((ones, (problem.exclusive[member], member)), shape=(groups, n))
        pair = np.ones(len(problem.requires), np.int32)
        needs = sp.csr_array((pair, (problem.requires[:, 0], problem.requires[:, 1])), shape=(n, n))
        return cls(options.T.tocsr(), options.tocsr(), sp.csr_array(group.T @ group + needs + needs.T))

    def around(self, option: int, size: int) -> NDArray[np.int64]:
        """The option and those nearest to it: most points shared with the window so far, first numbers first."""
        n = self.points.shape[0]
        shared, inside = np.zeros(n, np.int64), np.zeros(n, np.bool_)
        following = option
        while inside.sum() < size:
            new = self._with_tied(following) & ~inside
            inside |= new
            covered = np.unique(self.points[np.flatnonzero(new)].indices)
            shared += np.bincount(self.options[covered].indices, minlength=n)
            shared[inside] = 0
            following = int(np.argmax(shared))
            if shared[following] == 0:
                break
        return np.flatnonzero(inside)

    def _with_tied(self, option: int) -> NDArray[np.bool_]:
        """The option with all that are tied to it, through chains."""
        found = np.zeros(self.points.shape[0], np.bool_)
        fresh = np.array([option])
        while len(fresh):
            found[fresh] = True
            tied = self.tied[fresh].indices
            fresh = np.unique(tied[~found[tied]])
        return found
