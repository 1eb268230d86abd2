"""Cable routes and uplinks against NetworkX."""

import itertools

import networkx as nx
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay

from dualgig.fibre.graph import EXISTING, cable_graph
from dualgig.fibre.routes import cable_routes, plant_m, shortest_cable_m, uplinks
from dualgig.region.model import BUILD_TYPES

CNY_PER_M = np.array([0.0, 34.0, 80.0, 395.0])


def at(*points):
    return np.array(points, dtype=float).reshape(-1, 2)


def nearest_on_segment(point, one, other):
    """Share along a straight edge of the point nearest to `point`, and its distance."""
    along = other - one
    share = np.clip(np.dot(point - one, along) / np.dot(along, along), 0, 1)
    return share, np.hypot(*(one + share * along - point))


def oracle(roads, nodes, places, snap_m):
    """The cable graph in NetworkX, from the rule alone: weights (cost, length) as whole milli-units."""
    graph = nx.Graph()
    cuts = {
        edge: [(0.0, int(roads.tail[edge])), (1.0, int(roads.head[edge]))] for edge in range(len(roads.tail))
    }
    points = {("n", i): p for i, p in enumerate(nodes)} | {("p", i): p for i, p in enumerate(places)}
    access = {}

    def add(a, b, length_m, build):
        graph.add_edge(a, b, length=length_m, cost=length_m * CNY_PER_M[build], build=build)

    for name, point in points.items():
        graph.add_node(name)
        found = []
        for edge in cuts:
            line = roads.xy[edge]
            share, distance = nearest_on_segment(point, line[0], line[1])
            found.append((distance, edge, share))
        distance, edge, share = min(found)
        if distance <= snap_m:
            access[name] = distance
            if share in (0.0, 1.0):
                add(name, int((roads.tail, roads.head)[int(share)][edge]), distance, 1)
            else:
                cuts[edge].append((share, ("cut", *name)))
                add(name, ("cut", *name), distance, 1)
    for edge, stops in cuts.items():
        for (a, one), (b, other) in itertools.pairwise(sorted(stops, key=lambda stop: stop[0])):
            add(one, other, (b - a) * roads.length_m[edge], int(roads.build[edge]))
    for one, other in itertools.combinations(points, 2):
        distance = np.hypot(*(points[one] - points[other]))
        roundabout = access.get(one, np.inf) + access.get(other, np.inf)
        if one[0] == "n" and distance <= min(snap_m, roundabout):
            add(one, other, distance, 1)
    for _, _, data in graph.edges(data=True):
        # Lexicographic: cost first, then length.
        data["rank"] = round(data["cost"] * 1e6) * 10**15 + round(data["length"] * 1e6)
    return graph


def totals(graph, path):
    edges = [graph.edges[pair] for pair in itertools.pairwise(path)]
    return sum(edge["cost"] for edge in edges), sum(edge["length"] for edge in edges)


@pytest.fixture
def random_case(make_roads):
    """A factory: random straight roads of all build types in two components, nodes and places."""

    def make(seed):
        rng = np.random.default_rng(seed)
        points = rng.uniform(0, 9000, (40, 2))
        pairs = {
            tuple(sorted((int(a), int(b))))
            for triangle in Delaunay(points).simplices
            for a, b in itertools.combinations(triangle, 2)
        }
        # No road between west and east: two components.
        pairs = sorted(p for p in pairs if (points[p[0], 0] < 5500) == (points[p[1], 0] < 5500))
        kept = [p for p in pairs if rng.uniform() < 0.8]
        roads = make_roads(points, [(a, b, str(rng.choice(BUILD_TYPES))) for a, b in kept])
        return roads, rng.uniform(0, 9000, (6, 2)), rng.uniform(-800, 9800, (15, 2))

    return make


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("reach_m", [2500.0, 6000.0, 1e6])
def test_routes_are_those_of_networkx(random_case, seed, reach_m):
    # given random roads, and NetworkX's cheapest and shortest paths from every node
    roads, nodes, places = random_case(seed)
    graph = oracle(roads, nodes, places, 600.0)
    expected = {}
    for node in range(len(nodes)):
        cheapest = nx.single_source_dijkstra_path(graph, ("n", node), weight="rank")
        shortest = nx.single_source_dijkstra_path(graph, ("n", node), weight="length")
        for place in range(len(places)):
            for paths in (cheapest, shortest):
                if ("p", place) in paths:
                    cost, length = totals(graph, paths["p", place])
                    if length <= reach_m and (node, place) not in expected:
                        expected[node, place] = (cost, length)

    # when the routes are found
    routes = cable_routes(cable_graph(roads, nodes, places, 600.0), CNY_PER_M, reach_m)

    # then they are the same pairs, at the same cost and length
    found = {
        (int(n), int(p)): (cost, length)
        for n, p, cost, length in zip(
            routes.node, routes.place, routes.trench_cny, routes.cable_m, strict=True
        )
    }
    assert list(found) == sorted(expected)
    for pair, (cost, length) in expected.items():
        assert found[pair] == pytest.approx((cost, length), rel=1e-9, abs=1e-3)
    assert routes.trench_m.sum(axis=1) == pytest.approx(routes.cable_m)
    assert routes.trench_m @ CNY_PER_M == pytest.approx(routes.trench_cny)
    for pair in range(len(routes.node)):
        line = routes.polyline(pair)
        assert line[0] == pytest.approx(nodes[routes.node[pair]])
        assert line[-1] == pytest.approx(places[routes.place[pair]])
        assert np.hypot(*np.diff(line, axis=0).T).sum() == pytest.approx(routes.cable_m[pair])


