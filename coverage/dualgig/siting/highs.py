"""PuLP's HiGHS solver with the large, anonymous rows added as one matrix, run in the child process."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pulp
import scipy.sparse as sp

from dualgig.siting.solver import Program

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.solver import News, Outcome, Worker

_INFINITY = float("inf")


@dataclass(frozen=True)
class Block:
    """Rows ``matrix @ columns <= 0`` beside those that PuLP knows by name.

    Parameters
    ----------
    matrix
        float64 CSR, shape (rows, columns).
    named
        The PuLP variable of those columns that PuLP knows; the others are in [0, 1].
    binary
        bool, shape (columns,): anonymous columns to be declared binary.
    start
        float64, shape (columns,): a plan to start from.
    """

    matrix: sp.csr_array
    named: dict[int, pulp.LpVariable]
    binary: NDArray[np.bool_]
    start: NDArray[np.float64]


class WorkerHiGHS(pulp.HiGHS):  # type: ignore[misc]
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
        program, column_of = self.program(lp)
        watch = np.array([column_of[variable.id] for variable in self.watch], np.int64)
        outcome = self.worker.solve(
            program,
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

    def program(self, lp: pulp.LpProblem) -> tuple[Program, dict[int, int]]:
        """All columns and rows as arrays, and the column of each named variable by its id.

        PuLP's own columns come first, in the order of `exported_variables`; variables that only the
        block uses, which PuLP does not export, follow; anonymous columns are last.
        """
        exported = lp.exported_variables()
        known = {variable.id for variable in exported}
        variables = exported + [v for _, v in sorted(self.block.named.items()) if v.id not in known]
        column_of = {variable.id: j for j, variable in enumerate(variables)}
        place, anonymous = self._columns(column_of)
        count = len(variables) + len(anonymous)
        lower, upper, cost, integer = np.zeros(count), np.ones(count), np.zeros(count), np.zeros(count)
        start = np.zeros(count)
        for j, variable in enumerate(variables):
            lower[j] = -_INFINITY if variable.lowBound is None else variable.lowBound
            upper[j] = _INFINITY if variable.upBound is None else variable.upBound
            integer[j] = variable.cat == pulp.LpInteger
            start[j] = variable.varValue or 0.0
        integer[len(variables) :] = self.block.binary[anonymous]
        start[len(variables) :] = self.block.start[anonymous]
        for variable, coefficient in lp.objective.items():
            cost[column_of[variable.id]] = coefficient
        named, row_lower, row_upper = _named_rows(lp, column_of, count)
        matrix = self.block.matrix.tocoo()
        block = sp.csr_array(
            (matrix.data, (matrix.row, place[matrix.col])), shape=(self.block.matrix.shape[0], count)
        )
        rows = sp.csr_array(sp.vstack([named, block], format="csr"))
        extra = block.shape[0]
        program = Program(
            maximise=lp.sense == pulp.LpMaximize,
            cost=cost,
            lower=lower,
            upper=upper,
            integer=integer.astype(np.int32),
            row_lower=np.append(row_lower, np.full(extra, -_INFINITY)),
            row_upper=np.append(row_upper, np.zeros(extra)),
            row_start=rows.indptr.astype(np.int32),
            column=rows.indices.astype(np.int32),
            value=rows.data,
            start=start if self.from_start else None,
        )
        return program, column_of

    def _columns(self, column_of: dict[int, int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Program column of each block column, and the block's anonymous columns that some row uses."""
        width = self.block.matrix.shape[1]
        used = np.zeros(width, bool)
        used[self.block.matrix.indices] = True
        place = np.full(width, -1)
        for column, variable in self.block.named.items():
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
