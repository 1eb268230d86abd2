"""What multipliers leave of a very large program: the options that a better plan may need, and its core.

Where many candidates compete for a few sites, the reduced costs of most are above the gap, so that no better
plan has them (see `fixing`), and the best plans are among the options of the lowest reduced costs: the core
(Balas and Zemel, Operations Research 28, 1980).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from dualgig.siting.fixing import fix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.dual import Dual
    from dualgig.siting.ground import Ground
    from dualgig.siting.highs import Assembled
    from dualgig.siting.model import Model
    from dualgig.siting.problem import SitingProblem

_MOST_LEFT, _MOST_NONZEROS = 5000, 2_000_000
"""Options and nonzeros up to which branch and bound of what is left is worth its time."""

_LEAST_CORE, _CORE_OF_PLAN = 200, 4
"""Options of the core: at least, and for each one of the plan so far."""

_MOST_OF_CORE = 400_000
"""Nonzeros up to which a short tree over the core is soon over."""


def left_open(
    ground: Ground, model: Model, assembled: Assembled, dual: Dual, value: int
) -> NDArray[np.bool_] | None:
    """The options that a plan as good as a value may have: every such plan of the program is without all others.

    Parameters
    ----------
    ground
        Problem and service.
    model, assembled
        The program of the stage.
    dual
        What multipliers prove of it.
    value
        Of a plan, in the measure of the stage.

    Returns
    -------
    bool, shape (n,)
        ``None`` where too much is left.
    """
    program = assembled.program
    fixed = fix(program, dual, (value - model.constant) / model.unit)
    free = ground.service.free
    column = assembled.block_column[: len(free)]
    stays = np.zeros(len(ground.chosen), np.bool_)
    stays[free[column >= 0]] = fixed.upper[column[column >= 0]] > 0.0
    open_ = fixed.upper > fixed.lower
    small = int(stays.sum()) <= _MOST_LEFT and int(open_[program.column].sum()) <= _MOST_NONZEROS
    return stays if small else None


def core(
    ground: Ground, assembled: Assembled, dual: Dual, chosen: NDArray[np.bool_]
) -> NDArray[np.bool_] | None:
    """The options of the lowest reduced costs, with all that they require.

    Parameters
    ----------
    ground
        Problem and service.
    assembled
        The program of the stage.
    dual
        What multipliers prove of it.
    chosen
        bool, shape (n,): the plan so far.

    Returns
    -------
    bool, shape (n,)
        ``None`` where a few times as many options as the plan has are too many for a short tree.
    """
    free = ground.service.free
    column = assembled.block_column[: len(free)]
    free, column = free[column >= 0], column[column >= 0]
    count = max(_LEAST_CORE, _CORE_OF_PLAN * int((chosen & ~ground.chosen).sum()))
    price = dual.reduced_low[column] + dual.reduced_high[column]
    first = np.argsort(price, kind="stable")[:count]
    size = np.bincount(assembled.program.column, minlength=len(dual.reduced_low))[column[first]]
    if int(size.sum()) > _MOST_OF_CORE:
        return None
    options = np.zeros(len(chosen), np.bool_)
    options[free[first]] = True
    return _with_required(ground.problem, options)


def _with_required(problem: SitingProblem, options: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Options and all that they require, through chains."""
    found, needs = options.copy(), problem.requires
    while (missing := found[needs[:, 0]] & ~found[needs[:, 1]]).any():
        found[needs[missing, 1]] = True
    return found
