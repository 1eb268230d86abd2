"""``plan.gpkg``: the plan's tables as layers for QGIS and PostGIS, with codes instead of words."""

from __future__ import annotations

import errno
import shutil
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError

from dualgig.export.tables import joined

if TYPE_CHECKING:
    from pathlib import Path

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


def write_gpkg(path: Path, plan: Plan, *, date: str) -> None:
    """Write ``plan.gpkg`` with the layers townships, villages, sites, nodes, routes and gaps.

    Every layer is in EPSG:4326 and has the table's index as ``id``; lists are joined by ``;``. Gaps
    are points: a point inside the place.

    Parameters
    ----------
    path
        The file.
    plan
        The plan.
    date
        ``YYYY-MM-DD``, the layers' date of change.

    Raises
    ------
    OSError
        GDAL cannot write the file: the disk is full or may not be written.
    """
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": f"{date}T00:00:00.000Z"})
    try:
        for name, table in layers(plan).items():
            kinds = set(table.geometry.geom_type)
            pyogrio.write_dataframe(
                table,
                path,
                layer=name,
                driver="GPKG",
                geometry_type=None if kinds else KINDS[name],
                promote_to_multi=bool(kinds) and kinds <= {"Polygon", "MultiPolygon"},
            )
    except (DataLayerError, DataSourceError, FeatureError) as error:
        code = errno.ENOSPC if shutil.disk_usage(path.parent).free < FULL_DISK_BYTES else errno.EIO
        raise OSError(code, f"{path.name}: {error}") from error
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


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
