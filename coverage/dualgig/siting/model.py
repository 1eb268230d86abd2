"""The integer program of one stage: what planners read by name in PuLP, the rest as one block."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pulp
import scipy.sparse as sp

from dualgig.siting.highs import Block
from dualgig.siting.service import ALWAYS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.ask import Ask, Cut
    from dualgig.siting.ground import Ground
    from dualgig.siting.problem import Goal


@dataclass(frozen=True)
class Model:
    """An integer program and how its objective reads: ``value = constant + unit * objective``.

    Parameters
    ----------
    lp
        Named variables and rows: options, places, goals, budget, exclusions, prerequisites.
    block
        The anonymous rest.
    options
        int64: the problem's options that have a variable.
    variables
        Their variables, in that order.
    constant, unit
        Whole yuan, places or worth.
    """

    lp: pulp.LpProblem
    block: Block
    options: NDArray[np.int64]
    variables: list[pulp.LpVariable]
    constant: int
    unit: int


def build_model(ground: Ground, ask: Ask, start: NDArray[np.bool_], cuts: tuple[Cut, ...] = ()) -> Model:
    """Write the program of a stage.

    Money and worth are divided by their greatest common divisor, which keeps every number whole and
    lets a bound be rounded to the next possible value.

    Parameters
    ----------
    ground
        Problem and service.
    ask
        What the stage asks for.
    start
        bool, shape (n,): a plan that meets the stage's rows, to start from.
    cuts
        Rows added by exact checks.
    """
    return _ModelBuilder(ground, ask, start).build(cuts)


class _ModelBuilder:
    def __init__(self, ground: Ground, ask: Ask, start: NDArray[np.bool_]) -> None:
        self.problem = ground.problem
        self.ground = ground
        self.service = ground.service
        self.ask = ask
        self.lp = pulp.LpProblem(ask.stage, pulp.LpMinimize if ask.sense == "min" else pulp.LpMaximize)
        self.values = np.append(self.service.values(start), 0.0)
        self.named: dict[int, pulp.LpVariable] = {}
        self.constant, self.unit = 0, 1

    def build(self, cuts: tuple[Cut, ...]) -> Model:
        worth = self._worth() if self.ask.objective == "good" or self.ask.good is not None else None
        needed = self._needed(worth)
        self._name_options(needed)
        self._exclusions_and_requirements()
        for level, floor in sorted(self.ask.floors.items()):
            self._floor(level, floor)
        if self.ask.budget_cny is not None:
            self._budget(self.ask.budget_cny)
        blocking = self.ground.blocking.rows(needed)
        rows = sp.vstack([self.service.matrix[needed[self.service.head]], blocking], format="csr")
        rows = sp.csr_array(sp.hstack([rows, sp.csr_array((rows.shape[0], 1))], format="csr"))
        if worth is not None:
            rows = self._good(worth, rows)
        if self.ask.objective == "duty":
            self._most_duties()
        elif self.ask.objective == "cost":
            self._least_cost()
        for number, cut in enumerate(cuts):
            self._cut(number, cut)
        binary = np.append(self.service.binary, False)
        block = Block(rows, self.named, binary, self.values)
        taken = sorted(c for c in self.named if c < len(self.service.free))
        options = self.service.free[np.array(taken, np.int64)]
        variables = [self.named[c] for c in taken]
        return Model(self.lp, block, options, variables, self.constant, self.unit)

    def _needed(self, worth: NDArray[np.int64] | None) -> NDArray[np.bool_]:
        """Columns on which the stage's rows depend, and the options that those options require."""
        levels = set(self.ask.floors) | ({self.ask.level} if self.ask.level is not None else set())
        roots = [self.service.place[goal.places] for goal in self.problem.goals if goal.level in levels]
        if worth is not None:
            roots.append(np.flatnonzero(worth))
        root = np.concatenate([np.zeros(0, np.int64), *roots])
        needed = self.service.below(root[root >= 0])
        column = np.full(len(self.problem.option_ids), -1)
        column[self.service.free] = np.arange(len(self.service.free))
        pairs = column[self.problem.requires]
        pairs = pairs[(pairs >= 0).all(axis=1)]
        while (missing := pairs[needed[pairs[:, 0]] & ~needed[pairs[:, 1]], 1]).size:
            needed[missing] = True
        return needed

    def _name_options(self, needed: NDArray[np.bool_]) -> None:
        free = self.service.free
        for column in np.flatnonzero(needed[: len(free)]).tolist():
            name = f"build_{self.problem.option_ids[free[column]]}"
            self._name(column, name, integer=True)

    def _name(self, column: int, name: str, *, integer: bool) -> pulp.LpVariable:
        variable = self.lp.add_variable(name, 0, 1, "Integer" if integer else "Continuous")
        variable.setInitialValue(float(self.values[column]))
        self.named[column] = variable
        return variable

    def _place(self, column: int, place: int) -> pulp.LpVariable:
        """The variable of a place's column, made when first asked for."""
        if column not in self.named:
            name = f"serve_{self.problem.place_ids[place]}"
            return self._name(column, name, integer=bool(self.service.binary[column]))
        return self.named[column]

    def _sum(self, weights: dict[int, float]) -> pulp.LpAffineExpression:
        return pulp.lpSum_vars_coefs([(self.named[c], w) for c, w in weights.items() if w])

    def _exclusions_and_requirements(self) -> None:
        problem, free = self.problem, self.service.free
        column = {int(free[c]): c for c in self.named}
        groups: dict[int, list[int]] = {}
        for option, c in column.items():
            groups.setdefault(int(problem.exclusive[option]), []).append(c)
        for group, members in sorted(groups.items()):
            if group >= 0 and len(members) > 1:
                self.lp.addConstraint(self._sum(dict.fromkeys(members, 1.0)) <= 1, f"exclusive_{group}")
        for option, needed in np.unique(problem.requires, axis=0).tolist():
            if option in column and needed in column and option != needed:
                name = f"requires_{problem.option_ids[option]}_{problem.option_ids[needed]}"
                row = self._sum({column[option]: 1.0, column[needed]: -1.0})
                self.lp.addConstraint(row <= 0, name)

    def _goal(self, goal: Goal) -> tuple[int, dict[int, float]]:
        """Places of a goal that are served anyway, and the weights of the others' columns."""
        columns = self.service.place[goal.places]
        weights: dict[int, float] = {}
        for place, column in zip(goal.places.tolist(), columns.tolist(), strict=True):
            if column >= 0:
                self._place(column, place)
                weights[column] = weights.get(column, 0.0) + 1.0
        return int((columns == ALWAYS).sum()), weights

    def _counted(self, level: int) -> tuple[int, pulp.LpAffineExpression]:
        """Sum of min(served, required) over a level's goals: a constant and an expression."""
        constant, parts = 0, pulp.LpAffineExpression.empty()
        for goal in self.problem.goals:
            if goal.level != level:
                continue
            served, weights = self._goal(goal)
            constant += min(served, goal.required)
            left = goal.required - served
            if left <= 0 or not weights:
                continue
            if sum(weights.values()) <= left:
                parts += self._sum(weights)
                continue
            count = self.lp.add_variable(f"count_{goal.name}", 0, left, "Integer")
            served_now = sum(w * self.values[c] for c, w in weights.items())
            count.setInitialValue(float(min(left, served_now)))
            self.lp.addConstraint(count - self._sum(weights) <= 0, f"goal_{goal.name}")
            parts += count
        return constant, parts

    def _floor(self, level: int, floor: int) -> None:
        goals = [goal for goal in self.problem.goals if goal.level == level]
        if floor == sum(goal.required for goal in goals):
            for goal in goals:
                served, weights = self._goal(goal)
                if goal.required > served:
                    row = self._sum(weights) >= goal.required - served
                    self.lp.addConstraint(row, f"goal_{goal.name}_met")
            return
        constant, parts = self._counted(level)
        if floor > constant:
            self.lp.addConstraint(parts >= floor - constant, f"duty_level_{level}")

    def _most_duties(self) -> None:
        if self.ask.level is None:
            raise ValueError("A duty stage counts the duties of a level; none is given.")
        self.constant, parts = self._counted(self.ask.level)
        self.lp.setObjective(parts)

    def _prices(self) -> tuple[int, dict[int, int]]:
        """Cost of what every plan contains, and of the options with a variable, whole yuan."""
        cost, free = self.problem.cost_cny, self.service.free
        prices = {c: int(cost[free[c]]) for c in self.named if c < len(free)}
        return int(cost[self.ground.chosen].sum()), prices

    def _budget(self, budget_cny: int) -> None:
        fixed, prices = self._prices()
        unit = math.gcd(*prices.values()) or 1
        row = self._sum({c: price // unit for c, price in prices.items()})
        self.lp.addConstraint(row <= (budget_cny - fixed) // unit, "budget")

    def _least_cost(self) -> None:
        self.constant, prices = self._prices()
        self.unit = math.gcd(*prices.values()) or 1
        self.lp.setObjective(self._sum({c: price // self.unit for c, price in prices.items()}))

    def _worth(self) -> NDArray[np.int64]:
        """Worth of each column."""
        worth = np.zeros(self.service.columns, np.int64)
        for column, value in (
            (self.service.place, self.problem.place_worth),
            (self.service.point, self.problem.point_worth),
        ):
            np.add.at(worth, column[column >= 0], value[column >= 0])
        return worth

    def _good(self, worth: NDArray[np.int64], rows: sp.csr_array) -> sp.csr_array:
        """Objective or floor of the good, and the row of the points' worth added to the block's rows."""
        problem, service = self.problem, self.service
        for place, column in enumerate(service.place.tolist()):
            if column >= 0 and problem.place_worth[place]:
                self._place(column, place)
        constant = int(problem.place_worth[service.place == ALWAYS].sum())
        constant += int(problem.point_worth[service.point == ALWAYS].sum())
        unit = math.gcd(*worth.tolist()) or 1
        worth = worth // unit
        weights = {c: float(worth[c]) for c in self.named if worth[c]}
        anonymous = np.array([c for c in np.flatnonzero(worth).tolist() if c not in self.named], np.int64)
        good = self._sum(weights)
        if len(anonymous):
            most = float(worth[anonymous].sum())
            points = self.lp.add_variable("worth_of_points", 0, most, "Continuous")
            points.setInitialValue(float(worth[anonymous] @ self.values[anonymous]))
            self.named[service.columns] = points
            column = np.append(anonymous, service.columns)
            row = sp.csr_array(
                (np.append(-worth[anonymous], 1.0), (np.zeros(len(column), np.int64), column)),
                shape=(1, service.columns + 1),
            )
            rows = sp.csr_array(sp.vstack([rows, row], format="csr"))
            good += points
        if self.ask.good is not None and self.ask.good > constant:
            self.lp.addConstraint(good >= -(-(self.ask.good - constant) // unit), "good")
        if self.ask.objective == "good":
            self.constant, self.unit = constant, unit
            self.lp.setObjective(good)
        return rows

    def _cut(self, number: int, cut: Cut) -> None:
        free = self.service.free
        column = {int(free[c]): c for c in self.named if c < len(free)}
        row = self._sum({column[j]: 1.0 for j in cut.options.tolist() if j in column})
        if cut.least is not None:
            self.lp.addConstraint(row >= cut.least, f"check_{number}_least")
        if cut.most is not None:
            self.lp.addConstraint(row <= cut.most, f"check_{number}_most")
