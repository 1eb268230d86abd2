"""The stages of a plan: reach, cost of the duty, balances, most good, least cost, each with a proved gap."""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, cast, get_args

import numpy as np

from dualgig.plan import Stage
from dualgig.siting.ask import Ask
from dualgig.siting.clock import share_of
from dualgig.siting.fuse import apart, fuse
from dualgig.siting.ground import Ground, prepare
from dualgig.siting.measure import count_duties, fits_money, levels, measure, required
from dualgig.siting.prune import prune
from dualgig.siting.reduce import ALL_REDUCTIONS, FUSE, Reduction, active
from dualgig.siting.result import Progress, SitingResult
from dualgig.siting.search import Ended, Search, keeps
from dualgig.siting.solver import Worker
from dualgig.siting.standing import standing
from dualgig.siting.windows import improve_in_windows

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.plan import Duty, Status
    from dualgig.siting.problem import SitingProblem


_SHARE_OF_TIME = {"most_good": 0.95, "least_cost": 1.0}
"""Of the time that is left, what a stage may use; the others half of it."""

_WINDOWS = 20
"""Most exact windows of a stage; each takes about a second."""

_PATIENCE_S = 1.2
"""Time after Ctrl-C for greedy steps of the stages that are left."""

_PATIENCE_IN_PARTS_S = {"duties": 0.8, "after": 0.3}
"""The same where a search for the duties alone was ended, and in the search that it was for."""


def solve(
    problem: SitingProblem,
    *,
    gap: float = 0.0,
    node_limit: int = 200_000,
    time_limit_s: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    worker: Worker | None = None,
    reductions: tuple[Reduction, ...] = ALL_REDUCTIONS,
    start: SitingResult | Callable[[Worker], SitingResult] | None = None,
    duties_only: bool = False,
) -> SitingResult:
    """Choose options in stages, each kept by those that follow.

    1. *Reach*: level by level, most duties that any set of options meets.
    2. *Cost of the duty*: least cost that meets them. If that plan does not fit the money (the budget and
       the limits of money), level by level the most duties within the money.
    3. *Balances*: one by one, the least excess within the money, at no loss of duties.
    4. *Most good*: most worth of places and points within the money, at no loss of duties and balances.
    5. *Least cost* at no loss of duties, balances and good.

    Ctrl-C ends the search and gives the best plan so far; so does the time limit. Equal problems give
    equal plans unless a clock or Ctrl-C ended a stage.

    Parameters
    ----------
    problem
        The siting problem.
    gap
        Proved gap at which a stage ends, 0 for a proof of the best.
    node_limit
        Nodes of the branch-and-bound tree of a stage's program.
    time_limit_s
        Limit of all stages together; a stage may use half of what is left, most good nineteen twentieths, least cost all
        of it.
    progress
        Called with each better plan and bound.
    worker
        Child process to use; without one, one is started and ended.
    reductions
        Exact reductions to use where the problem's features allow them.
    start
        Result of the same problem under another budget: what it says of reach and cost of the duties is
        taken over, and its plan starts every stage whose rows it keeps. Or what finds such a result with the
        child process: it is called once the decisions and rows are known to agree, and within the time limit.
    duties_only
        Whether to end with what the duties cost, or with the most duties within the money where that plan
        does not fit it.

    Raises
    ------
    ContradictionError
        Decisions contradict one another, or what is locked alone breaks the budget or a limit.
    KeyboardInterrupt
        Ctrl-C before there was any plan.
    SolverError
        The solver's process died.
    """
    deadline_s = None if time_limit_s is None else time.monotonic() + time_limit_s
    fused = fuse(problem) if FUSE in active(problem, reductions) else apart(problem)
    ground = prepare(fused.problem, reductions)
    with nullcontext(worker) if worker is not None else Worker() as child:
        plan = standing(ground, child)
        staging = _Staging(
            ground, plan, child, gap, node_limit, deadline_s, progress, duties_only=duties_only
        )
        try:
            if callable(start):
                staging.start = _read(start(child), fused.narrow)
                _raise_if_interrupted(staging.start)
            elif start is not None:
                staging.start = _read(start, fused.narrow)
            staging.draft()
            return _read(staging.result(), fused.expand)
        except KeyboardInterrupt:
            child.close()
            staging.interrupt()
            return _read(staging.result(), fused.expand)


