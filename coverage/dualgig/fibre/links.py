"""Fibre links: what each node would need to give each village gigabit, in quantities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from dualgig.errors import InputError, Problem, ProjectError
from dualgig.fibre.graph import EXISTING, cable_graph
from dualgig.fibre.pon import pon_ports
from dualgig.fibre.routes import cable_routes, plant_m, shortest_cable_m, uplinks
from dualgig.region.model import BUILD_TYPES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from dualgig.fibre.graph import CableGraph
    from dualgig.fibre.routes import CableRoutes, Uplinks
    from dualgig.project import Price
    from dualgig.region.model import Region

Needs = Literal["none", "upgrade", "new"]
LinkReason = Literal["", "no_road", "optical_budget", "forbidden"]

NEEDS: dict[str, Needs] = {"10gpon": "none", "gpon": "upgrade", "none": "new"}
"""What a node needs before it gives gigabit, by what stands there."""


@dataclass(frozen=True)
class FibreLinks:
    """Links from nodes to villages, and what each node needs.

    Attributes
    ----------
    village, node : ndarray of int32, shape (links,)
        Rows of the region's villages and nodes; sorted by village, then node. At most one link each.
    cable_m : ndarray of float64, shape (links,)
        Cable from node to village. Of an ``own`` link it is the shortest way over the roads, or the
        straight line where no road joins them: the course of the plant that stands is not known.
    trench_m : ndarray of float64, shape (links, 4)
        Of it by build type (`dualgig.region.model.BUILD_TYPES`); ``existing`` is no trench.
    ports : ndarray of int32, shape (links,)
        10G-PON ports.
    homes_passed, homes_upgraded : ndarray of int64, shape (links,)
        Homes that get distribution, and homes that have it (GPON) and get new ends; one of both is 0.
    own : ndarray of bool, shape (links,)
        The node serves the village today: its cable stands, no trench is dug.
    forbidden : ndarray of bool, shape (links,)
        The node must not be built; the link only tells why the village is a gap.
    needs : tuple of str, length nodes
        ``none``, ``upgrade`` (GPON stands there) or ``new``.
    uplink_m : ndarray of float64, shape (nodes, 4)
        Metres by build type of the cable that joins a new node to the network; zeros for others.
    before : ndarray of bool, shape (villages,)
        10G-PON serves it today; such a village has no links.
    reason : tuple of str, length villages
        Why no link that may be built exists: ``no_road``, ``optical_budget`` or ``forbidden``;
        empty where one exists, or none is needed.
    shortest_m : ndarray of float64, shape (villages,)
        Shortest cable over the roads from any node that may be used; inf where there is no road.
    """

    village: NDArray[np.int32]
    node: NDArray[np.int32]
    cable_m: NDArray[np.float64]
    trench_m: NDArray[np.float64]
    ports: NDArray[np.int32]
    homes_passed: NDArray[np.int64]
    homes_upgraded: NDArray[np.int64]
    own: NDArray[np.bool_]
    forbidden: NDArray[np.bool_]
    needs: tuple[Needs, ...]
    uplink_m: NDArray[np.float64]
    before: NDArray[np.bool_]
    reason: tuple[LinkReason, ...]
    shortest_m: NDArray[np.float64]
    _routes: CableRoutes
    _route: NDArray[np.int64]
    _uplinks: Uplinks

    def polyline(self, link: int) -> NDArray[np.float64]:
        """Course of a link's cable from node to village, float64 (points, 2), metres.

        An ``own`` link, whose course is not known, is drawn straight.
        """
        if self._route[link] >= 0:
            return self._routes.polyline(int(self._route[link]))
        graph = self._routes.graph
        ends = [graph.node[self.node[link]], graph.place[self.village[link]]]
        return np.column_stack([graph.x_m[ends], graph.y_m[ends]])

    def uplink_polyline(self, node: int) -> NDArray[np.float64]:
        """Course of a new node's uplink from the node to what stands, float64 (points, 2), metres."""
        return self._uplinks.polyline(node)


