"""Fibre links of small regions whose quantities can be worked out by hand."""

import dataclasses

import numpy as np
import pytest

from dualgig.errors import InputError, ProjectError
from dualgig.fibre.links import FibreLinks, fibre_links
from dualgig.region.roads import read_roads

REACH_M = 1000 * (29 - 21.5 - 1.5) / 0.35  # 17,142.857 m with the defaults

A = {"id": "A", "at": (0, 0), "stands": "10gpon", "kind": "office"}
B = {"id": "B", "at": (6000, 0), "stands": "gpon"}
C = {"id": "C", "at": (9000, 0), "stands": "none"}


def village(name, at, fibre="none", **columns):
    return {"id": name, "at": at, "fibre": fibre, **columns}


@pytest.fixture
def road(make_roads):
    """A factory of a straight road along y = 0 from 0 to `end_m`, buried, with a gap where asked."""

    def make(end_m=40_000.0, gap=None):
        if gap is None:
            return make_roads([(0, 0), (end_m, 0)], [(0, 1, "buried")])
        points = [(0, 0), (gap[0], 0), (gap[1], 0), (end_m, 0)]
        return make_roads(points, [(0, 1, "buried"), (2, 3, "buried")])

    return make


@pytest.fixture
def links_of(make_region):
    """A factory: the links of a region, and a dict of them by village and node."""

    def make(*arguments, prices=None, **options):
        region = make_region(*arguments, **options)
        links = fibre_links(region, region.project.costs.prices if prices is None else prices)
        check_invariants(region, links)
        return links, by_ids(region, links)

    return make


def by_ids(region, links):
    villages, nodes = region.villages.index[links.village], region.nodes.index[links.node]
    return {(v, n): row for row, (v, n) in enumerate(zip(villages, nodes, strict=True))}


