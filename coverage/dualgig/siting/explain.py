"""What a plan's parts are for: whom each group of options alone serves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from dualgig.siting.problem import Mode, serve

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem


@dataclass(frozen=True)
class SoleService:
    """Which places would lose their service without a group of chosen options.

    Parameters
    ----------
    group, place
        int64, shape (k,) each: the pairs, by group, then place.
    """

    group: NDArray[np.int64]
    place: NDArray[np.int64]

    def places_of(self, group: int) -> NDArray[np.int64]:
        """The places that one group alone serves, ascending."""
        first, last = np.searchsorted(self.group, [group, group + 1])
        return self.place[first:last]


def sole_service(
    problem: SitingProblem, chosen: NDArray[np.bool_], group: NDArray[np.integer]
) -> SoleService:
    """Places that are served, and would not be if one group's chosen options were not there.

    One pass for all groups: a point depends on a group where no other chosen option covers it; a clause
    fails where the weights of such points are more than it has to spare; a place fails with its last true
    clause, or with the first where it needs each.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        bool, shape (n,).
    group
        int, shape (n,): the group of each option, e.g. its site; -1 for options that are in none.
    """
    covered, served = serve(problem, chosen)
    inside = np.flatnonzero(chosen & (np.asarray(group) >= 0))
    groups = int(group[inside].max(initial=-1)) + 1
    to_group = sp.csr_array(
        (np.ones(len(inside), np.int32), (np.arange(len(inside)), group[inside])),
        shape=(len(inside), groups),
    )
    covers = sp.csr_array(problem.cover[:, inside].astype(np.int32) @ to_group)
    outside = np.flatnonzero(chosen & (np.asarray(group) < 0))
    others = problem.cover[:, outside].astype(np.int32) @ np.ones(len(outside), np.int32) > 0
    alone = (np.diff(covers.indptr) == 1) & ~others & ~problem.covered_before
    points = np.flatnonzero(alone)
    depends = sp.csr_array(covers[points] > 0).astype(np.int64)
    lost = (problem.clauses[:, points].astype(np.int64) @ depends).tocoo()
    spare = problem.clauses @ covered.astype(np.int64) - problem.need
    fails = (spare[lost.row] >= 0) & (lost.data > spare[lost.row])
    pair = problem.clause_place[lost.row[fails]].astype(np.int64) * max(groups, 1) + lost.col[fails]
    pairs, count = np.unique(pair, return_counts=True)
    place, holder = np.divmod(pairs, max(groups, 1))
    true = np.bincount(problem.clause_place[spare >= 0], minlength=len(served))
    needs_each = problem.place_mode[place] == Mode.ALL
    gone = served[place] & ~problem.place_before[place] & (needs_each | (count == true[place]))
    order = np.lexsort((place[gone], holder[gone]))
    return SoleService(holder[gone][order], place[gone][order])