def fibre_links(region: Region, prices: Mapping[str, Price]) -> FibreLinks:
    """Every link worth looking at, in quantities that the cost book prices.

    A village is joined at its committee (the first by id, where it has several), else at a point
    inside it. A village without fibre gets distribution to all its homes; a GPON village gets new
    ends, over the plant of the node that serves it today (``own``; the optical budget of that plant
    is taken as proved by its use: XGS-PON class N1 allows 29 dB, GPON class B+ 28 dB) or over a new
    cable from another node.

    What a node is matters twice. An ``olt`` or an ``office`` may serve villages: an office is a
    building of the operator with room and power, and takes an OLT like any other place. An
    ``exchange`` serves villages only if an OLT stands there; none is put into one. What stands, every
    exchange, and roads whose build type is ``existing`` are the network that a new node is joined to
    by its uplink; a node that no road joins to it serves nobody.

    Links are a candidate set, found for each village alone: of the nodes that may be built and are
    within the optical reach, the ``fibre.nodes_per_village`` with the cheapest trench, and the
    cheapest that needs no new OLT; of forbidden nodes as many, to tell the reason; and its own.
    Equal prices are decided by the shorter cable, then by node id. Each link and each uplink pays its
    whole trench: what several could share is not shared here.

    Parameters
    ----------
    region
        Checked inputs; ``[decisions]`` of its project win over the nodes' column.
    prices
        Prices of a km of trench, ``trench_aerial_km`` and so on; of them the roads' types are needed.

    Raises
    ------
    ProjectError
        The price of a build type that the roads have is missing.
    InputError
        A village names a node that does not exist; where the project gives no nodes at all, names are left aside.
    """
    project = region.project
    graph = cable_graph(
        region.roads, region.xy_m(region.nodes), _village_points(region), project.fibre.snap_m
    )
    cny_per_m = _cny_per_m(graph, prices, project.path.name)
    nodes = region.nodes
    needs = tuple(NEEDS[str(stands)] for stands in nodes["stands"])
    new = np.array([need == "new" for need in needs], np.bool_)
    exchange = (nodes["kind"] == "exchange").to_numpy(dtype=np.bool_)
    forbidden = _forbidden(region)
    up = uplinks(graph, cny_per_m, ~new | exchange)
    serves = up.joined & ~(exchange & new)
    routes = cable_routes(graph, cny_per_m, project.fibre.reach_km * 1000.0)

    fibre = region.villages["fibre"].to_numpy()
    before = fibre == "10gpon"
    own_node = _own_nodes(region)
    rank = np.argsort(np.argsort(nodes.index.to_numpy(dtype=str), kind="stable"))
    open_pairs = serves[routes.node] & ~before[routes.place] & (own_node[routes.place] != routes.node)
    routes = routes.select(np.flatnonzero(open_pairs))
    routes = routes.select(_candidates(routes, rank, new, forbidden, project.fibre.nodes_per_village))
    own_village = np.flatnonzero((own_node >= 0) & ~before).astype(np.int32)
    village = np.concatenate([routes.place, own_village])
    node = np.concatenate([routes.node, own_node[own_village]])
    own_m = plant_m(graph, own_node[own_village], own_village)
    own_trench_m = np.zeros((len(own_m), 4))
    own_trench_m[:, EXISTING] = own_m
    order = np.lexsort((node, village))
    village, node = village[order].astype(np.int32), node[order].astype(np.int32)
    homes = _homes(region)
    none = fibre == "none"
    shortest_m = shortest_cable_m(graph, serves & ~forbidden)
    return FibreLinks(
        village=village,
        node=node,
        cable_m=np.concatenate([routes.cable_m, own_m])[order],
        trench_m=np.concatenate([routes.trench_m, own_trench_m])[order],
        ports=pon_ports(project.fibre, homes[village]),
        homes_passed=np.where(none[village], homes[village], 0),
        homes_upgraded=np.where(none[village], 0, homes[village]),
        own=(order >= len(routes.place)),
        forbidden=forbidden[node],
        needs=needs,
        uplink_m=np.where((new & serves)[:, None], up.trench_m, 0.0),
        before=before,
        reason=_reasons(before, village, forbidden[node], shortest_m),
        shortest_m=shortest_m,
        _routes=routes,
        _route=np.where(order < len(routes.place), order, -1),
        _uplinks=up,
    )


def _village_points(region: Region) -> NDArray[np.float64]:
    """Where each village is joined: its committee, else a point inside it; metres, shape (villages, 2)."""
    points = region.xy_m(region.villages)
    committees = region.keypoints[region.keypoints["kind"] == "committee"].sort_index(ascending=False)
    row = region.villages.index.get_indexer(pd.Index(committees["village"].astype(str)))
    known = row >= 0
    # The first by id comes last and stays.
    for at, xy in zip(row[known], region.xy_m(committees)[known], strict=True):
        points[at] = xy
    return points


