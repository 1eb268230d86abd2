"""``plan.gpkg``: the plan's tables as layers for QGIS and PostGIS, with codes instead of words."""

from __future__ import annotations

import errno
import shutil
import sqlite3
import warnings
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from dualgig.export.datum import WGS84_DATUM, middle_lon
from dualgig.export.qgis import add_qgis
from dualgig.export.styles import DRAW_ORDER
from dualgig.export.tables import joined

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from dualgig.export.datum import Datum
    from dualgig.plan import Plan

KINDS = {
    "townships": "MultiPolygon",
    "villages": "MultiPolygon",
    "sites": "Point",
    "nodes": "Point",
    "routes": "LineString",
    "gaps": "Point",
}
"""Layers, and the geometry of a layer without features."""

FULL_DISK_BYTES = 1_000_000
"""Free space below which a failure to write is told as a full disk."""


RECORDS = ("cost_lines", "conflicts")
"""Tables without geometry that a plan read back needs."""

UNDEFINED_SRS = 0
"""``srs_id`` of an undefined geographic CRS, which every GeoPackage has (OGC 12-128r18, 1.1.2.1.2)."""


def write_gpkg(path: Path, plan: Plan, *, date: str, datum: Datum = WGS84_DATUM) -> None:
    """Write the plan as a GeoPackage that QGIS opens in style.

    The layers are townships, villages, routes, keypoints, nodes, sites and gaps, from the lowest to
    the uppermost; each has the table's index as ``id``, and lists are joined by ``;``. Gaps are
    points: a point inside the place. Points and villages have ``ground_m``, the ground's height. The
    tables ``cost_lines`` and ``conflicts`` complete what `dualgig.export.saved.read_plan` reads back.

    Parameters
    ----------
    path
        The file.
    plan
        The plan.
    date
        ``YYYY-MM-DD``, the layers' date of change.
    datum
        Of the geometry. In CGCS2000 all layers are in the zone of the plan's middle; in GCJ-02 and
        BD-09 the CRS is undefined.

    Raises
    ------
    OSError
        GDAL cannot write the file: the disk is full or may not be written.
    OutputError
        The plan lies outside the zones of CGCS2000.
    """
    middle = middle_lon(plan.townships)
    crs = datum.crs(middle)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{date}T00:00:00.000Z"})
    try:
        tables = saved_layers(plan)
        for name in reversed(DRAW_ORDER):
            table = datum.layer(tables[name], middle)
            kinds = set(table.geometry.geom_type)
            with warnings.catch_warnings():
                # An undefined CRS is what is meant.
                warnings.filterwarnings("ignore", message="'crs' was not provided", category=UserWarning)
                pyogrio.write_dataframe(
                    table,
                    path,
                    layer=name,
                    driver="GPKG",
                    geometry_type=None if kinds else {**KINDS, "keypoints": "Point"}[name],
                    promote_to_multi=bool(kinds) and kinds <= {"Polygon", "MultiPolygon"},
                    layer_options={} if crs is not None else {"SRID": str(UNDEFINED_SRS)},
                )
        for name in RECORDS:
            pyogrio.write_dataframe(pd.DataFrame(getattr(plan, name)), path, layer=name, driver="GPKG")
        project = plan.region.project
        add_qgis(path, project.project.language, title=project.title, date=date, crs=crs)
    except (DataLayerError, DataSourceError, FeatureError, sqlite3.OperationalError) as error:
        code = errno.ENOSPC if shutil.disk_usage(path.parent).free < FULL_DISK_BYTES else errno.EIO
        raise OSError(code, f"{path.name}: {error}") from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def saved_layers(plan: Plan) -> dict[str, gpd.GeoDataFrame]:
    """The layers of ``plan.gpkg`` by name: those of `layers`, key points, and the height of the ground."""
    saved = {**layers(plan), "keypoints": _plain(plan.region.keypoints)}
    tables = {
        "villages": plan.villages,
        "sites": plan.sites,
        "nodes": plan.nodes,
        "keypoints": plan.region.keypoints,
    }
    for name, table in tables.items():
        saved[name] = saved[name].assign(ground_m=ground_m(plan, table))
    return saved


def ground_m(plan: Plan, table: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Height of the ground at points, and at a point inside each polygon, metres; NaN where unknown.

    Parameters
    ----------
    plan
        The plan. One that was read back has no terrain; its tables have the heights.
    table
        A table of the plan or of its region.
    """
    if "ground_m" in table:
        return table["ground_m"].to_numpy(dtype=np.float64)
    x, y = plan.region.xy_m(table).T
    return np.round(plan.region.terrain.sample(x, y), 1)


def layers(plan: Plan) -> dict[str, gpd.GeoDataFrame]:
    """The plan's tables as layers, by name, in EPSG:4326.

    The table's index is the column ``id``, lists are joined by ``;``, and gaps are points inside
    their places.
    """
    return {name: _gaps(plan) if name == "gaps" else _plain(getattr(plan, name)) for name in KINDS}


def _plain(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The table with ``id`` as its first column and lists as text."""
    plain = table.rename_axis("id").reset_index()
    for column in plain.columns.drop([plain.geometry.name]):
        if pd.api.types.is_object_dtype(plain[column]):
            plain[column] = joined(plain[column])
    return plain


def _gaps(plan: Plan) -> gpd.GeoDataFrame:
    """Gaps as points inside their places."""
    places = pd.concat([plan.townships.geometry, plan.villages.geometry]).representative_point()
    level = ["township"] * len(plan.townships) + ["village"] * len(plan.villages)
    places.index = pd.MultiIndex.from_arrays([level, [*plan.townships.index, *plan.villages.index]])
    points = places.reindex(pd.MultiIndex.from_frame(plan.gaps[["level", "id"]]))
    return gpd.GeoDataFrame(plan.gaps.reset_index(drop=True), geometry=points.to_numpy(), crs="EPSG:4326")
