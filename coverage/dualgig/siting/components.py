"""Programs that fall apart: parts that no row joins are solved one after another, and their bounds add up."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from dualgig.siting.measure import whole_bound
from dualgig.siting.program import News, Outcome, Program

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.solver import Worker

_BATCH = 200
"""Parts are put together up to so many columns, since each program costs a few milliseconds to hand over."""


@dataclass(frozen=True)
class Part:
    """A part of a program: its columns (int64, in the whole) and the program of its rows."""

    columns: NDArray[np.int64]
    program: Program


def split(program: Program) -> list[Part]:
    """The parts of a program that no row joins, largest first, small ones put together.

    A column that is fixed joins nothing. The rows that join everything are those of the budget, of limits of
    money, of the good and of balances, and a goal or a level whose duties are counted because not all within
    reach have to be met; so it is what the duties cost, and their reach, that falls apart.

    Parameters
    ----------
    program
        The program.

    Returns
    -------
    list of Part
        One of all columns where the program holds together.
    """
    rows, columns = len(program.row_lower), len(program.cost)
    fixed = program.lower == program.upper
    row = np.repeat(np.arange(rows), np.diff(program.row_start))
    open_ = ~fixed[program.column]
    joins = sp.coo_array(
        (np.ones(int(open_.sum()), np.int8), (row[open_], program.column[open_] + rows)),
        shape=(rows + columns, rows + columns),
    )
    count, label = connected_components(joins, directed=False)
    size = np.bincount(label[rows:][~fixed], minlength=count)
    order = np.lexsort((np.arange(count), -size))
    batch = np.empty(count, np.int64)
    batch[order] = _batches(size[order])
    if batch.max(initial=0) == 0:
        return [Part(np.arange(columns), program)]
    matrix = sp.csr_array((program.value, program.column, program.row_start), shape=(rows, columns))
    of_row, of_column = batch[label[:rows]], batch[label[rows:]]
    return [
        _part(program, matrix, np.flatnonzero(of_row == b), np.flatnonzero(~fixed & (of_column == b)))
        for b in range(int(batch.max()) + 1)
    ]


def solve_parts(
    worker: Worker,
    program: Program,
    *,
    watch: NDArray[np.int64],
    options: dict[str, Any],
    deadline_s: float | None = None,
    on_news: Callable[[News], None] | None = None,
) -> Outcome:
    """Solve a program part by part, as `Worker.solve` does the whole; parameters and errors are the same.

    While parts are left, the bound counts no more of them than the box of each column allows.
    """
    parts = split(program)
    if len(parts) == 1:
        return worker.solve(program, watch=watch, options=options, deadline_s=deadline_s, on_news=on_news)
    joint, outcomes = _Joint(program, parts), list[Outcome]()
    for number, part in enumerate(parts):

        def hear(news: News, number: int = number, part: Part = part) -> None:
            joint.hear(number, news.bound, news.nodes)
            plan = None
            if news.watched is not None:
                joint.place(part, news.watched.astype(float))
                plan = np.rint(joint.values[watch]).astype(np.int8) if joint.complete else None
            if on_news is not None:
                on_news(News(joint.bound, joint.nodes, plan))

        outcome = worker.solve(
            part.program,
            watch=np.arange(len(part.columns)),
            options=options,
            deadline_s=deadline_s,
            on_news=hear,
        )
        joint.hear(number, outcome.bound, outcome.nodes)
        if outcome.status == "infeasible":
            return outcome
        outcomes.append(outcome)
        if outcome.solution is not None:
            joint.place(part, outcome.solution)
            joint.solved[number] = True
    ended = next((outcome for outcome in outcomes if outcome.status != "optimal"), outcomes[-1])
    solution = joint.values if joint.complete or joint.solved.all() else None
    return replace(ended, bound=joint.bound, nodes=joint.nodes, solution=solution)


class _Joint:
    """What is known of the whole while its parts are solved."""

    def __init__(self, program: Program, parts: list[Part]) -> None:
        self.sense: Literal["min", "max"] = "max" if program.maximise else "min"
        self.complete = program.start is not None
        self.values = program.lower.copy() if program.start is None else program.start.copy()
        self.solved = np.zeros(len(parts), bool)
        best = np.maximum if program.maximise else np.minimum
        with np.errstate(invalid="ignore"):
            at_best = best(program.cost * program.lower, program.cost * program.upper)
        at_best = np.where(program.cost == 0.0, 0.0, at_best)
        self.bounds = np.array([at_best[part.columns].sum() for part in parts])
        fixed = program.lower == program.upper
        self.constant = float(at_best[fixed].sum())
        self.whole = [bool((part.program.cost == np.rint(part.program.cost)).all()) for part in parts]
        self.at_node = np.zeros(len(parts), np.int64)

    def hear(self, number: int, bound: float | None, nodes: int) -> None:
        """A part's bound, rounded to the next whole value where its costs are whole."""
        self.at_node[number] = nodes
        if bound is None:
            return
        told = float(whole_bound(bound, self.sense)) if self.whole[number] else bound
        tighter = min if self.sense == "max" else max
        self.bounds[number] = tighter(self.bounds[number], told)

    def place(self, part: Part, values: NDArray[np.float64]) -> None:
        """Put a part's plan into the whole."""
        self.values[part.columns] = values

    @property
    def bound(self) -> float | None:
        """Bound of the whole."""
        total = self.constant + float(self.bounds.sum())
        return total if np.isfinite(total) else None

    @property
    def nodes(self) -> int:
        """Nodes of all trees."""
        return int(self.at_node.sum())


def _batches(size: NDArray[np.int64]) -> NDArray[np.int64]:
    """Number of each part's batch, parts in descending order of size; parts without a column are in the last."""
    batch, number, taken = np.zeros(len(size), np.int64), 0, 0
    for k, columns in enumerate(size.tolist()):
        if taken and columns and taken + columns > _BATCH:
            number, taken = number + 1, 0
        batch[k] = number
        taken += columns
    return batch


def _part(
    program: Program, matrix: sp.csr_array, rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> Part:
    """The program of some rows over some columns; what is fixed is taken to the limits of the rows."""
    fixed = program.lower == program.upper
    moved = matrix[rows] @ np.where(fixed, program.lower, 0.0)
    own = matrix[rows][:, columns]
    return Part(
        columns,
        replace(
            program,
            cost=program.cost[columns],
            lower=program.lower[columns],
            upper=program.upper[columns],
            integer=program.integer[columns],
            row_lower=program.row_lower[rows] - moved,
            row_upper=program.row_upper[rows] - moved,
            row_start=own.indptr.astype(np.int32),
            column=own.indices.astype(np.int32),
            value=own.data,
            start=None if program.start is None else program.start[columns],
        ),
    )
