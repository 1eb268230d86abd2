"""Takes out of a plan what serves nothing that counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.siting.measure import broken_limits, measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem


def prune(
    problem: SitingProblem,
    chosen: NDArray[np.bool_],
    candidates: NDArray[np.int64],
) -> NDArray[np.bool_]:
    """Leave out options, dearest first, as long as neither duties nor good are lost and every row is kept.

    Least cost alone leaves options that cost nothing and serve nothing, and a search that was ended
    early leaves dearer ones. No balance is exceeded by more than before.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        bool, shape (n,): a plan that keeps the rules and every limit.
    candidates
        int64, chosen options that may be left out.

    Returns
    -------
    bool, shape (n,)
    """
    chosen = chosen.copy()
    now = measure(problem, chosen)
    option, needed = problem.requires[:, 0], problem.requires[:, 1]
    waiting = candidates[np.lexsort((candidates, -problem.cost_cny[candidates]))].tolist()
    while True:
        kept = []
        for j in waiting:
            chosen[j] = False
            if chosen[option[needed == j]].any() or len(broken_limits(problem, chosen, money=True)):
                chosen[j] = True
                kept.append(j)
                continue
            then = measure(problem, chosen)
            if (
                then.good < now.good
                or any(then.duties[level] < count for level, count in now.duties.items())
                or any(more > less for more, less in zip(then.excess, now.excess, strict=True))
            ):
                chosen[j] = True
        # What was needed only by options that have just gone may go as well.
        if len(kept) == len(waiting) or not kept:
            return chosen
        waiting = kept
