"""Layers against each other: swapped axes that only show beside the townships, and far roads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from dualgig.region.shapes import points_m

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS

    from dualgig.project import Project
    from dualgig.region.findings import Findings
    from dualgig.region.model import RoadGraph
    from dualgig.region.validate import Checked

BESIDE_DEG = 2.0
"""A layer whose points are all farther than this from the townships is not about the same place."""


def check_axes(table: Checked, townships: Checked, findings: Findings) -> None:
    """Note a layer that would lie over the townships if its two coordinates were swapped.

    Latitudes beyond 90 degrees are found when the file is read; elsewhere on Earth (10E 50N against
    50E 10N) only the townships tell.
    """
    bounds = table.frame.geometry.bounds.to_numpy()
    bounds = bounds[np.isfinite(bounds).all(axis=1)]
    if table is townships or not len(bounds):
        return
    west, south, east, north = townships.frame.total_bounds
    low, high = np.array([west, south]) - BESIDE_DEG, np.array([east, north]) + BESIDE_DEG

    def beside(corners: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.asarray(((corners >= low) & (corners <= high)).all(axis=1))

    if beside(bounds[:, [0, 1]]).any():
        return
    if beside(bounds[:, [1, 0]]).all():
        findings.error(
            table.file,
            None,
            "",
            f"longitude and latitude look swapped: the layer lies far from the townships of {townships.file}, "
            "and over them when the two change places.",
            "Swap the two columns, or swap their names in columns = { ... } of the project file.",
        )
    else:
        findings.error(
            table.file,
            None,
            "",
            f"nothing of the layer lies near the townships of {townships.file}.",
            "Check the CRS of both, and that both are about the same place.",
        )


def road_distance_m(roads: RoadGraph | None, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of points to the nearest road, metres.

    Parameters
    ----------
    roads
        Road graph, or ``None``.
    xy_m
        Points, shape (n, 2), in the graph's CRS; NaN is infinitely far.

    Returns
    -------
    ndarray of float64, shape (n,)
        Infinite everywhere without roads.
    """
    distance = np.full(len(xy_m), np.inf)
    present = np.flatnonzero(~np.isnan(xy_m).any(axis=1))
    if roads is None or not len(roads.xy) or not len(present):
        return distance
    tree = shapely.STRtree([shapely.LineString(line) for line in roads.xy])
    points = np.asarray(shapely.points(xy_m[present]))
    (which, _), metres = tree.query_nearest(points, return_distance=True)
    distance[present[which]] = metres
    return distance


def check_roads(
    roads: RoadGraph,
    project: Project,
    tables: dict[str, Checked],
    keypoints: gpd.GeoDataFrame,
    metric_crs: CRS,
    findings: Findings,
) -> None:
    """Warn of villages and nodes that no cable can reach, being too far from every road.

    Parameters
    ----------
    roads
        Road graph in ``metric_crs``.
    project
        The project; ``fibre.snap_m`` is how far is too far.
    tables
        Checked tables by name; villages and nodes are looked at.
    keypoints
        Key points with their villages; a village is joined at its committee.
    metric_crs
        Projected CRS in metres.
    findings
        Takes a warning for each of the two tables.
    """
    committees = keypoints[keypoints["kind"] == "committee"].sort_index().drop_duplicates("village")
    of_village = committees.set_index("village").geometry
    snap_m = project.fibre.snap_m
    for name in ("villages", "nodes"):
        table = tables.get(name)
        if table is None:
            continue
        points = table.frame.geometry
        if name == "villages":
            joined = of_village.reindex(points.index)
            points = gpd.GeoSeries(joined.where(~joined.isna(), points), crs=points.crs)
        xy = points_m(points, metric_crs)
        far = np.flatnonzero((road_distance_m(roads, xy) > snap_m) & ~np.isnan(xy).any(axis=1)).tolist()
        if far:
            findings.warn(
                table.file,
                table.row(far[0]),
                "",
                f"{len(far)} of the {name} lie farther than {snap_m:g} m from every road, the first in this row.",
                "Complete the roads, or raise fibre.snap_m.",
            )
