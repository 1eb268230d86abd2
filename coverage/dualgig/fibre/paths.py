"""Cheapest and shortest paths on the cable graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.fibre.graph import CableGraph

LEAST_CNY_PER_M = 1e-6
LEAST_M = 1e-6
"""No edge is cheaper or shorter than this: SciPy loses edges of weight 0 in sums and dense matrices.

Existing fibre costs nothing and weighs 1e-6 CNY a metre, so that of paths of equal cost the shorter
is taken; it adds 1 CNY to a path of 1,000 km and is never part of a price.
"""


@dataclass(frozen=True)
class Paths:
    """Paths as rows of edges.

    Attributes
    ----------
    start : ndarray of int64, shape (paths + 1,)
        Path ``i`` is ``edge[start[i]:start[i + 1]]``.
    edge : ndarray of int32
        Edges of the cable graph, in order.
    """

    start: NDArray[np.int64]
    edge: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, path: int) -> NDArray[np.int32]:
        return self.edge[self.start[path] : self.start[path + 1]]

    @property
    def owner(self) -> NDArray[np.int64]:
        """Path of each edge."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))

    def select(self, paths: NDArray[np.int64]) -> Paths:
        """Some of the paths, in the order given."""
        size = np.diff(self.start)[paths]
        start = np.concatenate([[0], np.cumsum(size)])
        edge = np.arange(start[-1]) + np.repeat(self.start[paths] - start[:-1], size)
        return Paths(start, self.edge[edge])

    def totals(self, weight: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum of a weight of edges along each path."""
        return np.bincount(self.owner, weights=weight[self.edge], minlength=len(self))

    def trench_m(self, graph: CableGraph) -> NDArray[np.float64]:
        """Metres of each build type along each path, shape (paths, build types)."""
        column = self.owner * 4 + graph.build[self.edge]
        metres = np.bincount(column, weights=graph.length_m[self.edge], minlength=4 * len(self))
        return metres.reshape(-1, 4)


def join(parts: list[Paths]) -> Paths:
    """Paths one after the other."""
    sizes = [np.diff(part.start) for part in parts]
    start = np.concatenate([[0], *sizes]).cumsum()
    return Paths(start, np.concatenate([np.empty(0, np.int32), *(part.edge for part in parts)]))


class Search:
    """Dijkstra's algorithm on a cable graph with one weight an edge.

    Parameters
    ----------
    graph
        The cable graph.
    weight
        float64, shape (edges,), positive.
    """

    def __init__(self, graph: CableGraph, weight: NDArray[np.float64]) -> None:
        size = len(graph.x_m)
        row = np.concatenate([graph.tail, graph.head]).astype(np.int64)
        column = np.concatenate([graph.head, graph.tail]).astype(np.int64)
        order = np.lexsort((column, row))
        self.weight = weight
        self._size = size
        self._arc = row[order] * size + column[order]
        self._edge = (order % len(weight)).astype(np.int32) if len(weight) else np.empty(0, np.int32)
        start = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=size))])
        self._matrix = csr_array((weight[self._edge], column[order], start), shape=(size, size))

    def tree(
        self, sources: NDArray[np.int32], limit: float = np.inf
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Distance of each vertex from its nearest source, inf beyond ``limit``, and its predecessor."""
        distance, before, _ = dijkstra(
            self._matrix, indices=sources, limit=limit, min_only=True, return_predecessors=True
        )
        return distance, before

    def paths(self, before: NDArray[np.int32], vertices: NDArray[np.int32]) -> Paths:
        """Paths of a tree from its sources to some of the vertices that it reaches."""
        current = vertices.astype(np.int64)
        owners: list[NDArray[np.int64]] = []
        edges: list[NDArray[np.int32]] = []
        hops: list[NDArray[np.int64]] = []
        going = np.flatnonzero(before[current] >= 0)
        while len(going):
            here = current[going]
            previous = before[here].astype(np.int64)
            arc = np.searchsorted(self._arc, previous * self._size + here)
            owners.append(going)
            edges.append(self._edge[arc])
            hops.append(np.full(len(going), -len(hops)))
            current[going] = previous
            going = going[before[previous] >= 0]
        start = np.zeros(len(vertices) + 1, np.int64)
        if not owners:
            return Paths(start, np.empty(0, np.int32))
        owner = np.concatenate(owners)
        start[1:] = np.cumsum(np.bincount(owner, minlength=len(vertices)))
        return Paths(start, np.concatenate(edges)[np.lexsort((np.concatenate(hops), owner))])


def by_length(graph: CableGraph) -> Search:
    """Search by length of cable, metres."""
    return Search(graph, np.maximum(graph.length_m, LEAST_M))


def by_cost(graph: CableGraph, cny_per_m: NDArray[np.float64]) -> Search:
    """Search by cost of new trench, CNY; ``cny_per_m`` is by build type, shape (4,)."""
    return Search(graph, (cny_per_m[graph.build] + LEAST_CNY_PER_M) * np.maximum(graph.length_m, LEAST_M))
