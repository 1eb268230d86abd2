"""When a place is covered: the points that decide for each place, under the standard chosen for it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import scipy.sparse as sp
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from dualgig.region.model import Region

COMMITTEE_RADIUS_M = 5000.0
"""A 4G site within this distance of the committee counts (``miit_4g``; MIIT universal-service pilot)."""

SETTLEMENT_HOUSEHOLDS = 20
"""Settlements of at least this many households count (``miit_4g``; MIIT universal-service pilot)."""

AREA_GRID_M = 250.0
"""Spacing of the points that stand for the area of a place under the standard ``area``."""

MIIT_KINDS = ("committee", "school", "clinic")


@dataclass(frozen=True)
class RadioTests:
    """What must hold for a place to have 5G; any test of a place suffices, for one operator.

    Attributes
    ----------
    points : pandas.DataFrame
        Radio points. Columns ``x_m``, ``y_m``, ``kind`` (a key point's kind, ``demand`` or
        ``area``), ``village``, ``township``, ``weight`` (people of a demand point, else 0), ``key``
        (id of the key point or demand point).
    place : ndarray of int32, shape (tests,)
        Row of the place: townships first, then villages, in the region's order.
    weights : scipy.sparse.csr_array of int64, shape (tests, points)
        Weight of each point in the test.
    need : ndarray of int64, shape (tests,)
        Weight of served points at which the test is passed.
    near : ndarray of bool, shape (tests,)
        The test asks for a site within `COMMITTEE_RADIUS_M` of its point, not for its RSRP.
    """

    points: pd.DataFrame
    place: NDArray[np.int32]
    weights: sp.csr_array
    need: NDArray[np.int64]
    near: NDArray[np.bool_]


def seat_villages(region: Region) -> dict[str, list[str]]:
    """The village units that make up each township's seat.

    The communities of the township; where it has none, the village at its seat; where the seat is
    not known, every village of the township.
    """
    villages = region.villages
    seats = region.keypoints[region.keypoints["kind"] == "seat"]
    shapes = villages.geometry.to_crs(region.metric_crs)
    seat_shapes = seats.geometry.to_crs(region.metric_crs)
    members: dict[str, list[str]] = {}
    for township in region.townships.index:
        own = villages.index[villages["township"] == township]
        communities = [str(v) for v in own if villages.at[v, "kind"] == "community"]
        here = seat_shapes[seats["township"] == township]
        if communities:
            members[township] = communities
        elif len(here) and len(own):
            distance = shapes.loc[own].distance(here.iloc[0])
            members[township] = [str(distance.index[int(np.argmin(distance.to_numpy()))])]
        else:
            members[township] = [str(v) for v in own]
    return members


def radio_tests(region: Region) -> RadioTests:
    """The 5G tests of every township and village, and the points that they look at.

    A village of which no committee, school or clinic is known is judged by its people
    (``population``), since the other standards have nothing to look at.
    """
    standards = region.project.standards
    points = _radio_points(region)
    seats = seat_villages(region)
    by_village = _members(points["village"])
    by_township = _members(points["township"])
    kind = points["kind"].to_numpy()
    of_township = points["village"].to_numpy() == ""
    people = points["weight"].to_numpy(dtype=np.int64)
    builder = _Builder(len(points))

    for row, township in enumerate(region.townships.index):
        own = by_township.get(township, np.empty(0, np.int64))
        seat = np.concatenate(
            [by_village.get(v, np.empty(0, np.int64)) for v in seats[township]] or [own[:0]]
        )
        if standards.township == "population":
            chosen = seat[kind[seat] == "demand"]
            builder.share(row, chosen, people[chosen], standards.population_share)
        elif standards.township == "area":
            chosen = own[(kind[own] == "area") & of_township[own]]
            builder.share(row, chosen, np.ones(len(chosen), np.int64), standards.area_share)
        else:
            builder.all_of(row, own[kind[own] == "seat"])

    first = len(region.townships)
    for row, village in enumerate(region.villages.index, start=first):
        own = by_village.get(village, np.empty(0, np.int64))
        committee = own[kind[own] == "committee"]
        standard = region.villages.at[village, "standard"] or standards.village
        key = own[np.isin(kind[own], MIIT_KINDS)]
        if not len(key) and standard in ("miit_5g", "miit_4g", "committee"):
            standard = "population"
        if standard == "population":
            chosen = own[kind[own] == "demand"]
            builder.share(row, chosen, people[chosen], standards.population_share)
        elif standard == "area":
            chosen = own[kind[own] == "area"]
            builder.share(row, chosen, np.ones(len(chosen), np.int64), standards.area_share)
        elif standard == "committee":
            builder.all_of(row, committee if len(committee) else key)
        elif standard == "miit_4g":
            settlements = own[kind[own] == "settlement"]
            large = points["households"].to_numpy()[settlements] >= SETTLEMENT_HOUSEHOLDS
            builder.all_of(row, np.concatenate([key, settlements[large]]))
            builder.all_of(row, committee[:1], near=True)
        else:
            builder.all_of(row, key)
    return builder.build(points)


def _members(labels: pd.Series) -> dict[str, NDArray[np.int64]]:
    """Rows of each label."""
    return {str(label): np.asarray(rows, np.int64) for label, rows in labels.groupby(labels).indices.items()}


class _Builder:
    """Collects tests row by row."""

    def __init__(self, points: int) -> None:
        self._points = points
        self._place: list[int] = []
        self._near: list[bool] = []
        self._need: list[int] = []
        self._members: list[NDArray[np.int64]] = []
        self._weights: list[NDArray[np.int64]] = []

    def all_of(self, place: int, members: NDArray[np.int64], *, near: bool = False) -> None:
        """Every member must be served; a place without members has no test."""
        self._add(place, members, np.ones(len(members), np.int64), len(members), near=near)

    def share(self, place: int, members: NDArray[np.int64], weights: NDArray[np.int64], share: float) -> None:
        """Members that weigh at least a share of all must be served."""
        total = int(weights.sum())
        self._add(place, members, weights, math.ceil(share * total - 1e-9), near=False)

    def _add(
        self, place: int, members: NDArray[np.int64], weights: NDArray[np.int64], need: int, *, near: bool
    ) -> None:
        if need <= 0:
            return
        positive = weights > 0
        self._place.append(place)
        self._near.append(near)
        self._need.append(need)
        self._members.append(members[positive])
        self._weights.append(weights[positive])

    def build(self, points: pd.DataFrame) -> RadioTests:
        """All tests as arrays."""
        sizes = [len(members) for members in self._members]
        indptr = np.concatenate([[0], np.cumsum(sizes, dtype=np.int64)])
        empty = np.empty(0, np.int64)
        weights = sp.csr_array(
            (np.concatenate([*self._weights, empty]), np.concatenate([*self._members, empty]), indptr),
            shape=(len(sizes), self._points),
        )
        weights.sort_indices()
        return RadioTests(
            points,
            np.array(self._place, np.int32),
            weights,
            np.array(self._need, np.int64),
            np.array(self._near, np.bool_),
        )


def _radio_points(region: Region) -> pd.DataFrame:
    """Key points, demand points and, where a standard needs them, area points, as one table."""
    township_of = region.villages["township"]
    key = region.keypoints
    demand = region.demand
    tables = []
    for table, kinds in ((key, key["kind"]), (demand, pd.Series("demand", index=demand.index))):
        xy = region.xy_m(table)
        tables.append(
            pd.DataFrame(
                {
                    "key": table.index.astype(str),
                    "x_m": xy[:, 0],
                    "y_m": xy[:, 1],
                    "kind": kinds.to_numpy(),
                    "village": table["village"].to_numpy(),
                    "township": table["township"].to_numpy(),
                    "weight": table["weight"].to_numpy() if table is demand else 0,
                    "households": table["households"].to_numpy() if table is key else 0,
                }
            )
        )
    tables.append(_area_points(region))
    points = pd.concat([table for table in tables if len(table)], ignore_index=True)
    missing = points["township"] == ""
    points.loc[missing, "township"] = points.loc[missing, "village"].map(township_of).fillna("")
    return points


def _area_points(region: Region) -> pd.DataFrame:
    """A regular grid of points over the places whose standard is ``area``."""
    standards = region.project.standards
    villages = region.villages
    chosen = villages["standard"].where(villages["standard"] != "", standards.village) == "area"
    tables = [_grid(region, villages[chosen], "village")]
    if standards.township == "area":
        tables.append(_grid(region, region.townships, "township"))
    return pd.concat(tables, ignore_index=True)


def _grid(region: Region, places: gpd.GeoDataFrame, column: str) -> pd.DataFrame:
    """Grid points inside polygons; a polygon smaller than a cell gets its representative point."""
    frames = []
    for place, shape in places.geometry.to_crs(region.metric_crs).items():
        west, south, east, north = shape.bounds
        x, y = np.meshgrid(
            np.arange(math.floor(west / AREA_GRID_M), math.ceil(east / AREA_GRID_M) + 1) * AREA_GRID_M,
            np.arange(math.floor(south / AREA_GRID_M), math.ceil(north / AREA_GRID_M) + 1) * AREA_GRID_M,
        )
        inside = shapely.contains_xy(shape, x.ravel(), y.ravel())
        xy = np.column_stack([x.ravel()[inside], y.ravel()[inside]])
        if not len(xy):
            point = shape.representative_point()
            xy = np.array([[point.x, point.y]])
        frame = pd.DataFrame({"x_m": xy[:, 0], "y_m": xy[:, 1]})
        frame["key"] = [f"{place}:{number}" for number in range(len(xy))]
        frame["kind"] = "area"
        frame["village"] = str(place) if column == "village" else ""
        frame["township"] = str(place) if column == "township" else ""
        frame["weight"] = 0
        frame["households"] = 0
        frames.append(frame)
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def operators_of_goal(region: Region) -> Sequence[str]:
    """Operators whose coverage counts: all of the project's, or the one that it names."""
    chosen = region.project.standards.operator
    return region.project.operators if chosen in ("any", "each") else (chosen,)
