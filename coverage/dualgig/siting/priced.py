"""Bounds by prices: the rows that join the parts of a program are paid for, and each part is solved by itself.

Without them a program over years falls into one a year, each small enough for branch and bound with all its
cuts; one of a single year loses the money that ties all its valleys together. For any prices that are not
negative the best of the parts and what the rows allow, priced, add up to a bound (Lagrangian relaxation:
Geoffrion, Mathematical Programming Study 2, 1974). Good prices are multipliers of the whole relaxation, with
the cuts that the parts' own trees begin with: those close most of what a relaxation without them leaves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

from dualgig.siting.aside import aside
from dualgig.siting.clock import share_of
from dualgig.siting.components import split
from dualgig.siting.dual import Pair, descend
from dualgig.siting.solver import WITHOUT_PROBING

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from dualgig.siting.components import Part
    from dualgig.siting.crew import Crew
    from dualgig.siting.program import Outcome, Program, Root
    from dualgig.siting.solver import Worker

_LARGE = 0.05
"""Share of a program's columns from which a part is large."""

_ROUNDS = (1500, 1000, 1000, 1000, 1000)
"""Iterations of the descent before each look at the roots of the parts' trees."""

_LAST = 4000
"""Iterations before the parts are solved."""

_PART_OPTIONS: dict[str, Any] = WITHOUT_PROBING | {
    "mip_rel_gap": 0.0,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
}
"""A part's cuts at the root nearly close its gap: HiGHS' searches for plans take longer than they save, and a plan of
the whole is no good start for a part that pays other prices."""

_SHARE_OF_PARTS = 0.8
"""Of the time that is left, what the parts may take; what is left then is for a plan of the whole."""

_GRAIN = 2.0**-20
"""Prices are multiples of it, so that what the parts' options cost with them is exact."""


@dataclass(frozen=True)
class Links:
    """Rows of a program to be priced.

    Parameters
    ----------
    rows
        int64, ascending; each of the kind ``row @ columns <= upper``.
    parts
        How many large parts are left without them.
    """

    rows: NDArray[np.int64]
    parts: int


@dataclass(frozen=True)
class Priced:
    """What prices prove of a program that maximises, and the plans of its parts.

    For every plan ``objective <= best + price @ (priced rows @ plan)``.

    Parameters
    ----------
    rows, price
        int64 and float64, shape (k,): the rows and their prices, not negative.
    best
        Bound of the parts together, the rows left out and paid for.
    bound
        Bound of the program.
    plan
        float64, one a column: the parts' plans side by side, which may break the priced rows; the columns' lower
        limits where parts were not solved.
    nodes
        Nodes of the parts' trees.
    """

    rows: NDArray[np.int64]
    price: NDArray[np.float64]
    best: float
    bound: float
    plan: NDArray[np.float64]
    nodes: int

    def least(self, program: Program, row: int, objective: float) -> float:
        """What a priced row comes to, at least, in every plan that reaches an objective.

        Rows that are the same but for a factor count with it; the others count as full.

        Parameters
        ----------
        program
            The program.
        row
            The row, one of those priced.
        objective
            Value that is reached.

        Returns
        -------
        float
            Minus infinity where the row has no price.
        """
        matrix = _matrix(program)[self.rows]
        own = _matrix(program)[[row]]
        factor = np.array([_factor(matrix[[k]], own) for k in range(len(self.rows))])
        alike = factor > 0.0
        rate = float(self.price[alike] @ factor[alike])
        if rate <= 0.0:
            return -np.inf
        paid = self.price[~alike] * program.row_upper[self.rows[~alike]]
        # a low rate makes much of the little by which sums and bounds err
        slack = 1e-6 + 1e-9 * (abs(objective) + abs(self.best) + float(np.abs(paid).sum()))
        return (objective - self.best - float(paid.sum()) - slack) / rate


def _factor(row: sp.csr_array, other: sp.csr_array) -> float:
    """How many times a row is another one; 0 where it is no multiple of it."""
    if row.nnz != other.nnz or row.nnz == 0 or (row.indices != other.indices).any():
        return 0.0
    factor = row.data[0] / other.data[0]
    return float(factor) if (row.data == factor * other.data).all() else 0.0


def links(program: Program, money: NDArray[np.int64], options: NDArray[np.int64]) -> Links:
    """The rows of money, and those of two options that join large parts: what stands stays, year after year.

    Parameters
    ----------
    program
        The program.
    money
        int64, rows of money.
    options
        int64, columns of options.

    Returns
    -------
    Links
    """
    matrix = _matrix(program)
    rows, columns = matrix.shape
    chosen = np.zeros(columns, bool)
    chosen[options] = True
    below = np.isneginf(program.row_lower) & np.isfinite(program.row_upper)
    size = np.diff(program.row_start)
    of_options = np.add.reduceat(np.append(chosen[program.column], False), program.row_start[:-1])
    pair = below & (size == 2) & (np.where(size > 0, of_options, 0) == 2)
    dear = np.zeros(rows, bool)
    dear[money] = below[money]
    label, count = _parts(program, matrix, ~(pair | dear))
    large = count >= _LARGE * columns
    number = np.flatnonzero(pair)
    joins = _joining(label[program.column[program.row_start[number][:, None] + np.arange(2)]], large)
    priced = np.sort(np.concatenate([np.flatnonzero(dear), number[joins]]))
    kept = np.ones(rows, bool)
    kept[priced] = False
    _, count = _parts(program, matrix, kept)
    return Links(priced, int((count >= _LARGE * columns).sum()))


