"""Demand points: people as whole numbers at places, that add up to each village's population."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from dualgig.region.coordinates import WGS84
from dualgig.region.places import locate, village_at
from dualgig.region.raster import read_raster
from dualgig.region.validate import empty_table

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pyproj import CRS
    from shapely.geometry.base import BaseGeometry

    from dualgig.project import Project
    from dualgig.region.findings import Findings
    from dualgig.region.raster import Grid

POINTS_PER_VILLAGE = 12
"""Grid points that stand for a village's people where nothing says where they live."""


def apportion(shares: NDArray[np.float64], total: int) -> NDArray[np.int64]:
    """Split a whole number in proportion to shares, exactly (largest remainder, Hamilton's method).

    Parameters
    ----------
    shares
        Not negative, shape (n,), not all 0.
    total
        What to split, not negative.

    Returns
    -------
    ndarray of int64, shape (n,)
        Adds up to ``total``; of equal remainders the earlier one is served first.
    """
    exact = shares / shares.sum() * total
    parts = np.floor(exact).astype(np.int64)
    missing = total - int(parts.sum())
    parts[np.argsort(-(exact - parts), kind="stable")[:missing]] += 1
    return parts


def spread_demand(villages: gpd.GeoDataFrame, seed: int, metric_crs: CRS) -> gpd.GeoDataFrame:
    """People of each village spread evenly over its polygon.

    A regular grid of about `POINTS_PER_VILLAGE` points, its offset drawn from the seed and the
    village's id, so that a village keeps its points whatever stands beside it in the file. A
    village that is a point has its people there; one without people has no demand point.

    Parameters
    ----------
    villages
        Villages with township and population.
    seed
        Seed of the project.
    metric_crs
        Projected CRS in metres.

    Returns
    -------
    geopandas.GeoDataFrame
        The table ``demand``.
    """
    shapes = villages.geometry.to_crs(metric_crs).to_numpy()
    xy: list[NDArray[np.float64]] = [np.empty((0, 2))]
    weights: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
    owner: list[NDArray[np.int64]] = [np.empty(0, dtype=np.int64)]
    for position, (village, people) in enumerate(
        zip(villages.index, villages["population"].tolist(), strict=True)
    ):
        if people <= 0 or shapes[position] is None:
            continue
        points = _grid(
            shapes[position], min(POINTS_PER_VILLAGE, people), [seed, zlib.crc32(str(village).encode())]
        )
        parts = apportion(np.ones(len(points)), people)
        xy.append(points[parts > 0])
        weights.append(parts[parts > 0])
        owner.append(np.full(int((parts > 0).sum()), position, dtype=np.int64))
    return _table(np.concatenate(xy), np.concatenate(weights), np.concatenate(owner), villages, metric_crs)


def _grid(shape: BaseGeometry, count: int, seed: list[int]) -> NDArray[np.float64]:
    """Points of a square grid inside a polygon, about ``count`` of them, at least one; shape (n, 2)."""
    centre = shapely.point_on_surface(shape)
    if shape.geom_type == "Point" or count == 1:
        return np.array([[centre.x, centre.y]])
    spacing = math.sqrt(shape.area / count)
    west, south, east, north = shape.bounds
    shift_x, shift_y = np.random.default_rng(seed).random(2) * spacing
    x, y = np.meshgrid(np.arange(west + shift_x, east, spacing), np.arange(south + shift_y, north, spacing))
    inside = shapely.contains_xy(shape, x.ravel(), y.ravel())
    points = np.column_stack([x.ravel()[inside], y.ravel()[inside]])
    return points if len(points) else np.array([[centre.x, centre.y]])


def demand_from_raster(
    project: Project,
    villages: gpd.GeoDataFrame,
    townships: gpd.GeoDataFrame,
    counted: NDArray[np.bool_],
    metric_crs: CRS,
    findings: Findings,
) -> tuple[gpd.GeoDataFrame, NDArray[np.int64], int] | None:
    """People of each village at the populated cells of a raster.

    A cell belongs to the village whose polygon holds its centre, or, where villages are points, to
    the nearest one of the township that holds it. Where a village has a population of its own,
    the cells share it; where not, the cells count it. A village without a populated cell is spread
    over its polygon.

    Parameters
    ----------
    project
        A project that gives ``inputs.population``.
    villages
        Villages with township and population.
    townships
        Townships.
    counted
        bool, shape (villages,): the population is not given, so that the raster counts it.
    metric_crs
        Projected CRS in metres.
    findings
        Takes what is wrong with the raster.

    Returns
    -------
    tuple or None
        The table ``demand``; the villages' population, int64; the raster's cells. ``None`` where the
        raster cannot be used.
    """
    west, south, east, north = (float(value) for value in villages.total_bounds)
    margin = 0.05
    grid = read_raster(
        project, "population", (west - margin, south - margin, east + margin, north + margin), findings
    )
    if grid is None:
        return None
    xy, people = _populated_cells(grid, metric_crs)
    town = locate(xy, townships.geometry.to_crs(metric_crs).to_numpy())
    owner = village_at(xy, town, villages, townships.index.tolist(), metric_crs)
    population = villages["population"].to_numpy(dtype=np.int64, copy=True)
    order = np.argsort(owner, kind="stable")
    order = order[owner[order] >= 0]
    starts = np.searchsorted(owner[order], np.arange(len(villages) + 1))
    weights = np.zeros(len(xy), dtype=np.int64)
    without = np.ones(len(villages), dtype=np.bool_)
    for position in range(len(villages)):
        cells = order[starts[position] : starts[position + 1]]
        if not len(cells):
            continue
        without[position] = False
        if counted[position]:
            population[position] = round(float(people[cells].sum()))
        weights[cells] = apportion(people[cells], int(population[position]))
    kept = order[weights[order] > 0]
    table = _table(xy[kept], weights[kept], owner[kept], villages, metric_crs)
    rest = villages.assign(population=population)[without]
    spread = spread_demand(rest, project.project.seed, metric_crs)
    if len(spread):
        table = pd.concat([table, spread])
    return table, population, grid.cells


def _populated_cells(grid: Grid, metric_crs: CRS) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centres (shape (n, 2), metres) and people of the cells that hold any."""
    row, column = np.nonzero(np.nan_to_num(grid.band, nan=0.0) > 0)
    xy = grid.xy(column + 0.5, row + 0.5)
    transformer = Transformer.from_crs(grid.crs, metric_crs, always_xy=True)
    return np.column_stack(transformer.transform(xy[:, 0], xy[:, 1])), grid.band[row, column].astype(
        np.float64
    )


def _table(
    xy: NDArray[np.float64],
    weights: NDArray[np.int64],
    owner: NDArray[np.int64],
    villages: gpd.GeoDataFrame,
    metric_crs: CRS,
) -> gpd.GeoDataFrame:
    """Demand points grouped by village, numbered within it."""
    if not len(xy):
        return empty_table("demand")
    numbers = np.arange(len(owner)) - np.searchsorted(owner, owner) + 1
    village = villages.index.to_numpy()[owner]
    ids = [f"{v}-{n:04d}" for v, n in zip(village, numbers, strict=True)]
    frame = pd.DataFrame(
        {"village": village, "township": villages["township"].to_numpy()[owner], "weight": weights},
        index=pd.Index(ids, name="id", dtype="str"),
    ).astype({"village": "str", "township": "str"})
    points = gpd.GeoSeries(shapely.points(xy), index=frame.index, crs=metric_crs).to_crs(WGS84)
    return gpd.GeoDataFrame(frame, geometry=points, crs=WGS84)
