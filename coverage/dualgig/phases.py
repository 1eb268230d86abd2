"""A plan over years: the years of the siting problem, and what each of them brings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from dualgig.aims import needed_places
from dualgig.plan import Phase, Score, Target
from dualgig.siting.marginal import IMPOSSIBLE, cost_to_meet
from dualgig.siting.problem import serve
from dualgig.siting.years import Years
from dualgig.stations import station_counts

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.plan import Why
    from dualgig.predict import Coverage
    from dualgig.project import Phases, PhaseTarget
    from dualgig.siting.problem import SitingProblem


@dataclass(frozen=True)
class Timeline:
    """When each option is built.

    Attributes
    ----------
    years : tuple of int
        The years, ascending.
    first : ndarray of int64, shape (n,)
        Position of the year in which the option is built; -1 for never.
    """

    years: tuple[int, ...]
    first: NDArray[np.int64]

    @property
    def chosen(self) -> NDArray[np.bool_]:
        """Options that stand in the end: bool, shape (n,)."""
        return np.asarray(self.first >= 0)

    def at(self, year: int) -> NDArray[np.bool_]:
        """Options that stand at the end of a year (0, 1, ...): bool, shape (n,)."""
        return np.asarray((self.first >= 0) & (self.first <= year))

    def built(self, year: int) -> NDArray[np.bool_]:
        """Options that are built in a year (0, 1, ...): bool, shape (n,)."""
        return np.asarray(self.first == year)

    def labels(self, first: NDArray[np.int64]) -> pd.arrays.IntegerArray:
        """Years of positions; missing for -1."""
        year = np.array(self.years, np.int64)[first]
        return pd.arrays.IntegerArray(year, np.asarray(first < 0))


def years_of(phases: Phases, problem: SitingProblem) -> Years:
    """The years of a siting problem whose goals are the project's.

    A target of a year has the level and weight of its goal.
    """
    goals = {goal.name: goal for goal in problem.goals}
    targets = []
    for target in phases.targets:
        goal = goals[target.goal]
        needed = needed_places(target.share, len(goal.places))
        year = phases.years.index(target.by)
        targets.append((year, replace(goal, required=needed)))
    return Years(
        labels=phases.years,
        money_cny=np.array(phases.budget_cny, np.int64) if phases.budget_cny else None,
        carry_over=phases.carry_over,
        worth=np.array(phases.worth or (1,) * len(phases.years), np.int64),
        goals=tuple(targets),
    )


def first_served(problem: SitingProblem, timeline: Timeline) -> NDArray[np.int64]:
    """Position of the first year by whose end the plan serves each place; -1 where never, or served today.

    Returns
    -------
    ndarray of int64, shape (places,)
    """
    today = serve(problem, np.zeros(len(timeline.first), np.bool_))[1]
    first = np.full(len(today), -1, np.int64)
    for year in reversed(range(len(timeline.years))):
        first[serve(problem, timeline.at(year))[1] & ~today] = year
    return first


def phase_rows(
    coverage: Coverage,
    problem: SitingProblem,
    timeline: Timeline,
    count: Callable[[NDArray[np.bool_]], dict[str, int]],
    *,
    decided: bool,
) -> tuple[Phase, ...]:
    """What each year brings.

    Parameters
    ----------
    coverage, problem
        The siting problem of the coverage, of one year.
    timeline
        When each option is built.
    count
        Counts of what is served with some options, as ``Plan.coverage["after"]``.
    decided
        The search said what the duties can be met with.
    """
    project = coverage.region.project
    phases = project.phases
    if phases is None:
        return ()
    before = int(station_counts(coverage, np.zeros(len(timeline.first), np.bool_)).sum())
    rows: list[Phase] = []
    standing, carried, held = before, 0, 0
    for year, label in enumerate(phases.years):
        chosen = timeline.at(year)
        spent = int(problem.cost_cny[timeline.built(year)].sum())
        money = phases.budget_cny[year] if phases.budget_cny else None
        held = project.budget.total_cny if money is None else held + money
        now = int(station_counts(coverage, chosen).sum())
        targets = [target for target in phases.targets if target.by == label]
        rows.append(
            Phase(
                year=label,
                money_cny=money,
                carried_cny=carried,
                spent_cny=spent,
                stations_before=before,
                stations_built=now - standing,
                stations=now,
                planned_elsewhere=sum(project.base_stations.elsewhere(year).values()),
                stations_wanted=project.base_stations.targets.get(label),
                coverage=count(chosen),
                targets=tuple(_target(problem, target, chosen, held, decided=decided) for target in targets),
            )
        )
        standing = now
        carried = carried + money - spent if money is not None and phases.carry_over else 0
    return tuple(rows)


def _target(
    problem: SitingProblem, target: PhaseTarget, chosen: NDArray[np.bool_], money_cny: int, *, decided: bool
) -> Target:
    """A target at the end of its year, and why it is missed."""
    final = next(goal for goal in problem.goals if goal.name == target.goal)
    needed = needed_places(target.share, len(final.places))
    goal = replace(final, required=needed)
    nothing = np.zeros(len(chosen), np.bool_)
    before, achieved = (int(serve(problem, options)[1][goal.places].sum()) for options in (nothing, chosen))
    short = max(needed - achieved, 0)
    beyond = cost_to_meet(problem, chosen, goal) if short else 0
    alone = cost_to_meet(problem, nothing, goal) if short else 0
    score = Score(
        goal=final.name,
        service="gigabit" if final.name.endswith("gigabit") else "5g",
        required=target.share,
        places=len(goal.places),
        needed=needed,
        before=before,
        achieved=achieved,
        met=not short,
        short=short,
        cost_to_meet_cny=None if beyond == IMPOSSIBLE else int(beyond),
    )
    return Target(
        score, _why(short, alone, money_cny, decided=decided), alone if alone > 0 else None, money_cny
    )


def _why(short: int, alone_cny: int, money_cny: int, *, decided: bool) -> Why:
    if not short:
        return ""
    if alone_cny == IMPOSSIBLE:
        return "reach"
    if alone_cny > money_cny:
        return "money"
    return "order" if decided else "undecided"
