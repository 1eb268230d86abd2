"""A made-up province of any size as a `Plan`, for the benchmarks of what people look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from dualgig.plan import Plan
from dualgig.project import SERVICES, Project
from dualgig.region.model import Region, Terrain

if TYPE_CHECKING:
    from numpy.typing import NDArray

METRIC = CRS.from_epsg(4549)
WEST_M, SOUTH_M, CELL_M = 300_000.0, 3_050_000.0, 2_300.0
EDGE_POINTS = 16
"""Vertices that each side of a village adds to its outline."""

BLOCK = 4
"""Villages across a township, in both directions."""

CONFIGURATIONS = (("op-n28", "Operator A", ["n28"]), ("op-n41", "Operator B", ["n41"]))


def make_province(columns: int, rows: int, sites: int, seed: int) -> Plan:
    """A plan of ``columns * rows`` villages with ``4 * EDGE_POINTS + 1`` vertices each, and so many sites.

    Villages are the cells of a bent grid with rough sides, which neighbours share exactly; townships
    are blocks of them, counties blocks of townships.

    Parameters
    ----------
    columns, rows
        Villages across and up; both divisible by `BLOCK`.
    sites
        Sites, all of them on air with the plan.
    seed
        Of every random choice.
    """
    rng = np.random.default_rng(seed)
    sides = _sides(columns, rows, rng)
    column, row = (part.ravel() for part in np.meshgrid(np.arange(columns), np.arange(rows)))
    village_shapes = _blocks(sides, column, row, 1)
    town_column, town_row = (
        part.ravel() for part in np.meshgrid(np.arange(columns // BLOCK), np.arange(rows // BLOCK))
    )
    town_shapes = _blocks(sides, town_column * BLOCK, town_row * BLOCK, BLOCK)
    town_of = (row // BLOCK) * (columns // BLOCK) + column // BLOCK
    townships = _townships(town_shapes, town_column, town_row)
    villages = _villages(village_shapes, townships, town_of, rng)
    table = _sites(shapely.centroid(village_shapes), townships, town_of, sites, rng)
    project = _project()
    region = Region(
        project=project,
        townships=townships,
        villages=villages,
        keypoints=_empty(["name", "village", "township", "kind", "households"]),
        demand=_empty(["village", "township", "weight"]),
        sites=table,
        nodes=_empty([]),
        status=_empty([]),
        exclusions=_empty(["name", "kind"]),
        terrain=_terrain(columns, rows, rng),
        roads=None,
        metric_crs=METRIC,
        inputs={},
    )
    nodes = _empty(["name", "state", "decision", "kind", "cost_cny", "villages"])
    routes = _empty(["node", "village", "build", "length_km", "new_km", "cost_cny"])
    _judge(townships, rng)
    townships["fragile"] = False
    _judge(villages, rng)
    _serve(villages, table, rng)
    return Plan(
        region=region,
        status="work_limit",
        duty="undecided",
        shortage_cny=0,
        budget_cny=10**10,
        gap=0.0042,
        scoreboard=(),
        stages=(),
        townships=townships,
        villages=villages,
        sites=table,
        nodes=nodes,
        routes=routes,
        cost_lines=pd.DataFrame({"amount_cny": [9 * 10**9]}),
        gaps=pd.DataFrame(),
        conflicts=pd.DataFrame(),
        coverage={},
    )


def _sides(
    columns: int, rows: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rough sides from west to east, shape (rows + 1, columns, points, 2), and from south to north."""
    x, y = np.meshgrid(np.arange(columns + 1.0), np.arange(rows + 1.0))
    corners = np.stack([x, y], axis=-1)
    corners += 0.22 * rng.uniform(-1, 1, corners.shape)
    corners += np.stack([1.5 * np.sin(y / 9), 1.5 * np.sin(x / 11)], axis=-1)
    corners = np.array([WEST_M, SOUTH_M]) + CELL_M * corners
    return _rough(corners[:, :-1], corners[:, 1:], rng), _rough(corners[:-1], corners[1:], rng)


