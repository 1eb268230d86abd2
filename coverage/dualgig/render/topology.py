"""Outlines as arcs: a border that two places share is stored, drawn and simplified once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Whole = NDArray[np.int64]


@dataclass(frozen=True)
class Topology:
    """Arcs between the junctions of a set of polygons or lines, and the rings made of them.

    Parameters
    ----------
    xy
        int64, shape (vertices, 2), the arcs' vertices, one arc after the other.
    lengths
        int64, shape (arcs,), vertices of each arc.
    refs
        int64, shape (references,), the arcs of each ring in their order, a ring after the other; a
        reversed arc ``a`` is ``~a``. An arc ends where the next begins.
    arcs_of
        int64, shape (rings,), how many arcs each ring has; lines are rings that do not close.
    rings_of
        int64, shape (shapes,), how many rings each shape has.
    """

    xy: Whole
    lengths: Whole
    refs: Whole
    arcs_of: Whole
    rings_of: Whole


def topology(shapes: NDArray[Any], steps: Callable[[NDArray[np.float64]], Whole]) -> Topology:
    """Cut outlines into arcs.

    A vertex is a junction where other than two different edges meet; between junctions the shapes
    on both sides do not change. Exteriors run one way and holes the other, so that overlapping
    shapes fill as their union.

    Parameters
    ----------
    shapes
        Polygons or lines, shape (shapes,); points and missing shapes have no ring.
    steps
        From coordinates, shape (vertices, 2), to whole numbers (`dualgig.render.grid.PageGrid.steps`).
    """
    xy, first, shape_of_ring, closed = _rings(shapes, steps)
    rings_of = np.bincount(shape_of_ring, minlength=len(shapes)).astype(np.int64)
    if not len(first) - 1:
        none = np.empty(0, np.int64)
        return Topology(np.empty((0, 2), np.int64), none, none, none, rings_of)
    vertex = np.unique(xy[:, 0] << 32 | xy[:, 1], return_inverse=True)[1].astype(np.int64)
    ring = np.repeat(np.arange(len(first) - 1), np.diff(first))
    junction = _is_junction(vertex, ring)
    sequence = _rotated(vertex, junction[vertex], ring, first, closed)
    points, vertex = xy[sequence], vertex[sequence]
    cut = junction[vertex]
    cut[first[:-1]] = cut[first[1:] - 1] = True
    # An arc begins at every cut but the last of its ring, and ends at the next one.
    at = np.flatnonzero(cut)
    start, stop = at[:-1], at[1:]
    whole = ring[start] == ring[stop]
    start, stop = start[whole], stop[whole]
    backward = _runs_backward(vertex, start, stop)
    kept, refs = _distinct(vertex, start, stop, backward)
    taken = _ranges(np.where(backward, stop, start)[kept], (stop - start + 1)[kept], backward[kept])
    return Topology(
        points[taken],
        (stop - start + 1)[kept],
        refs,
        np.bincount(ring[start], minlength=len(first) - 1).astype(np.int64),
        rings_of,
    )


def _rings(
    shapes: NDArray[Any], steps: Callable[[NDArray[np.float64]], Whole]
) -> tuple[Whole, Whole, Whole, NDArray[np.bool_]]:
    """Vertices without repeats, where each ring begins (and the end), its shape, whether it closes."""
    values = shapely.orient_polygons(shapely.force_2d(shapes))
    is_path = np.isin(shapely.get_dimensions(values), (1, 2))
    parts, owner = shapely.get_parts(values[is_path], return_index=True)
    flat = shapely.get_dimensions(parts) == 2
    rings, part = shapely.get_rings(parts[flat], return_index=True)
    lines = np.concatenate([rings, parts[~flat]])
    part = np.concatenate([np.flatnonzero(flat)[part], np.flatnonzero(~flat)])
    order = np.argsort(part, kind="stable")
    lines, part = lines[order], part[order]
    coordinates, ring = shapely.get_coordinates(lines, return_index=True)
    xy = steps(coordinates)
    fresh = np.ones(len(xy), bool)
    fresh[1:] = (xy[1:] != xy[:-1]).any(axis=1) | (ring[1:] != ring[:-1])
    size = np.bincount(ring[fresh], minlength=len(lines))
    closed = flat[part]
    # What rounding shrank to less than a triangle, or a line to a point, is gone.
    real = size >= np.where(closed, 4, 2)
    kept = fresh & real[ring]
    first = np.concatenate([[0], np.cumsum(size[real])]).astype(np.int64)
    return xy[kept], first, np.flatnonzero(is_path)[owner[part[real]]], closed[real]


def _is_junction(vertex: Whole, ring: Whole) -> NDArray[np.bool_]:
    """Per vertex number, whether other than two different edges meet there."""
    inner = ring[1:] == ring[:-1]
    a, b = vertex[:-1][inner], vertex[1:][inner]
    edges = np.unique(np.minimum(a, b) << 32 | np.maximum(a, b))
    ends = np.concatenate([edges >> 32, edges & 0xFFFFFFFF])
    return np.asarray(np.bincount(ends, minlength=int(vertex.max()) + 1) != 2)


def _rotated(
    vertex: Whole, junction: NDArray[np.bool_], ring: Whole, first: Whole, closed: NDArray[np.bool_]
) -> Whole:
    """The order of vertices in which each closed ring starts at a junction, else at its least vertex."""
    size = np.diff(first)
    rank = np.where(junction, vertex, vertex + int(vertex.max()) + 1)
    least = np.minimum.reduceat(rank, first[:-1])
    position = np.arange(len(vertex)) - first[ring]
    hit = np.flatnonzero(rank == least[ring])
    # The first hit of each ring: a closed ring has its start twice, at both ends.
    shift = position[hit[np.searchsorted(ring[hit], np.arange(len(size)))]]
    shift = np.where(closed, shift, 0)
    period = np.where(closed, size - 1, size)
    return np.asarray(first[ring] + (position + shift[ring]) % period[ring])


def _runs_backward(vertex: Whole, start: Whole, stop: Whole) -> NDArray[np.bool_]:
    """Whether an arc runs against the direction in which it is stored: from the lesser end."""
    head, tail = vertex[start], vertex[stop]
    loop = head == tail
    return np.where(loop, vertex[start + 1] > vertex[stop - 1], head > tail)


def _distinct(vertex: Whole, start: Whole, stop: Whole, backward: NDArray[np.bool_]) -> tuple[Whole, Whole]:
    """First occurrence of each arc, and the reference of every occurrence.

    Inside an arc an edge has one successor, so the first edge in the stored direction names the arc.
    """
    one = np.where(backward, vertex[stop], vertex[start])
    two = np.where(backward, vertex[stop - 1], vertex[start + 1])
    _, kept, number = np.unique(one << 32 | two, return_index=True, return_inverse=True)
    order = np.argsort(kept)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    numbers = rank[number].astype(np.int64)
    return kept[order], np.where(backward, ~numbers, numbers)


def _ranges(first: Whole, size: Whole, backward: NDArray[np.bool_]) -> Whole:
    """Consecutive positions from each first one, forwards or backwards, strung together."""
    offset = np.arange(int(size.sum())) - np.repeat(np.cumsum(size) - size, size)
    return np.repeat(first, size) + np.where(np.repeat(backward, size), -offset, offset)