def _cny_per_m(graph: CableGraph, prices: Mapping[str, Price], file: str) -> NDArray[np.float64]:
    """Price of a metre of trench by build type; 0 for existing fibre and for types that no road has."""
    cny = np.zeros(len(BUILD_TYPES))
    for build in np.unique(graph.build):
        line = f"trench_{BUILD_TYPES[build]}_km"
        if build == EXISTING:
            continue
        if line not in prices:
            raise ProjectError(
                f"{file}: costs.prices.{line}: trench of this type can be dug and the cost book lacks its "
                f'price; add [costs.prices.{line}] with amount_cny, unit = "km", year and source.'
            )
        cny[build] = prices[line].amount_cny / 1000.0
    return cny


def _forbidden(region: Region) -> NDArray[np.bool_]:
    """Nodes that must not be built: by their column, unless ``[decisions]`` locks or forbids them."""
    decisions = region.project.decisions
    forbidden = (region.nodes["decision"] == "forbidden").to_numpy(dtype=np.bool_).copy()
    forbidden |= np.asarray(region.nodes.index.isin(decisions.forbid))
    forbidden &= ~np.asarray(region.nodes.index.isin(decisions.lock))
    return forbidden


def _own_nodes(region: Region) -> NDArray[np.int32]:
    """Row of the node that serves each village over fibre today, -1 where none is named or has fibre."""
    villages = region.villages
    named = villages["node"].astype(str).to_numpy()
    row = np.asarray(region.nodes.index.get_indexer(pd.Index(named)), dtype=np.int32)
    served = (villages["fibre"] != "none").to_numpy(dtype=np.bool_)
    lost = np.flatnonzero(served & (named != "") & (row < 0))
    if len(lost) and len(region.nodes):
        raise InputError(
            Problem(
                region.project.inputs.villages.path,
                int(at) + 1,
                "node",
                f"village {villages.index[int(at)]} names the node {named[at]!r}, which is not among the nodes.",
                "Add the node, or leave the cell empty.",
            )
            for at in lost
        )
    return np.where(served, row, -1).astype(np.int32)


def _candidates(
    routes: CableRoutes,
    rank: NDArray[np.int64],
    new: NDArray[np.bool_],
    forbidden: NDArray[np.bool_],
    count: int,
) -> NDArray[np.int64]:
    """Routes that are kept: see `fibre_links`; ascending."""
    order = np.lexsort((rank[routes.node], routes.cable_m, routes.trench_cny, routes.place))
    barred = forbidden[routes.node[order]]
    ready = ~barred & ~new[routes.node[order]]
    kept = np.zeros(len(order), np.bool_)
    for group, most in ((~barred, count), (barred, count), (ready, 1)):
        members = order[group]
        place = routes.place[members]
        first = np.searchsorted(place, place)
        kept[members[np.arange(len(members)) - first < most]] = True
    return np.flatnonzero(kept)


def _homes(region: Region) -> NDArray[np.int64]:
    """Homes of each village: its households, else its people by household size."""
    households = region.villages["households"].to_numpy(dtype=np.int64)
    people = region.villages["population"].to_numpy(dtype=np.int64)
    size = region.project.fibre.household_size
    return np.where(households > 0, households, np.ceil(np.round(people / size, 9)).astype(np.int64))


def _reasons(
    before: NDArray[np.bool_],
    village: NDArray[np.int32],
    forbidden: NDArray[np.bool_],
    shortest_m: NDArray[np.float64],
) -> tuple[LinkReason, ...]:
    """Why each village has no link that may be built; empty where it has one or needs none."""
    count = len(before)
    linked = before | (np.bincount(village[~forbidden], minlength=count) > 0)
    barred = np.bincount(village[forbidden], minlength=count) > 0
    reasons: list[LinkReason] = []
    for ok, only_barred, road in zip(linked, barred, np.isfinite(shortest_m), strict=True):
        if ok:
            reasons.append("")
        elif only_barred:
            reasons.append("forbidden")
        else:
            reasons.append("optical_budget" if road else "no_road")
    return tuple(reasons)
