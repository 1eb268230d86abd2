"""The integer program of one stage: what planners read by name in PuLP, the rest as one block."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pulp
import scipy.sparse as sp

from dualgig.siting.highs import Block
from dualgig.siting.needed import asks_for_good, balances_of, column_worth, in_force, needed_columns
from dualgig.siting.service import ALWAYS
from dualgig.siting.upward import Upward, upward

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from dualgig.siting.ask import Ask, Cut
    from dualgig.siting.ground import Ground
    from dualgig.siting.problem import Goal


@dataclass(frozen=True)
class Model:
    """An integer program and how its objective reads: ``value = constant + unit * objective``, at least 0.

    Parameters
    ----------
    lp
        Named variables and rows: options, places, goals, budget, limits, balances, exclusions, prerequisites.
    block
        The anonymous rest.
    options
        int64: the problem's options that have a variable.
    variables
        Their variables, in that order.
    constant, unit
        Whole yuan, places or worth.
    money
        Names of the rows that hold only where money counts: budget and limits of money.
    price_unit
        Whole yuan of one unit of the budget's row.
    """

    lp: pulp.LpProblem
    block: Block
    options: NDArray[np.int64]
    variables: list[pulp.LpVariable]
    constant: int
    unit: int
    money: tuple[str, ...]
    price_unit: int


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
        self.values = self.service.values(start)
        self.named: dict[int, pulp.LpVariable] = {}
        self.constant, self.unit = 0, 1
        self.money: list[str] = []
        self.price_unit = 1
        self.anonymous_cost = np.zeros(0)

    def build(self, cuts: tuple[Cut, ...]) -> Model:
        service = self.service
        worth = column_worth(self.ground) if asks_for_good(self.ask) else None
        needed = needed_columns(self.ground, self.ask)
        both_ways = upward(service, self._counted_exactly())
        self.values = np.concatenate([self.values, both_ways.values(service, self.values), [0.0]])
        self.anonymous_cost = np.zeros(len(self.values))
        self._name_options(needed)
        self._exclusions_and_requirements()
        for level, floor in sorted(self.ask.floors.items()):
            self._floor(level, floor)
        if self.ask.budget_cny is not None:
            self._budget(self.ask.budget_cny)
        self._limits()
        for number, kept in sorted(self.ask.excess.items()):
            self._balance(number, kept)
        rows, upper = self._rows(needed, both_ways)
        if worth is not None:
            rows, upper = self._good(worth, rows, upper)
        if self.ask.objective == "duty":
            self._most_duties()
        elif self.ask.objective == "cost":
            self._least_cost()
        elif self.ask.objective == "balance":
            self._least_excess()
        for number, cut in enumerate(cuts):
            self._cut(number, cut)
        binary = np.zeros(len(self.values), bool)
        binary[: service.columns] = service.binary
        binary[service.columns : -1] = True
        block = Block(rows, upper, self.named, binary, self.values, self.anonymous_cost)
        taken = sorted(c for c in self.named if c < len(service.free))
        options = service.free[np.array(taken, np.int64)]
        variables = [self.named[c] for c in taken]
        return Model(
            self.lp,
            block,
            options,
            variables,
            self.constant,
            self.unit,
            tuple(self.money),
            self.price_unit,
        )

    def _counted_exactly(self) -> NDArray[np.int64]:
        """Columns of the places whose service counts against a balance."""
        places = [
            self.service.place[balance.places[balance.place_amount > 0]]
            for balance in (self.problem.balances[number] for number in balances_of(self.ask))
        ]
        column = np.unique(np.concatenate([np.zeros(0, np.int64), *places]))
        return np.asarray(column[column >= 0])

    def _rows(self, needed: NDArray[np.bool_], both_ways: Upward) -> tuple[sp.csr_array, NDArray[np.float64]]:
        """The block's rows without those of the worth of points, and their upper limits."""
        width = len(self.values)
        down = [self.service.matrix[needed[self.service.head]], self.ground.blocking.rows(needed)]
        rows = [sp.csr_array((m.data, m.indices, m.indptr), shape=(m.shape[0], width)) for m in down]
        up = both_ways.matrix
        rows.append(sp.csr_array((up.data, up.indices, up.indptr), shape=(up.shape[0], width)))
        upper = np.concatenate([np.zeros(rows[0].shape[0] + rows[1].shape[0]), both_ways.upper])
        return sp.csr_array(sp.vstack(rows, format="csr")), upper

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

    def _sum(self, weights: Mapping[int, float]) -> pulp.LpAffineExpression:
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
        """Sum of weight x min(served, required) over a level's goals: a constant and an expression."""
        constant, parts = 0, pulp.LpAffineExpression.empty()
        for goal in self.problem.goals:
            if goal.level != level:
                continue
            served, weights = self._goal(goal)
            constant += goal.weight * min(served, goal.required)
            left = goal.required - served
            if left <= 0 or not weights:
                continue
            if sum(weights.values()) <= left:
                parts += self._sum({c: goal.weight * w for c, w in weights.items()})
                continue
            count = self.lp.add_variable(f"count_{goal.name}", 0, left, "Integer")
            served_now = sum(w * self.values[c] for c, w in weights.items())
            count.setInitialValue(float(min(left, served_now)))
            self.lp.addConstraint(count - self._sum(weights) <= 0, f"goal_{goal.name}")
            parts += goal.weight * count
        return constant, parts

    def _floor(self, level: int, floor: int) -> None:
        """Rows that keep a level's duties, goal by goal where nothing of what is within reach may be missing."""
        goals = [(goal, *self._goal(goal)) for goal in self.problem.goals if goal.level == level]
        reach = [min(goal.required, served + int(sum(weights.values()))) for goal, served, weights in goals]
        if floor >= sum(goal.weight * most for (goal, *_), most in zip(goals, reach, strict=True)):
            for (goal, served, weights), most in zip(goals, reach, strict=True):
                if most == served + sum(weights.values()):
                    for column in weights:
                        self.named[column].lowBound = 1
                elif most > served:
                    self.lp.addConstraint(self._sum(weights) >= most - served, f"goal_{goal.name}_met")
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
        self.money.append(self.lp.addConstraint(row <= (budget_cny - fixed) // unit, "budget").name)
        self.price_unit = unit

    def _limits(self) -> None:
        """The limits that hold in the stage, what every plan contains taken off."""
        column = self._option_columns()
        holds = in_force(self.problem, self.ask)
        for number in np.flatnonzero(holds):
            limit = self.problem.limits[number]
            fixed, weights = self._of_options(limit.options, limit.amount, column)
            unit = math.gcd(*weights.values())
            if unit and sum(max(0, w) for w in weights.values()) > limit.most - fixed:
                row = self._sum({c: w // unit for c, w in weights.items()})
                added = self.lp.addConstraint(row <= (limit.most - fixed) // unit, f"limit_{limit.name}")
                if limit.money:
                    self.money.append(added.name)

    def _option_columns(self) -> dict[int, int]:
        """Option -> column of those with a variable."""
        free = self.service.free
        return {int(free[c]): c for c in self.named if c < len(free)}

    def _of_options(
        self, options: NDArray[np.int32], amounts: NDArray[np.int64], column: dict[int, int]
    ) -> tuple[int, dict[int, int]]:
        """A sum over options: what every plan contains, and the weights of the columns."""
        fixed = int(amounts[self.ground.chosen[options]].sum())
        pairs = zip(options.tolist(), amounts.tolist(), strict=True)
        return fixed, {column[j]: amount for j, amount in pairs if j in column and amount}

    def _balance_row(self, number: int) -> tuple[int, int, dict[int, int]]:
        """A balance in units: how much of it is left, the size of a unit, and the weights of the columns."""
        balance = self.problem.balances[number]
        fixed, weights = self._of_options(balance.options, balance.option_amount, self._option_columns())
        for place, amount in zip(balance.places.tolist(), balance.place_amount.tolist(), strict=True):
            column = int(self.service.place[place])
            if column == ALWAYS:
                fixed += amount
            elif column >= 0:
                self._place(column, place)
                weights[column] = weights.get(column, 0) + amount
        unit = math.gcd(*weights.values()) or 1
        return balance.most - fixed, unit, {c: w // unit for c, w in weights.items()}

    def _balance(self, number: int, kept: int) -> None:
        left, unit, weights = self._balance_row(number)
        name = f"balance_{self.problem.balances[number].name}"
        self.lp.addConstraint(self._sum(weights) <= (left + kept) // unit, name)

    def _least_excess(self) -> None:
        if self.ask.balance is None:
            raise ValueError("A balance stage asks for a balance; none is given.")
        left, unit, weights = self._balance_row(self.ask.balance)
        name = self.problem.balances[self.ask.balance].name
        room = left // unit
        # An excess of one unit is that less what is left of the room: 0 where there is none.
        self.constant, self.unit = unit * room - left, unit
        most = max(0, sum(max(0, w) for w in weights.values()) - room)
        excess = self.lp.add_variable(f"excess_{name}", 0, most, "Integer")
        now = sum(w * self.values[c] for c, w in weights.items())
        excess.setInitialValue(float(max(0.0, now - room)))
        self.lp.addConstraint(self._sum(weights) - excess <= room, f"balance_{name}")
        self.lp.setObjective(excess)

    def _least_cost(self) -> None:
        self.constant, prices = self._prices()
        self.unit = math.gcd(*prices.values()) or 1
        self.lp.setObjective(self._sum({c: price // self.unit for c, price in prices.items()}))

    def _good(
        self, worth: NDArray[np.int64], rows: sp.csr_array, upper: NDArray[np.float64]
    ) -> tuple[sp.csr_array, NDArray[np.float64]]:
        """Objective or floor of the good; a floor adds a row of the points' worth to the block's rows."""
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
        if len(anonymous) and self.ask.good is not None:
            points, row = self._worth_of_points(worth, anonymous)
            rows, upper = sp.csr_array(sp.vstack([rows, row], format="csr")), np.append(upper, 0.0)
            good += points
        if self.ask.good is not None and self.ask.good > constant:
            self.lp.addConstraint(good >= -(-(self.ask.good - constant) // unit), "good")
        if self.ask.objective == "good":
            self.constant, self.unit = constant, unit
            self.lp.setObjective(good)
            self.anonymous_cost[anonymous] = worth[anonymous]
        return rows, upper

    def _worth_of_points(
        self, worth: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> tuple[pulp.LpVariable, sp.csr_array]:
        """A variable of what points without a name are worth together, and the row that holds it down."""
        points = self.lp.add_variable("worth_of_points", 0, float(worth[columns].sum()), "Continuous")
        points.setInitialValue(float(worth[columns] @ self.values[columns]))
        last = len(self.values) - 1
        self.named[last] = points
        column = np.append(columns, last)
        at = (np.zeros(len(column), np.int64), column)
        return points, sp.csr_array((np.append(-worth[columns], 1.0), at), shape=(1, last + 1))

    def _cut(self, number: int, cut: Cut) -> None:
        column = self._option_columns()
        built = [column[j] for j in cut.built.tolist() if j in column]
        left_out = [column[j] for j in cut.left_out.tolist() if j in column]
        row = self._sum(dict.fromkeys(built, -1.0) | dict.fromkeys(left_out, 1.0))
        self.lp.addConstraint(row >= 1 - len(built), f"check_{number}")
