"""The cable graph: roads, with fibre nodes and places joined to them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.spatial import cKDTree

from dualgig.region.model import BUILD_TYPES, RoadGraph

if TYPE_CHECKING:
    from numpy.typing import NDArray

EXISTING = BUILD_TYPES.index("existing")
AERIAL = BUILD_TYPES.index("aerial")
SAME_POINT_M = 1e-6
"""Points of one road closer than this along it are one vertex."""


@dataclass(frozen=True)
class CableGraph:
    """An undirected graph that cables follow, as arrays.

    Vertices are the road vertices, then the points where nodes and places meet a road, then the
    nodes, then the places. Edges are pieces of roads, and straight access lines.

    Attributes
    ----------
    x_m, y_m : ndarray of float64, shape (vertices,)
        Metres of the region's metric CRS.
    tail, head : ndarray of int32, shape (edges,)
        Vertices of each edge.
    length_m : ndarray of float64, shape (edges,)
        Length of cable along it.
    build : ndarray of int8, shape (edges,)
        Index into `dualgig.region.model.BUILD_TYPES`.
    road : ndarray of int32, shape (edges,)
        The road edge that it is a piece of; -1 for a straight access line.
    span_m : ndarray of float64, shape (edges, 2)
        Where the piece begins and ends along the road's polyline.
    node, place : ndarray of int32, shapes (nodes,) and (places,)
        Their vertices.
    roads : RoadGraph
        The roads that the pieces are of.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_m: NDArray[np.float64]
    build: NDArray[np.int8]
    road: NDArray[np.int32]
    span_m: NDArray[np.float64]
    node: NDArray[np.int32]
    place: NDArray[np.int32]
    roads: RoadGraph

    def polyline(self, vertex: int, edges: NDArray[np.int32]) -> NDArray[np.float64]:
        """The course of a path.

        Parameters
        ----------
        vertex
            Where it begins.
        edges
            Its edges in order; none is a path of no length.

        Returns
        -------
        ndarray of float64, shape (points, 2)
            Metres, at least two points.
        """
        parts = [np.array([[self.x_m[vertex], self.y_m[vertex]]])]
        for edge in edges:
            ends = int(self.tail[edge]), int(self.head[edge])
            line = self._course(int(edge))
            parts.append(line[1:] if vertex == ends[0] else line[-2::-1])
            vertex = ends[1] if vertex == ends[0] else ends[0]
        if len(parts) == 1:
            parts *= 2
        return np.concatenate(parts)

    def _course(self, edge: int) -> NDArray[np.float64]:
        """Polyline of one edge from tail to head."""
        ends = [self.tail[edge], self.head[edge]]
        course = np.column_stack([self.x_m[ends], self.y_m[ends]])
        if self.road[edge] < 0:
            return course
        line = self.roads.xy[self.road[edge]]
        along_m = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        begin_m, end_m = self.span_m[edge]
        inner = line[(along_m > begin_m + SAME_POINT_M) & (along_m < end_m - SAME_POINT_M)]
        return np.concatenate([course[:1], inner, course[1:]])


def cable_graph(
    roads: RoadGraph | None,
    nodes_xy_m: NDArray[np.float64],
    places_xy_m: NDArray[np.float64],
    snap_m: float,
) -> CableGraph:
    """Join nodes and places to the roads.

    Each is joined to the nearest point of the nearest road edge (a vertex, or a point within the edge
    that becomes one) by a straight line of new aerial cable, where that point lies within ``snap_m``;
    of roads equally near the first counts. A node is also joined straight to a place or another node
    that is within ``snap_m`` and no farther than their two access lines together, so that a village
    beside its node needs no detour over the road.

    Parameters
    ----------
    roads
        The road graph; ``None`` has no roads.
    nodes_xy_m, places_xy_m
        float64, shapes (nodes, 2) and (places, 2), metres of the roads' CRS.
    snap_m
        Longest access line, metres.
    """
    roads = _no_roads() if roads is None else roads
    lines = _lines(roads)
    drawn_m = np.asarray(shapely.length(lines), dtype=np.float64)
    points = np.concatenate([nodes_xy_m, places_xy_m]).reshape(-1, 2)
    edge, position_m, access_m = _nearest(lines, points, snap_m)
    joined = np.flatnonzero(edge >= 0)
    cut, meets = _meeting_points(roads, drawn_m, edge[joined], position_m[joined])
    cut = joined[cut]
    cut_xy_m = shapely.get_coordinates(shapely.line_interpolate_point(lines[edge[cut]], position_m[cut]))
    own = len(roads.x_m) + len(cut) + np.arange(len(points))
    tail, head, length_m, road, span_m = _pieces(roads, drawn_m, edge[cut], position_m[cut])
    one, other = _beside(points, len(nodes_xy_m), access_m, snap_m)
    straight = len(joined) + len(one)
    return CableGraph(
        x_m=np.concatenate([roads.x_m, cut_xy_m[:, 0], points[:, 0]]),
        y_m=np.concatenate([roads.y_m, cut_xy_m[:, 1], points[:, 1]]),
        tail=np.concatenate([tail, own[joined], own[one]]).astype(np.int32),
        head=np.concatenate([head, meets, own[other]]).astype(np.int32),
        length_m=np.concatenate([length_m, access_m[joined], np.hypot(*(points[one] - points[other]).T)]),
        build=np.concatenate([roads.build[road], np.full(straight, AERIAL, np.int8)]),
        road=np.concatenate([road, np.full(straight, -1)]).astype(np.int32),
        span_m=np.concatenate([span_m, np.zeros((straight, 2))]),
        node=own[: len(nodes_xy_m)].astype(np.int32),
        place=own[len(nodes_xy_m) :].astype(np.int32),
        roads=roads,
    )


