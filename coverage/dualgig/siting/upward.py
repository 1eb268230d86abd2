"""Service told both ways: rows that make an event true wherever the options chosen make it so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.siting.service import Service


@dataclass(frozen=True)
class Upward:
    """Rows ``matrix @ columns <= upper`` beside those of a `Service`, which only hold events down.

    Parameters
    ----------
    matrix
        float64 CSR, shape (rows, columns): the service's columns, then one binary column for each condition
        of an event that has several.
    upper
        float64, shape (rows,).
    condition
        int64: the service's row that each further column stands for.
    """

    matrix: sp.csr_array
    upper: NDArray[np.float64]
    condition: NDArray[np.int64]

    def values(self, service: Service, value: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values, 0 or 1, of the further columns, for values of the service's columns."""
        rows = service.matrix[self.condition]
        need = _need(service)[self.condition]
        head = value[service.head[self.condition]]
        return np.asarray((rows @ value - need * head <= -need).astype(np.float64))


def upward(service: Service, roots: NDArray[np.int64]) -> Upward:
    """Rows under which the columns `roots`, and all they follow from, are true exactly when they should be.

    A row of the service, ``need * head <= weights @ tail``, lets its head be true only if the condition
    ``weights @ tail >= need`` holds. The other way round, with W the sum of the weights, ``weights @ tail -
    (W - need + 1) * head <= need - 1``; a row of need 1 is written option by option, which is tighter. An
    event of several conditions is true when all of them are.

    Parameters
    ----------
    service
        Service by the free options.
    roots
        int64, columns.
    """
    needed = service.below(roots)
    rows = np.flatnonzero(needed[service.head])
    need = _need(service)
    conditions = np.bincount(service.head[rows], minlength=service.columns)
    several = conditions[service.head[rows]] > 1
    write = _Rows()
    covering = rows < service.layers[0].stop
    write.unions(service, rows[covering])
    # One condition: the event is the condition.
    for row in rows[~several & ~covering].tolist():
        tail, weight = _tail(service, row)
        write.condition(int(service.head[row]), tail, weight, need[row])
    # Several: each has a column of its own, unless it is one column of the service already.
    further: list[int] = []
    parts: dict[int, set[int]] = {}
    for row in rows[several].tolist():
        tail, weight = _tail(service, row)
        if len(tail) == 1:
            column = int(tail[0])
        else:
            column = service.columns + len(further)
            further.append(row)
            write.condition(column, tail, weight, need[row])
        parts.setdefault(int(service.head[row]), set()).add(column)
    for head, columns in parts.items():
        row_columns = np.array([*sorted(columns), head], np.int64)
        write.add(row_columns, np.append(np.ones(len(columns)), -1.0), len(columns) - 1.0)
    width = service.columns + len(further)
    return Upward(write.matrix(width), np.array(write.upper), np.array(further, np.int64))


def _need(service: Service) -> NDArray[np.float64]:
    """What the weights of each row's tail must add up to: the only positive value of the row."""
    need = np.zeros(service.matrix.shape[0])
    row = np.repeat(np.arange(len(need)), np.diff(service.matrix.indptr))
    positive = service.matrix.data > 0
    need[row[positive]] = service.matrix.data[positive]
    return need


def _tail(service: Service, row: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    part = slice(service.matrix.indptr[row], service.matrix.indptr[row + 1])
    column, value = service.matrix.indices[part], service.matrix.data[part]
    tail = value < 0
    return column[tail].astype(np.int64), -value[tail]


class _Rows:
    """Rows in the making."""

    def __init__(self) -> None:
        self.column: list[NDArray[np.int64]] = []
        self.value: list[NDArray[np.float64]] = []
        self.upper: list[float] = []

    def add(self, column: NDArray[np.int64], value: NDArray[np.float64], upper: float) -> None:
        self.column.append(column)
        self.value.append(value)
        self.upper.append(upper)

    def unions(self, service: Service, rows: NDArray[np.int64]) -> None:
        """A covered row of points is true with each of its options."""
        entries = service.matrix[rows].tocoo()
        tail = entries.data < 0
        head = service.head[rows][entries.row[tail]]
        if not len(head):
            return
        self.column += list(np.column_stack([entries.col[tail], head]))
        self.value += [np.array([1.0, -1.0])] * len(head)
        self.upper += [0.0] * len(head)

    def condition(self, head: int, tail: NDArray[np.int64], weight: NDArray[np.float64], need: float) -> None:
        """``head`` is true if ``weight @ tail >= need``."""
        enough = weight >= need
        for column in tail[enough].tolist():
            self.add(np.array([column, head]), np.array([1.0, -1.0]), 0.0)
        if not enough.all():
            spare = weight.sum() - need + 1.0
            self.add(np.append(tail, head), np.append(weight, -spare), need - 1.0)

    def matrix(self, width: int) -> sp.csr_array:
        """The rows, float64 CSR."""
        ends = np.cumsum([0, *(len(column) for column in self.column)])
        column = np.concatenate([np.zeros(0, np.int64), *self.column])
        value = np.concatenate([np.zeros(0), *self.value])
        return sp.csr_array((value, column, ends), shape=(len(self.column), width))
