"""PuLP's HiGHS solver with the large, anonymous rows added as one matrix, run in the child process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pulp
import scipy.sparse as sp

from dualgig.siting.components import solve_parts
from dualgig.siting.program import Program

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.program import News, Outcome
    from dualgig.siting.solver import Worker

_INFINITY = float("inf")


@dataclass(frozen=True)
class Block:
    """Rows ``matrix @ columns <= upper`` beside those that PuLP knows by name.

    Parameters
    ----------
    matrix
        float64 CSR, shape (rows, columns).
    upper
        float64, shape (rows,).
    named
        The PuLP variable of those columns that PuLP knows; the others are in [0, 1].
    binary
        bool, shape (columns,): anonymous columns to be declared binary.
    start
        float64, shape (columns,): a plan to start from.
    cost
        float64, shape (columns,): what the anonymous columns count in the objective beside what PuLP knows of it.
    """

    matrix: sp.csr_array
    upper: NDArray[np.float64]
    named: dict[int, pulp.LpVariable]
    binary: NDArray[np.bool_]
    start: NDArray[np.float64]
    cost: NDArray[np.float64]


@dataclass(frozen=True)
class Assembled:
    """A program, and where its columns come from.

    Parameters
    ----------
    program
        All columns and rows as arrays.
    column_of
        Program column of each named variable, by its PuLP id.
    block_column
        int64: program column of each column of the block, -1 where neither a row nor the objective uses it.
    """

    program: Program
    column_of: dict[int, int]
    block_column: NDArray[np.int64]


class WorkerHiGHS(pulp.HiGHS):
    """HiGHS for a `pulp.LpProblem` and a `Block`, in a child process.

    PuLP builds a model term by term, which takes longer than HiGHS for the rows that say which option
    covers which point; those come as a matrix. After `solve`, `outcome` holds what the child answered.

    Parameters
    ----------
    worker
        The child process.
    block
        Rows and columns beside the named ones.
    watch
        Variables whose values in each better plan are told to `on_news`, in this order.
    from_start
        Whether to hand over the values of variables and block as a plan to start from.
    options
        Options of HiGHS.
    deadline_s
        Moment of `time.monotonic` at which to give up.
    on_news
        Called with each better plan and bound.
    """

    def __init__(
        self,
        worker: Worker,
        block: Block,
        watch: list[pulp.LpVariable],
        *,
        from_start: bool,
        options: dict[str, Any],
        deadline_s: float | None = None,
        on_news: Callable[[News], None] | None = None,
    ) -> None:
        super().__init__(msg=False)
        self.worker = worker
        self.block = block
        self.watch = watch
        self.from_start = from_start
        self.highs_options = options
        self.deadline_s = deadline_s
        self.on_news = on_news
        self.outcome: Outcome | None = None

    def actualSolve(self, lp: pulp.LpProblem, **_: Any) -> pulp.LpSolveStats:  # noqa: N802  (PuLP's name)
        """Solve in the child and give the named variables their values."""
        started = (time.time(), time.process_time())
        assembled = assemble(lp, self.block, from_start=self.from_start)
        column_of = assembled.column_of
        watch = np.array([column_of[variable.id] for variable in self.watch], np.int64)
        outcome = solve_parts(
            self.worker,
            assembled.program,
            watch=watch,
            options=self.highs_options,
            deadline_s=self.deadline_s,
            on_news=self.on_news,
        )
        self.outcome = outcome
        if outcome.solution is not None:
            for variable in lp.variables():
                if variable.id in column_of:
                    variable.varValue = float(outcome.solution[column_of[variable.id]])
        status = {
            "optimal": pulp.LpSolveStatus.Optimal,
            "infeasible": pulp.LpSolveStatus.Infeasible,
            "work_limit": pulp.LpSolveStatus.SolutionLimit,
            "time_limit": pulp.LpSolveStatus.TimeLimit,
        }[outcome.status]
        return self.buildStats(
            lp, status, outcome.solution is not None, start=started, best_bound=outcome.bound
        )


def assemble(lp: pulp.LpProblem, block: Block, *, from_start: bool) -> Assembled:
    """Columns and rows of a model and its block as arrays.

    PuLP's own columns come first, in the order of `exported_variables`; variables that only the block
    uses, which PuLP does not export, follow; anonymous columns are last.

    Parameters
    ----------
    lp, block
        Named and anonymous rows.
    from_start
        Whether the program carries the plan to start from.
    """
    exported = lp.exported_variables()
    known = {variable.id for variable in exported}
    variables = exported + [v for _, v in sorted(block.named.items()) if v.id not in known]
    column_of = {variable.id: j for j, variable in enumerate(variables)}
    place, anonymous = _columns(block, column_of)
    count = len(variables) + len(anonymous)
    lower, upper, cost, integer = np.zeros(count), np.ones(count), np.zeros(count), np.zeros(count)
    start = np.zeros(count)
    for j, variable in enumerate(variables):
        lower[j] = -_INFINITY if variable.lowBound is None else variable.lowBound
        upper[j] = _INFINITY if variable.upBound is None else variable.upBound
        integer[j] = variable.cat == pulp.LpInteger
        start[j] = variable.varValue or 0.0
    integer[len(variables) :] = block.binary[anonymous]
    start[len(variables) :] = block.start[anonymous]
    cost[len(variables) :] = block.cost[anonymous]
    if lp.objective is not None:
        for variable, coefficient in lp.objective.items():
            cost[column_of[variable.id]] = coefficient
    named, row_lower, row_upper = _named_rows(lp, column_of, count)
    matrix = block.matrix.tocoo()
    extra = block.matrix.shape[0]
    shape = (extra, count)
    below = sp.csr_array((matrix.data, (matrix.row, place[matrix.col])), shape=shape)
    rows = sp.csr_array(sp.vstack([named, below], format="csr"))
    program = Program(
        maximise=lp.sense == pulp.LpMaximize,
        cost=cost,
        lower=lower,
        upper=upper,
        integer=integer.astype(np.int32),
        row_lower=np.append(row_lower, np.full(extra, -_INFINITY)),
        row_upper=np.append(row_upper, block.upper),
        row_start=rows.indptr.astype(np.int32),
        column=rows.indices.astype(np.int32),
        value=rows.data,
        start=start if from_start else None,
    )
    return Assembled(program, column_of, place)


def _columns(block: Block, column_of: dict[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Program column of each block column, and the block's anonymous columns that a row or the objective uses."""
    width = block.matrix.shape[1]
    used = block.cost != 0.0
    used[block.matrix.indices] = True
    place = np.full(width, -1)
    for column, variable in block.named.items():
        place[column] = column_of[variable.id]
    anonymous = np.flatnonzero(used & (place < 0))
    place[anonymous] = len(column_of) + np.arange(len(anonymous))
    return place, anonymous


def _named_rows(
    lp: pulp.LpProblem, column_of: dict[int, int], columns: int
) -> tuple[sp.csr_array, NDArray[np.float64], NDArray[np.float64]]:
    """PuLP's constraints: float64 CSR with the lower and upper limits of its rows."""
    row, column, value, lower, upper = [], [], [], [], []
    for number, constraint in enumerate(lp.constraints()):
        for variable, coefficient in constraint.items():
            row.append(number)
            column.append(column_of[variable.id])
            value.append(coefficient)
        least, most = constraint.getLb(), constraint.getUb()
        lower.append(-_INFINITY if least is None else least)
        upper.append(_INFINITY if most is None else most)
    data = (np.array(value, float), (np.array(row, np.int64), np.array(column, np.int64)))
    return sp.csr_array(data, shape=(len(lower), columns)), np.array(lower), np.array(upper)
