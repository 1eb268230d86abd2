"""Products with a sparse matrix in parallel: each row is summed by one thread, and all threads have as much to do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit, prange

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PIECES = 64
"""Runs of rows of about equal size, from which threads take their shares: more than any laptop has threads."""

_ROW = 4
"""Entries that take as long as what is done once a row."""


class Rows(NamedTuple):
    """Where the entries of a sparse matrix are, row by row, for compiled kernels.

    Parameters
    ----------
    start, member
        uint64, shape (rows + 1,), and uint32, one an entry: with signed ones compiled code asks of every entry
        whether it counts from the end, which takes as long as the sum itself.
    edge
        int64: run p of rows is from ``edge[p]`` to before ``edge[p + 1]``.
    """

    start: NDArray[np.uint64]
    member: NDArray[np.uint32]
    edge: NDArray[np.int64]


def rows_of(start: NDArray[np.integer], member: NDArray[np.integer]) -> Rows:
    """The rows of a CSR matrix in runs of about as many entries, a row itself counting as a few."""
    rows = len(start) - 1
    load = start.astype(np.int64) + _ROW * np.arange(rows + 1)
    edge = np.searchsorted(load, np.linspace(0, load[-1], _PIECES + 1))
    edge[0], edge[-1] = 0, rows
    return Rows(start.astype(np.uint64), member.astype(np.uint32), edge.astype(np.int64))


def inner(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """The inner product, without BLAS: its threads go on turning when they are done, and hinder those that come next."""
    return float(np.einsum("i,i->", a, b))


def length(a: NDArray[np.float64]) -> float:
    """Euclidean length, without BLAS as well."""
    return math.sqrt(inner(a, a))


@njit(parallel=True, cache=True, error_model="numpy")
def product(
    rows: Rows, value: NDArray[np.float64], of: NDArray[np.float64], out: NDArray[np.float64]
) -> None:
    """The product of a matrix and a vector, into `out`."""
    start, member, edge = rows
    for piece in prange(len(edge) - 1):
        for i in range(edge[piece], edge[piece + 1]):
            total = 0.0
            for k in range(start[i], start[i + 1]):
                total += value[k] * of[member[k]]
            out[i] = total


@njit(parallel=True, cache=True, error_model="numpy")
def sums(rows: Rows, of: NDArray[np.float64], out: NDArray[np.float64]) -> None:
    """The product with a matrix whose entries are all 1, into `out`."""
    start, member, edge = rows
    for piece in prange(len(edge) - 1):
        for i in range(edge[piece], edge[piece + 1]):
            total = 0.0
            for k in range(start[i], start[i + 1]):
                total += of[member[k]]
            out[i] = total
