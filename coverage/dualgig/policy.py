"""The whole siting problem of a project: places and goals, balance between groups, funds, years."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from dualgig.equity import with_equity
from dualgig.formulate import siting_problem
from dualgig.funds import fund_limits
from dualgig.phases import Timeline, years_of
from dualgig.siting.years import over_years, year_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.formulate import Places
    from dualgig.predict import Coverage
    from dualgig.siting.problem import SitingProblem
    from dualgig.siting.years import Years


@dataclass(frozen=True)
class Policy:
    """What is asked of a plan.

    Attributes
    ----------
    plain : SitingProblem
        Options, places and goals of the coverage (`dualgig.formulate`); rules of building are its only limits.
    places : Places
        How its places are numbered.
    problem : SitingProblem
        The same with rules of balance and limits of funds; its options and places begin with those of ``plain``.
    years : Years or None
        The years, where there are some.
    whole : SitingProblem
        What is solved: ``problem`` over the years, or ``problem`` itself.
    """

    plain: SitingProblem
    places: Places
    problem: SitingProblem
    years: Years | None
    whole: SitingProblem

    def timeline(self, chosen: NDArray[np.bool_]) -> Timeline:
        """When each option is built, for options chosen in ``whole``; without years there is one, nameless."""
        if self.years is None:
            return Timeline((), np.where(chosen, 0, -1).astype(np.int64))
        return Timeline(self.years.labels, year_of(self.years, chosen).astype(np.int64))


def policy_of(coverage: Coverage) -> Policy:
    """The siting problem of a coverage with everything that its project asks for.

    Raises
    ------
    ProjectError
        The project names a group or county that does not exist, or that has nobody to count.
    ContradictionError
        Nothing that may be built can keep a rule of balance.
    """
    plain, places = siting_problem(coverage)
    problem = with_equity(coverage, plain, places)
    money = fund_limits(coverage, problem.budget_cny)
    problem = replace(problem, limits=(*problem.limits, *money))
    phases = coverage.region.project.phases
    if phases is None:
        return Policy(plain, places, problem, None, problem)
    years = years_of(phases, problem)
    return Policy(plain, places, problem, years, over_years(problem, years))
