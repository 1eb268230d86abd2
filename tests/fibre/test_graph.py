"""Nodes and places joined to the roads."""

import numpy as np
import pytest
import shapely

from dualgig.fibre.graph import cable_graph
from dualgig.fibre.routes import cable_routes
from dualgig.region.model import BUILD_TYPES

NONE = np.empty((0, 2))
CNY_PER_M = np.array([0.0, 34.0, 80.0, 395.0])


def at(*points):
    return np.array(points, dtype=float).reshape(-1, 2)


@pytest.fixture
def valley(make_roads):
    """A road of 3 km along y = 0 in two edges, the second over a bend at (2000, 500)."""
    return make_roads([(0, 0), (1000, 0), (3000, 0)], [(0, 1, "buried"), (1, 2, "duct", (2000, 500))])


def edges_at(graph, vertex):
    found = np.flatnonzero((graph.tail == vertex) | (graph.head == vertex))
    return [
        (round(float(graph.length_m[e]), 6), BUILD_TYPES[graph.build[e]], bool(graph.road[e] >= 0))
        for e in found
    ]


def test_a_place_is_joined_to_a_point_within_the_nearest_edge(valley):
    # given a place 300 m off the first edge
    graph = cable_graph(valley, NONE, at((400, 300)), 1500)

    # then its access is 300 m of aerial line, and the edge is cut where it meets the road
    assert edges_at(graph, graph.place[0]) == [(300, "aerial", False)]
    (meets,) = set(graph.head[graph.tail == graph.place[0]])
    assert (graph.x_m[meets], graph.y_m[meets]) == pytest.approx((400, 0))
    assert sorted(edges_at(graph, meets)) == [
        (300, "aerial", False),
        (400, "buried", True),
        (600, "buried", True),
    ]


@pytest.mark.parametrize("place", [(-300, 400), (3000, 0), (1000, -200)])
def test_a_place_nearest_to_a_vertex_is_joined_to_it(valley, place):
    graph = cable_graph(valley, NONE, at(place), 1500)
    assert len(graph.x_m) == len(valley.x_m) + 1
    assert len(graph.tail) == len(valley.tail) + 1


def test_places_that_meet_the_road_at_one_point_share_its_vertex(valley):
    graph = cable_graph(valley, at((400, -50)), at((400, 300), (400, 900), (700, 1)), 1500)
    assert len(graph.x_m) == len(valley.x_m) + 2 + 4
    assert graph.length_m[graph.road >= 0].sum() == pytest.approx(valley.length_m.sum())


@pytest.mark.parametrize(("snap_m", "joined"), [(300.0, True), (299.99, False)])
def test_snapping_ends_at_snap_m(valley, snap_m, joined):
    graph = cable_graph(valley, NONE, at((400, 300)), snap_m)
    assert bool(edges_at(graph, graph.place[0])) == joined


@pytest.mark.parametrize("seed", range(5))
def test_access_is_the_distance_to_the_nearest_road(make_roads, seed):
    # given random crooked roads and places
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 5000, (12, 2))
    pairs = {tuple(sorted(rng.choice(12, 2, replace=False).tolist())) for _ in range(15)}
    roads = make_roads(points, [(a, b, "aerial", tuple(rng.uniform(0, 5000, 2))) for a, b in sorted(pairs)])
    places = rng.uniform(-1000, 6000, (40, 2))

    # when they are joined
    graph = cable_graph(roads, NONE, places, 800.0)

    # then by the distance to the union of all lines, if that is at most 800 m, and no road is lost
    union = shapely.union_all([shapely.LineString(line) for line in roads.xy])
    expected = shapely.distance(shapely.points(places), union)
    found = [edges_at(graph, vertex) for vertex in graph.place]
    assert [bool(edges) for edges in found] == (expected <= 800).tolist()
    assert [edges[0][0] for edges in found if edges] == pytest.approx(expected[expected <= 800])
    assert graph.length_m[graph.road >= 0].sum() == pytest.approx(roads.length_m.sum())


def test_a_stated_length_is_shared_by_the_pieces(valley):
    # given a road that is longer than its drawn line
    longer = type(valley)(
        valley.x_m, valley.y_m, valley.tail, valley.head, valley.length_m * 1.1, valley.build, valley.xy
    )
    graph = cable_graph(longer, NONE, at((400, 300)), 1500)
    assert graph.length_m[graph.road >= 0].sum() == pytest.approx(longer.length_m.sum())
    assert (440, "buried", True) in edges_at(graph, 0)


@pytest.mark.parametrize(
    ("node", "place", "direct_m"),
    [
        ((500, 400), (500, 410), 10),  # both 400 m off the road: no need to go there and back
        ((500, 100), (700, 100), 200),  # just as far as both accesses together
        ((500, 100), (701, 100), None),  # nearer over the road's accesses
        ((500, 1900), (500, 3000), 1100),  # neither has a road, yet they are near one another
        ((500, 1900), (500, 3500), None),
        ((500, 400), (500, 400), 0),
    ],
)
def test_a_place_beside_its_node_is_joined_straight(valley, node, place, direct_m):
    graph = cable_graph(valley, at(node), at(place), 1500)
    straight = (graph.tail == graph.node[0]) & (graph.head == graph.place[0])
    assert graph.length_m[straight].tolist() == ([] if direct_m is None else [direct_m])


def test_a_course_follows_the_road(valley):
    # given a node at the west end and a place beyond the bend, north of the road
    graph = cable_graph(valley, at((0, -100)), at((2500, 350)), 1500)

    # when its route is drawn
    routes = cable_routes(graph, CNY_PER_M, 20_000)
    line = routes.polyline(0)

    # then it runs from the node over the road and the bend to the place, as long as the cable
    assert line[0] == pytest.approx((0, -100))
    assert line[1] == pytest.approx((0, 0))
    assert line[2] == pytest.approx((1000, 0))
    assert line[3] == pytest.approx((2000, 500))
    assert line[-1] == pytest.approx((2500, 350))
    assert np.hypot(*np.diff(line, axis=0).T).sum() == pytest.approx(routes.cable_m[0])


def test_a_course_of_no_length_has_two_points(valley):
    graph = cable_graph(valley, at((500, 400)), NONE, 1500)
    assert graph.polyline(int(graph.node[0]), np.empty(0, np.int32)).tolist() == [[500, 400], [500, 400]]


def test_without_roads_only_neighbours_are_joined():
    graph = cable_graph(None, at((0, 0)), at((100, 0), (5000, 0)), 1500)
    assert graph.length_m.tolist() == [100]