def check_invariants(region, links):
    """What `FibreLinks` promises, whatever the region."""
    count = len(links.village)
    for field in dataclasses.fields(FibreLinks):
        value = getattr(links, field.name)
        if isinstance(value, np.ndarray) and value.dtype.kind == "f":
            assert not np.isnan(value).any()
    for name in (
        "node",
        "cable_m",
        "trench_m",
        "ports",
        "homes_passed",
        "homes_upgraded",
        "own",
        "forbidden",
    ):
        assert len(getattr(links, name)) == count
    assert len(links.reason) == len(links.before) == len(links.shortest_m) == len(region.villages)
    assert len(links.needs) == len(links.uplink_m) == len(region.nodes)
    pairs = list(zip(links.village.tolist(), links.node.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert links.trench_m.sum(axis=1) == pytest.approx(links.cable_m)
    assert not links.trench_m[links.own, 1:].any()
    assert ((links.homes_passed == 0) | (links.homes_upgraded == 0)).all()
    assert not links.before[links.village].any()
    nodes, villages = region.xy_m(region.nodes), region.xy_m(region.villages)
    for link in range(count):
        line = links.polyline(link)
        assert line[0] == pytest.approx(nodes[links.node[link]], abs=1e-3)
        if links.own[link]:
            assert len(line) == 2
            continue
        assert np.hypot(*np.diff(line, axis=0).T).sum() == pytest.approx(links.cable_m[link])
        if not len(region.keypoints):
            assert line[-1] == pytest.approx(villages[links.village[link]], abs=1e-3)
    for node in np.flatnonzero(links.uplink_m.any(axis=1)):
        line = links.uplink_polyline(int(node))
        assert line[0] == pytest.approx(nodes[node], abs=1e-3)
        assert np.hypot(*np.diff(line, axis=0).T).sum() == pytest.approx(links.uplink_m[node].sum())


def test_a_village_without_fibre_gets_trench_and_distribution(road, links_of):
    # given a village of 260 people (100 homes of 2.6) 200 m off the road, 5 km from a 10G node
    links, at = links_of(road(), [village("V", (5000, 200))], [A])

    # then it needs 5 km buried along the road and 200 m aerial, 2 ports (100 x 0.6 / 51.2), 100 homes
    row = at["V", "A"]
    assert links.cable_m[row] == pytest.approx(5200)
    assert links.trench_m[row] == pytest.approx([0, 200, 5000, 0], abs=1e-3)
    assert links.ports[row] == 2
    assert (links.homes_passed[row], links.homes_upgraded[row]) == (100, 0)
    assert links.needs == ("none",)
    assert links.reason == ("",)
    assert links.shortest_m == pytest.approx([5200])


def test_households_win_over_population(road, links_of):
    rows = [village("V", (1000, 0), households=7), village("W", (1000, 9), population=27)]
    links, at = links_of(road(), rows, [A])
    assert links.homes_passed[at["V", "A"]] == 7
    assert links.homes_passed[at["W", "A"]] == 11  # 27 / 2.6 = 10.4


def test_a_gpon_village_is_upgraded_over_its_own_plant_or_another_cable(road, links_of):
    # given a village on GPON from B, and a 10G node A
    links, at = links_of(road(), [village("V", (5000, 0), "gpon", node="B")], [A, B])

    # then over B no trench is dug, over A 5 km are; both give 100 homes new ends
    own, other = at["V", "B"], at["V", "A"]
    assert links.own[[own, other]].tolist() == [True, False]
    assert links.trench_m[own] == pytest.approx([1000, 0, 0, 0])
    assert links.trench_m[other] == pytest.approx([0, 0, 5000, 0], abs=1e-3)
    assert links.homes_upgraded[[own, other]].tolist() == [100, 100]
    assert links.ports[[own, other]].tolist() == [2, 2]
    assert links.needs == ("none", "upgrade")


def test_an_own_link_needs_no_road_and_no_reach(road, links_of):
    # given GPON villages whose plant no road of the file follows, or follows over 30 km
    rows = [village("V", (0, 9000), "gpon", node="B"), village("W", (36_000, 0), "gpon", node="B")]
    links, at = links_of(road(), rows, [B])
    assert links.cable_m[at["V", "B"]] == pytest.approx(np.hypot(6000, 9000))
    assert links.cable_m[at["W", "B"]] == pytest.approx(30_000)
    assert links.reason == ("", "")


def test_a_village_with_10g_pon_needs_nothing(road, links_of):
    links, at = links_of(road(), [village("V", (5000, 0), "10gpon", node="A")], [A, B])
    assert links.before.tolist() == [True]
    assert at == {}
    assert links.reason == ("",)


def test_a_gpon_village_without_a_named_node_is_joined_like_another(road, links_of):
    links, at = links_of(road(), [village("V", (5000, 0), "gpon")], [A])
    assert links.trench_m[at["V", "A"]] == pytest.approx([0, 0, 5000, 0], abs=1e-3)
    assert links.homes_upgraded.tolist() == [100]


def test_a_new_node_pays_its_uplink(road, links_of):
    # given a new node 3 km beyond B, 40 m off the road, and a village 1 km beyond that
    links, at = links_of(road(), [village("V", (10_000, 0))], [A, B, C | {"at": (9000, 40)}])

    # then its uplink is 3 km along the road and the access, its link 1 km and the access
    assert links.needs == ("none", "upgrade", "new")
    assert links.uplink_m.tolist()[:2] == [[0] * 4] * 2
    assert links.uplink_m[2] == pytest.approx([0, 40, 3000, 0], abs=1e-3)
    assert links.trench_m[at["V", "C"]] == pytest.approx([0, 40, 1000, 0], abs=1e-3)


@pytest.mark.parametrize("kind", ["olt", "office"])
def test_an_olt_or_an_office_takes_a_new_olt(road, links_of, kind):
    links, at = links_of(road(), [village("V", (10_000, 0))], [A, C | {"kind": kind}])
    assert set(at) == {("V", "A"), ("V", "C")}
    assert links.uplink_m[1].sum() == pytest.approx(9000)


def test_an_exchange_takes_no_olt_but_takes_uplinks(road, links_of):
    # given an exchange without an OLT, and a new node 2 km from it
    exchange = {"id": "X", "at": (7000, 0), "stands": "none", "kind": "exchange"}
    links, at = links_of(road(), [village("V", (8000, 0))], [C, exchange])

    # then the new node is joined to it, and it serves nobody itself
    assert links.uplink_m[0].sum() == pytest.approx(2000)
    assert set(at) == {("V", "C")}
    assert set(links_of(road(), [village("V", (8000, 0))], [exchange | {"stands": "10gpon"}])[1]) == {
        ("V", "X")
    }


def test_a_new_node_that_nothing_joins_serves_nobody(road, links_of):
    # given a new node on a road of its own: no link, and no road, until the gap is closed
    rows, nodes = [village("V", (10_000, 0))], [A | {"at": (1000, 0)}, C]
    fibre = {"snap_m": 100.0}
    links, at = links_of(road(gap=(2000, 8000)), rows, nodes, fibre=fibre)
    assert at == {}
    assert links.reason == ("no_road",)
    assert links.shortest_m.tolist() == [np.inf]
    links, at = links_of(road(), rows, nodes, fibre=fibre)
    assert ("V", "C") in at
    assert links.reason == ("",)


def test_outside_the_optical_budget_until_it_grows(road, links_of):
    # given a village 20 km from the only node: 30 dB
    far = [village("V", (20_000, 0))]
    links, at = links_of(road(), far, [A])
    assert at == {}
    assert links.reason == ("optical_budget",)
    assert links.shortest_m == pytest.approx([20_000])

    # when the budget is raised to class N2, it is served: the reason was the cause
    links, at = links_of(road(), far, [A], fibre={"budget_db": 31.0})
    assert set(at) == {("V", "A")}
    assert links.reason == ("",)


@pytest.mark.parametrize(("beyond_m", "reason"), [(-0.01, ""), (0.0, ""), (0.01, "optical_budget")])
def test_the_reach_is_exact(road, links_of, beyond_m, reason):
    links, _ = links_of(road(), [village("V", (REACH_M + beyond_m, 0))], [A])
    assert links.reason == (reason,)


def test_no_road_until_one_is_built(road, links_of):
    # given a village on a road that does not reach the node
    rows = [village("V", (10_000, 0))]
    links, at = links_of(road(gap=(5000, 6000)), rows, [A])
    assert at == {}
    assert links.reason == ("no_road",)

    # when the gap is closed, it is served
    links, _ = links_of(road(), rows, [A])
    assert links.reason == ("",)


@pytest.mark.parametrize(("snap_m", "reason"), [(1500.0, "no_road"), (1600.5, "")])
def test_no_road_beyond_snap_m(road, links_of, snap_m, reason):
    links, _ = links_of(road(), [village("V", (5000, 1600))], [A], fibre={"snap_m": snap_m})
    assert links.reason == (reason,)


@pytest.mark.parametrize(
    ("node", "decisions"), [(A | {"decision": "forbidden"}, {}), (A, {"forbid": ("A",)})]
)
def test_forbidden_until_it_is_not(road, links_of, node, decisions):
    # given a village that only a forbidden node would serve
    rows = [village("V", (5000, 0))]
    links, at = links_of(road(), rows, [node], decisions=decisions)
    assert links.forbidden[at["V", "A"]]
    assert links.reason == ("forbidden",)

    # when the node is freed, it is served
    links, at = links_of(road(), rows, [A])
    assert not links.forbidden[at["V", "A"]]
    assert links.reason == ("",)


def test_a_lock_of_the_project_wins_over_the_column(road, links_of):
    links, _ = links_of(
        road(), [village("V", (5000, 0))], [A | {"decision": "forbidden"}], decisions={"lock": ("A",)}
    )
    assert links.reason == ("",)


def test_a_forbidden_node_is_no_cause_where_the_budget_is(road, links_of):
    # given a village that neither a free nor a forbidden node reaches
    links, _ = links_of(road(), [village("V", (25_000, 0))], [A, B | {"decision": "forbidden"}])
    assert links.reason == ("optical_budget",)


def test_the_cheapest_nodes_are_kept_and_one_that_needs_no_olt(road, links_of):
    # given six new nodes nearer to a village than the one that stands, two of them forbidden
    nodes = [{"id": f"N{n}", "at": (9000 - 500 * n, 0), "stands": "none"} for n in range(6)]
    nodes[0]["decision"] = nodes[4]["decision"] = "forbidden"
    _, at = links_of(road(), [village("V", (10_000, 0))], [*nodes, A], fibre={"nodes_per_village": 2})

    # then there are the two cheapest that may be built, the standing one, and the two forbidden ones
    assert set(at) == {("V", node) for node in ("N1", "N2", "A", "N0", "N4")}


def test_equal_prices_are_decided_by_id(road, links_of):
    # given three nodes at one place, listed in either order
    nodes = [{"id": name, "at": (3000, 0), "stands": "10gpon"} for name in ("Q", "P", "R")]
    for order in (nodes, nodes[::-1]):
        _, at = links_of(road(), [village("V", (5000, 0))], order, fibre={"nodes_per_village": 2})
        assert set(at) == {("V", "P"), ("V", "Q")}


def test_the_committee_is_where_a_village_is_joined(road, links_of):
    # given a village with two committees and a school
    keypoints = [
        {"id": "k2", "village": "V", "kind": "committee", "at": (7000, 0)},
        {"id": "k1", "village": "V", "kind": "committee", "at": (4000, 0)},
        {"id": "k0", "village": "V", "kind": "school", "at": (1000, 0)},
    ]
    links, at = links_of(road(), [village("V", (5000, 0))], [A], keypoints=keypoints)
    assert links.cable_m[at["V", "A"]] == pytest.approx(4000)


def test_prices_choose_the_route(make_roads, links_of, make_region):
    # given 3 km of duct or 5 km of aerial line
    roads = make_roads(
        [(0, 0), (3000, 0), (1500, 2000)], [(0, 1, "duct"), (0, 2, "aerial"), (1, 2, "aerial")]
    )
    rows = [village("V", (3000, 0))]
    links, at = links_of(roads, rows, [A], fibre={"snap_m": 100.0})
    assert links.trench_m[at["V", "A"]] == pytest.approx([0, 5000, 0, 0], abs=1e-2)

    # when duct costs little, it is taken
    prices = dict(make_region(roads, rows, [A]).project.costs.prices)
    prices["trench_duct_km"] = prices["trench_duct_km"].model_copy(update={"amount_cny": 50_000.0})
    links, at = links_of(roads, rows, [A], fibre={"snap_m": 100.0}, prices=prices)
    assert links.trench_m[at["V", "A"]] == pytest.approx([0, 0, 0, 3000], abs=1e-2)


def test_a_missing_price_is_told_by_name_if_it_is_needed(road, make_region):
    region = make_region(road(), [village("V", (5000, 0))], [A])
    prices = dict(region.project.costs.prices)
    del prices["trench_duct_km"]
    fibre_links(region, prices)
    del prices["trench_buried_km"]
    with pytest.raises(ProjectError, match=r"costs\.prices\.trench_buried_km"):
        fibre_links(region, prices)


def test_a_node_that_does_not_exist_is_told(road, make_region):
    rows = [village("U", (0, 0)), village("V", (5000, 0), "gpon", node="Z")]
    region = make_region(road(), rows, [A])
    with pytest.raises(InputError, match=r"villages\.csv, row 2, column node: village V names the node 'Z'"):
        fibre_links(region, region.project.costs.prices)


def test_without_roads_plant_is_upgraded_and_the_rest_has_no_road(links_of):
    rows = [village("V", (5000, 0), "gpon", node="B"), village("W", (9000, 0))]
    links, at = links_of(None, rows, [B])
    assert set(at) == {("V", "B")}
    assert links.reason == ("", "no_road")


def test_without_nodes_every_village_without_gigabit_has_no_road(road, links_of):
    rows = [village("V", (5000, 0)), village("W", (9000, 0), "10gpon")]
    links, at = links_of(road(), rows, [])
    assert at == {}
    assert links.reason == ("no_road", "")


def test_equal_regions_give_equal_bytes(road, make_region):
    rows = [village(f"V{n}", (1000 * n + 123.456, 37 * n)) for n in range(12)]
    region = make_region(road(), rows, [A, B, C])
    one, other = (fibre_links(region, region.project.costs.prices) for _ in range(2))
    for field in dataclasses.fields(FibreLinks):
        value = getattr(one, field.name)
        if isinstance(value, np.ndarray):
            assert value.tobytes() == getattr(other, field.name).tobytes()


def test_roads_from_a_file_carry_a_link(tiny_project, make_region):
    # given the roads of the tiny region, and a node and a village at the two ends of its street
    project = tiny_project()
    region = make_region(None, [village("V", (0, 0))], [A])
    roads = read_roads(project, region.metric_crs)
    ends = [np.argmin(roads.x_m), np.argmax(roads.x_m)]
    origin = region.xy_m(region.nodes)[0]
    at = np.column_stack([roads.x_m, roads.y_m])[ends] - origin
    region = make_region(None, [village("V", at[1])], [A | {"at": at[0]}])
    region = dataclasses.replace(region, roads=roads)

    # then the cable is the street, 11.4 km
    links = fibre_links(region, region.project.costs.prices)
    check_invariants(region, links)
    assert links.cable_m == pytest.approx([11_400], abs=0.5)
