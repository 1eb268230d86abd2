"""Plans by greedy steps and annealing, for problems beyond exact search: good soon, and proved elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.errors import SolverError
from dualgig.siting.aims import limit_rows, target_of
from dualgig.siting.condense import condense
from dualgig.siting.cooling import windows
from dualgig.siting.covering_field import is_covering_location, make_field
from dualgig.siting.covering_location import search_field
from dualgig.siting.decisions import settle
from dualgig.siting.energy import (
    LEAST_COST,
    LEAST_EXCESS,
    MOST_DUTY,
    MOST_GOOD,
    keeps,
    no_prices,
)
from dualgig.siting.flip import choose
from dualgig.siting.greedy import fill, prune
from dualgig.siting.measure import required
from dualgig.siting.moves import make_desk
from dualgig.siting.pricing import adapt, begin_prices, mean_cost
from dualgig.siting.state import start
from dualgig.siting.tables import NO_LIMIT
from dualgig.siting.walk import Trace, begin_trace, walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.ask import Ask
    from dualgig.siting.problem import SitingProblem

_HOT, _COLD = 0.12, 0.01
"""Temperature at first and at last, in the price of an option of mean cost."""

_WINDOWS = 100
"""Times in a search that prices are looked at again, at least."""

_WORK = 3_000_000
"""Points that the moves of a window touch at most, so that it ends within half a second."""

_MANY = 1000
"""Options from which on problems without places have a search of their own."""

_SHARE = 0.5
"""Of a place's worth, what the greedy steps take its credit for."""