def _rough(
    start: NDArray[np.float64], end: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Lines from start to just before end, bent by midpoint displacement."""
    line = np.stack([start, end], axis=-2)
    reach = 0.16
    while line.shape[-2] <= EDGE_POINTS:
        middle = (line[..., 1:, :] + line[..., :-1, :]) / 2
        span = np.linalg.norm(np.diff(line, axis=-2), axis=-1, keepdims=True)
        middle += reach * span * rng.uniform(-1, 1, middle.shape)
        bent = np.empty((*line.shape[:-2], 2 * line.shape[-2] - 1, 2))
        bent[..., 0::2, :], bent[..., 1::2, :] = line, middle
        line = bent
    return line[..., :-1, :]


def _blocks(
    sides: tuple[NDArray[np.float64], NDArray[np.float64]],
    column: NDArray[np.intp],
    row: NDArray[np.intp],
    size: int,
) -> NDArray[np.object_]:
    """Outlines in degrees of blocks of ``size`` by ``size`` cells."""
    across, up = sides
    reach = np.arange(size)
    n = len(column)

    def along(lines: NDArray[np.float64]) -> NDArray[np.float64]:
        return lines.reshape(n, -1, 2)

    south = along(across[row[:, None], column[:, None] + reach])
    east = along(up[row[:, None] + reach, column[:, None] + size])
    north = along(across[row[:, None] + size, column[:, None] + reach])
    west = along(up[row[:, None] + reach, column[:, None]])

    def back(line: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.concatenate([end[:, :1], line[:, :0:-1]], axis=1)

    # A side leaves its last vertex to the next one; backwards that is the far corner.
    far = _corner(across, up, row + size, column + size)
    north_west = _corner(across, up, row + size, column)
    ring = np.concatenate([south, east, back(north, far), back(west, north_west), south[:, :1]], axis=1)
    shapes = shapely.polygons(ring)
    return np.asarray(gpd.GeoSeries(shapes, crs=METRIC).to_crs(4326).to_numpy())


def _corner(
    across: NDArray[np.float64], up: NDArray[np.float64], row: NDArray[np.intp], column: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Corners of the grid, shape (corners, 1, 2); those at the far edges continue the last side."""
    rows, columns = across.shape[0] - 1, across.shape[1]
    inner = across[row, np.minimum(column, columns - 1), 0]
    above = up[np.minimum(row, rows - 1), column, 0]
    corner = np.where((column < columns)[:, None], inner, above)
    last = (column == columns) & (row == rows)
    beyond = 2 * across[rows, columns - 1, -1] - across[rows, columns - 1, -2]
    return np.asarray(np.where(last[:, None], beyond, corner)[:, None, :])


def _townships(
    shapes: NDArray[np.object_], column: NDArray[np.intp], row: NDArray[np.intp]
) -> gpd.GeoDataFrame:
    county = (row // 4) * 100 + column // 4
    return gpd.GeoDataFrame(
        {
            "name": [f"{'青云石林竹'[i % 5]}{'山溪门岭田'[i // 5 % 5]}{i}镇" for i in range(len(shapes))],
            "county": [f"第{c}县" for c in county],
            "group": np.where(county % 3 == 0, "山区县", "其他县"),
            "kind": "township",
            "population": 40_000,
        },
        index=pd.Index([f"33{i:07d}" for i in range(len(shapes))], name="id"),
        geometry=shapes,
        crs=4326,
    )


def _villages(
    shapes: NDArray[np.object_],
    townships: gpd.GeoDataFrame,
    town_of: NDArray[np.intp],
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    n = len(shapes)
    towns = townships.index.to_numpy()[town_of]
    serial = pd.Series(towns).groupby(towns).cumcount()
    return gpd.GeoDataFrame(
        {
            "name": [f"{'上下东西南北大小新老'[i % 10]}{'坑岭溪田坪源'[i // 10 % 6]}{i}村" for i in range(n)],
            "township": towns,
            "kind": np.where(rng.uniform(size=n) < 0.2, "community", "village"),
            "priority": rng.uniform(size=n) < 0.2,
            "eligible": rng.uniform(size=n) < 0.6,
            "population": rng.integers(100, 5000, n),
        },
        index=pd.Index([f"{town}{200 + k}" for town, k in zip(towns, serial, strict=True)], name="id"),
        geometry=shapes,
        crs=4326,
    )


def _sites(
    centres: NDArray[np.object_],
    townships: gpd.GeoDataFrame,
    town_of: NDArray[np.intp],
    n: int,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Sites scattered round the villages, in the villages' order as in a real register."""
    village = np.sort(rng.integers(0, len(centres), n))
    xy = shapely.get_coordinates(centres)[village] + rng.normal(0.0, 0.006, (n, 2))
    state = rng.choice(["existing", "upgraded", "new"], n, p=[0.7, 0.15, 0.15])
    new = state == "new"
    names = townships["name"].to_numpy()[town_of[village]]
    return gpd.GeoDataFrame(
        {
            "name": [f"{name}{i}号站" for i, name in enumerate(names)],
            "structure": np.where(new, "new", "existing"),
            "operators": [() if one else ("Operator A",) for one in new],
            "on_air": [() if one else ("op-n28",) for one in new],
            "mast_m": rng.choice([25.0, 30.0, 35.0, 40.0, 45.0], n),
            "azimuths": [()] * n,
            "tilt": [()] * n,
            "decision": rng.choice(["free", "locked"], n, p=[0.98, 0.02]),
            "state": state,
            "built": np.select([new, state == "upgraded"], ["op-n28", "op-n41"], ""),
            "operator": np.where(state == "upgraded", "Operator A;Operator B", "Operator A"),
            "bands": np.where(state == "upgraded", "n28;n41", "n28"),
            "cost_cny": np.where(state == "existing", 0, rng.integers(90, 600, n) * 1000),
            "villages": rng.integers(0, 4, n),
            "alone": rng.integers(0, 2, n),
        },
        index=pd.Index([f"ZJ-{i:06d}" for i in range(n)], name="id"),
        geometry=gpd.points_from_xy(xy[:, 0], xy[:, 1]),
        crs=4326,
    )


def _judge(table: gpd.GeoDataFrame, rng: np.random.Generator) -> None:
    """Before, after, duty, reason and price of each place and service."""
    n = len(table)
    for service in SERVICES:
        before = rng.uniform(size=n) < 0.55
        after = before | (rng.uniform(size=n) < 0.8)
        table[f"before_{service}"], table[f"after_{service}"] = before, after
        table[f"duty_{service}"] = rng.uniform(size=n) < 0.4
        table[f"source_{service}"] = np.where(rng.uniform(size=n) < 0.1, "ledger", "predicted")
        reasons = (
            ["terrain", "budget", "no_candidate"]
            if service == "5g"
            else ["budget", "optical_budget", "no_road"]
        )
        table[f"reason_{service}"] = np.where(after, "", rng.choice(reasons, n))
        priced = ~after & (table[f"reason_{service}"] == "budget").to_numpy()
        cost = pd.array(np.where(priced, rng.integers(80, 2000, n) * 1000, 0), dtype="Int64")
        cost[~priced] = pd.NA
        table[f"cost_{service}_cny"] = cost


def _serve(villages: gpd.GeoDataFrame, sites: gpd.GeoDataFrame, rng: np.random.Generator) -> None:
    n = len(villages)
    villages["server"] = sites.index.to_numpy()[rng.integers(0, len(sites), n)]
    villages["rsrp_dbm"] = np.round(rng.uniform(-118, -70, n), 1)
    villages["margin_db"] = villages["rsrp_dbm"] + 105.0
    villages["fragile"] = villages["after_5g"] & (rng.uniform(size=n) < 0.03)
    villages["fails"] = np.where(villages["after_5g"], "", "committee;school")
    villages["olt"] = ""
    villages["cable_km"] = np.round(rng.uniform(0.2, 15, n), 2)


def _terrain(columns: int, rows: int, rng: np.random.Generator) -> Terrain:
    """Smooth hills on cells of 900 m, beyond the outermost village."""
    cell = 900.0
    height_cells, width_cells = int((rows + 8) * CELL_M / cell), int((columns + 8) * CELL_M / cell)
    x, y = np.meshgrid(np.arange(width_cells) / 9, np.arange(height_cells) / 9)
    height = np.zeros_like(x) + sum(
        300 / k * np.sin(k * x + rng.uniform(0, 6)) * np.cos(k * y + rng.uniform(0, 6)) for k in (1, 2, 4)
    )
    north = SOUTH_M + (rows + 4) * CELL_M
    return Terrain((700 + height).astype(np.float32), WEST_M - 4 * CELL_M, north, cell, METRIC)


def _empty(columns: list[str]) -> gpd.GeoDataFrame:
    table = pd.DataFrame(
        {column: pd.Series(dtype=object) for column in columns}, index=pd.Index([], name="id")
    )
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries([], crs=4326), crs=4326)


def _project() -> Project:
    layer = {"path": "made-up.gpkg"}
    return Project.model_validate(
        {
            "project": {
                "name": "province",
                "title": "Made-up province",
                "language": "zh",
                "metric_crs": "EPSG:4549",
            },
            "inputs": {"townships": layer, "villages": layer, "terrain": layer, "sites": layer},
            "configurations": [{"id": i, "operator": o, "bands": b} for i, o, b in CONFIGURATIONS],
            "budget": {"total_cny": 10**10},
        }
    )
