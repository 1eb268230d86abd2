"""Balance between groups of townships: floors as goals, shares and differences as balances of the problem."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from dualgig.aims import needed_places
from dualgig.errors import ContradictionError, ProjectError
from dualgig.location import option_location, townships_of
from dualgig.measures import Counted, counted_things, fraction, served_things, share_served
from dualgig.plan import EquityRow
from dualgig.project import REST
from dualgig.siting.decisions import fulfilled
from dualgig.siting.problem import Balance, Decision, Goal, Mode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.formulate import Places
    from dualgig.predict import Coverage
    from dualgig.project import Equity
    from dualgig.region.model import Region
    from dualgig.siting.problem import SitingProblem


def with_equity(coverage: Coverage, problem: SitingProblem, places: Places) -> SitingProblem:
    """The problem with the rules of ``[[equity]]``; its options and places stay in front.

    A floor of coverage is a goal of a level behind all duties; of people it counts one place more, which is
    served when enough people are. The others are balances; the people of a difference are places too.

    Raises
    ------
    ProjectError
        A rule names a group or county that does not exist, or that has nobody to count.
    ContradictionError
        Nothing that may be built can keep a rule.
    """
    rules = coverage.region.project.equity
    if not rules:
        return problem
    level = max([0, *coverage.region.project.goals.ranks.values()]) + 1
    everything = fulfilled(problem, problem.decision != Decision.FORBIDDEN)
    for number, rule in enumerate(rules):
        group, other = _sides(coverage.region, rule, f"equity.{number}")
        if rule.kind == "least_spending":
            problem = _with_spending(coverage, problem, rule, group)
            continue
        things = counted_things(coverage, problem, places, rule)
        mine, theirs = (np.append(side, False)[things.township] for side in (group, other))
        for side, name in ((mine, rule.group), (theirs, rule.other)):
            if name and not things.weight[side].sum():
                raise ProjectError(
                    f"{coverage.region.project.path}: equity.{number}: {name} has no {str(rule.measure).partition('_')[0]} "
                    "to count. Name another group, or take the rule out."
                )
        best = served_things(problem, things, everything)
        if rule.kind == "least_coverage":
            _check_floor(coverage, rule, things, mine, best)
            problem = _with_floor(problem, rule, things, mine, level)
        else:
            today = served_things(problem, things, np.zeros_like(everything))
            shares = share_served(things, best, mine), share_served(things, today, theirs)
            _check_difference(coverage, rule, *shares)
            problem = _with_difference(problem, rule, things, mine, theirs)
    _check_shares(coverage.region)
    return problem


def equity_rows(
    coverage: Coverage, problem: SitingProblem, places: Places, chosen: NDArray[np.bool_]
) -> tuple[EquityRow, ...]:
    """How a plan keeps each rule of ``[[equity]]``, worked out in whole numbers.

    Parameters
    ----------
    coverage, problem, places
        The siting problem of the coverage.
    chosen
        bool, shape (n,).
    """
    rows = []
    nothing = np.zeros(len(chosen), np.bool_)
    for number, rule in enumerate(coverage.region.project.equity):
        group, other = _sides(coverage.region, rule, f"equity.{number}")
        limit = fraction(rule.share)
        if rule.kind == "least_spending":
            inside = _inside(coverage, group)
            spent = int(problem.cost_cny[chosen].sum())
            there = int(problem.cost_cny[chosen & inside].sum())
            shares = [Fraction(0), Fraction(there, spent) if spent else Fraction(0)]
            met = not spent or shares[1] >= limit
        else:
            things = counted_things(coverage, problem, places, rule)
            sides = [np.append(side, False)[things.township] for side in (group, other)]
            served = [served_things(problem, things, options) for options in (nothing, chosen)]
            of = [[share_served(things, now, side) for side in sides] for now in served]
            if rule.kind == "least_coverage":
                shares = [mine for mine, _ in of]
                needed = needed_places(rule.share, int(things.weight[sides[0]].sum()))
                met = int(things.weight[sides[0] & served[1]].sum()) >= needed
            else:
                shares = [theirs - mine for mine, theirs in of]
                met = shares[1] <= limit
        rows.append(
            EquityRow(
                name=rule.title,
                kind=rule.kind,
                group=rule.group,
                against=rule.other,
                measure=rule.measure or "spending",
                required=rule.share,
                before=float(shares[0]),
                after=float(shares[1]),
                met=met,
            )
        )
    return tuple(rows)


def _sides(region: Region, rule: Equity, key: str) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Townships of the group, and those that it is held against."""
    group = townships_of(region, rule.group, f"{key}.group")
    if not rule.other:
        return group, np.zeros(len(group), np.bool_)
    if rule.other == REST:
        return group, ~group
    return group, townships_of(region, rule.other, f"{key}.against")


