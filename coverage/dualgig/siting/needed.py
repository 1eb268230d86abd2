"""What a stage depends on: the columns of its rows, and the options that these require or that make them room."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.ask import Ask
    from dualgig.siting.ground import Ground
    from dualgig.siting.problem import SitingProblem


def asks_for_good(ask: Ask) -> bool:
    """Whether the worth of places and points matters to a stage."""
    return ask.objective == "good" or ask.good is not None


def balances_of(ask: Ask) -> list[int]:
    """Numbers of the balances that a stage looks at."""
    own = [] if ask.balance is None else [ask.balance]
    return own + sorted(ask.excess)


def in_force(problem: SitingProblem, ask: Ask) -> NDArray[np.bool_]:
    """Which limits hold in a stage, bool, shape (limits,): those of money where the budget does."""
    money = ask.budget_cny is not None
    return np.array([money or not limit.money for limit in problem.limits], bool)


def column_worth(ground: Ground) -> NDArray[np.int64]:
    """Worth of the places and points of each column: int64, shape (columns,)."""
    problem, service = ground.problem, ground.service
    worth = np.zeros(service.columns, np.int64)
    for column, value in (
        (service.place, problem.place_worth),
        (service.point, problem.point_worth),
    ):
        np.add.at(worth, column[column >= 0], value[column >= 0])
    return worth


def needed_columns(ground: Ground, ask: Ask) -> NDArray[np.bool_]:
    """Columns on which a stage's rows depend: bool, shape (columns,).

    All other options may be left out of any plan of the stage.

    Parameters
    ----------
    ground
        Problem and service.
    ask
        What the stage asks for.
    """
    problem, service = ground.problem, ground.service
    levels = set(ask.floors) | ({ask.level} if ask.level is not None else set())
    roots = [service.place[goal.places] for goal in problem.goals if goal.level in levels]
    if asks_for_good(ask):
        roots.append(np.flatnonzero(column_worth(ground)))
    column = np.full(len(problem.option_ids), -1)
    column[service.free] = np.arange(len(service.free))
    for number in balances_of(ask):
        balance = problem.balances[number]
        roots += [service.place[balance.places], column[balance.options]]
    root = np.concatenate([np.zeros(0, np.int64), *roots])
    needed = service.below(root[root >= 0])
    pairs = column[problem.requires]
    pairs = pairs[(pairs >= 0).all(axis=1)]
    while True:
        before = int(needed.sum())
        needed[pairs[needed[pairs[:, 0]], 1]] = True
        _need_makers_of_room(ground, ask, needed, column)
        if int(needed.sum()) == before:
            return needed


def _need_makers_of_room(
    ground: Ground, ask: Ask, needed: NDArray[np.bool_], column: NDArray[np.int64]
) -> None:
    """Options that make room in a limit that the needed ones, or what every plan contains, could break."""
    problem, rows = ground.problem, ground.problem.limit_rows
    if not rows.nnz:
        return
    most = np.array([limit.most for limit in problem.limits], np.int64)
    inside = np.zeros(len(column), bool)
    inside[ground.service.free] = needed[: len(ground.service.free)]
    more = rows.copy()
    more.data = np.maximum(more.data, 0)
    tight = rows @ ground.chosen.astype(np.int64) + more @ inside.astype(np.int64) > most
    tight &= in_force(problem, ask)
    row = np.repeat(np.arange(len(most)), np.diff(rows.indptr))
    makers = column[rows.indices[tight[row] & (rows.data < 0)]]
    needed[makers[makers >= 0]] = True
