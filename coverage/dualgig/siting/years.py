"""Years: site and year decided together, as a siting problem with a copy of every option for each year."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from dualgig.siting.problem import Decision, Goal, Limit, SitingProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Years:
    """The years of a plan.

    Parameters
    ----------
    labels
        The years, ascending, e.g. ``(2022, 2023)``; T of them, at least one.
    money_cny
        int64, shape (T,): whole yuan that each year brings; ``None`` where only the total counts.
    carry_over
        Whether what a year leaves over may be spent in a later one.
    worth
        int64, shape (T,): how many times a year counts what is served in it; with 1 each, a service that
        comes a year earlier counts once more.
    goals
        Duties by the end of a year: its number from 0, and the goal with places of the problem; their
        levels are in one order with those of the problem's goals.
    """

    labels: tuple[int, ...]
    money_cny: NDArray[np.int64] | None
    carry_over: bool
    worth: NDArray[np.int64]
    goals: tuple[tuple[int, Goal], ...] = ()


def over_years(problem: SitingProblem, years: Years) -> SitingProblem:
    """Write a plan over years as a siting problem of its own (time expansion).

    With n options, option ``t * n + j`` says that j stands by the end of year t; what stands stays. The
    points, clauses and places are those of each year in turn, the year's label behind ``@``. Costs lie on
    the last year's copies, so that the budget, the limits of money and the balances speak of everything
    built; rules of building hold in each year. The problem's own goals hold in the last year. A locked
    option stands by the end of the last year, a forbidden one never. An option cannot be exchanged for
    another of its exclusive group from one year to the next.

    Parameters
    ----------
    problem
        The siting problem, n options and m places.
    years
        The years.

    Returns
    -------
    SitingProblem
        Of ``T * n`` options and ``T * m`` places.
    """
    count, n, m = len(years.labels), len(problem.option_ids), len(problem.place_ids)
    last = (count - 1) * n
    decision = np.tile(problem.decision, count)
    decision[:last][decision[:last] == Decision.LOCKED] = Decision.FREE
    cost = np.zeros(count * n, np.int64)
    cost[last:] = problem.cost_cny
    return replace(
        problem,
        option_ids=_by_year(problem.option_ids, years),
        cost_cny=cost,
        decision=decision,
        exclusive=_shifted(problem.exclusive, count),
        requires=_requires(problem, count),
        cover=_copies(problem.cover, count),
        covered_before=np.tile(problem.covered_before, count),
        point_worth=np.outer(years.worth, problem.point_worth).reshape(-1).astype(np.int64),
        clauses=_copies(problem.clauses, count),
        need=np.tile(problem.need, count),
        clause_place=_shifted(problem.clause_place, count, m),
        place_ids=_by_year(problem.place_ids, years),
        place_mode=np.tile(problem.place_mode, count),
        place_before=np.tile(problem.place_before, count),
        place_worth=np.outer(years.worth, problem.place_worth).reshape(-1).astype(np.int64),
        goals=_goals(problem, years),
        limits=_limits(problem, years),
        balances=tuple(
            replace(
                balance,
                options=(balance.options + last).astype(np.int32),
                places=(balance.places + (count - 1) * m).astype(np.int32),
            )
            for balance in problem.balances
        ),
    )


def at_once(problem: SitingProblem, years: Years) -> SitingProblem:
    """The duties of all years as a problem of one year, in which money counts for nothing.

    What stands stays, rules of building are alike in all years, and service only grows with what stands. So
    a plan over years meets no fewer duties if all that it builds stands from the first year, and costs the
    same: without money, most duties and least cost of the problem over years are those of this one.

    Parameters
    ----------
    problem
        The siting problem.
    years
        The years.

    Returns
    -------
    SitingProblem
        Options, places and rules of building are those of the problem; goals are named as in `over_years`.
    """
    return replace(
        problem,
        point_worth=np.zeros_like(problem.point_worth),
        place_worth=np.zeros_like(problem.place_worth),
        goals=tuple(replace(goal, name=name) for _, goal, name in _named_goals(problem, years)),
        budget_cny=int(problem.cost_cny.sum()),
        limits=tuple(limit for limit in problem.limits if not limit.money),
        balances=(),
    )


def year_of(years: Years, chosen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Number of the year from which each option stands, -1 for those that never do.

    Parameters
    ----------
    years
        The years, T of them.
    chosen
        bool, shape (T * n,): a plan of the problem over the years.

    Returns
    -------
    int64, shape (n,)
    """
    stands = chosen.reshape(len(years.labels), -1)
    return np.where(stands.any(axis=0), stands.argmax(axis=0), -1)


