"""Cable routes from nodes to places, and from new nodes to the network that stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from dualgig.fibre.graph import EXISTING
from dualgig.fibre.paths import Paths, Search, by_cost, by_length, join

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from dualgig.fibre.graph import CableGraph

REACH_TOLERANCE_M = 1e-3
"""A cable this much longer than the reach is within it: sums of metres are rounded."""

PLANT_REACH_M = 60_000.0
"""Longest plant of a PON that stands: the maximum logical reach (ITU-T G.984.1 and G.987.1)."""


@dataclass(frozen=True)
class CableRoutes:
    """The route of every node and place within optical reach of one another.

    Attributes
    ----------
    graph : CableGraph
        The graph that they follow.
    node, place : ndarray of int32, shape (pairs,)
        Sorted by node, then place.
    cable_m : ndarray of float64, shape (pairs,)
        Whole length of the cable, access lines included.
    trench_m : ndarray of float64, shape (pairs, 4)
        Of it by build type, in the order of `dualgig.region.model.BUILD_TYPES`: ``existing`` is
        no trench.
    trench_cny : ndarray of float64, shape (pairs,)
        Price of the trench if this route alone is built.
    paths : Paths
        Edges of the routes, from node to place.
    """

    graph: CableGraph
    node: NDArray[np.int32]
    place: NDArray[np.int32]
    cable_m: NDArray[np.float64]
    trench_m: NDArray[np.float64]
    trench_cny: NDArray[np.float64]
    paths: Paths

    def select(self, pairs: NDArray[np.int64]) -> CableRoutes:
        """Some of the pairs, in the order given."""
        return CableRoutes(
            self.graph,
            self.node[pairs],
            self.place[pairs],
            self.cable_m[pairs],
            self.trench_m[pairs],
            self.trench_cny[pairs],
            self.paths.select(pairs),
        )

    def polyline(self, pair: int) -> NDArray[np.float64]:
        """Course of a pair's cable from node to place, float64 (points, 2), metres."""
        return self.graph.polyline(int(self.graph.node[self.node[pair]]), self.paths[pair])


@dataclass(frozen=True)
class Uplinks:
    """How each node is joined to the network that stands.

    Attributes
    ----------
    graph : CableGraph
        The graph that they follow.
    joined : ndarray of bool, shape (nodes,)
        It stands, or a path to what stands exists.
    trench_m : ndarray of float64, shape (nodes, 4)
        Metres by build type; zeros where it stands or is not joined.
    paths : Paths
        Edges from what stands to the node.
    """

    graph: CableGraph
    joined: NDArray[np.bool_]
    trench_m: NDArray[np.float64]
    paths: Paths

    def polyline(self, node: int) -> NDArray[np.float64]:
        """Course of a node's uplink from the node to what stands, float64 (points, 2), metres."""
        return self.graph.polyline(int(self.graph.node[node]), self.paths[node][::-1])


def cable_routes(graph: CableGraph, cny_per_m: NDArray[np.float64], reach_m: float) -> CableRoutes:
    """The route of each node and place that a cable within the reach can join.

    It is the path of the cheapest trench, by Dijkstra's algorithm; where its cable is longer than the
    reach, the path of the shortest cable, if that is within it. A path between the two, dearer than
    the one and longer than the other, is not looked for (the constrained shortest path is NP-hard).
    Two searches a node, the first cut off at the reach, the second at the cost of what the first found.

    Parameters
    ----------
    graph
        The cable graph.
    cny_per_m
        float64, shape (4,), price of a metre of trench by build type; 0 for ``existing``.
    reach_m
        Longest cable within the optical budget.
    """
    short, cheap = by_length(graph), by_cost(graph, cny_per_m)
    node: list[NDArray[np.int32]] = []
    place: list[NDArray[np.int32]] = []
    paths: list[Paths] = []
    for number, vertex in enumerate(graph.node if reach_m >= 0 else ()):
        near, found = _routes_of(graph, short, cheap, vertex, reach_m)
        node.append(np.full(len(near), number, np.int32))
        place.append(near)
        paths.append(found)
    whole = join(paths)
    trench_m = whole.trench_m(graph)
    none = np.empty(0, np.int32)
    return CableRoutes(
        graph,
        np.concatenate([none, *node]),
        np.concatenate([none, *place]),
        whole.totals(graph.length_m),
        trench_m,
        trench_m @ cny_per_m,
        whole,
    )


