"""A road net that follows valleys: least-cost paths on a coarse slope-penalised grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import numpy as np
import scipy.sparse as sp
import shapely
from pyproj import Transformer
from scipy import ndimage
from scipy.sparse import csgraph

from qingyuan import terrain

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from qingyuan.terrain import Grid

STEP = 2
"""Cells of the terrain to a cell of the routing grid."""

STEP_M = STEP * terrain.CELL_M
REUSE = 0.35
"""Cost of following a road that is there, against a new one on the same ground."""

RANK = {"secondary": 0, "tertiary": 1, "unclassified": 2, "track": 3}


@dataclass
class Way:
    """A stretch of road between two junctions: metres, highway class and how cable lies along it."""

    xy: NDArray[np.float64]
    highway: str
    tail: int
    head: int
    build: str = ""

    @property
    def length_m(self) -> float:
        """Length, metres."""
        return float(np.hypot(*np.diff(self.xy, axis=0).T).sum())


class Router:
    """Least-cost paths that gather on the roads already drawn."""

    def __init__(self, grid: Grid, park: shapely.Polygon, outline: shapely.Polygon) -> None:
        rows, columns = (size // STEP for size in grid.height_m.shape)
        height = (
            grid.height_m[: rows * STEP, : columns * STEP]
            .reshape(rows, STEP, columns, STEP)
            .mean(axis=(1, 3))
        )
        self.shape = rows, columns
        self.west_m, self.north_m = grid.west_m, grid.north_m
        self._number = np.arange(rows * columns).reshape(rows, columns)
        relative = height - ndimage.minimum_filter(height, size=9)
        centre_x = self.west_m + (np.arange(columns) + 0.5) * STEP_M
        centre_y = self.north_m - (np.arange(rows) + 0.5) * STEP_M
        x, y = np.meshgrid(centre_x, centre_y)
        outside = ~shapely.contains_xy(outline.buffer(300.0), x, y)
        dear = 1.0 + 2.0 * shapely.contains_xy(park, x, y) + 4.0 * outside
        tails, heads, costs = [], [], []
        for dr, dc in ((0, 1), (1, 0), (1, 1), (1, -1)):
            here = (slice(0, rows - dr), slice(max(0, -dc), columns - max(0, dc)))
            there = (slice(dr, rows), slice(max(0, dc), columns - max(0, -dc)))
            length = STEP_M * np.hypot(dr, dc)
            slope = np.abs(height[here] - height[there]) / length
            climb = 1.0 + (slope / 0.05) ** 2 + (relative[here] + relative[there]) / 160.0
            tails.append(self._number[here].ravel())
            heads.append(self._number[there].ravel())
            costs.append((length * climb * (dear[here] + dear[there]) / 2).ravel())
        self.tail, self.head, self.cost = (np.concatenate(part) for part in (tails, heads, costs))
        self.roads: dict[tuple[int, int], str] = {}
        self._edge = {
            pair: i for i, pair in enumerate(zip(self.tail.tolist(), self.head.tolist(), strict=True))
        }

    def cell(self, x_m: float, y_m: float) -> int:
        """Number of the routing cell of a point."""
        return int(self._number[int((self.north_m - y_m) / STEP_M), int((x_m - self.west_m) / STEP_M)])

    def centre(self, cell: int) -> tuple[float, float]:
        """Centre of a routing cell, metres."""
        row, column = divmod(cell, self.shape[1])
        return self.west_m + (column + 0.5) * STEP_M, self.north_m - (row + 0.5) * STEP_M

    def graph(self) -> sp.csr_array:
        """The grid as a symmetric sparse graph of costs."""
        size = self.shape[0] * self.shape[1]
        return sp.csr_array((self.cost, (self.tail, self.head)), shape=(size, size))

    def join(self, start: int, end: int, highway: str) -> None:
        """Draw the cheapest road between two cells."""
        _, before = csgraph.dijkstra(self.graph(), directed=False, indices=start, return_predecessors=True)
        self.draw(before, end, highway)

    def join_all(self, cells: list[int], highways: list[str]) -> None:
        """Draw the cheapest road from each cell to the net as it stands."""
        net = np.unique(np.array(list(self.roads)).ravel())
        _, before, _ = csgraph.dijkstra(
            self.graph(), directed=False, indices=net, return_predecessors=True, min_only=True
        )
        for cell, highway in zip(cells, highways, strict=True):
            self.draw(before, cell, highway)

    def draw(self, before: NDArray[np.int32], end: int, highway: str) -> None:
        """Follow predecessors from ``end`` and mark the edges; the better class stays."""
        cell = end
        while (previous := int(before[cell])) >= 0:
            pair = (previous, cell) if (previous, cell) in self._edge else (cell, previous)
            old = self.roads.get(pair)
            if old is None:
                self.cost[self._edge[pair]] *= REUSE
            if old is None or RANK[highway] < RANK[old]:
                self.roads[pair] = highway
            cell = previous


def draw_net(router: Router, seats: list[int], villages: list[int], people: NDArray[np.int64]) -> None:
    """Join the seats in a net with loops, then every village to it."""
    cost = csgraph.dijkstra(router.graph(), directed=False, indices=seats)[:, seats]
    tree = csgraph.minimum_spanning_tree(cost).toarray()
    for i, j in sorted(zip(*np.nonzero(tree), strict=True), key=lambda pair: tree[pair]):
        router.join(seats[i], seats[j], "secondary")
    in_tree = csgraph.shortest_path(tree, directed=False)
    loops = [(i, j) for i in range(len(seats)) for j in range(i) if in_tree[i, j] > 2.2 * cost[i, j]]
    for i, j in sorted(loops, key=lambda pair: cost[pair])[:6]:
        router.join(seats[i], seats[j], "tertiary")
    router.join_all(villages, ["unclassified" if count > 350 else "track" for count in people])


def ways_of(
    roads: dict[tuple[int, int], str], router: Router, terminals: dict[int, tuple[float, float]]
) -> list[Way]:
    """Chains of edges between junctions, changes of class and terminals, smoothed.

    Parameters
    ----------
    terminals
        Exact point, metres, of the cells where a village or seat lies.
    """
    joined: dict[int, list[int]] = {}
    for tail, head in roads:
        joined.setdefault(tail, []).append(head)
        joined.setdefault(head, []).append(tail)

    def highway(a: int, b: int) -> str:
        return roads.get((a, b)) or roads[b, a]

    def stops(cell: int) -> bool:
        ends = joined[cell]
        return cell in terminals or len(ends) != 2 or highway(cell, ends[0]) != highway(cell, ends[1])

    ways, done = [], set()
    for start in sorted(cell for cell in joined if stops(cell)):
        for first in sorted(joined[start]):
            if (start, first) in done:
                continue
            chain = [start, first]
            while not stops(chain[-1]):
                chain.append(next(cell for cell in joined[chain[-1]] if cell != chain[-2]))
            done |= {(start, first), (chain[-1], chain[-2])}
            xy = np.array([terminals.get(cell) or router.centre(cell) for cell in chain])
            for _ in range(3):
                xy[1:-1] = (xy[:-2] + 2 * xy[1:-1] + xy[2:]) / 4
            xy = shapely.get_coordinates(shapely.simplify(shapely.LineString(xy), 15.0))
            ways.append(Way(xy, highway(start, first), chain[0], chain[-1]))
    return ways


def cable_graph(ways: list[Way]) -> tuple[sp.csr_array, dict[int, int]]:
    """Road lengths between junctions as a symmetric graph, and the vertex of each cell."""
    cells = sorted({cell for way in ways for cell in (way.tail, way.head)})
    vertex = {cell: i for i, cell in enumerate(cells)}
    best: dict[tuple[int, int], float] = {}
    for way in ways:
        pair = vertex[way.tail], vertex[way.head]
        best[pair] = min(way.length_m, best.get(pair, np.inf))
    tail, head = np.array(list(best)).T
    graph = sp.csr_array((np.array(list(best.values())), (tail, head)), shape=(len(cells), len(cells)))
    return graph, vertex


def light(
    ways: list[Way], graph: sp.csr_array, vertex: dict[int, int], served: list[tuple[int, int]]
) -> None:
    """Mark the shortest paths between offices and the villages on their fibre as existing cable."""
    by_ends: dict[tuple[int, int], Way] = {}
    for way in ways:
        for pair in ((vertex[way.tail], vertex[way.head]), (vertex[way.head], vertex[way.tail])):
            if pair not in by_ends or way.length_m < by_ends[pair].length_m:
                by_ends[pair] = way
    for office in sorted({office for office, _ in served}):
        _, before = csgraph.dijkstra(graph, directed=False, indices=vertex[office], return_predecessors=True)
        for village in sorted(village for source, village in served if source == office):
            here = vertex[village]
            while (previous := int(before[here])) >= 0:
                by_ends[previous, here].build = "existing"
                here = previous


def write_osm(ways: list[Way], path: Path) -> None:
    """The net as OSM XML in WGS-84 degrees; shared junctions are shared nodes."""
    transformer = Transformer.from_crs(terrain.CRS, "EPSG:4326", always_xy=True)
    ids: dict[tuple[int, ...], int] = {}
    nodes, lines = [], []
    for number, way in enumerate(ways, start=1):
        keys: list[tuple[int, ...]] = [
            (way.tail,),
            *((number, i) for i in range(1, len(way.xy) - 1)),
            (way.head,),
        ]
        longitude, latitude = transformer.transform(way.xy[:, 0], way.xy[:, 1])
        for key, x, y in zip(keys, longitude, latitude, strict=True):
            if key not in ids:
                ids[key] = len(ids) + 1
                nodes.append(f'  <node id="{ids[key]}" lat="{y:.6f}" lon="{x:.6f}"/>')
        tags = {"highway": way.highway} | ({"dualgig:build": way.build} if way.build else {})
        lines.append(f'  <way id="{number}">')
        lines += [f'    <nd ref="{ids[key]}"/>' for key in keys]
        lines += [f"    <tag k={quoteattr(key)} v={quoteattr(value)}/>" for key, value in tags.items()]
        lines.append("  </way>")
    note = "synthetic roads of the DualGig demo: they follow seeded terrain, not real roads"
    body = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<osm version="0.6" generator="make_qingyuan" note={quoteattr(note)}>',
        *nodes,
        *lines,
        "</osm>",
    ]
    path.write_text("\n".join(body) + "\n", encoding="utf-8", newline="\n")