def at_year(problem: SitingProblem, chosen: NDArray[np.bool_], year: int) -> NDArray[np.bool_]:
    """What stands by the end of a year.

    Parameters
    ----------
    problem
        The problem of one year, n options.
    chosen
        bool, shape (T * n,): a plan of the problem over the years.
    year
        Number of the year from 0.

    Returns
    -------
    bool, shape (n,)
    """
    n = len(problem.option_ids)
    return chosen[year * n : (year + 1) * n]


def _by_year(ids: tuple[str, ...], years: Years) -> tuple[str, ...]:
    return tuple(f"{own}@{label}" for label in years.labels for own in ids)


def _copies(matrix: sp.csr_array, count: int) -> sp.csr_array:
    return sp.csr_array(sp.block_diag([matrix] * count, format="csr"), dtype=matrix.dtype)


def _shifted(number: NDArray[np.int32], count: int, step: int | None = None) -> NDArray[np.int32]:
    """Numbers of each year in turn, each year's `step` beyond the last's; negative ones stay."""
    if step is None:
        step = int(number.max(initial=-1)) + 1
    year = np.repeat(np.arange(count), len(number))
    tiled = np.tile(number, count)
    return np.where(tiled >= 0, tiled + year * step, tiled).astype(np.int32)


def _requires(problem: SitingProblem, count: int) -> NDArray[np.int32]:
    """What stands stays; and in each year what an option requires stands beside it."""
    n = len(problem.option_ids)
    earlier = np.arange((count - 1) * n)
    stays = np.column_stack([earlier, earlier + n])
    within = [problem.requires + year * n for year in range(count)]
    return np.concatenate([stays, *within]).astype(np.int32)


def _goals(problem: SitingProblem, years: Years) -> tuple[Goal, ...]:
    m = len(problem.place_ids)
    return tuple(
        replace(goal, name=name, places=(goal.places + year * m).astype(np.int32))
        for year, goal, name in _named_goals(problem, years)
    )


def _named_goals(problem: SitingProblem, years: Years) -> list[tuple[int, Goal, str]]:
    """Year and goal of each duty, and its name over the years."""
    last = len(years.labels) - 1
    own = [(last, goal, goal.name) for goal in problem.goals]
    return own + [(year, goal, f"{goal.name}@{years.labels[year]}") for year, goal in years.goals]


def _limits(problem: SitingProblem, years: Years) -> tuple[Limit, ...]:
    """Rules in each year, limits of money on everything built, and the money of each year."""
    count, n = len(years.labels), len(problem.option_ids)
    limits = []
    for limit in problem.limits:
        for year in (count - 1,) if limit.money else range(count):
            name = limit.name if limit.money else f"{limit.name}@{years.labels[year]}"
            limits.append(replace(limit, name=name, options=(limit.options + year * n).astype(np.int32)))
    if years.money_cny is None:
        return tuple(limits)
    priced = np.flatnonzero(problem.cost_cny > 0)
    cost = problem.cost_cny[priced]
    for year, label in enumerate(years.labels):
        options, amount = priced + year * n, cost
        most = int(years.money_cny[: year + 1].sum()) if years.carry_over else int(years.money_cny[year])
        if not years.carry_over and year:
            options, amount = np.append(options - n, options), np.append(-cost, cost)
        limits.append(Limit(f"year {label}", options.astype(np.int32), amount, most, money=True))
    return tuple(limits)
