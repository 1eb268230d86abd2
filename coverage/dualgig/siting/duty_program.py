"""Least cost of the duties as one program, its dual prices, and what letting one duty go saves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse.csgraph import connected_components

from dualgig.siting.ask import Ask
from dualgig.siting.ground import prepare
from dualgig.siting.measure import count_duties
from dualgig.siting.needed import needed_columns
from dualgig.siting.problem import serve
from dualgig.siting.reduce import MERGE_ROWS
from dualgig.siting.service import ALWAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.problem import Goal, SitingProblem
    from dualgig.siting.service import Service

_NODE_LIMIT = 2_000
"""Nodes of the tree in which one saving is sought."""


@dataclass(frozen=True)
class DutyProgram:
    """Least cost of the duties over the columns of a `Service` that they depend on.

    Parameters
    ----------
    cost
        float64, one a column.
    integer
        int, one a column.
    rows, upper
        ``rows @ columns <= upper``: service, exclusions, prerequisites, limits.
    planned
        bool, one a column: chosen by the cheapest plan of the duties.
    levels
        The goals, level by level.
    part
        int, one a column: columns of different parts share no row, so each part has its own least cost.
    duties, members
        Columns of the duties, and the places behind each.
    """

    cost: NDArray[np.float64]
    integer: NDArray[np.int64]
    rows: sp.csr_array
    upper: NDArray[np.float64]
    planned: NDArray[np.bool_]
    levels: tuple[_Level, ...]
    part: NDArray[np.int32]
    duties: NDArray[np.int64]
    members: tuple[tuple[int, ...], ...]

    def prices(self) -> NDArray[np.float64]:
        """What the relaxation pays for each duty, yuan; zeros where it cannot be solved."""
        goals, least, extra = _goal_rows(self.levels, np.ones(len(self.cost), bool), None)
        result = linprog(
            np.append(self.cost, np.zeros(extra)),
            A_ub=sp.vstack([_wider(self.rows, extra), goals], format="csr"),
            b_ub=np.concatenate([self.upper, least]),
            bounds=[(0.0, 1.0)] * len(self.cost) + [(0.0, None)] * extra,
            method="highs",
        )
        if result.x is None:
            return np.zeros(len(self.duties))
        # A duty's column has no cost, so what the goals pay for it, less what its own limit of 1 takes
        # back, is what it pays to the rows of service.
        paid = goals.T @ result.ineqlin.marginals[self.rows.shape[0] :]
        return np.asarray(paid[self.duties] + result.upper.marginals[self.duties])

    def saving(self, duty: int) -> int | None:
        """What letting one duty go saves, whole yuan; ``None`` where it is not proved."""
        column = int(self.duties[duty])
        inside = self.part == self.part[column]
        goals, least, extra = _goal_rows(self.levels, inside, column)
        goals = goals[:, np.flatnonzero(np.append(inside, np.ones(extra, bool)))]
        own = np.flatnonzero(np.diff(self.rows[:, np.flatnonzero(inside)].indptr) > 0)
        rows = _wider(sp.csr_array(self.rows[own][:, np.flatnonzero(inside)]), extra)
        width = int(inside.sum())
        result = milp(
            np.append(self.cost[inside], np.zeros(extra)),
            integrality=np.append(self.integer[inside], np.ones(extra, np.int64)),
            bounds=Bounds(0.0, np.append(np.ones(width), np.full(extra, np.inf))),
            constraints=[
                LinearConstraint(
                    sp.vstack([rows, goals], format="csr"), -np.inf, np.append(self.upper[own], least)
                )
            ],
            options={"mip_rel_gap": 0.0, "node_limit": _NODE_LIMIT},
        )
        if result.status != 0 or result.x is None:
            return None
        without = round(float(self.cost[inside] @ np.rint(result.x[:width])))
        return round(float(self.cost[inside & self.planned].sum())) - without


def _goal_rows(
    levels: tuple[_Level, ...], inside: NDArray[np.bool_], dropped: int | None
) -> tuple[sp.csr_array, NDArray[np.float64], int]:
    """Rows ``goals @ columns <= upper`` over all columns and some that count, and how many those are.

    Where all of a level is met each goal has a row; else a column counts each goal, and their weighted
    sum keeps the floor. A goal that asks for all of its places asks for those inside.
    """
    width = len(inside)
    entries: list[tuple[int, int, float]] = []
    upper: list[float] = []
    counter = width
    for level in levels:
        floor = level.floor
        total: list[tuple[int, int]] = []
        for goal in level.goals:
            own = {c: k for c, k in goal.columns.items() if c != dropped and inside[c]}
            lost = min(goal.columns.get(dropped, 0), goal.required) if dropped is not None else 0
            row = len(upper)
            entries += [(row, c, -float(k)) for c, k in own.items()]
            if level.partly:
                entries += [(row, counter, 1.0), (row + 1, counter, 1.0)]
                upper += [float(goal.always), float(goal.required - lost)]
                total.append((counter, goal.weight))
                floor -= goal.weight * lost
                counter += 1
            else:
                needed = sum(own.values()) if goal.all else goal.required - goal.always - lost
                upper.append(-float(max(needed, 0)))
        if level.partly:
            entries += [(len(upper), c, -float(w)) for c, w in total]
            upper.append(-float(floor))
    row_, column, value = np.array(entries, np.float64).reshape(-1, 3).T
    at = (row_.astype(np.int64), column.astype(np.int64))
    return sp.csr_array((value, at), shape=(len(upper), counter)), np.array(upper), counter - width


@dataclass(frozen=True)
class _CountedGoal:
    """A goal over columns: how many of its places each column stands for."""

    weight: int
    required: int
    always: int
    columns: dict[int, int]

    @property
    def all(self) -> bool:
        """Whether every place of it that can be served is asked for."""
        return sum(self.columns.values()) <= self.required - self.always


@dataclass(frozen=True)
class _Level:
    """Goals of one level, the floor of their weighted count, and whether it is less than all of them."""

    goals: tuple[_CountedGoal, ...]
    floor: int
    partly: bool


def duty_program(problem: SitingProblem, duty_plan: NDArray[np.bool_]) -> DutyProgram | None:
    """The program, or ``None`` where nothing has to be built for the duties."""
    ground = prepare(problem, (MERGE_ROWS,))
    chosen, service, free = ground.chosen, ground.service, ground.service.free
    served = serve(problem, duty_plan)[1]
    counted = np.unique(np.concatenate([np.empty(0, np.int32), *(g.places for g in problem.goals)]))
    open_ = counted[(service.place[counted] >= 0) & served[counted]]
    if not len(open_):
        return None
    floors = count_duties(problem, served)
    kept = np.flatnonzero(needed_columns(ground, Ask("duty_cost", "cost", floors=floors)))
    number = np.full(service.columns, -1)
    number[kept] = np.arange(len(kept))
    matrix = service.matrix[number[service.head] >= 0][:, kept]
    rules, limits = _rules(problem, chosen, free, number, len(kept))
    own = kept < len(free)
    cost = np.zeros(len(kept))
    cost[own] = problem.cost_cny[free[kept[own]]]
    planned = np.zeros(len(kept), bool)
    planned[own] = duty_plan[free[kept[own]]]
    levels = tuple(_level(problem, level, floor, service, number) for level, floor in sorted(floors.items()))
    behind: dict[int, list[int]] = {}
    for place in open_.tolist():
        behind.setdefault(int(number[service.place[place]]), []).append(place)
    rows = sp.csr_array(sp.vstack([matrix, rules], format="csr"))
    return DutyProgram(
        cost=cost,
        integer=service.binary[kept].astype(np.int64),
        rows=rows,
        upper=np.concatenate([np.zeros(matrix.shape[0]), limits]),
        planned=planned,
        levels=levels,
        part=_parts(rows, levels),
        duties=np.array(list(behind), np.int64),
        members=tuple(tuple(places) for places in behind.values()),
    )


def _parts(rows: sp.csr_array, levels: tuple[_Level, ...]) -> NDArray[np.int32]:
    """Which part each column is in: columns of one row are in one part, and so are those of a goal with a choice."""
    choices = [
        [c for goal in level.goals for c in goal.columns]
        if level.partly
        else [c for goal in level.goals if not goal.all for c in goal.columns]
        for level in levels
    ]
    entries = [(row, c) for row, columns in enumerate(choices) for c in columns]
    row, column = np.array(entries, np.int64).reshape(-1, 2).T
    goals = sp.csr_array((np.ones(len(row)), (row, column)), shape=(len(choices), rows.shape[1]))
    linked = sp.vstack([abs(rows), goals], format="csr")
    linked.data[:] = 1.0
    return np.asarray(connected_components(linked.T @ linked, directed=False)[1], np.int32)


def _rules(
    problem: SitingProblem,
    chosen: NDArray[np.bool_],
    free: NDArray[np.int64],
    number: NDArray[np.int64],
    width: int,
) -> tuple[sp.csr_array, NDArray[np.float64]]:
    """Exclusions, prerequisites and limits that are no money among the kept options, as rows and upper sides."""
    position = np.full(len(problem.option_ids), -1)
    position[free] = number[: len(free)]
    entries: list[tuple[int, int, float]] = []
    upper: list[float] = []
    option, needed = problem.requires[:, 0], problem.requires[:, 1]
    both = (position[option] >= 0) & (position[needed] >= 0)
    for a, b in zip(position[option[both]].tolist(), position[needed[both]].tolist(), strict=True):
        entries += [(len(upper), a, 1.0), (len(upper), b, -1.0)]
        upper.append(0.0)
    group = np.where(position >= 0, problem.exclusive, -1)
    members = np.flatnonzero(group >= 0)
    members = members[np.argsort(group[members], kind="stable")]
    for own in np.split(members, np.flatnonzero(np.diff(group[members])) + 1):
        if len(own) > 1:
            entries += [(len(upper), int(c), 1.0) for c in position[own]]
            upper.append(1.0)
    for limit in problem.limits:
        if limit.money:
            continue
        inside = position[limit.options] >= 0
        fixed = int(limit.amount[chosen[limit.options]].sum())
        columns = position[limit.options[inside]].tolist()
        entries += [(len(upper), c, float(a)) for c, a in zip(columns, limit.amount[inside], strict=True)]
        upper.append(float(limit.most - fixed))
    row, column, value = np.array(entries, np.float64).reshape(-1, 3).T
    matrix = sp.csr_array((value, (row.astype(np.int64), column.astype(np.int64))), shape=(len(upper), width))
    return matrix, np.array(upper)


def _level(
    problem: SitingProblem, level: int, floor: int, service: Service, number: NDArray[np.int64]
) -> _Level:
    goals = [goal for goal in problem.goals if goal.level == level]
    whole = sum(goal.required * goal.weight for goal in goals)
    return _Level(tuple(_counted(goal, service, number) for goal in goals), floor, floor < whole)


def _counted(goal: Goal, service: Service, number: NDArray[np.int64]) -> _CountedGoal:
    column = service.place[goal.places]
    columns, count = np.unique(number[column[column >= 0]], return_counts=True)
    always = int((column == ALWAYS).sum())
    return _CountedGoal(
        goal.weight, goal.required, always, dict(zip(columns.tolist(), count.tolist(), strict=True))
    )


def _wider(rows: sp.csr_array, extra: int) -> sp.csr_array:
    """Rows with so many empty columns behind."""
    return sp.csr_array((rows.data, rows.indices, rows.indptr), shape=(rows.shape[0], rows.shape[1] + extra))