def _routes_of(
    graph: CableGraph, short: Search, cheap: Search, vertex: np.int32, reach_m: float
) -> tuple[NDArray[np.int32], Paths]:
    """Places within reach of one node, ascending, and the paths to them."""
    source = np.array([vertex], np.int32)
    distance_m, before = short.tree(source, reach_m + 1.0)
    near = np.flatnonzero(np.isfinite(distance_m[graph.place])).astype(np.int32)
    shortest = short.paths(before, graph.place[near])
    kept = np.flatnonzero(shortest.totals(graph.length_m) <= reach_m + REACH_TOLERANCE_M)
    near, shortest = near[kept], shortest.select(kept)
    if not len(near):
        return near, shortest
    limit_cny = float(shortest.totals(cheap.weight).max()) * (1 + 1e-9)
    _, before = cheap.tree(source, limit_cny)
    cheapest = cheap.paths(before, graph.place[near])
    fits = cheapest.totals(graph.length_m) <= reach_m + REACH_TOLERANCE_M
    rows = np.arange(len(near))
    return near, join([cheapest, shortest]).select(np.where(fits, rows, len(near) + rows))


def shortest_cable_m(graph: CableGraph, usable: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Length of the shortest cable from any usable node to each place, inf where no road joins them.

    Parameters
    ----------
    graph
        The cable graph.
    usable
        bool, shape (nodes,): the nodes that count.

    Returns
    -------
    ndarray of float64, shape (places,)
    """
    length_m = np.full(len(graph.place), np.inf)
    if not usable.any() or not len(graph.place):
        return length_m
    search = by_length(graph)
    distance_m, before = search.tree(graph.node[usable])
    joined = np.isfinite(distance_m[graph.place])
    length_m[joined] = search.paths(before, graph.place[joined]).totals(graph.length_m)
    return length_m


def plant_m(graph: CableGraph, node: NDArray[np.int32], place: NDArray[np.int32]) -> NDArray[np.float64]:
    """Likely length of the plant that stands between nodes and the places that they serve today.

    The shortest cable over the roads; the straight line where no road of at most `PLANT_REACH_M`
    joins them.

    Parameters
    ----------
    graph
        The cable graph.
    node, place
        int32, shape (pairs,), rows of the graph's nodes and places.

    Returns
    -------
    ndarray of float64, shape (pairs,)
    """
    ends = graph.node[node], graph.place[place]
    length_m = np.hypot(graph.x_m[ends[0]] - graph.x_m[ends[1]], graph.y_m[ends[0]] - graph.y_m[ends[1]])
    search = by_length(graph)
    for number in np.unique(node):
        mine = np.flatnonzero(node == number)
        distance_m, before = search.tree(graph.node[[number]], PLANT_REACH_M)
        mine = mine[np.isfinite(distance_m[ends[1][mine]])]
        length_m[mine] = search.paths(before, ends[1][mine]).totals(graph.length_m)
    return length_m


def uplinks(graph: CableGraph, cny_per_m: NDArray[np.float64], standing: NDArray[np.bool_]) -> Uplinks:
    """The cheapest trench from each new node to the network that stands.

    What stands are the standing nodes and every road edge that carries fibre today. Uplinks run on
    point-to-point optics of 40 km and more, so the reach of a PON does not limit them.

    Parameters
    ----------
    graph
        The cable graph.
    cny_per_m
        float64, shape (4,), price of a metre of trench by build type.
    standing
        bool, shape (nodes,): nodes that the network reaches today.
    """
    lit = graph.build == EXISTING
    targets = np.unique(np.concatenate([graph.node[standing], graph.tail[lit], graph.head[lit]]))
    if not len(targets):
        none = np.zeros(len(standing) + 1, np.int64)
        return Uplinks(
            graph, standing.copy(), np.zeros((len(standing), 4)), Paths(none, np.empty(0, np.int32))
        )
    search = by_cost(graph, cny_per_m)
    distance, before = search.tree(targets.astype(np.int32))
    paths = search.paths(before, graph.node)
    return Uplinks(graph, np.isfinite(distance[graph.node]), paths.trench_m(graph), paths)
