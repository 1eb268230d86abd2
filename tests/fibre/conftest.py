"""Small road graphs and regions for the fibre tests, in metres round (0, 0) of a local projection."""

import geopandas as gpd
import numpy as np
import pytest
from pyproj import CRS
from shapely import Point

from dualgig.project import Project
from dualgig.region.model import BUILD_TYPES, Region, RoadGraph, Terrain
from dualgig.region.schema import TABLES

METRIC = CRS.from_epsg(32650)
ORIGIN_M = np.array([500_000.0, 3_055_000.0])
PRICES = {"trench_aerial_km": 34_000, "trench_buried_km": 80_000, "trench_duct_km": 395_000}


@pytest.fixture(scope="session")
def make_roads():
    """A factory: `make_roads(points, edges)`; an edge is (tail, head, build type, *bends)."""

    def make(points, edges):
        rows = []
        for one, other, build, *bends in edges:
            line = np.array([points[one], *bends, points[other]], dtype=float)
            tail, head = (one, other) if one < other else (other, one)
            rows.append((tail, head, BUILD_TYPES.index(build), line if one < other else line[::-1]))
        rows.sort(key=lambda row: row[:2])
        x_m, y_m = np.array(points, dtype=float).T
        return RoadGraph(
            x_m,
            y_m,
            np.array([row[0] for row in rows], dtype=np.int32),
            np.array([row[1] for row in rows], dtype=np.int32),
            np.array([np.hypot(*np.diff(row[3], axis=0).T).sum() for row in rows]),
            np.array([row[2] for row in rows], dtype=np.int8),
            tuple(row[3] for row in rows),
        )

    return make


def _project(fibre, decisions):
    return Project.model_validate(
        {
            "project": {"name": "fibre"},
            "inputs": {
                "townships": {"path": "t.gpkg"},
                "villages": {"path": "villages.csv"},
                "terrain": {"path": "d.tif"},
                "sites": {"path": "s.csv"},
            },
            "configurations": [{"id": "a", "operator": "a", "bands": ["n28"]}],
            "fibre": fibre,
            "decisions": decisions,
            "costs": {
                "prices": {
                    line: {"amount_cny": amount, "unit": "km", "year": 2020, "source": "tests"}
                    for line, amount in PRICES.items()
                }
            },
            "budget": {"total_cny": 1_000_000},
        }
    )


def _table(name, rows):
    columns = TABLES[name].columns
    filled = [{key: column.default for key, column in columns.items()} | row for row in rows]
    at = [Point(ORIGIN_M + row["at"]) for row in rows]
    data = {key: [row[key] for row in filled] for key in columns}
    table = gpd.GeoDataFrame(data, geometry=gpd.GeoSeries(at, crs=METRIC).to_crs(4326), crs=4326)
    return table.set_index("id")


@pytest.fixture(scope="session")
def make_region():
    """A factory of regions.

    `make_region(roads, villages, nodes, keypoints=(), fibre={}, decisions={})`: rows are dicts of
    the tables' columns with ``at``, metres in the roads' coordinates.
    """

    def make(roads, villages, nodes, *, keypoints=(), fibre=None, decisions=None):
        villages = [{"name": row["id"], "population": 260, **row} for row in villages]
        if roads is not None:
            roads = RoadGraph(
                roads.x_m + ORIGIN_M[0],
                roads.y_m + ORIGIN_M[1],
                roads.tail,
                roads.head,
                roads.length_m,
                roads.build,
                tuple(line + ORIGIN_M for line in roads.xy),
            )
        empty = {name: _table(name, []) for name in TABLES if TABLES[name].geometry}
        return Region(
            project=_project(fibre or {}, decisions or {}),
            townships=empty["townships"],
            villages=_table("villages", villages),
            keypoints=_table("keypoints", list(keypoints)),
            demand=empty["demand"],
            sites=empty["sites"],
            nodes=_table("nodes", list(nodes)),
            status=empty["exclusions"],
            exclusions=empty["exclusions"],
            terrain=Terrain(np.zeros((2, 2), np.float32), 0.0, 0.0, 90.0, METRIC),
            roads=roads,
            metric_crs=METRIC,
            inputs={},
        )

    return make
