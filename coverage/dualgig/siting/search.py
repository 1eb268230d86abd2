"""Solves one stage: local search, prices or multipliers for plans and bounds, HiGHS for trees; every plan is checked."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import scipy.sparse as sp

from dualgig.errors import SolverError
from dualgig.siting.aside import aside
from dualgig.siting.ask import Cut
from dualgig.siting.clock import share_of
from dualgig.siting.dual import dual_bound
from dualgig.siting.ground import prepare
from dualgig.siting.highs import WorkerHiGHS, assemble
from dualgig.siting.measure import broken_limits, follows_decisions, measure, proved_gap, whole_bound
from dualgig.siting.model import build_model
from dualgig.siting.narrowed import core, left_open
from dualgig.siting.plans import constructed, improved, pruned
from dualgig.siting.prices import most_good_by_prices
from dualgig.siting.problem import Decision
from dualgig.siting.reduce import ALL_REDUCTIONS
from dualgig.siting.result import Progress
from dualgig.siting.solver import WITHOUT_PROBING

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.ask import Ask
    from dualgig.siting.dual import Dual
    from dualgig.siting.ground import Ground
    from dualgig.siting.highs import Assembled
    from dualgig.siting.measure import Measured
    from dualgig.siting.model import Model
    from dualgig.siting.prices import Prices
    from dualgig.siting.problem import SitingProblem
    from dualgig.siting.program import News, Program
    from dualgig.siting.solver import Worker

_MAX_CHECKS = 50
"""Times a program is solved again after its rounded plan failed the exact check."""

VERY_LARGE = 4_000_000
"""Nonzeros beyond which a program's relaxation is not solved but bounded by multipliers; nor is it priced."""

_QUICK = 200_000
"""Nonzeros of service up to which a short tree comes before local search."""

_FIRST_NODES = 200
"""Nodes of that tree: what takes more is hard enough for local search."""

_ITERATIONS = 20_000
"""Most iterations of the method that finds multipliers."""

_MANY = 3000
"""Options from which trees do without probing; a county's, of a thousand, take longer without it."""

_SHARE_OF_LOCAL = 0.3
"""Of a stage's time, what the local search may take."""

_SHARE_OF_MULTIPLIERS, _SHARE_OF_POOL = 0.7, 0.5
"""Of the time that is left of a stage, what finding multipliers may take, then the tree over the core."""

_MAX_ROUNDS = 30
"""Times the relaxation is solved again with new rows; it takes three to ten."""

_POOL_NODES = 60
"""Nodes of the tree over a few promising options; its root has most of what can be found."""

_POOL_GAP = 0.05
"""Of the gap asked for, what that tree may leave open."""

_PARTS_GAP = 0.03
"""Of the gap asked for, what the parts of a priced program may leave open together."""

Ended = Literal["", "work_limit", "time_limit", "interrupted"]


