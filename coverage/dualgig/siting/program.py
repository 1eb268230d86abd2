"""An integer program as arrays, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Program:
    """A mixed integer program as arrays.

    Parameters
    ----------
    maximise
        Sense of the objective.
    cost, lower, upper
        float64, one a column.
    integer
        int32, one a column: 1 where the column is integer.
    row_lower, row_upper
        float64, one a row.
    row_start, column, value
        The rows, CSR, int32, int32, float64.
    start
        float64, one a column: a plan to start from, or ``None``.
    """

    maximise: bool
    cost: NDArray[np.float64]
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
    integer: NDArray[np.int32]
    row_lower: NDArray[np.float64]
    row_upper: NDArray[np.float64]
    row_start: NDArray[np.int32]
    column: NDArray[np.int32]
    value: NDArray[np.float64]
    start: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class News:
    """What HiGHS has just found: the best bound so far, and a better plan's watched columns if there is one."""

    bound: float | None
    nodes: int
    watched: NDArray[np.int8] | None


@dataclass(frozen=True)
class Outcome:
    """How a program ended.

    ``status`` is ``"optimal"``, ``"infeasible"``, ``"work_limit"`` or ``"time_limit"``; ``solution`` is
    ``None`` where the child was ended or has none (each plan found has been told as `News`).
    """

    status: Literal["optimal", "infeasible", "work_limit", "time_limit"]
    bound: float | None
    nodes: int
    solution: NDArray[np.float64] | None


@dataclass(frozen=True)
class Relaxed:
    """The best of a program without its integrality: its objective, float64 values of its columns."""

    objective: float
    solution: NDArray[np.float64]


@dataclass(frozen=True)
class Root:
    """What the root of a program's tree tells: a bound, and the cuts of its last relaxation.

    Parameters
    ----------
    bound
        In the program's own sense; ``None`` where nothing is known.
    cuts
        float64 CSR, shape (cuts, columns).
    lower, upper
        float64, shape (cuts,): ``lower <= cuts @ columns <= upper`` for every plan worth looking for.
    """

    bound: float | None
    cuts: sp.csr_array
    lower: NDArray[np.float64]
    upper: NDArray[np.float64]