def construct(
    problem: SitingProblem, ask: Ask, *, chosen: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """A plan by greedy steps: the floors for little money, what is redundant out, then the objective.

    Parameters
    ----------
    problem
        The siting problem.
    ask
        What the stage asks for.
    chosen
        bool, shape (n,): a plan to start from, which keeps the rules; without it, from what every plan contains.

    Returns
    -------
    bool, shape (n,)
        A plan that keeps decisions, exclusions, prerequisites, limits and what is asked to be kept; not worse
        than `chosen` where that does.

    Raises
    ------
    ContradictionError
        The decisions contradict one another.
    SolverError
        No plan was found that keeps what is asked; there may be one.
    """
    search = _Local(problem, ask, 0)
    search.begin(search.must if chosen is None else chosen)
    if search.is_covering_location:
        search.exchange(0, None, None)
    else:
        search.greedy()
    if not search.found:
        search.anneal(40 * len(problem.option_ids), None, None)
    return search.result()


def improve(
    problem: SitingProblem,
    chosen: NDArray[np.bool_],
    ask: Ask,
    *,
    moves: int,
    seed: int = 0,
    deadline_s: float | None = None,
    on_better: Callable[[NDArray[np.bool_]], None] | None = None,
) -> NDArray[np.bool_]:
    """Make a plan better by annealing: options dropped, added, exchanged, with the rules kept at every move.

    What is asked to be kept has a price meanwhile, which goes up while it is not kept (strategic oscillation:
    Glover and Laguna, Tabu Search, 1997); only plans that keep it are given back. Equal calls give equal plans
    where no clock ends them.

    Parameters
    ----------
    problem
        The siting problem.
    chosen
        bool, shape (n,): a plan that keeps the rules; one that keeps what is asked is never made worse.
    ask
        What the stage asks for.
    moves
        How many moves are tried.
    seed
        Of the random moves.
    deadline_s
        Moment of `time.monotonic` at which to give up.
    on_better
        Called with a copy of each better plan, some time after it was found; Ctrl-C leaves the last of them.

    Returns
    -------
    bool, shape (n,)
        The best plan found that keeps decisions, exclusions, prerequisites, limits and what is asked.

    Raises
    ------
    ContradictionError
        The decisions contradict one another.
    SolverError
        No plan was found that keeps what is asked; there may be one.
    """
    search = _Local(problem, ask, seed)
    search.begin(chosen)
    run = search.exchange if search.is_covering_location else search.anneal
    run(moves, deadline_s, on_better)
    return search.result()


class _Local:
    """State, target and best plan of a search."""

    def __init__(self, problem: SitingProblem, ask: Ask, seed: int) -> None:
        self.problem, self.ask = problem, ask
        self.must, out = settle(problem)
        worth = ask.objective == "good" or ask.good is not None
        self.state = start(condense(problem, self.must, out, worth=worth))
        fixed = self.must.astype(np.int8) - out.astype(np.int8)
        rule = np.zeros(len(self.state.row) - 1, np.bool_)
        rule[: len(problem.limits)] = [not limit.money for limit in problem.limits]
        self.desk = make_desk(self.state, fixed, rule, seed)
        self.target = target_of(problem, ask)
        self.most_duty = np.array(list(required(problem).values()), np.int64)
        self.wanted = self.target.floors.copy()
        if ask.objective == "duty":
            at = int(self.target.kind[1])
            self.wanted[at] = self.most_duty[at]
        limit_rows(problem, ask, self.state)
        option = self.state.option
        counts = (np.diff(option["points"]) > 0) | (np.diff(option["rows"]) > 0)
        self.candidates = np.flatnonzero(counts & (fixed == 0)).astype(np.int32)
        n = len(problem.option_ids)
        self.trace = Trace(
            best=np.zeros(n, np.bool_),
            score=np.array([NO_LIMIT, NO_LIMIT, 0]),
            candidates=self.candidates,
            looks=np.zeros(1, np.int64),
            above=np.zeros(2, np.int64),
            short=np.zeros(len(self.wanted), np.int64),
            over=np.zeros(len(rule), np.int64),
        )

    @property
    def found(self) -> bool:
        """Whether there is a plan that keeps everything."""
        return bool(self.trace.score[0] < NO_LIMIT)

    @property
    def is_covering_location(self) -> bool:
        """Whether the search for large problems without places can be used, and is worth its while."""
        plain = self.ask.objective == "good" and self.ask.good is None and self.ask.budget_cny is not None
        large = len(self.candidates) >= _MANY
        return plain and large and is_covering_location(self.state, self.desk.fixed)

    def begin(self, chosen: NDArray[np.bool_]) -> None:
        """Take a plan as the state; what every plan contains may be the best already."""
        choose(self.state, self.must)
        begin_trace(self.state, self.target, self.trace)
        choose(self.state, chosen | self.must)
        begin_trace(self.state, self.target, self.trace)

    def greedy(self) -> None:
        """Floors, then the objective, then out with what neither needs."""
        s, d, t = self.state, self.desk, self.target
        prices = no_prices(s)
        prices.level[:] = 1.0
        prices.wanted[:], prices.aimed[:] = t.floors, self.most_duty
        fill(s, d, t._replace(most=np.array([NO_LIMIT])), prices)
        if t.kind[0] != LEAST_COST:
            self._prune(LEAST_COST)
            prices.wanted[:] = self.wanted
            prices.good[0] = 1.0 if t.kind[0] == MOST_GOOD else 0.0
            prices.share[0] = _SHARE
            if t.kind[0] == LEAST_EXCESS:
                s.row["hinge"][t.kind[1]] = 1.0
            fill(s, d, t, prices)
            prices.share[0] = 0.0
            fill(s, d, t, prices)
        elif self.ask.good is not None:
            prices.level[:], prices.below[0] = 0.0, 1.0
            fill(s, d, t, prices)
        s.row["hinge"][:] = 0.0
        self._prune(int(t.kind[0]))
        begin_trace(s, t, self.trace)

    def anneal(
        self, moves: int, deadline_s: float | None, on_better: Callable[[NDArray[np.bool_]], None] | None
    ) -> None:
        """Walk, window by window, then prune and fill the best plan."""
        s, d, t, w = self.state, self.desk, self.target, self.trace
        if not len(self.candidates) or moves <= 0:
            self.polish()
            return
        p = begin_prices(s, d, t, self.wanted)
        mean = mean_cost(s, d)
        points = 20 + len(s.points) // max(1, len(s.option) - 1)
        window = int(max(1, min(moves // _WINDOWS + 1, _WORK // points)))
        told = tuple(w.score[:2])
        for now in windows(moves, window, deadline_s, hot=_HOT, cold=_COLD):
            unit = max(p.cost[0], 1e-300) * mean
            walk(s, d, t, p, w, now.steps, now.hot * unit, now.cold * unit)
            adapt(s, d, t, p, w, late=now.part > 0.8)
            if on_better is not None and tuple(w.score[:2]) < told:
                told = tuple(w.score[:2])
                on_better(w.best.copy())
        if not self.found:
            return
        s.row["hinge"][:], s.row["linear"][:] = 0.0, 0.0
        choose(s, w.best)
        self.polish()
        if on_better is not None and tuple(w.score[:2]) < told:
            on_better(w.best.copy())

    def exchange(
        self, moves: int, deadline_s: float | None, on_better: Callable[[NDArray[np.bool_]], None] | None
    ) -> None:
        """Search a problem of covering location."""
        s, t, w = self.state, self.target, self.trace

        def on_plan(plan: NDArray[np.bool_]) -> None:
            choose(s, plan)
            if begin_trace(s, t, w) and on_better is not None:
                on_better(w.best.copy())

        field = make_field(s, self.desk.fixed, int(self.desk.random[0]))
        search_field(field, int(t.most[0]), moves, deadline_s, on_plan)

    def polish(self) -> None:
        """Prune and fill a plan that keeps everything."""
        s, d, t = self.state, self.desk, self.target
        self._prune(int(t.kind[0]))
        if t.kind[0] in {MOST_GOOD, MOST_DUTY}:
            prices = no_prices(s)
            prices.level[:], prices.wanted[:], prices.aimed[:] = 1.0, self.wanted, self.most_duty
            prices.good[0] = 1.0 if t.kind[0] == MOST_GOOD else 0.0
            fill(s, d, t, prices)
            self._prune(int(t.kind[0]))
        begin_trace(s, t, self.trace)

    def result(self) -> NDArray[np.bool_]:
        """The best plan."""
        if not self.found:
            raise SolverError(f"Local search found no plan that keeps what stage {self.ask.stage} asks for.")
        return self.trace.best.copy()

    def _prune(self, kind: int) -> None:
        """Out with what is not needed, dearest first; twice, since what required something may have gone."""
        s, t = self.state, self.target
        most = t.most if kind != LEAST_COST or keeps(s, t) else np.array([NO_LIMIT])
        least = t._replace(kind=np.array([kind, t.kind[1]]), most=most)
        for _ in range(2):
            chosen = np.flatnonzero(s.option["chosen"][:-1])
            order = chosen[np.lexsort((chosen, -s.option["cost"][chosen]))]
            prune(s, self.desk, least, order)
