"""The duty as a set covering problem: rows found as plans miss them, columns ruled out as bounds rise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from dualgig.siting.blocking import BlockingRows
from dualgig.siting.problem import serve
from dualgig.siting.service import describe
from dualgig.siting.setcover import SetCover
from dualgig.siting.setcover_bound import core_columns, cover_bound, out_of_reach
from dualgig.siting.setcover_search import greedy_cover, search_cover

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.problem import SitingProblem
    from dualgig.siting.setcover import DutyCover

_PHASES = 4
"""Times that a bound rules out columns, and the moves begin anew from the best plan on those left."""

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
    search = _Search(problem, duty, replace(duty.cover, cost=duty.cover.cost // unit))
    if known is not None:
        search.best = known[duty.options]
    for phase in range(_PHASES):
        share = moves // _PHASES + (phase < moves % _PHASES)
        search.run(share, seed * _PHASES + phase, deadline_s, on_better)
        if search.best is not None:
            on_better(duty.plan(problem, search.best))


class _Search:
    """All rows found so far over all columns, and the best cover of all that there are."""

    def __init__(self, problem: SitingProblem, duty: DutyCover, cover: SetCover) -> None:
        self.problem, self.duty, self.cover = problem, duty, cover
        self.best: NDArray[np.bool_] | None = None
        self.blocking: BlockingRows | None = None

    def run(
        self,
        moves: int,
        seed: int,
        deadline_s: float | None,
        on_better: Callable[[NDArray[np.bool_]], None],
    ) -> None:
        """One phase, from the best cover on."""
        cover, best = self.cover, self.best
        begin = greedy_cover(cover) if best is None else best
        upper = int(cover.cost[begin].sum())
        bound = cover_bound(cover, upper, deadline_s=deadline_s)
        possible = np.ones(cover.columns, bool) if best is None else ~out_of_reach(cover, bound, upper)
        if possible.sum() > _CORE_COLUMNS * cover.rows:
            possible = np.isin(np.arange(cover.columns), core_columns(cover, bound, _CORE_COLUMNS))
        kept = np.flatnonzero(possible | begin)
        more: list[sp.csr_array] = []

        def whole(chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
            columns = np.zeros(cover.columns, bool)
            columns[kept[chosen]] = True
            return columns

        def lacking(chosen: NDArray[np.bool_]) -> sp.csr_array:
            more.append(self._lacking(whole(chosen)))
            return more[-1][:, kept]

        found = search_cover(
            cover.only(kept),
            begin[kept],
            moves=moves,
            seed=seed,
            stop_at=bound.value,
            deadline_s=deadline_s,
            lacking=None if self.duty.exact else lacking,
            on_better=lambda chosen: on_better(self.duty.plan(self.problem, whole(chosen))),
        )
        if more:
            self.cover = SetCover.of(cover.cost, sp.csr_array(sp.vstack([cover.matrix, *more], format="csr")))
        if found is not None:
            self.best = whole(found)

    def _lacking(self, chosen: NDArray[np.bool_]) -> sp.csr_array:
        """Rows of options that block a place which some columns leave unserved: bool CSR over all columns."""
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
