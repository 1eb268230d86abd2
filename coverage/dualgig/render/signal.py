"""Best-server SS-RSRP as a picture of the map: before and after the plan, in classes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from affine import Affine
from rasterio.crs import CRS
from rasterio.warp import Resampling, calculate_default_transform, reproject

from dualgig.levels import bands_on_air, best_server_dbm
from dualgig.render.hillshade import Picture, palette_png, picture

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from dualgig.plan import Plan
    from dualgig.region.model import Terrain

COLOURS = ("#00441b", "#238b45", "#74c476", "#c7e9c0", "#bdbdbd")
"""Of the classes, strongest first; one hue from dark to light, then grey (after ColorBrewer Greens, Greys)."""

MOST_CELLS = 40_000
"""Cells of the raster; the cell is the terrain's, doubled until they are no more."""

_MERCATOR = CRS.from_epsg(3857)


@dataclass(frozen=True)
class Signal:
    """Pictures of the level before and after, and how they were made.

    Parameters
    ----------
    before, after
        Palette pictures over the same area.
    edges_dbm
        Lower edges of all classes but the last, strongest first, dBm.
    cell_m
        Edge of a cell, metres.
    """

    before: Picture
    after: Picture
    edges_dbm: tuple[float, ...]
    cell_m: float


def signal(plan: Plan) -> Signal | None:
    """Predict the best server's level on a coarse grid over the townships, before and after the plan.

    Returns
    -------
    Signal or None
        ``None`` where the project wants none, or where no site is on air.
    """
    edges = plan.region.project.map.rsrp_classes_dbm
    if not plan.region.project.map.rsrp or not edges or not bands_on_air(plan, "after").any():
        return None
    grid = _Grid.over(plan)
    pictures = [grid.picture(level, edges) for level in best_server_dbm(plan, grid.centres_m)]
    return Signal(pictures[0], pictures[1], edges, grid.cell_m)


@dataclass(frozen=True)
class _Grid:
    """Cells over the townships, row 0 in the north."""

    terrain: Terrain
    west_m: float
    north_m: float
    cell_m: float
    shape: tuple[int, int]
    centres_m: NDArray[np.float64]
    inside: NDArray[np.bool_]

    @classmethod
    def over(cls, plan: Plan) -> _Grid:
        """The grid whose cells inside the townships are at most `MOST_CELLS`."""
        terrain = plan.region.terrain
        outlines: gpd.GeoSeries = plan.townships.geometry.to_crs(plan.region.metric_crs)
        west, south, east, north = outlines.total_bounds
        cell = terrain.cell_m
        while (east - west) * (north - south) / cell**2 > MOST_CELLS:
            cell *= 2.0
        rows, columns = math.ceil((north - south) / cell), math.ceil((east - west) / cell)
        x, y = np.meshgrid(west + cell * (np.arange(columns) + 0.5), north - cell * (np.arange(rows) + 0.5))
        centres = np.column_stack([x.ravel(), y.ravel()])
        tree = outlines.sindex
        hits = np.unique(tree.query(shapely.points(centres), predicate="intersects")[0])
        inside = np.zeros(len(centres), bool)
        inside[hits] = True
        return cls(terrain, west, north, cell, (rows, columns), centres[inside], inside)

    def picture(self, level_dbm: NDArray[np.float64], edges_dbm: tuple[float, ...]) -> Picture:
        """Classes of the cells inside, warped to Web Mercator without mixing them."""
        nothing = len(edges_dbm) + 1
        classes = np.full(self.inside.size, nothing, np.uint8)
        classes[self.inside] = classes_of(level_dbm, edges_dbm)
        rows, columns = self.shape
        source = Affine(self.cell_m, 0.0, self.west_m, 0.0, -self.cell_m, self.north_m)
        crs = CRS.from_wkt(self.terrain.crs.to_wkt())
        edges = (
            self.west_m,
            self.north_m - rows * self.cell_m,
            self.west_m + columns * self.cell_m,
            self.north_m,
        )
        transform, width, height = calculate_default_transform(
            crs, _MERCATOR, columns, rows, left=edges[0], bottom=edges[1], right=edges[2], top=edges[3]
        )
        # Twice as fine as the cells, so that their edges do not move by half a cell.
        fine = transform @ Affine.scale(0.5)
        warped = np.full((2 * height, 2 * width), nothing, np.uint8)
        reproject(
            classes.reshape(self.shape), warped, src_transform=source, src_crs=crs, src_nodata=nothing,
            dst_transform=fine, dst_crs=_MERCATOR, dst_nodata=nothing, resampling=Resampling.nearest,
        )  # fmt: skip
        colours = [[int(colour[i : i + 2], 16) for i in (1, 3, 5)] + [255] for colour in COLOURS]
        palette = np.array([*_spread(colours, len(edges_dbm) + 1), [255, 255, 255, 0]], np.uint8)
        return picture(palette_png(warped, palette), warped.shape, fine)


def classes_of(level_dbm: NDArray[np.float64], edges_dbm: tuple[float, ...]) -> NDArray[np.uint8]:
    """Number of the class of each level, 0 the strongest; an edge belongs to the stronger class."""
    descending = -np.asarray(edges_dbm, dtype=np.float64)
    return np.searchsorted(descending, -np.asarray(level_dbm, dtype=np.float64), side="left").astype(np.uint8)


def class_colours(classes: int) -> list[str]:
    """A colour for each of so many classes, strongest first, spread over `COLOURS`."""
    return _spread(list(COLOURS), classes)


def _spread[T](values: list[T], number: int) -> list[T]:
    """So many of the values, the first and the last among them."""
    return [values[round(i * (len(values) - 1) / max(number - 1, 1))] for i in range(number)]
