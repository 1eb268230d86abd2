"""What explains a solved plan as a whole: duties against money, dearest duties, the next million."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from dualgig.aims import LOCKED_GOAL
from dualgig.insight import DutyPrice, Insight, MoreMoney, Place, Reach
from dualgig.policy import policy_of
from dualgig.project import SERVICES
from dualgig.served import counts
from dualgig.siting.dearest import dearest_duties
from dualgig.siting.measure import count_duties, required
from dualgig.solved import solve_policy
from dualgig.wishes import with_wishes

if TYPE_CHECKING:
    from dualgig.siting.solver import Worker
    from dualgig.solved import Solved

EXTRA_CNY = 1_000_000
"""What more money is told for."""

MOST_SOLVED_AGAIN = 400_000
"""Pairs of option and point up to which a plan is solved again with more money."""

_TABLES: dict[Literal["township", "village"], str] = {"township": "townships", "village": "villages"}


def insight_of(solved: Solved, worker: Worker) -> Insight:
    """Explain a solved plan as a whole.

    The program is solved again with `EXTRA_CNY` more, within the limits of the project's ``[solver]``, where
    it has at most `MOST_SOLVED_AGAIN` pairs of option and point and the search was not stopped.

    Parameters
    ----------
    solved
        The plan.
    worker
        The solver's child process.
    """
    result, whole = solved.result, solved.policy.whole
    stages = {stage.stage: stage for stage in result.stages}
    cost = stages["duty_cost"]
    wanted = required(whole)
    reach = tuple(
        Reach(
            goals=tuple(goal.name.replace("@", " ") for goal in whole.goals if goal.level == level),
            wanted=wanted[level],
            reachable=stages[f"reach_{level}"].value,
            bound=stages[f"reach_{level}"].bound,
        )
        for level in wanted
        if any(goal.level == level and goal.name != LOCKED_GOAL for goal in whole.goals)
    )
    again = result.status not in ("interrupted", "time_limit") and whole.cover.nnz <= MOST_SOLVED_AGAIN
    return Insight(
        reach=reach,
        duty_cost_cny=cost.value,
        duty_bound_cny=cost.bound,
        dearest=_dearest(solved, proved=cost.gap == 0),
        more=_more_money(solved, worker) if again else None,
    )


def _dearest(solved: Solved, *, proved: bool) -> tuple[DutyPrice, ...]:
    """Duties whose letting go would save the most; locked sites are wishes, not duties."""
    told = []
    for duty in dearest_duties(solved.policy.whole, solved.result.duty_plan, proved=proved):
        places = [_place(solved, place) for place in duty.places]
        known = tuple(place for place in places if place is not None)
        if len(known) == len(places):
            told.append(DutyPrice(known, duty.saving_cny, duty.how))
    return tuple(told)


def _place(solved: Solved, number: int) -> Place | None:
    """A place of the whole problem; ``None`` for locked sites and what rules of balance count."""
    region, policy = solved.coverage.region, solved.policy
    year, row = divmod(number, len(policy.problem.place_ids))
    for service in SERVICES:
        for level, table in _TABLES.items():
            own = policy.places.slice(service, level)
            if own.start <= row < own.stop:
                return Place(
                    level=level,
                    id=str(getattr(region, table).index[row - own.start]),
                    service=service,
                    year=policy.years.labels[year] if policy.years is not None else None,
                )
    return None


def _more_money(solved: Solved, worker: Worker) -> MoreMoney:
    """What `EXTRA_CNY` more would buy."""
    before, policy = solved.result, solved.policy
    richer = with_wishes(solved.coverage, budget_cny=policy.whole.budget_cny + EXTRA_CNY)
    more = policy_of(richer)
    after = solve_policy(more, richer, None, worker, start=before)
    chosen = more.timeline(after.chosen).chosen
    now, then = (
        counts(solved.coverage, policy.plain, policy.places, options)
        for options in (solved.timeline.chosen, chosen)
    )
    met = sum(count_duties(policy.whole, before.places).values())
    return MoreMoney(
        extra_cny=EXTRA_CNY,
        proved=all(stage.gap == 0 for stage in after.stages if stage.stage != "least_cost"),
        duties=sum(count_duties(more.whole, after.places).values()) - met,
        served={key: then[key] - now[key] for key in now if "_" in key},
    )
