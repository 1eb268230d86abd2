"""Arcs of outlines: shared borders once, and every shape as it was."""

from __future__ import annotations

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from dualgig.render.topology import topology


def whole(lon_lat):
    """Coordinates that are whole numbers already."""
    return np.round(lon_lat).astype(np.int64)


def rebuilt(cut):
    """Lists of rings of each shape."""
    arcs = np.split(cut.xy, np.cumsum(cut.lengths)[:-1])
    refs, rings = iter(cut.refs), []
    for count in cut.arcs_of:
        ring = []
        for ref in (next(refs) for _ in range(count)):
            arc = arcs[ref] if ref >= 0 else arcs[~ref][::-1]
            ring += [tuple(point) for point in (arc[1:] if ring else arc)]
        rings.append(ring)
    ring = iter(rings)
    return [[next(ring) for _ in range(count)] for count in cut.rings_of]


def polygons(cut):
    """Polygons by the symmetric difference of their rings."""
    return [
        shapely.union_all([]) if not rings else _odd([Polygon(ring) for ring in rings])
        for rings in rebuilt(cut)
    ]


def _odd(rings):
    shape = rings[0]
    for ring in rings[1:]:
        shape = shape.symmetric_difference(ring)
    return shape


def edges(cut):
    """Undirected edges of the arcs, with repeats."""
    arcs = np.split(cut.xy, np.cumsum(cut.lengths)[:-1])
    return [frozenset(map(tuple, pair)) for arc in arcs for pair in pairwise(arc)]


def test_a_border_of_two_is_stored_once():
    left = Polygon([(0, 0), (2, 0), (2, 1), (2, 2), (0, 2)])
    right = Polygon([(2, 0), (4, 0), (4, 2), (2, 2), (2, 1)])

    cut = topology(np.array([left, right]), whole)

    assert sorted(cut.lengths) == [3, 4, 4]
    assert list(cut.arcs_of) == [2, 2]
    assert [shape.equals(wanted) for shape, wanted in zip(polygons(cut), (left, right), strict=True)] == [
        True,
        True,
    ]


def test_an_enclave_and_the_hole_that_it_fills_share_their_ring():
    hole = [(2, 2), (4, 2), (4, 4), (2, 4)]
    ring, enclave = Polygon(box(0, 0, 6, 6).exterior, [hole]), Polygon(hole)

    cut = topology(np.array([ring, enclave]), whole)

    assert len(cut.lengths) == 2
    assert polygons(cut)[0].equals(ring)
    assert polygons(cut)[1].equals(enclave)


def test_exteriors_run_against_holes():
    shape = Polygon(box(0, 0, 6, 6).exterior, [box(2, 2, 4, 4).exterior])
    for turned in (shape, Polygon(shape.exterior.coords[::-1], [shape.interiors[0].coords[::-1]])):
        outer, inner = rebuilt(topology(np.array([turned]), whole))[0]
        assert Polygon(outer).exterior.is_ccw != Polygon(inner).exterior.is_ccw


def test_lines_meet_at_their_ends_and_share_what_they_share():
    one, two = LineString([(0, 0), (1, 0), (2, 0)]), LineString([(0, 0), (1, 0), (1, 5)])

    cut = topology(np.array([one, two]), whole)

    assert sorted(cut.lengths) == [2, 2, 2]
    assert [
        LineString(rings[0]).equals(line) for rings, line in zip(rebuilt(cut), (one, two), strict=True)
    ] == [True, True]


def test_what_rounds_to_nothing_is_left_out():
    cut = topology(
        np.array([box(0.1, 0.1, 0.2, 0.2), LineString([(5.1, 5), (5.2, 5)]), box(0, 0, 3, 3)]), whole
    )

    assert list(cut.rings_of) == [0, 0, 1]


def test_no_shapes():
    cut = topology(np.array([], dtype=object), whole)

    assert cut.xy.shape == (0, 2)
    assert len(cut.rings_of) == 0


@pytest.mark.parametrize("seed", range(6))
def test_random_cells_come_back_and_no_edge_twice(seed):
    rng = np.random.default_rng(seed)
    cells = shapely.voronoi_polygons(shapely.multipoints(rng.uniform(0, 1000, (40, 2)))).geoms
    cells = gpd.GeoSeries(cells).intersection(box(0, 0, 1000, 1000)).to_numpy()
    # Rounded corners, merged neighbours with enclaves, and an outline in several parts.
    rounded = shapely.set_precision(cells, 1.0)
    shapes = np.array([*rounded[4:], MultiPolygon([p for p in rounded[:4] if p.geom_type == "Polygon"])])

    cut = topology(shapes, whole)

    drawn = edges(cut)
    assert len(drawn) == len(set(drawn))
    for got, wanted in zip(polygons(cut), shapes, strict=True):
        assert got.symmetric_difference(shapely.unary_union(wanted)).area < 1e-6