@pytest.mark.parametrize("seed", range(12))
def test_the_shortest_cable_is_that_of_networkx(random_case, seed):
    # given random roads of which some nodes may be used
    roads, nodes, places = random_case(seed)
    usable = np.arange(len(nodes)) % 2 == seed % 2
    graph = oracle(roads, nodes, places, 600.0)
    sources = {("n", int(n)) for n in np.flatnonzero(usable)}
    expected = nx.multi_source_dijkstra_path_length(graph, sources, weight="length")

    # then each place is as far from the nearest of them, or is joined to none
    found = shortest_cable_m(cable_graph(roads, nodes, places, 600.0), usable)
    assert found == pytest.approx([expected.get(("p", p), np.inf) for p in range(len(places))])


@pytest.mark.parametrize("seed", range(12))
def test_uplinks_are_those_of_networkx(random_case, seed):
    # given random roads, some with fibre, and one node that stands
    roads, nodes, places = random_case(seed)
    standing = np.arange(len(nodes)) == 0
    graph = oracle(roads, nodes, places, 600.0)
    targets = {("n", 0)} | {
        v for a, b, build in graph.edges(data="build") if build == EXISTING for v in (a, b)
    }
    expected = nx.multi_source_dijkstra_path(graph, targets, weight="rank")

    # when the uplinks are found
    up = uplinks(cable_graph(roads, nodes, places, 600.0), CNY_PER_M, standing)

    # then each costs the same, touches what stands only at its end, and is drawn from the node
    assert up.joined.tolist() == [("n", n) in expected for n in range(len(nodes))]
    assert not up.trench_m[0].any()
    for n in np.flatnonzero(up.joined):
        cost, length = totals(graph, expected["n", int(n)])
        assert up.trench_m[n] @ CNY_PER_M == pytest.approx(cost, abs=1e-3)
        assert up.trench_m[n].sum() == pytest.approx(length, abs=1e-3)
        assert up.trench_m[n, EXISTING] == 0
        line = up.polyline(int(n))
        assert line[0] == pytest.approx(nodes[n])
        assert np.hypot(*np.diff(line, axis=0).T).sum() == pytest.approx(length, abs=1e-3)


def test_existing_fibre_costs_nothing_and_is_not_lost(make_roads):
    # given a free detour of 6 km over existing fibre, beside a direct road of 2 km
    roads = make_roads(
        [(0, 0), (2000, 0), (1000, 2828.427)],
        [(0, 1, "aerial"), (0, 2, "existing"), (1, 2, "existing")],
    )
    nodes, places = at((0, 0)), at((2000, 0))

    # when its weights are made symmetric in SciPy as they are, the detour is gone: the trap
    weights = csr_array(([34.0 * 2000, 0.0, 0.0], ([0, 0, 1], [1, 2, 2])), shape=(3, 3))
    assert dijkstra(weights + weights.T, indices=0)[1] == 68_000

    # then the route still takes it, for nothing
    routes = cable_routes(cable_graph(roads, nodes, places, 100.0), CNY_PER_M, 20_000)
    assert routes.trench_m.tolist() == [pytest.approx([6000, 0, 0, 0], abs=1e-2)]
    assert routes.trench_cny.tolist() == [0]


