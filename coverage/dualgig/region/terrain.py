"""The digital elevation model on a square grid of the metric CRS."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from rasterio.transform import from_origin
from rasterio.warp import Resampling, calculate_default_transform, reproject, transform_bounds

from dualgig.region.landcover import with_clutter
from dualgig.region.model import Terrain
from dualgig.region.raster import read_raster

if TYPE_CHECKING:
    from pyproj import CRS

    from dualgig.project import Project
    from dualgig.region.findings import Findings
    from dualgig.region.raster import Bounds, Grid
    from dualgig.region.validate import Checked

LOWEST_M, HIGHEST_M = -500.0, 9000.0
"""Heights beyond these are not on Earth's land: an undeclared nodata value, or another unit."""

HALO_M = 2000.0
"""Ground around the outermost place and site that the grid still holds."""


def load_terrain(project: Project, bounds_m: Bounds, metric_crs: CRS, findings: Findings) -> Terrain | None:
    """Read the elevation model and what stands on it, and bring both onto a square grid of the metric CRS.

    A raster that is already on such a grid is cut, not resampled; any other is resampled
    bilinearly (GDAL's warper) at the cell size that keeps its resolution.

    Parameters
    ----------
    project
        The project.
    bounds_m
        West, south, east, north of everything that must lie on it, metres of ``metric_crs``.
    metric_crs
        Projected CRS in metres.
    findings
        Takes what is wrong.

    Returns
    -------
    Terrain or None
        ``None`` where the raster cannot be used; that is noted.
    """
    halo = HALO_M + project.candidates.ridge_window_m * project.candidates.generate
    west, south, east, north = bounds_m
    area = (west - halo, south - halo, east + halo, north + halo)
    degrees = transform_bounds(metric_crs.to_wkt(), "EPSG:4326", *area)
    grid = read_raster(project, "terrain", degrees, findings)
    if grid is None:
        return None
    section = project.inputs.terrain
    odd = (grid.band < LOWEST_M) | (grid.band > HIGHEST_M)
    if odd.any():
        grid.band[odd] = np.nan
        findings.warn(
            section.path,
            None,
            "",
            f"{int(odd.sum())} cells are below {LOWEST_M:g} m or above {HIGHEST_M:g} m; they count as nodata.",
            "Declare the raster's nodata value, and give heights in metres.",
        )
    square = math.isclose(grid.transform.a, -grid.transform.e, rel_tol=1e-9) and not grid.transform.b
    if square and grid.transform.a > 0 and grid.crs.equals(metric_crs, ignore_axis_order=True):
        a, c, f = grid.transform.a, grid.transform.c, grid.transform.f
        terrain = Terrain(grid.band, c + a / 2, f - a / 2, a, metric_crs, section.caveat)
    else:
        terrain = _warp(grid, area, metric_crs, section.caveat)
    return with_clutter(project, replace(terrain, surface=section.surface), findings)


def _warp(grid: Grid, area: Bounds, metric_crs: CRS, caveat: str) -> Terrain:
    rows, columns = grid.band.shape
    source_crs, target_crs = grid.crs.to_wkt(), metric_crs.to_wkt()
    corners = grid.xy(np.array([0.0, columns, 0.0, columns]), np.array([0.0, 0.0, rows, rows]))
    bounds = (*corners.min(axis=0).tolist(), *corners.max(axis=0).tolist())
    native, _, _ = calculate_default_transform(source_crs, target_crs, columns, rows, *bounds)
    cell_m = float(native.a)
    if cell_m >= 10.0:
        cell_m = float(round(cell_m))
    covered = transform_bounds(source_crs, target_crs, *bounds)
    west = math.floor(max(area[0], covered[0]) / cell_m) * cell_m
    south = math.floor(max(area[1], covered[1]) / cell_m) * cell_m
    east = math.ceil(min(area[2], covered[2]) / cell_m) * cell_m
    north = math.ceil(min(area[3], covered[3]) / cell_m) * cell_m
    shape = (max(2, round((north - south) / cell_m)), max(2, round((east - west) / cell_m)))
    height_m = np.full(shape, np.nan, dtype=np.float32)
    reproject(
        grid.band,
        height_m,
        src_transform=grid.transform,
        src_crs=source_crs,
        src_nodata=np.nan,
        dst_transform=from_origin(west, north, cell_m, cell_m),
        dst_crs=target_crs,
        dst_nodata=np.nan,
        resampling=Resampling.bilinear,
        num_threads=1,
        # Exact positions: an eighth of a cell, GDAL's default, is 8 m of height on a steep slope.
        tolerance=0.0,
    )
    return Terrain(height_m, west + cell_m / 2, north - cell_m / 2, cell_m, metric_crs, caveat)


def check_on_terrain(
    terrain: Terrain, section_path: str, tables: dict[str, Checked], findings: Findings
) -> None:
    """Note sites off the elevation model, each, and other places off it, together.

    Parameters
    ----------
    terrain
        The elevation model.
    section_path
        Its file, as the project file names it.
    tables
        Checked tables by name; sites, nodes, key points, demand points and villages are looked at.
    findings
        Takes an error a site, and a warning a table for the rest.
    """
    for name in ("sites", "villages", "keypoints", "demand"):
        checked = tables.get(name)
        if checked is None:
            continue
        xy = checked.points_m(terrain.crs)
        off = np.flatnonzero(np.isnan(terrain.sample(xy[:, 0], xy[:, 1])) & ~np.isnan(xy[:, 0])).tolist()
        for position in off if name == "sites" else []:
            findings.error(
                checked.file,
                checked.row(position),
                "",
                f"the site {checked.id(position)} lies off the terrain {section_path}, or on its nodata.",
                "Correct its coordinates, or give a larger elevation model.",
            )
        if off and name != "sites":
            findings.warn(
                checked.file,
                checked.row(off[0]),
                "",
                f"{len(off)} of the {name} lie off the terrain {section_path}, the first in this row; "
                "no radio is predicted there.",
                "Correct the coordinates, or give a larger elevation model.",
            )
