"""The Region: checked inputs, and the tables that they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray
    from pyproj import CRS

    from dualgig.errors import Problem
    from dualgig.project import Project


@dataclass(frozen=True)
class Clutter:
    """What stands on the ground, on the cells of a `Terrain`.

    Parameters
    ----------
    height_m
        float32, shape (rows, columns), representative clutter height, m; 0 where nothing is known.
    kind
        uint8, shape (rows, columns), index into ``names``.
    names
        Classes of land cover; the first is empty, for cells of which nothing is known.
    caveat
        What is synthetic or approximate in it.
    """

    height_m: NDArray[np.float32]
    kind: NDArray[np.uint8]
    names: tuple[str, ...]
    caveat: str = ""


@dataclass(frozen=True)
class Terrain:
    """A digital elevation model on a square grid of a projected CRS.

    Parameters
    ----------
    height_m
        float32, shape (rows, columns), ground height in metres, row 0 in the north; NaN is nodata.
    west_m, north_m
        Easting and northing of the *centre* of cell (0, 0), metres.
    cell_m
        Edge of a cell, metres.
    crs
        The projected CRS, the region's ``metric_crs``.
    caveat
        What is synthetic or approximate in it.
    clutter
        What stands on the ground; nothing that is known of where absent.
    surface
        The heights are those of canopy and roofs, not of the ground.
    """

    height_m: NDArray[np.float32]
    west_m: float
    north_m: float
    cell_m: float
    crs: CRS
    caveat: str = ""
    clutter: Clutter | None = None
    surface: bool = False

    def sample(self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Ground height by bilinear interpolation, metres; NaN off the model or beside nodata.

        Parameters
        ----------
        x_m, y_m
            Eastings and northings, any shape, metres of ``crs``.
        """
        column = (np.asarray(x_m, dtype=np.float64) - self.west_m) / self.cell_m
        row = (self.north_m - np.asarray(y_m, dtype=np.float64)) / self.cell_m
        rows, columns = self.height_m.shape
        inside = (column >= 0) & (row >= 0) & (column <= columns - 1) & (row <= rows - 1)
        column = np.where(inside, column, 0.0)
        row = np.where(inside, row, 0.0)
        c0 = np.minimum(column.astype(np.intp), max(columns - 2, 0))
        r0 = np.minimum(row.astype(np.intp), max(rows - 2, 0))
        c1 = np.minimum(c0 + 1, columns - 1)
        r1 = np.minimum(r0 + 1, rows - 1)
        fc, fr = column - c0, row - r0
        h = self.height_m
        top = h[r0, c0] * (1 - fc) + h[r0, c1] * fc
        bottom = h[r1, c0] * (1 - fc) + h[r1, c1] * fc
        return np.where(inside, top * (1 - fr) + bottom * fr, np.nan)

    def clutter_at(self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.object_]:
        """Class of land cover of the cell at each place; empty where none is known or off the model.

        Parameters
        ----------
        x_m, y_m
            Eastings and northings, any shape, metres of ``crs``.
        """
        column = np.floor((np.asarray(x_m, dtype=np.float64) - self.west_m) / self.cell_m + 0.5)
        row = np.floor((self.north_m - np.asarray(y_m, dtype=np.float64)) / self.cell_m + 0.5)
        if self.clutter is None:
            return np.full(column.shape, "", dtype=object)
        rows, columns = self.clutter.kind.shape
        inside = (column >= 0) & (row >= 0) & (column < columns) & (row < rows)
        cell = np.where(inside, row, 0).astype(np.intp), np.where(inside, column, 0).astype(np.intp)
        names = np.array(self.clutter.names, dtype=object)
        return np.asarray(np.where(inside, names[self.clutter.kind[cell]], ""), dtype=object)


@dataclass(frozen=True)
class RoadGraph:
    """An undirected road graph as arrays.

    Parameters
    ----------
    x_m, y_m
        float64, shape (vertices,), metres of the region's ``metric_crs``.
    tail, head
        int32, shape (edges,), vertex numbers; ``tail < head``, sorted, no loops, no parallel edges
        (the cheapest is kept).
    length_m
        float64, shape (edges,), length along the road, metres.
    build
        int8, shape (edges,), index into ``BUILD_TYPES``: how a cable along it would be laid.
    xy
        Per edge the polyline from tail to head, float64 (points, 2), metres.
    caveat
        What is synthetic or approximate in it.
    """

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    length_m: NDArray[np.float64]
    build: NDArray[np.int8]
    xy: tuple[NDArray[np.float64], ...]
    caveat: str = ""


BUILD_TYPES = ("existing", "aerial", "buried", "duct")
"""How a cable along an edge is laid; ``existing`` carries fibre today and costs no trench."""


@dataclass(frozen=True)
class Region:
    """Checked inputs of one project.

    Every table is a GeoDataFrame in EPSG:4326 whose index is the text id; see
    ``dualgig.region.schema.TABLES`` for the columns. Tables that were not given are empty, with
    their columns. Distances are computed in ``metric_crs``.
    """

    project: Project
    townships: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    keypoints: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    nodes: gpd.GeoDataFrame
    status: gpd.GeoDataFrame
    exclusions: gpd.GeoDataFrame
    terrain: Terrain
    roads: RoadGraph | None
    metric_crs: CRS
    inputs: dict[str, dict[str, object]]
    """Per input: ``path`` relative to the project file, ``rows`` (or cells), ``sha256``, ``caveat``."""
    warnings: tuple[Problem, ...] = field(default=())

    def xy_m(self, table: gpd.GeoDataFrame) -> NDArray[np.float64]:
        """Points of a table (representative points of polygons) in metres, shape (rows, 2)."""
        if table.empty:
            return np.empty((0, 2))
        points = table.geometry
        if not (points.geom_type == "Point").all():
            points = points.representative_point()
        points = points.to_crs(self.metric_crs)
        return np.column_stack([points.x.to_numpy(), points.y.to_numpy()])

    def _repr_html_(self) -> str:
        """The region at a glance, for notebooks."""
        from dualgig.region.summary import to_html  # noqa: PLC0415 - summary reads Region

        return to_html(self)
