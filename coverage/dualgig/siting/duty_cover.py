"""The duty as a set covering problem: row weighting, with further rows as plans are found that miss them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from dualgig.siting.blocking import BlockingRows
from dualgig.siting.problem import serve
from dualgig.siting.service import describe
from dualgig.siting.setcover_bound import core_columns, cover_bound
from dualgig.siting.setcover_search import greedy_cover, search_cover

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem
    from dualgig.siting.setcover import DutyCover

_CORE_COLUMNS = 10
"""A covering of more than this many columns a row is searched on the cheapest of each row, this many."""


def search_duty(
    problem: SitingProblem,
    duty: DutyCover,
    known: NDArray[np.bool_] | None,
    *,
    moves: int,
    seed: int = 0,
    deadline_s: float | None = None,
    on_better: Callable[[NDArray[np.bool_]], None],
) -> None:
    """Search for cheap plans of a duty that covering rows describe; `on_better` hears of them.

    Parameters
    ----------
    problem
        The siting problem.
    duty
        Its covering rows, `DutyCover.sufficient`, each with a column.
    known
        bool, shape (n,): a plan that meets the duty, if there is one.
    moves, seed, deadline_s
        As with `search_cover`.
    on_better
        Called with plans, bool, shape (n,), that meet the duty.
    """
    unit = max(1, int(np.gcd.reduce(duty.cover.cost)))
    cover = replace(duty.cover, cost=duty.cover.cost // unit)
    begin = greedy_cover(cover)
    if known is not None and cover.cost[known[duty.options]].sum() < cover.cost[begin].sum():
        begin = known[duty.options] if cover.covered_by(known[duty.options]) else begin
    bound = cover_bound(cover, int(cover.cost[begin].sum()), deadline_s=deadline_s)
    kept = np.arange(cover.columns)
    if duty.exact and cover.columns > _CORE_COLUMNS * cover.rows:
        kept = np.union1d(core_columns(cover, bound, _CORE_COLUMNS), np.flatnonzero(begin))

    def plan(chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        columns = np.zeros(cover.columns, bool)
        columns[kept[chosen]] = True
        return duty.plan(problem, columns)

    found = search_cover(
        cover.only(kept),
        begin[kept],
        moves=moves,
        seed=seed,
        stop_at=bound.value,
        deadline_s=deadline_s,
        lacking=None if duty.exact else _Lacking(problem, duty).rows,
        on_better=lambda chosen: on_better(plan(chosen)),
    )
    if found is not None:
        on_better(plan(found))


class _Lacking:
    """Rows that thresholds imply, found where a choice of columns misses one."""

    def __init__(self, problem: SitingProblem, duty: DutyCover) -> None:
        self.problem, self.duty = problem, duty
        self.blocking: BlockingRows | None = None

    def rows(self, chosen: NDArray[np.bool_]) -> sp.csr_array:
        """Rows of options that block a place which some columns leave unserved: bool CSR over the columns."""
        problem, duty = self.problem, self.duty
        _, served = serve(problem, duty.plan(problem, chosen))
        missed = duty.needed & ~served
        if not missed.any():
            return sp.csr_array((0, len(chosen)), dtype=bool)
        if self.blocking is None:
            service = describe(problem, duty.chosen, duty.options)
            self.blocking = BlockingRows(problem, duty.chosen, service)
        service = self.blocking.service
        value = np.zeros(service.columns)
        value[: len(chosen)] = chosen
        value[service.place[missed]] = 1.0
        return sp.csr_array(self.blocking.search(value)[:, : len(chosen)] < 0.0)