def _inside(coverage: Coverage, group: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Options that are built in a group: bool, shape (n,)."""
    return np.append(group, False)[option_location(coverage).township]


def _with_floor(
    problem: SitingProblem, rule: Equity, things: Counted, mine: NDArray[np.bool_], level: int
) -> SitingProblem:
    needed = needed_places(rule.share, int(things.weight[mine].sum()))
    if len(things.place):
        members = things.place[mine].astype(np.int32)
        return replace(problem, goals=(*problem.goals, Goal(rule.title, level, members, needed)))
    first = len(problem.place_ids)
    points = np.flatnonzero(mine & (things.weight > 0))
    problem = _with_places(problem, things, points, np.zeros(len(points), np.int64), np.array([needed]))
    goal = Goal(rule.title, level, np.array([first], np.int32), 1)
    return replace(problem, goals=(*problem.goals, goal))


def _with_difference(
    problem: SitingProblem,
    rule: Equity,
    things: Counted,
    mine: NDArray[np.bool_],
    theirs: NDArray[np.bool_],
) -> SitingProblem:
    """Theirs / all of theirs - mine / all of mine <= the difference, multiplied out."""
    all_mine, all_theirs = (int(things.weight[side].sum()) for side in (mine, theirs))
    limit = fraction(rule.share)
    amount = limit.denominator * (
        things.weight * theirs * np.int64(all_mine) - things.weight * mine * np.int64(all_theirs)
    )
    most = limit.numerator * all_mine * all_theirs
    counts = np.flatnonzero(amount)
    if len(things.place):
        members, amount = things.place[counts], amount[counts]
    else:
        kind = _alike(things, mine, theirs, counts)
        members = len(problem.place_ids) + np.arange(kind.max(initial=-1) + 1)
        first = np.unique(kind, return_index=True)[1]
        total = np.zeros(len(members), np.int64)
        np.add.at(total, kind, amount[counts])
        alike = Counted(
            things.cover, things.before, np.ones(len(things.weight), np.int64), things.township, things.place
        )
        ones = np.ones(len(members), np.int64)
        problem = _with_places(problem, alike, counts[first], np.arange(len(members)), ones)
        amount = total
    order = np.argsort(members)
    divisor = math.gcd(*amount.tolist()) or 1
    balance = Balance(
        rule.title,
        np.empty(0, np.int32),
        np.empty(0, np.int64),
        members[order].astype(np.int32),
        amount[order] // divisor,
        most // divisor,
    )
    return replace(problem, balances=(*problem.balances, balance))


def _alike(
    things: Counted, mine: NDArray[np.bool_], theirs: NDArray[np.bool_], points: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Number of the class of each point: served by the same options, counted on the same side."""
    cover = sp.csr_array(things.cover)
    cover.sort_indices()
    numbers: dict[tuple[bytes, bool, bool, bool], int] = {}
    kind = np.empty(len(points), np.int64)
    for row, point in enumerate(points.tolist()):
        options = cover.indices[cover.indptr[point] : cover.indptr[point + 1]]
        before = bool(things.before[point])
        key = (b"" if before else options.tobytes(), before, bool(mine[point]), bool(theirs[point]))
        kind[row] = numbers.setdefault(key, len(numbers))
    return kind


def _with_spending(
    coverage: Coverage, problem: SitingProblem, rule: Equity, group: NDArray[np.bool_]
) -> SitingProblem:
    """The share of all costs less the group's costs, multiplied out, is at most 0."""
    inside = _inside(coverage, group)
    allowed = fulfilled(problem, problem.decision != Decision.FORBIDDEN)
    limit = fraction(rule.share)
    if limit and not problem.cost_cny[inside & allowed].sum():
        raise ContradictionError(
            f"{coverage.region.project.path}: equity: {rule.title}: {rule.share:g} of the spending is to go to "
            f"{rule.group}, where nothing can be built. Take the rule out."
        )
    amount = problem.cost_cny * (limit.numerator - limit.denominator * inside.astype(np.int64))
    options = np.flatnonzero(amount).astype(np.int32)
    divisor = math.gcd(*amount[options].tolist()) or 1
    none = np.empty(0, np.int32), np.empty(0, np.int64)
    balance = Balance(rule.title, options, amount[options] // divisor, *none, 0)
    return replace(problem, balances=(*problem.balances, balance))


def _with_places(
    problem: SitingProblem,
    things: Counted,
    points: NDArray[np.int64],
    clause: NDArray[np.int64],
    need: NDArray[np.int64],
) -> SitingProblem:
    """The problem with one place more a clause, over points with their weights.

    Parameters
    ----------
    points
        Rows of the things that are counted.
    clause
        Of each of them, 0, 1, ...
    need
        Weight at which each clause is true.
    """
    first, count = len(problem.place_ids), len(need)
    own = sp.csr_array(
        (things.weight[points], (clause, np.arange(len(points)))), shape=(count, len(points)), dtype=np.int64
    )
    clauses = sp.csr_array(sp.block_diag([problem.clauses, own], format="csr"), dtype=np.int64)
    clauses.sort_indices()
    cover = sp.csr_array(sp.vstack([problem.cover, things.cover[points]], format="csr"), dtype=np.bool_)
    cover.sort_indices()
    return replace(
        problem,
        cover=cover,
        covered_before=np.append(problem.covered_before, things.before[points]),
        point_worth=np.append(problem.point_worth, np.zeros(len(points), np.int64)),
        clauses=clauses,
        need=np.append(problem.need, need),
        clause_place=np.append(problem.clause_place, np.arange(first, first + count)).astype(np.int32),
        place_ids=(*problem.place_ids, *(f"equity:{number}" for number in range(first, first + count))),
        place_mode=np.append(problem.place_mode, np.full(count, Mode.ANY)).astype(np.int8),
        place_before=np.append(problem.place_before, np.zeros(count, np.bool_)),
        place_worth=np.append(problem.place_worth, np.zeros(count, np.int64)),
    )


def _check_floor(
    coverage: Coverage, rule: Equity, things: Counted, mine: NDArray[np.bool_], best: NDArray[np.bool_]
) -> None:
    whole = int(things.weight[mine].sum())
    reached = int(things.weight[mine & best].sum())
    if reached < needed_places(rule.share, whole):
        raise ContradictionError(
            f"{coverage.region.project.path}: equity: {rule.title}: the floor of {rule.share:.1%} is above what "
            f"everything that may be built would reach together, {reached:,} of {whole:,} ({reached / whole:.1%}). "
            f"Write at most {math.floor(1000 * reached / whole) / 1000:g}."
        )


def _check_difference(coverage: Coverage, rule: Equity, mine: Fraction, theirs: Fraction) -> None:
    """Refuse a difference that even all of the group's best does not make up for what the others have today."""
    if theirs - mine > fraction(rule.share):
        raise ContradictionError(
            f"{coverage.region.project.path}: equity: {rule.title}: {rule.other} has {float(theirs):.1%} today, and "
            f"everything that may be built would give {rule.group} {float(mine):.1%} at most; the difference cannot "
            f"be {rule.share:.1%}. Write at least {math.ceil(1000 * (theirs - mine)) / 1000:g}."
        )


def _check_shares(region: Region) -> None:
    """Least shares of the spending of groups that have no township in common add up to 1 at most."""
    taken: list[tuple[NDArray[np.bool_], Equity]] = []
    for number, rule in enumerate(region.project.equity):
        if rule.kind != "least_spending":
            continue
        group, _ = _sides(region, rule, f"equity.{number}")
        if not any((group & other).any() for other, _ in taken):
            taken.append((group, rule))
    total = sum(fraction(rule.share) for _, rule in taken)
    if total > 1:
        names = ", ".join(rule.group for _, rule in taken)
        raise ContradictionError(
            f"{region.project.path}: equity: the least shares of the spending of {names} add up to "
            f"{float(total):.1%}. Lower one of them."
        )