def _raise_if_interrupted(result: SitingResult) -> None:
    """A search that hears Ctrl-C ends with what it has; so must the one that it is for."""
    if result.status == "interrupted":
        raise KeyboardInterrupt


def _read(result: SitingResult, plan: Callable[[NDArray[np.bool_]], NDArray[np.bool_]]) -> SitingResult:
    """A result whose plans are read in another problem of the same points, places and costs."""
    return replace(result, chosen=plan(result.chosen), duty_plan=plan(result.duty_plan))


class _Staging:
    """The stages in their order. Each search is kept, so that `result` after Ctrl-C passes them again."""

    def __init__(
        self,
        ground: Ground,
        plan: NDArray[np.bool_],
        worker: Worker,
        gap: float,
        node_limit: int,
        deadline_s: float | None,
        progress: Callable[[Progress], None] | None,
        *,
        duties_only: bool,
    ) -> None:
        self.ground, self.problem, self.worker = ground, ground.problem, worker
        self.plan = plan
        self.over_money = False
        self.gap, self.node_limit, self.deadline_s = gap, node_limit, deadline_s
        self.progress, self.duties_only = progress, duties_only
        self.start: SitingResult | None = None
        self.stop: Ended = ""
        self.drafting = False
        self.drafts: dict[str, Search] = {}
        self.searches: dict[str, Search] = {}
        self.before = measure(self.problem, np.zeros(len(self.problem.option_ids), dtype=bool))

    def draft(self) -> None:
        """Pass the stages with greedy steps alone, so that there is soon a good plan for each to start from."""
        if not self.ground.is_large:
            return
        self.drafting = True
        self._pass()
        self.drafting = False
        self.drafts, self.searches, self.over_money = self.searches, {}, False

    def interrupt(self) -> None:
        """Let the stages that are left take what there is, with greedy steps as long as there is patience."""
        self.stop = "interrupted"
        patience_s = _PATIENCE_S
        if self.duties_only:
            patience_s = _PATIENCE_IN_PARTS_S["duties"]
        elif self.start is not None and self.start.status == "interrupted":
            patience_s = _PATIENCE_IN_PARTS_S["after"]
        self.deadline_s = time.monotonic() + patience_s
        if self.drafting:
            self.drafting = False
            self.drafts, self.searches, self.over_money = self.searches, {}, False

    def result(self) -> SitingResult:
        """Pass the stages; after Ctrl-C once more, when those that were not finished keep what they have."""
        return self._conclude(*self._pass())

    def _pass(self) -> tuple[Search, Search]:
        """All stages in their order: the last one's search, and that of the cost of the duties."""
        problem, levels_ = self.problem, levels(self.problem)
        floors: dict[int, int] = {}
        chosen = self.ground.widest(self.plan)
        for level in levels_:
            reach = self._stage(Ask(f"reach_{level}", "duty", level, dict(floors)), chosen)
            floors[level], chosen = reach.value, reach.chosen
        duty = self._stage(Ask("duty_cost", "cost", floors=dict(floors)), chosen)
        chosen = duty.chosen
        if not fits_money(problem, chosen):
            floors, chosen = self._within_budget(floors, duty)
        if self.duties_only:
            return list(self.searches.values())[-1], duty
        kept: dict[int, int] = {}
        for number in range(len(problem.balances)):
            ask = Ask(
                f"balance_{number}",
                "balance",
                floors=dict(floors),
                budget_cny=problem.budget_cny,
                excess=dict(kept),
                balance=number,
            )
            balance = self._stage(ask, chosen)
            kept[number], chosen = balance.value, balance.chosen
        ask = Ask("most_good", "good", floors=dict(floors), budget_cny=problem.budget_cny, excess=dict(kept))
        good = self._stage(ask, chosen)
        ask = replace(ask, stage="least_cost", objective="cost", good=good.value)
        last = self._stage(ask, good.chosen, None if good.prices is None else good.prices.pool)
        return last, duty

    def _within_budget(
        self, floors: dict[int, int], duty: Search
    ) -> tuple[dict[int, int], NDArray[np.bool_]]:
        """Most duties within the budget, level by level, and what that says about the cost of them all."""
        budget_cny = self.problem.budget_cny
        limited = any(limit.money for limit in self.problem.limits)
        within: dict[int, int] = {}
        chosen = self.plan
        proved = True
        for level, floor in floors.items():
            ask = Ask(f"duty_within_budget_{level}", "duty", level, dict(within), budget_cny)
            search = self._stage(ask, chosen, duty.chosen if self.ground.is_large else None)
            within[level], chosen = search.value, search.chosen
            if proved and search.bound < floor:
                self.over_money = True
                if not limited:
                    duty.bound = max(duty.bound, budget_cny + 1)
            proved = proved and search.value == floor
        cost_cny = measure(self.problem, chosen).cost_cny
        if within == floors and cost_cny < duty.value:
            duty.chosen, duty.value = chosen, cost_cny
        return within, chosen

    def _stage(self, ask: Ask, start: NDArray[np.bool_], pool: NDArray[np.bool_] | None = None) -> Search:
        search = self.searches.get(ask.stage)
        if search is None:
            search = Search(self.ground, ask, start, self._relaxation(ask), 0, pool=pool)
            if self.start is not None:
                search = _resumed(search, self.start)
            draft = self.drafts.get(ask.stage)
            if draft is not None:
                search.consider_if_kept(draft.chosen)
            search.baseline = search.worth_of(self.before)
            self.searches[ask.stage] = search
            if not search.done and not search.proved and self._is_late:
                search.ended = "time_limit"
            elif not search.done and not search.proved:
                deadline_s = self._deadline(ask.stage)
                if self.ground.is_large and (draft is None or draft.ask != ask):
                    # All options at once make a poor start for what the duties cost.
                    begin = self.plan if ask.budget_cny is None else search.chosen
                    search.construct(begin, deadline_s=deadline_s)
                if not self.stop and not self.drafting:
                    search.run(
                        self.worker,
                        gap=self.gap,
                        node_limit=self.node_limit,
                        deadline_s=deadline_s,
                        progress=self.progress,
                    )
                    if search.unfit and search.gap > self.gap and not self._is_late:
                        self._through_windows(search, deadline_s)
        if self.stop and not search.done and not search.proved:
            search.ended = self.stop
        search.done = True
        return search

    def _through_windows(self, search: Search, deadline_s: float | None) -> None:
        """Decide some neighbourhoods of the plan anew, where a tree over the whole or its core is too much."""

        def on_better(plan: NDArray[np.bool_]) -> None:
            search.consider_if_kept(plan)
            if self.progress is not None:
                self.progress(search.news)

        search.method += "+windows"
        improve_in_windows(
            self.problem,
            search.chosen,
            search.ask,
            self.worker,
            windows=_WINDOWS,
            deadline_s=deadline_s,
            on_better=on_better,
        )

    @property
    def _is_late(self) -> bool:
        """Whether the time is over: what a stage does before it looks at a clock itself takes up to seconds."""
        return self.deadline_s is not None and time.monotonic() >= self.deadline_s

    def _deadline(self, stage: str) -> float | None:
        return share_of(self.deadline_s, _SHARE_OF_TIME.get(stage, 0.5))

    def _relaxation(self, ask: Ask) -> int:
        """A bound that needs no solver: all options at once for what is to be large, for costs what every
        plan contains; or the bound of an earlier stage that asks for no more; for the least cost of as much good,
        what prices have proved of the most good.
        """  # noqa: D205
        if ask.objective == "cost":
            least = int(self.problem.cost_cny[self.ground.chosen].sum())
            duty = self.searches.get("duty_cost")
            if duty is not None and duty.ask.floors == ask.floors:
                least = max(least, duty.bound)
            good = self.searches.get("most_good")
            if good is not None and good.prices is not None and ask.good is not None:
                least = max(least, good.prices.least_cost(ask.good))
            return least
        if ask.objective == "balance":
            return 0
        if ask.objective == "good":
            return self.ground.most_good
        if ask.level is None:
            return 0
        most = count_duties(self.problem, self.ground.within_reach)[ask.level]
        reach = self.searches.get(f"reach_{ask.level}")
        return min(most, reach.bound) if reach is not None and reach.ask.floors == ask.floors else most

    def _conclude(self, last: Search, duty: Search) -> SitingResult:
        problem = self.problem
        self._prune(last)
        measured = measure(problem, last.chosen)
        if last.ask.objective == "cost":
            last.value = measured.cost_cny
        searches = list(self.searches.values())
        stages = tuple(Stage(s.ask.stage, s.ask.sense, s.value, s.bound, s.gap, s.method) for s in searches)
        return SitingResult(
            chosen=last.chosen,
            points=measured.points,
            places=measured.places,
            cost_cny=measured.cost_cny,
            stages=stages,
            duty=self._duty(measured.duties, duty),
            shortage_cny=max(0, duty.value - problem.budget_cny),
            status=self._status(searches),
            gap=next((stage.gap for stage in stages if stage.gap), 0.0),
            duty_plan=duty.chosen,
        )

    def _prune(self, last: Search) -> None:
        """Out with what serves nothing that counts, even where it costs nothing."""
        if self.ground.is_large:
            if not self._is_late:
                last.prune(deadline_s=self.deadline_s)
            return
        removable = last.chosen & ~self.ground.chosen
        if last.proved:
            removable &= self.problem.cost_cny == 0
        last.chosen = prune(self.problem, last.chosen, np.flatnonzero(removable))

    def _duty(self, met: dict[int, int], duty: Search) -> Duty:
        wanted = required(self.problem)
        if met == wanted:
            return "met"
        if self.over_money or duty.bound > self.problem.budget_cny:
            return "over_budget"
        reaches = {level: self.searches[f"reach_{level}"] for level in wanted}
        within_reach = all(met[level] == reach.value for level, reach in reaches.items())
        for level, reach in reaches.items():
            if reach.bound < wanted[level] and within_reach:
                return "unreachable"
            if reach.value < wanted[level]:
                break
        return "undecided"

    def _status(self, searches: list[Search]) -> Status:
        if self.stop and self.duties_only:
            # whoever waits for the duties hears of Ctrl-C even where it came just as they were proved
            return self.stop
        worst = max((search.gap for search in searches), default=0.0)
        if worst <= self.gap:
            return "within_gap" if worst else "optimal"
        return next((search.ended for search in searches if search.ended), "within_gap")


def _resumed(search: Search, start: SitingResult) -> Search:
    """A stage's search with what is known of the same problem under another budget."""
    ask = search.ask
    told = {stage.stage: stage for stage in start.stages}.get(ask.stage)
    unlimited = ask.budget_cny is None
    candidate = start.duty_plan if unlimited else start.chosen
    measured = measure(search.ground.problem, candidate)
    value = search.worth_of(measured)
    better = value < search.value if ask.sense == "min" else value > search.value
    # Of plans that meet the duties as cheaply, the one known may fit the money as well.
    better |= unlimited and value == search.value
    bound = search.bound
    if unlimited and told is not None:
        bound = max(bound, told.bound) if ask.sense == "min" else min(bound, told.bound)
    if better and keeps(search.ground.problem, ask, candidate, measured):
        search = Search(search.ground, ask, candidate, bound, search.baseline, pool=search.pool)
    search.bound = bound
    if unlimited and told is not None:
        # A plan that was lost, since more duties are known to be within reach, has to be sought again.
        search.done = search.value <= told.value if ask.sense == "min" else search.value >= told.value
    if search.done and told is not None:
        search.method = told.method
        if search.gap and start.status in get_args(Ended):
            search.ended = cast("Ended", start.status)
    return search