@dataclass
class Search:
    """The state of one stage's search; it is sound at every moment, so that Ctrl-C may end it anywhere.

    Parameters
    ----------
    ground
        Problem and service.
    ask
        What the stage asks for.
    chosen
        bool, shape (n,): the best plan so far; at first one that meets the stage's rows.
    bound
        Best bound so far; at first one from a relaxation.
    baseline
        What stands before anything is chosen, in the measure of the stage.
    pool
        bool, shape (n,): promising options, to be tried by themselves before all others, or ``None``.
    prices
        What prices have proved of the most good, or ``None``.
    unfit
        Whether the program is too large for a tree over any part of it.
    """

    ground: Ground
    ask: Ask
    chosen: NDArray[np.bool_]
    bound: int
    baseline: int
    nodes: int = 0
    ended: Ended = ""
    method: str = "relaxation"
    done: bool = False
    pool: NDArray[np.bool_] | None = None
    prices: Prices | None = None
    unfit: bool = False

    def __post_init__(self) -> None:
        self.value = self.worth_of(measure(self.ground.problem, self.chosen))
        self.started_s = time.monotonic()

    @property
    def proved(self) -> bool:
        """Whether the bound has been reached."""
        return self.value == self.bound

    @property
    def gap(self) -> float:
        """The proved gap so far."""
        return proved_gap(self.ask.sense, self.value, self.bound, self.baseline)

    def worth_of(self, measured: Measured) -> int:
        """The stage's measure of a plan."""
        if self.ask.objective == "cost":
            return measured.cost_cny
        if self.ask.objective == "good":
            return measured.good
        if self.ask.balance is not None:
            return measured.excess[self.ask.balance]
        return 0 if self.ask.level is None else measured.duties[self.ask.level]

    def run(
        self,
        worker: Worker,
        *,
        gap: float,
        node_limit: int,
        deadline_s: float | None,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        """Search until the gap is proved or a limit is reached.

        Parameters
        ----------
        worker
            The child process.
        gap
            Proved gap at which to stop.
        node_limit
            Nodes of the tree of one program.
        deadline_s
            Moment of `time.monotonic` at which to give up.
        progress
            Called with each better plan and bound.

        Raises
        ------
        SolverError
            HiGHS ended without a plan and without a reason.
        """
        if self.ground.is_large:
            self.method = "local_search+relaxation"
        if self.gap <= gap:
            return
        if self.pool is not None:
            self.method = "branch_and_bound+pool"
            self._branch_within(self.pool, worker, _POOL_GAP * gap, _POOL_NODES, deadline_s, progress)
            if self.gap <= gap:
                return
        large, quick = self.ground.is_large, len(self.ground.service.matrix.data) <= _QUICK
        if large and not quick and self._price(1, worker, gap, node_limit, deadline_s, progress):
            whole = True
        else:
            if large and not quick:
                self._improve(deadline_s, progress)
            whole = self._strengthen(worker, gap, node_limit, deadline_s, progress)
        if large and quick and self.gap > gap:
            # What a short tree settles needs no local search, which a first run compiles for a minute.
            if whole:
                self._branch_and_bound(worker, gap, min(node_limit, _FIRST_NODES), deadline_s, progress)
                if self.gap <= gap or self.ended == "time_limit" or node_limit <= _FIRST_NODES:
                    return
                self.ended = ""
            if not self._price(2, worker, gap, node_limit, deadline_s, progress):
                self._improve(deadline_s, progress)
        if self.gap <= gap:
            return
        if not whole:
            self.ended = "work_limit"
        if deadline_s is not None and time.monotonic() >= deadline_s:
            self.ended = "time_limit"
        if self.ended:
            return
        self._branch_and_bound(worker, gap, node_limit, deadline_s, progress)

    def construct(self, start: NDArray[np.bool_], *, deadline_s: float | None) -> None:
        """Greedy steps from a plan that keeps the rules, and from the plan so far if that one leads nowhere."""
        self.method = "local_search+relaxation"
        for begin in (start, self.chosen):
            plan = constructed(self.ground, self.ask, begin, deadline_s=deadline_s)
            if plan is not None:
                self.consider_if_kept(plan)
                return

    def consider_if_kept(self, chosen: NDArray[np.bool_]) -> None:
        """Take a plan that keeps the rules if it keeps what the stage asks and is better."""
        measured = measure(self.ground.problem, chosen)
        if keeps(self.ground.problem, self.ask, chosen, measured):
            self._consider(chosen)

    def prune(self, *, deadline_s: float | None) -> None:
        """Leave out what is needed neither for duties, good and balances nor for any rule, dearest first."""
        self.chosen = pruned(self.ground, self.ask, self.chosen, deadline_s=deadline_s)

    def _improve(self, deadline_s: float | None, progress: Callable[[Progress], None] | None) -> None:
        """Local search from the plan so far."""
        until_s = share_of(deadline_s, _SHARE_OF_LOCAL)

        def on_better(plan: NDArray[np.bool_]) -> None:
            self.consider_if_kept(plan)
            if progress is not None:
                progress(self.news)

        improved(self.ground, self.ask, self.chosen, deadline_s=until_s, on_better=on_better)

    def _price(
        self,
        least_parts: int,
        worker: Worker,
        gap: float,
        node_limit: int,
        deadline_s: float | None,
        progress: Callable[[Progress], None] | None,
    ) -> bool:
        """Bound by prices of what joins the parts of the program, then the best of the options in the parts' plans.

        Only for the most good within a budget, of a program that falls into so many large parts.
        """
        if self.ask.objective != "good" or self.ask.budget_cny is None:
            return False

        def on_bound(bound: int) -> None:
            self.method = "prices+branch_and_bound"
            self._take_bound(bound)
            if progress is not None:
                progress(self.news)

        self.prices = most_good_by_prices(
            self.ground,
            self.ask,
            self.chosen,
            least_parts=least_parts,
            most_nonzeros=VERY_LARGE,
            tolerance=int(_PARTS_GAP * gap * (self.bound - self.baseline)),
            node_limit=node_limit,
            deadline_s=deadline_s,
            on_bound=on_bound,
        )
        if self.prices is None:
            return False
        self.nodes = self.prices.nodes
        on_bound(self.prices.bound)
        if self.gap > _POOL_GAP * gap:
            self._branch_within(self.prices.pool, worker, _POOL_GAP * gap, _POOL_NODES, deadline_s, progress)
        return True

    def _branch_within(
        self,
        pool: NDArray[np.bool_],
        worker: Worker,
        gap: float,
        node_limit: int,
        deadline_s: float | None,
        progress: Callable[[Progress], None] | None,
        *,
        proves: bool = False,
    ) -> None:
        """The best plan of a few options and those of the plan so far; `proves` if no other has a better one."""
        problem = self.ground.problem
        decision = np.where(pool | self.chosen, problem.decision, Decision.FORBIDDEN).astype(np.int8)
        ground = prepare(replace(problem, decision=decision), ALL_REDUCTIONS)
        within = Search(ground, self.ask, self.chosen, self.bound, self.baseline)

        def take() -> None:
            self._consider(within.chosen)
            self.nodes = max(self.nodes, within.nodes)
            if proves:
                self._take_bound(within.bound)

        def on_news(_: Progress) -> None:
            take()
            if progress is not None:
                progress(self.news)

        try:
            model = build_model(ground, self.ask, self.chosen)
            if proves and model.variables:
                within._relax(worker, model, assemble(model.lp, model.block, from_start=False), deadline_s)
                take()
            if within.gap > gap:
                within._branch_and_bound(worker, gap, node_limit, deadline_s, on_news)
        finally:
            take()

    def _branch_and_bound(
        self,
        worker: Worker,
        gap: float,
        node_limit: int,
        deadline_s: float | None,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        if self.prices is None:
            self.method = "local_search+branch_and_bound" if self.ground.is_large else "branch_and_bound"
        cuts: list[Cut] = []
        from_start = True
        # The objective is whole, so a plan within half a unit of the bound is the best.
        options: dict[str, Any] = {"mip_rel_gap": gap, "mip_abs_gap": 0.5, "mip_max_nodes": node_limit}
        if len(self.ground.service.free) > _MANY:
            options |= WITHOUT_PROBING
        for _ in range(_MAX_CHECKS):
            model = build_model(self.ground, self.ask, self.chosen, tuple(cuts))
            if not model.variables:
                self._consider(self.ground.chosen)
                self.bound = self.value
                return

            def on_news(news: News, model: Model = model) -> None:
                if news.watched is not None:
                    self._consider(self._plan(model, news.watched))
                self._hear_bound(model, news.bound)
                self.nodes = news.nodes
                if progress is not None:
                    progress(self.news)

            solver = WorkerHiGHS(
                worker,
                model.block,
                model.variables,
                from_start=from_start,
                options=options,
                deadline_s=deadline_s,
                on_news=on_news,
            )
            model.lp.solve(solver)
            outcome = solver.outcome
            if outcome is None or outcome.status == "infeasible":
                if options.get("presolve") == "off":
                    raise SolverError(
                        f"HiGHS finds no plan in stage {self.ask.stage}, although there is one."
                    )
                options["presolve"] = "off"
                continue
            self._hear_bound(model, outcome.bound)
            self.nodes = outcome.nodes
            if outcome.status in {"work_limit", "time_limit"}:
                self.ended = "work_limit" if outcome.status == "work_limit" else "time_limit"
            cut = None
            if outcome.solution is not None:
                values = np.array([variable.varValue for variable in model.variables])
                cut = self._consider(self._plan(model, np.rint(values).astype(np.int8)))
            if cut is not None and not self.ended:
                cuts.append(cut)
            elif from_start and not self.ended and self.gap > gap:
                # HiGHS 1.16 now and then takes the start for better than it is when presolve removes
                # columns of it, and stops at that value: a valid bound, but no proof.
                from_start = False
            else:
                return
        self.ended = "work_limit"

    def _strengthen(
        self,
        worker: Worker,
        gap: float,
        node_limit: int,
        deadline_s: float | None,
        progress: Callable[[Progress], None] | None,
    ) -> bool:
        """Bound by the relaxation, with rows of blocking sets added until it breaks none that is found.

        Of a very large program, multipliers of a first-order method prove the bound, and trees over its core and
        over what they leave open better it; a tree over the whole is not for such a program: ``False``.
        """
        model = build_model(self.ground, self.ask, self.chosen)
        if not model.variables:
            return True
        assembled = assemble(model.lp, model.block, from_start=False)
        if len(assembled.program.value) > VERY_LARGE:
            dual = self._bound_by_multipliers(model, assembled.program, gap, deadline_s)
            if dual is not None and self.gap > gap:
                self._narrow(model, assembled, dual, worker, gap, node_limit, deadline_s, progress)
            return False
        self._relax(worker, model, assembled, deadline_s)
        return True

    def _relax(self, worker: Worker, model: Model, assembled: Assembled, deadline_s: float | None) -> None:
        blocking, columns = self.ground.blocking, self.ground.service.columns
        where = assembled.block_column[:columns]
        relaxed = worker.relax(assembled.program, deadline_s=deadline_s)
        for _ in range(_MAX_ROUNDS):
            if relaxed is None:
                return
            self._hear_bound(model, relaxed.objective)
            value = np.where(where >= 0, relaxed.solution[where], np.nan)
            rows = blocking.search(value)
            if rows.shape[0] == 0:
                return
            placed = rows.tocoo()
            inside = where[placed.col] >= 0
            shape = (rows.shape[0], len(relaxed.solution))
            at = (placed.row[inside], where[placed.col[inside]])
            extra = sp.csr_array((placed.data[inside], at), shape=shape)
            relaxed = worker.extend(extra, np.zeros(rows.shape[0]), deadline_s=deadline_s)

    def _bound_by_multipliers(
        self, model: Model, program: Program, gap: float, deadline_s: float | None
    ) -> Dual | None:
        self.method = "local_search+dual_bound" if self.ground.is_large else "dual_bound"
        tolerance = max(gap / 4, 1e-6)
        until_s = share_of(deadline_s, _SHARE_OF_MULTIPLIERS)

        def search(_: object) -> Dual:
            # Iterates may run away; what their multipliers prove is evaluated exactly whatever they are.
            with np.errstate(over="ignore", invalid="ignore"):
                return dual_bound(program, iterations=_ITERATIONS, tolerance=tolerance, deadline_s=until_s)

        dual = aside(search, deadline_s=deadline_s)
        if dual is None or not np.isfinite(dual.bound):
            return None
        self._hear_bound(model, dual.bound)
        return dual

    def _narrow(
        self,
        model: Model,
        assembled: Assembled,
        dual: Dual,
        worker: Worker,
        gap: float,
        node_limit: int,
        deadline_s: float | None,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        """Trees over the options that multipliers speak for, and over all that they leave where those are few."""
        method = self.method
        pool = core(self.ground, assembled, dual, self.chosen)
        if pool is not None:
            self.method = f"{method}+core"
            until_s = share_of(deadline_s, _SHARE_OF_POOL)
            self._branch_within(pool, worker, _POOL_GAP * gap, _POOL_NODES, until_s, progress)
        rest = left_open(self.ground, model, assembled, dual, self.value)
        self.unfit = pool is None and rest is None
        if rest is not None and self.gap > gap:
            self.method = f"{method}+fixing"
            self._branch_within(rest, worker, gap, node_limit, deadline_s, progress, proves=True)

    def _plan(self, model: Model, built: NDArray[np.int8]) -> NDArray[np.bool_]:
        chosen = self.ground.chosen.copy()
        chosen[model.options[built == 1]] = True
        return chosen

    def _hear_bound(self, model: Model, bound: float | None) -> None:
        if bound is None:
            return
        self._take_bound(model.constant + model.unit * whole_bound(bound, self.ask.sense))

    def _take_bound(self, bound: int) -> None:
        if self.ask.sense == "min":
            self.bound = min(self.value, max(self.bound, bound))
        else:
            self.bound = max(self.value, min(self.bound, bound))

    def _consider(self, chosen: NDArray[np.bool_]) -> Cut | None:
        """Take a plan if it is better and passes the exact check, else say which row would have shut it out."""
        problem, ask = self.ground.problem, self.ask
        measured = measure(problem, chosen)
        if not follows_decisions(problem, chosen):
            raise SolverError(f"HiGHS broke a rule between options in stage {ask.stage}.")
        inside, outside = np.flatnonzero(chosen & ~self.ground.chosen), np.flatnonzero(~chosen)
        none = np.zeros(0, np.int64)
        if ask.budget_cny is not None and measured.cost_cny > ask.budget_cny:
            return Cut(inside, none)
        if falls_short(ask, measured):
            return Cut(none, outside)
        if breaks_rows(problem, ask, chosen, measured):
            return Cut(inside, outside)
        value = self.worth_of(measured)
        if (value < self.value) if ask.sense == "min" else (value > self.value):
            self.chosen, self.value = chosen, value
            self.bound = min(self.bound, value) if ask.sense == "min" else max(self.bound, value)
        return None

    @property
    def news(self) -> Progress:
        """What is known so far."""
        seconds = time.monotonic() - self.started_s
        return Progress(self.ask.stage, self.ask.sense, self.value, self.bound, self.gap, self.nodes, seconds)


def falls_short(ask: Ask, measured: Measured) -> bool:
    """Whether a plan has fewer duties or less good than a stage asks to keep."""
    short = any(measured.duties[level] < floor for level, floor in ask.floors.items())
    return short or (ask.good is not None and measured.good < ask.good)


def breaks_rows(problem: SitingProblem, ask: Ask, chosen: NDArray[np.bool_], measured: Measured) -> bool:
    """Whether a plan breaks a limit that holds in a stage, or a balance by more than it allows."""
    beyond = any(measured.excess[number] > most for number, most in ask.excess.items())
    return beyond or len(broken_limits(problem, chosen, money=ask.budget_cny is not None)) > 0


def keeps(problem: SitingProblem, ask: Ask, chosen: NDArray[np.bool_], measured: Measured) -> bool:
    """Whether a plan that keeps the decisions meets all that a stage asks to keep."""
    within = ask.budget_cny is None or measured.cost_cny <= ask.budget_cny
    return within and not falls_short(ask, measured) and not breaks_rows(problem, ask, chosen, measured)
