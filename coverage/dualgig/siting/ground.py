"""A problem made ready for its programs: decisions settled, options reduced, service written as rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.siting.blocking import BlockingRows
from dualgig.siting.decisions import settle, widest
from dualgig.siting.reduce import DROP_DOMINATED, MERGE_ROWS, Reduction, active, dominated
from dualgig.siting.service import NEVER, Service, describe

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem


SMALL = 300
"""Problems of no more free options go to branch and bound at once: it is over before a local search is."""


@dataclass(frozen=True)
class Ground:
    """A problem with what every plan contains, and its service as rows.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        bool, shape (n,): options that every plan contains.
    service
        Service by the free options.
    blocking
        Rows implied by thresholds, found as the stages go.
    """

    problem: SitingProblem
    chosen: NDArray[np.bool_]
    service: Service
    blocking: BlockingRows

    @property
    def is_large(self) -> bool:
        """Whether a local search before branch and bound is worth its time."""
        return len(self.service.free) > SMALL

    @property
    def within_reach(self) -> NDArray[np.bool_]:
        """bool, shape (places,): places that all free options together would serve."""
        return np.asarray(self.service.place != NEVER)

    @property
    def most_good(self) -> int:
        """Worth of all places and points that the free options together would serve."""
        problem, service = self.problem, self.service
        places = int(problem.place_worth[service.place != NEVER].sum())
        return places + int(problem.point_worth[service.point != NEVER].sum())

    def widest(self, plan: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """A set of options that keeps the rules, contains a plan that does (bool, shape (n,)) and serves much.

        Returns
        -------
        bool, shape (n,)
        """
        free = np.zeros(len(self.chosen), np.bool_)
        free[self.service.free] = True
        return widest(self.problem, plan, free)


def prepare(problem: SitingProblem, reductions: tuple[Reduction, ...]) -> Ground:
    """Settle the decisions, leave out superfluous options, write down service.

    Parameters
    ----------
    problem
        The siting problem.
    reductions
        Those wanted; those that the problem's features forbid are not used.

    Raises
    ------
    ContradictionError
        The decisions contradict one another.
    """
    chosen, out = settle(problem)
    use = active(problem, reductions)
    free = np.flatnonzero(~chosen & ~out)
    if DROP_DOMINATED in use:
        served = problem.covered_before | (problem.cover.astype(np.int32) @ chosen.astype(np.int32) > 0)
        free = free[~dominated(problem, free, np.flatnonzero(~served))]
    service = describe(problem, chosen, free, merge=MERGE_ROWS in use)
    return Ground(problem, chosen, service, BlockingRows(problem, chosen, service))
