"""Covering-location problems from a seed: candidates and clustered demand in a square."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from scipy.spatial import cKDTree

from dualgig.siting.problem import Goal, SitingProblem

if TYPE_CHECKING:
    from numpy.typing import NDArray

SIDE_KM = 100.0
DEMAND_A_CLUSTER = 500
SCATTERED = 0.2
"""Share of the demand outside clusters."""

CELLS = 1 << 16
"""Cells of the space-filling curve along the side."""


@dataclass(frozen=True)
class Size:
    """An instance's size.

    Parameters
    ----------
    sites, demand
        Candidates and demand points.
    covered
        Demand points that a candidate covers on average.
    costs
        Log-normal costs; without, each candidate costs 1.
    share
        Budget as a share of what all candidates cost.
    """

    sites: int
    demand: int
    covered: int
    costs: bool
    share: float


@dataclass(frozen=True)
class Instance:
    """Which site covers which demand point, weights of the demand, costs of the sites, budget.

    Parameters
    ----------
    cover
        bool CSR, shape (demand, sites).
    weight, cost
        int64, shape (demand,) and (sites,).
    budget
        Most that the chosen sites may cost.
    """

    cover: sp.csr_array
    weight: NDArray[np.int64]
    cost: NDArray[np.int64]
    budget: int


def make_instance(size: Size, seed: int) -> Instance:
    """An instance; sites and demand points are numbered along a space-filling curve.

    Candidates lie anywhere in the square, demand in Gaussian clusters of log-normal size and spread;
    weights have a median of 30 people, costs one of 200,000 yuan.

    Parameters
    ----------
    size
        How large.
    seed
        Of every random choice.
    """
    rng = np.random.default_rng(seed)
    sites = _along_curve(rng.uniform(0.0, SIDE_KM, (size.sites, 2)))
    demand = _along_curve(_clustered(size.demand, rng))
    weight = np.maximum(1, np.rint(rng.lognormal(np.log(30.0), 1.0, size.demand))).astype(np.int64)
    cost = np.ones(size.sites, np.int64)
    if size.costs:
        cost = 1000 * np.rint(rng.lognormal(np.log(200.0), 0.5, size.sites)).astype(np.int64)
    budget = int(size.share * cost.sum())
    return Instance(_cover(sites, demand, size.covered), weight, cost, budget)


def _clustered(count: int, rng: np.random.Generator) -> NDArray[np.float64]:
    clusters = max(1, count // DEMAND_A_CLUSTER)
    centre = rng.uniform(0.0, SIDE_KM, (clusters, 2))
    share = rng.lognormal(0.0, 1.0, clusters)
    spread = 0.5 * SIDE_KM / np.sqrt(clusters) * rng.lognormal(0.0, 0.5, clusters)
    own = rng.choice(clusters, count, p=share / share.sum())
    xy = centre[own] + spread[own, None] * rng.normal(size=(count, 2))
    scattered = rng.random(count) < SCATTERED
    xy[scattered] = rng.uniform(0.0, SIDE_KM, (int(scattered.sum()), 2))
    return np.asarray(np.clip(xy, 0.0, SIDE_KM))


def _along_curve(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Order points along a Z-curve (Morton, 1966), so that neighbours have near numbers."""
    cell = np.minimum((xy / SIDE_KM * CELLS).astype(np.uint64), np.uint64(CELLS - 1))
    key = _spread_bits(cell[:, 0]) | (_spread_bits(cell[:, 1]) << np.uint64(1))
    return np.asarray(xy[np.argsort(key, kind="stable")])


def _spread_bits(number: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Put a zero before each of 16 bits."""
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        number = (number | (number << np.uint64(shift))) & np.uint64(mask)
    return number


def _cover(sites: NDArray[np.float64], demand: NDArray[np.float64], covered: int) -> sp.csr_array:
    """Each site covers the demand within one radius, at which it covers so many on average."""
    here, there = cKDTree(sites), cKDTree(demand)
    low, high = 0.0, SIDE_KM
    wanted = covered * len(sites)
    while high - low > 1e-4 * high:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if here.count_neighbors(there, middle) < wanted else (low, middle)
    members, ends = [], [np.zeros(1, np.int64)]
    for part in np.array_split(sites, -(-len(sites) // 1000)):
        near = there.query_ball_point(part, high, return_sorted=True)
        ends.append(np.array([len(one) for one in near], np.int64))
        members.append(np.concatenate([np.asarray(one, np.int32) for one in near]))
    start = np.cumsum(np.concatenate(ends)).astype(np.int32)
    index = np.concatenate(members)
    by_site = sp.csr_array((np.ones(len(index), np.bool_), index, start), shape=(len(sites), len(demand)))
    return sp.csr_array(by_site.T.tocsr())


def most_weight(instance: Instance) -> SitingProblem:
    """The siting problem of covering most weight within the budget."""
    points, options = instance.cover.shape
    return SitingProblem(
        option_ids=tuple(f"site {j}" for j in range(options)),
        cost_cny=instance.cost,
        decision=np.zeros(options, np.int8),
        exclusive=np.full(options, -1, np.int32),
        requires=np.zeros((0, 2), np.int32),
        cover=instance.cover,
        covered_before=np.zeros(points, np.bool_),
        point_worth=instance.weight,
        clauses=sp.csr_array((0, points), dtype=np.int64),
        need=np.zeros(0, np.int64),
        clause_place=np.zeros(0, np.int32),
        place_ids=(),
        place_mode=np.zeros(0, np.int8),
        place_before=np.zeros(0, np.bool_),
        place_worth=np.zeros(0, np.int64),
        goals=(),
        budget_cny=instance.budget,
    )


def cover_all(instance: Instance) -> SitingProblem:
    """The siting problem of covering every demand point at least cost: each is a place that must be served."""
    points = len(instance.weight)
    own = np.arange(points, dtype=np.int32)
    return replace(
        most_weight(instance),
        point_worth=np.zeros(points, np.int64),
        clauses=sp.csr_array(sp.eye_array(points, dtype=np.int64)),
        need=np.ones(points, np.int64),
        clause_place=own,
        place_ids=tuple(f"demand {i}" for i in range(points)),
        place_mode=np.zeros(points, np.int8),
        place_before=np.zeros(points, np.bool_),
        place_worth=np.zeros(points, np.int64),
        goals=(Goal("demand", 0, own, points),),
        budget_cny=int(instance.cost.sum()),
    )


def within_reach(instance: Instance) -> Instance:
    """Without the demand that no site covers."""
    reached = np.flatnonzero(np.diff(instance.cover.indptr) > 0)
    return replace(instance, cover=instance.cover[reached], weight=instance.weight[reached])
