"""Proposed radio sites: village committees and ridge tops near roads, thinned, outside exclusions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.ndimage import maximum_filter
from scipy.spatial import cKDTree

from dualgig.region.coordinates import WGS84
from dualgig.region.decisions import inside_any
from dualgig.region.nearby import road_distance_m
from dualgig.region.places import locate
from dualgig.region.shapes import points_m
from dualgig.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray
    from pyproj import CRS

    from dualgig.project import Project
    from dualgig.region.model import RoadGraph, Terrain

RIDGE_RELIEF_M = 30.0
"""A ridge top stands at least this high over the median ground of its window; plains have none."""


def propose_sites(
    project: Project,
    sites: gpd.GeoDataFrame,
    keypoints: gpd.GeoDataFrame,
    townships: gpd.GeoDataFrame,
    exclusions: gpd.GeoDataFrame,
    terrain: Terrain,
    roads: RoadGraph | None,
    metric_crs: CRS,
) -> gpd.GeoDataFrame:
    """New sites that DualGig proposes beside the given ones.

    Committees come first, in their order, then ridge tops from the highest down; each is taken when
    it is at least ``spacing_m`` from those taken before and at least half of that from every given
    site. None lies inside an exclusion, outside the townships, or off the terrain. A ridge top is a
    cell that no other within ``ridge_window_m`` overtops, stands `RIDGE_RELIEF_M` over the median
    of its window, and lies within ``road_distance_m`` of a road; without roads there are none.

    The mains to extend and the access track to build are both estimated as the straight line to
    the nearest road, since rural lines follow the roads; without roads they are 0.

    Parameters
    ----------
    project
        The project; its section ``candidates`` holds the rules.
    sites
        The given sites.
    keypoints
        Key points, among them the committees.
    townships, exclusions
        Polygons; either table in EPSG:4326.
    terrain
        Elevation model in ``metric_crs``.
    roads
        Road graph in ``metric_crs``, or ``None``.
    metric_crs
        Projected CRS in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        Rows of the table ``sites`` with ids ``gen-0001``, ...; may be empty.
    """
    rules = project.candidates
    committees = keypoints[keypoints["kind"] == "committee"]
    at_committees = points_m(committees.geometry, metric_crs)
    tops, top_m = ridge_tops(terrain, rules.ridge_window_m)
    tops_road_m = road_distance_m(roads, tops)
    near = tops_road_m <= rules.road_distance_m
    tops, top_m = tops[near], top_m[near]
    language = project.project.language
    names = [name or village for name, village in zip(committees["name"], committees["village"], strict=True)]
    names += [say(language, "region.ridge", height=round(float(height))) for height in top_m]
    xy = np.concatenate([at_committees, tops])
    allowed = locate(xy, townships.geometry.to_crs(metric_crs).to_numpy()) >= 0
    allowed &= ~inside_any(xy, exclusions, metric_crs)
    allowed &= ~np.isnan(terrain.sample(xy[:, 0], xy[:, 1]))
    given = points_m(sites.geometry, metric_crs)
    if len(given):
        allowed &= cKDTree(given).query(xy)[0] >= rules.spacing_m / 2 if len(xy) else True
    kept = np.flatnonzero(allowed)
    kept = kept[thin(xy[kept], rules.spacing_m)]
    return _table(project, sites, [names[position] for position in kept], xy[kept], roads, metric_crs)


def ridge_tops(terrain: Terrain, window_m: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Cells that no other cell within a radius overtops, from the highest down.

    Parameters
    ----------
    terrain
        Elevation model.
    window_m
        Radius, metres.

    Returns
    -------
    xy_m, height_m
        Centres, shape (n, 2), and heights, shape (n,). Cells less than the radius from the edge of
        the model are left out: what stands beyond is not known.
    """
    height = np.where(np.isnan(terrain.height_m), -np.inf, terrain.height_m)
    radius = max(1, int(window_m / terrain.cell_m))
    rows, columns = height.shape
    if min(rows, columns) <= 2 * radius:
        return np.empty((0, 2)), np.empty(0)
    # The square inside the disc is cheap to filter and keeps every top of the disc; few cells are left
    # for the disc itself.
    half = int(radius / np.sqrt(2))
    peak = np.isfinite(height) & (
        height == maximum_filter(height, size=2 * half + 1, mode="constant", cval=-np.inf)
    )
    peak[:radius] = peak[rows - radius :] = False
    peak[:, :radius] = peak[:, columns - radius :] = False
    across = np.arange(-radius, radius + 1)
    disc = across[:, None] ** 2 + across**2 <= radius**2
    tops = []
    for row, column in np.argwhere(peak):
        window = height[row - radius : row + radius + 1, column - radius : column + radius + 1][disc]
        ground = window[np.isfinite(window)]
        top = height[row, column]
        if top >= ground.max() and top - np.median(ground) >= RIDGE_RELIEF_M:
            tops.append((row, column))
    if not tops:
        return np.empty((0, 2)), np.empty(0)
    row, column = np.array(tops).T
    top_m = height[row, column].astype(np.float64)
    order = np.lexsort((column, row, -top_m))
    xy = np.column_stack([terrain.west_m + column * terrain.cell_m, terrain.north_m - row * terrain.cell_m])
    return xy[order], top_m[order]


def thin(xy_m: NDArray[np.float64], spacing_m: float) -> NDArray[np.int64]:
    """Positions of the points kept when each must be a spacing away from those kept before it.

    Parameters
    ----------
    xy_m
        Points in the order of their rank, shape (n, 2), metres.
    spacing_m
        Least distance, metres.
    """
    if not len(xy_m):
        return np.empty(0, dtype=np.int64)
    neighbours = cKDTree(xy_m).query_ball_point(xy_m, np.nextafter(spacing_m, 0.0))
    kept = np.zeros(len(xy_m), dtype=np.bool_)
    for position, around in enumerate(neighbours):
        kept[position] = not kept[around].any()
    return np.flatnonzero(kept)


def _table(
    project: Project,
    sites: gpd.GeoDataFrame,
    names: list[str],
    xy: NDArray[np.float64],
    roads: RoadGraph | None,
    metric_crs: CRS,
) -> gpd.GeoDataFrame:
    road_km = np.round(road_distance_m(roads, xy) / 1000.0, 3)
    road_km[~np.isfinite(road_km)] = 0.0
    nothing = np.empty(len(xy), dtype=object)
    for position in range(len(xy)):
        nothing[position] = ()
    frame = pd.DataFrame(
        {
            "name": names,
            "structure": "new",
            "kind": "tower",
            "operators": nothing,
            "on_air": nothing,
            "mast_m": project.candidates.mast_m,
            "azimuths": nothing,
            "tilt": nothing,
            "pci": nothing,
            "decision": "free",
            "power_km": road_km,
            "track_km": road_km,
            "transport": "microwave",
        },
        index=pd.Index(_free_ids(sites.index, len(xy)), name="id", dtype="str"),
    )
    points = gpd.GeoSeries(shapely.points(xy), index=frame.index, crs=metric_crs).to_crs(WGS84)
    table = gpd.GeoDataFrame(frame, geometry=points, crs=WGS84)
    return table[sites.columns].astype(sites.dtypes.to_dict())


def _free_ids(taken: Iterable[str], count: int) -> list[str]:
    """``gen-0001`` and so on, passing over ids that are taken."""
    used = set(taken)
    ids: list[str] = []
    number = 0
    while len(ids) < count:
        number += 1
        if (name := f"gen-{number:04d}") not in used:
            ids.append(name)
    return ids