def _no_roads() -> RoadGraph:
    """A road graph without roads."""
    none, whole = np.empty(0), np.empty(0, np.int32)
    return RoadGraph(none, none, whole, whole, none, np.empty(0, np.int8), ())


def _lines(roads: RoadGraph) -> NDArray[np.object_]:
    """The road edges as shapely lines."""
    if not roads.xy:
        return np.empty(0, np.object_)
    sizes = [len(line) for line in roads.xy]
    number = np.repeat(np.arange(len(sizes)), sizes)
    return np.asarray(shapely.linestrings(np.concatenate(roads.xy), indices=number), np.object_)


def _nearest(
    lines: NDArray[np.object_], points: NDArray[np.float64], snap_m: float
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Road edge nearest to each point (-1 beyond ``snap_m``), position along it, distance to it (inf)."""
    edge = np.full(len(points), -1, np.int64)
    position_m = np.zeros(len(points))
    access_m = np.full(len(points), np.inf)
    if not len(points) or not len(lines):
        return edge, position_m, access_m
    where = np.asarray(shapely.points(points), np.object_)
    (point, road), distance_m = shapely.STRtree(lines).query_nearest(
        where, max_distance=snap_m + SAME_POINT_M, return_distance=True, all_matches=True
    )
    order = np.lexsort((road, point))
    found, at = np.unique(point[order], return_index=True)
    chosen = order[at]
    edge[found] = road[chosen]
    access_m[found] = distance_m[chosen]
    position_m[found] = shapely.line_locate_point(lines[road[chosen]], where[found])
    return edge, position_m, access_m


def _meeting_points(
    roads: RoadGraph, drawn_m: NDArray[np.float64], edge: NDArray[np.int64], position_m: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which positions along edges become vertices, sorted along the roads, and the vertex of each."""
    end_m = drawn_m[edge]
    vertex = np.where(position_m <= end_m / 2, roads.tail[edge], roads.head[edge]).astype(np.int64)
    inner = np.flatnonzero((position_m > SAME_POINT_M) & (position_m < end_m - SAME_POINT_M))
    inner = inner[np.lexsort((position_m[inner], edge[inner]))]
    fresh = np.ones(len(inner), np.bool_)
    fresh[1:] = (np.diff(edge[inner]) != 0) | (np.diff(position_m[inner]) > SAME_POINT_M)
    vertex[inner] = len(roads.x_m) + np.cumsum(fresh) - 1
    return inner[fresh], vertex


def _pieces(
    roads: RoadGraph, drawn_m: NDArray[np.float64], cut_road: NDArray[np.int64], cut_m: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Road edges cut at new vertices: tail, head, length, road edge and span of each piece."""
    count = len(roads.tail)
    road = np.concatenate([np.arange(count), cut_road, np.arange(count)])
    at_m = np.concatenate([np.zeros(count), cut_m, drawn_m])
    vertex = np.concatenate([roads.tail, len(roads.x_m) + np.arange(len(cut_road)), roads.head])
    rank = np.repeat([0, 1, 2], [count, len(cut_road), count])
    order = np.lexsort((rank, at_m, road))
    road, at_m, vertex = road[order], at_m[order], vertex[order]
    begin = np.flatnonzero(road[:-1] == road[1:])
    road, span_m = road[begin], np.column_stack([at_m[begin], at_m[begin + 1]])
    # A road's stated length may differ from that of its drawn line: pieces share it in proportion.
    whole_m = drawn_m[road]
    share = np.divide(span_m[:, 1] - span_m[:, 0], whole_m, out=np.ones(len(begin)), where=whole_m > 0)
    return vertex[begin], vertex[begin + 1], share * roads.length_m[road], road, span_m


def _beside(
    points: NDArray[np.float64], nodes: int, access_m: NDArray[np.float64], snap_m: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Pairs of a node and a later point that are joined straight, not over the road."""
    if not nodes:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    around = cKDTree(points).query_ball_point(points[:nodes], snap_m, return_sorted=True)
    one = np.repeat(np.arange(nodes), [len(found) for found in around])
    other = np.concatenate([np.asarray(found, np.int64) for found in around])
    distance_m = np.hypot(*(points[one] - points[other]).T)
    kept = (other > one) & (distance_m <= access_m[one] + access_m[other])
    return one[kept], other[kept]