def test_a_road_of_no_length_joins(make_roads):
    # given two vertices at one point, joined by a road of no length
    roads = make_roads(
        [(0, 0), (1000, 0), (1000, 0), (2000, 0)], [(0, 1, "aerial"), (1, 2, "aerial"), (2, 3, "aerial")]
    )
    routes = cable_routes(cable_graph(roads, at((0, 0)), at((2000, 0)), 10.0), CNY_PER_M, 20_000)
    assert routes.cable_m.tolist() == [2000]


def test_of_routes_at_equal_cost_the_shorter_is_taken(make_roads):
    # given two ways of existing fibre, 2 km and 4 km
    roads = make_roads(
        [(0, 0), (2000, 0), (1000, 1732.05)],
        [(0, 1, "existing"), (0, 2, "existing"), (1, 2, "existing")],
    )
    routes = cable_routes(cable_graph(roads, at((0, 0)), at((2000, 0)), 10.0), CNY_PER_M, 20_000)
    assert routes.cable_m == pytest.approx([2000])


@pytest.fixture
def two_ways(make_roads):
    """From (0, 0) to (3000, 0): 3 km of duct, or 5 km of aerial line."""
    return make_roads([(0, 0), (3000, 0)], [(0, 1, "duct")]), make_roads(
        [(0, 0), (3000, 0), (1500, 2000)], [(0, 1, "duct"), (0, 2, "aerial"), (1, 2, "aerial")]
    )


@pytest.mark.parametrize(
    ("reach_m", "cable_m", "cost"),
    [
        (5000.0, 5000, 170_000),  # the cheap way is exactly within reach
        (4999.99, 3000, 1_185_000),  # one centimetre less: the short way
        (3000.0, 3000, 1_185_000),
        (2999.99, None, None),
    ],
)
def test_a_cheap_way_beyond_the_reach_gives_way_to_the_shortest(two_ways, reach_m, cable_m, cost):
    graph = cable_graph(two_ways[1], at((0, 0)), at((3000, 0)), 10.0)
    routes = cable_routes(graph, CNY_PER_M, reach_m)
    assert routes.cable_m.tolist() == ([] if cable_m is None else [pytest.approx(cable_m)])
    assert routes.trench_cny.tolist() == ([] if cost is None else [pytest.approx(cost)])


def test_no_reach_no_route(two_ways):
    # given a splitter that eats the whole budget
    graph = cable_graph(two_ways[0], at((0, 0)), at((3000, 0)), 10.0)
    assert len(cable_routes(graph, CNY_PER_M, -3.0).node) == 0


def test_another_component_is_out_of_reach_whatever_the_budget(make_roads):
    # given two roads that do not meet
    roads = make_roads([(0, 0), (1000, 0), (3000, 0), (4000, 0)], [(0, 1, "aerial"), (2, 3, "aerial")])
    graph = cable_graph(roads, at((0, 0)), at((900, 0), (3900, 0)), 100.0)
    routes = cable_routes(graph, CNY_PER_M, 1e9)
    assert routes.place.tolist() == [0]
    assert shortest_cable_m(graph, np.array([True])).tolist() == [900, np.inf]


def test_nothing_stands_nothing_is_joined(two_ways):
    graph = cable_graph(two_ways[0], at((0, 0), (100, 50)), at((3000, 0)), 10.0)
    up = uplinks(graph, CNY_PER_M, np.array([False, False]))
    assert not up.joined.any()
    assert not up.trench_m.any()


def test_an_uplink_ends_within_a_road_that_carries_fibre(make_roads):
    # given a node 50 m off the middle of an existing cable
    roads = make_roads([(0, 0), (4000, 0)], [(0, 1, "existing")])
    up = uplinks(cable_graph(roads, at((2000, 50)), at((4000, 0)), 100.0), CNY_PER_M, np.array([False]))
    assert up.trench_m.tolist() == [[0, 50, 0, 0]]
    assert up.polyline(0).tolist() == [[2000, 50], [2000, 0]]


def test_plant_follows_the_roads_and_else_is_straight(make_roads):
    roads = make_roads([(0, 0), (3000, 0), (3000, 4000)], [(0, 1, "duct"), (1, 2, "duct")])
    graph = cable_graph(roads, at((0, 0), (0, 9000)), at((3000, 4000)), 10.0)
    length_m = plant_m(graph, np.array([0, 1], np.int32), np.array([0, 0], np.int32))
    assert length_m == pytest.approx([7000, np.hypot(3000, 5000)])