def _joining(ends: NDArray[np.int64], large: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Which ties join large parts: two of them, or one and small parts that are tied to another one too.

    `ends` are the parts of each tie's two columns, int64, shape (ties, 2); `large` is bool, one a part.
    """
    big = large[ends]
    small = ends[~big.any(axis=1)]
    count = len(large)
    ties = sp.coo_array((np.ones(len(small), np.int8), (small[:, 0], small[:, 1])), shape=(count, count))
    clusters, cluster = connected_components(ties, directed=False)
    half = big.sum(axis=1) == 1
    own = np.where(big[half, 0], ends[half, 0], ends[half, 1])
    beside = cluster[np.where(big[half, 0], ends[half, 1], ends[half, 0])]
    touched = np.zeros(clusters, np.int64)
    np.add.at(touched, np.unique(np.column_stack([beside, own]), axis=0)[:, 0], 1)
    joins = big.all(axis=1) & (ends[:, 0] != ends[:, 1])
    joins[half] = touched[beside] > 1
    return np.asarray(joins)


def _parts(
    program: Program, matrix: sp.csr_array, rows: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which part each column is in when only some rows join, and how many columns each has; fixed ones join nothing."""
    kept = matrix[np.flatnonzero(rows)].tocoo()
    free = (program.lower != program.upper)[kept.col]
    at = (kept.row[free], kept.col[free] + kept.shape[0])
    total = sum(kept.shape)
    joins = sp.coo_array((np.ones(int(free.sum()), np.int8), at), shape=(total, total))
    _, label = connected_components(joins, directed=False)
    of_column = label[kept.shape[0] :].astype(np.int64)
    return of_column, np.bincount(of_column, minlength=int(label.max(initial=0)) + 1)


def price(
    program: Program,
    linking: Links,
    crew: Crew,
    *,
    tolerance: float,
    node_limit: int,
    deadline_s: float | None,
    on_bound: Callable[[float], None],
) -> Priced | None:
    """Find prices of some rows and solve what is left of the program part by part.

    Parameters
    ----------
    program
        A program that maximises.
    linking
        The rows to be priced.
    crew
        The child processes.
    tolerance
        What all parts together may leave open, in the objective.
    node_limit
        Nodes of the tree of one part.
    deadline_s
        Moment of `time.monotonic` at which to give up.
    on_bound
        Called every now and then with the best bound so far.

    Returns
    -------
    Priced or None
        ``None`` if there was no time, or HiGHS told no bound of a part's root.

    Raises
    ------
    SolverError
        A child died.
    """
    search = _PriceSearch(program, linking, crew, deadline_s, on_bound)
    for iterations in _ROUNDS:
        if not (search.descend(iterations) and search.look_at_roots()):
            return search.best
    if search.descend(_LAST):
        search.solve(tolerance, node_limit)
    return search.best


@dataclass
class _PriceSearch:
    """The multipliers so far, of the program with the cuts so far, and the best that any prices have proved."""

    program: Program
    linking: Links
    crew: Crew
    deadline_s: float | None
    on_bound: Callable[[float], None]
    best: Priced | None = None
    pair: Pair | None = None

    def __post_init__(self) -> None:
        self.wider = self.program

    def descend(self, iterations: int) -> bool:
        """Better multipliers; whether there was time."""
        program, start = self.wider, self.pair
        if start is not None:
            longer = np.zeros(len(program.row_lower))
            longer[: len(start.multipliers)] = start.multipliers
            start = replace(start, multipliers=longer)

        def work(tell: Callable[[None], None]) -> Pair:
            # Iterates may run away; prices that are no numbers count as none.
            with np.errstate(over="ignore", invalid="ignore"):
                return descend(program, iterations=iterations, start=start, on_look=lambda: tell(None))[1]

        found = aside(work, deadline_s=self.deadline_s)
        self.pair = found or self.pair
        return found is not None

    def look_at_roots(self) -> bool:
        """Bound by the roots of the parts' trees, and take over their cuts; whether each told a bound in time."""
        parts, paid = self._parts()

        def root(worker: Worker, part: Part) -> Root | None:
            return worker.root(replace(part.program, start=None), deadline_s=self.deadline_s)

        found = self.crew.each(root, parts, on_done=self._tell)
        roots = [root for root in found if root is not None and root.bound is not None]
        if len(roots) < len(parts):
            return False
        self._hear(parts, paid, [root.bound or 0.0 for root in roots], self.program.lower, 0)
        self.wider = _with_cuts(self.wider, list(zip(parts, roots, strict=True)))
        return True

    def solve(self, tolerance: float, node_limit: int) -> None:
        """Solve the parts."""
        parts, paid = self._parts()
        options = _PART_OPTIONS | {
            "mip_abs_gap": max(tolerance / len(parts), 1e-6),
            "mip_max_nodes": node_limit,
        }
        nothing = np.zeros(0, np.int64)
        until_s = share_of(self.deadline_s, _SHARE_OF_PARTS)

        def solve(worker: Worker, part: Part) -> Outcome:
            program = replace(part.program, start=None)
            return worker.solve(program, watch=nothing, options=options, deadline_s=until_s)

        outcomes = self.crew.each(solve, parts, on_done=self._tell)
        plan = self.program.lower.copy()
        for part, outcome in zip(parts, outcomes, strict=True):
            if outcome.solution is not None:
                plan[part.columns] = outcome.solution
        nodes = sum(outcome.nodes for outcome in outcomes)
        # a part that had no time, or that HiGHS' tolerances shut out, proves nothing; the others' plans are still good
        bounds = [
            np.inf if outcome.bound is None or outcome.status == "infeasible" else outcome.bound
            for outcome in outcomes
        ]
        self._hear(parts, paid, bounds, plan, nodes)

    def _hear(
        self,
        parts: list[Part],
        paid: NDArray[np.float64],
        bounds: list[float],
        plan: NDArray[np.float64],
        nodes: int,
    ) -> None:
        """Keep what prices prove if it is better, and a plan in any case."""
        program, rows = self.program, self.linking.rows
        # what is fixed is in no part, unless there is but one, which has all columns
        alone = np.ones(len(program.cost), bool)
        alone[np.concatenate([part.columns for part in parts])] = False
        cost = program.cost - _matrix(program)[rows].T @ paid
        # each part errs by the solver's tolerances, as `whole_bound` has them
        best = float(cost[alone] @ program.lower[alone]) + sum(b + 1e-6 + 1e-9 * abs(b) for b in bounds)
        allowed = paid * program.row_upper[rows]
        best += 1e-9 * float(np.abs(allowed).sum())
        told = Priced(rows, paid, best, best + float(allowed.sum()), plan, nodes)
        if self.best is not None and not told.bound < self.best.bound:
            told = replace(self.best, plan=plan, nodes=nodes)
        self.best = told
        self._tell()

    def _tell(self) -> None:
        if self.best is not None:
            self.on_bound(self.best.bound)

    def _parts(self) -> tuple[list[Part], NDArray[np.float64]]:
        if self.pair is None:
            raise ValueError("There are no multipliers yet.")
        parts, paid = _priced_parts(self.program, self.linking, self.pair)
        # what takes longest first, so that the children end at about the same time
        parts.sort(key=lambda part: -len(part.program.value))
        return parts, paid


def _priced_parts(program: Program, linking: Links, pair: Pair) -> tuple[list[Part], NDArray[np.float64]]:
    """The parts of a program without the priced rows, their columns costing what the rows do, and the prices."""
    # for the program as a minimisation, multipliers of rows with an upper limit are not positive
    paid = np.maximum(-pair.best[linking.rows], 0.0)
    paid = np.round(np.where(np.isfinite(paid), paid, 0.0) / _GRAIN) * _GRAIN
    matrix = _matrix(program)
    kept = np.ones(matrix.shape[0], bool)
    kept[linking.rows] = False
    number = np.flatnonzero(kept)
    own = sp.csr_array(matrix[number])
    cost = program.cost - matrix[linking.rows].T @ paid
    loose = replace(
        program,
        cost=np.asarray(cost),
        row_lower=program.row_lower[number],
        row_upper=program.row_upper[number],
        row_start=own.indptr.astype(np.int32),
        column=own.indices.astype(np.int32),
        value=own.data,
    )
    return split(loose), paid


def _with_cuts(program: Program, cuts: list[tuple[Part, Root]]) -> Program:
    """A program with cuts of its parts as rows behind its own."""
    columns = len(program.cost)
    blocks, lower, upper = [_matrix(program)], [program.row_lower], [program.row_upper]
    for part, root in cuts:
        placed = root.cuts.tocoo()
        at = (placed.row, part.columns[placed.col])
        blocks.append(sp.csr_array((placed.data, at), shape=(placed.shape[0], columns)))
        lower.append(root.lower)
        upper.append(root.upper)
    rows = sp.csr_array(sp.vstack(blocks, format="csr"))
    return replace(
        program,
        row_lower=np.concatenate(lower),
        row_upper=np.concatenate(upper),
        row_start=rows.indptr.astype(np.int32),
        column=rows.indices.astype(np.int32),
        value=rows.data,
    )


def _matrix(program: Program) -> sp.csr_array:
    shape = (len(program.row_lower), len(program.cost))
    return sp.csr_array((program.value, program.column, program.row_start), shape=shape)
