"""The same siting problem with fewer points, for searches whose time goes with the points that an option covers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from dualgig.siting.reduce import equal_rows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem


def condense(
    problem: SitingProblem, must: NDArray[np.bool_], out: NDArray[np.bool_], *, worth: bool
) -> SitingProblem:
    """Leave out points that nothing can change, and make one of those that are always served together.

    Every set of options that contains `must` and nothing of `out` serves the same places of goals and balances,
    and has the same worth where worth is asked for.

    Parameters
    ----------
    problem
        The siting problem.
    must, out
        bool, shape (n,): options that every plan contains, and that none does.
    worth
        Whether the worth of points and places matters; without it they count nothing.

    Returns
    -------
    SitingProblem
        The same options, clauses and places. Its first point stands for all that are served in any case.
    """
    certain = problem.covered_before | ((problem.cover.astype(np.int32) @ must.astype(np.int32)) > 0)
    matters = np.zeros(len(problem.place_ids), np.bool_)
    for places in (*(goal.places for goal in problem.goals), *(row.places for row in problem.balances)):
        matters[places] = True
    matters |= worth & (problem.place_worth > 0)
    used = sp.diags_array(matters[problem.clause_place].astype(np.int64), dtype=np.int64)
    weights = sp.csr_array(used @ problem.clauses)
    weights.eliminate_zeros()
    by_point = weights.tocsc()
    need = problem.need - problem.clauses @ certain.astype(np.int64)
    counted = worth & (problem.point_worth > 0)
    asked = (np.diff(by_point.indptr) > 0) | counted
    usable = sp.diags_array((~out & ~must).astype(np.int8), dtype=np.int8)
    cover = sp.csr_array(problem.cover.astype(np.int8) @ usable) if out.any() or must.any() else problem.cover
    if out.any() or must.any():
        cover.eliminate_zeros()
    kept = np.flatnonzero(asked & ~certain & (np.diff(cover.indptr) > 0))
    cover = sp.csr_array(cover[kept]).astype(np.bool_)
    cover.sort_indices()
    number = equal_rows(sp.csr_array(sp.hstack([cover, sp.csr_array(by_point.T)[kept] > 0], format="csr")))
    merged = int(number.max(initial=-1)) + 1
    first = np.zeros(merged, np.int64)
    first[number[::-1]] = np.arange(len(kept))[::-1]
    joined = sp.csr_array(
        (np.ones(len(kept), np.int64), (number, np.arange(len(kept)))), shape=(merged, len(kept))
    )
    clauses = sp.csr_array(weights[:, kept] @ joined.T)
    value = problem.point_worth if worth else np.zeros_like(problem.point_worth)
    none = sp.csr_array((1, cover.shape[1]), dtype=np.bool_)
    lead = sp.csr_array((len(need), 1), dtype=np.int64)
    return replace(
        problem,
        cover=sp.csr_array(sp.vstack([none, cover[first]], format="csr")),
        covered_before=np.arange(merged + 1) == 0,
        point_worth=np.concatenate([[value[certain].sum()], joined @ value[kept]]).astype(np.int64),
        clauses=sp.csr_array(sp.hstack([lead, clauses], format="csr")),
        need=need,
        place_worth=problem.place_worth if worth else np.zeros_like(problem.place_worth),
    )
