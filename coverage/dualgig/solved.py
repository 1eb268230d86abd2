"""A coverage to what is built and when: formulate, solve, and plan again until exact profiles stand."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from dualgig.confirm import planned
from dualgig.plan import stage_kind
from dualgig.policy import policy_of
from dualgig.siting.phased import solve_years
from dualgig.siting.stages import solve

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from dualgig.phases import Timeline
    from dualgig.policy import Policy
    from dualgig.predict import Coverage, Progress
    from dualgig.siting.result import Progress as StageProgress
    from dualgig.siting.result import SitingResult
    from dualgig.siting.solver import Worker


@dataclass(frozen=True)
class Solved:
    """A plan as the solver knows it.

    Attributes
    ----------
    coverage : Coverage
        As exact profiles tell it for what is built.
    policy : Policy
        What was asked of the plan, for that coverage.
    timeline : Timeline
        When each option is built.
    result : SitingResult
        What was found, and what was proved of it.
    """

    coverage: Coverage
    policy: Policy
    timeline: Timeline
    result: SitingResult


def solve_coverage(coverage: Coverage, tell: Progress, worker: Worker) -> Solved:
    """Solve what the project of a coverage asks for.

    Parameters
    ----------
    coverage
        The predicted coverage.
    tell
        Called with a message key and the share done, 0 to 1.
    worker
        The solver's child process.
    """

    def ask(predicted: Coverage) -> tuple[Solved, NDArray[np.bool_]]:
        tell("progress.problem", 0.0)
        policy = policy_of(predicted)
        result = solve_policy(policy, predicted, tell, worker)
        timeline = policy.timeline(result.chosen)
        return Solved(predicted, policy, timeline, result), timeline.chosen

    solved, told, _ = planned(coverage, ask)
    if told is solved.coverage:
        return solved
    return replace(solved, coverage=told, policy=policy_of(told))


def solve_policy(
    policy: Policy,
    coverage: Coverage,
    tell: Progress | None,
    worker: Worker,
    *,
    start: SitingResult | None = None,
) -> SitingResult:
    """Solve a policy within the limits of its project's ``[solver]``.

    Parameters
    ----------
    policy, coverage
        What is asked for, and of which coverage.
    tell
        Told the stages, or ``None``.
    worker, start
        As in `dualgig.siting.stages.solve`.
    """

    def on_news(news: StageProgress) -> None:
        if tell is not None:
            tell(f"progress.stage.{stage_kind(news.stage)}", 1.0 - min(news.gap, 1.0))

    solver = coverage.region.project.solver
    run = partial(solve, policy.whole)
    if policy.years is not None:
        run = partial(solve_years, policy.problem, policy.years, policy.whole)
    return run(
        gap=solver.gap,
        node_limit=solver.node_limit,
        time_limit_s=solver.time_limit_s,
        progress=on_news,
        worker=worker,
        start=start,
    )
