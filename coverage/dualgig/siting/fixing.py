"""Columns and options that no good enough plan changes, by their reduced costs (Dantzig, Fulkerson and Johnson, 1954).

A bound plus what a column's reduced cost adds where it leaves its end of the box is a bound for every plan in
which it does; where that falls short of the value asked for, the column stays.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.covering import Covering, ExactBound
    from dualgig.siting.dual import Dual
    from dualgig.siting.program import Program


def fix(program: Program, dual: Dual, target: float) -> Program:
    """The program with tighter boxes of integer columns: every plan of value `target` or better is still in it.

    Parameters
    ----------
    program
        The program.
    dual
        What multipliers prove of it.
    target
        In the program's objective: the value of a plan to keep all equal ones, or one step better. Where no
        plan reaches it, boxes may be emptied down to one value a column.
    """
    if not np.isfinite(dual.bound):
        return program
    room = target - dual.bound if not program.maximise else dual.bound - target
    # one rounding error to either side of the difference of two rounded numbers
    room = np.nextafter(max(room, 0.0) + 2.0**-52 * (abs(target) + abs(dual.bound)), np.inf)
    whole, span = program.integer > 0, program.upper - program.lower
    stays_low, stays_high = whole & (dual.reduced_low > 0.0), whole & (dual.reduced_high < 0.0)
    lower, upper = program.lower.copy(), program.upper.copy()
    upper[stays_low] = (lower + np.minimum(span, _steps(room, dual.reduced_low)))[stays_low]
    lower[stays_high] = (program.upper - np.minimum(span, _steps(room, -dual.reduced_high)))[stays_high]
    return replace(program, lower=lower, upper=upper, start=None)


def _steps(room: float, price: NDArray[np.float64]) -> NDArray[np.float64]:
    """How many whole steps from its end of the box a column may take, where its price is positive."""
    positive = price > 0.0
    return np.floor(np.nextafter(np.divide(room, price, out=np.zeros_like(price), where=positive), np.inf))


def fix_covering(covering: Covering, proof: ExactBound, target: int) -> Covering:
    """The problem with options fixed: every plan that covers `target` or more is still in it. Exact.

    Parameters
    ----------
    covering
        The problem.
    proof
        A bound of it.
    target
        Whole weight.
    """
    free = covering.upper & ~covering.lower
    # bound and target as one difference, which fits 64 bits where it matters
    room = min(proof.numerator - target * proof.scale, np.iinfo(np.int64).max)
    out = free & (-proof.reduced > room)
    needed = free & (proof.reduced > room)
    return replace(covering, lower=covering.lower | needed, upper=covering.upper & ~out)
